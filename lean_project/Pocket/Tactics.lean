import Pocket.Order
import Pocket.NumberTheory

/-!
Mathlib's tactic names as macros over core tactics. They prove; they do not normalise as Mathlib's do. Some close goals that
Mathlib's leave in a normal form, and a proof written for Mathlib goes on then: so those that close goals do nothing
where there is none left.
-/
section tactics
open Lean
syntax "ring" : tactic
macro_rules | `(tactic| ring) => `(tactic| first | done | grind)
syntax "linear_combination" (colGt term)? : tactic
macro_rules
  | `(tactic| linear_combination $_:term) => `(tactic| first | done | grind)
  | `(tactic| linear_combination) => `(tactic| first | done | grind)
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
  | `(tactic| linarith) => `(tactic| first | done | grind)
  | `(tactic| linarith [$h]) => `(tactic| first | done | (have_all $h; grind))
syntax "nlinarith" ("[" hints "]")? : tactic
macro_rules
  | `(tactic| nlinarith) => `(tactic| first | done | grind)
  | `(tactic| nlinarith [$h]) => `(tactic| first | done | (have_all $h; grind; done) | (have_all $h; have_products $h; grind))
/-- One hint after the other, as `simp` with all of them would use them. -/
syntax "simp_each " hints : tactic
macro_rules
  | `(tactic| simp_each $t:term) => `(tactic| try simp only [$t:term])
  | `(tactic| simp_each $t:term, $h:hints) => `(tactic| ((try simp only [$t:term]); simp_each $h))
syntax "simp_each_at " hints " ; " Lean.Parser.Tactic.location : tactic
macro_rules
  | `(tactic| simp_each_at $t:term ; $l:location) => `(tactic| try simp only [$t:term] $l:location)
  | `(tactic| simp_each_at $t:term, $h:hints ; $l:location) =>
    `(tactic| ((try simp only [$t:term] $l:location); simp_each_at $h ; $l:location))
syntax "norm_num" ("[" hints "]")? (Lean.Parser.Tactic.location)? : tactic
macro_rules
  | `(tactic| norm_num) => `(tactic| first | done | (simp; done) | grind | decide | (simp; grind) | simp)
  | `(tactic| norm_num [$h]) => `(tactic| first
    | done
    | (have_all $h; first | (simp [*]; done) | (grind; done))
    | (simp_each $h; first | (norm_num; done) | (have_all $h; norm_num; done) | try simp))
  | `(tactic| norm_num $l:location) => `(tactic| first | (simp $l:location) | (norm_cast $l:location))
  | `(tactic| norm_num [$h] $l:location) => `(tactic| ((try simp_each_at $h ; $l:location); try simp $l:location))
/-- What follows calculates with polynomials itself, so there is no need for a normal form, and there is none. -/
syntax "ring_nf" (Lean.Parser.Tactic.location)? : tactic
macro_rules
  | `(tactic| ring_nf) => `(tactic| try grind only)
  | `(tactic| ring_nf $_:location) => `(tactic| skip)
/-- The same for fractions. -/
syntax "field_simp" ("[" hints "]")? (Lean.Parser.Tactic.location)? : tactic
macro_rules
  | `(tactic| field_simp) => `(tactic| try grind only)
  | `(tactic| field_simp [$h]) => `(tactic| (have_all $h; try grind only))
  | `(tactic| field_simp $_:location) => `(tactic| skip)
  | `(tactic| field_simp [$h] $_:location) => `(tactic| have_all $h)
syntax "push_neg" (Lean.Parser.Tactic.location)? : tactic
macro_rules
  | `(tactic| push_neg) => `(tactic| simp only [Classical.not_forall, not_exists, not_and, not_or, Classical.not_not, Nat.not_lt, Nat.not_le, Int.not_lt, Int.not_le, _root_.not_lt, _root_.not_le, ne_eq])
  | `(tactic| push_neg $l:location) => `(tactic| simp only [Classical.not_forall, not_exists, not_and, not_or, Classical.not_not, Nat.not_lt, Nat.not_le, Int.not_lt, Int.not_le, _root_.not_lt, _root_.not_le, ne_eq] $l:location)
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
syntax "contrapose" : tactic
theorem Pocket.contrapose {p q : Prop} (h : ¬ q → ¬ p) : p → q := fun a => Classical.byContradiction fun b => h b a
macro_rules | `(tactic| contrapose) => `(tactic| refine Pocket.contrapose ?_)
syntax "contrapose!" : tactic
macro_rules | `(tactic| contrapose!) => `(tactic| (contrapose; push_neg))
syntax "positivity" : tactic
macro_rules
  | `(tactic| positivity) => `(tactic| first
    | done | assumption | decide | omega
    | (apply Std.le_of_lt; assumption)
    | (apply _root_.mul_self_nonneg) | (apply _root_.sq_nonneg) | (apply Real.sqrt_nonneg) | (apply Real.exp_pos)
    | (apply _root_.abs_nonneg) | (apply norm_nonneg) | (apply Nat.factorial_pos) | (apply Nat.cast_nonneg)
    | (apply Even.pow_nonneg; decide) | (apply Even.pow_pos (by decide); assumption) | (apply _root_.abs_pos.2; assumption)
    | (apply Real.sqrt_pos.2; positivity)
    | (apply _root_.mul_pos <;> positivity) | (apply _root_.div_pos <;> positivity) | (apply _root_.pow_pos; positivity)
    | (apply _root_.add_pos <;> positivity) | (apply _root_.add_pos_of_pos_of_nonneg <;> positivity)
    | (apply _root_.add_pos_of_nonneg_of_pos <;> positivity)
    | (apply _root_.mul_nonneg <;> positivity) | (apply _root_.div_nonneg <;> positivity)
    | (apply _root_.add_nonneg <;> positivity) | (apply _root_.pow_nonneg; positivity) | grind)
syntax "gcongr" : tactic
macro_rules
  | `(tactic| gcongr) => `(tactic| first
    | done | assumption | (apply Std.le_of_lt; assumption) | (apply Std.le_refl)
    | (apply _root_.add_le_add <;> gcongr; done) | (apply _root_.sub_le_sub <;> gcongr; done)
    | (apply _root_.mul_le_mul_of_nonneg_left <;> gcongr; done) | (apply _root_.mul_le_mul_of_nonneg_right <;> gcongr; done)
    | (apply _root_.mul_lt_mul_of_pos_left <;> gcongr; done) | (apply _root_.mul_lt_mul_of_pos_right <;> gcongr; done)
    | (apply _root_.pow_le_pow_left₀ <;> gcongr; done) | (apply Real.sqrt_le_sqrt; gcongr; done)
    | (apply Finset.sum_le_sum; intros; gcongr; done) | (positivity; done) | grind)
syntax "set " ident " := " term (" with " ident)? : tactic
macro_rules
  | `(tactic| set $x := $e) => `(tactic| generalize $e = $x at *)
  | `(tactic| set $x := $e with $h) => `(tactic| (generalize $h : $e = $x at *))
syntax "contrapose! " ident : tactic
macro_rules | `(tactic| contrapose! $h:ident) => `(tactic| (revert $h:ident; contrapose; (try push_neg); intro $h:ident))
syntax "by_contra! " ident : tactic
macro_rules | `(tactic| by_contra! $h:ident) => `(tactic| (apply Classical.byContradiction; intro $h:ident; try push_neg at $h:ident))
syntax (name := nthRewriteForwards) "nth_rewrite " num " [" term "]" : tactic
syntax (name := nthRewriteBackwards) "nth_rewrite " num " [" "← " term "]" : tactic
macro_rules (kind := nthRewriteForwards) | `(tactic| nth_rewrite $n:num [$t:term]) => `(tactic| rewrite (occs := .pos [$n]) [$t:term])
macro_rules (kind := nthRewriteBackwards) | `(tactic| nth_rewrite $n:num [← $t:term]) => `(tactic| rewrite (occs := .pos [$n]) [← $t:term])
syntax "convert " term (" using " num)? : tactic
macro_rules
  | `(tactic| convert $t) => `(tactic| first | exact $t | (have h := $t; grind) | (refine cast ?_ $t; congr <;> try grind))
  | `(tactic| convert $t using $n:num) => `(tactic| first | exact $t | (have h := $t; grind) | (refine cast ?_ $t; congr $n:num <;> try grind))
syntax "apply_fun " term " at " ident : tactic
macro_rules | `(tactic| apply_fun $f at $h:ident) => `(tactic| (replace $h:ident := congrArg $f $h:ident; try simp only at $h:ident))
syntax "simp_rw " "[" hints "]" : tactic
macro_rules | `(tactic| simp_rw [$h]) => `(tactic| simp_each $h)
syntax "induction' " ident " with " ident ident : tactic
macro_rules
  | `(tactic| induction' $x:ident with $n:ident $ih:ident) => `(tactic| induction $x:ident with | zero => ?_ | succ $n:ident $ih:ident => ?_)
syntax "cases' " term " with " ident (ident)? : tactic
macro_rules
  | `(tactic| cases' $h with $x:ident $y:ident) => `(tactic| first | refine Or.elim $h (fun $x:ident => ?_) (fun $y:ident => ?_) | rcases $h:term with ⟨$x:ident, $y:ident⟩)
  | `(tactic| cases' $h with $x:ident) => `(tactic| rcases $h:term with ⟨$x:ident⟩)
syntax "choose " ident ident " using " term : tactic
macro_rules | `(tactic| choose $f:ident $hf:ident using $h) => `(tactic| obtain ⟨$f:ident, $hf:ident⟩ := Classical.axiomOfChoice $h)
syntax "split_ifs" (" with " ident)? : tactic
macro_rules
  | `(tactic| split_ifs) => `(tactic| repeat' split)
  | `(tactic| split_ifs with $h:ident) => `(tactic| (split <;> rename_i $h:ident))
syntax "abel" : tactic
macro_rules | `(tactic| abel) => `(tactic| grind)
theorem Pocket.eq_or_lt {a b : Int} (h : a ≤ b) : b = a ∨ a + 1 ≤ b := by omega
/-- Put in what an integer, or a natural number as one, is equal to. -/
syntax "subst_number " ident : tactic
macro_rules
  | `(tactic| subst_number $h:ident) => `(tactic| (
      (try simp only [Int.reduceAdd, Int.reduceNeg] at $h:ident);
      first | subst $h:ident | (replace $h:ident := Int.natCast_inj.1 $h:ident; subst $h:ident)))
/-- From `lo : k ≤ x`: the goal for each number from there on, while there are any. -/
syntax "cases_upwards " ident : tactic
macro_rules
  | `(tactic| cases_upwards $lo:ident) => `(tactic| first
    | (exfalso; omega)
    | (rcases Pocket.eq_or_lt $lo:ident with h | h <;> clear $lo:ident <;> first | (exfalso; omega) | subst_number h | cases_upwards h))
syntax "interval_cases " ident : tactic
macro_rules
  | `(tactic| interval_cases $x:ident) => `(tactic| (
      (first
        | have hi : ($x:ident : Int) < 16 := by omega
        | have hi : ($x:ident : Int) < 128 := by omega);
      (first
        | have lo : 32 ≤ ($x:ident : Int) := by omega
        | have lo : 8 ≤ ($x:ident : Int) := by omega
        | have lo : 0 ≤ ($x:ident : Int) := by omega
        | have lo : -8 ≤ ($x:ident : Int) := by omega
        | have lo : -64 ≤ ($x:ident : Int) := by omega);
      clear hi; set_option maxRecDepth 20000 in cases_upwards lo))
/-- The cases of a disjunction of equations, each put in. -/
syntax "or_cases " ident : tactic
macro_rules
  | `(tactic| or_cases $h:ident) => `(tactic| (rcases $h:ident with h | h <;> first | or_cases h | subst h | skip))
syntax "fin_cases " ident : tactic
macro_rules
  | `(tactic| fin_cases $x:ident) => `(tactic| first
    | (obtain ⟨v, hv⟩ := $x:ident; interval_cases v)
    | (simp only [Finset.mem_insert, Finset.mem_singleton, Set.mem_insert_iff, Set.mem_singleton_iff] at $x:ident; or_cases $x:ident))
end tactics
