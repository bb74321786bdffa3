"""What the heuristic's plans are made of: guesses about sequences, and what an unfinished search has proved."""

import pytest

from prover.lean.environment import LeanError, TacticState
from prover.policy.heuristic.conjectures import conjectures
from prover.policy.heuristic.goal_shape import parse_goal
from prover.search.tree import ProofTree
from prover.sketching.harvest import base_of, closed_goals, proved_facts
from prover.sketching.lemmas import Lemmas


def guesses(hypotheses, target):
    return list(conjectures(parse_goal("f : ℕ → ℕ\n" + "\n".join(hypotheses) + f"\n⊢ {target}")))


@pytest.mark.parametrize(
    ("start", "next_term", "target", "claim"),
    [
        ("f 0 = 0", "f n + 2 * n + 1", "f 1000 = 1000000", "f n = n * n"),
        ("f 0 = 0", "f n + n", "f 2001 = 2001000", "2 * f n + n = n * n"),
        ("f 0 = 1", "f n + 8 * n + 8", "f 150 = 90601", "f n = 1 + 4 * n + 4 * (n * n)"),
        ("f 0 = 0", "2 * f n + 1", "f 100 + 1 = 2 ^ 100", "f n + 1 = 2 ^ n"),
        ("f 1 = 5", "f n + 3", "f 10 = 32", "f (n + 1) = 5 + 3 * n"),
        ("f 0 = 3", "f n * f n % 7", "f 501 = 2", "f (2 * n + 1) = 2 ∧ f (2 * n + 2) = 4"),
        ("f 0 = 1", "f n + 2 * f n * n", "f 321 % 2 = 1", "f n % 2 = 1"),
    ],
)
def test_what_a_sequence_seems_to_be(start, next_term, target, claim):
    found = guesses([f"h0 : {start}", f"h : ∀ (n : ℕ), f (n + 1) = {next_term}"], target)
    assert f"have key : ∀ n : Nat, {claim} := by\n  sorry" in [steps[0] for steps in found]
    assert all(steps[-1] == "sorry" for steps in found)


def test_the_terms_in_the_target_are_read_off():
    [steps] = guesses(["h0 : f 0 = 0", "h : ∀ (n : ℕ), f (n + 1) = f n + 2 * n + 1"], "f 9 + f 4 = 97")
    assert steps[1:] == ("have key_4 := key 4", "have key_9 := key 9", "clear key h", "sorry")


def test_two_sequences_that_differ_by_a_constant():
    goal = parse_goal(
        "a b : ℕ → ℕ\na0 : a 0 = 3\nb0 : b 0 = 8\nha : ∀ (n : ℕ), a (n + 1) = a n + 5\n"
        "hb : ∀ (n : ℕ), b (n + 1) = b n + 5\n⊢ b 777 = a 777 + 5"
    )
    claims = [steps[0] for steps in conjectures(goal)]
    assert "have key : ∀ n : Nat, b n = a n + 5 := by\n  sorry" in claims


@pytest.mark.parametrize("next_term", ["g (f n)", "f n * f n + n", "f (n + 2)"])
def test_nothing_is_guessed_where_nothing_shows(next_term):
    assert guesses(["h0 : f 0 = 2", f"h : ∀ (n : ℕ), f (n + 1) = {next_term}"], "f 100 = 0") == []


def unfinished_search():
    """A tree: two facts proved beside each other, one that failed, a case split of which the first case was closed."""
    tree = ProofTree(TacticState(0, ("⊢ ∀ (x : ℕ), P x",)))
    ids = iter(range(1, 99))

    def try_all(node, *tried):
        tree.begin(node)
        found = [
            tree.add(node, tactic, -1.0, TacticState(next(ids), goals) if goals else LeanError("no"))
            for tactic, goals in tried
        ]
        tree.finish(node)
        return found

    [base] = try_all(tree.root, ("intro x", ("x : ℕ\n⊢ P x",)))
    _, _, _, _, split = try_all(
        base,
        ("have h : x ≤ 5 := by omega", ("x : ℕ\nh : x ≤ 5\n⊢ P x",)),
        ("have h : 2 ∣ x := by grind", ("x : ℕ\nh : 2 ∣ x\n⊢ P x",)),
        ("have h := all x", ("x : ℕ\nh : Q x\n⊢ P x",)),
        ("have h : x = 7 := by omega", ()),
        ("cases x", ("case zero\n⊢ P 0", "case succ\nn : ℕ\n⊢ P (n + 1)")),
    )
    try_all(split, ("simp", ("case succ\nn : ℕ\n⊢ P (n + 1)",)))
    tree.check_invariants()
    return tree


def test_facts_that_an_unfinished_search_has_proved():
    tree = unfinished_search()
    assert base_of(tree).tactics() == ("intro x",)
    facts = proved_facts(tree)
    assert [fact.types for fact in facts] == [("x ≤ 5",), ("2 ∣ x",)]
    assert facts[1].renamed("_2").tactic == "have h_2 : 2 ∣ x := by grind"
    assert facts[0].statement == "have h : x ≤ 5"


def test_what_it_has_closed_is_known_to_later_ones():
    lemmas = Lemmas()
    for goal, proof in closed_goals(unfinished_search()):
        lemmas.add(goal, proof)
    assert lemmas.proofs("y : ℕ\n⊢ P 0") == ["simp"]
    assert lemmas.proofs("x : ℕ\n⊢ x ≤ 5") == ["have h : x ≤ 5 := by omega\nexact h"]
    assert lemmas.proofs("⊢ x ≤ 5") == []
    assert lemmas.proofs("n : ℕ\n⊢ P (n + 1)") == []
