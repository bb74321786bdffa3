"""The verifier as verl's reward function, in the batch form of Kimina-Prover-RL.

    custom_reward_function.path=.../prover/rewards/verl.py
    custom_reward_function.name=reward
    reward_model.reward_manager=batch

The statement is `extra_info["formal_statement"]`, else the ground truth. `python -c "import prover.rewards.verl as v;
print(v.__file__)"` says where this file is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prover.errors import InputError
from prover.rewards.judge import Judgement, Outcome, shared_judge

STATEMENT = "formal_statement"


def reward(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[dict[str, Any] | None],
    return_dict: bool = False,
    **ignored: Any,  # noqa: ANN401  (further settings of verl's, which has more in every version)
) -> list[float] | list[dict[str, Any]]:
    """Return 1 for each solution that proves its statement, else 0; with `return_dict` what verl logs besides.

    Raises:
        InputError: a statement is missing, or cannot be used.
        SetupError, EngineError: nothing can be checked.
    """
    statements = [
        _statement(number, truth, extra or {})
        for number, (truth, extra) in enumerate(zip(ground_truths, extra_infos, strict=True))
    ]
    judged = shared_judge().judge(statements, list(solution_strs))
    if not return_dict:
        return [each.reward for each in judged]
    return [_told(each, text) for each, text in zip(judged, solution_strs, strict=True)]


def _statement(number: int, ground_truth: object, extra: dict[str, Any]) -> str:
    found = extra.get(STATEMENT) or ground_truth
    if not isinstance(found, str) or not found.strip():
        raise InputError(
            f"sample {number} has no statement",
            advice=f'Put it into extra_info["{STATEMENT}"] of the data set.',
        )
    return found


def _told(judged: Judgement, response: str) -> dict[str, Any]:
    return {
        "score": judged.reward,
        "pred": judged.outcome.value,
        "acc": judged.proved,
        "tool_feedback": judged.message,
        "response": response,
        "format_error": judged.outcome is Outcome.NO_PROOF,
        "undecided": judged.undecided,
    }
