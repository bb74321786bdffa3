"""`Bool`, `Fin n` and `Option`: finite facts, decided by trying everything, and laws of `Option`."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence

from prover.problems.generators.draft import Draft, DrawRejected, Names, binder, premises_of, wants_true

TRIES = 100
_Values = Mapping[str, int]
_Term = tuple[str, Callable[[_Values], int]]
"""A term as text, and its value."""


def booleans(rng: random.Random, level: int) -> Draft:
    """Draw an equation between terms of `Bool`, with a condition at times."""
    names = Names(rng)
    variables = rng.choice(("a b c d", "p q r s", "x y z w", "b₁ b₂ b₃ b₄")).split()[: 2 + level // 2]
    rows = [
        dict(zip(variables, values, strict=True))
        for values in itertools.product((0, 1), repeat=len(variables))
    ]
    expected = wants_true(rng)
    for _ in range(TRIES):
        left, right = _boolean(rng, variables, 1 + level), _boolean(rng, variables, rng.randint(1, level))
        conditions = [_boolean(rng, variables, 1) for _ in range(rng.choice((0, 0, 1, level // 3)))]
        truths = [left[1](row) == right[1](row) for row in rows if all(each[1](row) for each in conditions)]
        if truths and left[0] != right[0] and all(truths) == expected:
            break
    else:
        raise DrawRejected
    hypotheses = [names.hypothesis(f"{each[0]} = true") for each in conditions]
    return Draft(
        binders=(binder(variables, "Bool"), *hypotheses), claim=f"{left[0]} = {right[0]}", expected=expected
    )


def _boolean(rng: random.Random, variables: Sequence[str], size: int) -> _Term:
    if size <= 0:
        name = rng.choice(variables)
        return name, lambda row: row[name]
    if rng.random() < 0.2:
        text, value = _boolean(rng, variables, size - 1)
        return f"(!{text})", lambda row: 1 - value(row)
    split = rng.randint(0, size - 1)
    (left, first), (right, second) = (
        _boolean(rng, variables, split),
        _boolean(rng, variables, size - 1 - split),
    )
    symbol, joined = rng.choice((
        ("&&", lambda row: first(row) & second(row)),
        ("||", lambda row: first(row) | second(row)),
        ("&&", lambda row: first(row) & second(row)),
        ("||", lambda row: first(row) | second(row)),
        ("^^", lambda row: first(row) ^ second(row)),
    ))  # fmt: skip
    return f"({left} {symbol} {right})", joined


def fins(rng: random.Random, level: int) -> Draft:
    """Draw an equation or an existence in `Fin n`, where arithmetic is modulo n."""
    size = rng.randint(2, 3 + 2 * level)
    x, y = rng.choice(("a b", "x y", "i j", "u v")).split()
    count = 1 if level < 2 else rng.choice((1, 2))
    variables = [x, y][:count]
    expected = wants_true(rng)
    points = [
        dict(zip(variables, each, strict=True)) for each in itertools.product(range(size), repeat=count)
    ]
    for _ in range(TRIES):
        (left, first), (right, second) = (
            _modular(rng, variables, size, rng.randint(1, 1 + level // 2)) for _ in range(2)
        )
        style = rng.choice(("=", "=", "≠", "∃"))
        agree = [first(each) % size == second(each) % size for each in points]
        truth = {"∃": any(agree), "=": all(agree), "≠": not any(agree)}[style]
        if left != right and truth == expected:
            break
    else:
        raise DrawRejected
    of = f"Fin {size}"
    equation = f"{_bare(left)} {'≠' if style == '≠' else '='} {_bare(right)}"
    if style == "∃":
        return Draft(binders=(), claim=f"∃ {' '.join(variables)} : {of}, {equation}", expected=expected)
    if rng.random() < 0.6:
        return Draft(binders=(), claim=f"∀ {' '.join(variables)} : {of}, {equation}", expected=expected)
    return Draft(binders=(binder(variables, of),), claim=equation, expected=expected)


def _modular(rng: random.Random, variables: Sequence[str], size: int, depth: int) -> _Term:
    if depth <= 0:
        if rng.random() < 0.35:
            constant = rng.randrange(size)
            return str(constant), lambda row: constant
        name = rng.choice(variables)
        return name, lambda row: row[name]
    (left, first), (right, second) = (
        _modular(rng, variables, size, depth - 1),
        _modular(rng, variables, size, rng.randrange(depth)),
    )
    if left.isdecimal() and right.isdecimal():
        return _modular(rng, variables, size, depth)
    symbol, joined = rng.choice((
        ("+", lambda row: first(row) + second(row)),
        ("*", lambda row: first(row) * second(row)),
        ("-", lambda row: first(row) - second(row)),
    ))  # fmt: skip
    return f"({left} {symbol} {right})", joined


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("(") else text


# Laws of optional values o and o' of type Option α, f and g : α → α, k : α → Option α, p : α → Bool, and a.
_OPTIONS: Sequence[tuple[int, str, bool]] = (
    (1, "some a ≠ none", True),
    (1, "some a = some b → a = b", True),
    (1, "o.isSome = true → o ≠ none", True),
    (1, "o = none ∨ o.isSome = true", True),
    (1, "o.isSome = true", False),
    (1, "o.getD a = a", False),
    (1, "o.getD a = a → o = none", False),
    (2, "(some a).map f = some (f a)", True),
    (2, "o.map f = none → o = none", True),
    (2, "(o.map f).isSome = o.isSome", True),
    (2, "o.map f = o", False),
    (2, "(o.map f).getD (f a) = f (o.getD a)", True),
    (2, "(o.map f).getD a = f (o.getD a)", False),
    (3, "(o.map f).map g = o.map (fun x => g (f x))", True),
    (3, "(o.map f).map g = o.map (fun x => f (g x))", False),
    (3, "o.map f = some b → ∃ x, o = some x ∧ f x = b", True),
    (3, "o ≠ none → ∃ x, o = some x", True),
    (3, "o.bind k = none → o = none", False),
    (4, "o.bind k = some b → ∃ x, o = some x ∧ k x = some b", True),
    (4, "(o.map f).bind k = o.bind (fun x => k (f x))", True),
    (4, "(o.bind k).map f = o.bind (fun x => (k x).map f)", True),
    (4, "(∀ x, k x = none) → o.bind k = none", True),
    (4, "(∀ x, f x = x) → o.map f = o", True),
    (4, "o.map f = o.map g → f = g", False),
    (5, "(o.bind k).bind k = o.bind (fun x => (k x).bind k)", True),
    (5, "(∀ x y, f x = f y → x = y) → o.map f = q.map f → o = q", True),
    (5, "o.map f = q.map f → o = q", False),
    (5, "(∀ x, f (g x) = x) → (o.map g).map f = o", True),
    (5, "(∀ x, f (g x) = x) → (o.map f).map g = o", False),
)


def options(rng: random.Random, level: int) -> Draft:
    """Draw a law of `Option`; a false one fails for the natural numbers in place of α."""
    names = Names(rng)
    expected = wants_true(rng)
    _, law, _ = rng.choice(
        [each for each in _OPTIONS if level - 1 <= each[0] <= level and each[2] == expected]
    )
    of = rng.choice(("α", "β")) if expected else names.nat
    renamed = {
        **dict(zip("oq", rng.choice(("o q", "u v", "s t", "m n")).split(), strict=True)),
        **dict(zip("fg", rng.choice(("f g", "h i", "F G")).split(), strict=True)),
        **dict(zip("ab", rng.choice(("a b", "c d", "y z")).split(), strict=True)),
    }
    cut = ["".join(group) for _, group in itertools.groupby(law, key=str.isalnum)]
    types = (("oq", f"Option {of}"), ("fg", f"{of} → {of}"), ("k", f"{of} → Option {of}"), ("ab", of))
    binders = [
        binder([renamed.get(each, each) for each in letters if each in cut], typed)
        for letters, typed in types
        if any(each in cut for each in letters)
    ]
    text = "".join(renamed.get(each, each) for each in cut)
    *hypotheses, claim = premises_of(text) if rng.random() < 0.7 else [text]
    return Draft(
        binders=(
            *([f"({of} : Type)"] if of in ("α", "β") else []),
            *binders,
            *map(names.hypothesis, hypotheses),
        ),
        claim=claim,
        expected=expected,
    )
