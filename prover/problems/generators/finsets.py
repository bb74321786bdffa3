"""Finite sets of naturals, small enough to be looked through."""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from prover.problems.generators.draft import (
    NUMBERS,
    Draft,
    DrawRejected,
    Names,
    binder,
    drawn_by_level,
    wants_true,
)
from prover.problems.generators.terms import MATHLIB


def finsets(rng: random.Random, level: int) -> Draft:
    """Draw a finite set's number of elements, its elements, a property of all of them, or what membership says."""
    return drawn_by_level(
        rng,
        level,
        (_sizes, _listed),
        (_sizes, _listed, _properties),
        (_sizes, _properties, _membership),
        (_sizes, _properties, _membership),
        (_sizes, _properties, _membership),
    )


def _finite_range(rng: random.Random, level: int, longest: int) -> tuple[str, list[int]]:
    low, length = rng.randint(0, 3 * level), rng.randint(3, longest)
    high = low + length
    return rng.choice((
        (f"Finset.range {length}", list(range(length))),
        (f"Finset.Icc {low} {high}", list(range(low, high + 1))),
        (f"Finset.Ico {low} {high}", list(range(low, high))),
        (f"Finset.Ioo {low} {high}", list(range(low + 1, high))),
    ))  # fmt: skip


def _property(rng: random.Random, n: str, level: int) -> tuple[str, Callable[[int], bool]]:
    a, b, c = rng.randint(2, 3 + level), rng.randint(1, 3 + level), rng.randint(1, 12 * level)
    r = rng.randrange(a)
    choices: Sequence[tuple[str, Callable[[int], bool]]] = (
        (f"{n} % {a} = {r}", lambda each: each % a == r),
        (f"{a} ∣ {n} + {b}", lambda each: (each + b) % a == 0),
        (f"{n} ^ 2 % {a} = {r}", lambda each: each * each % a == r),
        (f"{n} ^ 2 ≤ {c}", lambda each: each * each <= c),
        (f"{c} < {b} * {n} + {r}", lambda each: c < b * each + r),
        (f"Odd {n}", lambda each: each % 2 == 1),
        (f"Even ({b} * {n})", lambda each: b * each % 2 == 0),
        (f"Nat.Prime {n}", lambda each: each > 1 and all(each % d for d in range(2, each))),
        (f"{n} ∣ {c}", lambda each: c % each == 0 if each else c == 0),
        (f"Nat.gcd {n} {c} = 1", lambda each: math.gcd(each, c) == 1),
    )  # fmt: skip
    return rng.choice(choices[: 6 + 2 * (level > 1) + 2 * (level > 2)])


def _sizes(rng: random.Random, level: int) -> Draft:
    n = rng.choice(("n", "x", "k", "m", "i"))
    over, members = _finite_range(rng, level, 4 + 8 * level)
    condition, holds = _property(rng, n, level)
    other, others = _finite_range(rng, level, 4 + 4 * level)
    kept = [each for each in members if holds(each)]
    kind = rng.choice("fffcuid" if level > 1 else "ffc")
    text, size = {
        "f": (rng.choice((f"Finset.filter (fun {n} => {condition}) ({over})", f"{{{n} ∈ {over} | {condition}}}")), len(kept)),
        "c": (over, len(members)),
        "u": (f"{over} ∪ {other}", len({*members, *others})),
        "i": (f"{over} ∩ {other}", len({*members} & {*others})),
        "d": (f"{over} \\ {other}", len({*members} - {*others})),
    }[kind]  # fmt: skip
    expected = wants_true(rng)
    shown = size + (0 if expected else rng.choice((1, -1, 2)))
    if shown < 0:
        raise DrawRejected
    if text.startswith("{"):
        counted = f"Finset.card {text}"
    else:
        counted = f"Finset.card ({text})" if rng.random() < 0.6 else f"({text}).card"
    return Draft(binders=(), claim=f"{counted} = {shown}", expected=expected, header=MATHLIB)


def _listed(rng: random.Random, level: int) -> Draft:
    """The elements of a finite set, written out."""
    n = rng.choice(("n", "x", "k", "m"))
    over, members = _finite_range(rng, level, 5 + 3 * level)
    condition, holds = _property(rng, n, level)
    pool = rng.sample(range(12), 7)
    first, second = pool[: rng.randint(2, 4)], [*pool[3:6], pool[0]]

    def literal(values: Sequence[int]) -> str:
        return f"({{{', '.join(map(str, values))}}} : Finset ℕ)"

    a, b = rng.randint(1, 3), rng.randint(0, 4)
    text, values = rng.choice((
        (f"Finset.filter (fun {n} => {condition}) ({over})", [each for each in members if holds(each)]),
        (f"{literal(first)} ∩ {literal(second)}", [each for each in first if each in second]),
        (f"{literal(first)} ∪ {literal(second)}", [*first, *(each for each in second if each not in first)]),
        (f"{literal(first)} \\ {literal(second)}", [each for each in first if each not in second]),
        (f"Finset.image (fun {n} => {a} * {n} + {b}) {literal(first)}", [a * each + b for each in first]),
    ))  # fmt: skip
    expected = wants_true(rng)
    if len(values) > 8 or not values:
        raise DrawRejected
    values = sorted(values) if rng.random() < 0.5 else values
    if not expected:
        values = values[1:] if len(values) > 1 and rng.random() < 0.5 else [*values, max(values) + 1]
    return Draft(
        binders=(),
        claim=f"{text} = {{{', '.join(map(str, values))}}}",
        expected=expected,
        header=MATHLIB,
    )


def _properties(rng: random.Random, level: int) -> Draft:
    """Something about all elements of a finite set, or about one of them."""
    n = rng.choice(("n", "x", "k", "m"))
    over, members = _finite_range(rng, level, 4 + 5 * level)
    (first, holds_first), (second, holds_second) = (_property(rng, n, level) for _ in range(2))
    universal = rng.random() < 0.5
    if universal:
        expected = all(holds_second(each) for each in members if holds_first(each))
        claim = f"∀ {n} ∈ {over}, {first} → {second}"
    else:
        expected = any(holds_first(each) and holds_second(each) for each in members)
        claim = f"∃ {n} ∈ {over}, {first} ∧ {second}"
    if expected != wants_true(rng) or first == second or not any(map(holds_first, members)):
        raise DrawRejected
    return Draft(binders=(), claim=claim, expected=expected, header=MATHLIB)


def _membership(rng: random.Random, level: int) -> Draft:
    """What follows for a natural number from being in a finite set."""
    names = Names(rng)
    (n,) = names.some(NUMBERS, 1)
    over, members = _finite_range(rng, level, 4 + 3 * level)
    condition, holds = _property(rng, n, level)
    kept = [each for each in members if holds(each)]
    if not kept or len(kept) > 5:
        raise DrawRejected
    expected = wants_true(rng)
    shown = kept if expected else kept[1:] or [kept[0] + 1]
    text = f"Finset.filter (fun {n} => {condition}) ({over})"
    claim = rng.choice((
        " ∨ ".join(f"{n} = {each}" for each in shown),
        f"{n} ∈ ({{{', '.join(map(str, shown))}}} : Finset ℕ)",
        f"{n} ≤ {max(kept) if expected else max(kept) - 1}",
        f"{min(kept) + (0 if expected else 1)} ≤ {n}",
    ))  # fmt: skip
    given = [f"{n} ∈ {text}"] if rng.random() < 0.6 else [f"{n} ∈ {over}", condition]
    return Draft(
        binders=(binder([n], names.nat), *(names.hypothesis(each) for each in given)),
        claim=claim,
        expected=expected,
        header=MATHLIB,
    )
