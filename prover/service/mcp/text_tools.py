"""Tools that show what Lean says of a text or a file: messages, goals, attempts."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from prover.api.elaborating import Elaboration
from prover.errors import InputError
from prover.lean.protocol import Sorry
from prover.lean.reading.text import offset_of
from prover.service.mcp.answers import Answer, answer, shown
from prover.service.mcp.shared import Shared, require_code, seconds
from prover.service.places import Goals, Probe, probe_at

MOST_S = 55.0
"""What one call may take: clients end it after a minute."""
SNIPPETS = 20

FilePath = Annotated[str, Field(description="Path of a .lean file, absolute or relative to a root.")]
Line = Annotated[int, Field(description="Line number, the first line is 1.", ge=1)]
Column = Annotated[int | None, Field(description="Column, the first is 1; counts characters.", ge=1)]
Timeout = Annotated[float, Field(description=f"Seconds for Lean, at most {MOST_S:g}.")]

TIMED_OUT = (
    "Lean was stopped at the time limit, so nothing is known: raise timeout_s, or make the text smaller."
)
COMPLETE = "Lean finds no error and no sorry. Whether a theorem is proved says lean_verify or verify_proof."
HAS_ERRORS = "Lean refuses the text: see the messages of severity error."
HAS_SORRY = "There is no error, but `sorry` stands for a proof: nothing is proved yet."
_CASE = re.compile(r"\s*\|.*?=>[ ]*")
"""The name of a case, before whose own tactics nothing can be told."""
NO_TACTIC = (
    "No tactic can stand there, so there is nothing to be told about goals: name the beginning of a tactic or the "
    "place of one, inside a proof that begins with `by`."
)


class TextTools:
    """Bound to what all tools share."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def lean_run_code(
        self,
        code: Annotated[str, Field(description="A whole Lean text; imports are optional.")],
        timeout_s: Timeout = 30.0,
    ) -> Answer:
        """Run a self-contained Lean text and return all messages of Lean. Nothing is written, no state is kept."""
        lean = await self._shared.lean.get()
        done = await lean.elaborate(require_code(code, "the code"), timeout=seconds(timeout_s, MOST_S))
        return _messages(done, [shown(each) for each in done.messages])

    async def lean_check(
        self,
        code: Annotated[str, Field(description="A whole Lean text; imports are optional.")],
        cwd: Annotated[str, Field(description="Not used: prover has one Lean for all texts.")] = "",
        include_tactics: Annotated[bool, Field(description="Not supported; lean_goal shows goals.")] = False,
        timeout_s: Timeout = 55.0,
    ) -> Answer:
        """Check a Lean text: its messages, and what every `sorry` in it has to prove."""
        result = await self.lean_run_code(code, timeout_s)
        notes = []
        if cwd:
            notes.append("cwd was not used: prover has one Lean for all texts.")
        if include_tactics:
            notes.append("include_tactics is not supported: lean_goal shows the goals at a place.")
        return result | ({"notes": notes} if notes else {})

    async def lean_diagnostic_messages(
        self,
        file_path: FilePath,
        start_line: Annotated[int | None, Field(description="Only from this line on.", ge=1)] = None,
        end_line: Annotated[int | None, Field(description="Only up to this line.", ge=1)] = None,
        declaration_name: Annotated[str | None, Field(description="Only of this declaration.")] = None,
        severity: Annotated[
            Literal["error", "warning", "info"] | None, Field(description="Only of this severity.")
        ] = None,
        timeout_s: Timeout = 55.0,
    ) -> Answer:
        """Return what Lean says of a file: errors, warnings, infos. The whole file is elaborated every time."""
        done = await self._file(file_path, timeout_s)
        first, last = start_line or 1, end_line or done.text.count("\n") + 1
        if declaration_name is not None:
            first, last = _lines_of(done, declaration_name, file_path)
        items = [
            shown(each)
            for each in done.messages
            if first <= each["pos"]["line"] <= last and severity in (None, each["severity"])
        ]
        result = _messages(done, items)
        if len(items) < len(done.messages):
            result["not_shown"] = len(done.messages) - len(items)
        return result

    async def lean_goal(
        self, file_path: FilePath, line: Line, column: Column = None, timeout_s: Timeout = 55.0
    ) -> Answer:
        """Return the goals at a place of a proof in a file. Without a column, those before and after the line.

        An empty list with status `no_goals` means that all goals are solved there; status `no_goal_at_position` that
        no tactic can stand there; `error_before` that Lean does not come there.
        """
        done = await self._file(file_path, timeout_s)
        place = place_of(done.text, line, column)
        context = done.text.split("\n")[line - 1]
        lean = await self._shared.lean.get()
        async with lean.lend(timeout_s) as ask:
            probe = await probe_at(ask, done.text, place, done.declared, timeout_s=timeout_s)
            if probe is None:
                return answer(
                    "no_goal_at_position",
                    ok=False,
                    hint="The place is in no declaration.",
                    items=[],
                    line_context=context,
                )
            before = await probe.goals_before(place)
            after = None if column is not None else await probe.goals_after_line(place)
        result = _goals(before, after, context)
        gaps = [each["goal"] for each in done.sorries if _is_at(each, line, column)]
        if (
            result["status"] in ("no_goal_at_position", "error_before") and gaps
        ):  # a term is missing there, not a tactic
            hint = "That is what the `sorry` there has to be, a term; `by` begins tactics."
            return answer("goals", ok=True, hint=hint, items=gaps, line_context=context)
        return result

    async def lean_multi_attempt(
        self,
        file_path: FilePath,
        line: Line,
        snippets: Annotated[list[str], Field(description="Tactics to try there, each by itself.")],
        column: Column = None,
        timeout_s: Annotated[float, Field(description="Seconds for each snippet, at most 55.")] = 10.0,
    ) -> Answer:
        """Try several tactics at a line of a proof without changing the file; each replaces what follows it.

        For each snippet: `ok` (Lean accepts it), the goals that it leaves, and Lean's messages.
        """
        if not 0 < len(snippets) <= SNIPPETS:
            raise InputError(f"{len(snippets)} snippets were given", advice=f"Give 1 to {SNIPPETS}.")
        done = await self._file(file_path, seconds(timeout_s, MOST_S))
        place = place_of(done.text, line, column)
        lean = await self._shared.lean.get()
        items: list[Answer] = []
        async with lean.lend(timeout_s) as ask:
            probe = await probe_at(ask, done.text, place, done.declared, timeout_s=timeout_s)
            if probe is None:
                hint = "The place is in no declaration, so nothing was tried."
                return answer("no_goal_at_position", ok=False, hint=hint, items=[])
            for snippet in snippets:
                items.append(await _attempt(probe, place, snippet))
                if items[-1]["status"] == "timeout":
                    break
        left = len(snippets) - len(items)
        hint = "Put one that leaves no goals into the file, then ask lean_verify."
        if left:
            hint = f"{left} snippets were not tried, as Lean was stopped at its time limit: send them again."
        solved = any(each["status"] == "complete" for each in items)
        return answer(
            "complete" if solved else "tried",
            ok=any(each["ok"] for each in items),
            partial=left > 0,
            hint=hint,
            items=items,
        )

    async def _file(self, file_path: str, timeout_s: float) -> Elaboration:
        """Elaborate a file that a client names."""
        text = self._shared.roots.read(file_path).text
        lean = await self._shared.lean.get()
        return await lean.elaborate(text, is_file=True, timeout=seconds(timeout_s, MOST_S))


def _messages(done: Elaboration, items: list[Answer]) -> Answer:
    sorries = [
        {"line": each["pos"]["line"], "column": each["pos"]["column"] + 1, "goal": each["goal"]}
        for each in done.sorries
    ]
    if done.timed_out:
        return answer("timeout", ok=False, partial=True, hint=TIMED_OUT, is_error=True, items=[])
    errors = len(done.errors)
    status, hint = "complete", COMPLETE
    if errors:
        status, hint = "errors", HAS_ERRORS
    elif sorries:
        status, hint = "sorry", HAS_SORRY
    return answer(status, ok=not errors, hint=hint, errors=errors, items=items, sorries=sorries)


def _goals(before: Goals, after: Goals | None, context: str) -> Answer:
    if before.timed_out or (after is not None and after.timed_out):
        return answer("timeout", ok=False, partial=True, hint=TIMED_OUT, is_error=True, items=[])
    known = [each for each in (before, after) if each is not None and _is_known(each)]
    if not known:
        wrong = [each["data"] for each in before.errors] or [
            each["data"] for each in (after or before).errors
        ]
        if not wrong:
            return answer("no_goal_at_position", ok=False, hint=NO_TACTIC, items=[], line_context=context)
        hint = "An error stops Lean before the place; correct it first."
        return answer("error_before", ok=False, hint=hint, items=[], messages=wrong, line_context=context)
    goals = list(known[0].goals)
    fields: Answer = {"items": goals, "line_context": context}
    if after is not None:
        fields |= {
            f"goals_{name}": list(each.goals) if _is_known(each) else None
            for name, each in (("before", before), ("after", after))
        }
    hint = "" if goals else "All goals are solved there."
    if after is not None and len(known) == 1:
        hint = (
            f"The goals {'before' if known[0] is after else 'after'} the line are not known. {hint}".strip()
        )
    partial = after is not None and len(known) == 1
    return answer("goals" if goals else "no_goals", ok=True, partial=partial, hint=hint, **fields)


def _is_at(gap: Sorry, line: int, column: int | None) -> bool:
    """Whether a `sorry` is on a line and, where there is a column, around that."""
    start, end = gap["pos"], gap["endPos"]
    if start["line"] != line:
        return False
    return column is None or start["column"] <= column - 1 <= end["column"]


def _is_known(goals: Goals) -> bool:
    """Whether the goals are what they are said to be: after an error, Lean takes goals for solved that are not."""
    return goals.reached and (bool(goals.goals) or not goals.errors)


async def _attempt(probe: Probe, place: int, snippet: str) -> Answer:
    if not snippet.strip():
        return {
            "snippet": snippet,
            "ok": False,
            "status": "error",
            "goals": None,
            "messages": ["it is empty"],
        }
    found = await probe.attempt(place, snippet)
    said = [each["data"] for each in found.messages]
    if found.timed_out:
        return {"snippet": snippet, "ok": False, "status": "timeout", "goals": None, "messages": said}
    if found.errors or not found.reached:
        said = said or ["Lean does not read it as tactics in this place"]
        return {"snippet": snippet, "ok": False, "status": "error", "goals": None, "messages": said}
    status = "goals" if found.goals else "complete"
    if found.uses_sorry and not found.goals:
        status = "sorry"
    return {"snippet": snippet, "ok": True, "status": status, "goals": list(found.goals), "messages": said}


def place_of(text: str, line: int, column: int | None) -> int:
    """Return the offset of a place; without a column, of the first thing on the line.

    Raises:
        InputError: there is no such place.
    """
    lines = text.split("\n")
    if line > len(lines):
        raise InputError(f"there is no line {line}", advice=f"The file has {len(lines)} lines.")
    content = lines[line - 1]
    if column is None:
        lead = _CASE.match(content)
        column = (lead.end() if lead else len(content) - len(content.lstrip())) + 1
    if column > len(content) + 1:
        raise InputError(
            f"line {line} has no column {column}", advice=f"It has {len(content)} characters: {content!r}."
        )
    return offset_of(text, {"line": line, "column": column - 1})


def _lines_of(done: Elaboration, name: str, file_path: str) -> tuple[int, int]:
    """Return the first and the last line of a declaration.

    Raises:
        InputError: there is none of that name, or several.
    """
    found = [each for each in done.declared if (each["fullName"] or "") == name]
    found = found or [each for each in done.declared if (each["fullName"] or "").endswith(f".{name}")]
    if len(found) != 1:
        names = ", ".join(each["fullName"] or each["kind"] for each in done.declared[:20]) or "none"
        what = "several declarations" if found else "no declaration"
        raise InputError(f"{file_path} has {what} called {name}", advice=f"Declarations in it: {names}.")
    data = done.text.encode()
    start, end = found[0]["range"]
    return data[:start].count(b"\n") + 1, data[:end].count(b"\n") + 1
