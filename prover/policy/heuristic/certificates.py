"""Why a polynomial is not negative: a combination of known facts and of squares, found by linear programming.

A claim `c ≥ 0` holds where `(y₁ s₁ + y₂ s₂ + ...) c = x₁ q₁ + x₂ q₂ + ... + x₀` as polynomials, with numbers
`x, y ≥ 0`, with positive `s` and with `q ≥ 0`: products of hypotheses, squares, and products of both. This is a
Positivstellensatz certificate (Parrilo, Semidefinite programming relaxations for semialgebraic problems, 2003) whose
squares are taken from a list, of binomials mostly, so that a linear program finds it (Ahmadi and Majumdar, DSOS and
SDSOS optimization, 2019). Where the claim is an equality at some point, only squares that vanish there can occur: the
list is made for it.

Nothing here is trusted: it chooses the facts that a tactic is given, and Lean checks what follows from them.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.polynomials import (
    ONE,
    Monomial,
    NotPolynomialError,
    Polynomial,
    add,
    atoms,
    is_root_of_number,
    monomial_value,
    multiply,
    polynomial_value,
    scale,
    show,
    times,
)

MAX_FORMS = 24
FEW_FORMS = 12
MAX_FACTS = 1000
FEW_VARIABLES = 4
MAX_USED = 14
MAX_DEGREE_FOR_PRODUCTS = 2
MAX_DENOMINATOR = 12
STARTS = (1.0, 0.5, 2.0)
FEW_STARTS = 6
MANY_POINTS = 4
MORE_STARTS = 24
MAX_COORDINATE = 1e6
ZERO = 1e-7
NEAR_ZERO = 1e-4
LEAST_SLACK = 1e-3
TIME_LIMIT_S = 2.0

Point = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fact:
    """A polynomial that is not negative, or is 0 (`equation`) or positive (`strict`), and a Lean term that says so."""

    polynomial: Polynomial
    proof: str
    strict: bool = False
    equation: bool = False
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts that are needed, and the positive factors of the claim; the factor 1 has an empty proof."""

    facts: tuple[Fact, ...]
    factors: tuple[Fact, ...]


def degree(polynomial: Polynomial) -> int:
    """Return the highest total degree of a monomial; roots of numbers are numbers."""
    return max((_degree(each) for each in polynomial), default=0)


def _degree(monomial: Monomial) -> int:
    return sum(exponent for name, exponent in monomial if not is_root_of_number(name))


def certify(claim: Polynomial, known: Sequence[Fact], *, strict: bool) -> Certificate | None:
    """Return why `claim` is not negative, with `strict` positive, given what is `known`; None if nothing is found.

    That 0 is positive means that what is known is contradictory.
    """
    variables = set[str]().union(*(atoms(each) for each in (claim, *(fact.polynomial for fact in known))))
    names = sorted(each for each in variables if not is_root_of_number(each))
    if not names or not (claim or strict):
        return None
    points = _equality_points(claim, known, sorted(variables)) if claim else []
    roots = sorted(variables - set(names))
    try:
        for factors, more in _attempts(claim, known, len(names)):
            highest = degree(claim) + max(degree(each.polynomial) for each in factors)
            highest = max(highest, *(degree(fact.polynomial) for fact in known), 2) + more
            facts = itertools.islice(_facts(claim, known, _Atoms(names, roots), points, highest), MAX_FACTS)
            if (found := _solve(claim, list(facts), factors, strict=strict)) is not None:
                return found
    except NotPolynomialError:
        return None
    return None


def _attempts(claim: Polynomial, known: Sequence[Fact], variables: int) -> Iterator[tuple[list[Fact], int]]:
    """Yield factors, and how far the degree may exceed the highest in sight: by 2 for few variables and equations."""
    yield from ((factors, 0) for factors in itertools.islice(_factors(claim, known), None if claim else 1))
    quadratic = max(degree(each) for each in (claim, *(fact.polynomial for fact in known))) <= 2
    if claim and variables <= FEW_VARIABLES and quadratic and any(fact.equation for fact in known):
        yield next(_factors(claim, known)), 2


def _factors(claim: Polynomial, known: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Yield what the claim may be multiplied with: 1, then positive facts, then their products or a square as well."""
    factors = [Fact({ONE: Fraction(1)}, "", strict=True)]
    yield factors
    positive = [fact for fact in known if fact.strict and degree(fact.polynomial) <= 1]
    if positive:
        factors = [*factors, *positive]
        yield factors
    if degree(claim) <= MAX_DEGREE_FOR_PRODUCTS and len(positive) > 1:
        pairs = itertools.combinations_with_replacement(positive, 2)
        yield [*factors, *(_product(one, other) for one, other in pairs)]
    names = sorted(atoms(claim))
    if degree(claim) == 1 and len(names) == 1:
        yield [*factors, _square({((names[0], 1),): Fraction(1)}, 1.0)]


@dataclass(frozen=True, slots=True)
class _Atoms:
    """The variables, and the roots of numbers, which count as numbers."""

    names: Sequence[str]
    roots: Sequence[str]


def _facts(
    claim: Polynomial, known: Sequence[Fact], atoms: _Atoms, points: Sequence[Point], highest: int
) -> Iterator[Fact]:
    """Yield what the combination may be of: facts, their products, squares, and facts times squares."""
    signs = [fact for fact in known if not fact.equation]
    products = [*signs, *_products(signs, highest)]
    yield from products
    for fact in known:
        if fact.equation:
            yield from _multiples(fact, atoms, highest)
    forms = list(itertools.islice(_forms(claim, atoms, points, highest // 2), MAX_FORMS))
    for squares in (_squares(forms), _squares_of_pairs(forms)):
        several = [each for each in squares if degree(each.polynomial) <= highest]
        yield from several
        for fact, square in itertools.product(products, several):
            if degree(fact.polynomial) + degree(square.polynomial) <= highest:
                yield _product(fact, square)


def _product(one: Fact, other: Fact) -> Fact:
    strict = one.strict and other.strict
    rule = "mul_pos" if strict else "mul_nonneg"
    proofs = (
        each.proof if strict or not each.strict else f"(Std.le_of_lt {each.proof})" for each in (one, other)
    )
    return Fact(
        multiply(one.polynomial, other.polynomial),
        f"({rule} {' '.join(proofs)})",
        strict=strict,
        cost=one.cost + other.cost,
    )


def _products(signs: Sequence[Fact], highest: int) -> Iterator[Fact]:
    """Yield the products of two and of three facts."""
    pairs = [(one, other) for one, other in itertools.combinations_with_replacement(signs, 2)]
    doubles = []
    for one, other in pairs:
        if degree(one.polynomial) + degree(other.polynomial) <= highest:
            doubles.append(_product(one, other))
    yield from doubles
    for double, one in itertools.product(doubles, signs):
        if degree(double.polynomial) + degree(one.polynomial) <= highest:
            yield _product(double, one)


def _multiples(fact: Fact, atoms: _Atoms, highest: int) -> Iterator[Fact]:
    """Yield the equation times monomials."""
    for monomial in _monomials(atoms, highest - degree(fact.polynomial)):
        factor = {monomial: Fraction(1)}
        proof = fact.proof if monomial == ONE else f"(congrArg (fun t => {show(factor)} * t) {fact.proof})"
        yield Fact(multiply(factor, fact.polynomial), proof, equation=True, cost=1 + 0.5 * degree(factor))


def _squares(forms: Sequence[Polynomial]) -> Iterator[Fact]:
    return (_square(form, 1.0) for form in forms)


def _squares_of_pairs(forms: Sequence[Polynomial]) -> Iterator[Fact]:
    """Yield the squares of sums and differences of two forms; of their multiples where there are few."""
    factors = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2)) if len(forms) <= FEW_FORMS else (1, -1)
    for factor in factors:
        for one, other in itertools.combinations(forms, 2):
            if both := add(one, scale(other, Fraction(factor))):
                yield _square(both, 2.0 + abs(abs(float(factor)) - 1))


def _square(form: Polynomial, cost: float) -> Fact:
    form = scale(form, Fraction(math.lcm(*(each.denominator for each in form.values()))))
    text = f"({show(form)} : ℝ)" if any("↑" in atom for atom in atoms(form)) else f"({show(form)})"
    return Fact(multiply(form, form), f"(sq_nonneg {text})", cost=cost + 0.3 * degree(form))


def _forms(
    claim: Polynomial, atoms: _Atoms, points: Sequence[Point], highest: int
) -> Iterator[dict[Monomial, Fraction]]:
    """Yield monomials and binomials, of a low degree first, those alone that are 0 at the points."""
    seen = set()
    homogeneous = len({_degree(each) for each in claim}) == 1
    monomials = [each for each in _monomials(atoms, highest) if each != ONE or not homogeneous]
    candidates: list[dict[Monomial, Fraction]] = [{each: Fraction(1)} for each in monomials]
    for one, other in itertools.combinations(monomials, 2):
        if homogeneous and _degree(one) != _degree(other):
            continue
        ratios = {Fraction(1), Fraction(-1)}
        if points:
            ratios = {
                _rational(monomial_value(one, at) / value)
                for at in points[:1]
                if (value := monomial_value(other, at))
            }
        candidates += [{one: Fraction(1), other: -ratio} for ratio in sorted(ratios) if ratio]
    if len(points) > 1:
        for layer in sorted({_degree(each) for each in monomials}) if homogeneous else [highest]:
            candidates += _vanishing_polynomials(
                [each for each in monomials if not homogeneous or _degree(each) == layer], points
            )
    for form in sorted(candidates, key=lambda each: (degree(each), len(each))):
        key = frozenset(form.items())
        if key not in seen and all(abs(polynomial_value(form, point)) < NEAR_ZERO for point in points):
            seen.add(key)
            yield form


def _vanishing_polynomials(
    monomials: Sequence[Monomial], points: Sequence[Point]
) -> Iterator[dict[Monomial, Fraction]]:
    """Yield a basis of the polynomials of these monomials that are 0 at the points, as far as it is rational."""
    import numpy as np
    from scipy.linalg import null_space

    values = np.array([[monomial_value(each, point) for each in monomials] for point in points])
    rows = null_space(values, rcond=NEAR_ZERO).T
    place = 0
    for row in range(len(rows)):
        while place < len(monomials) and abs(rows[row:, place]).max() < NEAR_ZERO:
            place += 1
        if place == len(monomials):
            break
        best = row + int(abs(rows[row:, place]).argmax())
        rows[[row, best]] = rows[[best, row]]
        rows[row] /= rows[row, place]
        others = [each for each in range(len(rows)) if each != row]
        rows[others] -= np.outer(rows[others, place], rows[row])
        place += 1
    for row in rows:
        yield {each: ratio for each, value in zip(monomials, row, strict=True) if (ratio := _rational(value))}


def _rational(value: float) -> Fraction:
    return Fraction(float(value)).limit_denominator(MAX_DENOMINATOR)


def _monomials(atoms: _Atoms, highest: int) -> list[Monomial]:
    """Return the monomials of at most that degree, 1 first; then the same times roots of numbers."""
    found: list[Monomial] = [ONE]
    layer: list[Monomial] = [ONE]
    for _ in range(highest):
        layer = list(dict.fromkeys(times(each, ((name, 1),)) for each in layer for name in atoms.names))
        found += layer
    return [*found, *(times(each, ((root, 1),)) for root in atoms.roots for each in found)]


def _equality_points(claim: Polynomial, known: Sequence[Fact], names: Sequence[str]) -> list[Point]:
    """Return points where all that is known holds and the claim is an equality: minima, from several starts."""
    import numpy as np
    from scipy.optimize import minimize

    def value(polynomial: Polynomial, at: Sequence[float]) -> float:
        return polynomial_value(polynomial, dict(zip(names, at, strict=True)))

    constraints = [
        {"type": "eq" if fact.equation else "ineq", "fun": lambda at, p=fact.polynomial: value(p, at)}
        for fact in known
    ]
    points: list[Point] = []
    for count, start in enumerate(_starts(len(names))):
        if count >= FEW_STARTS and len(points) < MANY_POINTS:
            break  # else the claim is an equality on a whole surface, which takes many points to know
        with np.errstate(all="ignore"):
            found = minimize(
                lambda at: value(claim, at),
                start,
                constraints=constraints,
                method="SLSQP",
                options={"maxiter": 100, "ftol": 1e-15},
            )
        if not np.isfinite(found.x).all():
            continue
        exact = {name: float(_rational(each)) for name, each in zip(names, found.x, strict=True)}
        for point in (exact, dict(zip(names, map(float, found.x), strict=True))):
            if _is_equality(claim, known, point):
                if point not in points:
                    points.append(point)
                break
    return points


def _is_equality(claim: Polynomial, known: Sequence[Fact], point: Point) -> bool:
    if (
        not NEAR_ZERO < max(map(abs, point.values())) < MAX_COORDINATE
        or abs(polynomial_value(claim, point)) > ZERO**1.5
    ):
        return False
    values = ((fact, polynomial_value(fact.polynomial, point)) for fact in known)
    return all(abs(value) < ZERO if fact.equation else value > -ZERO for fact, value in values)


def _starts(count: int) -> Iterator[list[float]]:
    """Yield where to start: points on the diagonal, some others, then as many pseudorandom ones as may be needed."""
    for scale_of in STARTS:
        yield [scale_of] * count
    yield [1.0 + 0.37 * place for place in range(count)]
    yield [2.0 - 0.41 * place for place in range(count)]
    yield [-0.7 + 0.9 * place for place in range(count)]
    rng = random.Random(0)
    for _ in range(MORE_STARTS):
        yield [rng.uniform(-2, 2) for _ in range(count)]


def _solve(
    claim: Polynomial, facts: Sequence[Fact], factors: Sequence[Fact], *, strict: bool
) -> Certificate | None:
    """Return the cheapest certificate of these facts, by a linear program over their factors."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import lil_matrix

    left = [multiply(each.polynomial, claim) for each in factors]
    constant = Fact({ONE: Fraction(1)}, "", strict=True, cost=0.01)
    columns: list[Fact] = [*facts, constant]
    rows = _rows([*left, *(each.polynomial for each in columns)])
    size = len(columns) + len(factors)
    equal = lil_matrix((len(rows) + 1, size))
    for place, fact in enumerate(columns):
        for monomial, coefficient in fact.polynomial.items():
            equal[rows[monomial], place] = float(coefficient)
    for place, polynomial in enumerate(left, len(columns)):
        for monomial, coefficient in polynomial.items():
            equal[rows[monomial], place] = -float(coefficient)
        equal[len(rows), place] = 1.0
    wanted = np.zeros(len(rows) + 1)
    wanted[-1] = 1.0
    bounds: list[tuple[float | None, None]] = [(None if fact.equation else 0, None) for fact in columns]
    least = (
        0 if all(each.strict for each in factors) else LEAST_SLACK
    )  # for 1, so that one factor at least is positive
    bounds += [(least, None), *((0, None) for _ in factors[1:])]
    sizes = [float(max((abs(each) for each in fact.polynomial.values()), default=1)) for fact in columns]
    costs = (
        [0.0 if fact.equation else fact.cost * size_of for fact, size_of in zip(columns, sizes, strict=True)]
        + [0.0]
        + [0.5] * (len(factors) - 1)
    )
    slack = None
    if strict:
        slack = lil_matrix((1, size))
        for place, fact in enumerate(columns):
            if fact.strict:
                slack[0, place] = -1.0
    found = linprog(
        costs,
        A_eq=equal.tocsr(),
        b_eq=wanted,
        A_ub=None if slack is None else slack.tocsr(),
        b_ub=None if slack is None else [-LEAST_SLACK],
        bounds=bounds,
        method="highs",
        options={"time_limit": TIME_LIMIT_S},
    )
    if found.status != 0:
        return None
    used = [fact for fact, value in zip(facts, found.x, strict=False) if abs(value) > ZERO]
    chosen = [fact for fact, value in zip(factors, found.x[len(columns) :], strict=True) if value > ZERO]
    return Certificate(tuple(used), tuple(chosen)) if len(used) <= MAX_USED else None


def _rows(polynomials: Iterable[Polynomial]) -> dict[Monomial, int]:
    """Return a row for each monomial."""
    monomials = dict.fromkeys(monomial for each in polynomials for monomial in each)
    return {monomial: row for row, monomial in enumerate(monomials)}
