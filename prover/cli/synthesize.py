"""`prover problems synthesize`: new problems by a chat model, in words and in Lean, proved or thrown away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from prover.api.lean import AsyncLean
from prover.cli.answer_file import AnswerFile
from prover.cli.console import note
from prover.cli.engine_options import lean_of
from prover.cli.interrupt import Interrupt
from prover.cli.progress import show_progress
from prover.cli.result_file import OutOption, ResumeOption, do_in_turn, select_remaining, write_line
from prover.cli.settings_options import LeftOut, settings_options
from prover.cli.whole_proof import spent_text
from prover.errors import InputError
from prover.formalizing.concepts import CONCEPTS, concept_pair, read_concepts
from prover.formalizing.sets import goals_done, synthesized_line
from prover.formalizing.settings import FormalizeSettings
from prover.formalizing.synthesize import SAMPLING, Synthesized, Synthesizer, Task, tasks
from prover.lean.settings import EngineSettings
from prover.policy.chat.messages import ChatSampling
from prover.problems.load import load
from prover.problems.problem import Problem
from prover.search.base import SearchOptions
from prover.search.settings import SearchSettings
from prover.whole_proof.open import connect

HEADER = "import Mathlib\n"


@settings_options
def synthesize(
    count: Annotated[int, typer.Option(min=1, metavar="N", help="Problems to ask for.")] = 10,
    concepts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Concepts, one a line; there is a list without.")
    ] = None,
    variants_of: Annotated[
        str | None, typer.Option(metavar="SET", help="Vary the problems of a set, in turn.")
    ] = None,
    policy: Annotated[str, typer.Option(help="What searches for proofs.")] = "heuristic",
    out: OutOption = None,
    resume: ResumeOption = False,
    *,
    source: Annotated[EngineSettings, LeftOut(frozenset({"repo", "commit"}))],
    settings: Annotated[FormalizeSettings, LeftOut(frozenset({"samples", "judge", "format"}))],
) -> None:
    """Have a chat model make up problems, in words and in Lean; keep those that are proved.

    Each joins two concepts, or varies a problem of a set. A problem is kept if Lean takes it, it is new, its hypotheses
    do not contradict each other, and the model's proof or one of the search is accepted; of the others there is a line
    without a statement that says why.
    """
    if concepts is not None and variants_of is not None:
        raise InputError("--concepts and --variants-of are two ways", advice="Leave one out.")
    known = CONCEPTS if concepts is None else read_concepts(concepts)
    pairs = [concept_pair(known, number, settings.seed) for number in range(count)]
    models = [] if variants_of is None else _problems(variants_of)
    wanted = tasks(count, concepts=pairs, models=models, seed=settings.seed)
    todo = select_remaining(wanted, [each.name for each in wanted], out, resume=resume)
    goals = goals_done(out) if out is not None and out.exists() else set()
    lean = AsyncLean(source, lean_of(source), engines=2)
    interrupt = Interrupt()
    stopped = interrupt.run(_synthesize(todo, goals, lean, settings, policy, out, interrupt))
    if stopped:
        interrupt.exit()


async def _synthesize(
    todo: Sequence[Task],
    goals: set[str],
    lean: AsyncLean,
    settings: FormalizeSettings,
    policy: str,
    out: Path | None,
    interrupt: Interrupt,
) -> bool:
    """Make the problems in turn; return whether it was interrupted."""
    budget = settings.token_budget()
    answers = AnswerFile.beside(out, budget)
    outcomes: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lean)
        client = await stack.enter_async_context(await connect(settings.model, "--model", budget, settings))
        options = SearchOptions(budget=settings.check_budget, seed=settings.seed)
        synthesizer = Synthesizer(
            chat=answers.through(client),
            checks=await lean.statement_checks(SearchSettings(policy=policy), options),
            as_theorem=lean.state,
            rounds=settings.rounds,
            seed=settings.seed,
            header=HEADER,
            sampling=_sampling(settings),
            goals=goals,
        )

        def tell(task: Task, made: Synthesized) -> None:
            outcomes[made.outcome.value] += 1
            write_line(synthesized_line(made), out)

        if await do_in_turn(todo, synthesizer.make, tell, interrupt.event):
            return True
    note(", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common()), "bold")
    note(spent_text(budget), "dim")
    return False


def _sampling(settings: FormalizeSettings) -> ChatSampling:
    temperature, most = settings.temperature, settings.max_new_tokens
    return replace(
        SAMPLING,
        temperature=SAMPLING.temperature if temperature is None else temperature,
        max_tokens=SAMPLING.max_tokens if most is None else most,
    )


def _problems(given: str) -> list[Problem]:
    with show_progress() as progress:
        usable = [each for each in load(given, progress=progress, solved=True) if not each.unusable]
    if not usable:
        raise InputError(f"{given} has no problem with a statement")
    return usable
