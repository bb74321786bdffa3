"""From settings to plans: the planner, and what proves their steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from prover.lean.backend import FileTools
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.policy.base import Policy
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.client import BudgetSpent, ChatClient
from prover.policy.chat.plans import PlanFormat, plan_format
from prover.policy.formats import AUTO
from prover.search.base import SearchOptions
from prover.search.settings import SearchSettings
from prover.sketching.conversation import ChatPlanner
from prover.sketching.heuristic import HeuristicPlanner
from prover.sketching.options import SketchOptions
from prover.sketching.planner import Planner
from prover.sketching.planning import SketchTools, WholeProofs
from prover.sketching.settings import SketchSettings
from prover.whole_proof.attempt import WholeProofEnd, WholeProofOptions, attempt_whole_proof
from prover.whole_proof.elaborate import PROOF_TIMEOUT_S, Elaborator
from prover.whole_proof.open import OpenChat, Writer, connect, open_chat, whole_proof_options
from prover.whole_proof.settings import MethodSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlanner:
    """A planner that can be asked, and what is spent on chat models.

    `client` is the chat model that plans, None where the heuristic does; `filler` the one that proves steps, None where
    the search does.
    """

    client: ChatClient | None
    plan_format: PlanFormat
    budget: TokenBudget
    filler: OpenChat | None

    @property
    def planner(self) -> Planner:
        """What plans."""
        return HeuristicPlanner() if self.client is None else ChatPlanner(self.client, self.plan_format)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchChoice:
    """The settings of an attempt by sketches."""

    search: SearchSettings
    sketch: SketchSettings
    method: MethodSettings

    @property
    def searching(self) -> SearchSettings:
        """What searches: the policy, or the heuristic where that is a chat model."""
        if self.sketch.fill_by == "search":
            return self.search
        return self.search.model_copy(update={"policy": "heuristic", "format": AUTO})


@asynccontextmanager
async def open_planner(chosen: SketchChoice) -> AsyncIterator[OpenPlanner]:
    """Connect to the chat models that the settings name, if any.

    Raises:
        InputError: an address, a model or a format cannot be used.
        SetupError: a server cannot be reached, or the package openai is missing.
    """
    search, sketch, method = chosen.search, chosen.sketch, chosen.method
    form = plan_format(sketch.plan_format)
    if sketch.plan_tokens is not None:
        form = form.model_copy(update={"max_tokens": sketch.plan_tokens})
    budget = method.token_budget()
    async with AsyncExitStack() as stack:
        client = filler = None
        if sketch.planner is not None and sketch.planned_by_chat:
            client = await stack.enter_async_context(
                await connect(sketch.planner, "--planner", budget, method)
            )
        if sketch.fill_by == "whole-proof":
            filler = await open_chat(search, method, budget)
            await stack.enter_async_context(filler.client)
        yield OpenPlanner(client=client, plan_format=form, budget=budget, filler=filler)


def sketch_tools(
    planner: Planner,
    filler: Writer | None,
    files: FileTools,
    verifier: Verifier,
    policy: Callable[[], Policy],
    search: SearchSettings,
    method: MethodSettings,
    *,
    seed: int,
) -> SketchTools:
    """Return what plans are made and carried out with; `filler` proves steps, the search where it is None."""
    chats = [each.chat for each in (planner, filler) if isinstance(each, ChatPlanner | Writer)]
    return SketchTools(
        environment=files.holes,
        ask=files.ask,
        verifier=verifier,
        algorithm=search.algorithm,
        policy=policy,
        planner=planner,
        whole_proofs=None
        if filler is None
        else _whole_proofs(
            filler, files, verifier, whole_proof_options(search, method, seed=seed, seconds=None)
        ),
        chats=tuple(chats),
    )


def sketch_options(
    sketch: SketchSettings,
    method: MethodSettings,
    search: SearchOptions,
    *,
    disprove: bool,
) -> SketchOptions:
    """Return how much may be tried: `search` has the budget of the whole attempt, and all else of each search."""
    whole = search.budget
    return SketchOptions(
        search=replace(search, budget=sketch.hole_budget, observe=None, interrupt=None),
        plans=sketch.plans,
        corrections=method.rounds,
        depth=sketch.depth,
        tactics=whole.tactics,
        seconds=whole.seconds,
        seed=search.seed,
        disprove=disprove,
        interrupt=search.interrupt,
        clock=search.clock,
    )


def _whole_proofs(
    filler: Writer, files: FileTools, verifier: Verifier, options: WholeProofOptions
) -> WholeProofs:
    async def prove(theorem: Theorem) -> str | None:
        async with Elaborator(files.ask, theorem, engines=1, timeout_s=PROOF_TIMEOUT_S) as elaborator:
            done = await attempt_whole_proof(
                theorem,
                chat=filler.chat,
                prompt_format=filler.prompt_format,
                elaborator=elaborator,
                verifier=verifier,
                options=options,
            )
        if done.ended_by is WholeProofEnd.TOKENS:
            raise BudgetSpent("the budget of tokens is spent")
        return done.proof if done.certificate is not None else None

    return prove
