"""`prover formalize` and `prover informalize`: words to Lean statements and back, by a chat model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from prover.api.lean import AsyncLean
from prover.cli.console import note, say
from prover.cli.engine_options import lean_of
from prover.cli.interrupt import Interrupt
from prover.cli.progress import show_progress
from prover.cli.settings_options import LeftOut, settings_options
from prover.cli.whole_proof import spent_text
from prover.errors import InputError
from prover.formalizing.formalize import Formalizer, Words
from prover.formalizing.informalize import words_for
from prover.formalizing.sets import DEFAULT_NAME, names_done, read_words, result_line, trim_unfinished
from prover.formalizing.settings import FormalizeSettings
from prover.lean.reading.statements import declared_theorems
from prover.lean.settings import EngineSettings
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.client import BudgetSpent
from prover.policy.chat.statements import FORMALIZERS, INFORMALIZERS, statement_format
from prover.problems.load import load
from prover.problems.problem import Problem
from prover.problems.records import read_record
from prover.search.base import SearchOptions
from prover.search.settings import SearchSettings
from prover.util.within import Stopped, within
from prover.whole_proof.open import connect

SPENT_ADVICE = (
    "What is finished is written. To go on: the same command with --resume and a larger --max-tokens-total."
)
T = TypeVar("T")

HEADER = "import Mathlib\n"

OutOption = Annotated[
    Path | None, typer.Option(metavar="OUT.jsonl", help="Write a JSON object a line, a problem set itself.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the file of --out: problems that are in it are left out.")
]
CHECKS_ONLY = LeftOut(frozenset({"check_tactics", "check_timeout_s", "samples", "rounds"}))


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
    todo = _select_remaining(words, [each.name for each in words], out, resume=resume)
    lean = AsyncLean(source, lean_of(source), engines=2)
    interrupt = Interrupt()
    stopped = interrupt.run(_formalize(todo, lean, settings, policy, out, interrupt))
    raise typer.Exit(interrupt.exit_code if stopped else 0)


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
    async with lean, await connect(settings.model, "--model", budget, settings) as client:
        options = SearchOptions(budget=settings.check_budget, seed=settings.seed)
        formalizer = Formalizer(
            chat=client,
            form=statement_format(settings.format, client.model, FORMALIZERS),
            checks=await lean.statement_checks(SearchSettings(policy=policy), options),
            as_theorem=lean.state,
            samples=settings.samples,
            rounds=settings.rounds,
            seed=settings.seed,
            header=HEADER,
        )
        for each in todo:
            try:
                done = await within(formalizer.formalize(each), seconds=None, interrupt=interrupt.event)
            except BudgetSpent as error:
                raise InputError(error.message, advice=SPENT_ADVICE) from error
            if isinstance(done, Stopped):
                return True
            _write_line(result_line(each, done), out)
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
    todo = _select_remaining(problems, [each.name for each in problems], out, resume=resume)
    interrupt = Interrupt()
    stopped = interrupt.run(_informalize(todo, settings, out, interrupt))
    raise typer.Exit(interrupt.exit_code if stopped else 0)


async def _informalize(
    todo: Sequence[Problem], settings: FormalizeSettings, out: Path | None, interrupt: Interrupt
) -> bool:
    """Do the problems in turn; return whether it was interrupted."""
    budget = settings.token_budget()
    async with await connect(settings.model, "--model", budget, settings) as client:
        form = statement_format(settings.format, client.model, INFORMALIZERS)
        for each in todo:
            work = words_for(each, chat=client, form=form, seed=settings.seed)
            try:
                answer = await within(work, seconds=None, interrupt=interrupt.event)
            except BudgetSpent as error:
                raise InputError(error.message, advice=SPENT_ADVICE) from error
            if isinstance(answer, Stopped):
                return True
            line = {"name": each.name, "header": each.header, "statement": each.statement}
            _write_line({**line, "informal": answer.text.strip(), "finish_reason": answer.finish_reason}, out)
    _tell_spent(budget)
    return False


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


def _select_remaining(
    all_of_them: Sequence[T], names: Sequence[str], out: Path | None, *, resume: bool
) -> list[T]:
    """Return those of the problems, called `names`, that are not in the file of results.

    Raises:
        InputError: there is a file where none should be, or none where one should.
    """
    if out is None:
        if resume:
            raise InputError("--resume goes on with a file", advice="Name it with --out.")
        return list(all_of_them)
    if not out.parent.is_dir():
        raise InputError(f"cannot write {out}: there is no folder {out.parent}")
    if resume != out.exists():
        raise InputError(
            f"{out} is there already" if out.exists() else f"there is no {out} to go on with",
            advice="Add --resume to go on with it." if out.exists() else "Leave out --resume.",
        )
    if not resume:
        return list(all_of_them)
    trim_unfinished(out)
    done = names_done(out)
    return [each for each, name in zip(all_of_them, names, strict=True) if name not in done]


def _write_line(line: dict[str, Any], out: Path | None) -> None:
    """Print what came of a problem, or add it to the file, at once."""
    if out is None:
        say(json.dumps(line, indent=2, ensure_ascii=False))
        return
    try:
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    note(f"{line['name']}: {line.get('statement') or 'no statement'}", "dim")


def _tell_spent(budget: TokenBudget) -> None:
    note(spent_text(budget), "dim")
