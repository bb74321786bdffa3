"""Types of the context's own with which the kernel of Lean 4.28 can be led astray: see docs/kernel-bugs.md.

Each must be refused for what it is, whether or not the proof makes anything of it, since the kernel accepts it.
"""

from cheats.cheat import Cheat

SORT = "its sort must be `Prop`"
COMPUTED = "only a computation tells"
UNIFORM = "with other parameters or universes"
OWN = "theorem foo : T = T"

# `a` and `c` are equal, and so are `a` and `b`, `b` and `c` for the kernel, but not `a` and `c`: two proofs of the same
# accessibility are equal without a look at them, and those of `a` and `c` are not of the same.
UNEQUAL = """\
def next (x : Bool) (n : Nat) (before : (m : Nat) → m < n → Bool) : Bool :=
  match n with
  | 0 => x
  | k + 1 => before k (Nat.lt_succ_self k)
noncomputable def walk (x : Bool) (n : Nat) (h : Acc (· < ·) n) : Bool := Acc.rec (fun m _ => next x m) h
theorem walk_eq (x : Bool) (n : Nat) (h : Acc (· < ·) n) : walk x n h = x := by
  induction h with
  | intro n smaller ih =>
    cases n with
    | zero => rfl
    | succ n => simpa only [walk, next] using ih n (Nat.lt_succ_self n)
opaque one : Acc (α := Nat) (· < ·) 1 := Nat.lt_wfRel.wf.apply 1
noncomputable def a := walk false 1 one
noncomputable def b := walk false 1 (Acc.intro 1 fun _ => Acc.inv one)
noncomputable def c := walk false 0 (Acc.inv one (Nat.lt_succ_self 0))
opaque witness : a = c := (walk_eq false _ _).trans (walk_eq false _ _).symm
"""
# Whether `sort h` is `Prop` depends on whose proof `h` is.
STUCK = f"""\
{UNEQUAL}
noncomputable def sort (h : a = b) : Type := Eq.rec (motive := fun _ _ => Type) Prop h
example : (a = b) = (a = c) := rfl
"""
PROJECTION = f"""\
{STUCK}
inductive T (h : a = b) : sort h where
  | mk (x : Bool) (e : x = x) : T h
noncomputable def asProp (h : a = b) : Prop := T h
noncomputable def P : Prop := asProp witness
def first {{x y : Bool}} (_ : x = y) : Bool := x
def seen (p : P) : Bool := first p.2
def no : P := @T.mk witness false rfl
def yes : P := @T.mk witness true rfl
theorem bad : False := by
  have same : no = yes := proof_irrel _ _
  have t : seen yes = true := rfl
  have f : seen no = false := rfl
  rw [same, t] at f
  exact Bool.noConfusion f
"""
RECURSOR = f"""\
{STUCK}
inductive T (h : a = b) : sort h where
  | mk (A : Type) : T h
"""

META = "import Lean\nopen Lean\n"
TYPE = "(.sort (.succ .zero))"
"""`Type`, for what the next function declares."""


def declares(*declarations: str, before: str = "") -> str:
    """A header that hands `Declaration`s to the kernel."""
    added = "".join(f"  addDecl <| {declaration}\n" for declaration in declarations)
    return f"{META}{before}\ndef made : Nat := by_elab do\n{added}  return mkNatLit 1\n"


def inductive(constructor: str, *, type_: str = TYPE, parameters: int = 0, levels: str = "[]") -> str:
    """The `Declaration` of `T`, whose constructor `T.mk` has this type."""
    return (
        f".inductDecl {levels} {parameters}"
        f" [{{ name := `T, type := {type_}, ctors := [{{ name := `T.mk, type := {constructor} }}] }}] false"
    )


def arrow(domain: str, codomain: str) -> str:
    """The expression of a function type."""
    return f"(.forallE `x {domain} {codomain} .default)"


SELF = "(mkConst `T)"
PHANTOM = "inductive Box (α : Type) (b : Bool) : Type | mk\nstructure Pair where (l r : Bool)\n"
CHOICE = (
    "(.lam `b (mkConst ``Bool) (mkApp4 (mkConst ``Bool.rec [.succ (.succ .zero)])"
    f" (.lam `_ (mkConst ``Bool) {TYPE} .default) (mkConst ``Nat) {SELF} (.bvar 0)) .default)"
)
BOX_OF_T = f"(mkApp (mkConst ``At) {CHOICE})"
FAMILY = arrow("(mkConst ``Bool)", TYPE)
AT_VARIABLE = "(mkApp (mkConst `T) (.bvar 1))"

IMAX = (
    declares(
        ".inductDecl [] 0 [{ name := `S, type := .sort .zero, ctors := [] }, { name := `T,"
        f" type := .sort (.imax (.succ .zero) .zero),"
        f" ctors := [{{ name := `T.mk, type := {arrow('(mkConst ``Bool)', SELF)} }}] }}]"
        " false",
        ".defnDecl { name := `P, levelParams := [], type := .sort .zero, value := mkConst `T,"
        " hints := .abbrev, safety := .safe }",
        f".defnDecl {{ name := `seen, levelParams := [], type := {arrow('(mkConst `P)', '(mkConst ``Bool)')},"
        " value := .lam `p (mkConst `P) (.proj `T 0 (.bvar 0)) .default, hints := .abbrev, safety := .safe }",
    )
    + """\
def no : P := T.mk false
def yes : P := T.mk true
theorem bad : False := by
  have t : seen no = seen yes := congrArg seen (proof_irrel no yes)
  exact Bool.noConfusion t
"""
)
FREE_VARIABLE = declares(
    ".opaqueDecl { name := `bad, levelParams := [],"
    " type := mkApp (.lam `f (.forallE `x (mkConst ``False) (mkConst ``False) .default) (mkConst ``False) .default)"
    " (.lam `x (mkConst ``False) (.bvar 0) .default),"
    " value := .fvar ⟨.num `_kernel_fresh 2⟩, isUnsafe := false, all := [`bad] }"
)

CHEATS = (
    Cheat(
        "stuck-projection",
        "lean4#14807: a sort that is `Prop` or is not, and a projection",
        "exact bad",
        SORT,
        header=PROJECTION,
    ),
    Cheat(
        "stuck-recursor",
        "lean4#14843 and #14847: the same, for the recursor",
        "rfl",
        SORT,
        "theorem foo (h : a = b) : T h = T h",
        RECURSOR,
    ),
    Cheat(
        "imax",
        "lean4#14613: `Prop`, written as `Sort (imax 1 0)`, and a projection",
        "exact bad",
        SORT,
        header=IMAX,
    ),
    Cheat(
        "maybe-prop",
        "a type that is a proposition in one universe",
        "rfl",
        SORT,
        "theorem foo : T.{u} = T.{u}",
        "universe u\nset_option bootstrap.inductiveCheckResultingUniverse false in\ninductive T : Sort u",
    ),
    Cheat(
        "computed-field",
        "lean4#14806: whether a field is recursive is told by an equality that depends on what was asked before",
        "rfl",
        COMPUTED,
        "theorem foo (h : a = b) : T h = T h",
        f"{UNEQUAL}\ninductive T (h : a = b) : Type where\n"
        "  | zero : T h\n  | step : Eq.rec (motive := fun _ _ => Type) (T h) h → T h",
    ),
    Cheat(
        "computed-field-of-another",
        "the same by way of a parameter of another type",
        "rfl",
        COMPUTED,
        OWN,
        declares(
            inductive(arrow(BOX_OF_T, SELF)), before="structure At (f : Bool → Type) where x : f true\n"
        ),
    ),
    Cheat(
        "phantom",
        "lean4#14576 and #14577: an argument that the kernel drops unseen, here a projection out of a type",
        "rfl",
        "the type of T.mk is wrong",
        OWN,
        declares(
            inductive(arrow(f"(mkApp2 (mkConst ``Box) {SELF} (.proj ``Pair 0 (mkConst ``Nat)))", SELF)),
            before=PHANTOM,
        ),
    ),
    Cheat(
        "another-parameter",
        "lean4#14582: in an argument that the kernel drops the type has another parameter",
        "rfl",
        UNIFORM,
        OWN,
        declares(
            inductive(
                arrow(
                    "(mkConst ``Bool)",
                    arrow(
                        "(mkApp2 (mkConst ``Box) (mkApp (mkConst `T) (mkConst ``true)) (mkConst ``true))",
                        AT_VARIABLE,
                    ),
                ),
                type_=FAMILY,
                parameters=1,
            ),
            before=PHANTOM,
        ),
    ),
    Cheat(
        "another-universe",
        "lean4#14582: in such an argument it has its universes the other way round",
        "rfl",
        UNIFORM,
        "theorem foo : T.{u, v} = T.{u, v}",
        declares(
            inductive(
                arrow(
                    "(mkApp2 (mkConst ``Box) (mkConst `T [.param `v, .param `u]) (mkConst ``true))",
                    "(mkConst `T [.param `u, .param `v])",
                ),
                levels="[`u, `v]",
            ),
            before=PHANTOM,
        )
        + "universe u v\n",
    ),
    Cheat(
        "reserved-name",
        "lean4#14616: a name under which the kernel keeps types of its own",
        "rfl",
        "the name _nested.Box_1",
        OWN,
        declares(
            ".defnDecl { name := `_nested.Box_1, levelParams := [], type := .sort (.succ .zero),"
            " value := mkConst ``Nat,"
            " hints := .abbrev, safety := .safe }",
            inductive(arrow("(mkConst `_nested.Box_1)", SELF)),
        ),
    ),
    Cheat(
        "named-twice",
        "lean4#14632: one name for two constructors of two types",
        "rfl",
        "already been declared",
        OWN,
        declares(
            ".inductDecl [] 0 [{ name := `T, type := .sort (.succ .zero),"
            " ctors := [{ name := `T.mk, type := mkConst `T }] },"
            " { name := `S, type := .sort (.succ .zero), ctors := [{ name := `T.mk, type := mkConst `S }] }] false"
        ),
    ),
    Cheat(
        "free-variable",
        "lean4#14484: a variable of the kernel's own, whose type it remembers from the type of the constant",
        "exact bad",
        "not finished",
        header=FREE_VARIABLE,
    ),
)
