"""Places of errors in the text that a user gives, and proofs as tactic blocks."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

from prover.errors import StatementError
from prover.lean.hints import advice_on
from prover.lean.theorem import Theorem


@contextlib.contextmanager
def placed_errors(theorem: Theorem, file: Path | None) -> Iterator[None]:
    """Say where Lean refuses the statement, in the user's own lines."""
    try:
        yield
    except StatementError as error:
        line = error.line if file is not None else error.line - theorem.header.count("\n")
        place = f"{file or 'the theorem'}, {line}:{error.column}" if line > 0 else "before the theorem"
        raise StatementError(
            f"{place}: {error.message}",
            line=line,
            column=error.column,
            advice=error.advice or advice_on(error.message),
            file=str(file or ""),
        ) from error


def tactic_block(proof: str) -> str:
    """Return a proof as the tactic block it is, without a ``by`` before it, its lines beginning in column 0."""
    proof = proof.strip("\n").rstrip()
    start = len(proof) - len(proof.lstrip())
    if proof[start:].split(maxsplit=1)[:1] == ["by"]:
        proof = f"{proof[:start]}  {proof[start + 2 :]}"
    return textwrap.dedent(proof).strip("\n")
