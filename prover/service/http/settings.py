"""Where `prover server` listens, and how much it takes on."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prover.errors import InputError
from prover.util.home import home

TOKEN_VARIABLE = "PROVER_SERVER_TOKEN"
KIMINA_VARIABLE = "LEAN_SERVER_API_KEY"
"""What Kimina's server and its client call it."""


class ServerSettings(BaseModel):
    """The options of `prover server`, besides those that choose Lean."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    host: str = Field(default="127.0.0.1", json_schema_extra={"metavar": "ADDRESS"})
    """The address to listen on; any but a loopback address needs a token."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port; 0 takes a free one."""
    token_file: Path | None = Field(default=None, json_schema_extra={"metavar": "FILE"})
    """A file with the bearer token that clients must send; else it is taken from PROVER_SERVER_TOKEN or
    LEAN_SERVER_API_KEY. Without any, whoever reaches the port may use it."""
    engines: int = Field(default=2, ge=1)
    """Lean processes; each works on one request at a time."""
    max_queue: int = Field(default=4096, ge=1, json_schema_extra={"metavar": "N"})
    """Texts and searches that may wait or run, all clients together; more are refused with 429."""
    max_snippets: int = Field(default=2048, ge=1, json_schema_extra={"metavar": "N"})
    """Texts in one request; one client may have as many waiting as half the queue."""
    max_body_mb: float = Field(
        default=16.0, gt=0, json_schema_extra={"option": "--max-body", "metavar": "MB"}
    )
    """Size of a request."""
    max_code_kb: float = Field(
        default=512.0, gt=0, json_schema_extra={"option": "--max-code", "metavar": "KB"}
    )
    """Size of one Lean text."""
    max_timeout: float = Field(default=600.0, gt=0, json_schema_extra={"metavar": "SECONDS"})
    """The most time that a client may ask for, for one text or one search."""
    searches: int = Field(default=1, ge=1)
    """Searches for proofs that go at the same time; others wait."""
    max_jobs: int = Field(default=200, ge=1, json_schema_extra={"metavar": "N"})
    """Jobs that one client may have waiting."""
    max_sessions: int = Field(default=32, ge=1, json_schema_extra={"metavar": "N"})
    """Theorems that one client may hold open."""
    idle_s: float = Field(default=600.0, gt=0, json_schema_extra={"option": "--idle", "metavar": "SECONDS"})
    """Seconds after which an open theorem that nobody uses is closed."""
    data: Path | None = Field(default=None, json_schema_extra={"metavar": "DIR"})
    """The folder where jobs are kept; by default one in prover's own, for each port."""

    @model_validator(mode="after")
    def _snippets_fit(self) -> Self:
        if self.max_snippets > self.most_of_one_client:
            raise ValueError("--max-snippets may be at most half of --max-queue")
        return self

    @property
    def most_of_one_client(self) -> int:
        """Texts and searches that one client may have waiting or running."""
        return max(1, self.max_queue // 2)

    @property
    def job_file(self) -> Path:
        """Where jobs are kept."""
        return (self.data or home() / "server" / str(self.port)) / "jobs.sqlite"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def token(self) -> str | None:
        """Return the bearer token that clients must send; None where they need none.

        Raises:
            InputError: there is none and others than this machine can reach it, or the file cannot be used.
        """
        if self.token_file is not None:
            try:
                found = self.token_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"cannot read the token in {self.token_file}: {error}") from error
            if not found:
                raise InputError(f"{self.token_file} holds no token", advice="Write one line into it.")
        else:
            found = (os.environ.get(TOKEN_VARIABLE) or os.environ.get(KIMINA_VARIABLE) or "").strip()
        if found and not (found.isascii() and found.isprintable()):
            raise InputError("the token holds characters that no header can have", advice="Use ASCII.")
        if not found and not self.is_loopback:
            raise InputError(
                f"listening on {self.host} needs a token, as others can reach it",
                advice=f"Name a file with --token-file, or set {TOKEN_VARIABLE}.",
            )
        return found or None
