import Pocket.Filter

/-!
The laws of semirings, rings and fields that proofs name, and casts into them.
Mathlib: `Mathlib/Algebra/Group/Basic.lean`, `Mathlib/Algebra/Ring/Basic.lean`, `Mathlib/Algebra/Field/Basic.lean`,
`Mathlib/Data/Nat/Cast/Basic.lean`, `Mathlib/Data/Int/Cast/Lemmas.lean`.
-/

universe u
open Lean.Grind
attribute [instance 50] Semiring.natCast Ring.intCast

section semiring
variable {R : Type u} [Semiring R]
theorem add_comm (a b : R) : a + b = b + a := Semiring.add_comm a b
theorem add_assoc (a b c : R) : a + b + c = a + (b + c) := Semiring.add_assoc a b c
theorem add_left_comm (a b c : R) : a + (b + c) = b + (a + c) := by
  rw [← add_assoc, add_comm a, add_assoc]
theorem add_right_comm (a b c : R) : a + b + c = a + c + b := by rw [add_assoc, add_comm b, add_assoc]
theorem add_zero (a : R) : a + 0 = a := Semiring.add_zero a
theorem zero_add (a : R) : 0 + a = a := by rw [add_comm, add_zero]
theorem mul_assoc (a b c : R) : a * b * c = a * (b * c) := Semiring.mul_assoc a b c
theorem mul_one (a : R) : a * 1 = a := Semiring.mul_one a
theorem one_mul (a : R) : 1 * a = a := Semiring.one_mul a
theorem mul_zero (a : R) : a * 0 = 0 := Semiring.mul_zero a
theorem zero_mul (a : R) : 0 * a = 0 := Semiring.zero_mul a
theorem mul_add (a b c : R) : a * (b + c) = a * b + a * c := Semiring.left_distrib a b c
theorem add_mul (a b c : R) : (a + b) * c = a * c + b * c := Semiring.right_distrib a b c
theorem pow_zero (a : R) : a ^ 0 = 1 := Semiring.pow_zero a
theorem pow_succ (a : R) (n : Nat) : a ^ (n + 1) = a ^ n * a := Semiring.pow_succ a n
theorem pow_one (a : R) : a ^ 1 = a := by rw [pow_succ, pow_zero, one_mul]
theorem pow_two (a : R) : a ^ 2 = a * a := Semiring.pow_two a
theorem sq (a : R) : a ^ 2 = a * a := Semiring.pow_two a
theorem pow_three (a : R) : a ^ 3 = a * (a * a) := by rw [pow_succ, pow_two, mul_assoc]
theorem pow_add (a : R) (m n : Nat) : a ^ (m + n) = a ^ m * a ^ n := Semiring.pow_add a m n
theorem pow_succ' (a : R) (n : Nat) : a ^ (n + 1) = a * a ^ n := by rw [Nat.add_comm, pow_add, pow_one]
theorem one_pow (n : Nat) : (1 : R) ^ n = 1 := by
  induction n with
  | zero => exact pow_zero 1
  | succ n ih => rw [pow_succ, ih, one_mul]
theorem zero_pow {n : Nat} (h : n ≠ 0) : (0 : R) ^ n = 0 := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => rw [pow_succ, mul_zero]
theorem pow_mul (a : R) (m n : Nat) : a ^ (m * n) = (a ^ m) ^ n := by
  induction n with
  | zero => rw [Nat.mul_zero, pow_zero, pow_zero]
  | succ n ih => rw [Nat.mul_succ, pow_add, ih, pow_succ]
theorem pow_mul' (a : R) (m n : Nat) : a ^ (m * n) = (a ^ n) ^ m := by rw [Nat.mul_comm, pow_mul]
theorem two_mul (a : R) : 2 * a = a + a := by
  rw [show (2 : R) = 1 + 1 from Semiring.ofNat_succ 1, add_mul, one_mul]
theorem mul_two (a : R) : a * 2 = a + a := by
  rw [show (2 : R) = 1 + 1 from Semiring.ofNat_succ 1, mul_add, mul_one]
@[simp] theorem Nat.cast_zero : ((0 : Nat) : R) = 0 := Semiring.natCast_zero
@[simp] theorem Nat.cast_one : ((1 : Nat) : R) = 1 := Semiring.natCast_one
theorem Nat.cast_add (m n : Nat) : ((m + n : Nat) : R) = m + n := Semiring.natCast_add m n
theorem Nat.cast_succ (n : Nat) : ((n.succ : Nat) : R) = n + 1 := Semiring.natCast_succ n
theorem Nat.cast_mul (m n : Nat) : ((m * n : Nat) : R) = m * n := Semiring.natCast_mul m n
theorem Nat.cast_pow (m n : Nat) : ((m ^ n : Nat) : R) = (m : R) ^ n := Semiring.natCast_pow m n
theorem Nat.cast_ofNat {n : Nat} : ((OfNat.ofNat n : Nat) : R) = OfNat.ofNat n := (Semiring.ofNat_eq_natCast n).symm
end semiring

section commutative
variable {R : Type u} [CommSemiring R]
theorem mul_comm (a b : R) : a * b = b * a := CommSemiring.mul_comm a b
theorem mul_left_comm (a b c : R) : a * (b * c) = b * (a * c) := CommSemiring.mul_left_comm a b c
theorem mul_right_comm (a b c : R) : a * b * c = a * c * b := by rw [mul_assoc, mul_comm b, mul_assoc]
theorem mul_mul_mul_comm (a b c d : R) : a * b * (c * d) = a * c * (b * d) := by
  rw [mul_assoc, mul_left_comm b, mul_assoc]
theorem mul_pow (a b : R) (n : Nat) : (a * b) ^ n = a ^ n * b ^ n := CommSemiring.mul_pow a b n
theorem add_sq (a b : R) : (a + b) ^ 2 = a ^ 2 + 2 * a * b + b ^ 2 := by grind only
end commutative

section ring
variable {R : Type u} [Ring R]
theorem sub_eq_add_neg (a b : R) : a - b = a + -b := Ring.sub_eq_add_neg a b
theorem neg_add_cancel (a : R) : -a + a = 0 := Ring.neg_add_cancel a
theorem add_neg_cancel (a : R) : a + -a = 0 := by rw [add_comm, neg_add_cancel]
theorem sub_self (a : R) : a - a = 0 := AddCommGroup.sub_self a
theorem neg_neg (a : R) : - -a = a := AddCommGroup.neg_neg a
theorem neg_zero : -(0 : R) = 0 := AddCommGroup.neg_zero
theorem neg_sub (a b : R) : -(a - b) = b - a := AddCommGroup.neg_sub a b
theorem neg_add (a b : R) : -(a + b) = -a + -b := AddCommGroup.neg_add a b
theorem sub_zero (a : R) : a - 0 = a := by rw [sub_eq_add_neg, neg_zero, add_zero]
theorem zero_sub (a : R) : 0 - a = -a := by rw [sub_eq_add_neg, zero_add]
theorem sub_add_cancel (a b : R) : a - b + b = a := by rw [sub_eq_add_neg, add_assoc, neg_add_cancel, add_zero]
theorem add_sub_cancel_right (a b : R) : a + b - b = a := by rw [sub_eq_add_neg, add_assoc, add_neg_cancel, add_zero]
theorem add_sub_cancel_left (a b : R) : a + b - a = b := by rw [add_comm, add_sub_cancel_right]
theorem add_sub_cancel (a b : R) : a + (b - a) = b := by rw [add_comm, sub_add_cancel]
theorem sub_sub (a b c : R) : a - b - c = a - (b + c) := by
  rw [sub_eq_add_neg, sub_eq_add_neg, sub_eq_add_neg, neg_add, add_assoc]
theorem add_sub_assoc (a b c : R) : a + b - c = a + (b - c) := by rw [sub_eq_add_neg, sub_eq_add_neg, add_assoc]
theorem neg_mul (a b : R) : -a * b = -(a * b) := Ring.neg_mul a b
theorem mul_neg (a b : R) : a * -b = -(a * b) := Ring.mul_neg a b
theorem neg_mul_neg (a b : R) : -a * -b = a * b := by rw [neg_mul, mul_neg, neg_neg]
theorem mul_sub (a b c : R) : a * (b - c) = a * b - a * c := by rw [sub_eq_add_neg, mul_add, mul_neg, ← sub_eq_add_neg]
theorem sub_mul (a b c : R) : (a - b) * c = a * c - b * c := by rw [sub_eq_add_neg, add_mul, neg_mul, ← sub_eq_add_neg]
theorem mul_sub_left_distrib (a b c : R) : a * (b - c) = a * b - a * c := mul_sub a b c
theorem neg_sq (a : R) : (-a) ^ 2 = a ^ 2 := by rw [pow_two, pow_two, neg_mul_neg]
theorem sub_eq_zero {a b : R} : a - b = 0 ↔ a = b := AddCommGroup.sub_eq_zero_iff
theorem sub_ne_zero {a b : R} : a - b ≠ 0 ↔ a ≠ b := not_congr sub_eq_zero
theorem sub_eq_zero_of_eq {a b : R} (h : a = b) : a - b = 0 := sub_eq_zero.2 h
theorem sub_ne_zero_of_ne {a b : R} (h : a ≠ b) : a - b ≠ 0 := sub_ne_zero.2 h
theorem sub_eq_iff_eq_add {a b c : R} : a - b = c ↔ a = c + b := AddCommGroup.sub_eq_iff
theorem eq_sub_iff_add_eq {a b c : R} : a = b - c ↔ a + c = b :=
  ⟨fun h => by rw [h, sub_add_cancel], fun h => by rw [← h, add_sub_cancel_right]⟩
theorem add_left_cancel {a b c : R} (h : a + b = a + c) : b = c := by rw [← add_sub_cancel_left a b, h, add_sub_cancel_left]
theorem add_right_cancel {a b c : R} (h : a + b = c + b) : a = c := by rw [← add_sub_cancel_right a b, h, add_sub_cancel_right]
theorem add_right_inj (a : R) {b c : R} : a + b = a + c ↔ b = c := ⟨add_left_cancel, fun h => h ▸ rfl⟩
theorem add_left_inj (a : R) {b c : R} : b + a = c + a ↔ b = c := ⟨add_right_cancel, fun h => h ▸ rfl⟩
theorem neg_inj {a b : R} : -a = -b ↔ a = b := ⟨fun h => by rw [← neg_neg a, h, neg_neg], fun h => h ▸ rfl⟩
theorem neg_eq_iff_eq_neg {a b : R} : -a = b ↔ a = -b := ⟨fun h => by rw [← h, neg_neg], fun h => by rw [h, neg_neg]⟩
theorem eq_neg_of_add_eq_zero_left {a b : R} (h : a + b = 0) : a = -b := by
  have := add_sub_cancel_right a b; rw [h] at this; exact this.symm.trans (zero_sub b)
theorem eq_of_sub_eq_zero {a b : R} (h : a - b = 0) : a = b := sub_eq_zero.1 h
theorem Int.cast_add (m n : Int) : ((m + n : Int) : R) = m + n := Ring.intCast_add m n
theorem Int.cast_mul (m n : Int) : ((m * n : Int) : R) = m * n := Ring.intCast_mul m n
theorem Int.cast_neg (n : Int) : ((-n : Int) : R) = -n := Ring.intCast_neg n
theorem Int.cast_sub (m n : Int) : ((m - n : Int) : R) = m - n := Ring.intCast_sub m n
theorem Int.cast_pow (n : Int) (m : Nat) : ((n ^ m : Int) : R) = (n : R) ^ m := Ring.intCast_pow n m
@[simp] theorem Int.cast_zero : ((0 : Int) : R) = 0 := Ring.intCast_zero
@[simp] theorem Int.cast_one : ((1 : Int) : R) = 1 := Ring.intCast_one
theorem Int.cast_natCast (n : Nat) : (((n : Nat) : Int) : R) = (n : R) := Ring.intCast_natCast n
theorem Nat.cast_sub {m n : Nat} (h : m ≤ n) : ((n - m : Nat) : R) = n - m := by
  rw [eq_sub_iff_add_eq, ← Nat.cast_add, Nat.sub_add_cancel h]
end ring

section commring
variable {R : Type u} [CommRing R]
theorem sub_sq (a b : R) : (a - b) ^ 2 = a ^ 2 - 2 * a * b + b ^ 2 := by grind only
theorem sq_sub_sq (a b : R) : a ^ 2 - b ^ 2 = (a + b) * (a - b) := by grind only
theorem mul_self_sub_mul_self (a b : R) : a * a - b * b = (a + b) * (a - b) := by grind only
end commring

/-- Mathlib: `NoZeroDivisors`. -/
class NoZeroDivisors (R : Type u) [Semiring R] : Prop where
  eq_zero_or_eq_zero_of_mul_eq_zero : ∀ {a b : R}, a * b = 0 → a = 0 ∨ b = 0
instance {K : Type u} [Field K] : NoZeroDivisors K := ⟨fun {a b} h =>
  Classical.byCases Or.inl fun k : a ≠ 0 => .inr (by rw [← one_mul b, ← Field.inv_mul_cancel k, mul_assoc, h, mul_zero])⟩
instance : NoZeroDivisors Int := ⟨Int.mul_eq_zero.1⟩
instance : NoZeroDivisors Nat := ⟨Nat.mul_eq_zero.1⟩
section domain
variable {R : Type u} [Semiring R] [NoZeroDivisors R] {a b : R}
theorem mul_eq_zero : a * b = 0 ↔ a = 0 ∨ b = 0 :=
  ⟨NoZeroDivisors.eq_zero_or_eq_zero_of_mul_eq_zero, fun h => h.elim (fun h => by rw [h, zero_mul]) fun h => by rw [h, mul_zero]⟩
theorem mul_ne_zero (ha : a ≠ 0) (hb : b ≠ 0) : a * b ≠ 0 := fun h => (mul_eq_zero.1 h).elim ha hb
theorem mul_self_eq_zero : a * a = 0 ↔ a = 0 := mul_eq_zero.trans or_self_iff
theorem pow_eq_zero_iff {n : Nat} (h : n ≠ 0) : a ^ n = 0 ↔ a = 0 := by
  constructor
  · intro k
    induction n with
    | zero => exact absurd rfl h
    | succ n ih =>
      rw [pow_succ] at k
      rcases mul_eq_zero.1 k with k | k
      · cases n with
        | zero => rw [pow_zero] at k; rw [← mul_one a, k, mul_zero]
        | succ n => exact ih (Nat.succ_ne_zero n) k
      · exact k
  · intro k; rw [k, zero_pow h]
theorem pow_ne_zero (n : Nat) (h : a ≠ 0) : a ^ n ≠ 0 := by
  cases n with
  | zero => rw [pow_zero]; exact fun k => h (by rw [← mul_one a, k, mul_zero])
  | succ n => exact fun k => h ((pow_eq_zero_iff (Nat.succ_ne_zero n)).1 k)
theorem sq_eq_zero_iff : a ^ 2 = 0 ↔ a = 0 := pow_eq_zero_iff (by decide)
end domain
section domain
variable {R : Type u} [CommRing R] [NoZeroDivisors R] {a b c : R}
theorem mul_left_cancel₀ (ha : a ≠ 0) (h : a * b = a * c) : b = c :=
  sub_eq_zero.1 ((mul_eq_zero.1 (by rw [mul_sub, h, sub_self])).resolve_left ha)
theorem mul_right_cancel₀ (hb : b ≠ 0) (h : a * b = c * b) : a = c :=
  mul_left_cancel₀ hb (by rw [mul_comm b, h, mul_comm])
theorem mul_left_inj' (hc : c ≠ 0) : a * c = b * c ↔ a = b := ⟨mul_right_cancel₀ hc, fun h => h ▸ rfl⟩
theorem mul_right_inj' (ha : a ≠ 0) : a * b = a * c ↔ b = c := ⟨mul_left_cancel₀ ha, fun h => h ▸ rfl⟩
theorem sq_eq_sq_iff_eq_or_eq_neg : a ^ 2 = b ^ 2 ↔ a = b ∨ a = -b := by
  rw [← sub_eq_zero, sq_sub_sq, mul_eq_zero, sub_eq_zero, or_comm]
  exact or_congr Iff.rfl ⟨eq_neg_of_add_eq_zero_left, fun h => by rw [h, neg_add_cancel]⟩
theorem mul_self_eq_mul_self_iff : a * a = b * b ↔ a = b ∨ a = -b := by
  rw [← pow_two, ← pow_two, sq_eq_sq_iff_eq_or_eq_neg]
end domain

section field
variable {K : Type u} [Field K]
theorem div_eq_mul_inv (a b : K) : a / b = a * b⁻¹ := Field.div_eq_mul_inv a b
theorem mul_inv_cancel₀ {a : K} (h : a ≠ 0) : a * a⁻¹ = 1 := Field.mul_inv_cancel h
theorem inv_mul_cancel₀ {a : K} (h : a ≠ 0) : a⁻¹ * a = 1 := Field.inv_mul_cancel h
theorem one_div (a : K) : 1 / a = a⁻¹ := by rw [div_eq_mul_inv, one_mul]
theorem inv_eq_one_div (a : K) : a⁻¹ = 1 / a := (one_div a).symm
theorem inv_inv (a : K) : a⁻¹⁻¹ = a := Field.inv_inv a
theorem inv_zero : (0 : K)⁻¹ = 0 := Field.inv_zero
theorem inv_one : (1 : K)⁻¹ = 1 := Field.inv_one
theorem div_one (a : K) : a / 1 = a := by rw [div_eq_mul_inv, inv_one, mul_one]
theorem div_zero (a : K) : a / 0 = 0 := by rw [div_eq_mul_inv, inv_zero, mul_zero]
theorem zero_div (a : K) : 0 / a = 0 := by rw [div_eq_mul_inv, zero_mul]
theorem div_self {a : K} (h : a ≠ 0) : a / a = 1 := by rw [div_eq_mul_inv, mul_inv_cancel₀ h]
theorem div_mul_cancel₀ {b : K} (a : K) (h : b ≠ 0) : a / b * b = a := mul_div_cancel_of_ne h
theorem mul_div_cancel_right₀ (a : K) {b : K} (h : b ≠ 0) : a * b / b = a := by
  rw [div_eq_mul_inv, mul_assoc, mul_inv_cancel₀ h, mul_one]
theorem mul_div_cancel_left₀ (b : K) {a : K} (h : a ≠ 0) : a * b / a = b := by rw [mul_comm, mul_div_cancel_right₀ b h]
theorem eq_div_iff {a b c : K} (hc : c ≠ 0) : a = b / c ↔ a * c = b :=
  ⟨fun h => by rw [h, div_mul_cancel₀ b hc], fun h => by rw [← h, mul_div_cancel_right₀ a hc]⟩
theorem div_eq_iff {a b c : K} (hb : b ≠ 0) : a / b = c ↔ a = c * b := eq_comm.trans ((eq_div_iff hb).trans eq_comm)
theorem div_eq_div_iff {a b c d : K} (hb : b ≠ 0) (hd : d ≠ 0) : a / b = c / d ↔ a * d = c * b := by
  rw [div_eq_iff hb, div_eq_mul_inv, mul_right_comm, ← div_eq_mul_inv, eq_div_iff hd]
theorem mul_div_assoc (a b c : K) : a * b / c = a * (b / c) := by rw [div_eq_mul_inv, div_eq_mul_inv, mul_assoc]
theorem div_mul_eq_mul_div (a b c : K) : a / b * c = a * c / b := by rw [div_eq_mul_inv, div_eq_mul_inv, mul_right_comm]
theorem mul_div_right_comm (a b c : K) : a * b / c = a / c * b := (div_mul_eq_mul_div a c b).symm
theorem add_div (a b c : K) : (a + b) / c = a / c + b / c := by rw [div_eq_mul_inv, add_mul, ← div_eq_mul_inv, ← div_eq_mul_inv]
theorem sub_div (a b c : K) : (a - b) / c = a / c - b / c := by rw [div_eq_mul_inv, sub_mul, ← div_eq_mul_inv, ← div_eq_mul_inv]
theorem div_add_div_same (a b c : K) : a / c + b / c = (a + b) / c := (add_div a b c).symm
theorem neg_div (a b : K) : -b / a = -(b / a) := by rw [div_eq_mul_inv, neg_mul, ← div_eq_mul_inv]
theorem inv_ne_zero {a : K} (h : a ≠ 0) : a⁻¹ ≠ 0 := fun k => h (by rw [← inv_inv a, k, inv_zero])
theorem div_ne_zero {a b : K} (ha : a ≠ 0) (hb : b ≠ 0) : a / b ≠ 0 := by
  rw [div_eq_mul_inv]; exact mul_ne_zero ha (inv_ne_zero hb)
theorem mul_inv (a b : K) : (a * b)⁻¹ = a⁻¹ * b⁻¹ := by grind only
theorem div_div (a b c : K) : a / b / c = a / (b * c) := by
  rw [div_eq_mul_inv, div_eq_mul_inv, div_eq_mul_inv, mul_inv, mul_assoc]
theorem div_mul_div_comm (a b c d : K) : a / b * (c / d) = a * c / (b * d) := by
  rw [div_eq_mul_inv, div_eq_mul_inv, div_eq_mul_inv, mul_inv, mul_mul_mul_comm]
theorem inv_div (a b : K) : (a / b)⁻¹ = b / a := by rw [div_eq_mul_inv, mul_inv, inv_inv, mul_comm, ← div_eq_mul_inv]
theorem inv_pow (a : K) (n : Nat) : a⁻¹ ^ n = (a ^ n)⁻¹ := by
  induction n with
  | zero => rw [pow_zero, pow_zero, inv_one]
  | succ n ih => rw [pow_succ, pow_succ, ih, mul_inv]
theorem div_pow (a b : K) (n : Nat) : (a / b) ^ n = a ^ n / b ^ n := by
  rw [div_eq_mul_inv, mul_pow, inv_pow, ← div_eq_mul_inv]
end field
