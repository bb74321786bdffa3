"""`prover lock` and `prover check-file`: statements that may not change, and files checked against them."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Annotated

import typer

from prover.api.lean import AsyncLean
from prover.cli.console import say
from prover.cli.engine_options import lean_of
from prover.cli.interrupt import Interrupt
from prover.cli.settings_options import settings_options
from prover.errors import InputError, StatementError
from prover.lean.reading.text import read_lean
from prover.lean.settings import EngineSettings
from prover.lean.trust.lock import CheckedStatement, Lock
from prover.lean.trust.verify import Certificate, Rejection
from prover.util.files import write_atomically

SUFFIX = ".lock.json"
READ_S = 300.0


@settings_options
def lock(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.lean", help="A Lean file that states what is to be proved.")
    ],
    theorem: Annotated[
        list[str] | None,
        typer.Option(
            help="A theorem to lock; several may be named. Else all that have a `sorry`, or all there are."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the lock goes; by default FILE.lean.lock.json.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    source: EngineSettings,
) -> None:
    """Lock the statements of a file before anybody works on the proofs; print their digest.

    Keep the lock, or its digest, where those who write the proofs cannot change it; then `prover check-file`.
    """
    locked = Lock.of(read_lean(file).text, str(file), theorem or ())
    lean = AsyncLean(source, lean_of(source), engines=1)
    Interrupt().run(_require_statements(lean, locked))
    path = out or file.with_name(file.name + SUFFIX)
    write_atomically(path, json.dumps(locked.to_json(), ensure_ascii=False, indent=1) + "\n")
    if as_json:
        shown = {"sha256": locked.sha256, "theorems": list(locked.names), "lock": str(path)}
        say(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for name in locked.names:
        say(f"locked {name}")
    say(f"{locked.sha256}  {path}")


@settings_options
def check_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.lean", help="A Lean file with the proofs.")],
    lock: Annotated[Path, typer.Option(metavar="LOCK", help="What `prover lock` has written.")],
    sha256: Annotated[
        str | None,
        typer.Option(metavar="DIGEST", help="The lock's digest, if the lock itself may have been exchanged."),
    ] = None,
    def_eq: Annotated[
        bool,
        typer.Option("--def-eq", help="The file may state the theorems in other words of the same meaning."),
    ] = False,
    engines: Annotated[int, typer.Option(min=1, help="Lean processes to use.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    *,
    source: EngineSettings,
) -> None:
    """Check that a file proves every locked statement, as it was locked, with no sorry and no new axiom.

    Lemmas, definitions and notation may be added. Exits with 0 if all are proved, else with 1.
    """
    locked = Lock.read(lock)
    if sha256 is not None and not hmac.compare_digest(sha256.strip().lower(), locked.sha256):
        raise InputError(f"{lock} is another lock: its digest is {locked.sha256}, not {sha256}")
    text = read_lean(file).text
    lean = AsyncLean(source, lean_of(source), engines=engines)
    checked = Interrupt().run(_check(lean, locked, text, same_words=not def_eq))
    accepted = all(each.accepted for each in checked)
    if as_json:
        items = [_item(each) for each in checked]
        say(
            json.dumps(
                {"ok": accepted, "sha256": locked.sha256, "theorems": items}, indent=2, ensure_ascii=False
            )
        )
    else:
        for each in checked:
            say(_line(each), "green" if each.accepted else "red")
        say(
            f"{sum(each.accepted for each in checked)} of {len(checked)} locked theorems are proved in {file}"
        )
    raise typer.Exit(0 if accepted else 1)


async def _require_statements(lean: AsyncLean, locked: Lock) -> None:
    """Raise unless Lean accepts the file that is locked.

    Raises:
        StatementError: it does not.
    """
    async with lean:
        read = await lean.elaborate(locked.text, is_file=True, timeout=READ_S)
    if read.timed_out:
        raise InputError(f"{locked.source}: Lean did not come to its end in {READ_S:g} s")
    for error in read.errors[:1]:
        line, column = error["pos"]["line"], error["pos"]["column"]
        raise StatementError(
            f"{locked.source}, {line}:{column}: {error['data']}", line=line, column=column, file=locked.source
        )


async def _check(
    lean: AsyncLean, locked: Lock, text: str, *, same_words: bool
) -> tuple[CheckedStatement, ...]:
    async with lean:
        return await lean.check_file(locked, text, same_words=same_words)


def _line(checked: CheckedStatement) -> str:
    ruling, name = checked.ruling, checked.theorem.name
    if isinstance(ruling, Rejection):
        what = "not checked" if ruling.undecided else "not proved"
        return f"{what}: {name}: {ruling.message}"
    axioms = ", ".join(ruling.axioms) or "none of its own"
    caveats = "".join(f"; {each}" for each in _caveats(ruling))
    return f"proved: {name}; axioms: {axioms}{caveats}"


def _caveats(ruling: Certificate) -> list[str]:
    library = [] if ruling.library is None else [f"over the library {ruling.library}, not Mathlib"]
    return [
        *library,
        *ruling.caveats,
        *(f"code runs before the theorem: {each}" for each in ruling.context_code),
    ]


def _item(checked: CheckedStatement) -> dict[str, object]:
    ruling = checked.ruling
    item: dict[str, object] = {"theorem": checked.theorem.name, "proved": checked.accepted}
    if isinstance(ruling, Rejection):
        return item | {"kind": ruling.kind.value, "reason": ruling.message}
    return item | {
        "type": ruling.statement,
        "axioms": list(ruling.axioms),
        "caveats": _caveats(ruling),
        "lean_version": ruling.lean_version,
    }
