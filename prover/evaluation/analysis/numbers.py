"""The numbers of a run: what was proved, out of what, at what cost, and how much of it needed a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prover.evaluation.analysis.answers import AnswerNumbers, answer_numbers
from prover.evaluation.analysis.curves import Curve, Spent, solve_curve
from prover.evaluation.analysis.problem_outcome import (
    REFUSED,
    ProblemOutcome,
    automation_name,
    closed_by,
    problem_outcome,
)
from prover.evaluation.analysis.scaling import Scaling, fit_scaling
from prover.evaluation.analysis.statistics import (
    Proportion,
    mean,
    pass_at_k,
    quantile,
    stopped_pass_at_k,
    wilson,
)
from prover.evaluation.store.figures import Cost, ProblemFigures, RunFigures
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
class Numbers:
    """Everything that the report and the summary state about a run.

    `proved_supported` and `proved_all` have the same count over different totals. `lengths` counts proofs by
    their tactics, the shortest proof of each problem. `libraries` has a row for each of what statements are over:
    ``core``, ``pocket``, ``mathlib``. `median_s` is the median time of a first proof. `truth` is None
    for a set that does not say of any statement that it is false. `stop_at_proof` is the number of proofs
    that ended the attempts at a problem, None where all passes were made; it decides how `pass_at_k` is estimated.
    `scaling` is how coverage grows with passes, None where there are too few; `answers` is None without a chat model.
    """

    standings: Mapping[ProblemOutcome, int]
    passes: int
    stop_at_proof: int | None
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
    scaling: Scaling | None
    answers: AnswerNumbers | None
    cost: Cost


def numbers(run: RunFigures) -> Numbers:
    """Compute the numbers of `run`."""
    problems = run.problems
    standings = {problem.id: problem_outcome(problem) for problem in problems}
    counted = Counter(standings.values())
    proved = counted[ProblemOutcome.PROVED]
    shortest = [each.sums.shortest for each in problems if each.sums.shortest is not None]
    curves = tuple(solve_curve(problems, spent) for spent in Spent)
    seconds = [when for when, step in _rises(curves[0]) for _ in range(step)]
    return Numbers(
        standings={each: counted[each] for each in ProblemOutcome},
        passes=_passes(problems),
        stop_at_proof=run.config.get("stop_at_proof"),
        proved_supported=wilson(proved, len(problems) - sum(counted[each] for each in REFUSED)),
        proved_all=wilson(proved, len(problems)),
        pass_at_k=_pass_at_k(run, standings),
        automation=_automation(problems, standings),
        categories=_categories(problems, standings, lambda problem: problem.category),
        libraries=_categories(problems, standings, lambda problem: library_of(problem.header)),
        curves=curves,
        lengths=dict(sorted(Counter(shortest).items())),
        median_length=quantile(shortest, 0.5),
        median_s=quantile(seconds, 0.5),
        truth=truth(problems),
        scaling=_scaling(run, standings),
        answers=_answers(run, standings),
        cost=run.cost,
    )


def truth(problems: Sequence[ProblemFigures]) -> Truth | None:
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
        tried=any(each.sums.negations for each in problems),
    )


def _rises(curve: Curve) -> Iterable[tuple[float, int]]:
    before = 0
    for amount, solved in curve.points:
        yield amount, solved - before
        before = solved


def _pass_at_k(run: RunFigures, standings: Mapping[int, ProblemOutcome]) -> tuple[PassAtK, ...]:
    """Estimate pass@k for 1, 2, 4, ... and the number of passes.

    An attempt that is missing or ended in an error counts as a failed one. So every problem has as many
    attempts as there are passes, and while a run is unfinished the estimates are lower bounds.
    """
    stop_at = run.config.get("stop_at_proof")
    passes = run.config["passes"] if stop_at else _passes(run.problems)
    ks = sorted(
        {2**i for i in range(passes.bit_length()) if 2**i <= passes} | ({passes} if passes else set())
    )

    def estimate(problem: ProblemFigures, k: int) -> float:
        proved_in = problem.sums.proved_in
        if stop_at:
            return stopped_pass_at_k(passes, proved_in, stop_at, k)
        return pass_at_k(passes, len(proved_in), k)

    supported = [each for each in run.problems if standings[each.id] not in REFUSED]
    return tuple(
        PassAtK(
            k,
            mean([estimate(each, k) for each in supported]),
            mean([estimate(each, k) for each in run.problems]),
        )
        for k in ks
    )


def _scaling(run: RunFigures, standings: Mapping[int, ProblemOutcome]) -> Scaling | None:
    """Fit how coverage grows with passes; None where problems had different numbers of them."""
    if run.config.get("stop_at_proof"):
        return None
    supported = [each for each in run.problems if standings[each.id] not in REFUSED]
    return fit_scaling(_passes(run.problems), [len(each.sums.proved_in) for each in supported])


def _answers(run: RunFigures, standings: Mapping[int, ProblemOutcome]) -> AnswerNumbers | None:
    if not run.answers or not any(run.answer_tokens):  # the heuristic's plans are no answers
        return None
    config = run.config
    return answer_numbers(
        run.answers,
        [each.id for each in run.problems if standings[each.id] not in REFUSED],
        tokens=run.answer_tokens,
        prices=(config.get("price_input"), config.get("price_output")),
        seconds=run.cost.wall_s,
        proved=sum(each is ProblemOutcome.PROVED for each in standings.values()),
    )


def _passes(problems: Iterable[ProblemFigures]) -> int:
    return max((problem.sums.passes for problem in problems), default=0)


def _automation(problems: Iterable[ProblemFigures], standings: Mapping[int, ProblemOutcome]) -> Automation:
    tactics: Counter[str] = Counter()
    tried = closed = also_proved = search_only = 0
    for problem in problems:
        closing = closed_by(problem)
        is_solved = standings[problem.id] is ProblemOutcome.PROVED
        for tactic, closes in problem.automation.items():
            if name := automation_name(tactic):
                tactics[name] += closes
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
    problems: tuple[ProblemFigures, ...],
    standings: Mapping[int, ProblemOutcome],
    name_of: Callable[[ProblemFigures], str],
) -> tuple[CategoryRow, ...]:
    members: dict[str, list[ProblemFigures]] = {}
    for problem in problems:
        members.setdefault(name_of(problem), []).append(problem)
    return tuple(_category(name, members[name], standings) for name in sorted(members))


def _category(
    name: str, members: list[ProblemFigures], standings: Mapping[int, ProblemOutcome]
) -> CategoryRow:
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
