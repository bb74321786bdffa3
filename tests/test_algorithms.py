"""The search algorithms besides best-first: goals proved apart, Monte-Carlo tree search; and the register of them.

They play the toy of `toy.py`, and prove theorems in Lean with the same verification as every other proof.
"""

import asyncio
import json
import random
import re
import subprocess
from importlib.resources import files
from unittest.mock import AsyncMock

import pytest
from toy import ToyCritic, ToyPolicy, ToySession, dump

from prover.attempt import attempt
from prover.errors import InputError
from prover.evaluation.export import export_leandojo
from prover.evaluation.report.write import write_report
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.local import LocalExecutor, RunResources
from prover.evaluation.run.runner import Runner
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.rows import ProblemRow
from prover.evaluation.store.run_data import open_run
from prover.lean.embedded.node import find_node
from prover.lean.environment import LeanError, TacticState, run_tac
from prover.lean.theorem import Theorem
from prover.problems.support import SUPPORTED
from prover.search.algorithms import ALGORITHMS, search_algorithm
from prover.search.and_or import AndOr
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget, StopReason
from prover.search.goals import GoalClosed, independent_groups, run_tactics, take_apart
from prover.search.mcts import Mcts, Statistics, puct, regularise
from prover.search.result import Proved, Unproved
from prover.search.rmaxts import Discounted, RMaxTS
from prover.search.scoring import Cumulative
from prover.search.script import Bullet, number_of_tactics, proof_text
from prover.search.settings import SearchSettings
from prover.search.shorten import TracedStep, shorten, trace_proof
from prover.search.tree import NodeKind
from prover.training.data.trajectories import read_trajectories

NEW = [AndOr(), Mcts(), Mcts(name="mcts-regularised", rule="regularised"), RMaxTS()]
STEPS = (("zero", -0.1), ("half", -0.5), ("sub 1", -1.0), ("nonsense", -2.0))


async def yes(steps):
    return True


async def run(algorithm, session, policy, *, accept=yes, budget=None, **settings):
    options = SearchOptions(budget=budget or Budget(expansions=100), **settings)
    result = await algorithm.run(session, policy, accept, options)
    result.tree.check_invariants()
    return result


# what all of them have in common


def by_name(algorithm):
    return algorithm.name


@pytest.fixture(params=NEW, ids=by_name)
def algorithm(request):
    return request.param


async def test_a_proof_is_found_and_finishes_the_toy(algorithm):
    session = ToySession(12)
    table = {"⊢ 12": [("split 4 8", -0.1), ("sub 5", -0.3)]}
    result = await run(algorithm, session, ToyPolicy(STEPS, table))
    assert isinstance(result.ending, Proved)
    replayed = await run_tac(session, session.root, proof_text(result.ending.tactics))
    assert type(replayed).__name__ == "ProofFinished"


async def test_the_same_tree_whatever_the_delays(algorithm):
    def told(result):
        return dump(result.tree), result.ending, result.expansions, result.tactics_tried

    table = {"⊢ 37": [("split 18 19", -0.1), ("sub 1", -0.3)]}

    async def once(delay):
        policy = ToyPolicy(STEPS, table, delay=lambda: delay(""))
        return told(
            await run(algorithm, ToySession(37, delay), policy, width=3, budget=Budget(expansions=30))
        )

    expected = await once(lambda state: 0.0)
    for seed in range(4):
        chance = random.Random(seed)
        assert await once(lambda state: chance.random() / 500) == expected  # noqa: B023


@pytest.mark.parametrize("width", [1, 3])
async def test_no_budget_is_exceeded(algorithm, width):
    table = {"⊢ 1000": [("split 400 600", -0.1)]}
    for budget in (Budget(expansions=7), *(Budget(tactics=most) for most in (1, 2, 5, 11, 30))):
        result = await run(algorithm, ToySession(1000), ToyPolicy(STEPS, table), budget=budget, width=width)
        assert isinstance(result.ending, Unproved)
        reached = StopReason.EXPANSIONS if budget.expansions else StopReason.TACTICS
        assert result.ending.stopped_by is reached
        assert result.expansions <= (budget.expansions or 1000)
        assert result.tactics_tried <= (budget.tactics or 1000)


async def test_it_ends_when_nothing_is_left(algorithm):
    result = await run(algorithm, ToySession(3), ToyPolicy([("half", -1.0), ("split 1 2", -1.0)]))
    assert result.ending.stopped_by is StopReason.NO_OPEN_STATES


async def test_a_refused_proof_is_not_offered_twice(algorithm):
    offered = []

    async def no(steps):
        offered.append(proof_text(steps))
        return False

    table = {"⊢ 2": [("split 1 1", -0.1)], "⊢ 1": [("sub 1", -0.1)], "⊢ 0": [("zero", -0.1)]}
    result = await run(algorithm, ToySession(2), ToyPolicy((), table), accept=no)
    assert result.ending.stopped_by is StopReason.NO_OPEN_STATES
    assert len(offered) == len(set(offered)) <= 1
    assert result.tree.winner is None


async def test_a_refused_proof_gives_way_to_another(algorithm):
    async def without_splitting(steps):
        return "split" not in proof_text(steps)

    table = {"⊢ 6": [("split 3 3", -0.1), ("sub 3", -3.0)]}
    result = await run(algorithm, ToySession(6), ToyPolicy(STEPS, table), accept=without_splitting)
    assert isinstance(result.ending, Proved)
    assert "split" not in proof_text(result.ending.tactics)


async def test_goals_that_share_something_stay_together(algorithm):
    session = ToySession(6, connected=True)
    table = {"⊢ 6": [("split 2 4", -0.1)]}
    result = await run(algorithm, session, ToyPolicy(STEPS, table))
    assert isinstance(result.ending, Proved)
    assert all(node.kind is NodeKind.STATE for node in result.tree.nodes)
    assert not any(
        tactic.startswith(("rotate", "focus")) for _, tactics in session.calls for tactic in tactics
    )


# the register


class Straight:
    """A toy algorithm: best-first search that never widens."""

    name = "straight"

    async def run(self, session, policy, accept, options):
        return await BestFirst().run(session, policy, accept, options)


async def test_an_algorithm_of_ones_own(monkeypatch):
    monkeypatch.setitem(ALGORITHMS, "straight", Straight)
    algorithm = SearchSettings(policy="heuristic", search="straight").algorithm
    assert isinstance(algorithm, Straight)
    assert isinstance((await run(algorithm, ToySession(4), ToyPolicy(STEPS))).ending, Proved)


def test_every_algorithm_is_found_by_its_name():
    assert [search_algorithm(name).name for name in ALGORITHMS] == [*ALGORITHMS]
    with pytest.raises(InputError, match="no search algorithm 'depth-first'"):
        search_algorithm("depth-first")


# goals apart


async def test_work_on_one_goal_is_not_repeated_for_another():
    table = {"⊢ 40": [("split 19 21", -0.1)]}
    apart = await run(AndOr(), ToySession(40), ToyPolicy(STEPS, table), scoring=Cumulative())
    together = await run(BestFirst(), ToySession(40), ToyPolicy(STEPS, table), scoring=Cumulative())
    assert isinstance(apart.ending, Proved)
    assert apart.expansions < together.expansions
    assert apart.tactics_tried < together.tactics_tried


async def test_a_goal_that_was_proved_is_proved_wherever_it_turns_up():
    table = {"⊢ 6": [("split 3 3", -0.1)], "⊢ 3": [("sub 3", -0.1)], "⊢ 0": [("zero", -0.1)]}
    policy = ToyPolicy((), table)
    result = await run(AndOr(), ToySession(6), policy)
    assert [state.pp for state in policy.asked] == ["⊢ 6", "⊢ 3", "⊢ 0"]
    bullet = Bullet(("sub 3", "zero"))
    assert result.ending == Proved(("split 3 3", bullet, bullet))
    assert [edge.tactic for edge in result.tree.proof_edges() if edge.kind != "subgoal"] == [
        "split 3 3",
        "sub 3",
        "zero",
    ]


async def test_nothing_is_done_for_a_goal_whose_sibling_is_hopeless():
    table = {
        "⊢ 10": [("split 7 3", -0.1), ("sub 9", -9.0)],
        "⊢ 7": [("half", -0.1)],
        "⊢ 3": [("sub 1", -5.0)],
        "⊢ 1": [("sub 1", -0.1)],
        "⊢ 0": [("zero", -0.1)],
    }
    policy = ToyPolicy((), table)
    result = await run(AndOr(), ToySession(10), policy, scoring=Cumulative(), width=1)
    assert result.ending == Proved(("sub 9", "sub 1", "zero"))
    assert [state.pp for state in policy.asked] == ["⊢ 10", "⊢ 7", "⊢ 1", "⊢ 0"]


async def test_a_split_in_a_split_is_a_bullet_in_a_bullet():
    table = {"⊢ 9": [("split 4 5", -0.1)], "⊢ 5": [("split 2 3", -0.1)]}
    always = [("zero", -0.1), ("sub 2", -0.2), ("sub 3", -0.3)]
    result = await run(AndOr(), ToySession(9), ToyPolicy(always, table))
    assert proof_text(result.ending.tactics) == (
        "split 4 5\n· sub 2\n  sub 2\n  zero\n· split 2 3\n  · sub 2\n    zero\n  · sub 3\n    zero"
    )
    assert number_of_tactics(result.ending.tactics) == 9


async def test_a_tactic_sees_its_goal_only():
    session = ToySession(9)
    both = await run_tac(session, session.root, "split 4 5")
    alone, two = await run_tactics(session, both, 1, ["all 4", "split 1 3"])
    assert alone.goals == ("⊢ 0", "⊢ 5")
    assert two.goals == ("⊢ 1", "⊢ 3", "⊢ 5")
    same, closed = await run_tactics(session, alone, 1, ["half", "zero", "sub 0"])
    assert same.goals == alone.goals
    assert closed == GoalClosed()
    [changed] = await run_tactics(session, two, 1, ["all 1"])
    assert changed == LeanError("it changes goals that are to be proved apart")


async def test_parts_come_in_order():
    session = ToySession(9)
    state = await run_tac(session, session.root, "split 4 5\nsplit 1 3")
    parts = await take_apart(session, state, 0)
    assert [part.state.goals for part in parts] == [
        ("⊢ 1", "⊢ 3", "⊢ 5"),
        ("⊢ 3", "⊢ 5", "⊢ 1"),
        ("⊢ 5", "⊢ 1", "⊢ 3"),
    ]
    assert {part.rest for part in parts} == {2}
    assert [len(part.goals) for part in await take_apart(session, state, 1)] == [1, 1]


@pytest.mark.parametrize(
    ("goals", "groups"),
    [
        (["⊢ p", "⊢ q"], [1, 1]),
        (["case a\n⊢ p ?w", "case b\n⊢ q ?w"], [2]),
        (["case h\n⊢ p ?w", "case w\n⊢ Nat", "case z\n⊢ q"], [2, 1]),
        (["case h\n⊢ p ?w", "case z\n⊢ q", "case w\n⊢ Nat"], [3]),
        (["case z\n⊢ q", "case h\n⊢ p ?h.w", "case h.w\n⊢ Nat", "⊢ r"], [1, 2, 1]),
        (["⊢ p ?m.12", "⊢ Nat", "case a\n⊢ q"], [2, 1]),
        (["⊢ p ⋯", "⊢ q"], [2]),
        (["⊢ foo.{?u.3} a", "⊢ q", "⊢ foo.{?u.3} b"], [3]),
        (["x? : Nat\n⊢ xs[0]? = f? x", "⊢ xs[0]? = a"], [1, 1]),
    ],
)
def test_goals_that_share_a_metavariable(goals, groups):
    shown = "\n\n".join(["Failed: `fail` tactic was invoked\n" + goals[0], *goals[1:]])
    assert [len(group) for group in independent_groups(shown, len(goals), len(goals))] == groups


def test_what_lean_does_not_show_is_connected():
    assert independent_groups("something else", 2, 2) == [range(2)]


# Monte-Carlo tree search


def test_puct():
    assert puct([0.5, 0.5], [0, 0], [0.8, 0.2], 1.0) == pytest.approx([1.3, 0.7])
    assert puct([0.5, 0.2], [3, 1], [0.8, 0.2], 0.5) == pytest.approx([0.5 + 0.2, 0.2 + 0.1])


def test_the_regularised_policy_is_between_priors_and_values():
    assert regularise([0.1, 0.9], [0, 0], [0.5, 0.5], 1.0) == [0.5, 0.5]
    values, counts, priors = [0.2, 0.9, 0.5], [4, 1, 2], [0.6, 0.1, 0.3]
    weights = regularise(values, counts, priors, 1.0)
    assert sum(weights) == pytest.approx(1.0)
    assert weights[1] > priors[1]
    greedy = regularise(values, [1000 * count for count in counts], priors, 1.0)
    assert max(greedy) == greedy[1] > weights[1]


def test_simulations_under_way_are_losses():
    assert Statistics().q(0.4) == 0.4
    assert Statistics(virtual=2).q(0.4) == 0.2
    assert Statistics(visits=2, total=1.0, virtual=2).q(0.4) == 0.25


def test_rewards_are_discounted():
    seen = Discounted(0.0, visits=0.0)
    for reward in (1.0, 0.0, 1.0):
        seen.ended(reward, 0.9)
    assert seen.rewards == pytest.approx(0.9**2 + 1)
    assert seen.visits == pytest.approx(0.9**2 + 0.9 + 1)
    mean, visits = seen.estimate(0.9)
    seen.running = 1
    assert seen.estimate(0.9) == pytest.approx((mean * 0.9 * visits / (0.9 * visits + 1), 0.9 * visits + 1))


async def test_a_critic_guides_mcts():
    table = {"⊢ 9": [("sub 1", -0.1), ("sub 7", -1.0)], "⊢ 2": [("sub 2", -5.0)]}
    policy, critic = ToyPolicy((), table), ToyCritic()
    await run(Mcts(exploration=0.1), ToySession(9), policy, critic=critic, width=1)
    assert [state.pp for state in policy.asked][:2] == ["⊢ 9", "⊢ 2"]
    assert critic.scored[:2] == ["⊢ 8", "⊢ 2"]


async def test_mcts_expands_all_goals_of_a_state_in_one_simulation():
    table = {"⊢ 40": [("split 19 21", -0.1), ("sub 1", -5.0)]}
    policy = ToyPolicy(STEPS, table)
    await run(Mcts(), ToySession(40), policy, width=1, budget=Budget(expansions=3))
    assert [state.pp for state in policy.asked] == ["⊢ 40", "⊢ 19", "⊢ 21"]


async def test_the_seed_decides_what_the_regularised_policy_draws():
    async def order(seed):
        policy = ToyPolicy(STEPS)
        algorithm = Mcts(rule="regularised")
        await run(algorithm, ToySession(500), policy, seed=seed, budget=Budget(expansions=12))
        return [state.pp for state in policy.asked]

    assert await order(1) == await order(1)
    assert len({tuple(await order(seed)) for seed in range(6)}) > 1


async def test_rmaxts_leaves_where_nothing_is_new():
    """Where every tactic leads back to known states, the reward fades, and the search goes elsewhere."""
    table = {"⊢ 100": [("sub 0", -0.1), ("sub 1", -0.2), ("half", -0.3)]}
    policy = ToyPolicy([("sub 1", -0.1)], table)
    result = await run(RMaxTS(), ToySession(100), policy, width=1, budget=Budget(expansions=12))
    reached = {int(node.state.goals[0].removeprefix("⊢ ")) for node in result.tree.nodes}
    assert min(reached) < 50 < max(reached - {100})


# shortening and tracing


async def test_what_is_in_a_bullet_is_shortened_too():
    session = ToySession(9)
    steps = ("sub 0", "split 4 5", Bullet(("sub 0", "sub 4", "zero")), Bullet(("sub 5", "sub 0", "zero")))
    shorter = await shorten(session, steps)
    assert shorter == ("split 4 5", Bullet(("sub 4", "zero")), Bullet(("sub 5", "zero")))
    assert await trace_proof(session, shorter) == (
        TracedStep(("⊢ 9",), "split 4 5"),
        TracedStep(("⊢ 4",), "sub 4"),
        TracedStep(("⊢ 0",), "zero"),
        TracedStep(("⊢ 5",), "sub 5"),
        TracedStep(("⊢ 0",), "zero"),
    )


# Lean


HARD_GOALS = Theorem(
    name="apart",
    statement="theorem apart (p q r s : Prop) (a : p → q) (b : q → r) (h : p) (k : r → s) : r ∧ s",
)
TABLE = [
    ("constructor", -0.1),
    ("apply k", -0.6),
    ("apply b", -0.6),
    ("apply a", -0.6),
    ("exact h", -0.6),
    ("have z := h", -0.7),
    ("have z := a h", -0.7),
]


@pytest.mark.parametrize("algorithm", [AndOr(), Mcts()], ids=by_name)
async def test_goals_are_proved_apart_in_lean(algorithm, lean_pool, verifier):
    result = await attempt(
        HARD_GOALS,
        environment=lean_pool,
        verifier=verifier,
        policy=ToyPolicy(TABLE),
        algorithm=algorithm,
        options=SearchOptions(budget=Budget(expansions=40)),
    )
    result.search.tree.check_invariants()
    assert result.verified is not None
    assert result.verified.proof == (
        "constructor\n· apply b\n  apply a\n  exact h\n· apply k\n  apply b\n  apply a\n  exact h"
    )
    assert [step.tactic for step in result.verified.steps[:3]] == ["constructor", "apply b", "apply a"]
    assert all(len(step.goals) == 1 for step in result.verified.steps)


async def test_apart_needs_fewer_lean_calls(lean_pool):
    """What is tried on the first goal is tried again by best-first search in every state of the second."""

    async def ending(algorithm):
        session = await lean_pool.open(HARD_GOALS)
        result = await run(algorithm, session, ToyPolicy(TABLE), budget=Budget(tactics=250))
        await session.close()
        return result.ending

    assert isinstance(await ending(AndOr()), Proved)
    assert isinstance(await ending(BestFirst()), Unproved)


@pytest.mark.parametrize(
    ("statement", "tactics", "parts"),
    [
        ("theorem t : ∃ n : Nat, n > 3 ∧ n < 10", ["constructor"], 0),
        ("theorem t : ∃ n : Nat, n > 3 ∧ n < 10", ["refine ⟨?_, ?_, ?_⟩"], 0),
        ("theorem t (a b c : Nat) (h : a < b) (k : b < c) : a < c", ["apply Nat.lt_trans"], 0),
        ("theorem t : (∃ n : Nat, n > 3) ∧ 1 = 1", ["constructor"], 2),
        ("theorem t : (∃ n : Nat, n > 3) ∧ 1 = 1", ["constructor", "constructor"], 2),
        ("theorem t (p q : Nat → Prop) : p 1 ∧ q 2 ∧ p 3", ["refine ⟨?_, ?_, ?_⟩"], 3),
        ("theorem t (x : Nat) : x + 0 = x", ["induction x"], 2),
        ("theorem t (a b : Nat) (h : a = 1 ∨ a = 2) : a < b ∨ b < 3", ["rcases h with h | h"], 2),
    ],
)
async def test_what_lean_says_of_goals(statement, tactics, parts, lean_pool):
    session = await lean_pool.open(Theorem(name="t", statement=statement))
    state = session.root
    for tactic in tactics:
        state = await run_tac(session, state, tactic)
        assert isinstance(state, TacticState)
    assert len(await take_apart(session, state, 0)) == parts
    await session.close()


async def test_a_witness_that_another_goal_chooses(lean_pool, verifier):
    """`exact Nat.le_refl 7` chooses the witness: alone, the goal of the witness would be proved by any number."""
    table = [("constructor", -0.1), ("exact 0", -0.2), ("exact Nat.le_refl 7", -0.5), ("trivial", -1.0)]
    result = await attempt(
        Theorem(name="t", statement="theorem t : ∃ n : Nat, n ≤ 7 ∧ 7 ≤ n"),
        environment=lean_pool,
        verifier=verifier,
        policy=ToyPolicy(table),
        algorithm=AndOr(),
        options=SearchOptions(budget=Budget(expansions=60)),
    )
    result.search.tree.check_invariants()
    assert result.verified is not None
    assert "exact 0" not in result.verified.proof
    assert not re.search(r"· exact Nat.le_refl 7\n· exact", result.verified.proof)


# what is kept of a search


async def test_a_run_keeps_the_goals_that_were_proved_apart(lean_pool, verifier, tmp_path):
    config = RunConfig(
        prover_version="0",
        problems="apart",
        set_name="apart",
        set_hash="0",
        policy="heuristic",
        engine="embedded",
        search="and-or",
        timeout_s=None,
        max_expansions=40,
        automation=False,
    )
    folder = RunFolder(tmp_path)
    problem = ProblemRow.from_theorem(0, "apart", HARD_GOALS)
    with RunStore.create(folder, config, [problem], created_at=0.0) as store:
        resources = RunResources(
            pool=lean_pool,
            verifier=verifier,
            policy=lambda seed: ToyPolicy(TABLE),
            classify=AsyncMock(return_value=SUPPORTED),
        )
        assert await Runner(
            folder, store, LocalExecutor(store.config, resources), observe=lambda progress: None
        ).run(asyncio.Event())
        [exported] = json.loads(export_leandojo(store))
    check_invariants(folder)
    with open_run(tmp_path) as reader:
        [problem] = reader.run().problems
        nodes, steps = reader.tree(problem.attempts[0].id)
    assert [step.tactic for step in steps if step.outcome == "subgoal" and step.on_proof] == [
        "goal 1",
        "goal 2",
    ]
    assert {len(node.goals) for node in nodes} == {1, 2}
    traced_tactics = exported["traced_tactics"]
    assert sorted(each["tactic"] for each in traced_tactics) == sorted(
        ["constructor", "apply b", "apply a", "exact h", "apply k"]
    )
    learnt = read_trajectories([(0, tmp_path)], proofs_per_problem=1, failures_per_state=100)
    assert all(len(step.goals) == 1 for step in learnt.steps)
    assert {detour.on_path for detour in learnt.detours}.isdisjoint(each.off_path for each in learnt.detours)
    page = write_report(tmp_path).page.read_text(encoding="utf-8")
    assert "split into its goals" in page


def test_the_report_draws_all_goals_of_a_proof():
    """A state that was split shows each of its goals, and the proof goes through all of them."""
    layout = files("prover.evaluation").joinpath("report", "layout.js").read_text(encoding="utf-8")
    tree = {
        "nodes": [
            [0, [0], 0, 0, 1],
            [1, [0, 0], 1, 0, 1],
            [2, [0], 2, 0, 1],
            [3, [0], 2, 0, 1],
            [4, [0], 2, 0, 0],
        ],
        "steps": [
            [0, 1, 0, 0, "state", 0, 1],
            [1, 2, 0, 0, "subgoal", 0, 1],
            [1, 3, 0, 0, "subgoal", 0, 1],
            [2, -1, 0, 0, "closed", 0, 1],
            [3, -1, 0, 0, "closed", 0, 1],
            [0, 4, 0, 0, "state", 0, 0],
        ],
        "texts": [""],
    }
    told = "states.map((state) => [state.split, state.onProof, state.finishes !== null, state.shown])"
    draw = (
        f"const states = makeTree({json.dumps(tree)}); showPath(states); console.log(JSON.stringify({told}))"
    )
    script = f"{layout}\n{draw}"
    done = subprocess.run([find_node().path, "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        [False, True, False, 1],
        [True, True, False, 2],
        [False, True, True, 0],
        [False, True, True, 0],
        [False, False, False, 0],
    ]


class Reluctant(ToyPolicy):
    """Suggests a state's tactics one after the other, each time it is asked again."""

    async def suggest(self, states):
        [suggestions] = await super().suggest(states)
        return [suggestions[: states[0].round + 1]]


async def test_the_search_comes_back_when_nothing_is_left(algorithm):
    """The second goal is hopeless at first, so nothing is done for the first until the search comes back."""
    table = {
        "⊢ 10": [("split 4 6", -0.1)],
        "⊢ 4": [("half", -0.2)],
        "⊢ 6": [("nonsense", -0.1), ("half", -0.2)],
    }
    always = [("zero", -0.1), ("sub 1", -0.2)]
    result = await run(algorithm, ToySession(10), Reluctant(always, table))
    assert isinstance(result.ending, Proved)
