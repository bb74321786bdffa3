"""Statements for problems in words: candidates, sent back with Lean's messages, checked and compared."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from prover.errors import EngineError, StatementError, UnsupportedError
from prover.formalizing.candidate import AsTheorem, NoStatement, statement_of
from prover.formalizing.checks import Equivalence, StatementChecks, Vacuity
from prover.formalizing.judge import Judge, Opinion
from prover.lean.theorem import Theorem
from prover.policy.chat.messages import ChatAnswer, ChatMessage, ChatRequest
from prover.policy.chat.statements import StatementFormat
from prover.policy.seeds import derive_seed
from prover.problems.problem import Problem
from prover.whole_proof.attempt import Chat


class CandidateOutcome(StrEnum):
    """What came of one answer."""

    ELABORATES = "elaborates"
    ERRORS = "errors"
    """Lean refuses the statement."""
    NO_STATEMENT = "no statement"
    """The answer holds no statement that can be looked at."""
    EMPTY = "empty"
    """There is no text besides thinking."""
    CUT = "cut"
    """The answer ended at the limit of tokens, before a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One answer, and what is known of its statement.

    `parent` is the place of the answer that it corrects, None for first ones. `problem` is the statement as the model
    wrote it, `theorem` what Lean is given, `goal` what Lean makes of it. `message` is Lean's, or why there is no
    statement. `reference` is about the statement that was given to compare with. Candidates of one `cluster` follow
    from each other. `opinion` is a judge's, where there is one.
    """

    round: int
    parent: int | None
    answer: ChatAnswer
    outcome: CandidateOutcome
    problem: Problem | None = None
    theorem: Theorem | None = None
    goal: str = ""
    message: str = ""
    vacuity: Vacuity | None = None
    reference: Equivalence | None = None
    cluster: int | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formalized:
    """The candidates for one problem. `chosen` is one of the largest cluster that is not known to say nothing."""

    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> Candidate | None:
        """The candidate to begin with, if there is one."""
        sound = [
            each
            for each in self.candidates
            if each.vacuity is not None
            and not each.vacuity.is_false
            and not each.vacuity.hypotheses_contradict
        ]
        sizes = {each.cluster: sum(other.cluster == each.cluster for other in sound) for each in sound}
        return max(sound, key=lambda each: sizes[each.cluster], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A problem in words; `reference` is a statement of it to compare with, if there is one."""

    name: str
    text: str
    reference: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formalizer:
    """Has `chat` state problems: `samples` answers, those that Lean refuses sent back `rounds` times.

    `header` is what formats show that name one. `judge`, where there is one, compares statements with the problem.
    """

    chat: Chat
    form: StatementFormat
    checks: StatementChecks
    as_theorem: AsTheorem
    samples: int
    rounds: int
    seed: int
    header: str
    judge: Judge | None = None

    async def formalize(self, words: Words) -> Formalized:
        """Return the candidates for one problem.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: the model does not answer.
            StatementError, UnsupportedError: Lean refuses the statement to compare with.
            SetupError, EngineError: Lean could not be kept alive.
        """
        reference = None if words.reference is None else self.as_theorem(words.reference)
        if reference is not None:
            await self.checks.goal_of(reference)
        prompt = self.form.prompt(problem=words.text, name=words.name, header=self.header)
        first = self._request(self.form.messages(prompt), prompt, 0, self.samples, 0)
        candidates = [await self._candidate(words, answer, 0, None) for answer in await self.chat.ask(first)]
        talks = [(first.messages, place) for place in range(len(candidates))]
        for number in range(1, self.rounds + 1):
            if self.form.endpoint == "completions":
                break
            talks = await self._correct(words, talks, number, candidates)
        return Formalized(candidates=tuple(await self._check_all(words, candidates, reference)))

    async def _correct(
        self,
        words: Words,
        talks: Sequence[tuple[tuple[ChatMessage, ...], int]],
        number: int,
        candidates: list[Candidate],
    ) -> list[tuple[tuple[ChatMessage, ...], int]]:
        """Send back what Lean refused; add the new candidates, and return their conversations."""
        asked: list[tuple[ChatRequest, int]] = []
        for messages, place in talks:
            failed = candidates[place]
            if failed.outcome not in (CandidateOutcome.ERRORS, CandidateOutcome.NO_STATEMENT):
                continue
            turns = (ChatMessage("assistant", failed.answer.text), ChatMessage("user", correction(failed)))
            asked.append((self._request((*messages, *turns), "", number, 1, place), place))
        answered = await asyncio.gather(*(self.chat.ask(request) for request, _ in asked))
        new: list[tuple[tuple[ChatMessage, ...], int]] = []
        for (request, place), answers in zip(asked, answered, strict=True):
            for answer in answers:
                new.append((request.messages, len(candidates)))
                candidates.append(await self._candidate(words, answer, number, place))
        return new

    def _request(
        self, messages: tuple[ChatMessage, ...], prompt: str, number: int, n: int, place: int
    ) -> ChatRequest:
        begun = (ChatMessage("assistant", self.form.begins),) if self.form.begins and messages else ()
        conversation = prompt or "".join(each.content for each in messages)
        return ChatRequest(
            messages=(*messages, *begun),
            prompt=None if messages else prompt,
            n=n,
            sampling=self.form.sampling,
            seed=derive_seed([self.seed, number, place, zlib.crc32(conversation.encode())]),
            continues=bool(begun),
        )

    async def _candidate(
        self, words: Words, answer: ChatAnswer, number: int, parent: int | None
    ) -> Candidate:
        return await read_candidate(
            answer, words.name, number, parent, as_theorem=self.as_theorem, checks=self.checks
        )

    async def _check_all(
        self, words: Words, candidates: Sequence[Candidate], reference: Theorem | None
    ) -> list[Candidate]:
        """Return the candidates with what is proved of those that elaborate; the same statement is looked at once."""
        heads: list[Candidate] = []
        known: dict[str, Candidate] = {}
        checked: list[Candidate] = []
        for each in candidates:
            if each.theorem is not None and each.goal:
                if each.goal not in known:
                    found = await self._check(each, each.theorem, reference, heads)
                    known[each.goal] = await self._judged(words, found)
                found = known[each.goal]
                each = replace(
                    each,
                    vacuity=found.vacuity,
                    reference=found.reference,
                    cluster=found.cluster,
                    opinion=found.opinion,
                )
            checked.append(each)
        return checked

    async def _judged(self, words: Words, candidate: Candidate) -> Candidate:
        if self.judge is None or candidate.problem is None:
            return candidate
        return replace(candidate, opinion=await self.judge.compare(words.text, candidate.problem))

    async def _check(
        self, candidate: Candidate, theorem: Theorem, reference: Theorem | None, heads: list[Candidate]
    ) -> Candidate:
        """Check one candidate, and find the cluster that it belongs to; `heads` are the first of each."""
        candidate = replace(candidate, vacuity=await self.checks.vacuity(theorem))
        if reference is not None:
            candidate = replace(candidate, reference=await self.checks.equivalence(theorem, reference))
        for number, head in enumerate(heads):
            assert head.theorem is not None
            if (await self.checks.equivalence(theorem, head.theorem)).holds:
                return replace(candidate, cluster=number)
        heads.append(candidate)
        return replace(candidate, cluster=len(heads) - 1)


async def read_candidate(
    answer: ChatAnswer,
    name: str,
    number: int,
    parent: int | None,
    *,
    as_theorem: AsTheorem,
    checks: StatementChecks,
) -> Candidate:
    """Read the statement of an answer and have Lean look at it; `number` is its round, `name` the problem's.

    Raises:
        SetupError: no engine can be started.
    """
    made = Candidate(round=number, parent=parent, answer=answer, outcome=CandidateOutcome.EMPTY)
    if not answer.text.strip():
        return replace(made, outcome=CandidateOutcome.CUT) if answer.is_cut else made
    problem = statement_of(answer.text, name)
    if isinstance(problem, NoStatement):
        outcome = CandidateOutcome.CUT if answer.is_cut else CandidateOutcome.NO_STATEMENT
        return replace(made, outcome=outcome, message=problem.reason)
    theorem = as_theorem(problem)
    made = replace(made, problem=problem, theorem=theorem)
    try:
        goal = await checks.goal_of(theorem)
    except (StatementError, UnsupportedError) as error:
        return replace(made, outcome=CandidateOutcome.ERRORS, message=error.message)
    except EngineError as error:
        return replace(made, outcome=CandidateOutcome.ERRORS, message=f"Lean broke: {error.message}")
    return replace(made, outcome=CandidateOutcome.ELABORATES, goal=goal)


def correction(failed: Candidate) -> str:
    """Return the message with which a candidate that cannot be used goes back."""
    said = "Lean refuses this statement" if failed.problem else "This cannot be used as a statement"
    return f"{said}: {failed.message}\n\nGive the complete Lean code once more, in one ```lean4 block."
