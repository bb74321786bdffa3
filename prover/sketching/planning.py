"""Draft, sketch, prove: plans for a statement, their steps proved, and new plans where that fails.

After Jiang et al. (2023); the cache of proved steps and the new plans are BFS-Prover-V2's (Xin et al. 2025), plans for
steps that stay unproved Hilbert's (Varambally et al. 2025). A step is searched like any hole of a file
(:mod:`prover.filling`); one that is not proved gets a short search for its negation, then plans of its own. What is put
together here has been elaborated, and no more than that: the verifier decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from prover.attempt import Disproof, attempt
from prover.disprove import FIRST_LOOK, counterexample, disprove
from prover.errors import StatementError, UnsupportedError
from prover.filling.search import Fitting, Found, HoleSearch, NotFound
from prover.lean.backend import HoleEnvironment
from prover.lean.protocol import OpenEngine
from prover.lean.reading.holes import Hole
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.policy.base import Policy, trouble_of
from prover.search.base import SearchAlgorithm, SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.tree import ProofTree
from prover.sketching.harvest import closed_goals
from prover.sketching.lemmas import Lemmas
from prover.sketching.options import SketchOptions
from prover.sketching.planner import Means, NoPlan, Planner, Task
from prover.sketching.reader import Sketch, SketchReader
from prover.sketching.record import PlanOutcome, Record
from prover.sketching.spending import Spending
from prover.sketching.step import Ended, FalseStep, report
from prover.sketching.subgoal import as_theorem, contrary
from prover.whole_proof.attempt import Chat

WholeProofs = Callable[[Theorem], Awaitable[str | None]]
"""Has a chat model write a proof of a theorem, which the verifier accepts; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchTools:
    """What plans are made and carried out with: `policy` makes the policy of one search.

    Steps are proved by `whole_proofs` where that is given, else by the search. `chats` are the chat models of both.
    """

    environment: HoleEnvironment
    ask: OpenEngine
    verifier: Verifier
    algorithm: SearchAlgorithm
    policy: Callable[[], Policy]
    planner: Planner
    whole_proofs: WholeProofs | None = None
    chats: tuple[Chat, ...] = ()

    @property
    def trouble(self) -> str:
        """What is wrong with a model, see :class:`prover.policy.base.Troubled`."""
        return next(filter(None, map(trouble_of, (self.policy(), *self.chats))), "")


@dataclass(slots=True)
class Planning:
    """The plans of one attempt; `record` has the planner's answers, `lemmas` what is proved."""

    tools: SketchTools
    options: SketchOptions
    reader: SketchReader
    spending: Spending
    record: Record = field(default_factory=Record)
    lemmas: Lemmas = field(default_factory=Lemmas)

    async def prove(
        self,
        theorem: Theorem,
        problem: str = "",
        *,
        depth: int = 0,
        tree: ProofTree | None = None,
        accept: Callable[[str], Awaitable[str]] | None = None,
    ) -> str | None:
        """Return a proof of `theorem`, which `problem` says in words, that Lean elaborates; None if there is none.

        `tree` is that of a search that did not find one. `accept` may refuse a proof with a reason that is not empty;
        other plans are then tried.

        Raises:
            TacticsSpent, BudgetSpent: the budget of tactics or of tokens is spent.
            RequestRefused, PolicyUnavailable: the planner does not answer.
            SetupError, EngineError, PolicyError: as for searches.
        """
        task = Task(theorem=theorem, problem=problem, depth=depth, tree=tree)
        plans = self.tools.planner.plans(task, self._means())
        carried_out: dict[str, list[Ended]] = {}
        for number in itertools.count():
            plan = await plans.next(number)
            if plan is NoPlan.NO_MORE:
                break
            if isinstance(plan, NoPlan):
                continue
            sketch = plan.sketch
            if sketch.block not in carried_out:
                carried_out[sketch.block] = await self._carry_out(sketch, depth, needs_all=plans.needs_all)
            ended = carried_out[sketch.block]
            edits = [each.edit for each in ended if isinstance(each, Found)]
            proof = sketch.fill(edits) if len(edits) == len(sketch.holes) else None
            refused = await accept(proof) if proof is not None and accept is not None else ""
            self._note_steps(plan.place, sketch, ended, refused)
            if proof is not None and not refused:
                return proof
            plans.learn(sketch, ended, refused)
        return None

    def learn(self, tree: ProofTree) -> None:
        """Keep what an unfinished search has proved on its way."""
        for goal, proof in closed_goals(tree):
            self.lemmas.add(goal, proof)

    def _means(self) -> Means:
        return Means(
            environment=self.tools.environment,
            reader=self.reader,
            spending=self.spending,
            record=self.record,
            options=self.options,
        )

    async def _carry_out(self, sketch: Sketch, depth: int, *, needs_all: bool) -> list[Ended]:
        """Try to prove the steps of a sketch, up to the first that is false, or open where all are needed."""
        ended: list[Ended] = []
        for hole in sketch.holes:
            ended.append(await self.step(hole, sketch.file, depth))
            if isinstance(ended[-1], FalseStep) or (needs_all and not isinstance(ended[-1], Found)):
                break
        return ended

    async def step(
        self, hole: Hole, text: str, depth: int, also: Callable[[Found], Awaitable[str]] | None = None
    ) -> Ended:
        """Try to prove one hole: by what is known, by search, by plans of its own; or to refute it.

        Raises:
            As for `prove`.
        """
        fitting = Fitting(self.tools.environment, hole, text, also)
        for known in self.lemmas.proofs(hole.goal):
            self.spending.take(1)
            if isinstance(fit := await fitting.check(known), Found):
                return fit
        theorem: Theorem | None = None
        if self.tools.whole_proofs is None:
            found = await self._search(hole, text, also)
        else:
            theorem = await as_theorem(hole, self.tools.environment)
            found = await self._whole_proof(hole, theorem, fitting, self.tools.whole_proofs)
        if isinstance(found, Found):
            self.lemmas.add(hole.goal, found.proof)
            return found
        if found.tree is not None:
            self.learn(found.tree)
        if self.tools.whole_proofs is None:
            theorem = await as_theorem(hole, self.tools.environment)
        if theorem is None:
            return found
        if (disproof := await self._contradict(hole) or await self.refute(theorem)) is not None:
            return FalseStep(hole, disproof)
        if depth + 1 >= self.options.depth:
            return found
        proof = await self.prove(theorem, depth=depth + 1, tree=found.tree)
        if proof is None or not isinstance(fit := await fitting.check(proof), Found):
            return found
        self.lemmas.add(hole.goal, proof)
        return fit

    async def _whole_proof(
        self, hole: Hole, theorem: Theorem | None, fitting: Fitting, whole_proofs: WholeProofs
    ) -> Found | NotFound:
        proof = None if theorem is None else await whole_proofs(theorem)
        fit = None if proof is None else await fitting.check(proof)
        return fit if isinstance(fit, Found) else NotFound(hole=hole, reason="no whole proof was found")

    async def _search(
        self, hole: Hole, text: str, also: Callable[[Found], Awaitable[str]] | None
    ) -> Found | NotFound:
        tools, options = self.tools, self.options
        search = HoleSearch(
            environment=tools.environment,
            algorithm=tools.algorithm,
            options=self.search_options(options.search.budget),
        )
        interrupt = options.interrupt or asyncio.Event()
        found = await search.run(hole, text, tools.policy(), interrupt=interrupt, also=also)
        self.spending.take(found.tactics)
        return found

    def search_options(self, budget: Budget) -> SearchOptions:
        """Return the options of one search with this budget.

        Raises:
            TacticsSpent: there is nothing left of the attempt's.
        """
        return replace(self.options.search, budget=self.spending.within(budget))

    async def refute(self, theorem: Theorem) -> Disproof | None:
        """Look for values for which `theorem` is false, for a short time.

        Raises:
            TacticsSpent: there is nothing left of the attempt's.
        """
        tools = self.tools
        with self._short_look() as options:
            return await disprove(
                theorem,
                environment=tools.environment,
                verifier=tools.verifier,
                policy=tools.policy(),
                algorithm=tools.algorithm,
                options=options,
            )

    async def _contradict(self, hole: Hole) -> Disproof | None:
        """Look for a proof that what a hole states is wrong whatever the values are, for a short time."""
        tools, theorem = self.tools, contrary(hole)
        try:
            with self._short_look() as options:
                found = await attempt(
                    theorem,
                    environment=tools.environment,
                    verifier=tools.verifier,
                    policy=tools.policy(),
                    algorithm=tools.algorithm,
                    options=options,
                )
        except (StatementError, UnsupportedError):
            return None
        if found.verified is None:
            return None
        values = counterexample(found.verified.steps)
        return Disproof(theorem=theorem, verified=found.verified, counterexample=values)

    @contextlib.contextmanager
    def _short_look(self) -> Iterator[SearchOptions]:
        """Yield the options of a short search, and count what it uses."""
        spent = 0

        def observe(_: ProofTree, so_far: Spent) -> None:
            nonlocal spent
            spent = so_far.tactics

        try:
            yield replace(self.search_options(FIRST_LOOK), observe=observe)
        finally:
            self.spending.take(spent)

    def _note_steps(self, place: int, sketch: Sketch, ended: Sequence[Ended], refused: str) -> None:
        """Write down what came of the steps of the last plan for a statement."""
        outcome = PlanOutcome.OPEN
        if any(isinstance(each, FalseStep) for each in ended):
            outcome = PlanOutcome.FALSE_STEP
        elif (
            len(ended) == len(sketch.holes) and all(isinstance(each, Found) for each in ended) and not refused
        ):
            outcome = PlanOutcome.PROVED
        steps = tuple(report(sketch, each) for each in ended)
        self.record.change(place, outcome=outcome, steps=steps, reason=refused)
