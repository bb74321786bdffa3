import Pocket.RealOrder

/-!
|x| in ℝ and ℚ, floors and ceilings, irrational numbers. Mathlib: `Mathlib/Algebra/Order/Floor/Defs.lean`, where the
class is `FloorRing`. `⌊x⌋₊` and `⌈x⌉₊` are 0 where the integer would be negative, as there.
-/

universe u
noncomputable section
namespace Real
theorem abs_def' (a : ℝ) : abs a = if 0 ≤ a then a else -a := by unfold abs; grind
end Real
attribute [grind =] Real.abs_def'
instance : Pocket.LawfulSum ℝ := ⟨Real.add_comm, Real.add_assoc, Real.add_zero⟩
instance : Pocket.LawfulProd ℝ := ⟨Real.mul_comm, Real.mul_assoc, Real.mul_one⟩
theorem Rat.abs_def (a : Rat) : abs a = if 0 ≤ a then a else -a := by
  unfold abs; show (if a ≤ -a then -a else a) = _; grind
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
notation "⌊" a "⌋" => Int.floor a
notation "⌈" a "⌉" => Int.ceil a
notation "⌊" a "⌋₊" => Nat.floor a
notation "⌈" a "⌉₊" => Nat.ceil a
prefix:100 "√" => Real.sqrt
def Irrational (x : ℝ) : Prop := ¬ ∃ q : Rat, (q : ℝ) = x

end
