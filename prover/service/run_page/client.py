"""Where a run on another machine stands, by the page that is served of it (docs/cluster.md)."""

from __future__ import annotations

import os

from pydantic import ValidationError

from prover.errors import InputError, SetupError
from prover.evaluation.status import RunStatus
from prover.service.http.settings import TOKEN_VARIABLE

TIMEOUT_S = 10.0


def remote_status(url: str) -> RunStatus:
    """Ask the page of a run at `url` for its status; a token is taken from PROVER_SERVER_TOKEN.

    Raises:
        SetupError: nothing answers there.
        InputError: what answers is no page of a run, or it refuses to.
    """
    import httpx

    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(f"{url.rstrip('/')}/status", headers=headers, timeout=TIMEOUT_S, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SetupError(
            f"no page of a run answers at {url}: {error}",
            advice="`prover status RUN --serve [HOST:]PORT` serves one, and so does `prover evaluate --dashboard`.",
        ) from error
    if answer.status_code == 401:
        raise InputError(f"{url} asks for a token", advice=f"Set {TOKEN_VARIABLE}.")
    try:
        answer.raise_for_status()
        return RunStatus.model_validate_json(answer.content)
    except (httpx.HTTPStatusError, ValidationError) as error:
        raise InputError(
            f"what answers at {url} is no page of a run",
            advice="Give the address that --serve or --dashboard printed.",
        ) from error
