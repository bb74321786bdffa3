"""vLLM between the rounds of an expert iteration: one server, which gets the weights of each round's model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from prover.errors import PolicyError, ProverError
from prover.policy.api_key import KEY_VARIABLES, read_api_key
from prover.policy.generation import Score, ScoreRequest
from prover.policy.open import SERVER_VARIABLE
from prover.policy.server.generator import ServerGenerator
from prover.policy.transformers import TransformersGenerator
from prover.serving.handover import KeptServer, ReloadRefused, log_of
from prover.serving.server import choose_build

PROBE = ScoreRequest(
    prompt="n m : Nat\nh : n ≤ m\n⊢ n + 0 ≤ m + 1\n",
    completions=("induction n with | zero => simp | succ n ih => exact Nat.le_trans (by simp) h",),
)
TOLERANCE = 0.1
"""Nats a token by which vLLM's log-probability may differ from that of transformers, which computes in 32 bits."""


class RoundServer:
    """Serves the newest model to the commands of a run; nothing is started before the first `serve`.

    `link` is where the server finds its model; `dtype` is as for `prover serve`; `say` receives progress messages.
    """

    def __init__(self, link: Path, *, dtype: str, say: Callable[[str], None]) -> None:
        self._link = link
        self._dtype = dtype
        self._say = say
        self._runner = asyncio.Runner()
        self._server: KeptServer | None = None
        self._score: Score | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._stop())
        finally:
            self._runner.close()

    def serve(self, model: Path) -> Mapping[str, str]:
        """Have the server serve the folder `model`; return the environment variables by which commands find it.

        Raises:
            InputError, SetupError: it cannot be started.
        """
        server = self._runner.run(self._serving(model))
        return {SERVER_VARIABLE: server.url, KEY_VARIABLES[0]: server.key}

    def rest(self) -> None:
        """Make room for a training on the GPU; on processors the server stays as it is."""
        self._runner.run(self._rest())

    async def _serving(self, model: Path) -> KeptServer:
        began = time.monotonic()
        server = self._server
        if server is not None and server.model == model and not server.asleep and await server.is_healthy():
            return server
        if server is not None:
            try:
                await server.reload(model)
                self._score = await self._check(server, before=self._score)
            except ReloadRefused as error:
                self._say(f"vLLM is started anew for {model}: {error.message}")
                await self._stop()
            else:
                self._say(f"vLLM has loaded the weights of {model} in {time.monotonic() - began:.1f} s")
                return server
        self._say(f"vLLM is started for {model}; its output goes to {log_of(self._link)}")
        build = await asyncio.to_thread(choose_build, None)
        server = await KeptServer.start(model, self._link, build, key=read_api_key(), dtype=self._dtype)
        self._server, self._score = server, None
        with suppress(ReloadRefused):
            self._score = await _served_score(server)
        self._say(f"vLLM serves {model} after {time.monotonic() - began:.1f} s")
        return server

    async def _rest(self) -> None:
        if self._server is None or self._server.cpu:
            return
        try:
            await self._server.sleep()
        except ReloadRefused as error:
            self._say(f"vLLM is ended while the model is trained: {error.message}")
            await self._stop()

    async def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def _check(self, server: KeptServer, *, before: Score | None) -> Score:
        """Return how the server scores a tactic now.

        Raises:
            ReloadRefused: as before, or not as transformers does: it does not compute with the new weights.
        """
        served = await _served_score(server)
        if served == before:
            raise ReloadRefused("its answers are those of the model before")
        try:
            expected = await _local_score(server.model)
        except ProverError as error:
            raise ReloadRefused(f"the new weights cannot be checked: {error.message}") from error
        apart = abs(served.logprob - expected.logprob) / expected.tokens
        if not apart <= TOLERANCE:
            raise ReloadRefused(f"its log-probabilities are {apart:.2g} nats a token from transformers'")
        return served


async def _served_score(server: KeptServer) -> Score:
    """Return the server's score of the probe.

    Raises:
        ReloadRefused: it gives none.
    """
    try:
        generator = await ServerGenerator.connect([server.url], None, api_key=server.key, retry_s=0.0)
        try:
            [[score]] = await generator.score([PROBE])
        finally:
            await generator.close()
    except ProverError as error:
        raise ReloadRefused(error.message) from error
    if score is None:
        raise ReloadRefused("the tactic that it is asked for is too long for the model")
    return score


async def _local_score(model: Path) -> Score:
    """Return the score of the probe by transformers, on processors.

    Raises:
        InputError, SetupError, PolicyError: it cannot be computed.
    """
    generator = await asyncio.to_thread(TransformersGenerator.load, str(model), device="cpu", dtype="float32")
    try:
        [[score]] = await generator.score([PROBE])
    finally:
        await generator.close()
    if score is None:
        raise PolicyError(f"{model} cannot read a tactic of {PROBE.max_new_tokens} tokens")
    return score
