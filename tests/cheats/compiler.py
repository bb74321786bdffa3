"""Axioms, and proofs by running compiled code."""

from cheats.cheat import Cheat

LIAR = """\
def no : Bool := false
@[implemented_by no] def yes : Bool := true
"""
TWO_FACES = """\
@[noinline] def no : Bool := false
@[implemented_by no] def liar : Bool := true
def honest : Bool := true
"""

CHEATS = (
    Cheat("native-decide", "trusts the compiler", "native_decide", "axiom", "theorem foo : 2 + 2 = 4"),
    Cheat("decide-native", "the same by an option", "decide +native", "axiom", "theorem foo : 2 + 2 = 4"),
    Cheat(
        "decide-config",
        "by a record",
        "decide (config := { native := true })",
        "axiom",
        "theorem foo : 10 < 11",
    ),
    Cheat(
        "nested-native",
        "in a lemma",
        "have h : 3 < 4 := by native_decide\nomega",
        "axiom",
        "theorem foo : 3 ≤ 4",
    ),
    Cheat(
        "implemented-by",
        "compiled code that lies",
        "native_decide",
        "axiom",
        "theorem foo : yes = false",
        LIAR,
    ),
    Cheat(
        "ofReduceBool",
        "its axiom by hand",
        "exact Lean.ofReduceBool yes false rfl",
        "the axiom",
        "theorem foo : yes = false",
        LIAR,
    ),
    Cheat("trustCompiler", "the axiom", "exact Lean.trustCompiler", "trustCompiler", "theorem foo : True"),
    Cheat(
        "ofReduceNat",
        "for numbers",
        "exact Lean.ofReduceNat (2 + 2) 4 rfl",
        "ofReduceNat",
        "theorem foo : 2 + 2 = 4",
    ),
    Cheat(
        "reduceBool",
        "the kernel runs code, and no axiom tells",
        "exact (rfl : Lean.reduceBool honest = true)",
        "compiled code",
        "theorem foo : Lean.reduceBool honest = true",
        "def honest : Bool := true",
    ),
    Cheat(
        "reduceNat",
        "the same for numbers",
        "exact (rfl : Lean.reduceNat four = 4)",
        "compiled code",
        "theorem foo : Lean.reduceNat four = 4",
        "def four : Nat := 2 + 2",
    ),
    Cheat(
        "two-faces",
        "equal functions, unequal code: False without any axiom, if the kernel may run code",
        "have a : Lean.reduceBool liar = false := rfl\n"
        "have b : Lean.reduceBool honest = true := rfl\n"
        "have c : Lean.reduceBool liar = Lean.reduceBool honest := rfl\n"
        "exact absurd (a.symm.trans (c.trans b)) (by decide)",
        "the axiom sorryAx",
        header=TWO_FACES,
    ),
    Cheat(
        "bv-decide",
        "a solver, checked by compiled code",
        "bv_decide",
        "error",
        "theorem foo (x y : BitVec 8) : (x ||| y) = (x ^^^ y) + (x &&& y)",
        "import Std.Tactic.BVDecide",
    ),
    Cheat("lcProof", "the compiler's own axiom", "exact lcProof", "the axiom lcProof"),
    Cheat(
        "lcUnreachable",
        "the compiler's own value",
        "exact (lcUnreachable : PLift False).down",
        "the axiom lcUnreachable",
    ),
    Cheat("lcAny", "the compiler's own type", "exact (lcAny : False)", "error"),
    Cheat("unsafeCast", "not for proofs", "exact (unsafeCast trivial : False)", "the axiom lcProof"),
    Cheat(
        "unsafe-term",
        "hides unsafe code behind an opaque constant",
        "exact (unsafe (unsafeCast () : PLift False)).down",
        "error",
    ),
    Cheat("header-axiom", "the header's axiom", "exact bad", "the axiom bad", header="axiom bad : False"),
    Cheat(
        "header-axiom-used-by-lemma",
        "an axiom behind a lemma",
        "exact lemma1",
        "the axiom bad",
        header="axiom bad : False\ntheorem lemma1 : False := bad",
    ),
    Cheat(
        "header-axiom-in-definition",
        "an axiom behind a definition",
        "exact d.down",
        "the axiom bad",
        "theorem foo : 0 = 1",
        "axiom bad : 0 = 1\ndef d : PLift (0 = 1) := ⟨bad⟩",
    ),
    Cheat(
        "header-axiom-in-statement",
        "an axiom that the statement itself mentions",
        "rfl",
        "the axiom n",
        "theorem foo : n = n",
        "axiom n : Nat",
    ),
    Cheat(
        "private-axiom-propext",
        "named like one that is allowed, but private",
        "exact propext",
        "the axiom A.propext",
        "theorem foo : 1 = 2",
        "namespace A\nprivate axiom propext : 1 = 2\n",
        "A.foo",
    ),
    Cheat(
        "axiom-in-namespace",
        "Quot.sound in another place",
        "exact Quot.sound",
        "the axiom A.Quot.sound",
        "theorem foo : 1 = 2",
        "namespace A\naxiom Quot.sound : 1 = 2\n",
        "A.foo",
    ),
    Cheat(
        "axiom-with-a-dot",
        "one name that reads like two",
        "exact «Classical.choice»",
        "the axiom «Classical.choice»",
        header="axiom «Classical.choice» : False",
    ),
    Cheat(
        "axiom-choice-shadowed",
        "a local one comes first",
        "exact Classical.choice",
        "the axiom A.Classical.choice",
        header="namespace A\naxiom Classical.choice : False\n",
        name="A.foo",
    ),
    Cheat(
        "axiom-instance",
        "an axiom found as an instance",
        "exact of_decide_eq_true (p := False) rfl",
        "error",
        header="axiom inst : Decidable False\nattribute [instance] inst\n",
    ),
    Cheat("header-opaque", "an opaque constant needs a value", "exact o", "error", header="opaque o : False"),
    Cheat("header-unsafe", "an unsafe definition", "exact u", "unsafe", header="unsafe def u : False := u"),
    Cheat(
        "header-partial",
        "a partial definition",
        "exact (p 0).down",
        "error",
        header="partial def p (n : Nat) : PLift False := p (n + 1)",
    ),
    Cheat("header-extern", "foreign code", "exact e", "error", header='@[extern "nothing"] opaque e : False'),
    Cheat(
        "csimp",
        "a compiler's lemma",
        "native_decide",
        "the axiom Lean.ofReduceBool",
        "theorem foo : yes = false",
        LIAR + "@[csimp] theorem swap : @yes = @yes := rfl",
    ),
)
