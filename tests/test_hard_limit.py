"""Tactics that do not look whether they are to stop, and what was answered beside one that does not end."""

import pytest

from prover.errors import EngineTimeout
from prover.lean.environment import ProofFinished, TacticLimits, TacticState, TacticTimeout
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem
from prover.policy.base import Suggestion
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget

pytestmark = pytest.mark.long

DEAF = """macro "deaf" : tactic => do
  let digits := toString ((3 : Nat) ^ 60000000)
  if digits.length < 5 then Lean.Macro.throwError digits else `(tactic| skip)
"""
"""A tactic that computes for minutes in one call of C++, where nothing looks at the clock."""
OR = Theorem(name="t", statement="theorem t (p q : Prop) (h : p) : p ∨ q", header=DEAF)


async def test_a_deaf_tactic_is_ended_and_what_came_before_it_is_answered(engine_command):
    engine = await Repl.start(engine_command)
    opened = await engine.request({"cmd": OR.file_with_proof("sorry")}, 600)
    request = {"tactics": ["left", "deaf", "right"], "proofState": opened["sorries"][0]["proofState"]}
    left, deaf = (await engine.request(request | {"timeLimit": 200}, 100))["results"]
    assert left["goals"][0].endswith("⊢ p")
    assert (deaf["timeout"], deaf["fatal"]) == ("time", True)
    await engine.close()


async def test_a_deaf_command_is_ended(engine_command):
    engine = await Repl.start(engine_command)
    text = f"{DEAF}theorem t : True := by\n  deaf\n  trivial"
    reply = await engine.request({"cmd": text, "timeLimit": 3000}, 200)
    assert (reply["timeout"], reply["fatal"]) == ("time", True)
    await engine.close()


NAP = """import Lean
elab "nap" n:num : tactic => IO.sleep n.getNat.toUInt32
"""


async def napping(engine_command, milliseconds):
    """Ask for a tactic that takes as long without the processor, after its time is up; return the replies."""
    engine = await Repl.start(engine_command)
    opened = await engine.request({"cmd": f"{NAP}theorem t : True := by\n  sorry"}, 600)
    request = {
        "tactics": [f"nap {milliseconds}", "trivial"],
        "proofState": opened["sorries"][0]["proofState"],
    }
    replies = (await engine.request(request | {"timeLimit": 100}, 100))["results"]
    await engine.close()
    return replies


async def test_a_slow_machine_makes_no_hard_limit(engine_command):
    """As if others had the processor when Lean was to stop: it stops late, and lives on."""
    nap, done = await napping(engine_command, 4000)
    assert "fatal" not in nap
    assert done["proofStatus"] == "Completed"


@pytest.mark.long
async def test_what_does_not_even_compute_is_ended(engine_command):
    [nap] = await napping(engine_command, 1_000_000)
    assert (nap["timeout"], nap["fatal"]) == ("time", True)


async def test_a_session_goes_on_after_a_deaf_tactic(engine_command):
    async with EnginePool(engine_command, 1, limits=TacticLimits(seconds=1.0), grace_s=200.0) as pool:
        session = await pool.open(OR)
        left, deaf, done = await session.run_tacs(session.root, ["left", "deaf", "exact Or.inl h"])
        assert isinstance(left, TacticState)
        assert isinstance(deaf, TacticTimeout)
        assert isinstance(done, ProofFinished)
        assert isinstance((await session.run_tacs(left, ["exact h"]))[0], ProofFinished)
        assert pool.stats[0].restarts == 1


async def test_a_header_that_does_not_end_is_a_timeout(engine_command):
    header = f"{DEAF}theorem slow : True := by\n  deaf\n  trivial\n"
    async with EnginePool(engine_command, 1, open_timeout_s=3.0, grace_s=200.0) as pool:
        with pytest.raises(EngineTimeout):
            await pool.open(Theorem(name="t", statement="theorem t : True", header=header))
        assert (await pool.open(OR)).root.goals


class Fixed:
    """Proposes the same tactics for every state."""

    name = "fixed"

    def __init__(self, *tactics):
        self._tactics = tactics

    async def suggest(self, inputs):
        return [[Suggestion(tactic, -0.1 * i) for i, tactic in enumerate(self._tactics)] for _ in inputs]


async def test_what_was_answered_before_the_time_was_up_counts(engine_command):
    """Another tactic of the same request keeps Lean busy when the search ends."""

    async def accept(proof):
        raise AssertionError("nothing proves it")

    async with EnginePool(engine_command, 1, limits=TacticLimits(seconds=300.0)) as pool:
        session = await pool.open(OR)
        options = SearchOptions(budget=Budget(seconds=10.0))
        result = await BestFirst().run(session, Fixed("left", "deaf", "right"), accept, options)
    assert result.tactics_tried == 1
    assert [edge.tactic for edge in result.tree.root.edges] == ["left"]
