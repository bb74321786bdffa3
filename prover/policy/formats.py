"""Prompt formats: how a proof state becomes a prompt, and a model's answer a tactic.

The named ones are those of public models, character by character, from the projects' own code or model cards:

- ``reprover``: Yang et al., LeanDojo (2023); `kaiyuy/leandojo-lean4-tacgen-byt5-small`
- ``internlm2-step-prover``: Wu et al. (2024); `internlm/internlm2-step-prover`
- ``internlm2.5-step-prover``: Wu et al. (2024); `internlm/internlm2_5-step-prover`
- ``bfs-prover``: Xin et al. (2025); `ByteDance-Seed/BFS-Prover-V1-7B` and V2
- ``leandojo-v2``: the `HFProver` of LeanDojo-v2
- ``llmstep``: Welleck and Saha (2023); `wellecks/llmstep-mathlib4-pythia2.8b`
- ``prover``: our own

A custom format is a TOML file with the fields of `PromptFormat`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from prover.errors import InputError
from prover.policy.base import PolicyInput

AUTO = "auto"
FORMAT_KEY = "prover_format"
"""Where a model's config.json names its prompt format."""

F = TypeVar("F", bound=BaseModel)
_PLACEHOLDER = re.compile(r"\{(state|name|statement|tactics)\}")
_REPROVER_MARKS = re.compile(r"</?a>")


class PromptFormat(BaseModel):
    """How prompts are written and answers are read."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = "custom"
    """What configurations call the format."""
    template: str
    """The prompt: `{state}`, `{name}`, `{statement}` and `{tactics}` (one a line) stand for the state's."""
    stop: tuple[str, ...] = ()
    """Strings that end an answer, besides the model's end token."""
    answer_prefix: str = ""
    """What an answer may begin with that is not part of the tactic."""
    marks: bool = False
    """Whether answers carry ReProver's marks of premises, `<a>` and `</a>`."""
    one_line: bool = False
    """Whether only the first line of an answer is the tactic."""
    max_new_tokens: int = Field(default=128, ge=1)
    """Tokens that an answer may have."""
    max_prompt_tokens: int | None = Field(default=None, ge=1)
    """Tokens that a prompt may have, where the model itself sets no limit."""

    @field_validator("template")
    @classmethod
    def _has_a_state(cls, template: str) -> str:
        if "{state}" not in template:
            raise ValueError("a template needs {state}")
        return template

    def prompt(self, state: PolicyInput) -> str:
        """Return the prompt for `state`."""
        values = {
            "state": state.pp,
            "name": state.name,
            "statement": state.statement,
            "tactics": "\n".join(state.tactics),
        }
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.template)

    def answer(self, tactic: str) -> str:
        """Return the answer that holds `tactic`, without what ends it."""
        return self.answer_prefix + tactic

    def tactic(self, answer: str) -> str:
        """Return the tactic that an answer holds; empty if it holds none."""
        text = _REPROVER_MARKS.sub("", answer) if self.marks else answer
        text = text.strip().removeprefix(self.answer_prefix.strip()).strip()
        return text.split("\n", 1)[0].rstrip() if self.one_line else text


def _chat(user: str) -> str:
    return f"<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"


_NAMED = (
    PromptFormat(name="reprover", template="{state}", marks=True, max_new_tokens=512, max_prompt_tokens=2048),
    PromptFormat(
        name="internlm2-step-prover",
        template=_chat("DECL {name}\nGOAL {state}\n"),
        stop=("<|im_end|>",),
        answer_prefix="PROOFSTEP ",
        max_new_tokens=256,
    ),
    PromptFormat(
        name="internlm2.5-step-prover",
        template=_chat(
            "---\nNAME: {name}\n\n---\nPROOF_BEFORE: {tactics}\n\n---\nSTATE_BEFORE: {state}\n\n---\nTACTIC: "
        ),
        stop=("<|im_end|>",),
        max_new_tokens=256,
    ),
    PromptFormat(name="bfs-prover", template="{state}:::", max_new_tokens=256),
    PromptFormat(
        name="leandojo-v2",
        template=(
            "### System:\nYou are a Lean 4 tactic generator. Given a goal state, output exactly ONE Lean tactic "
            "that advances or solves the goal.\nRules:\n- Output only the tactic text; no prose, quotes, or code "
            "fences.\n- Single line only; no `by` blocks.\n- Never use `sorry` or `admit`.\n### User:\n{state}\n\n"
            "### Assistant:\n"
        ),
        one_line=True,
        stop=("\n",),
        max_new_tokens=64,
    ),
    PromptFormat(
        name="llmstep", template="[GOAL]{state}[PROOFSTEP]", one_line=True, stop=("\n",), max_new_tokens=128
    ),
    PromptFormat(name="prover", template="{state}\n[TACTIC]\n", max_new_tokens=96),
)
FORMATS = {each.name: each for each in _NAMED}

_NAME_PATTERNS = (
    (re.compile(r"leandojo-lean4-tacgen|reprover", re.IGNORECASE), "reprover"),
    (re.compile(r"internlm2[_.]5-step-prover", re.IGNORECASE), "internlm2.5-step-prover"),
    (re.compile(r"internlm2-step-prover", re.IGNORECASE), "internlm2-step-prover"),
    (re.compile(r"bfs-prover", re.IGNORECASE), "bfs-prover"),
    (re.compile(r"leandojo-?v2|hf-?prover", re.IGNORECASE), "leandojo-v2"),
    (re.compile(r"llmstep", re.IGNORECASE), "llmstep"),
)


def find_format(name: str) -> PromptFormat:
    """Return a format by its name, or the one that a TOML file describes.

    Raises:
        InputError: there is no such format, or the file does not describe one.
    """
    return named_format(
        name,
        FORMATS,
        PromptFormat,
        unknown=f"there is no prompt format {name!r}",
        advice=f"Take one of {', '.join([AUTO, *FORMATS])}, or a .toml file with a template of your own.",
    )


def detect_format(model: str, config: dict[str, Any]) -> PromptFormat:
    """Return the format that fits a model, from what its config.json says or else from its name.

    Raises:
        InputError: neither tells.
    """
    said = config.get(FORMAT_KEY)
    if isinstance(said, str):
        return find_format(said)
    for name in (model, str(config.get("_name_or_path", ""))):
        for pattern, found in _NAME_PATTERNS:
            if pattern.search(name):
                return FORMATS[found]
    raise InputError(
        f"cannot tell which prompts {model} was trained with",
        advice=f"Say it with --format: {', '.join(FORMATS)}, or a .toml file with a template of your own.",
    )


def remember_format(folder: Path, prompts: PromptFormat) -> None:
    """Write the name of a prompt format that has one into a model's config.json, where `detect_format` looks for it."""
    if FORMATS.get(prompts.name) == prompts:
        file = folder / "config.json"
        stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        text = json.dumps({**stored, FORMAT_KEY: prompts.name}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")


def named_format(name: str, known: Mapping[str, F], kind: type[F], *, unknown: str, advice: str) -> F:
    """Return the format of that name among the `known`, or the one of this kind that a TOML file describes.

    Raises:
        InputError: there is none, which `unknown` and `advice` say, or the file describes none.
    """
    if name in known:
        return known[name]
    if name.endswith(".toml"):
        return read_format(Path(name), kind)
    raise InputError(unknown, advice=advice)


def read_format(path: Path, kind: type[F]) -> F:
    """Return the format of this kind that a TOML file describes; it is called as the file where it has no name.

    Raises:
        InputError: the file describes none.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate({"name": path.stem, **fields})
    except OSError as error:
        raise InputError(f"cannot read the prompt format {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the prompt format {path} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InputError(f"the prompt format {path} cannot be used: {place}: {first['msg']}") from error
