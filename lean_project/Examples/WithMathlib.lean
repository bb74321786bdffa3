import Mathlib

/-!
Theorems that need Mathlib, for an engine that has it.
-/

namespace Examples

theorem two_mul_le_add_sq (a b : ℝ) : 2 * a * b ≤ a ^ 2 + b ^ 2 := by
  sorry

theorem prime_seventeen : Nat.Prime 17 := by
  sorry

theorem cancel (x : ℚ) (h : 3 * x + 4 = 10) : x = 2 := by
  sorry

end Examples
