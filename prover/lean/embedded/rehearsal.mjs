// What an engine does all day, done once: the code that this calls is what compiled.mjs keeps.
import fs from "node:fs";
import path from "node:path";

const HEARTBEATS = 20_000_000; // a tenth of what Lean gives a declaration

const DEFINITIONS = `
namespace Rehearsal
inductive Tree (α : Type) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α
  deriving Repr
open Tree
variable {α : Type}
def Tree.mirror : Tree α → Tree α
  | leaf => leaf
  | node l a r => node r.mirror a l.mirror
def twice (n : Nat) : Nat := n + n
structure Point where
  x : Int
  y : Int
@[simp] theorem twice_zero : twice 0 = 0 := rfl
`;

const STATEMENTS = {
  "(a b : ℕ) (h : a < b) : a + 1 ≤ b": [
    ..."intro x|exact h|simp|simp_all|cases a|rw [Nat.add_comm]|assumption|constructor|rfl|apply h|induction b".split("|"),
    ..."omega|decide|exact Nat.succ_le_of_lt h|have h2 := h|grind|show a < b|refine Nat.le_of_lt_succ ?_".split("|"),
    ..."rcases h with _ | h|exact absurd h (by omega)|by_cases hb : b = 0|by_contra h2|linarith|nlinarith".split("|"),
    ..."simp only [Nat.lt_iff_add_one_le] at h ⊢|revert h|generalize a + 1 = c|specialize h|clear h|exfalso".split("|"),
  ],
  "(p q r : Prop) (hp : p) (hq : q) : (p ∧ q) ∨ r": [
    ..."left|right|constructor|simp|simp_all|exact Or.inl ⟨hp, hq⟩|cases hp|omega|grind|tauto|refine Or.inl ?_".split("|"),
    ..."by_cases hr : r|apply Or.inl|exact Classical.byContradiction fun h => h (Or.inl ⟨hp, hq⟩)|trivial".split("|"),
  ],
  "(p q : Prop) : (p → q) → (¬q → ¬p)": ["intro h", "intros", "simp", "grind", "intro h hq hp; exact hq (h hp)", "exact mt"],
  "(p q : ℕ → Prop) (h : ∀ x, p x → q x) (k : ∃ x, p x) : ∃ x, q x": [
    ..."rcases k with ⟨x, hx⟩|obtain ⟨x, hx⟩ := k|cases k with | intro x hx => exact ⟨x, h x hx⟩|simp_all|grind".split("|"),
    ..."exact k.elim fun x hx => ⟨x, h x hx⟩|refine ⟨0, ?_⟩|exists 0|apply h".split("|"),
  ],
  "(x y : ℤ) (h : x = y + 1) : x - 1 = y": [
    ..."subst h|rw [h]|simp|simp [h]|omega|exact h|symm|have := h.symm|grind|calc x - 1 = y + 1 - 1 := by rw [h]\n  _ = y := by omega".split("|"),
  ],
  "(x y z : ℤ) : (x + y) * z = x * z + y * z": [
    ..."ring|ring_nf|grind|simp [Int.add_mul]|exact Int.add_mul x y z|rw [Int.add_mul]|ac_rfl|omega|decide|simp".split("|"),
  ],
  "(x y : ℤ) : 0 ≤ x * x + y * y": ["have := Int.mul_self_nonneg x", "positivity", "grind", "nlinarith", "omega"],
  "(xs ys : List ℕ) : (xs ++ ys).length = ys.length + xs.length": [
    ..."induction xs|induction xs with | nil => simp | cons x xs ih => simp_all; omega|cases xs|simp|grind".split("|"),
    ..."rw [List.length_append]|intro x|rfl|omega|simp [Nat.add_comm]|exact Nat.add_comm _ _".split("|"),
  ],
  "(f : ℕ → ℕ) (h₀ : f 0 = 1) (h₁ : ∀ n, f (n + 1) = 2 * f n) : f 3 = 8": [
    ..."simp [h₀, h₁]|rw [h₁, h₁, h₁, h₀]|have h₂ := h₁ 0|grind|omega|norm_num [h₀, h₁]|simp_all|apply h₁".split("|"),
  ],
  "(n : ℕ) (h : n % 6 = 4) : n % 2 = 0 ∧ n % 3 = 1": [
    ..."omega|constructor|refine ⟨?_, ?_⟩ <;> omega|simp|simp_all|grind|have : n % 2 < 2 := Nat.mod_lt _ (by decide)".split("|"),
  ],
  "(a b : ℕ) (h : a ∣ b) (hb : 0 < b) : Nat.gcd a b = a": [
    ..."exact Nat.gcd_eq_left h|rcases h with ⟨k, rfl⟩|simp [Nat.gcd_eq_left h]|grind|apply Nat.dvd_antisymm|simp_all".split("|"),
  ],
  "(n : ℕ) (h : n < 12) (k : n * n % 5 = 4) : n % 5 = 2 ∨ n % 5 = 3": [
    ..."revert h k; revert n; decide|interval_cases n|omega|have : n % 5 < 5 := Nat.mod_lt _ (by decide)".split("|"),
    "match n, h with\n  | 0, _ | 1, _ | 2, _ | 3, _ | 4, _ | 5, _ | 6, _ | 7, _ | 8, _ | 9, _ | 10, _ | 11, _ => simp_all",
  ],
  "(b c : Bool) : (b && c) = (c && b)": ["cases b", "cases b <;> cases c <;> rfl", "decide", "simp", "revert b c; decide", "grind"],
  "(x : ℚ) (h : 2 * x = 3) : x = 3 / 2": ["grind", "linarith", "norm_num", "simp", "simp_all", "field_simp"],
  "(x y : ℚ) (h : x + y = 3) (k : x - y = 1) (hx : 0 < x) (hy : 0 < y) : x * y ≤ 4": [
    ..."grind|have h2 := Lean.Grind.OrderedRing.sq_nonneg (a := x - y); grind|simp|simp_all|norm_num|linarith".split("|"),
    ..."have h2 := Lean.Grind.OrderedRing.mul_pos hx hy; grind|rw [← h]|subst_vars; grind|ring_nf|constructor".split("|"),
  ],
  "(x y : ℚ) (hx : 0 < x) (hy : 0 < y) : x / (x + y) + y / (x + y) = 1": [
    ..."grind|have h : x + y ≠ 0 := by grind\ngrind|field_simp|simp".split("|"),
  ],
  "(x : Option ℕ) (h : x ≠ none) : ∃ n, x = some n": ["cases x", "cases x <;> simp_all", "match x with\n  | some n => exact ⟨n, rfl⟩", "grind"],
  "(n : ℕ) : twice n = 2 * n": ["unfold twice", "simp [twice]", "rw [twice]", "simp [twice]; omega", "induction n", "grind [twice]"],
  "(t : Tree ℕ) : t.mirror.mirror = t": [
    ..."induction t|induction t <;> simp_all [Tree.mirror]|cases t|unfold Tree.mirror|simp [Tree.mirror]".split("|"),
  ],
  "(p : Point) : p = ⟨p.x, p.y⟩": ["rfl", "cases p", "cases p; rfl", "ext"],
  "(f g : ℕ → ℕ) (h : ∀ x, f x = g x) : f = g": ["funext x", "ext x", "exact funext h", "simp_all", "grind"],
  "(n : ℕ) : if n = 0 then n = 0 else 0 < n": ["split", "split <;> omega", "simp", "by_cases n = 0", "omega", "grind"],
};

const PROOFS = [
  "(a b : ℕ) (h : a < b) : a + 1 ≤ b := by omega",
  "(p q : Prop) : p ∧ q ↔ q ∧ p := by\n  constructor <;> rintro ⟨h, k⟩ <;> exact ⟨k, h⟩",
  "(xs ys : List ℕ) : (xs ++ ys).length = ys.length + xs.length := by\n  induction xs with\n  | nil => simp\n  | cons x xs ih => simp_all; omega",
  "(x y z : ℤ) : (x + y) * z = x * z + y * z := by grind",
  "(n : ℕ) (h : n < 12) (k : n * n % 5 = 4) : n % 5 = 2 ∨ n % 5 = 3 := by\n  revert h k; revert n; decide",
  "(a b c : ℕ) (h : a = b) (k : b = c) : a = c := by\n  rw [h]\n  exact k",
];

/** Put every kind of request to an engine: `ask(request)` resolves to its answer. `root` is that of its installation. */
export async function rehearse(ask, root) {
  const preamble = fs.readFileSync(path.join(root, "preamble.lean"), "utf8");
  const defined = await ask({ cmd: `${preamble}${DEFINITIONS}`, declarations: true });
  for (const [statement, tactics] of Object.entries(STATEMENTS)) {
    const cmd = `theorem t ${statement} := by\n  sorry`;
    const { env, sorries } = await ask({ cmd, env: defined.env, declarations: true });
    const { proofState } = sorries[0];
    for (const tactic of tactics) await ask({ tactics: [tactic], proofState, heartbeats: HEARTBEATS });
    await ask({ stats: {} });
    await ask({ drop: { proofStates: [proofState], envs: [env] } });
  }
  for (const proof of PROOFS) {
    const source = `${preamble}theorem t ${proof}`;
    const original = source.replace(/:= by[^]*/, ":= by\n  sorry");
    await ask({ reset: {} });
    const { terms } = (await ask({ export: { source, name: "t" } })).export;
    await ask({ reset: {} });
    await ask({ check: { source, original, name: "t", terms } });
  }
}
