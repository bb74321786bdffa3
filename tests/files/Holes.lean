/-! Every kind of place where a `sorry` can stand; this sorry is none. ∀ ünïcode: ℕ → ℝ.	A tab. -/
namespace Outer

theorem term_position (a b : Nat) : a + b = b + a := sorry

theorem after_by (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry

theorem own_line (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry   -- a comment that stays

theorem own_line_term (n : Nat) : n * 0 = 0 :=
  sorry

theorem in_have (a b : Nat) (h : 2 * a = 2 * b) : a = b ∧ b = a := by
  have key : a = b := by sorry
  have other : b = a := sorry
  exact ⟨key, other⟩

theorem in_cases (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl hp => sorry
  | inr hq =>
    sorry

theorem in_case (n : Nat) : n = 0 ∨ 0 < n := by
  cases n
  case zero => sorry
  case succ m => sorry

theorem with_bullets (p q r : Prop) (hp : p) (hqr : q ∧ r) : p ∧ (r ∧ q) := by
  constructor
  · sorry
  · sorry

theorem in_calc (a b c : Nat) (h : a = b) (h' : b = c) : a = c + 0 := by
  calc a = b := sorry
    _ = c := by sorry
    _ = c + 0 := by
      sorry

/-- An anonymous constructor, a `fun`, an application. -/
theorem in_terms (p q r : Prop) (hp : p) (hq : q) (hr : q → r) : (p ∧ q) ∧ (p → r) :=
  ⟨⟨hp, sorry⟩, fun _ => hr (sorry)⟩

section
variable {α : Type} [Inhabited α] (x : α) (xs : List α)

theorem with_variables : (x :: xs).length = xs.length + 1 := by sorry

local infix:50 " ≼ " => fun (a b : Nat) => ∃ k, b = a + k

theorem with_notation (n : Nat) : n ≼ n + 3 := by
  sorry

end

namespace Inner
open Nat in
theorem opened (n : Nat) : 0 < succ n := by
  intros
  sorry

end Inner

theorem by_equations : ∀ n : Nat, n + 0 = n
  | 0 => sorry
  | n + 1 => by sorry

example (f : Nat → Nat) (h : ∀ n, f n = n) : f 2 = 2 := by
    sorry

structure Pointed where
  point : Nat
  small : point < 10

def three : Pointed := { point := 3, small := sorry }

instance : Inhabited Pointed where
  default := ⟨5, by sorry⟩

theorem uses_three : three.point + 1 = 4 := by
  sorry

mutual
theorem even_first (n : Nat) (h : n % 2 = 0) : (n + 2) % 2 = 0 := by
  sorry
theorem odd_first (n : Nat) (h : n % 2 = 1) : (n + 2) % 2 = 1 := by
  sorry
end

theorem with_where (n : Nat) : n < n + 2 := helper n
where
  helper (m : Nat) : m < m + 2 := by sorry

theorem unprovable (n : Nat) : n < 5 := by
  sorry

theorem half (n : Nat) : n = n ∧ n = n + 1 := by
  constructor
  · sorry
  · sorry

def value : Nat := sorry

end Outer
