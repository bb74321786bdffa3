"""What stands before a statement that comes without a file: the notation prelude of `lean_project/`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from prover.errors import SetupError
from prover.lean.reading.lexer import tokens
from prover.lean.reading.text import BLANK

CORE_NAMESPACES = frozenset("Array Bool Classical Fin Function Int List Nat Option Rat".split())
"""Namespaces of core Lean that a header written for Mathlib may open."""
POCKET_NAMESPACES = frozenset(
    "BigOperators Complex Equiv Filter Finset Fintype Multiset NNReal Real Set Topology ZMod".split()
)
"""Those of Mathlib that the pocket library has."""
POCKET_IMPORT = "import Pocket\n"
NO_AUTO_BOUND = "set_option autoImplicit false\n"
"""For statements that come without imports: a letter that nothing declares is a mistake."""
AUTO_BOUND = "set_option autoImplicit true\nset_option relaxedAutoImplicit false\n"
"""For statements that import Mathlib, as Lean's own options have it; longer names are not bound, since Mathlib may
declare them. What imports the pocket library itself starts with the same options (`embedded/library.mjs`)."""

_PACKAGE = Path(__file__).parents[2]
_MATHLIB_ONLY = re.compile(r"\s*(import\b|set_option\s+maxHeartbeats\b)")
_DOCUMENTATION = re.compile(r"/-!.*?-/\n*", re.DOTALL)
_OPEN = re.compile(r"(?P<open>[ ]*open[ ]+(?:scoped[ ]+)?)(?P<names>[^\W\d][\w.]*(?:[ ]+[^\W\d][\w.]*)*)[ ]*")
_BEFORE_IMPORT = frozenset({"module", "prelude", "public", "meta"})
_NO_NAMES = frozenset({"in", "hiding", "renaming"})
_THERE = CORE_NAMESPACES | POCKET_NAMESPACES


def prelude() -> str:
    """Return the notation prelude.

    Raises:
        SetupError: the package lacks its file.
    """
    path = prelude_path()
    try:
        return path.read_text(encoding="utf-8") + "\n"
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}", advice="Install prover again.") from error


def mathlib_header() -> str:
    """Return what miniF2F's statements expect to stand before them, ``import Mathlib`` first.

    Raises:
        SetupError: the package lacks its file.
    """
    path = lean_project() / "MathlibHeader.lean"
    try:
        return _DOCUMENTATION.sub("", path.read_text(encoding="utf-8")) + "\n"
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}", advice="Install prover again.") from error


def prelude_path() -> Path:
    """Return the prelude's file."""
    return lean_project() / "Prelude.lean"


def lean_project() -> Path:
    """Return the folder of Lean sources: inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / "lean_project"
    return installed if installed.is_dir() else _PACKAGE.parent / "lean_project"


def imported_libraries(text: str) -> frozenset[str]:
    """Return what a Lean text imports, down to the library, such as Mathlib of Mathlib.Tactic."""
    return frozenset(module.partition(".")[0] for module, _ in _imports(text))


def imports_end(text: str) -> int:
    """Return where the first thing behind the imports of a Lean text is; 0 where there are none."""
    end = max((end for _, end in _imports(text)), default=0)
    return len(text) - len(text[end:].lstrip(BLANK)) if end else 0


def _imports(text: str) -> Iterator[tuple[str, int]]:
    """Yield each module that a text imports, and where its name ends; what is no import ends them, as for Lean."""
    words = (each for each in tokens(text) if each.kind not in ("comment", "doc"))
    for word in words:
        if word.text == "import":
            module = next((each for each in words if each.text != "all"), None)
            if module is not None:
                yield module.text, module.end
        elif word.text not in _BEFORE_IMPORT:
            return


def core_header(header: str, *, pocket: bool = False, auto_bound: bool = False) -> str:
    """Return `header`, written for Mathlib, as core Lean can read it.

    The prelude or, with `pocket`, the pocket library stands in for the imports; where there were some, letters that
    nothing declares are bound over the library, and with `auto_bound` over core Lean, too: without the library ``ℝ`` is
    such a letter. Limits of heartbeats go, since those of the engine apply. An opened namespace may be core Lean's, the
    library's, the header's own or Mathlib's, which Lean finds out: to open one that is not there is no error. No
    letters are bound then, since Mathlib may declare them there, as it does ``X`` in ``Polynomial``.
    Everything else is kept: if it needs Mathlib, Lean will say so.
    """
    kept = (_open_if_there(line) for line in header.split("\n") if not _MATHLIB_ONLY.match(line))
    rest = "\n".join(kept).strip(" \n")
    imports = bool(imported_libraries(header))
    binds = imports and not _opens_what_is_not_there(header)
    if pocket:
        before = f"{POCKET_IMPORT}\n" if binds else f"{POCKET_IMPORT}\n{NO_AUTO_BOUND}\n"
    else:
        before = prelude() + (f"{AUTO_BOUND}\n" if binds and auto_bound else "")
    return before + (f"{rest}\n\n" if rest else "")


def _opens_what_is_not_there(header: str) -> bool:
    """Whether a header opens a namespace that neither core Lean nor the pocket library nor the header itself has."""
    opened = {name for line in header.split("\n") for name in _opened_names(line)}
    return any(not re.search(rf"\bnamespace\s+{re.escape(name)}\b", header) for name in opened - _THERE)


def _opened_names(line: str) -> list[str]:
    found = _OPEN.fullmatch(line)
    return [] if found is None or not _NO_NAMES.isdisjoint(found["names"].split()) else found["names"].split()


def _open_if_there(line: str) -> str:
    """Return a line, and if it opens namespaces, one that goes on when there is no such namespace."""
    found = _OPEN.fullmatch(line)
    names = _opened_names(line)
    if found is None or not names:
        return line
    lines: list[str] = []
    for is_core, group in itertools.groupby(names, CORE_NAMESPACES.__contains__):
        if is_core:
            lines.append(f"{found['open']}{' '.join(group)}")
        else:
            lines += [f"#guard_msgs (drop all) in {found['open'].strip()} {name}" for name in group]
    return "\n".join(lines)
