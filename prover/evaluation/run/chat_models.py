"""The chat models of a run: connected in the process that has its store, and what attempts know of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.recorded_chat import RecordedAnswers, RecordedChat
from prover.policy.chat.client import ChatClient
from prover.policy.chat.formats import ChatFormat
from prover.policy.chat.plans import PlanFormat
from prover.sketching.conversation import ChatPlanner
from prover.sketching.heuristic import HeuristicPlanner
from prover.sketching.open import SketchChoice, open_planner
from prover.sketching.planner import Planner
from prover.whole_proof.attempt import Chat
from prover.whole_proof.open import Writer, open_chat

Role = Literal["writer", "planner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPrompts:
    """The prompt formats of the model that writes proofs and of the one that plans; None where there is none."""

    writer: ChatFormat | None = None
    planner: PlanFormat | None = None

    @property
    def any(self) -> bool:
        """Whether there is a chat model."""
        return self.writer is not None or self.planner is not None


@dataclass(frozen=True, slots=True)
class ChatModels:
    """The chat models of a run, as attempts know them.

    `client` makes what an attempt, given by its number, asks the model of a role.
    """

    prompts: ChatPrompts
    client: Callable[[int, Role], Chat]

    def planner(self, attempt_id: int) -> Planner:
        """Return what plans in an attempt: the heuristic, where no model does."""
        form = self.prompts.planner
        return HeuristicPlanner() if form is None else ChatPlanner(self.client(attempt_id, "planner"), form)

    def writer(self, attempt_id: int) -> Writer | None:
        """Return the model that writes proofs in an attempt, if there is one."""
        form = self.prompts.writer
        return None if form is None else Writer(self.client(attempt_id, "writer"), form)


def sketch_choice(config: RunConfig) -> SketchChoice:
    """Return a run's settings as those of attempts by sketches."""
    return SketchChoice(search=config, sketch=config, method=config)


@asynccontextmanager
async def open_chat_models(config: RunConfig, answers: RecordedAnswers) -> AsyncIterator[ChatModels]:
    """Connect to the chat models of a run, if it has any; their answers are kept in `answers`, and count as spent.

    Raises:
        InputError: an address, a model or a format cannot be used.
        SetupError: a server cannot be reached, or the package openai is missing.
    """
    clients: dict[Role, ChatClient] = {}
    prompts, budget = ChatPrompts(), None
    async with AsyncExitStack() as stack:
        if config.method == "whole-proof":
            chat = await open_chat(config, config)
            clients["writer"] = await stack.enter_async_context(chat.client)
            prompts, budget = ChatPrompts(writer=chat.prompt_format), chat.budget
        elif config.method == "sketch":
            opened = await stack.enter_async_context(open_planner(sketch_choice(config)))
            budget = opened.budget
            if opened.filler is not None:
                clients["writer"] = opened.filler.client
            if opened.client is not None:
                clients["planner"] = opened.client
            prompts = ChatPrompts(
                writer=None if opened.filler is None else opened.filler.prompt_format,
                planner=None if opened.client is None else opened.plan_format,
            )
        if budget is not None:
            budget.prompt_tokens, budget.completion_tokens = answers.answer_tokens()
        yield ChatModels(prompts, lambda attempt_id, role: RecordedChat(answers, attempt_id, clients[role]))
