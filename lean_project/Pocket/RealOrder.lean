import Pocket.RealCast

/-!
ℝ: decidability (by choice), maximum and minimum, square roots, and the floor. Mathlib: `Mathlib/Data/Real/Sqrt.lean`.
-/

open Pocket

attribute [irreducible] Real.add Real.mul Real.neg Real.le Real.inv Real.ofRat Real.npow Real.zpow

namespace Real
noncomputable instance : DecidableLE ℝ := fun _ _ => Classical.propDecidable _
noncomputable instance : DecidableLT ℝ := fun _ _ => Classical.propDecidable _
noncomputable instance : DecidableEq ℝ := fun _ _ => Classical.propDecidable _
noncomputable instance : Max ℝ := ⟨fun a b => if a ≤ b then b else a⟩
noncomputable instance : Min ℝ := ⟨fun a b => if a ≤ b then a else b⟩
@[grind =] theorem max_def (a b : ℝ) : max a b = if a ≤ b then b else a := rfl
@[grind =] theorem min_def (a b : ℝ) : min a b = if a ≤ b then a else b := rfl
instance : Nonempty ℝ := ⟨0⟩
noncomputable instance : Inhabited ℝ := ⟨0⟩
noncomputable instance : Zero ℝ := ⟨0⟩
noncomputable instance : One ℝ := ⟨1⟩
theorem lt_add_of_pos (a : ℝ) {b : ℝ} (h : 0 < b) : a < a + b := by
  have := Lean.Grind.OrderedAdd.add_lt_right a h
  rwa [Real.add_zero] at this
theorem two_mul_add_one_pos {a : ℝ} (h : 0 ≤ a) : 0 < 2 * a + 1 := by
  rw [two_mul]; exact add_pos_of_nonneg_of_pos (add_nonneg h h) Lean.Grind.OrderedRing.zero_lt_one
theorem _root_.Pocket.le_add_of_nonneg (a : ℝ) {b : ℝ} (h : 0 ≤ b) : a ≤ a + b := by
  have := Lean.Grind.OrderedAdd.add_le_right a h
  rwa [Real.add_zero] at this
theorem _root_.Pocket.neg_le_neg {a b : ℝ} (h : a ≤ b) : -b ≤ -a := Lean.Grind.OrderedAdd.neg_le_iff.2 (by rwa [neg_neg])
theorem _root_.Pocket.sub_le_self (a : ℝ) {b : ℝ} (h : 0 ≤ b) : a - b ≤ a := by
  have := le_add_of_nonneg (a - b) h
  rwa [sub_add_cancel] at this
theorem _root_.Pocket.sub_le_of_le_add {a b c : ℝ} (h : a ≤ c + b) : a - b ≤ c :=
  le_of_le_of_eq (Lean.Grind.OrderedAdd.add_le_left h (-b)) (add_sub_cancel c b)
theorem _root_.Pocket.sub_le_sub_left {a b : ℝ} (h : a ≤ b) (c : ℝ) : c - b ≤ c - a := Lean.Grind.OrderedAdd.add_le_right c (neg_le_neg h)
theorem _root_.Pocket.div_eq_mul_inv (a b : ℝ) : a / b = a * b⁻¹ := rfl
theorem _root_.Pocket.add_mul_self (a b : ℝ) : (a + b) * (a + b) = a * a + b * (2 * a + b) := by
  rw [two_mul, add_mul, Real.left_distrib, Real.left_distrib, Real.left_distrib, Real.left_distrib, Real.mul_comm a b, Real.add_assoc,
    Real.add_assoc]
theorem _root_.Pocket.sub_mul_self (a b : ℝ) : (a - b) * (a - b) = a * a - b * (2 * a) + b * b := by grobner
theorem _root_.Pocket.sub_sub_cancel (a b : ℝ) : a - (a - b) = b := by
  rw [sub_eq_add_neg, neg_sub, Real.add_comm, sub_add_cancel]
theorem sqrt_step_up {x L d : ℝ} (h0 : 0 ≤ L) (hd : 0 < d) (he : d * (2 * L + 1) = x - L * L) :
    ∃ y, L < y ∧ 0 ≤ y ∧ y * y ≤ x := by
  have e : L * L + d * (2 * L + 1) = x := by rw [he, Real.add_comm, sub_add_cancel]
  by_cases h1 : d ≤ 1
  · refine ⟨L + d, lt_add_of_pos L hd, add_nonneg h0 (Std.le_of_lt hd), ?_⟩
    rw [add_mul_self, ← e]
    exact Lean.Grind.OrderedAdd.add_le_right _ (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Lean.Grind.OrderedAdd.add_le_right _ h1) (Std.le_of_lt hd))
  · refine ⟨L + 1, lt_add_of_pos L Lean.Grind.OrderedRing.zero_lt_one, add_nonneg h0 Lean.Grind.OrderedRing.zero_le_one, ?_⟩
    rw [add_mul_self, ← e]
    exact Lean.Grind.OrderedAdd.add_le_right _ (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Std.le_of_lt (Std.not_le.1 h1)) (Std.le_of_lt (two_mul_add_one_pos h0)))
theorem _root_.Pocket.two_pos : (0 : ℝ) < 2 := natCast_lt.2 (by decide)
theorem sqrt_step_down {x L d : ℝ} (hx : 0 ≤ x) (hL : 0 < L) (hd : 0 < d) (he : d * (2 * L) = L * L - x) :
    ∃ y, y < L ∧ 0 ≤ y ∧ x ≤ y * y := by
  have l : d ≤ L := Std.not_lt.1 fun c => by
    have h := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right c (_root_.mul_pos Pocket.two_pos hL)
    rw [he, two_mul, Real.left_distrib] at h
    exact h.2 (Std.le_trans (sub_le_self _ hx) (le_add_of_nonneg _ (mul_self_nonneg L)))
  have k := lt_add_of_pos (L - d) hd
  rw [sub_add_cancel] at k
  refine ⟨L - d, k, Lean.Grind.OrderedAdd.sub_nonneg_iff.2 l, ?_⟩
  rw [sub_mul_self, he, sub_sub_cancel]; exact le_add_of_nonneg x (mul_self_nonneg d)
theorem _root_.Pocket.two_mul_div_two (a : ℝ) : 2 * a / 2 = a := by
  rw [div_eq_mul_inv, Real.mul_comm 2, Real.mul_assoc, Real.mul_inv_cancel Pocket.two_pos.ne', Real.mul_one]
theorem _root_.Pocket.two_mul_half (a : ℝ) : 2 * (a / 2) = a := by
  rw [Real.mul_comm]; exact mul_div_cancel_of_ne Pocket.two_pos.ne'
theorem _root_.Pocket.add_halves (a : ℝ) : a / 2 + a / 2 = a := (two_mul _).symm.trans (two_mul_half a)
theorem _root_.Pocket.sub_half (a : ℝ) : a - a / 2 = a / 2 := (congrArg (· - a / 2) (add_halves a).symm).trans (add_sub_cancel _ _)
theorem exists_sqrt {x : ℝ} (hx : 0 ≤ x) : ∃ y, 0 ≤ y ∧ y * y = x := by
  have hb : x ≤ (x + 1) * (x + 1) := by
    have h1 := le_add_of_nonneg 1 hx
    rw [Real.add_comm] at h1
    have h2 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h1 (Std.le_trans Lean.Grind.OrderedRing.zero_le_one h1)
    rw [Real.mul_one] at h2
    exact Std.le_trans (le_add_of_nonneg x Lean.Grind.OrderedRing.zero_le_one) h2
  have h1 : 0 ≤ x + 1 := add_nonneg hx Lean.Grind.OrderedRing.zero_le_one
  have h0 : (0 : ℝ) * 0 ≤ x := by rw [Real.zero_mul]; exact hx
  obtain ⟨L, hL, hl⟩ := exists_sup (S := fun y => 0 ≤ y ∧ y * y ≤ x) (b := x + 1) (s₀ := 0) ⟨Std.le_refl _, h0⟩
    (fun s hs => le_of_sq_le_sq' h1 (Std.le_trans hs.2 hb))
  have hL0 : 0 ≤ L := hL 0 ⟨Std.le_refl _, h0⟩
  have up : ¬ L * L < x := fun k => by
    have hd := two_mul_add_one_pos hL0
    obtain ⟨y, a, b, c⟩ := sqrt_step_up hL0 (div_pos (Lean.Grind.OrderedAdd.sub_pos_iff.2 k) hd)
      (mul_div_cancel_of_ne hd.ne')
    exact Std.not_le.2 a (hL y ⟨b, c⟩)
  have down : ¬ x < L * L := fun k => by
    have hp : 0 < L := Std.lt_of_le_of_ne hL0 fun e => by rw [← e, Real.zero_mul] at k; exact Std.not_lt.2 hx k
    have hd : 0 < 2 * L := _root_.mul_pos Pocket.two_pos hp
    obtain ⟨y, a, b, c⟩ := sqrt_step_down hx hp (div_pos (Lean.Grind.OrderedAdd.sub_pos_iff.2 k) hd)
      (mul_div_cancel_of_ne hd.ne')
    exact Std.not_le.2 a (hl y fun s hs => le_of_sq_le_sq' b (Std.le_trans hs.2 c))
  exact ⟨L, hL0, Std.le_antisymm (Std.not_lt.1 down) (Std.not_lt.1 up)⟩

open Classical in
/-- The square root; 0 for negative numbers, as in Mathlib. -/
noncomputable def sqrt (x : ℝ) : ℝ := if h : 0 ≤ x then Classical.choose (exists_sqrt h) else 0
theorem sqrt_nonneg (x : ℝ) : 0 ≤ sqrt x := by
  by_cases h : 0 ≤ x
  · rw [show sqrt x = _ from dif_pos h]; exact (Classical.choose_spec (exists_sqrt h)).1
  · rw [show sqrt x = _ from dif_neg h]; exact Std.le_refl _
theorem mul_self_sqrt {x : ℝ} (h : 0 ≤ x) : sqrt x * sqrt x = x := by
  rw [show sqrt x = _ from dif_pos h]; exact (Classical.choose_spec (exists_sqrt h)).2
grind_pattern sqrt_nonneg => sqrt x
grind_pattern mul_self_sqrt => sqrt x
theorem sq_sqrt {x : ℝ} (h : 0 ≤ x) : sqrt x ^ 2 = x := (pow_two _).trans (mul_self_sqrt h)
theorem sqrt_eq_zero_of_nonpos {x : ℝ} (h : x ≤ 0) : sqrt x = 0 := by
  by_cases k : x = 0
  · subst k; exact (Lean.Grind.Field.of_mul_eq_zero (mul_self_sqrt (Std.le_refl 0))).elim id id
  · exact dif_neg fun c => k (eq_of_le_of_le h c)
theorem sqrt_eq_of_sq {x y : ℝ} (h : 0 ≤ y) (k : y * y = x) : sqrt x = y := by
  have e := (mul_self_sqrt (x := x) (by rw [← k]; exact mul_self_nonneg y)).trans k.symm
  exact Std.le_antisymm (le_of_sq_le_sq' h (by rw [e]; exact Std.le_refl _))
    (le_of_sq_le_sq' (sqrt_nonneg x) (by rw [e]; exact Std.le_refl _))
theorem sqrt_le_sqrt {x y : ℝ} (h : x ≤ y) : sqrt x ≤ sqrt y := by
  by_cases hx : 0 ≤ x
  · exact le_of_sq_le_sq' (sqrt_nonneg y) (by rw [mul_self_sqrt hx, mul_self_sqrt (Std.le_trans hx h)]; exact h)
  · rw [sqrt_eq_zero_of_nonpos (Std.le_of_lt (Std.not_le.1 hx))]; exact sqrt_nonneg y
@[simp] theorem sqrt_pos {x : ℝ} : 0 < sqrt x ↔ 0 < x := by
  constructor
  · exact fun h => Std.not_le.1 fun c => h.ne' (sqrt_eq_zero_of_nonpos c)
  · intro h
    have h2 := mul_self_sqrt (Std.le_of_lt h)
    refine Std.lt_of_le_of_ne (sqrt_nonneg x) fun e => ?_
    rw [← e, Real.zero_mul] at h2
    exact h.ne' h2.symm
theorem le_sqrt' {x y : ℝ} (hx : 0 < x) : x ≤ sqrt y ↔ x ^ 2 ≤ y := by
  rw [Lean.Grind.Semiring.pow_two]
  have h0 := sqrt_nonneg y
  by_cases hy : 0 ≤ y
  · have h1 := mul_self_sqrt hy
    constructor
    · intro h
      have := mul_self_le_mul_self (Std.le_of_lt hx) h
      rwa [h1] at this
    · intro h; exact le_of_sq_le_sq' h0 (by rw [h1]; exact h)
  · rw [sqrt_eq_zero_of_nonpos (Std.le_of_lt (Std.not_le.1 hy))]
    exact ⟨fun h => absurd hx (Std.not_lt.2 h), fun h => absurd (Std.le_trans (mul_self_nonneg x) h) hy⟩
theorem sqrt_lt' {x y : ℝ} (hx : 0 < x) : sqrt y < x ↔ y < x ^ 2 := by
  have := le_sqrt' (y := y) hx
  exact ⟨fun h => Std.not_le.1 fun k => Std.not_le.2 h (this.2 k), fun h => Std.not_le.1 fun k => Std.not_le.2 h (this.1 k)⟩
theorem sqrt_le_left {y x : ℝ} (hx : 0 ≤ x) : sqrt y ≤ x ↔ y ≤ x ^ 2 := by
  have h0 := sqrt_nonneg y
  have h2 := mul_self_nonneg x
  rw [Lean.Grind.Semiring.pow_two]
  constructor
  · intro h
    by_cases hy : 0 ≤ y
    · have h1 := mul_self_sqrt hy
      have := mul_self_le_mul_self h0 h
      rwa [h1] at this
    · exact Std.le_trans (Std.le_of_lt (Std.not_le.1 hy)) h2
  · intro h
    by_cases hy : 0 ≤ y
    · exact le_of_sq_le_sq' hx (by rw [mul_self_sqrt hy]; exact h)
    · rw [sqrt_eq_zero_of_nonpos (Std.le_of_lt (Std.not_le.1 hy))]; exact hx
theorem lt_sqrt {x y : ℝ} (hx : 0 ≤ x) : x < sqrt y ↔ x ^ 2 < y := by
  have := sqrt_le_left (y := y) hx
  exact ⟨fun h => Std.not_le.1 fun k => Std.not_le.2 h (this.2 k), fun h => Std.not_le.1 fun k => Std.not_le.2 h (this.1 k)⟩
theorem sqrt_lt_sqrt {x y : ℝ} (hx : 0 ≤ x) (h : x < y) : sqrt x < sqrt y := by
  rw [lt_sqrt (sqrt_nonneg x), sq_sqrt hx]; exact h
theorem sqrt_sq {x : ℝ} (h : 0 ≤ x) : sqrt (x ^ 2) = x := sqrt_eq_of_sq h (pow_two x).symm
theorem sqrt_mul_self {x : ℝ} (h : 0 ≤ x) : sqrt (x * x) = x := sqrt_eq_of_sq h rfl
theorem sqrt_mul {x : ℝ} (hx : 0 ≤ x) (y : ℝ) : sqrt (x * y) = sqrt x * sqrt y := by
  by_cases hy : 0 ≤ y
  · refine sqrt_eq_of_sq (mul_nonneg (sqrt_nonneg _) (sqrt_nonneg _)) ?_
    rw [show ∀ s t : ℝ, s * t * (s * t) = s * s * (t * t) by
      intro s t; rw [Real.mul_assoc s t, mul_left_comm t, ← Real.mul_assoc s s], mul_self_sqrt hx, mul_self_sqrt hy]
  · have hy := Std.le_of_lt (Std.not_le.1 hy)
    rw [sqrt_eq_zero_of_nonpos hy, sqrt_eq_zero_of_nonpos, Lean.Grind.Semiring.mul_zero]
    have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hy hx
    rwa [Lean.Grind.Semiring.mul_zero] at this

open Classical in
/-- Mathlib: `sSup` of a set of real numbers: 0 where it is empty or not bounded. -/
noncomputable def _root_.sSup (S : Set ℝ) : ℝ := if h : ∃ x, IsLUB S x then Classical.choose h else 0
open Classical in
/-- Mathlib: `sInf` of a set of real numbers. -/
noncomputable def _root_.sInf (S : Set ℝ) : ℝ := if h : ∃ x, IsGLB S x then Classical.choose h else 0

/-- Mathlib: `Int.floor` on ℝ; its notation is in Floor.lean. -/
protected noncomputable def floor (x : ℝ) : Int := Classical.choose (exists_floor x)
theorem floor_le (x : ℝ) : (x.floor : ℝ) ≤ x := (Classical.choose_spec (exists_floor x)).1
theorem lt_floor_add_one (x : ℝ) : x < (x.floor : ℝ) + 1 := by
  have := (Classical.choose_spec (exists_floor x)).2
  rwa [intCast_add] at this
theorem floor_eq_iff {x : ℝ} {z : Int} : x.floor = z ↔ (z : ℝ) ≤ x ∧ x < z + 1 := by
  constructor
  · rintro rfl; exact ⟨floor_le x, lt_floor_add_one x⟩
  · rintro ⟨h, k⟩
    have e (n : Int) : ((n + 1 : Int) : ℝ) = n + 1 := intCast_add n 1
    have l1 : (x.floor : ℝ) < ((z + 1 : Int) : ℝ) := by rw [e]; exact Std.lt_of_le_of_lt (floor_le x) k
    have l2 : (z : ℝ) < ((x.floor + 1 : Int) : ℝ) := by rw [e]; exact Std.lt_of_le_of_lt h (lt_floor_add_one x)
    exact Int.le_antisymm (Int.lt_add_one_iff.1 (intCast_lt.1 l1)) (Int.lt_add_one_iff.1 (intCast_lt.1 l2))
end Real

instance : Lean.Grind.NoNatZeroDivisors ℝ := Lean.Grind.NoNatZeroDivisors.mk' fun k a hk h => by
  have h : (k : ℝ) * a = 0 := by rw [← Lean.Grind.Semiring.nsmul_eq_natCast_mul]; exact h
  have hk : (k : ℝ) ≠ (0 : Nat) := fun c => hk (Real.natCast_inj.1 c)
  exact (Lean.Grind.Field.of_mul_eq_zero h).resolve_left hk
