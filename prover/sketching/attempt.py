"""One attempt at one theorem by sketches: a search, plans, the proof put together, shortened and verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from prover.attempt import Disproof, OutcomeName, Verified, attempt, verify_steps
from prover.errors import RequestRefused
from prover.lean.environment import ProofFinished, Session, TacticState, run_tac
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, verdict
from prover.policy.base import raise_trouble
from prover.policy.chat.client import BudgetSpent
from prover.search.accept import Acceptor, Refused
from prover.search.script import Step
from prover.search.tree import ProofTree
from prover.sketching.options import SketchOptions
from prover.sketching.planning import Planning, SketchTools
from prover.sketching.reader import SketchReader
from prover.sketching.record import PlanTry, Record
from prover.sketching.sketch import steps_of
from prover.sketching.spending import Spending, TacticsSpent
from prover.util.within import Stopped, within


class SketchEnd(StrEnum):
    """Why an attempt ended."""

    PROVED = "proved"
    DISPROVED = "disproved"
    PLANS = "plans"
    SECONDS = "seconds"
    TACTICS = "tactics"
    TOKENS = "tokens"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"

    @property
    def text(self) -> str:
        """The same for people."""
        return {
            "proved": "a proof was accepted",
            "disproved": "the theorem is false",
            "plans": "no plan leads to a proof",
            "seconds": "the time is over",
            "tactics": "the limit of tactics is reached",
            "tokens": "the budget of tokens is spent",
            "refused": "the server refuses the request",
            "interrupted": "it was interrupted",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchAttempt:
    """What came of an attempt. `tactics` counts the calls of Lean as `Spending` does, `time_s` is wall time.

    `refusal` is what a server says that refuses requests.
    """

    theorem: Theorem
    ended_by: SketchEnd
    tries: tuple[PlanTry, ...]
    tactics: int
    time_s: float
    verified: Verified | None = None
    disproof: Disproof | None = None
    refusal: str = ""

    @property
    def outcome(self) -> OutcomeName:
        """One word or two for reports."""
        match self.ended_by:
            case SketchEnd.PROVED:
                return "proved"
            case SketchEnd.DISPROVED:
                return "disproved"
            case SketchEnd.INTERRUPTED:
                return "interrupted"
            case _:
                return "not proved"

    @property
    def completion_tokens(self) -> int:
        """Tokens of all the planner's answers."""
        return sum(each.answer.completion_tokens for each in self.tries)


async def attempt_by_sketch(
    theorem: Theorem, *, tools: SketchTools, options: SketchOptions, problem: str = ""
) -> SketchAttempt:
    """Try to prove `theorem`, which `problem` says in words: first by what proves steps, then by plans.

    Raises:
        StatementError, UnsupportedError: the theorem cannot be opened, or this Lean cannot read sketches.
        PolicyError: the policy, or a chat model's server, does not answer, or did not when the time was over.
        SetupError, EngineError: Lean could not be kept alive, or a proof could not be checked.
    """
    began = options.clock()
    spending = Spending(options.tactics)
    async with SketchReader(tools.ask, spending) as reader:
        record = Record(options.observe)
        planning = Planning(tools=tools, options=options, reader=reader, spending=spending, record=record)
        run = _Run(theorem, tools, planning)
        ended = await within(run.run(problem), seconds=options.seconds, interrupt=options.interrupt)
    if ended is Stopped.SECONDS and run.verified is None:
        raise_trouble(tools, "the attempt")
    ended_by = SketchEnd(ended.value)
    return SketchAttempt(
        theorem=theorem,
        ended_by=ended_by if run.verified is None else SketchEnd.PROVED,
        tries=tuple(planning.record.tries),
        tactics=spending.tactics,
        time_s=options.clock() - began,
        verified=run.verified,
        disproof=run.disproof,
        refusal=run.refusal,
    )


class _Run:
    """One attempt under way."""

    def __init__(self, theorem: Theorem, tools: SketchTools, planning: Planning) -> None:
        self._theorem = theorem
        self._tools = tools
        self._planning = planning
        self.verified: Verified | None = None
        self.disproof: Disproof | None = None
        self.refusal = ""

    async def run(self, problem: str) -> SketchEnd:
        planning = self._planning
        try:
            tree = await self._without_a_plan()
            if self.verified is None and planning.options.disprove:
                self.disproof = await planning.refute(self._theorem)
                if self.disproof is not None:
                    return SketchEnd.DISPROVED
            if self.verified is None:
                await planning.prove(self._theorem, problem, tree=tree, accept=self._accept)
        except TacticsSpent:
            return SketchEnd.TACTICS
        except BudgetSpent:
            return SketchEnd.TOKENS
        except RequestRefused as error:
            self.refusal = error.message
            return SketchEnd.REFUSED
        return SketchEnd.PLANS if self.verified is None else SketchEnd.PROVED

    async def _without_a_plan(self) -> ProofTree | None:
        """Try it as a step; return the tree of a search that did not find a proof."""
        tools, planning = self._tools, self._planning
        if tools.whole_proofs is not None:
            proof = await tools.whole_proofs(self._theorem)
            if proof is not None:
                await self._accept(proof)
            return None
        search = planning.options.search
        found = await attempt(
            self._theorem,
            environment=tools.environment,
            verifier=tools.verifier,
            policy=tools.policy(),
            algorithm=tools.algorithm,
            options=planning.search_options(search.budget),
        )
        planning.spending.take(found.search.tactics_tried)
        self.verified = found.verified
        if self.verified is None:
            planning.learn(found.search.tree)
        return found.search.tree

    async def _accept(self, proof: str) -> str:
        """Shorten a proof and have it verified; return why it is refused, or ""."""
        session = await self._tools.environment.open(self._theorem)
        verifier = self._tools.verifier

        async def check(steps: tuple[Step, ...]) -> Verified | Refused:
            return await verify_steps(session, verifier, steps)

        try:
            steps = await _find_finishing(session, proof)
            acceptor = Acceptor(session, check)
            if steps and await acceptor(steps):
                self.verified = acceptor.accepted
                return ""
        finally:
            await session.close()
        ruling = await verdict(verifier, self._theorem, proof)
        if not isinstance(ruling, Certificate):
            return ruling.message
        self.verified = Verified(proof=proof, certificate=ruling, steps=())
        return ""


async def _find_finishing(session: Session, proof: str) -> tuple[Step, ...]:
    """Return the tactics of a proof, if they finish it when they are run one after the other; else none."""
    steps = tuple(step.strip() for step in steps_of(proof))
    state = session.root
    for number, step in enumerate(steps, 1):
        result = await run_tac(session, state, step)
        if isinstance(result, ProofFinished) and number == len(steps):
            return steps
        if not isinstance(result, TacticState):
            break
        state = result
    return ()
