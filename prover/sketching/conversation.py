"""Plans of a chat model: what it is asked, its answers read, corrected, and new ones asked for."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prover.filling.search import Found, NotFound
from prover.lean.theorem import Theorem
from prover.policy.chat.messages import ChatAnswer, ChatMessage, ChatRequest
from prover.policy.chat.plans import PlanFormat
from prover.policy.chat.repair import errors_text
from prover.policy.seeds import derive_seed
from prover.sketching.harvest import proved_facts
from prover.sketching.planner import Means, NoPlan, Plan, Task
from prover.sketching.reader import Sketch
from prover.sketching.record import PlanOutcome, PlanTry
from prover.sketching.sketch import sketch_of
from prover.sketching.step import Ended, FalseStep, report
from prover.whole_proof.assemble import NoProof
from prover.whole_proof.attempt import Chat


@dataclass(frozen=True, slots=True)
class ChatPlanner:
    """Implements :class:`prover.sketching.planner.Planner` by a chat model."""

    chat: Chat
    plan_format: PlanFormat

    def plans(self, task: Task, means: Means) -> ChatPlans:
        """Begin with a statement."""
        return ChatPlans(self.chat, self.plan_format, task, means)


class ChatPlans:
    """A conversation about one statement; implements :class:`prover.sketching.planner.Plans`."""

    needs_all = False

    def __init__(self, chat: Chat, form: PlanFormat, task: Task, means: Means) -> None:
        self._chat = chat
        self._form = form
        self._task = task
        self._means = means
        self._messages = form.first(task.theorem, task.problem)
        self._last: int | None = None

    async def next(self, number: int) -> Plan | NoPlan:
        """Ask for a plan until Lean takes it; `NoPlan.UNUSABLE` if it takes nothing of the last answer.

        Raises:
            As :meth:`prover.sketching.planner.Plans.next`.
        """
        if number >= self._means.options.plans:
            return NoPlan.NO_MORE
        sketch: Sketch | None = None
        corrections = self._means.options.corrections
        for correction in range(corrections + 1):
            self._means.spending.within(self._means.options.search.budget)
            answer = await self._answer()
            made = PlanTry(
                depth=self._task.depth,
                plan=number,
                correction=correction,
                parent=self._last,
                answer=answer,
                outcome=PlanOutcome.EMPTY,
            )
            made, sketch, back = await self._read(made)
            self._last = self._means.record.add(made)
            self._messages = (*self._messages, ChatMessage("assistant", answer.text or answer.raw or "-"))
            if not back:
                assert sketch is not None
                return Plan(sketch, self._last)
            if correction < corrections:
                self._messages = (*self._messages, ChatMessage("user", back))
        sketch = None if sketch is None else await self._means.reader.keep(sketch.theorem, sketch.block)
        assert self._last is not None
        if sketch is None:
            self._messages = (*self._messages, ChatMessage("user", back))
            return NoPlan.UNUSABLE
        self._means.record.put(self._last, sketch=sketch.block, file=sketch.file)
        return Plan(sketch, self._last)

    def learn(self, sketch: Sketch, ended: Sequence[Ended], refused: str) -> None:
        """Tell the model what came of its plan, and ask for another one."""
        proved, stuck = _told(sketch, ended, refused)
        if self._task.tree is not None:
            proved += [fact.statement for fact in proved_facts(self._task.tree)]
        self._messages = self._form.again(
            self._messages,
            self._task.theorem,
            self._task.problem,
            proved="\n".join(dict.fromkeys(proved)) or "none",
            stuck="\n\n".join(stuck),
        )

    async def _answer(self) -> ChatAnswer:
        conversation = "".join(each.content for each in self._messages)
        seed = [self._means.options.seed, self._task.depth, zlib.crc32(conversation.encode())]
        request = ChatRequest(messages=self._messages, sampling=self._form.sampling, seed=derive_seed(seed))
        [answer] = await self._chat.ask(request)
        return answer

    async def _read(self, made: PlanTry) -> tuple[PlanTry, Sketch | None, str]:
        """Return an answer with what came of it, its sketch, and the message with which it goes back, if it does."""
        answer, theorem = made.answer, self._task.theorem
        if not answer.text.strip():
            outcome = PlanOutcome.CUT if answer.is_cut else PlanOutcome.EMPTY
            return replace(made, outcome=outcome), None, "There is no answer. Give a short plan, in Lean."
        block = sketch_of(answer.text, theorem, self._form)
        if isinstance(block, NoProof):
            outcome = PlanOutcome.CUT if answer.is_cut else PlanOutcome.NO_SKETCH
            back = f"This cannot be used as a plan: {block.reason}. Give the plan once more, in one ```lean4 block."
            return replace(made, outcome=outcome, reason=block.reason), None, back
        return await self._elaborate(made, theorem, block)

    async def _elaborate(
        self, made: PlanTry, theorem: Theorem, block: str
    ) -> tuple[PlanTry, Sketch | None, str]:
        sketch = await self._means.reader.read(theorem, block)
        made = replace(made, sketch=sketch.block, file=sketch.file, errors=sketch.errors)
        if sketch.timed_out:
            reason = "Lean took too long over it"
            made = replace(made, outcome=PlanOutcome.TIMEOUT, reason=reason)
            return made, None, f"{reason}. Give another plan."
        if sketch.errors:
            back = (
                "Lean does not accept this plan. Its messages, with the lines of the code that they are about:\n\n"
                f"{errors_text(sketch.file, sketch.errors)}\n\nCorrect it, and give the whole plan once more, in one "
                "```lean4 block."
            )
            return replace(made, outcome=PlanOutcome.ERRORS), sketch, back
        return replace(made, outcome=PlanOutcome.OPEN), sketch, ""


def _told(sketch: Sketch, ended: Sequence[Ended], refused: str) -> tuple[list[str], list[str]]:
    """Return what the planner is told of the steps that are proved, and of the others."""
    proved: list[str] = []
    stuck: list[str] = []
    for each in ended:
        about = report(sketch, each)
        match each:
            case Found():
                proved.append(about.statement)
            case FalseStep():
                values = f", for example for {about.note}" if about.note else ""
                stuck.append(
                    f"{about.statement}\n  This is false{values}. The goal there is:\n{each.hole.goal}"
                )
            case NotFound():
                stuck.append(
                    f"{about.statement}\n  It could not be proved. The goal there is:\n{each.hole.goal}"
                )
    if refused:
        stuck.append(f"The proof that was put together is refused: {refused}")
    return proved, stuck
