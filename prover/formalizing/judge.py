"""A statement said in words again by a model, and a model's opinion whether that is the same problem.

The prompt of the comparison is Herald's (Gao et al., ICLR 2025). An opinion is shown, and decides nothing.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum

from prover.formalizing.informalize import words_for
from prover.policy.chat.messages import ChatRequest, ChatSampling, opening
from prover.policy.chat.statements import StatementFormat
from prover.policy.seeds import derive_seed
from prover.problems.problem import Problem
from prover.whole_proof.attempt import Chat

SYSTEM = (
    "Please check the following two math problems are the same or different? Please consider each statement in the two "
    "problems; they are different if any statement is different. Please point out any differences you found. Please "
    'reply ||same|| or ||different|| in the final sentence with "||" format.'
)
SAMPLING = ChatSampling(temperature=0.1, max_tokens=4096)

_MARK = re.compile(r"\|\|\s*(same|different)\s*\|\|", re.IGNORECASE)


class JudgeVerdict(StrEnum):
    """What a judge's last mark says."""

    SAME = "same"
    DIFFERENT = "different"
    NONE = "none"
    """It made no mark, or there were no words to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The statement in words, and the judge's `answer` about them, with its `verdict`."""

    words: str
    verdict: JudgeVerdict
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A chat model that says statements in words, in the prompt `form`, and compares them with the problem's.

    Its opinions have at most `max_tokens` tokens, if that is given.
    """

    chat: Chat
    form: StatementFormat
    seed: int
    max_tokens: int | None = None

    async def compare(self, text: str, problem: Problem) -> Opinion:
        """Compare a problem in words with a statement of it.

        Raises:
            BudgetSpent, RequestRefused, PolicyUnavailable: the model does not answer.
        """
        words = await words_for(problem, chat=self.chat, form=self.form, seed=self.seed)
        said = words.text.strip()
        if not said:
            return Opinion(words="", verdict=JudgeVerdict.NONE, answer="")
        asked = f"Problem 1:\n{text}\nProblem 2:\n{said}"
        [answer] = await self.chat.ask(
            ChatRequest(
                messages=opening(SYSTEM, asked),
                sampling=replace(SAMPLING, max_tokens=self.max_tokens or SAMPLING.max_tokens),
                seed=derive_seed([self.seed, zlib.crc32(asked.encode())]),
            )
        )
        return Opinion(words=said, verdict=verdict_of(answer.text), answer=answer.text.strip())


def verdict_of(answer: str) -> JudgeVerdict:
    """Return what the last mark of a judge's answer says."""
    marks = _MARK.findall(answer)
    return JudgeVerdict(marks[-1].lower()) if marks else JudgeVerdict.NONE
