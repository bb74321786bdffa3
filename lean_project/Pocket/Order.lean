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
@[grind =] theorem Int.abs_def (a : Int) : abs a = if 0 ≤ a then a else -a := by
  unfold abs
  by_cases h : 0 ≤ a
  · rw [if_pos h]; exact Int.max_eq_left (Int.le_trans (Int.neg_nonpos_of_nonneg h) h)
  · rw [if_neg h]
    have h := Int.le_of_lt (Int.not_le.1 h)
    exact Int.max_eq_right (Int.le_trans h (Int.neg_nonneg_of_nonpos h))

/-- Mathlib: `Even`. -/
def Even {α : Type u} [Add α] (a : α) : Prop := ∃ r, a = r + r
/-- Mathlib: `Odd`. -/
def Odd {α : Type u} [Add α] [Mul α] [OfNat α 1] [OfNat α 2] (a : α) : Prop := ∃ m, a = 2 * m + 1
@[grind =] theorem Nat.even_iff {n : Nat} : Even n ↔ n % 2 = 0 :=
  ⟨fun ⟨r, h⟩ => by rw [h, ← Nat.two_mul, Nat.mul_mod_right],
    fun h => ⟨n / 2, (Nat.mul_div_cancel' (Nat.dvd_of_mod_eq_zero h)).symm.trans (Nat.two_mul _)⟩⟩
@[grind =] theorem Nat.odd_iff {n : Nat} : Odd n ↔ n % 2 = 1 :=
  ⟨fun ⟨r, h⟩ => by rw [h, Nat.mul_add_mod], fun h => ⟨n / 2, by rw [← h, Nat.div_add_mod]⟩⟩
@[grind =] theorem Int.even_iff {n : Int} : Even n ↔ n % 2 = 0 :=
  ⟨fun ⟨r, h⟩ => by rw [h, ← Int.two_mul, Int.mul_emod_right],
    fun h => ⟨n / 2, (Int.mul_ediv_cancel_of_emod_eq_zero h).symm.trans (Int.two_mul _)⟩⟩
@[grind =] theorem Int.odd_iff {n : Int} : Odd n ↔ n % 2 = 1 :=
  ⟨fun ⟨r, h⟩ => by rw [h, Int.mul_add_emod_self_left]; rfl, fun h => ⟨n / 2, by rw [← h, Int.mul_ediv_add_emod]⟩⟩
instance (n : Nat) : Decidable (Even n) := decidable_of_iff _ Nat.even_iff.symm
instance (n : Nat) : Decidable (Odd n) := decidable_of_iff _ Nat.odd_iff.symm
instance (n : Int) : Decidable (Even n) := decidable_of_iff _ Int.even_iff.symm
instance (n : Int) : Decidable (Odd n) := decidable_of_iff _ Int.odd_iff.symm

theorem LT.lt.ne' {α : Type u} [LE α] [LT α] [Std.IsPreorder α] [Std.LawfulOrderLT α] {a b : α} (h : a < b) : b ≠ a := by
  intro e; subst e; have h := (Std.LawfulOrderLT.lt_iff _ _).1 h; exact h.2 h.1

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
omit [Std.LawfulOrderLT R] in
theorem add_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a + b := by
  have := Lean.Grind.OrderedAdd.add_le_add ha hb
  rwa [Lean.Grind.Semiring.add_zero] at this
theorem add_pos_of_pos_of_nonneg {a b : R} (ha : 0 < a) (hb : 0 ≤ b) : 0 < a + b := by
  have := Lean.Grind.OrderedAdd.add_le_right a hb
  rw [Lean.Grind.Semiring.add_zero] at this
  exact Std.lt_of_lt_of_le ha this
theorem add_pos_of_nonneg_of_pos {a b : R} (ha : 0 ≤ a) (hb : 0 < b) : 0 < a + b := by
  rw [Lean.Grind.Semiring.add_comm]; exact add_pos_of_pos_of_nonneg hb ha
theorem add_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a + b := add_pos_of_pos_of_nonneg ha (Std.le_of_lt hb)
theorem mul_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := by
  have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hb ha
  rwa [Lean.Grind.Semiring.mul_zero] at this
theorem mul_self_le_mul_self {a b : R} (h1 : 0 ≤ a) (h2 : a ≤ b) : a * a ≤ b * b :=
  Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h2 h1)
    (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h2 (Std.le_trans h1 h2))
theorem Pocket.max_neg (a : R) [Decidable (a ≤ -a)] [Decidable (0 ≤ a)] : (if a ≤ -a then -a else a) = if 0 ≤ a then a else -a := by
  by_cases h : 0 ≤ a <;> by_cases k : a ≤ -a
  · rw [if_pos h, if_pos k]
    exact Std.le_antisymm (Std.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rwa [Lean.Grind.AddCommGroup.neg_zero])) h) k
  · rw [if_pos h, if_neg k]
  · rw [if_neg h, if_pos k]
  · have h := Std.le_of_lt (Std.not_le.1 h)
    exact absurd (Std.le_trans h (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 h)) k
theorem mul_self_nonneg (a : R) : 0 ≤ a * a := by
  rw [← Lean.Grind.Semiring.pow_two]; exact Lean.Grind.OrderedRing.sq_nonneg
theorem sq_nonneg (a : R) : 0 ≤ a ^ 2 := Lean.Grind.OrderedRing.sq_nonneg
theorem pow_nonneg {a : R} (H : 0 ≤ a) (n : Nat) : 0 ≤ a ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero]; exact Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one
  | succ n ih => rw [Lean.Grind.Semiring.pow_succ]; exact mul_nonneg ih H
theorem pow_le_pow_left₀ {a b : R} (ha : 0 ≤ a) (h : a ≤ b) (n : Nat) : a ^ n ≤ b ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.pow_zero]; exact Std.le_refl _
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ]
    exact Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right ih ha)
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h (pow_nonneg (Std.le_trans ha h) n))
theorem le_of_sq_le_sq' {a b : R} (h : 0 ≤ b) (k : a * a ≤ b * b) : a ≤ b := by
  refine Classical.byContradiction fun c => Std.not_le.2 ?_ k
  have c := Std.not_le.1 c
  exact Std.lt_of_le_of_lt (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Std.le_of_lt c) h)
    (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right c (Std.lt_of_le_of_lt h c))
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
theorem div_sub_div (a : K) {b : K} (c : K) {d : K} (hb : b ≠ 0) (hd : d ≠ 0) : a / b - c / d = (a * d - b * c) / (b * d) := by
  have h := div_add_div a (-c) hb hd
  rwa [Lean.Grind.Field.div_eq_mul_inv (-c), Lean.Grind.Ring.neg_mul, ← Lean.Grind.Field.div_eq_mul_inv c,
    ← Lean.Grind.Ring.sub_eq_add_neg, Lean.Grind.Ring.mul_neg, ← Lean.Grind.Ring.sub_eq_add_neg] at h
theorem mul_div_cancel_of_ne {a b : K} (h : b ≠ 0) : a / b * b = a := by
  rw [Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Semiring.mul_assoc, Lean.Grind.Field.inv_mul_cancel h, Lean.Grind.Semiring.mul_one]
private theorem div_mul_right_comm (a b c : K) : a / b * c = a * c / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Semiring.mul_assoc,
    Lean.Grind.CommSemiring.mul_comm b⁻¹, Lean.Grind.Semiring.mul_assoc]
end fractions

section field
variable {K : Type u} [Lean.Grind.Field K] [LE K] [LT K] [Std.IsLinearOrder K] [Std.LawfulOrderLT K] [Lean.Grind.OrderedRing K]
theorem inv_pos_of_pos {a : K} (h : 0 < a) : 0 < a⁻¹ := by
  exact Lean.Grind.Field.IsOrdered.inv_pos_iff.2 h
theorem div_pos {a b : K} (ha : 0 < a) (hb : 0 < b) : 0 < a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_pos ha (inv_pos_of_pos hb)
theorem inv_nonneg_of_nonneg {a : K} (h : 0 ≤ a) : 0 ≤ a⁻¹ := by
  exact Lean.Grind.Field.IsOrdered.inv_nonneg_iff.2 h
theorem div_nonneg {a b : K} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_nonneg ha (inv_nonneg_of_nonneg hb)
theorem one_div_pos_of_pos {a : K} (h : 0 < a) : 0 < 1 / a := div_pos Lean.Grind.OrderedRing.zero_lt_one h
theorem le_div_iff₀ {a b c : K} (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact Lean.Grind.Field.IsOrdered.le_mul_inv_iff_mul_le a b hc
theorem lt_div_iff₀ {a b c : K} (hc : 0 < c) : a < b / c ↔ a * c < b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact Lean.Grind.Field.IsOrdered.lt_mul_inv_iff_mul_lt a b hc
theorem div_lt_iff₀ {a b c : K} (hc : 0 < c) : a / c < b ↔ a < b * c := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact Lean.Grind.Field.IsOrdered.mul_inv_lt_iff_lt_mul a b hc
theorem div_le_iff₀ {a b c : K} (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := by
  have := lt_div_iff₀ (a := b) (b := a) hc
  exact ⟨fun h => Std.not_lt.1 fun k => Std.not_lt.2 h (this.2 k), fun h => Std.not_lt.1 fun k => Std.not_lt.2 h (this.1 k)⟩
theorem div_le_div_iff_of_pos {a b c d : K} (hb : 0 < b) (hd : 0 < d) : a / b ≤ c / d ↔ a * d ≤ c * b := by
  rw [div_le_iff₀ hb, div_mul_right_comm, le_div_iff₀ hd]
theorem div_lt_div_iff_of_pos {a b c d : K} (hb : 0 < b) (hd : 0 < d) : a / b < c / d ↔ a * d < c * b := by
  rw [div_lt_iff₀ hb, div_mul_right_comm, lt_div_iff₀ hd]
theorem inv_lt_iff_one_lt_mul₀ {a b : K} (ha : 0 < a) : a⁻¹ < b ↔ 1 < b * a := by
  rw [← div_lt_iff₀ ha, Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Semiring.one_mul]
theorem inv_lt_of_inv_lt₀ {a b : K} (ha : 0 < a) (h : a⁻¹ < b) : b⁻¹ < a := by
  rw [inv_lt_iff_one_lt_mul₀ (Std.lt_trans (inv_pos_of_pos ha) h), Lean.Grind.CommSemiring.mul_comm]
  exact (inv_lt_iff_one_lt_mul₀ ha).1 h
theorem inv_anti₀ {a b : K} (ha : 0 < a) (h : a ≤ b) : b⁻¹ ≤ a⁻¹ := by
  have hb := Std.lt_of_lt_of_le ha h
  have := (div_le_iff₀ (a := 1) (b := a⁻¹) hb).2 (by
    have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h (Std.le_of_lt (inv_pos_of_pos ha))
    rwa [Lean.Grind.Field.inv_mul_cancel ha.ne'] at this)
  rwa [Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Semiring.one_mul] at this
end field
