"""Finding theorems in a Lean text without Lean: for files whose imports no engine here has.

A command begins with one of Lean's keywords (or an attribute or a documentation comment) at the beginning of
a line, as the files of public benchmarks are written. The head of a
theorem ends at the first ``:=`` outside brackets that does not belong to a `let` or `have`. Where an engine
can read the file, its parser is asked instead (:mod:`prover.problems.lean_files`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.lean.reading.lexer import Token, tokens

MODIFIERS = frozenset(
    {"private", "protected", "noncomputable", "unsafe", "partial", "nonrec", "local", "scoped"}
    | {"public", "meta"}
)
PREFIXES = frozenset({"open", "set_option", "variable", "omit", "include", "universe", "attribute"})
"""Commands that may be put before another one with `in`."""
DECLARATIONS = frozenset(
    {"theorem", "lemma", "def", "abbrev", "example", "instance", "axiom", "opaque", "alias"}
    | {"structure", "class", "inductive", "initialize", "builtin_initialize", "irreducible_def"}
)
NOTATIONS = frozenset(
    {"notation", "notation3", "infix", "infixl", "infixr", "prefix", "postfix", "syntax"}
    | {"macro", "macro_rules", "elab", "elab_rules"}
)
COMPFILES = frozenset({"problem", "problem_file", "determine", "snip"})
"""Commands of the Compfiles library; a `problem` is a theorem."""
OTHERS = frozenset(
    {"import", "prelude", "namespace", "section", "mutual", "end", "export", "deriving", "run_cmd"}
)
RESERVED = frozenset(
    {"theorem", "lemma", "def", "abbrev", "example", "axiom", "structure", "inductive", "class", "instance"}
    | {
        "private",
        "protected",
        "noncomputable",
        "namespace",
        "section",
        "mutual",
        "end",
        "variable",
        "universe",
    }
)
"""Words that stand in no term, so that they begin a command where a line begins with them, however far indented."""
ANYWHERE = RESERVED - {"instance", "class", "structure", "inductive", "def", "abbrev", "end"}
"""Those that also begin one within a line; others may follow `deriving` or `attribute [local`, and `end` a `snip`."""
COMMANDS = MODIFIERS | PREFIXES | DECLARATIONS | NOTATIONS | COMPFILES | OTHERS
THEOREMS = frozenset({"theorem", "lemma"})
DEFINITIONS = frozenset({"abbrev", "def"})
BINDINGS = frozenset({"let", "have", "letI", "haveI", "let_fun"})
"""Words with a ``:=`` of their own."""

_NAME_PART = re.compile(r"«[^»]*»|[^.]+")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A theorem in a text. `begin` is where it starts with its documentation, `start` where without; `end`.

    `statement` is its head, without comments around it; `informal` the words of its documentation. `value` is
    what comes after the head, from ``:=`` on, and empty where there is nothing. `posed` says that it is a `problem` of
    Compfiles.
    """

    full_name: str
    begin: int
    start: int
    end: int
    statement: str
    informal: str
    value: str
    posed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the proof is missing or has a `sorry`."""
        return has_sorry(self.value)


def declared_theorems(text: str) -> list[Declaration]:
    """Return the theorems and lemmas of `text`, in order; none from `mutual` blocks, which go together."""
    scopes: list[str] = []
    found: list[Declaration] = []
    for command in _commands(text):
        main = _main_keyword(command)
        if main is None:
            continue
        keyword, rest = command[main].text, [each for each in command[main + 1 :] if each.kind != "comment"]
        name = rest[0].text if rest and rest[0].kind == "word" else ""
        if keyword == "namespace":
            scopes += _NAME_PART.findall(name)
        elif keyword == "section":
            scopes += [""] * max(1, len(_NAME_PART.findall(name)))
        elif keyword == "mutual":
            scopes.append(keyword)
        elif keyword == "end":
            del scopes[len(scopes) - min(len(scopes), max(1, len(_NAME_PART.findall(name)))) :]
        elif (keyword in THEOREMS or keyword == "problem") and name and "mutual" not in scopes:
            found.append(_declaration(text, command, main, scopes))
    return found


def with_theorem(text: str) -> str:
    """Return a declaration with ``theorem`` for ``lemma``, which is Mathlib's word."""
    return _with_keyword(text, next(_commands(text)), "lemma", "theorem")


def with_named_example(text: str, name: str) -> str:
    """Return a text with a theorem of this name for the last command, if that is an ``example``."""
    return _with_keyword(text, list(_commands(text))[-1], "example", f"theorem {name}")


def _with_keyword(text: str, command: Sequence[Token], keyword: str, other: str) -> str:
    main = _main_keyword(command)
    if main is None or command[main].text != keyword:
        return text
    return f"{text[: command[main].start]}{other}{text[command[main].end :]}"


def head_and_doc(text: str) -> tuple[str, str]:
    """Return a declaration's head without the comments around it, and the words of its documentation."""
    found = list(tokens(text))
    informal = next((_words(each.text) for each in found if each.kind == "doc"), "")
    kept = [each for each in found if each.kind not in ("comment", "doc")]
    return (text[kept[0].start : kept[-1].end] if kept else ""), informal


def has_sorry(value: str) -> bool:
    """Whether a declaration's value is missing or leaves something to `sorry`."""
    proof = [each.text for each in tokens(value) if each.kind != "comment"]
    return proof in ([], [":="], [":=", "by"]) or "sorry" in proof


def fill_answers(text: str) -> str:
    """Put answers in their place: in a definition by `sorry` that a comment follows, the comment's words.

    That is how PutnamBench gives the answer of a problem that asks for one, on a line.
    """
    pieces: list[str] = []
    position = 0
    for command in _commands(text):
        main = _main_keyword(command)
        if main is None or command[main].text not in DEFINITIONS:
            continue
        code = [index for index, each in enumerate(command) if each.kind != "comment"]
        answer = command[code[-1] + 1 :]
        if [each.text for each in command[: code[-1] + 1]][-2:] != [":=", "sorry"] or not answer:
            continue
        pieces += [text[position : command[code[-1]].start], answer[0].text.strip("-/ \n")]
        position = answer[0].end
    return "".join([*pieces, text[position:]])


def _commands(text: str) -> Iterator[list[Token]]:
    """Cut the text where lines begin with a command, unless that completes the one before."""
    command: list[Token] = []
    for token in tokens(text):
        before = text[text.rfind("\n", 0, token.start) + 1 : token.start]
        indented = bool(before)
        within = bool(before.strip(" "))
        begins = token.text in ANYWHERE if within else _begins_command(token, text, indented=indented)
        if begins and _main_keyword(command) is not None:
            yield command
            command = []
        command.append(token)
    yield command


def line_commands(text: str) -> Iterator[int]:
    """Yield where a line seems to begin with a command, which need be none of those that are known here.

    One that is not begins with a small letter, and is not indented.
    """
    for token in tokens(text):
        before = text[text.rfind("\n", 0, token.start) + 1 : token.start]
        known = token.text in COMMANDS or token.text in ("@", "#") or token.kind == "doc"
        if (known and not before.strip(" ")) or (not before and token.text[:1].islower()):
            yield token.start


def _begins_command(token: Token, text: str, *, indented: bool) -> bool:
    """Whether the first token of a line begins a command; a term may go on with some of the words that do."""
    if token.kind == "doc" or text.startswith("@[", token.start):
        return True
    return token.text in RESERVED if indented else token.text in ("@", "#") or token.text in COMMANDS


def _main_keyword(command: Sequence[Token]) -> int | None:
    """Return the place of the word that says what a command is; None if there are only things before it."""
    index = 0
    while index < len(command):
        token = command[index]
        if token.kind in ("comment", "doc") or token.text in MODIFIERS:
            index += 1
        elif token.text == "@":
            index = _after_brackets(command, index + 1)
        elif token.text in PREFIXES:
            ends = [i for i in range(index, len(command)) if command[i].text == "in"]
            if not ends:
                return index
            index = ends[0] + 1
        else:
            return index
    return None


def _after_brackets(command: Sequence[Token], index: int) -> int:
    depth = 0
    for place in range(index, len(command)):
        depth += {"open": 1, "close": -1}.get(command[place].kind, 0)
        if depth <= 0:
            return place + 1
    return len(command)


def _declaration(text: str, command: Sequence[Token], main: int, scopes: Sequence[str]) -> Declaration:
    own = next(each.text for each in command[main + 1 :] if each.kind == "word")
    inside = [] if own.startswith("_root_.") else [each for each in scopes if each]
    value_start = _value_start(command, main)
    code = [each for each in command if each.kind not in ("comment", "doc")]
    written = [each for each in command if each.kind != "comment"]
    head = text[written[0].start : value_start]
    statement, informal = head_and_doc(head)
    posed = command[main].text == "problem"
    if posed:
        before = text[code[0].start : command[main].start]
        statement = f"{before}theorem{statement[len(before) + len('problem') :]}"
    return Declaration(
        full_name=".".join([*inside, own.removeprefix("_root_.")]),
        begin=written[0].start,
        start=code[0].start,
        end=code[-1].end,
        statement=statement,
        informal=informal,
        value=text[value_start : command[-1].end],
        posed=posed,
    )


def _value_start(command: Sequence[Token], main: int) -> int:
    """Return where the ``:=`` of a declaration stands, or the end of the command if it has none.

    A binding uses up the next ``:=``, or none if it is by cases.
    """
    depth = bindings = 0
    for token in command[main:]:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth > 0:
            continue
        if token.text in BINDINGS:
            bindings += 1
        elif token.text == ":=" and bindings == 0:
            return token.start
        elif token.text in (":=", "|"):
            bindings = max(0, bindings - 1)
    return command[-1].end


def _words(comment: str) -> str:
    return comment.removeprefix("/--").removesuffix("-/").strip()
