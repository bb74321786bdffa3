import Pocket.Real

/-!
Numbers in ℝ: casts of ℕ, ℤ and ℚ, the Archimedean property, floors exist, and completeness.
Mathlib: `Mathlib/Data/Real/Archimedean.lean`, `Mathlib/Data/Nat/Cast/`.
-/

open Pocket

namespace Real

theorem ratCast_zero : ((0 : Rat) : ℝ) = 0 := rfl
theorem ratCast_one : ((1 : Rat) : ℝ) = 1 := rfl
theorem ratCast_sub (p q : Rat) : ((p - q : Rat) : ℝ) = p - q :=
  (congrArg Rat.cast (Rat.sub_eq_add_neg p q)).trans ((ratCast_add p (-q)).trans (congrArg ((p : ℝ) + ·) (ratCast_neg q)))
theorem ratCast_inj {p q : Rat} : (p : ℝ) = q ↔ p = q := by
  constructor
  · intro h
    have h1 : (p : ℝ) ≤ q := by rw [h]; exact Real.le_refl _
    have h2 : (q : ℝ) ≤ p := by rw [h]; exact Real.le_refl _
    rw [ratCast_le] at h1 h2; exact Rat.le_antisymm h1 h2
  · rintro rfl; rfl
theorem ratCast_inv (p : Rat) : ((p⁻¹ : Rat) : ℝ) = (p : ℝ)⁻¹ := by
  by_cases h : p = 0
  · subst h; rw [Rat.inv_zero]; exact Real.inv_zero.symm
  · have h1 := ratCast_mul p p⁻¹
    rw [Rat.mul_inv_cancel _ h, ratCast_one] at h1
    have h2 : (p : ℝ) ≠ 0 := fun k => h (ratCast_inj.1 k)
    rw [← one_mul (p : ℝ)⁻¹, h1, Real.mul_comm p, Real.mul_assoc, Real.mul_inv_cancel h2, Real.mul_one]
theorem ratCast_div (p q : Rat) : ((p / q : Rat) : ℝ) = p / q := by
  rw [Rat.div_def, ratCast_mul, ratCast_inv]; rfl
theorem natCast_le {m n : Nat} : (m : ℝ) ≤ n ↔ m ≤ n := by
  rw [natCast_eq, natCast_eq, ratCast_le, Rat.natCast_le_natCast]
theorem natCast_lt {m n : Nat} : (m : ℝ) < n ↔ m < n := by
  rw [natCast_eq, natCast_eq, ratCast_lt, Rat.natCast_lt_natCast]
theorem natCast_inj {m n : Nat} : (m : ℝ) = n ↔ m = n := by
  rw [natCast_eq, natCast_eq, ratCast_inj, Rat.natCast_inj]
theorem intCast_le {m n : Int} : (m : ℝ) ≤ n ↔ m ≤ n := by
  rw [intCast_eq, intCast_eq, ratCast_le, Rat.intCast_le_intCast]
theorem intCast_lt {m n : Int} : (m : ℝ) < n ↔ m < n := by
  rw [intCast_eq, intCast_eq, ratCast_lt, Rat.intCast_lt_intCast]
theorem intCast_inj {m n : Int} : (m : ℝ) = n ↔ m = n := by
  rw [intCast_eq, intCast_eq, ratCast_inj, Rat.intCast_inj]
theorem intCast_add (m n : Int) : ((m + n : Int) : ℝ) = m + n := by
  rw [intCast_eq, Rat.intCast_add, ratCast_add]; rfl
theorem intCast_mul (m n : Int) : ((m * n : Int) : ℝ) = m * n := by
  rw [intCast_eq, Rat.intCast_mul, ratCast_mul]; rfl
theorem natCast_add (m n : Nat) : ((m + n : Nat) : ℝ) = m + n := by
  rw [natCast_eq, Rat.natCast_add, ratCast_add]; rfl
theorem natCast_mul (m n : Nat) : ((m * n : Nat) : ℝ) = m * n := by
  rw [natCast_eq, Rat.natCast_mul, ratCast_mul]; rfl
attribute [grind =, push_cast] natCast_add natCast_mul intCast_add intCast_mul
attribute [simp, norm_cast] natCast_le natCast_lt natCast_inj intCast_le intCast_lt intCast_inj ratCast_le ratCast_lt ratCast_inj
@[simp] theorem natCast_ofNat (n : Nat) : ((OfNat.ofNat n : Nat) : ℝ) = OfNat.ofNat n := rfl
theorem intCast_one : ((1 : Int) : ℝ) = 1 := rfl
theorem intCast_natCast (n : Nat) : ((n : Int) : ℝ) = n := by
  rw [intCast_eq, natCast_eq, Rat.intCast_natCast]

theorem exists_nat_gt (x : ℝ) : ∃ n : Nat, x < n := by
  induction x using Quotient.ind with | _ a
  obtain ⟨B, hB, N, hN⟩ := a.bounded
  have h : Real.le (Quotient.mk _ a) (Real.ofRat B) := fun ε hε =>
    ⟨N, fun n hn => Std.lt_of_le_of_lt (sub_nonpos (hN n hn).2) hε⟩
  refine ⟨(B.floor + 1).toNat, ?_⟩
  have h' : (B : ℝ) < ((B.floor + 1).toNat : Nat) := by
    rw [natCast_eq, ratCast_lt]
    have h1 := Rat.lt_floor_add_one B
    have h2 : ((B.floor + 1 : Int) : Rat) ≤ (((B.floor + 1).toNat : Nat) : Int) := Rat.intCast_le_intCast.2 (Int.self_le_toNat _)
    rw [Rat.intCast_natCast] at h2
    exact Std.lt_of_lt_of_le h1 h2
  have : Real.ofRat B < ((B.floor + 1).toNat : Nat) := h'
  exact Std.lt_of_le_of_lt (α := ℝ) h this

theorem exists_greatest {P : Int → Prop} {l u : Int} (h : P l) (hu : ∀ k, u ≤ k → ¬ P k) :
    ∃ k, P k ∧ ¬ P (k + 1) := by
  apply Classical.byContradiction; intro c
  have step : ∀ k, P k → P (k + 1) := fun k hk => Classical.byContradiction fun h => c ⟨k, hk, h⟩
  have all : ∀ n : Nat, P (l + n) := fun n => by
    induction n with
    | zero => show P (l + 0); rwa [Int.add_zero]
    | succ n ih => have := step _ ih; rwa [show l + (n + 1 : Nat) = l + n + 1 from (Int.add_assoc l n 1).symm]
  have := all (u - l).toNat
  refine hu _ ?_ this
  have := Int.add_le_add_left (Int.self_le_toNat (u - l)) l
  rwa [Int.add_comm l (u - l), Int.sub_add_cancel] at this

theorem exists_floor (x : ℝ) : ∃ k : Int, (k : ℝ) ≤ x ∧ x < ((k + 1 : Int) : ℝ) := by
  obtain ⟨n, hn⟩ := exists_nat_gt x
  obtain ⟨m, hm⟩ := exists_nat_gt (-x)
  obtain ⟨k, hk, hk'⟩ := exists_greatest (P := fun k : Int => (k : ℝ) ≤ x) (l := -m) (u := n)
    (by show ((-m : Int) : ℝ) ≤ x; rw [intCast_eq, Rat.intCast_neg, ratCast_neg, ← intCast_eq, intCast_natCast]; exact Lean.Grind.OrderedAdd.neg_le_iff.2 (Std.le_of_lt hm))
    (fun k hk h => by
      have := intCast_le.2 hk; rw [intCast_natCast] at this; exact Std.not_le.2 hn (Std.le_trans this h))
  exact ⟨k, hk, Std.not_le.1 hk'⟩

theorem exists_inv_lt {ε : ℝ} (h : 0 < ε) : ∃ n : Nat, 0 < n ∧ 1 < ε * n := by
  obtain ⟨n, hn⟩ := exists_nat_gt ε⁻¹
  refine ⟨n, Nat.pos_of_ne_zero fun c => ?_, ?_⟩
  · subst c; exact Std.not_lt.2 (Std.le_of_lt (inv_pos_of_pos h)) hn
  · have := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left hn h
    rwa [Real.mul_inv_cancel h.ne'] at this

/-- Half of completeness: a sequence of rationals that approximates an upper bound of `S`, with error `1/(n+1)`. -/
theorem approx {S : ℝ → Prop} {b s₀ : ℝ} (h₀ : S s₀) (hb : ∀ s, S s → s ≤ b) (n : Nat) (hn : 0 < n) :
    ∃ k : Int, (∃ s, S s ∧ (k : ℝ) ≤ s * n) ∧ ∀ s, S s → s * n < ((k + 1 : Int) : ℝ) := by
  obtain ⟨l, hl, -⟩ := exists_floor (s₀ * n)
  obtain ⟨u, hu, hu'⟩ := exists_floor (b * n)
  have hn' : (0 : ℝ) < n := natCast_lt.2 hn
  obtain ⟨k, hk, hk'⟩ := exists_greatest (P := fun k : Int => ∃ s, S s ∧ (k : ℝ) ≤ s * n) (l := l) (u := u + 1)
    ⟨s₀, h₀, hl⟩ (by
      rintro k hk ⟨s, hs, h⟩
      have h1 := intCast_le.2 hk
      have h2 := hb s hs
      have h3 := Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right h2 (Std.le_of_lt hn')
      exact Std.not_le.2 hu' (Std.le_trans h1 (Std.le_trans h h3)))
  exact ⟨k, hk, fun s hs => Std.not_le.1 fun c => hk' ⟨s, hs, c⟩⟩

theorem approx' {S : ℝ → Prop} {b s₀ : ℝ} (h₀ : S s₀) (hb : ∀ s, S s → s ≤ b) (m : Nat) :
    ∃ q : Rat, (∃ s, S s ∧ (q : ℝ) ≤ s) ∧ ∀ s, S s → s < q + ((((m + 1 : Nat) : Rat)⁻¹ : Rat) : ℝ) := by
  obtain ⟨k, ⟨s, hs, h⟩, hk⟩ := approx h₀ hb (m + 1) (Nat.succ_pos m)
  have hm : (0 : ℝ) < ((m + 1 : Nat) : ℝ) := natCast_lt.2 (Nat.succ_pos m)
  rw [intCast_add, intCast_one] at hk
  refine ⟨k / ((m + 1 : Nat) : Rat), ⟨s, hs, ?_⟩, fun t ht => ?_⟩
  · rw [ratCast_div, ← intCast_eq, ← natCast_eq]; exact (div_le_iff₀ hm).2 h
  · rw [ratCast_div, ratCast_inv, ← intCast_eq, ← natCast_eq]
    have h2 := (lt_div_iff₀ hm).2 (hk t ht)
    rwa [Lean.Grind.Field.div_eq_mul_inv, Lean.Grind.Semiring.right_distrib, Lean.Grind.Semiring.one_mul] at h2

theorem le_of_seq_le {a : Cau} {c : Rat} {N : Nat} (h : ∀ n, N ≤ n → a.f n ≤ c) : (show ℝ from Quotient.mk _ a) ≤ c :=
  show Cau.le a (Cau.ofRat c) from fun ε hε => ⟨N, fun n hn => Std.lt_of_le_of_lt (sub_nonpos (h n hn)) hε⟩

theorem le_of_le_seq {a : Cau} {c : Rat} {N : Nat} (h : ∀ n, N ≤ n → c ≤ a.f n) : (c : ℝ) ≤ (show ℝ from Quotient.mk _ a) :=
  show Cau.le (Cau.ofRat c) a from fun ε hε => ⟨N, fun n hn => Std.lt_of_le_of_lt (sub_nonpos (h n hn)) hε⟩

theorem inv_anti {m n : Nat} (h : m ≤ n) : (((n + 1 : Nat) : Rat)⁻¹) ≤ ((m + 1 : Nat) : Rat)⁻¹ := by
  have h1 : (0 : Rat) < ((m + 1 : Nat) : Rat) := Rat.natCast_lt_natCast.2 (Nat.succ_pos m)
  exact inv_anti₀ h1 (Rat.natCast_le_natCast.2 (Nat.succ_le_succ h))

theorem inv_small {ε : Rat} (h : 0 < ε) : ∃ m : Nat, ((m + 1 : Nat) : Rat)⁻¹ < ε := by
  have h1 : ε⁻¹ < ((ε⁻¹.floor.toNat + 1 : Nat) : Rat) := by
    have h1 := Rat.lt_floor_add_one ε⁻¹
    have h2 : ((ε⁻¹.floor + 1 : Int) : Rat) ≤ ((ε⁻¹.floor.toNat + 1 : Nat) : Int) :=
      Rat.intCast_le_intCast.2 (Int.add_le_add_right (Int.self_le_toNat _) 1)
    rw [Rat.intCast_natCast] at h2; exact Std.lt_of_lt_of_le h1 h2
  exact ⟨ε⁻¹.floor.toNat, inv_lt_of_inv_lt₀ h h1⟩

theorem exists_rat_between_zero {x : ℝ} (h : 0 < x) : ∃ q : Rat, 0 < q ∧ (q : ℝ) < x := by
  obtain ⟨n, hn, h⟩ := exists_inv_lt h
  have h0 : (0 : Rat) < (n : Rat) := Rat.natCast_lt_natCast.2 hn
  refine ⟨(n : Rat)⁻¹, Rat.inv_pos.2 h0, ?_⟩
  rw [ratCast_inv, ← natCast_eq]
  exact (inv_lt_iff_one_lt_mul₀ (natCast_lt.2 hn)).2 h

theorem le_of_forall_rat {x y : ℝ} (h : ∀ ε : Rat, 0 < ε → x < y + ε) : x ≤ y := by
  apply Classical.byContradiction; intro c
  obtain ⟨q, hq, hq'⟩ := exists_rat_between_zero (Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.not_le.1 c))
  have k := Lean.Grind.OrderedAdd.add_le_right y (Std.le_of_lt hq')
  rw [Real.add_comm y (x - y), sub_add_cancel] at k
  exact (h q hq).2 k

theorem lt_add_of_approx {s L a b ε : ℝ} (h₁ : s < a + b) (h₂ : a ≤ L + b) (h₃ : b + b < ε) : s < L + ε :=
  Std.lt_of_lt_of_le h₁ (Std.le_trans (Lean.Grind.OrderedAdd.add_le_left h₂ b) (by rw [Real.add_assoc]; exact Lean.Grind.OrderedAdd.add_le_right L (Std.le_of_lt h₃)))
theorem lt_add_of_approx' {s u L a b ε : ℝ} (h₁ : b < ε) (h₂ : a ≤ s) (h₃ : s ≤ u) (h₄ : L ≤ a + b) : L < u + ε :=
  Std.lt_of_le_of_lt h₄ (Std.lt_of_lt_of_le (Lean.Grind.OrderedAdd.add_lt_right a h₁) (Lean.Grind.OrderedAdd.add_le_left (Std.le_trans h₂ h₃) ε))

theorem sub_lt_of_approx {x y e ε : Rat} (h : x < y + e) (k : e < ε) : x - y < ε := by
  have := Lean.Grind.OrderedAdd.add_lt_left h (-y)
  rw [Rat.add_comm y, Rat.add_assoc, Rat.add_neg_cancel, Rat.add_zero, ← Rat.sub_eq_add_neg] at this
  exact Std.lt_trans this k
theorem sub_le_of_approx {x y d e : Rat} (h : x < y + d) (k : d ≤ e) : x - e ≤ y := by
  have := Lean.Grind.OrderedAdd.add_le_left (Std.le_trans (Std.le_of_lt h) (Lean.Grind.OrderedAdd.add_le_right y k)) (-e)
  rwa [Rat.add_assoc, Rat.add_neg_cancel, Rat.add_zero, ← Rat.sub_eq_add_neg] at this
theorem add_self_lt_of_half {e ε : Rat} (h : e < ε / 2) : e + e < ε := by rw [← half_add_half ε]; exact Lean.Grind.OrderedAdd.add_lt_add h h
theorem half_pos' {ε : Rat} (h : 0 < ε) : 0 < ε / 2 := pos_half h
theorem le_add_of_sub_le {x y z : ℝ} (h : x - y ≤ z) : x ≤ z + y := by
  have := Lean.Grind.OrderedAdd.add_le_left h y
  rwa [sub_add_cancel] at this

/-- Completeness. -/
theorem exists_sup {S : ℝ → Prop} {b s₀ : ℝ} (h₀ : S s₀) (hb : ∀ s, S s → s ≤ b) :
    ∃ L, (∀ s, S s → s ≤ L) ∧ ∀ u, (∀ s, S s → s ≤ u) → L ≤ u := by
  have ap := approx' h₀ hb
  let q (m : Nat) : Rat := Classical.choose (ap m)
  let e (m : Nat) : Rat := ((m + 1 : Nat) : Rat)⁻¹
  have hq (m : Nat) : (∃ s, S s ∧ (q m : ℝ) ≤ s) ∧ ∀ s, S s → s < q m + e m := Classical.choose_spec (ap m)
  have key (m n : Nat) : q m < q n + e n := by
    obtain ⟨⟨s, hs, h⟩, -⟩ := hq m
    have := (hq n).2 s hs
    rw [← ratCast_add] at this
    exact ratCast_lt.1 (Std.lt_of_le_of_lt h this)
  have small {ε : Rat} (hε : 0 < ε) : ∃ N, ∀ n, N ≤ n → e n < ε := by
    obtain ⟨N, hN⟩ := inv_small hε
    exact ⟨N, fun n hn => Std.lt_of_le_of_lt (inv_anti hn) hN⟩
  let a : Cau := ⟨q, fun ε hε => by
    obtain ⟨N, hN⟩ := small hε
    exact ⟨N, fun m n _ hn => sub_lt_of_approx (key m n) (hN n hn)⟩⟩
  let L : ℝ := Quotient.mk _ a
  have up (m : Nat) : L ≤ q m + e m := by
    rw [← ratCast_add]; exact le_of_seq_le (a := a) (N := 0) fun n _ => Std.le_of_lt (key n m)
  have lo (m : Nat) : (q m : ℝ) ≤ L + e m := by
    have : ((q m - e m : Rat) : ℝ) ≤ L := le_of_le_seq (a := a) (N := m) fun n hn => sub_le_of_approx (key m n) (inv_anti hn)
    rw [ratCast_sub] at this; exact le_add_of_sub_le this
  refine ⟨L, fun s hs => le_of_forall_rat fun ε hε => ?_, fun u hu => le_of_forall_rat fun ε hε => ?_⟩
  · obtain ⟨N, hN⟩ := small (half_pos' hε)
    have h1 := hN N (Nat.le_refl _)
    have h2 := (hq N).2 s hs
    have h3 := lo N
    have h4 : ((e N + e N : Rat) : ℝ) < ε := ratCast_lt.2 (add_self_lt_of_half h1)
    rw [ratCast_add] at h4
    exact lt_add_of_approx h2 h3 h4
  · obtain ⟨N, hN⟩ := small hε
    have h1 := ratCast_lt.2 (hN N (Nat.le_refl _))
    obtain ⟨⟨s, hs, h⟩, -⟩ := hq N
    exact lt_add_of_approx' h1 h (hu s hs) (up N)
end Real
