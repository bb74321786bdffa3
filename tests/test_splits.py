"""Statements compared as text: near-duplicates, splits by content, and training sets without evaluation sets."""

from __future__ import annotations

from collections import Counter

import pytest

from prover.problems.decontamination import decontaminate
from prover.problems.generators.generate import Specification, generate
from prover.problems.problem import Problem, ProblemSet
from prover.problems.splits import assign_splits, normalise_statement, without_near_duplicates

SQUARES = "(a b : ℤ) (h : a + b = 5) : a ^ 2 + b ^ 2 + 2 * a * b = 25"
RENAMED = "(x y : Int)\n  (h₀ : x + y = 5) : x ^ 2 + y ^ 2 + 2 * x * y = 25"
OTHER_NUMBER = "(a b : ℤ) (h : a + b = 6) : a ^ 2 + b ^ 2 + 2 * a * b = 36"


def problem(rest, name="t", header=""):
    return Problem(name=name, statement=f"theorem {name} {rest}", header=header)


def problems(*rests, name="set"):
    return ProblemSet(name=name, problems=tuple(problem(rest, f"{name}_{i}") for i, rest in enumerate(rests)))


class TestNormalised:
    def test_names_do_not_count(self):
        assert normalise_statement(problem(SQUARES)) == normalise_statement(
            problem(RENAMED, name="other.name")
        )

    def test_names_that_are_bound_by_quantifiers_do_not_count(self):
        one, other = (
            "(l : List Nat) : ∃ x, x ∈ l.map (fun k => k)",
            "(m : List ℕ) : ∃ y, y ∈ m.map (fun j => j)",
        )
        assert normalise_statement(problem(one)) == normalise_statement(problem(other))

    def test_numbers_and_library_names_count(self):
        assert normalise_statement(problem(SQUARES)) != normalise_statement(problem(OTHER_NUMBER))
        assert normalise_statement(problem("(n : Nat) : Nat.gcd n n = n")) != normalise_statement(
            problem("(n : Nat) : Nat.lcm n n = n")
        )

    def test_which_variable_stands_where_counts(self):
        assert normalise_statement(problem("(a b : Nat) : a ≤ b")) != normalise_statement(
            problem("(a b : Nat) : b ≤ a")
        )

    def test_a_defined_name_stands_for_its_definition(self):
        def defined(name, value):
            return problem(
                f"(n : Nat) : {name} n = n", header=f"import Init\n\ndef {name} (n : Nat) : Nat := {value}\n"
            )

        assert normalise_statement(defined("f", "n + 0")) == normalise_statement(defined("same", "n + 0"))
        assert normalise_statement(defined("f", "n + 0")) != normalise_statement(defined("f", "n + 1"))


class TestNearDuplicates:
    def test_the_first_of_those_that_are_alike_is_kept(self):
        longer = f"{SQUARES} ∨ a = b"
        left, removed = without_near_duplicates(problems(SQUARES, "(n : Nat) : n = n", RENAMED, longer))
        assert [each.name for each in left] == ["set_0", "set_1"]
        assert [(each.removed, each.kept) for each in removed] == [("set_2", "set_0"), ("set_3", "set_0")]
        assert removed[0].score == 1.0
        assert 0.8 <= removed[1].score < 1.0

    def test_the_threshold_decides(self):
        given = problems(SQUARES, OTHER_NUMBER)
        assert len(without_near_duplicates(given, threshold=0.95)[0]) == 2
        assert len(without_near_duplicates(given, threshold=0.3)[0]) == 1

    def test_no_pair_that_is_left_is_alike(self):
        left, removed = without_near_duplicates(generate(Specification(count=600)), threshold=0.7)
        assert len(left) + len(removed) == 600
        again, none = without_near_duplicates(left, threshold=0.7)
        assert (again, none) == (left, [])


class TestDivided:
    def test_shares(self):
        counts = Counter(each.split for each in assign_splits(generate(Specification(count=2000))))
        assert 1720 < counts["train"] < 1880
        assert 50 < counts["valid"] < 150
        assert 50 < counts["test"] < 150

    def test_a_split_is_a_matter_of_content_alone(self):
        everything = generate(Specification(count=300))
        splits = {each.name: each.split for each in assign_splits(everything)}
        some = ProblemSet(name="some", problems=everything.problems[::-3])
        assert all(each.split == splits[each.name] for each in assign_splits(some))
        one, other = assign_splits(problems(SQUARES, RENAMED))
        assert one.split == other.split

    def test_shares_that_are_no_shares(self):
        with pytest.raises(ValueError, match="add up to 1"):
            assign_splits(problems(SQUARES), {"train": 0.9, "test": 0.2})


class TestDecontaminated:
    def test_equal_and_alike_statements_go(self):
        training = problems(RENAMED, f"{SQUARES} ∧ a + b < 6", "(n : Nat) : n + 0 = n", name="train")
        left, report = decontaminate(training, [problems(SQUARES, name="eval")])
        assert [each.name for each in left] == ["train_2"]
        equal, alike = report.matches
        assert (equal.removed, equal.evaluation_problem, equal.equal, equal.score) == (
            *("train_0", "eval_0", True, 1.0),
        )
        assert (alike.removed, alike.equal) == ("train_1", False)
        assert alike.score >= 0.5

    def test_the_report_says_what_was_done(self):
        training = problems(RENAMED, "(n : Nat) : n + 0 = n", name="train")
        _, report = decontaminate(training, [problems(SQUARES, name="eval"), problems("(p : Prop) : p → p")])
        assert (report.before, report.after, report.evaluation) == (2, 1, {"eval": 1, "set": 1})
        assert "train: 2 problems compared with eval (1), set (1): 1 equal to one of these" in report.text()
        assert "  equal  train_0 ~ eval/eval_0" in report.text()

    def test_short_statements_are_compared_for_equality_alone(self):
        training = problems("(p : Prop) : p", "(q : Prop) : ¬q", name="train")
        left, _ = decontaminate(training, [problems("(r : Prop) : r", name="eval")])
        assert [each.name for each in left] == ["train_1"]

    def test_what_was_planted_is_found_and_the_rest_is_kept(self):
        evaluation = generate(Specification(count=60, seed=1, families=("identities", "linear")))
        others = generate(Specification(count=400, seed=2, families=("propositional", "lists")))
        training = ProblemSet(name="train", problems=(*others.problems, *evaluation.problems[:20]))
        left, report = decontaminate(training, [evaluation])
        assert [each.name for each in left] == [each.name for each in others]
        assert sum(each.equal for each in report.matches) == 20
