"""Engines that are killed during a search change nothing about its result."""

import asyncio
import operator
import random

import pytest
from processes import children_running

from prover.lean.environment import TacticLimits
from prover.lean.process.pool import EnginePool
from prover.lean.theorem import Theorem
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget

pytestmark = pytest.mark.long

HARD = Theorem(name="hard", statement="theorem hard (p q r : Prop) (h : p ∨ q) (g : q → r) : p ∧ r ∨ q ∧ p")
BUDGET = Budget(expansions=60)
PATIENT = TacticLimits(seconds=120)


async def never(tactics):
    return False


async def search(command, *, killer=None):
    async with EnginePool(command, size=2, limits=PATIENT) as pool:
        session = await pool.open(HARD)
        options = SearchOptions(budget=BUDGET)
        running = asyncio.ensure_future(BestFirst().run(session, HeuristicPolicy(), never, options))
        kills, enough = 0, [1, 1]
        while killer is not None and not running.done():
            await asyncio.sleep(0.01)
            ran = [stats.tactics for stats in pool.stats]
            if all(map(operator.ge, ran, enough)):  # both have worked since the last one was killed
                if engines := children_running("host.mjs"):
                    killer.choice(engines).kill()
                    kills += 1
                enough = [each + killer.randint(1, 30) for each in ran]
        result = await running
        await session.close()
    shape = [
        (edge.source.id, edge.tactic, type(edge.outcome).__name__, edge.target and edge.target.id)
        for edge in result.tree.edges()
    ]
    return result.ending, shape, kills


async def test_killing_engines_changes_no_result(engine_command, no_strays):
    undisturbed, shape, _ = await search(engine_command)
    ending, disturbed, kills = await search(engine_command, killer=random.Random(1))
    assert kills > 0
    assert (ending, disturbed) == (undisturbed, shape)
    assert len(shape) > 50
