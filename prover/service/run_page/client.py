"""Where a run on another machine stands, by the page that is served of it (docs/cluster.md)."""

from __future__ import annotations

import json
import time

import httpx

from prover.errors import InputError, SetupError
from prover.evaluation.status import RunStatus
from prover.service.http.settings import TOKEN_VARIABLE, ServerSettings

TIMEOUT_S = 10.0
"""For the whole answer."""
MAX_BYTES = 32 << 20


def remote_status(url: str) -> RunStatus:
    """Ask the page of a run at `url` for its status; the token is the one that `prover server` would take.

    Raises:
        SetupError: nothing answers there.
        InputError: what answers is no page of a run, it refuses to, or the token cannot be one.
    """
    token = ServerSettings().token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        status, body = _get(f"{url.rstrip('/')}/status", headers)
    except httpx.InvalidURL as error:
        raise InputError(f"{url} is no address", advice="It looks like http://HOST:PORT.") from error
    except httpx.HTTPError as error:
        raise SetupError(
            f"no page of a run answers at {url}: {error}",
            advice="`prover status RUN --serve [HOST:]PORT` serves one, and so does `prover evaluate --dashboard`.",
        ) from error
    if status == httpx.codes.UNAUTHORIZED:
        if token:
            raise InputError(f"{url} refuses the token", advice=f"It is read from {TOKEN_VARIABLE}.")
        raise InputError(f"{url} asks for a token", advice=f"Set {TOKEN_VARIABLE}.")
    try:
        if status == httpx.codes.SERVICE_UNAVAILABLE:
            raise InputError(f"{url}: {json.loads(body)['detail']}")
        return RunStatus.model_validate_json(body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"what answers at {url} is no page of a run",
            advice="Give the address that --serve or --dashboard printed.",
        ) from error


def _get(url: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return the status and the body of an answer, no more of it than a page of a run may have."""
    ends, body = time.monotonic() + TIMEOUT_S, bytearray()
    with httpx.stream("GET", url, headers=headers, timeout=TIMEOUT_S, trust_env=False) as answer:
        for chunk in answer.iter_bytes():
            body += chunk
            if time.monotonic() > ends:
                raise httpx.ReadTimeout(f"the answer did not end in {TIMEOUT_S:g} s")
            if len(body) > MAX_BYTES:
                raise httpx.ReadError(f"the answer is larger than {MAX_BYTES >> 20} MiB")
        return answer.status_code, bytes(body)
