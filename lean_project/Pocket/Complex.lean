import Pocket.Log

/-!
ℂ as pairs of real numbers, with its field structure: `0⁻¹ = 0`. Mathlib: `Mathlib/Data/Complex/Basic.lean`.
-/

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
protected theorem mul_comm (a b : ℂ) : a * b = b * a := by ext <;> simp only [mul_re, mul_im] <;> grind
protected theorem mul_one (a : ℂ) : a * 1 = a := by ext <;> simp only [mul_re, mul_im, one_re, one_im] <;> grind
protected theorem zero_mul (a : ℂ) : 0 * a = 0 := by ext <;> simp only [mul_re, mul_im, zero_re, zero_im] <;> grind
protected theorem left_distrib (a b c : ℂ) : a * (b + c) = a * b + a * c := by
  ext <;> simp only [mul_re, mul_im, add_re, add_im] <;> grind
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
  mul_assoc a b c := by ext <;> simp only [mul_re, mul_im] <;> grind
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
    ext
    · exact Lean.Grind.Semiring.ofNat_succ (α := ℝ) n
    · exact (Real.add_zero 0).symm
  neg_add_cancel _ := Complex.ext (Real.neg_add_cancel _) (Real.neg_add_cancel _)
  sub_eq_add_neg _ _ := rfl
  neg_zsmul i a := by
    show ((-i : Int) : ℂ) * a = -((i : ℂ) * a)
    have h1 : ((-i : Int) : ℂ).re = -(i : ℂ).re := Lean.Grind.Ring.intCast_neg (α := ℝ) i
    have h2 : ((-i : Int) : ℂ).im = 0 := rfl
    have h3 : (i : ℂ).im = 0 := rfl
    ext <;> simp only [mul_re, mul_im, neg_re, neg_im, h1, h2, h3] <;> grind
  intCast_neg i := by
    ext
    · exact Lean.Grind.Ring.intCast_neg (α := ℝ) i
    · show (0 : ℝ) = -0; grind
  mul_comm := Complex.mul_comm
@[simp, grind =] theorem I_mul_I : I * I = -1 := by
  ext <;> simp only [mul_re, mul_im, neg_re, neg_im, I_re, I_im, one_re, one_im] <;> grind
@[grind =] theorem I_sq : I ^ 2 = -1 := by have := I_mul_I; grind
instance : Pocket.LawfulSum ℂ := ⟨Lean.Grind.Semiring.add_comm, Lean.Grind.Semiring.add_assoc, Lean.Grind.Semiring.add_zero⟩
instance : Pocket.LawfulProd ℂ := ⟨Lean.Grind.CommSemiring.mul_comm, Lean.Grind.Semiring.mul_assoc, Lean.Grind.Semiring.mul_one⟩
protected def zpow (a : ℂ) : Int → ℂ
  | .ofNat n => a ^ n
  | .negSucc n => (a ^ (n + 1))⁻¹
instance : Pow ℂ Int := ⟨Complex.zpow⟩
@[simp, grind =] theorem inv_re (a : ℂ) : (a⁻¹).re = a.re / (a.re * a.re + a.im * a.im) := rfl
@[simp, grind =] theorem inv_im (a : ℂ) : (a⁻¹).im = -a.im / (a.re * a.re + a.im * a.im) := rfl
protected theorem inv_zero : (0 : ℂ)⁻¹ = 0 := by ext <;> simp only [inv_re, inv_im, zero_re, zero_im] <;> grind
protected theorem mul_inv_cancel {a : ℂ} (h : a ≠ 0) : a * a⁻¹ = 1 := by
  have h1 := _root_.mul_self_nonneg a.re
  have h2 := _root_.mul_self_nonneg a.im
  have h3 : a.re * a.re + a.im * a.im ≠ 0 := fun c => by
    have e1 : a.re * a.re = 0 := by grind
    have e2 : a.im * a.im = 0 := by grind
    exact h (by ext <;> simp only [zero_re, zero_im] <;> grind)
  ext <;> simp only [mul_re, mul_im, inv_re, inv_im, one_re, one_im] <;> grind
protected theorem inv_inv (a : ℂ) : a⁻¹⁻¹ = a := by
  by_cases h : a = 0
  · rw [h, Complex.inv_zero, Complex.inv_zero]
  · have h1 := Complex.mul_inv_cancel h
    have h2 : a⁻¹ ≠ 0 := fun c => by
      rw [c, Lean.Grind.Semiring.mul_zero] at h1
      have := congrArg re h1; simp only [zero_re, one_re] at this; grind
    have h3 := Complex.mul_inv_cancel h2
    have : a⁻¹⁻¹ = a⁻¹⁻¹ * (a * a⁻¹) := by grind
    grind
instance : Lean.Grind.Field ℂ where
  zpow := inferInstance
  div_eq_mul_inv _ _ := rfl
  zero_ne_one h := by have := congrArg re h; simp only [zero_re, one_re] at this; grind
  inv_zero := Complex.inv_zero
  mul_inv_cancel := Complex.mul_inv_cancel
  zpow_zero _ := rfl
  zpow_succ _ _ := rfl
  zpow_neg a n := by
    match n with
    | .ofNat 0 =>
      show (1 : ℂ) = (1 : ℂ)⁻¹
      ext <;> simp only [inv_re, inv_im, one_re, one_im] <;> grind
    | .ofNat (n + 1) => rfl
    | .negSucc n => exact (Complex.inv_inv _).symm
instance : Lean.Grind.IsCharP ℂ 0 := Lean.Grind.IsCharP.mk' _ _ fun n => by
  constructor
  · intro h
    have h : (OfNat.ofNat n : ℝ) = 0 := congrArg re h
    exact (Lean.Grind.IsCharP.ofNat_eq_zero_iff 0 n).1 h
  · intro h; have : n = 0 := by omega
    subst this; rfl
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
