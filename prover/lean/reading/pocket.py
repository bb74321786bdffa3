"""The pocket library: its files, its version, and whether a text is one for it (docs/library.md)."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from prover.errors import SetupError
from prover.lean.reading.prelude import imported_libraries, lean_project

NAME = "pocket"
VERSION = "1"
Stated = Literal["core", "pocket", "mathlib"]
"""What a statement is stated over: core Lean, the pocket library, or Mathlib."""
LIBRARIES = frozenset({"Pocket", "Mathlib"})
"""Modules whose import means the pocket library where there is no Mathlib."""

_MODULE = re.compile(r"^import Pocket\.(\w+)$", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:@\[[^\]]*\] *)*(?:(?:protected|noncomputable|scoped) )*"
    r"(?P<word>def|abbrev|structure|class|namespace|section|end)\b *(?P<name>[\w.]*)",
    re.MULTILINE,
)
_OWN = "Pocket"
_ROOT = "_root_."
_WORD = re.compile(r"\.?[^\W\d][\w.']*")
_OPENED = re.compile(r"^[ ]*open[ ]+(?:scoped[ ]+)?(?P<names>[\w. ]+?)(?:[ ]+in)?[ ]*$", re.MULTILINE)
_NOTATION = re.compile(
    r"""[ℝℂ∑∏√π⌊⌋⌈⌉≃𝓝‖ᶜ]|∃!|\bType\*|\[Z?MOD\b|⁻¹'|''
    |(?<![|\\])\|[^|\s]               # |x|
    |(?<=[\w)])[ ]?!(?![=\w!])        # n !
    |\{[^{}|\n]*[^{}|\n\s][ ]?\|[ ]   # {x | p x}
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A Lean file of the library; `name` is the module's, without ``Pocket.``."""

    name: str
    text: str


@functools.cache
def library_files() -> tuple[LibraryFile, ...]:
    """Return the library's files in the order in which they are elaborated.

    Raises:
        SetupError: the package lacks one.
    """
    folder = lean_project()
    try:
        names = _MODULE.findall((folder / "Pocket.lean").read_text(encoding="utf-8"))
        texts = [(folder / "Pocket" / f"{name}.lean").read_text(encoding="utf-8") for name in names]
    except OSError as error:
        raise SetupError(
            f"cannot read the pocket library: {error.filename}: {error.strerror}",
            advice="Install prover again.",
        ) from error
    return tuple(LibraryFile(name, text) for name, text in zip(names, texts, strict=True))


@functools.cache
def library_version() -> str:
    """Return the version, which ends in a digest of the library's text, such as ``1-0f3a9c24``."""
    digest = hashlib.sha256("".join(f"{each.name}\n{each.text}" for each in library_files()).encode())
    return f"{VERSION}-{digest.hexdigest()[:8]}"


def imports_library(text: str) -> bool:
    """Whether a text imports Mathlib or the pocket library."""
    return not LIBRARIES.isdisjoint(imported_libraries(text))


def library_of(header: str) -> Stated:
    """Return what a statement under `header`, as the engine is given it, is stated over."""
    libraries = imported_libraries(header)
    return "pocket" if _OWN in libraries else "mathlib" if "Mathlib" in libraries else "core"


def uses_library(text: str) -> bool:
    """Whether a text seems to use a name or a notation that the library has and core Lean has not.

    That is told from its words, without Lean: a text that merely has the same word counts, too. Such a text is stated
    over the library, where it means the same.
    """
    opened = {name for found in _OPENED.finditer(text) for name in found["names"].split()}
    text = _OPENED.sub("", text)
    if _NOTATION.search(text) or ("Nat" in opened and "φ" in text):
        return True
    names, last = _declared_names()
    for word in _WORD.findall(text):
        if word in names or any(f"{namespace}.{word}" in names for namespace in opened):
            return True
        head, dot, rest = word.partition(".")
        if dot and (not head or head[0].islower()) and not last.isdisjoint(rest.split(".")):
            return True
    return False


@functools.cache
def _declared_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the full names of what the library defines, and their last parts."""
    names: set[str] = set()
    for each in library_files():
        scopes: list[str] = []
        for found in _DECLARED.finditer(each.text):
            word, name = found["word"], found["name"]
            if word in ("namespace", "section"):
                scopes.append(name if word == "namespace" else "")
            elif word == "end":
                scopes = scopes[:-1]
            elif name.startswith(_ROOT):
                names.add(name.removeprefix(_ROOT))
            elif name:
                names.add(".".join([*filter(None, scopes), name]))
    names = {name for name in names if name.partition(".")[0] != _OWN}
    return frozenset(names), frozenset(name.rpartition(".")[2] for name in names if "." in name)
