"""Two runs on the same problems: the paired table, what changed, and whether luck explains it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.evaluation.analysis.numbers import Truth, truth
from prover.evaluation.analysis.problem_outcome import ProblemOutcome, problem_outcome
from prover.evaluation.analysis.statistics import Proportion, mcnemar_exact, wilson
from prover.evaluation.store.figures import ProblemFigures, RunFigures
from prover.evaluation.store.run_data import read_figures


@dataclass(frozen=True, slots=True)
class Change:
    """A problem that ended differently in the two runs."""

    name: str
    standing_a: ProblemOutcome
    standing_b: ProblemOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The paired table over `total` problems, and the two-sided exact p-value of McNemar's test.

    `truth_a` and `truth_b` are for sets that say which statements are false. `left_out` counts the problems of the
    two sets that are not in both with the same statement; it is 0 unless only common problems were asked for.
    `changes` has every difference, those in what is proved first.
    """

    run_a: Path
    run_b: Path
    total: int
    left_out: int
    proved_a: Proportion
    proved_b: Proportion
    both: int
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    neither: int
    p_value: float
    truth_a: Truth | None
    truth_b: Truth | None
    changes: tuple[Change, ...]


def compare_runs(folder_a: Path, folder_b: Path, *, common: bool = False) -> Comparison:
    """Compare the runs in two folders.

    Args:
        folder_a: the run that counts as the first.
        folder_b: the other one.
        common: compare only the problems that both sets have under the same name with the same header and
            statement.

    Raises:
        InputError: a folder has no run, the sets differ and `common` is not asked for, or they share nothing.
    """
    run_a, run_b = read_figures(folder_a), read_figures(folder_b)
    if run_a.set_hash != run_b.set_hash and not common:
        raise InputError(
            f"the runs are on different problem sets: {run_a.set_name} ({run_a.set_hash[:12]}) and "
            f"{run_b.set_name} ({run_b.set_hash[:12]})",
            advice="--common compares the problems that both have with the same statement",
        )
    pairs = _pairs(run_a, run_b)
    if not pairs:
        raise InputError("the runs have no problem in common")
    left_out = len(run_a.problems) + len(run_b.problems) - 2 * len(pairs)
    changes = [Change(a.name, problem_outcome(a), problem_outcome(b)) for a, b in pairs]
    proved_a = [each.standing_a is ProblemOutcome.PROVED for each in changes]
    proved_b = [each.standing_b is ProblemOutcome.PROVED for each in changes]
    only_a = tuple(each.name for each, a, b in zip(changes, proved_a, proved_b, strict=True) if a and not b)
    only_b = tuple(each.name for each, a, b in zip(changes, proved_a, proved_b, strict=True) if b and not a)
    both = sum(a and b for a, b in zip(proved_a, proved_b, strict=True))
    differing = [each for each in changes if each.standing_a is not each.standing_b]
    differing.sort(key=lambda each: ProblemOutcome.PROVED not in (each.standing_a, each.standing_b))
    return Comparison(
        run_a=folder_a,
        run_b=folder_b,
        total=len(pairs),
        left_out=left_out,
        proved_a=wilson(sum(proved_a), len(pairs)),
        proved_b=wilson(sum(proved_b), len(pairs)),
        both=both,
        only_a=only_a,
        only_b=only_b,
        neither=len(pairs) - both - len(only_a) - len(only_b),
        p_value=mcnemar_exact(len(only_a), len(only_b)),
        truth_a=truth([a for a, _ in pairs]),
        truth_b=truth([b for _, b in pairs]),
        changes=tuple(differing),
    )


def _pairs(run_a: RunFigures, run_b: RunFigures) -> list[tuple[ProblemFigures, ProblemFigures]]:
    others = {(each.name, each.header, each.statement): each for each in run_b.problems}
    pairs = [(each, others.get((each.name, each.header, each.statement))) for each in run_a.problems]
    return [(a, b) for a, b in pairs if b is not None]
