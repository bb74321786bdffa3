"""One attempt at one theorem by a chat model: first answers, and repairs of those that failed.

Every answer is read, its proof put behind the given statement and elaborated; what Lean finds no error in goes to the
verifier, whose word alone counts. Failed answers are sent back with Lean's messages, for as many rounds as there are.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from prover.errors import PolicyUnavailable, RequestRefused
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Verifier, verdict
from prover.policy.base import raise_trouble
from prover.policy.chat.client import BudgetSpent
from prover.policy.chat.extraction import extract_code
from prover.policy.chat.formats import ChatFormat
from prover.policy.chat.messages import ChatAnswer, ChatMessage, ChatRequest, Heard
from prover.policy.chat.repair import ProofError, refusal_prompt, repair_prompt
from prover.policy.seeds import derive_seed
from prover.util.within import Stopped, cancel_all, within
from prover.whole_proof.assemble import NoProof, proof_of
from prover.whole_proof.elaborate import Elaborator

SKETCH_END = "</sketch>"
MOST_SKETCHES = 16
"""Of one answer of a model that checks sketches while it writes."""


class Chat(Protocol):
    """A chat model, for example a :class:`prover.policy.chat.client.ChatClient`."""

    async def ask(self, request: ChatRequest, heard: Heard = ...) -> list[ChatAnswer]:
        """Return `request.n` answers; `heard` is told each as soon as it is there, also where others fail.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: there are none.
        """
        ...


class AnswerOutcome(StrEnum):
    """What came of one answer."""

    PROVED = "proved"
    ERRORS = "errors"
    """Lean finds errors in the proof."""
    REJECTED = "rejected"
    """Lean finds no error, but the verifier does not accept the proof."""
    NO_PROOF = "no proof"
    """The answer holds no proof that may be tried: no code, another form, `sorry`, `native_decide`."""
    EMPTY = "empty"
    """There is no text besides thinking."""
    CUT = "cut"
    """The answer ended at the limit of tokens, before a proof."""
    TIMEOUT = "timeout"
    """Lean took too long over the proof, or broke."""


class WholeProofEnd(StrEnum):
    """Why an attempt ended."""

    PROVED = "proved"
    ROUNDS = "rounds"
    SECONDS = "seconds"
    TOKENS = "tokens"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"

    @property
    def text(self) -> str:
        """The same for people."""
        return {
            "proved": "a proof was accepted",
            "rounds": "every answer and every repair failed",
            "seconds": "the time is over",
            "tokens": "the budget of tokens is spent",
            "refused": "the server refuses the request",
            "interrupted": "it was interrupted",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One answer. `parent` is the place of the failed answer that it repairs among the tries; None for first answers.

    `proof` is what was tried, `file` the text that Lean was given, with its `errors`; `reason` says why there are none.
    """

    round: int
    parent: int | None
    answer: ChatAnswer
    outcome: AnswerOutcome
    proof: str = ""
    file: str = ""
    errors: tuple[ProofError, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeProofAttempt:
    """What came of an attempt. `time_s` is wall time; `refusal` is what a server says that refuses requests."""

    theorem: Theorem
    ended_by: WholeProofEnd
    tries: tuple[Try, ...]
    proof: str = ""
    certificate: Certificate | None = None
    refusal: str = ""
    time_s: float

    @property
    def completion_tokens(self) -> int:
        """Tokens of all answers."""
        return sum(each.answer.completion_tokens for each in self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeProofOptions:
    """How many answers are asked for: `samples` at first, `per_failure` for each failed one in each of `rounds`.

    `temperature` is the format's own where it is None. Setting `interrupt` ends the attempt with what it has.
    """

    samples: int
    rounds: int
    per_failure: int
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int = 0
    seconds: float | None = None
    interrupt: asyncio.Event | None = None
    observe: Callable[[Sequence[Try]], None] = lambda tries: None
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class _Conversation:
    """A failed answer that can be sent back: all turns, the answer's own included, and the next question."""

    messages: tuple[ChatMessage, ...]
    place: int


async def attempt_whole_proof(
    theorem: Theorem,
    *,
    chat: Chat,
    prompt_format: ChatFormat,
    elaborator: Elaborator,
    verifier: Verifier,
    options: WholeProofOptions,
    problem: str = "",
) -> WholeProofAttempt:
    """Try to prove `theorem`, which `problem` says in words.

    Raises:
        PolicyUnavailable: the model's servers answer nothing, or did not when the time was over.
        SetupError, EngineError: Lean could not be kept alive, or a proof could not be checked.
    """
    began = options.clock()
    run = _Run(theorem, chat, prompt_format, elaborator, verifier, options)
    ended = await within(run.rounds(problem), seconds=options.seconds, interrupt=options.interrupt)
    if ended is Stopped.SECONDS and run.certificate is None:
        raise_trouble(chat, "the attempt")
    ended_by = WholeProofEnd(ended.value)
    return WholeProofAttempt(
        theorem=theorem,
        ended_by=ended_by if run.certificate is None else WholeProofEnd.PROVED,
        tries=tuple(run.tries),
        proof=run.proof,
        certificate=run.certificate,
        refusal=run.refusal,
        time_s=options.clock() - began,
    )


class _Run:
    """The rounds of one attempt."""

    def __init__(
        self,
        theorem: Theorem,
        chat: Chat,
        prompt_format: ChatFormat,
        elaborator: Elaborator,
        verifier: Verifier,
        options: WholeProofOptions,
    ) -> None:
        self._theorem = theorem
        self._chat = chat
        self._format = prompt_format
        self._elaborator = elaborator
        self._verifier = verifier
        self._options = options
        self.tries: list[Try] = []
        self.proof = ""
        self.certificate: Certificate | None = None
        self.refusal = ""

    async def rounds(self, problem: str) -> WholeProofEnd:
        options, form = self._options, self._format
        is_chat = form.endpoint == "chat"
        first = form.messages(self._theorem, problem) if is_chat else ()
        asked = [
            self._request(
                first, 0, options.samples, prompt=None if is_chat else form.prompt(self._theorem, problem)
            )
        ]
        parents: list[int | None] = [None]
        try:
            for number in range(options.rounds + 1):
                failed = await self._round(number, asked, parents)
                if self.certificate is not None:
                    return WholeProofEnd.PROVED
                if not failed or not is_chat:
                    break
                seen: Counter[tuple[ChatMessage, ...]] = Counter()
                asked = []
                for each in failed:  # equal answers get repairs of their own
                    twin = seen[each.messages]
                    seen[each.messages] += 1
                    asked.append(self._request(each.messages, number + 1, options.per_failure, twin=twin))
                parents = [each.place for each in failed]
        except BudgetSpent:
            return WholeProofEnd.TOKENS
        return WholeProofEnd.REFUSED if self.refusal and not self.tries else WholeProofEnd.ROUNDS

    def _request(
        self,
        messages: tuple[ChatMessage, ...],
        number: int,
        n: int,
        *,
        prompt: str | None = None,
        twin: int = 0,
    ) -> ChatRequest:
        options = self._options
        sampling = self._format.sampling(repairing=number > 0, temperature=options.temperature)
        if options.max_tokens is not None:
            sampling = replace(sampling, max_tokens=options.max_tokens)
        conversation = "".join(each.content for each in messages)
        return ChatRequest(
            messages=messages,
            prompt=prompt,
            n=n,
            sampling=sampling,
            seed=derive_seed([options.seed, number, twin, zlib.crc32(conversation.encode())]),
        )

    async def _round(
        self, number: int, asked: Sequence[ChatRequest], parents: Sequence[int | None]
    ) -> list[_Conversation]:
        """Ask everything of a round, check the answers as they come; return those that can be repaired.

        Raises:
            BudgetSpent: before the round's end, when all that had been asked for is checked.
        """
        failed: list[_Conversation] = []
        spent: list[BudgetSpent] = []

        async def work(request: ChatRequest, parent: int | None) -> None:
            checks: list[asyncio.Task[None]] = []

            def heard(_: int, answer: ChatAnswer) -> None:
                checks.append(asyncio.create_task(self._check(number, request, parent, answer, failed)))

            silent: PolicyUnavailable | None = None
            try:
                try:
                    await self._answers(request, heard)
                except RequestRefused as error:
                    self.refusal = error.message
                except BudgetSpent as error:
                    spent.append(error)
                except PolicyUnavailable as error:
                    silent = error
                await asyncio.gather(*checks)
                if silent is not None and self.certificate is None:
                    raise silent
            finally:
                await cancel_all(checks)

        tasks = [
            asyncio.create_task(work(request, parent)) for request, parent in zip(asked, parents, strict=True)
        ]
        pending = set(tasks)
        try:
            while pending and self.certificate is None:
                done, pending = await asyncio.wait(pending, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            await cancel_all(tasks)
        if spent and self.certificate is None:
            raise spent[0]
        return failed

    async def _answers(self, request: ChatRequest, heard: Heard) -> None:
        if not self._format.interleaved:
            await self._chat.ask(request, heard)
            return

        async def single(number: int) -> None:
            heard(number, await self._interleave(request, derive_seed([request.seed, number])))

        for ended in await asyncio.gather(*map(single, range(request.n)), return_exceptions=True):
            if ended is not None:
                raise ended

    async def _interleave(self, request: ChatRequest, seed: int) -> ChatAnswer:
        """One answer of a model that asks for Lean's messages while it writes (StepFun-Prover, model card)."""
        written = ""
        prompt_tokens = completion_tokens = 0
        for _ in range(MOST_SKETCHES):
            turn = (ChatMessage("assistant", written),) if written else ()
            [answer] = await self._chat.ask(
                replace(
                    request,
                    messages=(*request.messages, *turn),
                    n=1,
                    stop=(SKETCH_END,),
                    seed=seed,
                    continues=bool(written),
                )
            )
            written += answer.raw
            prompt_tokens += answer.prompt_tokens
            completion_tokens += answer.completion_tokens
            sketch = (
                written.rpartition("<sketch>")[2]
                if written.count("<sketch>") > written.count(SKETCH_END)
                else ""
            )
            if not sketch or answer.is_cut:
                break
            written += f"{SKETCH_END}\n<REPL>{await self._messages(sketch)}</REPL>\n"
        return ChatAnswer(
            raw=written,
            text=written.rpartition("</think>")[2],
            reasoning="",
            finish_reason=answer.finish_reason,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            estimated=answer.estimated,
        )

    async def _messages(self, sketch: str) -> str:
        """Return what Lean says about a sketch."""
        proof = proof_of(extract_code(sketch, self._format), self._theorem)
        if isinstance(proof, NoProof):
            return proof.reason
        done = await self._elaborator.elaborate(proof)
        if done.timed_out:
            return "Lean took too long"
        return "\n".join(f"line {each.line}: {each.message}" for each in done.errors) or "no errors"

    async def _check(
        self,
        number: int,
        request: ChatRequest,
        parent: int | None,
        answer: ChatAnswer,
        failed: list[_Conversation],
    ) -> None:
        """Find out what an answer is worth; note how it is sent back if it failed."""
        made, back = await self._outcome(number, parent, answer)
        place = len(self.tries)
        self.tries.append(made)
        self._options.observe(self.tries)
        if made.outcome is AnswerOutcome.PROVED or back is None:
            return
        turns = (ChatMessage("assistant", answer.text or answer.raw), ChatMessage("user", back))
        failed.append(_Conversation((*request.messages, *turns), place))

    async def _outcome(self, number: int, parent: int | None, answer: ChatAnswer) -> tuple[Try, str | None]:
        """Return an answer with what came of it, and the message with which it is sent back."""
        new = Try(round=number, parent=parent, answer=answer, outcome=AnswerOutcome.EMPTY)
        if not answer.text.strip():
            kind = AnswerOutcome.CUT if answer.is_cut else AnswerOutcome.EMPTY
            reason = "there is no text besides thinking" if answer.reasoning else "there is no text"
            return replace(new, outcome=kind, reason=reason), None
        proof = proof_of(extract_code(answer.text, self._format), self._theorem)
        if isinstance(proof, NoProof):
            kind = AnswerOutcome.CUT if answer.is_cut else AnswerOutcome.NO_PROOF
            back = None if answer.is_cut else refusal_prompt(proof.reason)
            return replace(new, outcome=kind, reason=proof.reason), back
        done = await self._elaborator.elaborate(proof)
        new = replace(new, proof=proof, file=done.file, errors=done.errors)
        if done.timed_out:
            reason = "Lean took too long over it"
            return replace(new, outcome=AnswerOutcome.TIMEOUT, reason=reason), refusal_prompt(reason)
        if done.errors:
            back = repair_prompt(self._format, done.file, done.errors, failed_round=number)
            return replace(new, outcome=AnswerOutcome.ERRORS), back
        ruling = await verdict(self._verifier, self._theorem, proof)
        if isinstance(ruling, Certificate):
            self.certificate, self.proof = ruling, proof
            return replace(new, outcome=AnswerOutcome.PROVED), None
        return replace(new, outcome=AnswerOutcome.REJECTED, reason=ruling.message), refusal_prompt(
            ruling.message
        )
