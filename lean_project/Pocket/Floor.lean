import Pocket.RealOrder

/-!
|x| in ℝ and ℚ, floors and ceilings, irrational numbers. Mathlib: `Mathlib/Algebra/Order/Floor/Defs.lean`, where the
class is `FloorRing`. `⌊x⌋₊` and `⌈x⌉₊` are 0 where the integer would be negative, as there.
-/

universe u
noncomputable section
namespace Real
theorem abs_def' (a : ℝ) : abs a = if 0 ≤ a then a else -a := Pocket.max_neg a
end Real
attribute [grind =] Real.abs_def'
instance : Pocket.LawfulSum ℝ := ⟨Real.add_comm, Real.add_assoc, Real.add_zero⟩
instance : Pocket.LawfulProd ℝ := ⟨Real.mul_comm, Real.mul_assoc, Real.mul_one⟩
theorem Rat.abs_def (a : Rat) : abs a = if 0 ≤ a then a else -a := Pocket.max_neg a
attribute [grind =] Rat.abs_def
/-- What rounds to integers. -/
class Pocket.Floor (α : Type u) where
  floor : α → Int
  ceil : α → Int
instance : Pocket.Floor ℝ := ⟨Real.floor, fun x => -Real.floor (-x)⟩
instance : Pocket.Floor Rat := ⟨Rat.floor, Rat.ceil⟩
def Int.floor {α : Type u} [Pocket.Floor α] (a : α) : Int := Pocket.Floor.floor a
def Int.ceil {α : Type u} [Pocket.Floor α] (a : α) : Int := Pocket.Floor.ceil a
def Nat.floor {α : Type u} [Pocket.Floor α] (a : α) : Nat := (Int.floor a).toNat
def Nat.ceil {α : Type u} [Pocket.Floor α] (a : α) : Nat := (Int.ceil a).toNat
@[simp, grind =] theorem Int.floor_real (x : ℝ) : Int.floor x = Real.floor x := rfl
@[simp, grind =] theorem Int.ceil_real (x : ℝ) : Int.ceil x = -Real.floor (-x) := rfl
grind_pattern Real.floor_le => Real.floor x
grind_pattern Real.lt_floor_add_one => Real.floor x
theorem Int.floor_eq_iff {a : ℝ} {z : Int} : Int.floor a = z ↔ (z : ℝ) ≤ a ∧ a < z + 1 := Real.floor_eq_iff
theorem Int.ceil_eq_iff {a : ℝ} {z : Int} : Int.ceil a = z ↔ (z : ℝ) - 1 < a ∧ a ≤ z := by
  have h : Int.ceil a = z ↔ Real.floor (-a) = -z :=
    ⟨fun h => by rw [← h, Int.ceil_real, Int.neg_neg], fun h => by rw [Int.ceil_real, h, Int.neg_neg]⟩
  have e : ((-z : Int) : ℝ) = -(z : ℝ) := Lean.Grind.Ring.intCast_neg z
  rw [h, Real.floor_eq_iff, e, Lean.Grind.OrderedAdd.neg_le_iff, Pocket.neg_neg, Lean.Grind.OrderedAdd.neg_lt_iff, Pocket.neg_add, Pocket.neg_neg]
  exact And.comm
theorem Nat.floor_eq_iff {a : ℝ} {n : Nat} (h : 0 ≤ a) : Nat.floor a = n ↔ (n : ℝ) ≤ a ∧ a < n + 1 := by
  have h1 := Int.floor_eq_iff (a := a) (z := n)
  have e : ((n : Int) : ℝ) = (n : ℝ) := Real.intCast_natCast n
  rw [e] at h1
  rw [← h1]
  have h2 : ((0 : Int) : ℝ) < ((Real.floor a + 1 : Int) : ℝ) := by
    rw [Real.intCast_add]; exact Std.lt_of_le_of_lt h (Real.lt_floor_add_one a)
  show (Real.floor a).toNat = n ↔ Real.floor a = n
  obtain ⟨k, hk⟩ := Int.eq_ofNat_of_zero_le (Int.lt_add_one_iff.1 (Real.intCast_lt.1 h2))
  rw [hk, Int.toNat_natCast]; exact Int.natCast_inj.symm
notation "⌊" a "⌋" => Int.floor a
notation "⌈" a "⌉" => Int.ceil a
notation "⌊" a "⌋₊" => Nat.floor a
notation "⌈" a "⌉₊" => Nat.ceil a
prefix:max "√" => Real.sqrt

/-- Decimal fractions, by way of ℚ as in Mathlib. -/
instance : OfScientific ℝ := ⟨fun m s e => ((OfScientific.ofScientific m s e : Rat) : ℝ)⟩
theorem Real.ofScientific_eq (m : Nat) (s : Bool) (e : Nat) :
    (OfScientific.ofScientific m s e : ℝ) = ((OfScientific.ofScientific m s e : Rat) : ℝ) := rfl
/-- Divisibility, which says little in a field. Mathlib: `semigroupDvd`. -/
instance : Dvd ℝ := ⟨fun a b => ∃ c, b = a * c⟩
/-- Mathlib: `Norm`, written `‖x‖`. -/
class Norm (E : Type u) where
  /-- The norm. -/
  norm : E → ℝ
export Norm (norm)
macro:max atomic("‖" noWs) a:term noWs "‖" : term => `(norm $a)
instance : Norm ℝ := ⟨fun x => abs x⟩
@[simp, grind =] theorem Real.norm_eq_abs (x : ℝ) : ‖x‖ = abs x := rfl
def Irrational (x : ℝ) : Prop := ¬ ∃ q : Rat, (q : ℝ) = x

end
