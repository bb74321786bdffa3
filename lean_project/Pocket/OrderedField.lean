import Pocket.Algebra

/-!
The laws of orders and of ordered rings and fields that proofs name; casts and the order.
Mathlib: `Mathlib/Order/Basic.lean`, `Mathlib/Order/Defs/`, `Mathlib/Algebra/Order/`.
-/

universe u
open Lean.Grind
set_option linter.unusedSectionVars false

section order
variable {α : Type u} [LE α]
section preorder
variable [Std.IsPreorder α]
theorem le_refl (a : α) : a ≤ a := Std.le_refl a
theorem le_rfl {a : α} : a ≤ a := Std.le_refl a
theorem le_trans {a b c : α} (h : a ≤ b) (k : b ≤ c) : a ≤ c := Std.le_trans h k
theorem le_of_eq {a b : α} (h : a = b) : a ≤ b := h ▸ le_refl a
theorem ge_of_eq {a b : α} (h : a = b) : a ≥ b := h ▸ le_refl a
theorem Eq.le {a b : α} (h : a = b) : a ≤ b := le_of_eq h
theorem Eq.ge {a b : α} (h : a = b) : b ≤ a := ge_of_eq h
theorem LE.le.trans {a b c : α} (h : a ≤ b) (k : b ≤ c) : a ≤ c := Std.le_trans h k
end preorder
theorem le_antisymm [Std.IsPartialOrder α] {a b : α} (h : a ≤ b) (k : b ≤ a) : a = b := Std.le_antisymm h k
theorem LE.le.antisymm [Std.IsPartialOrder α] {a b : α} (h : a ≤ b) (k : b ≤ a) : a = b := Std.le_antisymm h k
theorem le_antisymm_iff [Std.IsPartialOrder α] {a b : α} : a = b ↔ a ≤ b ∧ b ≤ a :=
  ⟨fun h => ⟨le_of_eq h, ge_of_eq h⟩, fun h => Std.le_antisymm h.1 h.2⟩
theorem le_total [Std.IsLinearOrder α] (a b : α) : a ≤ b ∨ b ≤ a := Std.le_total
variable [LT α] [Std.LawfulOrderLT α]
theorem le_of_lt {a b : α} (h : a < b) : a ≤ b := Std.le_of_lt h
theorem LT.lt.le {a b : α} (h : a < b) : a ≤ b := Std.le_of_lt h
section preorder
variable [Std.IsPreorder α]
theorem lt_irrefl (a : α) : ¬a < a := fun h => ((Std.LawfulOrderLT.lt_iff a a).1 h).2 (le_of_lt h)
theorem lt_trans {a b c : α} (h : a < b) (k : b < c) : a < c := Std.lt_trans h k
theorem LT.lt.trans {a b c : α} (h : a < b) (k : b < c) : a < c := Std.lt_trans h k
theorem lt_of_lt_of_le {a b c : α} (h : a < b) (k : b ≤ c) : a < c := Std.lt_of_lt_of_le h k
theorem lt_of_le_of_lt {a b c : α} (h : a ≤ b) (k : b < c) : a < c := Std.lt_of_le_of_lt h k
theorem LT.lt.trans_le {a b c : α} (h : a < b) (k : b ≤ c) : a < c := Std.lt_of_lt_of_le h k
theorem LE.le.trans_lt {a b c : α} (h : a ≤ b) (k : b < c) : a < c := Std.lt_of_le_of_lt h k
theorem ne_of_lt {a b : α} (h : a < b) : a ≠ b := fun e => lt_irrefl b (e ▸ h)
theorem ne_of_gt {a b : α} (h : b < a) : a ≠ b := fun e => lt_irrefl b (e ▸ h)
theorem LT.lt.ne {a b : α} (h : a < b) : a ≠ b := ne_of_lt h
theorem lt_asymm {a b : α} (h : a < b) : ¬b < a := fun k => lt_irrefl a (lt_trans h k)
theorem not_lt_of_ge {a b : α} (h : b ≤ a) : ¬a < b := fun k => lt_irrefl a (lt_of_lt_of_le k h)
theorem not_lt_of_le {a b : α} (h : b ≤ a) : ¬a < b := not_lt_of_ge h
theorem not_le_of_gt {a b : α} (h : b < a) : ¬a ≤ b := fun k => lt_irrefl a (lt_of_le_of_lt k h)
theorem not_le_of_lt {a b : α} (h : b < a) : ¬a ≤ b := not_le_of_gt h
end preorder
theorem lt_of_le_of_ne [Std.IsPartialOrder α] {a b : α} (h : a ≤ b) (k : a ≠ b) : a < b :=
  (Std.LawfulOrderLT.lt_iff a b).2 ⟨h, fun l => k (le_antisymm h l)⟩
theorem lt_iff_le_and_ne [Std.IsPartialOrder α] {a b : α} : a < b ↔ a ≤ b ∧ a ≠ b :=
  ⟨fun h => ⟨le_of_lt h, ne_of_lt h⟩, fun h => lt_of_le_of_ne h.1 h.2⟩
variable [Std.IsLinearOrder α]
theorem not_le {a b : α} : ¬a ≤ b ↔ b < a := Std.not_le
theorem not_lt {a b : α} : ¬a < b ↔ b ≤ a := Std.not_lt
theorem lt_of_not_ge {a b : α} (h : ¬b ≤ a) : a < b := not_le.1 h
theorem lt_of_not_le {a b : α} (h : ¬b ≤ a) : a < b := not_le.1 h
theorem le_of_not_gt {a b : α} (h : ¬b < a) : a ≤ b := not_lt.1 h
theorem le_of_not_lt {a b : α} (h : ¬b < a) : a ≤ b := not_lt.1 h
theorem le_of_not_ge {a b : α} (h : ¬b ≤ a) : a ≤ b := le_of_lt (not_le.1 h)
theorem lt_or_ge (a b : α) : a < b ∨ a ≥ b := (Classical.em (b ≤ a)).elim .inr fun h => .inl (not_le.1 h)
theorem lt_or_le (a b : α) : a < b ∨ b ≤ a := lt_or_ge a b
theorem le_or_gt (a b : α) : a ≤ b ∨ a > b := (lt_or_ge b a).symm
theorem le_or_lt (a b : α) : a ≤ b ∨ b < a := le_or_gt a b
theorem lt_trichotomy (a b : α) : a < b ∨ a = b ∨ b < a :=
  (lt_or_ge a b).imp_right fun h => (Classical.em (a = b)).imp_right fun k => lt_of_le_of_ne h (Ne.symm k)
theorem lt_or_gt_of_ne {a b : α} (h : a ≠ b) : a < b ∨ a > b := (lt_trichotomy a b).imp_right (·.resolve_left h)
theorem ne_iff_lt_or_gt {a b : α} : a ≠ b ↔ a < b ∨ a > b := ⟨lt_or_gt_of_ne, fun h => h.elim ne_of_lt ne_of_gt⟩
theorem eq_of_le_of_not_lt {a b : α} (h : a ≤ b) (k : ¬a < b) : a = b := le_antisymm h (not_lt.1 k)
theorem le_iff_lt_or_eq {a b : α} : a ≤ b ↔ a < b ∨ a = b :=
  ⟨fun h => (Classical.em (a = b)).elim .inr fun k => .inl (lt_of_le_of_ne h k), fun h => h.elim le_of_lt le_of_eq⟩
theorem lt_or_eq_of_le {a b : α} (h : a ≤ b) : a < b ∨ a = b := le_iff_lt_or_eq.1 h
end order

section orderedSemiring
variable {R : Type u} [Semiring R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R] [OrderedRing R] {a b c d : R}
theorem add_le_add (h : a ≤ b) (k : c ≤ d) : a + c ≤ b + d := OrderedAdd.add_le_add h k
theorem add_le_add_right (h : b ≤ c) (a : R) : b + a ≤ c + a := OrderedAdd.add_le_left h a
theorem add_le_add_left (h : b ≤ c) (a : R) : a + b ≤ a + c := OrderedAdd.add_le_right a h
theorem add_lt_add_right (h : b < c) (a : R) : b + a < c + a := OrderedAdd.add_lt_left h a
theorem add_lt_add_left (h : b < c) (a : R) : a + b < a + c := OrderedAdd.add_lt_right a h
theorem add_lt_add (h : a < b) (k : c < d) : a + c < b + d := lt_trans (add_lt_add_right h c) (add_lt_add_left k b)
theorem add_lt_add_of_lt_of_le (h : a < b) (k : c ≤ d) : a + c < b + d := lt_of_lt_of_le (add_lt_add_right h c) (add_le_add_left k b)
theorem add_lt_add_of_le_of_lt (h : a ≤ b) (k : c < d) : a + c < b + d := lt_of_le_of_lt (add_le_add_right h c) (add_lt_add_left k b)
theorem mul_lt_mul_of_pos_left (h : b < c) (k : 0 < a) : a * b < a * c := OrderedRing.mul_lt_mul_of_pos_left h k
theorem mul_lt_mul_of_pos_right (h : b < c) (k : 0 < a) : b * a < c * a := OrderedRing.mul_lt_mul_of_pos_right h k
theorem zero_lt_one : (0 : R) < 1 := OrderedRing.zero_lt_one
theorem one_pos : (0 : R) < 1 := OrderedRing.zero_lt_one
theorem zero_le_one : (0 : R) ≤ 1 := le_of_lt zero_lt_one
theorem one_ne_zero : (1 : R) ≠ 0 := ne_of_gt zero_lt_one
theorem zero_ne_one : (0 : R) ≠ 1 := ne_of_lt zero_lt_one
theorem sq_pos_of_pos (h : 0 < a) : 0 < a ^ 2 := pow_pos h 2
theorem add_le_add_iff_right (a : R) : b + a ≤ c + a ↔ b ≤ c := (OrderedAdd.add_le_left_iff a).symm
theorem add_lt_add_iff_right (a : R) : b + a < c + a ↔ b < c := (OrderedAdd.add_lt_left_iff a).symm
theorem add_le_add_iff_left (a : R) : a + b ≤ a + c ↔ b ≤ c := by rw [add_comm a, add_comm a, add_le_add_iff_right]
theorem add_lt_add_iff_left (a : R) : a + b < a + c ↔ b < c := by rw [add_comm a, add_comm a, add_lt_add_iff_right]
end orderedSemiring

section orderedAdd
variable {R : Type u} [Ring R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R] [OrderedRing R] {a b c d : R}
theorem mul_le_mul_of_nonneg_left (h : b ≤ c) (k : 0 ≤ a) : a * b ≤ a * c := OrderedRing.mul_le_mul_of_nonneg_left h k
theorem mul_le_mul_of_nonneg_right (h : b ≤ c) (k : 0 ≤ a) : b * a ≤ c * a := OrderedRing.mul_le_mul_of_nonneg_right h k
theorem mul_lt_mul'' (h : a < c) (k : b < d) (ha : 0 ≤ a) (hb : 0 ≤ b) : a * b < c * d :=
  lt_of_le_of_lt (mul_le_mul_of_nonneg_left (le_of_lt k) ha) (mul_lt_mul_of_pos_right h (lt_of_le_of_lt hb k))
theorem sub_nonneg : 0 ≤ a - b ↔ b ≤ a := OrderedAdd.sub_nonneg_iff
theorem sub_nonneg_of_le (h : b ≤ a) : 0 ≤ a - b := sub_nonneg.2 h
theorem le_of_sub_nonneg (h : 0 ≤ a - b) : b ≤ a := sub_nonneg.1 h
theorem sub_pos : 0 < a - b ↔ b < a := OrderedAdd.sub_pos_iff
theorem sub_pos_of_lt (h : b < a) : 0 < a - b := sub_pos.2 h
theorem lt_of_sub_pos (h : 0 < a - b) : b < a := sub_pos.1 h
theorem neg_le_neg_iff : -a ≤ -b ↔ b ≤ a := OrderedAdd.neg_le_iff.trans (by rw [neg_neg])
theorem neg_le_neg (h : a ≤ b) : -b ≤ -a := neg_le_neg_iff.2 h
theorem neg_lt_neg_iff : -a < -b ↔ b < a := OrderedAdd.neg_lt_iff.trans (by rw [neg_neg])
theorem neg_lt_neg (h : a < b) : -b < -a := neg_lt_neg_iff.2 h
theorem neg_nonneg : 0 ≤ -a ↔ a ≤ 0 := OrderedAdd.neg_nonneg_iff
theorem neg_pos : 0 < -a ↔ a < 0 := OrderedAdd.neg_pos_iff
theorem neg_nonpos : -a ≤ 0 ↔ 0 ≤ a := OrderedAdd.neg_le_iff.trans (by rw [neg_zero])
theorem neg_lt_zero : -a < 0 ↔ 0 < a := OrderedAdd.neg_lt_iff.trans (by rw [neg_zero])
theorem neg_neg_of_pos (h : 0 < a) : -a < 0 := neg_lt_zero.2 h
theorem neg_pos_of_neg (h : a < 0) : 0 < -a := neg_pos.2 h
theorem sub_le_sub (h : a ≤ b) (k : c ≤ d) : a - d ≤ b - c := by
  rw [sub_eq_add_neg, sub_eq_add_neg]; exact add_le_add h (neg_le_neg k)
theorem sub_lt_sub (h : a < b) (k : c < d) : a - d < b - c := by
  rw [sub_eq_add_neg, sub_eq_add_neg]; exact add_lt_add h (neg_lt_neg k)
theorem sub_le_iff_le_add : a - c ≤ b ↔ a ≤ b + c := by rw [← add_le_add_iff_right c, sub_add_cancel]
theorem sub_lt_iff_lt_add : a - c < b ↔ a < b + c := by rw [← add_lt_add_iff_right c, sub_add_cancel]
theorem sub_nonpos : a - b ≤ 0 ↔ a ≤ b := by rw [sub_le_iff_le_add, zero_add]
theorem sub_neg : a - b < 0 ↔ a < b := by rw [sub_lt_iff_lt_add, zero_add]
theorem le_sub_iff_add_le : a ≤ c - b ↔ a + b ≤ c := by rw [← add_le_add_iff_right b, sub_add_cancel]
theorem lt_sub_iff_add_lt : a < c - b ↔ a + b < c := by rw [← add_lt_add_iff_right b, sub_add_cancel]
theorem mul_nonneg_of_nonpos_of_nonpos (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a * b := by
  have := mul_nonneg (neg_nonneg.2 ha) (neg_nonneg.2 hb); rwa [neg_mul_neg] at this
theorem mul_nonneg_of_neg_of_neg (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a * b := mul_nonneg_of_nonpos_of_nonpos ha hb
theorem mul_pos_of_neg_of_neg (ha : a < 0) (hb : b < 0) : 0 < a * b := by
  have := mul_pos (neg_pos.2 ha) (neg_pos.2 hb); rwa [neg_mul_neg] at this
theorem mul_neg_of_pos_of_neg (ha : 0 < a) (hb : b < 0) : a * b < 0 := by
  have := mul_pos ha (neg_pos.2 hb); rw [mul_neg] at this; exact neg_pos.1 this
theorem mul_neg_of_neg_of_pos (ha : a < 0) (hb : 0 < b) : a * b < 0 := by
  have := mul_pos (neg_pos.2 ha) hb; rw [neg_mul] at this; exact neg_pos.1 this
theorem mul_nonpos_of_nonneg_of_nonpos (ha : 0 ≤ a) (hb : b ≤ 0) : a * b ≤ 0 := by
  have := mul_nonneg ha (neg_nonneg.2 hb); rw [mul_neg] at this; exact neg_nonneg.1 this
theorem zero_lt_two : (0 : R) < 2 := by grind only
theorem two_pos : (0 : R) < 2 := zero_lt_two
theorem three_pos : (0 : R) < 3 := by grind only
theorem four_pos : (0 : R) < 4 := by grind only
theorem one_lt_two : (1 : R) < 2 := by grind only
theorem two_ne_zero : (2 : R) ≠ 0 := ne_of_gt zero_lt_two
theorem three_ne_zero : (3 : R) ≠ 0 := ne_of_gt three_pos
theorem four_ne_zero : (4 : R) ≠ 0 := ne_of_gt four_pos
theorem sq_pos_of_ne_zero (h : a ≠ 0) : 0 < a ^ 2 := by
  rcases lt_or_gt_of_ne h with h | h
  · rw [pow_two]; exact mul_pos_of_neg_of_neg h h
  · exact pow_pos h 2
theorem sq_pos_of_neg (h : a < 0) : 0 < a ^ 2 := sq_pos_of_ne_zero (ne_of_lt h)
theorem Even.pow_nonneg {n : Nat} (hn : Even n) (a : R) : 0 ≤ a ^ n := by
  obtain ⟨r, rfl⟩ := hn; rw [pow_add]; exact mul_self_nonneg _
theorem Even.pow_pos {n : Nat} (hn : Even n) {a : R} (ha : a ≠ 0) : 0 < a ^ n := by
  obtain ⟨r, rfl⟩ := hn; rw [← Nat.two_mul, pow_mul]; exact _root_.pow_pos (sq_pos_of_ne_zero ha) r
theorem mul_self_pos (h : a ≠ 0) : 0 < a * a := by rw [← pow_two]; exact sq_pos_of_ne_zero h
theorem pow_le_pow_left (ha : 0 ≤ a) (h : a ≤ b) (n : Nat) : a ^ n ≤ b ^ n := pow_le_pow_left₀ ha h n
theorem pow_lt_pow_left₀ (h : a < b) (ha : 0 ≤ a) {n : Nat} (hn : n ≠ 0) : a ^ n < b ^ n := by
  cases n with
  | zero => exact absurd rfl hn
  | succ n =>
    rw [pow_succ, pow_succ]
    exact lt_of_le_of_lt (mul_le_mul_of_nonneg_right (pow_le_pow_left₀ ha (le_of_lt h) n) ha)
      (mul_lt_mul_of_pos_left h (pow_pos (lt_of_le_of_lt ha h) n))
theorem pow_lt_pow_left (h : a < b) (ha : 0 ≤ a) {n : Nat} (hn : n ≠ 0) : a ^ n < b ^ n := pow_lt_pow_left₀ h ha hn
theorem one_le_pow₀ (h : 1 ≤ a) {n : Nat} : 1 ≤ a ^ n := by
  have := pow_le_pow_left₀ zero_le_one h n; rwa [one_pow] at this
theorem pow_le_pow_right₀ (h : 1 ≤ a) {m n : Nat} (k : m ≤ n) : a ^ m ≤ a ^ n := by
  obtain ⟨d, rfl⟩ := Nat.le.dest k
  have := mul_le_mul_of_nonneg_left (one_le_pow₀ (n := d) h) (pow_nonneg (le_trans zero_le_one h) m)
  rwa [mul_one, ← pow_add] at this
theorem pow_le_one₀ {n : Nat} (ha : 0 ≤ a) (h : a ≤ 1) : a ^ n ≤ 1 := by
  have := pow_le_pow_left₀ ha h n; rwa [one_pow] at this
theorem abs_le_of_sq_le_sq' (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : -b ≤ a ∧ a ≤ b :=
  ⟨OrderedAdd.neg_le_iff.1 (le_of_sq_le_sq' hb (by rw [neg_mul_neg, ← pow_two, ← pow_two]; exact h)),
    le_of_sq_le_sq' hb (by rw [← pow_two, ← pow_two]; exact h)⟩
theorem pow_le_pow_iff_left₀ (ha : 0 ≤ a) (hb : 0 ≤ b) {n : Nat} (hn : n ≠ 0) : a ^ n ≤ b ^ n ↔ a ≤ b :=
  ⟨fun h => not_lt.1 fun k => not_lt.2 h (pow_lt_pow_left₀ k hb hn), fun h => pow_le_pow_left₀ ha h n⟩
theorem Pocket.le_of_sq_le_sq (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : a ≤ b := (abs_le_of_sq_le_sq' h hb).2
end orderedAdd

section casts
variable {R : Type u} [Ring R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R] [OrderedRing R]
theorem Nat.cast_nonneg (n : Nat) : (0 : R) ≤ n := by
  induction n with
  | zero => rw [Nat.cast_zero]; exact le_rfl
  | succ n ih => rw [Semiring.natCast_succ]; exact le_trans ih (by have := add_le_add_left (zero_le_one (R := R)) n; rwa [add_zero] at this)
theorem Nat.cast_add_one_pos (n : Nat) : (0 : R) < (n : R) + 1 :=
  lt_of_le_of_lt (Nat.cast_nonneg n) (by have := add_lt_add_left (zero_lt_one (R := R)) n; rwa [add_zero] at this)
theorem Pocket.cast_pos {n : Nat} (h : 0 < n) : (0 : R) < n := by
  obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_lt h
  rw [Nat.zero_add, Semiring.natCast_succ]; exact Nat.cast_add_one_pos k
theorem Nat.cast_lt {m n : Nat} : (m : R) < n ↔ m < n := by
  have key {m n : Nat} (h : m < n) : (m : R) < n := by
    have := Pocket.cast_pos (R := R) (Nat.sub_pos_of_lt h)
    rwa [Nat.cast_sub (Nat.le_of_lt h), sub_pos] at this
  refine ⟨fun h => Nat.lt_of_not_le fun k => ?_, key⟩
  rcases Nat.lt_or_eq_of_le k with k | k
  · exact lt_asymm h (key k)
  · subst k; exact lt_irrefl _ h
theorem Nat.cast_le {m n : Nat} : (m : R) ≤ n ↔ m ≤ n := by
  rw [← not_lt, Nat.cast_lt, Nat.not_lt]
theorem Nat.cast_inj {m n : Nat} : (m : R) = n ↔ m = n :=
  ⟨fun h => Nat.le_antisymm (Nat.cast_le.1 (le_of_eq h)) (Nat.cast_le.1 (ge_of_eq h)), fun h => h ▸ rfl⟩
theorem Nat.cast_pos {n : Nat} : (0 : R) < n ↔ 0 < n := by rw [← Nat.cast_zero (R := R), Nat.cast_lt]
theorem Nat.cast_eq_zero {n : Nat} : (n : R) = 0 ↔ n = 0 := by rw [← Nat.cast_zero (R := R), Nat.cast_inj]
theorem Nat.cast_ne_zero {n : Nat} : (n : R) ≠ 0 ↔ n ≠ 0 := not_congr Nat.cast_eq_zero
theorem Nat.one_le_cast {n : Nat} : (1 : R) ≤ n ↔ 1 ≤ n := by rw [← Nat.cast_one (R := R), Nat.cast_le]
end casts

/- Classes for statements about any order, ordered ring or field. No type has an instance: those of ℝ would be found twice. -/
/-- Mathlib: `LinearOrder`; without `max`, `min`, `compare`. -/
class LinearOrder (α : Type u) where
  toLE : LE α
  toLT : LT α
  isLinearOrder : Std.IsLinearOrder α
  lawfulLT : Std.LawfulOrderLT α
attribute [instance 50] LinearOrder.toLE LinearOrder.toLT LinearOrder.isLinearOrder LinearOrder.lawfulLT
/-- Mathlib: `IsStrictOrderedRing`. -/
class IsStrictOrderedRing (R : Type u) [Semiring R] [LinearOrder R] : Prop where
  orderedRing : OrderedRing R
attribute [instance 50] IsStrictOrderedRing.orderedRing
/-- Mathlib's until 2025, as are the next two. -/
class LinearOrderedField (K : Type u) where
  toField : Field K
  toLinearOrder : LinearOrder K
  orderedRing : OrderedRing K
class LinearOrderedCommRing (R : Type u) where
  toCommRing : CommRing R
  toLinearOrder : LinearOrder R
  orderedRing : OrderedRing R
class LinearOrderedRing (R : Type u) where
  toRing : Ring R
  toLinearOrder : LinearOrder R
  orderedRing : OrderedRing R
attribute [instance 50] LinearOrderedField.toField LinearOrderedField.toLinearOrder LinearOrderedField.orderedRing
  LinearOrderedCommRing.toCommRing LinearOrderedCommRing.toLinearOrder LinearOrderedCommRing.orderedRing
  LinearOrderedRing.toRing LinearOrderedRing.toLinearOrder LinearOrderedRing.orderedRing
