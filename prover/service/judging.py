"""Statements and contents as programs send them, for :meth:`prover.AsyncLean.check_file`."""

from __future__ import annotations

from collections.abc import Sequence

from prover.api.elaborating import Framed
from prover.errors import InputError
from prover.lean.reading.prelude import imported_libraries, imports_end, prelude
from prover.lean.reading.text import lean_text
from prover.lean.trust.lock import Lock


def lock_of(given: Framed, names: Sequence[str] = (), source: str = "formal_statement") -> Lock:
    """Lock the theorems of a text that is framed.

    Raises:
        InputError: it has no such theorem, or several.
    """
    return Lock.of(given.whole, source, names, preamble=given.preamble)


def under_imports_of(lock: Lock, content: str, *, ignore_imports: bool) -> Framed:
    """Return the content under the imports of the statement's file, with blanks for its own.

    Raises:
        InputError: it imports something else, and that is not to be ignored.
    """
    content = lean_text(content, "content")
    at = imports_end(content)
    own, theirs = imported_libraries(content), imported_libraries(lock.text)
    if not ignore_imports and own != theirs:
        raise InputError(
            f"the content imports {', '.join(sorted(own)) or 'nothing'}, the statement "
            f"{', '.join(sorted(theirs)) or 'nothing'}",
            advice="Import the same, or set ignore_imports.",
        )
    rest = "\n" * content.count("\n", 0, at) + content[at:]
    return Framed(rest, 0, lock.preamble, by_engine=lock.preamble == prelude())
