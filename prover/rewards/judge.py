"""What a completion is worth as a proof of a statement."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from prover.api.lean import AsyncLean, make_lean
from prover.api.sync import LoopThread
from prover.errors import InputError
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, RejectionKind
from prover.policy.chat.extraction import extract_code
from prover.policy.chat.formats import CHAT_FORMATS
from prover.util.within import cancel_all
from prover.whole_proof.assemble import NoProof, proof_of

TIMEOUT_S = 60.0
"""For the check of one proof."""
THEOREMS_KEPT = 4_096
ENGINES_VARIABLE = "PROVER_REWARD_ENGINES"

_VALUE = re.compile(r":=\s*(?:by\b\s*)?(?:sorry\s*)?\Z")
_THOUGHT = "</think>"
_FORMAT = next(each for each in CHAT_FORMATS.values() if each.extraction == "any")


class Outcome(StrEnum):
    """What came of a completion."""

    PROVED = "proved"
    FAILED = "failed"
    """The verifier refuses the proof: it has an error, a `sorry`, a foreign axiom, or proves something else."""
    NO_PROOF = "no proof"
    """There is nothing in the completion that could be tried."""
    TIMEOUT = "timeout"
    """The check took too long, which says nothing about the proof."""
    CRASHED = "crashed"
    """The check broke two engines, which says nothing about the proof."""
    BAD_STATEMENT = "bad statement"
    """Lean does not accept the statement of the data set, so nothing can prove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a completion is worth. `message` says why it is not proved; `axioms` are the proof's own."""

    outcome: Outcome
    message: str = ""
    proof: str = ""
    axioms: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether the verifier accepts the proof."""
        return self.outcome is Outcome.PROVED

    @property
    def reward(self) -> float:
        """1 for a proof, else 0."""
        return float(self.proved)

    @property
    def undecided(self) -> bool:
        """Whether nothing is known about the proof: such a completion should teach nothing."""
        return self.outcome in (Outcome.TIMEOUT, Outcome.CRASHED, Outcome.BAD_STATEMENT)


class Judge:
    """Judges completions with `engines` Leans at the same time; an asynchronous context manager, of one event loop.

    Statements and completions are strangers' texts: with `untrusted`, which is the default, those that run code while
    Lean elaborates them are refused. A check may take `timeout_s`; waiting for a Lean does not count.
    """

    def __init__(
        self,
        *,
        engine: str = "embedded",
        project: str | None = None,
        engines: int = 2,
        timeout_s: float = TIMEOUT_S,
        untrusted: bool = True,
    ) -> None:
        if not timeout_s > 0:
            raise InputError(f"a time limit of {timeout_s:g} seconds cannot be kept")
        made = [
            make_lean(engine, project=project, untrusted=untrusted, engines=1) for _ in range(max(1, engines))
        ]
        self._leans = made
        self._free: asyncio.Queue[AsyncLean] = asyncio.Queue()
        for lean in made:
            self._free.put_nowait(lean)
        self._timeout_s = timeout_s
        self._theorems: OrderedDict[str, Theorem] = OrderedDict()

    async def judge(self, statements: Sequence[str | Theorem], completions: Sequence[str]) -> list[Judgement]:
        """Judge each completion as a proof of the statement in the same place.

        Raises:
            InputError: there are not as many, or no statement can be used.
            SetupError, EngineError: nothing can be checked; that is no judgement on any completion.
        """
        if len(statements) != len(completions):
            raise InputError(f"{len(statements)} statements and {len(completions)} completions do not pair")
        pairs = list(zip(statements, completions, strict=True))
        distinct = list(dict.fromkeys(pairs))
        tasks = {pair: asyncio.create_task(self._judged(*pair)) for pair in distinct}
        try:
            await asyncio.gather(*tasks.values())
        finally:
            await cancel_all(list(tasks.values()))
        judged = [tasks[pair].result() for pair in pairs]
        if judged and all(each.outcome is Outcome.BAD_STATEMENT for each in judged):
            raise InputError(
                f"no statement can be used; the first: {judged[0].message}",
                advice="Is it the right column? Name the one with Lean statements.",
            )
        return judged

    async def _judged(self, statement: str | Theorem, completion: str) -> Judgement:
        lean = await self._free.get()
        try:
            try:
                theorem = await self._theorem(lean, statement)
            except InputError as error:
                return Judgement(outcome=Outcome.BAD_STATEMENT, message=error.message)
            proof = proof_of(code_of(completion), theorem)
            if isinstance(proof, NoProof):
                return Judgement(outcome=Outcome.NO_PROOF, message=proof.reason)
            try:
                async with asyncio.timeout(self._timeout_s):
                    ruling = await lean.verify(theorem, proof)
            except TimeoutError:
                why = f"the check took longer than {self._timeout_s:g} s"
                return Judgement(outcome=Outcome.TIMEOUT, message=why, proof=proof)
        finally:
            self._free.put_nowait(lean)
        if isinstance(ruling, Certificate):
            return Judgement(outcome=Outcome.PROVED, proof=proof, axioms=ruling.axioms)
        kinds = {RejectionKind.LIMIT: Outcome.TIMEOUT, RejectionKind.ENGINE: Outcome.CRASHED}
        return Judgement(outcome=kinds.get(ruling.kind, Outcome.FAILED), message=ruling.message, proof=proof)

    async def _theorem(self, lean: AsyncLean, statement: str | Theorem) -> Theorem:
        """Read a statement of the data set, once."""
        if isinstance(statement, Theorem):
            return statement
        found = self._theorems.get(statement)
        if found is None:
            found = await lean.read(_VALUE.sub("", statement))
            self._theorems[statement] = found
            if len(self._theorems) > THEOREMS_KEPT:
                self._theorems.popitem(last=False)
        return found

    async def close(self) -> None:
        """End every process. Safe to call twice."""
        for lean in self._leans:
            await lean.close()

    async def __aenter__(self) -> Judge:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()


def code_of(completion: str) -> str:
    """Return the Lean code of a completion: its last block, or all that follows the thinking if it has none."""
    answer = completion.rpartition(_THOUGHT)[2]
    return extract_code(answer, _FORMAT) if "```" in answer else answer


class BlockingJudge:
    """A judge for training loops that know no `await`: it has a thread of its own, and may be called from any other."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._thread = LoopThread()

    def judge(self, statements: Sequence[str | Theorem], completions: Sequence[str]) -> list[Judgement]:
        """Do what :meth:`Judge.judge` does."""
        return self._thread.run(self._judge.judge(statements, completions))

    def close(self) -> None:
        """End every process. Safe to call twice."""
        self._thread.run(self._judge.close())
        self._thread.stop()


_shared: list[BlockingJudge] = []
_sharing = threading.Lock()


def shared_judge() -> BlockingJudge:
    """Return the judge of this process, which is made when it is first needed.

    It has as many engines as the environment variable PROVER_REWARD_ENGINES says, else two.

    Raises:
        InputError: that is no number.
        SetupError: Lean cannot be had.
    """
    with _sharing:
        if not _shared:
            asked = os.environ.get(ENGINES_VARIABLE, "2")
            if not (asked.isascii() and asked.isdigit() and int(asked) > 0):
                raise InputError(f"{ENGINES_VARIABLE}={asked} is no number of engines")
            _shared.append(BlockingJudge(Judge(engines=int(asked))))
        return _shared[0]
