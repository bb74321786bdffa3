"""Moves for sums over ``(f ⁻¹' {c}).toFinset``: the solutions of the equation ``f x = c``, found by calculation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, evaluate, rational_root
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.instances import universals
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.polynomials import NotPolynomialError, read_polynomial
from prover.policy.heuristic.terms import Apply, Number, Operation, Term, is_operation

_PREIMAGE = re.compile(r"\(([^\W\d][\w']*) ⁻¹' \{(\d+)\}\)\.toFinset")


def preimages(goal: Goal) -> Iterator[Move]:
    """Yield what the set is, one or two numbers, from ``h : ∀ x, f (a x + b) = p x`` with a polynomial p."""
    for function, value in dict.fromkeys(_PREIMAGE.findall(goal.target)):
        for each in universals(goal):
            if len(each.parts) != 1 or each.premises or not is_operation(each.conclusion, "="):
                continue
            call, result = each.conclusion.operands
            if not (isinstance(call, Apply) and call.function.text == function and len(call.arguments) == 1):
                continue
            found = _members(call.arguments[0], result, each.names[0], int(value))
            if found is None:
                continue
            members, inverse, image = found
            h, x = fresh(goal, "hs"), "x"
            steps = [
                f"have {h} : ({function} ⁻¹' {{{value}}}).toFinset = {{{', '.join(members)}}} := by",
                f"  ext {x}",
                "  rw [Set.mem_toFinset]",
                f"  have he := {each.name} ({inverse})",
                f"  rw [show {image} = {x} by grind] at he",
                "  simp",
                "  grind",
            ]
            sums = ["Finset.sum_pair (by grind)"] if len(members) == 2 else ["Finset.sum_singleton"]
            yield Move("compute", lines(*steps, f"rw [{', '.join([h, *sums])}]", "grind"), 0.9)


def _members(argument: Term, result: Term, variable: str, value: int) -> tuple[list[str], str, str] | None:
    """Return the members, where the argument is x, and the argument there."""
    try:
        zero, one = (Fraction(evaluate(argument, {variable: at}, "Rat")) for at in (0, 1))
        roots = _rational_roots(Operation("", "-", (result, Number(str(value), value))), variable)
    except (NotArithmeticError, NotPolynomialError):
        return None
    slope = one - zero
    if slope == 0 or not 1 <= len(roots) <= 2:
        return None
    inverse = f"(x - ({zero})) / ({slope})" if zero or slope != 1 else "x"
    image = re.sub(rf"(?<![\w.']){re.escape(variable)}(?![\w.'])", f"({inverse})", argument.text)
    return [str(slope * root + zero) for root in roots], inverse, image if inverse != "x" else "x"


def _rational_roots(term: Term, variable: str) -> list[Fraction]:
    """Return the roots of a polynomial of degree 1 or 2 if all of them are rational, else none.

    Raises:
        NotPolynomialError: it is none in this variable.
    """
    polynomial = read_polynomial(term)
    if not set(polynomial) <= {(), ((variable, 1),), ((variable, 2),)}:
        raise NotPolynomialError
    c, b, a = (polynomial.get(each, Fraction(0)) for each in ((), ((variable, 1),), ((variable, 2),)))
    if a == 0:
        return [-c / b] if b else []
    square = b * b - 4 * a * c
    root = rational_root(square)
    if root is None:
        return []
    return list(dict.fromkeys([(-b + root) / (2 * a), (-b - root) / (2 * a)]))
