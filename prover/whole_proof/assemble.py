"""From a model's code to a proof of the theorem that was given.

Of the code only proofs count: the value of the theorem, and before it, as `have`s, those of the lemmas that precede it.
The statement is always the given one, whatever the code says it is.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from prover.lean.reading.lexer import tokens
from prover.lean.reading.statements import Declaration, declared_theorems
from prover.lean.theorem import Theorem
from prover.lean.trust.tactics import check_tactic

_KEYWORD = re.compile(r"\b(?:theorem|lemma)\s+\S+")
_SORRY = re.compile(r"\bsorry\b")
_BY = re.compile(r":=\s*by\b")


@dataclass(frozen=True, slots=True)
class NoProof:
    """The code holds no proof that can be tried, for this reason."""

    reason: str


def proof_of(code: str, theorem: Theorem, *, holes: bool = False) -> str | NoProof:
    """Return the proof that `code` gives for `theorem`, a tactic block whose lines are not indented.

    Code without a theorem is taken to be the proof itself. With `holes` it may leave something to `sorry`.
    """
    if not code.strip():
        return NoProof("there is no Lean code in it")
    declared = declared_theorems(code)
    place = _main(declared, theorem) if declared else 0
    proof = _proof(declared[place]) if declared else _block(code)
    if isinstance(proof, NoProof):
        return proof
    lemmas = [_as_have(each) for each in declared[:place]]
    whole = "\n".join([*filter(None, lemmas), proof])
    refused = check_tactic(_SORRY.sub("skip", whole) if holes else whole)
    return NoProof(refused) if refused else whole


def _main(declared: Sequence[Declaration], theorem: Theorem) -> int:
    """Return the place of the theorem that is meant: the last one of this name, else the last one."""
    own = theorem.name.rpartition(".")[2]
    named = [place for place, each in enumerate(declared) if each.full_name.rpartition(".")[2] == own]
    return named[-1] if named else len(declared) - 1


def _proof(declaration: Declaration) -> str | NoProof:
    value = _trim(declaration.value)
    if by := _BY.match(value):
        return _block(value[by.end() :])
    if value.startswith(":="):
        term = value.removeprefix(":=").strip()
        return f"exact (\n{textwrap.indent(term, '  ')})" if term else NoProof("the theorem has no proof")
    if not value:
        return NoProof("the theorem has no proof")
    return NoProof("the theorem is proved by equations; a proof must follow `:= by`")


def _as_have(declaration: Declaration) -> str | None:
    """Return a lemma as a `have`; None for one without a proof, which nothing can rest on."""
    proof = _proof(declaration)
    found = _KEYWORD.search(declaration.statement)
    if isinstance(proof, NoProof) or found is None:
        return None
    name = declaration.full_name.rpartition(".")[2]
    head = in_one_line(declaration.statement[found.end() :])
    return f"have {name} {head} := by\n{textwrap.indent(proof, '  ')}"


def in_one_line(text: str) -> str:
    """Return Lean's text without its comments, one of which would hide what follows it on the line."""
    for comment in reversed([each for each in tokens(text) if each.kind == "comment"]):
        text = f"{text[: comment.start]} {text[comment.end :]}"
    return " ".join(text.split())


def _trim(value: str) -> str:
    """Return a declaration's value without the comments behind it, which belong to what follows."""
    code = [each for each in tokens(value) if each.kind not in ("comment", "doc")]
    return value[code[0].start : code[-1].end] if code else ""


def _block(text: str) -> str | NoProof:
    """Return tactics without their common indentation."""
    first, _, rest = text.partition("\n")
    if _same_block(rest) or not first.strip():
        rest = textwrap.dedent(rest)
    block = f"{first.strip()}\n{rest}".strip("\n").rstrip()
    return block or NoProof("the theorem has no proof")


def _same_block(rest: str) -> bool:
    """Whether the lines after a first tactic on the line of `by` are tactics, not the rest of that one."""
    lines = [line for line in rest.split("\n") if line.strip()]
    return len(lines) > 0 and len(lines[0]) - len(lines[0].lstrip()) <= 2
