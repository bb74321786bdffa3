"""Finite sums and products with `∑` and `∏`: their values, and closed forms for all lengths, by induction.

Values are calculated. A closed form comes from interpolation, from a telescoping sum, or from a difference equation; a
wrong one differs from the sum within the first terms.
"""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from prover.problems.generators.draft import (
    FUNCTIONS,
    Draft,
    DrawRejected,
    Names,
    binder,
    drawn_by_level,
    wants_true,
)
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.sequences import TERMS, interpolate
from prover.problems.generators.terms import MATHLIB, written

INDICES = ("k", "i", "j", "x", "n", "m")
LARGEST = 10**9


def sums(rng: random.Random, level: int) -> Draft:
    """Draw a sum or a product of given length and its value."""
    return drawn_by_level(
        rng,
        level,
        (_natural,),
        (_natural, _cast, _given),
        (_natural, _cast, _given, _filtered, _fractions),
        (_natural, _cast, _given, _filtered, _fractions),
        (_natural, _cast, _filtered, _fractions),
    )


def _range(rng: random.Random, level: int) -> tuple[str, list[int]]:
    """Return a range of naturals as text, and its members."""
    low, length = rng.randint(0, level), rng.randint(2, 2 + 3 * level)
    high = low + length
    return rng.choice((
        (f"Finset.range {high}", list(range(high))),
        (f"Finset.range {high}", list(range(high))),
        (f"Finset.Icc {low} {high}", list(range(low, high + 1))),
        (f"Finset.Icc 1 {length}", list(range(1, length + 1))),
        (f"Finset.Ico {low} {high}", list(range(low, high))),
    ))  # fmt: skip


def _term(rng: random.Random, k: str, level: int) -> tuple[str, Callable[[int], int]]:
    """Return what is added up, as text that ∑ takes as a whole, with its value."""
    degree = 1 + (level > 1) + (level > 3)
    taken = Polynomial.univariate([rng.randint(0, 4), *(rng.randint(0, 1 + level) for _ in range(degree))])
    if taken.is_constant:
        raise DrawRejected
    modulus, base = rng.randint(2, 3 + level), rng.randint(2, 3)
    text = taken.text([k])
    bracketed = f"({text})" if " " in text else text
    choices: list[tuple[str, Callable[[int], int]]] = [(bracketed, lambda value: taken(value))] * 3
    if level > 1:
        choices.append((f"{k} * ({k} + {modulus})", lambda value: value * (value + modulus)))
        choices.append((f"{base} ^ {k}", lambda value: int(base**value)))
    if level > 2:
        choices.append((f"({k} ^ 2 % {modulus})", lambda value: value**2 % modulus))
        choices.append((f"{k} * {base} ^ {k}", lambda value: value * int(base**value)))
        choices.append(
            (f"(if {k} % {modulus} = 0 then {k} else 1)", lambda value: value if value % modulus == 0 else 1)
        )
    return rng.choice(choices)


def _wrong(rng: random.Random, value: int) -> int:
    return abs(value + rng.choice((1, -1, 2, 10))) if value else 1


def _natural(rng: random.Random, level: int) -> Draft:
    k = rng.choice(INDICES)
    over, members = _range(rng, level)
    text, of = _term(rng, k, level)
    product = rng.random() < 0.2 and len(members) < 8
    total = math.prod(map(of, members)) if product else sum(map(of, members))
    if total > LARGEST:
        raise DrawRejected
    expected = wants_true(rng)
    written_out = f"{'∏' if product else '∑'} {k} ∈ {over}, {text}"
    if level > 1 and rng.random() < 0.25:
        modulus = rng.randint(2, 12)
        value = (total + (0 if expected else rng.randint(1, modulus - 1))) % modulus
        return Draft(
            binders=(), claim=f"({written_out}) % {modulus} = {value}", expected=expected, header=MATHLIB
        )
    shown = total if expected else _wrong(rng, total)
    return Draft(binders=(), claim=f"{written_out} = {shown}", expected=expected, header=MATHLIB)


def _cast(rng: random.Random, level: int) -> Draft:
    """A sum over ℤ, ℚ or ℝ of a polynomial in the index, at times divided."""
    k, of = rng.choice(INDICES), rng.choice(("ℤ", "ℝ", "ℚ"))
    over, members = _range(rng, level)
    taken = Polynomial.univariate(
        [rng.randint(-5, 5), rng.randint(-2 - level, 2 + level), rng.randint(0, level - 1)]
    )
    if taken.is_constant:
        raise DrawRejected
    over = over if "range" in over else f"({over} : Finset ℕ)"
    divisor = 1 if of == "ℤ" or rng.random() < 0.6 else rng.randint(2, 5)
    total = Fraction(sum(map(taken, members)), divisor)
    expected = wants_true(rng)
    shown = total if expected else total + rng.choice((1, -1, 10))
    body = f"({taken.text([k]).replace(k, f'({k} : {of})', 1)})" + (f" / {divisor}" if divisor > 1 else "")
    return Draft(
        binders=(), claim=f"∑ {k} ∈ {over}, {body} = {written(shown)}", expected=expected, header=MATHLIB
    )


def _filtered(rng: random.Random, level: int) -> Draft:
    """A sum over those members of a range that have a property."""
    k = rng.choice(INDICES)
    over, members = _range(rng, level)
    text, of = _term(rng, k, max(1, level - 2))
    modulus = rng.randint(2, 4)
    remainder, bound = rng.randrange(modulus), rng.randint(1, 5 * level)
    properties: Sequence[tuple[str, Callable[[int], bool]]] = (
        (f"{k} % {modulus} = {remainder}", lambda each: each % modulus == remainder),
        (f"{modulus} ∣ {k}", lambda each: each % modulus == 0),
        (f"Nat.Prime {k}", lambda each: each > 1 and all(each % d for d in range(2, each))),
        (f"Even {k}", lambda each: each % 2 == 0),
        (f"{k} ^ 2 < {bound * 3}", lambda each: each**2 < bound * 3),
    )  # fmt: skip
    condition, holds = rng.choice(properties)
    total = sum(of(each) for each in members if holds(each))
    expected = wants_true(rng)
    shown = total if expected else _wrong(rng, total)
    return Draft(
        binders=(),
        claim=f"∑ {k} ∈ Finset.filter (fun {k} => {condition}) ({over}), {text} = {shown}",
        expected=expected,
        header=MATHLIB,
    )


def _given(rng: random.Random, level: int) -> Draft:
    """A sum of the values of a function that a hypothesis gives."""
    names = Names(rng)
    (f,) = names.some(FUNCTIONS, 1)
    k = rng.choice([each for each in INDICES if each != f])
    over, members = _range(rng, min(3, level))
    taken = Polynomial.univariate(
        [rng.randint(0, 5), *(rng.randint(0, 2) for _ in range(level - 1)), rng.randint(1, 3)]
    )
    total = sum(taken(each) for each in members)
    expected = wants_true(rng)
    shown = total if expected else _wrong(rng, total)
    of = rng.choice((names.nat, names.nat, "ℝ", "ℤ"))
    argument = k if of == names.nat else f"({k} : {of})"
    body = taken.text([k]).replace(k, argument, 1)
    return Draft(
        binders=(binder([f], f"{names.nat} → {of}"), names.hypothesis(f"∀ {k}, {f} {k} = {body}")),
        claim=f"∑ {k} ∈ {over}, {f} {k} = {shown}",
        expected=expected,
        header=MATHLIB,
    )


def _fractions(rng: random.Random, level: int) -> Draft:
    """A geometric or telescoping sum or product of fractions, over ℝ or ℚ."""
    k, of = rng.choice(INDICES), rng.choice(("ℝ", "ℚ"))
    length = rng.randint(2, 2 + 2 * level)
    base, shift = rng.randint(2, 3), rng.randint(1, 3)
    table: Sequence[tuple[str, str, list[int], Callable[[int], Fraction]]] = (
        ("∑", f"(1 / {base} : {of}) ^ {k}", list(range(length)), lambda each: Fraction(1, base) ** each),
        ("∑", f"(1 : {of}) / (({k} + {shift}) * ({k} + {shift + 1}))", list(range(length)), lambda each: Fraction(1, (each + shift) * (each + shift + 1))),
        ("∑", f"({k} : {of}) / {base}", list(range(1, length + 1)), lambda each: Fraction(each, base)),
        ("∑", f"(1 / ({k} : {of}))", list(range(1, min(length, 6) + 1)), lambda each: Fraction(1, each)),
        ("∏", f"(1 + 1 / ({k} : {of}))", list(range(1, length + 1)), lambda each: 1 + Fraction(1, each)),
        ("∏", f"(({k} : {of}) / ({k} + {shift}))", list(range(1, length + 1)), lambda each: Fraction(each, each + shift)),
    )  # fmt: skip
    symbol, text, members, value_of = rng.choice(table)
    values = list(map(value_of, members))
    total = sum(values, Fraction(0)) if symbol == "∑" else math.prod(values, start=Fraction(1))
    expected = wants_true(rng)
    shown = total if expected else total + rng.choice((1, Fraction(1, 2), Fraction(1, total.denominator)))
    over = f"Finset.range {length}" if members[0] == 0 else f"(Finset.Icc 1 {members[-1]} : Finset ℕ)"
    return Draft(
        binders=(),
        claim=f"{symbol} {k} ∈ {over}, {text} = {written(shown)}",
        expected=expected,
        header=MATHLIB,
    )


def closed_forms(rng: random.Random, level: int) -> Draft:
    """Draw a sum or product up to n with its closed form, a bound of it, or a law of sums."""
    return drawn_by_level(
        rng,
        level,
        (_polynomial_sum,),
        (_polynomial_sum, _geometric),
        (_polynomial_sum, _geometric, _special),
        (_polynomial_sum, _geometric, _special, _estimated),
        (_polynomial_sum, _special, _estimated),
    )


def _polynomial_sum(rng: random.Random, level: int) -> Draft:
    """`∑ k < n, p k` by interpolation, over ℕ without division, over ℚ and ℝ with it."""
    names = Names(rng)
    n, k = rng.choice((("n", "k"), ("n", "i"), ("m", "j"), ("N", "k"), ("n", "x")))
    degree = min(3, (level + 1) // 2)
    added = Polynomial.univariate(
        [*(rng.randint(0, 2 + level) for _ in range(degree)), rng.randint(1, 1 + level)]
    )
    start = rng.choice((0, 0, 1))
    # the sum of the first n terms, or of the terms 1 to n
    values = [0]
    for index in range(TERMS):
        values.append(values[-1] + added(index + start))
    multiple, closed = interpolate(values[: degree + 2])
    expected = wants_true(rng)
    if not expected:
        closed = closed + Polynomial.univariate((0, rng.choice((1, 2))))
    over = f"Finset.Icc 1 {n}" if start else f"Finset.range {n}"
    text = added.text([k])
    summand = f"({text})" if " + " in text else text
    if rng.random() < 0.4:
        of = rng.choice(("ℝ", "ℚ"))
        inner = text.replace(k, f"({k} : {of})", 1)
        right = closed.text([n]).replace(n, f"({n} : {of})", 1)
        claim = f"∑ {k} ∈ {over}, ({inner}) = {f'({right}) / {multiple}' if multiple > 1 else right}"
    else:
        negative = Polynomial.of((each, -value) for each, value in closed.coefficients.items() if value < 0)
        left = f"{multiple} * (∑ {k} ∈ {over}, {summand})" if multiple > 1 else f"∑ {k} ∈ {over}, {summand}"
        if negative.coefficients:
            left = f"{left if multiple > 1 else f'({left})'} + ({negative.text([n])})"
        claim = f"{left} = {(closed + negative).text([n])}"
    return Draft(binders=(binder([n], names.nat),), claim=claim, expected=expected, header=MATHLIB)


def _geometric(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    n, k = rng.choice((("n", "k"), ("n", "i"), ("m", "j")))
    base, factor = rng.randint(2, 3 + level), rng.randint(1, 1 + level)
    expected = wants_true(rng)
    extra = 0 if expected else rng.choice((1, 2))
    body = f"{base} ^ {k}" if factor == 1 else f"{factor} * {base} ^ {k}"
    total = f"∑ {k} ∈ Finset.range {n}, {body}"
    power = f"{base} ^ {n}" if factor == 1 else f"{factor} * {base} ^ {n}"
    claims = [
        f"{base - 1} * ({total}) + {factor + extra} = {power}"
        if base > 2
        else f"({total}) + {factor + extra} = {power}"
    ]
    if level > 2:
        of = rng.choice(("ℝ", "ℚ"))
        ratio = f"(1 / {base} : {of})"
        right = f"{written(Fraction(base, base - 1))} * (1 - {ratio} ^ {n})"
        claims.append(f"∑ {k} ∈ Finset.range {n}, {ratio} ^ {k} = {right}{f' + {extra}' if extra else ''}")
    return Draft(
        binders=(binder([n], names.nat),), claim=rng.choice(claims), expected=expected, header=MATHLIB
    )


def _special(rng: random.Random, level: int) -> Draft:
    """Telescoping sums and products, sums with factorials and Fibonacci numbers, linearity."""
    names = Names(rng)
    n, k = rng.choice((("n", "k"), ("n", "i"), ("m", "j")))
    of = rng.choice(("ℝ", "ℚ"))
    a, c = rng.randint(1, 2 + level), rng.randint(2, 3 + level)
    expected = wants_true(rng)
    wrong = "" if expected else f" + {rng.randint(1, 2)}"
    nat, f = names.nat, rng.choice("fgh")
    function = [binder([f], f"{nat} → {nat}")]
    table: list[tuple[list[str], str]] = [
        ([], f"∑ {k} ∈ Finset.range {n}, (1 : {of}) / (({k} + {a}) * ({k} + {a + 1})) = {n} / ({a} * ({n} + {a})){wrong}"),
        ([], f"∏ {k} ∈ Finset.range {n}, (({k} + {a} : {of}) / ({k} + {a + 1})) = {a} / ({n} + {a}){wrong}"),
        ([], f"∏ {k} ∈ Finset.range {n}, ((({k} : {of}) + {a + 1}) / ({k} + {a})) = ({n} + {a}) / {a}{wrong}"),
        ([], f"∏ {k} ∈ Finset.range {n}, ({k} + 1) = Nat.factorial {n}{wrong}"),
        ([], f"∏ {k} ∈ Finset.range {n}, {c} = {c} ^ {n}{wrong}"),
        ([], f"∑ {k} ∈ Finset.range {n}, {c} = {c} * {n}{wrong}"),
        ([], f"(∑ {k} ∈ Finset.range {n}, {k} * Nat.factorial {k}) + {1 if expected else 2} = Nat.factorial {n}"),
        ([], f"(∑ {k} ∈ Finset.range {n}, Nat.fib {k}) + {1 if expected else 2} = Nat.fib ({n} + 1)"),
        (function, f"∑ {k} ∈ Finset.range {n}, {c} * {f} {k} = {c} * (∑ {k} ∈ Finset.range {n}, {f} {k}){wrong}"),
        (function, f"∑ {k} ∈ Finset.range {n}, ({f} {k} + {a}) = (∑ {k} ∈ Finset.range {n}, {f} {k}) + {a} * {n}{wrong}"),
        ([binder([f], f"{nat} → {of}")], f"∑ {k} ∈ Finset.range {n}, ({f} ({k} + 1) - {f} {k}) = {f} {n} - {f} 0{wrong}"),
    ]  # fmt: skip
    binders, claim = rng.choice(table)
    return Draft(binders=(*binders, binder([n], nat)), claim=claim, expected=expected, header=MATHLIB)


def _estimated(rng: random.Random, level: int) -> Draft:
    """A sum or a power bounded for all n from some n on; a wrong bound fails at a small n."""
    names = Names(rng)
    n, k = rng.choice((("n", "k"), ("n", "i"), ("m", "j")))
    a, b, c = rng.randint(1, level), rng.randint(0, 4), rng.randint(2, 4)
    table: Sequence[tuple[str, Callable[[int], bool]]] = (
        (f"{a} * {n} + {b} ≤ {c} ^ {n}", lambda v: a * v + b <= c**v),
        (f"{n} ^ 2 + {b} ≤ {c} ^ {n}", lambda v: v * v + b <= c**v),
        (f"{c} ^ {n} ≤ {a} * Nat.factorial {n}", lambda v: c**v <= a * math.factorial(v)),
        (f"∑ {k} ∈ Finset.range {n}, {k} ^ 2 ≤ {n} ^ 3", lambda v: sum(i * i for i in range(v)) <= v**3),
        (f"{a} * (∑ {k} ∈ Finset.range {n}, {k}) ≤ {c} * {n} ^ 2", lambda v: a * sum(range(v)) <= c * v * v),
        (f"∑ {k} ∈ Finset.range {n}, {c} ^ {k} < {c} ^ {n}", lambda v: sum(c**i for i in range(v)) < c**v),
        (f"{n} ^ 2 < {c} ^ {n} + {b}", lambda v: v * v < c**v + b),
    )  # fmt: skip
    text, holds = rng.choice(table)
    low = rng.randint(0, 6)
    expected = all(holds(each) for each in range(low, low + 40))
    if expected != wants_true(rng):
        raise DrawRejected
    given = [names.hypothesis(f"{low} ≤ {n}")] if low else []
    return Draft(binders=(binder([n], names.nat), *given), claim=text, expected=expected, header=MATHLIB)
