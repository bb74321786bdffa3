"""What can be added from outside of the package, each as docs/architecture.md says: an engine, a problem set, a
generator of problems and an option. Search algorithms are in test_algorithms.py, training objectives in
test_training_objectives.py.
"""

import json
import os
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

import prover
from prover.cli.main import app
from prover.errors import InputError
from prover.lean.backend import FileTools, LeanBackend, Library
from prover.lean.backends import BACKENDS
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import EngineCommand
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import open_engine
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.trust.verify import KernelVerifier, Verifier
from prover.problems import fetch
from prover.problems.generators.draft import Draft
from prover.problems.generators.generate import FAMILIES
from prover.problems.registry import SETS, Registered

RELAY = """
import subprocess, sys
print("toy", file=sys.stderr)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""
"""A process of the toy's own, which has prover's Lean do the work."""


@dataclass(frozen=True, kw_only=True)
class ToyBackend(LeanBackend[EnginePool]):
    """A Lean behind a process of its own."""

    takes: ClassVar[frozenset[str]] = frozenset({"repo"})

    name: str
    reader: EngineCommand
    version: str = "of a toy"
    library: Library = "core"

    @classmethod
    def find(cls, settings, progress):
        own = ensure_installed(progress).engine_command()
        command = EngineCommand(argv=(sys.executable, "-c", RELAY, *own.argv), label=settings.repo or "toy")
        return cls(name=settings.engine, reader=command)

    def open_pool(self, size, limits) -> EnginePool:
        return EnginePool(self.reader, size, limits=limits)

    async def read_theorem(self, pool, text, file):
        async with pool.reading(600) as reader:
            if file is None:
                return await theorem_from_text(reader.ask, text)
            return await theorem_from_file(reader.ask, file, text)

    def file_tools(self, pool) -> FileTools:
        return FileTools(ask=lambda: open_engine(self.reader, 600), holes=pool)

    def verifier(self) -> AbstractAsyncContextManager[Verifier]:
        return KernelVerifier(self.reader)


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setitem(BACKENDS, "toy", ToyBackend)


def run(*arguments):
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.mark.usefixtures("toy")
def test_a_toy_engine_proves_with_its_own_processes():
    done = run("prove", "--engine", "toy", "--engines", 1, "--policy", "heuristic", "--json", "1 + 1 = 2")
    shown = json.loads(done.stdout)
    assert (shown["outcome"], shown["engine"], done.exit_code) == ("proved", "toy", 0)


@pytest.mark.usefixtures("toy")
def test_a_toy_engine_is_the_python_apis_and_fills_files(tmp_path):
    file = tmp_path / "F.lean"
    file.write_text("theorem t (n : Nat) : n + 0 = n := by\n  sorry\n")
    with prover.open_lean("toy", repo="a label of its own", engines=1) as lean:
        assert repr(lean) == "<Lean toy, of a toy>"
        certificate = lean.verify("theorem t (n : Nat) : n = n", "rfl")
        assert certificate.engine == "a label of its own"
        assert lean.fill(file, policy="heuristic").complete


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (
            ("--engine", "toy", "--project", "."),
            "--project is for --engine native, not for toy",
            "--engine native",
        ),
        (("--repo", "."), "--repo is for --engine dojo and toy, not for embedded", "--engine dojo"),
        (("--engine", "tyo"), "there is no engine 'tyo'", "embedded, native, dojo, toy"),
        (
            ("--engine", "toy", "--untrusted"),
            "--untrusted does not go with --engine toy",
            "--engine embedded",
        ),
    ],
)
@pytest.mark.parametrize("command", [("prove", "True"), ("evaluate", "generated:count=1", "--out", "run")])
def test_what_an_engine_does_not_take_is_refused(tmp_path, monkeypatch, command, arguments, message, advice):
    if command[0] == "evaluate" and "--repo" in arguments:
        pytest.skip("evaluate has no such option")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as refused:
        run(*command, *arguments)
    assert advice in refused.value.advice
    assert [*tmp_path.iterdir()] == []


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A problem set in a git repository."""
    tree = tmp_path / "toys"
    tree.mkdir()
    (tree / "toys.jsonl").write_text('{"name": "one", "statement": "theorem one (n : Nat) : n < n + 1"}\n')

    def git(*arguments):
        settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        command = ["git", *settings, *arguments]
        return subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    known = Registered(
        name="toys",
        title="a toy set",
        url=f"file://{tree}",
        commit=git("rev-parse", "HEAD"),
        files=("*.jsonl",),
    )
    monkeypatch.setitem(SETS, "toys", known)
    monkeypatch.setattr(fetch, "home", lambda: tmp_path / "home")


@pytest.mark.usefixtures("toy", "toys")
def test_a_toy_set_is_listed_fetched_and_evaluated_with_a_toy_engine(tmp_path):
    assert "a toy set" in run("problems", "list").stdout
    out = tmp_path / "run"
    options = ("--engine", "toy", "--policy", "heuristic", "--engines", 1, "--workers", 1, "--no-automation")
    assert run("evaluate", "toys", "--out", out, *options).exit_code == 0
    config = json.loads((out / "config.json").read_text())
    assert (config["engine"], config["set_name"]) == ("toy", "toys")
    checked = run("verify", out, "--engines", 1)
    assert "1 of 1 proofs are right" in checked.stdout


def test_a_toy_generator_makes_problems(monkeypatch):
    def sums(rng, level):
        left, right = rng.randrange(100), rng.randrange(100)
        return Draft(binders=(), claim=f"{left} + {right} = {left + right}", expected=True)

    monkeypatch.setitem(FAMILIES, "sums", sums)
    shown = run("problems", "show", "generated:count=3,families=sums,level=2", "--json")
    assert len(json.loads(shown.stdout)["problems"]) == 3
    assert all(name.startswith("gen_sums_2_") for name in json.loads(shown.stdout)["problems"])
    with pytest.raises(InputError) as refused:
        run("problems", "show", "generated:families=smus")
    assert "sums" in refused.value.advice


OPTION = '''
from pydantic import Field

import prover.search.settings as settings


class ToySettings(settings.SearchSettings):
    patience: int = Field(default=3, ge=1, json_schema_extra={"metavar": "ROUNDS"})
    """Rounds without progress."""


settings.SearchSettings = ToySettings
from prover.cli.main import main

main()
'''
"""What a field more in one file would be."""


def test_a_toy_option_is_in_the_help_the_config_file_and_the_stored_run(tmp_path):
    script = tmp_path / "toy.py"
    script.write_text(OPTION)
    (tmp_path / "mine.toml").write_text('policy = "heuristic"\n[evaluate]\npatience = 7\n')
    (tmp_path / "set.jsonl").write_text('{"name": "one", "statement": "theorem one : 1 = 1"}\n')

    def command(*arguments: str | Path):
        return subprocess.run(
            [sys.executable, str(script), *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )

    for name in ("prove", "evaluate"):
        shown = " ".join(command(name, "--help").stdout.split())
        assert "--patience ROUNDS Rounds without progress. [default: 3; x>=1]" in shown
    evaluate = (
        "evaluate",
        tmp_path / "set.jsonl",
        "--out",
        tmp_path / "run",
        "--no-automation",
        "--engines",
        1,
    )
    done = command(*evaluate, "--config", tmp_path / "mine.toml")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "run" / "config.json").read_text())["patience"] == 7
    changed = command(*evaluate, "--policy", "heuristic", "--resume")
    assert changed.returncode == 2
    assert "patience was 7 and is 3" in changed.stderr
    assert "'--patience': Input should be greater" in command("prove", "True", "--patience", "0").stderr
