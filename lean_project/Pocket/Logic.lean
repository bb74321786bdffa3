/-!
Unique existence, equivalences, and properties of functions. Mathlib: `Mathlib/Logic/ExistsUnique.lean`,
`Mathlib/Logic/Equiv/Defs.lean`, `Mathlib/Logic/Function/Defs.lean`.
-/

universe u v w

namespace BigOperators
end BigOperators
namespace Topology
end Topology

/-- A type in some universe, which becomes a parameter of its own. Mathlib: `Type*`. -/
macro (priority := high) "Type*" : term => `(Type _)

/-- Mathlib: `ExistsUnique`. -/
@[grind =] def ExistsUnique {α : Sort u} (p : α → Prop) : Prop := ∃ x, p x ∧ ∀ y, p y → y = x

open Lean in
macro "∃!" xs:explicitBinders ", " b:term : term => do return ⟨← expandExplicitBinders ``ExistsUnique xs b⟩


/-- Mathlib: `Equiv`, with the same fields. -/
structure Equiv (α : Sort u) (β : Sort v) where
  /-- The map. -/
  toFun : α → β
  /-- Its inverse. -/
  invFun : β → α
  left_inv : ∀ x, invFun (toFun x) = x
  right_inv : ∀ x, toFun (invFun x) = x

infix:25 " ≃ " => Equiv

namespace Equiv
variable {α : Sort u} {β : Sort v}

instance : CoeFun (α ≃ β) (fun _ => α → β) := ⟨Equiv.toFun⟩

/-- Mathlib: `Equiv.symm`. -/
protected def symm (e : α ≃ β) : β ≃ α := ⟨e.invFun, e.toFun, e.right_inv, e.left_inv⟩

@[simp, grind =] theorem symm_apply_apply (e : α ≃ β) (x : α) : e.symm (e x) = x := e.left_inv x
@[simp, grind =] theorem apply_symm_apply (e : α ≃ β) (x : β) : e (e.symm x) = x := e.right_inv x
protected theorem injective (e : α ≃ β) {x y : α} (h : e x = e y) : x = y := by
  have := congrArg e.invFun h; rwa [e.left_inv, e.left_inv] at this
end Equiv

/-- Mathlib: `Function.Bijective`. -/
def Function.Bijective {α : Sort u} {β : Sort v} (f : α → β) : Prop := Function.Injective f ∧ Function.Surjective f
/-- Mathlib: `Function.Involutive`. -/
def Function.Involutive {α : Sort u} (f : α → α) : Prop := ∀ x, f (f x) = x

section monotone
variable {α : Type u} {β : Type v}
/-- Mathlib: `Monotone`. -/
def Monotone [LE α] [LE β] (f : α → β) : Prop := ∀ ⦃a b⦄, a ≤ b → f a ≤ f b
/-- Mathlib: `Antitone`. -/
def Antitone [LE α] [LE β] (f : α → β) : Prop := ∀ ⦃a b⦄, a ≤ b → f b ≤ f a
/-- Mathlib: `StrictMono`. -/
def StrictMono [LT α] [LT β] (f : α → β) : Prop := ∀ ⦃a b⦄, a < b → f a < f b
/-- Mathlib: `StrictAnti`. -/
def StrictAnti [LT α] [LT β] (f : α → β) : Prop := ∀ ⦃a b⦄, a < b → f b < f a
end monotone

/-- Mathlib: `Equiv.Perm`. -/
abbrev Equiv.Perm (α : Sort u) := α ≃ α

section classical
variable {p q : Prop}
theorem not_forall {α : Sort u} {p : α → Prop} : (¬∀ x, p x) ↔ ∃ x, ¬p x := Classical.not_forall
theorem not_not : ¬¬p ↔ p := Classical.not_not
theorem em (p : Prop) : p ∨ ¬p := Classical.em p
theorem by_contradiction (h : ¬p → False) : p := Classical.byContradiction h
theorem by_contra (h : ¬p → False) : p := Classical.byContradiction h
theorem or_iff_not_imp_left : p ∨ q ↔ ¬p → q := Classical.or_iff_not_imp_left
theorem or_iff_not_imp_right : p ∨ q ↔ ¬q → p := Classical.or_iff_not_imp_right
theorem congr_arg {α : Sort u} {β : Sort v} {a b : α} (f : α → β) (h : a = b) : f a = f b := congrArg f h
theorem congr_fun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : f = g) (a : α) : f a = g a := congrFun h a
end classical
