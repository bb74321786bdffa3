"""From the text that a user gives to a theorem, with whichever Lean there is; errors are placed in that text."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

from prover.errors import InputError, StatementError
from prover.lean.engines import Engines, Lean
from prover.lean.hints import advice_on
from prover.lean.process.pool import EnginePool
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.theorem import Theorem
from prover.problems.one import theorem_in_file, theorem_in_text

READ_TIMEOUT_S = 120.0
"""What it may take to elaborate a theorem and what stands before it."""


async def read_theorem(text: str, file: Path | None, lean: Lean, engines: Engines) -> Theorem:
    """Return the theorem that `text` states or, with a file, that has this name in the file.

    Raises:
        StatementError, UnsupportedError, InputError: as for :func:`prover.lean.reading.source.theorem_from_text`.
        EngineError: no engine could be kept alive.
    """
    if lean.find is not None:
        if file is None:
            raise InputError(
                f"--engine {lean.name} proves theorems of the repository's files",
                advice="Name one with --file and --theorem.",
            )
        return lean.find(str(file), text.strip())
    if lean.reader is None:
        if file is None:
            return theorem_in_text(text, lean.with_header)
        return theorem_in_file(file, text.strip())
    assert isinstance(engines, EnginePool)
    async with engines.asking(READ_TIMEOUT_S) as ask:
        if file is None:
            return await theorem_from_text(ask, text)
        return await theorem_from_file(ask, file, text.strip())


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
