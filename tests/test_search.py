"""The search over a toy proof system, whose trees are known by heart, see `toy.py`."""

import asyncio
import random

import pytest
from toy import ToyCritic, ToyPolicy, ToySession, dump

from prover.errors import EngineCrashed, InputError, PolicyError
from prover.lean.environment import (
    TacticState,
)
from prover.lean.theorem import Theorem
from prover.policy.base import PolicyInput, Suggestion, merge_duplicates
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget, Spent, StopReason
from prover.search.loop import MAX_ROUNDS
from prover.search.merging import state_key
from prover.search.result import Proved, Unproved
from prover.search.scoring import Cumulative, LengthNormalised, PathScore, scoring_rule
from prover.search.script import proof_text
from prover.search.shorten import shorten
from prover.search.tree import NodeStatus, ProofTree, outcome_kind

STEPS = (("zero", -0.1), ("half", -0.5), ("sub 1", -1.0), ("nonsense", -2.0))


async def yes(tactics):
    return True


async def search(session, policy, *, accept=yes, budget=None, algorithm=None, **settings):
    options = SearchOptions(budget=budget or Budget(expansions=100), **settings)
    result = await (algorithm or BestFirst()).run(session, policy, accept, options)
    result.tree.check_invariants()
    return result


GOLDEN = """\
0 [⊢ 4] expanded 0.0
  zero -> error
  half -> 1
  sub 1 -> 2
  nonsense -> error
1 [⊢ 2] expanded -0.5
  zero -> error
  half -> 3
  sub 1 -> 3
  nonsense -> error
2 [⊢ 3] expanded -1.0
  zero -> error
  half -> error
  sub 1 -> 1
  nonsense -> error
3 [⊢ 1] expanded -1.0
  zero -> error
  half -> error
  sub 1 -> 4
  nonsense -> error
4 [⊢ 0] expanded -2.0
  zero -> finished"""


async def test_golden_tree():
    result = await search(ToySession(4), ToyPolicy(STEPS), scoring=Cumulative(), width=1)
    assert dump(result.tree) == GOLDEN
    assert result.ending == Proved(("half", "half", "sub 1", "zero"))
    assert (result.expansions, result.tactics_tried) == (5, 17)
    assert result.outcomes == {"error": 10, "state": 6, "finished": 1}


async def test_same_tree_whatever_the_delays():
    def tree_text(result):
        return dump(result.tree), result.ending, result.expansions, result.tactics_tried

    expected = tree_text(await search(ToySession(37), ToyPolicy(STEPS), width=3))
    for seed in range(5):
        chance = random.Random(seed)
        delay = lambda *_: chance.random() / 500  # noqa: E731, B023
        result = await search(ToySession(37, delay), ToyPolicy(STEPS, delay=delay), width=3)
        assert tree_text(result) == expected


async def test_length_normalisation_goes_deeper():
    table = {"⊢ 4": [("sub 1", -1.0), ("sub 2", -1.5)], "⊢ 3": [("sub 2", -1.0)], "⊢ 1": [("sub 1", -1.0)]}
    shallow = await search(ToySession(4), ToyPolicy((), table), scoring=Cumulative(), width=1)
    deep = await search(ToySession(4), ToyPolicy((), table), scoring=LengthNormalised(1.0), width=1)

    async def order(scoring):
        policy = ToyPolicy((), table)
        await search(ToySession(4), policy, scoring=scoring, width=1)
        return [state.pp for state in policy.asked]

    assert await order(Cumulative()) == ["⊢ 4", "⊢ 3", "⊢ 2", "⊢ 1", "⊢ 0"]
    assert await order(LengthNormalised(1.0)) == ["⊢ 4", "⊢ 3", "⊢ 1", "⊢ 0", "⊢ 2"]
    assert shallow.ending.stopped_by is deep.ending.stopped_by is StopReason.NO_OPEN_STATES


def test_scores():
    path = PathScore(logprob=-3.0, per_token=-1.0, depth=4, value=0.25)
    assert scoring_rule("cumulative")(path) == -3.0
    assert scoring_rule("step-prover")(path) == -1.0
    assert scoring_rule("length-normalised:0.5")(path) == -1.5
    assert scoring_rule("bfs-prover:2")(path) == -1 / 16
    assert scoring_rule("critic")(path) == 0.25
    assert scoring_rule("2*critic+0.5*step-prover")(path) == 0.0
    assert LengthNormalised()(PathScore(logprob=0.0, per_token=0.0, depth=0)) == 0.0
    with pytest.raises(ValueError, match="alpha"):
        LengthNormalised(-1.0)


@pytest.mark.parametrize(
    "name",
    ["cumulative", "step-prover", "length-normalised:1", "bfs-prover:0.5", "critic", "1*critic+2*cumulative"],
)
def test_a_rule_is_read_back_from_its_name(name):
    rule = scoring_rule(name)
    assert rule.name == name
    assert rule.needs_critic == ("critic" in name)


@pytest.mark.parametrize("name", ["", "best", "critic:1", "cumulative+", "-1*critic", "length-normalised:x"])
def test_a_rule_that_does_not_exist(name):
    with pytest.raises(InputError, match="no scoring rule"):
        scoring_rule(name)


async def test_a_critic_guides_the_search():
    table = {"⊢ 9": [("sub 1", -0.1), ("sub 7", -9.0)], "⊢ 2": [("sub 2", -5.0)]}
    policy, critic = ToyPolicy((), table), ToyCritic()
    await search(ToySession(9), policy, scoring=scoring_rule("critic"), critic=critic, width=1)
    assert [state.pp for state in policy.asked] == ["⊢ 9", "⊢ 2", "⊢ 0", "⊢ 8"]
    assert [state.expansion for state in policy.asked] == [0, 1, 2, 3]
    assert critic.scored == ["⊢ 8", "⊢ 2", "⊢ 0"]


async def test_a_rule_without_its_critic():
    with pytest.raises(ValueError, match="needs a critic"):
        await search(ToySession(9), ToyPolicy(STEPS), scoring=scoring_rule("critic"))


async def test_tokens_weigh_on_the_score():
    table = {"⊢ 9": [Suggestion("sub 1", -2.0, 1), Suggestion("sub 2", -3.0, 10)]}
    policy = ToyPolicy((), table)
    await search(ToySession(9), policy, scoring=scoring_rule("step-prover"), width=1)
    assert [state.pp for state in policy.asked] == ["⊢ 9", "⊢ 7", "⊢ 8"]


async def test_likelier_path_to_an_open_state_replaces_the_other():
    table = {
        "⊢ 4": [("sub 2", -5.0), ("sub 1", -0.1)],
        "⊢ 3": [("sub 1", -0.1)],
        "⊢ 2": [("sub 2", -0.1)],
        "⊢ 0": [("zero", -0.1)],
    }
    result = await search(ToySession(4), ToyPolicy((), table), width=1)
    assert result.ending == Proved(("sub 1", "sub 1", "sub 2", "zero"))
    two = next(node for node in result.tree.nodes if node.state.pp == "⊢ 2")
    assert two.id == 2
    assert two.logprob == pytest.approx(-0.2)
    assert [edge.target for edge in result.tree.root.edges].count(two) == 1


async def test_every_limit_is_reported():
    async def ending(**limits):
        return (await search(ToySession(1000), ToyPolicy(STEPS), budget=Budget(**limits), width=2)).ending

    assert (await ending(expansions=3)).stopped_by is StopReason.EXPANSIONS
    assert (await ending(tactics=5)).stopped_by is StopReason.TACTICS
    result = await search(ToySession(3), ToyPolicy([("half", -1.0)]))
    assert result.ending == Unproved(StopReason.NO_OPEN_STATES, (), ("⊢ 3",))
    slow = ToySession(1000, lambda state: 30.0)
    result = await search(slow, ToyPolicy(STEPS), budget=Budget(seconds=0.05))
    assert result.ending.stopped_by is StopReason.SECONDS
    assert result.tree.root.status is NodeStatus.EXPANDING


async def test_a_search_in_which_nothing_is_proposed_says_so():
    result = await search(ToySession(3), ToyPolicy([]))
    assert result.ending == Unproved(StopReason.NOTHING_PROPOSED, (), ("⊢ 3",))


class FailingPolicy(ToyPolicy):
    """Answers so many times, and then is in trouble or silent for ever."""

    def __init__(self, answers, trouble):
        super().__init__(STEPS)
        self.trouble = ""
        self._answers = answers
        self._what = trouble

    async def suggest(self, states):
        if len(self.asked) >= self._answers:
            self.trouble = self._what
            await asyncio.sleep(3600)
        return await super().suggest(states)


@pytest.mark.parametrize(
    ("answers", "trouble", "said"),
    [
        (0, "the server is down", "the server is down; the search ended at its time limit"),
        (2, "the server is down", "the server is down; the search ended at its time limit"),
        (0, "", "toy gave no answer within the 1 s of the search"),
    ],
)
async def test_time_that_a_failing_model_took_does_not_count_against_the_theorem(answers, trouble, said):
    with pytest.raises(PolicyError, match=said):
        await search(ToySession(1000), FailingPolicy(answers, trouble), budget=Budget(seconds=1), width=2)


async def test_time_that_a_slow_model_took_counts():
    result = await search(ToySession(1000), FailingPolicy(2, ""), budget=Budget(seconds=1), width=2)
    assert result.ending.stopped_by is StopReason.SECONDS


@pytest.mark.parametrize("most", [1, 2, 5, 6, 7])
@pytest.mark.parametrize("width", [1, 2, 3])
async def test_no_more_tactics_count_than_the_budget_has(most, width):
    result = await search(ToySession(1000), ToyPolicy(STEPS), budget=Budget(tactics=most), width=width)
    assert result.tactics_tried == most == len(list(result.tree.edges()))
    assert result.ending.stopped_by is StopReason.TACTICS


@pytest.mark.parametrize("most", [3, 4])
async def test_a_proof_beyond_the_budget_does_not_count(most):
    steps = (
        ("nonsense", -0.1),
        ("sub 9", -0.2),
        ("sub 8", -0.3),
        ("zero", -0.4),
    )
    result = await search(ToySession(0), ToyPolicy(steps), budget=Budget(tactics=most))
    assert isinstance(result.ending, Proved) is (most == 4)


@pytest.mark.parametrize("limits", [{"expansions": 0}, {"seconds": -1.0}, {"tactics": 0}])
def test_budget_that_allows_nothing(limits):
    with pytest.raises(ValueError, match="allows nothing"):
        Budget(**limits)


def test_budget_without_limits():
    assert Budget().limit_reached(Spent(expansions=10**9, tactics=10**9, seconds=1e9)) is None


async def test_expansions_are_never_exceeded():
    policy = ToyPolicy(STEPS)
    result = await search(ToySession(1000), policy, budget=Budget(expansions=7), width=5)
    assert result.expansions == len(policy.asked) == 7


async def test_rejected_proof_is_marked_and_the_search_goes_on():
    offered = []

    async def only_short(tactics):
        offered.append(tactics)
        return len(tactics) == 2

    policy = ToyPolicy((), {"⊢ 2": [("sub 1", -0.1), ("sub 2", -2.0)], "⊢ 1": [("sub 1", -0.1)]})
    policy._always = [("zero", -0.1)]
    result = await search(ToySession(2), policy, accept=only_short, width=1)
    assert offered == [("sub 1", "sub 1", "zero")]
    assert result.ending.stopped_by is StopReason.NO_OPEN_STATES
    assert [f.kind for f in result.failures if f.tactic == "zero"] == ["rejected"]
    assert result.tree.winner is None


async def test_suggestions_after_a_rejected_proof_are_still_tried():
    async def no(tactics):
        return False

    session = ToySession(0)
    policy = ToyPolicy([("zero", -0.1), ("sub 0", -0.2), ("half", -0.3), ("nonsense", -0.4)])
    result = await search(session, policy, accept=no)
    assert result.tactics_tried == 4
    assert [outcome_kind(edge.outcome) for edge in result.tree.root.edges] == [
        "rejected",
        "state",
        "state",
        "error",
    ]


async def test_reasons_of_failure():
    policy = ToyPolicy([("sorry", -0.1), ("slow", -0.2), ("half", -0.3)])
    result = await search(ToySession(3), policy)
    assert [(each.kind, each.reason) for each in result.failures] == [
        ("given up", "the proof uses `sorry`"),
        ("timeout", "too slow"),
        ("error", "half does not apply to 3"),
    ]


async def test_best_unfinished_has_the_least_left():
    policy = ToyPolicy((), {"⊢ 10": [("split 3 7", -0.1), ("sub 5", -3.0)]})
    result = await search(ToySession(10), policy)
    assert result.ending == Unproved(StopReason.NO_OPEN_STATES, ("sub 5",), ("⊢ 5",))


async def test_what_has_nothing_left_to_try_asks_for_more():
    first = {"⊢ 9": [("sub 2", -0.1)], "⊢ 7": [("sub 10", -0.1)]}
    later = {("⊢ 9", 1): [("sub 3", -0.5)], ("⊢ 6", 1): [("sub 6", -0.5)], ("⊢ 0", 0): [("zero", -0.1)]}
    policy = ToyPolicy((), first, later=later)
    result = await search(ToySession(9), policy, width=2)
    assert result.ending == Proved(("sub 3", "sub 6", "zero"))
    assert [state.pp for state in policy.asked] == ["⊢ 9", "⊢ 7", "⊢ 6", "⊢ 0"]
    assert result.expansions == 6  # the four, and 9 and 6 once more; 7 for nothing
    result.tree.check_invariants()
    limited = await search(ToySession(9), ToyPolicy((), first, later=later), budget=Budget(expansions=2))
    assert limited.ending.stopped_by is StopReason.EXPANSIONS


async def test_a_policy_that_always_has_more_is_not_asked_for_ever():
    class Endless(ToyPolicy):
        async def suggest(self, states):
            return [[Suggestion(f"sub {100 + state.round}", -1.0)] for state in states]

    result = await search(ToySession(1), Endless())
    assert result.ending.stopped_by is StopReason.NO_OPEN_STATES
    assert result.expansions == MAX_ROUNDS


async def test_policy_sees_goals_theorem_and_tactics_so_far():
    policy = ToyPolicy([("split 1 2", -0.1)], {"⊢ 1\n\n⊢ 2": [("sub 1", -0.1)]})
    await search(ToySession(3), policy)
    assert policy.asked[1] == PolicyInput(
        goals=("⊢ 1", "⊢ 2"), name="toy", statement="theorem toy", tactics=("split 1 2",), expansion=1
    )


async def test_finish_among_the_first_suggestions_spares_the_rest():
    session = ToySession(0)
    policy = ToyPolicy([("zero", -0.1), *((f"sub {k}", -1.0) for k in range(1, 20))])
    assert (await search(session, policy)).ending == Proved(("zero",))
    assert sum(len(tactics) for _, tactics in session.calls) == 4


async def test_engine_failure_ends_the_search_and_leaves_no_task():
    before = asyncio.all_tasks()
    policy = ToyPolicy([("sub 1", -0.1), ("sub 2", -0.2)], {"⊢ 9": [("crash", -0.1)]})
    with pytest.raises(EngineCrashed, match="the toy broke"):
        await search(ToySession(10), policy, width=3)
    assert asyncio.all_tasks() == before


async def test_interrupt_keeps_what_there_is():
    interrupt = asyncio.Event()
    commits = []

    def observe(tree, spent):
        commits.append(spent.expansions)
        if len(commits) == 3:
            interrupt.set()

    result = await search(ToySession(1000), ToyPolicy(STEPS), observe=observe, interrupt=interrupt, width=1)
    assert result.ending.stopped_by is StopReason.INTERRUPTED
    assert commits == [1, 2, 3]
    waiting = ToySession(1000, lambda state: 30.0)
    result = await search(waiting, ToyPolicy(STEPS), interrupt=interrupt)
    assert result.ending.stopped_by is StopReason.INTERRUPTED


async def test_proof_that_is_there_when_time_is_up_counts():
    session = ToySession(3, lambda state: 30.0 if state == "⊢ 2" else 0.0)
    policy = ToyPolicy([("zero", -0.1)], {"⊢ 3": [("sub 1", -0.1), ("sub 3", -0.2)]})
    result = await search(session, policy, budget=Budget(seconds=0.2), width=2)
    assert result.ending == Proved(("sub 3", "zero"))


async def test_times_add_up():
    now = iter(range(1000))
    result = await search(ToySession(1), ToyPolicy(STEPS), clock=lambda: float(next(now)))
    times = result.times
    assert times.wall > 0
    assert times.lean > 0
    assert times.policy > 0
    assert 0 <= times.idle < times.wall


async def test_networkx_export():
    result = await search(ToySession(4), ToyPolicy(STEPS), scoring=Cumulative(), width=1)
    graph = result.tree.to_networkx()
    assert graph.number_of_nodes() == 5 + 11
    assert graph.number_of_edges() == 17
    assert [t for _, _, t in graph.edges(data="tactic") if t == "zero"]
    on_proof = [data["tactic"] for _, _, data in graph.edges(data=True) if data["on_proof"]]
    assert on_proof == ["half", "half", "sub 1", "zero"]
    assert graph.nodes["n0"]["goals"] == ["⊢ 4"]


def test_invariants_notice_a_broken_tree():
    tree = ProofTree(TacticState(0, ("⊢ 1",)))
    tree.begin(tree.root)
    child = tree.add(tree.root, "sub 1", -1.0, TacticState(1, ("⊢ 0",)))
    tree.check_invariants()
    child.logprob = -7.0
    with pytest.raises(AssertionError):
        tree.check_invariants()


def test_merging_looks_through_names():
    a = "case inl\nx y : Nat\nh : x < y\n⊢ x ≤ y"
    b = "case inr\nn m✝ : Nat\nh₁ : n < m✝\n⊢ n ≤ m✝"
    c = "n m : Nat\nh : m < n\n⊢ n ≤ m"
    assert state_key([a]) == state_key([b]) != state_key([c])
    assert state_key([a, c]) != state_key([c, a])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f x : Nat\n⊢ { f := 1 }.f = x", "x f : Nat\n⊢ { f := 1 }.f = f"),
        ("n m : Nat\n⊢ p 0...n", "m n : Nat\n⊢ p 0...n"),
        ('x y : String\n⊢ x = "x"', 'y x : String\n⊢ y = "y"'),
        ("a : Nat\n⊢ a = 1", "a : Int\n⊢ a = 1"),
    ],
)
def test_different_states_are_kept_apart(one, other):
    assert state_key([one]) != state_key([other])


@pytest.mark.parametrize("goal", ["⊢ ?m.7 = 1", "h : ?x\n⊢ False", "⊢ f ⋯ = 1"])
def test_states_that_hide_something_are_not_merged(goal):
    assert state_key([goal]) is None
    tree = ProofTree(TacticState(0, ("⊢ 1",)))
    tree.begin(tree.root)
    first = tree.add(tree.root, "a", -1.0, TacticState(1, (goal,)))
    second = tree.add(tree.root, "b", -1.0, TacticState(2, (goal,)))
    assert first is not second
    tree.check_invariants()


def test_projections_of_hypotheses_are_renamed():
    assert state_key(["x : Rat\n⊢ x.den = 1"]) == state_key(["y : Rat\n⊢ y.den = 1"])


async def test_shorten_drops_what_is_not_needed():
    session = ToySession(8)
    assert await shorten(session, ["sub 0", "half", "half", "sub 0", "sub 2", "zero"]) == (
        "half",
        "half",
        "sub 2",
        "zero",
    )
    assert await shorten(session, ["sub 8", "zero"]) == ("sub 8", "zero")
    assert await shorten(session, ["sub 0", "sub 8", "zero"], seconds=0.0) == ("sub 0", "sub 8", "zero")
    session.calls.clear()
    assert await shorten(session, ["zero"]) == ("zero",)
    assert session.calls == []


def test_proof_text_keeps_the_lines_of_a_tactic():
    tactics = ("intro n\n", "induction n with\n| zero => simp\n| succ n ih =>\n  simp\n  omega", "omega")
    assert proof_text(tactics) == (
        "intro n\ninduction n with\n| zero => simp\n| succ n ih =>\n  simp\n  omega\nomega"
    )


def test_duplicates_merge_into_the_likelier():
    merged = merge_duplicates([Suggestion("simp", -2.0), Suggestion(" simp\n", -1.0), Suggestion("  ", 0.0)])
    assert merged == [Suggestion("simp", -1.0)]


async def test_real_lean(lean_pool):
    theorem = Theorem(name="both", statement="theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q")
    session = await lean_pool.open(theorem)
    table = [
        ("constructor", -0.1),
        ("exact hq", -0.5),
        ("exact hp", -0.5),
        ("sorry", -0.2),
        ("exact hr", -1.0),
    ]
    result = await search(session, ToyPolicy(table), width=2)
    await session.close()
    assert result.ending == Proved(("constructor", "exact hp", "exact hq"))
    kinds = {each.tactic: each.kind for each in result.failures}
    assert kinds["exact hr"] == "error"
    assert kinds["sorry"] in {"error", "given up"}


async def test_what_lean_answered_in_time_counts_although_a_later_tactic_does_not_end():
    """The time ran out in the first request, and nothing of it was heard of."""
    policy = ToyPolicy((("half", -0.1), ("sub 4", -0.2), ("hang", -0.3), ("zero", -0.4)))
    result = await search(ToySession(4), policy, budget=Budget(seconds=0.2))
    assert result.ending.stopped_by is StopReason.SECONDS
    assert (result.expansions, result.tactics_tried) == (1, 2)
    assert [edge.tactic for edge in result.tree.root.edges] == ["half", "sub 4"]
