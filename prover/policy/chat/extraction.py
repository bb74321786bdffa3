"""The Lean code of a model's answer."""

from __future__ import annotations

import re

from prover.policy.chat.formats import ChatFormat

MAX_CHARACTERS = 200_000
"""Of an answer, from its end; what repeats itself without end is no proof."""

_LEAN4_FENCES = (
    re.compile(r"```lean4\n(.*?)\n```", re.DOTALL),
    re.compile(r"```lean4\n(.*?)```", re.DOTALL),
    re.compile(r"```lean\n(.*?)```", re.DOTALL),
)
_ANY_FENCE = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)
OPEN_FENCE = re.compile(r"```[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)
"""A block of any kind, also one that the answer's end cuts off."""
_LOOKS_LIKE_LEAN = re.compile(r":=|\bby\b")
_WHOLE_FILE = ("theorem", "by", ":=", "import")


def extract_code(answer: str, prompt_format: ChatFormat) -> str:
    """Return the code that counts, as the format says; empty where there is none.

    ``lean4-fence`` is Goedel-Prover-V2's rule (`src/utils.py`), ``whole-file-fence`` Kimina-Prover-RL's, with the
    former where no block is a whole file. The first fence after the start of a block ends it, in a comment or not.
    """
    text = answer[-MAX_CHARACTERS:]
    if prompt_format.endpoint == "completions":
        return text.partition("```")[0]
    if prompt_format.extraction == "whole-file-fence":
        whole = [code for code in _LEAN4_FENCES[0].findall(text) if all(word in code for word in _WHOLE_FILE)]
        if whole:
            return str(whole[-1])
    for fence in _LEAN4_FENCES:
        if found := fence.findall(text):
            return str(found[-1])
    if prompt_format.extraction == "any":
        if found := _ANY_FENCE.findall(text):
            return str(found[-1])
        if "```" not in text and _LOOKS_LIKE_LEAN.search(text):
            return text
    return ""
