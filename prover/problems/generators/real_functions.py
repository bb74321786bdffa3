"""Functions on ℝ and ℚ: given by a formula, by a functional equation, by cases, or by an equivalence.

Values are calculated exactly. A functional equation comes with a function that fulfils it, so that the hypotheses do not
contradict each other, and asks for what it settles.
"""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import random
from collections.abc import Sequence
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
from prover.problems.generators.terms import FIELDS, MATHLIB, constant, draw, value_at, written

ARGUMENTS = ("x", "t", "y", "z", "a")


def real_functions(rng: random.Random, level: int) -> Draft:
    """Draw values of functions that are given, their properties, or what a functional equation says."""
    return drawn_by_level(
        rng,
        level,
        (_value,),
        (_value, _argument_of, _cases, _properties),
        (_value, _argument_of, _cases, _properties, _difference, _functional),
        (_composed, _difference, _cases, _properties, _functional, _inverse),
        (_composed, _difference, _properties, _functional, _functional, _inverse),
    )


def _argument(value: Fraction | int) -> str:
    """Write a number as an argument."""
    text = written(value)
    return text if text.isdecimal() else f"({text})"


def _formula(rng: random.Random, level: int) -> Polynomial:
    degree = 1 + (level > 1) + (level > 4)
    taken = Polynomial.univariate([rng.randint(-9, 9), *(rng.randint(-4, 4) for _ in range(degree))])
    if taken.is_constant:
        raise DrawRejected
    return taken


def _define(rng: random.Random, names: Names, f: str, x: str, text: str, of: str) -> tuple[list[str], bool]:
    """Return the binders of a function, by its values or as a whole."""
    style = rng.random()
    hypothesis = f"{f} = fun {x} => {text}" if style > 0.75 else f"∀ {x}, {f} {x} = {text}"
    return [binder([f], f"{of} → {of}"), names.hypothesis(hypothesis)], style > 0.75


def _off(rng: random.Random, value: Fraction, expected: bool) -> str:
    return written(value if expected else value + rng.choice((1, -1, Fraction(1, 2), 3)))


def _value(rng: random.Random, level: int) -> Draft:
    names = Names(rng)
    (f,), x, of = names.some(FUNCTIONS, 1), rng.choice(ARGUMENTS), rng.choice(FIELDS)
    taken = _formula(rng, level)
    argument = draw(rng, 4 + level, 3 if level > 1 else 1)
    divisor = rng.choice((1, 1, rng.randint(2, 5))) if level > 1 else 1
    text = taken.text([x]) if divisor == 1 else f"({taken.text([x])}) / {divisor}"
    value = value_at(taken, (argument,)) / divisor
    asked = f"{f} {_argument(argument)}"
    if level > 1 and rng.random() < 0.5:
        other = draw(rng, 4)
        asked = f"{asked} + {f} {_argument(other)}"
        value += value_at(taken, (other,)) / divisor
    expected = wants_true(rng)
    binders, _ = _define(rng, names, f, x, text, of)
    return Draft(
        binders=binders, claim=f"{asked} = {_off(rng, value, expected)}", expected=expected, header=MATHLIB
    )


def _argument_of(rng: random.Random, level: int) -> Draft:
    """The argument, or a coefficient of the formula, from a value."""
    names = Names(rng)
    (f,), x, of = names.some(FUNCTIONS, 1), rng.choice(ARGUMENTS), rng.choice(FIELDS)
    unknown = rng.choice([each for each in ("c", "k", "b") if each != f])
    solution, argument = draw(rng, 3 * level, 2), draw(rng, 3 + level)
    a, b = rng.choice((-3, -2, 2, 3, 4, 5)), rng.randint(-9, 9)
    expected = wants_true(rng)
    if rng.random() < 0.5:
        value = a * solution + b
        text, given = Polynomial.univariate((b, a)).text([x]), f"{f} {unknown} = {written(value)}"
    else:
        if not argument:
            raise DrawRejected
        value = a * argument**2 + solution * argument + b
        squared = f"{a} * {x} ^ 2" if a > 0 else f"-{-a} * {x} ^ 2"
        text = f"{squared} + {unknown} * {x}" + (f" + {b}" if b > 0 else f" - {-b}" if b else "")
        given = f"{f} {_argument(argument)} = {written(value)}"
    return Draft(
        binders=(
            binder([f], f"{of} → {of}"),
            binder([unknown], of),
            names.hypothesis(f"∀ {x}, {f} {x} = {text}"),
            names.hypothesis(given),
        ),
        claim=f"{unknown} = {_off(rng, solution, expected)}",
        expected=expected,
        header=MATHLIB,
    )


def _cases(rng: random.Random, level: int) -> Draft:
    """A function that is defined by cases, with values from both of them."""
    names = Names(rng)
    (f,), x = names.some(FUNCTIONS, 1), rng.choice(ARGUMENTS)
    of = "ℚ" if rng.random() < 0.3 else "ℝ"
    border = rng.randint(-level, level)
    low, high = (Polynomial.univariate([rng.randint(-9, 9), rng.randint(-4, 4)]) for _ in range(2))
    relation = rng.choice("<≤")
    arguments = [draw(rng, 3 + level, 2) for _ in range(1 + (level > 2))]

    def value_of(argument: Fraction) -> Fraction:
        below = argument < border or (relation == "≤" and argument == border)
        return value_at(low if below else high, (argument,))

    asked = " + ".join(f"{f} {_argument(each)}" for each in arguments)
    value = sum((value_of(each) for each in arguments), Fraction(0))
    if level > 3:
        asked, value = f"{f} ({f} {_argument(arguments[0])})", value_of(value_of(arguments[0]))
    text = f"if {x} {relation} {border} then {low.text([x])} else {high.text([x])}"
    expected = wants_true(rng)
    return Draft(
        binders=(binder([f], f"{of} → {of}"), names.hypothesis(f"∀ {x}, {f} {x} = {text}")),
        claim=f"{asked} = {_off(rng, value, expected)}",
        expected=expected,
        header=MATHLIB,
    )


def _properties(rng: random.Random, level: int) -> Draft:
    """A function is injective, surjective, increasing, even, odd, or its own inverse, or is not."""
    names = Names(rng)
    x, of = rng.choice(ARGUMENTS), rng.choice(("ℝ", "ℝ", "ℚ"))
    a, b = rng.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)), rng.randint(-9, 9)
    c = rng.randint(1, 1 + level)
    line = Polynomial.univariate((b, a)).text([x])
    square = Polynomial.univariate((b, 0, c)).text([x])
    shifted = Polynomial.univariate((b, a, c)).text([x])
    cube = Polynomial.univariate((b, 0, 0, c)).text([x])
    involution = Polynomial.univariate((b, -1)).text([x])
    formulas: Sequence[tuple[str, str, bool]] = (
        ("Function.Injective", line, True),
        ("Function.Injective", square, False),
        ("Function.Injective", shifted, False),
        ("Function.Surjective", line, True),
        ("Function.Surjective", square, False),
        ("Function.Bijective", line, True),
        ("StrictMono", line, a > 0),
        ("StrictAnti", line, a < 0),
        ("Monotone", line, a > 0),
        ("StrictMono", cube, True),
        ("Function.Injective", cube, True),
        ("Monotone", square, False),
        ("Function.Involutive", involution, True),
        ("Function.Involutive", line, a == -1 or (a == 1 and b == 0)),
    )  # fmt: skip
    expected = wants_true(rng)
    chosen = [each for each in formulas if each[2] == expected and (level > 3 or each[1] != cube)]
    kind, text, _ = rng.choice(chosen)
    if rng.random() < 0.5:
        return Draft(
            binders=(), claim=f"{kind} (fun {x} : {of} => {text})", expected=expected, header=MATHLIB
        )
    (f,) = names.some(FUNCTIONS, 1)
    binders, _ = _define(rng, names, f, x, text, of)
    return Draft(binders=binders, claim=f"{kind} {f}", expected=expected, header=MATHLIB)


def _difference(rng: random.Random, level: int) -> Draft:
    """The difference of values at shifted arguments, for all arguments."""
    names = Names(rng)
    (f,), of = names.some(FUNCTIONS, 1), rng.choice(FIELDS)
    x = rng.choice(ARGUMENTS)
    taken = _formula(rng, min(level, 4))
    h = rng.randint(1, level)
    shifted = Polynomial({})
    for (power,), coefficient in taken.coefficients.items():
        term = Polynomial.univariate((coefficient,))
        for _ in range(power):
            term = term * Polynomial.univariate((h, 1))
        shifted = shifted + term
    mirrored = Polynomial.of(
        ((power,), each * (-1) ** power) for (power,), each in taken.coefficients.items()
    )
    asked, total = rng.choice((
        (f"{f} ({x} + {h}) - {f} {x}", shifted - taken),
        (f"{f} ({x} + {h}) + {f} {x}", shifted + taken),
        (f"{f} {x} + {f} (-{x})", taken + mirrored),
        (f"{f} {x} - {f} (-{x})", taken - mirrored),
    ))  # fmt: skip
    expected = wants_true(rng)
    if not expected:
        total = total + Polynomial.univariate(rng.choice(((1,), (-2,), (0, 1), (0, -1), (1, 1))))
    binders, _ = _define(rng, names, f, x, taken.text([x]), of)
    claim = f"{asked} = {total.text([x])}"
    if rng.random() < 0.6:
        return Draft(binders=binders, claim=f"∀ {x}, {claim}", expected=expected, header=MATHLIB)
    return Draft(binders=(binder([x], of), *binders), claim=claim, expected=expected, header=MATHLIB)


def _composed(rng: random.Random, level: int) -> Draft:
    """Two functions, composed, at a number or at all arguments."""
    names = Names(rng)
    (f, g), of = names.some(FUNCTIONS, 2), rng.choice(FIELDS)
    x = rng.choice(ARGUMENTS)
    outer = _formula(rng, 2)
    inner = Polynomial.univariate((rng.randint(-6, 6), rng.choice((-3, -2, 2, 3, 4))))
    argument = draw(rng, 3 + level, 2)
    expected = wants_true(rng)
    value = value_at(outer, (value_at(inner, (argument,)),))
    shown = _argument(argument)
    asked = rng.choice((f"{f} ({g} {shown})", f"({f} ∘ {g}) {shown}"))
    claim = f"{asked} = {_off(rng, value, expected)}"
    if rng.random() < 0.35:
        other = value_at(inner, (value_at(outer, (argument,)),))
        claim = f"{f} ({g} {shown}) - {g} ({f} {shown}) = {_off(rng, value - other, expected)}"
    return Draft(
        binders=(
            binder([f, g], f"{of} → {of}"),
            names.hypothesis(f"∀ {x}, {f} {x} = {outer.text([x])}"),
            names.hypothesis(f"∀ {x}, {g} {x} = {inner.text([x])}"),
        ),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _functional(rng: random.Random, level: int) -> Draft:
    """A functional equation that a known function fulfils, some of its values, and one that follows."""
    names = Names(rng)
    (f,), of = names.some(FUNCTIONS, 1), rng.choice(("ℝ", "ℝ", "ℚ"))
    x, y = rng.choice(("x y", "a b", "s t", "u v")).split()
    if f in (x, y):
        raise DrawRejected
    c, k, m = rng.choice((-3, -2, 2, 3, 4, 5)), rng.randint(2, 2 + level), rng.randint(2, 4)
    b = rng.randint(1, 5)
    base, prime = rng.choice((2, 3, 4)), rng.choice((2, 3))
    line = Polynomial.univariate((b, c))
    expected = wants_true(rng)
    wrong = 0 if expected else rng.choice((1, -1, 2))
    halved = constant(Fraction(1, 2)).text
    table: list[tuple[list[str], str]] = [
        ([f"∀ {x} {y}, {f} ({x} + {y}) = {f} {x} + {f} {y}", f"{f} 1 = {c}"], f"{f} {k} = {c * k + wrong}"),
        ([f"∀ {x} {y}, {f} ({x} + {y}) = {f} {x} + {f} {y}", f"{f} {m} = {c * m}"], f"{f} {2 * m} = {2 * c * m + wrong}"),
        ([f"∀ {x} {y}, {f} ({x} + {y}) = {f} {x} + {f} {y}"], f"{f} 0 = {wrong}"),
        ([f"∀ {x} {y}, {f} ({x} + {y}) = {f} {x} + {f} {y} + {b}"], f"{f} 0 = {-b + wrong}"),
        ([f"∀ {x} {y}, {f} ({x} + {y}) = {f} {x} + {f} {y} + {m} * {x} * {y}", f"{f} 1 = {b}"], f"{f} {k} = {b * k + m * k * (k - 1) // 2 + wrong}"),
        ([f"∀ {x} {y}, {f} ({x} * {y}) = {f} {x} * {f} {y}", f"{f} {prime} = {base}"], f"{f} {prime**3} = {base**3 + wrong}"),
        ([f"∀ {x}, {f} ({x} + 1) = {f} {x} + {c}", f"{f} 0 = {b}"], f"{f} {k} = {b + c * k + wrong}"),
        ([f"∀ {x}, {f} ({x} + 1) = {base} * {f} {x}", f"{f} 0 = {b}"], f"{f} {min(k, 5)} = {b * base ** min(k, 5) + wrong}"),
        ([f"∀ {x}, {f} ({x} + {m}) = {f} {x}", f"{f} 1 = {c}"], f"{f} {1 + m * 2} = {c + wrong}"),
        ([f"∀ {x}, {f} ({m} * {x} + {b}) = {line.text([x])}"], f"{f} {m * k + b} = {line(k) + wrong}"),
        ([f"∀ {x}, {f} {x} + {m} * {f} (-{x}) = {(1 - m) * c} * {x} + {(1 + m) * b}" if (1 - m) * c > 0 else f"∀ {x}, {f} {x} + {m} * {f} (-{x}) = {(1 + m) * b} - {(m - 1) * c} * {x}"], f"{f} {k} = {c * k + b + wrong}"),
        ([f"∀ {x}, {f} {x} + {f} (1 - {x}) = {c}"], f"{f} ({halved}) = {_off(rng, Fraction(c, 2), expected)}"),
    ]  # fmt: skip
    given, claim = rng.choice(table)
    return Draft(
        binders=(binder([f], f"{of} → {of}"), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )


def _inverse(rng: random.Random, level: int) -> Draft:
    """A linear function as an equivalence, and a value of its inverse; or two functions that undo each other."""
    names = Names(rng)
    x, of = rng.choice(ARGUMENTS), rng.choice(("ℝ", "ℝ", "ℚ"))
    a, b = rng.choice((-3, -2, 2, 3, 4, 5)), rng.randint(-9, 9)
    argument = draw(rng, 3 + level, 2)
    value = a * argument + b
    expected = wants_true(rng)
    line = Polynomial.univariate((b, a)).text([x])
    if rng.random() < 0.5:
        e = rng.choice(("σ", "e", "φ"))
        return Draft(
            binders=(f"({e} : {of} ≃ {of})", names.hypothesis(f"∀ {x}, {e} {x} = {line}")),
            claim=f"{e}.symm {_argument(value)} = {_off(rng, argument, expected)}",
            expected=expected,
            header=MATHLIB,
        )
    f, g = names.some(FUNCTIONS, 2)
    return Draft(
        binders=(
            binder([f, g], f"{of} → {of}"),
            names.hypothesis(f"∀ {x}, {f} {x} = {line}"),
            names.hypothesis(rng.choice((f"∀ {x}, {f} ({g} {x}) = {x}", f"∀ {x}, {g} ({f} {x}) = {x}"))),
        ),
        claim=f"{g} {_argument(value)} = {_off(rng, argument, expected)}",
        expected=expected,
        header=MATHLIB,
    )
