"""A hole as a theorem of its own, for what needs one: its negation, a plan, a whole proof.

The statement is made from the goal as Lean prints it. That it says the same is for Lean to confirm: opened, it has to
be printed as that goal again. Goals that Lean does not read back have no such theorem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.errors import EngineError, StatementError, UnsupportedError
from prover.lean.backend import HoleEnvironment
from prover.lean.reading.holes import Hole
from prover.lean.theorem import Theorem
from prover.policy.heuristic.goal_shape import Goal, Hypothesis, parse_goal

NAME = "prover_step"

_WORD = re.compile(r"[^\W\d][\w'!?]*")
_UNIVERSE = re.compile(r"\b(?:Type|Sort) ([a-z]\w*)")


def show_goal(goal: str) -> str:
    """Return a goal as Lean prints it without its case and its line breaks."""
    parsed = parse_goal(goal)
    facts = "\n".join(f"{each.name} : {each.type} := {each.value}" for each in parsed.hypotheses)
    return f"{facts}\n⊢ {parsed.target}"


async def as_theorem(hole: Hole, environment: HoleEnvironment) -> Theorem | None:
    """Return the theorem that says what `hole` is to prove; None if Lean does not confirm that there is one.

    Raises:
        SetupError: no engine can be started.
    """
    goal = parse_goal(hole.goal)
    if not goal.target or any(not each.accessible or each.value for each in goal.hypotheses):
        return None
    theorem = _theorem(hole, goal.hypotheses, goal.target)
    try:
        session = await environment.open(theorem)
    except (StatementError, UnsupportedError, EngineError):
        return None
    try:
        return theorem if show_goal(session.root.goals[0]) == show_goal(hole.goal) else None
    finally:
        await session.close()


def contrary(hole: Hole) -> Theorem:
    """Return the theorem that what `hole` is to prove is wrong, under those of its hypotheses that concern it.

    Where it holds, the step cannot be proved, unless the hypotheses contradict each other.
    """
    goal = parse_goal(hole.goal)
    concerned = set(_WORD.findall(goal.target))
    kept: set[Hypothesis] = set()
    while True:
        more = {
            each
            for each in goal.hypotheses
            if each not in kept and (each.name in concerned or concerned & _variables_of(each, goal))
        }
        if not more:
            break
        kept |= more
        concerned |= {word for each in more for word in (each.name, *_variables_of(each, goal))}
    return _theorem(hole, [each for each in goal.hypotheses if each in kept], f"¬ ({goal.target})")


def _variables_of(hypothesis: Hypothesis, goal: Goal) -> set[str]:
    """Return the names of the goal that a hypothesis speaks of."""
    return set(_WORD.findall(hypothesis.type)) & goal.names


def _theorem(hole: Hole, hypotheses: Sequence[Hypothesis], target: str) -> Theorem:
    universes = sorted({name for each in hypotheses for name in _UNIVERSE.findall(each.type)})
    levels = f".{{{', '.join(universes)}}}" if universes else ""
    binders = "".join(f" ({each.name} : {each.type})" for each in hypotheses)
    return Theorem(
        name=NAME,
        statement=f"theorem _root_.{NAME}{levels}{binders} : {target}",
        header=hole.theorem.header,
        source=f"the goal at {hole.line}:{hole.column}",
    )
