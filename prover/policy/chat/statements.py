"""Prompt formats of models that write Lean statements for problems in words, or words for statements.

The named ones are those of public models, character by character, from model cards and the projects' code:

- ``kimina``: AI-MO/Kimina-Autoformalizer-7B
- ``stepfun``: StepFun-Formalizer-7B and -32B, which begin with their thinking
- ``goedel``: Goedel-Formalizer-V2-8B
- ``herald``: FrenzyMath/Herald_translator, in DeepSeek's template; back, InternLM2-Math-Plus in its own
- ``generic``: our own

A format of one's own is a TOML file with the fields of `StatementFormat`.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prover.policy.chat.messages import ChatMessage, ChatSampling, opening
from prover.policy.formats import AUTO, named_format

_PLACEHOLDER = re.compile(r"\{(problem|name|header|statement)\}")


class StatementFormat(BaseModel):
    """A prompt, and how answers are drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = "custom"
    """What configurations call the format."""
    system: str = ""
    """The system message; none if empty."""
    user: str
    """The user's message, or the text to complete: `{problem}`, `{name}`, `{header}`; for words, `{statement}`."""
    begins: str = ""
    """What every answer begins with."""
    endpoint: Literal["chat", "completions"] = "chat"
    """Whether the prompt is a message or a text to be completed."""
    temperature: float = Field(default=0.7, ge=0)
    """Sampling temperature."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Nucleus of the sampling."""
    top_k: int | None = Field(default=None, ge=1)
    """The most probable tokens that are drawn from, on servers that know this (vLLM, SGLang)."""
    max_tokens: int = Field(default=4096, ge=1)
    """Tokens that one answer may have, its thinking included."""

    def drawn(self, temperature: float | None, max_tokens: int | None) -> StatementFormat:
        """Return the same prompt with these settings of the sampling, where they are given."""
        given = {"temperature": temperature, "max_tokens": max_tokens}
        return self.model_copy(update={name: each for name, each in given.items() if each is not None})

    @property
    def sampling(self) -> ChatSampling:
        """How answers are drawn."""
        return ChatSampling(
            temperature=self.temperature, top_p=self.top_p, top_k=self.top_k, max_tokens=self.max_tokens
        )

    def prompt(self, *, problem: str = "", name: str = "", header: str = "", statement: str = "") -> str:
        """Return the user's message, or the text to complete."""
        values = {"problem": problem, "name": name, "header": header, "statement": statement}
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.user)

    def messages(self, prompt: str) -> tuple[ChatMessage, ...]:
        """Return the conversation that begins with a prompt; none for a text to complete."""
        return () if self.endpoint == "completions" else opening(self.system, prompt)


_EXPERT = "You are an expert in mathematics and Lean 4."
_AUTOFORMALIZE = (
    "Please autoformalize the following problem in Lean 4 with a header. Use the following theorem names: "
    "{name}.\n\n{problem}"
)
_FORMALIZERS = (
    StatementFormat(
        name="kimina", system=_EXPERT, user=_AUTOFORMALIZE, temperature=0.6, top_p=0.95, max_tokens=2048
    ),
    StatementFormat(
        name="stepfun",
        system=_EXPERT,
        user=f"{_AUTOFORMALIZE}\n\nYour code should start with:\n```Lean4\n{{header}}\n```\n",
        begins="<think>",
        temperature=0.6,
        top_p=0.95,
        max_tokens=16384,
    ),
    StatementFormat(
        name="goedel",
        user=(
            "Please autoformalize the following natural language problem statement in Lean 4. Use the following "
            "theorem name: {name}\nThe natural language statement is: \n{problem}Think before you provide the lean "
            "statement."
        ),
        temperature=0.9,
        top_p=0.95,
        top_k=20,
        max_tokens=16384,
    ),
    StatementFormat(
        name="herald",
        user=(
            "You are an expert at Lean 4 and Mathematics.\n\nUser:Please translate the natural language statement to "
            "Lean4 code with the header\n**Name**\n{name}\n**Informal statement**\n{problem}\n\n\nAssistant:"
        ),
        endpoint="completions",
        temperature=0.99,
        top_p=1.0,
        max_tokens=1024,
    ),
    StatementFormat(
        name="generic",
        system=_EXPERT,
        user=(
            "State the following problem as one theorem in Lean 4, called {name}, without a proof. Give the complete "
            "Lean code once, in one ```lean4 block that begins with\n```lean4\n{header}\n```\nand ends in `:= by "
            "sorry`. Say exactly what the problem says: all its hypotheses, and no others.\n\n{problem}\n"
        ),
    ),
)
_INFORMALIZERS = (
    StatementFormat(
        name="herald",
        user=(
            "[UNUSED_TOKEN_146]user\nConvert the formal statement into natural language:\n```lean\n{statement}\n"
            "```[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n"
        ),
        endpoint="completions",
        temperature=0.1,
        top_p=1.0,
        max_tokens=1024,
    ),
    StatementFormat(
        name="generic",
        system=_EXPERT,
        user=(
            "Say in words what the following Lean 4 theorem states, precisely and in plain mathematical English: all "
            "its hypotheses and its claim, nothing added, nothing left out. Give the statement alone, without Lean "
            "code.\n\n```lean4\n{statement}\n```\n"
        ),
        temperature=0.2,
    ),
)
FORMALIZERS = {each.name: each for each in _FORMALIZERS}
INFORMALIZERS = {each.name: each for each in _INFORMALIZERS}

_NAME_PATTERNS = (
    (re.compile(r"kimina-autoformalizer", re.IGNORECASE), "kimina"),
    (re.compile(r"stepfun-formalizer", re.IGNORECASE), "stepfun"),
    (re.compile(r"goedel-formalizer", re.IGNORECASE), "goedel"),
    (re.compile(r"herald", re.IGNORECASE), "herald"),
)


def statement_format(name: str, model: str, known: dict[str, StatementFormat]) -> StatementFormat:
    """Return one of the `known` formats by its name, by a TOML file, or for ``auto`` by the model's name.

    Raises:
        InputError: there is no such format, or the file describes none.
    """
    if name == AUTO:
        found = (each for pattern, each in _NAME_PATTERNS if pattern.search(model) and each in known)
        return known[next(found, "generic")]
    return named_format(
        name,
        known,
        StatementFormat,
        unknown=f"there is no format {name!r} for statements",
        advice=f"Take one of {', '.join([AUTO, *known])}, or a .toml file of your own.",
    )
