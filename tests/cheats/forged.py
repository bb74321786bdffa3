"""Terms that no proof's text has: what the judge is told by an engine that has been taken over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cheats.inductives import FREE_VARIABLE
from cheats.terms import FOO, Terms

DAMAGED = "the terms of the proof are damaged"
REFUSES = "the kernel refuses"
FOREIGN = "the proof declares the inductive type"
UNEQUAL = "theorem foo : 1 = 2"


@dataclass(frozen=True, slots=True)
class Forgery:
    """Terms for `foo` that must be refused; the docstring of `build` says why. `says` is part of the reason."""

    id: str
    build: Callable[[], Any]
    says: str
    statement: str
    header: str


FORGERIES: list[Forgery] = []


def forged(says: str, statement: str = "theorem foo : False", header: str = "") -> Callable[..., None]:
    """Put a function that makes terms into the table."""

    def add(build: Callable[[], Any]) -> None:
        FORGERIES.append(Forgery(build.__name__.replace("_", "-"), build, says, statement, header))

    return add


# --- Messages that are not made as terms are. Each is one thing put into, or in the place of, a message.

NO_MESSAGES = {
    "null": None,
    "list": [],
    "number": 3,
    "text": "trivial",
    "empty": {},
    "no-constants": {"names": [None], "levels": [], "exprs": []},
    "tables-of-another-kind": {"names": {}, "levels": 0, "exprs": "", "constants": True},
    "null-constant": {"names": [None], "levels": [], "exprs": [], "constants": [None], "theorem": 0},
    "nameless-constant": {"names": [None], "levels": [], "exprs": [], "constants": [{}], "theorem": 0},
    "theorem-not-there": {"names": [None], "levels": [], "exprs": [], "constants": [], "theorem": 0},
    "prototype": {"names": [None], "levels": [["__proto__"]], "exprs": [["constructor"]], "constants": []},
}
BAD_NODES = {
    "name-of-nothing": ("names", [0]),
    "name-of-a-list": ("names", [0, []]),
    "name-below-zero": ("names", [0, -1]),
    "name-of-a-fraction": ("names", [0, 0.5]),
    "name-ahead": ("names", [99, "x"]),
    "level-unknown": ("levels", ["mvar", 0]),
    "level-not-a-list": ("levels", "zero"),
    "level-ahead": ("levels", ["succ", 99]),
    "level-lacks-a-part": ("levels", ["max", 0]),
    "expr-metavariable": ("exprs", ["mvar", 0]),
    "expr-free-variable": ("exprs", ["fvar", 0]),
    "expr-metadata": ("exprs", ["mdata", 0]),
    "expr-ahead": ("exprs", ["app", 0, 99]),
    "expr-itself": ("exprs", ["app", 2, 2]),
    "expr-before-the-first": ("exprs", ["app", 0, -1]),
    "expr-fraction": ("exprs", ["app", 0, 0.5]),
    "expr-text-for-index": ("exprs", ["app", "0", 0]),
    "expr-lacks-a-part": ("exprs", ["lam", 0]),
    "expr-null": ("exprs", None),
    "bvar-below-zero": ("exprs", ["bvar", -1]),
    "bvar-fraction": ("exprs", ["bvar", 0.5]),
    "bvar-beyond-what-lean-counts": ("exprs", ["bvar", 2**20]),
    "bvar-beyond-words": ("exprs", ["bvar", 2**32]),
    "bvar-beyond-numbers": ("exprs", ["bvar", 1e300]),
    "nat-negative": ("exprs", ["nat", "-1"]),
    "nat-exponent": ("exprs", ["nat", "1e9"]),
    "nat-hexadecimal": ("exprs", ["nat", "0x10"]),
    "nat-empty": ("exprs", ["nat", ""]),
    "nat-number": ("exprs", ["nat", 1]),
    "nat-nul": ("exprs", ["nat", "1\0"]),
    "str-number": ("exprs", ["str", 1]),
    "const-levels-missing": ("exprs", ["const", 0]),
    "sort-ahead": ("exprs", ["sort", 99]),
    "proj-below-zero": ("exprs", ["proj", 0, -1, 0]),
}


def _bad_node(table: str, node: Any) -> Callable[[], Any]:
    def build() -> Any:
        t = Terms()
        message = t.proof(t.const("True.intro"))
        message[table].append(node)
        return message

    return build


for key, message in NO_MESSAGES.items():
    FORGERIES.append(Forgery(key, lambda message=message: message, DAMAGED, "theorem foo : False", ""))
for key, (table, node) in BAD_NODES.items():
    FORGERIES.append(Forgery(key, _bad_node(table, node), DAMAGED, "theorem foo : False", ""))


@forged(DAMAGED)
def level_too_deep():
    """Lean counts the depth of a level in 24 bits."""
    t = Terms()
    level = t.zero()
    for _ in range(5000):
        level = t.level("succ", level)
    return t.proof(t.expr("sort", level))


@forged(DAMAGED)
def loose_bound_variable():
    """A variable without a binder."""
    t = Terms()
    return t.proof(t.expr("bvar", 0))


@forged(DAMAGED)
def loose_under_one_binder():
    """A variable that is one binder short."""
    t = Terms()
    return t.proof(t.expr("lam", t.const("True"), t.expr("bvar", 1)))


@forged(DAMAGED)
def theorem_without_value():
    """The proof is an inductive type."""
    t = Terms()
    t.inductive(FOO, t.prop(), {})
    return t.message(theorem=t.constants[0]["name"])


@forged(DAMAGED)
def unknown_kind_of_constant():
    """A kind that there is not."""
    t = Terms()
    t.theorem(("bad",), t.const("False"), t.const("True.intro"), kind="quotient")
    return t.proof(t.const("bad"))


@forged("the proof rests on the axiom bad")
def offered_axiom():
    """An axiom that is offered."""
    t = Terms()
    t.theorem(("bad",), t.const("False"), t.const("True.intro"), kind="axiom")
    return t.proof(t.const("bad"))


@forged(DAMAGED)
def hints_that_are_none():
    """A definition that is unfolded in no known way."""
    t = Terms()
    t.definition(("d",), t.const("False"), t.const("True.intro"), hints=-1)
    return t.proof(t.const("d"))


# --- Well-formed terms that prove nothing.


@forged(REFUSES)
def another_type():
    """A proof of `True`."""
    t = Terms()
    return t.proof(t.const("True.intro"))


@forged(REFUSES, UNEQUAL)
def another_equation():
    """A proof of `1 = 1`."""
    t = Terms()
    return t.proof(t.app(t.const("rfl", t.one()), t.const("Nat"), t.expr("nat", "1")))


@forged(REFUSES)
def itself():
    """The theorem proves itself."""
    t = Terms()
    return t.proof(t.own("foo"))


@forged(REFUSES)
def itself_by_a_lemma():
    """A lemma proves the theorem, the theorem the lemma."""
    t = Terms()
    t.theorem(("a",), t.const("False"), t.own("foo"))
    return t.proof(t.const("a"))


@forged(REFUSES)
def two_lemmas():
    """Two lemmas prove each other."""
    t = Terms()
    t.theorem(("a",), t.const("False"), t.const("b"))
    t.theorem(("b",), t.const("False"), t.const("a"))
    return t.proof(t.const("a"))


@forged(REFUSES)
def definition_of_itself():
    """A definition that an `unsafe` one could be."""
    t = Terms()
    t.definition(("d",), t.const("False"), t.const("d"))
    return t.proof(t.const("d"))


@forged(REFUSES)
def wrong_lemma():
    """A lemma with a wrong proof."""
    t = Terms()
    t.theorem(("a",), t.const("False"), t.const("True.intro"))
    return t.proof(t.const("a"))


@forged(REFUSES)
def wrong_opaque():
    """An opaque constant with a wrong value."""
    t = Terms()
    t.theorem(("a",), t.const("False"), t.const("True.intro"), kind="opaque")
    return t.proof(t.const("a"))


@forged(REFUSES)
def lemma_that_is_no_proposition():
    """A theorem that is a number, which proof irrelevance would make equal to all numbers."""
    t = Terms()
    t.theorem(("n",), t.const("Nat"), t.expr("nat", "1"))
    return t.proof(t.const("n"))


@forged(REFUSES)
def not_all_of_it():
    """A function in the place of a proof."""
    t = Terms()
    return t.proof(t.expr("lam", t.const("False"), t.expr("bvar", 0)))


@forged(REFUSES)
def application_of_a_proof():
    """What is no function, applied."""
    t = Terms()
    return t.proof(t.app(t.const("True.intro"), t.const("True.intro")))


@forged(REFUSES)
def wrong_let():
    """A local definition of another type."""
    t = Terms()
    return t.proof(t.expr("let", t.const("False"), t.const("True.intro"), t.expr("bvar", 0)))


@forged(REFUSES)
def cast_of_nothing():
    """`False = True`, by reflexivity."""
    t = Terms()
    equal = t.app(t.const("Eq.refl", t.one()), t.prop(), t.const("True"))
    return t.proof(
        t.app(t.const("Eq.mp", t.zero()), t.const("True"), t.const("False"), equal, t.const("True.intro"))
    )


@forged("which is not declared")
def nowhere():
    """A constant that nobody has."""
    t = Terms()
    return t.proof(t.const("nowhere"))


# --- What must not be rested on.


@forged("the axiom sorryAx")
def sorry():
    """The axiom behind `sorry`."""
    t = Terms()
    return t.proof(t.app(t.const("sorryAx", t.zero()), t.const("False"), t.const("Bool.true")))


@forged("the axiom sorryAx")
def sorry_in_a_lemma():
    """The same, in a lemma."""
    t = Terms()
    t.theorem(
        ("a",), t.const("False"), t.app(t.const("sorryAx", t.zero()), t.const("False"), t.const("Bool.true"))
    )
    return t.proof(t.const("a"))


@forged("the axiom sorryAx")
def sorry_in_a_type():
    """The same, in a type that nothing is of."""
    t = Terms()
    prop = t.app(t.const("sorryAx", t.one()), t.prop(), t.const("Bool.true"))
    return t.proof(t.expr("lam", prop, t.expr("bvar", 0)))


@forged("the axiom Lean.trustCompiler")
def trust():
    """The axiom that stands for trust in the compiler."""
    t = Terms()
    return t.proof(t.const("Lean.trustCompiler"))


@forged("the axiom Lean.ofReduceBool", UNEQUAL, "def b := false")
def of_reduce_bool():
    """The axiom of `native_decide`."""
    t = Terms()
    refl = t.app(t.const("rfl", t.one()), t.const("Bool"), t.const("Bool.true"))
    return t.proof(t.app(t.const("Lean.ofReduceBool"), t.own("b"), t.const("Bool.true"), refl))


FACES = """\
def no : Bool := false
@[implemented_by no] def liar : Bool := true
def honest : Bool := true
"""


@forged("rests on compiled code", "theorem foo : liar = honest → False", FACES)
def two_faces():
    """Two equal constants with unequal code: `False` without an axiom, in a kernel that runs compiled code."""
    t = Terms()
    bool_, true, false = t.const("Bool"), t.const("Bool.true"), t.const("Bool.false")

    def reduce(name: str) -> int:
        return t.app(t.const("Lean.reduceBool"), t.own(name))

    def equal(a: int, b: int) -> int:
        return t.app(t.const("Eq", t.one()), bool_, a, b)

    def refl(a: int) -> int:
        return t.app(t.const("Eq.refl", t.one()), bool_, a)

    t.theorem(("one",), equal(reduce("liar"), false), refl(false))
    t.theorem(("two",), equal(reduce("liar"), true), refl(reduce("honest")))
    return t.proof(t.app(t.const("one"), t.const("two")))


@forged("the axiom bad", header="axiom bad : False")
def axiom_of_the_file():
    """An axiom of the statement's file."""
    t = Terms()
    return t.proof(t.own("bad"))


@forged("unsafe or partial", header="unsafe def bad : False := bad")
def unsafe_of_the_file():
    """An unsafe definition of the statement's file."""
    t = Terms()
    return t.proof(t.own("bad"))


@forged("unsafe or partial", header="unsafe inductive T : Type | mk : (T → False) → T")
def unsafe_type_of_the_file():
    """An unsafe type of the statement's file."""
    t = Terms()
    return t.proof(t.own("T", "mk"))


# --- Taking another constant's place.


@forged(REFUSES)
def library_name():
    """Another `Nat.add_comm`."""
    t = Terms()
    t.theorem(("Nat", "add_comm"), t.const("False"), t.const("True.intro"))
    return t.proof(t.const("Nat.add_comm"))


@forged(REFUSES, header="theorem h : True := trivial")
def name_of_the_file():
    """Another `h` than the header's."""
    t = Terms()
    t.theorem(("h",), t.const("False"), t.const("True.intro"))
    return t.proof(t.own("h"))


@forged(FOREIGN)
def library_type():
    """Another `False`, with a constructor."""
    t = Terms()
    t.inductive(("False",), t.prop(), {("X", "mk"): t.const("False")}, entry=("X",))
    return t.proof(t.const("X.mk"))


@forged(FOREIGN, "theorem foo : P", "def P : Prop := False")
def type_of_the_file():
    """A type in the place of a definition that the statement mentions, brought under another name."""
    t = Terms()
    t.inductive(("P",), t.prop(), {("X", "mk"): t.own("P")}, entry=("X",))
    t.theorem(FOO, t.own("P"), t.const("X.mk"))
    return t.message(theorem=t.constants[-1]["name"])


@forged(FOREIGN, "theorem foo : P → False", "def P : Prop := True")
def empty_type_of_the_file():
    """The same with a type that is empty, where the statement's is not; another comes with it and is honest."""
    t = Terms()
    t.inductive(("P",), t.prop(), {}, entry=("X",))
    t.constants[0]["types"].append({"name": t.name("X"), "type": t.prop(), "constructors": []})
    motives = [t.expr("lam", type_, t.const("False")) for type_ in (t.own("P"), t.const("X"))]
    value = t.expr("lam", t.own("P"), t.app(t.own("P", "rec"), *motives, t.expr("bvar", 0)))
    t.theorem(FOO, t.expr("pi", t.own("P"), t.const("False")), value)
    return t.message(theorem=t.constants[-1]["name"])


@forged(FOREIGN, "theorem foo : T.rec", "def T.rec : Prop := False")
def recursor_of_the_file():
    """A type whose recursor has the name of a definition that the statement mentions."""
    t = Terms()
    t.inductive(("T",), t.prop(), {("T", "mk"): t.own("T")})
    t.theorem(FOO, t.own("T", "rec"), t.own("T", "mk"))
    return t.message(theorem=t.constants[-1]["name"])


@forged(FOREIGN)
def constructor_is_the_theorem():
    """A constructor with the theorem's own name, so that the theorem seems to be there already."""
    t = Terms()
    t.inductive(("X",), t.prop(), {FOO: t.const("X")})
    value = t.const("X")
    t.theorem(FOO, t.const("False"), value)
    return t.message(theorem=t.constants[-1]["name"])


@forged(FOREIGN)
def type_is_the_theorem():
    """A type with the theorem's own name, brought under another."""
    t = Terms()
    t.inductive(FOO, t.prop(), {}, entry=("X",))
    return t.proof(t.const("X"))


@forged("not what it is said to be")
def member_of_another():
    """A constant that is said to come with a type that does not bring it."""
    t = Terms()
    t.constants.append({"kind": "member", "name": t.name("bad"), "of": t.name("True")})
    return t.proof(t.const("bad"))


@forged(FOREIGN)
def type_of_another_name():
    """An entry that declares something else than its name."""
    t = Terms()
    t.inductive(("T",), t.prop(), {}, entry=("bad",))
    return t.proof(t.const("bad"))


@forged("is not finished", header=FREE_VARIABLE)
def free_variable_of_the_file():
    """A constant of the statement's file whose value is a variable of the kernel's own (lean4#14484)."""
    t = Terms()
    return t.proof(t.const("bad"))


@forged(FOREIGN)
def a_type_that_would_do():
    """An inductive type with which nothing is wrong: still, no proof needs to declare one."""
    t = Terms()
    t.inductive(("T",), t.type(), {("T", "mk"): t.const("T")})
    return t.proof(t.const("T.mk"))


# --- Inductive types that are none.


@forged(FOREIGN)
def negative():
    """A type with itself on the left of an arrow, so that it is its own power set."""
    t = Terms()
    type_ = t.const("T")
    t.inductive(("T",), t.type(), {("T", "mk"): t.expr("pi", t.expr("pi", type_, t.const("False")), type_)})
    return t.proof(t.const("T"))


@forged(FOREIGN)
def nested_negative():
    """The same by way of another type's parameter."""
    t = Terms()
    type_ = t.const("T")
    nested = t.app(t.const("Inhabited", t.one()), t.expr("pi", type_, t.const("False")))
    t.inductive(("T",), t.type(), {("T", "mk"): t.expr("pi", nested, type_)})
    return t.proof(t.const("T"))


@forged(FOREIGN)
def too_small():
    """A type of all types of its own size."""
    t = Terms()
    t.inductive(("T",), t.type(), {("T", "mk"): t.expr("pi", t.type(), t.const("T"))})
    return t.proof(t.const("T"))


@forged(FOREIGN)
def constructor_of_another_type():
    """A constructor that makes a proof of `False`."""
    t = Terms()
    t.inductive(("T",), t.prop(), {("T", "mk"): t.const("False")})
    return t.proof(t.const("T.mk"))


@forged(FOREIGN)
def too_many_parameters():
    """A type with parameters that it does not have."""
    t = Terms()
    t.inductive(("T",), t.prop(), {("T", "mk"): t.const("T")}, parameters=3)
    return t.proof(t.const("T"))


@forged(FOREIGN)
def no_type():
    """A type that is a proof."""
    t = Terms()
    t.inductive(("T",), t.const("True.intro"), {})
    return t.proof(t.const("T"))


@forged(FOREIGN)
def large_elimination():
    """Which of two proofs was it? The recursor that would tell does not reach so far."""
    t = Terms()
    t.inductive(("T",), t.prop(), {("T", "a"): t.const("T"), ("T", "b"): t.const("T")})
    motive = t.expr("lam", t.const("T"), t.const("Bool"))
    pick = t.app(
        t.const("T.rec", t.one()), motive, t.const("Bool.true"), t.const("Bool.false"), t.const("T.a")
    )
    t.definition(("d",), t.const("Bool"), pick)
    return t.proof(t.const("d"))


@forged(REFUSES)
def witness():
    """Which number was it? A projection out of a proof would tell."""
    t = Terms()
    predicate = t.expr("lam", t.const("Nat"), t.const("True"))
    exists = t.app(
        t.const("Exists.intro", t.one()), t.const("Nat"), predicate, t.expr("nat", "1"), t.const("True.intro")
    )
    t.definition(("d",), t.const("Nat"), t.expr("proj", t.name("Exists"), 0, exists))
    return t.proof(t.const("d"))


@forged(REFUSES)
def projection_too_far():
    """A third component of a pair."""
    t = Terms()
    pair = t.app(
        t.const("And.intro"), t.const("True"), t.const("True"), t.const("True.intro"), t.const("True.intro")
    )
    return t.proof(t.expr("proj", t.name("And"), 2, pair))


@forged(REFUSES)
def projection_of_another():
    """A component of what is no pair."""
    t = Terms()
    return t.proof(t.expr("proj", t.name("And"), 0, t.const("True.intro")))


# --- Universes.


@forged(REFUSES)
def type_in_type():
    """A type that is its own."""
    t = Terms()
    t.definition(("d",), t.type(), t.type())
    return t.proof(t.const("d"))


@forged(REFUSES)
def unknown_universe():
    """A universe that is not declared."""
    t = Terms()
    level = t.level("param", t.name("u"))
    t.definition(("d",), t.expr("sort", t.level("succ", level)), t.expr("sort", level))
    return t.proof(t.const("d"))


@forged(REFUSES)
def universe_twice():
    """A universe that is declared twice."""
    t = Terms()
    u = t.name("u")
    t.definition(("d",), t.prop(), t.const("True"), levels=[u, u])
    return t.proof(t.const("d", t.zero(), t.zero()))


@forged(REFUSES)
def too_many_universes():
    """A constant with more universes than it has."""
    t = Terms()
    return t.proof(t.const("True.intro", t.zero()))


@forged(REFUSES, "theorem foo.{u} : ∀ α : Sort u, α = α")
def another_universe():
    """A proof in one universe for all of them."""
    t = Terms()
    return t.proof(t.expr("lam", t.prop(), t.app(t.const("rfl", t.one()), t.prop(), t.expr("bvar", 0))))


@forged(REFUSES)
def impredicative_type():
    """All types' functions are a small type, if `imax` is taken for `max` the wrong way round."""
    t = Terms()
    t.definition(("d",), t.type(), t.expr("pi", t.type(), t.expr("bvar", 0)))
    return t.proof(t.const("d"))


# --- Numbers and texts, with which the kernel computes by itself.


def _equation(statement: str, value: str) -> Any:
    t = Terms()
    return t.proof(t.app(t.const("Eq.refl", t.one()), t.const("Nat"), t.expr("nat", value)))


for key, statement, value in [
    ("wrong-sum", f"{2**31 - 1} + 1 = 0", "0"),
    ("wrong-product", f"{2**32} * {2**32} = 0", "0"),
    ("wrong-difference", "3 - 5 = 2", "2"),
    ("wrong-quotient", f"{2**64} / 3 = {2**64 // 3 + 1}", str(2**64 // 3 + 1)),
    ("division-by-zero", "1 / 0 = 1", "1"),
    ("wrong-remainder", "7 % 0 = 0", "0"),
    ("wrong-power", f"2 ^ 64 = {2**64 - 1}", str(2**64 - 1)),
    ("wrong-gcd", "Nat.gcd 4 6 = 37", "37"),
    ("wrong-log", f"Nat.log2 {2**100} = 99", "99"),
    ("wrong-shift", "1 <<< 32 = 0", "0"),
    ("wrong-bits", f"{2**70 + 1} &&& 1 = 0", "0"),
]:
    FORGERIES.append(
        Forgery(key, lambda s=statement, v=value: _equation(s, v), REFUSES, f"theorem foo : {statement}", "")
    )


@forged(REFUSES)
def number_for_a_proof():
    """A number."""
    t = Terms()
    return t.proof(t.expr("nat", "1"))


@forged(REFUSES)
def text_for_a_proof():
    """A text."""
    t = Terms()
    return t.proof(t.expr("str", "False"))


@forged(REFUSES, 'theorem foo : "a\\x00b" = "a"')
def nul_in_a_text():
    """Texts that are equal up to a NUL."""
    t = Terms()
    return t.proof(t.app(t.const("Eq.refl", t.one()), t.const("String"), t.expr("str", "a\0b")))
