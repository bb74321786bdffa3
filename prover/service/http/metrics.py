"""What Prometheus is told at `/metrics`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prover.service.http.engines import Engines
from prover.service.http.jobs import Jobs
from prover.service.http.sessions import Sessions
from prover.service.http.turns import Turns

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
OTHER = "other"
"""What stands for paths and methods that are none, of which anybody can make up any number."""
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


class Metrics:
    """Counts requests, and looks at the rest when it is asked."""

    def __init__(self, engines: Engines, searches: Turns, jobs: Jobs, sessions: Sessions) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "prover_http_requests", "Requests that were answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "prover_http_request_seconds",
            "From a request's first byte to its answer's last.",
            ("route",),
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(_State(engines, searches, jobs, sessions))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)


class _State(Collector):
    """What there is at the moment."""

    def __init__(self, engines: Engines, searches: Turns, jobs: Jobs, sessions: Sessions) -> None:
        self._engines = engines
        self._searches = searches
        self._jobs = jobs
        self._sessions = sessions

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        queue = GaugeMetricFamily(
            "prover_queue", "What waits for its turn, and what has it.", labels=["of", "state"]
        )
        for name, turns in (("texts", self._engines.turns), ("searches", self._searches)):
            queue.add_metric([name, "waiting"], turns.waiting)
            queue.add_metric([name, "running"], turns.running)
        yield queue
        jobs = GaugeMetricFamily("prover_jobs", "Jobs that are stored.", labels=["status"])
        for status, count in self._jobs.store.counts().items():
            jobs.add_metric([status], count)
        yield jobs
        yield GaugeMetricFamily("prover_sessions", "Theorems that are held open.", value=len(self._sessions))
        busy = CounterMetricFamily("prover_engine_seconds", "Time that engines were busy.", labels=["engine"])
        restarts = CounterMetricFamily("prover_engine_restarts", "Engines replaced.", labels=["engine"])
        for number, stats in enumerate(self._engines.stats()):
            busy.add_metric([str(number)], stats.lean_s)
            restarts.add_metric([str(number)], stats.restarts)
        yield busy
        yield restarts


class Counting:
    """ASGI middleware that counts requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = time.monotonic()
        status = 499

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route, seconds = getattr(scope.get("route"), "path", OTHER), time.monotonic() - began
            self._metrics.answered(method, route, status, seconds)
