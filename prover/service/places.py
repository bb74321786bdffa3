"""The goals at a place of a Lean text, and what tactics make of them there, as an editor shows them.

Lean is asked with the declaration in which a probe stands at the place: it shows the goals, which says that Lean has
come there, and then gives them up, so that what follows has no part in the answer. The rest of the line goes; the lines
after it stay, since a tactic such as `induction` wants all its cases. A place where no tactic can stand, such as the
middle of one, is told from one that has no goals.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from prover.errors import EngineTimeout
from prover.lean.protocol import Ask, CommandReply, CommandRequest, Declaration, Message, Sorry
from prover.lean.reading.lexer import tokens
from prover.lean.reading.text import offset_of

MARK = "prover: the probe was reached"
PROBE = f'(trace "{MARK}"; trace_state; all_goals sorry)'
CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄", "⟦": "⟧"}

_LEADS = re.compile(r"\s*(?:(?:·|\.(?=\s)|case\b[^\n]*?=>|next\b[^\n]*?=>|\|[^\n]*?=>|<;>)\s*)*")
"""What stands on a line before its first tactic: bullets, names of cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The goals at a place, as Lean shows them; none where all are solved. `messages` are Lean's on what leads there.

    `reached` is False where Lean did not come there: `messages` say why, if they have an error, else no tactic can
    stand there. `uses_sorry` says that something before the place is left to `sorry`.
    """

    reached: bool
    goals: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    uses_sorry: bool = False
    timed_out: bool = False

    @property
    def errors(self) -> tuple[Message, ...]:
        """The errors among the messages."""
        return tuple(each for each in self.messages if each["severity"] == "error")


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of a text, from `start` to `end` in code points, with what Lean knows before it.

    Its proof begins at `value`.
    """

    text: str
    start: int
    value: int
    end: int
    env: int | None


class Probe:
    """Asks about the places of one declaration. Made by :func:`probe_at`."""

    def __init__(self, ask: Ask, declared: Declared, timeout_s: float) -> None:
        self._ask = ask
        self._declared = declared
        self._timeout_s = timeout_s

    async def goals_before(self, place: int) -> Goals:
        """Return the goals where the text is cut at `place`, an offset in code points."""
        if place < self._declared.value:
            return Goals(reached=False)
        return await self._first_reached(_before(self._cut_at(place)), self._rest(place))

    async def goals_after_line(self, place: int) -> Goals:
        """Return the goals at the end of the line of `place`."""
        end = _line_end(self._declared.text, place)
        if end < self._declared.value:
            return Goals(reached=False)
        return await self._first_reached(_after(self._cut_at(end)), self._rest(place))

    async def attempt(self, place: int, snippet: str) -> Goals:
        """Return the goals after `snippet`, tactics, in the place of what follows `place`."""
        cut, rest = self._cut_at(place), self._rest(place)
        column = len(cut.rpartition("\n")[2])
        text = f"{cut}{_indent(snippet, column)}\n{' ' * column}{PROBE}"
        found = await self._ask_goals(text, rest, since=len(cut))
        return found if found.reached or found.timed_out else await self._ask_goals(text, "", since=len(cut))

    def _cut_at(self, place: int) -> str:
        """Return the declaration up to a place, in the columns that it has in its file."""
        text, start = self._declared.text, self._declared.start
        column = start - (text.rfind("\n", 0, start) + 1)
        return " " * column + text[start:place]

    def _rest(self, place: int) -> str:
        """Return the lines of the declaration after that of a place."""
        newline = self._declared.text.find("\n", place, self._declared.end)
        return "" if newline < 0 else self._declared.text[newline : self._declared.end]

    async def _first_reached(self, texts: Iterator[str], rest: str) -> Goals:
        """Try texts that end in a probe, until Lean comes to one; else return what it has against what leads there."""
        wrong = Goals(reached=False)
        tried = list(texts)
        for text, after in [
            *((each, rest) for each in tried),
            *((each, "") for each in tried if rest.strip()),
        ]:
            found = await self._ask_goals(text, after)
            if found.reached or found.timed_out:
                return found
            wrong = wrong if wrong.errors else found
        return wrong

    async def _ask_goals(self, text: str, rest: str, *, since: int = 0) -> Goals:
        """Ask with a text that ends in a probe, and what follows; messages are those from `since` on, if any."""
        probe = text.rindex(PROBE)
        request: CommandRequest = {
            "cmd": text + _closers(text[:probe]) + rest,
            "timeLimit": round(self._timeout_s * 1000),
        }
        if self._declared.env is not None:
            request["env"] = self._declared.env
        try:
            reply = await self._ask(request)
        except EngineTimeout:
            return Goals(reached=False, timed_out=True)
        return _read(text, probe, reply, since)


async def probe_at(
    ask: Ask, text: str, place: int, declared: tuple[Declaration, ...], *, timeout_s: float, options: str = ""
) -> Probe | None:
    """Return what asks about places of the declaration around `place`; None where there is none.

    `declared` is what Lean says that the text declares; `options` are commands that come before the declaration.

    Raises:
        EngineError: the engine failed.
    """
    data = text.encode()
    starts = [len(data[: each["range"][0]].decode()) for each in declared]
    at = max((index for index, start in enumerate(starts) if start <= place), default=None)
    if at is None:
        return None
    declaration, start = declared[at], starts[at]
    end = starts[at + 1] - 1 if at + 1 < len(starts) else len(text)  # a proof may be cut short by an error
    values = [each["value"] for each in (declaration, *declaration.get("members", ())) if each["value"]]
    value = len(data[: values[0][0]].decode()) if values else start
    env = None
    before = f"{text[:start]}\n{options}" if options else text[:start]
    if before.strip():
        reply = await ask({"cmd": before, "timeLimit": round(timeout_s * 1000)})
        if "env" not in reply:
            raise EngineTimeout(
                f"Lean did not come to the declaration: {reply.get('message', '')}".strip(": ")
            )
        env = reply["env"]
    return Probe(ask, Declared(text, start, value, end, env), timeout_s)


def _read(text: str, probe: int, reply: CommandReply, since: int) -> Goals:
    if "timeout" in reply or "env" not in reply:
        return Goals(reached=False, timed_out=True)

    def at(each: Message | Sorry) -> int:
        return offset_of(text, each["pos"])

    messages, sorries = reply.get("messages", []), reply.get("sorries", [])
    within = range(probe, probe + len(PROBE))
    shown = [each["data"].strip() for each in messages if each["severity"] == "info" and at(each) in within]
    before = [each for each in messages if at(each) < probe]
    inside = [each for each in before if at(each) >= since]
    reached = MARK in shown
    if reached:  # what stays open outside of the place is no fault of what leads there
        inside = [each for each in inside if not each["data"].startswith("unsolved goals")]
    return Goals(
        reached=reached,
        goals=tuple(goal for each in shown if each != MARK for goal in each.split("\n\n") if goal),
        messages=tuple(inside if reached or inside else before),
        uses_sorry=any(since <= at(each) < probe for each in sorries),
    )


def _before(cut: str) -> Iterator[str]:
    """Yield texts with a probe at the end of a cut: in the place of a tactic, after one, on a line of its own."""
    last = cut.rpartition("\n")[2]
    if last:
        yield cut + PROBE
    if last.strip():
        yield f"{cut}; {PROBE}"
    written = cut.rstrip()
    line = written.rpartition("\n")[2]
    column = len(_leads(line)) if last.strip() else len(line) - len(line.lstrip())
    yield f"{written}\n{' ' * column}{PROBE}"


def _after(cut: str) -> Iterator[str]:
    """Yield texts with a probe after the last line of a cut."""
    last = cut.rpartition("\n")[2]
    column = len(_leads(last))
    if not last[column:].strip():  # nothing but a bullet or a case's name
        yield f"{cut} {PROBE}"
    yield f"{cut}\n{' ' * column}{PROBE}"
    yield f"{cut}\n{' ' * (column + 2)}{PROBE}"
    yield f"{cut} {PROBE}"
    yield f"{cut}; {PROBE}"


def _leads(line: str) -> str:
    found = _LEADS.match(line)
    return found[0] if found else ""


def _line_end(text: str, place: int) -> int:
    """Return where the line of a place ends, without a comment and blanks at its end."""
    start = text.rfind("\n", 0, place) + 1
    newline = text.find("\n", place)
    line = text[start : len(text) if newline < 0 else newline]
    code = [each for each in tokens(line) if each.kind != "comment"]
    return start + (code[-1].end if code else len(line))


def _indent(snippet: str, column: int) -> str:
    """Return tactics whose first line begins in `column` already."""
    return textwrap.indent(textwrap.dedent(snippet).strip(), " " * column).lstrip()


def _closers(text: str) -> str:
    """Return what closes the brackets that a text leaves open."""
    waiting: list[str] = []
    for each in tokens(text):
        if each.kind == "open":
            waiting.append(CLOSING[each.text])
        elif each.kind == "close" and waiting and waiting[-1] == each.text:
            waiting.pop()
    return "".join(reversed(waiting))
