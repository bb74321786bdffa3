/-! Small theorems of logic, most with several goals on the way: for bench_algorithms.py. -/

theorem logic_swap_or (p q : Prop) : p ∨ q → q ∨ p := by sorry
theorem logic_distrib (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r) := by sorry
theorem logic_assoc_and (p q r : Prop) : (p ∧ q) ∧ r ↔ p ∧ (q ∧ r) := by sorry
theorem logic_assoc_or (p q r : Prop) : (p ∨ q) ∨ r ↔ p ∨ (q ∨ r) := by sorry
theorem logic_curry (p q r : Prop) : (p ∧ q → r) ↔ (p → q → r) := by sorry
theorem logic_or_imp_both (p q r : Prop) : (p ∨ q → r) ↔ (p → r) ∧ (q → r) := by sorry
theorem logic_imp_and (p q r : Prop) : (p → q ∧ r) ↔ (p → q) ∧ (p → r) := by sorry
theorem logic_four (p q r s : Prop) (a : p → q) (b : q → r) (h : p) (k : r → s) : (q ∧ r) ∧ (r ∧ s) := by sorry
theorem logic_exists_or {α : Type} (p q : α → Prop) : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) := by sorry
theorem logic_forall_and {α : Type} (p q : α → Prop) : (∀ x, p x ∧ q x) ↔ (∀ x, p x) ∧ (∀ x, q x) := by sorry
theorem logic_not_exists {α : Type} (p : α → Prop) : (¬ ∃ x, p x) ↔ ∀ x, ¬ p x := by sorry
theorem logic_three (a b : Nat) (h : a = b) (f : Nat → Nat) : f a = f b ∧ b = a ∧ (a = b ∨ False) := by sorry
