"""Generated problems: what is asked for is what comes, Lean can state it, and it is as true as it says."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import asdict
from fractions import Fraction

import pytest
from typer.testing import CliRunner

from prover.cli import problems as cli
from prover.errors import InputError
from prover.lean.environment import ProofFinished, TacticLimits
from prover.lean.process.pool import EnginePool
from prover.negation import NotNegated, negation
from prover.problems.generators.generate import (
    FAMILIES,
    LEVELS,
    Specification,
    generate,
    parse_specification,
)
from prover.problems.generators.polynomial import Polynomial
from prover.problems.generators.terms import constant, variables
from prover.problems.load import load
from prover.util.progress import Quiet

TACTICS = ["decide", "omega", "grind", "simp", "intros; omega", "intros; grind", "intros; simp_all"]
LIMITS = TacticLimits(heartbeats=40_000, seconds=2.0)


class TestSpecification:
    def test_every_part_is_read(self):
        wanted = parse_specification("count=12,seed=7,level=2-4,families=linear+lists,truth=false")
        assert wanted == Specification(
            count=12, seed=7, levels=(2, 3, 4), families=("linear", "lists"), truth=False
        )
        assert parse_specification("") == Specification()
        assert parse_specification("level=5").levels == (5,)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("count=0", "'count=0' says nothing"),
            ("count", "'count' says nothing"),
            ("level=3-2", "no level from 3 to 2"),
            ("level=6", "'level=6' says nothing"),
            ("families=linear+topology", "no family of problems called 'topology'"),
            ("colour=red", "'colour=red' says nothing"),
        ],
    )
    def test_what_it_does_not_say_is_refused(self, text, said):
        with pytest.raises(InputError, match=said) as refused:
            load(f"generated:{text}", progress=Quiet())
        assert refused.value.advice


class TestGenerate:
    def test_the_same_specification_gives_the_same_problems(self):
        one, same, other = (generate(Specification(count=150, seed=seed)) for seed in (3, 3, 4))
        assert one == same
        assert one.content_hash != other.content_hash

    def test_every_family_has_every_level_with_true_and_false_statements(self):
        problems = generate(Specification(count=len(FAMILIES) * len(LEVELS) * 6))
        cells = Counter((each.category, each.level) for each in problems)
        assert cells == {(family, level): 6 for family in FAMILIES for level in LEVELS}
        for family in FAMILIES:
            assert {each.expected for each in problems if each.category == family} == {True, False}
        true = sum(each.expected is True for each in problems)
        assert 0.55 < true / len(problems) < 0.85

    @pytest.mark.parametrize("count", [8, 26, len(FAMILIES), 100])
    def test_a_few_are_spread_over_families_and_levels(self, count):
        problems = generate(Specification(count=count, levels=(1, 2, 3), seed=5))
        families = Counter(each.category for each in problems)
        assert len(families) == min(count, len(FAMILIES))
        assert max(families.values()) - min(families.values()) <= 1
        levels = Counter(each.level for each in problems)
        assert max(levels.values()) - min(levels.values()) <= 2

    def test_only_false_ones(self):
        assert {each.expected for each in generate(Specification(count=40, truth=False))} == {False}

    def test_a_family_that_runs_out_is_made_up_for_by_the_others(self):
        problems = generate(Specification(count=1500, levels=(1,), families=("structures", "linear")))
        counts = Counter(each.category for each in problems)
        assert counts["structures"] < 750 < counts["linear"]

    def test_more_than_there_are(self):
        with pytest.raises(InputError, match="no more than"):
            generate(Specification(count=100_000, levels=(1,), families=("structures",)))


class TestPolynomial:
    def test_an_expansion(self):
        total = Polynomial.linear([1, 2], 0) * Polynomial.linear([1, -2], 3)
        assert total.text(["x", "y"]) == "x ^ 2 - 4 * y ^ 2 + 3 * x + 6 * y"
        assert total(5, 1) == (5 + 2) * (5 - 2 + 3)

    def test_terms_that_cancel(self):
        assert (Polynomial.univariate([1, 2]) - Polynomial.univariate([0, 2])).text(["n"]) == "1"
        assert Polynomial.univariate([0]).text(["n"]) == "0"


class TestTerm:
    def test_brackets_are_where_lean_needs_them(self):
        x, y = variables(["x", "y"])
        assert ((x + y) * (x - y) ** 2 / (x - (y - x))).text == "(x + y) * (x - y) ^ 2 / (x - (y - x))"
        assert (constant(-3) * x + constant(Fraction(1, 2)) * y).text == "(-3) * x + 1 / 2 * y"
        assert (abs(abs(x) - y) - abs(x)).text == "|(|x| - y)| - |x|"

    def test_values_are_those_of_lean(self):
        (x,) = variables(["x"])
        term = (x**2 - constant(4)) / (x - constant(2))
        assert [term.value([Fraction(each)]) for each in (1, 2, 3)] == [3, 0, 5]


def test_a_problem_is_shown_with_what_is_known_of_it():
    spec = "generated:count=3,families=parity,level=2"
    name = load(spec, progress=Quiet()).problems[0].name
    shown = CliRunner().invoke(cli.app, ["show", spec, name, "--json"])
    assert json.loads(shown.stdout)["level"] == 2
    assert json.loads(shown.stdout)["expected"] in (True, False)
    listed = json.loads(CliRunner().invoke(cli.app, ["list", "--json"]).stdout)
    assert "generated" in [each["name"] for each in listed["made"]]


def test_a_set_that_is_written_as_json_lines_is_read_as_it_was(tmp_path):
    problems = generate(Specification(count=60))
    path = tmp_path / "generated.jsonl"
    path.write_text("".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in problems))
    again = load(str(path), progress=Quiet())
    assert again.content_hash == problems.content_hash
    known = [(each.category, each.level, each.expected) for each in problems]
    assert [(each.category, each.level, each.expected) for each in again] == known
    path.write_text('{"statement": "theorem t : 1 = 1", "expected": "yes"}\n')
    with pytest.raises(InputError, match="`expected` is neither true nor false"):
        load(str(path), progress=Quiet())


async def contradictions(problems, command, tactics):
    """Return the problems that Lean refuses, proves though false, or refutes though true."""
    found = []

    async def proved(pool, theorem):
        session = await pool.open(theorem)
        results = await session.run_tacs(session.root, tactics)
        await session.close()
        return any(isinstance(each, ProofFinished) for each in results)

    async def examine(pool, problem):
        theorem = problem.theorem(core=True, pocket=True)
        try:
            is_proved = await proved(pool, theorem)
            opposite = negation(theorem)
            if isinstance(opposite, NotNegated):
                found.append((problem.name, problem.statement, opposite.reason))
            elif is_proved != problem.expected and (is_proved or await proved(pool, opposite)):
                found.append((problem.name, problem.statement, f"is not {problem.expected}"))
        except InputError as error:
            found.append((problem.name, problem.statement, error.message))

    async with EnginePool(command, size=2, limits=LIMITS) as pool:
        await asyncio.gather(*(examine(pool, each) for each in problems))
    return found


async def test_lean_states_one_of_each_family_and_contradicts_none(engine_command):
    problems = generate(Specification(count=len(FAMILIES), levels=(2,), seed=1))
    assert len({each.category for each in problems}) == len(FAMILIES)
    assert await contradictions(problems, engine_command, ["decide", "omega"]) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("family", FAMILIES)
async def test_lean_states_ten_of_each_level_and_contradicts_none(engine_command, family):
    problems = generate(Specification(count=10 * len(LEVELS), families=(family,), seed=2))
    assert await contradictions(problems, engine_command, TACTICS) == []
