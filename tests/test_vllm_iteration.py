"""Expert iteration whose models are run by real vLLM: what a round has trained is what the next one samples from."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys

import pytest
from ray_nodes import head
from test_iteration import PRESET

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.policy.base import PolicyInput
from prover.policy.formats import FORMATS
from prover.policy.generation import ScoreRequest
from prover.policy.transformers import TransformersGenerator
from prover.training.iteration.expert_iteration import read_metrics

pytestmark = [pytest.mark.slow, pytest.mark.vllm, pytest.mark.timeout(3000)]

CONFIG = """
rounds = 2
[pool]
train = ["generated:count=52,seed=1,level=1,truth=true,families=booleans+linear+lists+parity+propositional"]
held_out = ["generated:count=26,seed=2,level=1,truth=true,families=booleans+linear+lists+parity+propositional"]
per_round = 26
[search]
later = "vllm:{{model}}"
max_tactics = 24
held_out_tactics = 8
timeout = 120
workers = 4
engines = 1
disprove = false
[model]
base = "{preset}"
from_last = {from_last}
[training]
epochs = 25
batch_size = 4
learning_rate = 3e-3
device = "cpu"
"""


ON_A_CLUSTER = """
[search.options]
cluster = "127.0.0.1:{port}"
model_replicas = 2
actors = 1
"""


@pytest.fixture
def iterate(vllm_python, tmp_path):
    """Run an iteration whose vLLM is in an environment of its own; return its folder and what it says of vLLM."""
    for package in ("accelerate", "peft", "pyarrow"):
        pytest.importorskip(package)

    def run(from_last, where=""):
        preset, config, folder = tmp_path / "small.toml", tmp_path / "config.toml", tmp_path / "run"
        preset.write_text(PRESET)
        config.write_text(CONFIG.format(preset=preset, from_last=from_last) + where)
        done = subprocess.run(
            [sys.executable, "-m", "prover", "iterate", str(config), "--out", str(folder)],
            env={**os.environ, "PROVER_VLLM_PYTHON": vllm_python},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return folder, [
            line for line in done.stdout.splitlines() if re.match("vLLM|model server|cluster", line)
        ]

    return run


def sampled(run):
    """The tactics that the model proposed for the statements of a run: prompt, tactic, log-probability."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        rows = store.connection.execute(
            "SELECT node.goals, step.tactic, step.logprob FROM step"
            " JOIN node ON node.attempt_id = step.attempt_id AND node.node = step.source WHERE step.source = 0"
        ).fetchall()
    prompt_format = FORMATS["prover"]
    return [
        (prompt_format.prompt(PolicyInput(goals=tuple(json.loads(row[0])))), row[1], row[2]) for row in rows
    ]


async def median_difference(model, steps):
    """How far the model, run by transformers, is from what is stored, in nats.

    A text may be drawn as other tokens than it is read as, and vLLM computes in 16 bits: so not every step agrees.
    """
    generator = TransformersGenerator.load(str(model), device="cpu", dtype="float32")
    requests = [
        ScoreRequest(prompt=prompt, completions=(tactic,), max_new_tokens=96) for prompt, tactic, _ in steps
    ]
    scores = await generator.score(requests)
    await generator.close()
    return statistics.median(
        abs(score.logprob - logprob)
        for [score], (_, _, logprob) in zip(scores, steps, strict=True)
        if score is not None
    )


async def test_each_round_samples_from_the_model_of_the_round_before(iterate):
    """Each has a tokenizer of its own, so that the server is started anew."""
    run, lines = await asyncio.to_thread(iterate, "false")
    assert [each.round for each in read_metrics(run)] == [0, 1]
    first, second = (run / "rounds" / number / "model" for number in ("00", "01"))
    [anew] = [line for line in lines if "anew" in line]
    assert anew == f"vLLM is started anew for {second}: its tokenizer.json is another"
    for searches, right, wrong in [
        ("rounds/01/search", first, second),
        ("rounds/01/held_out", second, first),
    ]:
        steps = sampled(run / searches)
        with RunStore.open(RunFolder(run / searches), read_only=True) as store:
            assert store.config.policy == f"vllm:{right}"
        assert len(steps) >= 20
        assert await median_difference(right, steps) < 0.1
        assert await median_difference(wrong, steps) > 0.5


async def test_one_server_gets_the_weights_of_every_round(iterate):
    """What it then computes is checked by the run itself, and in test_vllm_handover."""
    run, lines = iterate("true")
    first, second = (run / "rounds" / number / "model" for number in ("00", "01"))
    assert lines[0] == f"vLLM is started for {first}; its output goes to {run / 'vllm' / 'vllm.log'}"
    assert lines[1].startswith(f"vLLM serves {first} after ")
    assert lines[2].startswith(f"vLLM has loaded the weights of {second} in ")
    assert len(lines) == 3
    steps = sampled(run / "rounds" / "01" / "held_out")
    assert await median_difference(second, steps) < 0.1


async def test_the_replicas_on_a_cluster_get_the_weights_of_every_round(iterate, vllm_python, monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with head("--num-cpus=4", PROVER_VLLM_PYTHON=vllm_python) as port:
        run, lines = await asyncio.to_thread(iterate, "true", ON_A_CLUSTER.format(port=port))
    first, second = (run / "rounds" / number / "model" for number in ("00", "01"))
    assert lines[0] == f"cluster: 2 model servers are started for {first}"
    loaded = [line for line in lines if f"vLLM has loaded the weights of {second} in " in line]
    assert {line.partition(" on ")[0] for line in loaded} == {"model server 1", "model server 2"}
    assert not [line for line in lines if "anew" in line]
    steps = sampled(run / "rounds" / "01" / "held_out")
    assert await median_difference(second, steps) < 0.1 * await median_difference(first, steps)
