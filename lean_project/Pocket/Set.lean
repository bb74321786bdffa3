import Pocket.Logic

/-!
Sets as predicates, images, intervals, bounds. Mathlib: `Mathlib/Data/Set/`, `Mathlib/Order/Interval/Set/`,
`Mathlib/Order/Bounds/`.
-/

universe u v

/-- Mathlib: `Set`. -/
def Set (α : Type u) : Type u := α → Prop

/-- Mathlib: `setOf`, written `{x | p x}`. -/
def setOf {α : Type u} (p : α → Prop) : Set α := p

syntax:max (name := setBuilder) "{" ident (" : " term)? " | " term "}" : term
macro_rules
  | `({ $x:ident | $p }) => `(setOf fun $x => $p)
  | `({ $x:ident : $t | $p }) => `(setOf fun ($x : $t) => $p)
/-- `{(x, y) : α × β | p}`. -/
macro:max "{" "(" x:ident ", " y:ident ")" " : " t:term " | " p:term "}" : term => `(setOf fun (($x, $y) : $t) => $p)
macro:max "{" "(" x:ident ", " y:ident ")" " | " p:term "}" : term => `(setOf fun ($x, $y) => $p)

/-- Mathlib: `Compl`, written `sᶜ`. -/
class Compl (α : Type u) where
  /-- The complement. -/
  compl : α → α
postfix:1024 "ᶜ" => Compl.compl

namespace Set
variable {α : Type u} {β : Type v}

protected def Mem (s : Set α) (a : α) : Prop := s a
/-- Mathlib: `Set.univ`. -/
def univ : Set α := fun _ => True
instance : Membership α (Set α) := ⟨Set.Mem⟩
instance : HasSubset (Set α) := ⟨fun s t => ∀ a, a ∈ s → a ∈ t⟩
instance : LE (Set α) := ⟨fun s t => ∀ a, a ∈ s → a ∈ t⟩
instance : HasSSubset (Set α) := ⟨fun s t => s ⊆ t ∧ ¬ t ⊆ s⟩
instance : EmptyCollection (Set α) := ⟨fun _ => False⟩
instance : Insert α (Set α) := ⟨fun a s => fun b => b = a ∨ b ∈ s⟩
instance : Singleton α (Set α) := ⟨fun a => fun b => b = a⟩
instance : Union (Set α) := ⟨fun s t => fun a => a ∈ s ∨ a ∈ t⟩
instance : Inter (Set α) := ⟨fun s t => fun a => a ∈ s ∧ a ∈ t⟩
instance : SDiff (Set α) := ⟨fun s t => fun a => a ∈ s ∧ ¬ a ∈ t⟩

instance : Compl (Set α) := ⟨fun s => fun a => ¬ a ∈ s⟩
@[simp, grind =] theorem mem_compl_iff (s : Set α) (x : α) : x ∈ sᶜ ↔ ¬ x ∈ s := Iff.rfl

@[ext] theorem ext {a b : Set α} (h : ∀ x, x ∈ a ↔ x ∈ b) : a = b := funext fun x => propext (h x)
@[simp, grind =] theorem mem_setOf_eq {a : α} {p : α → Prop} : (a ∈ setOf p) = p a := rfl
@[simp, grind =] theorem mem_insert_iff {a b : α} {s : Set α} : a ∈ (insert b s : Set α) ↔ a = b ∨ a ∈ s := Iff.rfl
@[simp, grind =] theorem mem_singleton_iff {a b : α} : a ∈ ({b} : Set α) ↔ a = b := Iff.rfl
@[simp, grind =] theorem mem_union {a : α} {s t : Set α} : a ∈ s ∪ t ↔ a ∈ s ∨ a ∈ t := Iff.rfl
@[simp, grind =] theorem mem_inter_iff {a : α} {s t : Set α} : a ∈ s ∩ t ↔ a ∈ s ∧ a ∈ t := Iff.rfl
@[simp, grind =] theorem mem_diff {a : α} {s t : Set α} : a ∈ s \ t ↔ a ∈ s ∧ ¬ a ∈ t := Iff.rfl
@[simp, grind .] theorem mem_univ (a : α) : a ∈ (univ : Set α) := trivial
@[simp, grind =] theorem mem_empty_iff_false (a : α) : a ∈ (∅ : Set α) ↔ False := Iff.rfl
@[grind =] theorem subset_def {s t : Set α} : s ⊆ t ↔ ∀ x, x ∈ s → x ∈ t := Iff.rfl

/-- Mathlib: `Set.image`, written `f '' s`. -/
def image (f : α → β) (s : Set α) : Set β := { b | ∃ a, a ∈ s ∧ f a = b }
/-- Mathlib: `Set.preimage`, written `f ⁻¹' s`. -/
def preimage (f : α → β) (s : Set β) : Set α := { a | f a ∈ s }
/-- Mathlib: `Set.range`. -/
def range {ι : Sort v} (f : ι → α) : Set α := { x | ∃ y, f y = x }
@[simp, grind =] theorem mem_image (f : α → β) (s : Set α) (y : β) : y ∈ image f s ↔ ∃ x, x ∈ s ∧ f x = y := Iff.rfl
@[simp, grind =] theorem mem_preimage {f : α → β} {s : Set β} {a : α} : a ∈ preimage f s ↔ f a ∈ s := Iff.rfl
@[simp, grind =] theorem mem_range {ι : Sort v} {f : ι → α} {x : α} : x ∈ range f ↔ ∃ y, f y = x := Iff.rfl

/-- Mathlib: `Set.Elem`, the type of the members. -/
@[coe, reducible] def Elem (s : Set α) : Type u := { x // x ∈ s }
instance : CoeSort (Set α) (Type u) := ⟨Elem⟩

/-- Mathlib: `Set.Nonempty`. -/
protected def Nonempty (s : Set α) : Prop := ∃ x, x ∈ s
/-- Mathlib: `Set.InjOn`. -/
def InjOn (f : α → β) (s : Set α) : Prop := ∀ ⦃a⦄, a ∈ s → ∀ ⦃b⦄, b ∈ s → f a = f b → a = b
/-- Mathlib: `Set.Finite`, which says it as `Finite s`: some list holds all members. -/
protected def Finite (s : Set α) : Prop := ∃ l : List α, ∀ a, a ∈ s → a ∈ l
/-- Mathlib: `Set.Infinite`. -/
protected def Infinite (s : Set α) : Prop := ¬ s.Finite

section intervals
/-- Mathlib: `Set.Icc`. -/
def Icc [LE α] (a b : α) : Set α := { x | a ≤ x ∧ x ≤ b }
/-- Mathlib: `Set.Ico`. -/
def Ico [LE α] [LT α] (a b : α) : Set α := { x | a ≤ x ∧ x < b }
/-- Mathlib: `Set.Ioc`. -/
def Ioc [LE α] [LT α] (a b : α) : Set α := { x | a < x ∧ x ≤ b }
/-- Mathlib: `Set.Ioo`. -/
def Ioo [LT α] (a b : α) : Set α := { x | a < x ∧ x < b }
/-- Mathlib: `Set.Ici`. -/
def Ici [LE α] (a : α) : Set α := { x | a ≤ x }
/-- Mathlib: `Set.Iic`. -/
def Iic [LE α] (a : α) : Set α := { x | x ≤ a }
/-- Mathlib: `Set.Ioi`. -/
def Ioi [LT α] (a : α) : Set α := { x | a < x }
/-- Mathlib: `Set.Iio`. -/
def Iio [LT α] (a : α) : Set α := { x | x < a }
@[simp, grind =] theorem mem_Icc [LE α] {a b x : α} : x ∈ Icc a b ↔ a ≤ x ∧ x ≤ b := Iff.rfl
@[simp, grind =] theorem mem_Ico [LE α] [LT α] {a b x : α} : x ∈ Ico a b ↔ a ≤ x ∧ x < b := Iff.rfl
@[simp, grind =] theorem mem_Ioc [LE α] [LT α] {a b x : α} : x ∈ Ioc a b ↔ a < x ∧ x ≤ b := Iff.rfl
@[simp, grind =] theorem mem_Ioo [LT α] {a b x : α} : x ∈ Ioo a b ↔ a < x ∧ x < b := Iff.rfl
@[simp, grind =] theorem mem_Ici [LE α] {a x : α} : x ∈ Ici a ↔ a ≤ x := Iff.rfl
@[simp, grind =] theorem mem_Iic [LE α] {a x : α} : x ∈ Iic a ↔ x ≤ a := Iff.rfl
@[simp, grind =] theorem mem_Ioi [LT α] {a x : α} : x ∈ Ioi a ↔ a < x := Iff.rfl
@[simp, grind =] theorem mem_Iio [LT α] {a x : α} : x ∈ Iio a ↔ x < a := Iff.rfl
end intervals
end Set

infixl:80 " '' " => Set.image
infixl:80 " ⁻¹' " => Set.preimage
/-- Only a set has it: `s.isSet` tells the two notations `{x ∈ s | p x}` apart, and is in no statement. -/
def Set.isSet {α : Type u} (s : Set α) : Set α := s
/-- `{x ∈ s | p x}` for a set `s`. -/
macro:max (name := setSep) "{" x:ident " ∈ " s:term " | " p:term "}" : term =>
  `(let_mvar% ?s := ($s).isSet; (setOf fun $x => $x ∈ ($s : Set _) ∧ $p : Set _))

instance {α : Type u} {p : α → Prop} {a : α} [h : Decidable (p a)] : Decidable (a ∈ setOf p) := h

section bounds
variable {α : Type u} [LE α]
/-- Mathlib: `upperBounds`. -/
def upperBounds (s : Set α) : Set α := { x | ∀ ⦃a⦄, a ∈ s → a ≤ x }
/-- Mathlib: `lowerBounds`. -/
def lowerBounds (s : Set α) : Set α := { x | ∀ ⦃a⦄, a ∈ s → x ≤ a }
/-- Mathlib: `BddAbove`. -/
def BddAbove (s : Set α) : Prop := (upperBounds s).Nonempty
/-- Mathlib: `BddBelow`. -/
def BddBelow (s : Set α) : Prop := (lowerBounds s).Nonempty
/-- Mathlib: `IsLeast`. -/
@[grind =] def IsLeast (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ lowerBounds s
/-- Mathlib: `IsGreatest`. -/
@[grind =] def IsGreatest (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ upperBounds s
/-- Mathlib: `IsLUB`. -/
@[grind =] def IsLUB (s : Set α) (a : α) : Prop := IsLeast (upperBounds s) a
/-- Mathlib: `IsGLB`. -/
@[grind =] def IsGLB (s : Set α) (a : α) : Prop := IsGreatest (lowerBounds s) a
@[simp, grind =] theorem mem_upperBounds {s : Set α} {a : α} : a ∈ upperBounds s ↔ ∀ x, x ∈ s → x ≤ a := Iff.rfl
@[simp, grind =] theorem mem_lowerBounds {s : Set α} {a : α} : a ∈ lowerBounds s ↔ ∀ x, x ∈ s → a ≤ x := Iff.rfl
end bounds
