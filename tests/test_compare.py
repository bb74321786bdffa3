import json
import re

import pytest
from synthetic_run import Attempt, Problem, write_run
from typer import Typer
from typer.testing import CliRunner

from prover.cli.compare import compare
from prover.errors import InputError
from prover.evaluation.analysis.compare import compare_runs
from prover.evaluation.analysis.numbers import numbers
from prover.evaluation.analysis.problem_outcome import ProblemOutcome
from prover.evaluation.analysis.summary import markdown_summary
from prover.evaluation.store.run_data import DATABASE, read_figures


def problems(proved, count=20):
    return [
        Problem(f"p{i}", attempts=[Attempt("proved" if i in proved else "failed", nodes=3)])
        for i in range(count)
    ]


def two_runs(tmp_path):
    """Run A proves p0 to p9; in B, p0 is lost and p10 to p15 are won."""
    run_a = write_run(tmp_path / "a", problems(set(range(10))))
    run_b = write_run(tmp_path / "b", problems(set(range(1, 16))))
    return run_a, run_b


def test_the_planted_difference_is_found(tmp_path):
    result = compare_runs(*two_runs(tmp_path))
    assert (result.total, result.both, result.neither, result.left_out) == (20, 9, 4, 0)
    assert result.only_a == ("p0",)
    assert result.only_b == ("p10", "p11", "p12", "p13", "p14", "p15")
    assert (result.proved_a.count, result.proved_b.count) == (10, 15)
    assert result.p_value == pytest.approx(2 * (1 + 7) / 2**7)
    assert {each.name for each in result.changes} == {*result.only_a, *result.only_b}


def test_statements_that_are_false_on_purpose_are_counted_apart(tmp_path):
    made = [
        Problem("t0", attempts=[Attempt("proved", nodes=3)], expected=True),
        Problem("t1", attempts=[Attempt("failed", nodes=3)], expected=True),
        Problem("f0", attempts=[Attempt("failed"), Attempt("disproved", negated=True)], expected=False),
        Problem("f1", attempts=[Attempt("failed"), Attempt("failed", negated=True)], expected=False),
        Problem("f2", support="unsupported", expected=False),
        Problem("unknown", attempts=[Attempt("proved", nodes=3)]),
    ]
    run = write_run(tmp_path / "a", made)
    result = compare_runs(run, run)
    truth = result.truth_a
    assert (truth.proved.count, truth.proved.total) == (1, 2)
    assert (truth.disproved.count, truth.disproved.total) == (1, 2)
    assert (truth.wrong, truth.tried) == (0, True)
    found = read_figures(run)
    assert "1 of the 2 statements that are true are proved" in markdown_summary(found, numbers(found))
    shown = CliRunner().invoke(command(), [str(run), str(run)])
    assert "1 of the 2 that are false are disproved" in shown.output
    plain = write_run(tmp_path / "b", problems({1}))
    assert compare_runs(plain, plain).truth_a is None


def test_equal_runs_do_not_differ(tmp_path):
    run_a, _ = two_runs(tmp_path)
    result = compare_runs(run_a, run_a)
    assert (result.only_a, result.only_b, result.changes, result.p_value) == ((), (), (), 1)


def test_a_changed_failure_is_shown_after_what_is_proved(tmp_path):
    run_a, _ = two_runs(tmp_path)
    others = problems(set(range(9)))
    others[19].attempts = [Attempt("engine error", nodes=1)]
    result = compare_runs(run_a, write_run(tmp_path / "c", others))
    assert [each.name for each in result.changes] == ["p9", "p19"]
    assert result.changes[1].standing_b is ProblemOutcome.ENGINE_ERROR


def test_different_sets_are_refused_unless_only_common_problems_are_asked_for(tmp_path):
    run_a, _ = two_runs(tmp_path)
    others = problems({0, 1, 2}, count=5)
    others[2].statement = "theorem p2 : 2 + 2 = 4"
    others.append(Problem("new", attempts=[Attempt("proved", nodes=3)]))
    run_b = write_run(tmp_path / "c", others, set_hash="fedcba9876543210", set_name="another set")
    with pytest.raises(InputError, match="different problem sets") as refused:
        compare_runs(run_a, run_b)
    assert "--common" in refused.value.advice
    result = compare_runs(run_a, run_b, common=True)
    assert (result.total, result.left_out) == (4, 16 + 2)
    assert result.only_a == ("p3", "p4")
    assert result.both == 2


def test_runs_with_nothing_in_common_are_refused(tmp_path):
    run_a, _ = two_runs(tmp_path)
    run_b = write_run(tmp_path / "c", [Problem("other")], set_hash="fedcba9876543210")
    with pytest.raises(InputError, match="in common"):
        compare_runs(run_a, run_b, common=True)


def test_a_folder_without_a_run_is_refused(tmp_path):
    run_a, _ = two_runs(tmp_path)
    with pytest.raises(InputError, match="is not a run"):
        compare_runs(run_a, tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / DATABASE).write_text("not a database, and long enough to be looked at" * 100)
    with pytest.raises(InputError, match="cannot read"):
        compare_runs(run_a, tmp_path / "broken")


def command():
    app = Typer()
    app.command()(compare)
    return app


def test_the_command_prints_the_table_and_the_names(tmp_path):
    run_a, run_b = two_runs(tmp_path)
    printed = CliRunner().invoke(command(), [str(run_a), str(run_b)], env={"COLUMNS": "100"}).output
    assert re.search(r"proved by A +9 +1\n", printed)
    assert re.search(r"not by A +6 +4\n", printed)
    assert "p = 0.125, no evidence that one proves more" in printed
    assert "p0  proved -> failed" in printed
    assert "p15  failed -> proved" in printed


def test_the_command_prints_json(tmp_path):
    run_a, run_b = two_runs(tmp_path)
    result = json.loads(CliRunner().invoke(command(), [str(run_a), str(run_b), "--json"]).output)
    assert result["only_a"] == ["p0"]
    assert result["changes"][0] == {"name": "p0", "standing_a": "proved", "standing_b": "failed"}
