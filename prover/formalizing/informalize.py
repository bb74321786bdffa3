"""Words for Lean statements."""

from __future__ import annotations

import zlib

from prover.policy.chat.messages import ChatAnswer, ChatRequest
from prover.policy.chat.statements import StatementFormat
from prover.policy.seeds import derive_seed
from prover.problems.problem import Problem
from prover.whole_proof.attempt import Chat


async def words_for(problem: Problem, *, chat: Chat, form: StatementFormat, seed: int) -> ChatAnswer:
    """Return the answer that says in words what a problem states.

    Raises:
        BudgetSpent, RequestRefused, PolicyUnavailable: there is none.
    """
    prompt = form.prompt(
        statement=f"{problem.header}{problem.statement} := by\n  sorry".strip(), name=problem.name
    )
    messages = form.messages(prompt)
    [answer] = await chat.ask(
        ChatRequest(
            messages=messages,
            prompt=None if messages else prompt,
            sampling=form.sampling,
            seed=derive_seed([seed, zlib.crc32(prompt.encode())]),
        )
    )
    return answer
