"""Open the executor of a run in this process: its models, its engines, and what checks proofs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from prover.attempt import TACTIC_LIMITS
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.local import LocalExecutor, RunResources
from prover.evaluation.run.recorded_chat import RecordedAnswers
from prover.evaluation.run.sketch import PlannerResources
from prover.evaluation.run.whole_proof import ChatResources
from prover.lean.backend import LeanBackend, LeanPool
from prover.policy.open import OpenPolicies, open_critic, open_policies
from prover.problems.problem import Problem
from prover.problems.support import Support, support_of
from prover.sketching.open import SketchChoice, open_planner
from prover.whole_proof.open import open_chat
from prover.whole_proof.settings import MethodSettings


@asynccontextmanager
async def open_local(
    config: RunConfig,
    problem: Callable[[int], Problem],
    lean: LeanBackend[Any],
    *,
    answers: RecordedAnswers | None = None,
    method: MethodSettings | None = None,
) -> AsyncIterator[LocalExecutor]:
    """Open what a run needs in this process; `problem` gives its problems by number, as `lean` reads them.

    `answers` is where the answers of a chat model are kept; `method` may give that model other prices and another
    budget than the run was begun with.

    Raises:
        InputError, SetupError: a model or an engine cannot be had.
    """
    chosen = method or config
    async with (
        _policies(config) as policies,
        open_critic(config.critic, config) as critic,
        lean.open_pool(config.engines, TACTIC_LIMITS) as pool,
        lean.verifier() as verifier,
        _chat(config, answers, chosen, lean, pool) as chat,
        _planner(config, answers, chosen, lean, pool) as planner,
    ):
        resources = RunResources(
            pool=pool,
            verifier=verifier,
            policy=policies.for_search,
            critic=critic,
            generators=policies.generators,
            classify=_classify(problem, lean, pool),
            chat=chat,
            planner=planner,
            answers=answers,
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
    async with open_policies(_choice(config, config).searching) as policies:
        yield policies


@asynccontextmanager
async def _chat(
    config: RunConfig,
    answers: RecordedAnswers | None,
    method: MethodSettings,
    lean: LeanBackend[Any],
    pool: LeanPool,
) -> AsyncIterator[ChatResources | None]:
    """Connect to the run's chat model, where it has one; what its answers cost so far counts."""
    if config.method != "whole-proof":
        yield None
        return
    chat = await open_chat(config, method)
    assert answers is not None
    chat.budget.prompt_tokens, chat.budget.completion_tokens = answers.answer_tokens()
    async with chat.client:
        yield ChatResources(chat=chat, ask=lean.file_tools(pool).ask)


@asynccontextmanager
async def _planner(
    config: RunConfig,
    answers: RecordedAnswers | None,
    method: MethodSettings,
    lean: LeanBackend[Any],
    pool: LeanPool,
) -> AsyncIterator[PlannerResources | None]:
    """Connect to the run's planner, where it has one; what its answers cost so far counts."""
    if config.method != "sketch":
        yield None
        return
    chosen = _choice(config, method)
    async with open_planner(chosen) as planner:
        assert answers is not None
        planner.budget.prompt_tokens, planner.budget.completion_tokens = answers.answer_tokens()
        yield PlannerResources(planner=planner, chosen=chosen, files=lean.file_tools(pool))


def _choice(config: RunConfig, method: MethodSettings) -> SketchChoice:
    return SketchChoice(search=config, sketch=config, method=method)
