"""`prover prove --file F.lean` without a theorem's name: every `sorry` of a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from prover.api.lean import FILE_WIDTH, AsyncLean
from prover.cli.console import live_progress, say
from prover.cli.interrupt import Interrupt
from prover.cli.schemas import FilledFile
from prover.cli.schemas import Hole as HoleReport
from prover.errors import InputError
from prover.filling.fill import Filling, Outcome
from prover.filling.text import SourceFile
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.settings import SearchSettings
from prover.sketching.open import SketchChoice, open_planner

STYLES = {"proved": "green", "accepted": "green", "fits": "yellow", "open": "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """What to do with a file: `write` puts the proofs into it, `diff` prints a patch, `out` is another file."""

    path: Path
    write: bool
    diff: bool
    out: Path | None
    as_json: bool

    def __post_init__(self) -> None:
        if self.write and self.diff:
            raise InputError("--diff writes nothing, so it does not go with --write", advice="Leave one out.")
        if self.out is not None and self.out.resolve() == self.path.resolve():
            raise InputError("--out names the file itself", advice="Use --write, which keeps a backup.")
        if self.diff and self.as_json:
            raise InputError("--diff and --json would both print to stdout", advice="Leave one out.")


def prove_file(
    request: FileRequest,
    lean: AsyncLean,
    settings: SearchSettings,
    budget: Budget,
    *,
    seed: int,
    planned: SketchChoice | None = None,
) -> int:
    """Prove what can be proved in a file; return the exit code.

    It is 0 if no `sorry` stays and Lean finds no error, else 1.

    `budget` is for each `sorry`. With `planned`, a chat model plans the proofs of what the search does not prove.

    Raises:
        InputError: the file cannot be used or written.
        SetupError, EngineError, PolicyError: as for :func:`prover.filling.fill.fill`.
    """
    source = SourceFile.read(request.path)
    if request.write:
        source.require_writable()
    interrupt = Interrupt()
    options = SearchOptions(budget=budget, width=FILE_WIDTH, seed=seed, interrupt=interrupt.event)
    filling = interrupt.run(_fill(source, lean, settings, options, planned))
    if request.out is not None:
        source.write_copy(request.out, filling.edits)
    backup = source.write(filling.edits) if request.write and filling.edits else None
    if request.as_json:
        say(json.dumps(_as_json(filling, source, backup), indent=2, ensure_ascii=False))
    elif request.diff:
        _print_report(filling, source, None, stderr=True)
        sys.stdout.buffer.write(source.diff(filling.edits).encode())
        sys.stdout.buffer.flush()
    else:
        _print_report(filling, source, backup, stderr=False)
    if filling.interrupted:
        interrupt.exit()
    return 0 if filling.complete else 1


async def _fill(
    source: SourceFile,
    lean: AsyncLean,
    settings: SearchSettings,
    options: SearchOptions,
    planned: SketchChoice | None,
) -> Filling:
    async with lean, AsyncExitStack() as stack:
        planner = None
        if planned is not None:
            planner = await stack.enter_async_context(open_planner(planned)), planned
        with live_progress("searching") as update:
            return await lean.fill_source(
                source, settings, options, observe=_progress(update), planner=planner
            )


def _print_report(filling: Filling, source: SourceFile, backup: Path | None, *, stderr: bool) -> None:
    for outcome in filling.outcomes:
        hole = outcome.hole
        place = f"{source.path}:{hole.line}:{hole.column}"
        text = f"{place}: {outcome.status}, in {hole.unit.label}"
        say(text, STYLES[outcome.status], stderr=stderr)
        if outcome.note:
            say(f"  {outcome.note}", "dim", stderr=stderr)
        if outcome.proof is not None:
            say("\n".join(f"    {line}" for line in outcome.proof.split("\n")), stderr=stderr)
    for stray in filling.file.strays:
        place = f"{source.path}:{stray.line}:{stray.column}"
        say(f"{place}: open, in no declaration that could be checked", stderr=stderr)
    for blocked in filling.file.blocked:
        say(f"{source.path}:{blocked.line}:{blocked.column}: open, {blocked.reason}", stderr=stderr)
    say(_summary(filling), stderr=stderr)
    for error in filling.file.errors:
        place = f"{source.path}:{error['pos']['line']}:{error['pos']['column']}"
        say(f"{place}: error, as before: {error['data']}", "yellow", stderr=stderr)
    if backup is not None:
        say(f"written to {source.path}; as it was it is in {backup}", stderr=stderr)


def _summary(filling: Filling) -> str:
    total = len(filling.outcomes) + len(filling.file.strays) + len(filling.file.blocked)
    counts = {
        "checked by Lean's kernel in a fresh process": _count(filling, "proved"),
        "accepted, checked less strictly (docs/files.md)": _count(filling, "accepted"),
        "that fit beside a `sorry` that stays (docs/files.md)": _count(filling, "fits"),
    }
    shown = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{len(filling.edits)} of {total} filled" + (f": {shown}" if shown else "")


def _count(filling: Filling, status: str) -> int:
    return sum(each.status == status for each in filling.outcomes)


def _as_json(filling: Filling, source: SourceFile, backup: Path | None) -> FilledFile:
    return {
        "file": str(source.path),
        "complete": filling.complete,
        "interrupted": filling.interrupted,
        "written": backup is not None,
        "backup": None if backup is None else str(backup),
        "holes": [_hole_as_json(each) for each in filling.outcomes],
        "strays": [
            {"line": each.line, "column": each.column, "goal": each.goal} for each in filling.file.strays
        ],
        "blocked": [
            {"line": each.line, "column": each.column, "goal": each.goal, "reason": each.reason}
            for each in filling.file.blocked
        ],
        "errors": [
            {"line": each["pos"]["line"], "column": each["pos"]["column"], "message": each["data"]}
            for each in filling.file.errors
        ],
    }


def _hole_as_json(outcome: Outcome) -> HoleReport:
    hole = outcome.hole
    return {
        "line": hole.line,
        "column": hole.column,
        "declaration": hole.unit.name or None,
        "kind": hole.unit.kind,
        "goal": hole.goal,
        "status": outcome.status,
        "proof": outcome.proof,
        "replacement": None if outcome.edit is None else outcome.edit.text,
        "axioms": None if outcome.certificate is None else list(outcome.certificate.axioms),
        "inductives": None if outcome.certificate is None else list(outcome.certificate.inductives),
        "context_code": None if outcome.certificate is None else list(outcome.certificate.context_code),
        "library": None if outcome.certificate is None else outcome.certificate.library,
        "note": outcome.note,
    }


def _progress(update: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return what shows how many holes are done."""

    def observe(done: int, total: int) -> None:
        update(f"{done} of {total} done")

    return observe
