"""One theorem from a text or a file, found without Lean: for engines that cannot say where declarations are.

What the text says is found as :mod:`prover.lean.reading.statements` does it; whether Lean agrees shows when the theorem
is opened, and when a proof is checked: the check takes the statement from the text that was given.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path

from prover.errors import InputError
from prover.lean.reading.prelude import imported_libraries, imports_end, prelude
from prover.lean.reading.statements import Declaration, declared_theorems
from prover.lean.reading.text import lean_text, read_lean
from prover.lean.theorem import ENDING, Given, Theorem

DEFAULT_NAME = "goal"
NAMES_SHOWN = 8

_KEYWORD = re.compile(r"(?P<keyword>lemma|example)\b")


def theorem_in_text(text: str, with_header: Callable[[str], str]) -> Theorem:
    """Read a declaration, with or without a proof, or a bare proposition; declarations before the last one stay.

    `with_header` puts what a header without imports needs before it; what is still without any gets the prelude.

    Raises:
        InputError: it is empty, or no Lean text.
    """
    text = lean_text(text, "the theorem").strip()
    if not text:
        raise InputError(
            "the theorem is empty", advice='Write for example: --theorem "theorem foo : 1 + 1 = 2"'
        )
    if keyword := _KEYWORD.match(text):
        named = "theorem" if keyword["keyword"] == "lemma" else f"theorem {DEFAULT_NAME}"
        text = named + text[keyword.end() :]
    found = declared_theorems(text)
    if not found:
        start = imports_end(text)
        text = f"{text[:start]}theorem {DEFAULT_NAME} : {text[start:]}"
        found = declared_theorems(text)
    last = found[-1]
    own = imports_end(text)
    header = with_header(text[:own])
    if "Mathlib" not in imported_libraries(header):
        header += prelude()
    return _theorem(
        header + text[own:], last, begin=len(header) + last.begin - own, source="the command line"
    )


def theorem_in_file(path: Path, name: str) -> Theorem:
    """Read the theorem called `name`, or with a full name that ends so; what stands before it is its header.

    Raises:
        InputError: the file cannot be read, or has no such theorem, or several.
    """
    text = read_lean(path).text
    theorems = declared_theorems(text)
    matches = [each for each in theorems if each.full_name == name]
    matches = matches or [each for each in theorems if each.full_name.endswith(f".{name}")]
    if len(matches) > 1:
        several = ", ".join(each.full_name for each in matches)
        raise InputError(f"{path} has several theorems called {name}", advice=f"Name one of: {several}.")
    if not matches:
        names = [each.full_name for each in theorems]
        close = difflib.get_close_matches(name, names, n=3) or names[:NAMES_SHOWN]
        advice = f"Theorems in it: {', '.join(close)}." if close else "There is no theorem in it."
        raise InputError(f"{path} has no theorem called {name}", advice=advice)
    [found] = matches
    return _theorem(text, found, begin=found.begin, source=str(path))


def _theorem(text: str, found: Declaration, *, begin: int, source: str) -> Theorem:
    header = text[:begin]
    return Theorem(
        name=found.full_name,
        statement=found.statement,
        header=header,
        source=source,
        given=Given(text=text if found.value else text + ENDING, start=len(header.encode())),
    )
