"""Read Lean's pretty-printed terms, as far as choosing tactics needs it.

Not Lean's parser: it knows the notations of core Lean that occur in statements, with their precedences, and
makes an `Opaque` term of whatever it does not know. Every term keeps the text it was read from, so that a
tactic can quote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class Number:
    """A natural number literal."""

    text: str
    value: int


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier: a hypothesis, a variable, a constant."""

    text: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function applied to arguments: ``f a b``."""

    text: str
    function: Term
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its one or two operands, such as ``a + b``, ``¬p`` and ``↑n``; ``a ≡ b [MOD n]`` has three."""

    text: str
    operator: str
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Binder:
    """``∀``, ``∃``, ``fun``, ``∑`` or ``∏`` over `names`, all of the type or bound `domain`.

    `relation` is ``:`` for a type, the relation for a bound as in ``∀ n ≥ 5, ...``, empty if Lean shows
    neither; `domain` is empty then too. `explicit` is false for ``∀ {n : Nat}, ...`` and for an `instance` that Lean
    finds by itself, ``∀ [inst : Inhabited α], ...``.
    """

    text: str
    kind: str
    names: tuple[str, ...]
    relation: str
    domain: str
    explicit: bool
    body: Term
    instance: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something this module does not read."""

    text: str


Term = Number | Name | Apply | Operation | Binder | Opaque

RELATIONS = frozenset({"=", "≠", "<", "≤", ">", "≥", "∣", "∈", "∉", "==", "!=", "⊆", "≡"})

ARGUMENT = r"(\((?:[^()]|\([^()]*\))*\)|[\w.']+)"
"""What matches a term that stands as an argument, in the text of a goal."""

_LEFT, _RIGHT, _NONE = 0, 1, 2
_BINARY: dict[str, tuple[int, int]] = {
    "↔": (20, _NONE),
    "→": (25, _RIGHT),
    "∨": (30, _RIGHT),
    "||": (30, _LEFT),
    "∧": (35, _RIGHT),
    "&&": (35, _LEFT),
    "×": (35, _RIGHT),
    **dict.fromkeys(RELATIONS, (50, _NONE)),
    "++": (65, _LEFT),
    "::": (67, _RIGHT),
    "∪": (65, _LEFT),
    "∩": (70, _LEFT),
    "\\": (70, _LEFT),
    "+": (65, _LEFT),
    "-": (65, _LEFT),
    "*": (70, _LEFT),
    "/": (70, _LEFT),
    "%": (70, _LEFT),
    "^": (75, _RIGHT),
    "∘": (90, _RIGHT),
}
_PREFIX: dict[str, int] = {"¬": 40, "-": 75, "!": 40}
_TIGHT_PREFIX = frozenset({"↑", "√"})
"""What stands before an atom and makes one of it."""
_SUFFIXES = frozenset({"⁻¹", "ᶜ"})
_BINDERS = {"∀": 0, "∃": 0, "∃!": 0, "fun": 0, "∑": 67, "∏": 67}
"""What binds names, and the precedence of its body."""
_BRACKETS = {"[": "]", "⟨": "⟩", "{": "}"}
_ROUNDING = {"⌊": "⌋", "⌈": "⌉"}
_BINDER_BRACKETS = {"(": ")", "{": "}", "[": "]"}
_KEYWORDS = frozenset(
    {"fun", "if", "then", "else", "match", "with", "let", "have", "by", "at", "in", "do", "show"}
)
_TOKEN = re.compile(
    r"\s+|(?P<number>\d+(?![\w.]))"
    r"|(?P<name>∅|[^\W\dᶜ](?:(?!ᶜ)[\w'!?])*(?:✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*)?(?:\.(?:[^\W\dᶜ](?:(?!ᶜ)[\w'!?])*|\d+))*)"
    r"|(?P<symbol>\[Z?MOD\b|⁻¹|ᶜ|∃!|:=|::|\+\+|==|!=|&&|\|\||=>|[^\s\w])"
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _UnreadableError(Exception):
    """The text is outside what this module reads."""


def read_term(text: str) -> Term:
    """Return the term that `text` shows; an `Opaque` one if it cannot be read."""
    text = " ".join(text.split())
    try:
        reader = _Reader(text)
        term = reader.term(0)
    except _UnreadableError:
        return Opaque(text)
    return term if reader.at_end() else Opaque(text)


def argument(term: Term) -> str:
    """Return the term's text as it can stand as an argument: in parentheses unless it is atomic."""
    atomic = isinstance(term, Name | Number) or (term.text[0] in "([⟨" and term.text[-1] in ")]⟩")
    return term.text if atomic else f"({term.text})"


def subterms(term: Term) -> Iterator[Term]:
    """Yield `term` and everything in it, outermost first, left to right; binders' bodies included."""
    yield term
    for child in children(term):
        yield from subterms(child)


def children(term: Term) -> tuple[Term, ...]:
    """Return the terms directly inside `term`."""
    match term:
        case Apply(_, function, arguments):
            return (function, *arguments)
        case Operation(_, _, operands):
            return operands
        case Binder(body=body):
            return (body,)
        case _:
            return ()


def names_in(term: Term) -> frozenset[str]:
    """Return the identifiers that occur in `term`, each without its projections (``x`` for ``x.den``)."""
    names = (each.text.split(".")[0] for each in subterms(term) if isinstance(each, Name))
    return frozenset(name for name in names if name)


def big_operator(term: Term) -> Binder | None:
    """Return a sum or a product as ``∑ x ∈ s, body`` or ``∏ x ∈ s, body``, however it is shown; None for others."""
    if isinstance(term, Binder) and term.kind in ("∑", "∏"):
        return term
    name, operands = function_call(term)
    kind = {"sum": "∑", "prod": "∏"}.get(name)
    if kind is None or len(operands) != 2:
        return None
    domain, function = operands
    if not isinstance(function, Binder) or function.kind != "fun":
        return None
    return Binder(term.text, kind, function.names, "∈", domain.text, explicit=True, body=function.body)


def is_operation(term: Term, *operators: str) -> TypeGuard[Operation]:
    """Say whether `term` is one of `operators` applied."""
    return isinstance(term, Operation) and term.operator in operators


def function_call(term: Term) -> tuple[str, tuple[Term, ...]]:
    """Return the last part of the applied function's name and its operands: ``gcd`` for all of
    ``Nat.gcd a b``, ``a.gcd b`` and ``(a + 1).gcd b``. The name is empty for anything else.
    """
    match term:
        case Apply(function=Name(text), arguments=arguments):
            owner, _, name = text.rpartition(".")
            is_value = owner != "" and not owner[0].isupper()
            return name, (Name(owner), *arguments) if is_value else arguments
        case Apply(function=Apply(function=Name(text), arguments=first), arguments=arguments) if (
            text[0] == "."
        ):
            return text[1:], (*first, *arguments)
        case _:
            return "", ()


class _Reader:
    """A precedence-climbing parser. Positions index the text, so that terms can quote it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[_Token] = []
        self._index = 0
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise _UnreadableError
            if match.lastgroup is not None:
                self._tokens.append(_Token(match.lastgroup, match[0], position, match.end()))
            position = match.end()

    def at_end(self) -> bool:
        return self._index == len(self._tokens)

    def term(self, minimum: int) -> Term:
        """Read a term of at least this precedence."""
        start = self._start()
        left = self._prefix()
        while (symbol := self._peek()) in _BINARY and _BINARY[symbol][0] >= minimum:
            precedence, association = _BINARY[symbol]
            self._index += 1
            right = self.term(precedence if association == _RIGHT else precedence + 1)
            operands = (left, right, self._modulus()) if symbol == "≡" else (left, right)
            left = Operation(self._since(start), symbol, operands)
        return left

    def _modulus(self) -> Term:
        if self._next().text not in ("[MOD", "[ZMOD"):
            raise _UnreadableError
        term = self.term(0)
        if self._next().text != "]":
            raise _UnreadableError
        return term

    def _prefix(self) -> Term:
        start, symbol = self._start(), self._peek()
        if symbol in _BINDERS:
            self._index += 1
            return self._binder(symbol, start)
        if symbol in _PREFIX:
            self._index += 1
            operand = self.term(_PREFIX[symbol])
            return Operation(self._since(start), symbol, (operand,))
        return self._application()

    def _application(self) -> Term:
        start = self._start()
        function = self._atom()
        arguments: list[Term] = []
        while self._starts_atom():
            arguments.append(self._atom())
        if self._peek() == "fun":
            arguments.append(self._prefix())
        return Apply(self._since(start), function, tuple(arguments)) if arguments else function

    def _starts_atom(self) -> bool:
        if self.at_end():
            return False
        token = self._tokens[self._index]
        if token.kind == "symbol":
            return token.text in {"(", *_TIGHT_PREFIX, *_BRACKETS, *_ROUNDING}
        return token.text not in _KEYWORDS

    def _atom(self) -> Term:
        start = self._start()
        token = self._next()
        if token.kind == "number":
            term: Term = Number(token.text, int(token.text))
        elif token.kind == "name" and token.text not in _KEYWORDS:
            term = Name(token.text)
        elif token.text in _TIGHT_PREFIX:
            operand = self._atom()
            term = Operation(self._since(start), token.text, (operand,))
        elif token.text == "(":
            term = self._read_parenthesised()
        elif token.text in _ROUNDING:
            operand = self.term(0)
            if self._next().text != _ROUNDING[token.text]:
                raise _UnreadableError
            self._index += self._peek() == "₊"
            term = Operation(self._since(start), token.text, (operand,))
        elif token.text in _BRACKETS:
            self._skip_past(token.text, _BRACKETS[token.text])
            term = Opaque(self._since(start))
        else:
            raise _UnreadableError
        return self._with_suffixes(start, term)

    def _with_suffixes(self, start: int, term: Term) -> Term:
        """Read what may touch an atom: ``⁻¹``, ``ᶜ``, an index, a projection; and the ``!`` of a factorial."""
        while self._touches():
            symbol = self._peek()
            if symbol in _SUFFIXES:
                self._index += 1
                term = Operation(self._since(start), symbol, (term,))
            elif symbol == "[":
                self._index += 1
                self._skip_past("[", "]")
                term = Opaque(self._since(start))
            elif symbol == ".":
                self._index += 1
                projection = self._next().text
                term = Apply(self._since(start), Name(f".{projection}"), (term,))
            else:
                break
        if not self.at_end() and self._peek() == "!":
            self._index += 1
            term = Apply(self._since(start), Name("Nat.factorial"), (term,))
        return term

    def _read_parenthesised(self) -> Term:
        term = self.term(0)
        if self._peek() == ":":
            self._skip_past("(", ")")
        elif self._next().text != ")":
            raise _UnreadableError
        return term

    def _binder(self, kind: str, start: int) -> Term:
        """Read what follows a binder's sign, or follows one of its bracketed groups."""
        opening = self._peek()
        bracketed = opening in _BINDER_BRACKETS
        self._index += bracketed
        names: list[str] = []
        while not self.at_end() and self._tokens[self._index].kind == "name":
            names.append(self._next().text)
        relation = domain = ""
        if self._peek() == ":" or self._peek() in RELATIONS:
            relation = self._next().text
            domain = self.term(0 if relation == ":" else _BINARY[relation][0] + 1).text
        if not names or (bracketed and self._next().text != _BINDER_BRACKETS[opening]):
            raise _UnreadableError
        if bracketed and self._peek() in _BINDER_BRACKETS:
            body = self._binder(kind, self._start())
        elif self._next().text == ("=>" if kind == "fun" else ","):
            body = self.term(_BINDERS[kind])
        else:
            raise _UnreadableError
        return Binder(
            text=self._since(start),
            kind=kind,
            names=tuple(names),
            relation=relation,
            domain=domain,
            explicit=opening not in ("{", "["),
            body=body,
            instance=opening == "[",
        )

    def _peek(self) -> str:
        return "" if self.at_end() else self._tokens[self._index].text

    def _next(self) -> _Token:
        if self.at_end():
            raise _UnreadableError
        self._index += 1
        return self._tokens[self._index - 1]

    def _start(self) -> int:
        return len(self._text) if self.at_end() else self._tokens[self._index].start

    def _since(self, start: int) -> str:
        return self._text[start : self._tokens[self._index - 1].end]

    def _touches(self) -> bool:
        """Say whether the next token follows the last one without a space."""
        return not self.at_end() and self._tokens[self._index].start == self._tokens[self._index - 1].end

    def _skip_past(self, opening: str, closing: str) -> None:
        """Skip to the end of a bracket whose opening has been read."""
        depth = 1
        while depth:
            text = self._next().text
            depth += (text == opening) - (text == closing)
