import Pocket.OrderedField

/-!
Absolute values, square roots and floors of real numbers, the norm of complex ones.
Mathlib: `Mathlib/Algebra/Order/Group/Abs.lean`, `Mathlib/Analysis/SpecialFunctions/Pow/NNRpow.lean`,
`Mathlib/Data/Real/Sqrt.lean`, `Mathlib/Algebra/Order/Floor/Ring.lean`, `Mathlib/Analysis/Normed/Field/Basic.lean`.
-/

open Lean.Grind

theorem Int.cast_le {m n : Int} : (m : ℝ) ≤ n ↔ m ≤ n := Real.intCast_le
theorem Int.cast_lt {m n : Int} : (m : ℝ) < n ↔ m < n := Real.intCast_lt
theorem Int.cast_inj {m n : Int} : (m : ℝ) = n ↔ m = n := Real.intCast_inj

section reals
variable {a b c x y : ℝ}
theorem abs_of_pos (h : 0 < a) : |a| = a := abs_of_nonneg (le_of_lt h)
theorem abs_zero : |(0 : ℝ)| = 0 := abs_of_nonneg le_rfl
theorem abs_one : |(1 : ℝ)| = 1 := abs_of_pos zero_lt_one
theorem le_abs_self (a : ℝ) : a ≤ |a| := (abs_le.1 le_rfl).2
theorem neg_abs_le (a : ℝ) : -|a| ≤ a := (abs_le.1 le_rfl).1
theorem neg_le_abs (a : ℝ) : -a ≤ |a| := abs_neg a ▸ le_abs_self (-a)
theorem abs_cases (a : ℝ) : |a| = a ∧ 0 ≤ a ∨ |a| = -a ∧ a < 0 :=
  (lt_or_ge a 0).symm.imp (fun h => ⟨abs_of_nonneg h, h⟩) fun h => ⟨abs_of_neg h, h⟩
theorem abs_choice (a : ℝ) : |a| = a ∨ |a| = -a := (abs_cases a).imp And.left And.left
theorem sq_abs (a : ℝ) : |a| ^ 2 = a ^ 2 := by rcases abs_choice a with h | h <;> rw [h]; exact neg_sq a
theorem abs_mul_abs_self (a : ℝ) : |a| * |a| = a * a := by rw [← pow_two, sq_abs, pow_two]
theorem abs_lt : |a| < b ↔ -b < a ∧ a < b := by rcases abs_cases a with ⟨h, k⟩ | ⟨h, k⟩ <;> rw [h] <;> grind only
theorem lt_abs : a < |b| ↔ a < b ∨ a < -b := by rcases abs_cases b with ⟨h, k⟩ | ⟨h, k⟩ <;> rw [h] <;> grind only
theorem le_abs : a ≤ |b| ↔ a ≤ b ∨ a ≤ -b := by rcases abs_cases b with ⟨h, k⟩ | ⟨h, k⟩ <;> rw [h] <;> grind only
theorem abs_eq_zero : |a| = 0 ↔ a = 0 := by rcases abs_cases a with ⟨h, k⟩ | ⟨h, k⟩ <;> rw [h] <;> grind only
theorem abs_pos : 0 < |a| ↔ a ≠ 0 := by
  rw [lt_iff_le_and_ne, and_iff_right (abs_nonneg a)]; exact not_congr (eq_comm.trans abs_eq_zero)
theorem abs_eq (h : 0 ≤ b) : |a| = b ↔ a = b ∨ a = -b := by
  rcases abs_cases a with ⟨e, k⟩ | ⟨e, k⟩ <;> rw [e] <;> grind only
theorem abs_add (a b : ℝ) : |a + b| ≤ |a| + |b| := abs_add_le a b
theorem abs_sub_comm (a b : ℝ) : |a - b| = |b - a| := by rw [← abs_neg, neg_sub]
theorem abs_sub_abs_le_abs_sub (a b : ℝ) : |a| - |b| ≤ |a - b| := by
  have := abs_add_le (a - b) b; rw [sub_add_cancel] at this; exact sub_le_iff_le_add.2 this
theorem abs_pow (a : ℝ) (n : Nat) : |a ^ n| = |a| ^ n := by
  induction n with
  | zero => rw [pow_zero, pow_zero, abs_one]
  | succ n ih => rw [pow_succ, abs_mul, ih, pow_succ]
theorem abs_inv (a : ℝ) : |a⁻¹| = |a|⁻¹ := by
  rcases abs_cases a with ⟨h, k⟩ | ⟨h, k⟩
  · rw [h, abs_of_nonneg (inv_nonneg_of_nonneg k)]
  · rw [h, ← abs_neg, show -a⁻¹ = (-a)⁻¹ from (Field.inv_neg a).symm, abs_of_nonneg (inv_nonneg_of_nonneg (neg_nonneg.2 (le_of_lt k)))]
theorem abs_div (a b : ℝ) : |a / b| = |a| / |b| := by rw [div_eq_mul_inv, abs_mul, abs_inv, ← div_eq_mul_inv]
theorem sq_le_sq : a ^ 2 ≤ b ^ 2 ↔ |a| ≤ |b| := by
  rw [← sq_abs a, ← sq_abs b]; exact pow_le_pow_iff_left₀ (abs_nonneg a) (abs_nonneg b) (by decide)
theorem sq_le_sq' (h : -b ≤ a) (k : a ≤ b) : a ^ 2 ≤ b ^ 2 := sq_le_sq.2 (le_trans (abs_le.2 ⟨h, k⟩) (le_abs_self b))
theorem sq_lt_sq : a ^ 2 < b ^ 2 ↔ |a| < |b| := by rw [← not_le, sq_le_sq, not_le]
theorem sq_lt_sq' (h : -b < a) (k : a < b) : a ^ 2 < b ^ 2 := sq_lt_sq.2 (lt_of_lt_of_le (abs_lt.2 ⟨h, k⟩) (le_abs_self b))
theorem abs_le_of_sq_le_sq (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : |a| ≤ b := by
  have := sq_le_sq.1 h; rwa [abs_of_nonneg hb] at this
theorem abs_le_abs (h : a ≤ b) (k : -a ≤ b) : |a| ≤ |b| :=
  le_trans (by rcases abs_choice a with e | e <;> rw [e] <;> assumption) (le_abs_self b)
namespace Real
theorem sqrt_zero : √(0 : ℝ) = 0 := sqrt_eq_zero_of_nonpos _root_.le_rfl
theorem sqrt_one : √(1 : ℝ) = 1 := sqrt_eq_of_sq _root_.zero_le_one (_root_.mul_one 1)
theorem sqrt_eq_zero' : √x = 0 ↔ x ≤ 0 :=
  ⟨fun h => Std.not_lt.1 fun k => _root_.ne_of_gt (sqrt_pos.2 k) h, sqrt_eq_zero_of_nonpos⟩
theorem sqrt_eq_zero (h : 0 ≤ x) : √x = 0 ↔ x = 0 := sqrt_eq_zero'.trans ⟨fun k => _root_.le_antisymm k h, fun k => k ▸ _root_.le_rfl⟩
theorem sqrt_ne_zero' : √x ≠ 0 ↔ 0 < x := (not_congr sqrt_eq_zero').trans Std.not_le
theorem sqrt_eq_iff_mul_self_eq (hx : 0 ≤ x) (hy : 0 ≤ y) : √x = y ↔ x = y * y :=
  ⟨fun h => by rw [← h, mul_self_sqrt hx], fun h => sqrt_eq_of_sq hy h.symm⟩
theorem sqrt_inj (hx : 0 ≤ x) (hy : 0 ≤ y) : √x = √y ↔ x = y :=
  ⟨fun h => by rw [← mul_self_sqrt hx, h, mul_self_sqrt hy], fun h => h ▸ rfl⟩
theorem sqrt_le_iff : √x ≤ y ↔ 0 ≤ y ∧ x ≤ y ^ 2 :=
  ⟨fun h => have k := _root_.le_trans (sqrt_nonneg x) h; ⟨k, (sqrt_le_left k).1 h⟩, fun h => (sqrt_le_left h.1).2 h.2⟩
theorem sqrt_le_one (h : x ≤ 1) : √x ≤ 1 := sqrt_one ▸ sqrt_le_sqrt h
theorem sqrt_le_self (h : 1 ≤ x) : √x ≤ x := sqrt_le_iff.2 ⟨_root_.le_trans _root_.zero_le_one h, by
  have := _root_.mul_le_mul_of_nonneg_left h (_root_.le_trans _root_.zero_le_one h); rwa [_root_.mul_one, ← _root_.pow_two] at this⟩
theorem sqrt_inv (x : ℝ) : √x⁻¹ = (√x)⁻¹ := by
  rcases lt_or_ge 0 x with h | h
  · exact sqrt_eq_of_sq (inv_nonneg_of_nonneg (sqrt_nonneg x)) (by rw [← mul_inv, mul_self_sqrt (_root_.le_of_lt h)])
  · rw [sqrt_eq_zero_of_nonpos h, sqrt_eq_zero_of_nonpos, _root_.inv_zero]
    rw [← _root_.neg_nonneg, ← Field.inv_neg]; exact inv_nonneg_of_nonneg (_root_.neg_nonneg.2 h)
theorem sqrt_div (hx : 0 ≤ x) (y : ℝ) : √(x / y) = √x / √y := by
  rw [_root_.div_eq_mul_inv, sqrt_mul hx, sqrt_inv, ← _root_.div_eq_mul_inv]
theorem sqrt_sq_eq_abs (x : ℝ) : √(x ^ 2) = |x| := by rw [← sq_abs, sqrt_sq (abs_nonneg x)]
theorem sqrt_mul_self_eq_abs (x : ℝ) : √(x * x) = |x| := by rw [← _root_.pow_two, sqrt_sq_eq_abs]
end Real
theorem Int.floor_le (x : ℝ) : (⌊x⌋ : ℝ) ≤ x := Real.floor_le x
theorem Int.lt_floor_add_one (x : ℝ) : x < ⌊x⌋ + 1 := Real.lt_floor_add_one x
theorem Int.sub_one_lt_floor (x : ℝ) : x - 1 < ⌊x⌋ := sub_lt_iff_lt_add.2 (Real.lt_floor_add_one x)
theorem Int.le_floor {z : Int} : z ≤ ⌊x⌋ ↔ (z : ℝ) ≤ x := by
  refine ⟨fun h => le_trans (Int.cast_le.2 h) (Int.floor_le x), fun h => Int.lt_add_one_iff.1 (Int.cast_lt.1 ?_)⟩
  rw [Int.cast_add, Int.cast_one]; exact lt_of_le_of_lt h (Int.lt_floor_add_one x)
theorem Int.floor_lt {z : Int} : ⌊x⌋ < z ↔ x < z := by rw [← Int.not_le, Int.le_floor, not_le]
theorem Int.le_ceil (x : ℝ) : x ≤ ⌈x⌉ := (Int.ceil_eq_iff.1 rfl).2
theorem Int.ceil_lt_add_one (x : ℝ) : (⌈x⌉ : ℝ) < x + 1 := sub_lt_iff_lt_add.1 (Int.ceil_eq_iff.1 rfl).1
theorem Nat.floor_le (h : 0 ≤ x) : (⌊x⌋₊ : ℝ) ≤ x := ((Nat.floor_eq_iff h).1 rfl).1
theorem Nat.lt_floor_add_one (x : ℝ) : x < ⌊x⌋₊ + 1 := by
  rcases lt_or_ge x 0 with h | h
  · exact lt_trans h (Nat.cast_add_one_pos _)
  · exact ((Nat.floor_eq_iff h).1 rfl).2
end reals

section norms
variable (z w : ℂ)
theorem norm_nonneg : 0 ≤ ‖z‖ := Real.sqrt_nonneg _
theorem Pocket.normSq_nonneg : 0 ≤ Complex.normSq z := add_nonneg (mul_self_nonneg z.re) (mul_self_nonneg z.im)
theorem Complex.sq_norm : ‖z‖ ^ 2 = Complex.normSq z := Real.sq_sqrt (Pocket.normSq_nonneg z)
theorem norm_neg : ‖-z‖ = ‖z‖ := by
  show Real.sqrt (-z.re * -z.re + -z.im * -z.im) = _; rw [neg_mul_neg, neg_mul_neg]; rfl
theorem norm_mul : ‖z * w‖ = ‖z‖ * ‖w‖ := by
  rw [Complex.norm_def, Complex.norm_def, Complex.norm_def, ← Real.sqrt_mul (Pocket.normSq_nonneg z)]
  congr 1
  show (z.re * w.re - z.im * w.im) * (z.re * w.re - z.im * w.im) + (z.re * w.im + z.im * w.re) * (z.re * w.im + z.im * w.re) =
    (z.re * z.re + z.im * z.im) * (w.re * w.re + w.im * w.im)
  grind only
theorem norm_add_le : ‖z + w‖ ≤ ‖z‖ + ‖w‖ := by
  have hz := norm_nonneg z
  have hw := norm_nonneg w
  have ez := Complex.sq_norm z
  have ew := Complex.sq_norm w
  refine (Real.sqrt_le_left (add_nonneg hz hw)).2 ?_
  have key : z.re * w.re + z.im * w.im ≤ ‖z‖ * ‖w‖ := by
    refine Pocket.le_of_sq_le_sq ?_ (mul_nonneg hz hw)
    rw [mul_pow, ez, ew]
    have := sq_nonneg (z.re * w.im - z.im * w.re)
    show _ ≤ (z.re * z.re + z.im * z.im) * (w.re * w.re + w.im * w.im)
    grind only
  show (z.re + w.re) * (z.re + w.re) + (z.im + w.im) * (z.im + w.im) ≤ _
  rw [Complex.normSq_apply] at ez ew
  grind only
theorem norm_sub_le : ‖z - w‖ ≤ ‖z‖ + ‖w‖ := by
  have := norm_add_le z (-w); rwa [norm_neg, ← sub_eq_add_neg] at this
theorem norm_sub_rev : ‖z - w‖ = ‖w - z‖ := by rw [← norm_neg, neg_sub]
theorem norm_eq_zero {z : ℂ} : ‖z‖ = 0 ↔ z = 0 := by
  rw [Complex.norm_def, Real.sqrt_eq_zero (Pocket.normSq_nonneg z), Complex.normSq_apply]
  constructor
  · intro h
    have h1 := mul_self_nonneg z.re
    have h2 := mul_self_nonneg z.im
    exact Complex.ext (mul_self_eq_zero.1 (by grind only)) (mul_self_eq_zero.1 (by grind only))
  · rintro rfl; show (0 : ℝ) * 0 + 0 * 0 = 0; rw [mul_zero, add_zero]
theorem norm_pow (n : Nat) : ‖z ^ n‖ = ‖z‖ ^ n := by
  induction n with
  | zero => rw [pow_zero, pow_zero]; show Real.sqrt (1 * 1 + 0 * 0) = 1; rw [mul_one, mul_zero, add_zero, Real.sqrt_one]
  | succ n ih => rw [pow_succ, norm_mul, ih, pow_succ]
end norms
