import Pocket.NNReal
import Pocket.Set

/-!
Just enough of filters to say `Tendsto u atTop (𝓝 a)`: `atTop` on ℕ, `𝓝` on ℝ and ℝ≥0. Mathlib: `Mathlib/Order/Filter/`.
-/

universe u v
noncomputable section
/-- Mathlib: `Filter`. -/
structure Filter (α : Type u) where
  sets : Set (Set α)
  univ_sets : Set.univ ∈ sets
  sets_of_superset : ∀ {x y}, x ∈ sets → x ⊆ y → y ∈ sets
  inter_sets : ∀ {x y}, x ∈ sets → y ∈ sets → x ∩ y ∈ sets
def Filter.Tendsto {α : Type u} {β : Type v} (f : α → β) (a : Filter α) (b : Filter β) : Prop := ∀ s, s ∈ b.sets → f ⁻¹' s ∈ a.sets
def Filter.atTop : Filter Nat where
  sets := { s | ∃ N, ∀ n, N ≤ n → n ∈ s }
  univ_sets := ⟨0, fun _ _ => trivial⟩
  sets_of_superset := fun ⟨N, h⟩ k => ⟨N, fun n hn => k _ (h n hn)⟩
  inter_sets := fun ⟨N, h⟩ ⟨M, k⟩ => ⟨N + M, fun n hn => ⟨h n (Pocket.left_le hn), k n (Pocket.right_le hn)⟩⟩
theorem Pocket.min_le_left (a b : ℝ) : min a b ≤ a := by
  rw [Real.min_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact Std.le_refl a
  · rw [if_neg h]; exact Std.le_of_lt (Std.not_le.1 h)
theorem Pocket.min_le_right (a b : ℝ) : min a b ≤ b := by
  rw [Real.min_def]
  by_cases h : a ≤ b
  · rw [if_pos h]; exact h
  · rw [if_neg h]; exact Std.le_refl b
theorem Pocket.lt_min {a b c : ℝ} (h : c < a) (k : c < b) : c < min a b := by
  rw [Real.min_def]
  by_cases e : a ≤ b
  · rwa [if_pos e]
  · rwa [if_neg e]
class Pocket.Dist (α : Type u) where
  toReal : α → ℝ
instance : Pocket.Dist ℝ := ⟨id⟩
instance : Pocket.Dist NNReal := ⟨Subtype.val⟩
def nhds {α : Type u} [Pocket.Dist α] (a : α) : Filter α where
  sets := { s | ∃ ε : ℝ, 0 < ε ∧ ∀ b, abs (Pocket.Dist.toReal b - Pocket.Dist.toReal a) < ε → b ∈ s }
  univ_sets := ⟨1, Lean.Grind.OrderedRing.zero_lt_one, fun _ _ => trivial⟩
  sets_of_superset := fun ⟨ε, h, k⟩ l => ⟨ε, h, fun b hb => l _ (k b hb)⟩
  inter_sets := fun ⟨ε, h, k⟩ ⟨δ, h', k'⟩ => ⟨min ε δ, Pocket.lt_min h h', fun b hb =>
    ⟨k b (Std.lt_of_lt_of_le hb (Pocket.min_le_left ε δ)), k' b (Std.lt_of_lt_of_le hb (Pocket.min_le_right ε δ))⟩⟩
namespace Topology
scoped notation "𝓝" => nhds
end Topology
end
