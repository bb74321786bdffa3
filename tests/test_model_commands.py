"""`prove` and `evaluate` with a language model, the embedded Lean and nothing pretended."""

import contextlib
import json
import sqlite3
import subprocess
import sys

import pytest
from tiny_model import TINY_FAILING, TINY_THEOREMS

from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants

pytestmark = pytest.mark.long

# The command, with a library of models of which one part has changed.
CHANGED_LIBRARY = """
import sys, transformers
def fail(*_args, **_settings):
    raise AttributeError("'DynamicLayer' object has no attribute 'dtype'")
{part} = fail
from prover.cli.main import main
sys.argv[0] = "prover"
main()
"""


def prover(*arguments, changed=None):
    how = ["-m", "prover"] if changed is None else ["-c", CHANGED_LIBRARY.format(part=changed)]
    done = subprocess.run(
        [sys.executable, *how, *map(str, arguments)], capture_output=True, text=True, timeout=280
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_prove_with_a_local_model(tiny_model):
    theorem = TINY_THEOREMS[0]
    done = prover("prove", "--theorem", theorem, "--policy", f"hf:{tiny_model}", "--seed", 1, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["outcome"] == "proved"
    assert said["policy"] == f"hf:{tiny_model}"


def test_the_same_seed_gives_the_same_search(tiny_model):
    told = [
        json.loads(
            prover(
                "prove", "--theorem", TINY_FAILING[0], "--policy", f"hf:{tiny_model}", "--seed", seed, "--json",
                "--max-expansions", 3, "--timeout", 200, "--temperature", "1.5",
            ).stdout
        )
        for seed in (1, 1)
    ]  # fmt: skip
    for each in told:
        for clock in ("times", "time_s", "total_s"):
            each.pop(clock)
    assert told[0] == told[1]


def test_evaluate_with_a_mixture(tiny_model, tmp_path):
    problems = tmp_path / "set.jsonl"
    heads = [*TINY_THEOREMS[:6], "theorem beyond (n : Nat) (h : n % 6 = 5) : n % 3 = 2"]
    lines = [{"name": f"t{index}", "statement": head} for index, head in enumerate(heads)]
    problems.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = tmp_path / "run"
    done = prover(
        "evaluate", problems, "--policy", f"heuristic+2*hf:{tiny_model}", "--out", run, "--workers", 4,
        "--max-expansions", 16, "--samples", "4..8/4", "--timeout", 200, "--scoring", "step-prover",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "7 proved" in done.stdout
    assert "pipeline efficiency" in done.stdout
    check_invariants(RunFolder(run))
    with contextlib.closing(sqlite3.connect(RunFolder(run).database)) as database:
        (tokens,) = database.execute("SELECT min(policy_tokens) FROM attempt").fetchone()
    assert tokens > 0


BAD = [
    (("--policy", "hf:nowhere/at/all"), "nowhere/at/all"),
    (("--policy", "hf:.", "--format", "nosuch"), "no prompt format 'nosuch'"),
    (("--policy", "http://127.0.0.1:9/v1#tiny", "--format", "prover"), "127.0.0.1:9"),
    (("--policy", "vllm:x", "--format", "prover"), "vllm"),
    (("--policy", "hf:{tiny}", "--device", "cuda:7"), "cuda"),
    (("--policy", "hf:{tiny}", "--critic", "nowhere", "--scoring", "critic"), "nowhere"),
    (("--policy", "hf:{tiny}", "--temperature", "hot"), "hot"),
]


@pytest.mark.parametrize(("arguments", "complaint"), BAD)
def test_bad_input(tiny_model, arguments, complaint):
    done = prover("prove", "--theorem", "True", *(each.format(tiny=tiny_model) for each in arguments))
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) <= 2


FORWARD = "transformers.models.llama.modeling_llama.LlamaAttention.forward"
INIT = "transformers.LlamaForCausalLM.__init__"


@pytest.mark.parametrize("part", [FORWARD, INIT])
def test_a_model_that_raises_ends_prove_with_one_clear_line(tiny_model, part):
    done = prover("prove", "--theorem", TINY_THEOREMS[0], "--policy", f"hf:{tiny_model}", changed=part)
    assert done.returncode == 2
    assert "has no attribute 'dtype'" in done.stderr
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) <= 2


def test_a_model_that_raises_is_a_policy_error_in_a_run(tiny_model, tmp_path):
    problems, run = tmp_path / "set.jsonl", tmp_path / "run"
    lines = [{"name": f"t{index}", "statement": head} for index, head in enumerate(TINY_THEOREMS[:2])]
    problems.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = prover(
        "evaluate", problems, "--policy", f"hf:{tiny_model}", "--no-automation", "--out", run, changed=FORWARD
    )
    assert "2 policy error" in done.stdout, done.stdout + done.stderr
    with contextlib.closing(sqlite3.connect(RunFolder(run).database)) as database:
        outcomes = database.execute("SELECT outcome, reason FROM attempt").fetchall()
    assert [outcome for outcome, _ in outcomes] == ["policy error"] * 2
    assert all("has no attribute 'dtype'" in reason for _, reason in outcomes)
