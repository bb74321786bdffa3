"""A move: a tactic and the kind of idea behind it, with the table of how often each kind is right."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prover.policy.heuristic.goal_shape import Goal

PRIORS = {
    # Tactics that either close the goal or fail, cheap and strong ones first: they are simply tried.
    "compute": 0.99,  # rfl, decide: nothing is left to prove but a calculation
    "linear": 0.98,  # omega
    "close": 0.95,  # assumption and the like
    "certificate": 0.94,  # facts from which the claim follows linearly: only Lean's check is left
    "grind": 0.93,
    "grind with lemmas": 0.60,
    # Steps that lose nothing and that the goal's shape asks for.
    "introduce": 0.90,
    "take apart": 0.88,  # obtain, subst, rcases on conjunctions and existentials
    "split target": 0.75,  # constructor
    "simplify all": 0.70,
    "simplify": 0.60,
    "unfold": 0.55,
    # Ideas that are usually the point of the proof, where they fit at all.
    "recurrence": 0.94,  # before grind, which goes on instantiating the recurrence for seconds
    "calculated witness": 0.94,
    "residues": 0.70,
    "powers": 0.70,
    "induction with closers": 0.65,
    "structural": 0.62,
    "functional induction": 0.50,
    "earlier theorems": 0.58,
    "gcd": 0.60,
    "box": 0.80,  # every variable is bounded and there are few cases: let the kernel try all
    "bounded cases": 0.70,
    "bound": 0.55,
    "divisors": 0.60,
    "positivity": 0.35,
    "products": 0.40,
    "powers bound exponents": 0.65,
    # Steps that may or may not lead somewhere.
    "cases": 0.45,
    "split if": 0.70,
    "rewrite": 0.30,
    "rewrite backwards": 0.12,
    "simplify with": 0.40,
    "earlier theorem": 0.35,
    "name": 0.20,  # rename_i
    "instantiate": 0.30,
    "apply": 0.30,
    "witness": 0.25,
    "counterexample": 0.30,
    "induction": 0.30,
    "strong induction": 0.12,
    "extensionality": 0.50,
    "casts": 0.35,
    "parity": 0.25,
    "both bounds": 0.06,  # a = b from a ≤ b and b ≤ a
    "excluded middle": 0.15,
    "choose side": 0.25,
    "contradiction": 0.10,
}
"""For each kind of move, roughly the chance that a Lean user who sees the goal would make that move next."""


class Move(NamedTuple):
    """A tactic, its kind, and how much more or less likely than its kind it is."""

    kind: str
    tactic: str
    weight: float = 1.0

    @property
    def prior(self) -> float:
        """The chance that this is the right move."""
        return PRIORS[self.kind] * self.weight


def fresh(goal: Goal, stem: str, avoid: Iterable[str] = ()) -> str:
    """Return `stem`, or `stem` with the first number that makes it a name not in use."""
    return next(fresh_names(goal, stem, avoid))


def fresh_names(goal: Goal, stem: str, avoid: Iterable[str] = ()) -> Iterator[str]:
    """Yield names not in use: `stem`, then `stem` followed by 1, 2, ..."""
    used = {each.name for each in goal.hypotheses} | set(avoid)
    candidates = itertools.chain([stem], (f"{stem}{number}" for number in itertools.count(1)))
    return (name for name in candidates if name not in used)


def lines(*parts: str) -> str:
    """Join the lines of one tactic."""
    return "\n".join(parts)
