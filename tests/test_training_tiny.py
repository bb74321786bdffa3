"""The very small model of the tests: its demonstrations are true, and what it learned proves theorems."""

import pytest
from tiny_model import DEMONSTRATIONS, TINY_FAILING, TINY_THEOREMS, tiny_examples

from prover.lean.environment import ProofFinished, TacticState, run_tac
from prover.lean.reading.prelude import prelude
from prover.lean.theorem import Theorem
from prover.policy.open import open_policies
from prover.policy.settings import PolicySettings
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget
from prover.search.result import Proved

pytestmark = pytest.mark.long


async def accept(tactics):
    return True


async def open_theorem(pool, head):
    return await pool.open(Theorem(name="t", statement=head, header=prelude()))


@pytest.mark.parametrize("head", TINY_THEOREMS, ids=range(len(TINY_THEOREMS)))
async def test_demonstrations_are_what_lean_says(lean_pool, head):
    demonstration = next(each for each in DEMONSTRATIONS if each.head == head)
    session = await open_theorem(lean_pool, head)
    now = session.root
    for state, tactic in demonstration.steps:
        assert isinstance(now, TacticState)
        assert now.pp == state
        now = await run_tac(session, now, tactic)
    assert isinstance(now, ProofFinished)
    await session.close()


async def test_the_model_proves_what_it_was_shown_and_nothing_else(lean_pool, tiny_model):
    settings = PolicySettings(policy=f"hf:{tiny_model}", device="cpu", samples="8")
    proved = set()
    async with open_policies(settings) as policies:
        for head in (*TINY_THEOREMS, *TINY_FAILING):
            session = await open_theorem(lean_pool, head)
            options = SearchOptions(budget=Budget(expansions=12))
            result = await BestFirst().run(session, policies.for_search(0), accept, options)
            await session.close()
            if isinstance(result.ending, Proved):
                proved.add(head)
    assert proved == set(TINY_THEOREMS)


def test_its_examples_are_few_and_differ():
    examples = tiny_examples()
    assert len(set(examples)) == len(examples) < 400
