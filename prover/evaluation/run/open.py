"""Open the executor of a run in this process: its models, its engines, and what checks proofs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from prover.attempt import TACTIC_LIMITS
from prover.evaluation.run.chat_models import ChatModels, sketch_choice
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.local import ChatResources, LocalExecutor, RunResources
from prover.lean.backend import LeanBackend, LeanPool
from prover.policy.open import OpenPolicies, open_critic, open_policies
from prover.problems.problem import Problem
from prover.problems.support import Support, support_of


@asynccontextmanager
async def open_local(
    config: RunConfig,
    problem: Callable[[int], Problem],
    lean: LeanBackend[Any],
    models: ChatModels,
) -> AsyncIterator[LocalExecutor]:
    """Open what a run needs in this process; `problem` gives its problems by number, as `lean` reads them.

    Raises:
        InputError, SetupError: a model or an engine cannot be had.
    """
    async with (
        _policies(config) as policies,
        open_critic(config.critic, config) as critic,
        lean.open_pool(config.engines, TACTIC_LIMITS) as pool,
        lean.verifier() as verifier,
    ):
        resources = RunResources(
            pool=pool,
            verifier=verifier,
            policy=policies.for_search,
            critic=critic,
            generators=policies.generators,
            classify=_classify(problem, lean, pool),
            chat=None if config.method == "search" else ChatResources(models, lean.file_tools(pool)),
            notes=policies.notes,
        )
        yield LocalExecutor(config, resources)


def _classify(
    problem: Callable[[int], Problem], lean: LeanBackend[Any], pool: LeanPool
) -> Callable[[int], Awaitable[Support]]:
    async def classify(problem_id: int) -> Support:
        read = problem(problem_id)
        core = lean.reads_as_core(read.header)
        return await support_of(read, pool, core=core, pocket=lean.library == "pocket")

    return classify


@asynccontextmanager
async def _policies(config: RunConfig) -> AsyncIterator[OpenPolicies]:
    """Open what searches need; a chat model is opened otherwise."""
    if config.method == "whole-proof":
        yield OpenPolicies((), ())
        return
    async with open_policies(sketch_choice(config).searching) as policies:
        yield policies
