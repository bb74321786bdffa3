"""Induction on natural numbers and lists, with the closers that usually finish its cases."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh, fresh_names, lines
from prover.policy.heuristic.moves.ranges import all_subterms
from prover.policy.heuristic.terms import Number, Operation, is_operation, names_in

_FACTORIAL = re.compile(r"[!]|factorial")
ARITHMETIC = "Nat.pow_succ, Nat.mul_add, Nat.add_mul"


def inductions(goal: Goal) -> Iterator[Move]:
    """Yield inductions on every variable of the target, the one it is most about first."""
    yield from _without_subtraction(goal)
    in_target = names_in(goal.target_term)
    variables = [each for each in goal.variables if each.name in in_target]
    for rank, variable in enumerate(variables):
        weight = 1 / (1 + 0.3 * rank)
        if variable.type in ("Nat", "ℕ"):
            for move in _on_number(goal, variable):
                yield move._replace(weight=move.weight * weight)
        elif variable.type.startswith("List "):
            for move in _on_list(goal, variable):
                yield move._replace(weight=move.weight * weight)


def _without_subtraction(goal: Goal) -> Iterator[Move]:
    """Yield ``a + c = b`` for ``a = b - c``: subtraction that is cut off at 0 hides the induction."""
    target = goal.target_term
    if is_operation(target, "=") and goal.numbers("Nat", "ℕ"):
        for side, other in (target.operands, target.operands[::-1]):
            if is_operation(other, "-") and len(other.operands) == 2:
                whole, part = other.operands
                h = fresh(goal, "h")
                yield Move(
                    "simplify", f"suffices {h} : {side.text} + ({part.text}) = {whole.text} by omega", 0.7
                )


def _on_number(goal: Goal, variable: Hypothesis) -> Iterator[Move]:
    ih = fresh(goal, "ih")
    usual = 0.2 if _is_determined(goal, variable.name) else 1.0
    for preparation, n, base, factor in _preparations(goal, variable):
        closers = [("grind", 1.0)]
        if _FACTORIAL.search(goal.target):
            k, k1, k2 = itertools.islice(fresh_names(goal, "k"), 3)
            facts = f"have {k} := Nat.factorial_succ ({n} + {base})"
            facts += f"; have {k1} := Nat.mul_le_mul_left ({n} + {base} + 1) {ih}; have {k2} := Nat.zero_le ({n} ^ 3)"
            closers.append((f"{facts}; grind", 0.95))
        if _has_power(goal):
            closers.append((f"simp_all [{ARITHMETIC}] <;> omega", 0.9))
            closers.append((f"have := @Nat.lt_two_pow_self ({n} + 1); grind", 0.4))
        for closer, likelihood in closers:
            alternatives = ("| zero => (first | decide | simp_all)", f"| succ {n} {ih} => {closer}")
            tactic = lines(*preparation, f"induction {n} with", *alternatives)
            yield Move("induction with closers", tactic, factor * likelihood * usual)
    n = variable.name
    if strengthened := _consecutive(goal, n):
        yield Move("induction with closers", strengthened, 0.8)
    yield Move("cases", f"cases {n} <;> grind", 0.8 * usual)
    yield Move("cases", f"cases {n} <;> simp_all", 0.6 * usual)
    yield Move("induction", lines(f"induction {n} with", "| zero => ?_", f"| succ {n} {ih} => ?_"), usual)
    strong = lines(f"induction {n} using Nat.strongRecOn with", f"| ind {n} {ih} => ?_")
    yield Move("strong induction", strong, usual)


def _preparations(goal: Goal, variable: Hypothesis) -> Iterator[tuple[tuple[str, ...], str, int, float]]:
    """Yield what to do before an induction, the variable to do it on then, what is added to it, and how likely that is.

    Nothing; forgetting what is known of the variable; starting where a lower bound of it says.
    """
    n = variable.name
    yield (), n, 0, 1.0
    about = [fact.name for fact in goal.facts if n in names_in(fact.term)]
    if about and not _is_determined(goal, n):
        yield (f"clear {' '.join(about)}",), n, 0, 0.7
    for fact in goal.facts:
        if base := _lower_bound(fact, n):
            m = fresh(goal, "m")
            shift = f"obtain ⟨{m}, rfl⟩ : ∃ {m}, {n} = {m} + {base} := ⟨{n} - {base}, by omega⟩"
            yield (shift, f"clear {fact.name}"), m, base, 0.8


def _lower_bound(fact: Hypothesis, name: str) -> int:
    """Return the least value that `fact`, read as ``3 ≤ n`` or the like, leaves to `name`; 0 for none."""
    term = fact.term
    if not isinstance(term, Operation):
        return 0
    left, *right = term.operands
    if term.operator in ("≤", "<") and isinstance(left, Number) and right[0].text == name:
        return left.value + (term.operator == "<")
    if term.operator in ("≥", ">") and left.text == name and isinstance(right[0], Number):
        return right[0].value + (term.operator == ">")
    return 0


def _is_determined(goal: Goal, name: str) -> bool:
    """Say whether an equation restricts the variable: it need not hold for its successor then."""
    return any(is_operation(fact.term, "=") and name in names_in(fact.term) for fact in goal.facts)


def _on_list(goal: Goal, variable: Hypothesis) -> Iterator[Move]:
    xs, ih = variable.name, fresh(goal, "ih")
    x = fresh(goal, "x")
    others = [each.name for each in goal.variables if each.type.startswith("List ") and each.name != xs]
    general = f" generalizing {' '.join(others)}" if others else ""
    for how in dict.fromkeys(["", general]):
        for closer in ("simp_all", "grind"):
            alternatives = (f"| nil => {closer}", f"| cons {x} {xs} {ih} => {closer}")
            yield Move("induction with closers", lines(f"induction {xs}{how} with", *alternatives))
    yield Move("induction", lines(f"induction {xs} with", "| nil => ?_", f"| cons {x} {xs} {ih} => ?_"))


def _consecutive(goal: Goal, n: str) -> str:
    """Strengthen to two consecutive numbers, for recurrences that look two steps back."""
    if not any(re.search(r"\+ 2\)|- 2\)", fact.type) for fact in goal.facts):
        return ""
    following = re.sub(rf"(?<![\w.']){re.escape(n)}(?![\w'])", f"({n} + 1)", goal.target)
    key, ih = fresh(goal, "key"), fresh(goal, "ih")
    return lines(
        f"have {key} : ∀ {n}, ({goal.target}) ∧ ({following}) := by",
        f"  intro {n}",
        f"  induction {n} with",
        "  | zero => grind",
        f"  | succ {n} {ih} => grind",
        f"exact ({key} {n}).1",
    )


def _has_power(goal: Goal) -> bool:
    return any(is_operation(part, "^") for part in all_subterms(goal))
