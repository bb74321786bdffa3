import Pocket.Set

/-!
Absolute values, even and odd, and the lemmas of ordered rings and fields that one hints a search with, under
Mathlib's names and for every type that core Lean's classes cover: ℕ (some), ℤ, ℚ, and ℝ when it is there.
Mathlib: `Mathlib/Algebra/Order/`, `Mathlib/Algebra/Group/Even.lean`.
-/

universe u

export Lean.Grind (Semiring CommSemiring Ring CommRing Field)

/-- Mathlib: `abs`, written `|a|`; there it is `a ⊔ -a`. -/
def abs {α : Type u} [Max α] [Neg α] (a : α) : α := max a (-a)
macro:max atomic("|" noWs) a:term noWs "|" : term => `(abs $a)
@[grind =] theorem Int.abs_def (a : Int) : abs a = if 0 ≤ a then a else -a := by unfold abs; omega

/-- Mathlib: `Even`. -/
def Even {α : Type u} [Add α] (a : α) : Prop := ∃ r, a = r + r
/-- Mathlib: `Odd`. -/
def Odd {α : Type u} [Add α] [Mul α] [OfNat α 1] [OfNat α 2] (a : α) : Prop := ∃ m, a = 2 * m + 1
@[grind =] theorem Nat.even_iff {n : Nat} : Even n ↔ n % 2 = 0 := ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
@[grind =] theorem Nat.odd_iff {n : Nat} : Odd n ↔ n % 2 = 1 := ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
@[grind =] theorem Int.even_iff {n : Int} : Even n ↔ n % 2 = 0 := ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
@[grind =] theorem Int.odd_iff {n : Int} : Odd n ↔ n % 2 = 1 := ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
instance (n : Nat) : Decidable (Even n) := decidable_of_iff _ Nat.even_iff.symm
instance (n : Nat) : Decidable (Odd n) := decidable_of_iff _ Nat.odd_iff.symm
instance (n : Int) : Decidable (Even n) := decidable_of_iff _ Int.even_iff.symm
instance (n : Int) : Decidable (Odd n) := decidable_of_iff _ Int.odd_iff.symm

section semiring
variable {R : Type u} [Lean.Grind.Semiring R] [LE R] [LT R] [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]
theorem mul_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a * b := by
  have := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left hb ha
  rwa [Lean.Grind.Semiring.mul_zero] at this
theorem pow_pos {a : R} (H : 0 < a) (n : Nat) : 0 < a ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero]; exact Lean.Grind.OrderedRing.zero_lt_one
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ]; exact mul_pos ih H
end semiring

section ring
variable {R : Type u} [Lean.Grind.Ring R] [LE R] [LT R] [Std.IsLinearOrder R] [Std.LawfulOrderLT R] [Lean.Grind.OrderedRing R]
theorem add_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a + b := by grind
theorem add_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a + b := by grind
theorem add_pos_of_pos_of_nonneg {a b : R} (ha : 0 < a) (hb : 0 ≤ b) : 0 < a + b := by grind
theorem add_pos_of_nonneg_of_pos {a b : R} (ha : 0 ≤ a) (hb : 0 < b) : 0 < a + b := by grind
theorem mul_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := by
  have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hb ha
  rwa [Lean.Grind.Semiring.mul_zero] at this
theorem mul_self_nonneg (a : R) : 0 ≤ a * a := by
  by_cases h : 0 ≤ a
  · exact mul_nonneg h h
  · have := mul_nonneg (a := -a) (b := -a) (by grind) (by grind)
    rwa [show -a * -a = a * a by grind] at this
theorem sq_nonneg (a : R) : 0 ≤ a ^ 2 := by
  rw [Lean.Grind.Semiring.pow_two]; exact mul_self_nonneg a
theorem pow_nonneg {a : R} (H : 0 ≤ a) (n : Nat) : 0 ≤ a ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero]; exact Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ]; exact mul_nonneg ih H
theorem pow_le_pow_left₀ {a b : R} (ha : 0 ≤ a) (h : a ≤ b) (n : Nat) : a ^ n ≤ b ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.pow_zero]; exact Std.le_refl _
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ]
    have h1 := mul_nonneg (show 0 ≤ b ^ n - a ^ n by grind) ha
    have h2 := mul_nonneg (pow_nonneg (Std.le_trans ha h) n) (show 0 ≤ b - a by grind)
    rw [show (b ^ n - a ^ n) * a = b ^ n * a - a ^ n * a by grind] at h1
    rw [show b ^ n * (b - a) = b ^ n * b - b ^ n * a by grind] at h2
    grind
theorem le_of_sq_le_sq' {a b : R} (h : 0 ≤ b) (k : a * a ≤ b * b) : a ≤ b := by
  apply Classical.byContradiction; intro c
  have h1 := mul_pos (a := a - b) (b := a - b) (by grind) (by grind)
  have h2 := mul_nonneg (a := a - b) (b := b) (by grind) h
  rw [show (a - b) * (a - b) = a * a - a * b - b * a + b * b by grind] at h1
  rw [show (a - b) * b = a * b - b * b by grind] at h2
  have h3 := mul_nonneg (a := b) (b := a - b) h (by grind)
  rw [show b * (a - b) = b * a - b * b by grind] at h3
  grind
end ring

section fractions
variable {K : Type u} [Lean.Grind.Field K]
@[simp] theorem zpow_neg (a : K) (n : Int) : a ^ (-n) = (a ^ n)⁻¹ := Lean.Grind.Field.zpow_neg a n
theorem zpow_natCast (a : K) (n : Nat) : a ^ (n : Int) = a ^ n := by
  induction n with
  | zero => exact (Lean.Grind.Field.zpow_zero a).trans (Lean.Grind.Semiring.pow_zero a).symm
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ, ← ih]; exact Lean.Grind.Field.zpow_succ a n
@[simp] theorem zpow_ofNat (a : K) (n : Nat) : a ^ (OfNat.ofNat n : Int) = a ^ (OfNat.ofNat n : Nat) := zpow_natCast a n
theorem div_add_div (a : K) {b : K} (c : K) {d : K} (hb : b ≠ 0) (hd : d ≠ 0) : a / b + c / d = (a * d + b * c) / (b * d) := by grind
theorem div_sub_div (a : K) {b : K} (c : K) {d : K} (hb : b ≠ 0) (hd : d ≠ 0) : a / b - c / d = (a * d - b * c) / (b * d) := by grind
end fractions

section field
variable {K : Type u} [Lean.Grind.Field K] [LE K] [LT K] [Std.IsLinearOrder K] [Std.LawfulOrderLT K] [Lean.Grind.OrderedRing K]
theorem inv_pos_of_pos {a : K} (h : 0 < a) : 0 < a⁻¹ := by
  apply Classical.byContradiction; intro c
  have h1 := Lean.Grind.Field.mul_inv_cancel (a := a) (by grind)
  have := mul_nonneg (a := a) (b := -a⁻¹) (by grind) (by grind)
  grind
theorem div_pos {a b : K} (ha : 0 < a) (hb : 0 < b) : 0 < a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_pos ha (inv_pos_of_pos hb)
theorem inv_nonneg_of_nonneg {a : K} (h : 0 ≤ a) : 0 ≤ a⁻¹ := by
  by_cases k : a = 0
  · rw [k, Lean.Grind.Field.inv_zero]; exact Std.le_refl _
  · exact Std.le_of_lt (inv_pos_of_pos (by grind))
theorem div_nonneg {a b : K} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_nonneg ha (inv_nonneg_of_nonneg hb)
theorem one_div_pos_of_pos {a : K} (h : 0 < a) : 0 < 1 / a := div_pos Lean.Grind.OrderedRing.zero_lt_one h
theorem le_div_iff₀ {a b c : K} (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := by
  have hi := inv_pos_of_pos hc
  have e : c * c⁻¹ = 1 := by grind
  rw [Lean.Grind.Field.div_eq_mul_inv]
  constructor <;> intro h
  · have h1 := mul_nonneg (show 0 ≤ b * c⁻¹ - a by grind) (Std.le_of_lt hc)
    rw [show (b * c⁻¹ - a) * c = b - a * c by grind] at h1; grind
  · have h1 := mul_nonneg (show 0 ≤ b - a * c by grind) (Std.le_of_lt hi)
    rw [show (b - a * c) * c⁻¹ = b * c⁻¹ - a by grind] at h1; grind
theorem div_le_iff₀ {a b c : K} (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := by
  have hi := inv_pos_of_pos hc
  have e : c * c⁻¹ = 1 := by grind
  rw [Lean.Grind.Field.div_eq_mul_inv]
  constructor <;> intro h
  · have h1 := mul_nonneg (show 0 ≤ b - a * c⁻¹ by grind) (Std.le_of_lt hc)
    rw [show (b - a * c⁻¹) * c = b * c - a by grind] at h1; grind
  · have h1 := mul_nonneg (show 0 ≤ b * c - a by grind) (Std.le_of_lt hi)
    rw [show (b * c - a) * c⁻¹ = b - a * c⁻¹ by grind] at h1; grind
theorem lt_div_iff₀ {a b c : K} (hc : 0 < c) : a < b / c ↔ a * c < b := by
  have := div_le_iff₀ (a := b) (b := a) hc
  generalize b / c = x at *; generalize a * c = y at *; grind
theorem div_lt_iff₀ {a b c : K} (hc : 0 < c) : a / c < b ↔ a < b * c := by
  have := le_div_iff₀ (a := b) (b := a) hc
  generalize a / c = x at *; generalize b * c = y at *; grind
theorem div_le_div_iff_of_pos {a b c d : K} (hb : 0 < b) (hd : 0 < d) : a / b ≤ c / d ↔ a * d ≤ c * b := by
  rw [div_le_iff₀ hb, show c / d * b = c * b / d by grind, le_div_iff₀ hd]
theorem div_lt_div_iff_of_pos {a b c d : K} (hb : 0 < b) (hd : 0 < d) : a / b < c / d ↔ a * d < c * b := by
  rw [div_lt_iff₀ hb, show c / d * b = c * b / d by grind, lt_div_iff₀ hd]
theorem mul_div_cancel_of_ne {a b : K} (h : b ≠ 0) : a / b * b = a := by grind
end field
