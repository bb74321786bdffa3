"""A server of this process for tests, on a free port of the loopback address."""

import asyncio
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from prover.lean.backends import find_lean
from prover.lean.settings import EngineSettings
from prover.search.settings import SearchSettings
from prover.service.http.app import make_app
from prover.service.http.engines import find_leans
from prover.service.http.run import bound_socket, serve
from prover.service.http.service import open_service
from prover.service.http.settings import ServerSettings
from prover.util.progress import Quiet


class Running:
    """A server that runs: its address, and what it answers with."""

    def __init__(self, url, service):
        self.url = url
        self.service = service
        self.engines = service.engines


@contextmanager
def serving(*, token=None, source=None, **settings):
    """Run a server in a thread; yield it as `Running`."""
    settings.setdefault("data", Path(tempfile.mkdtemp()))
    chosen = ServerSettings(port=0, **settings)
    source = source or EngineSettings()
    started = threading.Event()
    found = {}

    async def run():
        found["loop"], found["stop"] = asyncio.get_running_loop(), asyncio.Event()
        leans = find_leans(source, chosen, lambda each: find_lean(each, Quiet()))
        with bound_socket(chosen) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with open_service(leans, chosen, SearchSettings(policy="heuristic")) as service:
                found["running"] = Running(url, service)
                await serve(make_app(service, token), listening, found["stop"], started.set)

    def work():
        try:
            asyncio.run(run())
        finally:
            started.set()

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    try:
        yield found["running"]
    finally:
        found["loop"].call_soon_threadsafe(found["stop"].set)
        thread.join()
