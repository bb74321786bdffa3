"""Answers of HTTP servers, read up to a limit: a server may send without end."""

from __future__ import annotations

from typing import Any

from prover.errors import PolicyUnavailable

MOST_BYTES = 128 * 2**20
"""Far beyond a hundred answers with all their log-probabilities."""

_ENCODING_HEADERS = ("content-encoding", "content-length", "transfer-encoding")


class AnswerTooLarge(PolicyUnavailable):
    """A model's server sent more than an answer can have."""


async def read_bounded(response: Any) -> Any:  # noqa: ANN401 - of httpx, or of the httpx2 that openai may use
    """Read the body of a streamed response and close it; return a response that has it.

    Raises:
        AnswerTooLarge: it has more than MOST_BYTES, unpacked.
    """
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise AnswerTooLarge(
                    f"{response.request.url}: the answer has more than {MOST_BYTES // 2**20} MiB",
                    advice="No completion is that long: is a model's server at that address?",
                )
    finally:
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.items() if name not in _ENCODING_HEADERS]
    return type(response)(
        response.status_code, headers=headers, content=bytes(body), request=response.request
    )
