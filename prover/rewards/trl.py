"""The verifier as a reward function of TRL's trainers.

    from prover.rewards.trl import proof_reward

    trainer = GRPOTrainer(model=..., reward_funcs=[proof_reward], train_dataset=...)

The data set needs a column `formal_statement`; `ProofReward` takes another name, or a judge of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prover.errors import InputError
from prover.rewards.judge import BlockingJudge, Judgement, Outcome, shared_judge

Completion = str | Sequence[dict[str, Any]]
"""A text or, of a conversation, the messages that were generated."""


class ProofReward:
    """1 for a completion that proves the statement in the column `statement_column`, else 0.

    One about which nothing is known, since the check took too long or broke, gets `undecided`; with None, which TRL
    counts as no reward from this function, another reward function has to give one.
    """

    def __init__(
        self,
        judge: Callable[[], BlockingJudge] = shared_judge,
        *,
        statement_column: str = "formal_statement",
        undecided: float | None = 0.0,
    ) -> None:
        self._judge = judge
        self._column = statement_column
        self._undecided = undecided
        self.__name__ = "proof_reward"

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        **columns: Any,  # noqa: ANN401
    ) -> list[float | None]:
        """Return a reward for each completion.

        Raises:
            InputError: the data set lacks the column, or a statement in it cannot be used.
            SetupError, EngineError: nothing can be checked.
        """
        statements = columns.get(self._column)
        if statements is None:
            raise InputError(
                f"the data set has no column {self._column}, from which the statement is taken",
                advice="Name the one that has it: ProofReward(statement_column=...).",
            )
        judged = self._judge().judge(list(statements), [_text(each) for each in completions])
        _log(judged, columns)
        return [self._undecided if each.undecided else each.reward for each in judged]


def _text(completion: Completion) -> str:
    if isinstance(completion, str):
        return completion
    contents = [each.get("content") for each in completion]
    return next((each for each in reversed(contents) if isinstance(each, str)), "")


def _log(judged: Sequence[Judgement], columns: dict[str, Any]) -> None:
    """Tell TRL how many completions ended how, where it asks for that."""
    if callable(log_metric := columns.get("log_metric")) and judged:
        for outcome in Outcome:
            share = sum(each.outcome is outcome for each in judged) / len(judged)
            log_metric(f"proof/{outcome.value.replace(' ', '_')}", share)
    if callable(log_extra := columns.get("log_extra")):
        log_extra("outcome", [each.outcome.value for each in judged])


proof_reward = ProofReward()
"""The reward with the shared judge, for `reward_funcs`."""
