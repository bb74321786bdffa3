import Mathlib

/-!
For a machine with Mathlib: that the definitions of `Pocket` agree with Mathlib's. Each of ours is written out here as it
stands there, since the two libraries cannot be imported together, and is claimed to be Mathlib's.

**This file was written without a Mathlib to try it on.** No proof in it has been run; expect to mend names. Where a proof
fails, look whether the statement is at fault before the proof: that would be a fault of the pocket library. The claims that
need analysis are left open with `sorry`; nothing of prover depends on this file.
-/

open Finset

namespace PocketAgainstMathlib

/-! ## `Logic`, `Set`, `Order` -/

example {α : Sort*} (p : α → Prop) : (∃! x, p x) ↔ ∃ x, p x ∧ ∀ y, p y → y = x := Iff.rfl
example {α β : Type*} (f : α → β) : Function.Bijective f ↔ Function.Injective f ∧ Function.Surjective f := Iff.rfl
example {α : Type*} (f : α → α) : Function.Involutive f ↔ ∀ x, f (f x) = x := Iff.rfl
example {α β : Type*} [Preorder α] [Preorder β] (f : α → β) : Monotone f ↔ ∀ ⦃a b⦄, a ≤ b → f a ≤ f b := Iff.rfl
example {α β : Type*} [Preorder α] [Preorder β] (f : α → β) : StrictAnti f ↔ ∀ ⦃a b⦄, a < b → f b < f a := Iff.rfl
example {α β : Type*} (f : α → β) (s : Set α) (b : β) : b ∈ f '' s ↔ ∃ a, a ∈ s ∧ f a = b := Iff.rfl
example {α : Type*} (s t : Set α) : s \ t = {a | a ∈ s ∧ ¬ a ∈ t} := rfl
example {α : Type*} (s : Set α) : sᶜ = {a | ¬ a ∈ s} := rfl
example {α : Type*} (s : Set α) (p : α → Prop) : {x ∈ s | p x} = {x | x ∈ s ∧ p x} := rfl
example {α : Type*} (s : Set α) : s.Finite ↔ ∃ l : List α, ∀ a, a ∈ s → a ∈ l := by
  classical
  refine ⟨fun h => ⟨h.toFinset.toList, fun a ha => by simpa using ha⟩, fun ⟨l, hl⟩ => ?_⟩
  exact l.toFinset.finite_toSet.subset fun a ha => by simpa using hl a ha
example {α : Type*} [Preorder α] (s : Set α) (a : α) : IsLeast s a ↔ a ∈ s ∧ ∀ ⦃x⦄, x ∈ s → a ≤ x := Iff.rfl
example {α : Type*} [Preorder α] (s : Set α) (a : α) : IsLUB s a ↔ IsLeast (upperBounds s) a := Iff.rfl
example {α : Type*} [Lattice α] [AddGroup α] (a : α) : |a| = max a (-a) := rfl
example (n : ℤ) : Even n ↔ ∃ r, n = r + r := Iff.rfl
example (n : ℤ) : Odd n ↔ ∃ m, n = 2 * m + 1 := Iff.rfl

/-! ## `Nat` and `ZMod` -/

example (p : ℕ) : p.Prime ↔ 2 ≤ p ∧ ∀ m, m ∣ p → m = 1 ∨ m = p := Nat.prime_def
example (n a b : ℕ) : a ≡ b [MOD n] ↔ a % n = b % n := Iff.rfl
example (n a b : ℤ) : a ≡ b [ZMOD n] ↔ a % n = b % n := Iff.rfl
example (n : ℕ) : n.totient = ((List.range n).filter fun k => Nat.Coprime n k).length := by
  simp [Nat.totient, Finset.card, Finset.filter, Finset.range, Multiset.range]
example (n : ℕ) : (n + 1).factorial = (n + 1) * n.factorial := rfl
example (n k : ℕ) : (n + 1).choose (k + 1) = n.choose k + n.choose (k + 1) := rfl
example (n : ℕ) : Nat.fib (n + 2) = Nat.fib n + Nat.fib (n + 1) := Nat.fib_add_two
example (b n : ℕ) (h : 2 ≤ b) : Nat.digits b (n + 1) = (n + 1) % b :: Nat.digits b ((n + 1) / b) :=
  Nat.digits_def' h n.succ_pos
example (n : ℕ) : Nat.digits 0 (n + 1) = [n + 1] ∧ Nat.digits 1 n = List.replicate n 1 := ⟨rfl, Nat.digits_one n⟩
example (n s : ℕ) : Nat.sqrt n = s ↔ s * s ≤ n ∧ n < (s + 1) * (s + 1) := Nat.eq_sqrt.symm.trans (by rw [eq_comm])
example (x y : ℕ) : ((Nat.gcd x y : ℕ) : ℤ) = x * Nat.gcdA x y + y * Nat.gcdB x y := Nat.gcd_eq_gcd_ab x y
example : ((10 : ℕ) : ZMod 7) = 3 ∧ ((-4 : ℤ) : ZMod 7) = 3 := by decide
example (n : ℕ) (a : ZMod (n + 1)) : a⁻¹ = (Nat.gcdA a.val (n + 1) : ZMod (n + 1)) := rfl

/-! ## `Finset` and `Fintype` -/

example (n k : ℕ) : k ∈ range n ↔ k < n := mem_range
example (a b x : ℤ) : x ∈ Icc a b ↔ a ≤ x ∧ x ≤ b := mem_Icc
example (a b : ℤ) : Ico a b = (Icc a b).filter (· ≠ b) := by ext; simp; omega
example (a b : ℤ) : Ioc a b = (Icc a b).filter (· ≠ a) := by ext; simp; omega
example (n : ℕ) : n.divisors = (Icc 1 n).filter (· ∣ n) := by
  ext d; simp [Nat.mem_divisors]; constructor
  · rintro ⟨h, k⟩; exact ⟨⟨Nat.pos_of_dvd_of_pos h (by omega), Nat.le_of_dvd (by omega) h⟩, h⟩
  · rintro ⟨⟨h, k⟩, l⟩; exact ⟨l, by omega⟩
example {α M : Type*} [AddCommMonoid M] (l : List α) (h : l.Nodup) (f : α → M) :
    ∑ x ∈ (⟨l, h⟩ : Finset α), f x = l.foldr (fun a b => f a + b) 0 := by
  simp [Finset.sum, List.sum, List.foldr_map]
example {α : Type*} (s : Finset α) (p : α → Prop) [DecidablePred p] : {x ∈ s | p x} = s.filter p := rfl
example {α : Type*} [Fintype α] : (univ : Finset α) = Fintype.elems := rfl

/-! ## `Real`, `Floor`, `Complex`, `NNReal` -/

example (x y : ℝ) : x / y = x * y⁻¹ := div_eq_mul_inv x y
example : (0 : ℝ)⁻¹ = 0 := inv_zero
example (x y : ℝ) (hx : 0 ≤ x) : Real.sqrt x = y ↔ 0 ≤ y ∧ y * y = x := by
  constructor
  · rintro rfl; exact ⟨Real.sqrt_nonneg x, Real.mul_self_sqrt hx⟩
  · rintro ⟨h, rfl⟩; exact Real.sqrt_mul_self h
example (f : ℝ → ℝ) (x : ℝ) : f √2 = f (Real.sqrt 2) ∧ √x⁻¹ = Real.sqrt (x⁻¹) := ⟨rfl, rfl⟩
example (x : ℝ) (hx : x < 0) : Real.sqrt x = 0 := Real.sqrt_eq_zero_of_nonpos hx.le
example (s : Set ℝ) (x : ℝ) (h : IsLUB s x) : sSup s = x := h.csSup_eq h.nonempty
example (s : Set ℝ) (h : ¬ ∃ x, IsLUB s x) : sSup s = 0 := by
  rcases s.eq_empty_or_nonempty with rfl | hs
  · exact Real.sSup_empty
  · exact Real.sSup_of_not_bddAbove fun hb => h ⟨_, isLUB_csSup hs hb⟩
example (x : ℝ) (z : ℤ) : ⌊x⌋ = z ↔ (z : ℝ) ≤ x ∧ x < z + 1 := Int.floor_eq_iff
example (x : ℝ) : ⌈x⌉ = -⌊-x⌋ := by rw [Int.floor_neg, neg_neg]
example (x : ℝ) : ⌊x⌋₊ = ⌊x⌋.toNat := (Int.floor_toNat x).symm
example (x : ℝ) : ⌈x⌉₊ = ⌈x⌉.toNat := (Int.ceil_toNat x).symm
example (x : ℝ) : Irrational x ↔ ¬ ∃ q : ℚ, (q : ℝ) = x := Iff.rfl
example (z : ℂ) : ‖z‖ = Real.sqrt (z.re * z.re + z.im * z.im) := by rw [← Complex.normSq_apply]; rfl
example (z : ℂ) : (z⁻¹).re = z.re / (z.re * z.re + z.im * z.im) := by rw [Complex.inv_re, Complex.normSq_apply]
example (z : ℂ) : Complex.exp z = ⟨Real.exp z.re * Real.cos z.im, Real.exp z.re * Real.sin z.im⟩ := by
  apply Complex.ext <;> simp [Complex.exp_re, Complex.exp_im]

/-! ## `Log`, `Trig` and `Analysis` -/

/-- `Real.rootTwoPow` of the pocket library. -/
noncomputable def rootTwoPow : ℕ → ℝ → ℝ
  | 0, x => x
  | n + 1, x => Real.sqrt (rootTwoPow n x)

/-- Ours is the infimum of `2 ^ n * (x ^ (1 / 2 ^ n) - 1)`. -/
example (x : ℝ) (hx : 0 < x) : Real.log x = sInf { y | ∃ n : ℕ, y = 2 ^ n * (rootTwoPow n x - 1) } := by sorry
example : Real.log 0 = 0 := Real.log_zero
example (x : ℝ) : Real.log |x| = Real.log x := Real.log_abs x
example (t x : ℝ) (hx : 0 < x) (h : Real.log x = t) : Real.exp t = x := by rw [← h, Real.exp_log hx]
example (b x : ℝ) : Real.logb b x = Real.log x / Real.log b := rfl
example (x y : ℝ) (hx : 0 < x) : x ^ y = Real.exp (Real.log x * y) := Real.rpow_def_of_pos hx y
example (x y : ℝ) (hx : x < 0) : x ^ y = Real.exp (Real.log x * y) * Real.cos (y * Real.pi) := Real.rpow_def_of_neg hx y
example (y : ℝ) (hy : y ≠ 0) : (0 : ℝ) ^ (0 : ℝ) = 1 ∧ (0 : ℝ) ^ y = 0 := ⟨Real.rpow_zero 0, Real.zero_rpow hy⟩
/-- Ours is the limit of a subsequence of Mathlib's `(1 + z / n) ^ n`. -/
example (x : ℝ) : Filter.Tendsto (fun n : ℕ => (1 + (x : ℂ) * Complex.I / 2 ^ n) ^ 2 ^ n) Filter.atTop
    (nhds ⟨Real.cos x, Real.sin x⟩) := by
  have e : (⟨Real.cos x, Real.sin x⟩ : ℂ) = Complex.exp (x * Complex.I) := by
    apply Complex.ext <;> simp [Complex.exp_ofReal_mul_I_re, Complex.exp_ofReal_mul_I_im]
  rw [e]
  have h := (Complex.tendsto_one_add_div_pow_exp (x * Complex.I)).comp (tendsto_pow_atTop_atTop_of_one_lt (r := 2) one_lt_two)
  simpa [Function.comp_def] using h
example : IsLeast { x : ℝ | 0 < x ∧ Real.sin x = 0 } Real.pi :=
  ⟨⟨Real.pi_pos, Real.sin_pi⟩, fun x hx => le_of_not_gt fun h => (Real.sin_pos_of_pos_of_lt_pi hx.1 h).ne' hx.2⟩

end PocketAgainstMathlib
