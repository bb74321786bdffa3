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

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.instances import universals
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.terms import is_operation, names_in

ORDERED = ("Real", "ℝ")
COMPLEX = ("Complex", "ℂ")
MAX_VARIABLES = 4
MAX_SQUARES = 12
MAX_PRODUCTS = 6
MAX_INSTANCES = 8
MAX_ROOT = 10**12
SMALL = (0, 1, 2, 3, -1)
_ROOT = re.compile(r"√\(?(?P<top>\d+)(?: ?/ ?(?P<bottom>\d+))?\)?")
_ROOT_OF = re.compile(r"(?:√|Real\.sqrt )(?P<term>\((?:[^()]|\([^()]*\))*\)|[\w.']+)")
_NUMERAL = re.compile(r"(?<![\w.])\d+(?![\w.])")
_LIBRARY = re.compile(
    r"[ℝℂ∑∏√⌊⌈]|\b(?:Real|Complex|Finset|Set|NNReal|IsLeast|IsGreatest)\b|≃|\.sum\b|\.prod\b"
)


def over_library(goal: Goal) -> bool:
    """Whether the goal speaks of something that core Lean does not have."""
    return bool(_LIBRARY.search(goal.target) or any(_LIBRARY.search(each.type) for each in goal.hypotheses))


def moves(goal: Goal) -> Iterator[Move]:
    """Yield what is worth trying over the library."""
    if not over_library(goal):
        return
    yield from _calculations(goal)
    yield from _squares(goal)
    yield from _signs(goal)
    yield from _roots(goal)
    yield from _instances(goal)
    yield from _components(goal)
    yield from _sets(goal)
    yield from _equivalences(goal)


def _calculations(goal: Goal) -> Iterator[Move]:
    """Yield evaluation: of finite sums and sets by the kernel, of what is equal by its parts by `grind`."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    if "Finset" in text or "∑" in text or "∏" in text:
        yield Move("compute", "decide +kernel", 0.9)
        yield Move("compute", "subst_vars; decide +kernel", 0.8)
        yield Move("simplify", "simp [Finset.sum_range_succ, Finset.prod_range_succ] <;> grind", 0.9)
        yield Move("grind with lemmas", "grind [Finset.sum_range_succ, Finset.prod_range_succ]")
    if any(is_operation(fact.term, "=") for fact in goal.facts):
        yield Move("grind", "subst_vars; grind", 0.85)
        yield Move("simplify all", "simp_all <;> grind", 0.9)


def _squares(goal: Goal) -> Iterator[Move]:
    """Yield that squares of differences and sums are not negative, few at first, then many."""
    names = [each.name for each in goal.numbers(*ORDERED)][:MAX_VARIABLES]
    if not names or not is_operation(goal.target_term, "<", "≤", ">", "≥", "=", "∧", "≠"):
        return
    differences = [f"{a} - {b}" for a, b in itertools.combinations(names, 2)]
    sums = [f"{a} + {b}" for a, b in itertools.combinations(names, 2)]
    shifted = [f"{a} - {n}" for a in names for n in _numerals(goal)[:3]]
    bundles = [
        differences or [f"{names[0]} - 1"],
        [*differences, *names],
        [*differences, *sums, *names, *shifted],
    ]
    for rank, bundle in enumerate(bundles):
        yield Move(
            "products",
            _with_facts(goal, [f"sq_nonneg ({each})" for each in bundle[:MAX_SQUARES]]),
            1.6 - 0.3 * rank,
        )


def _signs(goal: Goal) -> Iterator[Move]:
    """Yield products of hypotheses ``0 < a`` and ``0 ≤ a``, and the same with the squares of differences."""
    facts = [(fact.name, rule) for fact in goal.facts if (rule := _sign(fact))]
    if len(facts) < 2:
        return
    strict = [name for name, rule in facts if rule == "<"]
    products = [f"mul_pos {a} {b}" for a, b in itertools.combinations(strict, 2)]
    weak = [name if rule == "≤" else f"(Std.le_of_lt {name})" for name, rule in facts]
    products += [f"mul_nonneg {a} {b}" for a, b in itertools.combinations(weak, 2)] if not products else []
    products = products[:MAX_PRODUCTS]
    yield Move("products", _with_facts(goal, products), 1.2)
    names = [each.name for each in goal.numbers(*ORDERED)][:MAX_VARIABLES]
    squares = [f"sq_nonneg ({a} - {b})" for a, b in itertools.combinations(names, 2)]
    if squares:
        yield Move("products", _with_facts(goal, [*products, *squares]), 1.1)


def _roots(goal: Goal) -> Iterator[Move]:
    """Yield the values of roots that are rational, and else that the roots' squares are what they should be."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    steps = []
    for found in dict.fromkeys(match.group() for match in _ROOT.finditer(text)):
        match = _ROOT.match(found)
        assert match is not None
        root = _rational_root(int(match["top"]), int(match["bottom"] or 1))
        if root is not None:
            steps.append(f"have : {found} = {root} := Real.sqrt_eq_of_sq (by grind) (by grind)")
    if steps:
        yield Move("compute", lines(*steps, "simp_all"), 0.6)
        yield Move("compute", lines(*steps, "grind"), 0.9)
    terms = list(dict.fromkeys(match["term"] for match in _ROOT_OF.finditer(text)))[:4]
    if terms:
        facts = [f"Real.sqrt_nonneg {term}" for term in terms]
        squares = [f"Real.mul_self_sqrt (show (0 : ℝ) ≤ {term} by grind)" for term in terms]
        yield Move("grind with lemmas", _with_facts(goal, [*facts, *squares]))


def _instances(goal: Goal) -> Iterator[Move]:
    """Yield hypotheses for all numbers at 0, 1, 2, ... and at the numerals of the goal."""
    found = [each for each in universals(goal) if len(each.names) == 1 and each.premises == 0]
    if not found:
        return
    values = list(dict.fromkeys([*_numerals(goal)[:5], *(str(value) for value in SMALL)]))
    for count in (3, MAX_INSTANCES):
        calls = [f"{each.name} ({value})" for each in found for value in values[:count]]
        yield Move("instantiate", _with_facts(goal, calls[: 2 * MAX_INSTANCES]), 1.6)


def _components(goal: Goal) -> Iterator[Move]:
    """Yield equality in ℂ by real and imaginary parts."""
    if any(each.type in COMPLEX for each in goal.hypotheses) or "Complex" in goal.target:
        yield Move("extensionality", "apply Complex.ext <;> simp <;> grind", 1.3)
        equalities = [f"congrArg Complex.{part} {fact.name}" for fact in goal.facts for part in ("re", "im")]
        if equalities:
            yield Move("extensionality", _with_facts(goal, equalities[:8]), 0.9)


def _sets(goal: Goal) -> Iterator[Move]:
    """Yield least and greatest elements as two claims, sets by their members, unique existence by a witness."""
    target = goal.target
    if target.startswith(("IsLeast", "IsGreatest")):
        yield Move("split target", "refine ⟨?_, ?_⟩", 1.2)
        yield Move("split target", "refine ⟨by grind, fun x hx => ?_⟩")
        yield Move("compute", "constructor <;> simp <;> grind", 0.8)
    if is_operation(goal.target_term, "=") and re.search(r"\b(?:Set|Finset)\b|\{", target):
        yield Move("extensionality", "ext <;> simp <;> grind", 1.3)
        yield Move("extensionality", "ext; grind", 1.2)


def _equivalences(goal: Goal) -> Iterator[Move]:
    """Yield the two laws of each equivalence."""
    for each in goal.hypotheses:
        if "≃" in each.type and each.accessible:
            left, right = itertools.islice(fresh_names(goal, "h"), 2)
            steps = [f"have {left} := {each.name}.left_inv", f"have {right} := {each.name}.right_inv"]
            yield Move("grind with lemmas", lines(*steps, "simp_all; grind"), 1.3)
            yield Move("grind with lemmas", lines(*steps, "grind"), 1.2)


def _with_facts(goal: Goal, facts: list[str]) -> str:
    """Return a tactic that has these facts and calls `grind`."""
    names = fresh_names(goal, fresh(goal, "h"))
    return lines(*(f"have {name} := {fact}" for name, fact in zip(names, facts, strict=False)), "grind")


def _sign(fact: Hypothesis) -> str:
    term = fact.term
    if is_operation(term, "<", "≤") and term.operands[0].text == "0" and names_in(term.operands[1]):
        return term.operator
    return ""


def _numerals(goal: Goal) -> list[str]:
    """Return the numerals of the target and then of the hypotheses."""
    texts = (goal.target, *(each.type for each in goal.facts))
    return list(dict.fromkeys(number for text in texts for number in _NUMERAL.findall(text)))


def _rational_root(top: int, bottom: int) -> str | None:
    value = Fraction(top, bottom) if bottom else None
    if value is None or max(value.numerator, value.denominator) > MAX_ROOT:
        return None
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return str(root) if root * root == value else None
