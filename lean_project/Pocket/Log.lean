import Pocket.Floor

/-!
The logarithm, with only square roots to make it from: `log x` is the limit of `2 ^ n * (x ^ (1 / 2 ^ n) - 1)`; and exp,
its inverse. Mathlib has it the other way round, log the inverse of exp, which is a series; that the numbers are the same
is a theorem of analysis (log is determined by `log_mul` and `log_le_sub_one_of_pos`), but nobody has checked it by
machine. Mathlib: `Mathlib/Analysis/SpecialFunctions/Log/Basic.lean`, `Mathlib/Analysis/Complex/Exponential.lean`.
-/

open Pocket

noncomputable section
namespace Real
/-- `x ^ (1 / 2 ^ n)`, by taking square roots. -/
def rootTwoPow : Nat → ℝ → ℝ
  | 0, x => x
  | n + 1, x => sqrt (rootTwoPow n x)

/-- `2 ^ n * (x ^ (1 / 2 ^ n) - 1)`, which decreases to the logarithm. -/
def logApprox (n : Nat) (x : ℝ) : ℝ := 2 ^ n * (rootTwoPow n x - 1)

theorem rootTwoPow_pos {x : ℝ} (h : 0 < x) (n : Nat) : 0 < rootTwoPow n x := by
  induction n with
  | zero => exact h
  | succ n ih => exact sqrt_pos.2 ih
theorem rootTwoPow_sq {x : ℝ} (h : 0 < x) (n : Nat) : rootTwoPow (n + 1) x * rootTwoPow (n + 1) x = rootTwoPow n x :=
  mul_self_sqrt (Std.le_of_lt (rootTwoPow_pos h n))
theorem rootTwoPow_mul {x y : ℝ} (hx : 0 < x) (hy : 0 < y) (n : Nat) : rootTwoPow n (x * y) = rootTwoPow n x * rootTwoPow n y := by
  induction n with
  | zero => rfl
  | succ n ih =>
    show sqrt (rootTwoPow n (x * y)) = sqrt (rootTwoPow n x) * sqrt (rootTwoPow n y)
    rw [ih, sqrt_mul (Std.le_of_lt (rootTwoPow_pos hx n))]
theorem rootTwoPow_one (n : Nat) : rootTwoPow n 1 = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => show sqrt (rootTwoPow n 1) = 1; rw [ih]; exact sqrt_eq_of_sq Lean.Grind.OrderedRing.zero_le_one (Real.mul_one 1)

theorem two_pow_pos (n : Nat) : (0 : ℝ) < 2 ^ n := pow_pos Pocket.two_pos n
theorem _root_.Pocket.two_mul_sub_one_le (a : ℝ) : 2 * (a - 1) ≤ a * a - 1 := by
  have h := mul_self_nonneg (a - 1)
  rw [show (a - 1) * (a - 1) = a * a - 1 - 2 * (a - 1) by grobner] at h
  exact Lean.Grind.OrderedAdd.sub_nonneg_iff.1 h
theorem logApprox_succ_le {x : ℝ} (h : 0 < x) (n : Nat) : logApprox (n + 1) x ≤ logApprox n x := by
  show 2 ^ (n + 1) * (rootTwoPow (n + 1) x - 1) ≤ 2 ^ n * (rootTwoPow n x - 1)
  rw [← rootTwoPow_sq h n, Lean.Grind.Semiring.pow_succ, Real.mul_assoc]
  exact Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (two_mul_sub_one_le _) (Std.le_of_lt (two_pow_pos n))
theorem logApprox_anti {x : ℝ} (h : 0 < x) {m n : Nat} (hmn : m ≤ n) : logApprox n x ≤ logApprox m x := by
  induction n with
  | zero => rw [Nat.le_zero.1 hmn]; exact Std.le_refl _
  | succ n ih =>
    by_cases e : m = n + 1
    · subst e; exact Std.le_refl _
    · exact Std.le_trans (logApprox_succ_le h n) (ih (Nat.le_of_lt_succ (Nat.lt_of_le_of_ne hmn e)))
theorem logApprox_zero (x : ℝ) : logApprox 0 x = x - 1 := by
  show 2 ^ 0 * (x - 1) = _
  rw [Lean.Grind.Semiring.pow_zero, Real.mul_comm, Real.mul_one]
theorem logApprox_add_inv_nonneg {x : ℝ} (h : 0 < x) (n : Nat) : 0 ≤ logApprox n x + logApprox n x⁻¹ := by
  have hi := inv_pos_of_pos h
  have e := rootTwoPow_mul h hi n
  rw [Real.mul_inv_cancel h.ne', rootTwoPow_one] at e
  have ha := rootTwoPow_pos h n
  have hb := rootTwoPow_pos hi n
  show 0 ≤ 2 ^ n * (rootTwoPow n x - 1) + 2 ^ n * (rootTwoPow n x⁻¹ - 1)
  generalize rootTwoPow n x = a at *
  generalize rootTwoPow n x⁻¹ = b at *
  rw [← Real.left_distrib]
  refine mul_nonneg (Std.le_of_lt (two_pow_pos n)) ?_
  rw [show a - 1 + (b - 1) = b * ((a - 1) * (a - 1)) by clear ha hb hi h; grobner]
  exact mul_nonneg (Std.le_of_lt hb) (mul_self_nonneg (a - 1))
theorem one_sub_inv_le_logApprox {x : ℝ} (h : 0 < x) (n : Nat) : 1 - x⁻¹ ≤ logApprox n x := by
  have h1 := logApprox_add_inv_nonneg h n
  have h2 := logApprox_anti (inv_pos_of_pos h) (Nat.zero_le n)
  rw [logApprox_zero] at h2
  have h3 := Lean.Grind.OrderedAdd.add_le_right (logApprox n x) h2
  exact Lean.Grind.OrderedAdd.sub_nonneg_iff.1 (by
    rw [show logApprox n x - (1 - x⁻¹) = logApprox n x + (x⁻¹ - 1) from congrArg (logApprox n x + ·) (neg_sub 1 x⁻¹)]
    exact Std.le_trans h1 h3)

theorem exists_log {x : ℝ} (h : 0 < x) : ∃ l, IsGLB { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n x - 1) } l := by
  obtain ⟨L, h1, h2⟩ := exists_sup (S := fun y => ∃ n : Nat, y = -logApprox n x) (b := -(1 - x⁻¹)) (s₀ := -logApprox 0 x)
    ⟨0, rfl⟩ (by rintro s ⟨n, rfl⟩; exact neg_le_neg (one_sub_inv_le_logApprox h n))
  refine ⟨-L, ?_, ?_⟩
  · rintro y ⟨n, rfl⟩
    exact Lean.Grind.OrderedAdd.neg_le_iff.2 (h1 (-logApprox n x) ⟨n, rfl⟩)
  · intro l hl
    exact Lean.Grind.OrderedAdd.le_neg_iff.2 (h2 (-l) (by rintro s ⟨n, rfl⟩; exact neg_le_neg (hl ⟨n, rfl⟩)))

/-- The natural logarithm of `|x|`, and 0 for 0. For `x > 0` it is the infimum, which is the limit, of
`2 ^ n * (x ^ (1 / 2 ^ n) - 1)`. -/
def log (x : ℝ) : ℝ := if x = 0 then 0 else sInf { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n (abs x) - 1) }

theorem log_isGLB {x : ℝ} (h : 0 < x) : IsGLB { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n x - 1) } (log x) := by
  have ha : abs x = x := (abs_def' x).trans (if_pos (Std.le_of_lt h))
  have e := exists_log h
  unfold log sInf
  rw [if_neg h.ne', ha, dif_pos e]
  exact Classical.choose_spec e
theorem log_le_logApprox {x : ℝ} (h : 0 < x) (n : Nat) : log x ≤ logApprox n x := (log_isGLB h).1 ⟨n, rfl⟩
theorem le_log {x c : ℝ} (h : 0 < x) (hc : ∀ n, c ≤ logApprox n x) : c ≤ log x :=
  (log_isGLB h).2 (by rintro y ⟨n, rfl⟩; exact hc n)
theorem logApprox_lt {x ε : ℝ} (h : 0 < x) (hε : 0 < ε) : ∃ N, ∀ n, N ≤ n → logApprox n x < log x + ε := by
  apply Classical.byContradiction; intro c
  have : log x + ε ≤ log x := le_log h fun n => by
    apply Classical.byContradiction; intro k
    exact c ⟨n, fun m hm => Std.lt_of_le_of_lt (logApprox_anti h hm) (Std.not_le.1 k)⟩
  exact (lt_add_of_pos (log x) hε).2 this

theorem _root_.Pocket.one_le_two_pow (n : Nat) : (1 : ℝ) ≤ 2 ^ n := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero]; exact Std.le_refl _
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, Real.mul_comm, two_mul]
    exact Std.le_trans ih (le_add_of_nonneg _ (Std.le_trans Lean.Grind.OrderedRing.zero_le_one ih))
theorem natCast_le_two_pow (n : Nat) : (n : ℝ) ≤ 2 ^ n := by
  induction n with
  | zero => show (0 : ℝ) ≤ _; exact Std.le_of_lt (two_pow_pos 0)
  | succ n ih =>
    have e : ((n + 1 : Nat) : ℝ) = n + 1 := natCast_add n 1
    rw [e, Lean.Grind.Semiring.pow_succ, Real.mul_comm, two_mul]
    exact Lean.Grind.OrderedAdd.add_le_add ih (one_le_two_pow n)
theorem exists_lt_mul_two_pow (c : ℝ) {ε : ℝ} (hε : 0 < ε) : ∃ N : Nat, ∀ n, N ≤ n → c < ε * 2 ^ n := by
  obtain ⟨N, hN⟩ := exists_nat_gt (c / ε)
  refine ⟨N, fun n hn => ?_⟩
  have h1 := natCast_le_two_pow n
  have h2 := natCast_le.2 hn
  rw [Real.mul_comm, ← div_lt_iff₀ hε]
  exact Std.lt_of_lt_of_le hN (Std.le_trans h2 h1)
theorem not_lt_add_sub (a b : ℝ) : ¬ b < a + (b - a) := by
  rw [Real.add_comm, sub_add_cancel]; exact Std.not_lt.2 (Std.le_refl b)
theorem eq_of_forall_near {a b : ℝ} (h : ∀ ε, 0 < ε → a < b + ε ∧ b < a + ε) : a = b := by
  apply Classical.byContradiction; intro c
  by_cases k : a < b
  · exact not_lt_add_sub a b (h (b - a) (Lean.Grind.OrderedAdd.sub_pos_iff.2 k)).2
  · exact not_lt_add_sub b a
      (h (a - b) (Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.lt_of_le_of_ne (Std.not_lt.1 k) (Ne.symm c)))).1
theorem abs_logApprox_le {x : ℝ} (h : 0 < x) : ∃ B, 0 < B ∧ ∀ n, -B ≤ logApprox n x ∧ logApprox n x ≤ B := by
  have hi := inv_pos_of_pos h
  have p := add_pos h hi
  refine ⟨x + x⁻¹ + 1, add_pos p Lean.Grind.OrderedRing.zero_lt_one, fun n => ⟨?_, ?_⟩⟩
  · refine Std.le_trans ?_ (one_sub_inv_le_logApprox h n)
    rw [neg_add, neg_add]
    exact Std.le_trans (Lean.Grind.OrderedAdd.add_le_left (Lean.Grind.OrderedAdd.add_le_left (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rw [neg_zero]; exact Std.le_of_lt h)) _) _) (by
      rw [zero_add, Real.add_comm]
      exact Lean.Grind.OrderedAdd.add_le_left (Std.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rw [neg_zero]; exact Lean.Grind.OrderedRing.zero_le_one)) Lean.Grind.OrderedRing.zero_le_one) _)
  · have h2 := logApprox_anti h (Nat.zero_le n)
    rw [logApprox_zero] at h2
    exact Std.le_trans h2 (Std.le_trans (sub_le_self x Lean.Grind.OrderedRing.zero_le_one)
      (Std.le_trans (le_add_of_nonneg x (Std.le_of_lt hi)) (le_add_of_nonneg _ Lean.Grind.OrderedRing.zero_le_one)))
theorem logApprox_mul {x y : ℝ} (hx : 0 < x) (hy : 0 < y) (n : Nat) :
    (logApprox n (x * y) - logApprox n x - logApprox n y) * 2 ^ n = logApprox n x * logApprox n y := by
  unfold logApprox; rw [rootTwoPow_mul hx hy]
  generalize rootTwoPow n x = a; generalize rootTwoPow n y = b; generalize (2 : ℝ) ^ n = N
  grobner

theorem _root_.Pocket.mul_le_of_abs_le {v w A B : ℝ} (a1 : -A ≤ v) (a2 : v ≤ A) (b1 : -B ≤ w) (b2 : w ≤ B) : v * w ≤ A * B := by
  have hA : 0 ≤ A := Std.not_lt.1 fun (c : A < 0) => c.2 (Std.le_trans (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt c)) (Std.le_trans a1 a2))
  by_cases k : 0 ≤ w
  · exact Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right a2 k) (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left b2 hA)
  · have k := Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt (Std.not_le.1 k))
    have h := Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Lean.Grind.OrderedAdd.neg_le_iff.1 a1) k) (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Lean.Grind.OrderedAdd.neg_le_iff.1 b1) hA)
    rwa [neg_mul, mul_neg, neg_neg] at h
theorem near_of_mul {u v w t A B ε : ℝ} (p : 0 < t) (a1 : -A ≤ v) (a2 : v ≤ A) (b1 : -B ≤ w) (b2 : w ≤ B)
    (e : (u - v - w) * t = v * w) (k : A * B < ε * t) : u - v - w < ε ∧ -ε < u - v - w := by
  have c1 := mul_le_of_abs_le a1 a2 b1 b2
  have c2 : -(A * B) ≤ v * w := by
    have := mul_le_of_abs_le (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rwa [neg_neg])) (Lean.Grind.OrderedAdd.neg_le_iff.1 a1) b1 b2
    rw [neg_mul] at this
    exact Lean.Grind.OrderedAdd.neg_le_iff.1 this
  rw [← e] at c1 c2
  clear a1 a2 b1 b2 e
  generalize u - v - w = d at *
  constructor
  · refine Std.not_le.1 fun c => Std.not_le.2 k ?_
    exact Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right c (Std.le_of_lt p)) c1
  · refine Std.not_le.1 fun c => Std.not_le.2 k ?_
    have := Std.le_trans c2 (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right c (Std.le_of_lt p))
    rw [neg_mul] at this
    have := neg_le_neg this
    rwa [neg_neg, neg_neg] at this
theorem near_of_sum {a b c u v w ε : ℝ} (h1 : v < b + ε / 4) (h2 : w < c + ε / 4) (h3 : u < a + ε / 4) (l1 : b ≤ v)
    (l2 : c ≤ w) (l3 : a ≤ u) (d : u - v - w < ε / 4 ∧ -(ε / 4) < u - v - w) : a < b + c + ε ∧ b + c < a + ε := by
  have e : ε = ε / 4 + ε / 4 + (ε / 4 + ε / 4) := by clear h1 h2 h3 l1 l2 l3 d; grobner
  generalize ε / 4 = δ at *
  subst e
  have p : 0 < δ := (Lean.Grind.OrderedAdd.add_lt_right_iff b).2 (by rw [Real.add_zero]; exact Std.lt_of_le_of_lt l1 h1)
  constructor
  · have k := Std.lt_of_le_of_lt (Std.le_trans l3 (le_add_of_sub_le (le_add_of_sub_le (Std.le_of_lt d.1))))
      (Lean.Grind.OrderedAdd.add_lt_add (Lean.Grind.OrderedAdd.add_lt_right δ h2) h1)
    rw [show b + c + (δ + δ + (δ + δ)) = δ + (c + δ) + (b + δ) + δ by clear h1 h2 h3 l1 l2 l3 d k p; grobner]
    exact Std.lt_trans k (lt_add_of_pos _ p)
  · have k : w - (u - v) ≤ δ := by rw [← neg_sub]; exact Std.le_of_lt (Lean.Grind.OrderedAdd.neg_lt_iff.1 d.2)
    have k := Lean.Grind.OrderedAdd.add_le_left (le_add_of_sub_le k) v
    rw [Real.add_assoc, sub_add_cancel] at k
    have k := Std.lt_of_le_of_lt (Std.le_trans (Lean.Grind.OrderedAdd.add_le_add l2 l1) k) (Lean.Grind.OrderedAdd.add_lt_right δ h3)
    rw [Real.add_comm c b, Real.add_comm δ (a + δ)] at k
    rw [← Real.add_assoc a, ← Real.add_assoc a]
    exact Std.lt_trans k (lt_add_of_pos _ (add_pos p p))

theorem log_mul_of_pos {x y : ℝ} (hx : 0 < x) (hy : 0 < y) : log (x * y) = log x + log y := by
  have hxy := mul_pos hx hy
  obtain ⟨A, hA, hA'⟩ := abs_logApprox_le hx
  obtain ⟨B, hB, hB'⟩ := abs_logApprox_le hy
  refine eq_of_forall_near fun ε hε => ?_
  have hq : 0 < ε / 4 := div_pos hε (natCast_lt.2 (show 0 < 4 by decide))
  obtain ⟨N1, h1⟩ := logApprox_lt hx hq
  obtain ⟨N2, h2⟩ := logApprox_lt hy hq
  obtain ⟨N3, h3⟩ := logApprox_lt hxy hq
  obtain ⟨N4, h4⟩ := exists_lt_mul_two_pow (A * B) hq
  obtain ⟨n, n4⟩ : ∃ n, N1 + N2 + N3 + N4 ≤ n := ⟨_, Nat.le_refl _⟩
  have n3 := left_le n4
  have n2 := left_le n3
  exact near_of_sum (h1 n (left_le n2)) (h2 n (right_le n2)) (h3 n (right_le n3)) (log_le_logApprox hx n) (log_le_logApprox hy n)
    (log_le_logApprox hxy n) (near_of_mul (two_pow_pos n) (hA' n).1 (hA' n).2 (hB' n).1 (hB' n).2 (logApprox_mul hx hy n)
      (h4 n (right_le n4)))

theorem log_le_sub_one_of_pos {x : ℝ} (h : 0 < x) : log x ≤ x - 1 := by
  have h2 := log_le_logApprox h 0
  rwa [logApprox_zero] at h2
theorem one_sub_inv_le_log_of_pos {x : ℝ} (h : 0 < x) : 1 - x⁻¹ ≤ log x := le_log h (one_sub_inv_le_logApprox h)

@[simp] theorem log_zero : log 0 = 0 := by unfold log; rw [if_pos rfl]
@[simp] theorem log_abs (x : ℝ) : log (abs x) = log x := by
  by_cases k : 0 ≤ x
  · rw [show abs x = x from (abs_def' x).trans (if_pos k)]
  · have hn : abs x = -x := (abs_def' x).trans (if_neg k)
    have p : 0 < -x := Lean.Grind.OrderedAdd.neg_pos_iff.2 (Std.not_le.1 k)
    have e : abs (-x) = -x := (abs_def' (-x)).trans (if_pos (Std.le_of_lt p))
    unfold log; rw [hn, e, if_neg p.ne', if_neg fun c => k (by rw [c]; exact Std.le_refl _)]
theorem _root_.Pocket.abs_neg' (x : ℝ) : abs (-x) = abs x := by
  rw [abs_def', abs_def', neg_neg]
  by_cases h : 0 ≤ x <;> by_cases k : 0 ≤ -x
  · have l := neg_le_neg h
    rw [neg_zero] at l
    rw [if_pos h, if_pos k]; exact eq_of_le_of_le (Std.le_trans l h) (Std.le_trans (by have := neg_le_neg k; rwa [neg_neg, neg_zero] at this) k)
  · rw [if_pos h, if_neg k]
  · rw [if_neg h, if_pos k]
  · exact absurd (Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Std.le_of_lt (Std.not_le.1 h))) k
@[simp] theorem log_neg_eq_log (x : ℝ) : log (-x) = log x := by
  rw [← log_abs x, ← log_abs (-x), abs_neg']
@[simp] theorem log_one : log 1 = 0 := by
  have h1 := log_le_sub_one_of_pos (x := 1) Lean.Grind.OrderedRing.zero_lt_one
  have h2 := one_sub_inv_le_log_of_pos (x := 1) Lean.Grind.OrderedRing.zero_lt_one
  rw [sub_self] at h1
  rw [Lean.Grind.Field.inv_one, sub_self] at h2
  exact eq_of_le_of_le h1 h2
theorem log_mul {x y : ℝ} (hx : x ≠ 0) (hy : y ≠ 0) : log (x * y) = log x + log y := by
  have key {y : ℝ} (hy : 0 < y) : log (x * y) = log x + log y := by
    by_cases h : 0 ≤ x
    · exact log_mul_of_pos (Std.lt_of_le_of_ne h (Ne.symm hx)) hy
    · rw [← log_neg_eq_log x, ← log_neg_eq_log (x * y), ← Lean.Grind.Ring.neg_mul]
      exact log_mul_of_pos (Lean.Grind.OrderedAdd.neg_pos_iff.2 (Std.not_le.1 h)) hy
  by_cases k : 0 ≤ y
  · exact key (Std.lt_of_le_of_ne k (Ne.symm hy))
  · rw [← log_neg_eq_log y, ← log_neg_eq_log (x * y), ← Lean.Grind.Ring.mul_neg]
    exact key (Lean.Grind.OrderedAdd.neg_pos_iff.2 (Std.not_le.1 k))
@[simp] theorem log_inv (x : ℝ) : log x⁻¹ = -log x := by
  by_cases h : x = 0
  · subst h; rw [Real.inv_zero, log_zero, neg_zero]
  · have := log_mul h fun c => h (Lean.Grind.Field.inv_eq_zero_iff.1 c)
    rw [Real.mul_inv_cancel h, log_one] at this
    rw [← Real.add_zero (-log x), this, ← Real.add_assoc, Real.neg_add_cancel, zero_add]
theorem log_div {x y : ℝ} (hx : x ≠ 0) (hy : y ≠ 0) : log (x / y) = log x - log y :=
  (log_mul hx fun c => hy (Lean.Grind.Field.inv_eq_zero_iff.1 c)).trans (congrArg (log x + ·) (log_inv y))
theorem log_pow (n : Nat) (x : ℝ) : log (x ^ n) = n * log x := by
  by_cases h : x = 0
  · subst h
    cases n with
    | zero => rw [Lean.Grind.Semiring.pow_zero, log_one, log_zero, Lean.Grind.Semiring.mul_zero]
    | succ n => rw [Lean.Grind.Semiring.pow_succ, Lean.Grind.Semiring.mul_zero, log_zero, Lean.Grind.Semiring.mul_zero]
  · induction n with
    | zero => rw [Lean.Grind.Semiring.pow_zero, log_one, show ((0 : Nat) : ℝ) = 0 from rfl, Real.zero_mul]
    | succ n ih =>
      have e : ((n + 1 : Nat) : ℝ) = n + 1 := natCast_add n 1
      have hp : x ^ n ≠ 0 := fun c => h (Lean.Grind.Field.of_pow_eq_zero x n c)
      rw [Lean.Grind.Semiring.pow_succ, log_mul hp h, ih, e, Lean.Grind.Semiring.right_distrib, Lean.Grind.Semiring.one_mul]
theorem log_lt_log {x y : ℝ} (hx : 0 < x) (h : x < y) : log x < log y := by
  have hd : 1 < y / x := (lt_div_iff₀ hx).2 (by rw [Lean.Grind.Semiring.one_mul]; exact h)
  have hp : 0 < y / x := Std.lt_trans Lean.Grind.OrderedRing.zero_lt_one hd
  have k := one_sub_inv_le_log_of_pos hp
  rw [log_div (Std.lt_trans hx h |>.ne') hx.ne'] at k
  have hi := (inv_lt_iff_one_lt_mul₀ (b := 1) hp).2 (by rw [Lean.Grind.Semiring.one_mul]; exact hd)
  exact Lean.Grind.OrderedAdd.sub_pos_iff.1 (Std.lt_of_lt_of_le (Lean.Grind.OrderedAdd.sub_pos_iff.2 hi) k)
theorem log_le_log {x y : ℝ} (hx : 0 < x) (h : x ≤ y) : log x ≤ log y := by
  by_cases e : x = y
  · subst e; exact Std.le_refl _
  · exact Std.le_of_lt (log_lt_log hx (Std.lt_of_le_of_ne h e))
theorem log_lt_log_iff {x y : ℝ} (hx : 0 < x) (hy : 0 < y) : log x < log y ↔ x < y := by
  constructor
  · exact fun h => Std.not_le.1 fun c => Std.not_le.2 h (log_le_log hy c)
  · exact log_lt_log hx
theorem log_le_log_iff {x y : ℝ} (hx : 0 < x) (hy : 0 < y) : log x ≤ log y ↔ x ≤ y := by
  exact ⟨fun h => Std.not_lt.1 fun c => Std.not_lt.2 h (log_lt_log hy c), log_le_log hx⟩
theorem log_injOn_pos : Set.InjOn log (Set.Ioi 0) := by
  intro x hx y hy h
  have hx : 0 < x := hx
  have hy : 0 < y := hy
  have h1 := log_le_log_iff hx hy
  have h2 := log_le_log_iff hy hx
  rw [h] at h1 h2
  exact Std.le_antisymm (h1.1 (Std.le_refl _)) (h2.1 (Std.le_refl _))
theorem log_pos {x : ℝ} (h : 1 < x) : 0 < log x := by
  have := log_lt_log (x := 1) (y := x) Lean.Grind.OrderedRing.zero_lt_one h; rwa [log_one] at this
theorem log_neg {x : ℝ} (h0 : 0 < x) (h : x < 1) : log x < 0 := by
  have := log_lt_log h0 h; rwa [log_one] at this
theorem log_nonneg {x : ℝ} (h : 1 ≤ x) : 0 ≤ log x := by
  have := log_le_log (x := 1) (y := x) Lean.Grind.OrderedRing.zero_lt_one h; rwa [log_one] at this

theorem not_mul_one_add_le {s d : ℝ} (hs : 0 < s) (hd : 0 < d) : ¬ s * (1 + d) ≤ s := by
  rw [Real.left_distrib, Real.mul_one]; exact (lt_add_of_pos s (mul_pos hs hd)).2
theorem le_mul_inv_of_le_div {s y d : ℝ} (hy : 0 < y) (hd : 0 < d) (h : 1 + d ≤ s / y) : y ≤ s * (1 + d)⁻¹ := by
  rw [← Lean.Grind.Field.div_eq_mul_inv, le_div_iff₀ (add_pos Lean.Grind.OrderedRing.zero_lt_one hd), Real.mul_comm]
  exact (le_div_iff₀ hy).1 h
theorem not_le_mul_inv {s d : ℝ} (hs : 0 < s) (hd : 0 < d) : ¬ s ≤ s * (1 + d)⁻¹ := by
  rw [← Lean.Grind.Field.div_eq_mul_inv, le_div_iff₀ (add_pos Lean.Grind.OrderedRing.zero_lt_one hd)]; exact not_mul_one_add_le hs hd
theorem _root_.Pocket.inv_two_le_log_two : (2 : ℝ)⁻¹ ≤ log 2 := by
  have e : (2 : ℝ)⁻¹ + 2⁻¹ = 1 := by rw [← two_mul, Real.mul_inv_cancel Pocket.two_pos.ne']
  have h := one_sub_inv_le_log_of_pos Pocket.two_pos
  rwa [← e, add_sub_cancel] at h
theorem exists_lt_log_two_pow (c : ℝ) : ∃ n : Nat, c < log (2 ^ n) := by
  obtain ⟨n, hn⟩ := exists_nat_gt (c * 2)
  refine ⟨n, ?_⟩
  have h := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right hn (inv_pos_of_pos Pocket.two_pos)
  rw [Real.mul_assoc, Real.mul_inv_cancel Pocket.two_pos.ne', Real.mul_one] at h
  rw [log_pow]
  exact Std.lt_of_lt_of_le h (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left inv_two_le_log_two (natCast_le.2 (Nat.zero_le n)))
theorem exists_exp (t : ℝ) : ∃ x, 0 < x ∧ log x = t := by
  obtain ⟨u, hu⟩ := exists_lt_log_two_pow t
  obtain ⟨l, hl⟩ := exists_lt_log_two_pow (-t)
  have pl := two_pow_pos l
  have pu := two_pow_pos u
  have el : log ((2 : ℝ) ^ l)⁻¹ ≤ t := by rw [log_inv]; exact Lean.Grind.OrderedAdd.neg_le_iff.2 (Std.le_of_lt hl)
  have hb : ∀ y : ℝ, 0 < y ∧ log y ≤ t → y ≤ 2 ^ u := fun y hy =>
    Std.not_lt.1 fun c => Std.not_le.2 (Std.lt_trans hu (log_lt_log pu c)) hy.2
  obtain ⟨s, h1, h3⟩ := exists_sup (S := fun y => 0 < y ∧ log y ≤ t) ⟨inv_pos_of_pos pl, el⟩ hb
  have hs : 0 < s := Std.lt_of_lt_of_le (inv_pos_of_pos pl) (h1 _ ⟨inv_pos_of_pos pl, el⟩)
  clear hu hl el pl pu hb
  have up : ¬ log s < t := fun k => by
    have hd : 0 < t - log s := Lean.Grind.OrderedAdd.sub_pos_iff.2 k
    have h1d : 0 < 1 + (t - log s) := add_pos Lean.Grind.OrderedRing.zero_lt_one hd
    refine not_mul_one_add_le hs hd (h1 _ ⟨mul_pos hs h1d, ?_⟩)
    rw [log_mul_of_pos hs h1d]
    have e := Lean.Grind.OrderedAdd.add_le_right (log s) (le_of_le_of_eq (log_le_sub_one_of_pos h1d) (add_sub_cancel_left 1 (t - log s)))
    rwa [Real.add_comm (log s) (t - log s), sub_add_cancel] at e
  have down : ¬ t < log s := fun k => by
    have hd : 0 < log s - t := Lean.Grind.OrderedAdd.sub_pos_iff.2 k
    refine not_le_mul_inv hs hd (h3 _ fun y hy => le_mul_inv_of_le_div hy.1 hd ?_)
    have f := log_le_sub_one_of_pos (div_pos hs hy.1)
    rw [log_div hs.ne' hy.1.ne'] at f
    have f := Lean.Grind.OrderedAdd.add_le_right 1 (Std.le_trans (Lean.Grind.OrderedAdd.add_le_right (log s) (neg_le_neg hy.2)) f)
    rwa [Real.add_comm 1 (s / y - 1), sub_add_cancel] at f
  exact ⟨s, hs, Std.le_antisymm (Std.not_lt.1 down) (Std.not_lt.1 up)⟩

/-- The exponential function: the inverse of the logarithm. -/
def exp (t : ℝ) : ℝ := Classical.choose (exists_exp t)
theorem exp_pos (t : ℝ) : 0 < exp t := (Classical.choose_spec (exists_exp t)).1
@[simp] theorem log_exp (t : ℝ) : log (exp t) = t := (Classical.choose_spec (exists_exp t)).2
theorem exp_log {x : ℝ} (h : 0 < x) : exp (log x) = x := log_injOn_pos (exp_pos _) h (log_exp _)
@[simp] theorem exp_zero : exp 0 = 1 := by rw [← log_one]; exact exp_log Lean.Grind.OrderedRing.zero_lt_one
theorem exp_add (x y : ℝ) : exp (x + y) = exp x * exp y :=
  log_injOn_pos (exp_pos _) (mul_pos (exp_pos x) (exp_pos y)) (by rw [log_mul_of_pos (exp_pos x) (exp_pos y), log_exp, log_exp, log_exp])
theorem exp_neg (x : ℝ) : exp (-x) = (exp x)⁻¹ :=
  log_injOn_pos (exp_pos _) (inv_pos_of_pos (exp_pos x)) (by rw [log_inv, log_exp, log_exp])
theorem exp_sub (x y : ℝ) : exp (x - y) = exp x / exp y := (exp_add x (-y)).trans (congrArg (exp x * ·) (exp_neg y))
theorem exp_lt_exp {x y : ℝ} : exp x < exp y ↔ x < y := by
  rw [← log_lt_log_iff (exp_pos x) (exp_pos y), log_exp, log_exp]
theorem exp_le_exp {x y : ℝ} : exp x ≤ exp y ↔ x ≤ y := by
  rw [← log_le_log_iff (exp_pos x) (exp_pos y), log_exp, log_exp]
theorem exp_injective : Function.Injective exp := fun x y h => by rw [← log_exp x, h, log_exp]
theorem add_one_le_exp (x : ℝ) : x + 1 ≤ exp x := by
  have := log_le_sub_one_of_pos (exp_pos x); rw [log_exp] at this
  have := Lean.Grind.OrderedAdd.add_le_left this 1
  rwa [sub_add_cancel] at this
theorem exp_nat_mul (x : ℝ) (n : Nat) : exp (n * x) = exp x ^ n :=
  log_injOn_pos (exp_pos _) (pow_pos (exp_pos x) n) (by rw [log_pow, log_exp, log_exp])

grind_pattern exp_pos => exp t
grind_pattern log_one => log 1
grind_pattern log_mul => log (x * y)
grind_pattern log_div => log (x / y)
grind_pattern log_pow => log (x ^ n)
attribute [grind =] log_exp exp_zero exp_add log_inv
end Real
end
