"""Draft, sketch, prove: plans for a statement, their steps proved, and new plans where that fails.

After Jiang et al. (2023); the cache of proved steps and the new plans are BFS-Prover-V2's (Xin et al. 2025), plans for
steps that stay unproved Hilbert's (Varambally et al. 2025). A step is searched like any hole of a file
(:mod:`prover.filling`); one that is not proved gets a short search for its negation, then plans of its own. What is put
together here has been elaborated, and no more than that: the verifier decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import zlib
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
from prover.policy.base import Policy
from prover.policy.chat.messages import ChatAnswer, ChatMessage, ChatRequest
from prover.policy.chat.plans import PlanFormat
from prover.policy.chat.repair import errors_text
from prover.policy.seeds import derive_seed
from prover.search.base import SearchAlgorithm, SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.tree import ProofTree
from prover.sketching.lemmas import Lemmas
from prover.sketching.reader import Sketch, SketchReader
from prover.sketching.record import PlanOutcome, PlanTry, StepReport
from prover.sketching.sketch import sketch_of
from prover.sketching.spending import Spending
from prover.sketching.subgoal import as_theorem, contrary
from prover.whole_proof.assemble import NoProof
from prover.whole_proof.attempt import Chat

WholeProofs = Callable[[Theorem], Awaitable[str | None]]
"""Has a chat model write a proof of a theorem, which the verifier accepts; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchTools:
    """What plans are made and carried out with: `policy` makes the policy of one search.

    Steps are proved by `whole_proofs` where that is given, else by the search.
    """

    environment: HoleEnvironment
    ask: OpenEngine
    verifier: Verifier
    algorithm: SearchAlgorithm
    policy: Callable[[], Policy]
    planner: Chat
    plan_format: PlanFormat
    whole_proofs: WholeProofs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchOptions:
    """How much may be tried.

    `search` is for each search, with the budget of one step. A plan with errors goes back `corrections` times.
    `tactics` may be run by all searches together, an elaborated sketch counting as one. With `disprove`, a proof that
    the theorem itself is false is looked for, too.
    """

    search: SearchOptions
    plans: int
    corrections: int
    depth: int
    tactics: int | None = None
    seconds: float | None = None
    seed: int = 0
    disprove: bool = True
    interrupt: asyncio.Event | None = None
    observe: Callable[[Sequence[PlanTry]], None] = lambda tries: None
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class FalseStep:
    """A step is false, as the verifier confirms."""

    hole: Hole
    disproof: Disproof


Ended = Found | NotFound | FalseStep
"""What came of a step."""


@dataclass(slots=True)
class _Conversation:
    """With the planner about one statement: all turns, and the place of the last answer among the tries."""

    messages: tuple[ChatMessage, ...]
    last: int | None = None


@dataclass(slots=True)
class Planning:
    """The plans of one attempt; `tries` are the planner's answers so far, `lemmas` the steps that are proved."""

    tools: SketchTools
    options: SketchOptions
    reader: SketchReader
    spending: Spending
    tries: list[PlanTry] = field(default_factory=list)
    lemmas: Lemmas = field(default_factory=Lemmas)

    async def prove(
        self,
        theorem: Theorem,
        problem: str = "",
        *,
        depth: int = 0,
        accept: Callable[[str], Awaitable[str]] | None = None,
    ) -> str | None:
        """Return a proof of `theorem`, which `problem` says in words, that Lean elaborates; None if there is none.

        `accept` may refuse a proof with a reason that is not empty; other plans are then tried.

        Raises:
            TacticsSpent, BudgetSpent: the budget of tactics or of tokens is spent.
            RequestRefused, PolicyUnavailable: the planner does not answer.
            SetupError, EngineError, PolicyError: as for searches.
        """
        form = self.tools.plan_format
        talk = _Conversation(form.first(theorem, problem))
        carried_out: dict[str, list[Ended]] = {}
        for number in range(self.options.plans):
            sketch = await self._sketch(theorem, talk, number, depth)
            if sketch is None:
                continue
            if sketch.block not in carried_out:
                carried_out[sketch.block] = await self._carry_out(sketch, depth)
            ended = carried_out[sketch.block]
            edits = [each.edit for each in ended if isinstance(each, Found)]
            proof = sketch.fill(edits) if len(edits) == len(sketch.holes) else None
            refused = await accept(proof) if proof is not None and accept is not None else ""
            self._note_steps(talk, sketch, ended, refused)
            if proof is not None and not refused:
                return proof
            proved, stuck = _told(sketch, ended, refused)
            talk.messages = form.again(talk.messages, theorem, problem, proved=proved, stuck=stuck)
        return None

    async def _sketch(self, theorem: Theorem, talk: _Conversation, number: int, depth: int) -> Sketch | None:
        """Ask for a plan until Lean takes it; None if it takes nothing of the last answer."""
        sketch: Sketch | None = None
        for correction in range(self.options.corrections + 1):
            self.spending.within(self.options.search.budget)
            answer = await self._answer(talk, depth)
            made = PlanTry(
                depth=depth,
                plan=number,
                correction=correction,
                parent=talk.last,
                answer=answer,
                outcome=PlanOutcome.EMPTY,
            )
            made, sketch, back = await self._read(made, theorem)
            talk.last = len(self.tries)
            self.tries.append(made)
            self.options.observe(self.tries)
            talk.messages = (*talk.messages, ChatMessage("assistant", answer.text or answer.raw or "-"))
            if not back:
                return sketch
            if correction < self.options.corrections:
                talk.messages = (*talk.messages, ChatMessage("user", back))
        sketch = None if sketch is None else await self._keep_part(sketch, talk.last)
        if sketch is None:
            talk.messages = (*talk.messages, ChatMessage("user", back))
        return sketch

    async def _answer(self, talk: _Conversation, depth: int) -> ChatAnswer:
        conversation = "".join(each.content for each in talk.messages)
        request = ChatRequest(
            messages=talk.messages,
            sampling=self.tools.plan_format.sampling,
            seed=derive_seed([self.options.seed, depth, zlib.crc32(conversation.encode())]),
        )
        [answer] = await self.tools.planner.ask(request)
        return answer

    async def _read(self, made: PlanTry, theorem: Theorem) -> tuple[PlanTry, Sketch | None, str]:
        """Return an answer with what came of it, its sketch, and the message with which it goes back, if it does."""
        answer = made.answer
        if not answer.text.strip():
            outcome = PlanOutcome.CUT if answer.is_cut else PlanOutcome.EMPTY
            return replace(made, outcome=outcome), None, "There is no answer. Give a short plan, in Lean."
        block = sketch_of(answer.text, theorem, self.tools.plan_format)
        if isinstance(block, NoProof):
            outcome = PlanOutcome.CUT if answer.is_cut else PlanOutcome.NO_SKETCH
            back = f"This cannot be used as a plan: {block.reason}. Give the plan once more, in one ```lean4 block."
            return replace(made, outcome=outcome, reason=block.reason), None, back
        sketch = await self.reader.read(theorem, block)
        made = replace(made, sketch=sketch.block, file=sketch.file, errors=sketch.errors)
        if sketch.timed_out:
            reason = "Lean took too long over it"
            return (
                replace(made, outcome=PlanOutcome.TIMEOUT, reason=reason),
                None,
                f"{reason}. Give another plan.",
            )
        if sketch.errors:
            back = (
                "Lean does not accept this plan. Its messages, with the lines of the code that they are about:\n\n"
                f"{errors_text(sketch.file, sketch.errors)}\n\nCorrect it, and give the whole plan once more, in one "
                "```lean4 block."
            )
            return replace(made, outcome=PlanOutcome.ERRORS), sketch, back
        return replace(made, outcome=PlanOutcome.OPEN), sketch, ""

    async def _keep_part(self, sketch: Sketch, place: int | None) -> Sketch | None:
        """Return what Lean takes of a sketch with errors, and note that it is used in the place of the answer's own."""
        kept = await self.reader.keep(sketch.theorem, sketch.block)
        if kept is not None and place is not None:
            self.tries[place] = replace(self.tries[place], sketch=kept.block, file=kept.file)
        return kept

    async def _carry_out(self, sketch: Sketch, depth: int) -> list[Ended]:
        """Try to prove the steps of a sketch, up to the first that is false."""
        ended: list[Ended] = []
        for hole in sketch.holes:
            ended.append(await self.step(hole, sketch.file, depth))
            if isinstance(ended[-1], FalseStep):
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
        if self.tools.whole_proofs is None:
            theorem = await as_theorem(hole, self.tools.environment)
        if theorem is None:
            return found
        if (disproof := await self._contradict(hole) or await self.refute(theorem)) is not None:
            return FalseStep(hole, disproof)
        if depth + 1 >= self.options.depth:
            return found
        proof = await self.prove(theorem, depth=depth + 1)
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

    def _note_steps(self, talk: _Conversation, sketch: Sketch, ended: Sequence[Ended], refused: str) -> None:
        """Write down what came of the steps of the last plan for a statement."""
        assert talk.last is not None
        outcome = PlanOutcome.OPEN
        if any(isinstance(each, FalseStep) for each in ended):
            outcome = PlanOutcome.FALSE_STEP
        elif (
            len(ended) == len(sketch.holes) and all(isinstance(each, Found) for each in ended) and not refused
        ):
            outcome = PlanOutcome.PROVED
        steps = tuple(_report(sketch, each) for each in ended)
        self.tries[talk.last] = replace(self.tries[talk.last], outcome=outcome, steps=steps, reason=refused)
        self.options.observe(self.tries)


def _report(sketch: Sketch, ended: Ended) -> StepReport:
    hole = ended.hole
    statement = sketch.head_at(hole.line) or f"⊢ {hole.goal.rpartition('⊢ ')[2]}"
    match ended:
        case Found():
            status, note = "proved", ended.proof
        case FalseStep(disproof=disproof):
            status, note = "false", counterexample_text(disproof)
        case NotFound():
            status, note = "open", ended.reason
    return StepReport(line=hole.line, statement=statement, status=status, note=note)


def counterexample_text(disproof: Disproof) -> str:
    """Return the values at which a claim fails; empty where the proof names none."""
    return ", ".join(f"{name} := {value}" for name, value in disproof.counterexample)


def _told(sketch: Sketch, ended: Sequence[Ended], refused: str) -> tuple[str, str]:
    """Return what the planner is told of the steps that are proved, and of the others."""
    proved: list[str] = []
    stuck: list[str] = []
    for each in ended:
        report = _report(sketch, each)
        match each:
            case Found():
                proved.append(report.statement)
            case FalseStep():
                values = f", for example for {report.note}" if report.note else ""
                stuck.append(
                    f"{report.statement}\n  This is false{values}. The goal there is:\n{each.hole.goal}"
                )
            case NotFound():
                stuck.append(
                    f"{report.statement}\n  It could not be proved. The goal there is:\n{each.hole.goal}"
                )
    if refused:
        stuck.append(f"The proof that was put together is refused: {refused}")
    return "\n".join(proved) or "none", "\n\n".join(stuck)
