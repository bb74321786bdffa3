import Pocket.Order

/-!
Natural numbers and integers: primes, factorials, binomials, congruences, square roots, digits.
Mathlib: `Mathlib/Data/Nat/`, `Mathlib/NumberTheory/`.
-/

namespace Nat
/-- Prime numbers. Mathlib says `Irreducible p`; that this is the same is `Nat.prime_def` there. -/
@[irreducible] def Prime (p : Nat) : Prop := 2 ≤ p ∧ ∀ m, m ∣ p → m = 1 ∨ m = p
theorem prime_def {p : Nat} : p.Prime ↔ 2 ≤ p ∧ ∀ m, m ∣ p → m = 1 ∨ m = p := by unfold Prime; exact Iff.rfl
theorem prime_def_lt {p : Nat} : p.Prime ↔ 2 ≤ p ∧ ∀ m < p, m ∣ p → m = 1 := by
  rw [prime_def]
  constructor
  · rintro ⟨h, k⟩; exact ⟨h, fun m hm hd => (k m hd).resolve_right (Nat.ne_of_lt hm)⟩
  · rintro ⟨h, k⟩
    refine ⟨h, fun m hd => ?_⟩
    have := Nat.le_of_dvd (Nat.lt_of_lt_of_le Nat.zero_lt_two h) hd
    by_cases e : m = p
    · exact .inr e
    · exact .inl (k m (Nat.lt_of_le_of_ne this e) hd)
instance (p : Nat) : Decidable p.Prime := decidable_of_iff _ prime_def_lt.symm
theorem Prime.two_le {p : Nat} (h : p.Prime) : 2 ≤ p := (prime_def.1 h).1
theorem Prime.one_lt {p : Nat} (h : p.Prime) : 1 < p := h.two_le
theorem Prime.pos {p : Nat} (h : p.Prime) : 0 < p := Nat.lt_trans Nat.zero_lt_one h.one_lt
theorem Prime.eq_one_or_self_of_dvd {p : Nat} (h : p.Prime) (m : Nat) (k : m ∣ p) : m = 1 ∨ m = p := (prime_def.1 h).2 m k
theorem Prime.coprime_iff_not_dvd {p n : Nat} (h : p.Prime) : Nat.Coprime p n ↔ ¬ p ∣ n := by
  constructor
  · intro c d
    have e := Nat.gcd_eq_left d
    unfold Nat.Coprime at c; rw [c] at e
    exact absurd e (Nat.ne_of_lt h.one_lt)
  · intro d
    rcases h.eq_one_or_self_of_dvd _ (Nat.gcd_dvd_left p n) with e | e
    · exact e
    · exact absurd (e ▸ Nat.gcd_dvd_right p n) d
theorem Prime.dvd_mul {p m n : Nat} (h : p.Prime) : p ∣ m * n ↔ p ∣ m ∨ p ∣ n := by
  constructor
  · intro d
    by_cases c : p ∣ m
    · exact .inl c
    · exact .inr (Nat.Coprime.dvd_of_dvd_mul_left (h.coprime_iff_not_dvd.2 c) d)
  · rintro (d | d)
    · exact Nat.dvd_trans d (Nat.dvd_mul_right m n)
    · exact Nat.dvd_trans d (Nat.dvd_mul_left n m)
theorem Prime.dvd_of_dvd_pow {p m n : Nat} (h : p.Prime) (d : p ∣ m ^ n) : p ∣ m := by
  induction n with
  | zero => rw [Nat.pow_zero] at d; exact absurd (Nat.le_of_dvd Nat.zero_lt_one d) (Nat.not_le.2 h.one_lt)
  | succ n ih => rw [Nat.pow_succ] at d; exact (h.dvd_mul.1 d).elim ih id
grind_pattern Prime.two_le => Nat.Prime p
/-- Mathlib: `Nat.factorial`, written `n !`. -/
def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n
scoped notation:10000 n "!" => Nat.factorial n
/-- Mathlib: `Nat.choose`. -/
def choose : Nat → Nat → Nat
  | _, 0 => 1
  | 0, _ + 1 => 0
  | n + 1, k + 1 => choose n k + choose n (k + 1)
/-- Mathlib: `Nat.ModEq`, written `a ≡ b [MOD n]`. -/
def ModEq (n a b : Nat) := a % n = b % n
@[simp, grind =] theorem modEq_iff' {n a b : Nat} : ModEq n a b ↔ a % n = b % n := Iff.rfl
/-- Mathlib: `Nat.totient`. -/
def totient (n : Nat) : Nat := ((List.range n).filter fun k => Nat.Coprime n k).length
/-- Mathlib: the notation of `Nat.totient`. -/
scoped notation "φ" => Nat.totient
/-- Mathlib: `Nat.fib`, the Fibonacci numbers from 0 and 1. -/
def fib (n : Nat) : Nat := go n 0 1
where go : Nat → Nat → Nat → Nat
  | 0, a, _ => a
  | n + 1, a, b => go n b (a + b)
@[simp, grind =] theorem fib_zero : fib 0 = 0 := rfl
@[simp, grind =] theorem fib_one : fib 1 = 1 := rfl
@[grind =] theorem fib_add_two {n : Nat} : fib (n + 2) = fib n + fib (n + 1) := by
  suffices h : ∀ n a b, fib.go (n + 2) a b = fib.go n a b + fib.go (n + 1) a b from h n 0 1
  intro n
  induction n with
  | zero => intro a b; rfl
  | succ n ih => intro a b; exact ih b (a + b)
/-- Mathlib: `Nat.digits`: the digits, the last first. For base 0, `[n]`; for base 1, `n` ones; 0 has none. -/
def digits (b n : Nat) : List Nat :=
  match b with
  | 0 => if n = 0 then [] else [n]
  | 1 => List.replicate n 1
  | b + 2 => go (b + 2) n n
where go (b : Nat) : Nat → Nat → List Nat
  | 0, _ => []
  | _ + 1, 0 => []
  | fuel + 1, n + 1 => (n + 1) % b :: go b fuel ((n + 1) / b)
/-- Mathlib: `Nat.sqrt`, the square root rounded down. -/
def sqrt (n : Nat) : Nat := go n n
where go (n : Nat) : Nat → Nat
  | 0 => 0
  | k + 1 => if (k + 1) * (k + 1) ≤ n then k + 1 else go n k
instance (n a b : Nat) : Decidable (Nat.ModEq n a b) := inferInstanceAs (Decidable (_ = _))
end Nat
notation:50 a " ≡ " b " [MOD " n "]" => Nat.ModEq n a b
/-- Mathlib: `Int.ModEq`, written `a ≡ b [ZMOD n]`. -/
def Int.ModEq (n a b : Int) := a % n = b % n
notation:50 a " ≡ " b " [ZMOD " n "]" => Int.ModEq n a b
@[simp, grind =] theorem Int.modEq_iff' {n a b : Int} : Int.ModEq n a b ↔ a % n = b % n := Iff.rfl
instance (n a b : Int) : Decidable (Int.ModEq n a b) := inferInstanceAs (Decidable (_ = _))

