import Pocket.Trig

/-!
Logarithms to a base, and real powers, with their rules. Mathlib: `Mathlib/Analysis/SpecialFunctions/`.
-/

open Pocket

noncomputable section
namespace Real
/-- Mathlib: `Real.logb`. -/
def logb (b x : ℝ) : ℝ := log x / log b
/-- Mathlib: `Real.rpow`, the real part of the complex power. -/
def rpow (x y : ℝ) : ℝ :=
  if 0 < x then exp (log x * y) else if x = 0 then (if y = 0 then 1 else 0) else exp (log x * y) * cos (y * pi)
instance : Pow ℝ ℝ := ⟨rpow⟩
theorem rpow_def_of_pos {x : ℝ} (hx : 0 < x) (y : ℝ) : x ^ y = exp (log x * y) := by show rpow x y = _; unfold rpow; rw [if_pos hx]
@[simp] theorem rpow_zero (x : ℝ) : x ^ (0 : ℝ) = 1 := by
  show rpow x 0 = 1; unfold rpow
  have h1 : log x * 0 = 0 := mul_zero _
  have h2 : 0 * pi = 0 := Real.zero_mul _
  by_cases h : 0 < x
  · rw [if_pos h, h1, exp_zero]
  · by_cases k : x = 0
    · rw [if_neg h, if_pos k, if_pos rfl]
    · rw [if_neg h, if_neg k, h1, h2, exp_zero, cos_zero, Real.mul_one]
theorem zero_rpow {y : ℝ} (h : y ≠ 0) : (0 : ℝ) ^ y = 0 := by
  show rpow 0 y = 0; unfold rpow; rw [if_neg fun c : (0 : ℝ) < 0 => c.2 c.1, if_pos rfl, if_neg h]
@[simp] theorem one_rpow (y : ℝ) : (1 : ℝ) ^ y = 1 := by
  rw [rpow_def_of_pos Lean.Grind.OrderedRing.zero_lt_one, log_one, Real.zero_mul, exp_zero]
theorem rpow_pos_of_pos {x : ℝ} (hx : 0 < x) (y : ℝ) : 0 < x ^ y := by rw [rpow_def_of_pos hx]; exact exp_pos _
theorem rpow_nonneg {x : ℝ} (hx : 0 ≤ x) (y : ℝ) : 0 ≤ x ^ y := by
  by_cases h : x = 0
  · subst h
    by_cases k : y = 0
    · subst k; rw [rpow_zero]; exact Lean.Grind.OrderedRing.zero_le_one
    · rw [zero_rpow k]; exact Std.le_refl _
  · exact Std.le_of_lt (rpow_pos_of_pos (Std.lt_of_le_of_ne hx (Ne.symm h)) y)
theorem log_rpow {x : ℝ} (hx : 0 < x) (y : ℝ) : log (x ^ y) = y * log x := by rw [rpow_def_of_pos hx, log_exp, Real.mul_comm]
theorem rpow_add {x : ℝ} (hx : 0 < x) (y z : ℝ) : x ^ (y + z) = x ^ y * x ^ z := by
  rw [rpow_def_of_pos hx, rpow_def_of_pos hx, rpow_def_of_pos hx, ← exp_add, Real.left_distrib]
theorem rpow_sub {x : ℝ} (hx : 0 < x) (y z : ℝ) : x ^ (y - z) = x ^ y / x ^ z := by
  rw [rpow_def_of_pos hx, rpow_def_of_pos hx, rpow_def_of_pos hx, ← exp_sub, mul_sub]
theorem rpow_neg {x : ℝ} (hx : 0 ≤ x) (y : ℝ) : x ^ (-y) = (x ^ y)⁻¹ := by
  by_cases h : x = 0
  · subst h
    by_cases k : y = 0
    · subst k; rw [neg_zero, rpow_zero, Lean.Grind.Field.inv_one]
    · rw [zero_rpow k, zero_rpow fun c => k (by rw [← neg_neg y, c, neg_zero]), Real.inv_zero]
  · have hx : 0 < x := Std.lt_of_le_of_ne hx (Ne.symm h)
    rw [rpow_def_of_pos hx, rpow_def_of_pos hx, ← exp_neg, mul_neg]
theorem rpow_mul {x : ℝ} (hx : 0 ≤ x) (y z : ℝ) : x ^ (y * z) = (x ^ y) ^ z := by
  by_cases h : x = 0
  · subst h
    by_cases k : y = 0
    · subst k; rw [Real.zero_mul, rpow_zero, one_rpow]
    · by_cases l : z = 0
      · subst l; rw [Lean.Grind.Semiring.mul_zero, rpow_zero, rpow_zero]
      · rw [zero_rpow k, zero_rpow l, zero_rpow fun c => (Lean.Grind.Field.of_mul_eq_zero c).elim k l]
  · have hx : 0 < x := Std.lt_of_le_of_ne hx (Ne.symm h)
    rw [rpow_def_of_pos (rpow_pos_of_pos hx y), log_rpow hx, rpow_def_of_pos hx, ← Real.mul_assoc, Real.mul_comm (log x)]
theorem mul_rpow {x y z : ℝ} (hx : 0 ≤ x) (hy : 0 ≤ y) : (x * y) ^ z = x ^ z * y ^ z := by
  by_cases hz : z = 0
  · subst hz; rw [rpow_zero, rpow_zero, rpow_zero, Real.mul_one]
  · by_cases h : x = 0
    · subst h; rw [Real.zero_mul, zero_rpow hz, Real.zero_mul]
    · by_cases k : y = 0
      · subst k; rw [Lean.Grind.Semiring.mul_zero, zero_rpow hz, Lean.Grind.Semiring.mul_zero]
      · have hx : 0 < x := Std.lt_of_le_of_ne hx (Ne.symm h)
        have hy : 0 < y := Std.lt_of_le_of_ne hy (Ne.symm k)
        rw [rpow_def_of_pos hx, rpow_def_of_pos hy, rpow_def_of_pos (mul_pos hx hy), log_mul_of_pos hx hy, ← exp_add,
          Lean.Grind.Semiring.right_distrib]
/-- Mathlib's `Real.rpow_natCast` needs no `0 ≤ x`. -/
theorem rpow_natCast_of_nonneg {x : ℝ} (hx : 0 ≤ x) (n : Nat) : x ^ (n : ℝ) = x ^ n := by
  by_cases h : x = 0
  · subst h
    cases n with
    | zero => rw [show ((0 : Nat) : ℝ) = 0 from rfl, rpow_zero, Lean.Grind.Semiring.pow_zero]
    | succ n =>
      have h0 : ((n + 1 : Nat) : ℝ) ≠ 0 := fun c => by have := natCast_inj.1 (c.trans (show (0 : ℝ) = ((0 : Nat) : ℝ) from rfl)); omega
      rw [zero_rpow h0, Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.mul_zero]
  · have hx : 0 < x := Std.lt_of_le_of_ne hx (Ne.symm h)
    exact log_injOn_pos (rpow_pos_of_pos hx _) (pow_pos hx n) (by rw [log_rpow hx, log_pow])
theorem rpow_ofNat_of_nonneg {x : ℝ} (hx : 0 ≤ x) (n : Nat) : x ^ (OfNat.ofNat n : ℝ) = x ^ (OfNat.ofNat n : Nat) :=
  rpow_natCast_of_nonneg hx n
theorem sqrt_eq_rpow_of_nonneg {x : ℝ} (hx : 0 ≤ x) : sqrt x = x ^ ((1 : ℝ) / 2) := by
  refine sqrt_eq_of_sq (rpow_nonneg hx _) ?_
  have := rpow_mul hx (1 / 2) ((2 : Nat) : ℝ)
  rw [rpow_natCast_of_nonneg (rpow_nonneg hx _)] at this
  rw [show (1 : ℝ) / 2 * ((2 : Nat) : ℝ) = ((1 : Nat) : ℝ) from mul_div_cancel_of_ne Pocket.two_pos.ne', rpow_natCast_of_nonneg hx, Lean.Grind.Semiring.pow_one, pow_two] at this
  exact this.symm
theorem rpow_lt_rpow_of_exponent_lt {x y z : ℝ} (hx : 1 < x) (h : y < z) : x ^ y < x ^ z := by
  have hx0 : 0 < x := Std.lt_trans Lean.Grind.OrderedRing.zero_lt_one hx
  rw [rpow_def_of_pos hx0, rpow_def_of_pos hx0, exp_lt_exp]
  exact Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h (log_pos hx)
theorem logb_zero (b : ℝ) : logb b 0 = 0 := by unfold logb; rw [log_zero, div_eq_mul_inv, Real.zero_mul]
theorem logb_one (b : ℝ) : logb b 1 = 0 := by unfold logb; rw [log_one, div_eq_mul_inv, Real.zero_mul]
theorem logb_mul {b x y : ℝ} (hx : x ≠ 0) (hy : y ≠ 0) : logb b (x * y) = logb b x + logb b y := by
  unfold logb; rw [log_mul hx hy, div_eq_mul_inv, add_mul]; rfl
theorem logb_div {b x y : ℝ} (hx : x ≠ 0) (hy : y ≠ 0) : logb b (x / y) = logb b x - logb b y := by
  unfold logb; rw [log_div hx hy, div_eq_mul_inv, sub_mul]; rfl
theorem logb_inv (b x : ℝ) : logb b x⁻¹ = -logb b x := by unfold logb; rw [log_inv, div_eq_mul_inv, neg_mul]; rfl
theorem logb_pow (b x : ℝ) (n : Nat) : logb b (x ^ n) = n * logb b x := by unfold logb; rw [log_pow, div_eq_mul_inv, Real.mul_assoc]; rfl
theorem logb_self_eq_one {b : ℝ} (h : 1 < b) : logb b b = 1 := Real.mul_inv_cancel (log_pos h).ne'
theorem logb_rpow {b x : ℝ} (h0 : 0 < b) (h1 : b ≠ 1) : logb b (b ^ x) = x := by
  have h : log b ≠ 0 := fun c => h1 (log_injOn_pos h0 (Lean.Grind.OrderedRing.zero_lt_one : (0 : ℝ) < 1) (by rw [c, log_one]))
  unfold logb; rw [log_rpow h0, div_eq_mul_inv, Real.mul_assoc, Real.mul_inv_cancel h, Real.mul_one]
theorem rpow_logb {b x : ℝ} (h0 : 0 < b) (h1 : b ≠ 1) (hx : 0 < x) : b ^ logb b x = x := by
  have h : log b ≠ 0 := fun c => h1 (log_injOn_pos h0 (Lean.Grind.OrderedRing.zero_lt_one : (0 : ℝ) < 1) (by rw [c, log_one]))
  rw [rpow_def_of_pos h0, show log b * logb b x = log x from (Real.mul_comm _ _).trans (mul_div_cancel_of_ne h), exp_log hx]
grind_pattern rpow_pos_of_pos => x ^ y
attribute [grind =] rpow_zero one_rpow
grind_pattern log_rpow => log (x ^ y)
grind_pattern rpow_ofNat_of_nonneg => x ^ (OfNat.ofNat n : ℝ)
end Real
end
