"""The negation of a theorem, as text.

``theorem foo (n : ℕ) : T`` becomes ``theorem foo_negated : ¬ (∀ (n : ℕ), T)``.

The statement is taken apart by a small lexical splitter, which knows brackets, strings and comments and
refuses everything else that it would have to understand. What Lean would add to a statement by itself is kept
out: variables of the header are refused, and automatically bound names are switched off for the negation, so
that a statement with either has none. A proof of the negation goes through the verifier like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.lean.theorem import Theorem

SUFFIX = "_negated"
NO_AUTO_BOUND = "set_option autoImplicit false\n\n"

_HEAD = re.compile(
    r"\A(?:theorem|lemma)\s+(?P<name>[^\s:(){}\[\]⦃⦄«»,]+?)(?P<universes>\.\{[^{}]*\})?(?=[\s:({\[⦃])"
)
_VARIABLES = re.compile(r"^\s*(?:variables?|include|parameters?)\b", re.MULTILINE)
_TOKEN = re.compile(
    r"""
    "(?:[^"\\]|\\.)*"                        # a string
    | «[^»]*»
    | [^\W\d][\w.!?']*                       # a name, with its primes
    | '(?:[^'\\\n]|\\.[^'\n]*)'              # a character
    | := | \S
    """,
    re.DOTALL | re.VERBOSE,
)
_CLOSES = {"(": ")", "{": "}", "[": "]", "⦃": "⦄"}
_STRANGE = frozenset({"--", "/-"})


@dataclass(frozen=True, slots=True)
class NotNegated:
    """The splitter does not understand the statement, for this reason."""

    reason: str


def negation(theorem: Theorem) -> Theorem | NotNegated:
    """Return the theorem that says that `theorem` is false, under a name of its own."""
    statement = theorem.statement.strip()
    if _VARIABLES.search(theorem.header):
        return NotNegated("the header declares variables, which may belong to the statement")
    if any(mark in statement for mark in _STRANGE):
        return NotNegated("the statement has a comment")
    head = _HEAD.match(statement)
    if head is None:
        return NotNegated("the statement does not begin with `theorem` and a plain name")
    rest = statement[head.end() :]
    split = _split(rest)
    if isinstance(split, NotNegated):
        return split
    binders, target = split
    claim = f"∀ {binders}, {target}" if binders else target
    universes = head["universes"] or ""
    header = theorem.header if not theorem.header or theorem.header.endswith("\n") else theorem.header + "\n"
    return Theorem(
        name=theorem.name + SUFFIX,
        statement=f"theorem {head['name']}{SUFFIX}{universes} : ¬ ({claim})",
        header=header + NO_AUTO_BOUND,
        source=theorem.source,
    )


def _split(text: str) -> tuple[str, str] | NotNegated:
    """Split what follows the name into the binders, each in its brackets, and the target after the colon."""
    binders: list[str] = []
    waiting: list[str] = []
    started = 0
    for at, token in _tokens(text):
        if not waiting and token == ":":
            target = text[at + 1 :].strip()
            if problem := _unbalanced(target):
                return NotNegated(problem)
            return " ".join(binders), target
        if token in _CLOSES:
            if not waiting:
                started = at
            waiting.append(_CLOSES[token])
        elif waiting and token == waiting[-1]:
            waiting.pop()
            if not waiting:
                binders.append(text[started : at + 1])
        elif token in _CLOSES.values():
            return NotNegated(f"there is a `{token}` out of place")
        elif token == ":=":
            return NotNegated("a binder has a default value")
        elif not waiting:
            return NotNegated(f"there is a binder without brackets: {text[at:].split()[0]}")
    return NotNegated("the statement has no colon before its claim")


def _unbalanced(target: str) -> str:
    if not target:
        return "nothing is claimed"
    waiting: list[str] = []
    for _, token in _tokens(target):
        if token in _CLOSES:
            waiting.append(_CLOSES[token])
        elif token in _CLOSES.values() and (not waiting or waiting.pop() != token):
            return f"there is a `{token}` out of place"
    return "a bracket is not closed" if waiting else ""


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for match in _TOKEN.finditer(text):
        yield match.start(), match[0]
