"""Places of errors in the text that a user gives, and proofs as tactic blocks."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

from prover.errors import StatementError
from prover.lean.hints import refusal
from prover.lean.theorem import Theorem


@contextlib.contextmanager
def placed_errors(theorem: Theorem, file: str | Path | None, library: str) -> Iterator[None]:
    """Say where Lean refuses the statement, in the user's own lines; `library` is what can be imported."""
    try:
        yield
    except StatementError as error:
        line = error.line if file is not None else error.line - theorem.header.count("\n")
        place = f"{file or 'the theorem'}, {line}:{error.column}" if line > 0 else "before the theorem"
        raise refusal(
            f"{place}: {error.message}",
            error.message,
            line=line,
            column=error.column,
            advice=error.advice,
            file=str(file or ""),
            library=library,
        ) from error


def tactic_block(proof: str) -> str:
    """Return a proof as the tactic block it is, without a ``by`` before it, its lines beginning in column 0."""
    proof = proof.strip("\n").rstrip()
    start = len(proof) - len(proof.lstrip())
    if proof[start:].split(maxsplit=1)[:1] == ["by"]:
        proof = f"{proof[:start]}  {proof[start + 2 :]}"
    return textwrap.dedent(proof).strip("\n")
