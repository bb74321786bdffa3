"""What makes the attempts of a run: this process, or a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from prover.cluster.actor_pool import ActorPool
from prover.cluster.connect import connected
from prover.cluster.executor import RayExecutor
from prover.cluster.object_refs import result_of
from prover.cluster.resources import needs_of, room_for
from prover.cluster.serving import served_models
from prover.cluster.settings import ClusterSettings
from prover.evaluation.run.chat_models import open_chat_models
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.executor import Executor
from prover.evaluation.run.open import open_local
from prover.evaluation.run.recorded_chat import RecordedAnswers
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.lean.backend import LeanBackend
from prover.problems.problem import Problem
from prover.util.within import cancel_all


@asynccontextmanager
async def open_executor(
    folder: RunFolder,
    store: RunStore,
    config: RunConfig,
    problem: Callable[[int], Problem],
    lean: LeanBackend[Any],
    cluster: ClusterSettings,
    *,
    say: Callable[[str], None] = lambda line: None,
    page: str | None = None,
) -> AsyncIterator[Executor]:
    """Open what makes the attempts of the run in `folder`.

    `config` may give chat models another budget and other prices than the run was begun with. `say` is told what the
    run's log is told of the cluster; `page` is the address of the run's page, which the cluster's own dashboard then
    names.

    Raises:
        InputError, SetupError: as for `open_chat_models`, `open_local` and `open_ray`.
    """

    def note(line: str) -> None:
        folder.note(line)
        say(line)

    if cluster.cluster is None:
        async with (
            open_chat_models(config, store) as models,
            open_local(config, problem, lean, models) as local,
        ):
            yield local
        return
    async with open_ray(config, problem, cluster, note, store, page) as executor:
        yield executor


@asynccontextmanager
async def open_ray(
    config: RunConfig,
    problem: Callable[[int], Problem],
    settings: ClusterSettings,
    note: Callable[[str], None],
    answers: RecordedAnswers,
    page: str | None = None,
) -> AsyncIterator[RayExecutor]:
    """Start actors on the cluster that `settings` names; `problem` gives the run's problems by number.

    `note` writes a line to the run's log. `answers` is where the answers of chat models are kept; `page` is the address
    of the run's page.

    Raises:
        InputError, SetupError: there is no such cluster, it has no room, a node lacks what the run needs, or a chat
            model cannot be had.
    """
    assert settings.cluster is not None
    async with AsyncExitStack() as stack:
        ray = await stack.enter_async_context(connected(settings.cluster, page))
        if settings.model_replicas:
            serving = served_models(ray, _specs(config), settings.model_replicas, result_of(ray), note)
            config = config.model_copy(update=await stack.enter_async_context(serving))
        needs = needs_of(config)
        actors = room_for(ray.nodes(), needs, settings.actors)
        models = await stack.enter_async_context(open_chat_models(config, answers))
        pool = ActorPool(ray, config, needs, actors, note, models if models.prompts.any else None)
        if len({node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]}) > 1:
            await pool.offer_package()
        keeper = asyncio.create_task(pool.keep())
        try:
            await pool.first()
            yield RayExecutor(ray, config, problem, pool, note)
        finally:
            await cancel_all([keeper])


def _specs(config: RunConfig) -> dict[str, str]:
    """Return the settings that may name models to be served."""
    specs = {"policy": config.policy}
    if config.method == "sketch" and config.planner is not None and config.planned_by_chat:
        specs["planner"] = config.planner
    return specs
