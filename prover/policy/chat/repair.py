"""How Lean's messages about a failed proof go back to the model, in the words of its format.

``goedel``: Goedel-Prover-V2's `get_error_str` and `src/inference.py`, with the error's place marked in the code.
``kimina``: Kimina-Prover-RL's `create_tool_message`, with numbered lines and the goals before the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover.policy.chat.formats import ChatFormat

GOEDEL_ERRORS = 8
GOEDEL_BEFORE = 4
GOEDEL_LONG = 6
KIMINA_ERRORS = 3
KIMINA_AROUND = 2
MESSAGE_CHARACTERS = 2000
"""Of one message of Lean; longer ones are goals of many pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofError:
    """An error of Lean in a proof's file. Lines are counted from 1, columns from 0; `goals` are those before it."""

    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    goals: str = ""

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


def repair_prompt(
    prompt_format: ChatFormat, file: str, errors: Sequence[ProofError], *, failed_round: int
) -> str:
    """Return the user's message after an answer whose proof failed, `file` being the text that Lean was given.

    `failed_round` counts the answers of the conversation, from 0.
    """
    match prompt_format.repair:
        case "goedel":
            return (
                f"The proof (Round {failed_round}) is not correct. Following is the compilation error message, where "
                "we use <error></error> to signal the position of the error.\n\n"
                f"{_goedel_errors(file, errors)}\n\nBefore producing the Lean 4 code to formally prove the given "
                "theorem, provide a detailed analysis of the error message."
            )
        case "kimina":
            return _kimina_errors(file, errors)
        case "generic":
            return (
                "Lean does not accept this proof. Its messages, with the lines of the code that they are about:\n\n"
                f"{errors_text(file, errors)}\n\nCorrect the proof, and give the complete Lean code once more, in "
                "one ```lean4 block."
            )


def refusal_prompt(reason: str) -> str:
    """Return the user's message after an answer that has no proof to be tried, or one that counts for nothing."""
    return f"This cannot be used as a proof: {reason}. Give the complete Lean code once more, in one ```lean4 block."


def _goedel_errors(file: str, errors: Sequence[ProofError]) -> str:
    lines = file.split("\n")
    told = ""
    for number, error in enumerate(errors[:GOEDEL_ERRORS], 1):
        first, last = error.line - 1, max(error.end_line, error.line) - 1
        span = lines[first : last + 1]
        if first == last:
            end = error.end_column if error.end_column > error.column else len(span[0])
            text = f"{span[0][: error.column]}<error>{span[0][error.column : end]}</error>{span[0][end:]}"
        else:
            span[-1] = f"{span[-1][: error.end_column]}</error>{span[-1][error.end_column :]}"
            span[0] = f"{span[0][: error.column]}<error>{span[0][error.column :]}"
            if len(span) > GOEDEL_LONG:
                span = [*span[:GOEDEL_LONG], "... --[Truncated]-- ..."]
            text = "\n".join(span)
        around = [*lines[max(0, first - GOEDEL_BEFORE) : first], text, *lines[last + 1 : last + 2]]
        code = "\n".join(around)
        message = error.message[:MESSAGE_CHARACTERS]
        told += (
            f"\nError {number}:\n\nCorresponding Code:\n```lean4\n{code}\n```\n\nError Message: {message}\n"
        )
    if len(errors) > GOEDEL_ERRORS:
        told += f"\n... [Omitted {len(errors) - GOEDEL_ERRORS} more errors] ...\n"
    return told


def _kimina_errors(file: str, errors: Sequence[ProofError]) -> str:
    if not errors:
        return "# System Error:\nError message: \nthe proof is not complete\n\n"
    every = file.split("\n")
    imports = max((n for n, line in enumerate(every, 1) if line.startswith("import ")), default=0)
    lines = every[imports:]
    told = ""
    for number, error in enumerate(errors[:KIMINA_ERRORS], 1):
        at = error.line - imports
        told += f"# Error {number}:\n"
        if error.goals:
            told += f"Goals state before error position: \n{error.goals}\n\n"
        told += f"Error message: \n{error.message[:MESSAGE_CHARACTERS].strip()}\n\n"
        told += "Lean 4 code snippet with error:\n```lean4\n"
        for line in range(max(1, at - KIMINA_AROUND), min(len(lines), at + KIMINA_AROUND) + 1):
            told += f"{line:03d}{' >' if line == at else '  '}| {lines[line - 1]}\n"
        told += "```\n"
    return told


def errors_text(file: str, errors: Sequence[ProofError]) -> str:
    """Return Lean's errors, each with the text of its line."""
    lines = file.split("\n")
    told = [
        f"line {error.line}: `{lines[error.line - 1].strip() if error.line <= len(lines) else ''}`\n"
        f"{error.message[:MESSAGE_CHARACTERS]}"
        for error in errors[:GOEDEL_ERRORS]
    ]
    if len(errors) > GOEDEL_ERRORS:
        told.append(f"and {len(errors) - GOEDEL_ERRORS} more")
    return "\n\n".join(told)
