"""Moves that unfold what the theorem's own file defines, alone and under induction or cases on its own types.

A goal does not say what is defined where. A constant counts as the file's own if its name is none of the library's
namespaces, and `x.size` as its `T.size` if `x : T` is of such a type.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from prover.policy.goal_shape import NUMBER_TYPES, Goal, Hypothesis
from prover.policy.moves.move import Move
from prover.policy.terms import Binder, Term, names_in, subterms

MAX_UNFOLDED = 3
MAX_TOGETHER = 5
MAX_SPLIT = 3

_LIBRARY = re.compile(
    r"(Nat|Int|Rat|List|Array|Vector|Option|Bool|Prod|Sum|Fin|String|Char|Function|Classical|Subtype|Sigma"
    r"|And|Or|Iff|Eq|Ne|Not|HEq|Exists|True|False|Prop|Type|Sort|Decidable|Inhabited|Nonempty|ℕ|ℤ|ℚ)$"
)
_FIELD = re.compile(r"(?<=[\w)])\.([A-Za-z]\w+)")
_PROJECTIONS = frozenset({"fst", "snd", "re", "im", "val", "left", "right", "num", "den"})


def definitions(goal: Goal) -> Iterator[Move]:
    """Yield unfolding of the constants that are the file's own, each alone and all together."""
    constants = _constants(goal)
    for name in constants[:MAX_UNFOLDED]:
        yield Move("unfold", f"simp [{name}]")
        yield Move("unfold", f"unfold {name}", 0.8)
        yield Move("grind with lemmas", f"grind [{name}]")
        yield Move("unfold", f"simp_all [{name}]", 0.8)
    if len(constants) > 1:
        rules = ", ".join(constants[:MAX_TOGETHER])
        yield Move("grind with lemmas", f"grind [{rules}]")
        yield Move("unfold", f"simp_all [{rules}]", 1.1)


def structural(goal: Goal) -> Iterator[Move]:
    """Yield induction and cases on variables, all cases finished with the definitions."""
    constants = _constants(goal)
    rules = f" [{', '.join(constants[:MAX_TOGETHER])}]" if constants else ""
    in_target = names_in(goal.target_term) | {name.partition(".")[0] for name in names_in(goal.target_term)}
    own = [each for each in goal.variables if _is_own_type(each) and each.name in in_target]
    built_in = [each for each in goal.variables if each.name in in_target and _is_recursive(each)]
    for rank, variable in enumerate([*own, *(built_in if constants else [])]):
        x, likelihood = variable.name, 1 / (1 + 0.3 * rank)
        yield Move("structural", f"induction {x} <;> grind{rules}", likelihood)
        yield Move("structural", f"induction {x} <;> simp_all{rules} <;> grind", 0.9 * likelihood)
        if others := [each.name for each in goal.variables if each is not variable and _is_data(each)]:
            generalizing = f"induction {x} generalizing {' '.join(others)}"
            yield Move("structural", f"{generalizing} <;> grind{rules}", 0.6 * likelihood)
        if variable in own:
            yield Move("structural", f"cases {x} <;> simp_all{rules}", 0.8 * likelihood)
            yield Move("structural", f"cases {x} <;> rfl", 0.6 * likelihood)
    if 1 < len(own) <= MAX_SPLIT:
        split = " <;> ".join(f"cases {each.name}" for each in own)
        yield Move("structural", f"{split} <;> simp_all{rules}", 0.95)
        yield Move("structural", f"{split} <;> grind{rules}", 0.85)


def _constants(goal: Goal) -> list[str]:
    """Return the names of constants that are not the library's, the target's first."""
    local = {each.name for each in goal.hypotheses}
    found: dict[str, None] = {}
    for term in [goal.target_term, *(fact.term for fact in goal.facts)]:
        for name in sorted(names_in(term) - local - _bound_names(term)):
            if name.partition(".")[0] not in local and not _LIBRARY.match(name):
                found[name] = None
    types = [each.type for each in goal.variables if _is_own_type(each)]
    texts = [goal.target, *(fact.type for fact in goal.facts)]
    for text, own_type in itertools.product(texts, dict.fromkeys(types)):
        for field in _FIELD.findall(text):
            if field not in _PROJECTIONS:
                found[f"{own_type}.{field}"] = None
    return list(found)


def _is_own_type(variable: Hypothesis) -> bool:
    """Whether the type is a constant that is not the library's: an inductive type or a structure, most likely."""
    return re.fullmatch(r"[A-Z][\w.]*", variable.type) is not None and not _LIBRARY.match(variable.type)


def _is_recursive(variable: Hypothesis) -> bool:
    return variable.type in ("Nat", "ℕ") or variable.type.startswith("List ")


def _is_data(variable: Hypothesis) -> bool:
    return variable.type in NUMBER_TYPES or _is_recursive(variable) or _is_own_type(variable)


def _bound_names(term: Term) -> set[str]:
    return {name for each in subterms(term) if isinstance(each, Binder) for name in each.names}
