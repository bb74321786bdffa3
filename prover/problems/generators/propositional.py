"""Propositional logic: random formulas under random hypotheses, decided by truth table."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.problems.generators.draft import PROPOSITIONS, Draft, DrawRejected, Names, binder, wants_true

TRIES = 300
_PRECEDENCE = {"¬": 40, "∧": 35, "∨": 30, "→": 25, "↔": 20}


@dataclass(frozen=True, slots=True)
class Formula:
    """A letter, or a connective with its formulas."""

    symbol: str
    parts: tuple[Formula, ...] = ()

    def holds(self, values: Mapping[str, bool]) -> bool:
        """Return its truth value where the letters have these."""
        if not self.parts:
            return values[self.symbol]
        parts = [each.holds(values) for each in self.parts]
        return {
            "¬": lambda: not parts[0],
            "∧": lambda: all(parts),
            "∨": lambda: any(parts),
            "→": lambda: not parts[0] or parts[1],
            "↔": lambda: parts[0] == parts[1],
        }[self.symbol]()

    def text(self) -> str:
        """Write it with the brackets that it needs."""
        if not self.parts:
            return self.symbol
        own = _PRECEDENCE[self.symbol]
        if self.symbol == "¬":
            return "¬" + self.parts[0]._inside(own - 1)
        left, right = self.parts
        return f"{left._inside(own)} {self.symbol} {right._inside(own if self.symbol == '↔' else own - 1)}"

    def _inside(self, precedence: int) -> str:
        binds = not self.parts or _PRECEDENCE[self.symbol] > precedence
        return self.text() if binds else f"({self.text()})"


def random_formula(rng: random.Random, letters: Sequence[str], size: int) -> Formula:
    """Return a formula with `size` connectives."""
    if size <= 0:
        return Formula(rng.choice(letters))
    symbol = rng.choice("¬∧∧∨∨→→→↔")
    if symbol == "¬":
        return Formula("¬", (random_formula(rng, letters, size - 1),))
    left = rng.randint(0, size - 1)
    parts = (random_formula(rng, letters, left), random_formula(rng, letters, size - 1 - left))
    return Formula(symbol, parts)


def propositional(rng: random.Random, level: int) -> Draft:
    """Draw hypotheses and a claim; a true one is not true without its hypotheses, where it has any."""
    names = Names(rng)
    letters = names.some(PROPOSITIONS, min(5, level // 2 + 2))
    expected = wants_true(rng)
    rows = [
        dict(zip(letters, values, strict=True))
        for values in itertools.product([False, True], repeat=len(letters))
    ]
    for _ in range(TRIES):
        hypotheses = [
            random_formula(rng, letters, rng.randint(1, 1 + level // 2)) for _ in range(rng.randint(0, level))
        ]
        claim = random_formula(rng, letters, rng.randint(1, 2 + level))
        left = [row for row in rows if all(each.holds(row) for each in hypotheses)]
        if not left or claim in hypotheses or _uses_too_little(claim):
            continue
        trivial = bool(hypotheses) and all(claim.holds(row) for row in rows)
        if all(claim.holds(row) for row in left) == expected and not trivial:
            used = sorted(set("".join(each.text() for each in [*hypotheses, claim])) & set(letters))
            return Draft(
                binders=(binder(used, "Prop"), *(names.hypothesis(each.text()) for each in hypotheses)),
                claim=claim.text(),
                expected=expected,
            )
    raise DrawRejected


def _uses_too_little(formula: Formula) -> bool:
    """Whether somewhere in it a formula is joined with itself."""
    return any(_uses_too_little(each) for each in formula.parts) or (
        len(formula.parts) == 2 and formula.parts[0] == formula.parts[1]
    )
