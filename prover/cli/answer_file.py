"""Answers of chat models in a file beside a command's results, written as soon as they are there."""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from prover.cli.result_file import answers_path, append_line
from prover.errors import InputError
from prover.evaluation.run.recorded_chat import RecordedChat
from prover.evaluation.store.rows import AnswerRow
from prover.formalizing.sets import result_records, trim_unfinished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prover.policy.chat.budget import TokenBudget
    from prover.policy.chat.client import ChatClient
    from prover.whole_proof.attempt import Chat


@dataclass(slots=True)
class AnswerFile:
    """Keeps answers in a file of JSON lines, or nowhere where there is no `path`.

    Implements :class:`prover.evaluation.run.recorded_chat.RecordedAnswers`; an attempt is here a model, by the CRC of
    its name.
    """

    path: Path | None
    _rows: defaultdict[tuple[int, str], list[AnswerRow]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def beside(cls, out: Path | None, budget: TokenBudget) -> Self:
        """Return the answers for the file of results `out`, those of earlier commands counted in `budget`.

        Raises:
            InputError: they cannot be read.
        """
        if out is None:
            return cls(None)
        path = answers_path(out)
        answers = cls(path)
        if path.exists():
            trim_unfinished(path)
            for record in result_records(path):
                answers._take(record)
        budget.prompt_tokens, budget.completion_tokens = answers.answer_tokens()
        return answers

    def _take(self, record: dict[str, Any]) -> None:
        try:
            attempt_id = record.pop("attempt_id")
            row = AnswerRow(**record)
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{self.path} is no file of answers",
                advice="Move it away; what is not finished is asked again.",
            ) from error
        self._rows[attempt_id, row.request].append(row)

    def through(self, client: ChatClient) -> Chat:
        """Return `client`, asked only for what it has not answered yet."""
        return client if self.path is None else RecordedChat(self, zlib.crc32(client.model.encode()), client)

    def answers(self, attempt_id: int, request: str) -> list[AnswerRow]:
        """Return the recorded answers to a request."""
        return list(self._rows[attempt_id, request])

    def add_answers(self, attempt_id: int, answers: Sequence[AnswerRow]) -> None:
        """Record answers.

        Raises:
            InputError: they cannot be written.
        """
        assert self.path is not None
        for row in answers:
            append_line({"attempt_id": attempt_id, **asdict(row)}, self.path)
            self._rows[attempt_id, row.request].append(row)

    def answer_tokens(self) -> tuple[int, int]:
        """Return the tokens of all prompts and of all answers that are recorded."""
        rows = [row for some in self._rows.values() for row in some]
        return sum(row.prompt_tokens for row in rows), sum(row.completion_tokens for row in rows)
