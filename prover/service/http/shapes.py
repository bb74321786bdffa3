"""What the routes have in common: how an error is told, and what a request may ask for at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import HTTPException
from pydantic import AfterValidator, BaseModel

from prover.errors import InputError, PolicyError, ProverError, StatementError
from prover.service.http.settings import ServerSettings


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("the text holds half a character, so it is no Unicode text") from error
    return text


Text = Annotated[str, AfterValidator(_whole)]
"""A string of a request: JSON can hold halves of characters, which no answer could repeat."""


class Location(BaseModel):
    """Where Lean refuses a text: lines from 1, columns from 0."""

    line: int
    column: int


class Refusal(BaseModel):
    """Why there is no answer: `detail` for people, `code` as in docs/json.md, `advice` on what to do."""

    detail: str
    code: str | None = None
    advice: str | None = None
    location: Location | None = None


OWN_FAULT = Refusal(
    detail="prover itself failed; the server's log says where", code="internal", advice="Please report it."
)


class Refused(HTTPException):
    """A request that cannot be answered, with what to do about it."""

    def __init__(self, status: int, detail: str, advice: str) -> None:
        super().__init__(status, detail)
        self.advice = advice


Answers = dict[int | str, dict[str, Any]]
"""What a route may answer, by status, for the OpenAPI page."""

REFUSALS: Answers = {
    400: {"model": Refusal, "description": "The body is no JSON."},
    401: {"model": Refusal, "description": "The bearer token is missing or wrong."},
    403: {"model": Refusal, "description": "The request comes from another site's page."},
    413: {"model": Refusal, "description": "The body, a text, or the number of texts is too large."},
    422: {"model": Refusal, "description": "The request cannot be used."},
    429: {
        "model": Refusal,
        "description": "The queue is full; `Retry-After` says when to come back, in seconds.",
    },
    503: {"model": Refusal, "description": "Lean or a model could not be kept alive."},
}
"""What any route may answer instead."""


Asked = TypeVar("Asked", bound=BaseModel)


def within_limits(settings: ServerSettings, texts: Sequence[str]) -> None:
    """Refuse what is more than the server takes.

    Raises:
        Refused: it is.
    """
    if len(texts) > settings.max_snippets:
        raise Refused(
            413,
            f"{len(texts)} texts in one request; at most {settings.max_snippets} are taken",
            "Send several requests.",
        )
    most = round(settings.max_code_kb * 1000)
    if any(len(each) > most or len(each.encode("utf-8", "replace")) > most for each in texts):
        raise Refused(
            413,
            f"a text is larger than {settings.max_code_kb:g} KB",
            "Cut it, or start the server with a larger --max-code.",
        )


def with_timeout(settings: ServerSettings, asked: Asked, field: str = "timeout") -> Asked:
    """Return a request whose time the server gives: what it asks for, or of the usual time as much as there is.

    Raises:
        Refused: it asks for more.
    """
    seconds = getattr(asked, field)
    if seconds <= settings.max_timeout:
        return asked
    if field in asked.model_fields_set:
        raise Refused(
            422,
            f"a timeout of {seconds:g} s; at most {settings.max_timeout:g} s are given",
            "Ask for less, or start the server with a larger --max-timeout.",
        )
    return asked.model_copy(update={field: settings.max_timeout})


def refusal_of(error: ProverError) -> tuple[int, Refusal]:
    """Return the status and the body that tell of an error."""
    status = 422 if isinstance(error, InputError) else 502 if isinstance(error, PolicyError) else 503
    location = None
    if isinstance(error, StatementError):
        location = Location(line=error.line, column=error.column)
    return status, Refusal(
        detail=error.message, code=error.code, advice=error.advice or None, location=location
    )
