"""From what a user gives to a `Theorem`: a statement as text, or a name in a .lean file.

Lean's own parser decides where a declaration begins and ends: an engine with the `declarations` extension of
docs/protocol.md is asked for the ranges of each declaration, its head and its value. Nothing of the value is
used; a proof that is there is ignored, even if it is wrong.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError, StatementError, UnsupportedError
from prover.lean.hints import advice_on
from prover.lean.prelude import prelude
from prover.lean.repl import Ask, Message
from prover.lean.replies import refuse_errors
from prover.lean.text import lean_text, read_lean
from prover.lean.theorem import Theorem

DEFAULT_NAME = "goal"
THEOREM_KINDS = frozenset({"theorem", "lemma"})
NAMES_SHOWN = 8

EXAMPLE = 'Write for example: --theorem "theorem foo (a b : Nat) : a + b = b + a"'

THE_THEOREM = "the theorem"
_ENDING = "\n:= by\n  sorry"
_IMPORTS = re.compile(r"(?:import\s+\S+\s+)+")
_KEYWORD = re.compile(r"(?P<keyword>lemma|example)\b")


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A declaration in a text, by offsets into its UTF-8 bytes. The head excludes ``:=``."""

    kind: str
    full_name: str | None
    start: int
    head_end: int

    @classmethod
    def read(cls, described: Message) -> _Declaration:
        """Read one element of the protocol's `declarations`."""
        start, head_end = described["head"]
        return cls(described["kind"], described["fullName"], start, head_end)

    def theorem(self, text: str, header: str, source: str) -> Theorem:
        """Return the theorem that this declaration of `text` states; `header` stands before the text."""
        data = text.encode()
        return Theorem(
            name=self.full_name or "",
            statement=data[self.start : self.head_end].decode().strip(),
            header=header + data[: self.start].decode(),
            source=source,
        )


async def theorem_from_text(ask: Ask, text: str) -> Theorem:
    """Read a declaration, with or without a proof, or a bare proposition; the prelude stands before it.

    Imports and declarations before the last one become part of the header. ``lemma`` and ``example`` are
    understood.

    Raises:
        StatementError: Lean refuses the text; the position counts in the text.
        UnsupportedError: it imports something that the engine does not have.
        InputError: it is empty, is no Lean text, or declares something other than a theorem.
    """
    text = lean_text(text, "the theorem").strip()
    if not text:
        raise InputError("the theorem is empty", advice=EXAMPLE)
    imports = _IMPORTS.match(text)
    header = (imports[0] if imports else "") + prelude()
    text = text[imports.end() :] if imports else text
    if keyword := _KEYWORD.match(text):
        named = "theorem" if keyword["keyword"] == "lemma" else f"theorem {DEFAULT_NAME}"
        text = named + text[keyword.end() :]
    env = (await _elaborate(ask, {"cmd": header}))["env"]
    source, shift = text + _ENDING, 0
    reply = await _elaborate(ask, {"cmd": source, "env": env, "declarations": True})
    if not reply["declarations"]:
        source, shift = f"theorem {DEFAULT_NAME} : {source}", len(f"theorem {DEFAULT_NAME} : ")
        reply = await _elaborate(ask, {"cmd": source, "env": env, "declarations": True})
    if not reply["declarations"] or reply["declarations"][-1]["value"] is None:
        _refuse(_errors(reply), THE_THEOREM, shift)
        raise InputError("Lean finds no theorem in the text", advice=EXAMPLE)
    found = _Declaration.read(reply["declarations"][-1])
    if found.kind not in THEOREM_KINDS or found.full_name is None:
        raise InputError(f"the text declares a {found.kind}, not a theorem", advice=EXAMPLE)
    _refuse(_errors_before(reply, source, found.head_end), THE_THEOREM, shift)
    return found.theorem(source, header, "the command line")


async def theorem_from_file(ask: Ask, path: Path, name: str) -> Theorem:
    """Read the theorem called `name`, or with a full name that ends so, in a .lean file.

    Everything that stands before it in the file becomes its header.

    Raises:
        InputError: the file cannot be read, or has no such theorem, or several.
        StatementError: Lean refuses the theorem's statement or something before it.
        UnsupportedError: the file imports something that the engine does not have.
    """
    text = read_lean(path).text
    reply = await _elaborate(ask, {"cmd": text, "declarations": True})
    declarations = [_Declaration.read(each) for each in reply["declarations"]]
    found = _find([each for each in declarations if each.kind in THEOREM_KINDS], name, path, reply)
    _refuse(_errors_before(reply, text, found.head_end), str(path))
    return found.theorem(text, "", str(path))


async def _elaborate(ask: Ask, request: Message) -> Message:
    """Send a command; errors in its text are left to the caller.

    Raises:
        UnsupportedError, EngineError: the engine does not answer it as such.
    """
    reply = await ask(request)
    try:
        refuse_errors({**reply, "messages": []}, first_line=1)
    except UnsupportedError as error:
        raise UnsupportedError(error.message, advice="Import only what the engine has.") from error
    return reply


def _find(theorems: Sequence[_Declaration], name: str, path: Path, reply: Message) -> _Declaration:
    """Return the theorem with this full name, else the only one whose full name ends in it.

    Raises:
        InputError: there is none, or there are several.
        StatementError: Lean found no theorem at all, because of an error.
    """
    names = [each.full_name or "" for each in theorems]
    matches = [each for each in theorems if each.full_name == name]
    matches = matches or [each for each in theorems if (each.full_name or "").endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    if matches:
        several = ", ".join(each.full_name or "" for each in matches)
        raise InputError(f"{path} has several theorems called {name}", advice=f"Name one of: {several}.")
    if not names:
        _refuse(_errors(reply), str(path))
    close = difflib.get_close_matches(name, names, n=3) or names[:NAMES_SHOWN]
    advice = f"Theorems in it: {', '.join(close)}." if close else "Lean finds no theorem in it."
    raise InputError(f"{path} has no theorem called {name}", advice=advice)


def _errors_before(reply: Message, text: str, offset: int) -> list[Message]:
    """Return the errors that Lean reports before a byte offset of the text."""
    before = text.encode()[:offset].decode(errors="ignore")
    end = (1 + before.count("\n"), len(before) - (before.rfind("\n") + 1))
    return [each for each in _errors(reply) if _place(each) < end]


def _refuse(errors: Sequence[Message], where: str, column_shift: int = 0) -> None:
    """Raise `StatementError` with the first of `errors`, if there are any.

    `column_shift` is the length of what we put before the user's first line.
    """
    if not errors:
        return
    line, column = _place(errors[0])
    if line == 1:
        column = max(0, column - column_shift)
    said = str(errors[0]["data"])
    raise StatementError(
        f"{where}, {line}:{column}: {said}",
        line=line,
        column=column,
        advice=advice_on(said),
        file="" if where == THE_THEOREM else where,
    )


def _errors(reply: Message) -> list[Message]:
    """Return the errors that a reply reports, in the order of their places in the text."""
    errors = [each for each in reply.get("messages", []) if each["severity"] == "error"]
    return sorted(errors, key=_place)


def _place(message: Message) -> tuple[int, int]:
    position: dict[str, Any] = message["pos"]
    return int(position["line"]), int(position["column"])
