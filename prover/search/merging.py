"""When two tactic states count as one: their goals agree up to the names of hypotheses.

The hypotheses of each goal are renamed to their positions, wherever they occur, and the goals' case tags are
dropped. Renaming is injective, so two states with the same key are the same up to names, as far as their
text tells. A name that cannot be renamed with certainty (after a dot, before ``:=``) becomes part of the key.

Text does not tell everything. What a metavariable `?m.7` must satisfy is recorded elsewhere, and Lean prints
``⋯`` for what it leaves out: a state that shows either has no key and is never merged. Implicit arguments are
hidden too; two states that differ only there are merged, which can cost a proof but never soundness, since
every node keeps the tactics that led to its own state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

StateKey = tuple[str, ...]

_HIDDEN = re.compile(r"\?\w|⋯")
_NAMES = re.compile(r"(?P<names>[^\s⊢].*?) :(?:\s|$)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|«[^»]*»|[^\W\d][\w\'!?]*(?:✝[⁰¹²³⁴⁵⁶⁷⁸⁹]*)?')
_BINDS = re.compile(r"\s*:=")


def state_key(goals: Sequence[str]) -> StateKey | None:
    """Return what states that count as one have in common, or None for a state that counts by itself."""
    if any(map(hides_something, goals)):
        return None
    return tuple(_without_names(goal) for goal in goals)


def hides_something(goal: str) -> bool:
    """Whether a goal's text shows that it does not tell everything."""
    return _HIDDEN.search(goal) is not None


def _without_names(goal: str) -> str:
    lines = [line for line in goal.splitlines() if not line.startswith("case ")]
    positions: dict[str, int] = {}
    for line in lines:
        if declared := _NAMES.match(line):
            for name in declared["names"].split():
                positions.setdefault(name, len(positions))
    text = "\n".join(lines)
    kept: set[str] = set()

    def rename(token: re.Match[str]) -> str:
        name = token[0]
        if name not in positions:
            return name
        if text[: token.start()].endswith(".") or _BINDS.match(text, token.end()):
            kept.add(name)
            return name
        return f"#{positions[name]}"

    renamed = _TOKEN.sub(rename, text)
    return "\n".join([renamed, *(f"{name} is #{positions[name]}" for name in sorted(kept))])
