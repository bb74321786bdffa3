"""Problems in words, from files, and the files of what came of them: a JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.formalizing.formalize import Candidate, Formalized, Words
from prover.formalizing.synthesize import SynthesisOutcome, Synthesized
from prover.problems.problem import Problem
from prover.problems.records import INFORMAL_FIELDS, NAME_FIELDS, STATEMENT_FIELDS, json_lines, read_record

DEFAULT_NAME = "my_favorite_theorem"
"""Of a problem without a name; Kimina's and StepFun's formalizers know it from their model cards."""


def read_words(path: Path, *, compare: bool) -> list[Words]:
    """Read problems in words; with `compare`, their statements are to be compared with.

    Raises:
        InputError: the file cannot be read, or a line has no words, or its name a second time.
    """
    words: list[Words] = []
    for number, where, record in _records(path):
        text = _first(record, INFORMAL_FIELDS)
        if not text:
            raise InputError(
                f"{where} has no problem in words", advice=f"Give it as one of {', '.join(INFORMAL_FIELDS)}."
            )
        name = _first(record, NAME_FIELDS) or f"{DEFAULT_NAME}_{number}"
        if any(each.name == name for each in words):
            raise InputError(f"{where}: {name} is there already", advice="Give each problem its own name.")
        reference = _reference(record, name, where) if compare else None
        words.append(Words(name=name, text=text, reference=reference))
    if not words:
        raise InputError(f"{path} has no problem", advice='A line is {"name": "...", "informal": "..."}')
    return words


def names_done(path: Path) -> set[str]:
    """Return the names of the problems that a file of results has.

    Raises:
        InputError: it cannot be read.
    """
    return {str(record.get("name")) for record in result_records(path)}


def result_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file.

    Raises:
        InputError: it cannot be read, or a line is no JSON object.
    """
    for _, _, record in _records(path):
        yield record


def trim_unfinished(path: Path) -> None:
    """Take away a last line that was not written to its end.

    Raises:
        InputError: the file cannot be changed.
    """
    try:
        text = path.read_bytes()
        if text and not text.endswith(b"\n"):
            path.write_bytes(text[: text.rfind(b"\n") + 1])
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def result_line(words: Words, done: Formalized) -> dict[str, Any]:
    """Return what came of a problem, as a record that is a problem itself where a statement was found."""
    chosen = done.chosen
    problem = None if chosen is None else chosen.problem
    return {
        "name": words.name,
        "informal": words.text,
        "header": "" if problem is None else problem.header,
        "statement": "" if problem is None else problem.statement,
        "candidates": [_candidate(each) for each in done.candidates],
    }


def goals_done(path: Path) -> set[str]:
    """Return what Lean makes of the statements of a file of problems that were made up.

    Raises:
        InputError: it cannot be read.
    """
    return {str(record["goal"]) for record in result_records(path) if record.get("goal")}


def synthesized_line(made: Synthesized) -> dict[str, Any]:
    """Return a problem that was made up, as a record that is a problem itself where it is proved."""
    proved = made.outcome is SynthesisOutcome.PROVED
    problem = made.candidate.problem
    return {
        "name": made.task.name,
        "outcome": made.outcome.value,
        "concepts": list(made.task.concepts),
        "variant_of": None if made.task.model is None else made.task.model.name,
        "informal": made.words,
        "header": problem.header if problem is not None and proved else "",
        "statement": problem.statement if problem is not None and proved else "",
        "proof": made.proof,
        "goal": made.candidate.goal,
        "message": made.candidate.message,
        "answer": made.candidate.answer.raw,
        "tokens": made.tokens,
    }


def _candidate(made: Candidate) -> dict[str, Any]:
    return {
        "round": made.round,
        "parent": made.parent,
        "outcome": made.outcome.value,
        "message": made.message,
        "header": "" if made.problem is None else made.problem.header,
        "statement": "" if made.problem is None else made.problem.statement,
        "goal": made.goal,
        "is_false": None if made.vacuity is None else made.vacuity.is_false,
        "hypotheses_contradict": None if made.vacuity is None else made.vacuity.hypotheses_contradict,
        "follows_from_reference": None if made.reference is None else made.reference.follows,
        "implies_reference": None if made.reference is None else made.reference.implies,
        "cluster": made.cluster,
        "back_translation": None if made.opinion is None else made.opinion.words,
        "judge": None if made.opinion is None else made.opinion.verdict.value,
        "judge_answer": None if made.opinion is None else made.opinion.answer,
        "answer": made.answer.raw,
        "tokens": made.answer.completion_tokens,
    }


def _reference(record: Mapping[str, Any], name: str, where: str) -> Problem:
    if not _first(record, STATEMENT_FIELDS):
        raise InputError(f"{where} has no statement to compare with", advice="Leave out --compare.")
    try:
        problem = read_record(record, where)
    except InputError as error:
        raise InputError(f"{where}: {error.message}") from error
    return replace(problem, name=name, full_name=problem.full_name or problem.name)


def _first(record: Mapping[str, Any], fields: Sequence[str]) -> str:
    return next((str(record[field]) for field in fields if record.get(field)), "")


def _records(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the number of each line of a file, its place in words, and its record.

    Raises:
        InputError: the file cannot be read, or a line is no JSON object.
    """
    for number, where, record in json_lines(path, str(path)):
        if isinstance(record, InputError):
            raise InputError(f"{where}: {record.message}") from record
        if not isinstance(record, dict):
            raise InputError(f"{where}: this is not a JSON object")
        yield number, where, record
