"""Predicate logic: monadic formulas, decided exactly, and schemata with relations.

A sentence with k one-place predicates holds in all models if it holds in those in which no two elements have
the same properties (Löwenheim 1915), of which there are 2^(2^k), the empty one included. The schemata are
laws of logic, or have a counter-model that is given beside them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.problems.generators.draft import Draft, DrawRejected, Names, binder, premises_of, wants_true

TRIES = 300
_PREDICATES = ("P Q", "p q", "A B", "S T", "F G")
_TYPES = ("α", "β", "X", "U", "D", "T")
_ELEMENTS = ("x y z", "a b c", "u v w")

# Laws in which R and S are two-place, P is one-place, and x, y and z are elements of α.
_LAWS = (
    "(∃ x, ∀ y, R x y) → ∀ y, ∃ x, R x y",
    "(∀ x y, R x y) ↔ ∀ y x, R x y",
    "(∃ x y, R x y) ↔ ∃ y x, R x y",
    "(¬∃ x, ∀ y, R x y) ↔ ∀ x, ∃ y, ¬R x y",
    "(¬∀ x, ∃ y, R x y) ↔ ∃ x, ∀ y, ¬R x y",
    "(∀ x y, R x y → R y x) → (∀ x y z, R x y → R y z → R x z) → ∀ x y, R x y → R x x",
    "(∀ x y z, R x y → R y z → R x z) → (∀ x, ¬R x x) → ∀ x y, R x y → ¬R y x",
    "(∀ x, R x x) → ∀ x, ∃ y, R x y ∧ R y x",
    "(∀ x, R x x) → (∀ x y z, R x y → R x z → R y z) → ∀ x y, R x y → R y x",
    "(∀ x y, R x y → S y x) → (∀ x y, S x y → R x y) → ∀ x y, R x y → R y x",
    "¬∃ x, ∀ y, R x y ↔ ¬R y y",
    "(∀ x, ∃ y, R x y) → (∀ x y, R x y → R y x) → (∀ x y z, R x y → R y z → R x z) → ∀ x, R x x",
    "(∃ x, P x ∧ ∀ y, P y → x = y) → ∀ y z, P y → P z → y = z",
    "(∀ x y, P x → P y → x = y) → (∃ x, P x ∧ ¬R x x) → ∀ x, P x → ¬R x x",
    "(∀ x y, R x y → P x ∧ P y) → (∃ x y, R x y) → ∃ x, P x",
    "(∀ x, P x → ∃ y, R x y ∧ P y) → ∀ x, P x → ∃ y z, R x y ∧ R y z",
    "(∀ x y, R x y → x = y) → ∀ x y, R x y → R y x",
    "(∀ x y, R x y → R y x → x = y) → (∀ x y, R x y → R y x) → ∀ x y, R x y → x = y",
    "(∀ x y, R x y ∨ R y x) → ∀ x, R x x",
    "(∃ x : α, ∀ y, x = y) → ∀ y z : α, y = z",
)
# Not laws: each fails for α := Bool or α := Empty with some choice of the relations.
_FALLACIES = (
    "(∀ y, ∃ x, R x y) → ∃ x, ∀ y, R x y",
    "(∀ x, ∃ y, R x y) → ∀ y, ∃ x, R x y",
    "(∀ x y, R x y → R y x) → ∀ x, R x x",
    "(∀ x y, R x y → R y x) → (∀ x y z, R x y → R y z → R x z) → ∀ x, R x x",
    "(∀ x, R x x) → ∀ x y, R x y → R y x",
    "(∀ x, R x x) → (∀ x y, R x y → R y x) → ∀ x y, R x y",
    "(∃ x, R x x) → ∀ x, ∃ y, R x y",
    "(∀ x y, R x y → S x y) → ∀ x y, S x y → R x y",
    "(∀ x, ∃ y, R x y) → ∃ x, R x x",
    "(∀ x y, P x → R x y) → ∃ x, P x",
    "(∃ x, P x) → (∃ x, ¬P x) → ∃ x y, R x y",
    "(∃ x y, R x y ∧ S x y) ↔ (∃ x y, R x y) ∧ ∃ x y, S x y",
    "(∀ x y, R x y ∨ S x y) → (∀ x y, R x y) ∨ ∀ x y, S x y",
    "(∀ x, P x → ∃ y, R x y) → ∃ y, ∀ x, P x → R x y",
    "(∃ x, P x) → ∀ y z : α, P y → P z → y = z",
    "(∀ x, P x → R x x) → ∀ x, R x x → P x",
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`symbol` is ∀, ∃, a connective, or a predicate; `name` the variable that is bound or spoken of."""

    symbol: str
    name: str = ""
    parts: tuple[_Sentence, ...] = ()

    def holds(self, model: Sequence[frozenset[str]], values: Mapping[str, frozenset[str]]) -> bool:
        """Return its value in a model, whose elements are the sets of the predicates that they have."""
        match self.symbol:
            case "∀":
                return all(self.parts[0].holds(model, {**values, self.name: each}) for each in model)
            case "∃":
                return any(self.parts[0].holds(model, {**values, self.name: each}) for each in model)
            case "¬":
                return not self.parts[0].holds(model, values)
            case "∧":
                return all(each.holds(model, values) for each in self.parts)
            case "∨":
                return any(each.holds(model, values) for each in self.parts)
            case "→":
                return not self.parts[0].holds(model, values) or self.parts[1].holds(model, values)
            case "↔":
                return self.parts[0].holds(model, values) == self.parts[1].holds(model, values)
        return self.symbol in values[self.name]

    def predicated_variables(self) -> set[str]:
        """Return the variables that predicates are said of."""
        return {self.name}.union(*(each.predicated_variables() for each in self.parts))

    def text(self) -> str:
        """Write it in Lean, in brackets wherever it is a part of something that is not a quantifier."""
        if not self.parts:
            return f"{self.symbol} {self.name}"
        if self.symbol in "∀∃":
            return f"{self.symbol} {self.name}, {self.parts[0].text()}"
        if self.symbol == "¬":
            return f"¬{self.parts[0]._inside()}"
        return f" {self.symbol} ".join(each._inside() for each in self.parts)

    def _inside(self) -> str:
        simple = not self.parts or (self.symbol == "¬" and not self.parts[0].parts)
        return self.text() if simple else f"({self.text()})"


def predicate(rng: random.Random, level: int) -> Draft:
    """Draw a monadic sentence, or at level 2 and above, at times a schema about relations."""
    return _relational(rng, level) if level >= 2 and rng.random() < 0.4 else _monadic(rng, level)


def _monadic(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    predicates = names.some(_PREDICATES, 1 if level == 1 else 2)
    elements = names.some(_ELEMENTS, 3)
    of = rng.choice([each for each in _TYPES if each not in predicates])
    kinds = [
        frozenset(each for each, has in zip(predicates, chosen, strict=True) if has)
        for chosen in itertools.product([False, True], repeat=len(predicates))
    ]
    inhabited = rng.random() < 0.5
    models = [
        model
        for size in range(1 if inhabited else 0, len(kinds) + 1)
        for model in itertools.combinations(kinds, size)
    ]
    expected = wants_true(rng)
    for _ in range(TRIES):
        hypotheses = [
            _make_quantified(rng, predicates, elements, 1 + level // 2)
            for _ in range(rng.randint(0, (level + 1) // 2))
        ]
        claim = _make_closed(rng, predicates, elements, level)
        left = [model for model in models if all(each.holds(model, {}) for each in hypotheses)]
        if not left or claim in hypotheses:
            continue
        trivial = bool(hypotheses) and all(claim.holds(model, {}) for model in models)
        if all(claim.holds(model, {}) for model in left) == expected and not trivial:
            instance = [f"[Inhabited {of}]"] if inhabited else []
            return Draft(
                binders=(
                    f"({of} : Type)",
                    *instance,
                    binder(predicates, f"{of} → Prop"),
                    *(names.hypothesis(each.text()) for each in hypotheses),
                ),
                claim=claim.text(),
                expected=expected,
            )
    raise DrawRejected


def _make_closed(
    rng: random.Random, predicates: Sequence[str], elements: Sequence[str], size: int
) -> _Sentence:
    if size <= 1 or rng.random() < 0.3:
        return _make_quantified(rng, predicates, elements, size)
    if rng.random() < 0.2:
        return _Sentence("¬", "", (_make_closed(rng, predicates, elements, size - 1),))
    parts = (
        _make_closed(rng, predicates, elements, size // 2),
        _make_closed(rng, predicates, elements, size - size // 2),
    )
    return _Sentence(rng.choice("→→∧∨↔"), "", parts) if parts[0] != parts[1] else parts[0]


def _make_quantified(
    rng: random.Random, predicates: Sequence[str], elements: Sequence[str], size: int
) -> _Sentence:
    depth = 2 if size >= 3 and rng.random() < 0.5 else 1
    bound = list(elements[:depth])
    body = _make_open(rng, predicates, bound, min(3, size))
    for name in reversed([each for each in bound if each in body.predicated_variables()]):
        body = _Sentence(rng.choice("∀∃"), name, (body,))
    return body


def _make_open(rng: random.Random, predicates: Sequence[str], bound: Sequence[str], size: int) -> _Sentence:
    if size <= 0 or (size == 1 and rng.random() < 0.3):
        return _Sentence(rng.choice(predicates), rng.choice(bound))
    if rng.random() < 0.2:
        return _Sentence("¬", "", (_make_open(rng, predicates, bound, size - 1),))
    parts = (_make_open(rng, predicates, bound, 0), _make_open(rng, predicates, bound, size - 1))
    return _Sentence(rng.choice("→∧∨"), "", parts) if parts[0] != parts[1] else parts[0]


def _relational(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    expected = wants_true(rng)
    laws = sorted(_LAWS if expected else _FALLACIES, key=len)
    reach = max(3, len(laws) * (level - 1) // 4)
    claim = rng.choice(laws[:reach])
    letters = dict(zip("xyz", names.some(_ELEMENTS, 3), strict=True))
    relations = dict(
        zip("RSP", rng.choice(["R S P", "r s p", "E F Q", "L M A", "S R P", "K J B"]).split(), strict=True)
    )
    of = rng.choice("αβXUD")
    for_letter = {**letters, **relations, "α": of}
    used = [each for each in "RSP" if each in claim]
    *hypotheses, claim = premises_of(claim) if rng.random() < 0.7 and "↔" not in claim else [claim]

    def rename(text: str) -> str:
        return "".join(for_letter.get(each, each) for each in text)

    return Draft(
        binders=(
            f"({of} : Type)",
            *(f"({relations[each]} : {of} → {'' if each == 'P' else f'{of} → '}Prop)" for each in used),
            *(names.hypothesis(rename(each)) for each in hypotheses),
        ),
        claim=rename(claim),
        expected=expected,
    )
