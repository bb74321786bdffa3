"""Statements that may not change while somebody, or some model, works on their proofs.

A lock is a Lean file as it was, and the names of the theorems in it that are to be proved. A file is checked against it
with :func:`prover.lean.trust.verify.certify_file`: whatever the file says, the statement that counts is the lock's.
The digest is what an agent is told, or a commit records, so that nobody can exchange the lock unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.lean.reading.lexer import tokens
from prover.lean.reading.prelude import imports_end
from prover.lean.reading.statements import Declaration, declared_theorems
from prover.lean.reading.text import LeanText
from prover.lean.theorem import Given, Theorem
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind

FORMAT = "prover-lock-1"
NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The statements of the theorems `names` in `text`, a Lean file as Lean sees it; `source` says where it is from.

    `preamble` is what the text begins with and a file of proofs need not: imports, and what prover puts behind them.
    """

    text: str
    names: tuple[str, ...]
    source: str = "the lock"
    preamble: str = ""

    @classmethod
    def of(cls, text: str, source: str, names: Sequence[str] = (), *, preamble: str = "") -> Lock:
        """Lock the theorems of a text that are called so; without names those left to `sorry`, or else all.

        Raises:
            InputError: it has no such theorem, or several.
        """
        text = LeanText.of(text, source).text
        found = declared_theorems(text)
        if not found:
            raise InputError(
                f"{source} has no theorem to lock", advice="State one: theorem foo : ... := by sorry"
            )
        chosen = [_find_named(found, name, source) for name in names]
        chosen = chosen or [each for each in found if each.is_open] or found
        own = [each.full_name for each in chosen]
        if twice := next((name for name in own if own.count(name) > 1), None):
            raise InputError(f"{source} has {twice} more than once", advice="Give each theorem its own name.")
        preamble = preamble or text[: imports_end(text)]
        return cls(text=text, names=tuple(own), source=source, preamble=preamble)

    @property
    def sha256(self) -> str:
        """The digest of what is locked: the text and the names, not where they are from."""
        locked = json.dumps([FORMAT, self.text, list(self.names)], ensure_ascii=False)
        return hashlib.sha256(locked.encode()).hexdigest()

    def theorem(self, name: str) -> Theorem:
        """Return a locked theorem. Where it ends, and what it states, is for Lean to say: its text is not cut there.

        Theorems before it that are left to a plain `sorry`, and that nothing mentions, are left out of its context: a
        file may prove them, too, and rest this one on them, and a `sorry` of the lock's must not be in their place.
        """
        found = declared_theorems(self.text)
        own = next(each for each in found if each.full_name == name)
        text = self.text
        for each in found:
            if each.end <= own.begin and _is_plain(each) and not _is_needed(text, each, own):
                blank = "".join("\n" if char == "\n" else " " for char in text[each.begin : each.end])
                text = text[: each.begin] + blank + text[each.end :]
        header = text[: own.begin]
        given = Given(text=text, start=len(header.encode()))
        return Theorem(name=name, statement=own.statement, header=header, source=self.source, given=given)

    def changed_in(self, file: str, name: str) -> str | None:
        """Return how `file` states a theorem that it declares in other words; "" if it does not declare it.

        White space and comments count for nothing; None is for the same words.
        """
        stated = {each.full_name: each.statement for each in declared_theorems(file)}
        if name not in stated:
            return ""
        return None if _words(stated[name]) == _words(self.theorem(name).statement) else stated[name]

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"format": FORMAT, "sha256": self.sha256, "theorems": list(self.names), "text": self.text}

    @classmethod
    def read(cls, path: Path) -> Lock:
        """Read a lock that was written as JSON.

        Raises:
            InputError: the file cannot be read, is no lock, or its text and its digest do not agree.
        """
        advice = "Make one: prover lock FILE.lean"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}", advice=advice) from error
        except ValueError as error:
            raise InputError(f"{path} is no lock: {error}", advice=advice) from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise InputError(f"{path} is no lock: there is no `format` {FORMAT} in it", advice=advice)
        text, names = data.get("text"), data.get("theorems")
        if not isinstance(text, str) or not (isinstance(names, list) and names and all(map(_is_text, names))):
            raise InputError(f"{path} is no lock: `text` or `theorems` is missing", advice=advice)
        lock = cls.of(text, str(path), names)
        if data.get("sha256") != lock.sha256:
            raise InputError(f"{path} has been changed: its digest is {lock.sha256}, not what it says")
        return lock


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStatement:
    """What came of one locked theorem."""

    theorem: Theorem
    ruling: Certificate | Rejection

    @property
    def accepted(self) -> bool:
        """Whether it is proved."""
        return isinstance(self.ruling, Certificate)


def refused_words(lock: Lock, file: str, name: str) -> Rejection | None:
    """Return why `file` does not state a locked theorem in the words of the lock, if that is so."""
    changed = lock.changed_in(file, name)
    if changed is None:
        return None
    if changed == "":
        return Rejection(RejectionKind.ELABORATION, f"the file declares no theorem {name}")
    return Rejection(RejectionKind.STATEMENT, f"the file states it in other words: {changed}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _find_named(found: Sequence[Declaration], name: str, source: str) -> Declaration:
    matches = [each for each in found if each.full_name == name]
    matches = matches or [each for each in found if each.full_name.endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    shown = ", ".join(each.full_name for each in matches or found[:NAMES_SHOWN])
    what = "several theorems" if matches else "no theorem"
    raise InputError(f"{source} has {what} called {name}", advice=f"Name one of: {shown}.")


def _is_plain(declaration: Declaration) -> bool:
    """Whether there is nothing behind a theorem's head but a `sorry`, so that nothing else goes with it."""
    value = [each.text for each in tokens(declaration.value) if each.kind != "comment"]
    return value in ([":=", "sorry"], [":=", "by", "sorry"])


def _is_needed(text: str, earlier: Declaration, own: Declaration) -> bool:
    """Whether what stays of a text up to a theorem's head may mention an earlier one, or feel its attributes."""
    if earlier.statement.lstrip().startswith("@"):
        return True
    last = earlier.full_name.rpartition(".")[2]
    between = text[earlier.end : own.end - len(own.value)]
    return any(
        last in each.text.split(".") for each in tokens(between) if each.kind not in ("comment", "doc")
    )


def _words(statement: str) -> list[str]:
    return [each.text for each in tokens(statement) if each.kind not in ("comment", "doc")]
