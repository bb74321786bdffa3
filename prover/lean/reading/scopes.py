"""The namespaces and sections of a text, and a theorem's file made complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.lean.theorem import Theorem

_SCOPE = re.compile(
    r"^[ \t]*(?:(?P<opens>namespace|(?:(?:noncomputable|public|meta)\s+)*section|mutual)|(?P<ends>end))\b"
    r"[ \t]*(?P<name>[^\s]*)",
    re.MULTILINE,
)
_TOKEN = re.compile(r'--[^\n]*|/-|"(?:[^"\\]|\\.)*"|«[^»\n]*»|\'(?:[^\\]|\\.[^\']*)\'', re.DOTALL)
_COMMENT_EDGE = re.compile(r"/-|-/")
_SORRY = re.compile(r"(?<![\w.«!?'])sorry(?![\w.!?'])")


def open_scopes(text: str) -> Iterator[str]:
    """Yield the names of the namespaces and sections that `text` leaves open, the outermost first."""
    scopes: list[str] = []
    for found in _SCOPE.finditer(code_of(text)):
        if found["opens"]:
            scopes.append(found["name"])
        elif scopes:
            scopes.pop()
    yield from scopes


def code_of(text: str) -> str:
    """Return `text` with the same lines, but without its comments and the insides of its strings."""
    kept: list[str] = []
    at = 0
    while token := _TOKEN.search(text, at):
        end = _comment_end(text, token.end()) if token[0] == "/-" else token.end()
        if token[0].startswith("«"):
            kept.append(text[at:end])
        else:
            kept += [text[at : token.start()], " ", "\n" * text.count("\n", token.start(), end)]
        at = end
    return "".join([*kept, text[at:]])


def complete_file(theorem: Theorem, proof: str) -> str:
    """Return a file with the theorem, all that stands before it and the ends that this needs.

    Other declarations that still have a `sorry` for a proof stay as they are; a comment says so.
    """
    ends = [f"end {name}".rstrip() for name in reversed(list(open_scopes(theorem.header)))]
    code = code_of(theorem.header.lstrip("\n"))
    sorries = [number for number, line in enumerate(code.split("\n"), start=1) if _SORRY.search(line)]
    text = theorem.file_with_proof(proof).lstrip("\n") + "".join(f"\n{end}\n" for end in ends)
    if not sorries:
        return text
    lines = ", ".join(map(str, sorries))
    return text + (
        f"\n-- There is still a `sorry` in {'line' if len(sorries) == 1 else 'lines'} {lines}. "
        f"The proof of {theorem.name} does not rest on it.\n"
    )


def _comment_end(text: str, at: int) -> int:
    """Return where the comment ends inside of which `at` is; comments nest."""
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, at)):
        depth += 1 if edge[0] == "/-" else -1
        at = edge.end()
    return at if depth == 0 else len(text)
