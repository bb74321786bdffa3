"""A client of OpenAI-compatible chat endpoints, on the `openai` package: vLLM, SGLang, llama.cpp, Ollama, hosted ones.

Connection errors, time-outs and the statuses 408, 409, 429 and 5xx are retried by the package, which honours
Retry-After; with several servers another one is asked meanwhile. The key is read from the environment and goes nowhere
but into the requests' header.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from prover.errors import InputError, PolicyError, PolicyUnavailable, RequestRefused, SetupError
from prover.policy.api_key import KEY_VARIABLES, read_api_key, without_key
from prover.policy.base import SERVER_ADVICE
from prover.policy.bounded import read_bounded
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.messages import ChatAnswer, ChatRequest, Heard, split_thinking
from prover.util.distribution import install_command

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CHARACTERS_PER_TOKEN = 4
"""For servers that do not say how many tokens an answer has."""
CONNECT_TIMEOUT_S = 10.0
RETRIES = 5
"""By the package, for one server: waits of 0.5 s, doubling, up to 8 s."""
PASSING = (408, 409, 429)
"""Statuses after which the package asks again, besides 5xx."""
CYCLES = 3
"""How often all servers are asked, where there are several."""
SHOWN_CHARACTERS = 300
CHAT_ADVICE = "It may serve a step model: these are for --method search."


class BudgetSpent(PolicyError):
    """The budget of tokens is spent."""


class ChatClient:
    """Asks one model on one or several servers; an asynchronous context manager, made by `connect`."""

    def __init__(
        self,
        clients: Sequence[AsyncOpenAI],
        model: str,
        *,
        budget: TokenBudget,
        at_once: int,
        last: LastRequest,
    ) -> None:
        self._clients = tuple(clients)
        self._load = [0] * len(clients)
        self._model = model
        self._turns = asyncio.Semaphore(at_once)
        self._gives_n = True
        self._last = last
        self.budget = budget

    @classmethod
    async def connect(
        cls,
        urls: Sequence[str],
        model: str | None,
        *,
        budget: TokenBudget,
        at_once: int = 8,
        timeout_s: float = 1200.0,
    ) -> Self:
        """Return a client for `model`, or for the only one there is, on the servers at `urls`.

        A URL is where the API begins, usually `http://HOST:PORT/v1`. Where the model is not named, all servers have to
        be there, else one of them. `at_once` requests are under way at the same time, and each may take `timeout_s`
        seconds.

        Raises:
            InputError: the address, the key or the model's name is wrong.
            SetupError: the package is missing, or a server cannot be reached.
        """
        try:
            from openai import AsyncOpenAI, OpenAIError, Timeout
        except ImportError as error:
            raise SetupError(
                "chat models need the package openai", advice=f"Install it: {install_command('chat')}"
            ) from error
        key = read_api_key() or "none"
        last = LastRequest()
        clients = [
            AsyncOpenAI(
                base_url=url,
                api_key=key,
                timeout=Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
                max_retries=RETRIES if len(urls) == 1 else 0,
                http_client=_http_client(timeout_s, last),
            )
            for url in urls
        ]
        try:
            name = model or _only([await _models(client) for client in clients], urls)
            if model is not None:
                await _reach(clients)
        except BaseException as error:
            await asyncio.gather(*(client.close() for client in clients))
            if isinstance(error, OpenAIError | _Unreadable):
                raise _start_error(error, urls[0]) from error
            raise
        return cls(clients, name, budget=budget, at_once=at_once, last=last)

    @property
    def model(self) -> str:
        """The name that the servers give the model."""
        return self._model

    @property
    def trouble(self) -> str:
        """What went wrong since a server last answered; empty if nothing did."""
        return self._last.trouble

    async def ask(self, request: ChatRequest, heard: Heard = lambda number, answer: None) -> list[ChatAnswer]:
        """Return `request.n` answers; `heard` is told each as soon as it is there, also where others fail.

        Raises:
            BudgetSpent: the budget was spent before all of it was asked for.
            RequestRefused: the servers refuse this request.
            PolicyUnavailable: no server answers, or the address has no chat endpoint.
        """
        answers: dict[int, ChatAnswer] = {}

        def take(first: int, more: Sequence[ChatAnswer]) -> None:
            for number, answer in enumerate(more, first):
                answers[number] = answer
                heard(number, answer)

        async def single(number: int) -> None:
            take(number, (await self._ask(replace(request, n=1, seed=request.seed + number)))[:1])

        if self._gives_n or request.n == 1:
            take(0, await self._ask(request))
        if len(answers) < request.n:
            self._gives_n = self._gives_n and request.n == 1
            singles = [single(number) for number in range(len(answers), request.n)]
            for failed in await asyncio.gather(*singles, return_exceptions=True):
                if failed is not None:
                    raise failed
        return [answers[number] for number in sorted(answers)]

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(client.close() for client in self._clients))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(self, request: ChatRequest) -> list[ChatAnswer]:
        async with self._turns:
            if self.budget.is_spent:
                raise BudgetSpent(f"the budget of {self.budget.max_tokens} tokens is spent")
            answers = await self._answers(request)
        for answer in answers:
            self.budget.count(answer)
        return answers

    async def _answers(self, request: ChatRequest) -> list[ChatAnswer]:
        """Ask the servers in turn, the one with the least to do first, until one answers."""
        from openai import APIStatusError, OpenAIError

        failed: Exception | None = None
        for cycle in range(CYCLES if len(self._clients) > 1 else 1):
            await asyncio.sleep(cycle and 2.0**cycle)
            for place in sorted(range(len(self._clients)), key=self._load.__getitem__):
                self._load[place] += 1
                try:
                    return await self._from(self._clients[place], request)
                except APIStatusError as error:
                    if error.status_code in (400, 413, 422):
                        if request.n > 1:
                            return []
                        raise RequestRefused(_describe_error(error)) from error
                    if error.status_code in (401, 403, 404, 405):
                        raise PolicyUnavailable(
                            f"{_address(self._clients[place])}: {_describe_error(error)}",
                            advice=_advice(error.status_code),
                        ) from error
                    failed = error
                except (OpenAIError, PolicyUnavailable, _Unreadable) as error:
                    failed = error
                finally:
                    self._load[place] -= 1
        assert failed is not None
        if isinstance(failed, PolicyUnavailable):
            raise failed
        addresses = ", ".join(map(_address, self._clients))
        raise PolicyUnavailable(f"{addresses}: {_describe_error(failed)}", advice=SERVER_ADVICE) from failed

    async def _from(self, client: AsyncOpenAI, request: ChatRequest) -> list[ChatAnswer]:
        sampling = request.sampling
        options: dict[str, Any] = {
            "model": self._model,
            "n": request.n,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "seed": request.seed,
        }
        if sampling.presence_penalty:
            options["presence_penalty"] = sampling.presence_penalty
        if request.stop:
            options["stop"] = list(request.stop)
        beyond: dict[str, Any] = {} if sampling.top_k is None else {"top_k": sampling.top_k}
        if request.continues:
            # parameters of vLLM and SGLang for going on with the assistant's turn
            beyond |= {"continue_final_message": True, "add_generation_prompt": False}
        if beyond:
            options["extra_body"] = beyond
        try:
            if request.prompt is not None:
                return _read(await client.completions.create(prompt=request.prompt, **options), request)
            messages: Any = [{"role": each.role, "content": each.content} for each in request.messages]
            return _read(await client.chat.completions.create(messages=messages, **options), request)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise _Unreadable(f"the answer is no completion: {error}") from error


class _Unreadable(Exception):
    """An answer that is not what the protocol says."""


@dataclass(slots=True)
class LastRequest:
    """Why the request that ended last failed, those that the package repeats included; empty if it did not."""

    trouble: str = ""


def _http_client(timeout_s: float, last: LastRequest) -> Any:  # noqa: ANN401 - httpx's or httpx2's, as openai has it
    """Return the HTTP client for one server: its answers end, in bytes and after `timeout_s` seconds."""
    from openai import DefaultAsyncHttpxClient

    class Client(DefaultAsyncHttpxClient):
        async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401
            try:
                response = await super().send(request, **{**options, "stream": True})
                async with asyncio.timeout(timeout_s):
                    response = await read_bounded(response)
            except TimeoutError as error:
                last.trouble = f"{request.url}: the answer did not end in {timeout_s:g} s"
                raise PolicyUnavailable(last.trouble) from error
            except Exception as error:
                last.trouble = f"{request.url}: {_describe_error(error)}"
                raise
            status = response.status_code
            passes = status in PASSING or status >= 500
            last.trouble = f"{request.url} answered {status}" if passes else ""
            return response

    return Client()


def _read(response: Any, request: ChatRequest) -> list[ChatAnswer]:  # noqa: ANN401 - servers differ
    """Return the answers of a response; what servers put beside the protocol is looked for, what they lack is not."""
    choices = getattr(response, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise _Unreadable(f"the answer is no completion: {without_key(str(response))[:SHOWN_CHARACTERS]!r}")
    usage = getattr(response, "usage", None)
    sent = getattr(usage, "prompt_tokens", None)
    made = getattr(usage, "completion_tokens", None)
    answers = []
    for place, choice in enumerate(choices[: request.n]):
        message = getattr(choice, "message", None)
        raw = choice.text if message is None else message.content
        thought = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None) or ""
        raw, thought = _writable(raw or ""), _writable(thought)
        text, thinking = split_thinking(raw)
        first = place == 0
        whole = len(thought) + len(raw or "")
        answers.append(
            ChatAnswer(
                raw=raw or "",
                text=text,
                reasoning=thought or thinking,
                finish_reason=str(choice.finish_reason or ""),
                prompt_tokens=(_estimate(request) if sent is None else int(sent)) if first else 0,
                completion_tokens=(whole // CHARACTERS_PER_TOKEN if made is None else int(made) * first),
                estimated=sent is None or made is None,
            )
        )
    return answers


def _writable(text: str) -> str:
    """Return the text without half characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _estimate(request: ChatRequest) -> int:
    whole = len(request.prompt or "") + sum(len(each.content) for each in request.messages)
    return whole // CHARACTERS_PER_TOKEN


async def _models(client: AsyncOpenAI) -> list[str]:
    try:
        return [each.id for each in (await client.models.list()).data]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _Unreadable("the answer is no list of models") from error


async def _reach(clients: Sequence[AsyncOpenAI]) -> None:
    """Return when one of the servers has answered, whatever it says, or has taken a request.

    Raises:
        OpenAIError: none of them is there.
    """
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    failed: APIConnectionError | None = None
    for client in clients:
        try:
            await _models(client.with_options(max_retries=0, timeout=CONNECT_TIMEOUT_S))
        except APIConnectionError as error:
            if isinstance(error, APITimeoutError) and "Connect" not in type(error.__cause__).__name__:
                return
            failed = error
            continue
        except (APIStatusError, _Unreadable):
            pass
        return
    if failed is not None:
        raise failed


def _only(served: Sequence[list[str]], urls: Sequence[str]) -> str:
    names = sorted({name for names in served for name in names})
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:8]) or "none"
    raise InputError(
        f"{urls[0]} has more than one model, or none: {shown}", advice=f"Name it: {urls[0]}#MODEL"
    )


def _address(client: AsyncOpenAI) -> str:
    return str(client.base_url).rstrip("/")


def _describe_error(error: Exception) -> str:
    """Return what went wrong on one line, without the request, which holds the key."""
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    inner = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    text = inner if isinstance(inner, str) else str(error)
    shown = " ".join(without_key(text).split())[:SHOWN_CHARACTERS] or type(error).__name__
    cause = error.__cause__
    if cause is not None and str(cause):
        shown = f"{shown} ({' '.join(without_key(str(cause)).split())[:SHOWN_CHARACTERS]})"
    return f"the server answered {status}: {shown}" if status is not None else f"the model's server: {shown}"


def _advice(status: int) -> str:
    if status in (401, 403):
        return f"The key is read from {' or '.join(KEY_VARIABLES)}."
    return f"Is the address http://HOST:PORT/v1, does the server have a chat endpoint, and that model? {CHAT_ADVICE}"


def _start_error(error: Exception, url: str) -> InputError | SetupError:
    status = getattr(error, "status_code", None)
    if status in (401, 403, 404, 405):
        return InputError(f"{url}: {_describe_error(error)}", advice=_advice(status))
    return SetupError(f"{url}: {_describe_error(error)}", advice=SERVER_ADVICE)
