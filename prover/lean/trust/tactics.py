"""A filter of what search may send to Lean as a tactic.

`check_tactic` refuses texts that give up, run code inside Lean, hold commands, or could reach beyond the
place they are put in. It reads a text as Lean's lexer does, so a word in a comment or a string is only a word
there; a text that could be read in two ways it refuses. It spares Lean and the search needless work and is no
more than that: proofs are checked by :mod:`prover.lean.trust.verify`, which shares nothing with it.

An accepted text may end in a line comment: put a newline after it when pasting it anywhere.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 20_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = {
    "gives up": _words("sorry admit stop"),
    "trusts the compiler": _words("native native_decide bv_decide"),
    "runs code": _words("by_elab dbg_trace eval% run_cmd run_conv run_elab run_meta run_tac unsafe"),
    "belongs to a command": _words(
        """
        abbrev attribute axiom builtin_initialize class declare_syntax_cat def deriving elab elab_rules end
        example export extern implemented_by import inductive infix infixl infixr initialize instance lemma
        macro macro_rules mutual namespace noncomputable notation opaque postfix prefix private protected
        section simproc structure syntax theorem unif_hint universe variable
        """
    ),
}
_CONSTANTS = _words("sorryAx ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler")
_HASH_COMMANDS = _words("check eval exit guard guard_msgs print reduce synth version where")

_CLOSER = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄", "⟦": "⟧", "‹": "›"}
_CLOSERS = frozenset(_CLOSER.values())
# Lean's letters: Latin, Greek without λ, Π and Σ, letter-like, script, fraktur; then what may follow one.
_LETTER = (
    r"A-Za-z_À-ÖØ-öø-ſ\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03b1-\u03ba\u03bc-\u03fb"
    r"\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
_REST = rf"{_LETTER}0-9'!?₀-₉ₐ-ₜᵢ-ᵪⱼ"
_NAME = rf"(?:«[^»\n]*»|[{_LETTER}][{_REST}]*)"
_WORD = re.compile(rf"eval%|{_NAME}(?:\.{_NAME})*")
_MAY_PRECEDE_A_COMMENT = re.compile(rf"""[{_REST}»\s,;·"()\[\]{{}}⟨⟩⦃⦄⟦⟧‹›]""")
_LINE_COMMENT = re.compile(r"--[^\n]*")
_COMMENT_EDGE = re.compile(r"/-|-/")
_RAW_STRING = re.compile(r'r(#*)"')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHARACTER = re.compile(r"'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^xu]))'")
_PRIME_OF_AN_OPERATOR = re.compile(r"''|(?<=[¹∑∏×⊕Σ∘])'")


class _Refused(Exception):
    """Why a text is not let through."""


def check_tactic(text: str) -> str | None:
    """Return why `text` may not be sent to Lean as a tactic, or None if it may."""
    try:
        _check(text)
    except _Refused as reason:
        return str(reason)
    return None


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise _Refused(f"longer than {MAX_LENGTH} characters")
    for char in text:
        if char != "\n" and unicodedata.category(char) in ("Cc", "Cs"):
            raise _Refused(f"holds the character U+{ord(char):04X}")
    open_brackets: list[str] = []
    at, previous, empty = 0, "", True
    while at < len(text):
        char = text[at]
        if text.startswith(("--", "/-"), at):
            at = _after_comment(text, at)
            continue
        if char in " \n":
            at += 1
            continue
        empty = False
        if char in "\"'" or _RAW_STRING.match(text, at):
            at = _after_literal(text, at)
        elif word := _WORD.match(text, at):
            _check_word(word[0].replace("«", "").replace("»", ""), previous, text[at - 1 : at])
            at, previous = word.end(), word[0]
            if previous.endswith("!") and text.startswith('"', at):
                raise _Refused("holds an interpolated string, which may hold anything")
        else:
            _check_symbol(text, at, open_brackets)
            at += 1
    if empty:
        raise _Refused("empty")
    if open_brackets:
        raise _Refused(f"`{open_brackets[-1]}` is not closed")


def _after_comment(text: str, at: int) -> int:
    before = text[at - 1 : at]
    if before and not _MAY_PRECEDE_A_COMMENT.match(before):
        raise _Refused(f"`{text[at - 1 : at + 2]}` may be read as an operator or as a comment")
    if comment := _LINE_COMMENT.match(text, at):
        return comment.end()
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    raise _Refused("a comment is not closed")


def _after_literal(text: str, at: int) -> int:
    if raw := _RAW_STRING.match(text, at):
        closing = '"' + raw[1]
        end = text.find(closing, raw.end())
        if end < 0:
            raise _Refused("a string is not closed")
        return end + len(closing)
    if text[at] == '"':
        if string := _STRING.match(text, at):
            return string.end()
        raise _Refused("a string is not closed")
    if literal := _PRIME_OF_AN_OPERATOR.match(text, at) or _CHARACTER.match(text, at):
        return literal.end()
    raise _Refused("a quote begins no character literal")


def _check_word(word: str, previous: str, before: str) -> None:
    for reason, keywords in _KEYWORDS.items():
        if word in keywords:
            raise _Refused(f"`{word}` {reason}")
    if not _CONSTANTS.isdisjoint(word.split(".")):
        raise _Refused(f"`{word}` lets anything be proved")
    if previous == "set_option" and word.split(".")[0] == "debug":
        raise _Refused(f"the option `{word}` can switch off checks")
    if before == "#" and word.rstrip("!") in _HASH_COMMANDS:
        raise _Refused(f"`#{word}` is a command")


def _check_symbol(text: str, at: int, open_brackets: list[str]) -> None:
    char = text[at]
    if char in _CLOSER:
        open_brackets.append(char)
    elif char in _CLOSERS:
        if not open_brackets or _CLOSER[open_brackets.pop()] != char:
            raise _Refused(f"`{char}` closes nothing")
    elif text.startswith("-/", at):
        raise _Refused("`-/` closes no comment")
    elif char in "«»":
        raise _Refused("a quoted name is not closed")
