import Pocket.Cis

/-!
sin, cos, tan and π, from `cis` of Cis.lean; addition, double angles, values, signs, monotonicity, zeros, bounds of π; and
the exponential of complex numbers. Mathlib: `Mathlib/Analysis/SpecialFunctions/Trigonometric/`.
-/

noncomputable section
namespace Real
open Pocket Complex
/-- Mathlib: `Real.cos`, the real part of a complex one. It is determined by `cis_add` and by what `cis x` is near 0. -/
def cos (x : ℝ) : ℝ := (cis x).re
/-- Mathlib: `Real.sin`. -/
def sin (x : ℝ) : ℝ := (cis x).im
/-- Mathlib: `Real.tan`. -/
def tan (x : ℝ) : ℝ := sin x / cos x
theorem cos_add (x y : ℝ) : cos (x + y) = cos x * cos y - sin x * sin y := congrArg re (cis_add x y)
theorem sin_add (x y : ℝ) : sin (x + y) = sin x * cos y + cos x * sin y :=
  (congrArg im (cis_add x y)).trans (Lean.Grind.AddCommMonoid.add_comm _ _)
theorem cos_neg (x : ℝ) : cos (-x) = cos x := by unfold cos; rw [cis_neg]
theorem sin_neg (x : ℝ) : sin (-x) = -sin x := by unfold sin; rw [cis_neg]
@[simp] theorem cos_zero : cos 0 = 1 := congrArg re cis_zero
@[simp] theorem sin_zero : sin 0 = 0 := congrArg im cis_zero
theorem cos_sub (x y : ℝ) : cos (x - y) = cos x * cos y + sin x * sin y := by
  rw [sub_eq_add_neg, cos_add, cos_neg, sin_neg, mul_neg, sub_neg]
theorem sin_sub (x y : ℝ) : sin (x - y) = sin x * cos y - cos x * sin y := by
  rw [sub_eq_add_neg, sin_add, cos_neg, sin_neg, mul_neg, ← sub_eq_add_neg]
theorem cos_sq_add_sin_sq (x : ℝ) : cos x ^ 2 + sin x ^ 2 = 1 := by
  have h := cos_sub x x
  rw [Lean.Grind.AddCommGroup.sub_self, cos_zero] at h
  rw [Lean.Grind.Semiring.pow_two, Lean.Grind.Semiring.pow_two, h]
theorem sin_sq_add_cos_sq (x : ℝ) : sin x ^ 2 + cos x ^ 2 = 1 := by
  rw [Lean.Grind.AddCommMonoid.add_comm, cos_sq_add_sin_sq]
theorem sin_two_mul (x : ℝ) : sin (2 * x) = 2 * sin x * cos x := by
  rw [two_mul x, sin_add, Real.mul_comm (cos x), ← two_mul, Real.mul_assoc]
theorem cos_two_mul' (x : ℝ) : cos (2 * x) = cos x ^ 2 - sin x ^ 2 := by
  rw [two_mul x, cos_add, pow_two, pow_two]
theorem _root_.Pocket.double {s c : ℝ} (h : s + c = 1) : c - s = 2 * c - 1 ∧ c - s = 1 - 2 * s := by
  rw [← h, two_mul, two_mul]
  constructor
  · rw [Real.add_comm s, ← sub_add_sub_comm, sub_self, zero_add]
  · rw [Real.add_comm s, ← sub_add_sub_comm, sub_self, Real.add_zero]
theorem cos_two_mul (x : ℝ) : cos (2 * x) = 2 * cos x ^ 2 - 1 := by
  rw [cos_two_mul']; exact (double (sin_sq_add_cos_sq x)).1
theorem cos_eq_one_sub (x : ℝ) : cos x = 1 - 2 * sin (x / 2) ^ 2 := by
  have h := cos_two_mul' (x / 2)
  rw [two_mul_half] at h
  exact h.trans (double (sin_sq_add_cos_sq (x / 2))).2
theorem sin_eq_two_mul (x : ℝ) : sin x = 2 * sin (x / 2) * cos (x / 2) := by
  rw [← sin_two_mul, two_mul_half]
theorem abs_cos_le_one (x : ℝ) : abs (cos x) ≤ 1 := abs_le_one (cos_sq_add_sin_sq x)
theorem abs_sin_le_one (x : ℝ) : abs (sin x) ≤ 1 := abs_le_one (sin_sq_add_cos_sq x)
theorem abs_sin_le {x : ℝ} (h : 0 ≤ x) : abs (sin x) ≤ x := by
  refine le_of_sub_nonneg (nonneg_of_halving (g := fun x => x - abs (sin x)) (C := 16) (fun x hx => ?_) (fun x h0 h1 => ?_) h)
  · show 2 * (x / 2 - abs (sin (x / 2))) ≤ x - abs (sin x)
    rw [sin_eq_two_mul x, abs_mul, abs_mul, abs_of_nonneg (Std.le_of_lt Pocket.two_pos)]
    exact two_mul_half_sub_le (mul_le_mul (Std.le_refl (abs (sin (x / 2)))) (abs_cos_le_one (x / 2)) (abs_nonneg _) (abs_nonneg _))
  · have := Std.le_trans (abs_add_le (sin x - x) x) (Lean.Grind.OrderedAdd.add_le_left (abs_cis_im_sub_le h0 h1) _)
    rw [abs_of_nonneg h0, Lean.Grind.AddCommGroup.sub_add_cancel] at this
    exact neg_le_sub_of this
theorem sin_sq_le {x : ℝ} (h : 0 ≤ x) : sin x ^ 2 ≤ x ^ 2 := by
  have := mul_le_mul (abs_sin_le h) (abs_sin_le h) (abs_nonneg _) h
  rwa [← abs_mul, abs_of_nonneg (mul_self_nonneg _), ← Lean.Grind.Semiring.pow_two, ← Lean.Grind.Semiring.pow_two] at this
theorem _root_.Pocket.sq_div_two (x : ℝ) : x ^ 2 / 2 = 2 * (x / 2) ^ 2 := by grobner
theorem one_sub_le_cos_of_nonneg {x : ℝ} (h : 0 ≤ x) : 1 - x ^ 2 / 2 ≤ cos x := by
  have := sin_sq_le (half_nonneg h)
  rw [cos_eq_one_sub, sq_div_two]
  exact sub_le_sub_left (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left this (Std.le_of_lt Pocket.two_pos)) 1
theorem sub_cube_le_sin {x : ℝ} (h : 0 ≤ x) : x - x ^ 3 / 6 ≤ sin x := by
  refine le_of_sub_nonneg (nonneg_of_halving (g := fun x => sin x - (x - x ^ 3 / 6)) (C := 16) (fun x hx => ?_) (fun x h0 h1 => ?_) h)
  · show 2 * (sin (x / 2) - (x / 2 - (x / 2) ^ 3 / 6)) ≤ sin x - (x - x ^ 3 / 6)
    rw [sin_eq_two_mul x, cos_eq_one_sub (x / 2)]
    exact cube_step hx (sin_sq_le (half_nonneg (half_nonneg hx))) (abs_le.1 (abs_sin_le (half_nonneg hx))).2
  · exact cube_near (abs_le.1 (abs_cis_im_sub_le h0 h1)).1 (pow_nonneg h0 3)
theorem sin_pos_of_le_two {x : ℝ} (h : 0 < x) (h2 : x ≤ 2) : 0 < sin x :=
  Std.lt_of_lt_of_le (sub_cube_pos h h2) (sub_cube_le_sin (Std.le_of_lt h))
theorem cos_le_of_le_two {x : ℝ} (h : 0 < x) (h2 : x ≤ 2) : cos x ≤ 1 - x ^ 2 / 2 + x ^ 4 / 24 := by
  have h1 := sub_cube_le_sin (half_nonneg (Std.le_of_lt h))
  have h4 := Std.le_of_lt (sub_cube_pos (half_pos h) (half_le h2))
  rw [cos_eq_one_sub]
  exact cos_bound (mul_le_mul h1 h1 h4 (Std.le_trans h4 h1)) (pow_nonneg (Std.le_of_lt h) 6)
theorem cos_two_neg : cos 2 < 0 := Std.lt_of_le_of_lt (cos_le_of_le_two Pocket.two_pos (Std.le_refl _)) (by grind only)
theorem cos_one_pos : 0 < cos 1 :=
  Std.lt_of_lt_of_le (by grind only) (one_sub_le_cos_of_nonneg (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one))
theorem _root_.Pocket.half_add_half_sub (x y : ℝ) : (x + y) / 2 + (x - y) / 2 = x := by
  rw [div_eq_mul_inv, div_eq_mul_inv, ← add_mul, Real.add_comm x y, Real.add_assoc, Real.add_comm x, ← Real.add_assoc, Real.add_comm y,
    sub_add_cancel, ← two_mul]
  exact two_mul_div_two x
theorem _root_.Pocket.half_sub_half_sub (x y : ℝ) : (x + y) / 2 - (x - y) / 2 = y := by
  have h := half_add_half_sub y x
  rwa [Real.add_comm y x, ← neg_sub x y, div_eq_mul_inv (-(x - y)), neg_mul, ← div_eq_mul_inv] at h
/-- With `a` and `b` for the two products in the formulas for sums and differences of angles. -/
theorem _root_.Pocket.add_and_sub (a b : ℝ) : (a - b - (a + b) = -(2 * b) ∧ a + b - (a - b) = 2 * b) ∧ a - b + (a + b) = 2 * a := by
  rw [two_mul, two_mul]
  refine ⟨⟨?_, ?_⟩, ?_⟩
  · rw [sub_sub_add, sub_self, zero_sub]
  · rw [sub_eq_add_neg, neg_sub, Real.add_comm a, Real.add_assoc, Real.add_comm a, sub_add_cancel]
  · rw [Real.add_comm a b, ← Real.add_assoc, sub_add_cancel]
theorem cos_sub_cos (x y : ℝ) : cos x - cos y = -2 * sin ((x + y) / 2) * sin ((x - y) / 2) := by
  have h1 := cos_add ((x + y) / 2) ((x - y) / 2)
  have h2 := cos_sub ((x + y) / 2) ((x - y) / 2)
  rw [half_add_half_sub] at h1
  rw [half_sub_half_sub] at h2
  rw [h1, h2, (add_and_sub _ _).1.1, neg_mul, neg_mul, Real.mul_assoc]
theorem cos_lt_of_le_two {x y : ℝ} (h : 0 ≤ x) (hxy : x < y) (h2 : y ≤ 2) : cos y < cos x := by
  have ⟨⟨h1, h2⟩, h3, h4⟩ := mean_mem h h2 hxy
  exact lt_of_sub_eq (cos_sub_cos y x) (mul_pos (sin_pos_of_le_two h1 (Std.le_of_lt h2)) (sin_pos_of_le_two h3 (Std.le_of_lt h4)))
theorem cos_sub_cos_le {x y : ℝ} (h : y ≤ x) : cos y - cos x ≤ x - y := by
  have k := mul_le_mul (abs_sin_le_one ((x + y) / 2)) (abs_sin_le (half_nonneg (x := x - y) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 h))) (abs_nonneg _) (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one)
  rw [← abs_mul] at k
  exact sub_le_of_sub_eq (cos_sub_cos x y) (abs_le.1 k).2
theorem exists_cos_eq_zero : ∃ x, 0 < x ∧ x < 2 ∧ cos x = 0 := by
  have z := Std.le_of_lt (Lean.Grind.OrderedRing.zero_lt_one (R := ℝ))
  have one : 0 ≤ (1 : ℝ) ∧ (1 : ℝ) ≤ 2 ∧ 0 < cos 1 := ⟨z, natCast_le.2 (show 1 ≤ 2 by decide), cos_one_pos⟩
  obtain ⟨L, h1, h2⟩ := exists_sup (S := fun t => 0 ≤ t ∧ t ≤ 2 ∧ 0 < cos t) one fun s hs => hs.2.1
  have h0 := h1 1 one
  have hL : L ≤ 2 := h2 2 fun s hs => hs.2.1
  have up : ¬ 0 < cos L := fun k => by
    have b := half_bounds (L := L) k
    exact b.2 (h1 _ ⟨Std.le_trans (Std.le_trans z h0) b.1, add_half_le (cos_sub_cos_le hL) cos_two_neg k, pos_of_near k (cos_sub_cos_le b.1)⟩)
  have down : ¬ cos L < 0 := fun k => by
    have h := (Lean.Grind.OrderedAdd.add_le_right_iff (a := 0) (b := cos L / 2) L).2 (by
      rw [Real.add_zero]; exact h2 (L + cos L / 2) fun s hs => le_add_half k hs.2.2 (cos_sub_cos_le (h1 s hs)))
    have p := add_nonneg h h
    rw [add_halves] at p
    exact k.2 p
  have e : cos L = 0 := eq_of_le_of_le (Std.not_lt.1 up) (Std.not_lt.1 down)
  exact ⟨L, Std.lt_of_lt_of_le Lean.Grind.OrderedRing.zero_lt_one h0, Std.lt_of_le_of_ne hL fun k => by rw [k] at e; exact (e ▸ cos_two_neg).2 (e ▸ Std.le_refl _), e⟩
theorem sin_pos_of_cos_eq_zero {c x : ℝ} (hc : cos c = 0) (h2 : c < 2) (h0 : 0 < x) (hx : x < 2 * c) : 0 < sin x := by
  have h := half_pos h0
  have k := half_lt hx
  have l := Std.le_of_lt (Std.lt_trans k h2)
  rw [sin_eq_two_mul]
  exact mul_pos (mul_pos Pocket.two_pos (sin_pos_of_le_two h l)) (hc ▸ cos_lt_of_le_two (Std.le_of_lt h) k (Std.le_of_lt h2))
theorem exists_pi : ∃ p, IsLeast { x | 0 < x ∧ sin x = 0 } p := by
  obtain ⟨c, h0, h2, hc⟩ := exists_cos_eq_zero
  refine ⟨2 * c, ⟨mul_pos Pocket.two_pos h0, by rw [sin_two_mul, hc, Lean.Grind.Semiring.mul_zero]⟩, fun x hx => Classical.byContradiction fun k => ?_⟩
  have := sin_pos_of_cos_eq_zero hc h2 hx.1 (Std.not_le.1 k)
  rw [hx.2] at this
  exact this.2 this.1
/-- The least positive zero of sin. Mathlib: `Real.pi`, twice the zero of cos in [1, 2]. -/
def pi : ℝ := Classical.choose exists_pi
scoped notation "π" => Real.pi
theorem isLeast_pi : IsLeast { x | 0 < x ∧ sin x = 0 } pi := Classical.choose_spec exists_pi
theorem pi_pos : 0 < pi := isLeast_pi.1.1
@[simp] theorem sin_pi : sin pi = 0 := isLeast_pi.1.2
theorem eq_pi_div_two {c : ℝ} (h0 : 0 < c) (h2 : c < 2) (hc : cos c = 0) : c = pi / 2 := by
  have h := isLeast_pi.2 (show 0 < 2 * c ∧ sin (2 * c) = 0 from ⟨mul_pos Pocket.two_pos h0, by rw [sin_two_mul, hc, Lean.Grind.Semiring.mul_zero]⟩)
  have : ¬ pi < 2 * c := fun k => by
    have := sin_pos_of_cos_eq_zero hc h2 pi_pos k
    rw [sin_pi] at this
    exact this.2 this.1
  have e := eq_of_le_of_le h (Std.not_lt.1 this)
  rw [e, two_mul_div_two]
theorem cos_pi_div_two_and : cos (pi / 2) = 0 ∧ pi / 2 < 2 := by
  obtain ⟨c, h0, h2, hc⟩ := exists_cos_eq_zero
  rw [← eq_pi_div_two h0 h2 hc]; exact ⟨hc, h2⟩
@[simp] theorem cos_pi_div_two : cos (pi / 2) = 0 := cos_pi_div_two_and.1
theorem sin_pos_of_pos_of_lt_pi {x : ℝ} (h0 : 0 < x) (hx : x < pi) : 0 < sin x :=
  sin_pos_of_cos_eq_zero cos_pi_div_two cos_pi_div_two_and.2 h0 (by rwa [two_mul_half])
theorem _root_.Pocket.pi_half_lt : pi / 2 < pi := by
  have := lt_add_of_pos (pi / 2) (half_pos pi_pos)
  rwa [add_halves] at this
@[simp] theorem sin_pi_div_two : sin (pi / 2) = 1 := by
  have h := sin_sq_add_cos_sq (pi / 2)
  have p := sin_pos_of_pos_of_lt_pi (half_pos pi_pos) pi_half_lt
  rw [cos_pi_div_two, pow_two, pow_two, mul_zero, Real.add_zero] at h
  have one := Std.le_of_lt (Lean.Grind.OrderedRing.zero_lt_one (R := ℝ))
  exact eq_of_le_of_le (le_of_sq_le_sq' one (by rw [h, Real.mul_one]; exact Std.le_refl _))
    (le_of_sq_le_sq' (Std.le_of_lt p) (by rw [h, Real.mul_one]; exact Std.le_refl _))
@[simp] theorem cos_pi : cos pi = -1 := by
  have h := cos_two_mul (pi / 2)
  rwa [cos_pi_div_two, two_mul_half, pow_two, mul_zero, mul_zero, zero_sub] at h
/-- The formulas for sums and differences where one angle is `y`. -/
theorem _root_.Pocket.turn {y s c : ℝ} (hs : sin y = s) (hc : cos y = c) (x : ℝ) :
    (sin (x + y) = sin x * c + cos x * s ∧ cos (x + y) = cos x * c - sin x * s) ∧
    (sin (x - y) = sin x * c - cos x * s ∧ cos (x - y) = cos x * c + sin x * s) ∧
    sin (y - x) = cos x * s - sin x * c ∧ cos (y - x) = cos x * c + sin x * s := by
  subst hs hc
  exact ⟨⟨sin_add x y, cos_add x y⟩, ⟨sin_sub x y, cos_sub x y⟩, by rw [sin_sub, Real.mul_comm, Real.mul_comm (cos y)],
    by rw [cos_sub, Real.mul_comm, Real.mul_comm (sin y)]⟩
theorem _root_.Pocket.half_turn (x : ℝ) : (sin (x + pi) = -sin x ∧ cos (x + pi) = -cos x) ∧
    (sin (x - pi) = -sin x ∧ cos (x - pi) = -cos x) ∧ sin (pi - x) = sin x ∧ cos (pi - x) = -cos x := by
  have := turn sin_pi cos_pi x
  rwa [mul_zero, mul_zero, mul_neg, mul_neg, Real.mul_one, Real.mul_one, Real.add_zero, Real.add_zero, sub_zero, sub_zero, zero_sub,
    neg_neg] at this
theorem _root_.Pocket.quarter_turn (x : ℝ) : (sin (x + pi / 2) = cos x ∧ cos (x + pi / 2) = -sin x) ∧
    (sin (x - pi / 2) = -cos x ∧ cos (x - pi / 2) = sin x) ∧ sin (pi / 2 - x) = cos x ∧ cos (pi / 2 - x) = sin x := by
  have := turn sin_pi_div_two cos_pi_div_two x
  rwa [mul_zero, mul_zero, Real.mul_one, Real.mul_one, zero_add, zero_add, zero_sub, zero_sub, sub_zero] at this
theorem sin_add_pi (x : ℝ) : sin (x + pi) = -sin x := (half_turn x).1.1
theorem cos_add_pi (x : ℝ) : cos (x + pi) = -cos x := (half_turn x).1.2
theorem sin_sub_pi (x : ℝ) : sin (x - pi) = -sin x := (half_turn x).2.1.1
theorem cos_sub_pi (x : ℝ) : cos (x - pi) = -cos x := (half_turn x).2.1.2
theorem sin_pi_sub (x : ℝ) : sin (pi - x) = sin x := (half_turn x).2.2.1
theorem cos_pi_sub (x : ℝ) : cos (pi - x) = -cos x := (half_turn x).2.2.2
theorem sin_add_pi_div_two (x : ℝ) : sin (x + pi / 2) = cos x := (quarter_turn x).1.1
theorem cos_add_pi_div_two (x : ℝ) : cos (x + pi / 2) = -sin x := (quarter_turn x).1.2
theorem sin_sub_pi_div_two (x : ℝ) : sin (x - pi / 2) = -cos x := (quarter_turn x).2.1.1
theorem cos_sub_pi_div_two (x : ℝ) : cos (x - pi / 2) = sin x := (quarter_turn x).2.1.2
theorem sin_pi_div_two_sub (x : ℝ) : sin (pi / 2 - x) = cos x := (quarter_turn x).2.2.1
theorem cos_pi_div_two_sub (x : ℝ) : cos (pi / 2 - x) = sin x := (quarter_turn x).2.2.2
@[simp] theorem sin_two_pi : sin (2 * pi) = 0 := by rw [sin_two_mul, sin_pi, mul_zero, Real.zero_mul]
@[simp] theorem cos_two_pi : cos (2 * pi) = 1 := by rw [two_mul, cos_add_pi, cos_pi, neg_neg]
theorem _root_.Pocket.full_turn (x : ℝ) : (sin (x + 2 * pi) = sin x ∧ cos (x + 2 * pi) = cos x) ∧
    (sin (x - 2 * pi) = sin x ∧ cos (x - 2 * pi) = cos x) ∧ sin (2 * pi - x) = -sin x ∧ cos (2 * pi - x) = cos x := by
  have := turn sin_two_pi cos_two_pi x
  rwa [mul_zero, mul_zero, Real.mul_one, Real.mul_one, Real.add_zero, Real.add_zero, sub_zero, sub_zero, zero_sub] at this
theorem sin_add_two_pi (x : ℝ) : sin (x + 2 * pi) = sin x := (full_turn x).1.1
theorem cos_add_two_pi (x : ℝ) : cos (x + 2 * pi) = cos x := (full_turn x).1.2
theorem sin_sub_two_pi (x : ℝ) : sin (x - 2 * pi) = sin x := (full_turn x).2.1.1
theorem cos_sub_two_pi (x : ℝ) : cos (x - 2 * pi) = cos x := (full_turn x).2.1.2
theorem sin_two_pi_sub (x : ℝ) : sin (2 * pi - x) = -sin x := (full_turn x).2.2.1
theorem cos_two_pi_sub (x : ℝ) : cos (2 * pi - x) = cos x := (full_turn x).2.2.2
theorem sin_and_cos_add_nat_mul_two_pi (x : ℝ) (n : Nat) : sin (x + n * (2 * pi)) = sin x ∧ cos (x + n * (2 * pi)) = cos x := by
  induction n with
  | zero => rw [show ((0 : Nat) : ℝ) = 0 from rfl, Real.zero_mul, Real.add_zero]; exact ⟨rfl, rfl⟩
  | succ n ih => rw [natCast_succ, add_mul, one_mul, ← Real.add_assoc, sin_add_two_pi, cos_add_two_pi]; exact ih
theorem sin_add_nat_mul_two_pi (x : ℝ) (n : Nat) : sin (x + n * (2 * pi)) = sin x := (sin_and_cos_add_nat_mul_two_pi x n).1
theorem cos_add_nat_mul_two_pi (x : ℝ) (n : Nat) : cos (x + n * (2 * pi)) = cos x := (sin_and_cos_add_nat_mul_two_pi x n).2
theorem cos_sq (x : ℝ) : cos x ^ 2 = 1 / 2 + cos (2 * x) / 2 := by
  rw [cos_two_mul, div_eq_mul_inv, div_eq_mul_inv, ← add_mul, Real.add_comm, sub_add_cancel]; exact (two_mul_div_two _).symm
theorem sin_sq (x : ℝ) : sin x ^ 2 = 1 - cos x ^ 2 := by rw [← sin_sq_add_cos_sq x, add_sub_cancel]
theorem cos_sq' (x : ℝ) : cos x ^ 2 = 1 - sin x ^ 2 := by rw [← sin_sq_add_cos_sq x, add_sub_cancel_left]
theorem sin_sq_eq_half_sub (x : ℝ) : sin x ^ 2 = 1 / 2 - cos (2 * x) / 2 := by
  rw [sin_sq, cos_sq, sub_eq_add_neg, neg_add, ← Real.add_assoc, ← sub_eq_add_neg 1, sub_half]; rfl
theorem _root_.Pocket.three_mul (x : ℝ) : 3 * x = 2 * x + x := by
  rw [show (3 : ℝ) = 2 + 1 from Lean.Grind.Semiring.ofNat_succ 2, add_mul, one_mul]
theorem cos_three_mul (x : ℝ) : cos (3 * x) = 4 * cos x ^ 3 - 3 * cos x := by
  rw [three_mul, cos_add, cos_two_mul, sin_two_mul, Real.mul_assoc _ (cos x), Real.mul_comm (cos x), ← Real.mul_assoc, Real.mul_assoc 2 (sin x),
    ← pow_two, sin_sq]
  generalize cos x = c; grobner
theorem sin_three_mul (x : ℝ) : sin (3 * x) = 3 * sin x - 4 * sin x ^ 3 := by
  rw [three_mul, sin_add, cos_two_mul, sin_two_mul, Real.mul_assoc (2 * sin x), ← pow_two, cos_sq']
  generalize sin x = s; grobner
theorem sin_sub_sin (x y : ℝ) : sin x - sin y = 2 * sin ((x - y) / 2) * cos ((x + y) / 2) := by
  have h1 := sin_add ((x + y) / 2) ((x - y) / 2)
  have h2 := sin_sub ((x + y) / 2) ((x - y) / 2)
  rw [half_add_half_sub] at h1
  rw [half_sub_half_sub] at h2
  rw [h1, h2, (add_and_sub _ _).1.2, Real.mul_comm (cos _), Real.mul_assoc]
theorem sin_add_sin (x y : ℝ) : sin x + sin y = 2 * sin ((x + y) / 2) * cos ((x - y) / 2) := by
  have h := sin_sub_sin x (-y)
  rwa [sin_neg, sub_neg, sub_neg, ← sub_eq_add_neg] at h
theorem cos_add_cos (x y : ℝ) : cos x + cos y = 2 * cos ((x + y) / 2) * cos ((x - y) / 2) := by
  have h1 := cos_add ((x + y) / 2) ((x - y) / 2)
  have h2 := cos_sub ((x + y) / 2) ((x - y) / 2)
  rw [half_add_half_sub] at h1
  rw [half_sub_half_sub] at h2
  rw [h1, h2, (add_and_sub _ _).2, Real.mul_assoc]
theorem two_mul_sin_mul_sin (x y : ℝ) : 2 * sin x * sin y = cos (x - y) - cos (x + y) := by
  rw [cos_sub, cos_add, (add_and_sub _ _).1.2, Real.mul_assoc]
theorem two_mul_cos_mul_cos (x y : ℝ) : 2 * cos x * cos y = cos (x - y) + cos (x + y) := by
  rw [cos_sub, cos_add, Real.add_comm, (add_and_sub _ _).2, Real.mul_assoc]
theorem two_mul_sin_mul_cos (x y : ℝ) : 2 * sin x * cos y = sin (x - y) + sin (x + y) := by
  rw [sin_sub, sin_add, (add_and_sub _ _).2, Real.mul_assoc]
theorem sin_le_one (x : ℝ) : sin x ≤ 1 := (abs_le.1 (abs_sin_le_one x)).2
theorem neg_one_le_sin (x : ℝ) : -1 ≤ sin x := (abs_le.1 (abs_sin_le_one x)).1
theorem cos_le_one (x : ℝ) : cos x ≤ 1 := (abs_le.1 (abs_cos_le_one x)).2
theorem neg_one_le_cos (x : ℝ) : -1 ≤ cos x := (abs_le.1 (abs_cos_le_one x)).1
theorem sin_le {x : ℝ} (h : 0 ≤ x) : sin x ≤ x := (abs_le.1 (abs_sin_le h)).2
theorem cos_lt_cos_of_nonneg_of_le_pi {x y : ℝ} (hx : 0 ≤ x) (hy : y ≤ pi) (hxy : x < y) : cos y < cos x := by
  have ⟨⟨h1, h2⟩, h3, h4⟩ := mean_mem hx hy hxy
  exact lt_of_sub_eq (cos_sub_cos y x) (mul_pos (sin_pos_of_pos_of_lt_pi h1 h2) (sin_pos_of_pos_of_lt_pi h3 h4))
theorem cos_le_cos_of_nonneg_of_le_pi {x y : ℝ} (hx : 0 ≤ x) (hy : y ≤ pi) (hxy : x ≤ y) : cos y ≤ cos x := by
  by_cases e : x = y
  · subst e; exact Std.le_refl _
  · exact Std.le_of_lt (cos_lt_cos_of_nonneg_of_le_pi hx hy (Std.lt_of_le_of_ne hxy e))
theorem injOn_cos : Set.InjOn cos (Set.Icc 0 pi) := fun x hx y hy h => Classical.byContradiction fun c => by
  by_cases k : x < y
  · have := cos_lt_cos_of_nonneg_of_le_pi hx.1 hy.2 k; rw [h] at this; exact this.2 this.1
  · have := cos_lt_cos_of_nonneg_of_le_pi hy.1 hx.2 (Std.lt_of_le_of_ne (Std.not_lt.1 k) (Ne.symm c)); rw [h] at this; exact this.2 this.1
theorem sin_lt_sin_of_lt_of_le_pi_div_two {x y : ℝ} (hx : -(pi / 2) ≤ x) (hy : y ≤ pi / 2) (hxy : x < y) : sin x < sin y := by
  have := cos_lt_cos_of_nonneg_of_le_pi (sub_mem (Std.le_trans hx (Std.le_of_lt hxy)) hy).1 (sub_mem hx (Std.le_trans (Std.le_of_lt hxy) hy)).2 (sub_lt_sub_left' hxy)
  rwa [cos_pi_div_two_sub, cos_pi_div_two_sub] at this
theorem sin_le_sin_of_le_of_le_pi_div_two {x y : ℝ} (hx : -(pi / 2) ≤ x) (hy : y ≤ pi / 2) (hxy : x ≤ y) : sin x ≤ sin y := by
  by_cases e : x = y
  · subst e; exact Std.le_refl _
  · exact Std.le_of_lt (sin_lt_sin_of_lt_of_le_pi_div_two hx hy (Std.lt_of_le_of_ne hxy e))
theorem injOn_sin : Set.InjOn sin (Set.Icc (-(pi / 2)) (pi / 2)) := fun x hx y hy h => by
  have h1 := sub_mem hx.1 hx.2
  have h2 := sub_mem hy.1 hy.2
  have := injOn_cos (a := pi / 2 - x) h1 (b := pi / 2 - y) h2 (by rw [cos_pi_div_two_sub, cos_pi_div_two_sub, h])
  have : pi / 2 - (pi / 2 - x) = pi / 2 - (pi / 2 - y) := congrArg (pi / 2 - ·) this
  rwa [sub_sub_cancel, sub_sub_cancel] at this
theorem cos_pos_of_mem_Ioo {x : ℝ} (h : x ∈ Set.Ioo (-(pi / 2)) (pi / 2)) : 0 < cos x := by
  have h1 := h.1; have h2 := h.2
  rw [← sin_add_pi_div_two]
  have k1 := Lean.Grind.OrderedAdd.add_lt_left h1 (pi / 2)
  rw [Lean.Grind.Ring.neg_add_cancel] at k1
  have k2 := Lean.Grind.OrderedAdd.add_lt_left h2 (pi / 2)
  rw [add_halves] at k2
  exact sin_pos_of_pos_of_lt_pi k1 k2
theorem sin_nonneg_of_nonneg_of_le_pi {x : ℝ} (h0 : 0 ≤ x) (hx : x ≤ pi) : 0 ≤ sin x := by
  by_cases e : x = pi
  · rw [e, sin_pi]; exact Std.le_refl _
  · by_cases f : 0 = x
    · rw [← f, sin_zero]; exact Std.le_refl _
    · exact Std.le_of_lt (sin_pos_of_pos_of_lt_pi (Std.lt_of_le_of_ne h0 f) (Std.lt_of_le_of_ne hx e))
theorem cos_nonneg_of_neg_pi_div_two_le_of_le {x : ℝ} (h1 : -(pi / 2) ≤ x) (h2 : x ≤ pi / 2) : 0 ≤ cos x := by
  rw [← sin_pi_div_two_sub]; exact sin_nonneg_of_nonneg_of_le_pi (sub_mem h1 h2).1 (sub_mem h1 h2).2
theorem sin_neg_of_neg_of_neg_pi_lt {x : ℝ} (h0 : x < 0) (h : -pi < x) : sin x < 0 := by
  have := sin_pos_of_pos_of_lt_pi (x := -x) (Lean.Grind.OrderedAdd.neg_pos_iff.2 h0) (Lean.Grind.OrderedAdd.neg_lt_iff.1 h)
  rw [sin_neg] at this; exact Lean.Grind.OrderedAdd.neg_pos_iff.1 this
theorem cos_neg_of_pi_div_two_lt_of_lt {x : ℝ} (h1 : pi / 2 < x) (h2 : x < pi + pi / 2) : cos x < 0 := by
  have k := Lean.Grind.OrderedAdd.add_lt_left h2 (-(pi / 2))
  rw [Real.add_assoc, ← sub_eq_add_neg (pi / 2), sub_self, Real.add_zero] at k
  have := sin_pos_of_pos_of_lt_pi (Lean.Grind.OrderedAdd.sub_pos_iff.2 h1) k
  rw [sin_sub_pi_div_two] at this; exact Lean.Grind.OrderedAdd.neg_pos_iff.1 this
theorem sin_lt {x : ℝ} (h : 0 < x) : sin x < x := by
  by_cases k : x ≤ 1
  · have hx := half_pos h
    have h1 := cos_lt_of_le_two (Std.le_refl 0) hx (lt_two_of_le_one k)
    have h2 := sin_pos_of_le_two hx (lt_two_of_le_one k)
    have h3 := sin_le (Std.le_of_lt hx)
    rw [cos_zero] at h1
    rw [sin_eq_two_mul]
    have h4 := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h1 (mul_pos Pocket.two_pos h2)
    rw [Real.mul_one] at h4
    have h5 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h3 (Std.le_of_lt Pocket.two_pos)
    rw [two_mul_half] at h5
    exact Std.lt_of_lt_of_le h4 h5
  · exact Std.lt_of_le_of_lt (sin_le_one x) (Std.not_le.1 k)
theorem cos_pi_div_pos {n : ℝ} (h : 2 < n) : 0 < cos (pi / n) := cos_pos_of_mem_Ioo (third_mem h pi_pos)
theorem _root_.Pocket.mul_div_cancel' {a b : ℝ} (h : 0 < a) : a * (b / a) = b := (Real.mul_comm _ _).trans (mul_div_cancel_of_ne h.ne')
theorem _root_.Pocket.three_pos : (0 : ℝ) < 3 := natCast_lt.2 (by decide)
theorem _root_.Pocket.four_pos : (0 : ℝ) < 4 := natCast_lt.2 (by decide)
theorem _root_.Pocket.six_pos : (0 : ℝ) < 6 := natCast_lt.2 (by decide)
@[simp] theorem cos_pi_div_three : cos (pi / 3) = 1 / 2 := by
  have h := cos_three_mul (pi / 3)
  have k := cos_pi_div_pos (n := 3) (natCast_lt.2 (show 2 < 3 by decide))
  rw [mul_div_cancel' three_pos, cos_pi] at h
  generalize cos (pi / 3) = c at *
  have e : (c + 1) * ((2 * c - 1) * (2 * c - 1)) = 0 := by clear k; grobner
  have e := (Lean.Grind.Field.of_mul_eq_zero e).resolve_left (add_pos k Lean.Grind.OrderedRing.zero_lt_one).ne'
  have e := Lean.Grind.AddCommGroup.sub_eq_zero_iff.1 ((Lean.Grind.Field.of_mul_eq_zero e).elim id id)
  rw [← e, two_mul_div_two]
theorem _root_.Pocket.third_add_sixth (x : ℝ) : x / 3 + x / 6 = x / 2 := by grobner
@[simp] theorem sin_pi_div_six : sin (pi / 6) = 1 / 2 := by
  rw [← cos_pi_div_two_sub, ← third_add_sixth, add_sub_cancel, cos_pi_div_three]
@[simp] theorem cos_pi_div_six : cos (pi / 6) = sqrt 3 / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos (show (2 : ℝ) < 6 from natCast_lt.2 (by decide))) (by rw [cos_sq', sin_pi_div_six]; grobner)
@[simp] theorem sin_pi_div_three : sin (pi / 3) = sqrt 3 / 2 := by
  rw [← cos_pi_div_two_sub, ← third_add_sixth, add_sub_cancel_left, cos_pi_div_six]
theorem _root_.Pocket.two_lt_four : (2 : ℝ) < 4 := natCast_lt.2 (by decide)
theorem _root_.Pocket.half_half (x : ℝ) : x / 2 / 2 = x / 4 := by
  show x * 2⁻¹ * 2⁻¹ = x * 4⁻¹
  rw [Real.mul_assoc, ← Lean.Grind.Field.inv_mul, show (2 : ℝ) * 2 = 4 from (Lean.Grind.Semiring.ofNat_mul 2 2).symm]
@[simp] theorem cos_pi_div_four : cos (pi / 4) = sqrt 2 / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos two_lt_four) (by
    rw [cos_sq, ← half_half, two_mul_half, cos_pi_div_two]; grobner)
@[simp] theorem sin_pi_div_four : sin (pi / 4) = sqrt 2 / 2 := by
  rw [← cos_pi_div_two_sub, ← half_half, sub_half, half_half, cos_pi_div_four]
@[simp] theorem cos_pi_div_eight : cos (pi / 8) = sqrt (2 + sqrt 2) / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos (show (2 : ℝ) < 8 from natCast_lt.2 (by decide))) (by
    rw [cos_sq, show pi / 8 = pi / 4 / 2 by
      show pi * 8⁻¹ = pi * 4⁻¹ * 2⁻¹
      rw [Real.mul_assoc, ← Lean.Grind.Field.inv_mul, show (4 : ℝ) * 2 = 8 from (Lean.Grind.Semiring.ofNat_mul 4 2).symm], two_mul_half, cos_pi_div_four]; generalize sqrt 2 = r; grobner)
@[simp] theorem cos_pi_div_five : cos (pi / 5) = (1 + sqrt 5) / 4 := by
  have h := cos_three_mul (pi / 5)
  have five : (0 : ℝ) < 5 := natCast_lt.2 (by decide)
  have k := cos_pi_div_pos (n := 5) (natCast_lt.2 (show 2 < 5 by decide))
  rw [show 3 * (pi / 5) = pi - 2 * (pi / 5) by
    rw [← add_sub_cancel (3 * (pi / 5)) (2 * (pi / 5)), ← add_mul, show (3 : ℝ) + 2 = 5 from (Lean.Grind.Semiring.ofNat_add 3 2).symm, mul_div_cancel' five], cos_pi_sub, cos_two_mul] at h
  have e := five_aux h k
  have l := cos_lt_cos_of_nonneg_of_le_pi (x := pi / 5) (y := pi / 3) (Std.le_of_lt (div_pos pi_pos five)) (third_lt pi_pos).2 (third_lt pi_pos).1
  rw [cos_pi_div_three] at l
  clear h k
  generalize cos (pi / 5) = c at *
  have four := four_pos
  have one : 1 ≤ 4 * c := by
    have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Std.le_of_lt l) (Std.le_of_lt four)
    refine Std.le_trans (le_of_eq_of_le ?_ (natCast_le.2 (show 1 ≤ 2 by decide))) (le_of_eq_of_le ?_ this)
    · rfl
    · clear e l this four; grobner
  rw [sqrt_eq_of_sq (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 one) (by clear l; grobner), Real.add_comm, sub_add_cancel, Real.mul_comm]
  exact (by rw [div_eq_mul_inv, Real.mul_assoc, Real.mul_inv_cancel four.ne', Real.mul_one])
theorem tan_eq_sin_div_cos (x : ℝ) : tan x = sin x / cos x := rfl
@[simp] theorem tan_zero : tan 0 = 0 := by unfold tan; rw [sin_zero, div_eq_mul_inv, Real.zero_mul]
@[simp] theorem tan_pi : tan pi = 0 := by unfold tan; rw [sin_pi, div_eq_mul_inv, Real.zero_mul]
@[simp] theorem tan_neg (x : ℝ) : tan (-x) = -tan x := by unfold tan; rw [sin_neg, cos_neg, div_eq_mul_inv, neg_mul, ← div_eq_mul_inv]
@[simp] theorem tan_pi_div_two : tan (pi / 2) = 0 := by unfold tan; rw [cos_pi_div_two, div_eq_mul_inv, Real.inv_zero, mul_zero]
@[simp] theorem tan_pi_div_four : tan (pi / 4) = 1 := by
  unfold tan; rw [sin_pi_div_four, ← cos_pi_div_four]
  exact Real.mul_inv_cancel (cos_pi_div_pos two_lt_four).ne'
@[simp] theorem tan_pi_div_three : tan (pi / 3) = sqrt 3 := by
  unfold tan; rw [sin_pi_div_three, cos_pi_div_three]; grobner
@[simp] theorem tan_pi_div_six : tan (pi / 6) = 1 / sqrt 3 := by
  unfold tan; rw [sin_pi_div_six, cos_pi_div_six]
  exact div_div_div_cancel_right (Real.mul_inv_cancel Pocket.two_pos.ne')
theorem _root_.Pocket.neg_div_neg (a b : ℝ) : -a / -b = a / b := by
  rw [div_eq_mul_inv, Lean.Grind.Field.inv_neg, neg_mul, mul_neg, neg_neg, ← div_eq_mul_inv]
theorem tan_add_pi (x : ℝ) : tan (x + pi) = tan x := by unfold tan; rw [sin_add_pi, cos_add_pi, neg_div_neg]
theorem tan_sub_pi (x : ℝ) : tan (x - pi) = tan x := by unfold tan; rw [sin_sub_pi, cos_sub_pi, neg_div_neg]
theorem tan_pi_sub (x : ℝ) : tan (pi - x) = -tan x := by rw [sub_eq_add_neg, Real.add_comm, tan_add_pi, tan_neg]
theorem tan_pi_div_two_sub (x : ℝ) : tan (pi / 2 - x) = (tan x)⁻¹ := by unfold tan; rw [sin_pi_div_two_sub, cos_pi_div_two_sub, inv_div']
theorem tan_mul_cos {x : ℝ} (h : cos x ≠ 0) : tan x * cos x = sin x := by unfold tan; exact mul_div_cancel_of_ne h
/-- Mathlib's `Real.tan_add` says in another way, or also, where it holds. -/
theorem tan_add_of_cos_ne_zero {x y : ℝ} (hx : cos x ≠ 0) (hy : cos y ≠ 0) : tan (x + y) = (tan x + tan y) / (1 - tan x * tan y) := by
  unfold tan; rw [sin_add, cos_add]; exact div_tan hx hy
theorem tan_sub_of_cos_ne_zero {x y : ℝ} (hx : cos x ≠ 0) (hy : cos y ≠ 0) : tan (x - y) = (tan x - tan y) / (1 + tan x * tan y) := by
  rw [sub_eq_add_neg, tan_add_of_cos_ne_zero hx (by rwa [cos_neg]), tan_neg, mul_neg, sub_neg, ← sub_eq_add_neg]
theorem tan_two_mul {x : ℝ} : tan (2 * x) = 2 * tan x / (1 - tan x ^ 2) := by
  by_cases h : cos x = 0
  · unfold tan; rw [sin_two_mul, h, mul_zero, div_eq_mul_inv, div_eq_mul_inv, div_eq_mul_inv, Real.inv_zero, mul_zero, mul_zero, Real.zero_mul, Real.zero_mul]
  · rw [two_mul x, tan_add_of_cos_ne_zero h h, ← two_mul, ← pow_two]
theorem inv_one_add_tan_sq {x : ℝ} (h : cos x ≠ 0) : (1 + tan x ^ 2)⁻¹ = cos x ^ 2 := by
  have e : (1 + tan x ^ 2) * cos x ^ 2 = 1 := by
    rw [add_mul, one_mul, ← Lean.Grind.CommSemiring.mul_pow, tan_mul_cos h, cos_sq_add_sin_sq]
  exact (Lean.Grind.Field.eq_inv_of_mul_eq_one (by rw [Real.mul_comm]; exact e)).symm
theorem tan_pos_of_pos_of_lt_pi_div_two {x : ℝ} (h0 : 0 < x) (h : x < pi / 2) : 0 < tan x := by
  have p := half_pos pi_pos
  exact div_pos (sin_pos_of_pos_of_lt_pi h0 (Std.lt_trans h pi_half_lt))
    (cos_pos_of_mem_Ioo ⟨Std.lt_trans (Lean.Grind.OrderedAdd.neg_lt_iff.2 (by rwa [neg_zero])) h0, h⟩)
theorem sin_nat_mul_pi (n : Nat) : sin (n * pi) = 0 := by
  induction n with
  | zero => rw [show ((0 : Nat) : ℝ) = 0 from rfl, Lean.Grind.Semiring.zero_mul, sin_zero]
  | succ n ih => rw [natCast_succ, Lean.Grind.Semiring.right_distrib, Lean.Grind.Semiring.one_mul, sin_add_pi, ih, neg_zero]
theorem sin_int_mul_pi (n : Int) : sin (n * pi) = 0 := by
  obtain ⟨k, h | h⟩ := int_cases n
  · rw [h, sin_nat_mul_pi]
  · rw [h, neg_mul, sin_neg, sin_nat_mul_pi, neg_zero]
theorem sin_and_cos_add_int_mul_two_pi (x : ℝ) (n : Int) : sin (x + n * (2 * pi)) = sin x ∧ cos (x + n * (2 * pi)) = cos x := by
  obtain ⟨k, h | h⟩ := int_cases n
  · rw [h]; exact sin_and_cos_add_nat_mul_two_pi x k
  · have := sin_and_cos_add_nat_mul_two_pi (x + n * (2 * pi)) k
    rw [h, neg_mul, ← sub_eq_add_neg, sub_add_cancel] at this
    rw [h, neg_mul, ← sub_eq_add_neg]; exact ⟨this.1.symm, this.2.symm⟩
theorem sin_add_int_mul_two_pi (x : ℝ) (n : Int) : sin (x + n * (2 * pi)) = sin x := (sin_and_cos_add_int_mul_two_pi x n).1
theorem cos_add_int_mul_two_pi (x : ℝ) (n : Int) : cos (x + n * (2 * pi)) = cos x := (sin_and_cos_add_int_mul_two_pi x n).2
theorem cos_int_mul_two_pi (n : Int) : cos (n * (2 * pi)) = 1 := by
  have := cos_add_int_mul_two_pi 0 n
  rwa [cos_zero, zero_add] at this
theorem sin_eq_zero_iff {x : ℝ} : sin x = 0 ↔ ∃ n : Int, (n : ℝ) * pi = x := by
  refine ⟨fun h => ⟨(x / pi).floor, ?_⟩, fun ⟨n, hn⟩ => hn ▸ sin_int_mul_pi n⟩
  have ⟨h1, h2⟩ := eq_of_floor pi_pos (floor_le (x / pi)) (lt_floor_add_one (x / pi))
  have e : sin (x - ((x / pi).floor : ℝ) * pi) = 0 := by
    rw [sin_sub, h, sin_int_mul_pi, Real.zero_mul, mul_zero, sub_zero]
  generalize ((x / pi).floor : ℝ) * pi = q at *
  apply Classical.byContradiction; intro c
  have := sin_pos_of_pos_of_lt_pi (Std.lt_of_le_of_ne h1 (fun k => c (Lean.Grind.AddCommGroup.sub_eq_zero_iff.1 k.symm).symm)) h2
  rw [e] at this; exact this.2 this.1
theorem cos_eq_one_iff (x : ℝ) : cos x = 1 ↔ ∃ n : Int, (n : ℝ) * (2 * pi) = x := by
  refine ⟨fun h => ?_, fun ⟨n, hn⟩ => hn ▸ cos_int_mul_two_pi n⟩
  have e : sin (x / 2) = 0 := by
    rw [cos_eq_one_sub] at h
    have h : 1 - (1 - 2 * sin (x / 2) ^ 2) = 1 - 1 := congrArg (1 - ·) h
    rw [sub_sub_cancel, sub_self] at h
    exact Lean.Grind.Field.of_pow_eq_zero _ 2 ((Lean.Grind.Field.of_mul_eq_zero h).resolve_left Pocket.two_pos.ne')
  obtain ⟨n, hn⟩ := sin_eq_zero_iff.1 e
  exact ⟨n, by rw [mul_left_comm, hn, two_mul_half]⟩
theorem cos_eq_zero_iff {x : ℝ} : cos x = 0 ↔ ∃ k : Int, x = (2 * k + 1) * pi / 2 := by
  rw [← sin_add_pi_div_two, sin_eq_zero_iff]
  constructor
  · rintro ⟨n, hn⟩
    refine ⟨n - 1, ?_⟩
    rw [show ((n - 1 : Int) : ℝ) = n - 1 from Lean.Grind.Ring.intCast_sub n 1]; grobner
  · rintro ⟨n, rfl⟩
    refine ⟨n + 1, ?_⟩
    rw [intCast_add, intCast_one, add_mul, one_mul, add_mul, one_mul, div_eq_mul_inv, add_mul, Real.mul_assoc 2, ← div_eq_mul_inv, two_mul_div_two,
      Real.add_assoc, ← div_eq_mul_inv, add_halves]
theorem lt_pi_div_two {x : ℝ} (hx : x ≤ 2) (h : 0 < cos x) : x < pi / 2 := by
  apply Classical.byContradiction; intro c
  by_cases e : pi / 2 = x
  · rw [← e, cos_pi_div_two] at h; exact h.2 h.1
  · have := cos_lt_of_le_two (Std.le_of_lt (half_pos pi_pos)) (Std.lt_of_le_of_ne (Std.not_lt.1 c) e) hx
    rw [cos_pi_div_two] at this
    exact h.2 this.1
theorem pi_div_two_lt {x : ℝ} (hx : 0 ≤ x) (h : cos x < 0) : pi / 2 < x := by
  apply Classical.byContradiction; intro c
  have := cos_le_cos_of_nonneg_of_le_pi hx (Std.le_of_lt pi_half_lt) (Std.not_lt.1 c)
  rw [cos_pi_div_two] at this
  exact h.2 this
theorem le_cos_two_mul {x c : ℝ} (h0 : 0 ≤ c) (h : c ≤ cos x) : 2 * c ^ 2 - 1 ≤ cos (2 * x) := by
  have := mul_le_mul h h h0 (Std.le_trans h0 h)
  rw [← pow_two, ← pow_two] at this
  rw [cos_two_mul]; exact Lean.Grind.OrderedAdd.add_le_left (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left this (Std.le_of_lt Pocket.two_pos)) _
theorem ratCast_le_cos {q x d y : Rat} (h : (q : ℝ) ≤ cos x) (h0 : 0 ≤ q) (e : 2 * x = y) (k : d ≤ 2 * q * q - 1) : (d : ℝ) ≤ cos y := by
  have h1 := le_cos_two_mul (ratCast_le.2 h0) h
  have h2 := ratCast_le.2 k
  rw [ratCast_sub, ratCast_mul, ratCast_mul] at h2
  rw [← e, ratCast_mul]
  exact Std.le_trans h2 (le_of_eq_of_le (by rw [Lean.Grind.Semiring.pow_two, ← Lean.Grind.Semiring.mul_assoc]; rfl) h1)
theorem ratCast_le_cos_of_le {x d : Rat} (h : 0 ≤ x) (k : d ≤ 1 - x * x / 2) : (d : ℝ) ≤ cos x := by
  have h1 := one_sub_le_cos_of_nonneg (ratCast_le.2 h)
  have h2 := ratCast_le.2 k
  rw [ratCast_sub, ratCast_div, ratCast_mul] at h2
  exact Std.le_trans h2 (le_of_eq_of_le (by rw [Lean.Grind.Semiring.pow_two]; rfl) h1)
theorem _root_.Pocket.cos_step {q x d y : Rat} (h : (q : ℝ) ≤ cos x) (k : 0 ≤ q ∧ 2 * x = y ∧ d ≤ 2 * q * q - 1) : (d : ℝ) ≤ cos y :=
  ratCast_le_cos h k.1 k.2.1 k.2.2
theorem cos_157_pos : 0 < cos ((157 / 100 : Rat) : ℝ) := by
  have h := ratCast_le_cos_of_le (x := 157 / 3200) (d := 998796 / 1000000) (by decide +kernel) (by decide +kernel)
  have h := cos_step (y := 157 / 1600) (d := 995186 / 1000000) h (by decide +kernel)
  have h := cos_step (y := 157 / 800) (d := 980790 / 1000000) h (by decide +kernel)
  have h := cos_step (y := 157 / 400) (d := 923898 / 1000000) h (by decide +kernel)
  have h := cos_step (y := 157 / 200) (d := 707175 / 1000000) h (by decide +kernel)
  have h := cos_step (y := 157 / 100) (d := 1 / 10000) h (by decide +kernel)
  exact Std.lt_of_lt_of_le (ratCast_lt.2 (show (0 : Rat) < 1 / 10000 by decide +kernel)) h
theorem cos_lt_of_le {a b c x : Rat} (ha : (a : ℝ) ≤ cos x) (ha0 : 0 ≤ a) (h : cos x ≤ (b : ℝ)) (k : 2 * b * b - 1 < c) : cos (2 * x) < c := by
  have h3 := mul_le_mul h h (Std.le_trans (ratCast_le.2 ha0) ha) (Std.le_trans (Std.le_trans (ratCast_le.2 ha0) ha) h)
  have h2 := ratCast_lt.2 k
  rw [ratCast_sub, ratCast_mul, ratCast_mul, Real.mul_assoc] at h2
  rw [cos_two_mul, pow_two]
  exact Std.lt_of_le_of_lt (Lean.Grind.OrderedAdd.add_le_left (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h3 (Std.le_of_lt Pocket.two_pos)) _) h2
theorem _root_.Pocket.ratCast_cos_le {x d : Rat} (h : 0 < x ∧ x ≤ 2 ∧ 1 - x * x / 2 + x * x * (x * x) / 24 ≤ d) : cos (x : ℝ) ≤ d := by
  have k := ratCast_le.2 h.2.2
  rw [ratCast_add, ratCast_sub, ratCast_div, ratCast_div, ratCast_mul (x * x), ratCast_mul x x] at k
  refine Std.le_trans (cos_le_of_le_two (ratCast_lt.2 h.1) (ratCast_le.2 h.2.1)) (le_of_eq_of_le ?_ k)
  rw [Lean.Grind.Semiring.pow_add (x : ℝ) 2 2, pow_two]; rfl
theorem cos_1575_neg : cos ((63 / 40 : Rat) : ℝ) < 0 := by
  have h := ratCast_cos_le (x := 63 / 80) (d := 706 / 1000) (by decide +kernel)
  have k := ratCast_le_cos_of_le (x := 63 / 80) (d := 68 / 100) (by decide +kernel) (by decide +kernel)
  have h := cos_lt_of_le k (by decide +kernel) h (c := 0) (by decide +kernel)
  rw [show (63 / 40 : Rat) = 2 * (63 / 80) by decide +kernel, ratCast_mul]; exact h
theorem pi_gt_d2 : 3.14 < pi := by
  have h := lt_pi_div_two (ratCast_le.2 (show (157 / 100 : Rat) ≤ 2 by decide +kernel)) cos_157_pos
  have h := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h Pocket.two_pos
  rw [two_mul_half] at h
  have e : (3.14 : ℝ) = ((2 * (157 / 100) : Rat) : ℝ) := congrArg Rat.cast (show (3.14 : Rat) = 2 * (157 / 100) by decide +kernel)
  rw [e, ratCast_mul]; exact h
theorem pi_lt_d2 : pi < 3.15 := by
  have h := pi_div_two_lt (x := ((63 / 40 : Rat) : ℝ)) (ratCast_le.2 (show (0 : Rat) ≤ 63 / 40 by decide +kernel)) cos_1575_neg
  have h := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h Pocket.two_pos
  rw [two_mul_half] at h
  have e : (3.15 : ℝ) = ((2 * (63 / 40) : Rat) : ℝ) := congrArg Rat.cast (show (3.15 : Rat) = 2 * (63 / 40) by decide +kernel)
  rw [e, ratCast_mul]; exact h
theorem pi_gt_three : 3 < pi := Std.lt_trans (ratCast_lt.2 (show (3 : Rat) < 3.14 by decide +kernel)) pi_gt_d2
theorem pi_le_four : pi ≤ 4 := Std.le_of_lt (Std.lt_trans pi_lt_d2 (ratCast_lt.2 (show (3.15 : Rat) < 4 by decide +kernel)))
theorem one_sub_sq_div_two_le_cos {x : ℝ} : 1 - x ^ 2 / 2 ≤ cos x := by
  by_cases h : 0 ≤ x
  · exact one_sub_le_cos_of_nonneg h
  · have := one_sub_le_cos_of_nonneg (nonneg_neg h)
    rwa [cos_neg, pow_two, neg_mul, mul_neg, neg_neg, ← pow_two] at this
attribute [simp] sin_neg cos_neg sin_sq_add_cos_sq cos_sq_add_sin_sq sin_add_pi cos_add_pi sin_sub_pi cos_sub_pi sin_pi_sub cos_pi_sub
attribute [simp] sin_add_two_pi cos_add_two_pi sin_sub_two_pi cos_sub_two_pi sin_two_pi_sub cos_two_pi_sub tan_add_pi tan_sub_pi tan_pi_sub
attribute [simp] sin_nat_mul_pi sin_int_mul_pi cos_int_mul_two_pi
attribute [grind =] sin_neg cos_neg sin_add cos_add sin_sub cos_sub sin_two_mul cos_two_mul sin_three_mul cos_three_mul tan_eq_sin_div_cos
/- No `grind =` at the values: `grind` would put every one of them into every goal, and compare their angles with those of the goal. -/
grind_pattern sin_sq_add_cos_sq => sin x
grind_pattern sin_le_one => sin x
grind_pattern neg_one_le_sin => sin x
grind_pattern cos_le_one => cos x
grind_pattern neg_one_le_cos => cos x
grind_pattern pi_gt_three => pi
grind_pattern pi_le_four => pi
end Real

namespace Complex
/-- Mathlib: `Complex.exp`, there a series; this is its polar form. -/
def exp (z : ℂ) : ℂ := ⟨Real.exp z.re * Real.cos z.im, Real.exp z.re * Real.sin z.im⟩
@[simp, grind =] theorem exp_re (z : ℂ) : (exp z).re = Real.exp z.re * Real.cos z.im := rfl
@[simp, grind =] theorem exp_im (z : ℂ) : (exp z).im = Real.exp z.re * Real.sin z.im := rfl
@[simp] theorem exp_zero : exp 0 = 1 :=
  Complex.ext (by rw [exp_re, zero_re, zero_im, Real.exp_zero, Real.cos_zero, Real.mul_one, one_re])
    (by rw [exp_im, zero_re, zero_im, Real.exp_zero, Real.sin_zero, Pocket.mul_zero, one_im])
theorem exp_add (z w : ℂ) : exp (z + w) = exp z * exp w := by
  have swap (a b : ℝ) : Real.exp z.re * Real.exp w.re * (a * b) = Real.exp z.re * a * (Real.exp w.re * b) := by
    rw [Real.mul_assoc, Real.mul_assoc, Pocket.mul_left_comm a]
  refine Complex.ext ?_ ?_
  · rw [exp_re, add_re, add_im, Real.exp_add, Real.cos_add, mul_re, exp_re, exp_re, exp_im, exp_im, Pocket.mul_sub, swap, swap]
  · rw [exp_im, add_re, add_im, Real.exp_add, Real.sin_add, mul_im, exp_re, exp_re, exp_im, exp_im, Real.left_distrib, swap, swap]
    exact Real.add_comm _ _
theorem exp_pi_mul_I : exp (Real.pi * I) = -1 := by
  have h1 : ((Real.pi : ℂ) * I).re = 0 := by
    show Real.pi * 0 - 0 * 1 = 0; rw [Pocket.mul_zero, Real.zero_mul, Pocket.sub_zero]
  have h2 : ((Real.pi : ℂ) * I).im = Real.pi := by
    show Real.pi * 1 + 0 * 0 = Real.pi; rw [Real.mul_one, Pocket.mul_zero, Real.add_zero]
  exact Complex.ext (by rw [exp_re, h1, h2, Real.exp_zero, Real.cos_pi, Pocket.one_mul, neg_re, one_re])
    (by rw [exp_im, h1, h2, Real.exp_zero, Real.sin_pi, Pocket.mul_zero, neg_im, one_im, Pocket.neg_zero])
theorem exp_ne_zero (z : ℂ) : exp z ≠ 0 := fun h => by
  have e := exp_add z (-z)
  rw [h, Lean.Grind.Semiring.zero_mul, ← Lean.Grind.Ring.sub_eq_add_neg, Lean.Grind.AddCommGroup.sub_self, exp_zero] at e
  exact Lean.Grind.Field.zero_ne_one e.symm
end Complex
end
