"""Every `sorry` of a .lean file, as something that can be opened and searched like a theorem.

Lean's own elaborator says where they are and what they are to prove: a command's reply lists its `sorries`, each
with the contexts that a tactic in that place would see (docs/protocol.md). A `Hole` is one of them, with the
text that an engine needs to come to it again: what stands before its command, and the command.

A `sorry` that Lean does not elaborate, for example behind a `first` whose earlier branch works, is not found.
One that Lean elaborates for several goals, as in ``all_goals sorry``, is opened for the last of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.errors import InputError, StatementError, UnsupportedError
from prover.lean.process.replies import errors, refuse_missing_import, require_environment
from prover.lean.protocol import Ask, CommandReply, Declaration, Message, Position, Sorry
from prover.lean.reading.statements import line_commands
from prover.lean.theorem import Theorem

GAP_WORDS = frozenset({"sorry", "admit"})
IMPORT_ADVICE = "Import only what the engine has."
POSITION_ADVICE = "The position is line:column as Lean counts: lines from 1, columns from 0."

MAX_CLEANINGS = 20
"""How often a file is elaborated to find what has no error in it."""

_NOT_BLANK = re.compile(r"\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A command of a file that holds holes: a declaration, or a ``mutual`` block.

    It reaches from `start` up to `end`, its head up to `head_end`, all in code points of the file. `value_start` is
    where its value begins, with ``:=``, ``|`` or ``where``; None for a block. `name` is its full name, empty for
    an ``example``, an ``instance`` without one, or a block; `members` are the full names of what a block declares.
    `keyword` is the place of the word that says what it is, and `name_end` where the name ends or would end; None
    where there is no such place.
    """

    kind: str
    name: str
    start: int
    end: int
    head_end: int
    value_start: int | None
    keyword: tuple[int, int] | None = None
    name_end: int | None = None
    members: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people are told that this is."""
        return self.name or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """One `sorry`, from `start` up to `end` in code points of its file; `line` and `column` are Lean's.

    It is a :class:`prover.lean.goal.Goal`. `theorem` has the name and the head of the declaration around it, for
    policies and messages. `line_in_command` is the hole's line in `command`, and `gaps_in_command` how many places in
    that Lean finds a `sorry` in.
    """

    unit: Unit
    theorem: Theorem
    context: tuple[str, ...]
    command: str
    start: int
    end: int
    line: int
    column: int
    line_in_command: int
    gaps_in_command: int
    goal: str

    def context_with(self, command: str) -> tuple[str, ...]:
        """Return the context and one more command, apart from it: other holes of the file begin with the same parts."""
        return (*self.context, command)

    def select_sorry(self, reply: CommandReply) -> tuple[int, str]:
        """Return the proof state and the goal of this hole from an engine's reply to `command`.

        Raises:
            StatementError: the engine did not find it there.
        """
        for sorry in gaps_of(reply):
            if sorry["pos"] == {"line": self.line_in_command, "column": self.column}:
                return int(sorry["proofState"]), str(sorry["goal"])
        raise StatementError(
            f"Lean no longer finds the `sorry` at {self.line}:{self.column}",
            line=self.line,
            column=self.column,
        )


@dataclass(frozen=True, slots=True)
class StrayGap:
    """A `sorry` that is in no declaration, so that no proof in its place could be checked."""

    line: int
    column: int
    goal: str


@dataclass(frozen=True, slots=True)
class BlockedGap:
    """A `sorry` in a declaration that has an error, or needs something that has one: `reason` is Lean's word."""

    line: int
    column: int
    goal: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanFile:
    """What Lean sees in a file: its `text`, every `units` with holes, the `holes` and those that are none.

    `sound` is the text with blanks in the place of whatever has an error, so that every place in it is the same;
    units and holes are those of it, and `blocked` are the gaps of the text that it lacks. `messages` are Lean's about
    the whole file, and `declared` says what it declares: kind and full name, in order.
    """

    text: str
    sound: str
    units: tuple[Unit, ...]
    holes: tuple[Hole, ...]
    strays: tuple[StrayGap, ...]
    blocked: tuple[BlockedGap, ...]
    messages: tuple[Message, ...]
    declared: tuple[tuple[str, str | None], ...]

    @property
    def errors(self) -> list[Message]:
        """The errors among `messages`."""
        return [each for each in self.messages if each["severity"] == "error"]


async def read_holes(ask: Ask, text: str, source: str) -> LeanFile:
    """Find the holes of a file; `source` is what messages call it.

    Raises:
        StatementError: Lean reports errors, and no hole is left in what has none.
        InputError: there is no `sorry` in it.
        UnsupportedError: it imports something that the engine does not have.
        EngineError: the engine failed, or cannot tell where declarations are.
    """
    reply = await ask({"cmd": text, "declarations": True})
    try:
        require_environment(reply)
        for error in errors(reply)[:1]:
            refuse_missing_import(error)
    except UnsupportedError as error:
        raise UnsupportedError(error.message, advice=IMPORT_ADVICE) from error
    if "declarations" not in reply:
        raise UnsupportedError(f"this engine cannot tell where the declarations of {source} are")
    told: CommandReply = reply
    sound, cleaned = await _without_errors(ask, text, told)
    units = _units_of(sound, cleaned)
    lines = _line_starts(text)
    gaps = _gaps_in(sound, cleaned)
    if not gaps:
        _refuse_errors(told, source)
        raise InputError(f"{source} has no `sorry` that Lean comes to", advice="There is nothing to prove.")
    placed = [(each, _unit_around(units, *_span(lines, each))) for each in gaps]
    used = tuple(unit for unit in units if any(unit is around for _, around in placed))
    return LeanFile(
        text=text,
        sound=sound,
        units=used,
        holes=tuple(_holes(cleaned, sound, placed, used, source)),
        strays=tuple(StrayGap(**each["pos"], goal=each["goal"]) for each, unit in placed if unit is None),
        blocked=tuple(_find_blocked(text, told, gaps)),
        messages=tuple(told.get("messages", [])),
        declared=declared(told),
    )


async def _without_errors(ask: Ask, text: str, told: CommandReply) -> tuple[str, CommandReply]:
    """Return `text` with blanks in the place of what has errors before the end of the last hole, and the reply to it.

    What needs something that has gone has an error then, or another type, since Lean may take a name that it does not
    know for a variable: it goes as well. `told` is the reply to `text`.
    """
    reply, cleaned = told, False
    for _ in range(MAX_CLEANINGS):
        units = _units_of(text, reply)
        wrong = _errors_before_the_last_gap(text, reply, units)
        if not wrong and cleaned:
            changed = await _of_another_type(ask, told, reply)
            wrong = [unit.start for unit in units if unit.name in changed]
        if not wrong:
            break
        for start, end in [_command_around(text, units, at) for at in wrong]:
            text = text[:start] + _NOT_BLANK.sub(" ", text[start:end]) + text[end:]
        reply, cleaned = await ask({"cmd": text, "declarations": True}), True
    return text, reply


def _errors_before_the_last_gap(text: str, reply: CommandReply, units: Sequence[Unit]) -> list[int]:
    lines = _line_starts(text)
    around = [_unit_around(units, *_span(lines, each)) for each in _gaps_in(text, reply)]
    last = max((unit.end if unit else len(text) for unit in around), default=0)
    return [at for each in errors(reply) if (at := _offset(lines, each["pos"])) < last]


async def _of_another_type(ask: Ask, old: CommandReply, new: CommandReply) -> set[str]:
    """Return the names that `new` declares and that have not the type that they have after `old`."""
    names = [name for _, name in declared(new) if name is not None]
    command = "".join(f"#check @_root_.{name}\n" for name in names)
    said: list[dict[int, str]] = []
    for reply in (old, new):
        answer = await ask({"cmd": command, "env": reply["env"]})
        said.append({each["pos"]["line"]: each["data"] for each in answer.get("messages", [])})
    return {name for line, name in enumerate(names, start=1) if said[0].get(line) != said[1].get(line)}


def _command_around(text: str, units: Sequence[Unit], at: int) -> tuple[int, int]:
    """Return where the command at a place begins and ends.

    Lean says it of declarations, as far as it can parse them. It does not say where other commands are, such as
    ``open`` or ``#check``: they are taken to begin with a line, never reach into a declaration, and may be found in
    pieces, one after the other.
    """
    around = [unit for unit in units if unit.start <= at <= unit.end]
    if any(at < unit.end for unit in around):
        return min(unit.start for unit in around), max(unit.end for unit in around)
    before = [unit.end for unit in units if unit.end < at]
    start = min((unit.start for unit in around), default=max([text.rfind("\n", 0, at) + 1, *before]))
    end = min((unit.start for unit in units if unit.start > at), default=len(text))
    following = (start + each for each in line_commands(text[start:end]) if start + each > at)
    return start, next(following, end)


def _gaps_in(text: str, reply: CommandReply) -> list[Sorry]:
    lines = _line_starts(text)
    return [each for each in gaps_of(reply) if text[slice(*_span(lines, each))] in GAP_WORDS]


def _find_blocked(text: str, reply: CommandReply, gaps: Sequence[Sorry]) -> Iterator[BlockedGap]:
    """Yield the gaps of a text that are none of `gaps`, each with the error in its declaration or the first of all."""
    lines, units = _line_starts(text), _units_of(text, reply)
    left = [each["pos"] for each in gaps]
    for gap in _gaps_in(text, reply):
        if gap["pos"] in left:
            continue
        unit = _unit_around(units, *_span(lines, gap))
        inside = [
            each
            for each in errors(reply)
            if unit is not None and unit.start <= _offset(lines, each["pos"]) < unit.end
        ]
        error = (inside or errors(reply))[0]
        place = f"{error['pos']['line']}:{error['pos']['column']}"
        where = "" if inside else "it needs something that has an error: "
        yield BlockedGap(**gap["pos"], goal=gap["goal"], reason=f"{where}{place}: {error['data']}")


def _units_of(text: str, reply: CommandReply) -> list[Unit]:
    return sorted(_units(text, reply["declarations"]), key=lambda unit: unit.start)


def declared(reply: CommandReply) -> tuple[tuple[str, str | None], ...]:
    """Return kind and full name of everything that a reply with `declarations` says is declared."""
    found = itertools.chain.from_iterable((each, *each.get("members", ())) for each in reply["declarations"])
    return tuple((each["kind"], each["fullName"]) for each in found)


def gaps_of(reply: CommandReply) -> list[Sorry]:
    """Return the `sorries` of a reply by their places, each place once: the REPL repeats it for every goal."""
    places = {(each["pos"]["line"], each["pos"]["column"]): each for each in reply.get("sorries", [])}
    return [places[at] for at in sorted(places)]


def _units(text: str, declarations: Sequence[Declaration]) -> Iterator[Unit]:
    data = text.encode()

    def place(offset: int) -> int:
        return len(data[:offset].decode())

    for each in declarations:
        keyword, name_end = each["keyword"], each["nameEnd"]
        yield Unit(
            kind=each["kind"],
            name=each["fullName"] or "",
            start=place(each["range"][0]),
            end=place(each["range"][1]),
            head_end=place(each["head"][1]),
            value_start=None if each["value"] is None else place(each["value"][0]),
            keyword=None if keyword is None else (place(keyword[0]), place(keyword[1])),
            name_end=None if name_end is None else place(name_end),
            members=tuple(member["fullName"] for member in each.get("members", ()) if member["fullName"]),
        )


def _unit_around(units: Sequence[Unit], start: int, end: int) -> Unit | None:
    around = (unit for unit in units if unit.start <= start and end <= unit.end)
    return max(around, key=lambda unit: unit.start, default=None)


def _holes(
    reply: CommandReply,
    text: str,
    placed: Sequence[tuple[Sorry, Unit | None]],
    units: Sequence[Unit],
    source: str,
) -> Iterator[Hole]:
    lines = _line_starts(text)
    everywhere = [_unit_around(units, *_span(lines, each)) for each in gaps_of(reply)]
    for sorry, unit in placed:
        if unit is None:
            continue
        start, end = _span(lines, sorry)
        cuts = [0, *(each.start for each in units if 0 < each.start <= unit.start)]
        header = text[: unit.start]
        unit_line = header.count("\n") + 1
        statement = text[unit.start : unit.head_end].strip()
        yield Hole(
            unit=unit,
            theorem=Theorem(name=unit.name, statement=statement, header=header, source=source),
            context=tuple(text[a:b] for a, b in itertools.pairwise(cuts)) or ("",),
            command=" " * (unit.start - lines[unit_line - 1]) + text[unit.start : unit.end],
            start=start,
            end=end,
            line=sorry["pos"]["line"],
            column=sorry["pos"]["column"],
            line_in_command=sorry["pos"]["line"] - unit_line + 1,
            gaps_in_command=everywhere.count(unit),
            goal=sorry["goal"],
        )


def _refuse_errors(reply: CommandReply, source: str) -> None:
    for error in errors(reply)[:1]:
        line, column = error["pos"]["line"], error["pos"]["column"]
        raise StatementError(
            f"{source}, {line}:{column}: {error['data']}",
            line=line,
            column=column,
            advice=POSITION_ADVICE,
            file=source,
        )


def _line_starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]


def _span(lines: Sequence[int], sorry: Sorry) -> tuple[int, int]:
    return _offset(lines, sorry["pos"]), _offset(lines, sorry["endPos"])


def _offset(lines: Sequence[int], position: Position) -> int:
    return int(lines[position["line"] - 1] + position["column"])
