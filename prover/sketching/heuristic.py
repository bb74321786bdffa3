"""Plans without a model: the heuristic's own steps, and what the search that failed has proved on its way.

In this order:

1. what a sequence seems to be by its first terms (:mod:`prover.policy.heuristic.conjectures`)
2. all facts together that the search proved apart from each other
3. the state in which the search was nearest to a proof, each of its goals by itself
4. the heuristic's `have`s - bounds, cases, values - that their own tactic did not prove

A step that stays open is given up, one that is proved stands in all later plans.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.errors import StatementError, UnsupportedError
from prover.filling.search import Found, NotFound
from prover.policy.base import PolicyInput
from prover.policy.heuristic.conjectures import conjectures
from prover.policy.heuristic.declared import read_declared
from prover.policy.heuristic.goal_shape import Goal, parse_goal
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.result import best_unfinished
from prover.search.tree import ProofTree
from prover.sketching.harvest import Fact, base_of, proved_facts
from prover.sketching.planner import Means, NoPlan, Plan, Task
from prover.sketching.reader import Sketch
from prover.sketching.record import NOT_ASKED, PlanOutcome, PlanTry
from prover.sketching.sketch import SORRY, head_of, join_steps, steps_of, with_hole
from prover.sketching.step import Ended

MAX_PLANS = 20
"""For one statement, those included that facts found on the way suggest."""
MAX_CANDIDATES = 16
ROUNDS = 2
"""How often the heuristic is asked for moves."""


class HeuristicPlanner:
    """Implements :class:`prover.sketching.planner.Planner` without a model."""

    def plans(self, task: Task, means: Means) -> HeuristicPlans:
        """Begin with a statement."""
        return HeuristicPlans(task, means)


@dataclass(frozen=True, slots=True)
class _State:
    """Where plans begin: the tactics that lead there, and its goal as Lean prints it and read."""

    tactics: tuple[str, ...]
    text: str
    goal: Goal


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Steps of a plan, behind those that are proved; with `is_guess`, not behind the facts of the search."""

    steps: tuple[str, ...]
    is_guess: bool = False


class HeuristicPlans:
    """The plans for one statement; implements :class:`prover.sketching.planner.Plans`."""

    needs_all = True

    def __init__(self, task: Task, means: Means) -> None:
        self._task = task
        self._means = means
        self._before: list[str] = []
        self._proved: list[str] = []
        self._known: set[tuple[str, ...]] = set()
        self._tried: set[str] = set()
        self._waiting: deque[_Candidate] | None = None
        self._facts: list[Fact] = []

    async def next(self, number: int) -> Plan | NoPlan:
        """Return the next sketch that Lean takes.

        Raises:
            As :meth:`prover.sketching.planner.Plans.next`.
        """
        if self._waiting is None:
            self._waiting = deque(await self._candidates())
        while self._waiting and number < MAX_PLANS:
            candidate = self._waiting.popleft()
            if not candidate.is_guess:
                self._add_facts(self._facts)
            block = join_steps([*self._before, *self._proved, *candidate.steps])
            if block in self._tried:
                continue
            self._tried.add(block)
            self._means.spending.within(self._means.options.search.budget)
            if (plan := await self._read(block, number)) is not None:
                return plan
        return NoPlan.NO_MORE

    def learn(self, sketch: Sketch, ended: Sequence[Ended], refused: str) -> None:
        """Keep the steps that are proved, and what the search for the goal under them has found out."""
        assert self._waiting is not None
        filled = sketch.fill(each.edit for each in ended if isinstance(each, Found))
        for step in steps_of(filled)[len(self._before) :]:
            if head_of(step) is None or SORRY in step.split():
                break
            if step not in self._proved:
                self._proved.append(step)
        last = ended[-1] if len(ended) == len(sketch.holes) else None
        if isinstance(last, NotFound) and last.tree is not None:
            self._add_facts(proved_facts(last.tree))
            self._waiting.append(_Candidate((SORRY,)))

    async def _read(self, block: str, number: int) -> Plan | None:
        """Have Lean look at a sketch; None if it takes nothing of it."""
        reader = self._means.reader
        sketch = await reader.read(self._task.theorem, block)
        made = PlanTry(
            depth=self._task.depth,
            plan=number,
            correction=0,
            parent=None,
            answer=NOT_ASKED,
            outcome=PlanOutcome.OPEN if sketch.is_sound else PlanOutcome.ERRORS,
            sketch=sketch.block,
            file=sketch.file,
            errors=sketch.errors,
        )
        place = self._means.record.add(made)
        if sketch.is_sound and sketch.holes:
            return Plan(sketch, place)
        kept = await reader.keep(self._task.theorem, block) if sketch.errors else None
        if kept is None or kept.block in self._tried:
            return None
        self._tried.add(kept.block)
        self._means.record.put(place, sketch=kept.block, file=kept.file)
        return Plan(kept, place)

    async def _candidates(self) -> list[_Candidate]:
        """Return the plans to begin with, in their order."""
        state = await self._state()
        if state is None:
            return []
        self._before = [step for tactic in state.tactics for step in steps_of(tactic.strip())]
        found = [_Candidate(steps, is_guess=True) for steps in conjectures(state.goal)]
        tree = self._task.tree
        if tree is not None:
            self._facts = proved_facts(tree)
            if len(self._facts) > 1:
                found.append(_Candidate((SORRY,)))
            if not state.tactics:
                found += [_Candidate(steps, is_guess=True) for steps in _nearest(tree)]
        found += [_Candidate((with_hole(head), SORRY)) for head in await self._haves(state)]
        return list(dict.fromkeys(found))[:MAX_CANDIDATES]

    async def _state(self) -> _State | None:
        """Return where everything is introduced: in the tree of the search, else in a new session."""
        header = self._task.theorem.header
        if self._task.tree is not None:
            base = base_of(self._task.tree)
            if base.state.num_goals != 1:
                return None
            text = base.state.goals[0]
            return _State(base.tactics(), text, parse_goal(text, read_declared(header)))
        try:
            session = await self._means.environment.open(self._task.theorem)
        except (StatementError, UnsupportedError):
            return None
        await session.close()
        text = session.root.goals[0]
        return _State((), text, parse_goal(text, read_declared(header)))

    def _add_facts(self, facts: Sequence[Fact]) -> None:
        """Put facts among the steps that are proved, those that are new."""
        for fact in facts:
            if fact.types not in self._known:
                self._known.add(fact.types)
                self._proved += fact.renamed(f"_{len(self._known)}").steps

    async def _haves(self, state: _State) -> list[str]:
        """Return what the heuristic would state in that goal, in its order, where the search has not proved it."""
        policy = HeuristicPolicy()
        theorem = self._task.theorem
        heads: dict[str, None] = {}
        for number in range(ROUNDS):
            asked = PolicyInput(
                goals=(state.text,),
                name=theorem.name,
                statement=theorem.statement,
                header=theorem.header,
                round=number,
            )
            [moves] = await policy.suggest([asked])
            for move in moves:
                heads |= dict.fromkeys(_stated(move.tactic))
        known = {statement for fact in self._facts for statement in fact.types}
        return [head for head in heads if head.partition(" : ")[2] not in known]


def _stated(tactic: str) -> Iterator[str]:
    """Yield what the ``have``s of a tactic state, those with a type of their own."""
    for step in steps_of(tactic):
        head = head_of(step)
        if head is not None and " : " in head and "\n" not in head:
            yield head


def _nearest(tree: ProofTree) -> Iterator[tuple[str, ...]]:
    """Yield the way to the state with the least left to prove and a hole for each goal, where goals were closed."""
    best = best_unfinished(tree)
    way = best.path()
    most = max((edge.source.state.num_goals for edge in way), default=1)
    goals = best.state.num_goals
    if not way or best.rest or (goals == 1 and most == 1):
        return
    holes = [f"· {SORRY}"] * goals if goals > 1 else [SORRY]
    yield (*(tactic.strip() for tactic in best.tactics()), *holes)
