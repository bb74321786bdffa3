/-!
Theorems that need nothing but Lean itself. Try one:

    prover prove --file lean_project/Examples/Core.lean --theorem Examples.sum_to
-/

namespace Examples

/-- The sum 0 + 1 + ... + n. -/
def sumTo : Nat → Nat
  | 0 => 0
  | n + 1 => (n + 1) + sumTo n

theorem sum_to (n : Nat) : 2 * sumTo n = n * (n + 1) := by
  sorry

theorem succ_le_of_lt (a b : Nat) (h : a < b) : a + 1 ≤ b := by
  sorry

theorem and_or_distrib (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r) := by
  sorry

theorem square_mod_four (n : Nat) : n ^ 2 % 4 = 0 ∨ n ^ 2 % 4 = 1 := by
  sorry

theorem exists_mod (n : Nat) (h : n % 6 = 5) : ∃ k, n = 6 * k + 5 := by
  sorry

theorem not_forall_of_exists {α : Type} (p : α → Prop) (h : ∃ x, ¬ p x) : ¬ ∀ x, p x := by
  sorry

section lists

variable {α : Type} (xs ys : List α)

theorem reverse_twice : xs.reverse.reverse = xs := by
  sorry

theorem length_append_comm : (xs ++ ys).length = (ys ++ xs).length := by
  sorry

end lists

/-- A tree of numbers. -/
inductive Tree where
  | leaf
  | node (left : Tree) (value : Nat) (right : Tree)

namespace Tree

/-- The tree seen in a mirror. -/
def mirror : Tree → Tree
  | leaf => leaf
  | node l v r => node r.mirror v l.mirror

/-- How many values the tree holds. -/
def size : Tree → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size

theorem mirror_mirror (t : Tree) : t.mirror.mirror = t := by
  sorry

theorem size_mirror (t : Tree) : t.mirror.size = t.size := by
  sorry

end Tree

end Examples
