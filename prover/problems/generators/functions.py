"""Functions between types: injective, surjective, composed, inverse, all of it written out."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from prover.problems.generators.draft import Draft, Names, bare, binder, premises_of, wants_true
from prover.problems.generators.polynomial import Polynomial

_INJECTIVE = "(∀ x y, {f} x = {f} y → x = y)"
_SURJECTIVE = "(∀ z, ∃ x, {f} x = z)"

# With f : α → β, g : β → γ, h : γ → α, e : α → α, and a, b : α. INJ and SUR stand for the two properties.
_LAWS: Sequence[tuple[int, str, bool]] = (
    (1, "INJf → f a = f b → a = b", True),
    (1, "INJf → a ≠ b → f a ≠ f b", True),
    (1, "a = b → f a = f b", True),
    (1, "f a = f b → a = b", False),
    (1, "a ≠ b → f a ≠ f b", False),
    (1, "INJe → e (e a) = e a → e a = a", True),
    (2, "(∀ x, e (e x) = x) → e a = e b → a = b", True),
    (2, "(∀ x, e (e x) = x) → ∀ z, ∃ x, e x = z", True),
    (2, "(∀ x, e (e x) = x) → e a = a", False),
    (2, "(∀ x, e (e x) = e x) → e (e (e a)) = e a", True),
    (2, "(∀ x, e (e x) = e x) → e a = a", False),
    (2, "(∀ x, e x = a) → e (e b) = e b", True),
    (2, "(∀ x y, e x = e y) → e (e a) = e a", True),
    (3, "INJf → INJg → ∀ x y, g (f x) = g (f y) → x = y", True),
    (3, "SURf → SURg → ∀ z, ∃ x, g (f x) = z", True),
    (3, "(∀ x y, g (f x) = g (f y) → x = y) → ∀ x y, f x = f y → x = y", True),
    (3, "(∀ z, ∃ x, g (f x) = z) → ∀ z, ∃ y, g y = z", True),
    (3, "(∀ z, ∃ x, g (f x) = z) → ∀ z, ∃ x, f x = z", False),
    (3, "(∀ x y, g (f x) = g (f y) → x = y) → ∀ x y, g x = g y → x = y", False),
    (3, "INJe → (∀ x, e (e x) = e x) → e a = a", True),
    (4, "(∀ x, h (g (f x)) = x) → f a = f b → a = b", True),
    (4, "(∀ x, h (g (f x)) = x) → ∀ z, ∃ y, h y = z", True),
    (4, "(∀ x, h (g (f x)) = x) → INJg", False),
    (4, "SURe → (∀ x, e (e x) = e x) → e a = a", True),
    (4, "(∀ x, e (e (e x)) = x) → INJe", True),
    (4, "(∀ x, e (e (e x)) = x) → SURe", True),
    (4, "(∀ x, e (e (e x)) = x) → e (e a) = a", False),
    (4, "SURf → (∀ x, g (f x) = g (f a)) → ∀ y z, g y = g z", True),
    (5, "SURf → (∀ x y, g (f x) = g (f y) → x = y) → ∀ y z, g y = g z → y = z", True),
    (5, "INJg → (∀ z, ∃ x, g (f x) = z) → ∀ y, ∃ x, f x = y", True),
    (5, "INJe → (∀ x, e (e (e x)) = e x) → e (e a) = a", True),
    (5, "(∀ x, e (e (e x)) = e x) → e (e a) = a", False),
    (5, "¬∃ s : α → α → Prop, ∀ t : α → Prop, ∃ x, ∀ y, s x y ↔ t y", True),
    (5, "(∀ p : α → Prop, p a → p b) → f a = f b", True),
    (5, "∃ k : β → α, ∀ y, f (k y) = y", False),
    (5, "INJe → SURe", False),
    (5, "SURe → INJe", False),
)


def functions(rng: random.Random, level: int) -> Draft:
    """Draw a law of functions between types; one that does not hold fails for some types."""
    if level >= 2 and rng.random() < 0.3:
        return _concrete(rng, level)
    names = Names(rng)
    expected = wants_true(rng)
    _, law, _ = rng.choice([each for each in _LAWS if level - 1 <= each[0] <= level and each[2] == expected])
    for word, meaning in (("INJ", _INJECTIVE), ("SUR", _SURJECTIVE)):
        for letter in "efg":
            law = law.replace(f"{word}{letter}", meaning.replace("{f}", letter))
    *premises, claim = premises_of(law) if rng.random() < 0.7 else [law]
    claim = bare(claim)
    types = rng.choice(("α β γ", "A B C", "X Y Z", "α β δ")).split()
    renamed = {
        **dict(zip("αβγ", types, strict=True)),
        **dict(zip("fghe", rng.choice(("f g h e", "φ ψ θ σ", "u v w r", "F G H T")).split(), strict=True)),
        **dict(zip("ab", rng.choice(("a b", "c d", "m n")).split(), strict=True)),
    }
    cut = _split_words(law)
    kinds = (("f", "αβ"), ("g", "βγ"), ("h", "γα"), ("e", "αα"))
    used = [(each, kind) for each, kind in kinds if each in cut]
    points = [renamed[each] for each in "ab" if each in cut]
    shown = {each for _, kind in used for each in kind} | ({"α"} if points or "α" in cut else set())
    typed = [renamed[each] for each in "αβγ" if each in shown]
    binders = [binder(typed, "Type")]
    binders += [binder([renamed[f]], " → ".join(renamed[each] for each in kind)) for f, kind in used]
    binders += [binder(points, renamed["α"])] if points else []

    def rename(text: str) -> str:
        return "".join(renamed.get(each, each) for each in _split_words(text))

    binders += [names.hypothesis(rename(each)) for each in premises]
    return Draft(binders=binders, claim=rename(claim), expected=expected)


def _split_words(text: str) -> list[str]:
    return ["".join(group) for _, group in itertools.groupby(text, key=str.isalnum)]


def _concrete(rng: random.Random, level: int) -> Draft:
    """A linear function over ℕ or ℤ: one to one if its slope is not 0, onto ℤ if that is 1 or -1."""
    names = Names(rng)
    natural = rng.random() < 0.5
    of = names.nat if natural else names.int
    slope = rng.randint(0 if natural else -level, 1 + level)
    constant = rng.randint(0, 9)
    x, y = rng.choice(("x y", "a b", "m n", "u v")).split()
    (f,) = names.some(("f g", "g h", "F G"), 1)
    formula = Polynomial.univariate((constant, slope)).text([x])
    defined = names.hypothesis(f"∀ {x}, {f} {x} = {formula}")
    if rng.random() < 0.5:
        claim, holds = f"∀ {x} {y}, {f} {x} = {f} {y} → {x} = {y}", slope != 0
    else:
        claim = f"∀ {y}, ∃ {x}, {f} {x} = {y}"
        holds = (slope == 1 and constant == 0) if natural else slope in (-1, 1)
    return Draft(binders=(binder([f], f"{of} → {of}"), defined), claim=claim, expected=holds)
