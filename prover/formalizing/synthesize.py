"""New problems by a chat model, in words and in Lean: proved, or thrown away.

The round of MUSTARD (Huang et al., ICLR 2024): two concepts are drawn from a list, or a problem is given to be varied;
the model states a theorem that joins them, in words and in Lean, with a proof if it knows one; what Lean refuses goes
back with its message; and only what is proved, by the model's proof or by the search, is kept. That the words and the
Lean say the same, nothing here decides.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from prover.errors import StatementError, UnsupportedError
from prover.formalizing.candidate import AsTheorem
from prover.formalizing.checks import StatementChecks
from prover.formalizing.formalize import Candidate, CandidateOutcome, correction, read_candidate
from prover.lean.theorem import Theorem
from prover.policy.chat.extraction import OPEN_FENCE
from prover.policy.chat.messages import ChatAnswer, ChatMessage, ChatRequest, ChatSampling, opening
from prover.policy.seeds import derive_seed
from prover.problems.problem import Problem
from prover.whole_proof.assemble import NoProof, proof_of
from prover.whole_proof.attempt import Chat

SAMPLING = ChatSampling(temperature=1.0, top_p=0.95, max_tokens=4096)
SYSTEM = "You are an expert in mathematics and Lean 4."
ABOUT_CONCEPTS = "Make up one mathematical problem that joins these two concepts: {first}; {second}."
ABOUT_A_PROBLEM = (
    "Make up one mathematical problem that is a variation of the following one: other numbers, a generalisation, a "
    "converse, a consequence, or a similar claim about something else.\n\n```lean4\n{statement}\n```"
)
ASKED = (
    "{about}\nIt has to be true, and not trivial. First write `Problem:` and the problem in words, as a claim that is "
    "to be proved. Then give the theorem in Lean 4, called {name}, once, in one ```lean4 block that begins with\n"
    "```lean4\n{header}\n```\nand ends with its proof, or with `:= by sorry` if you know none. The theorem has to "
    "say exactly what the words say."
)

_WORDS = re.compile(r"\**Problem\**\s*:\**\s*(.*?)(?=```|\Z)", re.DOTALL | re.IGNORECASE)


class SynthesisOutcome(StrEnum):
    """What came of a problem."""

    PROVED = "proved"
    NOT_PROVED = "not proved"
    CONTRADICTORY = "contradictory"
    """Its hypotheses contradict each other."""
    KNOWN = "known"
    """Lean makes the same of it as of an earlier one, or of the one that was to be varied."""
    UNUSABLE = "unusable"
    """The model's last answer has no statement that Lean takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a problem is to be about: two concepts, or a problem to be varied."""

    name: str
    concepts: tuple[str, ...] = ()
    model: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesized:
    """A problem that was made up, `candidate` in Lean and `words` in words, with its `proof` where it is proved."""

    task: Task
    outcome: SynthesisOutcome
    words: str
    candidate: Candidate
    proof: str = ""
    tokens: int = 0


@dataclass(slots=True, kw_only=True)
class Synthesizer:
    """Has `chat` make up problems; what Lean refuses goes back `rounds` times. `goals` are those that are known."""

    chat: Chat
    checks: StatementChecks
    as_theorem: AsTheorem
    rounds: int
    seed: int
    header: str
    sampling: ChatSampling = SAMPLING
    goals: set[str] = field(default_factory=set)

    async def make(self, task: Task) -> Synthesized:
        """Make up one problem.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: the model does not answer.
            SetupError, EngineError, PolicyError: as for searches.
        """
        messages = opening(SYSTEM, _prompt(task, self.header))
        tokens = 0
        for number in range(self.rounds + 1):
            answer = await self._answer(messages, number)
            tokens += answer.completion_tokens
            candidate = await read_candidate(
                answer, task.name, number, None, as_theorem=self.as_theorem, checks=self.checks
            )
            if candidate.outcome in (CandidateOutcome.ELABORATES, CandidateOutcome.CUT):
                break
            back = correction(candidate) if answer.text.strip() else "There is no answer. Give a short one."
            turns = (
                ChatMessage("assistant", answer.text or answer.raw or "-"),
                ChatMessage("user", back),
            )
            messages = (*messages, *turns)
        outcome, proof = await self._judge(task, candidate)
        return Synthesized(
            task=task,
            outcome=outcome,
            words=_words(candidate.answer.text),
            candidate=candidate,
            proof=proof,
            tokens=tokens,
        )

    async def _answer(self, messages: tuple[ChatMessage, ...], number: int) -> ChatAnswer:
        conversation = "".join(each.content for each in messages)
        seed = derive_seed([self.seed, number, zlib.crc32(conversation.encode())])
        [answer] = await self.chat.ask(ChatRequest(messages=messages, sampling=self.sampling, seed=seed))
        return answer

    async def _judge(self, task: Task, candidate: Candidate) -> tuple[SynthesisOutcome, str]:
        """Return what becomes of a candidate, and its proof."""
        theorem = candidate.theorem
        if candidate.outcome is not CandidateOutcome.ELABORATES or theorem is None:
            return SynthesisOutcome.UNUSABLE, ""
        if candidate.goal in self.goals or candidate.goal == await self._goal_of(task.model):
            return SynthesisOutcome.KNOWN, ""
        self.goals.add(candidate.goal)
        if await self.checks.contradict(theorem):
            return SynthesisOutcome.CONTRADICTORY, ""
        proof = await self._proof(candidate.answer.text, theorem)
        return (SynthesisOutcome.PROVED if proof else SynthesisOutcome.NOT_PROVED), proof

    async def _goal_of(self, problem: Problem | None) -> str:
        if problem is None:
            return ""
        try:
            return await self.checks.goal_of(self.as_theorem(problem))
        except (StatementError, UnsupportedError):
            return ""

    async def _proof(self, answer: str, theorem: Theorem) -> str:
        """Return the model's proof if the verifier accepts it, else one that the search finds; empty without one."""
        fenced = OPEN_FENCE.findall(answer)
        own = proof_of(str(fenced[-1]), theorem) if fenced else NoProof("there is no code")
        if isinstance(own, str) and await self.checks.accepts(theorem, own):
            return own
        found = await self.checks.prove(theorem)
        return "" if found is None else found.proof


def tasks(
    count: int, *, concepts: Sequence[tuple[str, str]], models: Sequence[Problem], seed: int
) -> list[Task]:
    """Return what `count` problems are to be about: the `models` in turn where there are any, else `concepts`."""
    made = []
    for number in range(count):
        name = f"synthesized_{seed}_{number}"
        if models:
            made.append(Task(name=name, model=models[number % len(models)]))
        else:
            made.append(Task(name=name, concepts=concepts[number]))
    return made


def _prompt(task: Task, header: str) -> str:
    if task.model is None:
        about = ABOUT_CONCEPTS.format(first=task.concepts[0], second=task.concepts[1])
    else:
        statement = f"{task.model.header}{task.model.statement} := by\n  sorry".strip()
        about = ABOUT_A_PROBLEM.format(statement=statement)
    return ASKED.format(about=about, name=task.name, header=header.strip())


def _words(answer: str) -> str:
    """Return the problem in words that an answer gives before its code."""
    found = _WORDS.search(answer)
    return " ".join((found[1] if found else answer.partition("```")[0]).split())
