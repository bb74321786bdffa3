"""Certificates of inequalities: what the linear program finds, and that Lean accepts the proofs made of it."""

from fractions import Fraction

import pytest

from prover.lean.environment import ProofFinished, TacticLimits, TacticState
from prover.lean.process.pool import EnginePool
from prover.lean.theorem import Theorem
from prover.policy.heuristic.certificates import Fact, certify
from prover.policy.heuristic.goal_shape import parse_goal
from prover.policy.heuristic.moves.certificates import (
    bounds_of_integers,
    certificates,
    denominators,
    root_bounds,
)
from prover.policy.heuristic.moves.ranges import finite_ranges
from prover.policy.heuristic.polynomials import add, multiply, read_polynomial, scale
from prover.policy.heuristic.terms import read_term

HEADER = "import Pocket\n\nopen Real\n\n"
POSITIVE = "(ha : 0 < a) (hb : 0 < b) (hc : 0 < c)"
PROVED = {
    "squares": "(a b c : ℝ) : a * b + b * c + c * a ≤ a ^ 2 + b ^ 2 + c ^ 2",
    "one point of equality": "(x : ℝ) : x ^ 4 - 4 * x + 3 ≥ 0",
    "hypotheses times squares": f"(a b c : ℝ) {POSITIVE} : 3 * a * b * c ≤ a ^ 3 + b ^ 3 + c ^ 3",
    "an equation times monomials": f"(a b c : ℝ) {POSITIVE} (h : a + b + c = 3) : a * b + b * c + c * a ≤ 3",
    "products of factors": f"(a b c : ℝ) {POSITIVE} (h : a * b * c = 1) : a + b + c ≥ 3",
    "strict": "(x y : ℝ) (h : 0 < x ∧ 0 < y) (k : x ≠ y) (l : x < y) : 2 * x * y < x ^ 2 + y ^ 2",
    "conjunctions": "(a b : ℝ) (h : 0 < a ∧ 0 < b ∧ a * b = 1) : a ^ 2 + b ^ 2 ≥ a + b",
    "denominators": "(a b : ℝ) (ha : a > 0) (hb : b > 0) : 1 / a + 1 / b ≥ 4 / (a + b)",
    "an equation with denominators": "(a b : ℝ) (ha : 0 < a) (hb : 0 < b) (h : 1 / a + 1 / b = 1) : a + b ≥ 4",
    "roots of numbers": "(a b : ℝ) : √3 * (2 * a * b) ≤ √3 * (a ^ 2 + b ^ 2)",
    "variables put in order": "(a b c : ℝ) (ha : 0 ≤ a) (hb : 0 ≤ b) (hc : 0 ≤ c) : "
    "a * (a - b) * (a - c) + b * (b - a) * (b - c) + c * (c - a) * (c - b) ≥ 0",
    "a surface of equality": "(a b c d : ℝ) : "
    "a * b * (c ^ 2 + d ^ 2) + c * d * (a ^ 2 + b ^ 2) ≤ (a + b) ^ 2 * (c + d) ^ 2 / 4",
    "fractions of unknown sign": "(a b c d : ℝ) : 2 * (a / b) * (c / d) ≤ (a / b) ^ 2 + (c / d) ^ 2",
    "a hypothesis of a higher degree": "(x y : ℝ) (h : x ^ 2 + y ^ 2 ≤ x + y) : x + y ≤ 2",
    "unequal numbers": "(x y z : ℝ) (h : x ≠ y) : x * y + y * z + z * x < x ^ 2 + y ^ 2 + z ^ 2",
    "casts": "(n : ℕ) (x : ℝ) (h : n ≤ x) : (n : ℝ) ^ 2 + n ≤ x ^ 2 + x",
    "a contradiction": "(x y : ℝ) (n : ℤ) (h : x ^ 3 = 5) (k : y ^ 3 = 2) (l : x < n) (m : n < y) : False",
    "integers": "(x y : ℤ) (h : 0 < x) (k : 0 < y) : (x + y) ^ 3 ≤ 4 * (x ^ 3 + y ^ 3)",
    "rational numbers": "(a b : ℚ) (ha : 0 < a) (hb : 0 < b) : a / b + b / a ≥ 2",
}
LONG = ("variables put in order", "a surface of equality")
NOT_CLAIMED = {
    "false": "x : ℝ\n⊢ x ≤ x ^ 2",
    "false without its hypothesis": "a b : ℝ\n⊢ 4 * a * b ≤ a ^ 2 + b ^ 2",
    "an equality at a point, so not strict": "a b : ℝ\n⊢ 2 * a * b < a ^ 2 + b ^ 2",
    "whole parts": "x : ℤ\nh : 0 < x\n⊢ 0 < x / 2",
    "linear, for omega and grind": "x y : ℤ\nh : x < y\n⊢ x + 1 ≤ y",
    "not a polynomial": "x : ℝ\n⊢ 0 ≤ Real.sin x",
}


@pytest.fixture(scope="module")
async def pool(engine_command):
    async with EnginePool(engine_command, size=1, limits=TacticLimits(seconds=120)) as pool:
        yield pool


def polynomial(text):
    return read_polynomial(read_term(text))


def test_the_facts_of_a_certificate_add_up_to_the_claim():
    claim = polynomial("x ^ 2 - 2 * x * y + y ^ 2 + x * y")
    known = [Fact(polynomial("x * y"), "h", cost=1.0)]
    found = certify(claim, known, strict=False)
    squares = [polynomial("x - y")]
    total = add(known[0].polynomial, *[multiply(each, each) for each in squares])
    assert add(claim, scale(total, Fraction(-1))) == {}
    assert [each.proof for each in found.factors] == [""]
    assert {each.proof for each in found.facts} <= {"h", "(sq_nonneg (x + (-1) * y))", "(sq_nonneg (x + y))"}


def test_an_unknown_sign_certifies_nothing():
    assert certify(polynomial("x * y"), [], strict=False) is None
    assert certify(polynomial("x * y"), [Fact(polynomial("x"), "h")], strict=False) is None


@pytest.mark.parametrize("goal", NOT_CLAIMED.values(), ids=NOT_CLAIMED)
def test_no_certificate(goal):
    assert list(certificates(parse_goal(goal))) == []


@pytest.mark.parametrize(
    "statement",
    [pytest.param(each, id=name, marks=[pytest.mark.long] * (name in LONG)) for name, each in PROVED.items()],
)
async def test_lean_accepts_the_proof(pool, statement):
    session = await pool.open(Theorem(name="t", header=HEADER, statement=f"theorem t {statement}"))
    tactics = [move.tactic for move in certificates(parse_goal(session.root.goals[0]))]
    results = await session.run_tacs(session.root, tactics)
    await session.close()
    assert any(isinstance(each, ProofFinished) for each in results), results


@pytest.mark.parametrize(
    "claim",
    ["√(x * y) ≤ (x + y) / 2", "x + y ≤ √(2 * (x ^ 2 + y ^ 2))", "√x < x + 1", "x < √(x ^ 2 + x + 1)"],
)
async def test_bounds_of_roots_become_bounds_of_squares(pool, claim):
    statement = f"theorem t (x y : ℝ) (hx : 0 ≤ x) (hy : 0 ≤ y) : {claim}"
    session = await pool.open(Theorem(name="t", header=HEADER, statement=statement))
    (move,) = root_bounds(parse_goal(session.root.goals[0]))
    (state,) = await session.run_tacs(session.root, [move.tactic])
    last = [move.tactic for move in certificates(parse_goal(state.goals[0]))]
    results = await session.run_tacs(state, [*last, "grind"])
    await session.close()
    assert any(isinstance(each, ProofFinished) for each in results), results


async def test_denominators_are_shown_not_to_be_0(pool):
    claim = "(x ^ 3 + y ^ 3) / (x ^ 2 + x * y + y ^ 2) + x / 2 = (3 * x ^ 3 + x ^ 2 * y + x * y ^ 2 + 2 * y ^ 3) / "
    claim += "(2 * (x ^ 2 + x * y + y ^ 2))"
    statement = f"theorem t (x y : ℝ) (hx : 0 < x) (hy : 0 < y) : {claim}"
    session = await pool.open(Theorem(name="t", header=HEADER, statement=statement))
    tactics = [move.tactic for move in denominators(parse_goal(session.root.goals[0]))]
    results = await session.run_tacs(session.root, tactics)
    await session.close()
    assert any(isinstance(each, ProofFinished) for each in results), results


@pytest.mark.parametrize(
    ("statement", "variables"),
    [
        ("(x y : ℤ) (h : 0 < y) (k : y < x) (l : x + y + x * y = 80) : x = 26", "xy"),
        ("(n : ℤ) (h : (n - 1) * n * (n + 1) = 720) : n + 1 = 10", "n"),
        ("(x y : ℤ) (h : x ^ 2 + y ^ 2 = 25) : x ≤ 5", "xy"),
    ],
)
async def test_integers_in_nonlinear_equations_are_bounded(pool, statement, variables):
    session = await pool.open(Theorem(name="t", header=HEADER, statement=f"theorem t {statement}"))
    (move,) = bounds_of_integers(parse_goal(session.root.goals[0]))
    (state,) = await session.run_tacs(session.root, [move.tactic])
    await session.close()
    assert isinstance(state, TacticState), state
    assert finite_ranges(parse_goal(state.goals[0])).keys() >= set(variables)
    assert list(bounds_of_integers(parse_goal(state.goals[0]))) == []
