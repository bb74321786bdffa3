"""A model behind an OpenAI-compatible completions endpoint, or behind several with the same model.

All prompts of one call that are sampled alike travel in one request, which is several times faster than one
request a prompt; servers that take one prompt a request, or give one completion, are asked that often.

A request has one seed: made from those of its prompts. So the same calls give the same completions, but what a
prompt gets depends on what else is in its call. Different prompts of one request share their random numbers; the
same prompt with another seed therefore goes into another request.

Connecting asks for the models and for a few short completions, see :mod:`prover.policy.server.probe`: what a server
cannot do is better found out before the run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

import httpx

from prover.errors import InputError, PolicyError, RequestRefused
from prover.policy.api_key import read_api_key
from prover.policy.generation import Completion, GenerationRequest, Sampling, Score, ScoreRequest
from prover.policy.seeds import derive_seed
from prover.policy.server.http import (
    Answer,
    Http,
    Replica,
    Replicas,
    RequestFailure,
)
from prover.policy.server.probe import ModelInfo, examine_server, tokenize_url
from prover.policy.server.protocol import Abilities, completions_asked, read_completions, request_body
from prover.policy.server.scoring import difference, end_text, end_text_in, read_scores, score_body

T = TypeVar("T")

SLOTS_PER_REPLICA = 4
SPECIAL_TOKENS = 2
"""How many tokens a tokenizer may add to a text; the text itself has at most one token a byte."""


class ServerGenerator:
    """Implements :class:`prover.policy.generation.Generator`; made by `connect`."""

    def __init__(self, http: Http, replicas: Replicas, model: ModelInfo, slots: int) -> None:
        self._http = http
        self._replicas = replicas
        self._model = model
        self._slots = slots
        self._free = asyncio.Semaphore(slots)
        self._requests = asyncio.Semaphore(slots)
        self._end_text = None if model.root is None else end_text_in(Path(model.root))

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
        http = Http(read_api_key(api_key))
        try:
            models = [await examine_server(http, base, model, timeout_s) for base in bases]
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

    @property
    def trouble(self) -> str:
        """What the last request failed for; empty if it did not."""
        return self._replicas.trouble

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
        return await self._replicas.post(lambda replica: tokenize_url(replica.url), body, _read_count)

    async def generate(self, requests: Sequence[GenerationRequest]) -> list[list[Completion]]:
        """Return the completions of each request, in order; see :mod:`prover.policy.generation`.

        A beam goes on past a stop string, where it is cut afterwards, so that several may become the same.

        Raises:
            InputError: beam search is asked of a server that is not vLLM.
            PolicyError: the servers failed and trying again did not help, or refused the request.
        """
        if not self._model.abilities.vllm and any(request.sampling.beam for request in requests):
            raise InputError(
                f"beam search needs a vLLM server, and {self._replicas.all[0].url} is not one",
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

        async with self._free:
            await _together([fill(sampling, batch) for (sampling, _), batch in groups.items()])
        return [list(completions[request]) for request in requests]

    @property
    def why_no_scores(self) -> str:
        """Why completions cannot be scored; empty if they can."""
        if self._model.scoring is None:
            return "its server returns no log-probabilities of prompts"
        return ""

    async def score(self, requests: Sequence[ScoreRequest]) -> list[list[Score | None]]:
        """Return the scores of completions, see :class:`prover.policy.generation.Scorer`.

        The end token is counted if the model's folder is on this machine, or once an answer has shown how the server
        writes it.

        Raises:
            PolicyError: as for `generate`.
        """
        texts: dict[tuple[ScoreRequest, str], str] = {}
        for request in requests:
            ending = request.stop[0] if request.stop else await self._end(request)
            for completion in request.completions:
                if await self._fits(request, completion):
                    texts[request, completion] = request.prompt + completion + ending
        wanted = list(dict.fromkeys([*(request.prompt for request in requests), *texts.values()]))
        async with self._free:
            scores = dict(zip(wanted, await self._scores(wanted), strict=True))

        def score(request: ScoreRequest, completion: str) -> Score | None:
            text = texts.get((request, completion))
            if text is None:
                return None
            found = difference(scores[text], scores[request.prompt])
            return found if found.tokens <= request.max_new_tokens else None

        return [[score(request, each) for each in request.completions] for request in requests]

    async def _end(self, request: ScoreRequest) -> str:
        """Return the end token's text; ask for one completion if none has ended so far."""
        if self._end_text is None:
            self._end_text = ""
            sampling = Sampling(samples=1, temperature=0, max_new_tokens=request.max_new_tokens)
            await self.generate([GenerationRequest(prompt=request.prompt, sampling=sampling)])
        return self._end_text

    async def _fits(self, request: ScoreRequest, completion: str) -> bool:
        """Whether the completion may fit the model's context behind the prompt."""
        length = len(completion.encode("utf-8", "replace"))
        if self.context_length is None or length < request.max_new_tokens:
            return True
        return await self.count_tokens(request.prompt + completion) + SPECIAL_TOKENS < self.context_length

    async def _scores(self, texts: Sequence[str]) -> list[Score]:
        parts = [list(texts)] if self._model.abilities.lists else [[text] for text in texts]
        answers = await _together([self._ask_scores(part) for part in parts])
        return [score for answer in answers for score in answer]

    async def _ask_scores(self, texts: Sequence[str]) -> list[Score]:
        method = self._model.scoring
        assert method is not None, "a caller looks at why_no_scores first"

        def read(answer: Answer, url: str) -> list[Score] | RequestFailure:
            return read_scores(answer, url, texts, method)

        body = score_body(self.name, texts, method, self._model.abilities)
        async with self._requests:
            return await self._replicas.post(_completions_url, body, read, load=len(texts))

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._http.close()

    async def _batch(
        self, sampling: Sampling, requests: Sequence[GenerationRequest]
    ) -> list[list[Completion]]:
        """Ask for the completions of prompts that are sampled alike, in as few requests as the server takes.

        Some servers take small numbers of completions only (llama-server as many as it has slots), which shows here.
        """
        able = self._model.abilities
        try:
            return await self._parts(sampling, requests, able)
        except RequestRefused:
            if able.vllm or not able.several or completions_asked(sampling) == 1:
                raise
            able = replace(able, several=False)
            answers = await self._parts(sampling, requests, able)
            self._model = replace(self._model, abilities=able)
            return answers

    async def _parts(
        self, sampling: Sampling, requests: Sequence[GenerationRequest], able: Abilities
    ) -> list[list[Completion]]:
        parts = [list(requests)] if able.lists else [[request] for request in requests]
        times = 1 if able.several else completions_asked(sampling)
        each = sampling if able.several else replace(sampling, samples=1)
        asked = [(part, number) for part in parts for number in range(times)]
        answers = await _together([self._ask(each, part, number, able) for part, number in asked])
        completions: dict[GenerationRequest, list[Completion]] = {request: [] for request in requests}
        for (part, _), answer in zip(asked, answers, strict=True):
            for request, found in zip(part, answer, strict=True):
                completions[request] += found
        return [completions[request] for request in requests]

    async def _ask(
        self, sampling: Sampling, requests: Sequence[GenerationRequest], number: int, able: Abilities
    ) -> list[list[Completion]]:
        """Ask once; `number` tells the requests apart that ask for the same."""

        def read(answer: Answer, url: str) -> list[list[Completion]] | RequestFailure:
            found = read_completions(answer, url, prompts=len(requests), sampling=sampling, able=able)
            if not isinstance(found, RequestFailure) and not sampling.stop and not self._end_text:
                self._end_text = end_text(answer) or self._end_text
            return found

        prompts = [request.prompt for request in requests]
        seed = derive_seed([request.sampling.seed for request in requests] + [-number] * (number > 0))
        body = request_body(self.name, prompts, sampling, seed=seed, able=able)
        async with self._requests:
            return await self._replicas.post(
                _completions_url, body, read, load=len(prompts) * sampling.samples
            )


async def _together(work: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """Return what all of these return, in order; the first `PolicyError` ends them all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
    except* PolicyError as failures:
        failure = failures.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise failure


def _completions_url(replica: Replica) -> str:
    return f"{replica.url}/completions"


def _base(url: str) -> str:
    """Return where the API at `url` begins; an address without a path means its /v1."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InputError(f"{url} is not the address of a server: {error}") from error
    if (
        parsed.scheme not in ("http", "https")
        or not parsed.host
        or parsed.query
        or parsed.fragment
        or (parsed.port or 1) > 65535
    ):
        raise InputError(f"{url} is not the address of a server", advice="It looks like http://HOST:PORT/v1.")
    path = parsed.path.rstrip("/") or "/v1"
    return str(parsed.copy_with(path=path))


def _common(bases: Sequence[str], models: Sequence[ModelInfo]) -> ModelInfo:
    """Return what holds of all replicas: the shortest context, and the abilities that all have."""
    for base, model in zip(bases, models, strict=True):
        if model.name != models[0].name:
            raise InputError(f"{bases[0]} has the model {models[0].name}, but {base} has {model.name}")
    able = [model.abilities for model in models]
    lengths = [model.context_length for model in models if model.context_length is not None]
    return replace(
        models[0],
        context_length=min(lengths, default=None),
        abilities=Abilities(
            vllm=all(each.vllm for each in able),
            lists=all(each.lists for each in able),
            several=all(each.several for each in able),
            counts_end=all(each.counts_end for each in able),
        ),
        tokenizes=all(model.tokenizes for model in models),
        scoring=models[0].scoring if len({model.scoring for model in models}) == 1 else None,
    )


def _read_count(answer: Answer, url: str) -> int | RequestFailure:
    count = answer.get("count")
    return (
        count if isinstance(count, int) else RequestFailure(what=f"{url} answered without a count of tokens")
    )
