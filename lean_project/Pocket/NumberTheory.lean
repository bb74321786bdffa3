import Pocket.BigOperators

/-!
Even and odd numbers, primes, factorials, binomial coefficients and the binomial theorem, congruences, differences of
powers. Mathlib: `Mathlib/Algebra/Ring/Parity.lean`, `Mathlib/Data/Nat/Prime/`, `Mathlib/Data/Nat/Factorial/`,
`Mathlib/Data/Nat/Choose/`, `Mathlib/Data/Int/ModEq.lean`, `Mathlib/Algebra/GeomSum.lean`.
-/

universe u
open Lean.Grind

theorem Nat.even_or_odd (n : Nat) : Even n ∨ Odd n := by rw [Nat.even_iff, Nat.odd_iff]; exact Nat.mod_two_eq_zero_or_one n
theorem Nat.not_even_iff_odd {n : Nat} : ¬Even n ↔ Odd n := by rw [Nat.even_iff, Nat.odd_iff]; omega
theorem Nat.not_odd_iff_even {n : Nat} : ¬Odd n ↔ Even n := by rw [Nat.even_iff, Nat.odd_iff]; omega
theorem Int.even_or_odd (n : Int) : Even n ∨ Odd n := by rw [Int.even_iff, Int.odd_iff]; exact Int.emod_two_eq n
theorem Int.not_even_iff_odd {n : Int} : ¬Even n ↔ Odd n := by rw [Int.even_iff, Int.odd_iff]; omega
theorem Int.not_odd_iff_even {n : Int} : ¬Odd n ↔ Even n := by rw [Int.even_iff, Int.odd_iff]; omega
theorem Int.emod_two_eq_zero_or_one (n : Int) : n % 2 = 0 ∨ n % 2 = 1 := Int.emod_two_eq n
theorem even_iff_two_dvd {n : Nat} : Even n ↔ 2 ∣ n := by rw [Nat.even_iff, Nat.dvd_iff_mod_eq_zero]
theorem Even.two_dvd {n : Nat} (h : Even n) : 2 ∣ n := even_iff_two_dvd.1 h
theorem Nat.even_add {m n : Nat} : Even (m + n) ↔ (Even m ↔ Even n) := by simp only [Nat.even_iff]; omega
theorem Nat.even_mul {m n : Nat} : Even (m * n) ↔ Even m ∨ Even n := by
  simp only [Nat.even_iff, ← Nat.dvd_iff_mod_eq_zero]; exact (show Nat.Prime 2 by decide).dvd_mul
theorem Nat.even_pow {m n : Nat} : Even (m ^ n) ↔ Even m ∧ n ≠ 0 := by
  induction n with
  | zero => simp only [Nat.pow_zero, Nat.even_iff]; omega
  | succ n ih => rw [Nat.pow_succ, Nat.even_mul, ih]; grind only
namespace Nat
theorem prime_two : Prime 2 := by decide
theorem prime_three : Prime 3 := by decide
theorem prime_five : Prime 5 := by decide
theorem Prime.ne_zero {p : Nat} (h : p.Prime) : p ≠ 0 := Nat.ne_of_gt h.pos
theorem Prime.ne_one {p : Nat} (h : p.Prime) : p ≠ 1 := Nat.ne_of_gt h.one_lt
theorem dvd_prime {p m : Nat} (h : p.Prime) : m ∣ p ↔ m = 1 ∨ m = p :=
  ⟨h.eq_one_or_self_of_dvd m, fun k => k.elim (fun e => e ▸ Nat.one_dvd p) fun e => e ▸ Nat.dvd_refl m⟩
theorem prime_dvd_prime_iff_eq {p q : Nat} (hp : p.Prime) (hq : q.Prime) : p ∣ q ↔ p = q :=
  ⟨fun h => ((dvd_prime hq).1 h).resolve_left hp.ne_one, fun h => h ▸ Nat.dvd_refl p⟩
theorem coprime_primes {p q : Nat} (hp : p.Prime) (hq : q.Prime) : Nat.Coprime p q ↔ p ≠ q :=
  hp.coprime_iff_not_dvd.trans (not_congr (prime_dvd_prime_iff_eq hp hq))
theorem Prime.eq_two_or_odd {p : Nat} (h : p.Prime) : p = 2 ∨ p % 2 = 1 :=
  (Nat.mod_two_eq_zero_or_one p).imp_left fun k => ((h.eq_one_or_self_of_dvd 2 (Nat.dvd_of_mod_eq_zero k)).resolve_left (by decide)).symm
end Nat

namespace Nat
open scoped Nat
@[simp] theorem choose_zero_succ (k : Nat) : choose 0 (k + 1) = 0 := rfl
theorem choose_eq_zero_of_lt {n k : Nat} (h : n < k) : choose n k = 0 := by
  induction n generalizing k with
  | zero => cases k with
    | zero => exact absurd h (Nat.lt_irrefl 0)
    | succ k => rfl
  | succ n ih => cases k with
    | zero => exact absurd h (Nat.not_lt_zero _)
    | succ k => rw [choose_succ_succ, ih (Nat.lt_of_succ_lt_succ h), ih (Nat.lt_of_succ_lt (Nat.lt_of_succ_lt_succ h |> Nat.succ_lt_succ))]
@[simp] theorem choose_self (n : Nat) : choose n n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [choose_succ_succ, ih, choose_eq_zero_of_lt (Nat.lt_succ_self n)]
@[simp] theorem choose_one_right (n : Nat) : choose n 1 = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [choose_succ_succ, choose_zero_right, ih, Nat.add_comm]
theorem choose_pos {n k : Nat} (h : k ≤ n) : 0 < choose n k := by
  induction n generalizing k with
  | zero => rw [Nat.le_zero.1 h]; exact Nat.zero_lt_one
  | succ n ih => cases k with
    | zero => rw [choose_zero_right]; exact Nat.zero_lt_one
    | succ k => rw [choose_succ_succ]; exact Nat.add_pos_left (ih (Nat.le_of_succ_le_succ h)) _
theorem factorial_pos (n : Nat) : 0 < factorial n := by
  induction n with
  | zero => exact Nat.zero_lt_one
  | succ n ih => rw [factorial_succ]; exact Nat.mul_pos (Nat.succ_pos n) ih
theorem factorial_ne_zero (n : Nat) : factorial n ≠ 0 := Nat.ne_of_gt (factorial_pos n)
theorem factorial_dvd_factorial {m n : Nat} (h : m ≤ n) : factorial m ∣ factorial n := by
  induction n with
  | zero => rw [Nat.le_zero.1 h]; exact Nat.dvd_refl _
  | succ n ih =>
    rcases Nat.lt_or_eq_of_le h with h | h
    · exact Nat.dvd_trans (ih (Nat.le_of_lt_succ h)) (Nat.dvd_mul_left _ _)
    · rw [h]; exact Nat.dvd_refl _
theorem factorial_le {m n : Nat} (h : m ≤ n) : factorial m ≤ factorial n :=
  Nat.le_of_dvd (factorial_pos n) (factorial_dvd_factorial h)
theorem self_le_factorial (n : Nat) : n ≤ factorial n := by
  cases n with
  | zero => exact Nat.zero_le _
  | succ n => rw [factorial_succ]; exact Nat.le_mul_of_pos_right _ (factorial_pos n)
theorem dvd_factorial {m n : Nat} (hm : 0 < m) (h : m ≤ n) : m ∣ factorial n := by
  cases m with
  | zero => exact absurd hm (Nat.lt_irrefl 0)
  | succ m => exact Nat.dvd_trans (Nat.dvd_mul_right _ (factorial m)) (factorial_dvd_factorial h)
theorem add_choose_mul_factorial_mul_factorial (i j : Nat) : choose (i + j) i * factorial i * factorial j = factorial (i + j) := by
  induction i generalizing j with
  | zero => rw [choose_zero_right, factorial_zero, Nat.mul_one, Nat.one_mul, Nat.zero_add]
  | succ i ih => induction j with
    | zero => rw [Nat.add_zero, choose_self, factorial_zero, Nat.one_mul, Nat.mul_one]
    | succ j jh =>
      have h := ih (j + 1)
      have e : i + 1 + (j + 1) = i + 1 + j + 1 := rfl
      rw [e, choose_succ_succ, factorial_succ (i + 1 + j)]
      have e' : i + 1 + j = i + (j + 1) := by rw [Nat.add_assoc, Nat.add_comm 1]
      rw [factorial_succ j] at *
      rw [factorial_succ i] at *
      rw [e'] at *
      grind
theorem choose_mul_factorial_mul_factorial {n k : Nat} (h : k ≤ n) : choose n k * factorial k * factorial (n - k) = factorial n := by
  have := add_choose_mul_factorial_mul_factorial k (n - k)
  rwa [Nat.add_sub_cancel' h] at this
theorem choose_symm_add {a b : Nat} : choose (a + b) a = choose (a + b) b := by
  have h := add_choose_mul_factorial_mul_factorial a b
  have k := add_choose_mul_factorial_mul_factorial b a
  rw [Nat.add_comm b a, ← h, Nat.mul_assoc, Nat.mul_assoc, Nat.mul_comm (factorial b)] at k
  exact (Nat.eq_of_mul_eq_mul_right (Nat.mul_pos (factorial_pos a) (factorial_pos b)) k).symm
theorem choose_symm_of_eq_add {n a b : Nat} (h : n = a + b) : choose n a = choose n b := h ▸ choose_symm_add
theorem choose_symm {n k : Nat} (h : k ≤ n) : choose n (n - k) = choose n k :=
  choose_symm_of_eq_add (Nat.sub_add_cancel h).symm
theorem choose_eq_factorial_div_factorial {n k : Nat} (h : k ≤ n) : choose n k = factorial n / (factorial k * factorial (n - k)) := by
  rw [← choose_mul_factorial_mul_factorial h, Nat.mul_assoc, Nat.mul_div_cancel _ (Nat.mul_pos (factorial_pos _) (factorial_pos _))]
theorem succ_mul_choose_eq (n k : Nat) : (n + 1) * choose n k = choose (n + 1) (k + 1) * (k + 1) := by
  induction n generalizing k with
  | zero => cases k with
    | zero => rfl
    | succ k => rw [choose_zero_succ, choose_succ_succ, choose_zero_succ, choose_zero_succ]; simp
  | succ n ih => cases k with
    | zero => rw [choose_zero_right, choose_one_right]
    | succ k =>
      have h := ih k
      have h' := ih (k + 1)
      have e := choose_succ_succ (n + 1) (k + 1)
      have e' := choose_succ_succ n k
      grind
theorem choose_two_right (n : Nat) : choose n 2 = n * (n - 1) / 2 := by
  cases n with
  | zero => rfl
  | succ n =>
    have := succ_mul_choose_eq n 1
    rw [choose_one_right] at this
    rw [Nat.add_sub_cancel, this, Nat.mul_div_cancel _ Nat.zero_lt_two]

theorem sub_dvd_pow_sub_pow (x y n : Nat) : x - y ∣ x ^ n - y ^ n := by
  rcases Nat.le_total x y with h | h
  · rw [Nat.sub_eq_zero_of_le h, Nat.sub_eq_zero_of_le (Nat.pow_le_pow_left h n)]; exact Nat.dvd_refl 0
  · induction n with
    | zero => rw [Nat.pow_zero, Nat.pow_zero]; exact Nat.dvd_zero _
    | succ n ih =>
      obtain ⟨d, rfl⟩ := Nat.le.dest h
      obtain ⟨c, hc⟩ := ih
      have k := Nat.pow_le_pow_left h n
      obtain ⟨e, he⟩ := Nat.le.dest k
      rw [← he, Nat.add_sub_cancel_left, Nat.add_sub_cancel_left] at hc
      refine ⟨y ^ n + c * (y + d), ?_⟩
      rw [Nat.pow_succ, Nat.pow_succ, ← he, Nat.add_sub_cancel_left, hc]
      apply Nat.sub_eq_of_eq_add
      grind
theorem ModEq.refl (n a : Nat) : ModEq n a a := rfl
theorem ModEq.symm {n a b : Nat} (h : ModEq n a b) : ModEq n b a := Eq.symm h
theorem ModEq.trans {n a b c : Nat} (h : ModEq n a b) (k : ModEq n b c) : ModEq n a c := Eq.trans h k
theorem modEq_zero_iff_dvd {n a : Nat} : ModEq n a 0 ↔ n ∣ a :=
  ⟨fun h => Nat.dvd_of_mod_eq_zero (Eq.trans h (Nat.zero_mod n)), fun h => (Nat.mod_eq_zero_of_dvd h).trans (Nat.zero_mod n).symm⟩
theorem ModEq.add {n a b c d : Nat} (h : ModEq n a b) (k : ModEq n c d) : ModEq n (a + c) (b + d) := by
  have h : a % n = b % n := h
  have k : c % n = d % n := k
  show _ % n = _ % n
  rw [Nat.add_mod, h, k, ← Nat.add_mod]
theorem ModEq.mul {n a b c d : Nat} (h : ModEq n a b) (k : ModEq n c d) : ModEq n (a * c) (b * d) := by
  have h : a % n = b % n := h
  have k : c % n = d % n := k
  show _ % n = _ % n
  rw [Nat.mul_mod, h, k, ← Nat.mul_mod]
theorem ModEq.pow {n a b : Nat} (m : Nat) (h : ModEq n a b) : ModEq n (a ^ m) (b ^ m) := by
  have h : a % n = b % n := h
  show _ % n = _ % n
  rw [Nat.pow_mod, h, ← Nat.pow_mod]
end Nat

theorem sub_dvd_pow_sub_pow (x y : Int) (n : Nat) : x - y ∣ x ^ n - y ^ n := by
  induction n with
  | zero => rw [Int.pow_zero, Int.pow_zero]; exact ⟨0, by rw [Int.sub_self, Int.mul_zero]⟩
  | succ n ih =>
    obtain ⟨c, hc⟩ := ih
    exact ⟨x ^ n + y * c, by grind⟩
theorem Odd.add_dvd_pow_add_pow (x y : Int) {n : Nat} (h : Odd n) : x + y ∣ x ^ n + y ^ n := by
  obtain ⟨m, rfl⟩ := h
  have := sub_dvd_pow_sub_pow x (-y) (2 * m + 1)
  have e : (-y) ^ (2 * m + 1) = -y ^ (2 * m + 1) := by
    rw [Int.pow_succ, Int.pow_succ, Int.pow_mul, Int.pow_mul, show (-y) ^ 2 = y ^ 2 by grind, Int.mul_neg]
  rwa [e, Int.sub_neg, Int.sub_neg] at this
namespace Int
theorem ModEq.refl (n a : Int) : ModEq n a a := rfl
theorem ModEq.symm {n a b : Int} (h : ModEq n a b) : ModEq n b a := Eq.symm h
theorem ModEq.trans {n a b c : Int} (h : ModEq n a b) (k : ModEq n b c) : ModEq n a c := Eq.trans h k
theorem modEq_iff_dvd {n a b : Int} : ModEq n a b ↔ n ∣ b - a :=
  ⟨fun h => Int.dvd_of_emod_eq_zero (Int.emod_eq_emod_iff_emod_sub_eq_zero.1 (Eq.symm h)),
    fun h => Eq.symm (Int.emod_eq_emod_iff_emod_sub_eq_zero.2 (Int.emod_eq_zero_of_dvd h))⟩
theorem modEq_zero_iff_dvd {n a : Int} : ModEq n a 0 ↔ n ∣ a :=
  ⟨fun h => Int.dvd_of_emod_eq_zero (Eq.trans h (Int.zero_emod n)), fun h => (Int.emod_eq_zero_of_dvd h).trans (Int.zero_emod n).symm⟩
theorem ModEq.add {n a b c d : Int} (h : ModEq n a b) (k : ModEq n c d) : ModEq n (a + c) (b + d) := by
  have h : a % n = b % n := h
  have k : c % n = d % n := k
  show _ % n = _ % n
  rw [Int.add_emod, h, k, ← Int.add_emod]
theorem ModEq.sub {n a b c d : Int} (h : ModEq n a b) (k : ModEq n c d) : ModEq n (a - c) (b - d) := by
  have h : a % n = b % n := h
  have k : c % n = d % n := k
  show _ % n = _ % n
  rw [Int.sub_emod, h, k, ← Int.sub_emod]
theorem ModEq.mul {n a b c d : Int} (h : ModEq n a b) (k : ModEq n c d) : ModEq n (a * c) (b * d) := by
  have h : a % n = b % n := h
  have k : c % n = d % n := k
  show _ % n = _ % n
  rw [Int.mul_emod, h, k, ← Int.mul_emod]
theorem ModEq.pow {n a b : Int} (m : Nat) (h : ModEq n a b) : ModEq n (a ^ m) (b ^ m) := by
  induction m with
  | zero => rw [Int.pow_zero, Int.pow_zero]; rfl
  | succ m ih => rw [Int.pow_succ, Int.pow_succ]; exact ih.mul h
end Int

/-- The binomial theorem. -/
theorem add_pow {R : Type u} [CommSemiring R] [Pocket.LawfulSum R] (x y : R) (n : Nat) :
    (x + y) ^ n = (Finset.range (n + 1)).sum fun m => x ^ m * y ^ (n - m) * (Nat.choose n m : R) := by
  induction n with
  | zero =>
    rw [Finset.sum_range_succ, Finset.sum_range_zero, Semiring.pow_zero, Semiring.pow_zero, Semiring.pow_zero,
      Nat.choose_self, Semiring.natCast_one]
    grind
  | succ n ih =>
    rw [Semiring.pow_succ, ih, Semiring.left_distrib, Finset.sum_mul, Finset.sum_mul, Finset.sum_range_succ' _ (n + 1)]
    have h : (Finset.range (n + 1)).sum (fun m => x ^ (m + 1) * y ^ (n + 1 - (m + 1)) * (Nat.choose (n + 1) (m + 1) : R)) =
        (Finset.range (n + 1)).sum (fun m => x ^ m * y ^ (n - m) * (Nat.choose n m : R) * x) +
        (Finset.range (n + 1)).sum (fun m => x ^ (m + 1) * y ^ (n - m) * (Nat.choose n (m + 1) : R)) := by
      rw [← Finset.sum_add_distrib]
      refine Finset.sum_congr rfl fun m _ => ?_
      rw [Nat.choose_succ_succ, Semiring.natCast_add, Nat.add_sub_add_right, Semiring.pow_succ]
      grind
    rw [h, Finset.sum_range_succ (fun m => x ^ (m + 1) * y ^ (n - m) * (Nat.choose n (m + 1) : R)),
      Nat.choose_eq_zero_of_lt (Nat.lt_succ_self n), Finset.sum_range_succ' (fun m => x ^ m * y ^ (n - m) * (Nat.choose n m : R) * y)]
    have k : (Finset.range n).sum (fun m => x ^ (m + 1) * y ^ (n - (m + 1)) * (Nat.choose n (m + 1) : R) * y) =
        (Finset.range n).sum (fun m => x ^ (m + 1) * y ^ (n - m) * (Nat.choose n (m + 1) : R)) := by
      refine Finset.sum_congr rfl fun m hm => ?_
      have e : n - m = n - (m + 1) + 1 := by have := Finset.mem_range.1 hm; omega
      rw [e, Semiring.pow_succ y]
      grind only
    rw [k, Nat.choose_zero_right, Nat.choose_zero_right, Semiring.natCast_zero, Semiring.natCast_one]
    generalize (Finset.range (n + 1)).sum _ = S, (Finset.range n).sum _ = T
    rw [Semiring.pow_zero, Nat.sub_zero, Nat.sub_zero, Semiring.pow_succ y]
    grind only
theorem Nat.sum_range_choose (n : Nat) : ((Finset.range (n + 1)).sum fun m => Nat.choose n m) = 2 ^ n := by
  have := add_pow (1 : Nat) 1 n
  simp only [Nat.one_pow, Nat.one_mul] at this
  exact this.symm
