"""The problem sets that are known by name: where they are kept, at which commit, and in which files.

None of their problems are part of this package; :mod:`prover.problems.fetch` brings them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.problems.lean_files import lean_files, read_lean_files
from prover.problems.problem import ProblemSet
from prover.problems.records import read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A public problem set in a git repository.

    `files` are the patterns of the files that hold it, relative to the repository. `header` stands before
    statements that come without one. With `answers`, definitions by `sorry` get theirs from the comment
    after them.
    """

    name: str
    title: str
    url: str
    commit: str
    files: tuple[str, ...]
    header: str = ""
    answers: bool = False


SETS = {
    each.name: each
    for each in (
        Registered(
            name="minif2f",
            title="miniF2F: school and olympiad mathematics, 244 valid, 244 test",
            url="https://github.com/yangky11/miniF2F-lean4",
            commit="5746b7d6c47855ce1294bed87329618ff7f1bc31",
            files=("MiniF2F/Valid/*.lean", "MiniF2F/Test/*.lean"),
        ),
        Registered(
            name="proofnet",
            title="ProofNet-Verified: undergraduate mathematics, 367 problems for Lean 4.28",
            url="https://github.com/marcusm117/ProofNet-Verified",
            commit="22c9c70bb5416330cdf53837017f709c6fbbca42",
            files=("data/proofnet-verified.jsonl",),
        ),
        Registered(
            name="putnambench",
            title="PutnamBench: the Putnam competition, 660 problems, answers filled in",
            url="https://github.com/trishullab/PutnamBench",
            commit="64cedd86ef523f3d5f5dc7a21c10e3f69564c7d4",
            files=("lean4/src/*.lean",),
            answers=True,
        ),
        Registered(
            name="leanworkbook",
            title="Lean Workbook: contests, translated by a model, 140,124 problems (needs git-lfs)",
            url="https://huggingface.co/datasets/internlm/Lean-Workbook",
            commit="2e066e310b2c6d2c27616927ae131f82901c8f1c",
            files=("lean_workbook.json",),
            header="import Mathlib\n\nopen BigOperators Nat Real Rat\n",
        ),
    )
}

MADE = {
    "generated": "statements drawn by generators, true and false: generated:count=1000,seed=0,level=1-5",
    "library": "theorems of Lean's own library, with what their modules import: library:Init.Data.List",
}
"""The sets that are made here and not fetched, by the word that their specification begins with."""


def read_registered(known: Registered, folder: Path) -> ProblemSet:
    """Read a set from the folder that holds its files and no others.

    Raises:
        InputError: something in them cannot be used.
    """
    problems = read_lean_files(lean_files(folder), folder, answers=known.answers)
    for path in sorted(folder.rglob("*.json*")):
        problems += read_records(path, header=known.header, name=path.relative_to(folder).as_posix())
    return ProblemSet(name=known.name, problems=tuple(problems))
