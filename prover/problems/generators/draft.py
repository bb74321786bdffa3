"""What a family of generated problems hands over, and the names that its statements use."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

TRUE_SHARE = 0.7
"""How many of the statements are meant to be true."""

NUMBERS = (
    *("n m k", "a b c d", "x y z w", "n k j", "m n p", "p q r s", "i j k", "t u v", "s t u"),
    *("a b n", "x y n", "u v w", "k l m n", "a₁ a₂ a₃ a₄", "x₁ x₂ x₃", "b c d e"),
)
FUNCTIONS = ("f g h", "u v w", "p q r", "f₁ f₂ f₃", "φ ψ θ", "F G H")
PROPOSITIONS = ("P Q R S T", "p q r s t", "A B C D E", "a b c d e", "X Y Z W V")
LISTS = ("xs ys zs", "l m k", "l₁ l₂ l₃", "as bs cs", "s t u", "L M K")
HYPOTHESES = (
    "h₀ h₁ h₂ h₃ h₄ h₅",
    "h1 h2 h3 h4 h5 h6",
    "h h' h'' h3 h4 h5",
    "ha hb hc hd he hf",
    "H₁ H₂ H₃ H₄ H₅ H₆",
)


class DrawRejected(Exception):
    """No valid instance was drawn, such as a false statement without a counterexample; retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement without its name: `binders` such as ``(n : ℕ)``, the `claim`, the `header` before it.

    `expected` is whether it is true, which the family knows and does not guess.
    """

    binders: Sequence[str]
    claim: str
    expected: bool
    header: str = ""


Family = Callable[[random.Random, int], Draft]
"""Draws a statement of a level from 1 to 5; raises `DrawRejected` where no valid instance is drawn."""


def drawn_by_level(rng: random.Random, level: int, *families: Sequence[Family]) -> Draft:
    """Draw by one of the families of the level; the first of `families` are those of level 1."""
    return rng.choice(families[level - 1])(rng, level)


class Names:
    """Names for one statement, in one style each, and hypotheses in order."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._hypotheses = iter(rng.choice(HYPOTHESES).split())
        self._unicode = rng.random() < 0.7

    def some(self, styles: Sequence[str], count: int) -> list[str]:
        """Return `count` names of one of these styles."""
        return self._rng.choice([each for each in styles if len(each.split()) >= count]).split()[:count]

    def hypothesis(self, statement: str) -> str:
        """Return the binder of the next hypothesis."""
        return f"({next(self._hypotheses)} : {statement})"

    @property
    def nat(self) -> str:
        """How this statement writes the type of natural numbers."""
        return "ℕ" if self._unicode else "Nat"

    @property
    def int(self) -> str:
        """How this statement writes the type of integers."""
        return "ℤ" if self._unicode else "Int"


def binder(names: Sequence[str], of: str) -> str:
    """Return ``(a b : of)``."""
    return f"({' '.join(names)} : {of})"


def wants_true(rng: random.Random) -> bool:
    """Decide whether the next statement is to be a true one."""
    return rng.random() < TRUE_SHARE


def premises_of(statement: str) -> list[str]:
    """Return the premises of an implication, then its conclusion; brackets around a whole premise go."""
    parts: list[str] = []
    depth = start = 0
    for index, letter in enumerate(statement):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and letter in "∀∃¬" and index == start:
            break
        if depth == 0 and letter == "→":
            parts.append(statement[start:index].strip())
            start = index + 2
    parts.append(statement[start:])
    return [bare(each) for each in parts[:-1]] + parts[-1:]


def bare(text: str) -> str:
    """Return `text` without the brackets around all of it, if there are such."""
    closed = text.startswith("(") and text.endswith(")")
    depth = 0
    for letter in text[:-1]:
        depth += (letter == "(") - (letter == ")")
        closed = closed and depth > 0
    return text[1:-1] if closed else text
