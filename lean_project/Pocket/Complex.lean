import Pocket.Log

/-!
ℂ as pairs of real numbers, with its field structure: `0⁻¹ = 0`. Mathlib: `Mathlib/Data/Complex/Basic.lean`.
-/

open Pocket

noncomputable section
/-- Mathlib: `Complex`. -/
@[ext] structure Complex where
  re : ℝ
  im : ℝ
notation "ℂ" => Complex
namespace Complex
def I : ℂ := ⟨0, 1⟩
@[coe] def ofReal (r : ℝ) : ℂ := ⟨r, 0⟩
instance : Coe ℝ ℂ := ⟨ofReal⟩
instance : Add ℂ := ⟨fun a b => ⟨a.re + b.re, a.im + b.im⟩⟩
instance : Neg ℂ := ⟨fun a => ⟨-a.re, -a.im⟩⟩
instance : Sub ℂ := ⟨fun a b => ⟨a.re - b.re, a.im - b.im⟩⟩
instance : Mul ℂ := ⟨fun a b => ⟨a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re⟩⟩
instance : NatCast ℂ := ⟨fun n => ⟨(n : ℝ), 0⟩⟩
instance : IntCast ℂ := ⟨fun n => ⟨(n : ℝ), 0⟩⟩
instance : RatCast ℂ := ⟨fun n => ⟨(n : ℝ), 0⟩⟩
instance (n : Nat) : OfNat ℂ n := ⟨⟨OfNat.ofNat n, 0⟩⟩
instance : Inv ℂ := ⟨fun a => ⟨a.re / (a.re * a.re + a.im * a.im), -a.im / (a.re * a.re + a.im * a.im)⟩⟩
instance : Div ℂ := ⟨fun a b => a * b⁻¹⟩
instance : SMul Nat ℂ := ⟨fun n a => (n : ℂ) * a⟩
instance : SMul Int ℂ := ⟨fun n a => (n : ℂ) * a⟩
protected def npow (a : ℂ) : Nat → ℂ
  | 0 => 1
  | n + 1 => Complex.npow a n * a
instance : NatPow ℂ := ⟨Complex.npow⟩
@[simp, grind =] theorem add_re (a b : ℂ) : (a + b).re = a.re + b.re := rfl
@[simp, grind =] theorem add_im (a b : ℂ) : (a + b).im = a.im + b.im := rfl
@[simp, grind =] theorem mul_re (a b : ℂ) : (a * b).re = a.re * b.re - a.im * b.im := rfl
@[simp, grind =] theorem mul_im (a b : ℂ) : (a * b).im = a.re * b.im + a.im * b.re := rfl
@[simp, grind =] theorem neg_re (a : ℂ) : (-a).re = -a.re := rfl
@[simp, grind =] theorem neg_im (a : ℂ) : (-a).im = -a.im := rfl
@[simp, grind =] theorem sub_re (a b : ℂ) : (a - b).re = a.re - b.re := rfl
@[simp, grind =] theorem sub_im (a b : ℂ) : (a - b).im = a.im - b.im := rfl
theorem ofNat_re (n : Nat) : (OfNat.ofNat n : ℂ).re = OfNat.ofNat n := rfl
theorem ofNat_im (n : Nat) : (OfNat.ofNat n : ℂ).im = 0 := rfl
@[simp, grind =] theorem I_re : I.re = 0 := rfl
@[simp, grind =] theorem I_im : I.im = 1 := rfl
theorem zero_re : (0 : ℂ).re = 0 := rfl
theorem zero_im : (0 : ℂ).im = 0 := rfl
theorem one_re : (1 : ℂ).re = 1 := rfl
theorem one_im : (1 : ℂ).im = 0 := rfl
protected theorem mul_comm (a b : ℂ) : a * b = b * a :=
  Complex.ext (by rw [mul_re, mul_re, Real.mul_comm a.re, Real.mul_comm a.im])
    (by rw [mul_im, mul_im, Real.add_comm, Real.mul_comm a.im, Real.mul_comm a.re])
protected theorem mul_one (a : ℂ) : a * 1 = a :=
  Complex.ext (by rw [mul_re, one_re, one_im, Real.mul_one, mul_zero, sub_zero]) (by rw [mul_im, one_re, one_im, Real.mul_one, mul_zero, zero_add])
protected theorem zero_mul (a : ℂ) : 0 * a = 0 :=
  Complex.ext (by rw [mul_re, zero_re, zero_im, Real.zero_mul, Real.zero_mul, sub_zero])
    (by rw [mul_im, zero_re, zero_im, Real.zero_mul, Real.zero_mul, Real.add_zero])
protected theorem left_distrib (a b c : ℂ) : a * (b + c) = a * b + a * c :=
  Complex.ext
    (by rw [mul_re, add_re, add_im, add_re, mul_re, mul_re, Real.left_distrib, Real.left_distrib, sub_add_sub_comm])
    (by rw [mul_im, add_re, add_im, add_im, mul_im, mul_im, Real.left_distrib, Real.left_distrib, add_add_add_comm])
instance : Lean.Grind.CommRing ℂ where
  natCast := inferInstance
  ofNat := inferInstance
  intCast := inferInstance
  nsmul := inferInstance
  zsmul := inferInstance
  npow := inferInstance
  add_zero _ := Complex.ext (Real.add_zero _) (Real.add_zero _)
  add_comm _ _ := Complex.ext (Real.add_comm _ _) (Real.add_comm _ _)
  add_assoc _ _ _ := Complex.ext (Real.add_assoc _ _ _) (Real.add_assoc _ _ _)
  mul_assoc a b c := Complex.ext
    (by simp only [mul_re, mul_im, sub_mul, add_mul, mul_sub, Real.left_distrib, Real.mul_assoc]; exact sub_sub_add _ _ _ _)
    (by simp only [mul_re, mul_im, sub_mul, add_mul, mul_sub, Real.left_distrib, Real.mul_assoc]; exact sub_add_add _ _ _ _)
  mul_one := Complex.mul_one
  one_mul a := by rw [Complex.mul_comm, Complex.mul_one]
  left_distrib := Complex.left_distrib
  right_distrib a b c := by
    rw [Complex.mul_comm, Complex.left_distrib, Complex.mul_comm c, Complex.mul_comm c]
  zero_mul := Complex.zero_mul
  mul_zero a := by rw [Complex.mul_comm, Complex.zero_mul]
  pow_zero _ := rfl
  pow_succ _ _ := rfl
  ofNat_succ n := by
    exact Complex.ext (Lean.Grind.Semiring.ofNat_succ (α := ℝ) n) (Real.add_zero 0).symm
  neg_add_cancel _ := Complex.ext (Real.neg_add_cancel _) (Real.neg_add_cancel _)
  sub_eq_add_neg _ _ := rfl
  neg_zsmul i a := by
    show ((-i : Int) : ℂ) * a = -((i : ℂ) * a)
    have h1 : ((-i : Int) : ℂ).re = -(i : ℂ).re := Lean.Grind.Ring.intCast_neg (α := ℝ) i
    have h2 : ((-i : Int) : ℂ).im = 0 := rfl
    have h3 : (i : ℂ).im = 0 := rfl
    exact Complex.ext (by rw [mul_re, h1, h2, neg_re, mul_re, h3, Real.zero_mul, sub_zero, sub_zero, neg_mul])
      (by rw [mul_im, h1, h2, neg_im, mul_im, h3, Real.zero_mul, Real.add_zero, Real.add_zero, neg_mul])
  intCast_neg i := by
    exact Complex.ext (Lean.Grind.Ring.intCast_neg (α := ℝ) i) neg_zero.symm
  mul_comm := Complex.mul_comm
@[simp, grind =] theorem I_mul_I : I * I = -1 :=
  Complex.ext (by rw [mul_re, I_re, I_im, neg_re, one_re, Real.zero_mul, Real.mul_one, zero_sub])
    (by rw [mul_im, I_re, I_im, neg_im, one_im, Real.zero_mul, mul_zero, Real.add_zero, neg_zero])
@[grind =] theorem I_sq : I ^ 2 = -1 := (Lean.Grind.Semiring.pow_two I).trans I_mul_I
instance : Pocket.LawfulSum ℂ := ⟨Lean.Grind.Semiring.add_comm, Lean.Grind.Semiring.add_assoc, Lean.Grind.Semiring.add_zero⟩
instance : Pocket.LawfulProd ℂ := ⟨Lean.Grind.CommSemiring.mul_comm, Lean.Grind.Semiring.mul_assoc, Lean.Grind.Semiring.mul_one⟩
protected def zpow (a : ℂ) : Int → ℂ
  | .ofNat n => a ^ n
  | .negSucc n => (a ^ (n + 1))⁻¹
instance : Pow ℂ Int := ⟨Complex.zpow⟩
@[simp, grind =] theorem inv_re (a : ℂ) : (a⁻¹).re = a.re / (a.re * a.re + a.im * a.im) := rfl
@[simp, grind =] theorem inv_im (a : ℂ) : (a⁻¹).im = -a.im / (a.re * a.re + a.im * a.im) := rfl
protected theorem inv_zero : (0 : ℂ)⁻¹ = 0 :=
  Complex.ext (by rw [inv_re, zero_re, div_eq_mul_inv, Real.zero_mul])
    (by rw [inv_im, zero_im, neg_zero, div_eq_mul_inv, Real.zero_mul])
protected theorem mul_inv_cancel {a : ℂ} (h : a ≠ 0) : a * a⁻¹ = 1 := by
  have h1 := _root_.mul_self_nonneg a.re
  have h2 := _root_.mul_self_nonneg a.im
  have h3 : a.re * a.re + a.im * a.im ≠ 0 := fun c => by
    have e1 := Real.eq_of_le_of_le (le_of_le_of_eq (le_add_of_nonneg _ h2) c) h1
    rw [Real.add_comm] at c
    have e2 := Real.eq_of_le_of_le (le_of_le_of_eq (le_add_of_nonneg _ h1) c) h2
    exact h (Complex.ext ((Lean.Grind.Field.of_mul_eq_zero e1).elim id id) ((Lean.Grind.Field.of_mul_eq_zero e2).elim id id))
  refine Complex.ext ?_ ?_
  · rw [mul_re, inv_re, inv_im, one_re, div_eq_mul_inv, div_eq_mul_inv, neg_mul, mul_neg, sub_neg, ← Real.mul_assoc, ← Real.mul_assoc,
      ← add_mul, Real.mul_inv_cancel h3]
  · rw [mul_im, inv_re, inv_im, one_im, div_eq_mul_inv, div_eq_mul_inv, neg_mul, mul_neg, ← Real.mul_assoc, ← Real.mul_assoc,
      Real.mul_comm a.im a.re, Real.neg_add_cancel]
theorem _root_.Pocket.complex_zero_ne_one : (0 : ℂ) ≠ 1 := fun h => Real.one_ne_zero (congrArg re h).symm
protected theorem inv_inv (a : ℂ) : a⁻¹⁻¹ = a := by
  by_cases h : a = 0
  · rw [h, Complex.inv_zero, Complex.inv_zero]
  · have h1 := Complex.mul_inv_cancel h
    have h2 : a⁻¹ ≠ 0 := fun c => by
      rw [c, Lean.Grind.Semiring.mul_zero] at h1
      exact complex_zero_ne_one h1
    rw [← Complex.mul_one a⁻¹⁻¹, ← h1, Complex.mul_comm a, ← Lean.Grind.Semiring.mul_assoc, Complex.mul_comm a⁻¹⁻¹, Complex.mul_inv_cancel h2,
      Lean.Grind.Semiring.one_mul]
instance : Lean.Grind.Field ℂ where
  zpow := inferInstance
  div_eq_mul_inv _ _ := rfl
  zero_ne_one := complex_zero_ne_one
  inv_zero := Complex.inv_zero
  mul_inv_cancel := Complex.mul_inv_cancel
  zpow_zero _ := rfl
  zpow_succ _ _ := rfl
  zpow_neg a n := by
    match n with
    | .ofNat 0 =>
      show (1 : ℂ) = (1 : ℂ)⁻¹
      rw [← Lean.Grind.Semiring.one_mul (1 : ℂ)⁻¹, Complex.mul_inv_cancel complex_zero_ne_one.symm]
    | .ofNat (n + 1) => rfl
    | .negSucc n => exact (Complex.inv_inv _).symm
instance : Lean.Grind.IsCharP ℂ 0 := Lean.Grind.IsCharP.mk' _ _ fun n => by
  constructor
  · intro h
    have h : (OfNat.ofNat n : ℝ) = 0 := congrArg re h
    exact (Lean.Grind.IsCharP.ofNat_eq_zero_iff 0 n).1 h
  · intro h; have : n = 0 := by omega
    subst this; rfl
theorem _root_.Pocket.complex_sub_mul (a b c : ℂ) : (a - b) * c = a * c - b * c := by
  rw [Lean.Grind.Ring.sub_eq_add_neg, Lean.Grind.Semiring.right_distrib, Lean.Grind.Ring.neg_mul, ← Lean.Grind.Ring.sub_eq_add_neg]
theorem _root_.Pocket.complex_mul_sub (a b c : ℂ) : a * (b - c) = a * b - a * c := by
  rw [Complex.mul_comm, complex_sub_mul, Complex.mul_comm b, Complex.mul_comm c]
theorem _root_.Pocket.complex_sub_add_sub (a b c : ℂ) : a - b + (b - c) = a - c := Complex.ext (sub_add_sub _ _ _) (sub_add_sub _ _ _)
instance : DecidableEq ℂ := fun _ _ => Classical.propDecidable _
instance : Dvd ℂ := ⟨fun a b => ∃ c, b = a * c⟩
/-- Mathlib: `Complex.normSq`. -/
def normSq (z : ℂ) : ℝ := z.re * z.re + z.im * z.im
instance : Norm ℂ := ⟨fun z => Real.sqrt (normSq z)⟩
/-- The name that the norm had in Mathlib until 2025. -/
protected def abs (z : ℂ) : ℝ := Real.sqrt (normSq z)
theorem normSq_apply (z : ℂ) : normSq z = z.re * z.re + z.im * z.im := rfl
theorem norm_def (z : ℂ) : ‖z‖ = Real.sqrt (normSq z) := rfl
end Complex
end
