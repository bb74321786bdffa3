"""The problem sets that are known by name: where they are kept, at which commit, and in which files.

None of their problems are part of this package; :mod:`prover.problems.fetch` brings them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.problems.lean_files import files_below, lean_files, read_lean_files
from prover.problems.problem import ProblemSet, usable_set
from prover.problems.records import RECORDS, read_records


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


MATHLIB = "import Mathlib\n\nopen BigOperators Nat Real Rat\n"

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
            name="minif2f-v2c",
            title="miniF2F-v2c: miniF2F with its statements corrected against the words, all that is asked for",
            url="https://github.com/roozbeh-yz/miniF2F_v2",
            commit="0492ceae4275794c3661b466a7effe4abd6e1237",
            files=("datasets/miniF2F_v2c.jsonl",),
            header=MATHLIB,
        ),
        Registered(
            name="minif2f-v2s",
            title="miniF2F-v2s: the same with its questions simplified, the answer being given",
            url="https://github.com/roozbeh-yz/miniF2F_v2",
            commit="0492ceae4275794c3661b466a7effe4abd6e1237",
            files=("datasets/miniF2F_v2s.jsonl",),
            header=MATHLIB,
        ),
        Registered(
            name="minif2f-kimina",
            title="AI-MO/minif2f_test: miniF2F's 244 test problems with Kimina's corrections (needs git-lfs, pyarrow)",
            url="https://huggingface.co/datasets/AI-MO/minif2f_test",
            commit="5def318348521dfc34875045a9ecddf729a2b49f",
            files=("data/*.parquet",),
            header=MATHLIB,
        ),
        Registered(
            name="proofnet",
            title="ProofNet-Verified: undergraduate mathematics, 367 problems for Lean 4.28",
            url="https://github.com/marcusm117/ProofNet-Verified",
            commit="1ecc1243f96b9ab68bfeaa213568bfe8dec33eb3",
            files=("data/proofnet-verified.jsonl",),
        ),
        Registered(
            name="putnambench",
            title="PutnamBench: the Putnam competition, 672 problems, answers filled in",
            url="https://github.com/trishullab/PutnamBench",
            commit="3c9b9268ebd132d482938b8e9d242dd71fc1ebc0",
            files=("lean4/src/*.lean",),
            answers=True,
        ),
        Registered(
            name="leanworkbook",
            title="Lean Workbook: contests, translated by a model, 140,124 problems (needs git-lfs)",
            url="https://huggingface.co/datasets/internlm/Lean-Workbook",
            commit="2e066e310b2c6d2c27616927ae131f82901c8f1c",
            files=("lean_workbook.json",),
            header=MATHLIB,
        ),
    )
}

MADE = {
    "generated": "statements drawn by generators, true and false: generated:count=1000,seed=0,level=1-5",
    "library": "theorems of Lean's own library, with what their modules import, and of the pocket library, with what "
    "precedes them: library:Init.Data.List, library:Pocket.Order",
}
"""The sets that are made here and not fetched, by the word that their specification begins with."""


def read_registered(known: Registered, folder: Path, *, solved: bool = False) -> ProblemSet:
    """Read a set from the folder that holds its files and no others; `solved` as for `read_lean_files`.

    Raises:
        InputError: a file of records cannot be read, or nothing in any can be used.
        SetupError: a package is missing that reads them.
    """
    problems = read_lean_files(lean_files(folder), folder, answers=known.answers, solved=solved)
    for path in files_below(folder, *RECORDS):
        problems += read_records(path, header=known.header, name=path.relative_to(folder).as_posix())
    return usable_set(ProblemSet(name=known.name, problems=tuple(problems)), str(folder))
