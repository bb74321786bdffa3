"""The model that comes with prover."""

import os
import subprocess
import sys

import pytest

from prover.policy.shipped import SHIPPED_MODEL, default_policy
from prover.policy.spec import LocalModel, parse_spec

pytestmark = pytest.mark.long

PROVE = [
    sys.executable,
    "-m",
    "prover",
    "prove",
    "--theorem",
    "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b",
]


def test_it_is_small_and_says_where_it_comes_from():
    assert sum(path.stat().st_size for path in SHIPPED_MODEL.iterdir()) < 12 << 20
    card = (SHIPPED_MODEL / "README.md").read_text()
    assert "prover iterate" in card
    assert "minif2f" in card
    assert "/" + "work" not in card


def test_it_has_a_name_in_specs():
    shipped = LocalModel(str(SHIPPED_MODEL))
    assert parse_spec("0.5*heuristic+shipped") == [(0.5, parse_spec("heuristic")[0][1]), (1.0, shipped)]


def test_the_default_policy(monkeypatch):
    monkeypatch.setenv("PROVER_POLICY", "hf:mine")
    assert default_policy() == "hf:mine"
    monkeypatch.delenv("PROVER_POLICY")
    assert default_policy() == "heuristic+4*shipped"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert default_policy() == "heuristic"


@pytest.mark.parametrize("options", [[], ["--policy", "shipped"]])
def test_it_proves(options):
    environment = {name: value for name, value in os.environ.items() if name != "PROVER_POLICY"}
    done = subprocess.run([*PROVE, *options], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checked by Lean's kernel" in done.stderr
