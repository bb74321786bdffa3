"""Honest types, which must be accepted: the rules for inductive types are stricter than the kernel's."""

from cheats.controls import Honest


def _type(id_: str, declaration: str, name: str = "T") -> Honest:
    return Honest(id_, f"theorem foo : @{name} = @{name}", "rfl", declaration)


TYPES = (
    _type("enumeration", "inductive T | a | b | c"),
    _type("recursive", "inductive T | nil | cons (head : Nat) (tail : T)"),
    _type("parameters", "inductive T (α : Type u) (β : Type v) | mk (a : α) (b : β) (rest : T α β) | nil"),
    _type(
        "indices", "inductive T (α : Type u) : Nat → Type u | nil : T α 0 | cons : α → T α n → T α (n + 1)"
    ),
    _type("functions", "inductive T | leaf | node (children : Nat → T) (n : Nat) (more : Fin n → Nat → T)"),
    _type("proposition", "inductive T : Nat → Prop | zero : T 0 | step : T n → T (n + 2)"),
    _type(
        "proposition-of-functions",
        "inductive T (r : α → α → Prop) : α → Prop | mk : (∀ y, r y x → T r y) → T r x",
    ),
    _type("no-constructor", "inductive T : Type"),
    _type("false", "inductive T : Prop"),
    _type("equality", "inductive T {α : Sort u} : α → α → Prop | refl : T a a"),
    _type("list", "inductive T (α : Type u) | node : α → List (T α) → T α"),
    _type("array-option-product", "inductive T | mk : Array T → Option (T × Nat) → (Nat → List T) → T"),
    _type("twice-nested", "inductive T | mk : List (List (Option T)) → List (Nat → T) → T"),
    _type("sum-of-functions", "inductive T | mk : (Nat → T) ⊕ List T → T | nil"),
    _type("dependent-pair", "inductive T | mk : (Σ _ : Nat, T) → T | nil"),
    _type("own-container", "structure Box (α : Type u) where (l r : α)\ninductive T | mk : Box T → T | nil"),
    _type(
        "own-container-of-functions",
        "structure Fun (α : Type u) where (f : Nat → α) (g : Bool → List α)\ninductive T | mk : Fun T → T | nil",
    ),
    _type("mutual", "mutual\ninductive T | mk : S → T | nil\ninductive S | mk : T → S\nend"),
    _type(
        "mutual-nested",
        "mutual\ninductive T (α : Type u) | mk : List (S α) → T α\n"
        "inductive S (α : Type u) | mk : α → Array (T α) → S α\nend",
    ),
    _type(
        "mutual-propositions",
        "mutual\ninductive T : Nat → Prop | zero : T 0 | succ : S n → T (n + 1)\n"
        "inductive S : Nat → Prop | succ : T n → S (n + 1)\nend",
    ),
    _type("structure", "structure T where (n : Nat) (h : n > 0) (f : Fin n → Nat)"),
    _type(
        "extends", "structure S (α : Type u) where x : α\nstructure T (α : Type u) extends S α where y : α"
    ),
    _type(
        "class", "class T (α : Type u) extends Add α, Mul α where\n  one : α\n  mul_one (a : α) : a * one = a"
    ),
    _type("proposition-structure", "structure T (p q : Prop) : Prop where (l : p) (r : q)"),
    _type("maximum", "inductive T (α : Sort u) (β : Sort v) : Sort (max 1 u v) | mk (a : α) (b : β)"),
    _type("type-of-types", "inductive T : Type (u + 1) | mk (α : Type u) (a : α) | more (t : T)"),
    _type("coded-universe", "inductive T : Type | nat | pi (a : T) (b : T)"),
    _type(
        "predicate",
        "abbrev Pred (α : Type u) := α → Prop\ninductive T : Pred Nat | zero : T 0 | step : T n → T (n + 1)",
    ),
    _type("set", "def Set (α : Type u) := α → Prop\ninductive T : Set Nat | zero : T 0"),
    _type(
        "relation",
        "def Rel (α : Type u) := α → Set α where Set β := β → Prop\ninductive T : Rel Nat | same : T n n",
    ),
    _type("abbreviated-field", "abbrev Endo (α : Type) := Nat → α\ninductive T | mk : Endo T → T | nil"),
    _type("reader", "inductive T | mk : ReaderM Nat T → T | nil"),
    _type("let", "inductive T : let n := Nat; n → Type | mk : (let m := 1; T m) → T 0 | nil : T 1"),
    _type(
        "variable",
        "variable {α : Type u} (r : α → α → Prop)\n"
        "inductive T : α → α → Prop | one : r a b → T a b | more : T a b → T b c → T a c",
    ),
    _type("auto-implicit", "inductive T : Vector α n → Prop | mk : T v"),
    _type("private", "private inductive T | mk : List T → T"),
    _type("deriving", "inductive T | a | b (n : Nat) (t : List T)\nderiving Repr, BEq"),
    _type("subtype-index", "inductive T : {n : Nat // n > 0} → Type | mk (n : Nat) (h : n > 0) : T ⟨n, h⟩"),
    _type(
        "term-language",
        "inductive Ty | nat | fn (a b : Ty)\n"
        "inductive T : List Ty → Ty → Type | var : t ∈ ctx → T ctx t | lam : T (a :: ctx) b → T ctx (.fn a b)\n"
        "  | app : T ctx (.fn a b) → T ctx a → T ctx b",
    ),
    _type("namespace", "namespace A\ninductive T | mk\nend A", "A.T"),
    Honest(
        "recursion-on-a-predicate",
        "theorem foo : ∀ n, T n → n % 2 = 0",
        "let rec go : ∀ n, T n → n % 2 = 0\n  | _, .zero => rfl\n  | _, .step h => by have := go _ h; omega\nexact go",
        "inductive T : Nat → Prop | zero : T 0 | step : T n → T (n + 2)",
    ),
    Honest(
        "recursion-on-a-library-predicate",
        "theorem foo (m n : Nat) (h : Nat.le m n) : Nat.le m (n + 1)",
        "exact go h\nwhere go : ∀ {k}, Nat.le m k → Nat.le m (k + 1)\n"
        "  | _, .refl => .step .refl\n  | _, .step h => .step (go h)",
    ),
    Honest(
        "nested-recursion",
        "theorem foo (t : T) : t.size ≥ 1",
        "cases t with | mk l => simp [T.size]",
        "inductive T | mk : List T → T\nmutual\ndef T.size : T → Nat | .mk l => sizes l + 1\n"
        "def sizes : List T → Nat | [] => 0 | t :: l => t.size + sizes l\nend",
    ),
)
