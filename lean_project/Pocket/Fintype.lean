import Pocket.Finset

/-!
Finite types, sums over all of one, and finite sets of a set's members. Mathlib: `Mathlib/Data/Fintype/`.
-/

universe u w
noncomputable section

/-- Mathlib: `Fintype`. -/
class Fintype (α : Type u) where
  /-- All of them. -/
  elems : Finset α
  complete : ∀ x, x ∈ elems

/-- Mathlib: `Finset.univ`. -/
@[expose] def Finset.univ {α : Type u} [Fintype α] : Finset α := Fintype.elems
@[simp, grind .] theorem Finset.mem_univ {α : Type u} [Fintype α] (x : α) : x ∈ (Finset.univ : Finset α) := Fintype.complete x
/-- Mathlib: `Fintype.card`. -/
def Fintype.card (α : Type u) [Fintype α] : Nat := (Finset.univ : Finset α).card

theorem Pocket.nodup_finRange (n : Nat) : (List.finRange n).Nodup := by
  unfold List.Nodup; simp [List.finRange, List.pairwise_iff_getElem]; grind
instance (n : Nat) : Fintype (Fin n) := ⟨Finset.ofList (List.finRange n) (Pocket.nodup_finRange n), fun x => List.mem_finRange x⟩
instance : Fintype Bool := ⟨Finset.ofList [true, false] (by decide), fun x => by cases x <;> decide⟩

/-- `∑ x, f x`, over all `x` of a finite type. -/
macro "∑ " x:ident ", " b:term:67 : term => `(Finset.sum Finset.univ fun $x => $b)
macro "∑ " x:ident " : " t:term ", " b:term:67 : term => `(Finset.sum Finset.univ fun ($x : $t) => $b)
macro "∏ " x:ident ", " b:term:67 : term => `(Finset.prod Finset.univ fun $x => $b)
macro "∏ " x:ident " : " t:term ", " b:term:67 : term => `(Finset.prod Finset.univ fun ($x : $t) => $b)

theorem Pocket.toFinset_exists {α : Type u} (s : Set α) [f : Fintype s.Elem] : ∃ t : Finset α, ∀ a, a ∈ t ↔ a ∈ s := by
  obtain ⟨l, hl, h⟩ := f.elems.exists_list
  refine ⟨Finset.ofList (l.map Subtype.val) (Finset.nodup_map (fun _ _ => Subtype.ext) hl), fun a => ?_⟩
  rw [Finset.mem_ofList, List.mem_map]
  constructor
  · rintro ⟨⟨x, hx⟩, _, rfl⟩; exact hx
  · intro ha; exact ⟨⟨a, ha⟩, by have := f.complete ⟨a, ha⟩; rw [h] at this; exact this, rfl⟩
def Set.toFinset {α : Type u} (s : Set α) [Fintype s.Elem] : Finset α := Classical.choose (Pocket.toFinset_exists s)
@[simp, grind =] theorem Set.mem_toFinset {α : Type u} {s : Set α} [Fintype s.Elem] {a : α} : a ∈ s.toFinset ↔ a ∈ s :=
  Classical.choose_spec (Pocket.toFinset_exists s) a

end
