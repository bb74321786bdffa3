"""False statements: their negation is searched, proved, and checked against what Lean made of the statement."""

import asyncio
import json
import re

import pytest
from typer.testing import CliRunner

from prover.attempt import attempt
from prover.cli.main import app
from prover.disprove import counterexample, prove_or_disprove
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Rejection
from prover.negation import NegationVerifier, exact_negation, negation
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.search.algorithms import search_algorithm
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.shorten import TracedStep


async def tried(pool, verifier, theorem, budget=None, search=prove_or_disprove, interrupt=None):
    return await search(
        theorem,
        environment=pool,
        verifier=verifier,
        policy=HeuristicPolicy(),
        algorithm=search_algorithm("best-first"),
        options=SearchOptions(budget=budget or Budget(expansions=5), interrupt=interrupt),
    )


FALSE = [
    ("", "theorem t : 2 + 2 = 5", {}),
    ("", "theorem t (n : Nat) (h : 5 < n) : 7 < n", {"n": "6"}),
    ("", "theorem t {α : Type} (xs ys : List α) : xs ++ ys = ys ++ xs", None),
    ("", "theorem t (p q : Prop) : p ∨ q → p ∧ q", None),
    ("", "theorem t (α : Type) (p q : α → Prop) (h : ∀ x, p x ∨ q x) : (∀ x, p x) ∨ ∀ x, q x", None),
    ("inductive T | a | b\ndef T.f : T → T | .a => .b | .b => .b\n", "theorem t (x : T) : x.f.f = x", None),
    ("variable (n : Nat)\n", "@[simp] theorem t : n = 0", {"n": "1"}),
    ("namespace A\n", "theorem «t u» : 2 + 2 = 5", {}),
    ("namespace A\n", "theorem «t := 1».t (n : Nat) : n = 1", {"n": "0"}),
    ("namespace A\n", "theorem t {α : Type} [Inhabited α] (x : α) : x = default", None),
]


@pytest.mark.parametrize(("header", "statement", "values"), FALSE)
async def test_false_statements_are_told(lean_pool, verifier, header, statement, values):
    name = re.search(r"theorem ((?:«.*»|\w|\.)+)", statement)[1]
    theorem = Theorem(name=f"A.{name}" if "A" in header else name, statement=statement, header=header)
    result = await tried(lean_pool, verifier, theorem)
    assert result.outcome == "disproved"
    assert result.verified is None
    certificate = result.disproof.verified.certificate
    assert certificate.statement.startswith("¬")
    again = await verifier.verify(result.disproof.theorem, result.disproof.verified.proof)
    assert isinstance(again, Certificate)
    assert again.sha256 == certificate.sha256
    if values is not None:
        assert dict(result.disproof.counterexample) == values


async def test_true_statements_are_proved_as_before(lean_pool, verifier):
    theorem = Theorem(name="t", statement="theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b")
    result = await tried(lean_pool, verifier, theorem)
    assert (result.outcome, result.disproof) == ("proved", None)


async def test_what_is_neither_proved_nor_disproved_is_not_proved(lean_pool, verifier):
    theorem = Theorem(name="t", statement="theorem t : ∃ n, ∀ m, n < m → ∃ k, m < k ∧ f k = k", header=(
        "opaque f : Nat → Nat\n"
    ))  # fmt: skip
    result = await tried(lean_pool, verifier, theorem, Budget(expansions=2))
    assert (result.outcome, result.disproof) == ("not proved", None)


async def test_an_interrupt_ends_both(lean_pool, verifier):
    interrupt = asyncio.Event()
    interrupt.set()
    theorem = Theorem(name="t", statement="theorem t : 2 + 2 = 5")
    result = await tried(lean_pool, verifier, theorem, interrupt=interrupt)
    assert (result.outcome, result.disproof) == ("interrupted", None)


async def test_without_it_the_negation_is_left_alone(lean_pool, verifier):
    theorem = Theorem(name="t", statement="theorem t : 2 + 2 = 5")
    assert (await tried(lean_pool, verifier, theorem, search=attempt)).outcome == "not proved"


@pytest.mark.parametrize(
    "header",
    [
        "variable (absurd : False)\ninclude absurd\n",
        "class Never : Prop where\n  no : False\nvariable [never : Never]\n",
    ],
)
async def test_a_negation_that_rests_on_hypotheses_of_the_file_is_none(lean_pool, verifier, header):
    """Variables that are included make both the statement and its negation provable: neither is a disproof."""
    theorem = Theorem(name="t", statement="theorem t : 2 + 2 = 5", header=header)
    result = await tried(lean_pool, verifier, theorem, Budget(expansions=3))
    assert result.disproof is None


async def test_a_proof_of_another_negation_is_refused(verifier):
    theorem = Theorem(name="t", statement="theorem t : 2 + 2 = 4")
    other = negation(Theorem(name="t", statement="theorem t : 2 + 2 = 5"))
    assert isinstance(await verifier.verify(other, "decide"), Certificate)
    ruling = await NegationVerifier(verifier, theorem).verify(other, "decide")
    assert isinstance(ruling, Rejection)
    assert "the statement itself is false" in ruling.message
    weaker = Theorem(name="t", statement="theorem t : 2 + 2 = 5 ∧ 2 + 2 = 4")
    ruling = await NegationVerifier(verifier, weaker).verify(other, "decide")
    assert isinstance(ruling, Rejection)
    assert "is not the statement's negation" in ruling.message


def test_the_exact_negation_speaks_of_the_theorem_itself():
    theorem = Theorem(name="A.t", statement="@[simp, grind =] theorem t : 1 = 2", header="namespace A")
    exact = exact_negation(theorem)
    assert exact.statement == "theorem _root_.A.t_negated : ¬ type_of% @A.t"
    assert exact.header == "namespace A\ntheorem t : 1 = 2 := by\n  sorry\n\n"


@pytest.mark.parametrize(
    ("goal", "tactic", "values"),
    [
        ("⊢ ¬∀ (a b : Int), a < b", "intro h\nexact absurd (h 1 (-1)) (by decide)", {"a": "1", "b": "-1"}),
        ("h : ∀ (n : Nat), n < 3\n⊢ False", "have h1 := h 3", {"n": "3"}),
        ("⊢ ¬∀ {α : Type} [inst : Inhabited α] (x : α), p x", "intro h; exact (@h Bool inferInstance true)", {
            "α": "Bool", "x": "true"
        }),
        ("n : Nat\nh : ∀ (n : Nat), n < 3\n⊢ False", "have h1 := h n", {}),
        ("⊢ ¬∀ (n : Nat), n < 3", "simp", {}),
        ("⊢ ¬∀ (x : ℝ), x ^ 2 > 0", "intro h\ngrind [h (2), h (0)]", {}),
    ],
)  # fmt: skip
def test_counterexamples_are_read_off_the_proof(goal, tactic, values):
    assert dict(counterexample([TracedStep((goal,), tactic)])) == values


def test_the_command_says_so():
    arguments = [
        "prove",
        "--theorem",
        "theorem t (n : Nat) : n < 3",
        "--policy",
        "heuristic",
        "--max-expansions",
        "3",
    ]
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["outcome"] == "disproved"
    assert told["proof"] is None
    assert told["disproved"]["counterexample"] == {"n": "3"}
    assert told["disproved"]["statement"] == "theorem t_negated : ¬ (∀ (n : Nat), n < 3)"
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json", "--no-disprove"]).stdout)
    assert (told["outcome"], told["disproved"]) == ("not proved", None)
