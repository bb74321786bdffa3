import Pocket.Order
import Pocket.Analysis

/-! Mathlib's tactic names as macros over core tactics. They prove; they do not normalise as Mathlib's do. -/
section tactics
open Lean
syntax "ring" : tactic
macro_rules | `(tactic| ring) => `(tactic| grind)
syntax "ring_nf" : tactic
macro_rules | `(tactic| ring_nf) => `(tactic| grind)
syntax "field_simp" : tactic
macro_rules | `(tactic| field_simp) => `(tactic| grind)
syntax "linear_combination" (colGt term)? : tactic
macro_rules
  | `(tactic| linear_combination $_:term) => `(tactic| grind)
  | `(tactic| linear_combination) => `(tactic| grind)
/- No arrays: a macro that runs through one needs compiled code that the embedded Lean lacks. Hence hints are a category. -/
declare_syntax_cat hints
syntax term : hints
syntax term ", " hints : hints
syntax "have_all " hints : tactic
macro_rules
  | `(tactic| have_all $t:term) => `(tactic| have := $t)
  | `(tactic| have_all $t:term, $h:hints) => `(tactic| (have := $t; have_all $h))
/-- The products of a hint with all of the hints. -/
syntax "have_products_of " term " with " hints : tactic
macro_rules
  | `(tactic| have_products_of $t with $u:term) => `(tactic| try first | have := _root_.mul_pos $t $u | have := _root_.mul_nonneg $t $u)
  | `(tactic| have_products_of $t with $u:term, $h:hints) =>
    `(tactic| (try first | have := _root_.mul_pos $t $u | have := _root_.mul_nonneg $t $u); have_products_of $t with $h)
syntax "have_products " hints : tactic
macro_rules
  | `(tactic| have_products $t:term) => `(tactic| have_products_of $t with $t:term)
  | `(tactic| have_products $t:term, $h:hints) => `(tactic| have_products_of $t with $t:term, $h; have_products $h)
syntax "linarith" ("[" hints "]")? : tactic
macro_rules
  | `(tactic| linarith) => `(tactic| grind)
  | `(tactic| linarith [$h]) => `(tactic| (have_all $h; grind))
syntax "nlinarith" ("[" hints "]")? : tactic
macro_rules
  | `(tactic| nlinarith) => `(tactic| grind)
  | `(tactic| nlinarith [$h]) => `(tactic| first | (have_all $h; grind; done) | (have_all $h; have_products $h; grind))
syntax "norm_num" ("[" hints "]")? : tactic
macro_rules
  | `(tactic| norm_num) => `(tactic| first | (simp; done) | grind | decide | (simp; grind))
  | `(tactic| norm_num [$h]) => `(tactic| (have_all $h; first | (simp [*]; done) | grind))
syntax "tauto" : tactic
macro_rules | `(tactic| tauto) => `(tactic| grind)
syntax "aesop" : tactic
macro_rules | `(tactic| aesop) => `(tactic| first | (simp_all; done) | grind)
syntax "use " hints : tactic
macro_rules
  | `(tactic| use $t:term) => `(tactic| (refine ⟨$t, ?_⟩; try trivial))
  | `(tactic| use $t:term, $h:hints) => `(tactic| (refine ⟨$t, ?_⟩; use $h))
syntax "by_contra" (ppSpace colGt ident)? : tactic
macro_rules
  | `(tactic| by_contra) => `(tactic| (apply Classical.byContradiction; intro))
  | `(tactic| by_contra $h) => `(tactic| (apply Classical.byContradiction; intro $h:ident))
syntax "push_neg" : tactic
macro_rules
  | `(tactic| push_neg) => `(tactic| simp only [Classical.not_forall, not_exists, not_and, not_or, Classical.not_not, Nat.not_lt, Nat.not_le, Int.not_lt, Int.not_le, ne_eq])
syntax "contrapose" : tactic
theorem Pocket.contrapose {p q : Prop} (h : ¬ q → ¬ p) : p → q := fun a => Classical.byContradiction fun b => h b a
macro_rules | `(tactic| contrapose) => `(tactic| refine Pocket.contrapose ?_)
syntax "contrapose!" : tactic
macro_rules | `(tactic| contrapose!) => `(tactic| (contrapose; push_neg))
syntax "positivity" : tactic
macro_rules
  | `(tactic| positivity) => `(tactic| first
    | assumption | decide | omega
    | (apply Std.le_of_lt; assumption)
    | (apply _root_.mul_self_nonneg) | (apply _root_.sq_nonneg) | (apply Real.sqrt_nonneg) | (apply Real.exp_pos)
    | (apply Real.sqrt_pos.2; positivity)
    | (apply _root_.mul_pos <;> positivity) | (apply _root_.div_pos <;> positivity) | (apply _root_.pow_pos; positivity)
    | (apply _root_.add_pos <;> positivity) | (apply _root_.add_pos_of_pos_of_nonneg <;> positivity)
    | (apply _root_.add_pos_of_nonneg_of_pos <;> positivity)
    | (apply _root_.mul_nonneg <;> positivity) | (apply _root_.div_nonneg <;> positivity)
    | (apply _root_.add_nonneg <;> positivity) | (apply _root_.pow_nonneg; positivity) | grind)
syntax "gcongr" : tactic
macro_rules | `(tactic| gcongr) => `(tactic| grind)
syntax "nth_rewrite " num " [" term "]" : tactic
syntax "set " ident " := " term (" with " ident)? : tactic
macro_rules
  | `(tactic| set $x := $e) => `(tactic| generalize $e = $x at *)
  | `(tactic| set $x := $e with $h) => `(tactic| (generalize $h : $e = $x at *))
end tactics
