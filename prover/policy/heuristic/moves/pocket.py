"""Moves for statements over the pocket library: ℝ, ℂ, sums, finite sets, intervals, equivalences.

`grind` does the algebra and the linear arithmetic there; what it cannot find are the squares and products to add up,
square roots of numbers, and values at which a function is to be looked at. They are put before it here.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from fractions import Fraction

from prover.policy.heuristic.arithmetic import approximate, rational_root
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves import (
    absolute,
    big_operators,
    certificates,
    closed_forms,
    finite_sets,
    inequalities,
    preimages,
)
from prover.policy.heuristic.moves.inequalities import low_and_high, with_facts
from prover.policy.heuristic.moves.instances import universals
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.terms import ARGUMENT, Apply, Binder, is_operation, names_in, read_term

COMPLEX = ("Complex", "ℂ")
PARTS = ", ".join(
    f"Complex.{each}"
    for each in ("normSq_apply", "ofNat_re", "ofNat_im", "one_re", "one_im", "zero_re", "zero_im")
)
MEMBERSHIPS = ", ".join(
    f"Set.mem_{each}"
    for each in (
        *("setOf_eq", "insert_iff", "singleton_iff", "union", "inter_iff", "diff"),
        *("Icc", "Ico", "Ioc", "Ioo", "Ici", "Ioi", "Iic", "Iio"),
    )
)
MAX_INSTANCES = 8
MAX_ROOT = 10**12
MAX_FACTOR = 100
SMALL = (0, 1, 2, 3, -1)
NORM_LAWS = ("norm_add_le", "norm_sub_le", "norm_nonneg", "norm_mul", "norm_neg", "norm_pow", "norm_sub_rev")
CONGRUENCE_LAWS = ("pow", "mul", "add", "refl")
_ROOT = re.compile(r"√(?:(?P<whole>\d+)|\((?P<top>\d+) / (?P<bottom>\d+)\))")
_ROOT_OF_NEGATIVE = re.compile(r"√\(-\d+(?: / \d+)?\)")
_ROOT_OF = re.compile(r"(?:√|Real\.sqrt )(?P<term>\((?:[^()]|\([^()]*\))*\)|[\w.']+)")
_REAL_POWER = re.compile(r"(?<![\w.^)])(\d+) \^ ([A-Za-z_]\w*|\([^()]*\))")
_OBJECT = r"(\((?:[^()]|\([^()]*\))*\)|(?<![\w.])\w+)"
_EXP_OF = re.compile(rf"(?:Real\.exp|rexp) {ARGUMENT}|{_OBJECT}\.exp\b")
_LOG_OF = re.compile(rf"Real\.log {ARGUMENT}|{_OBJECT}\.log\b")
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?!\w)")
_NEGATIVE_POWER = re.compile(r"\^ \(-\d+\)")
_FLOOR = re.compile(r"⌊[^⌊⌋]+⌋|⌈[^⌈⌉]+⌉")
_NUMERAL = re.compile(r"(?<![\w.])\d+(?![\w.])")
_LIBRARY = re.compile(
    r"[ℝℂ∑∏√⌊⌈‖≡]|\b(?:Real|Complex|Finset|Set|setOf|NNReal|ZMod|Prime|choose|fib|totient|divisors|IsLeast|IsGreatest)\b|≃|\.(?:sum|prod|logb?|exp|sin|cos|tan|sqrt|floor|ceil)\b"
)


def over_library(goal: Goal) -> bool:
    """Whether the goal speaks of something that core Lean does not have."""
    return bool(_LIBRARY.search(goal.target) or any(_LIBRARY.search(each.type) for each in goal.hypotheses))


def moves(goal: Goal) -> Iterator[Move]:
    """Yield what is worth trying over the library."""
    if not over_library(goal):
        return
    yield from _calculations(goal)
    yield from certificates.root_bounds(goal)
    yield from certificates.denominators(goal)
    yield from inequalities.inequalities(goal)
    yield from _roots(goal)
    yield from _floors(goal)
    yield from _logarithms(goal)
    yield from _exponentials(goal)
    yield from _decimals(goal)
    yield from _functions(goal)
    yield from _cases(goal)
    yield from _instances(goal)
    yield from big_operators.signs(goal)
    yield from big_operators.big_operators(goal)
    yield from big_operators.binomials(goal)
    yield from finite_sets.finite_sets(goal)
    yield from closed_forms.closed_forms(goal)
    yield from preimages.preimages(goal)
    yield from absolute.signs(goal)
    yield from _components(goal)
    yield from _sets(goal)
    yield from _equivalences(goal)
    yield from _norms(goal)


def _calculations(goal: Goal) -> Iterator[Move]:
    """Yield evaluation: of finite sums and sets by the kernel, of what is equal by its parts by `grind`."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    if re.search(r"Finset|ZMod|∑|∏", text + " ".join(each.type for each in goal.variables)):
        yield Move("compute", "decide +kernel", 0.9)
        yield Move("compute", "subst_vars; decide +kernel", 0.8)
        yield Move("simplify", "simp [Finset.sum_range_succ, Finset.prod_range_succ] <;> grind", 0.9)
        yield Move("grind with lemmas", "grind [Finset.sum_range_succ, Finset.prod_range_succ]")
    if "≡" in text:
        laws = [f"{kind}.ModEq.{law}" for kind in ("Nat", "Int") for law in CONGRUENCE_LAWS]
        yield Move("close", f"solve_by_elim [{', '.join(laws)}]", 0.9)
        yield Move("rewrite", f"simp only [pow_mul']; solve_by_elim [{', '.join(laws)}]", 1.5)
        yield Move("unfold", "simp only [Nat.modEq_zero_iff_dvd, Int.modEq_zero_iff_dvd] at *", 1.2)
        congruences = "simp only [Nat.ModEq, Int.ModEq] at *"
        yield Move("linear", f"{congruences}; omega", 0.97)
        yield Move("unfold", congruences)
    if is_operation(goal.target_term, "<", "≤", ">", "≥") and "0" in (
        each.text for each in goal.target_term.operands
    ):
        yield Move("close", "positivity")
    if _NEGATIVE_POWER.search(text):
        yield Move("simplify", "rw [zpow_neg, zpow_ofNat]; grind")
    if any(each.type in ("ℤ", "Int") for each in goal.variables) and "^" in text:
        yield Move("simplify", "subst_vars; rw [zpow_ofNat]; grind")
    if any(is_operation(fact.term, "=") for fact in goal.facts):
        yield Move("grind", "subst_vars; grind", 0.85)
        yield Move("simplify all", "simp_all <;> grind", 0.9)


def _roots(goal: Goal) -> Iterator[Move]:
    """Yield the values of roots: rational ones, multiples of smaller ones, and else bounds and their squares."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    steps = []
    for match in {each.group(): each for each in _ROOT.finditer(text)}.values():
        top, bottom = int(match["whole"] or match["top"]), int(match["bottom"] or 1)
        if root := _root(top, bottom):
            steps.append(f"have : {match.group()} = {root} := Real.sqrt_eq_of_sq (by grind) (by grind)")
            if "√" in root:
                steps.append(f"have : (0 : ℝ) < {root.split(' * ')[1]} := Real.sqrt_pos.2 (by grind)")
    for root in dict.fromkeys(_ROOT_OF_NEGATIVE.findall(text)):
        steps.append(f"have : {root} = 0 := Real.sqrt_eq_zero_of_nonpos (by grind)")
    target = goal.target_term
    whole = is_operation(target, "=") and is_operation(target.operands[0], "√")
    if steps or whole:
        yield Move("compute", lines(*steps, "simp_all"), 0.6)
        yield Move("compute", lines(*steps, "grind"), 0.9)
        yield Move("compute", lines(*steps, "simp_all [Nat.factorial] <;> grind"), 0.8)
    if whole:
        yield Move("compute", lines(*steps, "refine Real.sqrt_eq_of_sq ?_ ?_ <;> grind"), 0.92)
    if is_operation(target, "≤", "≥") and is_operation(low_and_high(target)[1], "√"):
        squared = "refine le_of_sq_le_sq' (Real.sqrt_nonneg _) ?_\nrw [Real.mul_self_sqrt (by grind only)]"
        yield Move("bound", squared, 1.5)
    terms = list(dict.fromkeys(match["term"] for match in _ROOT_OF.finditer(text)))[:4]
    if terms:
        facts = [f"Real.sqrt_nonneg {term}" for term in terms]
        known = "first | grind | positivity"
        squares = [f"Real.mul_self_sqrt (show (0 : ℝ) ≤ {term} by {known})" for term in terms]
        yield Move("grind with lemmas", with_facts(goal, [*facts, *squares]))


def _floors(goal: Goal) -> Iterator[Move]:
    """Yield the values of floors and ceilings of numbers, by their two bounds, with bounds of the roots in them."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    steps = []
    for top in dict.fromkeys(match["whole"] for match in _ROOT.finditer(text) if match["whole"]):
        low = math.isqrt(int(top))
        if low * low != int(top):
            steps.append(f"have : ({low} : ℝ) < √{top} := (Real.lt_sqrt (by grind)).2 (by grind)")
            steps.append(f"have : √{top} < ({low + 1} : ℝ) := (Real.sqrt_lt' (by grind)).2 (by grind)")
    values: list[str] = []
    names = fresh_names(goal, "hf")
    used = []
    for match in dict.fromkeys(each.group() for each in _FLOOR.finditer(text)):
        value = approximate(read_term(match[1:-1]))
        if value is None:
            continue
        rule, rounded = (
            ("Int.floor_eq_iff", math.floor(value))
            if match[0] == "⌊"
            else ("Int.ceil_eq_iff", math.ceil(value))
        )
        used.append(next(names))
        number = f"{match[0]}({match[1:-1]} : ℝ){match[-1]}"
        values.append(f"have {used[-1]} : {number} = {rounded} := {rule}.2 ⟨by grind, by grind⟩")
    if values:
        put_in = f"simp only [{', '.join(used)}] at *"
        yield Move("compute", lines(*steps, *values, put_in, "first | grind | (simp_all <;> grind)"), 0.93)
        yield Move("compute", lines(*steps, *values, "simp_all <;> grind"), 0.92)
        yield Move("compute", lines(*steps, *values, "grind"), 0.9)


def _instances(goal: Goal) -> Iterator[Move]:
    """Yield hypotheses for all numbers at 0, 1, 2, ... and at the numerals of the goal, where their premises hold."""
    found = [each for each in universals(goal) if len(each.names) == 1]
    laws = [f"{each.name}.left_inv" for each in goal.hypotheses if "≃" in each.type and each.accessible]
    if not found:
        return
    values = list(dict.fromkeys([*_numerals(goal)[:5], *(str(value) for value in SMALL)]))
    for count in (3, MAX_INSTANCES):
        names = fresh_names(goal, "h")
        calls = [
            (
                each.call([f"({value})"], "(by grind)", whole=True),
                each.bounds + each.premises,
            )
            for each in found
            for value in values[:count]
        ][: 2 * MAX_INSTANCES]
        calls += [(f"{law} ({value})", 0) for law in laws for value in values[:count]]
        steps = [f"{'try ' * bool(premises)}have {next(names)} := {call}" for call, premises in calls]
        yield Move("instantiate", lines(*steps, "grind"), 1.6)


def _functions(goal: Goal) -> Iterator[Move]:
    """Yield the use of functions that are given by an equation, wherever they are applied."""
    rules = [
        fact.name
        for fact in goal.facts
        if isinstance(fact.term, Binder)
        and fact.term.kind == "∀"
        and is_operation(fact.term.body, "=")
        and isinstance(fact.term.body.operands[0], Apply)
    ]
    if rules:
        others = [fact.name for fact in goal.facts if fact.name not in rules]
        yield Move("simplify with", f"simp only [{', '.join(rules)}] at {' '.join([*others, '⊢'])}", 1.3)


def _decimals(goal: Goal) -> Iterator[Move]:
    """Yield that decimal fractions are fractions."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    facts = []
    for decimal in list(dict.fromkeys(_DECIMAL.findall(text)))[:8]:
        value = Fraction(decimal)
        proof = f"rw [show ({decimal} : ℚ) = {value} by decide +kernel]; exact Real.ratCast_div _ _"
        if value.denominator == 1:
            proof = f"rw [show ({decimal} : ℚ) = {value} by decide +kernel]; rfl"
        facts.append(f"(show ({decimal} : ℝ) = {value} by show (({decimal} : ℚ) : ℝ) = {value}; {proof})")
    if facts:
        yield Move("compute", with_facts(goal, facts), 0.9)


def _logarithms(goal: Goal) -> Iterator[Move]:
    """Yield the rules of logarithms and powers, with what makes the logarithms of numerals different from 0."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    powers = list(dict.fromkeys(_REAL_POWER.findall(text)))[:4]
    reals = {each.name for each in goal.variables if each.type in ("ℝ", "Real")}
    powers = [(base, exponent) for base, exponent in powers if names_in(read_term(exponent)) & reals]
    if not powers and not re.search(r"\blogb?\b|\.log\b|\.exp\b", text):
        return
    bases = [number for number in _numerals(goal) if int(number) > 1][:5]
    facts = [f"Real.log_pos (show (1 : ℝ) < {base} by grind)" for base in bases]
    facts += [fact for base in bases if (fact := _log_of_power(int(base)))]
    facts += [f"Real.log_rpow (show (0 : ℝ) < {base} by grind) {exponent}" for base, exponent in powers]
    if powers:
        equations = [fact.name for fact in goal.facts if is_operation(fact.term, "=")]
        facts += [f"congrArg Real.log {name}" for name in equations]
    closer = "grind [Real.log_mul, Real.log_pow, Real.log_div]"
    yield Move("grind with lemmas", with_facts(goal, facts, closer), 1.4)
    if "logb" in text:
        places = " ".join([*(fact.name for fact in goal.facts if "logb" in fact.type), "⊢"])
        start = f"simp only [Real.logb, Real.log_pow] at {places}"
        yield Move("grind with lemmas", lines(start, with_facts(goal, facts, closer)), 1.5)


def _exponentials(goal: Goal) -> Iterator[Move]:
    """Yield that exponentials are positive and above their tangents, and logarithms below theirs."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    facts = []
    for term in _arguments(_EXP_OF, text):
        facts += [
            f"Real.exp_pos {term}",
            f"Real.log_le_sub_one_of_pos (Real.exp_pos {term})",
            f"Real.log_exp {term}",
        ]
    for term in _arguments(_LOG_OF, text):
        positive = f"(show (0 : ℝ) < {term} by first | grind | positivity)"
        facts += [f"Real.log_le_sub_one_of_pos {positive}", f"Real.one_sub_inv_le_log_of_pos {positive}"]
    if facts:
        yield Move("grind with lemmas", with_facts(goal, facts), 1.4)


def _arguments(function: re.Pattern[str], text: str) -> list[str]:
    """Return what a function is applied to, written before it or behind it."""
    return list(dict.fromkeys(before or behind for before, behind in function.findall(text)))[:3]


def _log_of_power(number: int) -> str:
    """Return a proof of what the logarithm of a perfect power is; empty for other numbers."""
    for base in range(2, math.isqrt(number) + 1):
        exponent = next((k for k in range(2, number.bit_length() + 1) if base**k == number), 0)
        if exponent:
            rule = f"by rw [show ({number} : ℝ) = {base} ^ {exponent} by grind, Real.log_pow]; grind"
            return f"(show Real.log {number} = {exponent} * Real.log {base} from {rule})"
    return ""


def _cases(goal: Goal) -> Iterator[Move]:
    """Yield that natural numbers are 0 or successors, for what is defined by recursion."""
    names = [each.name for each in goal.numbers("Nat", "ℕ") if each.name in goal.target][:2]
    if names and re.search(r"choose|!|factorial|fib", goal.target):
        steps = " <;> ".join(f"cases {name}" for name in names)
        yield Move("cases", f"{steps} <;> grind [Nat.choose]", 1.4)


def _components(goal: Goal) -> Iterator[Move]:
    """Yield equality in ℂ by real and imaginary parts, and what these are of numerals."""
    if re.search(r"\.(?:re|im|normSq)\b|Complex\.(?:re|im|normSq)\b", goal.target):
        yield Move("grind with lemmas", f"grind [{PARTS}]", 1.4)
    if any(each.type in COMPLEX for each in goal.hypotheses) or "Complex" in goal.target:
        yield Move("extensionality", "apply Complex.ext <;> simp <;> grind", 1.3)
        equalities = [f"congrArg Complex.{part} {fact.name}" for fact in goal.facts for part in ("re", "im")]
        if equalities:
            yield Move("extensionality", with_facts(goal, equalities[:8]), 0.9)


def _sets(goal: Goal) -> Iterator[Move]:
    """Yield least and greatest elements as two claims, sets by their members, unique existence by a witness."""
    target = goal.target
    if target.startswith(("IsLeast", "IsGreatest")):
        yield Move("split target", "refine ⟨?_, ?_⟩", 1.2)
        yield Move("split target", "refine ⟨by grind, fun x hx => ?_⟩")
        yield Move("compute", "constructor <;> simp <;> grind", 0.8)
    if is_operation(goal.target_term, "=") and re.search(r"\b(?:Set|Finset)\b|[{∪∩ᶜ∅\\]", target):
        yield Move("extensionality", "ext <;> simp <;> grind", 1.3)
        yield Move("extensionality", f"ext; simp only [{MEMBERSHIPS}]; grind", 1.25)
        yield Move("extensionality", "ext; grind", 1.2)
        yield Move("extensionality", f"ext; simp only [{MEMBERSHIPS}]")


def _equivalences(goal: Goal) -> Iterator[Move]:
    """Yield the two laws of each equivalence."""
    for each in goal.hypotheses:
        if "≃" in each.type and each.accessible:
            left, right = itertools.islice(fresh_names(goal, "h"), 2)
            steps = [f"have {left} := {each.name}.left_inv", f"have {right} := {each.name}.right_inv"]
            yield Move("grind with lemmas", lines(*steps, "simp_all; grind"), 1.3)
            yield Move("grind with lemmas", lines(*steps, "grind"), 1.2)


def _norms(goal: Goal) -> Iterator[Move]:
    """Yield the laws of norms."""
    if re.search(r"‖|\bnorm\b", goal.target):
        yield Move("close", f"solve_by_elim [{', '.join(NORM_LAWS)}]", 0.9)
        yield Move("grind with lemmas", f"grind [{', '.join(NORM_LAWS)}]", 1.3)


def _numerals(goal: Goal) -> list[str]:
    """Return the numerals of the target and then of the hypotheses."""
    texts = (goal.target, *(each.type for each in goal.facts))
    return list(dict.fromkeys(number for text in texts for number in _NUMERAL.findall(text)))


def _root(top: int, bottom: int) -> str | None:
    """Return the square root of a fraction as a number, or as a multiple of the root of a smaller one."""
    value = Fraction(top, bottom) if bottom else None
    if value is None or max(value.numerator, value.denominator) > MAX_ROOT:
        return None
    if (root := rational_root(value)) is not None:
        return str(root)
    factor = next((k for k in range(MAX_FACTOR, 1, -1) if bottom == 1 and top % (k * k) == 0), None)
    return f"{factor} * √{top // (factor * factor)}" if factor else None
