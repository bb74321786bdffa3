"""The negation of a theorem, as text that people can read, and as exactly what Lean has made of the statement.

``theorem foo (n : ℕ) : T`` becomes ``theorem foo_negated : ¬ (∀ (n : ℕ), T)``.

The statement is taken apart by a small lexical splitter, which knows brackets, strings and comments and
refuses everything else that it would have to understand. What Lean would add to a statement by itself is kept
out: variables of the header are refused, and automatically bound names are switched off for the negation, so
that a statement with either has none. A proof of the negation goes through the verifier like any other.

That the text was taken apart rightly is for Lean to confirm: `exact_negation` denies the type of the theorem itself,
``theorem foo_negated : ¬ type_of% @foo``, and what proves the one has to prove the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from prover.lean.reading.lexer import tokens
from prover.lean.reading.prelude import NO_AUTO_BOUND
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Rejection, RejectionKind, Verifier

SUFFIX = "_negated"
CONTRADICTORY = "_contradictory"

_HEAD = re.compile(
    r"\A(?:theorem|lemma)\s+(?P<name>(?:«[^»]*»|[^\s:(){}\[\]⦃⦄«»,])+?)(?P<universes>\.\{[^{}]*\})?(?=[\s:({\[⦃])"
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
_LINE = re.compile(r"\(line (\d+)\)\Z")
_CLOSES = {"(": ")", "{": "}", "[": "]", "⦃": "⦄"}
_STRANGE = frozenset({"--", "/-"})


@dataclass(frozen=True, slots=True)
class NotNegated:
    """The splitter does not understand the statement, for this reason."""

    reason: str


def negation(theorem: Theorem) -> Theorem | NotNegated:
    """Return the theorem that says that `theorem` is false, under a name of its own."""
    parts = _take_apart(theorem)
    if isinstance(parts, NotNegated):
        return parts
    claim = f"∀ {parts.binders}, {parts.target}" if parts.binders else parts.target
    return parts.restate(theorem, SUFFIX, f": ¬ ({claim})")


def contradiction(theorem: Theorem) -> Theorem | NotNegated:
    """Return the theorem that says that the hypotheses before the colon of `theorem` contradict each other."""
    parts = _take_apart(theorem)
    if isinstance(parts, NotNegated):
        return parts
    if not parts.binders:
        return NotNegated("there is nothing before the colon")
    return parts.restate(theorem, CONTRADICTORY, f"{parts.binders} : False")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A statement's name with its universes, its binders, and what it claims of them."""

    name: str
    universes: str
    binders: str
    target: str

    def restate(self, theorem: Theorem, suffix: str, statement: str) -> Theorem:
        """Return the theorem that states something else in the place of `theorem`."""
        header = (
            theorem.header if not theorem.header or theorem.header.endswith("\n") else theorem.header + "\n"
        )
        return Theorem(
            name=_with_suffix(theorem.name, suffix),
            statement=f"theorem {_with_suffix(self.name, suffix)}{self.universes} {statement}",
            header=f"{header}{NO_AUTO_BOUND}\n",
            source=theorem.source,
        )


def _take_apart(theorem: Theorem) -> _Parts | NotNegated:
    statement = theorem.statement.strip()
    if _VARIABLES.search(theorem.header):
        return NotNegated("the header declares variables, which may belong to the statement")
    if any(mark in statement for mark in _STRANGE):
        return NotNegated("the statement has a comment")
    head = _HEAD.match(statement)
    if head is None:
        return NotNegated("the statement does not begin with `theorem` and a plain name")
    split = _split(statement[head.end() :])
    if isinstance(split, NotNegated):
        return split
    binders, target = split
    return _Parts(name=head["name"], universes=head["universes"] or "", binders=binders, target=target)


def exact_negation(theorem: Theorem) -> Theorem:
    """Return the theorem that denies whatever `theorem` says, under the name that `negation` gives it.

    The theorem stands before it, without a proof and without attributes, so that no tactic makes use of it. Variables
    of the header may become hypotheses of the negation, which then says less, and does not begin with ``¬``.
    """
    header = theorem.header if not theorem.header or theorem.header.endswith("\n") else theorem.header + "\n"
    return Theorem(
        name=_with_suffix(theorem.name, SUFFIX),
        statement=f"theorem _root_.{_with_suffix(theorem.name, SUFFIX)} : ¬ type_of% @{theorem.name}",
        header=f"{header}{_without_attributes(theorem.statement)} := by\n  sorry\n\n",
        source=theorem.source,
    )


@dataclass(frozen=True, slots=True)
class NegationVerifier:
    """Implements :class:`prover.lean.trust.verify.Verifier` for negations of `theorem`: `verifier`, asked twice.

    A proof of what `negation` has made is accepted only if it proves `exact_negation` as well, and both say the same.
    """

    verifier: Verifier
    theorem: Theorem

    async def verify(self, theorem: Theorem, proof: str) -> Certificate | Rejection:
        """Check `proof`, see :class:`prover.lean.trust.verify.Verifier`."""
        ruling = await self.verifier.verify(theorem, proof)
        exact = exact_negation(self.theorem)
        if isinstance(ruling, Rejection):
            return ruling
        if theorem == exact:
            return _with_lines_as_given(ruling, self.theorem)
        confirmed = await self.verifier.verify(exact, proof)
        if isinstance(confirmed, Rejection):
            message = f"as a proof that the statement itself is false: {confirmed.message}"
            return Rejection(confirmed.kind, message)
        if not confirmed.statement.startswith("¬") or confirmed.statement != ruling.statement:
            message = f"it proves {ruling.statement}, which is not the statement's negation"
            return Rejection(RejectionKind.STATEMENT, message)
        return _with_lines_as_given(ruling, self.theorem)


def _with_lines_as_given(certificate: Certificate, theorem: Theorem) -> Certificate:
    """Return the certificate with the lines of code counted in what was given, without the prelude before it."""
    before = 0 if theorem.given is None else theorem.given.preamble.count("\n")
    counted = [
        _LINE.sub(lambda line: f"(line {int(line[1]) - before})", each) for each in certificate.context_code
    ]
    return replace(certificate, context_code=tuple(counted))


def _with_suffix(name: str, suffix: str) -> str:
    return f"{name[:-1]}{suffix}»" if name.endswith("»") else name + suffix


def _without_attributes(statement: str) -> str:
    found = [each for each in tokens(statement) if each.kind not in ("comment", "doc")]
    if [each.text for each in found[:2]] != ["@", "["]:
        return statement
    depth = 0
    for each in found:
        depth += {"open": 1, "close": -1}.get(each.kind, 0)
        if each.kind == "close" and depth == 0:
            return statement[each.end :].strip()
    return statement


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
