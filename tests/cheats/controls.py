"""Honest proofs, which must be accepted: a checker that refuses everything proves nothing."""

from dataclasses import dataclass

from prover.lean.theorem import Theorem


@dataclass(frozen=True, slots=True)
class Honest:
    """A proof that must be accepted; `axioms` are some that the certificate must name."""

    id: str
    statement: str
    proof: str
    header: str = ""
    name: str = "foo"
    axioms: tuple[str, ...] = ()

    @property
    def theorem(self) -> Theorem:
        return Theorem(name=self.name, statement=self.statement, header=self.header)


EVEN = """\
inductive Even : Nat → Prop
  | zero : Even 0
  | step : Even n → Even (n + 2)
"""
TREE = """\
inductive Tree (α : Type u) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α

namespace Tree
def size : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size

def mirror : Tree α → Tree α
  | leaf => leaf
  | node l a r => node r.mirror a l.mirror
"""

CONTROLS = (
    *(
        Honest(f"comment-with-{ord(char):x}", "theorem foo : True", f"trivial -- {char}axiom bad : False")
        for char in "\r\u2028\x85\x0b"  # none ends a line, so the comment goes on
    ),
    Honest("trivial", "theorem foo : True", "trivial"),
    Honest("omega", "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b", "omega"),
    Honest("grind", "theorem foo (a b c : Nat) (h : a = b) (g : b = c) : c = a", "grind"),
    Honest("decide", "theorem foo : 2 ^ 10 % 7 = 2", "decide"),
    Honest("decide-kernel", "theorem foo : ∀ n : Fin 50, n.val * n.val < 2500", "decide +kernel"),
    Honest(
        "ask-kernel",
        "theorem foo : 1 = 2 ∨ 2 = 2",
        "first | (left; decide +kernel) | (right; decide +kernel)",
    ),
    Honest("simp", "theorem foo (l : List Nat) : (l ++ []).length = l.length", "simp"),
    Honest("simp-arith", "theorem foo (n : Nat) (h : n + 1 < 5) : n < 4", "simp +arith at h ⊢\nomega"),
    Honest("simp-unfold", "theorem foo : [1, 2].map (· + 1) = [2, 3]", "simp [List.map]"),
    Honest(
        "rw",
        "theorem foo (a b c : Nat) : a + b + c = c + b + a",
        "rw [Nat.add_comm a b, Nat.add_comm, Nat.add_assoc]",
    ),
    Honest(
        "cases",
        "theorem foo (p q : Prop) (h : p ∨ q) : q ∨ p",
        "cases h with\n| inl h => exact .inr h\n| inr h => exact .inl h",
    ),
    Honest(
        "rcases",
        "theorem foo (p q r : Prop) (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ p ∧ r",
        "rcases h with ⟨hp, hq | hr⟩\n· exact .inl ⟨hp, hq⟩\n· exact .inr ⟨hp, hr⟩",
    ),
    Honest(
        "induction",
        "theorem foo (n : Nat) : 0 + n = n",
        "induction n with\n| zero => rfl\n| succ n ih =>\n  rw [← Nat.add_assoc, ih]",
    ),
    Honest(
        "recursion",
        "theorem foo (n : Nat) : 0 + n = n",
        "match n with\n| 0 => rfl\n| n + 1 => exact congrArg _ (foo n)",
    ),
    Honest(
        "well-founded",
        "theorem foo (n : Nat) : n < 2 ^ n",
        "if h : n = 0 then\n  simp [h]\nelse\n  have := foo (n - 1)\n"
        "  have : 2 ^ n = 2 * 2 ^ (n - 1) := by rw [← Nat.pow_succ']; congr; omega\n  omega\n"
        "termination_by n\ndecreasing_by omega",
    ),
    Honest(
        "calc",
        "theorem foo (a b c : Nat) (h : a < b) (g : b < c) : a < c",
        "calc\n  a < b := h\n  _ < c := g",
    ),
    Honest("conv", "theorem foo (a b : Nat) : a + b = b + a", "conv => lhs; rw [Nat.add_comm]"),
    Honest(
        "have-and-comments",
        "theorem foo (a : Nat) : a ≤ a * a",
        "-- a comment: sorry, axiom\nhave h : a = 0 ∨ 1 ≤ a := by omega\n/- another\n   one -/\n"
        "rcases h with rfl | h\n· simp\n· exact Nat.le_mul_of_pos_left a h -- done",
    ),
    Honest(
        "where",
        "theorem foo (n : Nat) : 0 * n = 0",
        "exact go n\nwhere\n  go : (n : Nat) → 0 * n = 0\n    | 0 => rfl\n    | n + 1 => go n",
    ),
    Honest(
        "let-rec",
        "theorem foo (n : Nat) : n ≤ n + 5",
        "let rec go (k : Nat) : n ≤ n + k := by\n  cases k with\n  | zero => exact Nat.le_refl n\n"
        "  | succ k => exact Nat.le_succ_of_le (go k)\nexact go 5",
    ),
    Honest("exfalso", "theorem foo (n : Nat) (h : n < 0) : 1 = 2", "contradiction"),
    Honest("vacuous", "theorem foo (h : 1 = 2) : False", "exact absurd h (by decide)"),
    Honest("classical", "theorem foo (p : Prop) : p ∨ ¬p", "exact Classical.em p"),
    Honest(
        "by-cases",
        "theorem foo (p q : Prop) : ((p → q) → p) → p",
        "intro h\nby_cases hp : p\n· exact hp\n· exact h fun hp' => absurd hp' hp",
    ),
    Honest(
        "choice",
        "theorem foo (h : Nonempty Nat) : ∃ n : Nat, n = n",
        "exact ⟨Classical.choice h, rfl⟩",
        axioms=("Classical.choice",),
    ),
    Honest("propext", "theorem foo (p q : Prop) (h : p ↔ q) : p = q", "exact propext h", axioms=("propext",)),
    Honest("funext", "theorem foo (f : Nat → Nat) (h : ∀ n, f n = n) : f = id", "funext n\nexact h n"),
    Honest(
        "quotient",
        "theorem foo (r : Nat → Nat → Prop) (a b : Nat) (h : r a b) : Quot.mk r a = Quot.mk r b",
        "exact Quot.sound h",
        axioms=("Quot.sound",),
    ),
    Honest("string", 'theorem foo : "añ∎".length = 3', "rfl"),
    Honest("big-number", "theorem foo : 10 ^ 100 % 97 = 49 ∨ 10 ^ 100 % 97 ≠ 49", "decide"),
    Honest(
        "inductive",
        "theorem foo : ∀ n, Even n → ∃ k, n = 2 * k",
        "intro n h\ninduction h with\n| zero => exact ⟨0, rfl⟩\n| step _ ih =>\n"
        "  obtain ⟨k, rfl⟩ := ih\n  exact ⟨k + 1, by omega⟩",
        EVEN,
    ),
    Honest(
        "inductive-recursion",
        "theorem foo : ∀ n, Even n → ∃ k, n = 2 * k",
        "intro n h\nmatch h with\n| .zero => exact ⟨0, rfl⟩\n| .step h =>\n"
        "  obtain ⟨k, hk⟩ := foo _ h\n  exact ⟨k + 1, by omega⟩",
        EVEN,
    ),
    Honest(
        "tree",
        "theorem size_mirror (t : Tree α) : t.mirror.size = t.size",
        "induction t with\n| leaf => rfl\n| node l a r ihl ihr => simp [mirror, size, ihl, ihr]; omega",
        TREE,
        "Tree.size_mirror",
    ),
    Honest(
        "structure",
        "theorem foo (p q : Point) : p + q = q + p",
        "cases p; cases q\nshow Point.mk _ _ = Point.mk _ _\nsimp [Int.add_comm]",
        "structure Point where\n  x : Int\n  y : Int\n\n"
        "instance : Add Point := ⟨fun p q => ⟨p.x + q.x, p.y + q.y⟩⟩\n",
    ),
    Honest(
        "mutual",
        "theorem foo : isEven 10 = true",
        "decide",
        "mutual\ndef isEven : Nat → Bool\n  | 0 => true\n  | n + 1 => isOdd n\n"
        "def isOdd : Nat → Bool\n  | 0 => false\n  | n + 1 => isEven n\nend\n",
    ),
    Honest(
        "nested-type",
        "theorem foo : (Rose.node 1 [.node 2 []]).value = 1",
        "rfl",
        "inductive Rose (α : Type) where\n  | node : α → List (Rose α) → Rose α\n\n"
        "def Rose.value : Rose α → α\n  | node a _ => a\n",
    ),
    Honest(
        "class",
        "theorem foo [Magma α] [Idempotent α] (a : α) : Magma.op (Magma.op a a) a = a",
        "simp [Idempotent.idem]",
        "class Magma (α : Type u) where\n  op : α → α → α\n"
        "class Idempotent (α : Type u) [Magma α] : Prop where\n  idem : ∀ a : α, Magma.op a a = a\n",
    ),
    Honest(
        "lemma-of-header",
        "theorem foo : twice 3 = 6",
        "exact twice_eq 3",
        "def twice (n : Nat) := n + n\n\ntheorem twice_eq (n : Nat) : twice n = 2 * n := by\n"
        "  unfold twice\n  omega\n",
    ),
    Honest("namespace", "theorem foo : one = 1", "rfl", "namespace A.B\ndef one := 1\n", "A.B.foo"),
    Honest(
        "section-variables",
        "theorem foo : f (f x) = x",
        "rw [h, h]",
        "section\nvariable {α : Type u} (f : α → α) (x : α) (h : ∀ x, f x = x)\ninclude h\n",
    ),
    Honest(
        "universes",
        "theorem foo (p : α × β) : (p.1, p.2) = p",
        "rfl",
        "universe u v\nvariable {α : Type u} {β : Type v}\n",
    ),
    Honest("sort-polymorphic", "theorem foo {α : Sort u} {a b : α} (h : a = b) : b = a", "exact h.symm"),
    Honest(
        "notation",
        "theorem foo : ∀ n : ℕ, 0 ⊑ n",
        "intro n\nexact Nat.zero_le n",
        'notation "ℕ" => Nat\ninfix:50 " ⊑ " => Nat.le\n',
    ),
    Honest(
        "macro-of-header",
        "theorem foo (a b : Nat) (h : a ≤ b) : a < b + 1",
        "arith",
        'macro "arith" : tactic => `(tactic| omega)\n',
    ),
    Honest(
        "lemma-macro",
        "lemma foo : 1 + 1 = 2",
        "rfl",
        'macro "lemma " n:declId s:declSig v:declVal : command => `(theorem $n $s $v)\n',
    ),
    Honest("open-in", "open Nat in\ntheorem foo (n : Nat) : succ n = n + 1", "rfl"),
    Honest("set-option-in", "set_option maxRecDepth 2000 in\ntheorem foo : 1 = 1", "rfl"),
    Honest("private", "private theorem foo : True", "trivial"),
    Honest("public", "public theorem foo : True", "trivial"),
    Honest("protected", "protected theorem foo : True", "trivial", "namespace A\n", "A.foo"),
    Honest("root", "theorem _root_.foo : True", "trivial", "namespace A\n"),
    Honest("quoted-name", "theorem «a.b c» : True", "trivial", name="«a.b c»"),
    Honest("doc-comment-attribute", "/-- It is so. -/\n@[simp] theorem foo (n : Nat) : n - n = 0", "simp"),
    Honest(
        "deprecated-options",
        "theorem foo (x : α) : x = x",
        "rfl",
        "set_option autoImplicit true\nset_option linter.all false\n",
    ),
    Honest(
        "noncomputable",
        "theorem foo : pick = pick",
        "rfl",
        "noncomputable def pick : Nat := Classical.choice ⟨0⟩\n",
        axioms=("Classical.choice",),
    ),
    Honest(
        "unsafe-elsewhere",
        "theorem foo : True",
        "trivial",
        "unsafe def loop (n : Nat) : Nat := loop (n + 1)\npartial def run (n : Nat) : Nat := run (n + 1)\n",
    ),
    Honest(
        "implemented-by",
        "theorem foo : slow 3 = 3",
        "rfl",
        "def fast (n : Nat) := n + 0\n@[implemented_by fast] def slow (n : Nat) := n\n",
    ),
    Honest("axiom-unused", "theorem foo : True", "trivial", "axiom unused : False\n"),
    Honest("sorry-unused", "theorem foo : True", "trivial", "theorem unused : False := sorry\n"),
    Honest("definition", "def foo : { n : Nat // 3 < n }", "exact ⟨4, by decide⟩"),
    Honest("instance", "instance foo : Inhabited Nat", "exact ⟨7⟩"),
    Honest("crlf", "theorem foo (n : Nat) :\r\n    n = n", "rfl", "-- one\r\n-- two\r\n\r\ndef x := 1\r\n"),
    Honest(
        "std",
        "theorem foo (a b : Nat) (h : a < b) : compare a b = .lt",
        "simpa [Nat.compare_eq_lt] using h",
        "import Std\n",
    ),
    Honest("unicode", "theorem foo {α₁ : Type} (𝔵 : α₁) (h' : 𝔵 = 𝔵) : ∃ y, y = 𝔵", "exact ⟨𝔵, h'⟩"),
    Honest("long", "theorem foo (n : Nat) : n = n", "skip\n" * 200 + "rfl"),
    Honest(
        "blank-lines",
        "theorem foo (p q : Prop) (hp : p) (hq : q) : p ∧ q",
        "constructor\n\n· exact hp\n\n\n· exact hq\n\n",
    ),
)
