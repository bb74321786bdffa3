"""Moves that prove inequalities over ℝ, ℚ and ℤ from facts that a linear program chooses.

The steps are written for ℝ, with Mathlib's names of lemmas; for ℚ and ℤ, which core Lean has, with core's.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from prover.policy.heuristic.certificates import Certificate, Fact, certify, degree
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.inequalities import REAL, RELATIONS, low_and_high
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import finite_ranges
from prover.policy.heuristic.polynomials import (
    ONE,
    Monomial,
    NotPolynomialError,
    Polynomial,
    Quotient,
    add,
    atoms,
    is_root_of_number,
    multiply,
    polynomial_value,
    read_polynomial,
    read_quotient,
    scale,
    show,
)
from prover.policy.heuristic.terms import (
    Name,
    Operation,
    Term,
    argument,
    is_operation,
    names_in,
    read_term,
    subterms,
)

FIELDS = (REAL, ("Rat", "ℚ"), ("Int", "ℤ"))
WHOLE = ("Nat", "ℕ", "Int", "ℤ")
CORE = "Lean.Grind.OrderedRing"
MAX_VARIABLES = 6
SOLUTIONS = range(-40, 110)
SLACKS = (0, 1, 3, 9)
_NAME = re.compile(r"[^\W\d][\w.'₀-₉]*")


def certificates(goal: Goal) -> Iterator[Move]:
    """Yield proofs of an inequality from a nonnegative combination of products of facts, and squares."""
    for steps in _search(goal):
        yield Move("certificate", lines(*steps))


def bounds_of_integers(goal: Goal) -> Iterator[Move]:
    """Yield that integers in nonlinear equations are at most and at least what they are in the solutions in sight."""
    if steps := _bounds(goal):
        yield Move("bound", lines(*steps), 1.5)


@functools.lru_cache(maxsize=128)
def _bounds(goal: Goal) -> tuple[str, ...]:
    types = FIELDS[-1]
    names = [each.name for each in goal.numbers(*types)]
    known = [fact for fact in known_facts(goal, {}, types) if atoms(fact.polynomial) <= set(names)]
    nonlinear = any(fact.equation and degree(fact.polynomial) > 1 for fact in known)
    if len(names) not in (1, 2) or not nonlinear or finite_ranges(goal).keys() >= set(names):
        return ()
    known += [_at_least_one(fact) for fact in known if fact.strict]
    equations_first = sorted(known, key=lambda fact: not fact.equation)
    box = itertools.product(SOLUTIONS, repeat=len(names))
    solutions = [each for each in box if _are_solutions(equations_first, dict(zip(names, each, strict=True)))]
    steps: list[str] = []
    fresh_ones = fresh_names(goal, "hb")
    for place, name in enumerate(names):
        values = [each[place] for each in solutions] or [0]
        for sign, extreme in ((1, max(values)), (-1, min(values))):
            if proof := _bound(goal, known, name, sign, extreme):
                claim, *rest = proof
                steps += [f"have {next(fresh_ones)} : {claim}", *(f"  {each}" for each in rest)]
    return tuple(steps)


def _bound(goal: Goal, known: Sequence[Fact], name: str, sign: int, extreme: int) -> list[str]:
    """Return a bound, and the steps of its proof: the extreme value itself, or one that real numbers allow, too."""
    for slack in SLACKS:
        bound = extreme + sign * (slack * abs(extreme) + slack)
        polynomial = add({((name, 1),): Fraction(-sign)}, {ONE: Fraction(sign * bound)})
        if (found := certify(polynomial, known, strict=False)) is not None:
            relation = f"{name} ≤ {bound}" if sign > 0 else f"{bound} ≤ {name}"
            gap = f"{bound} - {name}" if sign > 0 else f"{name} - ({bound})"
            return [f"{relation} := by", *_over(FIELDS[-1], _steps(goal, gap, found, strict=False))]
    return []


def _at_least_one(fact: Fact) -> Fact:
    """Return that a positive integer is at least 1."""
    polynomial = add(fact.polynomial, {ONE: Fraction(-1)})
    return Fact(polynomial, f"(show (0 : ℝ) ≤ {show(polynomial)} by grind)")


def _are_solutions(known: Sequence[Fact], values: Mapping[str, int]) -> bool:
    results = ((fact, polynomial_value(fact.polynomial, values)) for fact in known)
    return all(value == 0 if fact.equation else value >= 0 for fact, value in results)


def denominators(goal: Goal) -> Iterator[Move]:
    """Yield that the denominators of an equation are not 0, as they are positive, and that `grind` ends it."""
    below = list(dict.fromkeys(_denominators(goal)))[:MAX_VARIABLES]
    if not below or not is_operation(goal.target_term, "="):
        return
    steps: list[str] = []
    names = fresh_names(goal, "hd")
    for text in below:
        proof = f"by first | (have : (0 : ℝ) < {text} := {_positivity(goal, read_term(text))}; grind) | grind"
        steps.append(f"have {next(names)} : {text} ≠ 0 := {proof}")
    yield Move("compute", lines(*steps, "grind"), 0.9)
    if goal.facts:
        yield Move("compute", lines(*steps, "simp_all", "grind"), 0.7)


def _denominators(goal: Goal) -> Iterator[str]:
    """Yield the factors with variables of what is divided by."""
    for term in (goal.target_term, *(fact.term for fact in goal.facts)):
        for part in subterms(term):
            if is_operation(part, "/", "⁻¹") and names_in(part.operands[-1]) and names_in(part) <= goal.names:
                try:
                    yield from read_quotient(Operation("", "⁻¹", part.operands[-1:])).denominators
                except NotPolynomialError:
                    continue


@functools.lru_cache(maxsize=128)
def _positivity(goal: Goal, term: Term) -> str:
    """Return a proof that a term is positive, by a certificate if there is one."""
    last = ""
    with contextlib.suppress(NotPolynomialError):
        polynomial = read_polynomial(term)
        if degree(polynomial) > 1 and _are_variables(goal, polynomial, REAL):
            known = known_facts(goal, polynomial, REAL)
            if found := certify(polynomial, known, strict=True):
                last = f" | ({'; '.join(_steps(goal, term.text, found, strict=True))})"
    return f"(by first | positivity | grind{last})"


def root_bounds(goal: Goal) -> Iterator[Move]:
    """Yield that a square root is a bound, or has one, by what holds of the squares."""
    target = goal.target_term
    if not is_operation(target, *RELATIONS):
        return
    below, above = low_and_high(target)
    strict = target.operator in ("<", ">")
    positive = "(by first | grind | positivity)"
    if is_operation(below, "√"):
        rule = "sqrt_lt'" if strict else "sqrt_le_left"
        yield Move("split target", f"refine (Real.{rule} {positive}).2 ?_")
    if is_operation(above, "√"):
        h = fresh(goal, "hp")
        if strict:
            yield Move("split target", f"refine (Real.lt_sqrt {positive}).2 ?_")
        else:
            negative = f"fun {h} => Std.le_trans (by grind) (Real.sqrt_nonneg _)"
            cases = f"Classical.byCases (p := 0 < {argument(below)}) (fun {h} => (Real.le_sqrt' {h}).2 ?_)"
            yield Move("split target", f"refine {cases} ({negative})")


@functools.lru_cache(maxsize=128)
def _search(goal: Goal) -> tuple[tuple[str, ...], ...]:
    """Return the steps of proofs from certificates. They are kept, since states are asked for again."""
    target = goal.target_term
    if goal.target == "False":
        return _contradictions(goal)
    if not is_operation(target, *RELATIONS):
        return ()
    below, above = low_and_high(target)
    gap = Operation(f"{above.text} - ({below.text})", "-", (above, below))
    found = []
    for read in (gap, _with_fractions_as_variables(gap)):
        try:
            claim = read_quotient(read)
        except NotPolynomialError:
            continue
        if steps := _proof(goal, gap.text, claim):
            found.append(tuple(steps))
        if not claim.denominators:
            break
    return tuple(found)


def _contradictions(goal: Goal) -> tuple[tuple[str, ...], ...]:
    """Return the steps of proofs that the hypotheses contradict each other."""
    found = []
    for types in FIELDS:
        known = known_facts(goal, {}, types)
        if any(degree(each.polynomial) > 1 for each in known):
            variables = set[str]().union(*(atoms(each.polynomial) for each in known))
            if len(variables) <= MAX_VARIABLES and (certificate := certify({}, known, strict=True)):
                found.append(tuple(_over(types, _steps(goal, "0", certificate, strict=True))))
    return tuple(found)


def _proof(goal: Goal, gap: str, claim: Quotient) -> list[str]:
    types = next((each for each in FIELDS if _are_variables(goal, claim.numerator, each)), None)
    if types is None or ("/" in goal.target and "Int" in types):
        return []
    known = known_facts(goal, claim.numerator, types)
    if not claim.denominators and all(
        degree(each) <= 1 for each in (claim.numerator, *(f.polynomial for f in known))
    ):
        return []  # linear: for omega and grind
    strict = is_operation(goal.target_term, "<", ">")
    if claim.denominators:
        steps = _over_denominators(goal, gap, claim, known, strict=strict)
    else:
        steps = closing_steps(goal, gap, claim.numerator, known, strict=strict)
    return _over(types, steps)


def _with_fractions_as_variables(term: Term) -> Term:
    """Return a term in which what is divided by something with variables counts as one variable."""
    match term:
        case Operation(operator="/", operands=(_, right)) if names_in(right):
            return Name(argument(term))
        case Operation(text=text, operator=operator, operands=operands):
            return Operation(text, operator, tuple(map(_with_fractions_as_variables, operands)))
        case _:
            return term


def _over(types: tuple[str, ...], steps: Sequence[str]) -> list[str]:
    """Return steps for one of `FIELDS`."""
    return [each if types is REAL else _in_core(each, types[0]) for each in steps]


def _in_core(step: str, type_name: str) -> str:
    """Return a step for one of core's types, by core's names."""
    step = step.replace("(0 : ℝ)", f"(0 : {type_name})").replace("(sq_nonneg (", f"({CORE}.sq_nonneg (a := ")
    return re.sub(r"\bmul_(pos|nonneg)\b", rf"{CORE}.mul_\1", step)


def _are_variables(goal: Goal, polynomial: Polynomial, types: tuple[str, ...]) -> bool:
    """Whether it has variables, few ones, and all are of this type, or roots."""
    numbers = {each.name for each in goal.numbers(*types)}
    whole = {each.name for each in goal.numbers(*WHOLE)} if types is REAL else set()
    variables = atoms(polynomial)
    names = {name for name in variables if _NAME.fullmatch(name)}
    others = [read_term(_without_parentheses(name)) for name in variables - names]
    compound = all(
        (is_operation(each, "√", "/") and names_in(each) <= numbers)
        or (is_operation(each, "↑") and isinstance(each.operands[0], Name) and names_in(each) <= whole)
        for each in others
    )
    return names <= numbers and compound and 0 < len(variables) <= MAX_VARIABLES


def _without_parentheses(atom: str) -> str:
    return atom[1:-1] if atom.startswith("(") else atom


def known_facts(goal: Goal, claim: Polynomial, types: tuple[str, ...]) -> list[Fact]:
    """Return the hypotheses that are polynomial relations between such numbers, and what holds of the roots."""
    found: list[Fact] = []
    variables = atoms(claim)
    for name, term in _statements(goal):
        if not is_operation(term, *RELATIONS, "=", "≠"):
            continue
        try:
            sides = read_quotient(Operation("", "-", term.operands))
        except NotPolynomialError:
            continue
        polynomial = sides.numerator
        if not _are_variables(goal, polynomial, types) or ("/" in term.text and "Int" in types):
            continue
        variables |= atoms(polynomial)
        if term.operator == "≠":
            if types is REAL and degree(polynomial) == 1:
                left, right = (argument(each) for each in term.operands)
                found.append(
                    Fact(multiply(polynomial, polynomial), _square_is_positive(left, right), strict=True)
                )
        elif term.operator == "=":
            proof = f"(show {show(polynomial)} = 0 by grind)" if sides.denominators else name
            found.append(Fact(polynomial, proof, equation=True))
        elif not sides.denominators:
            below, above = low_and_high(term)
            strict = term.operator in ("<", ">")
            text = f"(show (0 : ℝ) {'<' if strict else '≤'} {above.text} - ({below.text}) by grind)"
            sign = Fraction(1 if term.operator in (">", "≥") else -1)
            proof = name if below.text == "0" else text
            found.append(Fact(scale(polynomial, sign), proof, strict=strict))
    return [*found, *_roots(variables), *_casts(goal, variables)]


def _square_is_positive(left: str, right: str) -> str:
    """Return a proof that the square of the difference of two different numbers is positive."""
    lower, upper = (f"{right} - {left}", f"{left} - {right}")
    cases = [
        f"(have := mul_pos (show 0 < {each} by grind) (show 0 < {each} by grind); grind)"
        for each in (lower, upper)
    ]
    claim = f"(0 : ℝ) < ({upper}) * ({upper})"
    return f"(show {claim} by by_cases hlt : {left} < {right}; {'; '.join(cases)})"


def _statements(goal: Goal) -> Iterator[tuple[str, Term]]:
    """Yield the hypotheses, and the parts of conjunctions, each with a Lean term that proves it."""
    waiting = [(each.name, each.term) for each in goal.facts]
    while waiting:
        name, term = waiting.pop(0)
        if is_operation(term, "∧"):
            waiting[:0] = [(f"{name}.1", term.operands[0]), (f"{name}.2", term.operands[1])]
        else:
            yield name, term


def _roots(variables: set[str]) -> Iterator[Fact]:
    """Yield that square roots are not negative, and what their squares are."""
    for atom in sorted(variables):
        term = read_term(_without_parentheses(atom))
        if not is_operation(term, "√"):
            continue
        inside = term.operands[0]
        root: dict[Monomial, Fraction] = {((atom, 1),): Fraction(1)}
        if is_root_of_number(atom):
            yield Fact(root, f"(Real.sqrt_pos.2 (show (0 : ℝ) < {inside.text} by grind))", strict=True)
        else:
            yield Fact(root, f"(Real.sqrt_nonneg ({inside.text}))")
        square = f"(Real.mul_self_sqrt (show (0 : ℝ) ≤ {inside.text} by first | grind | positivity))"
        try:
            polynomial = dict(scale(read_polynomial(inside), Fraction(-1)))
        except NotPolynomialError:
            continue
        polynomial[((atom, 2),)] = polynomial.get(((atom, 2),), Fraction(0)) + 1
        yield Fact(polynomial, square, equation=True)


def _casts(goal: Goal, variables: set[str]) -> Iterator[Fact]:
    """Yield that natural numbers are not negative in ℝ, either."""
    for each in goal.numbers("Nat", "ℕ"):
        if (atom := f"(↑{each.name})") in variables:
            yield Fact({((atom, 1),): Fraction(1)}, f"(show (0 : ℝ) ≤ {atom} by grind)")


def closing_steps(
    goal: Goal, gap: str, claim: Polynomial, known: Sequence[Fact], *, strict: bool
) -> list[str]:
    """Return steps that prove that `gap`, which is `claim`, is not negative or positive; none if nothing is found.

    Two or three variables may be put in order first.
    """
    if (found := certify(claim, known, strict=strict)) is not None:
        return _steps(goal, gap, found, strict=strict)
    variables = sorted(name for name in atoms(claim) if _NAME.fullmatch(name))
    if len(variables) not in (2, 3):
        return []
    pairs = list(itertools.combinations(variables, 2))
    names = list(itertools.islice(fresh_names(goal, "ho"), len(pairs)))
    cases = [
        f"rcases Std.le_total (a := {one}) (b := {other}) with {name} | {name}"
        for (one, other), name in zip(pairs, names, strict=True)
    ]
    steps = [" <;> ".join(cases)]
    for flips in itertools.product((False, True), repeat=len(pairs)):
        order = [
            _order_fact(*(pair[::-1] if flip else pair)) for pair, flip in zip(pairs, flips, strict=True)
        ]
        if (found := certify(claim, [*known, *order], strict=strict)) is None:
            return []
        first, *rest = _steps(goal, gap, found, strict=strict)
        steps += [f"· {first}", *(f"  {each}" for each in rest)]
    return steps


def _order_fact(lower: str, upper: str) -> Fact:
    """Return that one variable is at most another."""
    difference_of: dict[Monomial, Fraction] = {((lower, 1),): Fraction(-1), ((upper, 1),): Fraction(1)}
    return Fact(difference_of, f"(show (0 : ℝ) ≤ {upper} - {lower} by grind)")


def _steps(goal: Goal, gap: str, certificate: Certificate, *, strict: bool) -> list[str]:
    """Return the steps that prove that `gap` is not negative, or positive, from a certificate."""
    names = fresh_names(goal, "h")
    factors = [each for each in certificate.factors if each.proof]
    steps: list[str] = []
    if factors:
        denied, h = itertools.islice(fresh_names(goal, "hn"), 2)
        steps += _denial(gap, denied, h, strict=strict)
        products = (_times(h, each.proof, positive=each.strict, strict=strict) for each in factors)
        steps += [f"have {next(names)} := {each}" for each in products]
    return [*steps, *(f"have {next(names)} := {each.proof}" for each in certificate.facts), "grind"]


def _denial(gap: str, denied: str, h: str, *, strict: bool) -> list[str]:
    """Return the steps that deny, as `h`, that `gap` is not negative, or positive."""
    return [
        f"refine Classical.byContradiction fun {denied} => ?_",
        f"have {h} : (0 : ℝ) {'≤' if strict else '<'} -({gap}) := by grind",
    ]


def _times(h: str, factor: str, *, positive: bool, strict: bool) -> str:
    """Return what is known of the product of a denied claim and a factor that is not negative, or is positive."""
    if positive and not strict:
        return f"mul_pos {h} {factor}"
    weak = f"(Std.le_of_lt {factor})" if positive else factor
    return f"mul_nonneg {h if strict else f'(Std.le_of_lt {h})'} {weak}"


def _over_denominators(
    goal: Goal,
    gap: str,
    quotient: Quotient,
    known: Sequence[Fact],
    *,
    strict: bool,
) -> list[str]:
    """Return the same for a claim times its denominators, if these are positive."""
    claim = show(quotient.numerator)
    last = closing_steps(goal, claim, quotient.numerator, known, strict=strict)
    if not last:
        return []
    names = fresh_names(goal, "hd")
    product, positive, steps = "", "", []
    for text, exponent in quotient.denominators.items():
        name = next(names)
        steps.append(f"have {name} : (0 : ℝ) < {text} := {_positivity(goal, read_term(text))}")
        steps.append(f"have {next(names)} : {text} ≠ 0 := by grind")
        for _ in range(exponent):
            product = f"{product} * ({text})" if product else f"({text})"
            positive = f"(mul_pos {positive} {name})" if positive else name
    relation = "<" if strict else "≤"
    cleared, whole, denied, h = next(names), next(names), next(names), next(names)
    return [
        *steps,
        f"have {cleared} : ({gap}) * ({product}) = {claim} := by grind",
        f"have {whole} : (0 : ℝ) {relation} {claim} := by",
        *(f"  {each}" for each in last),
        f"rw [← {cleared}] at {whole}",
        *_denial(gap, denied, h, strict=strict),
        f"have := {_times(h, positive, positive=True, strict=strict)}",
        "grind",
    ]
