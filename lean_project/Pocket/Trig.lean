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
  rw [Lean.Grind.Ring.sub_eq_add_neg, cos_add, cos_neg, sin_neg]; grind only
theorem sin_sub (x y : ℝ) : sin (x - y) = sin x * cos y - cos x * sin y := by
  rw [Lean.Grind.Ring.sub_eq_add_neg, sin_add, cos_neg, sin_neg]; grind only
theorem cos_sq_add_sin_sq (x : ℝ) : cos x ^ 2 + sin x ^ 2 = 1 := by
  have h := cos_sub x x
  rw [Lean.Grind.AddCommGroup.sub_self, cos_zero] at h
  rw [Lean.Grind.Semiring.pow_two, Lean.Grind.Semiring.pow_two, h]
theorem sin_sq_add_cos_sq (x : ℝ) : sin x ^ 2 + cos x ^ 2 = 1 := by
  rw [Lean.Grind.AddCommMonoid.add_comm, cos_sq_add_sin_sq]
theorem sin_two_mul (x : ℝ) : sin (2 * x) = 2 * sin x * cos x := by
  rw [show 2 * x = x + x by grind only, sin_add]; grind only
theorem cos_two_mul' (x : ℝ) : cos (2 * x) = cos x ^ 2 - sin x ^ 2 := by
  rw [show 2 * x = x + x by grind only, cos_add]; grind only
theorem cos_two_mul (x : ℝ) : cos (2 * x) = 2 * cos x ^ 2 - 1 := by
  rw [cos_two_mul']; have := sin_sq_add_cos_sq x; grind only
theorem cos_eq_one_sub (x : ℝ) : cos x = 1 - 2 * sin (x / 2) ^ 2 := by
  have h := cos_two_mul' (x / 2); have := sin_sq_add_cos_sq (x / 2)
  rw [show 2 * (x / 2) = x by grind] at h; rw [h]; grind only
theorem sin_eq_two_mul (x : ℝ) : sin x = 2 * sin (x / 2) * cos (x / 2) := by
  rw [← sin_two_mul, show 2 * (x / 2) = x by grind]
theorem abs_cos_le_one (x : ℝ) : abs (cos x) ≤ 1 := abs_le_one (cos_sq_add_sin_sq x)
theorem abs_sin_le_one (x : ℝ) : abs (sin x) ≤ 1 := abs_le_one (sin_sq_add_cos_sq x)
theorem abs_sin_le {x : ℝ} (h : 0 ≤ x) : abs (sin x) ≤ x := by
  refine le_of_sub_nonneg (nonneg_of_halving (g := fun x => x - abs (sin x)) (C := 16) (fun x hx => ?_) (fun x h0 h1 => ?_) h)
  · show 2 * (x / 2 - abs (sin (x / 2))) ≤ x - abs (sin x)
    rw [sin_eq_two_mul x, abs_mul, abs_mul, abs_of_nonneg (Std.le_of_lt two_pos)]
    exact two_mul_half_sub_le (mul_le_mul (Std.le_refl (abs (sin (x / 2)))) (abs_cos_le_one (x / 2)) (abs_nonneg _) (abs_nonneg _))
  · have := Std.le_trans (abs_add_le (sin x - x) x) (Lean.Grind.OrderedAdd.add_le_left (abs_cis_im_sub_le h0 h1) _)
    rw [abs_of_nonneg h0, Lean.Grind.AddCommGroup.sub_add_cancel] at this
    exact neg_le_sub_of this
theorem sin_sq_le {x : ℝ} (h : 0 ≤ x) : sin x ^ 2 ≤ x ^ 2 := by
  have := mul_le_mul (abs_sin_le h) (abs_sin_le h) (abs_nonneg _) h
  rwa [← abs_mul, abs_of_nonneg (mul_self_nonneg _), ← Lean.Grind.Semiring.pow_two, ← Lean.Grind.Semiring.pow_two] at this
theorem one_sub_le_cos_of_nonneg {x : ℝ} (h : 0 ≤ x) : 1 - x ^ 2 / 2 ≤ cos x := by
  have := sin_sq_le (half_nonneg h)
  rw [cos_eq_one_sub]; generalize sin (x / 2) = s at *; clear h; grind only
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
theorem cos_two_neg : cos 2 < 0 := Std.lt_of_le_of_lt (cos_le_of_le_two two_pos (Std.le_refl _)) (by grind only)
theorem cos_one_pos : 0 < cos 1 :=
  Std.lt_of_lt_of_le (by grind only) (one_sub_le_cos_of_nonneg (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one))
theorem cos_sub_cos (x y : ℝ) : cos x - cos y = -2 * sin ((x + y) / 2) * sin ((x - y) / 2) := by
  have h1 := cos_add ((x + y) / 2) ((x - y) / 2)
  have h2 := cos_sub ((x + y) / 2) ((x - y) / 2)
  rw [show (x + y) / 2 + (x - y) / 2 = x by grind] at h1
  rw [show (x + y) / 2 - (x - y) / 2 = y by grind] at h2
  rw [h1, h2]; grind only
theorem cos_lt_of_le_two {x y : ℝ} (h : 0 ≤ x) (hxy : x < y) (h2 : y ≤ 2) : cos y < cos x := by
  have ⟨⟨h1, h2⟩, h3, h4⟩ := mean_mem h h2 hxy
  exact lt_of_sub_eq (cos_sub_cos y x) (mul_pos (sin_pos_of_le_two h1 (Std.le_of_lt h2)) (sin_pos_of_le_two h3 (Std.le_of_lt h4)))
theorem cos_sub_cos_le {x y : ℝ} (h : y ≤ x) : cos y - cos x ≤ x - y := by
  have k := mul_le_mul (abs_sin_le_one ((x + y) / 2)) (abs_sin_le (half_nonneg (x := x - y) (by grind only))) (abs_nonneg _) (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one)
  rw [← abs_mul] at k
  exact sub_le_of_sub_eq (cos_sub_cos x y) (abs_le.1 k).2
theorem exists_cos_eq_zero : ∃ x, 0 < x ∧ x < 2 ∧ cos x = 0 := by
  have z := Std.le_of_lt (Lean.Grind.OrderedRing.zero_lt_one (R := ℝ))
  have one : 0 ≤ (1 : ℝ) ∧ (1 : ℝ) ≤ 2 ∧ 0 < cos 1 := ⟨z, by grind only, cos_one_pos⟩
  obtain ⟨L, h1, h2⟩ := exists_sup (S := fun t => 0 ≤ t ∧ t ≤ 2 ∧ 0 < cos t) one fun s hs => hs.2.1
  have h0 := h1 1 one
  have hL : L ≤ 2 := h2 2 fun s hs => hs.2.1
  have up : ¬ 0 < cos L := fun k => by
    have b := half_bounds (L := L) k
    exact b.2 (h1 _ ⟨Std.le_trans (Std.le_trans z h0) b.1, add_half_le (cos_sub_cos_le hL) cos_two_neg k, pos_of_near k (cos_sub_cos_le b.1)⟩)
  have down : ¬ cos L < 0 := fun k => by
    have := h2 (L + cos L / 2) fun s hs => le_add_half k hs.2.2 (cos_sub_cos_le (h1 s hs))
    clear h1 h2; grind only
  have e : cos L = 0 := eq_of_le_of_le (Std.not_lt.1 up) (Std.not_lt.1 down)
  exact ⟨L, Std.lt_of_lt_of_le Lean.Grind.OrderedRing.zero_lt_one h0, Std.lt_of_le_of_ne hL fun k => by rw [k] at e; exact (e ▸ cos_two_neg).2 (e ▸ Std.le_refl _), e⟩
theorem sin_pos_of_cos_eq_zero {c x : ℝ} (hc : cos c = 0) (h2 : c < 2) (h0 : 0 < x) (hx : x < 2 * c) : 0 < sin x := by
  have h := half_pos h0
  have k := half_lt hx
  have l := Std.le_of_lt (Std.lt_trans k h2)
  rw [sin_eq_two_mul]
  exact mul_pos (mul_pos two_pos (sin_pos_of_le_two h l)) (hc ▸ cos_lt_of_le_two (Std.le_of_lt h) k (Std.le_of_lt h2))
theorem exists_pi : ∃ p, IsLeast { x | 0 < x ∧ sin x = 0 } p := by
  obtain ⟨c, h0, h2, hc⟩ := exists_cos_eq_zero
  refine ⟨2 * c, ⟨mul_pos two_pos h0, by rw [sin_two_mul, hc, Lean.Grind.Semiring.mul_zero]⟩, fun x hx => Classical.byContradiction fun k => ?_⟩
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
  have h := isLeast_pi.2 (show 0 < 2 * c ∧ sin (2 * c) = 0 from ⟨mul_pos two_pos h0, by rw [sin_two_mul, hc, Lean.Grind.Semiring.mul_zero]⟩)
  have : ¬ pi < 2 * c := fun k => by
    have := sin_pos_of_cos_eq_zero hc h2 pi_pos k
    rw [sin_pi] at this
    exact this.2 this.1
  clear hc
  grind only
theorem cos_pi_div_two_and : cos (pi / 2) = 0 ∧ pi / 2 < 2 := by
  obtain ⟨c, h0, h2, hc⟩ := exists_cos_eq_zero
  rw [← eq_pi_div_two h0 h2 hc]; exact ⟨hc, h2⟩
@[simp] theorem cos_pi_div_two : cos (pi / 2) = 0 := cos_pi_div_two_and.1
theorem sin_pos_of_pos_of_lt_pi {x : ℝ} (h0 : 0 < x) (hx : x < pi) : 0 < sin x :=
  sin_pos_of_cos_eq_zero cos_pi_div_two cos_pi_div_two_and.2 h0 (by grind only)
@[simp] theorem sin_pi_div_two : sin (pi / 2) = 1 := by
  have h := sin_sq_add_cos_sq (pi / 2)
  have := sin_pos_of_pos_of_lt_pi (half_pos pi_pos) (half_lt (by have := pi_pos; grind only))
  rw [cos_pi_div_two] at h
  generalize sin (pi / 2) = s at *
  have k : s + 1 ≠ 0 := by clear h; grind only
  have : (s - 1) * (s + 1) = 0 := by grobner
  clear h; grind only
@[simp] theorem cos_pi : cos pi = -1 := by
  have h := cos_two_mul (pi / 2)
  rw [cos_pi_div_two, show 2 * (pi / 2) = pi by grobner] at h
  rw [h]; grobner
theorem sin_add_pi (x : ℝ) : sin (x + pi) = -sin x := by rw [sin_add, cos_pi, sin_pi]; grobner
theorem cos_add_pi (x : ℝ) : cos (x + pi) = -cos x := by rw [cos_add, cos_pi, sin_pi]; grobner
theorem sin_sub_pi (x : ℝ) : sin (x - pi) = -sin x := by rw [sin_sub, cos_pi, sin_pi]; grobner
theorem cos_sub_pi (x : ℝ) : cos (x - pi) = -cos x := by rw [cos_sub, cos_pi, sin_pi]; grobner
theorem sin_pi_sub (x : ℝ) : sin (pi - x) = sin x := by rw [sin_sub, cos_pi, sin_pi]; grobner
theorem cos_pi_sub (x : ℝ) : cos (pi - x) = -cos x := by rw [cos_sub, cos_pi, sin_pi]; grobner
theorem sin_add_pi_div_two (x : ℝ) : sin (x + pi / 2) = cos x := by rw [sin_add, cos_pi_div_two, sin_pi_div_two]; grobner
theorem cos_add_pi_div_two (x : ℝ) : cos (x + pi / 2) = -sin x := by rw [cos_add, cos_pi_div_two, sin_pi_div_two]; grobner
theorem sin_sub_pi_div_two (x : ℝ) : sin (x - pi / 2) = -cos x := by rw [sin_sub, cos_pi_div_two, sin_pi_div_two]; grobner
theorem cos_sub_pi_div_two (x : ℝ) : cos (x - pi / 2) = sin x := by rw [cos_sub, cos_pi_div_two, sin_pi_div_two]; grobner
theorem sin_pi_div_two_sub (x : ℝ) : sin (pi / 2 - x) = cos x := by rw [sin_sub, cos_pi_div_two, sin_pi_div_two]; grobner
theorem cos_pi_div_two_sub (x : ℝ) : cos (pi / 2 - x) = sin x := by rw [cos_sub, cos_pi_div_two, sin_pi_div_two]; grobner
@[simp] theorem sin_two_pi : sin (2 * pi) = 0 := by rw [sin_two_mul, sin_pi]; grobner
@[simp] theorem cos_two_pi : cos (2 * pi) = 1 := by rw [cos_two_mul, cos_pi]; grobner
theorem sin_add_two_pi (x : ℝ) : sin (x + 2 * pi) = sin x := by rw [sin_add, cos_two_pi, sin_two_pi]; grobner
theorem cos_add_two_pi (x : ℝ) : cos (x + 2 * pi) = cos x := by rw [cos_add, cos_two_pi, sin_two_pi]; grobner
theorem sin_sub_two_pi (x : ℝ) : sin (x - 2 * pi) = sin x := by rw [sin_sub, cos_two_pi, sin_two_pi]; grobner
theorem cos_sub_two_pi (x : ℝ) : cos (x - 2 * pi) = cos x := by rw [cos_sub, cos_two_pi, sin_two_pi]; grobner
theorem sin_two_pi_sub (x : ℝ) : sin (2 * pi - x) = -sin x := by rw [sin_sub, cos_two_pi, sin_two_pi]; grobner
theorem cos_two_pi_sub (x : ℝ) : cos (2 * pi - x) = cos x := by rw [cos_sub, cos_two_pi, sin_two_pi]; grobner
theorem sin_and_cos_add_nat_mul_two_pi (x : ℝ) (n : Nat) : sin (x + n * (2 * pi)) = sin x ∧ cos (x + n * (2 * pi)) = cos x := by
  induction n with
  | zero => rw [show x + ((0 : Nat) : ℝ) * (2 * pi) = x by rw [show ((0 : Nat) : ℝ) = 0 from rfl]; grobner]; exact ⟨rfl, rfl⟩
  | succ n ih =>
    rw [show x + ((n + 1 : Nat) : ℝ) * (2 * pi) = x + n * (2 * pi) + 2 * pi by rw [natCast_succ]; grobner, sin_add_two_pi, cos_add_two_pi]; exact ih
theorem sin_add_nat_mul_two_pi (x : ℝ) (n : Nat) : sin (x + n * (2 * pi)) = sin x := (sin_and_cos_add_nat_mul_two_pi x n).1
theorem cos_add_nat_mul_two_pi (x : ℝ) (n : Nat) : cos (x + n * (2 * pi)) = cos x := (sin_and_cos_add_nat_mul_two_pi x n).2
theorem cos_sq (x : ℝ) : cos x ^ 2 = 1 / 2 + cos (2 * x) / 2 := by rw [cos_two_mul]; grobner
theorem sin_sq (x : ℝ) : sin x ^ 2 = 1 - cos x ^ 2 := by rw [← sin_sq_add_cos_sq x]; grobner
theorem cos_sq' (x : ℝ) : cos x ^ 2 = 1 - sin x ^ 2 := by rw [← sin_sq_add_cos_sq x]; grobner
theorem sin_sq_eq_half_sub (x : ℝ) : sin x ^ 2 = 1 / 2 - cos (2 * x) / 2 := by rw [sin_sq, cos_sq]; grobner
theorem cos_three_mul (x : ℝ) : cos (3 * x) = 4 * cos x ^ 3 - 3 * cos x := by
  have h := sin_sq_add_cos_sq x
  rw [show 3 * x = 2 * x + x by grobner, cos_add, cos_two_mul, sin_two_mul]; grobner
theorem sin_three_mul (x : ℝ) : sin (3 * x) = 3 * sin x - 4 * sin x ^ 3 := by
  have h := sin_sq_add_cos_sq x
  rw [show 3 * x = 2 * x + x by grobner, sin_add, cos_two_mul, sin_two_mul]; grobner
theorem sin_sub_sin (x y : ℝ) : sin x - sin y = 2 * sin ((x - y) / 2) * cos ((x + y) / 2) := by
  have h1 := sin_add ((x + y) / 2) ((x - y) / 2)
  have h2 := sin_sub ((x + y) / 2) ((x - y) / 2)
  rw [show (x + y) / 2 + (x - y) / 2 = x by grobner] at h1
  rw [show (x + y) / 2 - (x - y) / 2 = y by grobner] at h2
  rw [h1, h2]; grobner
theorem sin_add_sin (x y : ℝ) : sin x + sin y = 2 * sin ((x + y) / 2) * cos ((x - y) / 2) := by
  have h := sin_sub_sin x (-y)
  rwa [sin_neg, show sin x - -sin y = sin x + sin y by grobner, show x - -y = x + y by grobner, show x + -y = x - y by grobner] at h
theorem cos_add_cos (x y : ℝ) : cos x + cos y = 2 * cos ((x + y) / 2) * cos ((x - y) / 2) := by
  have h1 := cos_add ((x + y) / 2) ((x - y) / 2)
  have h2 := cos_sub ((x + y) / 2) ((x - y) / 2)
  rw [show (x + y) / 2 + (x - y) / 2 = x by grobner] at h1
  rw [show (x + y) / 2 - (x - y) / 2 = y by grobner] at h2
  rw [h1, h2]; grobner
theorem two_mul_sin_mul_sin (x y : ℝ) : 2 * sin x * sin y = cos (x - y) - cos (x + y) := by rw [cos_sub, cos_add]; grobner
theorem two_mul_cos_mul_cos (x y : ℝ) : 2 * cos x * cos y = cos (x - y) + cos (x + y) := by rw [cos_sub, cos_add]; grobner
theorem two_mul_sin_mul_cos (x y : ℝ) : 2 * sin x * cos y = sin (x - y) + sin (x + y) := by rw [sin_sub, sin_add]; grobner
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
  clear h h1 h2 hx hy; grobner
theorem cos_pos_of_mem_Ioo {x : ℝ} (h : x ∈ Set.Ioo (-(pi / 2)) (pi / 2)) : 0 < cos x := by
  have h1 := h.1; have h2 := h.2
  rw [← sin_add_pi_div_two]
  exact sin_pos_of_pos_of_lt_pi (by clear h h2; grind only) (by clear h h1; grind only)
theorem sin_nonneg_of_nonneg_of_le_pi {x : ℝ} (h0 : 0 ≤ x) (hx : x ≤ pi) : 0 ≤ sin x := by
  by_cases e : x = pi
  · rw [e, sin_pi]; exact Std.le_refl _
  · by_cases f : 0 = x
    · rw [← f, sin_zero]; exact Std.le_refl _
    · exact Std.le_of_lt (sin_pos_of_pos_of_lt_pi (Std.lt_of_le_of_ne h0 f) (Std.lt_of_le_of_ne hx e))
theorem cos_nonneg_of_neg_pi_div_two_le_of_le {x : ℝ} (h1 : -(pi / 2) ≤ x) (h2 : x ≤ pi / 2) : 0 ≤ cos x := by
  rw [← sin_pi_div_two_sub]; exact sin_nonneg_of_nonneg_of_le_pi (sub_mem h1 h2).1 (sub_mem h1 h2).2
theorem sin_neg_of_neg_of_neg_pi_lt {x : ℝ} (h0 : x < 0) (h : -pi < x) : sin x < 0 := by
  have := sin_pos_of_pos_of_lt_pi (x := -x) (by clear h; grind only) (by clear h0; grind only)
  rw [sin_neg] at this; generalize sin x = s at *; clear h h0; grind only
theorem cos_neg_of_pi_div_two_lt_of_lt {x : ℝ} (h1 : pi / 2 < x) (h2 : x < pi + pi / 2) : cos x < 0 := by
  have := sin_pos_of_pos_of_lt_pi (x := x - pi / 2) (by clear h2; grind only) (by clear h1; grind only)
  rw [sin_sub_pi_div_two] at this; generalize cos x = s at *; clear h1 h2; grind only
theorem sin_lt {x : ℝ} (h : 0 < x) : sin x < x := by
  by_cases k : x ≤ 1
  · have hx := half_pos h
    have h1 := cos_lt_of_le_two (Std.le_refl 0) hx (lt_two_of_le_one k)
    have h2 := sin_pos_of_le_two hx (lt_two_of_le_one k)
    have h3 := sin_le (Std.le_of_lt hx)
    rw [cos_zero] at h1
    rw [sin_eq_two_mul]
    clear hx k
    generalize sin (x / 2) = s at *; generalize cos (x / 2) = c at *
    have := mul_pos h2 (show 0 < 1 - c by clear h3 h2; grind only)
    grind only
  · exact Std.lt_of_le_of_lt (sin_le_one x) (Std.not_le.1 k)
theorem cos_pi_div_pos {n : ℝ} (h : 2 < n) : 0 < cos (pi / n) := cos_pos_of_mem_Ioo (third_mem h pi_pos)
@[simp] theorem cos_pi_div_three : cos (pi / 3) = 1 / 2 := by
  have h := cos_three_mul (pi / 3)
  have k := cos_pi_div_pos (n := 3) (by grind only)
  rw [show 3 * (pi / 3) = pi by grobner, cos_pi] at h
  generalize cos (pi / 3) = c at *
  have k : c + 1 ≠ 0 := by clear h; grind only
  have e : (c + 1) * ((2 * c - 1) * (2 * c - 1)) = 0 := by grobner
  clear h; grind only
@[simp] theorem sin_pi_div_six : sin (pi / 6) = 1 / 2 := by
  rw [← cos_pi_div_two_sub, show pi / 2 - pi / 6 = pi / 3 by grobner, cos_pi_div_three]
@[simp] theorem cos_pi_div_six : cos (pi / 6) = sqrt 3 / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos (by grind only)) (by rw [cos_sq', sin_pi_div_six]; grobner)
@[simp] theorem sin_pi_div_three : sin (pi / 3) = sqrt 3 / 2 := by
  rw [← cos_pi_div_two_sub, show pi / 2 - pi / 3 = pi / 6 by grobner, cos_pi_div_six]
@[simp] theorem cos_pi_div_four : cos (pi / 4) = sqrt 2 / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos (by grind only)) (by rw [cos_sq, show 2 * (pi / 4) = pi / 2 by grobner, cos_pi_div_two]; grobner)
@[simp] theorem sin_pi_div_four : sin (pi / 4) = sqrt 2 / 2 := by
  rw [← cos_pi_div_two_sub, show pi / 2 - pi / 4 = pi / 4 by grobner, cos_pi_div_four]
@[simp] theorem cos_pi_div_eight : cos (pi / 8) = sqrt (2 + sqrt 2) / 2 :=
  eq_sqrt_div_two (cos_pi_div_pos (by grind only)) (by rw [cos_sq, show 2 * (pi / 8) = pi / 4 by grobner, cos_pi_div_four]; grobner)
@[simp] theorem cos_pi_div_five : cos (pi / 5) = (1 + sqrt 5) / 4 := by
  have h := cos_three_mul (pi / 5)
  have k := cos_pi_div_pos (n := 5) (by grind only)
  rw [show 3 * (pi / 5) = pi - 2 * (pi / 5) by clear h k; grobner, cos_pi_sub, cos_two_mul] at h
  have e := five_aux h k
  have l := cos_lt_cos_of_nonneg_of_le_pi (x := pi / 5) (y := pi / 3) (Std.le_of_lt (div_pos pi_pos (by grind only))) (third_lt pi_pos).2 (third_lt pi_pos).1
  rw [cos_pi_div_three] at l
  clear h k
  generalize cos (pi / 5) = c at *
  rw [sqrt_eq_of_sq (y := 4 * c - 1) (by clear e; grind only) (by clear l; grobner)]; clear e l; grobner
theorem tan_eq_sin_div_cos (x : ℝ) : tan x = sin x / cos x := rfl
@[simp] theorem tan_zero : tan 0 = 0 := by unfold tan; rw [sin_zero]; grobner
@[simp] theorem tan_pi : tan pi = 0 := by unfold tan; rw [sin_pi]; grobner
@[simp] theorem tan_neg (x : ℝ) : tan (-x) = -tan x := by unfold tan; rw [sin_neg, cos_neg]; grobner
@[simp] theorem tan_pi_div_two : tan (pi / 2) = 0 := by unfold tan; rw [cos_pi_div_two]; grobner
@[simp] theorem tan_pi_div_four : tan (pi / 4) = 1 := by
  have := cos_pi_div_pos (n := 4) (by grind only)
  unfold tan; rw [sin_pi_div_four, ← cos_pi_div_four]; generalize cos (pi / 4) = c at *
  have k : c ≠ 0 := by grind only
  grind only
@[simp] theorem tan_pi_div_three : tan (pi / 3) = sqrt 3 := by
  unfold tan; rw [sin_pi_div_three, cos_pi_div_three]; grobner
@[simp] theorem tan_pi_div_six : tan (pi / 6) = 1 / sqrt 3 := by
  have k : sqrt 3 ≠ 0 := by have := (sqrt_pos (x := 3)).2 (by grind only); generalize sqrt 3 = s at *; grind only
  unfold tan; rw [sin_pi_div_six, cos_pi_div_six]; generalize sqrt 3 = s at *; grind only
theorem tan_add_pi (x : ℝ) : tan (x + pi) = tan x := by unfold tan; rw [sin_add_pi, cos_add_pi]; grobner
theorem tan_sub_pi (x : ℝ) : tan (x - pi) = tan x := by unfold tan; rw [sin_sub_pi, cos_sub_pi]; grobner
theorem tan_pi_sub (x : ℝ) : tan (pi - x) = -tan x := by unfold tan; rw [sin_pi_sub, cos_pi_sub]; grobner
theorem tan_pi_div_two_sub (x : ℝ) : tan (pi / 2 - x) = (tan x)⁻¹ := by unfold tan; rw [sin_pi_div_two_sub, cos_pi_div_two_sub, inv_div']
theorem tan_mul_cos {x : ℝ} (h : cos x ≠ 0) : tan x * cos x = sin x := by unfold tan; generalize cos x = c at *; grind only
/-- Mathlib's `Real.tan_add` says in another way, or also, where it holds. -/
theorem tan_add_of_cos_ne_zero {x y : ℝ} (hx : cos x ≠ 0) (hy : cos y ≠ 0) : tan (x + y) = (tan x + tan y) / (1 - tan x * tan y) := by
  unfold tan; rw [sin_add, cos_add]; exact div_tan hx hy
theorem tan_sub_of_cos_ne_zero {x y : ℝ} (hx : cos x ≠ 0) (hy : cos y ≠ 0) : tan (x - y) = (tan x - tan y) / (1 + tan x * tan y) := by
  rw [Lean.Grind.Ring.sub_eq_add_neg, tan_add_of_cos_ne_zero hx (by rwa [cos_neg]), tan_neg]; congr 1 <;> grobner
theorem tan_two_mul {x : ℝ} : tan (2 * x) = 2 * tan x / (1 - tan x ^ 2) := by
  by_cases h : cos x = 0
  · unfold tan; rw [sin_two_mul, h]; grobner
  · rw [show 2 * x = x + x by grobner, tan_add_of_cos_ne_zero h h]; congr 1 <;> grobner
theorem inv_one_add_tan_sq {x : ℝ} (h : cos x ≠ 0) : (1 + tan x ^ 2)⁻¹ = cos x ^ 2 := by
  have := sin_sq_add_cos_sq x
  unfold tan; generalize cos x = c at *; generalize sin x = s at *; grind only
theorem tan_pos_of_pos_of_lt_pi_div_two {x : ℝ} (h0 : 0 < x) (h : x < pi / 2) : 0 < tan x := by
  have := pi_pos
  exact div_pos (sin_pos_of_pos_of_lt_pi h0 (by grind only)) (cos_pos_of_mem_Ioo ⟨by clear h; grind only, h⟩)
theorem sin_nat_mul_pi (n : Nat) : sin (n * pi) = 0 := by
  induction n with
  | zero => rw [show ((0 : Nat) : ℝ) = 0 from rfl, Lean.Grind.Semiring.zero_mul, sin_zero]
  | succ n ih => rw [natCast_succ, Lean.Grind.Semiring.right_distrib, Lean.Grind.Semiring.one_mul, sin_add_pi, ih]; grobner
theorem sin_int_mul_pi (n : Int) : sin (n * pi) = 0 := by
  obtain ⟨k, h | h⟩ := int_cases n
  · rw [h, sin_nat_mul_pi]
  · rw [h, show -(k : ℝ) * pi = -(k * pi) by grobner, sin_neg, sin_nat_mul_pi]; grobner
theorem sin_and_cos_add_int_mul_two_pi (x : ℝ) (n : Int) : sin (x + n * (2 * pi)) = sin x ∧ cos (x + n * (2 * pi)) = cos x := by
  obtain ⟨k, h | h⟩ := int_cases n
  · rw [h]; exact sin_and_cos_add_nat_mul_two_pi x k
  · have := sin_and_cos_add_nat_mul_two_pi (x + n * (2 * pi)) k
    rw [h, show x + -(k : ℝ) * (2 * pi) + k * (2 * pi) = x by grobner] at this
    rw [h]; exact ⟨this.1.symm, this.2.symm⟩
theorem sin_add_int_mul_two_pi (x : ℝ) (n : Int) : sin (x + n * (2 * pi)) = sin x := (sin_and_cos_add_int_mul_two_pi x n).1
theorem cos_add_int_mul_two_pi (x : ℝ) (n : Int) : cos (x + n * (2 * pi)) = cos x := (sin_and_cos_add_int_mul_two_pi x n).2
theorem cos_int_mul_two_pi (n : Int) : cos (n * (2 * pi)) = 1 := by
  have := cos_add_int_mul_two_pi 0 n
  rwa [cos_zero, show 0 + (n : ℝ) * (2 * pi) = n * (2 * pi) by grobner] at this
theorem sin_eq_zero_iff {x : ℝ} : sin x = 0 ↔ ∃ n : Int, (n : ℝ) * pi = x := by
  refine ⟨fun h => ⟨(x / pi).floor, ?_⟩, fun ⟨n, hn⟩ => hn ▸ sin_int_mul_pi n⟩
  have ⟨h1, h2⟩ := eq_of_floor pi_pos (floor_le (x / pi)) (lt_floor_add_one (x / pi))
  have e : sin (x - ((x / pi).floor : ℝ) * pi) = 0 := by rw [sin_sub, h, sin_int_mul_pi]; grobner
  generalize ((x / pi).floor : ℝ) * pi = q at *
  apply Classical.byContradiction; intro c
  have := sin_pos_of_pos_of_lt_pi (Std.lt_of_le_of_ne h1 (fun k => c (by clear e h; grobner))) h2
  rw [e] at this; exact this.2 this.1
theorem cos_eq_one_iff (x : ℝ) : cos x = 1 ↔ ∃ n : Int, (n : ℝ) * (2 * pi) = x := by
  refine ⟨fun h => ?_, fun ⟨n, hn⟩ => hn ▸ cos_int_mul_two_pi n⟩
  have e : sin (x / 2) = 0 := by
    rw [cos_eq_one_sub] at h; generalize sin (x / 2) = s at *; have : s * s = 0 := by grobner
    grind only
  obtain ⟨n, hn⟩ := sin_eq_zero_iff.1 e
  exact ⟨n, by clear e h; grobner⟩
theorem cos_eq_zero_iff {x : ℝ} : cos x = 0 ↔ ∃ k : Int, x = (2 * k + 1) * pi / 2 := by
  rw [← sin_add_pi_div_two, sin_eq_zero_iff]
  constructor
  · rintro ⟨n, hn⟩
    refine ⟨n - 1, ?_⟩
    rw [show ((n - 1 : Int) : ℝ) = n - 1 from Lean.Grind.Ring.intCast_sub n 1]; grobner
  · rintro ⟨n, rfl⟩
    exact ⟨n + 1, by rw [intCast_add, intCast_one]; grobner⟩
theorem lt_pi_div_two {x : ℝ} (hx : x ≤ 2) (h : 0 < cos x) : x < pi / 2 := by
  apply Classical.byContradiction; intro c
  by_cases e : pi / 2 = x
  · rw [← e, cos_pi_div_two] at h; exact h.2 h.1
  · have := cos_lt_of_le_two (Std.le_of_lt (half_pos pi_pos)) (Std.lt_of_le_of_ne (Std.not_lt.1 c) e) hx
    rw [cos_pi_div_two] at this
    exact h.2 this.1
theorem pi_div_two_lt {x : ℝ} (hx : 0 ≤ x) (h : cos x < 0) : pi / 2 < x := by
  apply Classical.byContradiction; intro c
  have := cos_le_cos_of_nonneg_of_le_pi hx (Std.le_of_lt (half_lt (by have := pi_pos; grind only))) (Std.not_lt.1 c)
  rw [cos_pi_div_two] at this
  exact h.2 this
theorem le_cos_two_mul {x c : ℝ} (h0 : 0 ≤ c) (h : c ≤ cos x) : 2 * c ^ 2 - 1 ≤ cos (2 * x) := by
  have := mul_le_mul h h h0 (Std.le_trans h0 h)
  rw [cos_two_mul]; generalize cos x = d at *; clear h0 h; grind only
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
theorem cos_157_pos : 0 < cos ((157 / 100 : Rat) : ℝ) := by
  have h := ratCast_le_cos_of_le (x := 157 / 3200) (d := 998796 / 1000000) (by decide +kernel) (by decide +kernel)
  have h := ratCast_le_cos (y := 157 / 1600) (d := 995186 / 1000000) h (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have h := ratCast_le_cos (y := 157 / 800) (d := 980790 / 1000000) h (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have h := ratCast_le_cos (y := 157 / 400) (d := 923898 / 1000000) h (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have h := ratCast_le_cos (y := 157 / 200) (d := 707175 / 1000000) h (by decide +kernel) (by decide +kernel) (by decide +kernel)
  have h := ratCast_le_cos (y := 157 / 100) (d := 1 / 10000) h (by decide +kernel) (by decide +kernel) (by decide +kernel)
  exact Std.lt_of_lt_of_le (ratCast_lt.2 (show (0 : Rat) < 1 / 10000 by decide +kernel)) h
theorem cos_lt_of_le {a b c x : Rat} (ha : (a : ℝ) ≤ cos x) (ha0 : 0 ≤ a) (h : cos x ≤ (b : ℝ)) (k : 2 * b * b - 1 < c) : cos (2 * x) < c := by
  have h3 := mul_le_mul h h (Std.le_trans (ratCast_le.2 ha0) ha) (Std.le_trans (Std.le_trans (ratCast_le.2 ha0) ha) h)
  have h2 := ratCast_lt.2 k
  rw [ratCast_sub, ratCast_mul, ratCast_mul, show ((2 : Rat) : ℝ) = 2 from rfl, show ((1 : Rat) : ℝ) = 1 from rfl] at h2
  rw [cos_two_mul]; generalize cos (x : ℝ) = d at *; clear h ha
  grind only
theorem cos_1575_neg : cos ((63 / 40 : Rat) : ℝ) < 0 := by
  have h := cos_le_of_le_two (x := ((63 / 80 : Rat) : ℝ)) (ratCast_lt.2 (show (0 : Rat) < 63 / 80 by decide +kernel)) (ratCast_le.2 (show (63 / 80 : Rat) ≤ 2 by decide +kernel))
  have k := ratCast_le_cos_of_le (x := 63 / 80) (d := 68 / 100) (by decide +kernel) (by decide +kernel)
  have e : 1 - ((63 / 80 : Rat) : ℝ) ^ 2 / 2 + ((63 / 80 : Rat) : ℝ) ^ 4 / 24 ≤ ((706 / 1000 : Rat) : ℝ) := by
    rw [ratCast_div, ratCast_div]; show 1 - ((63 : ℝ) / 80) ^ 2 / 2 + ((63 : ℝ) / 80) ^ 4 / 24 ≤ (706 : ℝ) / 1000; grind only
  have h := cos_lt_of_le k (by decide +kernel) (Std.le_trans h e) (c := 0) (by decide +kernel)
  rw [show (63 / 40 : Rat) = 2 * (63 / 80) by decide +kernel, ratCast_mul]; exact h
theorem pi_gt_d2 : 3.14 < pi := by
  have h := lt_pi_div_two (ratCast_le.2 (show (157 / 100 : Rat) ≤ 2 by decide +kernel)) cos_157_pos
  rw [ratCast_div] at h
  have h : (157 : ℝ) / 100 < pi / 2 := h
  rw [ofScientific_two]; show (314 : ℝ) / 100 < pi; grind only
theorem pi_lt_d2 : pi < 3.15 := by
  have h := pi_div_two_lt (x := ((63 / 40 : Rat) : ℝ)) (ratCast_le.2 (show (0 : Rat) ≤ 63 / 40 by decide +kernel)) cos_1575_neg
  rw [ratCast_div] at h
  have h : pi / 2 < (63 : ℝ) / 40 := h
  rw [ofScientific_two]; show pi < (315 : ℝ) / 100; grind only
theorem pi_gt_three : 3 < pi := Std.lt_trans (by rw [ofScientific_two]; show (3 : ℝ) < (314 : ℝ) / 100; grind only) pi_gt_d2
theorem pi_le_four : pi ≤ 4 := Std.le_of_lt (Std.lt_trans pi_lt_d2 (by rw [ofScientific_two]; show (315 : ℝ) / 100 < 4; grind only))
theorem one_sub_sq_div_two_le_cos {x : ℝ} : 1 - x ^ 2 / 2 ≤ cos x := by
  by_cases h : 0 ≤ x
  · exact one_sub_le_cos_of_nonneg h
  · have := one_sub_le_cos_of_nonneg (nonneg_neg h)
    rwa [cos_neg, show (-x) ^ 2 = x ^ 2 by clear this; grobner] at this
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
@[simp] theorem exp_zero : exp 0 = 1 := by ext <;> simp only [exp_re, exp_im, zero_re, zero_im, one_re, one_im, Real.exp_zero, Real.cos_zero, Real.sin_zero] <;> grobner
theorem exp_add (z w : ℂ) : exp (z + w) = exp z * exp w := by
  ext <;> simp only [exp_re, exp_im, add_re, add_im, mul_re, mul_im, Real.exp_add, Real.cos_add, Real.sin_add] <;> grobner
theorem exp_pi_mul_I : exp (Real.pi * I) = -1 := by
  have h1 : ((Real.pi : ℂ) * I).re = 0 := by show Real.pi * 0 - 0 * 1 = 0; grobner
  have h2 : ((Real.pi : ℂ) * I).im = Real.pi := by show Real.pi * 1 + 0 * 0 = Real.pi; grobner
  ext <;> simp only [exp_re, exp_im, h1, h2, Real.exp_zero, Real.cos_pi, Real.sin_pi, neg_re, neg_im, one_re, one_im] <;> grobner
theorem exp_ne_zero (z : ℂ) : exp z ≠ 0 := fun h => by
  have e := exp_add z (-z)
  rw [h, Lean.Grind.Semiring.zero_mul, ← Lean.Grind.Ring.sub_eq_add_neg, Lean.Grind.AddCommGroup.sub_self, exp_zero] at e
  exact Lean.Grind.Field.zero_ne_one e.symm
end Complex
end
