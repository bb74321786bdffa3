"""The pocket library: what can be stated and proved over it, what is refused, and that certificates name it."""

import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from prover.cli import main as cli
from prover.errors import StatementError
from prover.lean.environment import TacticLimits
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import open_engine
from prover.lean.reading.pocket import library_files, library_of, library_version, uses_library
from prover.lean.reading.prelude import core_header
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import ALLOWED_AXIOMS, Certificate, Rejection
from prover.policy.base import PolicyInput
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.problems.problem import Problem
from prover.problems.support import Status, support_of
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget
from prover.search.result import Proved

IMPORT = "import Pocket\n\n"
HEADER = f"{IMPORT}open BigOperators Real Nat Topology\n\n"

PROVED = {
    "linear": ("theorem t (x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2", "grind"),
    "squares": ("theorem t (a b : ℝ) : 2 * a * b ≤ a ^ 2 + b ^ 2", "nlinarith [sq_nonneg (a - b)]"),
    "inverse of zero": ("theorem t : (0 : ℝ)⁻¹ = 0", "grind"),
    "division by zero": ("theorem t (x : ℝ) : x / 0 = 0", "grind"),
    "root of a negative": ("theorem t : Real.sqrt (-4) = 0", "exact Real.sqrt_eq_zero_of_nonpos (by grind)"),
    "root": ("theorem t : √9 = 3", "exact Real.sqrt_eq_of_sq (by grind) (by grind)"),
    "root as an argument": (
        "theorem t (f : ℝ → ℝ) : f √9 = f 3",
        "rw [show √9 = 3 from Real.sqrt_eq_of_sq (by grind) (by grind)]",
    ),
    "truncated subtraction": ("theorem t : ((2 - 3 : ℕ) : ℝ) = 0", "rfl"),
    "quotient of natural numbers": ("theorem t : ((7 / 2 : ℕ) : ℝ) = 3", "rfl"),
    "absolute value": ("theorem t (x : ℝ) (h : x < 0) : |x| = -x", "grind"),
    "floor": ("theorem t : ⌊(7 / 2 : ℝ)⌋ = 3", "exact Real.floor_eq_iff.2 ⟨by grind, by grind⟩"),
    "floor of a negative": ("theorem t : ⌊(-1 / 2 : ℚ)⌋₊ = 0", "decide +kernel"),
    "complex": ("theorem t : Complex.I ^ 2 = -1", "grind"),
    "complex inverse": ("theorem t : (0 : ℂ)⁻¹ = 0", "grind"),
    "sum": ("theorem t (n : ℕ) : ∑ k ∈ Finset.range n, (2 * k + 1) = n ^ 2", "induction n with grind"),
    "sum over a type": ("theorem t : ∑ k : Fin 4, k.val = 6", "decide +kernel"),
    "product": ("theorem t : ∏ k ∈ Finset.Icc 1 5, k = 5 !", "decide +kernel"),
    "empty interval": ("theorem t : (Finset.Icc 3 (2 : ℕ)).card = 0", "decide +kernel"),
    "finite set": ("theorem t : ({1, 2, 2} : Finset ℕ).card = 2", "decide +kernel"),
    "separation": ("theorem t : ({x ∈ Finset.range 10 | x % 3 = 1} : Finset ℕ).card = 3", "decide +kernel"),
    "separation without a type": (
        "theorem t (S : Finset ℕ) (h : S = {x ∈ Finset.range 10 | x % 3 = 1}) : S.card = 3",
        "subst h; decide +kernel",
    ),
    "separation of a set": (
        "theorem t (S : Set ℝ) (h : {x ∈ Set.Icc 0 1 | x ^ 2 = 1} = S) : 1 ∈ S",
        "subst h; exact ⟨⟨by grind, by grind⟩, by grind⟩",
    ),
    "prime": ("theorem t : Nat.Prime 17 ∧ ¬ Nat.Prime 15", "decide"),
    "divisors": ("theorem t : ∑ d ∈ Nat.divisors 12, d = 28", "decide +kernel"),
    "divisors of zero": ("theorem t : (Nat.divisors 0).card = 0", "decide +kernel"),
    "congruence": ("theorem t (a : ℤ) (h : a ≡ 3 [ZMOD 5]) : 2 * a ≡ 1 [ZMOD 5]", "grind"),
    "binomial": ("theorem t : Nat.choose 6 2 = 15 ∧ Nat.choose 2 6 = 0", "decide"),
    "digits": ("theorem t : Nat.digits 10 4203 = [3, 0, 2, 4] ∧ Nat.digits 10 0 = []", "decide"),
    "totient": ("theorem t : Nat.totient 12 = 4 ∧ Nat.totient 1 = 1 ∧ Nat.totient 0 = 0", "decide +kernel"),
    "totient's letter": ("theorem t : φ 12 = 12 / 3", "decide +kernel"),
    "casts to residues": ("theorem t : ((10 : ℕ) : ZMod 7) = 3 ∧ ((-4 : ℤ) : ZMod 7) = 3", "decide +kernel"),
    "inverse modulo": ("theorem t : (3 : ZMod 7)⁻¹ = 5 ∧ (0 : ZMod 7)⁻¹ = 0", "decide +kernel"),
    "set": (
        "theorem t : (2 : ℝ) ∈ Set.Icc 1 3 ∧ (0 : ℝ) ∉ {x : ℝ | 0 < x}",
        "constructor <;> simp <;> grind",
    ),
    "least": (
        "theorem t : IsLeast {n : ℕ | 3 ∣ n ∧ 4 < n} 6",
        "exact ⟨by decide, fun x hx => by simp at hx; omega⟩",
    ),
    "logarithm of zero": ("theorem t : Real.log 0 = 0 ∧ Real.log (-2) = Real.log 2", "simp"),
    "logarithm to a base": ("theorem t (x : ℝ) : Real.logb 2 x = Real.log x / Real.log 2", "rfl"),
    "logarithm of a product": (
        "theorem t (x y : ℝ) (h : 0 < x) (k : 0 < y) : Real.log (x * y ^ 2) = Real.log x + 2 * Real.log y",
        "rw [Real.log_mul (by grind) (by have := pow_pos k 2; grind), Real.log_pow]; grind",
    ),
    "exponential": (
        "theorem t : Real.exp (Real.log 3 + Real.log 2) = 6",
        "rw [Real.exp_add, Real.exp_log (by grind), Real.exp_log (by grind)]; grind",
    ),
    "real power": (
        "theorem t : (4 : ℝ) ^ ((1 : ℝ) / 2) = 2",
        "rw [← Real.sqrt_eq_rpow_of_nonneg (by grind)]; exact Real.sqrt_eq_of_sq (by grind) (by grind)",
    ),
    "powers of zero": (
        "theorem t : (0 : ℝ) ^ (0 : ℝ) = 1 ∧ (0 : ℝ) ^ (2 : ℝ) = 0",
        "exact ⟨Real.rpow_zero _, Real.zero_rpow (by grind)⟩",
    ),
    "integer power": ("theorem t : (2 : ℝ) ^ (-2 : ℤ) = 1 / 4", "rw [zpow_neg, zpow_ofNat]; grind"),
    "sine and cosine": (
        "theorem t (x : ℝ) : Real.cos 0 = 1 ∧ Real.sin 0 = 0 ∧ Real.cos (-x) = Real.cos x",
        "simp",
    ),
    "addition theorem": ("theorem t (x y : ℝ) : sin (x + y) * cos y - cos (x + y) * sin y = sin x", "grind"),
    "double angle": ("theorem t (x : ℝ) (h : sin x + cos x = 6 / 5) : sin (2 * x) = 11 / 25", "grind"),
    "values of cosine": (
        "theorem t : cos (π / 3) + sin (π / 6) = 1 ∧ cos (π / 4) ^ 2 = 1 / 2 ∧ cos π = -1",
        "simp; grind",
    ),
    "tangent": ("theorem t : tan (π / 4) = 1 ∧ tan (π / 2) = 0", "simp"),
    "period": (
        "theorem t (x : ℝ) (n : ℤ) : cos (x + n * (2 * π)) = cos x ∧ sin (x + π) = -sin x",
        "exact ⟨Real.cos_add_int_mul_two_pi x n, Real.sin_add_pi x⟩",
    ),
    "monotone cosine": (
        "theorem t (x y : ℝ) (h : 0 ≤ x) (k : x < y) (l : y ≤ π) : cos y < cos x",
        "exact Real.cos_lt_cos_of_nonneg_of_le_pi h l k",
    ),
    "zeros of sine": ("theorem t (x : ℝ) : sin x = 0 ↔ ∃ n : ℤ, n * π = x", "exact Real.sin_eq_zero_iff"),
    "bounds of pi": ("theorem t : 3.14 < π ∧ π < 3.15", "exact ⟨Real.pi_gt_d2, Real.pi_lt_d2⟩"),
    "Euler": ("theorem t : Complex.exp (π * Complex.I) + 1 = 0", "rw [Complex.exp_pi_mul_I]; grind"),
    "decimal fraction": (
        "theorem t : (0.5 : ℝ) = 1 / 2",
        "show ((0.5 : ℚ) : ℝ) = 1 / 2\nrw [show (0.5 : ℚ) = 1 / 2 by decide +kernel, Real.ratCast_div]; rfl",
    ),
    "norm": (
        "theorem t (x : ℝ) : ‖x‖ = |x| ∧ ‖Complex.I‖ = 1",
        "exact ⟨rfl, Real.sqrt_eq_of_sq (by grind) (by simp [Complex.normSq]; grind)⟩",
    ),
    "complement": ("theorem t : (1 : ℝ) ∉ {x : ℝ | 0 < x}ᶜ", "simp; grind"),
    "some type": (
        "theorem t {X Y : Type*} (f : X → Y) : Function.Surjective f ↔ ∀ y, ∃ x, f x = y",
        "exact Iff.rfl",
    ),
    "Fibonacci numbers": ("theorem t : Nat.fib 10 = 55 ∧ Nat.fib 0 = 0 ∧ Nat.fib 1 = 1", "decide"),
    "image": ("theorem t : (Finset.image (fun n => n % 3) (Finset.range 10)).card = 3", "decide +kernel"),
    "union": ("theorem t : ({1, 2} ∪ {2, 3} : Finset ℕ) = {3, 2, 1}", "decide +kernel"),
    "empty product": ("theorem t : ∏ k ∈ Finset.Icc (1 : ℕ) 0, (k : ℝ) = 1", "simp"),
    "root and power": (
        "theorem t (x : ℝ) (h : 5 < x) : 2 < √x",
        "exact (Real.lt_sqrt (by grind)).2 (by grind)",
    ),
    "equivalence": ("theorem t (σ : ℝ ≃ ℝ) (h : σ.1 2 = 3) : σ.2 3 = 2", "rw [← h]; exact σ.left_inv 2"),
    "unique": ("theorem t : ∃! x : ℝ, 2 * x = 6", "exact ⟨3, by grind, fun y h => by grind⟩"),
}

AS_IN_MATHLIB = {
    "commuted": ("theorem t (a b c : ℝ) : a * b + c = c + b * a", "rw [mul_comm, add_comm]"),
    "commuted in ℕ": ("theorem t (a b c : ℕ) : a * (b * c) = b * (a * c)", "rw [mul_left_comm]"),
    "powers in ℤ": ("theorem t (a : ℤ) (m n : ℕ) : a ^ (m * n) = (a ^ n) ^ m", "rw [pow_mul']"),
    "powers in ℂ": ("theorem t (z : ℂ) (n : ℕ) : z ^ (n + 2) = z ^ n * z ^ 2", "rw [pow_add]"),
    "difference": ("theorem t (a b : ℚ) (h : a - b = 0) : a = b", "exact sub_eq_zero.1 h"),
    "hints": (
        "theorem t (a b c : ℝ) (hb : 0 < b) (h : a ≤ c) : a * b ≤ c * b",
        "nlinarith [mul_nonneg (sub_nonneg.2 h) hb.le]",
    ),
    "order": (
        "theorem t (a b c : ℝ) (h : a ≤ b) (k : b < c) : a ≠ c",
        "exact ne_of_lt (lt_of_le_of_lt h k)",
    ),
    "antisymmetry": ("theorem t (x y : ℝ) (h : x ≤ y) (k : y ≤ x) : x = y", "exact le_antisymm h k"),
    "cancelled": (
        "theorem t (a b c : ℝ) (h : a ≠ 0) (k : a * b = a * c) : b = c",
        "exact mul_left_cancel₀ h k",
    ),
    "fractions": (
        "theorem t (a b c : ℝ) (h : c ≠ 0) (k : a / c = b) : a = b * c",
        "rw [div_eq_iff h] at k\nexact k",
    ),
    "product that is 0": (
        "theorem t (x : ℝ) (h : (x - 1) * (x + 2) = 0) : x = 1 ∨ x = -2",
        "rcases mul_eq_zero.1 h with h | h\n· left; linarith\n· right; linarith",
    ),
    "absolute value": ("theorem t (x : ℝ) (h : |x| < 2) : x < 2", "exact (abs_lt.1 h).2"),
    "casts": (
        "theorem t (m n : ℕ) (h : m < n) : (m : ℝ) + 1 ≤ n",
        "rw [← Nat.cast_one, ← Nat.cast_add, Nat.cast_le]\nexact h",
    ),
    "floor": ("theorem t (x : ℝ) (h : 3 ≤ x) : 3 ≤ ⌊x⌋", "exact Int.le_floor.2 (by push_cast; exact h)"),
    "root": ("theorem t (x : ℝ) : √(x ^ 2) = |x|", "exact Real.sqrt_sq_eq_abs x"),
    "norm": ("theorem t (z w : ℂ) : ‖z * w‖ = ‖w‖ * ‖z‖", "rw [norm_mul, mul_comm]"),
    "triangle": ("theorem t (z w : ℂ) : ‖z - w‖ ≤ ‖z‖ + ‖w‖", "exact norm_sub_le z w"),
    "parity": ("theorem t (n : ℕ) : Even (n * n) ↔ Even n", "rw [Nat.even_mul, or_self_iff]"),
    "primes": (
        "theorem t (p : ℕ) (hp : p.Prime) (h : p ≠ 2) : p % 2 = 1",
        "exact hp.eq_two_or_odd.resolve_left h",
    ),
    "sums": (
        "theorem t (n : ℕ) (f g : ℕ → ℝ) (h : ∀ i, f i ≤ g i) : ∑ i ∈ Finset.range n, f i ≤ ∑ i ∈ Finset.range n, g i",
        "exact Finset.sum_le_sum fun i _ => h i",
    ),
    "binomial theorem": (
        "theorem t {K : Type*} [Field K] (x : K) (n : ℕ) :"
        " (x + 1) ^ n = ∑ k ∈ Finset.range (n + 1), x ^ k * (n.choose k : K)",
        "rw [add_pow]\nexact Finset.sum_congr rfl fun k _ => by rw [one_pow, mul_one]",
    ),
    "congruence": (
        "theorem t (a b : ℤ) (h : a ≡ b [ZMOD 7]) : a ^ 5 ≡ b ^ 5 [ZMOD 7]",
        "exact h.pow 5",
    ),
    "negation pushed": ("theorem t (x : ℝ) (h : ¬ (x ≤ 1)) : 1 < x", "push_neg at h\nexact h"),
    "positivity": ("theorem t (x : ℝ) (h : x ≠ 0) : 0 < x ^ 4 / (1 + x ^ 2)", "positivity"),
    "reordered": ("theorem t (a b : ℝ) : a - b = -(b - a)", "rw [neg_sub]"),
    "by contradiction": ("theorem t (x : ℝ) (h : ¬ x ≠ 0) : x = 0", "exact not_not.1 h"),
    "no zero divisors in ℤ": (
        "theorem t (a b : ℤ) (h : a * b = 0) (k : a ≠ 0) : b = 0",
        "exact (mul_eq_zero.1 h).resolve_left k",
    ),
    "powers that are not 0": ("theorem t (n k : ℕ) (h : n ≠ 0) : n ^ k ≠ 0", "exact pow_ne_zero k h"),
    "any ordered field": (
        "theorem t {K : Type*} [LinearOrderedField K] (a b : K) : 2 * a * b ≤ a ^ 2 + b ^ 2",
        "nlinarith [sq_nonneg (a - b)]",
    ),
    "any ordered field, today": (
        "theorem t {K : Type*} [Field K] [LinearOrder K] [IsStrictOrderedRing K] (a : K) : 0 ≤ a ^ 2",
        "positivity",
    ),
    "interval_cases": (
        "theorem t (x : ℕ) (h : x < 4) (k : 1 ≤ x) : x ^ 2 ≤ 9",
        "interval_cases x <;> norm_num",
    ),
    "interval_cases in ℤ": (
        "theorem t (x : ℤ) (h : x < 2) (k : -2 < x) : x ^ 3 = x",
        "interval_cases x\n· norm_num\n· norm_num\n· norm_num",
    ),
    "interval_cases, many": (
        "theorem t (x : ℕ) (k : x < 100) (h : x ^ 2 = 49) : x = 7",
        "interval_cases x <;> first | rfl | (norm_num at h)",
    ),
    "fin_cases": ("theorem t (i : Fin 3) : i.val < 3", "fin_cases i <;> simp"),
    "fin_cases of members": (
        "theorem t (x : ℕ) (h : x ∈ ({1, 3} : Finset ℕ)) : x % 2 = 1",
        "fin_cases h <;> rfl",
    ),
    "norm_num at": ("theorem t (x : ℝ) (h : 2 * x + 2 = 6) : x = 2", "norm_num at h\nlinarith"),
    "norm_num with hints at": (
        "theorem t (x : ℕ) (h : x % 4 < 2) (k : x % 4 = 3) : False",
        "norm_num [k] at h",
    ),
    "ring_nf at": ("theorem t (x y : ℝ) (h : x * (y + 1) = 2) : x * y + x = 2", "ring_nf at h ⊢\nlinarith"),
    "nth_rewrite": ("theorem t (a b : ℝ) (h : a = b) : a + a = b + a", "nth_rewrite 1 [h]\nrfl"),
    "nth_rewrite backwards": ("theorem t (a b : ℝ) (h : a = b) : b + b = a + b", "nth_rewrite 1 [← h]\nrfl"),
    "convert": ("theorem t (a b c : ℝ) (h : a + b = c) : b + a = c", "convert h using 1"),
    "apply_fun": (
        "theorem t (a b : ℝ) (h : a = b) : a ^ 2 = b ^ 2",
        "apply_fun (fun x => x ^ 2) at h\nexact h",
    ),
    "induction'": (
        "theorem t (n : ℕ) : ∑ i ∈ Finset.range (n + 1), i = n * (n + 1) / 2",
        "induction' n with n ih\n· simp\n· rw [Finset.sum_range_succ, ih]\n  grind",
    ),
    "cases' of a disjunction": (
        "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p",
        "cases' h with a b\n· exact Or.inr a\n· exact Or.inl b",
    ),
    "cases' of a conjunction": (
        "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p",
        "cases' h with a b\nexact ⟨b, a⟩",
    ),
    "contrapose!": (
        "theorem t (x y : ℝ) (h : 0 < x → 0 < y) (k : y ≤ 0) : x ≤ 0",
        "contrapose! k\nexact h k",
    ),
    "by_contra!": ("theorem t (x : ℝ) (h : 0 < x) : 0 ≤ x", "by_contra! c\nlinarith"),
    "choose": (
        "theorem t (r : ℝ → ℝ → Prop) (h : ∀ x, ∃ y, r x y) : ∃ f : ℝ → ℝ, ∀ x, r x (f x)",
        "choose f hf using h\nexact ⟨f, hf⟩",
    ),
    "split_ifs": (
        "theorem t (x : ℝ) : (if 0 ≤ x then x else -x) ≥ 0",
        "split_ifs with h\n· exact h\n· linarith",
    ),
    "simp_rw": ("theorem t (x y : ℝ) (h : x = y) (k : y = 3) : x = 3", "simp_rw [h, k]"),
    "gcongr": (
        "theorem t (a b c d : ℝ) (h : a ≤ b) (hc : 0 ≤ c) : a * c + d ≤ b * c + d",
        "gcongr",
    ),
    "gcongr of powers": ("theorem t (a b : ℝ) (h : a ≤ b) (ha : 0 ≤ a) : a ^ 5 ≤ b ^ 5", "gcongr"),
    "field_simp": ("theorem t (x : ℝ) (h : x ≠ 0) : x / x + 1 = 2", "field_simp\nring"),
}
"""Proofs as people and models write them for Mathlib, with names and tactics that are Mathlib's."""

REFUSED = {
    "wrong": ("theorem t (x : ℝ) : 0 < x ^ 2", "have := sq_nonneg x; grind"),
    "sorry": ("theorem t (x : ℝ) : 0 ≤ x ^ 2", "first | done | exact (sorry)"),
    "root of a square": ("theorem t (x : ℝ) : Real.sqrt (x ^ 2) = x", "exact Real.sqrt_sq (by grind)"),
    "sine of more": ("theorem t (x : ℝ) : sin x < 1", "grind"),
    "value of pi": ("theorem t : π = 3.14", "have := Real.pi_gt_d2\nhave := Real.pi_lt_d2\ngrind"),
    "another type": ("theorem t (x : ℝ) : 0 ≤ x", "exact Nat.zero_le x"),
    "infinite descent": ("theorem t (x : ℝ) : x = x + 1", "exact t x"),
    "local notation": (
        "theorem t (x : ℝ) : 0 ≤ x",
        'trivial\nlocal notation "ℝ" => Nat\ntheorem u (x : ℝ) : 0 ≤ x := Nat.zero_le x',
    ),
    "new instance": ("theorem t (x : ℝ) : x ≤ 0", "letI : LE ℝ := ⟨fun _ _ => True⟩\nexact trivial"),
    "decided by choice": ("theorem t : (1 : ℝ) = 2", "decide"),
}


def theorem(statement, header=HEADER):
    return Theorem(name="t", header=header, statement=statement)


@pytest.mark.parametrize(("statement", "proof"), PROVED.values(), ids=PROVED)
async def test_proved(verifier, statement, proof):
    certificate = await verifier.verify(theorem(statement), proof)
    assert isinstance(certificate, Certificate), certificate
    assert certificate.library == f"pocket {library_version()}"
    assert set(certificate.axioms) <= ALLOWED_AXIOMS


@pytest.mark.parametrize(("statement", "proof"), AS_IN_MATHLIB.values(), ids=AS_IN_MATHLIB)
async def test_proved_by_mathlibs_names(verifier, statement, proof):
    certificate = await verifier.verify(theorem(statement), proof)
    assert isinstance(certificate, Certificate), certificate
    assert set(certificate.axioms) <= ALLOWED_AXIOMS


@pytest.mark.parametrize(("statement", "proof"), REFUSED.values(), ids=REFUSED)
async def test_refused(verifier, statement, proof):
    assert isinstance(await verifier.verify(theorem(statement), proof), Rejection)


@pytest.mark.parametrize(
    "before",
    [
        "def Real := Nat\n",
        "theorem Real.sqrt_nonneg (x : ℝ) : False := by trivial\n",
        "def Real.sqrt (x : ℝ) : ℝ := x\n",
        "axiom oops : (0 : ℝ) = 1\n",
        "theorem oops : (0 : ℝ) = 1 := sorry\n",
        "inductive Bad | mk : (Bad → ℝ) → Bad\n",
    ],
)
async def test_a_context_that_forges_the_library_proves_nothing(verifier, before):
    statement = "theorem t : (0 : ℝ) = 1"
    for proof in ("exact oops", "grind", "decide", "simp_all", "rfl"):
        assert isinstance(await verifier.verify(theorem(statement, HEADER + before), proof), Rejection)


async def test_a_redefined_notation_is_not_the_given_statement(verifier):
    """The header of what is proved makes ℝ the natural numbers; what was given has no such line."""
    honest = theorem("theorem t (x : ℝ) : 0 ≤ x")
    forged = theorem(honest.statement, f'{HEADER}local notation (priority := high) "ℝ" => Nat\n')
    given = honest.with_given("theorem t (x : ℝ) : 0 ≤ x\n:= by\n  sorry").given
    told = await verifier.verify(forged, "exact Nat.zero_le x")
    assert isinstance(told, Certificate)
    assert "ℝ" not in told.statement.replace("(x : ℝ)", "") or "ℕ" in told.statement
    assert isinstance(await verifier.verify(replace(forged, given=given), "exact Nat.zero_le x"), Rejection)


async def test_core_statements_do_not_have_it(verifier):
    certificate = await verifier.verify(theorem("theorem t (a b : Nat) : a + b = b + a", ""), "omega")
    assert isinstance(certificate, Certificate)
    assert certificate.library is None


async def test_the_library_rests_on_the_three_axioms(engine_command):
    async with open_engine(engine_command, 60) as ask:
        told = (await ask({"stats": {}}))["stats"]["library"]
    assert set(told["axioms"]) == ALLOWED_AXIOMS - {"Quot.sound"} or set(told["axioms"]) == ALLOWED_AXIOMS
    assert (told["name"], told["version"]) == ("pocket", library_version())
    assert told["constants"] > 1000


def test_the_sources_have_no_sorry_and_no_axiom():
    for each in library_files():
        code = re.sub(r"/-.*?-/|--[^\n]*", "", each.text, flags=re.DOTALL)
        assert not re.search(r"\b(sorry|axiom|native_decide|unsafe|implemented_by|extern)\b", code), each.name


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("theorem t (x : ℝ) : x = x", True),
        ("theorem t (n : ℕ) : n < n + 1", False),
        ("theorem t (xs : List Nat) : xs[0]! = 1 || xs.length = 2", False),
        ("theorem t (p : ℕ) (h : p.Prime) : 1 < p", True),
        ("theorem t (p : ℕ) (h : Nat.Prime p) : 1 < p", True),
        ("open Nat\ntheorem t (p : ℕ) (h : Prime p) : 1 < p", True),
        ("open Real Nat\ntheorem t (n : ℕ) : n + 0 = n", False),
        ("open Nat\ntheorem t : φ 12 = 4", True),
        ("theorem t (φ : ℕ → ℕ) : φ 1 = φ 1", False),
        ("theorem t : ∑ k ∈ s, k = 3", True),
        ("open Nat\ntheorem t : 3 ! = 6", True),
        ("theorem t (x : ℤ) : |x| = x", True),
        ("theorem t : {x : ℕ | x < 3} = s", True),
        ("theorem t (a b : ℤ) : a ∣ b → ∃ c, b = a * c", False),
        ("theorem t {X : Type*} (f : X → X) : f = f", True),
        ("theorem t {X : Type} (f : X → X) : f = f", False),
        ("theorem t (f : ℕ → ℕ) (h : StrictMono f) : f 0 ≤ f 1", True),
        ("theorem t : sSup ∅ = 0", True),
    ],
)
def test_whether_a_text_uses_it(text, uses):
    assert uses_library(text) is uses


async def test_headers_choose(engine_command, tmp_path):
    async with open_engine(engine_command, 120) as ask:
        real = await theorem_from_text(ask, "theorem foo (x : ℝ) : x = x", pocket=True)
        assert library_of(real.header) == "pocket"
        core = await theorem_from_text(ask, "theorem foo (x : ℕ) : x = x", pocket=True)
        assert library_of(core.header) == "core"
        imported = await theorem_from_text(ask, "import Mathlib\ntheorem foo (x : ℕ) : x = x", pocket=True)
        assert imported.header.startswith("import Mathlib\n")
        path = tmp_path / "a.lean"
        path.write_text("import Mathlib\nimport Aesop\nopen Real\n\ntheorem foo (x : ℝ) : √x = √x := rfl\n")
        assert (await theorem_from_file(ask, path, "foo")).statement == "theorem foo (x : ℝ) : √x = √x"
    header = core_header("import Mathlib\nset_option maxHeartbeats 0\nopen Real Foo\n", pocket=True)
    assert header.startswith("import Pocket\n")


@pytest.mark.parametrize(
    ("statement", "goal"),
    [
        ("theorem t : 2 * x - 5 < 3 * x + 1 ↔ x > -6", "x : ℤ\n⊢ 2 * x - 5 < 3 * x + 1 ↔ x > -6"),
        ("theorem t (b : ℝ) : a + b = b + a", "a b : ℝ\n⊢ a + b = b + a"),
        ("theorem t (A : Set α) : A ∪ A = A", "α : Type u_1\nA : Set α\n⊢ A ∪ A = A"),
        ("theorem t : total + 1 = 1 + total", None),
    ],
)
async def test_letters_that_nothing_declares_are_bound_as_in_a_file_that_imports_mathlib(
    engine_command, lean_pool, tmp_path, statement, goal
):
    """The same for a problem, a text and a file; not for a statement without a header, where they are mistakes."""
    path = tmp_path / "F.lean"
    path.write_text(f"import Mathlib\n\n{statement} := by sorry\n")
    problem = Problem(name="t", statement=statement, header="import Mathlib\n\n").theorem(
        core=True, pocket=True
    )
    async with open_engine(engine_command, 120) as ask:
        if goal is None:
            with pytest.raises(StatementError, match="total"):
                await theorem_from_file(ask, path, "t")
            with pytest.raises(StatementError, match="total"):
                await lean_pool.open(problem)
            return
        texts = [
            await theorem_from_text(ask, f"import Mathlib\n{statement}", pocket=True),
            await theorem_from_file(ask, path, "t"),
        ]
        with pytest.raises(StatementError, match="Unknown identifier"):
            await theorem_from_text(ask, statement, pocket=True)
    for theorem in (problem, *texts):
        session = await lean_pool.open(theorem)
        assert session.root.goals == (goal,)
        await session.close()
    without = Problem(name="t", statement=statement, header="").theorem(core=True, pocket=True)
    with pytest.raises(StatementError, match="Unknown identifier"):
        await lean_pool.open(without)


async def test_problems_are_stated_over_what_they_need(lean_pool):
    header = "import Mathlib\n\nset_option maxHeartbeats 0\n\nopen BigOperators Real Nat Topology Rat\n\n"
    over = {}
    for name, statement in {
        "core": "theorem core (a b : ℕ) : a + b = b + a",
        "pocket": "theorem pocket (a b : ℝ) : a + b = b + a",
        "missing": "theorem missing (A : Matrix (Fin 2) (Fin 2) ℝ) : A = A",
    }.items():
        problem = Problem(name=name, statement=statement, header=header)
        support = await support_of(problem, lean_pool, core=True, pocket=True)
        over[name] = support.library or support.first_line
    assert (over["core"], over["pocket"]) == ("core", "pocket")
    assert "Matrix" in over["missing"]
    found = await support_of(
        Problem(name="r", statement="theorem r (x : ℝ) : x = x", header=header), lean_pool, core=True
    )
    assert found.status is Status.UNSUPPORTED


def test_the_command_says_what_it_is_over():
    runner = CliRunner()
    command = ["prove", "--theorem", "theorem foo (x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2"]
    told = json.loads(runner.invoke(cli.app, [*command, "--json"]).stdout)
    assert told["verified"] is True
    assert told["library"] == f"pocket {library_version()}"
    plain = runner.invoke(cli.app, [*command, "--no-library"])
    assert isinstance(plain.exception, StatementError)


@pytest.fixture(scope="module")
async def patient_pool(engine_command):
    async with EnginePool(engine_command, size=1, limits=TacticLimits(seconds=60)) as pool:
        yield pool


@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (a b c : ℝ) : a * b + b * c + c * a ≤ a ^ 2 + b ^ 2 + c ^ 2",
        "theorem t (σ : ℝ ≃ ℝ) (h : σ.1 2 = 3) : σ.2 3 = 2",
        "theorem t (f : ℕ → ℝ) (h : ∀ n, f (n + 1) = f n + 2) (k : f 0 = 1) : f 3 = 7",
        "theorem t : √16 + √(9 / 4) = 11 / 2",
        "theorem t : √(-1 : ℝ) = 0",
        "theorem t (a b : ℝ) (ha : 0 < a) (hb : 0 < b) : 0 < a * b + a",
        "theorem t (a c : ℝ) : 2 * a * (3 + c) ≤ a ^ 2 + c ^ 2 + 3 * (3 + 2 * c)",
        "theorem t (x : ℝ) (h : x ^ 2 - x - 3 ≤ 9) : x ≤ 4",
        "theorem t (x : ℝ) (h : 0 < x) : x + 1 / x ≥ 2",
        "theorem t : √45 / √5 = 3",
        "theorem t : ⌈√30⌉ - ⌊√20⌋ = 2",
        "theorem t (x : ℝ) (h : (9 : ℝ) ^ x + 1 = 10) : x = 1",
        "theorem t (x : ℝ) (h : 0 < x) (k : Real.log (x ^ 3) = 6) : Real.log x = 2",
        "theorem t (S : Finset ℕ) (h : ∀ n, n ∈ S ↔ n ∣ 28) : ∑ k ∈ S, k = 56",
        "theorem t (S : Finset ℤ) (h : ∀ n, n ∈ S ↔ -3 < n ∧ n ≤ 2) : S.card = 5",
        "theorem t : IsLeast {n : ℕ | 3 * n % 7 = 1 ∧ 3 < n} 5",
        "theorem t (x : ℕ) (h : 7 ∣ (∑ k ∈ Finset.range 9, k) - x) (k : 1 ≤ x) (l : x ≤ 7) : x = 1",
        "theorem t (f : ℝ → ℝ) (h : ∀ x > 2, f x = 3 / (x - 2)) : f 5 = 1",
        "theorem t : (∏ k ∈ Finset.Icc (1 : ℕ) 300, ((2 : ℝ) * k + 2) / (2 * k)) = 301",
        "theorem t : (∑ k ∈ Finset.range 100, ((k : ℝ) ^ 2 + 1)) = 328450",
        "theorem t : (∑ k ∈ Finset.Icc (1 : ℕ) 99, (1 : ℝ) / (k * (k + 1))) = 99 / 100",
        "theorem t (S : Finset ℕ) (h : ∀ n, n ∈ S ↔ 2 ≤ n ∧ 50 ≡ 8 [MOD n]) : S.card = 7",
        "theorem t (f : ℂ → ℂ) (h : ∀ x, f (x / 2) = x ^ 2 - 4) [Fintype (f ⁻¹' {5})] :"
        " (∑ y ∈ (f ⁻¹' {5}).toFinset, 2 * y) = 0",
        "theorem t (n : ℕ) (h : n < 20) (k : Nat.sqrt (3 * n + 1) * Nat.sqrt (3 * n + 1) = 3 * n + 1) (l : 8 < n) :"
        " n = 16",
        "theorem t (x y : ℕ) (h : x * y + x + y = 23) (k : 0 < x) (l : x < y) : x * y = 15 ∨ x * y = 14 ∨ x * y = 11",
        "theorem t (a : ℕ) (h : a ≡ 3 [MOD 8]) : (5 * a + 1) % 8 = 0",
        "theorem t (x : ℝ) : cos (4 * x) = 1 - 8 * sin x ^ 2 * cos x ^ 2",
        "theorem t (a b : ℝ) : cos a + cos b = 2 * cos ((a + b) / 2) * cos ((a - b) / 2)",
        "theorem t : cos (20 * π / 180) = sin (70 * π / 180)",
        "theorem t : sin (7 * π / 6) = -1 / 2",
        "theorem t : {x : ℝ | x ^ 2 + x = 12} = {-4, 3}",
        "theorem t : {n : ℤ | 2 * n + 1 = 7} = {3}",
        "theorem t : (3 * (2 - 5 * Complex.I)).im = -15",
        "theorem t : Complex.normSq (2 + 3 * Complex.I) = 13",
        "theorem t (n k : ℕ) (h : 0 < n) (l : 0 < k) :"
        " Nat.choose n k = Nat.choose (n - 1) k + Nat.choose (n - 1) (k - 1)",
        "theorem t (n : ℕ) : 12 ∣ 17 ^ n - 5 ^ n",
        "theorem t (a b : ℕ) (h : a ∣ b) : 5 ^ a - 2 ^ a ∣ 5 ^ b - 2 ^ b",
        "theorem t (x : ℤ) (n : ℕ) : x - 3 ∣ x ^ n - 3 ^ n",
        "theorem t (x : ℝ) (n : ℕ) : x ^ (3 * n) - 1 = (x ^ n - 1) * (x ^ (2 * n) + x ^ n + 1)",
        "theorem t (x : ℝ) (n : ℕ) : (1 + x) ^ n = ∑ k ∈ Finset.range (n + 1), n.choose k * x ^ (n - k)",
        "theorem t (n : ℕ) : Nat.choose (n + 3) 3 = Nat.choose (n + 3) n",
        "theorem t (a b n : ℤ) (h : a ≡ b [ZMOD n]) : a ^ 2 * a ≡ b ^ 2 * b [ZMOD n]",
        "theorem t (n : ℕ) (f g : ℕ → ℝ) (h : ∀ i, f i ≤ g i) :"
        " ∑ i ∈ Finset.range n, 2 * f i ≤ ∑ i ∈ Finset.range n, (g i + g i)",
        "theorem t (n : ℕ) (a : ℕ → ℝ) (h : ∀ i, a i > 1) : 0 < ∏ i ∈ Finset.range n, (a i - 1)",
        "theorem t (n : ℕ) (a : ℕ → ℝ) :"
        " (∑ i ∈ Finset.range n, a i * 1) ^ 2 ≤ (∑ i ∈ Finset.range n, a i ^ 2) * ∑ i ∈ Finset.range n, (1 : ℝ) ^ 2",
        "theorem t (a b : ℤ) (x : ℤ) (h : x ^ 3 + a * x - b = 0) : x ∣ b",
        "theorem t (A B : Set α) : A ∩ (B ∪ Aᶜ) = A ∩ B",
        "theorem t (z : ℂ) : ‖z * z + 1 / z‖ ≤ ‖z * z‖ + ‖1 / z‖",
        "theorem t (k x : ℝ) (h : 1 + √(4 + 3 * x ^ 2) = k) : (k - 1) ^ 2 = 4 + 3 * x ^ 2",
        "theorem t (x y z w : ℝ) (h : x * y = 1) (k : x * z + y * w = 2) : z * w ≤ 1",
    ],
)
async def test_the_heuristic_policy_proves(patient_pool, statement):
    """One of its first suggestions closes the goal."""
    session = await patient_pool.open(theorem(statement))
    state = PolicyInput(goals=session.root.goals)
    [suggestions] = await HeuristicPolicy().suggest([state])
    results = await session.run_tacs(session.root, [each.tactic for each in suggestions])
    assert type(results[-1]).__name__ == "ProofFinished"
    await session.close()


@pytest.mark.long
@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (S : Set ℕ) (u v : ℕ) (h : ∀ n, n ∈ S ↔ 0 < n ∧ 7 * n % 30 = 4)"
        " (hu : IsLeast S u) (hv : IsLeast (S \\ {u}) v) : v - u = 30",
        "theorem t (f : ℝ → ℝ) (h : ∀ x > 0, ∀ y > 0, f (x * y) = f x / y) (k : f 200 = 3) : f 300 = 2",
        "theorem t (f : ℝ → ℝ → ℝ) (h : ∀ x, ∀ (y) (_ : y ≠ 0), f x y = x - y * ⌊x / y⌋) : f (7 / 2) 2 = 3 / 2",
        "theorem t (x y : ℝ) (h : |x + y| + |x - y| ≤ 2) : x ^ 2 ≤ 1",
    ],
)
async def test_a_search_with_the_heuristic_policy_proves(patient_pool, statement):
    """In a few steps."""
    session = await patient_pool.open(theorem(statement))
    options = SearchOptions(budget=Budget(expansions=8))
    result = await BestFirst().run(session, HeuristicPolicy(), accept_any, options)
    assert isinstance(result.ending, Proved), result.ending
    await session.close()


async def accept_any(tactics):
    return True
