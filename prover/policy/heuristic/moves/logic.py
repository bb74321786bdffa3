"""Moves on the logical form of the target and the hypotheses: introduce, take apart, choose, case split."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.terms import (
    Binder,
    Name,
    Operation,
    Term,
    is_operation,
    names_in,
)

_ORDER = ("<", "≤", ">", "≥")


def introductions(goal: Goal) -> Iterator[Move]:
    """Yield ``intro`` for everything that can be introduced, under the names Lean shows."""
    names: list[str] = []
    target = goal.target_term
    while True:
        if isinstance(target, Binder) and target.kind == "∀":
            names += [_usable(goal, name, names) for name in target.names]
            if target.relation not in ("", ":"):
                names += [fresh(goal, "h", names) for _ in target.names]
            target = target.body
        elif is_operation(target, "→"):
            names.append(fresh(goal, "h", names))
            target = target.operands[1]
        elif is_operation(target, "¬", "≠"):
            names.append(fresh(goal, "h", names))
            break
        else:
            break
    if names:
        yield Move("introduce", f"intro {' '.join(names)}")
        if len(names) > 1:
            yield Move("introduce", f"intro {names[0]}", 0.3)


def target_forms(goal: Goal) -> Iterator[Move]:
    """Yield moves for a target that is a conjunction, a disjunction, an equivalence, an existential, ..."""
    target = goal.target_term
    if is_operation(target, "∧"):
        yield Move("split target", "refine ⟨?_, ?_⟩")
        yield Move("split target", "constructor <;> grind", 0.8)
    elif is_operation(target, "↔"):
        yield Move("split target", "constructor")
        yield Move("split target", "constructor <;> intro h <;> simp_all", 0.6)
    elif is_operation(target, "∨"):
        yield Move("choose side", "left")
        yield Move("choose side", "right")
        yield Move("excluded middle", f"by_cases {fresh(goal, 'h')} : {target.operands[0].text}")
    elif is_operation(target, "=") and _is_function(goal, target.operands):
        yield Move("extensionality", f"funext {fresh(goal, 'x')}")
    if target.text != "False" and not isinstance(target, Binder):
        by_contradiction = f"refine Classical.byContradiction fun {fresh(goal, 'h')} => ?_"
        yield Move("contradiction", by_contradiction, 2.0 if is_operation(target, *_ORDER) else 1.0)
        if goal.facts:
            yield Move("contradiction", "exfalso", 0.3)


def hypothesis_forms(goal: Goal) -> Iterator[Move]:
    """Yield moves that take hypotheses apart."""
    used: list[str] = []
    steps: list[str] = []
    for fact in goal.facts:
        pattern = _pattern(goal, fact.term, fact.name, used)
        if pattern != fact.name:
            steps.append(f"obtain {pattern} := {fact.name}")
    if steps:
        yield Move("take apart", lines(*steps))
        if len(steps) > 1:
            yield Move("take apart", steps[0], 0.5)
    for fact in goal.facts:
        term = fact.term
        if is_operation(term, "∨"):
            yield Move("cases", f"rcases {fact.name} with {fact.name} | {fact.name}", 1.6)
            yield Move("cases", f"rcases {fact.name} with {fact.name} | {fact.name} <;> simp_all", 1.2)
        elif is_operation(term, "=") and _is_variable_equation(goal, term):
            yield Move("take apart", f"subst {fact.name}", 0.8)
        elif is_operation(term, "∣"):
            yield Move("take apart", f"obtain ⟨{fresh(goal, 'k')}, {fact.name}⟩ := {fact.name}", 0.5)
        elif is_operation(term, "¬") and goal.target == "False":
            yield Move("apply", f"apply {fact.name}")


def case_splits(goal: Goal) -> Iterator[Move]:
    """Yield case splits on conditions, on propositions and on variables with few constructors."""
    text = " ".join([goal.target, *(each.type for each in goal.facts)])
    if "if " in goal.target or "match " in goal.target:
        yield Move("split if", "split")
        yield Move("split if", "split <;> simp_all", 0.9)
        yield Move("split if", "split <;> grind", 0.8)
    for fact in goal.facts:
        if "if " in fact.type or "match " in fact.type:
            yield Move("split if", f"split at {fact.name}", 0.6)
    for variable in goal.variables:
        if variable.type == "Prop":
            yield Move("excluded middle", f"by_cases {fresh(goal, 'h')} : {variable.name}")
            yield Move("excluded middle", f"by_cases {fresh(goal, 'h')} : {variable.name} <;> simp_all")
        elif variable.type == "Bool":
            yield Move("cases", f"cases {variable.name} <;> simp_all", 1.4)
            yield Move("cases", f"cases {variable.name}")
        elif variable.type.startswith(("Option", "List", "Fin", "Array")) and variable.name in text:
            yield Move("cases", f"cases {variable.name} <;> simp_all", 0.8)


def _is_function(goal: Goal, sides: tuple[Term, ...]) -> bool:
    """Say whether one of the sides of an equation shows itself to be a function."""
    functions = {each.name for each in goal.variables if "→" in each.type}
    return any(
        isinstance(side, Binder) or is_operation(side, "∘") or side.text in functions for side in sides
    )


def _is_variable_equation(goal: Goal, term: Operation) -> bool:
    """Say whether ``subst`` applies: one side is a variable that the other side does not mention."""
    left, right = term.operands
    variables = {each.name for each in goal.variables if not each.value}
    return (isinstance(left, Name) and left.text in variables and left.text not in names_in(right)) or (
        isinstance(right, Name) and right.text in variables and right.text not in names_in(left)
    )


def _pattern(goal: Goal, term: Term, name: str, used: list[str]) -> str:
    """Return an ``obtain`` pattern for what can be taken apart without a choice; `name` itself if nothing."""
    if isinstance(term, Binder) and term.kind == "∃":
        names = [_usable(goal, each, used) for each in term.names]
        used += names
        return f"⟨{', '.join(names)}, {_pattern(goal, term.body, name, used)}⟩"
    if is_operation(term, "∧"):
        left, right = term.operands
        first = _pattern(goal, left, f"{name}_left", used)
        if not first.startswith("⟨"):
            first = fresh(goal, first, used)
            used.append(first)
        return f"⟨{first}, {_pattern(goal, right, name, used)}⟩"
    return name


def _usable(goal: Goal, name: str, taken: list[str]) -> str:
    """Return a name like the one Lean shows for a bound variable."""
    return fresh(goal, name.rstrip("✝⁰¹²³⁴⁵⁶⁷⁸⁹").strip("_") or "x", taken)
