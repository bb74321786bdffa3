"""A sketch as text: a tactic block with `sorry`s, taken out of a planner's answer and cut into its steps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.lean.reading.lexer import tokens
from prover.lean.theorem import Theorem
from prover.lean.trust.tactics import check_tactic
from prover.policy.chat.extraction import MAX_CHARACTERS, OPEN_FENCE
from prover.policy.chat.plans import PlanFormat
from prover.whole_proof.assemble import NoProof, in_one_line, proof_of

SORRY = "sorry"

_LOOKS_LIKE_LEAN = re.compile(r":=|\b(?:by|have)\b")
_HAVE = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)])?[ \t]*`?(?=have\b)", re.MULTILINE)
_ENDS_A_HAVE = re.compile(r"\n[ \t]*\n|`[ \t]*(?=\n|\Z)")
_NO_VALUE = re.compile(r"\s*(?::=\s*(?:by\s*)?(?:sorry|admit)?)?\s*\Z")
_GOES_ON = re.compile(r"<;>|[|)\]}⟩]|_\s")
"""What a line in the first column may begin with that goes on with the line above."""


def sketch_of(answer: str, theorem: Theorem, form: PlanFormat) -> str | NoProof:
    """Return the sketch of a proof of `theorem` that an answer holds, its lines not indented."""
    text = answer[-MAX_CHARACTERS:]
    fenced = OPEN_FENCE.findall(text)
    if form.answer == "haves":
        return _list_of_haves(fenced[-1] if fenced else text)
    code = str(fenced[-1]) if fenced else text if _LOOKS_LIKE_LEAN.search(text) else ""
    return proof_of(code, theorem, holes=True)


def _list_of_haves(text: str) -> str | NoProof:
    """Return the sketch of these statements, in which the goal itself is left to the end."""
    found = list(_HAVE.finditer(text))
    if not found:
        return NoProof("there is no `have NAME : STATEMENT` in it")
    ends = [*(each.start() for each in found[1:]), len(text)]
    parts = [text[each.end() : end] for each, end in zip(found, ends, strict=True)]
    heads = [_NO_VALUE.sub("", in_one_line(_ENDS_A_HAVE.split(part)[0])) for part in parts]
    sketch = join_steps([*(with_hole(head) for head in heads), SORRY])
    refused = check_tactic(re.sub(r"\bsorry\b", "skip", sketch))
    return NoProof(refused) if refused else sketch


def with_hole(head: str) -> str:
    """Return the step that states `head`, such as ``have h : 1 = 1``, without a proof."""
    return f"{head} := by\n  {SORRY}"


def steps_of(block: str) -> list[str]:
    """Cut a tactic block into its tactics: each begins in the first column."""
    steps: list[str] = []
    for line in block.split("\n"):
        begins = line[:1] not in ("", " ") and not _GOES_ON.match(line)
        if begins or not steps:
            steps.append(line)
        else:
            steps[-1] += f"\n{line}"
    return [step for step in steps if step.strip()]


def join_steps(steps: Sequence[str]) -> str:
    """Return the tactic block of these steps."""
    return "\n".join(steps)


def head_of(step: str) -> str | None:
    """Return what a ``have`` states, up to its ``:=``; None for another tactic, or one without a value."""
    found = [each for each in tokens(step) if each.kind not in ("comment", "doc")]
    if not found or found[0].text != "have":
        return None
    depth = 0
    for each in found:
        depth += {"open": 1, "close": -1}.get(each.kind, 0)
        if depth == 0 and each.text == ":=":
            return step[: each.start].rstrip()
    return None
