import Pocket.Floor

/-!
The logarithm, with only square roots to make it from: `log x` is the limit of `2 ^ n * (x ^ (1 / 2 ^ n) - 1)`; and exp,
its inverse. Mathlib has it the other way round, log the inverse of exp, which is a series; that the numbers are the same
is a theorem of analysis (log is determined by `log_mul` and `log_le_sub_one_of_pos`), but nobody has checked it by
machine. Mathlib: `Mathlib/Analysis/SpecialFunctions/Log/Basic.lean`, `Mathlib/Analysis/Complex/Exponential.lean`.
-/

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
  | succ n ih => show sqrt (rootTwoPow n 1) = 1; rw [ih]; exact sqrt_eq_of_sq (by grind) (by grind)

theorem two_pow_pos (n : Nat) : (0 : ℝ) < 2 ^ n := pow_pos (by grind) n
theorem logApprox_succ_le {x : ℝ} (h : 0 < x) (n : Nat) : logApprox (n + 1) x ≤ logApprox n x := by
  unfold logApprox
  rw [← rootTwoPow_sq h n, Lean.Grind.Semiring.pow_succ]
  generalize rootTwoPow (n + 1) x = r
  have := mul_nonneg (Std.le_of_lt (two_pow_pos n)) (mul_self_nonneg (r - 1))
  grind
theorem logApprox_anti {x : ℝ} (h : 0 < x) {m n : Nat} (hmn : m ≤ n) : logApprox n x ≤ logApprox m x := by
  induction n with
  | zero => have : m = 0 := by omega
            subst this; exact Std.le_refl _
  | succ n ih =>
    by_cases e : m = n + 1
    · subst e; exact Std.le_refl _
    · exact Std.le_trans (logApprox_succ_le h n) (ih (by omega))
theorem logApprox_zero (x : ℝ) : logApprox 0 x = x - 1 := by
  show 2 ^ 0 * (x - 1) = _
  rw [Lean.Grind.Semiring.pow_zero, Real.mul_comm, Real.mul_one]
theorem logApprox_add_inv_nonneg {x : ℝ} (h : 0 < x) (n : Nat) : 0 ≤ logApprox n x + logApprox n x⁻¹ := by
  have hi := inv_pos_of_pos h
  have e := rootTwoPow_mul h hi n
  rw [Real.mul_inv_cancel h.ne', rootTwoPow_one] at e
  have ha := rootTwoPow_pos h n
  have hb := rootTwoPow_pos hi n
  unfold logApprox
  generalize rootTwoPow n x = a at *
  generalize rootTwoPow n x⁻¹ = b at *
  have h1 : 0 ≤ a + b - 2 := by
    have := mul_nonneg (Std.le_of_lt hb) (mul_self_nonneg (a - 1))
    have e1 : b * ((a - 1) * (a - 1)) = a + b - 2 := by grind
    rwa [e1] at this
  have := mul_nonneg (Std.le_of_lt (two_pow_pos n)) h1
  grind
theorem one_sub_inv_le_logApprox {x : ℝ} (h : 0 < x) (n : Nat) : 1 - x⁻¹ ≤ logApprox n x := by
  have h1 := logApprox_add_inv_nonneg h n
  have h2 := logApprox_anti (inv_pos_of_pos h) (Nat.zero_le n)
  have h3 := logApprox_zero x⁻¹
  rw [h3] at h2
  generalize logApprox n x = a at *
  generalize logApprox n x⁻¹ = b at *
  generalize x⁻¹ = c at *
  grind

theorem exists_log {x : ℝ} (h : 0 < x) : ∃ l, IsGLB { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n x - 1) } l := by
  obtain ⟨L, h1, h2⟩ := exists_sup (S := fun y => ∃ n : Nat, y = -logApprox n x) (b := -(1 - x⁻¹)) (s₀ := -logApprox 0 x)
    ⟨0, rfl⟩ (by rintro s ⟨n, rfl⟩; have := one_sub_inv_le_logApprox h n; generalize logApprox n x = a at *; grind)
  refine ⟨-L, ?_, ?_⟩
  · rintro y ⟨n, rfl⟩
    have := h1 (-logApprox n x) ⟨n, rfl⟩
    unfold logApprox at this
    clear h1 h2
    grind
  · intro l hl
    have := h2 (-l) (by
      rintro s ⟨n, rfl⟩
      have := hl ⟨n, rfl⟩
      unfold logApprox
      clear h1 h2 hl
      grind)
    clear h1 h2 hl
    grind

/-- The natural logarithm of `|x|`, and 0 for 0. For `x > 0` it is the infimum, which is the limit, of
`2 ^ n * (x ^ (1 / 2 ^ n) - 1)`. -/
def log (x : ℝ) : ℝ := if x = 0 then 0 else sInf { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n (abs x) - 1) }

theorem log_isGLB {x : ℝ} (h : 0 < x) : IsGLB { y | ∃ n : Nat, y = 2 ^ n * (rootTwoPow n x - 1) } (log x) := by
  have ha : abs x = x := by grind
  have e := exists_log h
  unfold log sInf
  rw [if_neg (by grind), ha, dif_pos e]
  exact Classical.choose_spec e
theorem log_le_logApprox {x : ℝ} (h : 0 < x) (n : Nat) : log x ≤ logApprox n x := (log_isGLB h).1 ⟨n, rfl⟩
theorem le_log {x c : ℝ} (h : 0 < x) (hc : ∀ n, c ≤ logApprox n x) : c ≤ log x :=
  (log_isGLB h).2 (by rintro y ⟨n, rfl⟩; exact hc n)
theorem logApprox_lt {x ε : ℝ} (h : 0 < x) (hε : 0 < ε) : ∃ N, ∀ n, N ≤ n → logApprox n x < log x + ε := by
  apply Classical.byContradiction; intro c
  have : log x + ε ≤ log x := le_log h fun n => by
    apply Classical.byContradiction; intro k
    exact c ⟨n, fun m hm => by have := logApprox_anti h hm; grind⟩
  grind

theorem natCast_le_two_pow (n : Nat) : (n : ℝ) ≤ 2 ^ n := by
  induction n with
  | zero => show (0 : ℝ) ≤ _; exact Std.le_of_lt (two_pow_pos 0)
  | succ n ih =>
    have h : (1 : ℝ) ≤ 2 ^ n := by
      clear ih
      induction n with
      | zero => grind
      | succ n ih => rw [Lean.Grind.Semiring.pow_succ]; grind
    have e : ((n + 1 : Nat) : ℝ) = n + 1 := natCast_add n 1
    rw [e, Lean.Grind.Semiring.pow_succ]; grind
theorem exists_lt_mul_two_pow (c : ℝ) {ε : ℝ} (hε : 0 < ε) : ∃ N : Nat, ∀ n, N ≤ n → c < ε * 2 ^ n := by
  obtain ⟨N, hN⟩ := exists_nat_gt (c / ε)
  refine ⟨N, fun n hn => ?_⟩
  have h1 := natCast_le_two_pow n
  have h2 := natCast_le.2 hn
  rw [Real.mul_comm, ← div_lt_iff₀ hε]
  exact Std.lt_of_lt_of_le hN (Std.le_trans h2 h1)
theorem not_lt_add_sub (a b : ℝ) : ¬ b < a + (b - a) := by grind
theorem eq_of_forall_near {a b : ℝ} (h : ∀ ε, 0 < ε → a < b + ε ∧ b < a + ε) : a = b := by
  apply Classical.byContradiction; intro c
  by_cases k : a < b
  · exact not_lt_add_sub a b (h (b - a) (Lean.Grind.OrderedAdd.sub_pos_iff.2 k)).2
  · exact not_lt_add_sub b a
      (h (a - b) (Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.lt_of_le_of_ne (Std.not_lt.1 k) (Ne.symm c)))).1
theorem abs_logApprox_le {x : ℝ} (h : 0 < x) : ∃ B, 0 < B ∧ ∀ n, -B ≤ logApprox n x ∧ logApprox n x ≤ B := by
  have hi := inv_pos_of_pos h
  refine ⟨x + x⁻¹ + 1, by grind, fun n => ?_⟩
  have h1 := one_sub_inv_le_logApprox h n
  have h2 := logApprox_anti h (Nat.zero_le n)
  rw [logApprox_zero] at h2
  generalize logApprox n x = a at *
  grind
theorem logApprox_mul {x y : ℝ} (hx : 0 < x) (hy : 0 < y) (n : Nat) :
    (logApprox n (x * y) - logApprox n x - logApprox n y) * 2 ^ n = logApprox n x * logApprox n y := by
  unfold logApprox; rw [rootTwoPow_mul hx hy]; grind

theorem near_of_mul {u v w t A B ε : ℝ} (p : 0 < t) (a1 : -A ≤ v) (a2 : v ≤ A) (b1 : -B ≤ w) (b2 : w ≤ B)
    (e : (u - v - w) * t = v * w) (k : A * B < ε * t) : u - v - w < ε ∧ -ε < u - v - w := by
  have c1 : v * w ≤ A * B := by
    have m1 := mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 a2) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 b1)
    have m2 := mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 a1) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 b2)
    clear a1 a2 b1 b2 p e k; grind
  have c2 : -(A * B) ≤ v * w := by
    have m3 := mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 a2) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 b2)
    have m4 := mul_nonneg (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 a1) (Lean.Grind.OrderedAdd.sub_nonneg_iff.2 b1)
    clear a1 a2 b1 b2 p e k; grind
  rw [← e] at c1 c2
  clear a1 a2 b1 b2 e
  generalize u - v - w = d at *
  constructor
  · refine Std.not_le.1 fun c => Std.not_le.2 k ?_
    exact Std.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right c (Std.le_of_lt p)) c1
  · refine Std.not_le.1 fun c => Std.not_le.2 k ?_
    have := Std.le_trans c2 (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right c (Std.le_of_lt p))
    rw [Lean.Grind.Ring.neg_mul] at this
    clear c c1 c2 p k
    grind
theorem near_of_sum {a b c u v w ε : ℝ} (h1 : v < b + ε / 4) (h2 : w < c + ε / 4) (h3 : u < a + ε / 4) (l1 : b ≤ v)
    (l2 : c ≤ w) (l3 : a ≤ u) (d : u - v - w < ε / 4 ∧ -(ε / 4) < u - v - w) : a < b + c + ε ∧ b + c < a + ε := by
  constructor <;> grind

theorem log_mul_of_pos {x y : ℝ} (hx : 0 < x) (hy : 0 < y) : log (x * y) = log x + log y := by
  have hxy := mul_pos hx hy
  obtain ⟨A, hA, hA'⟩ := abs_logApprox_le hx
  obtain ⟨B, hB, hB'⟩ := abs_logApprox_le hy
  refine eq_of_forall_near fun ε hε => ?_
  have hq : 0 < ε / 4 := div_pos hε (by clear hA hB hA' hB' hxy hx hy hε; grind)
  obtain ⟨N1, h1⟩ := logApprox_lt hx hq
  obtain ⟨N2, h2⟩ := logApprox_lt hy hq
  obtain ⟨N3, h3⟩ := logApprox_lt hxy hq
  obtain ⟨N4, h4⟩ := exists_lt_mul_two_pow (A * B) hq
  let n := N1 + N2 + N3 + N4
  exact near_of_sum (h1 n (by omega)) (h2 n (by omega)) (h3 n (by omega)) (log_le_logApprox hx n) (log_le_logApprox hy n)
    (log_le_logApprox hxy n) (near_of_mul (two_pow_pos n) (hA' n).1 (hA' n).2 (hB' n).1 (hB' n).2 (logApprox_mul hx hy n)
      (h4 n (by omega)))

theorem log_le_sub_one_of_pos {x : ℝ} (h : 0 < x) : log x ≤ x - 1 := by
  have h2 := log_le_logApprox h 0
  rwa [logApprox_zero] at h2
theorem one_sub_inv_le_log_of_pos {x : ℝ} (h : 0 < x) : 1 - x⁻¹ ≤ log x := le_log h (one_sub_inv_le_logApprox h)

@[simp] theorem log_zero : log 0 = 0 := by unfold log; rw [if_pos rfl]
@[simp] theorem log_abs (x : ℝ) : log (abs x) = log x := by
  unfold log
  have : abs (abs x) = abs x := by grind
  by_cases h : x = 0
  · subst h; rw [if_pos rfl, if_pos (by grind)]
  · rw [if_neg h, if_neg (by grind), this]
@[simp] theorem log_neg_eq_log (x : ℝ) : log (-x) = log x := by
  rw [← log_abs x, ← log_abs (-x)]; congr 1; grind
@[simp] theorem log_one : log 1 = 0 := by
  have h1 := log_le_sub_one_of_pos (x := 1) (by grind)
  have h2 := one_sub_inv_le_log_of_pos (x := 1) (by grind)
  grind
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
  · subst h; rw [Real.inv_zero]; simp; grind
  · have := log_mul h (show x⁻¹ ≠ 0 by grind)
    rw [Real.mul_inv_cancel h, log_one] at this
    clear h
    grind
theorem log_div {x y : ℝ} (hx : x ≠ 0) (hy : y ≠ 0) : log (x / y) = log x - log y := by
  rw [show x / y = x * y⁻¹ by grind, log_mul hx (by grind), log_inv]; grind
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
      have hp : x ^ n ≠ 0 := by
        clear ih e
        induction n with
        | zero => grind
        | succ n ih => grind
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

theorem not_mul_one_add_le {s d : ℝ} (hs : 0 < s) (hd : 0 < d) : ¬ s * (1 + d) ≤ s := by have := mul_pos hs hd; grind
theorem le_mul_inv_of_le_div {s y d : ℝ} (hy : 0 < y) (hd : 0 < d) (h : 1 + d ≤ s / y) : y ≤ s * (1 + d)⁻¹ := by
  rw [← Lean.Grind.Field.div_eq_mul_inv, le_div_iff₀ (by grind)]
  rw [le_div_iff₀ hy] at h
  grind
theorem not_le_mul_inv {s d : ℝ} (hs : 0 < s) (hd : 0 < d) : ¬ s ≤ s * (1 + d)⁻¹ := by
  rw [← Lean.Grind.Field.div_eq_mul_inv, le_div_iff₀ (by grind)]; exact not_mul_one_add_le hs hd
theorem exists_lt_log_two_pow (c : ℝ) : ∃ n : Nat, c < log (2 ^ n) := by
  have h2 : (1 : ℝ) / 2 ≤ log 2 := by have := one_sub_inv_le_log_of_pos (x := 2) (by grind); grind
  obtain ⟨n, hn⟩ := exists_nat_gt (c * 2)
  refine ⟨n, ?_⟩
  rw [log_pow]
  have h0 : (0 : ℝ) ≤ n := natCast_le.2 (Nat.zero_le n)
  have := mul_nonneg h0 (show 0 ≤ log 2 - 1 / 2 by grind)
  grind
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
    have e1 := log_mul_of_pos hs h1d
    have e2 := log_le_sub_one_of_pos h1d
    clear h1 h3; grind
  have down : ¬ t < log s := fun k => by
    have hd : 0 < log s - t := Lean.Grind.OrderedAdd.sub_pos_iff.2 k
    refine not_le_mul_inv hs hd (h3 _ fun y hy => le_mul_inv_of_le_div hy.1 hd ?_)
    have f1 := log_div hs.ne' hy.1.ne'
    have f2 := log_le_sub_one_of_pos (div_pos hs hy.1)
    clear h1 h3; grind
  exact ⟨s, hs, Std.le_antisymm (Std.not_lt.1 down) (Std.not_lt.1 up)⟩

/-- The exponential function: the inverse of the logarithm. -/
def exp (t : ℝ) : ℝ := Classical.choose (exists_exp t)
theorem exp_pos (t : ℝ) : 0 < exp t := (Classical.choose_spec (exists_exp t)).1
@[simp] theorem log_exp (t : ℝ) : log (exp t) = t := (Classical.choose_spec (exists_exp t)).2
theorem exp_log {x : ℝ} (h : 0 < x) : exp (log x) = x := log_injOn_pos (exp_pos _) h (log_exp _)
@[simp] theorem exp_zero : exp 0 = 1 := by rw [← log_one]; exact exp_log (by grind)
theorem exp_add (x y : ℝ) : exp (x + y) = exp x * exp y :=
  log_injOn_pos (exp_pos _) (mul_pos (exp_pos x) (exp_pos y)) (by rw [log_mul_of_pos (exp_pos x) (exp_pos y)]; simp)
theorem exp_neg (x : ℝ) : exp (-x) = (exp x)⁻¹ :=
  log_injOn_pos (exp_pos _) (inv_pos_of_pos (exp_pos x)) (by rw [log_inv]; simp)
theorem exp_sub (x y : ℝ) : exp (x - y) = exp x / exp y := by
  rw [show x - y = x + -y by grind, exp_add, exp_neg]; grind
theorem exp_lt_exp {x y : ℝ} : exp x < exp y ↔ x < y := by
  rw [← log_lt_log_iff (exp_pos x) (exp_pos y), log_exp, log_exp]
theorem exp_le_exp {x y : ℝ} : exp x ≤ exp y ↔ x ≤ y := by
  rw [← log_le_log_iff (exp_pos x) (exp_pos y), log_exp, log_exp]
theorem exp_injective : Function.Injective exp := fun x y h => by rw [← log_exp x, h, log_exp]
theorem add_one_le_exp (x : ℝ) : x + 1 ≤ exp x := by
  have := log_le_sub_one_of_pos (exp_pos x); rw [log_exp] at this; grind
theorem exp_nat_mul (x : ℝ) (n : Nat) : exp (n * x) = exp x ^ n :=
  log_injOn_pos (exp_pos _) (pow_pos (exp_pos x) n) (by rw [log_pow]; simp)

grind_pattern exp_pos => exp t
grind_pattern log_one => log 1
grind_pattern log_mul => log (x * y)
grind_pattern log_div => log (x / y)
grind_pattern log_pow => log (x ^ n)
attribute [grind =] log_exp exp_zero exp_add log_inv
end Real
end
