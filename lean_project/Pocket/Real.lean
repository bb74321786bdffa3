import Pocket.Cauchy
import Pocket.Order

/-!
ℝ: the quotient of the Cauchy sequences, its field and its order. Mathlib: `Mathlib/Data/Real/Basic.lean`, which builds
it from the same sequences. As there, `a - b` is `a + -b`, `a / b` is `a * b⁻¹`, and `0⁻¹ = 0`.
-/

open Pocket

universe u
/-- `RatCast` and `Rat.cast`, as in Batteries. -/
class RatCast (K : Type u) where
  protected ratCast : Rat → K
@[coe, reducible] protected def Rat.cast {K : Type u} [RatCast K] : Rat → K := RatCast.ratCast
instance {K : Type u} [RatCast K] : CoeTail Rat K := ⟨Rat.cast⟩
instance {K : Type u} [RatCast K] : CoeHTCT Rat K := ⟨Rat.cast⟩

/-- The real numbers. -/
def Real : Type := Quotient Cau.setoid

notation "ℝ" => Real

namespace Real

protected def ofRat (q : Rat) : ℝ := Quotient.mk _ (Cau.ofRat q)

protected def add : ℝ → ℝ → ℝ := Quotient.lift₂ (fun a b => Quotient.mk _ (a.add b)) fun a b a' b' h k => Quotient.sound <| by
  have comm : ∀ x y : Cau, (x.add y).le (y.add x) := fun x y => Cau.le_of_eq fun n => Rat.add_comm _ _
  exact ⟨Cau.le_trans (Cau.add_le_add b h.1) (Cau.le_trans (comm _ _) (Cau.le_trans (Cau.add_le_add a' k.1) (comm _ _))),
    Cau.le_trans (Cau.add_le_add b' h.2) (Cau.le_trans (comm _ _) (Cau.le_trans (Cau.add_le_add a k.2) (comm _ _)))⟩

protected def neg : ℝ → ℝ := Quotient.lift (fun a => Quotient.mk _ a.neg) fun _ _ h => Quotient.sound ⟨Cau.neg_le_neg h.2, Cau.neg_le_neg h.1⟩

protected def mul : ℝ → ℝ → ℝ := Quotient.lift₂ (fun a b => Quotient.mk _ (a.mul b)) fun a b a' b' h k => Quotient.sound <| by
  have comm : ∀ x y : Cau, (x.mul y).le (y.mul x) := fun x y => Cau.le_of_eq fun n => Rat.mul_comm _ _
  exact ⟨Cau.le_trans (Cau.mul_le_mul b h.1 h.2) (Cau.le_trans (comm _ _) (Cau.le_trans (Cau.mul_le_mul a' k.1 k.2) (comm _ _))),
    Cau.le_trans (Cau.mul_le_mul b' h.2 h.1) (Cau.le_trans (comm _ _) (Cau.le_trans (Cau.mul_le_mul a k.2 k.1) (comm _ _)))⟩

protected def le : ℝ → ℝ → Prop := Quotient.lift₂ Cau.le fun _ _ _ _ h k => propext
  ⟨fun l => Cau.le_trans h.2 (Cau.le_trans l k.1), fun l => Cau.le_trans h.1 (Cau.le_trans l k.2)⟩

noncomputable instance : Add ℝ := ⟨Real.add⟩
noncomputable instance : Mul ℝ := ⟨Real.mul⟩
noncomputable instance : Neg ℝ := ⟨Real.neg⟩
noncomputable instance : Sub ℝ := ⟨fun a b => a + -b⟩
instance : LE ℝ := ⟨Real.le⟩
instance : LT ℝ := ⟨fun a b => a ≤ b ∧ ¬ b ≤ a⟩
noncomputable instance : RatCast ℝ := ⟨Real.ofRat⟩
noncomputable instance : NatCast ℝ := ⟨fun n => ((n : Rat) : ℝ)⟩
noncomputable instance : IntCast ℝ := ⟨fun n => ((n : Rat) : ℝ)⟩
noncomputable instance instOfNat (n : Nat) : OfNat ℝ n := ⟨(n : ℝ)⟩
protected noncomputable def npow (a : ℝ) : Nat → ℝ
  | 0 => 1
  | n + 1 => Real.npow a n * a
noncomputable instance : NatPow ℝ := ⟨Real.npow⟩
theorem eq_of_le_of_le {a b : ℝ} (h : a ≤ b) (k : b ≤ a) : a = b := by
  induction a using Quotient.ind; induction b using Quotient.ind; exact Quotient.sound ⟨h, k⟩

theorem mk_eq {a b : Cau} (h : ∀ n, a.f n = b.f n) : (Quotient.mk Cau.setoid a) = Quotient.mk _ b :=
  Quotient.sound ⟨Cau.le_of_eq h, Cau.le_of_eq fun n => (h n).symm⟩

protected theorem add_comm (a b : ℝ) : a + b = b + a := by
  induction a using Quotient.ind; induction b using Quotient.ind; exact mk_eq fun n => Rat.add_comm _ _
protected theorem add_assoc (a b c : ℝ) : a + b + c = a + (b + c) := by
  induction a using Quotient.ind; induction b using Quotient.ind; induction c using Quotient.ind
  exact mk_eq fun n => Rat.add_assoc _ _ _
protected theorem mul_comm (a b : ℝ) : a * b = b * a := by
  induction a using Quotient.ind; induction b using Quotient.ind; exact mk_eq fun n => Rat.mul_comm _ _
protected theorem mul_assoc (a b c : ℝ) : a * b * c = a * (b * c) := by
  induction a using Quotient.ind; induction b using Quotient.ind; induction c using Quotient.ind
  exact mk_eq fun n => Rat.mul_assoc _ _ _
protected theorem left_distrib (a b c : ℝ) : a * (b + c) = a * b + a * c := by
  induction a using Quotient.ind; induction b using Quotient.ind; induction c using Quotient.ind
  exact mk_eq fun n => Rat.mul_add _ _ _
protected theorem add_zero (a : ℝ) : a + 0 = a := by
  induction a using Quotient.ind; exact mk_eq fun n => Rat.add_zero _
protected theorem mul_one (a : ℝ) : a * 1 = a := by
  induction a using Quotient.ind; exact mk_eq fun n => Rat.mul_one _
protected theorem zero_mul (a : ℝ) : 0 * a = 0 := by
  induction a using Quotient.ind; exact mk_eq fun n => Rat.zero_mul _
protected theorem neg_add_cancel (a : ℝ) : -a + a = 0 := by
  induction a using Quotient.ind; exact mk_eq fun n => Rat.neg_add_cancel _
theorem ratCast_add (p q : Rat) : ((p + q : Rat) : ℝ) = p + q := mk_eq fun _ => rfl
theorem ratCast_mul (p q : Rat) : ((p * q : Rat) : ℝ) = p * q := mk_eq fun _ => rfl
theorem ratCast_neg (p : Rat) : ((-p : Rat) : ℝ) = -p := mk_eq fun _ => rfl
theorem ratCast_le {p q : Rat} : (p : ℝ) ≤ q ↔ p ≤ q := by
  constructor
  · intro h
    apply Classical.byContradiction; intro k
    obtain ⟨N, hN⟩ := h (p - q) (Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.not_le.1 k))
    exact Rat.lt_irrefl (hN N (Nat.le_refl N))
  · intro h ε hε; exact ⟨0, fun n _ => Std.lt_of_le_of_lt (Pocket.sub_nonpos h) hε⟩
theorem natCast_eq (n : Nat) : (n : ℝ) = ((n : Rat) : ℝ) := rfl
theorem intCast_eq (n : Int) : (n : ℝ) = ((n : Rat) : ℝ) := rfl
theorem ofNat_eq (n : Nat) : (OfNat.ofNat n : ℝ) = ((n : Rat) : ℝ) := rfl
protected theorem le_refl (a : ℝ) : a ≤ a := by induction a using Quotient.ind; exact Cau.le_refl _
protected theorem le_trans (a b c : ℝ) : a ≤ b → b ≤ c → a ≤ c := by
  induction a using Quotient.ind; induction b using Quotient.ind; induction c using Quotient.ind; exact Cau.le_trans
protected theorem le_total (a b : ℝ) : a ≤ b ∨ b ≤ a := by
  induction a using Quotient.ind; induction b using Quotient.ind; exact Cau.le_total _ _
theorem le_add_right {a b : ℝ} (c : ℝ) (h : a ≤ b) : a + c ≤ b + c := by
  induction a using Quotient.ind; induction b using Quotient.ind; induction c using Quotient.ind
  exact Cau.add_le_add _ h

instance : Std.IsLinearOrder ℝ where
  le_refl := Real.le_refl
  le_trans := Real.le_trans
  le_antisymm _ _ := eq_of_le_of_le
  le_total := Real.le_total
instance : Std.LawfulOrderLT ℝ := ⟨fun _ _ => Iff.rfl⟩
instance : Std.IsPreorder ℝ := inferInstance
instance : Std.IsPartialOrder ℝ := inferInstance
instance : Std.IsLinearPreorder ℝ := inferInstance
noncomputable instance : SMul Nat ℝ := ⟨fun n a => (n : ℝ) * a⟩
noncomputable instance : SMul Int ℝ := ⟨fun n a => (n : ℝ) * a⟩

noncomputable instance instCommRing : Lean.Grind.CommRing ℝ where
  natCast := inferInstance
  ofNat := inferInstance
  intCast := inferInstance
  nsmul := inferInstance
  zsmul := inferInstance
  npow := inferInstance
  add_zero := Real.add_zero
  add_comm := Real.add_comm
  add_assoc := Real.add_assoc
  mul_assoc := Real.mul_assoc
  mul_one := Real.mul_one
  one_mul a := by rw [Real.mul_comm, Real.mul_one]
  mul_zero a := by rw [Real.mul_comm, Real.zero_mul]
  right_distrib a b c := by rw [Real.mul_comm, Real.left_distrib, Real.mul_comm c, Real.mul_comm c]
  left_distrib := Real.left_distrib
  zero_mul := Real.zero_mul
  pow_zero _ := rfl
  pow_succ _ _ := rfl
  ofNat_succ n := by
    show (((n + 1 : Nat) : Rat) : ℝ) = ((n : Rat) : ℝ) + ((1 : Nat) : Rat)
    rw [← ratCast_add]; congr 1; exact Rat.natCast_add n 1
  neg_add_cancel := Real.neg_add_cancel
  sub_eq_add_neg _ _ := rfl
  neg_zsmul i a := by
    show ((-i : Int) : ℝ) * a = -((i : ℝ) * a)
    have h : ((-i : Int) : ℝ) = -(i : ℝ) := by rw [intCast_eq, intCast_eq, Rat.intCast_neg, ratCast_neg]
    rw [h]
    induction a using Quotient.ind
    exact mk_eq fun n => Rat.neg_mul _ _
  intCast_neg i := by rw [intCast_eq, intCast_eq, Rat.intCast_neg, ratCast_neg]
  mul_comm := Real.mul_comm

end Real

-- Rules of rings, for ℝ only: to rewrite with them takes a moment, where `grind` and the kernel's check of it take long.
namespace Pocket
theorem zero_add (a : ℝ) : 0 + a = a := (Real.add_comm 0 a).trans (Real.add_zero a)
theorem one_mul (a : ℝ) : 1 * a = a := (Real.mul_comm 1 a).trans (Real.mul_one a)
theorem mul_zero (a : ℝ) : a * 0 = 0 := (Real.mul_comm a 0).trans (Real.zero_mul a)
theorem neg_mul (a b : ℝ) : -a * b = -(a * b) := Lean.Grind.Ring.neg_mul a b
theorem mul_neg (a b : ℝ) : a * -b = -(a * b) := Lean.Grind.Ring.mul_neg a b
theorem neg_neg (a : ℝ) : - -a = a := Lean.Grind.AddCommGroup.neg_neg a
theorem neg_zero : -(0 : ℝ) = 0 := Lean.Grind.AddCommGroup.neg_zero
theorem neg_add (a b : ℝ) : -(a + b) = -a + -b := Lean.Grind.AddCommGroup.neg_add a b
theorem sub_eq_add_neg (a b : ℝ) : a - b = a + -b := rfl
theorem sub_neg (a b : ℝ) : a - -b = a + b := congrArg (a + ·) (neg_neg b)
theorem neg_sub (a b : ℝ) : -(a - b) = b - a := Lean.Grind.AddCommGroup.neg_sub a b
theorem sub_self (a : ℝ) : a - a = 0 := Lean.Grind.AddCommGroup.sub_self a
theorem sub_zero (a : ℝ) : a - 0 = a := (congrArg (a + ·) neg_zero).trans (Real.add_zero a)
theorem zero_sub (a : ℝ) : 0 - a = -a := zero_add (-a)
theorem sub_add_cancel (a b : ℝ) : a - b + b = a := Lean.Grind.AddCommGroup.sub_add_cancel
theorem add_sub_cancel (a b : ℝ) : a + b - b = a := Lean.Grind.AddCommGroup.add_sub_cancel
theorem add_sub_cancel_left (a b : ℝ) : a + b - a = b := by rw [Real.add_comm, add_sub_cancel]
theorem add_mul (a b c : ℝ) : (a + b) * c = a * c + b * c := Lean.Grind.Semiring.right_distrib a b c
theorem mul_sub (a b c : ℝ) : a * (b - c) = a * b - a * c := (Real.left_distrib a b (-c)).trans (congrArg (a * b + ·) (mul_neg a c))
theorem sub_mul (a b c : ℝ) : (a - b) * c = a * c - b * c := (add_mul a (-b) c).trans (congrArg (a * c + ·) (neg_mul b c))
theorem two_mul (a : ℝ) : 2 * a = a + a := by
  rw [show (2 : ℝ) = 1 + 1 from Lean.Grind.Semiring.ofNat_succ 1, add_mul, one_mul]
theorem add_left_comm (a b c : ℝ) : a + (b + c) = b + (a + c) := by rw [← Real.add_assoc, Real.add_comm a, Real.add_assoc]
theorem mul_left_comm (a b c : ℝ) : a * (b * c) = b * (a * c) := by rw [← Real.mul_assoc, Real.mul_comm a, Real.mul_assoc]
theorem sub_add_sub (a b c : ℝ) : a - b + (b - c) = a - c := by rw [sub_eq_add_neg b, ← Real.add_assoc, sub_add_cancel]; rfl
theorem sub_add_sub_comm (a b c d : ℝ) : a - b + (c - d) = a + c - (b + d) := by
  rw [sub_eq_add_neg, sub_eq_add_neg, sub_eq_add_neg, neg_add, Real.add_assoc, Real.add_assoc, add_left_comm (-b)]
theorem add_add_add_comm (a b c d : ℝ) : a + b + (c + d) = a + c + (b + d) := by
  rw [Real.add_assoc, Real.add_assoc, add_left_comm b]
theorem sub_sub_add (a b c d : ℝ) : a - b - (c + d) = a - c - (d + b) := by
  rw [sub_eq_add_neg, sub_eq_add_neg, neg_add, add_add_add_comm, Real.add_comm (-b), ← neg_add]; rfl
theorem sub_add_add (a b c d : ℝ) : a - b + (c + d) = a + c + (d - b) := by
  rw [sub_eq_add_neg, add_add_add_comm, Real.add_comm (-b)]; rfl
theorem pow_two (a : ℝ) : a ^ 2 = a * a := Lean.Grind.Semiring.pow_two a
end Pocket
namespace Real

theorem gap_of_pos {a : Cau} (h : (0 : ℝ) < Quotient.mk _ a) : ∃ ε : Rat, 0 < ε ∧ ∃ N : Nat, ∀ n, N ≤ n → 0 + ε < a.f n := by
  have h : ¬ Real.le (Quotient.mk _ a) (Quotient.mk _ (Cau.ofRat 0)) := h.2
  exact Cau.gap (a := a) (b := Cau.ofRat 0) h

theorem pos_of_gap {a : Cau} {ε : Rat} (hε : 0 < ε) {N : Nat} (h : ∀ n, N ≤ n → 0 + ε < a.f n) : (0 : ℝ) < Quotient.mk _ a := by
  have h : ¬ Real.le (Quotient.mk _ a) 0 := Cau.not_le_of_gap (b := Cau.ofRat 0) hε h
  exact ⟨(Real.le_total _ _).resolve_right h, h⟩

protected theorem mul_pos {a b : ℝ} (h : 0 < a) (k : 0 < b) : 0 < a * b := by
  induction a using Quotient.ind; induction b using Quotient.ind
  obtain ⟨δ, hδ, M, hM⟩ := gap_of_pos h
  obtain ⟨ε, hε, N, hN⟩ := gap_of_pos k
  exact pos_of_gap (Rat.mul_pos hδ hε) (Cau.mul_pos hδ hε hM hN)

theorem ratCast_lt {p q : Rat} : (p : ℝ) < q ↔ p < q := by
  show (p : ℝ) ≤ q ∧ ¬ (q : ℝ) ≤ p ↔ _
  rw [ratCast_le, ratCast_le]; exact (Std.LawfulOrderLT.lt_iff p q).symm

instance : Lean.Grind.OrderedAdd ℝ where
  add_le_left_iff {a b} c := by
    refine ⟨le_add_right c, fun h => ?_⟩
    have h := le_add_right (-c) h
    have e (x : ℝ) : x + c + -c = x := by rw [Real.add_assoc, Real.add_comm c, Real.neg_add_cancel, Real.add_zero]
    rwa [e, e] at h

theorem mul_sub_pos {a b c : ℝ} (h : a < b) (h' : 0 < c) : 0 < c * b - c * a := by
  rw [← Pocket.mul_sub]; exact Real.mul_pos h' (Lean.Grind.OrderedAdd.sub_pos_iff.2 h)

instance : Lean.Grind.OrderedRing ℝ where
  zero_lt_one := ratCast_lt.2 (by decide)
  mul_lt_mul_of_pos_left h h' := Lean.Grind.OrderedAdd.sub_pos_iff.1 (mul_sub_pos h h')
  mul_lt_mul_of_pos_right {a b c} h h' := by
    rw [Real.mul_comm a, Real.mul_comm b]; exact Lean.Grind.OrderedAdd.sub_pos_iff.1 (mul_sub_pos h h')
instance : Lean.Grind.IsCharP ℝ 0 := inferInstance

theorem exists_inv_of_pos {a : ℝ} (h : 0 < a) : ∃ b, a * b = 1 := by
  induction a using Quotient.ind
  obtain ⟨δ, hδ, N, hN⟩ := gap_of_pos h
  exact ⟨Quotient.mk _ (Cau.inv _ hδ hN), Quotient.sound (Cau.mul_inv _ hδ hN)⟩

theorem exists_inv {a : ℝ} (h : a ≠ 0) : ∃ b, a * b = 1 := by
  by_cases k : 0 < a
  · exact exists_inv_of_pos k
  · obtain ⟨b, hb⟩ := exists_inv_of_pos (Lean.Grind.OrderedAdd.neg_pos_iff.2 (Std.lt_of_le_of_ne (Std.not_lt.1 k) h))
    exact ⟨-b, by rw [Pocket.mul_neg, ← Pocket.neg_mul, hb]⟩

open Classical in
protected noncomputable def inv (a : ℝ) : ℝ := if h : a ≠ 0 then Classical.choose (exists_inv h) else 0
noncomputable instance : Inv ℝ := ⟨Real.inv⟩
noncomputable instance : Div ℝ := ⟨fun a b => a * b⁻¹⟩

protected theorem one_ne_zero : (1 : ℝ) ≠ 0 := LT.lt.ne' (ratCast_lt.2 (by decide))
protected theorem inv_zero : (0 : ℝ)⁻¹ = 0 := by
  show Real.inv 0 = 0
  exact dif_neg fun h => h rfl
protected theorem mul_inv_cancel {a : ℝ} (h : a ≠ 0) : a * a⁻¹ = 1 := by
  show a * Real.inv a = 1
  rw [show Real.inv a = _ from dif_pos h]; exact Classical.choose_spec (exists_inv h)

protected noncomputable def zpow (a : ℝ) : Int → ℝ
  | .ofNat n => a ^ n
  | .negSucc n => (a ^ (n + 1))⁻¹
noncomputable instance : Pow ℝ Int := ⟨Real.zpow⟩

protected theorem inv_inv (a : ℝ) : a⁻¹⁻¹ = a := by
  by_cases h : a = 0
  · rw [h, Real.inv_zero, Real.inv_zero]
  · have h1 := Real.mul_inv_cancel h
    have h2 : a⁻¹ ≠ 0 := fun c => h (by rw [← Real.mul_one a, ← h1, c, Pocket.mul_zero, Pocket.mul_zero])
    rw [← Real.mul_one a⁻¹⁻¹, ← h1, Real.mul_comm a, ← Real.mul_assoc, Real.mul_comm a⁻¹⁻¹, Real.mul_inv_cancel h2, Pocket.one_mul]

noncomputable instance instField : Lean.Grind.Field ℝ where
  zpow := inferInstance
  div_eq_mul_inv _ _ := rfl
  zero_ne_one h := by
    have : (0 : ℝ) < 1 := ratCast_lt.2 (by decide)
    exact this.2 (h ▸ Real.le_refl 0)
  inv_zero := Real.inv_zero
  mul_inv_cancel := Real.mul_inv_cancel
  zpow_zero _ := rfl
  zpow_succ _ _ := rfl
  zpow_neg a n := by
    match n with
    | .ofNat 0 => show (1 : ℝ) = (1 : ℝ)⁻¹; rw [← Pocket.one_mul (1 : ℝ)⁻¹, Real.mul_inv_cancel Real.one_ne_zero]
    | .ofNat (n + 1) => rfl
    | .negSucc n => exact (Real.inv_inv _).symm
end Real
