"""What makes the attempts of a run: this process, or a cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from prover.cluster.executor import open_ray
from prover.cluster.settings import ClusterSettings
from prover.evaluation.run.chat_models import open_chat_models
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.executor import Executor
from prover.evaluation.run.open import open_local
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.lean.backend import LeanBackend
from prover.problems.problem import Problem


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
