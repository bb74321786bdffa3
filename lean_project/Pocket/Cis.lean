import Pocket.Complex

/-!
`cos x + i sin x` as the limit of `(1 + ix / 2 ^ n) ^ 2 ^ n`, with the law `cis (x + y) = cis x * cis y`, from which Trig.lean
makes sin, cos and π. There is no series in it, so no binomials: powers of two numbers that are near each other are near
each other. Absolute values first; at the end, lemmas about real numbers only that Trig.lean uses.
-/

noncomputable section
namespace Pocket
theorem nonneg_neg {a : ℝ} (h : ¬ 0 ≤ a) : 0 ≤ -a := Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt (Std.not_le.1 h))
end Pocket
open Pocket Real
theorem abs_of_nonneg {a : ℝ} (h : 0 ≤ a) : abs a = a := by rw [abs_def', if_pos h]
theorem Pocket.abs_of_not_nonneg {a : ℝ} (h : ¬ 0 ≤ a) : abs a = -a := by rw [abs_def', if_neg h]
theorem abs_of_nonpos {a : ℝ} (h : a ≤ 0) : abs a = -a := by
  rw [← abs_neg', abs_of_nonneg (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 h)]
theorem abs_of_neg {a : ℝ} (h : a < 0) : abs a = -a := abs_of_nonpos (Std.le_of_lt h)
theorem abs_nonneg (a : ℝ) : 0 ≤ abs a := by
  by_cases h : 0 ≤ a
  · rwa [abs_of_nonneg h]
  · rw [abs_of_not_nonneg h]; exact nonneg_neg h
theorem abs_neg (a : ℝ) : abs (-a) = abs a := abs_neg' a
theorem abs_le {a b : ℝ} : abs a ≤ b ↔ -b ≤ a ∧ a ≤ b := by
  by_cases h : 0 ≤ a
  · rw [abs_of_nonneg h]
    exact ⟨fun k => ⟨Std.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rw [neg_zero]; exact Std.le_trans h k)) h, k⟩, And.right⟩
  · rw [abs_of_not_nonneg h, Lean.Grind.OrderedAdd.neg_le_iff]
    exact ⟨fun k => ⟨k, Std.le_trans (Std.le_of_lt (Std.not_le.1 h)) (Std.le_trans (nonneg_neg h) (Lean.Grind.OrderedAdd.neg_le_iff.1 k))⟩, And.left⟩
theorem abs_add_le (a b : ℝ) : abs (a + b) ≤ abs a + abs b := by
  have h1 := abs_le.1 (Std.le_refl (abs a))
  have h2 := abs_le.1 (Std.le_refl (abs b))
  rw [abs_le, neg_add]
  exact ⟨Lean.Grind.OrderedAdd.add_le_add h1.1 h2.1, Lean.Grind.OrderedAdd.add_le_add h1.2 h2.2⟩
theorem Pocket.abs_mul_of_nonneg {a b : ℝ} (ha : 0 ≤ a) (hb : 0 ≤ b) : abs (a * b) = abs a * abs b := by
  rw [abs_of_nonneg ha, abs_of_nonneg hb, abs_of_nonneg (mul_nonneg ha hb)]
theorem abs_mul (a b : ℝ) : abs (a * b) = abs a * abs b := by
  by_cases h : 0 ≤ a <;> by_cases k : 0 ≤ b
  · exact abs_mul_of_nonneg h k
  · have := abs_mul_of_nonneg h (nonneg_neg k); rwa [Lean.Grind.Ring.mul_neg, abs_neg, abs_neg] at this
  · have := abs_mul_of_nonneg (nonneg_neg h) k; rwa [Lean.Grind.Ring.neg_mul, abs_neg, abs_neg] at this
  · have := abs_mul_of_nonneg (nonneg_neg h) (nonneg_neg k)
    rwa [Lean.Grind.Ring.neg_mul, Lean.Grind.Ring.mul_neg, abs_neg, abs_neg, abs_neg, abs_neg] at this
theorem mul_le_mul {a b c d : ℝ} (h1 : a ≤ b) (h2 : c ≤ d) (hc : 0 ≤ c) (hb : 0 ≤ b) : a * c ≤ b * d :=
  Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h1 hc) (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h2 hb)

namespace Pocket
open Complex
theorem le_of_eq {a b : ℝ} (h : a = b) : a ≤ b := h ▸ Std.le_refl _
theorem exp_pos' (x : ℝ) : 0 ≤ Real.exp x := Std.le_of_lt (Real.exp_pos x)
theorem natCast_two_pow (n : Nat) : ((2 ^ n : Nat) : ℝ) = 2 ^ n := by
  induction n with
  | zero => rw [Nat.pow_zero, Lean.Grind.Semiring.pow_zero]; rfl
  | succ n ih => rw [Nat.pow_succ, natCast_mul, ih, Lean.Grind.Semiring.pow_succ]; rfl
/-- `|x| + |y|` for `x + iy`: as good as the norm where one only estimates. -/
def oneNorm (z : ℂ) : ℝ := abs z.re + abs z.im
theorem oneNorm_nonneg (z : ℂ) : 0 ≤ oneNorm z := add_nonneg (abs_nonneg _) (abs_nonneg _)
theorem abs_re_le (z : ℂ) : abs z.re ≤ oneNorm z := by
  have := Lean.Grind.OrderedAdd.add_le_left (abs_nonneg z.im) (abs z.re)
  rwa [Lean.Grind.AddCommMonoid.zero_add, Lean.Grind.AddCommMonoid.add_comm] at this
theorem abs_im_le (z : ℂ) : abs z.im ≤ oneNorm z := by
  have := Lean.Grind.OrderedAdd.add_le_left (abs_nonneg z.re) (abs z.im)
  rwa [Lean.Grind.AddCommMonoid.zero_add] at this
theorem eq_zero_of_abs_le {a : ℝ} (h : abs a ≤ 0) : a = 0 := by
  have := abs_le.1 h
  rw [neg_zero] at this
  exact eq_of_le_of_le this.2 this.1
theorem oneNorm_add_le (z w : ℂ) : oneNorm (z + w) ≤ oneNorm z + oneNorm w := by
  have h1 := abs_add_le z.re w.re
  have h2 := abs_add_le z.im w.im
  have := Lean.Grind.OrderedAdd.add_le_add h1 h2
  unfold oneNorm
  rwa [add_re, add_im, add_add_add_comm (abs z.re)]
theorem oneNorm_mul_le (z w : ℂ) : oneNorm (z * w) ≤ oneNorm z * oneNorm w := by
  have h1 := abs_add_le (z.re * w.re) (-(z.im * w.im))
  have h2 := abs_add_le (z.re * w.im) (z.im * w.re)
  rw [abs_neg] at h1
  rw [abs_mul, abs_mul] at h1 h2
  have := Lean.Grind.OrderedAdd.add_le_add h1 h2
  unfold oneNorm
  rw [mul_re, mul_im, Lean.Grind.Ring.sub_eq_add_neg]
  exact le_of_le_of_eq this (by
    rw [add_mul, Real.left_distrib, Real.left_distrib, add_add_add_comm, Real.add_comm (abs z.im * abs w.im)])
theorem oneNorm_zero : oneNorm 0 = 0 := by
  unfold oneNorm; rw [zero_re, zero_im, abs_of_nonneg (Std.le_refl _), Real.add_zero]
theorem oneNorm_one : oneNorm 1 = 1 := by
  unfold oneNorm; rw [one_re, one_im, abs_of_nonneg Lean.Grind.OrderedRing.zero_le_one, abs_of_nonneg (Std.le_refl _), Real.add_zero]
theorem oneNorm_neg (z : ℂ) : oneNorm (-z) = oneNorm z := by unfold oneNorm; rw [neg_re, neg_im, abs_neg, abs_neg]
theorem oneNorm_pow_le {z : ℂ} {M : ℝ} (h : oneNorm z ≤ M) (k : Nat) : oneNorm (z ^ k) ≤ M ^ k := by
  induction k with
  | zero => rw [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.pow_zero, oneNorm_one]; exact Std.le_refl _
  | succ k ih =>
    rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ]
    have hM := Std.le_trans (oneNorm_nonneg z) h
    exact Std.le_trans (oneNorm_mul_le _ _) (Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h (oneNorm_nonneg _))
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right ih hM))
theorem oneNorm_pow_sub_pow_le {a b : ℂ} {M d : ℝ} (hM : 1 ≤ M) (ha : oneNorm a ≤ M) (hb : oneNorm b ≤ M) (hd : oneNorm (a - b) ≤ d)
    (k : Nat) : oneNorm (a ^ k - b ^ k) ≤ k * (M ^ k * d) := by
  have hd0 := Std.le_trans (oneNorm_nonneg _) hd
  have hM0 : 0 ≤ M := Std.le_trans Lean.Grind.OrderedRing.zero_le_one hM
  induction k with
  | zero =>
    rw [show a ^ 0 - b ^ 0 = 0 by rw [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.pow_zero]; exact Lean.Grind.AddCommGroup.sub_self _, oneNorm_zero]
    show 0 ≤ (0 : ℝ) * _
    rw [Lean.Grind.Semiring.zero_mul]; exact Std.le_refl _
  | succ k ih =>
    have e : a ^ (k + 1) - b ^ (k + 1) = a ^ k * (a - b) + (a ^ k - b ^ k) * b := by
      rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ, complex_mul_sub, complex_sub_mul, complex_sub_add_sub]
    rw [e, natCast_add k 1, show ((1 : Nat) : ℝ) = 1 from rfl, Lean.Grind.Semiring.pow_succ]
    have p := pow_nonneg hM0 k
    have h1 := Std.le_trans (oneNorm_mul_le (a ^ k) (a - b)) (Std.le_trans
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (oneNorm_pow_le ha k) (oneNorm_nonneg _))
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hd p))
    have h2 := Std.le_trans (oneNorm_mul_le (a ^ k - b ^ k) b) (Std.le_trans
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hb (oneNorm_nonneg _))
      (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right ih hM0))
    have h3 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left hM (mul_nonneg p hd0)
    rw [Real.mul_one] at h3
    refine Std.le_trans (oneNorm_add_le _ _) (Std.le_trans (Lean.Grind.OrderedAdd.add_le_add (Std.le_trans h1 h3) h2) (le_of_eq ?_))
    rw [Real.mul_assoc (M ^ k) M d, Real.mul_comm M d, ← Real.mul_assoc (M ^ k), add_mul, one_mul, Real.add_comm, Real.mul_assoc k]
/-- `1 / 2 ^ n`. -/
def unit (n : Nat) : ℝ := (2 ^ n)⁻¹
theorem unit_pos (n : Nat) : 0 < unit n := inv_pos_of_pos (two_pow_pos n)
theorem two_pow_mul_unit (n : Nat) : 2 ^ n * unit n = 1 := Real.mul_inv_cancel (two_pow_pos n).ne'
theorem unit_zero : unit 0 = 1 := by
  have := two_pow_mul_unit 0; rwa [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.one_mul] at this
theorem unit_succ (n : Nat) : unit n = 2 * unit (n + 1) := by
  have h1 := two_pow_mul_unit n
  have h2 := two_pow_mul_unit (n + 1)
  rw [Lean.Grind.Semiring.pow_succ, Real.mul_assoc] at h2
  rw [← Real.mul_one (unit n), ← h2, ← Real.mul_assoc, Real.mul_comm (unit n), h1, one_mul]
theorem one_add_pow_le_exp {t : ℝ} (h : 0 ≤ t) (n : Nat) : (1 + t * unit n) ^ 2 ^ n ≤ Real.exp t := by
  have h1 := add_one_le_exp (t * unit n)
  have h2 := mul_nonneg h (Std.le_of_lt (unit_pos n))
  have h3 := exp_nat_mul (t * unit n) (2 ^ n)
  rw [natCast_two_pow, show 2 ^ n * (t * unit n) = t by rw [Real.mul_comm t, ← Real.mul_assoc, two_pow_mul_unit, one_mul]] at h3
  rw [h3]
  exact pow_le_pow_left₀ (add_nonneg Lean.Grind.OrderedRing.zero_le_one h2) (by rw [Real.add_comm]; exact h1) _
theorem not_mul_unit_lt {a E T t : ℝ} (e : T * t = 1) (h : a ≤ E * t) (hT : 0 < T) : ¬ E < a * T := fun k => by
  have h1 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h (Std.le_of_lt hT)
  rw [show E * t * T = E by rw [Real.mul_assoc, Real.mul_comm t, e, Real.mul_one]] at h1
  exact k.2 h1
theorem eq_zero_of_oneNorm_le {z : ℂ} {E : ℝ} (h : ∀ n, oneNorm z ≤ E * unit n) : z = 0 := by
  have hz : oneNorm z = 0 := Classical.byContradiction fun c => by
    obtain ⟨N, hN⟩ := exists_lt_mul_two_pow E (Std.lt_of_le_of_ne (oneNorm_nonneg z) (Ne.symm c))
    exact not_mul_unit_lt (two_pow_mul_unit N) (h N) (two_pow_pos N) (hN N (Nat.le_refl _))
  have h1 := abs_re_le z
  have h2 := abs_im_le z
  rw [hz] at h1 h2
  exact Complex.ext (eq_zero_of_abs_le h1) (eq_zero_of_abs_le h2)
theorem limit_step {a b d : ℝ} (h : -d ≤ b - a ∧ b - a ≤ d) : a - (d + d) ≤ b - d ∧ b + d ≤ a + (d + d) := by
  have h1 := Lean.Grind.OrderedAdd.add_le_left (Lean.Grind.OrderedAdd.add_le_left h.1 a) (-d)
  have h2 := Lean.Grind.OrderedAdd.add_le_left (Real.le_add_of_sub_le h.2) d
  rw [sub_add_cancel, Real.add_comm (-d), Real.add_assoc, ← neg_add] at h1
  rw [Real.add_comm d a, Real.add_assoc] at h2
  exact ⟨h1, h2⟩
theorem exists_limit {u : Nat → ℝ} {C : ℝ} (hC : 0 ≤ C) (h : ∀ n, abs (u (n + 1) - u n) ≤ C * unit n) :
    ∃ L, ∀ n, abs (u n - L) ≤ 2 * C * unit n := by
  have step (n : Nat) : u n - 2 * C * unit n ≤ u (n + 1) - 2 * C * unit (n + 1) ∧ u (n + 1) + 2 * C * unit (n + 1) ≤ u n + 2 * C * unit n := by
    have e : C * unit n = 2 * C * unit (n + 1) := by rw [unit_succ n, ← Real.mul_assoc, Real.mul_comm C]
    have k := h n
    rw [e] at k
    rw [Real.mul_assoc 2 C (unit n), e, two_mul (2 * C * unit (n + 1))]
    exact limit_step (abs_le.1 k)
  have mono (m n : Nat) : u m - 2 * C * unit m ≤ u (m + n) - 2 * C * unit (m + n) ∧ u (m + n) + 2 * C * unit (m + n) ≤ u m + 2 * C * unit m := by
    induction n with
    | zero => exact ⟨Std.le_refl _, Std.le_refl _⟩
    | succ n ih => exact ⟨Std.le_trans ih.1 (step (m + n)).1, Std.le_trans (step (m + n)).2 ih.2⟩
  have low (m n : Nat) : u m - 2 * C * unit m ≤ u n + 2 * C * unit n := by
    have h1 := (mono m n).1
    have h2 := (mono n m).2
    have h3 := mul_nonneg (mul_nonneg (Std.le_of_lt Pocket.two_pos) hC) (Std.le_of_lt (unit_pos (m + n)))
    rw [Nat.add_comm n m] at h2
    exact Std.le_trans h1 (Std.le_trans (Std.le_trans (sub_le_self _ h3) (le_add_of_nonneg _ h3)) h2)
  obtain ⟨L, h1, h2⟩ := exists_sup (S := fun y => ∃ m, y = u m - 2 * C * unit m) ⟨0, rfl⟩ (by rintro s ⟨m, rfl⟩; exact low m 0)
  refine ⟨L, fun n => abs_le.2 ?_⟩
  have h3 := h1 _ ⟨n, rfl⟩
  have h4 := h2 (u n + 2 * C * unit n) (by rintro s ⟨m, rfl⟩; exact low m n)
  refine ⟨Lean.Grind.OrderedAdd.neg_le_iff.2 ?_, sub_le_of_le_add (by rw [Real.add_comm]; exact Real.le_add_of_sub_le h3)⟩
  rw [neg_sub]; exact sub_le_of_le_add (by rw [Real.add_comm]; exact h4)

def line (x t : ℝ) : ℂ := ⟨1, x * t⟩
theorem oneNorm_line (x : ℝ) {t : ℝ} (h : 0 ≤ t) : oneNorm (line x t) = 1 + abs x * t := by
  show abs 1 + abs (x * t) = _
  rw [abs_mul, abs_of_nonneg (Lean.Grind.OrderedRing.zero_le_one (R := ℝ)), abs_of_nonneg h]
theorem oneNorm_line_pow_sub_le (x y : ℝ) {t : ℝ} (h : 0 ≤ t) (k : Nat) : oneNorm ((line x t * line y t) ^ k - line (x + y) t ^ k) ≤
    k * (((1 + abs x * t) * (1 + abs y * t)) ^ k * (abs x * t * (abs y * t))) := by
  have p := mul_nonneg (abs_nonneg x) h
  have q := mul_nonneg (abs_nonneg y) h
  have pq := mul_nonneg p q
  have e : line x t * line y t - line (x + y) t = ⟨-(x * t * (y * t)), 0⟩ := by
    ext
    · show 1 * 1 - x * t * (y * t) - 1 = -(x * t * (y * t)); rw [Real.mul_one]; exact add_sub_cancel_left 1 (-_)
    · show 1 * (y * t) + x * t * 1 - (x + y) * t = 0; rw [one_mul, Real.mul_one, add_mul, Real.add_comm, sub_self]
  have s := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (abs_add_le x y) h
  have h1 := oneNorm_mul_le (line x t) (line y t)
  rw [oneNorm_line x h, oneNorm_line y h] at h1
  refine oneNorm_pow_sub_pow_le ?_ h1 ?_ ?_ k
  · have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (le_add_of_nonneg 1 q) (add_nonneg Lean.Grind.OrderedRing.zero_le_one p)
    rw [Real.mul_one] at this
    exact Std.le_trans (le_add_of_nonneg 1 p) this
  · rw [add_mul] at s
    rw [oneNorm_line _ h, Real.left_distrib, Real.mul_one, add_mul, one_mul, Real.add_assoc]
    exact Lean.Grind.OrderedAdd.add_le_right 1 (Std.le_trans s (Lean.Grind.OrderedAdd.add_le_right _ (le_add_of_nonneg _ pq)))
  · rw [e]; show abs (-(x * t * (y * t))) + abs 0 ≤ _
    rw [abs_neg, abs_mul, abs_mul, abs_mul, abs_of_nonneg h, abs_of_nonneg (Std.le_refl _)]
    exact le_of_eq (Lean.Grind.Semiring.add_zero _)
/-- `(1 + ix / 2 ^ n) ^ 2 ^ n`. -/
def cisApprox (x : ℝ) (n : Nat) : ℂ := line x (unit n) ^ 2 ^ n
theorem oneNorm_cisApprox_le (x : ℝ) (n : Nat) : oneNorm (cisApprox x n) ≤ Real.exp (abs x) :=
  Std.le_trans (oneNorm_pow_le (le_of_eq (oneNorm_line x (Std.le_of_lt (unit_pos n)))) _) (one_add_pow_le_exp (abs_nonneg x) n)
theorem le_of_add_self_le {a b : ℝ} (h : a + a ≤ b) (p : 0 ≤ b) : a ≤ b + b := by
  by_cases k : 0 ≤ a
  · exact Std.le_trans (le_add_of_nonneg a k) (Std.le_trans h (le_add_of_nonneg b p))
  · exact Std.le_trans (Std.le_of_lt (Std.not_le.1 k)) (add_nonneg p p)
theorem succ_bound {F E a t N : ℝ} (e : N * (2 * t) = 1) (h : F * (a * a * t) ≤ E * (a * a * t)) (p : 0 ≤ E * (a * a * t)) :
    N * (F * (a * t * (a * t))) ≤ E * (a * a) * (2 * t) := by
  have k : 2 * (N * (F * (a * t * (a * t)))) = F * (a * a * t) * (N * (2 * t)) := by clear e h p; grobner
  rw [e, Real.mul_one, two_mul] at k
  rw [mul_left_comm (E * (a * a)), two_mul, Real.mul_assoc E]
  exact le_of_add_self_le (by rw [k]; exact h) p
theorem oneNorm_cisApprox_succ_le (x : ℝ) (n : Nat) :
    oneNorm (cisApprox x (n + 1) - cisApprox x n) ≤ Real.exp (abs x) * (abs x * abs x) * unit n := by
  have u := Std.le_of_lt (unit_pos (n + 1))
  have h := oneNorm_line_pow_sub_le x x u (2 ^ n)
  have h2 := one_add_pow_le_exp (abs_nonneg x) (n + 1)
  have x2 := mul_nonneg (mul_self_nonneg (abs x)) u
  have u2 := two_pow_mul_unit n
  have e1 : line (x + x) (unit (n + 1)) = line x (unit n) := by unfold line; congr 1; rw [unit_succ n, mul_left_comm, two_mul, add_mul]
  unfold cisApprox
  rw [Nat.pow_succ, Nat.mul_comm, Nat.two_mul, Lean.Grind.Semiring.pow_add, ← Lean.Grind.CommSemiring.mul_pow] at *
  rw [e1, natCast_two_pow] at h
  rw [unit_succ n] at h u2 ⊢
  exact Std.le_trans h (succ_bound u2 (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h2 x2) (mul_nonneg (exp_pos' _) x2))
theorem exists_cis (x : ℝ) : ∃ z, ∀ n, oneNorm (cisApprox x n - z) ≤ 4 * (Real.exp (abs x) * (abs x * abs x)) * unit n := by
  have hC : 0 ≤ Real.exp (abs x) * (abs x * abs x) := mul_nonneg (exp_pos' _) (mul_self_nonneg _)
  obtain ⟨c, hc⟩ := exists_limit (u := fun n => (cisApprox x n).re) hC fun n => Std.le_trans (abs_re_le (cisApprox x (n + 1) - cisApprox x n)) (oneNorm_cisApprox_succ_le x n)
  obtain ⟨s, hs⟩ := exists_limit (u := fun n => (cisApprox x n).im) hC fun n => Std.le_trans (abs_im_le (cisApprox x (n + 1) - cisApprox x n)) (oneNorm_cisApprox_succ_le x n)
  refine ⟨⟨c, s⟩, fun n => Std.le_trans (Lean.Grind.OrderedAdd.add_le_add (hc n) (hs n)) (le_of_eq ?_)⟩
  rw [← add_mul, ← add_mul, show (4 : ℝ) = 2 + 2 from Lean.Grind.Semiring.ofNat_add 2 2]
/-- `cos x + i sin x`: the limit of `(1 + ix / 2 ^ n) ^ 2 ^ n`. -/
def cis (x : ℝ) : ℂ := Classical.choose (exists_cis x)
theorem oneNorm_cisApprox_sub_cis_le (x : ℝ) (n : Nat) :
    oneNorm (cisApprox x n - cis x) ≤ 4 * (Real.exp (abs x) * (abs x * abs x)) * unit n := Classical.choose_spec (exists_cis x) n
theorem eq_cis {x E : ℝ} {z : ℂ} (h : ∀ n, oneNorm (cisApprox x n - z) ≤ E * unit n) : z = cis x := by
  have e : z - cis x = 0 := eq_zero_of_oneNorm_le (E := E + 4 * (Real.exp (abs x) * (abs x * abs x))) fun n => by
    have h1 := Lean.Grind.OrderedAdd.add_le_add (h n) (oneNorm_cisApprox_sub_cis_le x n)
    rw [← oneNorm_neg (cisApprox x n - z), ← Lean.Grind.Semiring.right_distrib] at h1
    refine Std.le_trans ?_ h1
    rw [show z - cis x = -(cisApprox x n - z) + (cisApprox x n - cis x) by rw [Lean.Grind.AddCommGroup.neg_sub, complex_sub_add_sub]]
    exact oneNorm_add_le _ _
  exact Lean.Grind.AddCommGroup.sub_eq_zero_iff.1 e
theorem cis_add (x y : ℝ) : cis (x + y) = cis x * cis y := by
  let A := Real.exp (abs x)
  let B := Real.exp (abs y)
  refine (eq_cis (E := A * B * (abs x * abs y) + 4 * (A * (abs x * abs x)) * B + oneNorm (cis x) * (4 * (B * (abs y * abs y)))) fun n => ?_).symm
  have u := Std.le_of_lt (unit_pos n)
  have h1 : oneNorm (cisApprox x n * cisApprox y n - cisApprox (x + y) n) ≤ A * B * (abs x * abs y) * unit n := by
    have h := oneNorm_line_pow_sub_le x y u (2 ^ n)
    rw [Lean.Grind.CommSemiring.mul_pow, Lean.Grind.CommSemiring.mul_pow, natCast_two_pow] at h
    refine Std.le_trans h ?_
    have ha := one_add_pow_le_exp (abs_nonneg x) n
    have hb := one_add_pow_le_exp (abs_nonneg y) n
    have := mul_le_mul ha hb (pow_nonneg (add_nonneg (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one) (mul_nonneg (abs_nonneg y) u)) _) (exp_pos' _)
    have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right this (mul_nonneg (mul_nonneg (abs_nonneg x) (abs_nonneg y)) u)
    refine Std.le_trans (le_of_eq ?_) (le_of_le_of_eq this ?_)
    · have u2 := two_pow_mul_unit n
      generalize (1 + abs x * unit n) ^ 2 ^ n * (1 + abs y * unit n) ^ 2 ^ n = F
      generalize unit n = t at *
      rw [show abs x * t * (abs y * t) = abs x * abs y * t * t by
        rw [Real.mul_assoc, mul_left_comm t, ← Real.mul_assoc, ← Real.mul_assoc], ← Real.mul_assoc F, mul_left_comm, u2, Real.mul_one]
    · clear this ha hb h u
      exact (Lean.Grind.Semiring.mul_assoc _ _ _).symm
  have h2 := Std.le_trans (oneNorm_mul_le (cisApprox x n - cis x) (cisApprox y n)) (mul_le_mul
    (oneNorm_cisApprox_sub_cis_le x n) (oneNorm_cisApprox_le y n) (oneNorm_nonneg _) (Std.le_trans (oneNorm_nonneg _) (oneNorm_cisApprox_sub_cis_le x n)))
  have h3 := Std.le_trans (oneNorm_mul_le (cis x) (cisApprox y n - cis y)) (mul_le_mul
    (Std.le_refl _) (oneNorm_cisApprox_sub_cis_le y n) (oneNorm_nonneg _) (oneNorm_nonneg _))
  rw [← oneNorm_neg] at h1
  have h4 := Lean.Grind.OrderedAdd.add_le_add (Lean.Grind.OrderedAdd.add_le_add h1 h2) h3
  rw [show cisApprox (x + y) n - cis x * cis y = -(cisApprox x n * cisApprox y n - cisApprox (x + y) n) +
    (cisApprox x n - cis x) * cisApprox y n + cis x * (cisApprox y n - cis y) by
      rw [Lean.Grind.AddCommGroup.neg_sub, complex_sub_mul, complex_sub_add_sub, complex_mul_sub, complex_sub_add_sub]]
  refine Std.le_trans (oneNorm_add_le _ _) (Std.le_trans (Lean.Grind.OrderedAdd.add_le_left (oneNorm_add_le _ _) _) (le_of_le_of_eq h4 ?_))
  clear h1 h2 h3 h4 u
  generalize unit n = t
  generalize oneNorm (cis x) = c
  show A * B * (abs x * abs y) * t + 4 * (A * (abs x * abs x)) * t * B + c * (4 * (B * (abs y * abs y)) * t) = _
  generalize A * B * (abs x * abs y) = p
  generalize 4 * (A * (abs x * abs x)) = q
  generalize 4 * (B * (abs y * abs y)) = r
  rw [add_mul, add_mul, Real.mul_assoc q t B, Real.mul_comm t B, ← Real.mul_assoc q, Real.mul_assoc c]
theorem cisApprox_neg (x : ℝ) (n : Nat) : (cisApprox (-x) n).re = (cisApprox x n).re ∧ (cisApprox (-x) n).im = -(cisApprox x n).im := by
  unfold cisApprox
  generalize 2 ^ n = k
  induction k with
  | zero => rw [Lean.Grind.Semiring.pow_zero, Lean.Grind.Semiring.pow_zero, one_im]; exact ⟨rfl, neg_zero.symm⟩
  | succ k ih =>
    rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.pow_succ, mul_re, mul_re, mul_im, mul_im, ih.1, ih.2]
    show _ * 1 - _ * (-x * unit n) = _ * 1 - _ * (x * unit n) ∧ _ * (-x * unit n) + _ * 1 = -(_ * (x * unit n) + _ * 1)
    constructor <;> simp only [neg_mul, mul_neg, neg_neg, neg_add]
theorem cis_neg (x : ℝ) : cis (-x) = ⟨(cis x).re, -(cis x).im⟩ := by
  refine (eq_cis (E := 4 * (Real.exp (abs x) * (abs x * abs x))) fun n => ?_).symm
  refine le_of_eq_of_le ?_ (oneNorm_cisApprox_sub_cis_le x n)
  have ⟨h1, h2⟩ := cisApprox_neg x n
  show abs ((cisApprox (-x) n).re - (cis x).re) + abs ((cisApprox (-x) n).im - -(cis x).im) = abs ((cisApprox x n).re - (cis x).re) + abs ((cisApprox x n).im - (cis x).im)
  rw [h1, h2, ← abs_neg ((cisApprox x n).im - (cis x).im)]
  congr 2; rw [sub_neg, neg_sub, Real.add_comm]; rfl
theorem cis_zero : cis 0 = 1 := by
  refine (eq_cis (E := 0) fun n => ?_).symm
  have e : line 0 (unit n) = 1 := by unfold line; rw [Lean.Grind.Semiring.zero_mul]; rfl
  unfold cisApprox
  rw [e, Lean.Grind.Semiring.one_pow, Lean.Grind.AddCommGroup.sub_self, oneNorm_zero, Lean.Grind.Semiring.zero_mul]; exact Std.le_refl _
theorem exp_one_le : Real.exp 1 ≤ 4 := by
  rw [← log_le_log_iff (exp_pos 1) (show (0 : ℝ) < 4 from natCast_lt.2 (by decide)), log_exp,
    show (4 : ℝ) = 2 ^ 2 by rw [pow_two, two_mul]; exact Lean.Grind.Semiring.ofNat_add 2 2, log_pow]
  have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left inv_two_le_log_two (Std.le_of_lt Pocket.two_pos)
  rwa [Real.mul_inv_cancel Pocket.two_pos.ne'] at this
theorem abs_cis_im_sub_le {x : ℝ} (h0 : 0 ≤ x) (h : x ≤ 1) : abs ((cis x).im - x) ≤ 16 * x ^ 2 := by
  have k := oneNorm_cisApprox_sub_cis_le x 0
  have u := unit_zero
  have e : cisApprox x 0 - cis x = ⟨1 - (cis x).re, x * 1 - (cis x).im⟩ := by
    unfold cisApprox line; rw [u]; exact congrArg (· - cis x) (Lean.Grind.Semiring.pow_one _)
  rw [e, u, abs_of_nonneg h0] at k
  have k := Std.le_trans (abs_im_le _) k
  have four : (0 : ℝ) ≤ 4 := natCast_le.2 (Nat.zero_le 4)
  have h4 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Std.le_trans (exp_le_exp.2 h) exp_one_le) (mul_self_nonneg x)) four
  rw [Real.mul_one] at k
  rw [← abs_neg, neg_sub, pow_two, show (16 : ℝ) = 4 * 4 from Lean.Grind.Semiring.ofNat_mul 4 4, Real.mul_assoc 4 4]
  rw [Real.mul_one] at k
  exact Std.le_trans k h4
theorem halving_step {a b g u : ℝ} (h : 2 * b ≤ a) (k : a ≤ g * (2 * u)) : b ≤ g * u := by
  rw [mul_left_comm] at k
  exact Std.not_lt.1 fun c => Std.not_lt.2 (Std.le_trans h k) (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left c Pocket.two_pos)
theorem halving_absurd {p q t T D : ℝ} (e : T * t = 1) (t0 : 0 < t) (h1 : D < -q * T) (b : p ≤ q * t) (h3 : -(D * t ^ 2) ≤ p) : False := by
  have h := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h1 (mul_pos t0 t0)
  rw [← Real.mul_assoc (-q * T), Real.mul_assoc (-q), e, Real.mul_one, neg_mul] at h
  rw [pow_two] at h3
  exact h.2 (Std.le_trans (neg_le_neg b) (Lean.Grind.OrderedAdd.neg_le_iff.1 h3))
theorem mul_unit_le_one {x : ℝ} {n : Nat} (h : x < 1 * 2 ^ n) : x * unit n ≤ 1 := by
  have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Std.le_of_lt h) (Std.le_of_lt (unit_pos n))
  rwa [Lean.Grind.Semiring.mul_assoc 1, two_pow_mul_unit, Lean.Grind.Semiring.mul_one] at this
/-- What is at least `-C x ^ 2` near 0, and doubles at least where it is negative, is never negative. -/
theorem nonneg_of_halving {g : ℝ → ℝ} {C : ℝ} (h : ∀ x, 0 ≤ x → 2 * g (x / 2) ≤ g x) (k : ∀ x, 0 ≤ x → x ≤ 1 → -(C * x ^ 2) ≤ g x)
    {x : ℝ} (hx : 0 ≤ x) : 0 ≤ g x := by
  have pos (n : Nat) := mul_nonneg hx (Std.le_of_lt (unit_pos n))
  have all (n : Nat) : g (x * unit n) ≤ g x * unit n := by
    induction n with
    | zero => rw [unit_zero, Lean.Grind.Semiring.mul_one, Lean.Grind.Semiring.mul_one]; exact Std.le_refl _
    | succ n ih =>
      have h1 := h (x * unit n) (pos n)
      rw [unit_succ n] at h1 ih
      rw [show x * (2 * unit (n + 1)) / 2 = x * unit (n + 1) by rw [mul_left_comm, two_mul_div_two]] at h1
      exact halving_step h1 ih
  apply Classical.byContradiction; intro c
  obtain ⟨M, hM⟩ := exists_lt_mul_two_pow (C * x ^ 2) (ε := -g x) (Lean.Grind.OrderedAdd.neg_pos_iff.2 (Std.not_le.1 c))
  obtain ⟨N, hN⟩ := exists_lt_mul_two_pow x Lean.Grind.OrderedRing.zero_lt_one
  refine halving_absurd (two_pow_mul_unit (M + N)) (unit_pos (M + N)) (hM (M + N) (Nat.le_add_right M N)) (all (M + N)) ?_
  have := k _ (pos (M + N)) (mul_unit_le_one (hN (M + N) (Nat.le_add_left N M)))
  rwa [Lean.Grind.CommSemiring.mul_pow, ← Real.mul_assoc] at this

theorem natCast_succ (n : Nat) : ((n + 1 : Nat) : ℝ) = n + 1 := natCast_add n 1
theorem half_pos {x : ℝ} (h : 0 < x) : 0 < x / 2 := div_pos h Pocket.two_pos
theorem half_nonneg {x : ℝ} (h : 0 ≤ x) : 0 ≤ x / 2 := div_nonneg h (Std.le_of_lt Pocket.two_pos)
theorem two_mul_half_sub_le {x a b : ℝ} (h : a * b ≤ a * 1) : 2 * (x / 2 - a) ≤ x - 2 * a * b := by
  rw [Real.mul_one] at h
  rw [mul_sub, two_mul_half, Real.mul_assoc]
  exact sub_le_sub_left (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h (Std.le_of_lt Pocket.two_pos)) x
theorem neg_le_sub_of {x a c : ℝ} (h : a ≤ c + x) : -c ≤ x - a :=
  Lean.Grind.OrderedAdd.neg_le_iff.2 (by rw [neg_sub]; exact sub_le_of_le_add h)
theorem le_of_sub_nonneg {a b : ℝ} (h : 0 ≤ b - a) : a ≤ b := Lean.Grind.OrderedAdd.sub_nonneg_iff.1 h
theorem cube_step {x s t : ℝ} (hx : 0 ≤ x) (h1 : s ^ 2 ≤ (x / 2 / 2) ^ 2) (h2 : t ≤ x / 2) :
    2 * (t - (x / 2 - (x / 2) ^ 3 / 6)) ≤ 2 * t * (1 - 2 * s ^ 2) - (x - x ^ 3 / 6) := by
  have h3 := mul_le_mul h2 h1 (sq_nonneg _) (half_nonneg hx)
  clear h1 h2 hx
  grind only
theorem cube_near {x a : ℝ} (h : -(16 * x ^ 2) ≤ a - x) (k : 0 ≤ x ^ 3) : -(16 * x ^ 2) ≤ a - (x - x ^ 3 / 6) :=
  Std.le_trans h (sub_le_sub_left (sub_le_self x (div_nonneg k (natCast_le.2 (Nat.zero_le 6)))) a)
theorem six_sub_sq_pos {x : ℝ} (h : 0 ≤ x) (h2 : x ≤ 2) : 0 < 6 - x ^ 2 := by
  have := mul_le_mul h2 h2 h (Std.le_of_lt Pocket.two_pos)
  rw [← pow_two, show (2 : ℝ) * 2 = 4 from (Lean.Grind.Semiring.ofNat_mul 2 2).symm] at this
  exact Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.lt_of_le_of_lt this (natCast_lt.2 (show 4 < 6 by decide)))
theorem sub_cube_pos {x : ℝ} (h : 0 < x) (h2 : x ≤ 2) : 0 < x - x ^ 3 / 6 := by
  have := mul_pos h (six_sub_sq_pos (Std.le_of_lt h) h2)
  rw [mul_sub] at this
  refine Lean.Grind.OrderedAdd.sub_pos_iff.2 ((div_lt_iff₀ (natCast_lt.2 (show 0 < 6 by decide))).2 ?_)
  rw [show x ^ 3 = x * x ^ 2 from (Lean.Grind.Semiring.pow_succ x 2).trans (Real.mul_comm _ _)]
  exact Lean.Grind.OrderedAdd.sub_pos_iff.1 this
theorem cos_bound {x t : ℝ} (h : (x / 2 - (x / 2) ^ 3 / 6) * (x / 2 - (x / 2) ^ 3 / 6) ≤ t * t) (k : 0 ≤ x ^ 6) :
    1 - 2 * t ^ 2 ≤ 1 - x ^ 2 / 2 + x ^ 4 / 24 := by grind only
theorem half_le {x : ℝ} (h : x ≤ 2) : x / 2 ≤ 2 :=
  (div_le_iff₀ Pocket.two_pos).2 (Std.le_trans h (by rw [two_mul]; exact le_add_of_nonneg 2 (Std.le_of_lt Pocket.two_pos)))
theorem lt_of_sub_eq {a b s t : ℝ} (h : b - a = -2 * s * t) (p : 0 < s * t) : b < a :=
  Lean.Grind.OrderedAdd.sub_pos_iff.1 (by rw [← neg_sub, h, Real.mul_assoc, neg_mul, neg_neg]; exact mul_pos Pocket.two_pos p)
theorem half_lt {x c : ℝ} (h : x < 2 * c) : x / 2 < c := (div_lt_iff₀ Pocket.two_pos).2 (by rwa [Real.mul_comm])
theorem mean_mem {x y p : ℝ} (h : 0 ≤ x) (k : y ≤ p) (l : x < y) : (0 < (y + x) / 2 ∧ (y + x) / 2 < p) ∧ 0 < (y - x) / 2 ∧ (y - x) / 2 < p :=
  have y0 := Std.lt_of_le_of_lt h l
  have q := Lean.Grind.OrderedAdd.add_le_add k k
  have e := Lean.Grind.OrderedAdd.add_lt_right y y0
  ⟨⟨half_pos (add_pos_of_pos_of_nonneg y0 h), half_lt (by rw [two_mul]; exact Std.lt_of_lt_of_le (Lean.Grind.OrderedAdd.add_lt_right y l) q)⟩,
    half_pos (Lean.Grind.OrderedAdd.sub_pos_iff.2 l), half_lt (by
      rw [two_mul]; rw [Real.add_zero] at e
      exact Std.lt_of_le_of_lt (sub_le_self y h) (Std.lt_of_lt_of_le e q))⟩
theorem sub_le_of_sub_eq {a b s t x y : ℝ} (h : a - b = -2 * s * t) (k : s * t ≤ 1 * ((x - y) / 2)) : b - a ≤ x - y := by
  have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left k (Std.le_of_lt Pocket.two_pos)
  rw [one_mul, two_mul_half] at this
  rwa [← neg_sub, h, Real.mul_assoc, neg_mul, neg_neg]
theorem add_half_le {L c d : ℝ} (h : c - d ≤ 2 - L) (k : d < 0) (p : 0 < c) : L + c / 2 ≤ 2 := by
  have h1 := sub_le_self c (half_nonneg (Std.le_of_lt p))
  rw [sub_half] at h1
  have h2 := le_add_of_nonneg c (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt k))
  have := Lean.Grind.OrderedAdd.add_le_right L (Std.le_trans h1 (Std.le_trans h2 h))
  rwa [Real.add_comm L (2 - L), sub_add_cancel] at this
theorem half_bounds {L c : ℝ} (p : 0 < c) : L ≤ L + c / 2 ∧ ¬ L + c / 2 ≤ L :=
  ⟨le_add_of_nonneg L (Std.le_of_lt (half_pos p)), (lt_add_of_pos L (half_pos p)).2⟩
theorem pos_of_near {L c e : ℝ} (p : 0 < c) (h : c - e ≤ L + c / 2 - L) : 0 < e := by
  rw [add_sub_cancel_left] at h
  have := sub_le_of_le_add (b := c / 2) (by rw [Real.add_comm]; exact Real.le_add_of_sub_le h)
  rw [sub_half] at this
  exact Std.lt_of_lt_of_le (half_pos p) this
theorem le_half {c : ℝ} (n : c < 0) : c ≤ c / 2 := by
  have := sub_le_self (-c) (half_nonneg (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt n)))
  rw [sub_half, div_eq_mul_inv, neg_mul, ← div_eq_mul_inv] at this
  have := neg_le_neg this
  rwa [neg_neg, neg_neg] at this
theorem le_add_half {L c e s : ℝ} (n : c < 0) (p : 0 < e) (h : e - c ≤ L - s) : s ≤ L + c / 2 := by
  have h1 := Lean.Grind.OrderedAdd.add_le_left (Std.le_of_lt p) (-c)
  rw [zero_add] at h1
  have h2 := Lean.Grind.OrderedAdd.neg_le_iff.1 (Std.le_trans h1 h)
  rw [neg_sub] at h2
  exact Std.le_trans (Real.le_add_of_sub_le h2) (by rw [Real.add_comm c]; exact Lean.Grind.OrderedAdd.add_le_right L (le_half n))
theorem sub_mem {x p : ℝ} (h : -(p / 2) ≤ x) (k : x ≤ p / 2) : 0 ≤ p / 2 - x ∧ p / 2 - x ≤ p := by
  refine ⟨Lean.Grind.OrderedAdd.sub_nonneg_iff.2 k, sub_le_of_le_add ?_⟩
  have := Lean.Grind.OrderedAdd.add_le_right p h
  rwa [← sub_eq_add_neg, sub_half] at this
theorem sub_lt_sub_left' {x y p : ℝ} (h : x < y) : p - y < p - x :=
  Lean.Grind.OrderedAdd.add_lt_right p (Lean.Grind.OrderedAdd.neg_lt_iff.2 (by rwa [neg_neg]))
theorem lt_two_of_le_one {x : ℝ} (h : x ≤ 1) : x / 2 ≤ 2 :=
  half_le (Std.le_trans h (natCast_le.2 (show 1 ≤ 2 by decide)))
theorem third_mem {n : ℝ} (h : 2 < n) {p : ℝ} (hp : 0 < p) : -(p / 2) < p / n ∧ p / n < p / 2 := by
  have h0 := Std.lt_trans Pocket.two_pos h
  have h1 := div_pos hp h0
  have h2 := div_pos hp Pocket.two_pos
  refine ⟨Std.lt_trans (Lean.Grind.OrderedAdd.neg_lt_iff.2 (by rwa [neg_zero])) h1, ?_⟩
  rw [div_lt_div_iff_of_pos h0 Pocket.two_pos]
  exact Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h hp
theorem eq_sqrt_div_two {a c : ℝ} (h : 0 < c) (k : 4 * c ^ 2 = a) : c = sqrt a / 2 := by
  rw [sqrt_eq_of_sq (y := 2 * c) (Std.le_of_lt (mul_pos Pocket.two_pos h)) (by rw [← k]; clear k; grobner), two_mul_div_two]
theorem third_lt {p : ℝ} (h : 0 < p) : p / 5 < p / 3 ∧ p / 3 ≤ p := by
  have p3 : (0 : ℝ) < 3 := natCast_lt.2 (by decide)
  refine ⟨?_, (div_le_iff₀ p3).2 ?_⟩
  · rw [div_lt_div_iff_of_pos (show (0 : ℝ) < 5 from natCast_lt.2 (by decide)) p3]
    exact Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left (show (3 : ℝ) < 5 from natCast_lt.2 (by decide)) h
  · have := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (natCast_le.2 (show 1 ≤ 3 by decide)) (Std.le_of_lt h)
    exact le_of_eq_of_le (Real.mul_one p).symm this
theorem five_aux {c : ℝ} (h : -(2 * c ^ 2 - 1) = 4 * c ^ 3 - 3 * c) (k : 0 < c) : 4 * c ^ 2 - 2 * c - 1 = 0 := by
  have e : (c + 1) * (4 * c ^ 2 - 2 * c - 1) = 0 := by clear k; grobner
  exact (Lean.Grind.Field.of_mul_eq_zero e).resolve_left (add_pos k Lean.Grind.OrderedRing.zero_lt_one).ne'
theorem inv_div' (a b : ℝ) : b / a = (a / b)⁻¹ := by
  rw [div_eq_mul_inv, div_eq_mul_inv, Lean.Grind.Field.inv_mul, Lean.Grind.Field.inv_inv, Real.mul_comm]
theorem div_div_div_cancel_right {x y m : ℝ} (hm : m * m⁻¹ = 1) : x / m / (y / m) = x / y := by
  show x * m⁻¹ * (y * m⁻¹)⁻¹ = x * y⁻¹
  rw [Lean.Grind.Field.inv_mul, Lean.Grind.Field.inv_inv, Real.mul_comm y⁻¹, Real.mul_assoc, ← Real.mul_assoc m⁻¹, Real.mul_comm m⁻¹, hm, one_mul]
theorem div_tan {a b c d : ℝ} (hb : b ≠ 0) (hd : d ≠ 0) : (a * d + b * c) / (b * d - a * c) = (a / b + c / d) / (1 - a / b * (c / d)) := by
  have m : (b * d) * (b * d)⁻¹ = 1 := Real.mul_inv_cancel fun c => (Lean.Grind.Field.of_mul_eq_zero c).elim hb hd
  have e : 1 - a / b * (c / d) = (b * d - a * c) / (b * d) := by
    rw [div_eq_mul_inv, div_eq_mul_inv, div_eq_mul_inv, sub_mul, m, Lean.Grind.Field.inv_mul, Real.mul_assoc a, mul_left_comm b⁻¹, ← Real.mul_assoc a]
  rw [e, div_add_div a c hb hd, div_div_div_cancel_right m]
theorem int_cases (n : Int) : ∃ k : Nat, (n : ℝ) = k ∨ (n : ℝ) = -k := by
  cases n with
  | ofNat k => exact ⟨k, .inl (intCast_natCast k)⟩
  | negSucc k => exact ⟨k + 1, .inr ((Lean.Grind.Ring.intCast_neg (α := ℝ) ((k + 1 : Nat) : Int)).trans (congrArg (- ·) (intCast_natCast (k + 1))))⟩
theorem eq_of_floor {x p k : ℝ} (hp : 0 < p) (h1 : k ≤ x / p) (h2 : x / p < k + 1) : 0 ≤ x - k * p ∧ x - k * p < p := by
  rw [le_div_iff₀ hp] at h1; rw [div_lt_iff₀ hp, add_mul, one_mul, Real.add_comm] at h2
  exact ⟨Lean.Grind.OrderedAdd.sub_nonneg_iff.2 h1, Std.lt_of_lt_of_le (Lean.Grind.OrderedAdd.add_lt_left h2 (-(k * p))) (le_of_eq (add_sub_cancel p (k * p)))⟩
theorem ofScientific_two (n : Nat) : (OfScientific.ofScientific n true 2 : ℝ) = n / 100 := by
  have h : (OfScientific.ofScientific n true 2 : Rat) = (n : Rat) / (100 : Nat) := by
    show Rat.ofScientific n true 2 = _
    rw [Rat.ofScientific_true_def, Rat.mkRat_eq_div]; rfl
  rw [ofScientific_eq, h, ratCast_div]; rfl
theorem abs_le_one {a b : ℝ} (h : a ^ 2 + b ^ 2 = 1) : abs a ≤ 1 := by
  refine le_of_sq_le_sq' (Std.le_of_lt Lean.Grind.OrderedRing.zero_lt_one) ?_
  have := sq_nonneg b
  rw [← abs_mul, abs_of_nonneg (mul_self_nonneg a), ← Lean.Grind.Semiring.pow_two, Real.mul_one, ← h]
  exact le_add_of_nonneg _ this
end Pocket
end
