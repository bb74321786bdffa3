"""All that the routes stand on, opened and closed as one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prover.api.lean import AsyncLean
from prover.search.settings import SearchSettings
from prover.service.http.engines import Engines, open_engines
from prover.service.http.jobs import Jobs, open_jobs
from prover.service.http.metrics import Metrics
from prover.service.http.sessions import Sessions, open_sessions
from prover.service.http.settings import ServerSettings
from prover.service.http.turns import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The Lean, who searches how, whose turn it is to search, jobs, open theorems, and what is counted."""

    engines: Engines
    searching: SearchSettings
    turns: Turns
    jobs: Jobs
    sessions: Sessions
    metrics: Metrics


@asynccontextmanager
async def open_service(
    leans: tuple[AsyncLean, AsyncLean | None], settings: ServerSettings, searching: SearchSettings
) -> AsyncIterator[Service]:
    """Open everything.

    Raises:
        SetupError, EngineError: Lean cannot be started, or jobs cannot be stored.
    """
    turns = Turns(at_once=settings.searches, most=settings.max_queue, most_of_one=settings.most_of_one_client)
    async with (
        open_engines(*leans, settings) as engines,
        open_sessions(engines) as sessions,
        open_jobs(engines, searching, turns) as jobs,
    ):
        yield Service(
            engines=engines,
            searching=searching,
            turns=turns,
            jobs=jobs,
            sessions=sessions,
            metrics=Metrics(engines, turns, jobs, sessions),
        )
