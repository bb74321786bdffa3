import itertools
import math
import random
import sqlite3
from fractions import Fraction

import numpy as np
import pytest
from synthetic_run import Attempt, Problem, varied_problems, write_run

from prover.evaluation.analysis.answers import answer_numbers, refine_at_k
from prover.evaluation.analysis.curves import Spent, solve_curve
from prover.evaluation.analysis.numbers import numbers
from prover.evaluation.analysis.problem_outcome import ProblemOutcome
from prover.evaluation.analysis.scaling import fit_scaling
from prover.evaluation.analysis.statistics import (
    mcnemar_exact,
    mean,
    pass_at_k,
    quantile,
    stopped_pass_at_k,
    wilson,
)
from prover.evaluation.store.answers import Answered
from prover.evaluation.store.run_data import DATABASE, read_figures


@pytest.mark.parametrize("attempts", range(1, 9))
def test_pass_at_k_is_the_part_of_all_subsets_with_a_success(attempts):
    for successes in range(attempts + 1):
        results = [i < successes for i in range(attempts)]
        for k in range(1, attempts + 1):
            subsets = list(itertools.combinations(results, k))
            enumerated = sum(map(any, subsets)) / len(subsets)
            assert pass_at_k(attempts, successes, k) == pytest.approx(enumerated, abs=1e-12)


def test_pass_at_k_of_many_attempts_does_not_overflow():
    exact = 1 - math.comb(9900, 5000) / math.comb(10000, 5000)
    assert pass_at_k(10000, 100, 5000) == pytest.approx(exact)
    assert pass_at_k(10000, 1, 1) == pytest.approx(1e-4)


@pytest.mark.parametrize("wrong", [(2, 3, 1), (2, -1, 1), (2, 1, 3), (2, 1, 0)])
def test_pass_at_k_refuses_what_it_cannot_estimate(wrong):
    with pytest.raises(ValueError, match="attempts"):
        pass_at_k(*wrong)


def test_mean():
    assert mean([0.5, 1.0]) == 0.75
    assert mean([]) == 0


@pytest.mark.parametrize("stop_at", [1, 2, 3, 7])
@pytest.mark.parametrize("chance", [Fraction(1, 20), Fraction(1, 3), Fraction(9, 10)])
def test_the_estimate_of_stopped_attempts_has_the_true_mean(stop_at, chance):
    """Over every sequence of six attempts, weighted by its probability: the mean is 1 - (1 - p)^k to the last digit."""
    attempts = 6
    for k in range(1, attempts + 1):
        total = Fraction(0)
        for ends in itertools.product((False, True), repeat=attempts):
            made, weight = [], Fraction(1)
            for place, success in enumerate(ends):
                if len(made) == stop_at:
                    break
                weight *= chance if success else 1 - chance
                made += [place] * success
            else:
                place = attempts
            repeats = 2 ** (attempts - place)  # the sequences that differ behind the end only
            estimate = stopped_pass_at_k(attempts, made, stop_at, k)
            total += weight * Fraction(estimate).limit_denominator(10**6) / repeats
        assert total == 1 - (1 - chance) ** k


def test_the_estimate_of_stopped_attempts_in_a_simulation():
    """The mean over many runs is the truth; the usual estimate from the same attempts is far from it."""
    rng = random.Random(1)
    passes, stop_at, k, chance = 16, 3, 4, 0.2
    estimates, usual = [], []
    for _ in range(20_000):
        successes = [place for place in range(passes) if rng.random() < chance]
        estimates.append(stopped_pass_at_k(passes, successes, stop_at, k))
        made = successes[stop_at - 1] + 1 if len(successes) >= stop_at else passes
        usual.append(pass_at_k(max(made, k), min(len(successes), stop_at), k))
    truth = 1 - (1 - chance) ** k
    assert mean(estimates) == pytest.approx(truth, abs=0.006)
    assert mean(usual) > truth + 0.03


def test_what_lies_behind_the_end_changes_nothing():
    assert stopped_pass_at_k(8, [1, 2, 5], 2, 1) == stopped_pass_at_k(8, [1, 2], 2, 1) == 0.5
    assert stopped_pass_at_k(8, [3], 1, 3) == 0
    assert stopped_pass_at_k(8, [3], 1, 4) == 1
    assert stopped_pass_at_k(8, [3], 2, 4) == pass_at_k(8, 1, 4)
    for wrong in ((8, [], 0, 1), (8, [], 1, 9), (8, [], 1, 0)):
        with pytest.raises(ValueError, match="cannot be estimated"):
            stopped_pass_at_k(*wrong)


def test_wilson_by_hand():
    # z = 1.959964, z^2 = 3.841459. For 8 of 10: centre (0.8 + 0.1920729) / 1.3841459 = 0.7167403,
    # half sqrt(0.8 * 0.2 / 10 + 3.841459 / 400) * 1.959964 / 1.3841459 = 0.2265777.
    part = wilson(8, 10)
    assert (part.low, part.high) == (pytest.approx(0.490162, abs=1e-6), pytest.approx(0.943318, abs=1e-6))
    # For none of n the interval ends at z^2 / (n + z^2).
    assert wilson(0, 20).low == 0
    assert wilson(0, 20).high == pytest.approx(3.841459 / 23.841459, abs=1e-7)
    assert wilson(20, 20).low == pytest.approx(20 / 23.841459, abs=1e-7)
    assert wilson(20, 20).high == 1


@pytest.mark.parametrize(("count", "total"), [(1, 3), (36, 60), (117, 244)])
def test_wilson_ends_where_the_score_test_does(count, total):
    part = wilson(count, total)
    for end in (part.low, part.high):
        z = abs(part.value - end) / math.sqrt(end * (1 - end) / total)
        assert z == pytest.approx(1.959964, abs=1e-5)


def test_wilson_of_nothing_and_of_nonsense():
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
    for wrong in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError):
            wilson(*wrong)
    with pytest.raises(ValueError):
        wilson(1, 2, confidence=1)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(0, 0, 1), (1, 1, 1), (0, 6, 2 / 64), (2, 8, 2 * 56 / 1024), (5, 4, 1)]
)
def test_mcnemar_by_hand(only_a, only_b, p):
    assert mcnemar_exact(only_a, only_b) == pytest.approx(p)
    assert mcnemar_exact(only_b, only_a) == pytest.approx(p)


def test_mcnemar_of_large_and_of_negative_counts():
    assert 0 < mcnemar_exact(1000, 1200) < 1e-4
    with pytest.raises(ValueError):
        mcnemar_exact(-1, 2)


def test_quantile():
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([1, 2], 0.5) == 1.5
    assert quantile([], 0.5) == 0


def made_run(tmp_path):
    problems = [
        Problem(
            "easy", closers=("omega",), attempts=[Attempt("proved", wall_s=1), Attempt("proved", wall_s=1)]
        ),
        Problem(
            "second",
            attempts=[Attempt("failed", wall_s=10, expansions=20), Attempt("proved", wall_s=3, length=4)],
        ),
        Problem(
            "missed",
            "imo",
            closers=("simp",),
            attempts=[Attempt("failed", wall_s=10), Attempt("engine error")],
        ),
        Problem("broken", "imo", attempts=[Attempt("engine error"), Attempt("engine error")]),
        Problem("false", "imo", attempts=[Attempt("failed"), Attempt("disproved", negated=True)]),
        Problem("waiting", "imo"),
        Problem("real", "imo", support="unsupported"),
        Problem("typo", "imo", support="invalid"),
        Problem("definition", "imo", support="unusable"),
    ]
    return read_figures(write_run(tmp_path, problems))


def test_nothing_leaves_the_denominator(tmp_path):
    found = numbers(made_run(tmp_path))
    assert found.standings == {
        ProblemOutcome.PROVED: 2,
        ProblemOutcome.DISPROVED: 1,
        ProblemOutcome.FAILED: 1,
        ProblemOutcome.POLICY_ERROR: 0,
        ProblemOutcome.ENGINE_ERROR: 1,
        ProblemOutcome.UNATTEMPTED: 1,
        ProblemOutcome.INVALID: 1,
        ProblemOutcome.UNSUPPORTED: 1,
        ProblemOutcome.UNUSABLE: 1,
    }
    assert (found.proved_supported.count, found.proved_supported.total) == (2, 6)
    assert (found.proved_all.count, found.proved_all.total) == (2, 9)
    assert [
        (row.name, row.total, row.supported, row.proved.count, row.errors) for row in found.categories
    ] == [
        ("algebra", 2, 2, 2, 0),
        ("imo", 7, 4, 0, 1),
    ]


def test_pass_at_k_counts_missing_and_spoilt_attempts_as_failed(tmp_path):
    by_k = {each.k: each for each in numbers(made_run(tmp_path)).pass_at_k}
    assert set(by_k) == {1, 2}
    assert by_k[1].of_supported == pytest.approx((1 + 0.5) / 6)
    assert by_k[2].of_supported == pytest.approx(2 / 6)
    assert by_k[2].of_all == pytest.approx(2 / 9)


def test_automation_is_counted_apart(tmp_path):
    found = numbers(made_run(tmp_path)).automation
    assert dict(found.tactics) == {"omega": 1, "simp": 1, "decide": 0, "grind": 0}
    assert (found.problems, found.closed, found.also_proved, found.search_only) == (6, 2, 1, 1)


def test_solve_curves_add_up_the_passes_before_the_success(tmp_path):
    run = made_run(tmp_path)
    assert solve_curve(run.problems, Spent.SECONDS).points == ((1.0, 1), (13.0, 2))
    assert solve_curve(run.problems, Spent.EXPANSIONS).points == ((10.0, 1), (30.0, 2))
    found = numbers(run)
    assert found.lengths == {2: 1, 4: 1}
    assert found.median_length == 3
    assert found.median_s == 7


def test_a_proof_without_its_verified_text_is_not_counted(tmp_path):

    made_run(tmp_path)
    database = sqlite3.connect(tmp_path / DATABASE)
    database.execute("DELETE FROM proof")
    database.commit()
    database.close()
    assert numbers(read_figures(tmp_path)).proved_all.count == 0


def test_numbers_of_a_large_run_agree_with_each_other(tmp_path):
    found = numbers(read_figures(write_run(tmp_path, varied_problems(120, nodes=4))))
    assert sum(found.standings.values()) == found.proved_all.total == 120
    assert sum(row.total for row in found.categories) == 120
    assert sum(row.proved.count for row in found.categories) == found.proved_all.count
    assert sum(found.lengths.values()) == found.proved_all.count
    assert found.pass_at_k[-1].of_all == pytest.approx(found.proved_all.value)
    assert all(curve.points[-1][1] == found.proved_all.count for curve in found.curves)
    assert found.automation.also_proved + found.automation.search_only == found.proved_all.count


def test_the_scaling_law_is_found_where_it_holds():
    """Chances are drawn so that coverage follows log c = a k^-b nearly: what a fit of the true coverage gives, too."""
    chance = random.Random(3)
    chances = [chance.betavariate(0.25, 2.0) for _ in range(400)]
    attempts = 64
    successes = [sum(chance.random() < each for _ in range(attempts)) for each in chances]
    found = fit_scaling(attempts, successes)
    ks = np.array([k for k, _ in found.points])
    true = np.array([np.mean([1 - (1 - each) ** int(k) for each in chances]) for k in ks])
    slope, intercept = np.polyfit(np.log(ks), np.log(-np.log(true)), 1)
    assert [k for k, _ in found.points] == [1, 2, 4, 8, 16, 32, 64]
    assert [share for _, share in found.points] == pytest.approx(true, abs=0.02)
    assert (found.a, found.b.value) == pytest.approx((-math.exp(intercept), -slope), abs=0.1)
    assert found.b.low < -slope < found.b.high
    assert found.next_k == 128
    assert found.expected.low < np.mean([1 - (1 - each) ** 128 for each in chances]) < found.expected.high
    assert fit_scaling(attempts, successes) == found


@pytest.mark.parametrize(
    ("attempts", "successes"), [(2, [1, 0]), (8, []), (8, [0, 0]), (8, [8, 8]), (0, [])], ids=str
)
def test_there_is_no_scaling_law_of_too_little(attempts, successes):
    assert fit_scaling(attempts, successes) is None


def test_refine_at_k_by_hand():
    first, repair = (
        (lambda proved, tokens=100: Answered(0, tokens, proved)),
        (lambda proved: Answered(1, 50, proved)),
    )
    problems = [
        [first(True)],
        [first(False), repair(True), first(False)],
        [first(False), repair(False), first(True)],
        [first(False), first(False), repair(False)],
        [],
    ]
    rows = refine_at_k(problems)
    assert [(row.k, row.tokens) for row in rows] == [(1, 100), (2, 200)]
    assert [(row.first_only.count, row.refined.count) for row in rows] == [(1, 1), (2, 2)]
    assert [row.refined.total for row in rows] == [5, 5]
    more = refine_at_k([*problems[:4], [first(False), first(False), first(False)]])
    assert [(row.k, row.first_only.count, row.refined.count) for row in more] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 2, 3),
    ]


def test_refine_at_k_without_repairs_is_left_out():
    assert refine_at_k([[Answered(0, 10, True)], [Answered(0, 10, False)]]) == ()
    assert refine_at_k([]) == ()


def test_what_a_proved_theorem_cost():
    answers = {0: [Answered(0, 60, True)], 1: [Answered(0, 40, False)]}
    found = answer_numbers(answers, [0, 1], tokens=(300, 100), prices=(2.0, 10.0), seconds=30.0, proved=1)
    assert (found.answers, found.tokens_per_proved, found.seconds_per_proved) == (2, 400, 30)
    assert found.money == pytest.approx(0.0016)
    nothing = answer_numbers(answers, [0, 1], tokens=(300, 100), prices=(None, None), seconds=30.0, proved=0)
    assert (nothing.money, nothing.tokens_per_proved, nothing.money_per_proved) == (None, None, None)
