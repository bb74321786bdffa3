"""What of a run fits into a page: everything, or of a large run a sample, with a count of what was left out.

A page is one file that a browser loads whole. So of a run of 100,000 problems it has every number, a row for each
problem without its statement, and the details and search trees of some, drawn at random with a fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from prover.evaluation.analysis.numbers import Numbers
from prover.evaluation.report.payload import pack, pack_problem, pack_tree, page_data
from prover.evaluation.store.figures import ProblemFigures, RunFigures
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.run_data import RunReader

MOST_BYTES = 19_000_000
"""What the data in a page may take; the code and the style beside it are small."""
MOST_ROWS = 100_000
"""Problems in a page's table; with more, a browser is slow."""
ROWS_SHARE = 0.5
DETAILS_SHARE = 0.5
"""The rows may take half of the page; the details of problems half of the rest, search trees what is left."""


@dataclass(slots=True)
class LeftOut:
    """What is not in the page: rows and details of problems, trees of problems whose details are there."""

    rows: int = 0
    statements: int = 0
    problems: int = 0
    trees: int = 0


@dataclass(slots=True)
class Chunks:
    """Packed texts by the name under which the page finds them."""

    packed: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def add(self, name: str, text: str, most: float) -> bool:
        """Add a text, unless all would then be larger than `most` characters; say whether it was added."""
        if self.size + len(text) > most:
            return False
        self.packed[name] = text
        self.size += len(text)
        return True


def chosen_chunks(
    reader: RunReader, run: RunFigures, found: Numbers, most: float = MOST_BYTES
) -> dict[str, str]:
    """Return the packed texts of a page of at most `most` characters, by name, in the order of the problems."""
    left_out, chunks = LeftOut(), Chunks()
    shown = _add_rows(chunks, run, found, left_out, most)
    order = random.Random(0).sample(shown, len(shown)) if len(shown) > 1 else shown
    detailed = _add_details(chunks, reader, order, left_out, most)
    _add_trees(chunks, reader, detailed, left_out, most)
    return {"page": chunks.packed.pop("page"), "left-out": pack(asdict(left_out))} | {
        name: chunks.packed[name] for name in sorted(chunks.packed, key=_place)
    }


def _place(name: str) -> tuple[str, int]:
    kind, _, number = name.partition("-")
    return kind, int(number)


def _add_rows(
    chunks: Chunks, run: RunFigures, found: Numbers, left_out: LeftOut, most: float
) -> Sequence[ProblemFigures]:
    """Add what the page shows first, of a large run without statements, then with fewer rows; return their problems."""
    rows = min(MOST_ROWS, len(run.problems))
    statements = True
    while True:
        every = -(-len(run.problems) // rows) if rows else 1
        shown = run.problems[::every]
        if chunks.add("page", pack(page_data(run, found, shown, statements=statements)), ROWS_SHARE * most):
            break
        assert rows, "the numbers alone fit"
        rows, statements = (rows, False) if statements else (rows // 2, False)
    left_out.rows = len(run.problems) - len(shown)
    left_out.statements = 0 if statements else len(shown)
    return shown


def _add_details(
    chunks: Chunks, reader: RunReader, order: Iterable[ProblemFigures], left_out: LeftOut, most: float
) -> list[ProblemRow]:
    room = chunks.size + DETAILS_SHARE * (most - chunks.size)
    detailed: list[ProblemRow] = []
    full = False
    for each in order:
        if not full:
            problem = reader.problem(each.id)
            full = not chunks.add(
                f"problem-{problem.id}", pack_problem(problem, reader.tries(problem.id)), room
            )
            if not full:
                detailed.append(problem)
        left_out.problems += full
    return detailed


def _add_trees(
    chunks: Chunks, reader: RunReader, detailed: Iterable[ProblemRow], left_out: LeftOut, most: float
) -> None:
    full = False
    attempts = (attempt for problem in detailed for attempt in problem.attempts if attempt.nodes)
    for attempt in attempts:
        nodes, steps = ((), ()) if full else reader.tree(attempt.id)
        if nodes:
            full = not chunks.add(f"tree-{attempt.id}", pack_tree(nodes, steps), most)
        left_out.trees += full
