import Pocket.OrderedField

/-!
Sums and products over finite sets: monotonicity, signs, constants, sums of sums, telescopes, geometric sums, the inequality
of Cauchy and Schwarz; for every type that core Lean's classes cover.
Mathlib: `Mathlib/Algebra/BigOperators/`, `Mathlib/Algebra/Order/BigOperators/`.
-/

universe u v w
open Lean.Grind
instance (priority := 50) {R : Type u} [Semiring R] : Pocket.LawfulSum R := ⟨Semiring.add_comm, Semiring.add_assoc, Semiring.add_zero⟩
instance (priority := 50) {R : Type u} [CommSemiring R] : Pocket.LawfulProd R := ⟨CommSemiring.mul_comm, Semiring.mul_assoc, Semiring.mul_one⟩
namespace Finset
variable {ι : Type u} {M : Type v}

theorem induction_on [DecidableEq ι] {p : Finset ι → Prop} (s : Finset ι) (empty : p ∅)
    (insert : ∀ (a : ι) (s : Finset ι), a ∉ s → p s → p (Insert.insert a s)) : p s := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact empty
  | cons a l ih =>
    have h := List.nodup_cons.1 hl
    have e : ofList (a :: l) hl = Insert.insert a (ofList l h.2) := ext fun x => by
      simp only [mem_insert, mem_ofList, List.mem_cons]
    exact e ▸ insert a _ h.1 (ih h.2)

section
variable [Add M] [OfNat M 0] [Pocket.LawfulSum M]
theorem sum_induction (f : ι → M) {s : Finset ι} (p : M → Prop) (hom : ∀ a b, p a → p b → p (a + b)) (unit : p 0)
    (base : ∀ x ∈ s, p (f x)) : p (s.sum f) := by
  classical
  induction s using Finset.induction_on with
  | empty => exact unit
  | insert a s h ih =>
    rw [sum_insert h]
    exact hom _ _ (base a (mem_insert.2 (.inl rfl))) (ih fun x hx => base x (mem_insert.2 (.inr hx)))
theorem sum_add_distrib {s : Finset ι} {f g : ι → M} : s.sum (fun i => f i + g i) = s.sum f + s.sum g := by
  classical
  induction s using Finset.induction_on with
  | empty => exact (Pocket.LawfulSum.add_zero (0 : M)).symm
  | insert a s h ih =>
    rw [sum_insert h, sum_insert h, sum_insert h, ih, Pocket.LawfulSum.add_assoc, Pocket.LawfulSum.add_assoc,
      ← Pocket.LawfulSum.add_assoc (g a), ← Pocket.LawfulSum.add_assoc (s.sum f), Pocket.LawfulSum.add_comm (g a)]
@[simp] theorem sum_const_zero {s : Finset ι} : s.sum (fun _ => (0 : M)) = 0 :=
  sum_induction (fun _ => (0 : M)) (· = 0) (fun a b ha hb => by rw [ha, hb, Pocket.LawfulSum.add_zero]) rfl fun _ _ => rfl
theorem sum_eq_zero {s : Finset ι} {f : ι → M} (h : ∀ x ∈ s, f x = 0) : s.sum f = 0 :=
  (sum_congr rfl h).trans sum_const_zero
theorem sum_range_succ' (f : Nat → M) (n : Nat) : (range (n + 1)).sum f = (range n).sum (fun i => f (i + 1)) + f 0 := by
  induction n with
  | zero => exact sum_range_succ f 0
  | succ n ih => rw [sum_range_succ, ih, sum_range_succ, Pocket.LawfulSum.add_assoc, Pocket.LawfulSum.add_assoc,
      Pocket.LawfulSum.add_comm (f 0)]
@[simp] theorem sum_range_one (f : Nat → M) : (range 1).sum f = f 0 := sum_singleton f 0
theorem sum_comm {κ : Type w} {s : Finset ι} {t : Finset κ} {f : ι → κ → M} :
    s.sum (fun i => t.sum (f i)) = t.sum fun j => s.sum fun i => f i j := by
  classical
  induction s using Finset.induction_on with
  | empty => exact sum_const_zero.symm
  | insert a s h ih => rw [sum_insert h, ih, ← sum_add_distrib]; exact sum_congr rfl fun j _ => (sum_insert h fun i => f i j).symm
end

section
variable [Semiring M] [Pocket.LawfulSum M]
theorem mul_sum (s : Finset ι) (f : ι → M) (b : M) : b * s.sum f = s.sum fun i => b * f i := by
  classical
  induction s using Finset.induction_on with
  | empty => exact Semiring.mul_zero b
  | insert a s h ih => rw [sum_insert h, sum_insert h, Semiring.left_distrib, ih]
theorem sum_mul (s : Finset ι) (f : ι → M) (b : M) : s.sum f * b = s.sum fun i => f i * b := by
  classical
  induction s using Finset.induction_on with
  | empty => exact Semiring.zero_mul b
  | insert a s h ih => rw [sum_insert h, sum_insert h, Semiring.right_distrib, ih]
end

section
variable [Ring M] [Pocket.LawfulSum M]
theorem sum_neg_distrib {s : Finset ι} {f : ι → M} : s.sum (fun i => -f i) = -s.sum f := by
  classical
  induction s using Finset.induction_on with
  | empty => exact (AddCommGroup.neg_zero (M := M)).symm
  | insert a s h ih => rw [sum_insert h, sum_insert h, ih, AddCommGroup.neg_add]
theorem sum_sub_distrib {s : Finset ι} (f g : ι → M) : s.sum (fun i => f i - g i) = s.sum f - s.sum g := by
  simp only [Ring.sub_eq_add_neg, sum_add_distrib, sum_neg_distrib]
theorem sum_range_sub (f : Nat → M) (n : Nat) : ((range n).sum fun i => f (i + 1) - f i) = f n - f 0 := by
  induction n with
  | zero => exact (AddCommGroup.sub_self (f 0)).symm
  | succ n ih => rw [sum_range_succ, ih]; grind
end
theorem sum_div {M : Type v} [Field M] [Pocket.LawfulSum M] (s : Finset ι) (f : ι → M) (a : M) :
    s.sum f / a = s.sum fun i => f i / a := by
  simp only [Field.div_eq_mul_inv, sum_mul]

section
variable [Semiring M] [LE M] [Std.IsPreorder M] [OrderedAdd M] [Pocket.LawfulSum M] {s : Finset ι} {f g : ι → M}
theorem sum_le_sum (h : ∀ i ∈ s, f i ≤ g i) : s.sum f ≤ s.sum g := by
  classical
  induction s using Finset.induction_on with
  | empty => exact Std.le_refl (0 : M)
  | insert a s k ih =>
    rw [sum_insert k, sum_insert k]
    exact OrderedAdd.add_le_add (h a (mem_insert.2 (.inl rfl))) (ih fun x hx => h x (mem_insert.2 (.inr hx)))
theorem sum_nonneg (h : ∀ i ∈ s, 0 ≤ f i) : 0 ≤ s.sum f := by
  have := sum_le_sum h; rwa [sum_const_zero] at this
theorem sum_nonpos (h : ∀ i ∈ s, f i ≤ 0) : s.sum f ≤ 0 := by
  have := sum_le_sum h; rwa [sum_const_zero] at this
theorem single_le_sum (h : ∀ i ∈ s, 0 ≤ f i) {a : ι} (k : a ∈ s) : f a ≤ s.sum f := by
  classical
  induction s using Finset.induction_on with
  | empty => exact absurd k (by simp)
  | insert b s l ih =>
    rw [sum_insert l]
    have hs := sum_nonneg fun i hi => h i (mem_insert.2 (.inr hi))
    have hb := h b (mem_insert.2 (.inl rfl))
    rcases mem_insert.1 k with rfl | k
    · have := OrderedAdd.add_le_add (Std.le_refl (f a)) hs
      rwa [Semiring.add_zero] at this
    · have := OrderedAdd.add_le_add hb (ih (fun i hi => h i (mem_insert.2 (.inr hi))) k)
      rwa [Semiring.add_comm, Semiring.add_zero] at this
end

section
variable [Semiring M] [LE M] [LT M] [Std.LawfulOrderLT M] [Std.IsPreorder M] [OrderedAdd M] [Pocket.LawfulSum M] {s : Finset ι} {f g : ι → M}
theorem sum_lt_sum_of_nonempty (hs : s.Nonempty) (h : ∀ i ∈ s, f i < g i) : s.sum f < s.sum g := by
  classical
  induction s using Finset.induction_on with
  | empty => exact absurd hs.choose_spec (by simp)
  | insert a s k _ =>
    rw [sum_insert k, sum_insert k]
    exact Std.lt_of_lt_of_le (OrderedAdd.add_lt_left (h a (mem_insert.2 (.inl rfl))) _)
      (OrderedAdd.add_le_right _ (sum_le_sum fun x hx => Std.le_of_lt (h x (mem_insert.2 (.inr hx)))))
theorem sum_pos (h : ∀ i ∈ s, 0 < f i) (hs : s.Nonempty) : 0 < s.sum f := by
  have := sum_lt_sum_of_nonempty hs h; rwa [sum_const_zero] at this
end

section
variable [Mul M] [OfNat M 1] [Pocket.LawfulProd M]
theorem prod_insert [DecidableEq ι] {a : ι} {s : Finset ι} (h : a ∉ s) (f : ι → M) : (insert a s).prod f = f a * s.prod f := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have h : a ∉ l := h
  show (l.insert a).foldr (fun a b => f a * b) 1 = _
  rw [List.insert_of_not_mem h]; rfl
theorem prod_induction (f : ι → M) {s : Finset ι} (p : M → Prop) (hom : ∀ a b, p a → p b → p (a * b)) (unit : p 1)
    (base : ∀ x ∈ s, p (f x)) : p (s.prod f) := by
  classical
  induction s using Finset.induction_on with
  | empty => exact unit
  | insert a s h ih =>
    rw [prod_insert h]
    exact hom _ _ (base a (mem_insert.2 (.inl rfl))) (ih fun x hx => base x (mem_insert.2 (.inr hx)))
theorem prod_congr {s t : Finset ι} {f g : ι → M} (h : s = t) (k : ∀ x ∈ t, f x = g x) : s.prod f = t.prod g := by
  subst h
  classical
  induction s using Finset.induction_on with
  | empty => rfl
  | insert a s h ih =>
    rw [prod_insert h, prod_insert h, k a (mem_insert.2 (.inl rfl)), ih fun x hx => k x (mem_insert.2 (.inr hx))]
theorem prod_mul_distrib {s : Finset ι} {f g : ι → M} : s.prod (fun i => f i * g i) = s.prod f * s.prod g := by
  classical
  induction s using Finset.induction_on with
  | empty => exact (Pocket.LawfulProd.mul_one (1 : M)).symm
  | insert a s h ih =>
    rw [prod_insert h, prod_insert h, prod_insert h, ih, Pocket.LawfulProd.mul_assoc, Pocket.LawfulProd.mul_assoc,
      ← Pocket.LawfulProd.mul_assoc (g a), ← Pocket.LawfulProd.mul_assoc (s.prod f), Pocket.LawfulProd.mul_comm (g a)]
@[simp] theorem prod_const_one {s : Finset ι} : s.prod (fun _ => (1 : M)) = 1 :=
  prod_induction (fun _ => (1 : M)) (· = 1) (fun a b ha hb => by rw [ha, hb, Pocket.LawfulProd.mul_one]) rfl fun _ _ => rfl
theorem prod_eq_one {s : Finset ι} {f : ι → M} (h : ∀ x ∈ s, f x = 1) : s.prod f = 1 :=
  (prod_congr rfl h).trans prod_const_one
@[simp] theorem prod_range_one (f : Nat → M) : (range 1).prod f = f 0 := prod_singleton f 0
theorem prod_range_succ' (f : Nat → M) (n : Nat) : (range (n + 1)).prod f = (range n).prod (fun i => f (i + 1)) * f 0 := by
  induction n with
  | zero => exact prod_range_succ f 0
  | succ n ih => rw [prod_range_succ, ih, prod_range_succ, Pocket.LawfulProd.mul_assoc, Pocket.LawfulProd.mul_assoc,
      Pocket.LawfulProd.mul_comm (f 0)]
end
theorem prod_eq_zero {M : Type v} [Semiring M] [Pocket.LawfulProd M] {s : Finset ι} {f : ι → M} {i : ι} (hi : i ∈ s) (h : f i = 0) : s.prod f = 0 := by
  classical
  induction s using Finset.induction_on with
  | empty => exact absurd hi (by simp)
  | insert a s k ih =>
    rw [prod_insert k]
    rcases mem_insert.1 hi with rfl | hi
    · rw [h, Semiring.zero_mul]
    · rw [ih hi, Semiring.mul_zero]
section
variable [Semiring M] [LE M] [LT M] [Std.IsLinearOrder M] [OrderedRing M] [Pocket.LawfulProd M] {s : Finset ι} {f : ι → M}
theorem prod_pos (h : ∀ i ∈ s, 0 < f i) : 0 < s.prod f :=
  prod_induction f (0 < ·) (fun _ _ => mul_pos) OrderedRing.zero_lt_one h
end
section
variable [Ring M] [LE M] [LT M] [Std.IsLinearOrder M] [Std.LawfulOrderLT M] [OrderedRing M] [Pocket.LawfulProd M] {s : Finset ι} {f g : ι → M}
theorem prod_nonneg (h : ∀ i ∈ s, 0 ≤ f i) : 0 ≤ s.prod f :=
  prod_induction f (0 ≤ ·) (fun _ _ => mul_nonneg) (Std.le_of_lt OrderedRing.zero_lt_one) h
theorem prod_le_prod (h : ∀ i ∈ s, 0 ≤ f i) (k : ∀ i ∈ s, f i ≤ g i) : s.prod f ≤ s.prod g := by
  classical
  induction s using Finset.induction_on with
  | empty => exact Std.le_refl (1 : M)
  | insert a s l ih =>
    have ha : a ∈ insert a s := mem_insert.2 (.inl rfl)
    have hs (x) (hx : x ∈ s) : x ∈ insert a s := mem_insert.2 (.inr hx)
    rw [prod_insert l, prod_insert l]
    exact Std.le_trans (OrderedRing.mul_le_mul_of_nonneg_left (ih (fun x hx => h x (hs x hx)) fun x hx => k x (hs x hx)) (h a ha))
      (OrderedRing.mul_le_mul_of_nonneg_right (k a ha) (Std.le_trans (prod_nonneg fun x hx => h x (hs x hx))
        (ih (fun x hx => h x (hs x hx)) fun x hx => k x (hs x hx))))
end

/-- The inequality of Cauchy and Schwarz. -/
theorem sum_mul_sq_le_sq_mul_sq [CommRing M] [LE M] [LT M] [Std.IsLinearOrder M] [Std.LawfulOrderLT M] [OrderedRing M] [Pocket.LawfulSum M]
    (s : Finset ι) (f g : ι → M) : s.sum (fun i => f i * g i) ^ 2 ≤ s.sum (fun i => f i ^ 2) * s.sum (fun i => g i ^ 2) := by
  classical
  induction s using Finset.induction_on with
  | empty => simp only [sum_empty]; grind
  | insert a s k ih =>
    rw [sum_insert k, sum_insert k, sum_insert k]
    have hA : 0 ≤ s.sum fun i => f i ^ 2 := sum_nonneg fun i _ => sq_nonneg (f i)
    have hB : 0 ≤ s.sum fun i => g i ^ 2 := sum_nonneg fun i _ => sq_nonneg (g i)
    generalize s.sum (fun i => f i * g i) = S, (s.sum fun i => f i ^ 2) = A, (s.sum fun i => g i ^ 2) = B at *
    have h := mul_nonneg hA (sq_nonneg (g a))
    have h' := mul_nonneg hB (sq_nonneg (f a))
    have key : 2 * S * (f a * g a) ≤ A * g a ^ 2 + B * f a ^ 2 := by
      refine le_of_sq_le_sq' (add_nonneg h h') ?_
      have := OrderedRing.mul_le_mul_of_nonneg_right ih (sq_nonneg (f a * g a))
      have := sq_nonneg (A * g a ^ 2 - B * f a ^ 2)
      grind
    grind
end Finset

namespace Finset
@[simp] theorem card_range (n : Nat) : (range n).card = n := List.length_range
theorem card_insert_of_notMem {α : Type u} [DecidableEq α] {a : α} {s : Finset α} (h : a ∉ s) : (insert a s).card = s.card + 1 := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have h : a ∉ l := h
  show (l.insert a).length = _
  rw [List.insert_of_not_mem h]; rfl
section
variable {ι : Type u} {R : Type v} [CommSemiring R] [Pocket.LawfulSum R] [Pocket.LawfulProd R]
omit [Pocket.LawfulProd R] in
/-- Mathlib's `sum_const` has `s.card • b`. -/
theorem _root_.Pocket.sum_const (s : Finset ι) (b : R) : (s.sum fun _ => b) = (s.card : R) * b := by
  classical
  induction s using Finset.induction_on with
  | empty => show (0 : R) = ((0 : Nat) : R) * b; rw [Semiring.natCast_zero, Semiring.zero_mul]
  | insert a s h ih => rw [sum_insert h, ih, card_insert_of_notMem h, Semiring.natCast_succ, Semiring.right_distrib, Semiring.one_mul, Semiring.add_comm]
omit [Pocket.LawfulSum R] in
theorem prod_const (s : Finset ι) (b : R) : (s.prod fun _ => b) = b ^ s.card := by
  classical
  induction s using Finset.induction_on with
  | empty => exact (Semiring.pow_zero b).symm
  | insert a s h ih => rw [prod_insert h, ih, card_insert_of_notMem h, Semiring.pow_succ, CommSemiring.mul_comm]
omit [Pocket.LawfulSum R] in
theorem prod_pow (s : Finset ι) (n : Nat) (f : ι → R) : (s.prod fun i => f i ^ n) = s.prod f ^ n := by
  induction n with
  | zero => simp only [Semiring.pow_zero, prod_const_one]
  | succ n ih => simp only [Semiring.pow_succ, prod_mul_distrib, ih]
end
theorem sum_range_id_mul_two (n : Nat) : ((range n).sum fun i => i) * 2 = n * (n - 1) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [sum_range_succ, Nat.add_mul, ih]; cases n <;> grind
theorem sum_range_id (n : Nat) : ((range n).sum fun i => i) = n * (n - 1) / 2 := by
  rw [← sum_range_id_mul_two, Nat.mul_div_cancel _ Nat.zero_lt_two]
end Finset
section
variable {R : Type u} [CommRing R] [Pocket.LawfulSum R]
theorem geom_sum_mul (x : R) (n : Nat) : ((Finset.range n).sum fun i => x ^ i) * (x - 1) = x ^ n - 1 := by
  induction n with
  | zero => rw [Finset.sum_range_zero]; grind
  | succ n ih => rw [Finset.sum_range_succ, Semiring.right_distrib, ih]; grind
end
theorem geom_sum_eq {K : Type u} [Field K] [Pocket.LawfulSum K] {x : K} (h : x ≠ 1) (n : Nat) :
    ((Finset.range n).sum fun i => x ^ i) = (x ^ n - 1) / (x - 1) := by
  have := geom_sum_mul x n
  grind
