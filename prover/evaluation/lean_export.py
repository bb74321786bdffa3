"""Many proved theorems in one Lean file that Lean accepts.

Theorems come with headers of their own: notation, opened namespaces, definitions. Headers that begin with the
same paragraph, as all do that begin with prover's prelude, share a namespace in which their common beginning
stands once; what follows is in namespaces below, one for each header, and one more for each theorem that has the
name of an earlier one. So definitions, options and theorems of different headers do not meet. What that cannot keep
apart is notation, which holds until the end of the file: two headers that give one symbol two meanings can break
the file.
"""

from __future__ import annotations

import os.path
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prover.lean.reading.scopes import open_scopes
from prover.lean.theorem import Theorem

NAMESPACE = "Proofs"

_IMPORT = re.compile(r"^(?:public\s+|meta\s+)*import\s.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Combined:
    """A file of many theorems, and what they are called in it, in the order of the file."""

    text: str
    names: tuple[str, ...]


def lean_file(proofs: Sequence[tuple[Theorem, str]]) -> str:
    """Return the file; each proof is a tactic block. The order within a header is that of `proofs`."""
    return combined(proofs).text


def combined(proofs: Sequence[tuple[Theorem, str]]) -> Combined:
    """Return the file, as `lean_file` does, and the names; both are made of the theorems alone, but for the proofs."""
    imports: dict[str, None] = {}
    families: dict[str, dict[tuple[str, int], list[tuple[Theorem, str]]]] = {}
    namesakes: Counter[tuple[str, str]] = Counter()
    for theorem, proof in proofs:
        imports |= dict.fromkeys(line.strip() for line in _IMPORT.findall(theorem.header))
        header = _IMPORT.sub("", theorem.header).strip()
        family = families.setdefault(header.partition("\n\n")[0], {})
        earlier = namesakes[header, theorem.name]
        namesakes[header, theorem.name] += 1
        family.setdefault((header, earlier), []).append((theorem, theorem.with_proof(proof).rstrip()))
    parts = ["\n".join(imports)]
    names: list[str] = []
    for number, family in enumerate(families.values(), start=1):
        name = f"{NAMESPACE}{number}"
        common = _common_beginning([header for header, _ in family])
        parts += [f"namespace {name}", common]
        for group, ((header, _), declarations) in enumerate(family.items(), start=1):
            inner = f"Group{group}"
            rest = header.removeprefix(common).strip()
            ends = [f"end {scope}".rstrip() for scope in reversed(list(open_scopes(rest)))]
            texts = [text for _, text in declarations]
            parts += [f"namespace {inner}", rest, *texts, *ends, f"end {inner}"]
            names += [_name_in(f"{name}.{inner}", theorem) for theorem, _ in declarations]
        parts.append(f"end {name}")
    return Combined("\n\n".join(filter(None, parts)) + "\n", tuple(names))


def _name_in(namespace: str, theorem: Theorem) -> str:
    return theorem.name if f"_root_.{theorem.name}" in theorem.statement else f"{namespace}.{theorem.name}"


def _common_beginning(headers: Sequence[str]) -> str:
    """Return what all headers begin with, up to a blank line outside of any scope or comment."""
    common = os.path.commonprefix([f"{header}\n\n" for header in headers])  # noqa: RUF071  (not of paths)
    while common:
        common = common[: common.rfind("\n\n") + 1].rstrip("\n")
        if not any(open_scopes(common)) and common.count("/-") == common.count("-/"):
            return common
    return ""
