"""From what a user gives to a `Theorem`: a statement as text, or a name in a .lean file.

Lean's own parser decides where a declaration begins and ends: an engine with the `declarations` extension of
docs/protocol.md is asked for the ranges of each declaration, its head and its value. Nothing of the value is
used; a proof that is there is ignored, even if it is wrong.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, StatementError, UnsupportedError
from prover.lean.goal import OpenedGoal
from prover.lean.hints import refusal
from prover.lean.process.replies import errors, require_environment
from prover.lean.protocol import Ask, CommandReply, CommandRequest, Declaration, Message
from prover.lean.reading.pocket import imports_library, uses_library
from prover.lean.reading.prelude import NO_AUTO_BOUND, POCKET_IMPORT, imported_libraries, prelude
from prover.lean.reading.text import BLANK, Changed, Edit, characters, lean_text, offset_of, read_lean
from prover.lean.theorem import ENDING, Given, Theorem

DEFAULT_NAME = "goal"
THEOREM_KINDS = frozenset({"theorem", "lemma"})
NAMES_SHOWN = 8

EXAMPLE = 'Write for example: --theorem "theorem foo (a b : Nat) : a + b = b + a"'
LEMMA = "lemma"
_BY_SORRY = re.compile(r":=\s*by\s+sorry")
NAMELESS = "the theorem has no name"
THE_THEOREM = "the theorem"


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A declaration in a text, by offsets into its UTF-8 bytes. The head excludes ``:=``.

    `keyword` is the word that says what it is, None where that is not one word.
    """

    kind: str
    full_name: str | None
    start: int
    head_end: int
    value: tuple[int, int] | None
    keyword: tuple[int, int] | None

    @classmethod
    def read(cls, described: Declaration) -> _Declaration:
        """Read one element of the protocol's `declarations`."""
        start, head_end = described["head"]
        value, keyword = described["value"], described["keyword"]
        return cls(
            kind=described["kind"],
            full_name=described["fullName"],
            start=start,
            head_end=head_end,
            value=None if value is None else (value[0], value[1]),
            keyword=None if keyword is None else (keyword[0], keyword[1]),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A theorem that was read, and its goal as the engine that read it has elaborated it.

    `opened` is None where the engine did not come to elaborate the theorem with a `sorry` for its proof.
    """

    theorem: Theorem
    opened: OpenedGoal | None


async def theorem_from_text(ask: Ask, text: str, *, pocket: bool = False) -> Theorem:
    """Read a declaration or a bare proposition, see :func:`read_text`."""
    return (await read_text(ask, text, pocket=pocket)).theorem


async def theorem_from_file(ask: Ask, path: Path, name: str) -> Theorem:
    """Read a theorem of a .lean file, see :func:`read_file`."""
    return (await read_file(ask, path, name)).theorem


async def read_text(ask: Ask, text: str, *, pocket: bool = False) -> Reading:
    """Read a declaration, with or without a proof, or a bare proposition; the prelude stands before it.

    With `pocket`, a text without imports that seems to use the pocket library gets that instead.

    Imports and declarations before the last one become part of the header. ``lemma`` and ``example`` are
    understood.

    Raises:
        StatementError: Lean refuses the text; the position counts in the text.
        UnsupportedError: it imports something that the engine does not have.
        InputError: it is empty, is no Lean text, or declares something other than a theorem.
    """
    given = Changed(lean_text(text, "the theorem").rstrip(BLANK))
    if not given.text.strip(BLANK):
        raise InputError("the theorem is empty", advice=EXAMPLE)
    if pocket and (over_library := _over_library(given)) is not None:
        try:
            return await _read_text(ask, over_library, "")
        except StatementError as refused:
            with contextlib.suppress(
                InputError
            ):  # what the text declares itself may have names of the library's
                return await _read_text(ask, given, prelude())
            raise refused from None
    return await _read_text(ask, given, "" if pocket and imports_library(given.text) else prelude())


async def _read_text(ask: Ask, given: Changed, preamble: str) -> Reading:
    reply = await _read_whole(ask, given.text, preamble)
    while lemma := _first_lemma(given.text, reply):
        given = given.with_edits([lemma])
        reply = await _read_whole(ask, given.text, preamble)
    if not reply["declarations"]:
        at = _start_of_proposition(given, reply)
        before = " " if at and given.text[at - 1] not in BLANK else ""
        after = "" if given.text[at] in BLANK else " "
        named = f"{before}theorem {DEFAULT_NAME} :{after}"
        given = given.with_edits([Edit(start=at, end=at, text=named)])
        reply = await _read_whole(ask, given.text, preamble)
    found = _last(reply, given)
    if found.kind == "example":
        assert found.keyword is not None
        start, end = (characters(given.text, at) for at in found.keyword)
        given = given.with_edits([Edit(start=start, end=end, text=f"theorem {DEFAULT_NAME}")])
        reply = await _read_whole(ask, given.text, preamble)
        found = _last(reply, given)
    if found.kind not in THEOREM_KINDS:
        _refuse(_errors_before(reply, given.text, len(given.text.encode())), THE_THEOREM, given)
        raise InputError(f"the text declares {_with_article(found.kind)}, not a theorem", advice=EXAMPLE)
    assert found.full_name is not None
    _refuse(_errors_before(reply, given.text, found.head_end), THE_THEOREM, given)
    _refuse([each for each in errors(reply) if _is_no_command(each, given.text)], THE_THEOREM, given)
    data = given.text.encode()
    imports_end = reply["importsEnd"]
    imports = data[:imports_end].decode()
    if imports and not imports.endswith("\n"):
        imports += "\n"
    theorem = Theorem(
        name=found.full_name,
        statement=data[found.start : found.head_end].decode(),
        header=imports + preamble + data[imports_end : found.start].decode(),
        source="the command line",
        given=Given(text=given.text + ENDING, start=found.start, preamble=preamble),
    )
    return Reading(theorem, _find_opened(given.text + ENDING, found, reply))


def _find_opened(text: str, found: _Declaration, reply: CommandReply) -> OpenedGoal | None:
    """Return the goal of a declaration whose value is ``by sorry``, as it is when the declaration is opened."""
    if found.value is None:
        return None
    start, end = found.value
    if _BY_SORRY.fullmatch(text.encode()[start:end].decode()) is None:
        return None
    first, last = characters(text, start), characters(text, end)
    inside = [each for each in reply.get("sorries", []) if first <= offset_of(text, each["pos"]) < last]
    return OpenedGoal(int(inside[0]["proofState"]), str(inside[0]["goal"])) if len(inside) == 1 else None


def _over_library(given: Changed) -> Changed | None:
    """Return a text that seems to use the pocket library and imports nothing, with its import; else None."""
    if imported_libraries(given.text) or imports_library(given.text) or not uses_library(given.text):
        return None
    return given.with_edits([Edit(start=0, end=0, text=f"{POCKET_IMPORT}{NO_AUTO_BOUND}".replace("\n", " "))])


async def _read_whole(ask: Ask, text: str, preamble: str) -> CommandReply:
    """Elaborate a text whose last declaration may lack its value."""
    return await _elaborate(ask, {"cmd": text + ENDING, "preamble": preamble, "declarations": True})


def _last(reply: CommandReply, given: Changed) -> _Declaration:
    """Return the last declaration of a text.

    Raises:
        StatementError, InputError: there is none, or Lean does not read it to its value.
    """
    if reply["declarations"]:
        found = _Declaration.read(reply["declarations"][-1])
        if found.kind in THEOREM_KINDS and found.full_name is None:
            before = _errors_before(reply, given.text, found.head_end)
            _refuse(
                [each for each in before if not str(each["data"]).endswith("expected identifier")],
                THE_THEOREM,
                given,
            )
            raise InputError(NAMELESS, advice="Write `theorem foo : ...`, or `example : ...`.")
        if found.value is not None or found.kind not in THEOREM_KINDS | {"example"}:
            return found
    _refuse(errors(reply), THE_THEOREM, given)
    raise InputError("Lean finds no theorem in the text", advice=EXAMPLE)


def _start_of_proposition(given: Changed, reply: CommandReply) -> int:
    """Return where a text that declares nothing may have a bare proposition: where Lean expects a command.

    Raises:
        StatementError: Lean refuses a command before that.
        InputError: there is nothing but commands and comments.
    """
    found = errors(reply)
    if not found or (at := offset_of(given.text, found[0]["pos"])) >= len(given.text):
        raise InputError("Lean finds no theorem in the text", advice=EXAMPLE)
    if not str(found[0]["data"]).endswith("expected command"):
        _refuse(found, THE_THEOREM, given)
    return at


def _is_no_command(error: Message, text: str) -> bool:
    """Whether Lean finds something in `text`, which has no value at its end, that begins no command."""
    return str(error["data"]).endswith("expected command") and offset_of(text, error["pos"]) < len(text)


def _first_lemma(text: str, reply: CommandReply) -> Edit | None:
    """Return what makes the first ``lemma`` that Lean does not know a ``theorem``, if there is one."""
    for error in errors(reply):
        if error["endPos"] is not None and str(error["data"]).startswith("unexpected identifier"):
            end = offset_of(text, error["endPos"])
            start = end - len(LEMMA)
            if text[start:end] == LEMMA and start >= offset_of(text, error["pos"]):
                return Edit(start=start, end=end, text="theorem")
    return None


def _with_article(kind: str) -> str:
    kind = {"definition": "def", "mutual": "mutual block"}.get(kind, kind)
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


async def read_file(ask: Ask, path: Path, name: str) -> Reading:
    """Read the theorem called `name`, or with a full name that ends so, in a .lean file.

    Everything that stands before it in the file becomes its header.

    Raises:
        InputError: the file cannot be read, or has no such theorem, or several.
        StatementError: Lean refuses the theorem's statement or something before it.
        UnsupportedError: the file imports something that the engine does not have.
    """
    text = read_lean(path).text
    reply = await _elaborate(ask, {"cmd": text, "declarations": True})
    declarations = [_Declaration.read(each) for each in reply["declarations"]]
    found = _find([each for each in declarations if each.kind in THEOREM_KINDS], name, path, reply)
    _refuse(_errors_before(reply, text, found.head_end), str(path))
    data = text.encode()
    theorem = Theorem(
        name=found.full_name or "",
        statement=data[found.start : found.head_end].decode(),
        header=data[: found.start].decode(),
        source=str(path),
        given=Given(text=text if found.value is not None else text + ENDING, start=found.start),
    )
    return Reading(theorem, _find_opened(text, found, reply))


async def _elaborate(ask: Ask, request: CommandRequest) -> CommandReply:
    """Send a command; errors in its text are left to the caller.

    Raises:
        UnsupportedError, EngineError: the engine does not answer it as such.
    """
    reply = await ask(request)
    try:
        require_environment(reply)
    except UnsupportedError as error:
        raise UnsupportedError(error.message, advice="Import only what the engine has.") from error
    return reply


def _find(theorems: Sequence[_Declaration], name: str, path: Path, reply: CommandReply) -> _Declaration:
    """Return the theorem with this full name, else the only one whose full name ends in it.

    Raises:
        InputError: there is none, or there are several.
        StatementError: Lean found no theorem at all, because of an error.
    """
    names = [each.full_name or "" for each in theorems]
    wanted = _plain(name)
    matches = [each for each in theorems if _plain(each.full_name or "") == wanted]
    matches = matches or [each for each in theorems if _plain(each.full_name or "").endswith(f".{wanted}")]
    if len(matches) == 1:
        return matches[0]
    if matches:
        several = ", ".join(each.full_name or "" for each in matches)
        raise InputError(f"{path} has several theorems called {name}", advice=f"Name one of: {several}.")
    if not names:
        _refuse(errors(reply), str(path))
    close = difflib.get_close_matches(name, names, n=3) or names[:NAMES_SHOWN]
    advice = f"Theorems in it: {', '.join(close)}." if close else "Lean finds no theorem in it."
    raise InputError(f"{path} has no theorem called {name}", advice=advice)


def _plain(name: str) -> str:
    """Return a name without the quotes that some of its parts may have: Lean shows them where it must."""
    return name.replace("«", "").replace("»", "")


def _errors_before(reply: CommandReply, text: str, offset: int) -> list[Message]:
    """Return the errors that Lean reports before a byte offset of the text."""
    end = characters(text, offset)
    return [each for each in errors(reply) if offset_of(text, each["pos"]) < end]


def _refuse(found: Sequence[Message], where: str, given: Changed | None = None) -> None:
    """Raise `StatementError` with the first of the errors `found`; `given` says where that was originally."""
    if not found:
        return
    position, said = found[0]["pos"], found[0]["data"]
    if given is not None:
        position = given.original_position(position)
    line, column = position["line"], position["column"]
    file = "" if where == THE_THEOREM else where
    raise refusal(f"{where}, {line}:{column}: {said}", said, line=line, column=column, file=file)
