"""What chat models' answers cost, and what repair is worth at equal tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover.evaluation.analysis.statistics import Proportion, mean, wilson
from prover.evaluation.store.answers import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class RefineAtK:
    """Problems proved within the tokens that `k` first answers take, by first answers alone and with repairs."""

    k: int
    tokens: float
    first_only: Proportion
    refined: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNumbers:
    """What a run of chat models used. Money is in the currency of the prices, None without them.

    The figures per proved theorem divide all that was used, failures included, by the theorems that were proved.
    """

    answers: int
    prompt_tokens: int
    completion_tokens: int
    money: float | None
    tokens_per_proved: float | None
    seconds_per_proved: float | None
    money_per_proved: float | None
    refine_at_k: tuple[RefineAtK, ...]


def answer_numbers(
    answers: Mapping[int, Sequence[Answered]],
    problems: Sequence[int],
    *,
    tokens: tuple[int, int],
    prices: tuple[float | None, float | None],
    seconds: float,
    proved: int,
) -> AnswerNumbers:
    """Compute the numbers of a run of chat models.

    `problems` are those that count; `tokens` and `prices`, for a million of them, are those of prompts and of answers.
    """
    money = None
    if prices[0] is not None and prices[1] is not None:
        money = (tokens[0] * prices[0] + tokens[1] * prices[1]) / 1e6
    return AnswerNumbers(
        answers=sum(map(len, answers.values())),
        prompt_tokens=tokens[0],
        completion_tokens=tokens[1],
        money=money,
        tokens_per_proved=sum(tokens) / proved if proved else None,
        seconds_per_proved=seconds / proved if proved else None,
        money_per_proved=money / proved if proved and money is not None else None,
        refine_at_k=refine_at_k([answers.get(each, ()) for each in problems]),
    )


def refine_at_k(problems: Sequence[Sequence[Answered]]) -> tuple[RefineAtK, ...]:
    """Compare first answers alone with answers and repairs, at equal tokens.

    A first answer takes τ tokens on average. For k = 1, 2, 4, ... up to the most first answers of a problem, those of
    each problem are taken in the order in which they were made, as long as they fit k τ tokens: once the first
    answers only, once with the repairs between them. Empty where nothing was repaired.
    """
    first = [answer.tokens for answers in problems for answer in answers if answer.round == 0]
    if not first or not any(answer.round for answers in problems for answer in answers):
        return ()
    average = mean(first)
    most = max(sum(answer.round == 0 for answer in answers) for answers in problems)
    ks = sorted({2**i for i in range(most.bit_length()) if 2**i <= most} | {most})
    rows = []
    for k in ks:
        alone = sum(
            _proved_within([each for each in answers if each.round == 0], k * average) for answers in problems
        )
        refined = sum(_proved_within(answers, k * average) for answers in problems)
        rows.append(
            RefineAtK(
                k=k,
                tokens=k * average,
                first_only=wilson(alone, len(problems)),
                refined=wilson(refined, len(problems)),
            )
        )
    return tuple(rows)


def _proved_within(answers: Sequence[Answered], tokens: float) -> bool:
    spent = 0
    for answer in answers:
        spent += answer.tokens
        if answer.proved and spent <= tokens:
            return True
    return False
