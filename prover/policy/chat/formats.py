"""Prompt formats of models that write whole proofs, as data, and how their answers are read.

The named ones are those of public models, character by character, from the projects' own code or model cards:

- ``goedel-v2``: Lin et al., Goedel-Prover-V2 (2025): README, `src/utils.py`, `src/inference.py`
- ``deepseek-v2``: Ren et al., DeepSeek-Prover-V2 (2025): README; ``deepseek-v2-non-cot`` asks for a completion
- ``kimina-preview``: Wang et al., Kimina-Prover Preview (2025): model card
- ``kimina-72b``: Kimina-Prover 72B and its distilled models: `kimina_prover_demo/error_fix.py`
- ``kimina-rl``: `recipe/kimina_prover_rl/prepare_data.py`
- ``stepfun``: StepFun-Prover (2025): model card; the model checks sketches while it writes
- ``generic``: our own, for models that know no format

A format of one's own is a TOML file with the fields of `ChatFormat`.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from prover.lean.theorem import Theorem
from prover.policy.chat.messages import ChatMessage, ChatSampling, opening
from prover.policy.formats import AUTO, named_format

Endings = Literal[":= by\n  sorry", ":= by sorry", ":= by"]
_PLACEHOLDER = re.compile(r"\{(statement|problem)\}")


class ChatFormat(BaseModel):
    """A prompt, how answers are drawn, and how failed ones are sent back."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = "custom"
    """What configurations call the format."""
    system: str = ""
    """The system message; none if empty."""
    user: str
    """The user's message, or the text to complete: `{statement}` is the theorem in its file, `{problem}` its words."""
    ending: Endings = ":= by\n  sorry"
    """What ends the statement."""
    endpoint: Literal["chat", "completions"] = "chat"
    """Whether the prompt is a message or a text to be completed."""
    temperature: float = Field(default=1.0, ge=0)
    """Sampling temperature."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Nucleus of the sampling."""
    presence_penalty: float = 0.0
    """The protocol's presence penalty, for first answers only."""
    max_tokens: int = Field(default=8192, ge=1)
    """Tokens that one answer may have, its thinking included."""
    extraction: Literal["lean4-fence", "whole-file-fence", "any"] = "lean4-fence"
    """Which code of an answer counts: the last ```lean4 (else ```lean) block; the last one that is a whole file; or
    the last block of any kind, else the text itself."""
    repair: Literal["goedel", "kimina", "generic"] = "generic"
    """In whose words Lean's messages go back."""
    interleaved: bool = False
    """Whether the model asks for Lean's messages while it writes, between <sketch> and </sketch>."""

    @field_validator("user")
    @classmethod
    def _has_a_statement(cls, user: str) -> str:
        if "{statement}" not in user:
            raise ValueError("a prompt needs {statement}")
        return user

    def statement(self, theorem: Theorem) -> str:
        """Return the theorem in its file, as prompts show it."""
        return f"{theorem.before_statement}{theorem.statement} {self.ending}".strip()

    def prompt(self, theorem: Theorem, problem: str = "") -> str:
        """Return the user's message for `theorem`; `problem` says it in words."""
        values = {"statement": self.statement(theorem), "problem": problem}
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.user)

    def messages(self, theorem: Theorem, problem: str = "") -> tuple[ChatMessage, ...]:
        """Return the conversation that asks for a first answer."""
        return opening(self.system, self.prompt(theorem, problem))

    def sampling(self, *, repairing: bool = False, temperature: float | None = None) -> ChatSampling:
        """Return how answers are drawn; `temperature` in place of the format's own."""
        return ChatSampling(
            temperature=self.temperature if temperature is None else temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            presence_penalty=0.0 if repairing else self.presence_penalty,
        )


_GOEDEL_PLAN = (
    "Before producing the Lean 4 code to formally prove the given theorem, provide a detailed proof plan outlining the "
    "main proof steps and strategies.\nThe plan should highlight key ideas, intermediate lemmas, and proof structures "
    "that will guide the construction of the final formal proof."
)
_COMPLETE = "Complete the following Lean 4 code:\n\n```lean4\n"

_NAMED = (
    ChatFormat(
        name="goedel-v2",
        user=f"{_COMPLETE}{{statement}}```\n\n{_GOEDEL_PLAN}",
        temperature=1.0,
        top_p=0.95,
        max_tokens=32768,
        repair="goedel",
    ),
    ChatFormat(
        name="deepseek-v2",
        user=f"{_COMPLETE}{{statement}}\n```\n\n{_GOEDEL_PLAN}",
        temperature=1.0,
        top_p=0.95,
        max_tokens=8192,
        repair="goedel",
    ),
    ChatFormat(
        name="deepseek-v2-non-cot",
        user=f"{_COMPLETE}{{statement}}",
        ending=":= by",
        endpoint="completions",
        temperature=1.0,
        top_p=0.95,
        max_tokens=8192,
    ),
    ChatFormat(
        name="kimina-preview",
        system="You are an expert in mathematics and Lean 4.",
        user=(
            "Think about and solve the following problem step by step in Lean 4.\n# Problem:{problem}\n"
            "# Formal statement:\n```lean4\n{statement}\n```\n"
        ),
        ending=":= by",
        temperature=0.6,
        top_p=0.95,
        max_tokens=8096,
        extraction="whole-file-fence",
        repair="kimina",
    ),
    ChatFormat(
        name="kimina-72b",
        system=(
            "You are an expert programmer and mathematician who helps formalizing mathematical problems in Lean 4."
        ),
        user="Think about and solve the following problems step by step in Lean 4.\n\n{statement}",
        ending=":= by sorry",
        temperature=0.8,
        presence_penalty=0.2,
        max_tokens=16000,
        extraction="whole-file-fence",
        repair="kimina",
    ),
    ChatFormat(
        name="kimina-rl",
        system="You are an expert in mathematics and proving theorems in Lean 4.",
        user=(
            "Think about and solve the following problems step by step in Lean 4.\n\n# Problem:\n{problem}\n\n"
            "# Formal Statement:\n```lean4\n{statement}\n```\n"
        ),
        ending=":= by",
        temperature=0.6,
        top_p=0.95,
        max_tokens=8096,
        extraction="whole-file-fence",
        repair="kimina",
    ),
    ChatFormat(
        name="stepfun",
        system=(
            "You will be given an unsolved Lean 4 problem. Think carefully and work towards a solution. At any point, "
            "you may use the Lean 4 REPL to check your progress by enclosing your partial solution between <sketch> "
            "and </sketch>. The REPL feedback will be provided between <REPL> and </REPL>. Continue this process as "
            "needed until you arrive at a complete and correct solution."
        ),
        user="```lean4\n{statement}\n```",
        ending=":= by",
        max_tokens=16384,
        extraction="any",
        interleaved=True,
    ),
    ChatFormat(
        name="generic",
        system="You are an expert in mathematics and Lean 4.",
        user=(
            "Prove the following theorem in Lean 4. Think about the proof first. Then give the complete Lean code "
            "once, in one ```lean4 block: the theorem exactly as it stands here, with your proof in the place of "
            "`sorry`. Use only what the imports provide.\n\n```lean4\n{statement}\n```\n"
        ),
        temperature=0.8,
        top_p=0.95,
        extraction="any",
    ),
)
CHAT_FORMATS = {each.name: each for each in _NAMED}

_NAME_PATTERNS = (
    (re.compile(r"goedel-prover-v2", re.IGNORECASE), "goedel-v2"),
    (re.compile(r"deepseek-prover-v2", re.IGNORECASE), "deepseek-v2"),
    (re.compile(r"kimina-prover-rl", re.IGNORECASE), "kimina-rl"),
    (re.compile(r"kimina-prover-(preview|distill-7b)", re.IGNORECASE), "kimina-preview"),
    (re.compile(r"kimina-prover", re.IGNORECASE), "kimina-72b"),
    (re.compile(r"stepfun-prover", re.IGNORECASE), "stepfun"),
)


def chat_format(name: str, model: str) -> ChatFormat:
    """Return a format by its name, by a TOML file that describes it, or for ``auto`` by the model's name.

    Raises:
        InputError: there is no such format, or the file describes none.
    """
    if name == AUTO:
        return CHAT_FORMATS[next((found for each, found in _NAME_PATTERNS if each.search(model)), "generic")]
    return named_format(
        name,
        CHAT_FORMATS,
        ChatFormat,
        unknown=f"there is no format {name!r} for whole proofs",
        advice=f"Take one of {', '.join([AUTO, *CHAT_FORMATS])}, or a .toml file of your own.",
    )
