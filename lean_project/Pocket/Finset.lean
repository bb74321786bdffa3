import Pocket.Nat

/-!
Finite sets: lists without repetition up to their order, as Mathlib's, so that `decide` computes with them; sums,
products, intervals of ℕ and ℤ, divisors. Mathlib: `Mathlib/Data/Finset/`, `Mathlib/Algebra/BigOperators/`.
-/

universe u
section finsets
universe v w
/-- Lists up to their order. -/
instance listSetoid (α : Type u) : Setoid (List α) := ⟨List.Perm, ⟨fun _ => .refl _, .symm, .trans⟩⟩
/-- Mathlib: `Multiset`. -/
def Multiset (α : Type u) : Type u := Quotient (listSetoid α)
namespace Multiset
def Nodup {α : Type u} (s : Multiset α) : Prop := Quotient.liftOn s List.Nodup fun _ _ h => propext h.nodup_iff
protected def Mem {α : Type u} (s : Multiset α) (a : α) : Prop := Quotient.liftOn s (a ∈ ·) fun _ _ h => propext h.mem_iff
instance {α : Type u} : Membership α (Multiset α) := ⟨Multiset.Mem⟩
end Multiset
/-- Finite sets, as in Mathlib: lists without repetition, up to their order. -/
structure Finset (α : Type u) where
  val : Multiset α
  nodup : val.Nodup

/-- What sums and products need. -/
class Pocket.LawfulSum (M : Type u) [Add M] [OfNat M 0] : Prop where
  add_comm : ∀ a b : M, a + b = b + a
  add_assoc : ∀ a b c : M, a + b + c = a + (b + c)
  add_zero : ∀ a : M, a + 0 = a
class Pocket.LawfulProd (M : Type u) [Mul M] [OfNat M 1] : Prop where
  mul_comm : ∀ a b : M, a * b = b * a
  mul_assoc : ∀ a b c : M, a * b * c = a * (b * c)
  mul_one : ∀ a : M, a * 1 = a
instance : Pocket.LawfulSum Nat := ⟨Nat.add_comm, Nat.add_assoc, Nat.add_zero⟩
instance : Pocket.LawfulProd Nat := ⟨Nat.mul_comm, Nat.mul_assoc, Nat.mul_one⟩
instance : Pocket.LawfulSum Int := ⟨Int.add_comm, Int.add_assoc, Int.add_zero⟩
instance : Pocket.LawfulProd Int := ⟨Int.mul_comm, Int.mul_assoc, Int.mul_one⟩
instance : Pocket.LawfulSum Rat := ⟨Rat.add_comm, Rat.add_assoc, Rat.add_zero⟩
instance : Pocket.LawfulProd Rat := ⟨Rat.mul_comm, Rat.mul_assoc, Rat.mul_one⟩

namespace Finset
variable {α : Type u} {β : Type v}
protected def Mem (s : Finset α) (a : α) : Prop := a ∈ s.val
instance : Membership α (Finset α) := ⟨Finset.Mem⟩
def ofList (l : List α) (h : l.Nodup) : Finset α := ⟨Quotient.mk _ l, h⟩
theorem mem_ofList {l : List α} {h : l.Nodup} {a : α} : a ∈ ofList l h ↔ a ∈ l := Iff.rfl
theorem exists_list (s : Finset α) : ∃ l h, s = ofList l h := by
  obtain ⟨v, h⟩ := s
  induction v using Quotient.ind with | _ l
  exact ⟨l, h, rfl⟩
@[ext, grind ext] theorem ext {s t : Finset α} (h : ∀ a, a ∈ s ↔ a ∈ t) : s = t := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  obtain ⟨m, hm, rfl⟩ := t.exists_list
  have : l.Perm m := by
    classical
    rw [List.perm_iff_count]
    intro a
    have h : a ∈ l ↔ a ∈ m := h a
    simp only [hl.count, hm.count, h]
  unfold ofList; congr 1; exact Quotient.sound this
/-- Mathlib: `Finset.card`. -/
def card (s : Finset α) : Nat := Quotient.liftOn s.val List.length fun _ _ h => h.length_eq
/-- Mathlib: `Finset.sum`, written `∑ x ∈ s, f x`. -/
protected def sum {M : Type w} [Add M] [OfNat M 0] [Pocket.LawfulSum M] (s : Finset α) (f : α → M) : M :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a b => f a + b) 0) fun _ _ h => h.foldr_eq' (by
    intros; rw [← Pocket.LawfulSum.add_assoc, ← Pocket.LawfulSum.add_assoc, Pocket.LawfulSum.add_comm (f _) (f _)]) _
/-- Mathlib: `Finset.prod`, written `∏ x ∈ s, f x`. -/
protected def prod {M : Type w} [Mul M] [OfNat M 1] [Pocket.LawfulProd M] (s : Finset α) (f : α → M) : M :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a b => f a * b) 1) fun _ _ h => h.foldr_eq' (by
    intros; rw [← Pocket.LawfulProd.mul_assoc, ← Pocket.LawfulProd.mul_assoc, Pocket.LawfulProd.mul_comm (f _) (f _)]) _
/-- Mathlib: `Finset.filter`. -/
def filter (p : α → Prop) [DecidablePred p] (s : Finset α) : Finset α :=
  ⟨Quotient.liftOn s.val (fun l => Quotient.mk _ (l.filter p)) fun _ _ h => Quotient.sound (h.filter _), by
    obtain ⟨l, hl, rfl⟩ := s.exists_list
    exact hl.filter _⟩
@[simp, grind =] theorem mem_filter {p : α → Prop} [DecidablePred p] {s : Finset α} {a : α} : a ∈ filter p s ↔ a ∈ s ∧ p a := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have : a ∈ l.filter p ↔ a ∈ l ∧ p a := by simp
  exact this
/-- Mathlib: `Finset.range`. -/
def range (n : Nat) : Finset Nat := ofList (List.range n) List.nodup_range
@[simp, grind =] theorem mem_range {n a : Nat} : a ∈ range n ↔ a < n := by
  show a ∈ List.range n ↔ _; simp
instance [DecidableEq α] (a : α) (s : Finset α) : Decidable (a ∈ s) := Quotient.recOnSubsingleton (motive := fun v => Decidable (Multiset.Mem v a)) s.val
  fun (l : List α) => (inferInstance : Decidable (a ∈ l))

instance : EmptyCollection (Finset α) := ⟨ofList [] List.nodup_nil⟩
instance : Singleton α (Finset α) := ⟨fun a => ofList [a] (by simp)⟩
theorem nodup_insert [DecidableEq α] {l : List α} (h : l.Nodup) (a : α) : (l.insert a).Nodup := by
  unfold List.insert; split
  · exact h
  · next k => rw [List.nodup_cons]; exact ⟨by simpa using k, h⟩
/-- Mathlib: `insert` for finite sets, written `{a, b, c}`. -/
instance [DecidableEq α] : Insert α (Finset α) := ⟨fun a s =>
  ⟨Quotient.liftOn s.val (fun l => Quotient.mk _ (l.insert a)) fun _ _ h => Quotient.sound (h.insert a), by
    obtain ⟨l, hl, rfl⟩ := s.exists_list
    exact nodup_insert hl a⟩⟩
instance [DecidableEq α] : Inter (Finset α) := ⟨fun s t => filter (· ∈ t) s⟩
instance [DecidableEq α] : SDiff (Finset α) := ⟨fun s t => filter (· ∉ t) s⟩
instance : HasSubset (Finset α) := ⟨fun s t => ∀ ⦃a⦄, a ∈ s → a ∈ t⟩
@[simp, grind =] theorem notMem_empty (a : α) : a ∈ (∅ : Finset α) ↔ False := by
  show a ∈ ([] : List α) ↔ False; simp
@[simp, grind =] theorem mem_singleton {a b : α} : b ∈ ({a} : Finset α) ↔ b = a := by
  show b ∈ [a] ↔ b = a; simp
@[simp, grind =] theorem mem_insert [DecidableEq α] {a b : α} {s : Finset α} : a ∈ insert b s ↔ a = b ∨ a ∈ s := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  show a ∈ l.insert b ↔ a = b ∨ a ∈ l; simp
@[simp, grind =] theorem mem_inter [DecidableEq α] {a : α} {s t : Finset α} : a ∈ s ∩ t ↔ a ∈ s ∧ a ∈ t := mem_filter
@[simp, grind =] theorem mem_sdiff [DecidableEq α] {a : α} {s t : Finset α} : a ∈ s \ t ↔ a ∈ s ∧ a ∉ t := mem_filter
/-- Mathlib: `Finset.Nonempty`. -/
protected def Nonempty (s : Finset α) : Prop := ∃ x, x ∈ s
instance : CoeTC (Finset α) (Set α) := ⟨fun s => { a | a ∈ s }⟩
instance [DecidableEq α] (s : Finset α) (p : α → Prop) [DecidablePred p] : Decidable (∀ a, a ∈ s → p a) :=
  decidable_of_iff ((filter (fun a => ¬ p a) s).card = 0) <| by
    obtain ⟨l, hl, rfl⟩ := s.exists_list
    have e : (filter (fun a => ¬ p a) (ofList l hl)).card = (l.filter fun a => ¬ p a).length := rfl
    rw [e, List.length_eq_zero_iff, List.filter_eq_nil_iff]
    simp [mem_ofList]
end Finset

/-- `{x ∈ s | p x}` for a finite set `s`. -/
macro:max (name := finsetSep) "{" x:ident " ∈ " s:term " | " p:term "}" : term => `((Finset.filter (fun $x => $p) ($s : Finset _) : Finset _))

/-- Mathlib: `∑ x ∈ s, f x`, and the older `∑ x in s, f x`. -/
macro "∑ " x:ident " ∈ " s:term ", " b:term:67 : term => `(Finset.sum $s fun $x => $b)
macro "∑ " x:ident " in " s:term ", " b:term:67 : term => `(Finset.sum $s fun $x => $b)
macro "∑ " x:ident " ∈ " s:term " with " p:term ", " b:term:67 : term => `(Finset.sum (Finset.filter (fun $x => $p) $s) fun $x => $b)
macro "∏ " x:ident " ∈ " s:term ", " b:term:67 : term => `(Finset.prod $s fun $x => $b)
macro "∏ " x:ident " in " s:term ", " b:term:67 : term => `(Finset.prod $s fun $x => $b)
macro "∏ " x:ident " ∈ " s:term " with " p:term ", " b:term:67 : term => `(Finset.prod (Finset.filter (fun $x => $p) $s) fun $x => $b)

namespace Finset
variable {α : Type u} {β : Type v}
/-- Where intervals are finite. -/
class Pocket.Interval (α : Type u) [LE α] where
  interval : α → α → Finset α
  mem : ∀ {a b x}, x ∈ interval a b ↔ a ≤ x ∧ x ≤ b
theorem nodup_map {α : Type u} {β : Type v} {f : α → β} (h : ∀ x y, f x = f y → x = y) {l : List α} (k : l.Nodup) : (l.map f).Nodup := by
  unfold List.Nodup at *
  rw [List.pairwise_map]
  exact k.imp fun n e => n (h _ _ e)
instance : Pocket.Interval Nat where
  interval a b := ofList ((List.range (b + 1 - a)).map (a + ·)) (nodup_map (fun _ _ => Nat.add_left_cancel) List.nodup_range)
  mem {a b x} := by
    show x ∈ (List.range (b + 1 - a)).map (a + ·) ↔ _
    rw [List.mem_map]
    constructor
    · rintro ⟨y, h, rfl⟩
      exact ⟨Nat.le_add_right a y, Nat.le_of_lt_succ (Nat.add_lt_of_lt_sub' (List.mem_range.1 h))⟩
    · exact fun h => ⟨x - a, List.mem_range.2 (Nat.sub_lt_sub_right h.1 (Nat.lt_succ_of_le h.2)), Nat.add_sub_cancel' h.1⟩
instance : Pocket.Interval Int where
  interval a b := ofList ((List.range (b + 1 - a).toNat).map fun n : Nat => a + n)
    (nodup_map (fun _ _ h => Int.natCast_inj.1 (Int.add_left_cancel h)) List.nodup_range)
  mem {a b x} := by
    show x ∈ (List.range (b + 1 - a).toNat).map (fun n : Nat => a + n) ↔ _
    rw [List.mem_map]
    constructor
    · rintro ⟨y, h, rfl⟩
      exact ⟨Int.le_add_of_nonneg_right (Int.natCast_nonneg y),
        Int.lt_add_one_iff.1 (Int.add_lt_of_lt_sub_left (Int.lt_toNat.1 (List.mem_range.1 h)))⟩
    · intro h
      have e := Int.toNat_of_nonneg (Int.sub_nonneg_of_le h.1)
      refine ⟨(x - a).toNat, List.mem_range.2 (Int.lt_toNat.2 ?_), ?_⟩
      · rw [e]; exact Int.sub_lt_sub_right (Int.lt_add_one_of_le h.2) a
      · show a + ((x - a).toNat : Int) = x
        rw [e, Int.add_comm, Int.sub_add_cancel]
/-- Mathlib: `Finset.Icc`. -/
def Icc {α : Type u} [LE α] [Pocket.Interval α] (a b : α) : Finset α := Pocket.Interval.interval a b
@[simp, grind =] theorem mem_Icc {α : Type u} [LE α] [Pocket.Interval α] {a b x : α} : x ∈ Icc a b ↔ a ≤ x ∧ x ≤ b := Pocket.Interval.mem
/-- Mathlib: `Finset.Ico`. -/
def Ico {α : Type u} [LE α] [Pocket.Interval α] [DecidableEq α] (a b : α) : Finset α := filter (· ≠ b) (Icc a b)
/-- Mathlib: `Finset.Ioc`. -/
def Ioc {α : Type u} [LE α] [Pocket.Interval α] [DecidableEq α] (a b : α) : Finset α := filter (· ≠ a) (Icc a b)
/-- Mathlib: `Finset.Ioo`. -/
def Ioo {α : Type u} [LE α] [Pocket.Interval α] [DecidableEq α] (a b : α) : Finset α := filter (· ≠ a) (Ico a b)

section lemmas
variable {M : Type w}
variable [Add M] [OfNat M 0] [Pocket.LawfulSum M]
theorem sum_ofList_append (l m : List α) (h h₁ h₂) (f : α → M) :
    Finset.sum (ofList (l ++ m) h) f = Finset.sum (ofList l h₁) f + Finset.sum (ofList m h₂) f := by
  show (l ++ m).foldr (fun a b => f a + b) 0 = l.foldr (fun a b => f a + b) 0 + m.foldr (fun a b => f a + b) 0
  clear h h₁ h₂
  induction l with
  | nil => simp; rw [Pocket.LawfulSum.add_comm, Pocket.LawfulSum.add_zero]
  | cons a l ih => simp only [List.cons_append, List.foldr_cons, ih, Pocket.LawfulSum.add_assoc]
@[simp, grind =] theorem sum_range_zero (f : Nat → M) : Finset.sum (range 0) f = 0 := rfl
@[grind =] theorem sum_range_succ (f : Nat → M) (n : Nat) : (range (n + 1)).sum f = (range n).sum f + f n := by
  have e : range (n + 1) = ofList (List.range n ++ [n]) (by rw [← List.range_succ]; exact List.nodup_range) := by
    unfold range; congr 1; exact List.range_succ
  rw [e, sum_ofList_append _ _ _ List.nodup_range (by simp)]
  congr 1
  exact Pocket.LawfulSum.add_zero _
theorem sum_Icc_succ_top {a b : Nat} (h : a ≤ b + 1) (f : Nat → M) : (Icc a (b + 1)).sum f = (Icc a b).sum f + f (b + 1) := by
  have el : (List.range (b + 1 + 1 - a)).map (a + ·) = (List.range (b + 1 - a)).map (a + ·) ++ [b + 1] := by
    rw [Nat.succ_sub h, List.range_succ, List.map_append]
    show _ ++ [a + (b + 1 - a)] = _
    rw [Nat.add_sub_cancel' h]
  have nd (n : Nat) : ((List.range n).map (a + ·)).Nodup := nodup_map (fun _ _ => Nat.add_left_cancel) List.nodup_range
  have e : Icc a (b + 1) = ofList ((List.range (b + 1 - a)).map (a + ·) ++ [b + 1]) (el ▸ nd _) := by
    show ofList _ _ = _; congr 1
  rw [e, sum_ofList_append _ _ _ (nd _) (by simp)]
  congr 1
  exact Pocket.LawfulSum.add_zero _
@[simp, grind =] theorem sum_Icc_one_zero (f : Nat → M) : (Icc 1 0).sum f = 0 := rfl
@[simp, grind =] theorem sum_empty (f : α → M) : Finset.sum ∅ f = 0 := rfl
@[simp, grind =] theorem sum_singleton (f : α → M) (a : α) : Finset.sum {a} f = f a := Pocket.LawfulSum.add_zero _
theorem sum_insert [DecidableEq α] {a : α} {s : Finset α} (h : a ∉ s) (f : α → M) : Finset.sum (insert a s) f = f a + Finset.sum s f := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have h : a ∉ l := h
  show (l.insert a).foldr (fun a b => f a + b) 0 = _
  rw [List.insert_of_not_mem h]; rfl
theorem sum_pair [DecidableEq α] {a b : α} (h : a ≠ b) (f : α → M) : Finset.sum {a, b} f = f a + f b := by
  rw [sum_insert (by simpa using h), sum_singleton]
theorem sum_congr {s t : Finset α} {f g : α → M} (h : s = t) (k : ∀ x ∈ t, f x = g x) : s.sum f = t.sum g := by
  subst h
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  suffices key : ∀ l : List α, (∀ x ∈ l, f x = g x) → l.foldr (fun a b => f a + b) 0 = l.foldr (fun a b => g a + b) 0 from key l k
  intro l k
  induction l with
  | nil => rfl
  | cons a l ih => simp only [List.foldr_cons, k a (by simp), ih fun x hx => k x (by simp [hx])]
end lemmas
section products
variable {M : Type w}
variable [Mul M] [OfNat M 1] [Pocket.LawfulProd M]
theorem prod_ofList_append (l m : List α) (h h₁ h₂) (f : α → M) :
    Finset.prod (ofList (l ++ m) h) f = Finset.prod (ofList l h₁) f * Finset.prod (ofList m h₂) f := by
  show (l ++ m).foldr (fun a b => f a * b) 1 = l.foldr (fun a b => f a * b) 1 * m.foldr (fun a b => f a * b) 1
  clear h h₁ h₂
  induction l with
  | nil => simp; rw [Pocket.LawfulProd.mul_comm, Pocket.LawfulProd.mul_one]
  | cons a l ih => simp only [List.cons_append, List.foldr_cons, ih, Pocket.LawfulProd.mul_assoc]
@[simp, grind =] theorem prod_range_zero (f : Nat → M) : Finset.prod (range 0) f = 1 := rfl
@[grind =] theorem prod_range_succ (f : Nat → M) (n : Nat) : (range (n + 1)).prod f = (range n).prod f * f n := by
  have e : range (n + 1) = ofList (List.range n ++ [n]) (by rw [← List.range_succ]; exact List.nodup_range) := by
    unfold range; congr 1; exact List.range_succ
  rw [e, prod_ofList_append _ _ _ List.nodup_range (by simp)]
  congr 1
  exact Pocket.LawfulProd.mul_one _
theorem prod_Icc_succ_top {a b : Nat} (h : a ≤ b + 1) (f : Nat → M) : (Icc a (b + 1)).prod f = (Icc a b).prod f * f (b + 1) := by
  have el : (List.range (b + 1 + 1 - a)).map (a + ·) = (List.range (b + 1 - a)).map (a + ·) ++ [b + 1] := by
    rw [Nat.succ_sub h, List.range_succ, List.map_append]
    show _ ++ [a + (b + 1 - a)] = _
    rw [Nat.add_sub_cancel' h]
  have nd (n : Nat) : ((List.range n).map (a + ·)).Nodup := nodup_map (fun _ _ => Nat.add_left_cancel) List.nodup_range
  have e : Icc a (b + 1) = ofList ((List.range (b + 1 - a)).map (a + ·) ++ [b + 1]) (el ▸ nd _) := by
    show ofList _ _ = _; congr 1
  rw [e, prod_ofList_append _ _ _ (nd _) (by simp)]
  congr 1
  exact Pocket.LawfulProd.mul_one _
@[simp, grind =] theorem prod_Icc_one_zero (f : Nat → M) : (Icc 1 0).prod f = 1 := rfl
@[simp, grind =] theorem prod_empty (f : α → M) : Finset.prod ∅ f = 1 := rfl
@[simp, grind =] theorem prod_singleton (f : α → M) (a : α) : Finset.prod {a} f = f a := Pocket.LawfulProd.mul_one _
end products

/-- Mathlib: `Finset.image`. -/
def image [DecidableEq β] (f : α → β) (s : Finset α) : Finset β :=
  Quotient.liftOn s.val (fun l => (l.map f).foldr (fun b t => insert b t) (∅ : Finset β)) fun l m h => ext fun a => by
    have key (l : List β) : a ∈ l.foldr (fun b t => insert b t) (∅ : Finset β) ↔ a ∈ l := by
      induction l with
      | nil => simp
      | cons b l ih => simp [ih]
    rw [key, key]; exact (h.map f).mem_iff
@[simp, grind =] theorem mem_image [DecidableEq β] {f : α → β} {s : Finset α} {b : β} : b ∈ image f s ↔ ∃ a, a ∈ s ∧ f a = b := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  show b ∈ (l.map f).foldr (fun b t => insert b t) (∅ : Finset β) ↔ ∃ a, a ∈ l ∧ f a = b
  have key (l : List β) : b ∈ l.foldr (fun b t => insert b t) (∅ : Finset β) ↔ b ∈ l := by
    induction l with
    | nil => simp
    | cons b l ih => simp [ih]
  rw [key, List.mem_map]
instance [DecidableEq α] : Union (Finset α) := ⟨fun s t =>
  Quotient.liftOn s.val (fun l => l.foldr (fun b t => insert b t) t) fun l m h => ext fun a => by
    have key (l : List α) : a ∈ l.foldr (fun b t => insert b t) t ↔ a ∈ l ∨ a ∈ t := by
      induction l with
      | nil => simp
      | cons b l ih => simp [ih, or_assoc]
    rw [key, key, h.mem_iff]⟩
@[simp, grind =] theorem mem_union [DecidableEq α] {s t : Finset α} {a : α} : a ∈ s ∪ t ↔ a ∈ s ∨ a ∈ t := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  show a ∈ l.foldr (fun b t => insert b t) t ↔ a ∈ l ∨ a ∈ t
  clear hl
  induction l with
  | nil => simp
  | cons b l ih => simp [ih, or_assoc]
/-- Mathlib: `Finset.erase`. -/
def erase [DecidableEq α] (s : Finset α) (a : α) : Finset α := filter (· ≠ a) s
@[simp, grind =] theorem mem_erase [DecidableEq α] {a b : α} {s : Finset α} : a ∈ erase s b ↔ a ≠ b ∧ a ∈ s := by
  unfold erase; rw [mem_filter]; exact And.comm
instance [DecidableEq α] : DecidableEq (Finset α) := fun s t =>
  decidable_of_iff ((∀ a, a ∈ s → a ∈ t) ∧ ∀ a, a ∈ t → a ∈ s) ⟨fun h => ext fun a => ⟨h.1 a, h.2 a⟩, fun h => by subst h; exact ⟨fun _ => id, fun _ => id⟩⟩
end Finset
attribute [grind =] Finset.sum_Icc_succ_top Finset.prod_Icc_succ_top
instance {α : Type u} {p : α → Prop} {a : α} [h : Decidable (p a)] : Decidable (a ∈ setOf p) := h
@[simp, grind =] theorem Nat.factorial_zero : Nat.factorial 0 = 1 := rfl
@[grind =] theorem Nat.factorial_succ (n : Nat) : Nat.factorial (n + 1) = (n + 1) * Nat.factorial n := rfl
@[simp, grind =] theorem Nat.choose_zero_right (n : Nat) : Nat.choose n 0 = 1 := by cases n <;> rfl
@[grind =] theorem Nat.choose_succ_succ (n k : Nat) : Nat.choose (n + 1) (k + 1) = Nat.choose n k + Nat.choose n (k + 1) := rfl
namespace Nat
/-- Mathlib: `Nat.divisors`; 0 has none. -/
def divisors (n : Nat) : Finset Nat := Finset.filter (fun d => d ∣ n) (Finset.Icc 1 n)
/-- Mathlib: `Nat.properDivisors`. -/
def properDivisors (n : Nat) : Finset Nat := Finset.filter (fun d => d ∣ n) (Finset.Ico 1 n)
end Nat
end finsets
