"""A vLLM server that is kept: it is given each model in turn, and started anew where that fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from prover.errors import ProverError
from prover.serving.handover import KeptServer, ReloadRefused, log_of
from prover.serving.reference import Reference
from prover.serving.server import choose_build


class ServerKeeper:
    """Keeps one server; nothing is started before the first `serve`.

    `compute` gives the reference of a model whose training has noted none; `key` is asked at each start. `say` receives
    progress messages. The others are as for `KeptServer.start`.
    """

    def __init__(
        self,
        link: Path,
        compute: Callable[[Path], Reference],
        *,
        key: Callable[[], str | None],
        dtype: str,
        say: Callable[[str], None],
        shared_at: str | None = None,
    ) -> None:
        self._link = link
        self._compute = compute
        self._key = key
        self._dtype = dtype
        self._say = say
        self._shared_at = shared_at
        self._server: KeptServer | None = None

    async def serve(self, model: Path) -> KeptServer:
        """Have the server serve the folder `model`.

        Raises:
            InputError, SetupError: it cannot be started.
        """
        began = time.monotonic()
        server = self._server
        if server is not None and server.model == model and not server.asleep and await server.is_healthy():
            return server
        if server is not None:
            try:
                await server.hand_over(model, await self._reference(model))
            except ReloadRefused as error:
                self._say(f"vLLM is started anew for {model}: {error.message}")
                await self.stop()
            else:
                self._say(f"vLLM has loaded the weights of {model} in {time.monotonic() - began:.1f} s")
                return server
        self._say(f"vLLM is started for {model}; its output goes to {log_of(self._link)}")
        build = await asyncio.to_thread(choose_build, None)
        self._server = server = await KeptServer.start(
            model, self._link, build, key=self._key(), dtype=self._dtype, shared_at=self._shared_at
        )
        self._say(f"vLLM serves {model} after {time.monotonic() - began:.1f} s")
        return server

    async def rest(self) -> None:
        """Make room for a training on the GPU; on processors the server stays as it is."""
        if self._server is None or self._server.cpu:
            return
        try:
            await self._server.sleep()
        except ReloadRefused as error:
            self._say(f"vLLM is ended while the model is trained: {error.message}")
            await self.stop()

    async def stop(self) -> None:
        """End the server. Safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def _reference(self, model: Path) -> Reference:
        """Return what the model's weights are known by.

        Raises:
            ReloadRefused: it cannot be computed.
        """
        try:
            if (stored := Reference.stored(model)) is not None:
                return stored
            return await asyncio.to_thread(self._compute, model)
        except ProverError as error:
            raise ReloadRefused(f"the new weights cannot be checked: {error.message}") from error
