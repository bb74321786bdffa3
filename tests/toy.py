"""A toy proof system for searches, a policy and a critic for it.

A state of the toy is a list of numbers, one goal each: ``⊢ 6``. The tactics are ``sub k`` (the first number
less k), ``half`` (fails on odd numbers), ``zero`` (closes a first goal 0), ``split a b`` (two goals that add up
to the first), ``all k`` (every number less k), ``rotate_left k``, ``fail``, ``sorry`` and whatever else, which is
an error. Tactics may stand below one another, in ``focus`` and in bullets.
"""

import asyncio
import re

from prover.errors import EngineCrashed
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticState,
    TacticTimeout,
)
from prover.lean.theorem import Theorem
from prover.policy.base import Suggestion, merge_duplicates
from prover.search.goals import SHOW_ALL
from prover.search.tree import outcome_kind


class ToySession:
    """Plays the toy; `delay` returns the seconds that a call about a state takes.

    If it is `connected`, Lean shows a metavariable in every goal.
    """

    def __init__(self, start, delay=lambda state: 0.0, *, connected=False):
        self.theorem = Theorem(name="toy", statement="theorem toy")
        self.root = TacticState(0, (f"⊢ {start}",))
        self.calls = []
        self._delay = delay
        self._connected = connected
        self._ids = 0

    async def run_tacs(self, state, tactics, heard=None):
        self.calls.append((state.pp, tuple(tactics)))
        await asyncio.sleep(self._delay(state.pp))
        results = []
        for tactic in tactics:
            if tactic == "hang":
                await asyncio.sleep(3600)
            results.append(self._run(state, tactic))
            if heard is not None:
                heard(len(results) - 1, results[-1])
            if isinstance(results[-1], ProofFinished):
                break
        return results

    def recall(self, state, tactic, goals, messages=()):
        self._ids += 1
        return TacticState(self._ids, goals, messages)

    async def close(self):
        pass

    def _run(self, state, tactic):
        if tactic == SHOW_ALL:
            hidden = " ?x" if self._connected else ""
            return LeanError("\n\n".join(["Failed:", *(goal + hidden for goal in state.goals)]))
        goals = _block([int(goal.removeprefix("⊢ ")) for goal in state.goals], tactic)
        if not isinstance(goals, list):
            return goals
        if not goals:
            return ProofFinished()
        self._ids += 1
        return TacticState(self._ids, tuple(f"⊢ {goal}" for goal in goals))


def _block(goals, block):
    """The goals after a block of tactics, or how it fails."""
    for tactic in re.split(r"\n(?! )", block):
        goals = _tactic(goals, tactic) if goals else LeanError("no goals")
        if not isinstance(goals, list):
            break
    return goals


def _tactic(goals, tactic):
    first, *rest = goals
    if tactic.startswith(("· ", "focus\n  ")):
        inner = tactic.removeprefix("· ").removeprefix("focus\n  ").replace("\n  ", "\n")
        left = _block([first], inner)
        if tactic.startswith("·") and left:
            return left if not isinstance(left, list) else LeanError("unsolved goals")
        return left + rest if isinstance(left, list) else left
    match tactic.split():
        case ["rotate_left", places]:
            return goals[int(places) :] + goals[: int(places)]
        case ["all", number] if int(number) <= min(goals):
            return [goal - int(number) for goal in goals]
        case ["sub", number] if int(number) <= first:
            return [first - int(number), *rest]
        case ["half"] if first % 2 == 0:
            return [first // 2, *rest]
        case ["zero"] if first == 0:
            return rest
        case ["split", a, b] if int(a) + int(b) == first:
            return [int(a), int(b), *rest]
        case ["sorry"]:
            return ProofGivenUp()
        case ["slow"]:
            return TacticTimeout("too slow")
        case ["crash"]:
            raise EngineCrashed("the toy broke")
    return LeanError(f"{tactic} does not apply to {first}")


class ToyPolicy:
    """Suggests the same tactics for every state, or those of a table for the states in it.

    Whoever comes back to a state is told the same again, unless `later` has something for the state and the round.
    `asked` are the states it was asked about for the first time.
    """

    name = "toy"
    tokens = 0

    def __init__(self, always=(), table=None, delay=lambda: 0.0, later=None):
        self.asked = []
        self._later = later or {}
        self._always = always
        self._table = table or {}
        self._delay = delay

    async def suggest(self, states):
        self.asked += [state for state in states if state.round == 0]
        await asyncio.sleep(self._delay())
        return [
            merge_duplicates(
                each if isinstance(each, Suggestion) else Suggestion(*each)
                for each in self._later.get((state.pp, state.round), self._table.get(state.pp, self._always))
            )
            for state in states
        ]


class ToyCritic:
    """Likes small numbers."""

    name = "toy critic"

    def __init__(self):
        self.scored = []

    async def score(self, states):
        self.scored += [state.pp for state in states]
        return [-float(state.goals[0].removeprefix("⊢ ")) for state in states]


def dump(tree):
    """The whole tree as text: every node with its edges in order."""
    lines = []
    for node in tree.nodes:
        goals = ", ".join(node.state.goals)
        lines.append(f"{node.id} [{goals}] {node.status.value} {node.logprob:.1f}")
        for edge in node.edges:
            leads = f"{edge.target.id}" if edge.target else outcome_kind(edge.outcome)
            lines.append(f"  {edge.tactic} -> {leads}")
    return "\n".join(lines)
