"""No tactic finishes a goal that cannot be proved: through a session, and past its fence, on the bare engine."""

import pytest

from cheats.steps import GOALS, SEQUENCES
from prover.lean.environment import ProofFinished, TacticState, run_tac
from prover.lean.theorem import Theorem

NOT_TO_BE_RUN_BARE = ("run_tac", "by_elab", "eval%")
"""Code that could take the engine over: the fence is there to keep it out, the verifier to be right without it."""


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.id)
async def test_no_tactic_finishes(lean_pool, goal):
    session = await lean_pool.open(goal.theorem)
    results = await session.run_tacs(session.root, goal.tactics)
    await session.close()
    assert len(results) == len(goal.tactics)
    assert not [t for t, r in zip(goal.tactics, results, strict=True) if isinstance(r, ProofFinished)]


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.id)
async def test_no_tactic_completes_without_the_fence(bare_engine, goal):
    tactics = [tactic for tactic in goal.tactics if not any(word in tactic for word in NOT_TO_BE_RUN_BARE)]
    opened = await bare_engine.request({"cmd": goal.theorem.file_with_proof("sorry")}, 60)
    request = {"tactics": tactics, "proofState": opened["sorries"][0]["proofState"], "timeLimit": 5000}
    results = (await bare_engine.request(request, 60))["results"]
    assert len(results) == len(tactics)
    assert not [t for t, r in zip(tactics, results, strict=True) if r.get("proofStatus") == "Completed"]


@pytest.mark.parametrize(("statement", "tactics"), SEQUENCES.values(), ids=SEQUENCES.keys())
async def test_no_sequence_finishes(lean_pool, statement, tactics):
    session = await lean_pool.open(Theorem(name="foo", statement=statement))
    state = session.root
    for tactic in tactics:
        result = await run_tac(session, state, tactic)
        assert not isinstance(result, ProofFinished), tactic
        if isinstance(result, TacticState):
            state = result
    await session.close()


async def test_a_session_finishes_what_is_true(lean_pool):
    session = await lean_pool.open(Theorem(name="foo", statement="theorem foo : 1 = 1 ∧ 2 = 2"))
    state = session.root
    for tactic in ("constructor", "rfl"):
        state = await run_tac(session, state, tactic)
        assert isinstance(state, TacticState)
    assert isinstance(await run_tac(session, state, "decide"), ProofFinished)
    await session.close()


def test_tactics_are_listed_once():
    for goal in GOALS:
        assert len(set(goal.tactics)) == len(goal.tactics)
    assert sum(len(goal.tactics) for goal in GOALS) >= 150
