"""The numbers of a run: what was proved, out of what, at what cost, and how much of it needed a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prover.evaluation.analysis.curves import Curve, Spent, solve_curve
from prover.evaluation.analysis.problem_outcome import (
    REFUSED,
    ProblemOutcome,
    automation_name,
    closed_by,
    is_proved,
    problem_outcome,
    proof_attempts,
)
from prover.evaluation.analysis.statistics import Proportion, mean_pass_at_k, quantile, wilson
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.run_data import RunData
from prover.lean.reading.pocket import library_of


@dataclass(frozen=True, slots=True)
class PassAtK:
    """The estimate of pass@k as a mean over the supported problems and over all of them."""

    k: int
    of_supported: float
    of_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """One category of problems, or all of them.

    `supported` are the problems that were not found unsupported, invalid or unusable; `automation` those that one call
    of a closing tactic proves, whether or not the search proved them too; `errors` those that ended in one.
    """

    name: str
    total: int
    supported: int
    automation: int
    errors: int
    proved: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """What one call of a closing tactic does beside the search, counted in problems.

    `problems` is how many it was tried on, `closed` how many it closes; `also_proved` of those the search
    proved too; `search_only` are proved by the search and not closed by any of `tactics`.
    """

    tactics: Mapping[str, int]
    problems: int
    closed: int
    also_proved: int
    search_only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How the run did on statements of which the set says whether they are true, the refused ones left out.

    `proved` and `disproved` are out of those that it says are true and false, `wrong` counts those that came to the
    opposite, which means that the set is mistaken. `tried` says whether negations were searched.
    """

    proved: Proportion
    disproved: Proportion
    wrong: int
    tried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Sums over all attempts, those at negations included; times in seconds.

    Searches overlap, and so do Lean and policy within one search, so no sum here is how long the run took.
    """

    attempts: int
    wall_s: float
    lean_s: float
    policy_s: float
    verify_s: float
    idle_s: float
    expansions: int
    tactics: int
    nodes: int
    policy_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Everything that the report and the summary state about a run.

    `proved_supported` and `proved_all` have the same count over different totals. `lengths` counts proofs by
    their tactics, the shortest proof of each problem. `libraries` has a row for each of what statements are over:
    ``core``, ``pocket``, ``mathlib``. `median_s` is the median time of a first proof. `truth` is None
    for a set that does not say of any statement that it is false.
    """

    standings: Mapping[ProblemOutcome, int]
    passes: int
    proved_supported: Proportion
    proved_all: Proportion
    pass_at_k: tuple[PassAtK, ...]
    automation: Automation
    categories: tuple[CategoryRow, ...]
    libraries: tuple[CategoryRow, ...]
    curves: tuple[Curve, ...]
    lengths: Mapping[int, int]
    median_length: float
    median_s: float
    truth: Truth | None
    cost: Cost


def numbers(run: RunData) -> Numbers:
    """Compute the numbers of `run`."""
    problems = run.problems
    standings = {problem.id: problem_outcome(problem) for problem in problems}
    counted = Counter(standings.values())
    proved = counted[ProblemOutcome.PROVED]
    shortest = [
        _shortest_proof(problem) for problem in problems if standings[problem.id] is ProblemOutcome.PROVED
    ]
    curves = tuple(solve_curve(problems, spent) for spent in Spent)
    seconds = [when for when, step in _rises(curves[0]) for _ in range(step)]
    return Numbers(
        standings={each: counted[each] for each in ProblemOutcome},
        passes=_passes(problems),
        proved_supported=wilson(proved, len(problems) - sum(counted[each] for each in REFUSED)),
        proved_all=wilson(proved, len(problems)),
        pass_at_k=_pass_at_k(problems, standings),
        automation=_automation(problems, standings),
        categories=_categories(problems, standings, lambda problem: problem.category),
        libraries=_categories(problems, standings, lambda problem: library_of(problem.header)),
        curves=curves,
        lengths=dict(sorted(Counter(shortest).items())),
        median_length=quantile(shortest, 0.5),
        median_s=quantile(seconds, 0.5),
        truth=truth(problems),
        cost=_cost(problems),
    )


def truth(problems: Sequence[ProblemRow]) -> Truth | None:
    """Count the outcomes of statements known to be true or false; None if no statement is known to be false."""
    if not any(each.expected is False for each in problems):
        return None
    counted = Counter((each.expected, problem_outcome(each)) for each in problems)
    totals = {
        known: sum(n for (expected, end), n in counted.items() if expected is known and end not in REFUSED)
        for known in (True, False)
    }
    return Truth(
        proved=wilson(counted[True, ProblemOutcome.PROVED], totals[True]),
        disproved=wilson(counted[False, ProblemOutcome.DISPROVED], totals[False]),
        wrong=counted[True, ProblemOutcome.DISPROVED] + counted[False, ProblemOutcome.PROVED],
        tried=any(attempt.negated for each in problems for attempt in each.attempts),
    )


def _rises(curve: Curve) -> Iterable[tuple[float, int]]:
    before = 0
    for amount, solved in curve.points:
        yield amount, solved - before
        before = solved


def _shortest_proof(problem: ProblemRow) -> int:
    return min(
        each.proof.length for each in proof_attempts(problem) if is_proved(each) and each.proof is not None
    )


def _passes(problems: Iterable[ProblemRow]) -> int:
    return max(
        (each.pass_number + 1 for problem in problems for each in proof_attempts(problem)),
        default=0,
    )


def _pass_at_k(
    problems: tuple[ProblemRow, ...], standings: Mapping[int, ProblemOutcome]
) -> tuple[PassAtK, ...]:
    """Estimate pass@k for 1, 2, 4, ... and the number of passes.

    An attempt that is missing or ended in an error counts as a failed one. So every problem has as many
    attempts as there are passes, and while a run is unfinished the estimates are lower bounds.
    """
    passes = _passes(problems)
    ks = sorted(
        {2**i for i in range(passes.bit_length()) if 2**i <= passes} | ({passes} if passes else set())
    )
    counts = {problem.id: (passes, sum(map(is_proved, problem.attempts))) for problem in problems}
    supported = [counts[problem.id] for problem in problems if standings[problem.id] not in REFUSED]
    return tuple(PassAtK(k, mean_pass_at_k(supported, k), mean_pass_at_k(counts.values(), k)) for k in ks)


def _automation(problems: Iterable[ProblemRow], standings: Mapping[int, ProblemOutcome]) -> Automation:
    tactics: Counter[str] = Counter()
    tried = closed = also_proved = search_only = 0
    for problem in problems:
        closing = closed_by(problem)
        is_solved = standings[problem.id] is ProblemOutcome.PROVED
        for call in problem.automation:
            if name := automation_name(call):
                tactics[name] += call.closed
        tried += bool(problem.automation)
        closed += bool(closing)
        also_proved += bool(closing) and is_solved
        search_only += is_solved and not closing
    return Automation(
        tactics=dict(sorted(tactics.items(), key=lambda item: (-item[1], item[0]))),
        problems=tried,
        closed=closed,
        also_proved=also_proved,
        search_only=search_only,
    )


def _categories(
    problems: tuple[ProblemRow, ...],
    standings: Mapping[int, ProblemOutcome],
    name_of: Callable[[ProblemRow], str],
) -> tuple[CategoryRow, ...]:
    members: dict[str, list[ProblemRow]] = {}
    for problem in problems:
        members.setdefault(name_of(problem), []).append(problem)
    return tuple(_category(name, members[name], standings) for name in sorted(members))


def _category(name: str, members: list[ProblemRow], standings: Mapping[int, ProblemOutcome]) -> CategoryRow:
    counted = Counter(standings[problem.id] for problem in members)
    supported = len(members) - sum(counted[each] for each in REFUSED)
    return CategoryRow(
        name=name,
        total=len(members),
        supported=supported,
        automation=sum(bool(closed_by(problem)) for problem in members),
        errors=counted[ProblemOutcome.POLICY_ERROR] + counted[ProblemOutcome.ENGINE_ERROR],
        proved=wilson(counted[ProblemOutcome.PROVED], supported),
    )


def _cost(problems: Iterable[ProblemRow]) -> Cost:
    attempts = [attempt for problem in problems for attempt in problem.attempts]
    return Cost(
        attempts=len(attempts),
        wall_s=sum(each.wall_s for each in attempts),
        lean_s=sum(each.lean_s for each in attempts),
        policy_s=sum(each.policy_s for each in attempts),
        verify_s=sum(each.verify_s for each in attempts),
        idle_s=sum(each.idle_s for each in attempts),
        expansions=sum(each.expansions for each in attempts),
        tactics=sum(each.tactics for each in attempts),
        nodes=sum(each.nodes for each in attempts),
        policy_tokens=sum(each.policy_tokens for each in attempts),
    )
