"""Moves for goals with sin, cos and tan: the rules between their angles, then polynomials in their values.

`grind` knows the addition theorems where an angle is written as a sum or a double, and `sin² + cos² = 1`. Here angles
are related that are not written so, as ``50 * π / 180`` and ``40 * π / 180``; and the values become variables, so that
what proves polynomial inequalities proves these, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.inequalities import with_facts
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.polynomials import (
    NotPolynomialError,
    Polynomial,
    add,
    atoms,
    difference,
    read_polynomial,
    scale,
    show,
)
from prover.policy.heuristic.terms import (
    Name,
    Term,
    argument,
    function_call,
    is_operation,
    read_term,
    subterms,
)

FUNCTIONS = ("sin", "cos", "tan")
SPECIAL = {
    "0": ("sin_zero", "cos_zero"),
    "(Real.pi / 2)": ("sin_pi_div_two", "cos_pi_div_two"),
    "(Real.pi / 3)": ("sin_pi_div_three", "cos_pi_div_three"),
    "(Real.pi / 4)": ("sin_pi_div_four", "cos_pi_div_four"),
    "(Real.pi / 5)": ("cos_pi_div_five",),
    "(Real.pi / 6)": ("sin_pi_div_six", "cos_pi_div_six"),
    "(Real.pi / 8)": ("cos_pi_div_eight",),
}
"""Angles with known values, and the names of the lemmas that say them."""
MAX_ANGLES = 4
MAX_FACTS = 8
MAX_MULTIPLE = 8
EXPAND = "simp only [{}] at *".format(
    ", ".join(
        f"Real.{name}"
        for name in ("tan_eq_sin_div_cos", "sin_two_mul", "cos_two_mul", "sin_three_mul", "cos_three_mul")
    )
)
SHIFTS = "simp [{}]".format(
    ", ".join(
        f"Real.{function}_{shift}"
        for function in ("sin", "cos")
        for shift in ("add_pi_div_two", "sub_pi_div_two", "pi_div_two_sub")
    )
)
BOUND = "by have := Real.pi_pos; grind only"
_PI = (("π", 1),)


def trigonometry(goal: Goal) -> Iterator[Move]:
    """Yield relations between the angles of a goal, and its values as variables."""
    angles = _angles(goal)
    if not angles:
        return
    rules = _without_circles(itertools.chain(_around_pi(angles), _multiples(angles), _sums(angles)))
    chosen = [f"(show {statement} from {proof})" for rule in rules for statement, proof in rule.facts]
    chosen = chosen[:MAX_FACTS]
    if chosen:
        values = [f"Real.{name}" for rule in rules for part in rule.others for name in SPECIAL.get(part, ())]
        closer = f"grind [{', '.join(dict.fromkeys(values))}]" if values else "grind"
        yield Move("grind with lemmas", with_facts(goal, chosen, closer), 1.5)
    yield from _values_as_variables(goal, angles, chosen)
    yield from _equations_of_angles(goal, angles)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What sin and cos are at an angle, by their values at others: statements, each with its proof."""

    angle: str
    others: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def _without_circles(rules: Iterator[_Rule]) -> list[_Rule]:
    """Return the first rule for each angle, but none by which an angle would rest on itself."""
    used: dict[str, _Rule] = {}

    def rests_on(angle: str, other: str) -> bool:
        parts = used[angle].others if angle in used else ()
        return angle == other or any(rests_on(part, other) for part in parts)

    for rule in rules:
        if rule.angle not in used and not any(rests_on(other, rule.angle) for other in rule.others):
            used[rule.angle] = rule
    return list(used.values())


def _angles(goal: Goal) -> dict[str, Polynomial]:
    """Return the angles of the goal, as they can stand as arguments, with their polynomials."""
    found: dict[str, Polynomial] = {}
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        for inner in subterms(term):
            angle = _angle(inner)
            if angle is not None and argument(angle) not in found:
                try:
                    polynomial = read_polynomial(angle)
                except NotPolynomialError:
                    continue
                found[argument(angle)] = _with_pi(polynomial)
    return dict(list(found.items())[:MAX_ANGLES])


def _angle(term: Term) -> Term | None:
    """Return what sin, cos or tan is applied to, written ``Real.sin x``, ``x.sin`` or ``(x + y).sin``."""
    if isinstance(term, Name):
        owner, _, name = term.text.rpartition(".")
        is_call = name in FUNCTIONS and owner and owner not in ("Real", "Complex")
        return Name(owner) if is_call else None
    name, operands = function_call(term)
    if isinstance(term, Name) or name not in FUNCTIONS or len(operands) != 1:
        return None
    return operands[0]


def _with_pi(polynomial: Polynomial) -> Polynomial:
    """Return the polynomial with one name for π."""
    return {
        tuple(
            sorted(("π" if name == "Real.pi" else name, exponent) for name, exponent in monomial)
        ): coefficient
        for monomial, coefficient in polynomial.items()
    }


def _show(polynomial: Polynomial) -> str:
    return show(polynomial).replace("π", "Real.pi")


def _sums(angles: dict[str, Polynomial]) -> Iterator[_Rule]:
    """Yield the addition theorems for angles that are the sum or the difference of two others."""
    for (left, a), (right, b) in itertools.permutations(angles.items(), 2):
        for whole, total in angles.items():
            rest = add(total, scale(a, Fraction(-1)))
            if whole in (left, right):
                continue
            if rest == b and left < right:
                yield _addition(whole, left, "+", right)
            elif rest == scale(b, Fraction(-1)):
                yield _addition(whole, left, "-", right)


def _addition(whole: str, left: str, sign: str, right: str) -> _Rule:
    """Return sin and cos of a sum or a difference."""
    rule, opposite = ("add", "-") if sign == "+" else ("sub", "+")
    (sin_a, cos_a), (sin_b, cos_b) = ((f"Real.sin {each}", f"Real.cos {each}") for each in (left, right))
    written = f"{left} {sign} {right}"
    sine = f"Real.sin {whole} = {sin_a} * {cos_b} {sign} {cos_a} * {sin_b}"
    cosine = f"Real.cos {whole} = {cos_a} * {cos_b} {opposite} {sin_a} * {sin_b}"
    return _Rule(
        whole,
        (left, right),
        (
            (sine, _prove_rewritten("sin", whole, written, f"Real.sin_{rule} _ _")),
            (cosine, _prove_rewritten("cos", whole, written, f"Real.cos_{rule} _ _")),
        ),
    )


def _prove_rewritten(function: str, angle: str, written: str, rule: str) -> str:
    """Return a proof by `rule` of what a function is at an angle, which is written in another way."""
    return f"(congrArg Real.{function} (show {angle} = {written} by grobner)).trans ({rule})"


def _multiples(angles: dict[str, Polynomial]) -> Iterator[_Rule]:
    """Yield the rules for angles that are multiples of others, or of a variable."""
    for whole, total in angles.items():
        parts = [(other, _ratio(total, part)) for other, part in angles.items() if other != whole]
        found = [(other, ratio) for other, ratio in parts if 2 <= ratio <= MAX_MULTIPLE]
        content = next(iter(total.values())) if len(total) == 1 else Fraction(0)
        if not found and 3 < content <= MAX_MULTIPLE:
            found = [(f"({_show({monomial: Fraction(1) for monomial in total})})", content)]
        for part, ratio in found[:1]:
            if ratio.denominator == 1:
                yield from _multiple(whole, part, int(ratio))


def _multiple(whole: str, part: str, times: int) -> Iterator[_Rule]:
    """Yield the double angle, or the sum of an even multiple and one more, down to the part itself."""
    if times == 1:
        return
    if times % 2:
        less = f"({times - 1} * {part})"
        yield _addition(whole, less, "+", part)
        yield from _multiple(less, part, times - 1)
        return
    half = f"({times // 2} * {part})" if times > 3 else part
    sine = f"Real.sin {whole} = 2 * Real.sin {half} * Real.cos {half}"
    cosine = f"Real.cos {whole} = 2 * Real.cos {half} ^ 2 - 1"
    yield _Rule(
        whole,
        (half,),
        (
            (sine, _prove_rewritten("sin", whole, f"2 * {half}", "Real.sin_two_mul _")),
            (cosine, _prove_rewritten("cos", whole, f"2 * {half}", "Real.cos_two_mul _")),
        ),
    )
    yield from _multiple(half, part, times // 2)


def _ratio(whole: Polynomial, part: Polynomial) -> Fraction:
    """Return the number that the part has to be multiplied with to give the whole; 0 if there is none."""
    if not part or whole.keys() != part.keys():
        return Fraction(0)
    ratios = {whole[monomial] / part[monomial] for monomial in whole}
    return ratios.pop() if len(ratios) == 1 else Fraction(0)


def _around_pi(angles: dict[str, Polynomial]) -> Iterator[_Rule]:
    """Yield what sin and cos are at angles that differ from another, or its negative, by multiples of π / 2."""
    special = {angle: _with_pi(read_polynomial(read_term(angle))) for angle in SPECIAL}
    for index, (angle, polynomial) in enumerate(angles.items()):
        others = {**dict(list(angles.items())[:index]), **special}
        for (other, known), sign in itertools.product(others.items(), (1, -1)):
            gap = add(polynomial, scale(known, Fraction(-sign)))
            quarters = 2 * gap.get(_PI, Fraction(0))
            if gap.keys() <= {_PI} and quarters.denominator == 1 and -4 <= quarters <= 6:
                yield from _shift(angle, other, sign, int(quarters))
                break


def _shift(angle: str, other: str, sign: int, quarters: int) -> Iterator[_Rule]:
    """Yield sin and cos of ``±other + quarters * π / 2``."""
    turns, rest = divmod(quarters + 1, 4)
    rest -= 1
    signed = other if sign > 0 else f"-{other}"
    inner = {
        -1: f"{other} - Real.pi / 2" if sign > 0 else f"-({other} + Real.pi / 2)",
        0: signed,
        1: f"{other} + Real.pi / 2" if sign > 0 else f"Real.pi / 2 - {other}",
        2: f"{other} + Real.pi" if sign > 0 else f"Real.pi - {other}",
    }[rest]
    written = {-1: f"({inner}) - 2 * Real.pi", 0: inner, 1: f"({inner}) + 2 * Real.pi"}.get(turns)
    if written is None:
        return
    sine, cosine = f"Real.sin {other}", f"Real.cos {other}"
    same, opposite = ("", "-") if sign > 0 else ("-", "")
    values = {
        -1: (f"-{cosine}", f"{same}{sine}"),
        0: (f"{same}{sine}", cosine),
        1: (cosine, f"{opposite}{sine}"),
        2: (f"{opposite}{sine}", f"-{cosine}"),
    }[rest]
    facts = (
        (f"Real.{name} {angle} = {value}", _prove_rewritten(name, angle, written, f"by {SHIFTS}"))
        for name, value in zip(("sin", "cos"), values, strict=True)
    )
    yield _Rule(angle, (other,), tuple(facts))


def _values_as_variables(goal: Goal, angles: dict[str, Polynomial], rules: list[str]) -> Iterator[Move]:
    """Yield that sin and cos become variables, with what is known of them."""
    names = fresh_names(goal, "s")
    steps = [f"try {EXPAND}", *(f"have {next(names)} := {rule}" for rule in rules)]
    bounded = any(is_operation(fact.term, "<", "≤", "∧") for fact in goal.facts)
    for angle in angles:
        steps.append(f"have {next(names)} := Real.sin_sq_add_cos_sq {angle}")
        if bounded:
            positive = f"Real.sin_pos_of_pos_of_lt_pi (x := {angle}) ({BOUND}) ({BOUND})"
            steps.append(f"try have {next(names)} := {positive}")
            positive = f"Real.cos_pos_of_mem_Ioo (x := {angle}) ⟨{BOUND}, {BOUND}⟩"
            steps.append(f"try have {next(names)} := {positive}")
    for angle in angles:
        for function in ("sin", "cos"):
            steps.append(f"try generalize Real.{function} {angle} = {next(names)} at *")
    inequality = is_operation(goal.target_term, "<", "≤", ">", "≥")
    yield Move("structural", lines(*steps), 1.45 if inequality else 1.0)


def _equations_of_angles(goal: Goal, angles: dict[str, Polynomial]) -> Iterator[Move]:
    """Yield the last angle of a linear equation, such as ``A + B + C = π``, by the others."""
    variables = {each.name for each in goal.variables} & {
        name for each in angles.values() for name in atoms(each)
    }
    for fact in goal.facts:
        if not is_operation(fact.term, "="):
            continue
        try:
            sides = _with_pi(difference(fact.term))
        except NotPolynomialError:
            continue
        linear = all(len(monomial) == 1 and monomial[0][1] == 1 for monomial in sides if monomial)
        found = atoms(sides) & variables
        if linear and found:
            angle = max(found)
            rest = {monomial: value for monomial, value in sides.items() if monomial != ((angle, 1),)}
            value = _show(scale(rest, -1 / sides[((angle, 1),)]))
            yield Move("take apart", f"obtain rfl : {angle} = {value} := by grind only", 0.9)
