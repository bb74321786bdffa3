"""docs/protocol.md and the embedded engine say the same as the types of the wire protocol."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ConfigDict, TypeAdapter, with_config

from prover.lean import protocol
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem

SCRIPT = Path(__file__).parent.parent / "scripts" / "protocol_tables.py"
FILE = """import Init
variable (n : Nat)
/-- A sum. -/
theorem foo : n + 0 = n := by sorry
mutual
def even : Nat → Bool | 0 => true | n + 1 => odd n
def odd : Nat → Bool | 0 => false | n + 1 => even n
end
example : True := by exact nothing
#check foo
"""
SLOW = "∀ x : Fin 10000000, x.val < 10000001"
THEOREM = Theorem(name="foo", statement="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")


@pytest.fixture(scope="module")
async def engine(engine_command):
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()


@pytest.fixture(scope="module")
def ask(engine):
    """Ask the engine; its reply must be of this kind, in which nothing may be missing or too much."""

    async def asked(request, kind):
        reply = await engine.request(request, 60)
        adapter = TypeAdapter(with_config(ConfigDict(extra="forbid"))(kind))
        adapter.validate_json(json.dumps(reply), strict=True)
        return reply

    return asked


def test_the_tables_of_the_document_are_those_of_the_types():
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


async def test_commands(ask):
    reply = await ask({"cmd": FILE, "declarations": True, "preamble": "open Nat\n"}, protocol.CommandReply)
    assert {"theorem", "mutual", "example"} <= {each["kind"] for each in reply["declarations"]}
    assert {each["severity"] for each in reply["messages"]} == {"error", "warning", "info"}
    assert reply["sorries"][0]["goal"].endswith("⊢ n + 0 = n")
    assert set(await ask({"cmd": "import Nothing"}, protocol.CommandReply)) == {"message"}
    slow = await ask(
        {"cmd": f"example : {SLOW} := by decide +kernel", "timeLimit": 100}, protocol.CommandReply
    )
    assert slow["timeout"] == "time"


async def test_tactics(ask):
    opened = await ask({"cmd": THEOREM.with_proof("sorry")}, protocol.CommandReply)
    state = opened["sorries"][0]["proofState"]
    applied = await ask({"tactic": "have := h", "proofState": state}, protocol.TacticReply)
    assert applied["goals"] == ["a b : Nat\nh this : a < b\n⊢ a + 1 ≤ b"]
    refused = await ask({"tactic": "exact h.foo", "proofState": state}, protocol.TacticReply)
    assert set(refused) == {"message"}
    several = {"tactics": ["simp only", "omega", "skip"], "proofState": state, "heartbeats": 200000}
    results = (await ask(several, protocol.TacticsReply))["results"]
    assert [each.get("proofStatus") for each in results] == [None, "Completed"]
    drop = {"drop": {"proofStates": [state], "envs": [opened["env"]]}}
    assert await ask(drop, protocol.DropReply) == {"dropped": 2}
    assert set(await ask({"tactic": "omega", "proofState": state}, protocol.TacticReply)) == {"message"}


@pytest.mark.parametrize(("proof", "accepted"), [("omega", True), ("exact Nat.le_of_lt h", False)])
async def test_checks(ask, proof, accepted):
    source, original = THEOREM.file_with_proof(proof), THEOREM.file_with_proof("sorry")
    claim = {"source": source, "original": original, "name": "foo"}
    exported = (await ask({"export": claim}, protocol.ExportReply))["export"]
    assert (exported["terms"] is not None) == accepted
    given = {"text": original, "start": 0, "preamble": ""}
    claim |= {"terms": exported["terms"] or {}, "given": given, "statementStart": 0}
    checked = (await ask({"check": claim}, protocol.CheckReply))["check"]
    assert checked["accepted"] == accepted


async def test_what_an_engine_holds(ask):
    text = {"source": "inductive A\n| a", "own": True}
    assert (await ask({"inductives": text}, protocol.InductivesReply))["inductives"]["types"] == 1
    assert (await ask({"stats": True}, protocol.StatsReply))["stats"]["library"]["name"] == "pocket"
    assert await ask({"reset": {}}, protocol.ResetReply) == {"reset": True}
    assert set(await ask({"hello": 1}, protocol.ErrorReply)) == {"message"}
