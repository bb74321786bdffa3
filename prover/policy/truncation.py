"""Truncation of a state that is too long for the model; what has to be proved is kept.

First the later goals go, from the last; then hypotheses of the main goal, from the first, which are mostly the
types and instances that everything else mentions anyway; then the beginning of the goal's own text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from prover.policy.base import PolicyInput

CUT = "…"


async def fit_prompt(
    state: PolicyInput, prompt: Callable[[PolicyInput], str], fits: Callable[[str], Awaitable[bool]]
) -> str | None:
    """Return the prompt for `state`, cut where it does not fit; None if nothing of it fits.

    The least is cut that lets it fit, which a binary search over the cuts finds: shorter states are taken to
    make shorter prompts.
    """
    whole = prompt(state)
    if await fits(whole):
        return whole
    cuts = list(_cuts(state))
    low, high = 0, len(cuts)
    while low < high:
        middle = (low + high) // 2
        if await fits(prompt(cuts[middle])):
            high = middle
        else:
            low = middle + 1
    return prompt(cuts[low]) if low < len(cuts) else None


def _cuts(state: PolicyInput) -> Iterator[PolicyInput]:
    """Yield ever shorter versions of `state`."""
    for count in range(len(state.goals) - 1, 0, -1):
        yield replace(state, goals=state.goals[:count])
    tactics = state.tactics
    if tactics:
        tactics = (CUT, *tactics[-3:])
        yield replace(state, goals=state.goals[:1], tactics=tactics)
    hypotheses, turnstile, target = state.goals[0].rpartition("⊢")
    lines = hypotheses.splitlines(keepends=True)
    for first in range(1, len(lines) + 1):
        goal = "".join(lines[first:]) + turnstile + target
        yield replace(state, goals=(goal,), tactics=tactics)
    length = len(target)
    while length > 64:
        length = length * 3 // 4
        yield replace(state, goals=(f"{turnstile} {CUT}{target[-length:]}",), tactics=tactics)
