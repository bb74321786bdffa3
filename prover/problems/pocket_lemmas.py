"""The pocket library's own theorems as problems, each behind what precedes it in the library's text.

The header of a problem is that text, which core Lean reads, and not `import Pocket`: neither the theorem nor what
comes after it is there, for any tactic. Statements are those of the text, in its namespaces and with its variables.

The text is elaborated anew by whatever opens a problem or checks its proof. That takes seconds in the first files and
more than half a minute at the end of the last.
"""

from __future__ import annotations

import re

from prover.errors import InputError
from prover.lean.reading.pocket import library_files
from prover.lean.reading.statements import declared_theorems
from prover.problems.problem import Problem, ProblemSet, distinct

POCKET = "Pocket"
_IMPORT = re.compile(r"^import .*$", re.MULTILINE)


def is_pocket(prefix: str) -> bool:
    """Whether a module, or the beginning of several, is one of the pocket library."""
    return prefix.partition(".")[0] == POCKET


def pocket_lemmas(prefix: str) -> ProblemSet:
    """Return the problems of the pocket library, or of one of its files, such as ``Pocket.Order``.

    Private theorems are none.

    Raises:
        InputError: there is no such file, or it has no theorems.
        SetupError: the package lacks the library.
    """
    text, ends = "import Init\n\n", []
    for file in library_files():
        text += f"section\n{_IMPORT.sub('', file.text).strip()}\nend\n\n"
        ends.append((len(text), f"{POCKET}.{file.name}"))
    modules = [module for _, module in ends]
    if prefix not in (POCKET, *modules):
        raise InputError(
            f"the pocket library has no file {prefix}",
            advice=f"Name {POCKET} or one of {', '.join(modules)}.",
        )
    problems: list[Problem] = []
    for each in declared_theorems(text):
        module = next(module for end, module in ends if each.begin < end)
        if prefix in (POCKET, module) and "private" not in each.statement.partition("theorem")[0].split():
            problems.append(
                Problem(
                    name=each.full_name,
                    statement=each.statement,
                    header=text[: each.begin].strip() + "\n\n",
                    informal=each.informal,
                    category=module,
                    source=module,
                )
            )
    if not problems:
        raise InputError(f"{prefix} has no theorems")
    return ProblemSet(
        name=f"library-{prefix}", problems=tuple(distinct(problems, [each.source for each in problems]))
    )
