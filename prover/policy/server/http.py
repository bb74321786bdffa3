"""HTTP client for model servers: failures of requests, retries, and load balancing over replicas.

What went wrong is a value, a `RequestFailure`; the caller decides whether it ends the command (while connecting)
or is tried again (in the middle of a run). Answers are JSON objects; anything else is trouble as well.
"""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from prover.errors import InputError, PolicyUnavailable, ProverError, RequestRefused, SetupError
from prover.policy.api_key import KEY_VARIABLES, without_key
from prover.policy.base import SERVER_ADVICE
from prover.policy.bounded import AnswerTooLarge, read_bounded

CONNECT_TIMEOUT_S = 10.0
KEEPALIVE_S = 2.0
"""Below the 5 s after which uvicorn, vLLM's web server, hangs up on an idle connection."""
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0
SHOWN_CHARACTERS = 300
FOR_ALL = (401, 403, 404, 405)
"""Statuses that refuse every request, not just this one."""

Answer = dict[str, Any]
Body = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFailure:
    """Why a request failed. `passing` trouble may be gone later, not before `wait_s` seconds have passed.

    `user_error` says that the cause is the user's input: the address, the key, the model's name, the request. `status`
    is that of the answer, if there was one that is no success; `lacks_end` says that only the end of a completion is
    missing from its log-probabilities.
    """

    what: str
    advice: str = ""
    passing: bool = True
    user_error: bool = False
    wait_s: float = 0.0
    status: int | None = None
    lacks_end: bool = False

    def as_start_error(self) -> ProverError:
        """Return the error for a failure while connecting."""
        kind = InputError if self.user_error else SetupError
        return kind(self.what, advice=self.advice)


class Http:
    """A client for any number of servers, with one key for all of them."""

    def __init__(self, api_key: str | None) -> None:
        self._has_key = bool(api_key)
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=None, keepalive_expiry=KEEPALIVE_S),
            mounts={f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")},
        )

    async def ask(
        self, method: str, url: str, body: Body | None, *, timeout_s: float
    ) -> Answer | RequestFailure:
        """Send one request and return the JSON object of the answer. Cancelling it hangs up."""
        try:
            async with asyncio.timeout(timeout_s):
                request = self._client.build_request(method, url, json=body)
                response = await read_bounded(await self._client.send(request, stream=True))
        except TimeoutError:
            return RequestFailure(what=f"{url} gave no answer in {timeout_s:g} s")
        except AnswerTooLarge as error:
            return RequestFailure(what=error.message, advice=error.advice, passing=False)
        except httpx.RequestError as error:
            return _transport_trouble(url, error)
        if not response.is_success:
            return self._refusal(url, response)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            return RequestFailure(
                what=f"{url} answered something that is no JSON object: {without_key(_show_response(response))!r}"
            )
        return answer

    async def close(self) -> None:
        """Close all connections. Safe to call twice."""
        await self._client.aclose()

    def _refusal(self, url: str, response: httpx.Response) -> RequestFailure:
        status = response.status_code
        what = f"{url} answered {status}: {without_key(_error_message(response))}"
        if status in (401, 403):
            state = "was refused" if self._has_key else "is not set"
            advice = f"The key is read from {' or '.join(KEY_VARIABLES)}; it {state}."
            return RequestFailure(what=what, advice=advice, passing=False, user_error=True, status=status)
        if status in (408, 425, 429) or status >= 500:
            return RequestFailure(what=what, wait_s=_retry_after_s(response), status=status)
        advice = "Does the API begin elsewhere? Usually it is http://HOST:PORT/v1." if status == 404 else ""
        return RequestFailure(what=what, advice=advice, passing=False, user_error=True, status=status)


class Replica:
    """A replica: its load, and until when it is not used after a failure.

    `url` is where its API begins, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.load = 0
        self.aside_until = 0.0
        self.trouble: RequestFailure | None = None
        self._failures = 0
        self._failed_at = 0.0

    def succeeded(self) -> None:
        """Record a success."""
        self._failures = 0

    def failed(self, trouble: RequestFailure, *, asked_at: float) -> None:
        """Do not use the server for a while, twice as long each time; requests that fail together count once."""
        now = time.monotonic()
        self.trouble = trouble
        if asked_at >= self._failed_at:
            self._failures += 1
            self._failed_at = now
        backoff_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (self._failures - 1))
        self.aside_until = now + max(trouble.wait_s, backoff_s * random.uniform(0.5, 1.0))


class Replicas:
    """Servers with the same model. Each request goes to the one with the least load that is not left aside."""

    def __init__(self, http: Http, urls: Sequence[str], *, timeout_s: float, retry_s: float) -> None:
        self.all = tuple(Replica(url) for url in urls)
        self._http = http
        self._timeout_s = timeout_s
        self._retry_s = retry_s
        self._failing = ""

    @property
    def trouble(self) -> str:
        """What the last request failed for; empty if it did not."""
        return self._failing

    async def post(
        self,
        address: Callable[[Replica], str],
        body: Body,
        read: Callable[[Answer, str], T | RequestFailure],
        *,
        load: int = 1,
    ) -> T:
        """Post `body` to some server's `address` until `read` accepts the answer.

        Gives up `retry_s` seconds after the first failure; `load` is what the request weighs.

        Raises:
            RequestRefused: the server will not answer this.
            PolicyUnavailable: it answers nothing, for as long as it was tried.
        """
        ends: float | None = None
        tries = 0
        while True:
            replica = min(self.all, key=lambda each: (max(each.aside_until - time.monotonic(), 0), each.load))
            wait_s = replica.aside_until - time.monotonic()
            if wait_s > 0:
                if ends is None:
                    ends = time.monotonic() + self._retry_s
                if replica.aside_until > ends and replica.trouble is not None:
                    raise PolicyUnavailable(_told(replica.trouble, tries), advice=replica.trouble.advice)
                await asyncio.sleep(wait_s)
                continue
            asked_at = time.monotonic()
            tries += 1
            replica.load += load
            try:
                url = address(replica)
                answer = await self._http.ask("POST", url, body, timeout_s=self._timeout_s)
            finally:
                replica.load -= load
            outcome = answer if isinstance(answer, RequestFailure) else read(answer, url)
            if not isinstance(outcome, RequestFailure):
                replica.succeeded()
                self._failing = ""
                return outcome
            if outcome.status in FOR_ALL:
                raise PolicyUnavailable(outcome.what, advice=outcome.advice)
            if not outcome.passing:
                raise RequestRefused(outcome.what, advice=outcome.advice)
            replica.failed(outcome, asked_at=asked_at)
            self._failing = _told(outcome, tries)
            if ends is None:
                ends = time.monotonic() + self._retry_s


def _told(trouble: RequestFailure, tries: int) -> str:
    return f"{trouble.what} (asked {tries} times)" if tries > 1 else trouble.what


def _transport_trouble(url: str, error: httpx.RequestError) -> RequestFailure:
    cause = _first_cause(error)
    said = str(error) or type(error).__name__
    if isinstance(cause, ConnectionError) and cause.errno:
        said = os.strerror(cause.errno)
    if isinstance(error, httpx.ConnectTimeout):
        return RequestFailure(what=f"cannot connect to {url} in {CONNECT_TIMEOUT_S:g} s")
    if isinstance(error, httpx.ConnectError):
        if isinstance(cause, ssl.SSLError):
            advice = "Is the address https where it should be http, or is its certificate not trusted here?"
            return RequestFailure(what=f"no secure connection to {url}: {said}", advice=advice, passing=False)
        return RequestFailure(what=f"cannot connect to {url}: {said}", advice=SERVER_ADVICE)
    if isinstance(error, httpx.UnsupportedProtocol):
        return RequestFailure(what=f"{url}: {said}", passing=False, user_error=True)
    return RequestFailure(what=f"the connection to {url} broke: {said}")


def _first_cause(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def _error_message(response: httpx.Response) -> str:
    """Return the server's error message on one line; servers put it in different places."""
    try:
        body = response.json()
    except ValueError:
        return _show_response(response)
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, str):
            return " ".join(inner.split())
        if isinstance(inner, dict):
            for key in ("message", "detail"):
                if isinstance(inner.get(key), str):
                    return " ".join(inner[key].split())[:SHOWN_CHARACTERS]
    return _show_response(response)


def _show_response(response: httpx.Response) -> str:
    return " ".join(response.text.split())[:SHOWN_CHARACTERS] or response.reason_phrase


def _retry_after_s(response: httpx.Response) -> float:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3), which is a number or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0
