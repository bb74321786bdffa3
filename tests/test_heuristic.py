"""The policy without a model: reading goals, calculating, and what it proposes; and that Lean agrees."""

from fractions import Fraction

import pytest

from prover.lean.theorem import Theorem
from prover.policy.base import PolicyInput
from prover.policy.heuristic.arithmetic import NotArithmeticError, evaluate, holds, linear_form
from prover.policy.heuristic.declared import read_declared
from prover.policy.heuristic.goal_shape import Goal, Hypothesis, parse_goal
from prover.policy.heuristic.moves.move import PRIORS, fresh
from prover.policy.heuristic.moves.ranges import Range, has_huge_power, ranges
from prover.policy.heuristic.moves.recurrence import Formula, formula, period, read_recurrence
from prover.policy.heuristic.policy import HeuristicPolicy, moves
from prover.policy.heuristic.terms import (
    Apply,
    Binder,
    Name,
    Opaque,
    Operation,
    argument,
    function_call,
    names_in,
    read_term,
)
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget
from prover.search.result import Proved

GOAL = """\
case succ
α✝ : Type
f : ℕ → ℕ
p : Prop
xs ys : List ℕ
n x✝ : ℕ
ih : 0 < n →
  f n = n
hp : p
hx : xs.Nodup
m : ℕ := 5
⊢ 0 < n + 1 →
    f (n + 1) = n + 1"""


def shape(term):
    """A term as nested tuples, for comparison."""
    match term:
        case Operation(operator=operator, operands=operands):
            return (operator, *map(shape, operands))
        case Apply(function=function, arguments=arguments):
            return ("app", shape(function), *map(shape, arguments))
        case Binder(kind=kind, names=names, relation=relation, domain=domain, body=body):
            return (kind, names, relation, domain, shape(body))
        case _:
            return term.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c ^ 2 = d", ("=", ("+", "a", ("*", "b", ("^", "c", "2"))), "d")),
        ("a - b - c", ("-", ("-", "a", "b"), "c")),
        ("p → q → r", ("→", "p", ("→", "q", "r"))),
        ("¬p ∧ q ∨ r", ("∨", ("∧", ("¬", "p"), "q"), "r")),
        ("-x ^ 2", ("-", ("^", "x", "2"))),
        ("n ^ 2 ≤ 2 * n !", ("≤", ("^", "n", "2"), ("*", "2", ("app", "Nat.factorial", "n")))),
        (
            "(n + 1)! / n ! ≠ 0",
            ("≠", ("/", ("app", "Nat.factorial", ("+", "n", "1")), ("app", "Nat.factorial", "n")), "0"),
        ),
        ("↑n / 2 = ↑(f n)", ("=", ("/", ("↑", "n"), "2"), ("↑", ("app", "f", "n")))),
        ("f (g a) (b + 1)", ("app", "f", ("app", "g", "a"), ("+", "b", "1"))),
        ("∀ n ≥ 5, x n = 0", ("∀", ("n",), "≥", "5", ("=", ("app", "x", "n"), "0"))),
        ("∀ (a b : ℕ), a = b", ("∀", ("a", "b"), ":", "ℕ", ("=", "a", "b"))),
        ("∀ (a : ℕ) {b : ℤ}, p", ("∀", ("a",), ":", "ℕ", ("∀", ("b",), ":", "ℤ", "p"))),
        ("∃ x, x ∣ 6 ∧ x ≠ 1", ("∃", ("x",), "", "", ("∧", ("∣", "x", "6"), ("≠", "x", "1")))),
        ("(fun x => x + 1) 2", ("app", ("fun", ("x",), "", "", ("+", "x", "1")), "2")),
        ("(f x).num = 2⁻¹", ("=", ("app", ".num", ("app", "f", "x")), ("⁻¹", "2"))),
        (
            "f √x * √(f 2) ^ 2 = √x⁻¹",
            (
                "=",
                ("*", ("app", "f", ("√", "x")), ("^", ("√", ("app", "f", "2")), "2")),
                ("√", ("⁻¹", "x")),
            ),
        ),
        ("a :: xs ++ [1, 2]", ("++", ("::", "a", "xs"), "[1, 2]")),
    ],
)
def test_terms_are_read_as_lean_means_them(text, expected):
    assert shape(read_term(text)) == expected


@pytest.mark.parametrize(
    "text", ["if a then b else c", "match x with | _ => 1", "(a, b)", "a ⊕ b", "f (", ""]
)
def test_what_cannot_be_read_is_opaque(text):
    assert read_term(text) == Opaque(text)


def test_terms_quote_themselves():
    term = read_term("f (a + 1) = b")
    assert isinstance(term, Operation)
    assert argument(term.operands[0]) == "(f (a + 1))"
    assert argument(read_term("x")) == "x"
    assert names_in(term) == {"f", "a", "b"}
    assert names_in(read_term("x.den = (y + 1).num")) == {"x", "y"}


@pytest.mark.parametrize("text", ["Nat.gcd a 6", "a.gcd 6", "gcd a 6"])
def test_calls_by_any_notation(text):
    name, operands = function_call(read_term(text))
    assert (name, [operand.text for operand in operands]) == ("gcd", ["a", "6"])
    assert function_call(read_term("(a + 1).gcd b"))[0] == "gcd"
    assert function_call(Name("a")) == ("", ())


def test_goal_is_taken_apart():
    goal = parse_goal(GOAL)
    assert goal.case == "succ"
    assert goal.target == "0 < n + 1 → f (n + 1) = n + 1"
    assert [each.name for each in goal.facts] == ["ih", "hp", "hx"]
    assert [each.name for each in goal.variables] == ["f", "p", "xs", "ys", "n", "m"]
    assert [each.name for each in goal.numbers()] == ["n", "m"]
    assert Hypothesis("m", "ℕ", "5") in goal.hypotheses
    assert fresh(goal, "n") == "n1"
    assert fresh(goal, "k") == "k"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3 - 5", "Nat", 0),
        ("3 - 5", "Int", -2),
        ("-7 / 2", "Int", -4),
        ("-7 % 2", "Int", 1),
        ("7 / 2", "Rat", Fraction(7, 2)),
        ("7 / 0", "Nat", 0),
        ("7 % 0", "Nat", 7),
        ("2 ^ 3 ^ 2", "Nat", 512),
        ("Nat.gcd 12 18 + Nat.lcm 4 6", "Nat", 18),
        ("↑x * 2⁻¹", "Rat", Fraction(3, 2)),
        ("(Finset.Icc 1 x).sum fun k => k ^ 2", "Nat", 14),
        ("∏ k ∈ Finset.range 4, (2 * k + 1) + 1", "Nat", 106),
        ("Nat.sqrt 26 + x !", "Nat", 11),
        ("Nat.choose 5 2", "Nat", 10),
    ],
)
def test_arithmetic_is_leans(text, kind, value):
    assert evaluate(read_term(text), {"x": 3}, kind) == value


@pytest.mark.parametrize("text", ["y + 1", "2 ^ 2 ^ 100", "f 1", "∀ n, n = n", "2 ^ (10 ^ 9)", "(10 ^ 9)!"])
def test_what_has_no_value(text):
    with pytest.raises(NotArithmeticError):
        evaluate(read_term(text), {"x": 3}, "Nat")


@pytest.mark.parametrize(
    "text",
    ["Nat.sqrt (2 - x)", "Nat.choose 5 (2 - x)", "∑ k ∈ Finset.range (10 ^ 30), k", "Nat.sqrt (x / y)"],
)
def test_what_has_no_value_among_the_integers(text):
    """It may have one among the natural numbers, or be too much to calculate."""
    with pytest.raises(NotArithmeticError):
        evaluate(read_term(text), {"x": 3}, "Int")


async def test_a_long_sum_and_a_set_of_any_form_cost_a_suggestion_at_most():
    goal = (
        "S : Set ℕ\nu : ℕ\nh : ∀ (n : ℕ), n ∈ S \\ {n | n * n = 1}) ↔ 0 < n\nk : ∀ (n : ℕ), n ∈ f '' [S[ ↔ 0 < n\n"
        "l : IsLeast S u\n⊢ ∑ k ∈ Finset.range 1000000000000000000000000000000, (k : ℝ) = 0"
    )
    [suggested] = await HeuristicPolicy().suggest([PolicyInput(goals=(goal,))])
    assert suggested


def test_propositions_and_linear_forms():
    assert holds(read_term("x ∣ 6 ∧ ¬x = 4 → x ≤ 3"), {"x": 3}, "Nat")
    assert not holds(read_term("2 * x ≠ 6 ∨ x > 3"), {"x": 3}, "Nat")
    assert holds(read_term("Nat.Prime x ∧ x.Coprime 4 ∧ x + 4 ≡ 2 [MOD 5]"), {"x": 3}, "Nat")
    assert linear_form(read_term("3 * (n + 2) - n")) == ({"n": 2}, 6)
    with pytest.raises(NotArithmeticError):
        linear_form(read_term("n * n"))


def test_a_files_declarations_are_known_by_their_full_names():
    declared = read_declared(
        QUALIFIED + LIST + "end L\n" + EVEN + "-- def no := 1\ndef P (n : Nat) : Prop := n = 1"
    )
    assert [each.name for each in declared.datatypes] == ["Foo.T", "L"]
    assert declared.datatype("T").constructors == ("Foo.T.a", "Foo.T.b")
    assert [each.name for each in declared.predicates] == ["Even"]
    assert [each.name for each in declared.functions] == ["Foo.T.f", "L.app", "L.rev", "P"]
    assert [each.name for each in declared.theorems] == ["L.app_assoc", "L.app_nil"]
    assert [declared.is_proposition(name) for name in ("L", "Even", "P", "app", "Q")] == [
        *(False, True, True, None, None)
    ]
    assert [each.name for each in declared.with_those_used([declared.function("rev")])] == ["L.rev", "L.app"]


def test_things_and_facts_are_told_apart():
    text = (
        "α : Type u_1\nt s : Tree α\nu : Foo.T\nh : Sorted t\nhs : s.Balanced\nx : {n // 0 < n}\n⊢ t.f = u.f"
    )
    assert [each.name for each in parse_goal(text).facts] == ["h", "hs"]
    known = read_declared("def Tree.Sorted (t : Tree α) : Prop := True\nabbrev Foo := Nat")
    assert [each.name for each in parse_goal(text, known).facts] == ["h", "hs"]
    shared = parse_goal("t : Tree α\nh : ∀ s : Tree α, Sorted s\n⊢ ∃ s, s = h", read_declared(QUALIFIED))
    assert "h" not in [each.name for each in shared.facts]  # the target speaks of it


def goal_of(target, **hypotheses):
    return Goal("", tuple(Hypothesis(name, shown) for name, shown in hypotheses.items()), target)


def test_bounds_follow_from_linear_hypotheses():
    goal = goal_of("False", a="ℤ", b="ℤ", n="ℕ", h="0 < a ∧ 0 < b", h1="¬19 ≤ a + b", h2="3 * n ≤ 10")
    assert ranges(goal) == {"a": Range(1, 17), "b": Range(1, 17), "n": Range(0, 3)}
    assert ranges(goal)["n"].values == range(4)


def test_astronomic_powers_are_noticed():
    assert has_huge_power(goal_of("2 ^ (2008 ^ 2 + 2 ^ 2008) % 10 = 6"))
    assert not has_huge_power(goal_of("5 ^ 2005 % 100 = 25"))
    assert not has_huge_power(goal_of("1 ^ 10 ^ 9 = 1", n="ℕ", h="2 ^ n = 8"))


def test_recurrences_are_read_and_their_patterns_found():
    goal = goal_of(
        "x 100 = 0", x="ℕ → ℤ", h0="x 1 = 2", h1="x 2 = 5", h="∀ n ≥ 3, x n = x (n - 1) - x (n - 2)"
    )
    recurrence = read_recurrence(goal, goal.facts[-1])
    assert recurrence.terms()[:8] == [2, 5, 3, -2, -5, -3, 2, 5]
    assert period(recurrence.terms(), recurrence.reach) == 6
    assert formula([3, 7, 11, 15, 19, 23]) == Formula("linear", 4, 3)
    assert formula([Fraction(3, d) for d in range(3, 27, 4)]).value(100) == Fraction(3, 403)
    assert formula([5 * 2**i for i in range(8)]) == Formula("geometric", 2, 0, 5)
    assert formula([1, 2, 3]) is None
    assert formula([1, 2, 4, 8, 16, 31]) is None


TEXTS = [
    GOAL,
    "⊢ ∀ (p q : Prop), p ∧ q → q ∧ p",
    "x y : ℕ\nh : x * y = 12\nh1 : x + y = 7\n⊢ x ^ 2 + y ^ 2 = 25",
    "a : ℤ\n⊢ a ^ 2 % 3 = 0 ∨ a ^ 2 % 3 = 1",
    "h : ?m.3\n⊢ ⋯ = ?x",
    "n : ℕ\nh : n < 3\nk : 5 < n\n⊢ n * n = 4",  # no value is left for n
    "not a goal at all",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_suggestions_are_ranked_distinct_and_the_same_every_time(text):
    policy = HeuristicPolicy()
    state = PolicyInput(goals=(text,))
    [first], [second] = await policy.suggest([state]), await policy.suggest([state])
    assert first == second
    assert 1 <= len(first) <= 60
    assert all(each.logprob <= 0 for each in first)
    assert [each.logprob for each in first] == sorted((each.logprob for each in first), reverse=True)
    assert len({each.tactic for each in first}) == len(first)
    assert (await HeuristicPolicy(limit=3).suggest([state]))[0] == first[:3]


def test_every_prior_is_a_chance_and_every_move_has_one():
    assert all(0 < prior <= 1 for prior in PRIORS.values())
    for text in TEXTS:
        assert all(move.prior > 0 for move in moves(parse_goal(text), 2))


async def test_nothing_is_suggested_where_calculating_would_kill_lean():
    policy = HeuristicPolicy()
    assert await policy.suggest([PolicyInput(goals=("⊢ 2 ^ 2 ^ 2008 % 10 = 6",))]) == [[]]
    with pytest.raises(ValueError, match="at least one"):
        HeuristicPolicy(limit=0)


PROVABLE = [
    "(p q r : Prop) (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ (p ∧ r)",
    "(α : Type) (r : α → α → Prop) (h : ∃ x, ∀ y, r x y) : ∀ y, ∃ x, r x y",
    "(α : Type) (xs ys : List α) : (xs ++ ys).length = ys.length + xs.length",
    "(a b : Bool) : (a && b) = (b && a)",
    "(n : Nat) : n < 2 ^ n",
    "(n : Nat) : 3 ∣ n ^ 3 - n",
    "(n : Nat) : 2 ^ (2 * n) % 3 = 1",
    "(n : Nat) (h : 5 ∣ 2 ^ n - 1) : 4 ∣ n",
    "(a : Int) : a ^ 2 % 5 ≠ 2",
    "(x y : Int) (h : x % 7 = 3) (h1 : y % 7 = 5) : (x + 2) ^ 2 * y % 7 = 6",
    "(a b c : Nat) (h : a ∣ b) (h1 : a ∣ c) : a ∣ b + c",
    "(n : Nat) : Nat.gcd (5 * n + 3) (3 * n + 2) = 1",
    "(x y : Nat) (h : x * y = 77) (h1 : 1 < x) (h2 : x < y) : x + y = 18",
    "(x : Int) (h : x ^ 2 = 49) : x = 7 ∨ x = -7",
    "(x y : Nat) (h : 2 ^ x * 5 ^ y = 500) : x + y = 5",
    "(a b : Int) (h : 0 < a) (h1 : a ≤ b) (h2 : a + b < 12) (h3 : 13 ∣ a ^ 2 + b ^ 2) : a = 1 ∨ a = 2 ∨ a = 4",
    "(x y : Int) : 2 * x * y ≤ x ^ 2 + y ^ 2",
    "(a b : Rat) (h : 0 < a) (h1 : 0 < b) : a * b > 0",
    "(a b : Nat) (h : (a : Rat) / 3 = 2 * b) (h1 : b = 4) : a = 24",
    "(f : Nat → Nat) (h : ∀ x, f x = 3 * x + 1) : f (f 2) = 22",
    "(f : Int → Int) (h : ∀ x y, f (x + y) = f x + f y) : f 0 = 0",
    "(x : Nat → Int) (h : x 0 = 1) (h1 : x 1 = 4) (h2 : ∀ n, x (n + 2) = x (n + 1) - x n) : x 1000 = -4",
    "(a : Nat → Rat) (h : a 0 = 1) (h1 : ∀ n, a (n + 1) = a n / (1 + 2 * a n)) : a 50 = 1 / 101",
    "(a : Nat → Nat) (h : a 0 = 0) (h1 : ∀ n, a (n + 1) = a n + 2 * n + 1) (n : Nat) : a n = n ^ 2",
    ": ∃ a b : Nat, a ^ 2 + b ^ 2 = 169 ∧ 0 < a ∧ a < b",
    "(n : Nat) : ∃ m, n < m ∧ m % 3 = 1",
]

TREE = """universe u
inductive Tree (α : Type u) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α
def Tree.mirror {α} : Tree α → Tree α
  | .leaf => .leaf
  | .node l x r => .node r.mirror x l.mirror
def Tree.size {α} : Tree α → Nat
  | .leaf => 0
  | .node l _ r => l.size + 1 + r.size
"""
LIST = """inductive L (α : Type) where
  | nil
  | cons (x : α) (xs : L α)
namespace L
variable {α : Type}
def app : L α → L α → L α
  | nil, ys => ys
  | cons x xs, ys => cons x (app xs ys)
def rev : L α → L α
  | nil => nil
  | cons x xs => app (rev xs) (cons x nil)
theorem app_assoc (xs ys zs : L α) : app (app xs ys) zs = app xs (app ys zs) := by
  induction xs <;> simp_all [app]
theorem app_nil (xs : L α) : app xs nil = xs := by
  induction xs <;> simp_all [app]
"""
QUALIFIED = """namespace Foo
inductive T where
  | a
  | b (t : T)
def T.f : T → Nat
  | .a => 0
  | .b t => t.f + 2
end Foo
"""
EXPRESSION = """inductive Expr where
  | num (n : Int)
  | var (x : String)
  | add (a b : Expr)
  | mul (a b : Expr)
namespace Expr
abbrev Env := String → Int
def eval (env : Env) : Expr → Int
  | num n => n
  | var x => env x
  | add a b => eval env a + eval env b
  | mul a b => eval env a * eval env b
def mkAdd : Expr → Expr → Expr
  | num 0, e => e
  | e, num 0 => e
  | a, b => add a b
def opt : Expr → Expr
  | add a b => mkAdd (opt a) (opt b)
  | mul a b => mul (opt a) (opt b)
  | e => e
"""
SOUND = """theorem mkAdd_sound (env : Env) (a b : Expr) : eval env (mkAdd a b) = eval env a + eval env b := by
  fun_cases mkAdd <;> simp_all [eval]
"""
VECTOR = """inductive Vec (α : Type) : Nat → Type where
  | nil : Vec α 0
  | cons {n} (x : α) (v : Vec α n) : Vec α (n + 1)
def Vec.toList {α n} : Vec α n → List α
  | .nil => []
  | .cons x v => x :: v.toList
"""
EVEN = """inductive Even : Nat → Prop
  | zero : Even 0
  | step {n} : Even n → Even (n + 2)
"""
OF_LOGIC = [
    "{α : Type} [Inhabited α] (P : α → Prop) : ∃ x, P x → ∀ y, P y",
    "{α : Type} [Nonempty α] (P : α → Prop) : ∃ x, ∀ y, P x → P y",
    "{α : Type} [Inhabited α] (P : α → Prop) (q : Prop) (h : q → ∃ x, P x) : ∃ x, q → P x",
    ": ¬∀ (α : Type) (p q : α → Prop), (∀ x, p x ∨ q x) → (∀ x, p x) ∨ ∀ x, q x",
]
PROVABLE_IN_A_FILE = [
    (TREE, "(α : Type) (t : Tree α) : t.mirror.mirror = t"),
    (TREE, "{α} (t : Tree α) : t.mirror.size = t.size"),
    (TREE, "(t : Tree Nat) (h : t.mirror = .leaf) : t = .leaf"),
    (LIST, "(xs ys : L α) : rev (app xs ys) = app (rev ys) (rev xs)"),
    (LIST, "(xs ys zs : L (L α)) : app xs (app ys zs) = app (app xs ys) zs"),
    (QUALIFIED, "(t : Foo.T) : t.f % 2 = 0"),
    pytest.param(
        EXPRESSION,
        "(env : Env) (a b : Expr) : eval env (mkAdd a b) = eval env a + eval env b",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        EXPRESSION + SOUND, "(env : Env) (e : Expr) : eval env (opt e) = eval env e", marks=pytest.mark.slow
    ),
    (VECTOR, "{α n} (v : Vec α n) : v.toList.length = n"),
    (EVEN, "{m n : Nat} (h : Even m) (h1 : Even n) : Even (m + n)"),
    (EVEN, "{n : Nat} (h : Even n) : n % 2 = 0"),
]


@pytest.mark.parametrize(
    ("header", "signature"), [*(("", signature) for signature in PROVABLE + OF_LOGIC), *PROVABLE_IN_A_FILE]
)
async def test_what_it_proves(lean_pool, header, signature):
    theorem = Theorem(name="t", statement=f"theorem t {signature}", header=header)
    session = await lean_pool.open(theorem)

    async def accept(tactics):
        return True

    options = SearchOptions(budget=Budget(expansions=12, seconds=120))
    result = await BestFirst().run(session, HeuristicPolicy(), accept, options)
    await session.close()
    assert isinstance(result.ending, Proved), result.ending
