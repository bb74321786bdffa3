"""One goal of a state by itself: tactics that see only that goal, and which goals can be proved apart.

A `TacticState` holds all open goals. Here a search works on its first goals only: a state with `rest` stands for its
goals without the last `rest` ones, which belong to others and have to stay as they are. Nothing but tactics is
needed for it, so it works with every engine: `rotate_left` brings a goal to the front, `focus` keeps a tactic to it.

Two goals can be proved apart if no metavariable is in both and neither is a metavariable of the other. As
Lean prints them for people, goals hide implicit arguments and proofs, so Lean is asked to print them in full: `fail`
does so in its message. A goal that even then is not shown completely counts as connected with every other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.lean.environment import LeanError, ProofFinished, Session, TacticResult, TacticState
from prover.search.script import indent

SHOW_ALL = "set_option pp.all true in set_option pp.deepTerms true in set_option pp.maxSteps 1000000 in\nfail"
"""Fails with all goals in its message, printed without leaving anything out."""

_METAVARIABLE = re.compile(r"(?<![\w'!?.)\]}»])\?[^\s()\[\]{}⟨⟩,:;]+")
_TAG = re.compile(r"^case (\S+)$", re.MULTILINE)
_LEFT_OUT = "⋯"


@dataclass(frozen=True, slots=True)
class GoalClosed:
    """The tactic closed the goals that it was given; those of others are left."""

    messages: tuple[str, ...] = ()


GoalResult = TacticResult | GoalClosed


@dataclass(frozen=True, slots=True)
class Part:
    """Goals that are to be proved apart: those of `state` without the last `rest`. `tactic` made the state."""

    tactic: str
    state: TacticState
    rest: int

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals of the part."""
        return self.state.goals[: self.state.num_goals - self.rest]


async def run_tactics(
    session: Session,
    state: TacticState,
    rest: int,
    tactics: Sequence[str],
    heard: Callable[[int, GoalResult], None] | None = None,
) -> list[GoalResult]:
    """Apply each tactic to `state` without its last `rest` goals; the results stand in the order of `tactics`.

    Stops at the first one that closes the goals: the list may then be shorter than `tactics`. A tactic that
    changes one of the other goals fails. `heard` is called with each result, as in
    :class:`prover.lean.environment.Session`.
    """
    if rest == 0:
        return [*await session.run_tacs(state, tactics, heard)]
    sent = [sent_tactic(state, rest, tactic) for tactic in tactics]
    results: list[GoalResult] = []
    while (done := len(results)) < len(sent):

        def tell(index: int, result: TacticResult, done: int = done) -> None:
            if heard is not None:
                heard(done + index, _without_rest(result, state.goals[-rest:]))

        for result in await session.run_tacs(state, sent[done:], tell):
            results.append(_without_rest(result, state.goals[-rest:]))
            if isinstance(results[-1], GoalClosed):
                return results
    return results


def sent_tactic(state: TacticState, rest: int, tactic: str) -> str:
    """Return what Lean is sent for `tactic` on `state` without its last `rest` goals."""
    alone = rest > 0 and state.num_goals - rest == 1
    return f"focus\n{indent(tactic.strip())}" if alone else tactic


def _without_rest(result: TacticResult, rest: tuple[str, ...]) -> GoalResult:
    if isinstance(result, ProofFinished):
        return LeanError("it closes goals that are to be proved apart")
    if not isinstance(result, TacticState):
        return result
    if result.goals[-len(rest) :] != rest:
        return LeanError("it changes goals that are to be proved apart")
    return GoalClosed(result.messages) if len(result.goals) == len(rest) else result


async def take_apart(session: Session, state: TacticState, rest: int) -> tuple[Part, ...]:
    """Return the parts of `state` without its last `rest` goals, in order; empty if the goals are connected.

    Asks Lean once, and once more for each further part.
    """
    own = state.num_goals - rest
    [shown] = await session.run_tacs(state, [SHOW_ALL])
    if not isinstance(shown, LeanError):
        return ()
    groups = independent_groups(shown.error, state.num_goals, own)
    if len(groups) < 2:
        return ()
    starts = [group.start for group in groups]
    moves = [f"rotate_left {start}" for start in starts]
    moved = [state, *await session.run_tacs(state, moves[1:])]
    parts: list[Part] = []
    for group, move, result in zip(groups, moves, moved, strict=True):
        goals = state.goals[group.start :] + state.goals[: group.start]
        if not isinstance(result, TacticState) or result.goals != goals:
            return ()
        parts.append(Part(move, result, state.num_goals - len(group)))
    return tuple(parts)


def independent_groups(shown: str, goals: int, own: int) -> list[range]:
    """Return the first `own` of the goals in groups that share no metavariable, each of adjacent goals.

    `shown` is Lean's message that ends with all `goals`, printed in full.
    """
    texts = shown.split("\n\n")[-goals:]
    if len(texts) < goals or any("⊢" not in text for text in texts):
        return [range(own)]
    mentions = [set(_METAVARIABLE.findall(text)) for text in texts]
    tags = [_TAG.search(text) for text in texts]
    names = [f"?{tag[1]}" if tag else None for tag in tags]

    def goals_connected(one: int, other: int) -> bool:
        if mentions[one] & mentions[other] or _LEFT_OUT in texts[one] + texts[other]:
            return True
        return _may_be(names[one], mentions[other]) or _may_be(names[other], mentions[one])

    groups: list[range] = []
    for index in range(own):
        start = min([index, *(i for i in range(index) if goals_connected(i, index))])
        while groups and groups[-1].stop > start:
            start = min(start, groups.pop().start)
        groups.append(range(start, index + 1))
    return groups


def _may_be(name: str | None, mentioned: set[str]) -> bool:
    """Whether a goal is one of the metavariables that are mentioned; one without a tag is printed as a number."""
    if name is None:
        return any(re.match(r"\?(?:m|_)", each) for each in mentioned)
    return name in mentioned
