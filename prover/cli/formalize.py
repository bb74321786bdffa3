"""`prover formalize` and `prover informalize`: words to Lean statements and back, by a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
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
from prover.formalizing.formalize import Formalized, Formalizer, Words
from prover.formalizing.informalize import words_for
from prover.formalizing.judge import Judge
from prover.formalizing.sets import DEFAULT_NAME, read_words, result_line
from prover.formalizing.settings import FormalizeSettings
from prover.lean.reading.statements import declared_theorems
from prover.lean.settings import EngineSettings
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.messages import ChatAnswer
from prover.policy.chat.statements import FORMALIZERS, INFORMALIZERS, StatementFormat, statement_format
from prover.policy.formats import AUTO
from prover.problems.load import load
from prover.problems.problem import Problem
from prover.problems.records import read_record
from prover.search.base import SearchOptions
from prover.search.settings import SearchSettings
from prover.whole_proof.open import connect

HEADER = "import Mathlib\n"
CHECKS_ONLY = LeftOut(frozenset({"check_tactics", "check_timeout_s", "samples", "rounds", "judge"}))


@settings_options
def formalize(
    given: Annotated[str, typer.Argument(metavar="TEXT | SET.jsonl", help="Words, or a file of problems.")],
    name: Annotated[str, typer.Option(help="With TEXT: the theorem's name.")] = DEFAULT_NAME,
    compare: Annotated[
        bool, typer.Option("--compare", help="With a file: compare with the statements that it has.")
    ] = False,
    policy: Annotated[str, typer.Option(help="What searches about the statements.")] = "heuristic",
    out: OutOption = None,
    resume: ResumeOption = False,
    *,
    source: Annotated[EngineSettings, LeftOut(frozenset({"repo", "commit"}))],
    settings: FormalizeSettings,
) -> None:
    """Have a chat model state problems in Lean, and say of each statement what could be proved about it.

    Whether a statement says what the words say is for you to judge: the report says whether Lean takes it, whether it
    is false or its hypotheses contradict each other, and which candidates follow from each other.
    """
    words = _words(given, name, compare=compare)
    todo = select_remaining(words, [each.name for each in words], out, resume=resume)
    lean = AsyncLean(source, lean_of(source), engines=2)
    interrupt = Interrupt()
    stopped = interrupt.run(_formalize(todo, lean, settings, policy, out, interrupt))
    if stopped:
        interrupt.exit()


async def _formalize(
    todo: Sequence[Words],
    lean: AsyncLean,
    settings: FormalizeSettings,
    policy: str,
    out: Path | None,
    interrupt: Interrupt,
) -> bool:
    """Do the problems in turn; return whether it was interrupted."""
    budget = settings.token_budget()
    answers = AnswerFile.beside(out, budget)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lean)
        client = await stack.enter_async_context(await connect(settings.model, "--model", budget, settings))
        judge = None
        if settings.judge is not None:
            other = await stack.enter_async_context(
                await connect(settings.judge, "--judge", budget, settings)
            )
            form = statement_format(AUTO, other.model, INFORMALIZERS).drawn(None, settings.max_new_tokens)
            judge = Judge(
                chat=answers.through(other), form=form, seed=settings.seed, max_tokens=settings.max_new_tokens
            )
        options = SearchOptions(budget=settings.check_budget, seed=settings.seed)
        formalizer = Formalizer(
            chat=answers.through(client),
            form=_drawn(statement_format(settings.format, client.model, FORMALIZERS), settings),
            checks=await lean.statement_checks(SearchSettings(policy=policy), options),
            as_theorem=lean.state,
            samples=settings.samples,
            rounds=settings.rounds,
            seed=settings.seed,
            header=HEADER,
            judge=judge,
        )

        def tell(words: Words, done: Formalized) -> None:
            write_line(result_line(words, done), out)

        if await do_in_turn(todo, formalizer.formalize, tell, interrupt.event):
            return True
    _tell_spent(budget)
    return False


@settings_options
def informalize(
    given: Annotated[str, typer.Argument(metavar="THEOREM | SET", help="A declaration, or a problem set.")],
    out: OutOption = None,
    resume: ResumeOption = False,
    *,
    settings: Annotated[FormalizeSettings, CHECKS_ONLY],
) -> None:
    """Have a chat model say in words what Lean statements state."""
    problems = _problems(given)
    todo = select_remaining(problems, [each.name for each in problems], out, resume=resume)
    interrupt = Interrupt()
    stopped = interrupt.run(_informalize(todo, settings, out, interrupt))
    if stopped:
        interrupt.exit()


async def _informalize(
    todo: Sequence[Problem], settings: FormalizeSettings, out: Path | None, interrupt: Interrupt
) -> bool:
    """Do the problems in turn; return whether it was interrupted."""
    budget = settings.token_budget()
    answers = AnswerFile.beside(out, budget)
    async with await connect(settings.model, "--model", budget, settings) as client:
        form = _drawn(statement_format(settings.format, client.model, INFORMALIZERS), settings)

        def tell(problem: Problem, answer: ChatAnswer) -> None:
            line = {"name": problem.name, "header": problem.header, "statement": problem.statement}
            write_line({**line, "informal": answer.text.strip(), "finish_reason": answer.finish_reason}, out)

        ask = partial(words_for, chat=answers.through(client), form=form, seed=settings.seed)
        if await do_in_turn(todo, ask, tell, interrupt.event):
            return True
    _tell_spent(budget)
    return False


def _drawn(form: StatementFormat, settings: FormalizeSettings) -> StatementFormat:
    return form.drawn(settings.temperature, settings.max_new_tokens)


def _words(given: str, name: str, *, compare: bool) -> list[Words]:
    if not given.endswith((".jsonl", ".json")):
        if compare:
            raise InputError("--compare is for a file whose problems have statements", advice="Leave it out.")
        if not given.strip():
            raise InputError("there are no words to formalize", advice="Give them as the argument.")
        return [Words(name=name, text=given)]
    return read_words(Path(given), compare=compare)


def _problems(given: str) -> Sequence[Problem]:
    if len(given.split()) > 1 and not given.endswith(".jsonl"):
        if not declared_theorems(given):
            return [Problem(name="goal", statement=given.strip())]
        problem = read_record({"statement": given}, "the theorem")
        return [replace(problem, name="goal", full_name=problem.full_name or problem.name)]
    with show_progress() as progress:
        usable = [each for each in load(given, progress=progress, solved=True) if not each.unusable]
    if not usable:
        raise InputError(f"{given} has no problem with a statement")
    return usable


def _tell_spent(budget: TokenBudget) -> None:
    note(spent_text(budget), "dim")
