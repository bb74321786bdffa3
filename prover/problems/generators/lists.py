"""Lists: equations made by rewriting a term with laws of lists, and concrete computations.

A true equation holds by construction: its right side comes from its left side by laws. A false one has its
right side changed, and differs on some short lists, which are tried.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prover.problems.generators.draft import (
    FUNCTIONS,
    LISTS,
    Draft,
    DrawRejected,
    Names,
    binder,
    premises_of,
    wants_true,
)

_MAPS: Mapping[str, Callable[[int], int]] = {"f": lambda each: each + 1, "g": lambda each: 3 * each}
_TESTS: Mapping[str, Callable[[int], bool]] = {"p": lambda each: each % 2 == 0}
_SAMPLES = ((), (1,), (2, 1), (4, 7, 2))


@dataclass(frozen=True, slots=True)
class _Term:
    """A list, or where `symbol` is "length" or "+" a number. `argument` is a function, a test or a number."""

    symbol: str
    parts: tuple[_Term, ...] = ()
    argument: str = ""

    def value(self, lists: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
        """Return the list that this is where the variables are these; of a number, the list of it alone."""
        parts = [each.value(lists) for each in self.parts]
        match self.symbol:
            case "++":
                return parts[0] + parts[1]
            case "+":
                return (parts[0][0] + parts[1][0],)
            case "length":
                return (len(parts[0]),)
            case "reverse":
                return parts[0][::-1]
            case "map":
                return tuple(_MAPS[self.argument](each) for each in parts[0])
            case "filter":
                return tuple(each for each in parts[0] if _TESTS[self.argument](each))
            case "take":
                return parts[0][: int(self.argument)]
            case "drop":
                return parts[0][int(self.argument) :]
            case "[]":
                return ()
        return tuple(lists[self.symbol])

    def text(self, names: Mapping[str, str]) -> str:
        if self.symbol in ("++", "+"):
            left, right = self.parts
            shown = right._inside(names) if right.symbol == self.symbol else right.text(names)
            return f"{left.text(names)} {self.symbol} {shown}"
        if not self.parts:
            return names.get(self.symbol, self.symbol)
        inner = self.parts[0]._inside(names)
        argument = f" {names.get(self.argument, self.argument)}" if self.argument else ""
        return f"{inner}.{self.symbol}{argument}"

    def _inside(self, names: Mapping[str, str]) -> str:
        dotted = not self.parts or self.symbol in ("reverse", "length")
        return self.text(names) if dotted else f"({self.text(names)})"


def _rewrite(term: _Term) -> Iterator[_Term]:
    """Yield the term rewritten by one law, at any place."""
    for index, part in enumerate(term.parts):
        for new in _rewrite(part):
            yield replace(term, parts=(*term.parts[:index], new, *term.parts[index + 1 :]))
    match term:
        case _Term("reverse", (_Term("reverse", (inner,)),)):
            yield inner
        case _Term("++", (_Term("++", (a, b)), c)):
            yield _Term("++", (a, _Term("++", (b, c))))
        case _Term("++", (a, _Term("++", (b, c)))):
            yield _Term("++", (_Term("++", (a, b)), c))
        case _Term("+", (a, b)):
            yield _Term("+", (b, a))
    match term:
        case _Term("reverse", (_Term("++", (a, b)),)):
            yield _Term("++", (_Term("reverse", (b,)), _Term("reverse", (a,))))
        case _Term("++", (_Term("reverse", (b,)), _Term("reverse", (a,)))):
            yield _Term("reverse", (_Term("++", (a, b)),))
        case _Term("length", (_Term("++", (a, b)),)):
            yield _Term("+", (_Term("length", (a,)), _Term("length", (b,))))
        case _Term("length", (_Term("reverse" | "map", (a,)),)):
            yield _Term("length", (a,))
        case _Term("map" | "filter" as name, (_Term("++", (a, b)),), argument):
            yield _Term("++", (_Term(name, (a,), argument), _Term(name, (b,), argument)))
        case _Term("map" | "filter" as name, (_Term("reverse", (a,)),), argument):
            yield _Term("reverse", (_Term(name, (a,), argument),))
        case _Term("reverse", (_Term("map" | "filter" as name, (a,), argument),)):
            yield _Term(name, (_Term("reverse", (a,)),), argument)
        case _Term("take" | "drop" as name, (_Term("map", (a,), argument),), count):
            yield _Term("map", (_Term(name, (a,), count),), argument)
        case _Term("++", (_Term("take", (a,), count), _Term("drop", (b,), other))) if (
            a == b and count == other
        ):
            yield a
        case _Term("filter", (_Term("filter", (a,), test),), other) if test == other:
            yield _Term("filter", (a,), test)


def lists(rng: random.Random, level: int) -> Draft:
    """Draw an equation between lists or lengths, a fact about membership, or a computation."""
    style = rng.random()
    if style < 0.15:
        return _draft_computed(rng, level)
    return _membership(rng, level) if style < 0.35 else _equation(rng, level)


def _equation(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    variables = ["xs", "ys", "zs"][: min(3, 1 + (level + 1) // 2)]
    left = _random_term(rng, variables, 1 + level)
    if rng.random() < 0.4:
        left = _Term("length", (left,))
    right = left
    for _ in range(rng.randint(1, 1 + level)):
        right = rng.choice(list(_rewrite(right)) or [right])
    expected = wants_true(rng)
    if not expected:
        right = _change(rng, right, variables)
    samples = [
        dict(zip(variables, each, strict=True)) for each in itertools.product(_SAMPLES, repeat=len(variables))
    ]
    if left == right or expected != all(left.value(each) == right.value(each) for each in samples):
        raise DrawRejected
    f, g = names.some(FUNCTIONS[:1] + FUNCTIONS[3:4], 2)
    test = rng.choice(("p", "q", "test"))
    shown = {**dict(zip(("xs", "ys", "zs"), names.some(LISTS, 3), strict=True)), "f": f, "g": g, "p": test}
    symbols = _symbols(left) | _symbols(right)
    used = [shown[each] for each in variables if each in symbols]
    of = rng.choice((names.nat, "α", "α", names.int))
    arguments = (
        [binder([shown[each] for each in "fg" if each in symbols], f"{of} → {of}")]
        if symbols & {"f", "g"}
        else []
    )
    arguments += [binder([test], f"{of} → Bool")] if "p" in symbols else []
    if not used:
        raise DrawRejected
    return Draft(
        binders=(*(["(α : Type)"] if of == "α" else []), *arguments, binder(used, f"List {of}")),
        claim=f"{left.text(shown)} = {right.text(shown)}",
        expected=expected,
    )


def _random_term(rng: random.Random, variables: Sequence[str], size: int) -> _Term:
    if size <= 0:
        return _Term(rng.choice(variables))
    symbol = rng.choice(("++", "++", "reverse", "map", "filter", "take" if size > 3 else "reverse", "split"))
    if symbol == "split":
        inner, count = _random_term(rng, variables, size - 2), str(rng.randint(1, 3))
        return _Term("++", (_Term("take", (inner,), count), _Term("drop", (inner,), count)))
    if symbol == "++":
        left = rng.randint(0, size - 1)
        return _Term(
            "++", (_random_term(rng, variables, left), _random_term(rng, variables, size - 1 - left))
        )
    argument = {"map": rng.choice("fg"), "filter": "p", "take": str(rng.randint(1, 3))}.get(symbol, "")
    return _Term(symbol, (_random_term(rng, variables, size - 1),), argument)


def _change(rng: random.Random, term: _Term, variables: Sequence[str]) -> _Term:
    """Return a term of the same kind that probably means something else."""
    if term.symbol == "length" and rng.random() < 0.5:
        return _Term("+", (term, _Term("length", (_Term(rng.choice(variables)),))))
    if not term.parts:
        return _Term("reverse", (term,)) if rng.random() < 0.6 else _Term(rng.choice(variables))
    if term.symbol == "++" and rng.random() < 0.5:
        return _Term("++", term.parts[::-1])
    if term.symbol in ("reverse", "map", "filter", "take", "drop") and rng.random() < 0.4:
        return term.parts[0]
    index = rng.randrange(len(term.parts))
    new = _change(rng, term.parts[index], variables)
    return replace(term, parts=(*term.parts[:index], new, *term.parts[index + 1 :]))


def _symbols(term: _Term) -> set[str]:
    return {term.symbol, term.argument}.union(*map(_symbols, term.parts))


# Facts about membership in lists l and k of elements of type α: the least level, the fact, whether it holds.
_FACTS: Sequence[tuple[int, str, bool]] = (
    (1, "a ∈ l → a ∈ l ++ k", True),
    (1, "a ∈ k → a ∈ l ++ k", True),
    (1, "a ∈ l ++ k → a ∈ l", False),
    (1, "a ∈ a :: l", True),
    (1, "a ∈ l ++ k → a ∈ k ++ l", True),
    (1, "a ∈ l → a ∈ l.reverse", True),
    (1, "a ∈ l → l = [a]", False),
    (2, "a ∈ l ++ k ↔ a ∈ l ∨ a ∈ k", True),
    (2, "a ∈ l ++ k ↔ a ∈ l ∧ a ∈ k", False),
    (2, "a ∈ l → l ≠ []", True),
    (2, "a ∉ l ++ k → a ∉ k", True),
    (2, "a ∈ b :: l → a ≠ b → a ∈ l", True),
    (2, "a ∈ b :: l → a ∈ l", False),
    (2, "l ++ k = [] → l = []", True),
    (2, "l ++ k = l → k = []", True),
    (2, "l ++ k = k ++ l", False),
    (3, "l ++ [a] ≠ []", True),
    (3, "a :: l = b :: k → a = b ∧ l = k", True),
    (3, "l ++ [a] = k ++ [b] → a = b", True),
    (3, "l ++ [a] = k ++ [b] → l.length = k.length", True),
    (3, "l.length = k.length → l = k", False),
    (3, "l.reverse = k.reverse → l = k", True),
    (3, "l.reverse = l → l.length = 0", False),
    (3, "0 < l.length → ∃ a, a ∈ l", True),
    (3, "a ∈ l → 0 < l.length", True),
    (4, "a ∈ l → ∃ s t, l = s ++ a :: t", True),
    (4, "a ∈ l → ∃ s, l = s ++ [a]", False),
    (4, "l ++ k = l ++ m → k = m", True),
    (4, "k ++ l = m ++ l → k = m", True),
    (4, "l ++ k = m ++ k → m.length = l.length", True),
    (4, "(∀ a, a ∈ l → a ∈ k) → (∀ a, a ∈ k → a ∈ m) → ∀ a, a ∈ l → a ∈ m", True),
    (4, "(∀ a, a ∈ l → a ∈ k) → l.length ≤ k.length", False),
    (5, "(∀ a, a ∉ l) → l = []", True),
    (5, "(l ++ k).length = l.length → l ++ k = l", True),
    (5, "l ++ k = m ++ n → l.length = m.length → l = m ∧ k = n", True),
    (5, "l ++ k = m ++ n → l = m ∧ k = n", False),
    (5, "l ≠ [] → ∃ a s, a :: s = l.reverse", True),
    (5, "l.length = 2 → ∃ a b, l = [a, b]", True),
    (5, "l.length = 2 → ∃ a, l = [a, a]", False),
)


def _membership(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    expected = wants_true(rng)
    _, fact, _ = rng.choice(
        [each for each in _FACTS if level - 1 <= each[0] <= level and each[2] == expected]
    )
    of = rng.choice(("α", "β", names.nat, names.int))
    elements = rng.choice(("a b", "x y", "u v")).split()
    lists_ = rng.choice(("l k m n", "l₁ l₂ l₃ l₄", "as bs cs ds", "p q r w")).split()
    renamed = {**dict(zip("ab", elements, strict=True)), **dict(zip("lkmn", lists_, strict=True))}
    renamed |= dict(zip("st", rng.choice(("s t", "front back", "c d")).split(), strict=True))
    words = _words(fact)
    free = [each for each in "ab" if each in words and f"∀ {each}," not in fact and "∃ a" not in fact]
    *premises, claim = premises_of(fact) if rng.random() < 0.7 else [fact]

    def rename(text: str) -> str:
        return "".join(renamed.get(each, each) for each in _words(text))

    return Draft(
        binders=(
            *([f"({of} : Type)"] if of in ("α", "β") else []),
            *([binder([renamed[each] for each in free], of)] if free else []),
            binder([renamed[each] for each in "lkmn" if each in words], f"List {of}"),
            *(names.hypothesis(rename(each)) for each in premises),
        ),
        claim=rename(claim),
        expected=expected,
    )


def _words(text: str) -> list[str]:
    """Cut the text into words and what is between them."""
    return ["".join(group) for _, group in itertools.groupby(text, key=str.isalnum)]


def _draft_computed(rng: random.Random, level: int) -> Draft:
    values = [rng.randint(0, 9) for _ in range(rng.randint(2, 2 + level))]
    others = [rng.randint(0, 9) for _ in range(rng.randint(1, 1 + level))]
    bound = rng.randint(2, 7)
    text, value = rng.choice((
        (f"({values} ++ {others}).reverse", [*values, *others][::-1]),
        (f"{values}.map (fun x => 2 * x + {bound})", [2 * each + bound for each in values]),
        (f"{values}.filter (fun x => x < {bound})", [each for each in values if each < bound]),
        (f"({values} ++ {others}).length", len(values) + len(others)),
        (f"{values}.foldl (fun x y => x + y) {bound}", sum(values) + bound),
        (f"{values}.foldr (fun x y => x + {bound} * y) 0", _fold(values, bound)),
        (f"({values} ++ {others}).take {bound}", [*values, *others][:bound]),
        (f"{values}.sum", sum(values)),
    ))  # fmt: skip
    expected = wants_true(rng)
    if not expected and isinstance(value, list):
        value = value[::-1] if value != value[::-1] and rng.random() < 0.5 else [*value, bound]
    elif not expected and isinstance(value, int):
        value += rng.randint(1, 3)
    return Draft(binders=(), claim=f"{text} = {value}", expected=expected)


def _fold(values: Sequence[int], factor: int) -> int:
    total = 0
    for each in reversed(values):
        total = each + factor * total
    return total
