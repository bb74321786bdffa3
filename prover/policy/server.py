"""A model behind an OpenAI-compatible completions endpoint, or behind several with the same model.

All prompts of one call that are sampled alike travel in one request, which is several times faster than one
request a prompt. A request has one seed: made from theirs. So the same calls give the same completions, but
what a prompt gets depends on what else is in its call. Different prompts of one request share their random
numbers; the same prompt with another seed therefore goes into another request.

Connecting asks for the models, and for two completions of a token or so, since a server that gives no
log-probabilities, or not that of the end, is better found out before the run.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import httpx

from prover.errors import InputError, PolicyError
from prover.policy.generation import Completion, GenerationRequest, Sampling
from prover.policy.seeds import derived_seed
from prover.policy.server_http import KEY_VARIABLES, Answer, Http, Replica, Replicas, Trouble
from prover.policy.server_protocol import read_completions, request_body

LISTING_TIMEOUT_S = 30.0
SLOTS_PER_REPLICA = 4
PROBE_PROMPT = "n : Nat\n⊢ n + 0 = n"
SPECIAL_TOKENS = 2
"""How many tokens a tokenizer may add to a text; the text itself has at most one token a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a server says about its model. `root` is the folder or hub id that vLLM loaded it from.

    `tokenizes` says that it counts tokens, for which vLLM has an address that OpenAI's protocol has not.
    """

    name: str
    context_length: int | None = None
    root: str | None = None
    vllm: bool = False
    tokenizes: bool = False


class ServerGenerator:
    """Implements :class:`prover.policy.generation.Generator`; made by `connect`."""

    def __init__(self, http: Http, replicas: Replicas, model: ModelInfo, slots: int) -> None:
        self._http = http
        self._replicas = replicas
        self._model = model
        self._slots = slots
        self._free = asyncio.Semaphore(slots)

    @classmethod
    async def connect(
        cls,
        urls: Sequence[str],
        model: str | None,
        *,
        api_key: str | None = None,
        timeout_s: float = 600.0,
        retry_s: float = 120.0,
        slots: int | None = None,
    ) -> Self:
        """Return a generator for `model`, or the only one they have, on the servers at `urls`.

        A URL is where the API begins, usually `http://HOST:PORT/v1`. The key comes from `PROVER_API_KEY` or
        `OPENAI_API_KEY` if it is not given. A request may take `timeout_s` seconds; after its first failure
        it is tried again for `retry_s` seconds. `slots` is 4 a server if not given.

        Raises:
            InputError: an address, the key or the model's name is wrong, or the server gives no usable
                log-probabilities.
            SetupError: a server cannot be reached or does not work.
        """
        bases = [_base(url) for url in urls]
        if not bases:
            raise InputError("no server given")
        http = Http(_key(api_key))
        try:
            models = [await _examined(http, base, model, timeout_s) for base in bases]
            served = _common(bases, models)
        except BaseException:
            await http.close()
            raise
        replicas = Replicas(http, bases, timeout_s=timeout_s, retry_s=retry_s)
        return cls(http, replicas, served, slots or SLOTS_PER_REPLICA * len(bases))

    @property
    def name(self) -> str:
        """The name that the server gives the model."""
        return self._model.name

    @property
    def context_length(self) -> int | None:
        """What vLLM calls max_model_len; None for servers that do not say."""
        return self._model.context_length

    @property
    def root(self) -> str | None:
        """The folder or hub id that vLLM loaded the model from, if it says."""
        return self._model.root

    @property
    def slots(self) -> int:
        """How many calls of `generate` are worked on at the same time; more wait."""
        return self._slots

    async def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` makes: by bytes, an upper bound, where that is far below the limit.

        Servers without vLLM's `/tokenize` leave it at the bound.

        Raises:
            PolicyError: the server failed and trying again did not help.
        """
        bound = len(text.encode("utf-8", "replace")) + SPECIAL_TOKENS
        if not self._model.tokenizes or self.context_length is None or bound <= self.context_length // 2:
            return bound
        body = {"model": self.name, "prompt": text.encode("utf-8", "replace").decode()}
        return await self._replicas.post(lambda replica: _tokenize_url(replica.url), body, _read_count)

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request, in order; see :mod:`prover.policy.generation`.

        A beam goes on past a stop string, where it is cut afterwards, so that several may become the same.

        Raises:
            InputError: beam search is asked of a server that is not vLLM.
            PolicyError: the servers failed and trying again did not help, or refused the request.
        """
        if not self._model.vllm and any(request.sampling.beam for request in requests):
            raise InputError(
                f"beam search needs a vLLM server, and {self._replicas.all[0].url} is none",
                advice="Sample instead, or start one: prover serve MODEL",
            )
        groups: dict[tuple[Sampling, int], list[GenerationRequest]] = {}
        times: Counter[tuple[Sampling, str]] = Counter()
        for request in dict.fromkeys(requests):
            alike = replace(request.sampling, seed=0)
            groups.setdefault((alike, times[alike, request.prompt]), []).append(request)
            times[alike, request.prompt] += 1
        completions: dict[GenerationRequest, list[Completion]] = {}

        async def fill(sampling: Sampling, batch: list[GenerationRequest]) -> None:
            completions.update(zip(batch, await self._batch(sampling, batch), strict=True))

        try:
            async with self._free, asyncio.TaskGroup() as group:
                for (sampling, _), batch in groups.items():
                    group.create_task(fill(sampling, batch))
        except* PolicyError as failures:
            failure = failures.exceptions[0]
        else:
            return [list(completions[request]) for request in requests]
        raise failure

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._http.close()

    async def _batch(
        self, sampling: Sampling, requests: Sequence[GenerationRequest]
    ) -> list[list[Completion]]:
        def read(answer: Answer, url: str) -> list[list[Completion]] | Trouble:
            return read_completions(answer, url, prompts=len(requests), sampling=sampling)

        prompts = [request.prompt for request in requests]
        seed = derived_seed([request.sampling.seed for request in requests])
        body = request_body(self.name, prompts, sampling, seed=seed, vllm=self._model.vllm)
        return await self._replicas.post(_completions_url, body, read, load=len(prompts) * sampling.samples)


def _tokenize_url(base: str) -> str:
    return f"{base.removesuffix('/v1')}/tokenize"


def _completions_url(replica: Replica) -> str:
    return f"{replica.url}/completions"


def _base(url: str) -> str:
    """Return where the API at `url` begins; an address without a path means its /v1."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InputError(f"{url} is no address of a server: {error}") from error
    if (
        parsed.scheme not in ("http", "https")
        or not parsed.host
        or parsed.query
        or parsed.fragment
        or (parsed.port or 1) > 65535
    ):
        raise InputError(f"{url} is no address of a server", advice="It looks like http://HOST:PORT/v1.")
    path = parsed.path.rstrip("/") or "/v1"
    return str(parsed.copy_with(path=path))


def _key(given: str | None) -> str | None:
    key = given or next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), None)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise InputError(
            "the API key has characters that no key has, such as a line break",
            advice=f"It is read from {' or '.join(KEY_VARIABLES)}.",
        )
    return key


async def _examined(http: Http, base: str, name: str | None, timeout_s: float) -> ModelInfo:
    """Return what is known about a model after asking it for completions, and to count tokens.

    Raises:
        InputError, SetupError: as for `connect`.
    """
    model = await _served_model(http, base, name)
    await _probe(http, base, model, timeout_s)
    if not model.vllm:
        return model
    body = {"model": model.name, "prompt": PROBE_PROMPT}
    answer = await http.ask("POST", _tokenize_url(base), body, timeout_s=LISTING_TIMEOUT_S)
    return replace(model, tokenizes=not isinstance(answer, Trouble))


async def _served_model(http: Http, base: str, name: str | None) -> ModelInfo:
    answer = await http.ask("GET", f"{base}/models", None, timeout_s=LISTING_TIMEOUT_S)
    if isinstance(answer, Trouble):
        raise answer.as_start_error()
    listed = answer.get("data")
    models = {
        entry["id"]: entry
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }
    if not models:
        raise InputError(f"{base} lists no model", advice="Is it an OpenAI-compatible server?")
    shown = ", ".join(sorted(models))
    if name is None and len(models) > 1:
        raise InputError(
            f"{base} has several models: {shown}", advice=f"Name one, as in {base}#{min(models)}"
        )
    if name is not None and name not in models:
        raise InputError(f"{base} has no model {name}; it has {shown}")
    chosen = models[name] if name is not None else next(iter(models.values()))
    length, root = chosen.get("max_model_len"), chosen.get("root")
    return ModelInfo(
        name=chosen["id"],
        context_length=length if isinstance(length, int) and length > 0 else None,
        root=root if isinstance(root, str) else None,
        vllm=chosen.get("owned_by") == "vllm",
    )


def _common(bases: Sequence[str], models: Sequence[ModelInfo]) -> ModelInfo:
    """Return what holds of all replicas: the shortest context, and vLLM's extensions if all have them."""
    for base, model in zip(bases, models, strict=True):
        if model.name != models[0].name:
            raise InputError(f"{bases[0]} has the model {models[0].name}, but {base} has {model.name}")
    lengths = [model.context_length for model in models if model.context_length is not None]
    return replace(
        models[0],
        context_length=min(lengths, default=None),
        vllm=all(model.vllm for model in models),
        tokenizes=all(model.tokenizes for model in models),
    )


async def _probe(http: Http, base: str, model: ModelInfo, timeout_s: float) -> None:
    """Ask for the likeliest token, then with that token as the stop string."""
    first = await _probe_once(http, base, model, Sampling(temperature=0, max_new_tokens=1), timeout_s)
    if first.text and not first.finished and "\ufffd" not in first.text:
        stopped = Sampling(temperature=0, max_new_tokens=4, stop=(first.text,))
        await _probe_once(http, base, model, stopped, timeout_s)


async def _probe_once(
    http: Http, base: str, model: ModelInfo, sampling: Sampling, timeout_s: float
) -> Completion:
    url = f"{base}/completions"
    body = request_body(model.name, [PROBE_PROMPT], sampling, seed=0, vllm=model.vllm)
    answer = await http.ask("POST", url, body, timeout_s=timeout_s)
    if isinstance(answer, Trouble):
        raise answer.as_start_error()
    completions = read_completions(answer, url, prompts=1, sampling=sampling)
    if isinstance(completions, Trouble):
        raise completions.as_start_error()
    return completions[0][0]


def _read_count(answer: Answer, url: str) -> int | Trouble:
    count = answer.get("count")
    return count if isinstance(count, int) else Trouble(what=f"{url} answered without a count of tokens")
