"""Files of results, a JSON object a line: what is left to do, and each result written as soon as it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from prover.cli.console import note, say
from prover.errors import InputError
from prover.formalizing.sets import names_done, trim_unfinished
from prover.policy.chat.client import BudgetSpent
from prover.util.within import Stopped, within

T = TypeVar("T")
R = TypeVar("R")

SPENT_ADVICE = (
    "What is finished is written. To go on: the same command with --resume and a larger --max-tokens-total."
)
OutOption = Annotated[
    Path | None, typer.Option(metavar="OUT.jsonl", help="Write a JSON object a line, a problem set itself.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the file of --out: problems that are in it are left out.")
]


async def do_in_turn(
    todo: Iterable[T],
    work: Callable[[T], Coroutine[Any, Any, R]],
    tell: Callable[[T, R], None],
    interrupt: asyncio.Event,
) -> bool:
    """Do the work for each of `todo` and tell what came of it; return whether it was interrupted.

    Raises:
        InputError: the budget of tokens is spent.
    """
    for each in todo:
        try:
            done = await within(work(each), seconds=None, interrupt=interrupt)
        except BudgetSpent as error:
            raise InputError(error.message, advice=SPENT_ADVICE) from error
        if isinstance(done, Stopped):
            return True
        tell(each, done)
    return False


def select_remaining(
    all_of_them: Sequence[T], names: Sequence[str], out: Path | None, *, resume: bool
) -> list[T]:
    """Return those of the problems, called `names`, that are not in the file of results.

    Raises:
        InputError: there is a file where none should be, or none where one should.
    """
    if out is None:
        if resume:
            raise InputError("--resume goes on with a file", advice="Name it with --out.")
        return list(all_of_them)
    if not out.parent.is_dir():
        raise InputError(f"cannot write {out}: there is no folder {out.parent}")
    begun = next((path for path in (out, answers_path(out)) if path.exists()), None)
    if resume != (begun is not None):
        raise InputError(
            f"there is no {out} to go on with" if begun is None else f"{begun} is there already",
            advice="Leave out --resume." if begun is None else "Add --resume to go on with it.",
        )
    if not out.exists():
        return list(all_of_them)
    trim_unfinished(out)
    done = names_done(out)
    return [each for each, name in zip(all_of_them, names, strict=True) if name not in done]


def write_line(line: dict[str, Any], out: Path | None) -> None:
    """Print what came of a problem, or add it to the file, at once.

    Raises:
        InputError: it cannot be written.
    """
    if out is None:
        say(json.dumps(line, indent=2, ensure_ascii=False))
        return
    append_line(line, out)
    note(f"{line['name']}: {line.get('statement') or line.get('outcome') or 'no statement'}", "dim")


def append_line(line: dict[str, Any], path: Path) -> None:
    """Add a line to a file.

    Raises:
        InputError: it cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def answers_path(out: Path) -> Path:
    """Return where chat models' answers are kept that the results in `out` are made from."""
    return out.with_name(f"{out.name}.answers")
