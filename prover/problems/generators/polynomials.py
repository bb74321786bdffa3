"""Polynomial identities and inequalities over ℕ and ℤ.

Identities are expansions of random products, inequalities come from squares over ℤ and from more of everything
over ℕ. Two different polynomials differ somewhere, since ℕ and ℤ are infinite; for a false inequality there is
a counterexample among small numbers.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from prover.problems.generators.draft import NUMBERS, Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.polynomial import Polynomial

MOST_TERMS = 24
"""Terms of an expansion; hundreds of them keep Lean from so much as reading the statement."""


def identities(rng: random.Random, level: int) -> Draft:
    """Draw a product, or a sum of products, and its expansion."""
    names = Names(rng)
    natural = rng.random() < 0.5
    count = min(3, 1 + level // 2)
    variables = names.some(NUMBERS, count)
    text, total = _product(rng, variables, level, natural)
    if level >= 3 and rng.random() < 0.5:
        other_text, other = _product(rng, variables, max(1, level - 2), natural)
        text, total = f"{text} + {other_text}", total + other
    expected = wants_true(rng)
    right = total if expected else _falsify(rng, total, natural)
    if right.is_constant or len(right.coefficients) > MOST_TERMS:
        raise DrawRejected
    sides = [text, right.text(variables, rng=rng)]
    if rng.random() < 0.25:
        sides.reverse()
    return Draft(
        binders=(binder(variables, names.nat if natural else names.int),),
        claim=" = ".join(sides),
        expected=expected,
    )


def _product(
    rng: random.Random, variables: Sequence[str], level: int, natural: bool
) -> tuple[str, Polynomial]:
    """Return a product of linear factors as text and expanded."""
    text: list[str] = []
    total = Polynomial.linear([0] * len(variables), 1)
    for _ in range(1 + (level >= 2) + (level >= 5)):
        factor = _linear(rng, len(variables), level, natural)
        power = rng.choice((1, 1, 2, 3 if level > 3 else 2))
        for _ in range(power):
            total = total * factor
        text.append(f"({factor.text(variables)})" + (f" ^ {power}" if power > 1 else ""))
    if level == 1 and len(text) == 1:
        multiple = rng.randint(2, 9)
        return f"{multiple} * {text[0]}", total.times(multiple)
    return " * ".join(text), total


def _linear(rng: random.Random, count: int, level: int, natural: bool) -> Polynomial:
    least = 0 if natural else -3
    factor = Polynomial.linear(
        [rng.choice((0, 1, 1, rng.randint(least, 1 + level))) for _ in range(count)],
        rng.randint(least, 2 + level),
    )
    if factor.is_constant or len(factor.coefficients) < 2:
        raise DrawRejected
    return factor


def _falsify(rng: random.Random, total: Polynomial, natural: bool) -> Polynomial:
    """Return a different polynomial, by a coefficient, without negative ones if `natural`."""
    exponents = rng.choice(sorted(total.coefficients))
    other = total + Polynomial.of([(exponents, rng.choice((-2, -1, 1, 2)))])
    if natural and any(each < 0 for each in other.coefficients.values()):
        raise DrawRejected
    return other


def inequalities(rng: random.Random, level: int) -> Draft:
    """Draw a polynomial inequality, with lower bounds of the variables as hypotheses at times."""
    return (_squares if rng.random() < 0.5 else _monotone)(rng, level)


def _squares(rng: random.Random, level: int) -> Draft:
    """Sums of squares, what is negative in them on the other side."""
    names = Names(rng)
    count = min(3, 1 + (level + 1) // 2)
    variables = names.some(NUMBERS, count)
    natural = rng.random() < 0.4
    total = Polynomial({})
    for _ in range(1 + (level >= 4)):
        root = Polynomial.linear(
            [rng.choice((0, rng.randint(-level, level))) for _ in variables],
            rng.choice((0, rng.randint(-level, level))),
        )
        if len(root.coefficients) < 2:
            raise DrawRejected
        total = total + root * root
    zero = (0,) * count
    expected = wants_true(rng)
    slack = rng.choice((0, 0, rng.randint(1, 5))) if expected else -rng.randint(1, 3)
    mixed = rng.choice([each for each in total.coefficients if any(each)])
    total = total + Polynomial.of([(zero if expected or rng.random() < 0.5 else mixed, slack)])
    values = range(0 if natural else -6, 7)
    if not expected and all(total(*point) >= 0 for point in itertools.product(values, repeat=count)):
        raise DrawRejected
    low = Polynomial.of((each, -value) for each, value in total.coefficients.items() if value < 0)
    high = Polynomial.of((each, value) for each, value in total.coefficients.items() if value > 0)
    if low.is_constant and high.is_constant:
        raise DrawRejected
    binders = (binder(variables, names.nat if natural else names.int),)
    if not natural and rng.random() < 0.3:
        return Draft(binders=binders, claim=f"0 ≤ {total.text(variables)}", expected=expected)
    return Draft(binders=binders, claim=f"{low.text(variables)} ≤ {high.text(variables)}", expected=expected)


def _monotone(rng: random.Random, level: int) -> Draft:
    """`small ≤ large` over ℕ, where `large` is `small` with each variable raised or something added."""
    names = Names(rng)
    count = min(3, 1 + (level + 1) // 2)
    variables = names.some([each for each in NUMBERS if len(each.split()) >= count], count)
    least = [rng.choice((0, 0, 1, 2)) for _ in variables]
    degree = min(3, 1 + (level + 1) // 2)
    exponents = [each for each in itertools.product(range(degree + 1), repeat=count) if sum(each) <= degree]
    small = Polynomial.of((each, rng.choice((0, 0, rng.randint(1, 3)))) for each in exponents)
    grown: list[tuple[tuple[int, ...], int]] = []
    for term, coefficient in small.coefficients.items():
        raised = tuple(
            power + (1 if power < 3 and least[i] >= 1 and rng.random() < 0.5 else 0)
            for i, power in enumerate(term)
        )
        grown.append((raised, coefficient))
    large = Polynomial.of(grown)
    if large.coefficients == small.coefficients:
        large = large + Polynomial.of([(rng.choice(exponents), rng.randint(1, 3))])
    expected = wants_true(rng)
    if not expected:
        small = small + Polynomial.of([(rng.choice(exponents), rng.randint(1, 2))])
        points = itertools.product(*(range(low, low + 6) for low in least))
        if all(small(*point) <= large(*point) for point in points):
            raise DrawRejected
    if small.is_constant:
        raise DrawRejected
    bounds = [
        rng.choice((f"{low} ≤ {name}", f"{low - 1} < {name}", f"{name} ≥ {low}"))
        for name, low in zip(variables, least, strict=True)
        if low
    ]
    return Draft(
        binders=(binder(variables, names.nat), *(names.hypothesis(each) for each in bounds)),
        claim=f"{small.text(variables)} ≤ {large.text(variables, rng=rng)}",
        expected=expected,
    )
