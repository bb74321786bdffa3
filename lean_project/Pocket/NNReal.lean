import Pocket.Analysis

/-!
ℝ≥0, without subtraction and division. Mathlib: `Mathlib/Data/NNReal/Defs.lean`.
-/

noncomputable section
def NNReal : Type := { r : ℝ // 0 ≤ r }
namespace NNReal
instance : Coe NNReal ℝ := ⟨Subtype.val⟩
instance : Add NNReal := ⟨fun a b => ⟨a.1 + b.1, _root_.add_nonneg a.2 b.2⟩⟩
instance : Mul NNReal := ⟨fun a b => ⟨a.1 * b.1, _root_.mul_nonneg a.2 b.2⟩⟩
instance : NatCast NNReal := ⟨fun n => ⟨(n : ℝ), Real.natCast_le.2 (Nat.zero_le n)⟩⟩
instance (n : Nat) : OfNat NNReal n := ⟨(n : NNReal)⟩
instance : LE NNReal := ⟨fun a b => a.1 ≤ b.1⟩
instance : LT NNReal := ⟨fun a b => a.1 < b.1⟩
def sqrt (x : NNReal) : NNReal := ⟨Real.sqrt x.1, Real.sqrt_nonneg _⟩
def npow (a : NNReal) : Nat → NNReal
  | 0 => 1
  | n + 1 => npow a n * a
instance : NatPow NNReal := ⟨npow⟩
instance : Pocket.LawfulSum NNReal := ⟨fun a b => Subtype.ext (Real.add_comm _ _), fun _ _ _ => Subtype.ext (Real.add_assoc _ _ _), fun _ => Subtype.ext (Real.add_zero _)⟩
instance : Pocket.LawfulProd NNReal := ⟨fun a b => Subtype.ext (Real.mul_comm _ _), fun _ _ _ => Subtype.ext (Real.mul_assoc _ _ _), fun _ => Subtype.ext (Real.mul_one _)⟩
end NNReal
notation "ℝ≥0" => NNReal
end
