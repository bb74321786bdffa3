"""Prompt formats of planners: chat models that propose the steps of a proof and leave the proofs of them open.

- ``generic``: our own, for models that know no format; the answer is a proof with `sorry`s (draft, sketch and prove,
  Jiang et al. 2023), and what came of it goes back in the same conversation
- ``bfs-planner``: what BFS-Prover-V2's planner is asked and answers (Xin et al. 2025, `src/plan/prompt.yaml`): a list
  of ``have NAME : STATEMENT``; a new plan is asked for with the theorem, what is proved and what is stuck. The system
  message begins as theirs does; its rules are told in our own words

A format of one's own is a TOML file with the fields of `PlanFormat`.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from prover.lean.theorem import Theorem
from prover.policy.chat.messages import ChatMessage, ChatSampling, opening
from prover.policy.formats import named_format

_PLACEHOLDER = re.compile(r"\{(statement|problem|proved|stuck)\}")


class PlanFormat(BaseModel):
    """A planner's prompt, how its answers are drawn and read, and how a new plan is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = "custom"
    """What configurations call the format."""
    system: str = ""
    """The system message; none if empty."""
    user: str
    """The first message: `{statement}` is the theorem in its file, `{problem}` its words."""
    replan: str
    """The message for a new plan: also `{proved}` and `{stuck}`, the steps of the last plan with what came of them."""
    fresh: bool = False
    """Whether `replan` begins a new conversation."""
    answer: Literal["proof", "haves"] = "proof"
    """What an answer holds: a proof with `sorry`s, or a list of ``have NAME : STATEMENT``."""
    temperature: float = Field(default=1.0, ge=0)
    """Sampling temperature."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Nucleus of the sampling."""
    max_tokens: int = Field(default=8192, ge=1)
    """Tokens that one answer may have, its thinking included."""

    @field_validator("user")
    @classmethod
    def _has_a_statement(cls, user: str) -> str:
        if "{statement}" not in user:
            raise ValueError("a prompt needs {statement}")
        return user

    @field_validator("replan")
    @classmethod
    def _tells_what_is_stuck(cls, replan: str) -> str:
        if "{stuck}" not in replan:
            raise ValueError("a prompt for a new plan needs {stuck}")
        return replan

    @property
    def sampling(self) -> ChatSampling:
        """How answers are drawn."""
        return ChatSampling(temperature=self.temperature, top_p=self.top_p, max_tokens=self.max_tokens)

    def first(self, theorem: Theorem, problem: str) -> tuple[ChatMessage, ...]:
        """Return the conversation that asks for a first plan; `problem` says the theorem in words."""
        return opening(self.system, _fill(self.user, theorem, problem))

    def again(
        self, before: tuple[ChatMessage, ...], theorem: Theorem, problem: str, *, proved: str, stuck: str
    ) -> tuple[ChatMessage, ...]:
        """Return the conversation that asks for another plan, after the one that ends in the last plan."""
        asked = _fill(self.replan, theorem, problem, proved=proved, stuck=stuck)
        return opening(self.system, asked) if self.fresh else (*before, ChatMessage("user", asked))


def _fill(template: str, theorem: Theorem, problem: str, *, proved: str = "", stuck: str = "") -> str:
    statement = f"{theorem.before_statement}{theorem.statement} := by\n  sorry".strip()
    values = {"statement": statement, "problem": problem, "proved": proved, "stuck": stuck}
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


_GENERIC = PlanFormat(
    name="generic",
    system="You are an expert in mathematics and Lean 4.",
    user=(
        "Plan a proof of the following theorem in Lean 4. Think about the proof first. Then give the theorem once, in "
        "one ```lean4 block, exactly as it stands here, with a proof that is made of steps `have NAME : STATEMENT := "
        "by sorry`, each of which follows easily from what stands before it, and whose last line closes the goal, by "
        "`sorry` if need be. Leave the proofs of the steps to an automatic prover. Use only what the imports provide."
        "\n\n```lean4\n{statement}\n```\n"
    ),
    replan=(
        "This plan does not lead to a proof.\n\nSteps that are proved, and can be used again as they stand:\n{proved}"
        "\n\nSteps that are not:\n{stuck}\n\nMake another plan, and give the theorem once more, in one ```lean4 block, "
        "with `sorry` for the proofs of the steps."
    ),
    temperature=0.8,
    top_p=0.95,
)
_BFS_PLANNER = PlanFormat(
    name="bfs-planner",
    system=(
        "You are an expert assistant specializing in Math Olympiads and the Lean 4 theorem prover.\nYour primary goal "
        "is to generate **syntactically perfect, type-checkable** Lean 4 intermediate steps that lead to a proof of a "
        "theorem.\nAnswer with a list of `have NAME : STATEMENT`, each without a proof, in one ```lean4 block. Each "
        "step may use the ones before it. Give every set and every number its type, write out factorials and chains of "
        "inequalities, and mind that `/` and `-` of natural numbers are not those of the rationals."
    ),
    user="Here is the theorem:\n```lean4\n{statement}\n```\n",
    replan=(
        "Here is the theorem:\n```lean4\n{statement}\n```\n\nThese steps are proved. Repeat them first, exactly as "
        "they stand:\n{proved}\n\nThe prover is stuck here:\n{stuck}\n\nGive a new list of steps that avoids this, "
        "or that leads there in smaller ones.\n"
    ),
    fresh=True,
    answer="haves",
)
PLAN_FORMATS = {each.name: each for each in (_GENERIC, _BFS_PLANNER)}


def plan_format(name: str) -> PlanFormat:
    """Return a format by its name, or by a TOML file that describes it.

    Raises:
        InputError: there is no such format, or the file describes none.
    """
    return named_format(
        name,
        PLAN_FORMATS,
        PlanFormat,
        unknown=f"there is no format {name!r} for plans",
        advice=f"Take one of {', '.join(PLAN_FORMATS)}, or a .toml file of your own.",
    )
