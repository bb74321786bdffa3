"""Moves with what the theorem's own file declares: unfolding, its theorems, induction and cases on its own types."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh
from prover.policy.heuristic.moves.own_names import (
    is_data,
    is_own_type,
    is_recursive,
    lemmas,
    own_predicate,
    unfoldable,
    used_by,
)
from prover.policy.heuristic.terms import Apply, Name, Term, names_in, subterms

MAX_UNFOLDED = 3
MAX_SPLIT = 3
MAX_CALLS = 3


def definitions(goal: Goal) -> Iterator[Move]:
    """Yield unfolding of the functions that are the file's own, each alone and all together."""
    functions = unfoldable(goal)
    for name in functions[:MAX_UNFOLDED]:
        yield Move("unfold", f"simp [{name}]")
        yield Move("unfold", f"unfold {name}", 0.8)
        yield Move("grind with lemmas", f"grind [{name}]")
        yield Move("unfold", f"simp_all [{name}]", 0.8)
    together = used_by(goal, functions)
    if len(together) > 1:
        rules = ", ".join(together)
        yield Move("grind with lemmas", f"grind [{rules}]")
        yield Move("unfold", f"simp_all [{rules}]", 1.1)


def earlier_theorems(goal: Goal) -> Iterator[Move]:
    """Yield the file's earlier theorems, as rules and by themselves."""
    known = lemmas(goal)
    if not known:
        return
    functions = used_by(goal, unfoldable(goal))
    for rules in dict.fromkeys([", ".join(known), ", ".join([*functions, *known])]):
        yield Move("earlier theorems", f"simp [{rules}]")
        yield Move("earlier theorems", f"grind [{rules}]", 0.9)
        yield Move("earlier theorems", f"simp_all [{rules}]", 0.8)
    for rank, name in enumerate(known):
        yield Move("earlier theorem", f"simp [{name}]", 1 / (1 + 0.2 * rank))
        yield Move("earlier theorem", f"grind [{name}]", 0.9 / (1 + 0.2 * rank))
        yield Move("earlier theorem", f"apply {name}", 0.8 / (1 + 0.2 * rank))
        yield Move("earlier theorem", f"rw [{name}]", 0.8 / (1 + 0.2 * rank))


def structural(goal: Goal) -> Iterator[Move]:
    """Yield induction and cases on variables, all cases finished with the definitions."""
    rules = _rules(goal)
    in_target = names_in(goal.target_term)
    in_facts = frozenset(name for fact in goal.facts for name in names_in(fact.term))
    own = [each for each in goal.variables if is_own_type(goal, each) and each.name in in_target | in_facts]
    own.sort(key=lambda each: each.name not in in_target)
    built_in = [each for each in goal.variables if each.name in in_target and is_recursive(each)]
    for rank, variable in enumerate([*own, *(built_in if rules else [])]):
        likelihood = 1 / (1 + 0.3 * rank)
        for move in _on_variable(goal, variable, rules):
            yield move._replace(weight=move.weight * likelihood)
        if variable in own:
            yield Move("structural", f"cases {variable.name} <;> simp_all{rules}", 0.8 * likelihood)
            yield Move("structural", f"cases {variable.name} <;> rfl", 0.6 * likelihood)
            yield Move("induction", f"induction {variable.name}", likelihood)
            yield Move("cases", f"cases {variable.name}", 0.5 * likelihood)
    if 1 < len(own) <= MAX_SPLIT:
        split = " <;> ".join(f"cases {each.name}" for each in own)
        yield Move("structural", f"{split} <;> simp_all{rules}", 0.95)
        yield Move("structural", f"{split} <;> grind{rules}", 0.85)


def functional(goal: Goal) -> Iterator[Move]:
    """Yield induction that follows the recursion of a function of the file."""
    rules = _rules(goal)
    if not goal.declared.functions:
        return
    for rank, name in enumerate(unfoldable(goal)[:MAX_UNFOLDED]):
        for call in _calls(goal, name):
            likelihood = 1 / (1 + 0.3 * rank)
            yield Move("functional induction", f"fun_induction {call} <;> simp_all{rules}", likelihood)
            yield Move("functional induction", f"fun_induction {call} <;> grind{rules}", 0.95 * likelihood)
            yield Move("functional induction", f"fun_cases {call} <;> simp_all{rules}", 0.5 * likelihood)


def inductive_propositions(goal: Goal) -> Iterator[Move]:
    """Yield what is to be done with propositions that the file defines by rules: rule induction, the rules."""
    rules = _rules(goal)
    for fact in goal.facts:
        if predicate := own_predicate(goal, fact.term):
            yield Move("structural", f"induction {fact.name} <;> simp_all{rules}", 0.9)
            yield Move("structural", f"induction {fact.name} <;> grind [{predicate.name}]")
            yield Move("structural", f"cases {fact.name} <;> simp_all{rules}", 0.8)
            yield Move("induction", f"induction {fact.name}")
            yield Move("cases", f"cases {fact.name}")
    if predicate := own_predicate(goal, goal.target_term):
        yield Move("split target", "constructor")
        yield Move("grind with lemmas", f"grind [{predicate.name}]", 1.2)
        for constructor in predicate.constructors:
            yield Move("apply", f"apply {constructor}")


def inaccessible(goal: Goal) -> Iterator[Move]:
    """Yield names for the hypotheses that induction and cases have left without one."""
    hidden = [each for each in goal.hypotheses if not each.accessible and "inst" not in each.name]
    if hidden and goal.case:
        names: list[str] = []
        for each in hidden:
            names.append(fresh(goal, each.name.partition("✝")[0] or "x", names))
        yield Move("name", f"rename_i {' '.join(names)}")


def _rules(goal: Goal) -> str:
    names = [*used_by(goal, unfoldable(goal)), *lemmas(goal)]
    return f" [{', '.join(names)}]" if names else ""


def _on_variable(goal: Goal, variable: Hypothesis, rules: str) -> Iterator[Move]:
    x = variable.name
    yield Move("structural", f"induction {x} <;> grind{rules}")
    yield Move("structural", f"induction {x} <;> simp_all{rules}", 0.95)
    yield Move("structural", f"induction {x} <;> simp_all{rules} <;> grind{rules}", 0.9)
    others = [each for each in goal.variables if each is not variable and each.name not in variable.type]
    data = [each.name for each in others if is_data(goal, each)]
    open_ended = [each.name for each in others if not _is_type(each)]
    for rank, names in enumerate(dict.fromkeys((" ".join(data), " ".join(open_ended)))):
        if names:
            generalizing = f"induction {x} generalizing {names}"
            yield Move("structural", f"{generalizing} <;> grind{rules}", 0.6 - 0.1 * rank)
            yield Move("structural", f"{generalizing} <;> simp_all{rules}", 0.55 - 0.1 * rank)


def _is_type(variable: Hypothesis) -> bool:
    return variable.type.rpartition("→")[2].split()[:1] in (["Type"], ["Sort"], ["Prop"])


def _calls(goal: Goal, name: str) -> list[str]:
    """Return the function alone, for which Lean finds the call, and calls of it that stand in the goal."""
    terms = [goal.target_term, *(fact.term for fact in goal.facts)]
    found = {name: None}
    for part in (part for term in terms for part in subterms(term)):
        if (
            isinstance(part, Apply)
            and _shows(part.function, name)
            and all(isinstance(each, Name) and each.text in goal.names for each in part.arguments)
        ):
            found[part.text] = None
    return list(found)[:MAX_CALLS]


def _shows(function: Term, name: str) -> bool:
    return isinstance(function, Name) and (name == function.text or name.endswith(f".{function.text}"))
