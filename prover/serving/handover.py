"""A vLLM server that is kept while its model is trained on: new weights are loaded into the running server.

The server loads its model through a symbolic link, which is set to another folder before vLLM is told to read the
weights again: so what it says it has loaded is what it has loaded. That, sleeping and the reset of the prefix cache are
routes of vLLM's development mode, for which vLLM asks no key; so middleware of prover's does. A server that is not
shared asks for the key on every route, and listens on this machine alone.

That vLLM says yes is no proof that it computes with the new weights: it is asked what it says of a text, and compared
with what the weights' own library says.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import httpx

from prover.errors import ProverError, SetupError
from prover.serving.build import VllmBuild
from prover.serving.log import shorten_message
from prover.serving.reference import RESULT, Reference
from prover.serving.server import ServeSettings, VllmServer
from prover.util.ports import free_port

HOST = "127.0.0.1"
OWN = ("prover_key.RequireKey", "VLLM_API_KEY")
SHARED = ("prover_key.RequireKeyButToAsk", "PROVER_HANDOVER_KEY")
"""The middleware that asks for a key, and the variable that it finds it in."""
READY_S = 1800.0
RELOAD_S = 1800.0
"""Seconds that vLLM may take to read a model's weights."""
PLUGIN = Path(__file__).parent / "plugin"
WEIGHTS = ("*.safetensors", "*.safetensors.index.json", "*.bin", "*.bin.index.json")
NOTES = ("README.md", RESULT)
"""Files of a model's folder that tell of its training; no server reads them."""
VARYING = frozenset({"_name_or_path", "transformers_version"})
"""Keys of config.json that change nothing."""
TOLERANCE = 0.04
"""How far a server's answers may be from the reference, which is computed in other numbers (`Reference.apart`)."""
ROUNDING = 0.002
TIMES_FRESH = 3.0
"""How many times as far as a server that was just started they may be, or `ROUNDING`, where that is less."""


class ReloadRefused(ProverError):
    """The running server cannot take the new weights; it has to be started anew."""


class KeptServer:
    """A server for one model after the other, made by `start`. `model` is the folder of the one it has.

    `key` is what every request needs, or, if it is shared, what handing over needs; `asleep` says that it answers none
    before the next `reload`, `cpu` that it runs on processors.
    """

    def __init__(
        self, server: VllmServer, settings: ServeSettings, model: Path, *, key: str, cpu: bool
    ) -> None:
        self._server = server
        self._settings = settings
        self._answers: tuple[float, ...] | None = None
        self._reference: Reference | None = None
        self._tolerance = TOLERANCE
        self.model = model
        self.key = key
        self.cpu = cpu
        self.asleep = False

    @classmethod
    async def start(
        cls,
        model: Path,
        link: Path,
        build: VllmBuild,
        *,
        key: str | None = None,
        dtype: str = "auto",
        shared_at: str | None = None,
        on_stage: Callable[[str], None] = lambda words: None,
    ) -> Self:
        """Start a server for the folder `model` and wait until it answers.

        `link`, an absolute path, is where the symbolic link goes, beside vLLM's log; `key` is made up if there is none.
        With `shared_at` it listens on that address of this machine, and whoever reaches it may ask the model.

        Raises:
            InputError, SetupError: it cannot be started.
        """
        key = key or secrets.token_urlsafe(32)
        _point(link, model)
        kind = (
            ("--worker-extension-cls", "prover_reload.ReloadShared")
            if build.cpu
            else ("--enable-sleep-mode",)
        )
        asks, variable = OWN if shared_at is None else SHARED
        host = shared_at or HOST
        settings = ServeSettings(
            model=str(link),
            host=host,
            port=free_port(host),
            served_model_name=link.name,
            dtype=dtype,
            extra=("--middleware", asks, *kind),
        )
        path = os.pathsep.join(filter(None, (str(PLUGIN), os.environ.get("PYTHONPATH"))))
        environment = {"VLLM_SERVER_DEV_MODE": "1", variable: key, "PYTHONPATH": path}
        server = await VllmServer.start(settings, build, log_of(link), environment)
        try:
            await server.wait_ready(READY_S, on_stage)
        except BaseException:
            await server.stop()
            raise
        kept = cls(server, settings, model, key=key, cpu=build.cpu)
        with suppress(ReloadRefused):
            await kept._measure()
        return kept

    @property
    def url(self) -> str:
        """Where the API begins."""
        return self._settings.url

    @property
    def name(self) -> str:
        """What requests call the model."""
        return self._settings.name

    async def is_healthy(self) -> bool:
        """Whether it still answers."""
        with suppress(ProverError):
            await self._ask("GET", "/health")
            return True
        return False

    async def reload(self, model: Path) -> None:
        """Have the server read the weights of `model`, and forget what it remembers of prompts.

        Whether it then computes with them is for the caller to check.

        Raises:
            ReloadRefused: the model differs in more than its weights, or vLLM refuses. The server is of no use then.
        """
        if different := difference(self.model, model):
            raise ReloadRefused(f"its {different} is another")
        if self.asleep:
            await self._ask("POST", "/wake_up?tags=weights")
        _point(Path(self._settings.model), model)
        method = "reload_shared_weights" if self.cpu else "reload_weights"
        await self._ask("POST", "/collective_rpc", {"method": method, "timeout": RELOAD_S})
        if self.asleep:
            await self._ask("POST", "/wake_up?tags=kv_cache")
            self.asleep = False
        await self._ask("POST", "/reset_prefix_cache")
        self.model = model

    async def hand_over(self, model: Path, reference: Reference) -> None:
        """Reload, and make sure that the server computes with the new weights, of which `reference` tells.

        Raises:
            ReloadRefused: as for `reload`, or its answers are not those of the new weights.
        """
        await self.reload(model)
        before, self._answers = self._answers, await self.logprobs(reference.tokens)
        old, self._reference = self._reference, reference
        if self._answers == before and reference != old:
            raise ReloadRefused("its answers are those of the model before")
        apart = reference.apart(self._answers)
        if not apart <= self._tolerance:
            raise ReloadRefused(
                f"its log-probabilities are {apart:.2%} from transformers', more than {self._tolerance:.2%}"
            )

    async def _measure(self) -> None:
        """Find out how near to the reference the server is when it certainly computes with its model's weights.

        Raises:
            ReloadRefused: as for `logprobs`.
        """
        if reference := Reference.stored(self.model):
            self._answers = await self.logprobs(reference.tokens)
            self._reference = reference
            fresh = TIMES_FRESH * reference.apart(self._answers)
            self._tolerance = min(TOLERANCE, max(ROUNDING, fresh))

    async def logprobs(self, tokens: Sequence[int]) -> tuple[float, ...]:
        """Return the log-probability of each of these tokens but the first, behind those before it.

        Raises:
            ReloadRefused: it does not say.
        """
        body = {"model": self._settings.name, "prompt": list(tokens), "max_tokens": 1, "prompt_logprobs": 0}
        said = await self._ask("POST", "/v1/completions", body)
        try:
            entries = json.loads(said)["choices"][0]["prompt_logprobs"][1:]
            found = tuple(
                float(entry[str(token)]["logprob"]) for token, entry in zip(tokens[1:], entries, strict=True)
            )
        except (ValueError, KeyError, TypeError, LookupError) as error:
            raise ReloadRefused("vLLM did not say how likely the tokens of a prompt are") from error
        return found

    async def sleep(self) -> None:
        """Give up the GPU's memory until the next `reload`.

        Raises:
            ReloadRefused: this vLLM cannot.
        """
        await self._ask("POST", "/sleep?level=2")
        self.asleep = True

    async def stop(self) -> None:
        """End the server. Safe to call twice."""
        await self._server.stop()

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> str:
        """Ask one of vLLM's routes, and return the answer.

        Raises:
            ReloadRefused: vLLM does not do it.
        """
        url = self.url.removesuffix("/v1") + path
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with httpx.AsyncClient(timeout=RELOAD_S, trust_env=False) as client:
                response = await client.request(method, url, json=body, headers=headers)
        except httpx.RequestError as error:
            raise ReloadRefused(f"{method} {path}: {str(error) or type(error).__name__}") from error
        if not response.is_success:
            said = shorten_message(response.text)
            raise ReloadRefused(f"vLLM answered {response.status_code} to {path}: {said}")
        if re.fullmatch(r'\s*\{"success": ?false\}\s*', response.text):
            raise ReloadRefused(f"vLLM did not do {path}")
        return response.text


def log_of(link: Path) -> Path:
    """Return where the output of the server with this link goes."""
    return link.parent / "vllm.log"


def difference(one: Path, other: Path) -> str:
    """Return the first file but weights in which two models' folders differ; empty if there is none."""
    ours, theirs = _files(one), _files(other)
    return next(
        (name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)), ""
    )


def _files(folder: Path) -> dict[str, object]:
    """Return what a server reads of a model's folder besides weights, by the files' names."""
    found: dict[str, object] = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and path.name not in NOTES and not any(map(path.match, WEIGHTS))
    }
    config = json.loads((folder / "config.json").read_bytes())
    return found | {"config.json": {key: value for key, value in config.items() if key not in VARYING}}


def _point(link: Path, model: Path) -> None:
    """Set the symbolic link to `model`, whatever it was set to before.

    Raises:
        SetupError: it cannot be written.
    """
    new = link.with_name(f".{link.name}.new")
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        new.symlink_to(model.resolve(), target_is_directory=True)
        new.replace(link)
    except OSError as error:
        raise SetupError(f"cannot write {link}: {error.strerror}") from error
