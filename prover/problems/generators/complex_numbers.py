"""Complex numbers with whole parts: calculated values, and linear equations."""

from __future__ import annotations

import random
from fractions import Fraction

from prover.problems.generators.draft import Draft, DrawRejected, Names, binder, wants_true
from prover.problems.generators.terms import MATHLIB, written

Pair = tuple[Fraction, Fraction]


def complexes(rng: random.Random, level: int) -> Draft:
    """Draw sums, products, powers, quotients and parts of complex numbers, or an equation between them."""
    if level > 2 and rng.random() < 0.4:
        return _complex_equation(rng, level)
    a, b = (_complex(rng, level) for _ in range(2))
    exponent = rng.randint(2, 1 + level)
    power = (Fraction(1), Fraction(0))
    for _ in range(exponent):
        power = _times(power, a)
    table: list[tuple[str, Pair]] = [
        (f"{_brackets(a)} + {_brackets(b)}", (a[0] + b[0], a[1] + b[1])),
        (f"{_brackets(a)} - {_brackets(b)}", (a[0] - b[0], a[1] - b[1])),
        (f"{_brackets(a)} * {_brackets(b)}", _times(a, b)),
    ]
    if level > 1:
        table += [
            (f"{_brackets(a)} ^ {exponent}", power),
            (f"Complex.I ^ {4 * level + exponent}", _turn(exponent)),
        ]
    if level > 2 and any(b):
        table += [(f"{_brackets(a)} / {_brackets(b)}", _divide(a, b))]
    text, value = rng.choice(table)
    expected = wants_true(rng)
    style = rng.randrange(4 if level > 1 else 3)
    if style == 0:
        claim = f"({text}).re = {_shown(rng, value[0], expected)}"
    elif style == 1:
        claim = f"({text}).im = {_shown(rng, value[1], expected)}"
    elif style == 2:
        shown = value if expected else (value[0] + rng.randint(0, 1), value[1] + rng.choice((1, -1)))
        marked = text if "Complex.I" in text else f"({text} : ℂ)"
        claim = f"{marked} = {_complex_text(shown)}"
    else:
        norm = a[0] ** 2 + a[1] ** 2
        claim = f"Complex.normSq {_brackets(a)} = {_shown(rng, norm, expected)}"
    if ").re" in claim or ").im" in claim:
        claim = claim if "Complex.I" in claim else claim.replace(f"({text})", f"({text} : ℂ)", 1)
    return Draft(binders=(), claim=claim, expected=expected, header=MATHLIB)


def _shown(rng: random.Random, value: Fraction, expected: bool) -> str:
    return written(value if expected else value + rng.choice((1, -1, 3)))


def _complex(rng: random.Random, level: int) -> Pair:
    return Fraction(rng.randint(-2 - level, 2 + level)), Fraction(rng.randint(-2 - level, 2 + level))


def _complex_text(value: Pair) -> str:
    real, imaginary = value
    size = abs(imaginary)
    unit = "Complex.I" if size == 1 else f"{written(size)} * Complex.I"
    if not imaginary:
        return written(real)
    if not real:
        return unit if imaginary > 0 else f"-({unit})"
    return f"{written(real)} {'+' if imaginary > 0 else '-'} {unit}"


def _brackets(value: Pair) -> str:
    text = _complex_text(value)
    return text if text.isalnum() else f"({text})"


def _times(a: Pair, b: Pair) -> Pair:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _divide(a: Pair, b: Pair) -> Pair:
    norm = b[0] ** 2 + b[1] ** 2
    real, imaginary = _times(a, (b[0], -b[1]))
    return real / norm, imaginary / norm


def _turn(quarters: int) -> Pair:
    real, imaginary = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    return Fraction(real), Fraction(imaginary)


def _complex_equation(rng: random.Random, level: int) -> Draft:
    """A linear equation in ℂ, or a number from its sum or product with another."""
    names = Names(rng)
    z = rng.choice(("z", "w", "z₁"))
    solution, a, b = (_complex(rng, level - 2) for _ in range(3))
    if not any(a):
        raise DrawRejected
    product = _times(a, solution)
    value = product[0] + b[0], product[1] + b[1]
    left = f"{_brackets(a)} * {z}" + (f" + {_brackets(b)}" if any(b) else "")
    expected = wants_true(rng)
    shown = solution if expected else (solution[0], solution[1] + rng.choice((1, -1)))
    claim = rng.choice((
        f"{z} = {_complex_text(shown)}",
        f"{z}.im = {written(shown[1])}",
        f"{z}.re = {written(solution[0] if expected else solution[0] + 1)}",
    ))  # fmt: skip
    return Draft(
        binders=(binder([z], "ℂ"), names.hypothesis(f"{left} = {_complex_text(value)}")),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )
