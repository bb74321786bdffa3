"""Which of a goal's names are the theorem's file's own: its datatypes, and what can be unfolded.

Where the file is known (:mod:`prover.policy.heuristic.declared`) it says. Where only the goal is, a constant counts as
the file's own if its name is none of the library's namespaces, and `x.size` as its `T.size` if `x : T` is of such a
type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.heuristic.declared import Constant
from prover.policy.heuristic.goal_shape import NUMBER_TYPES, Goal, Hypothesis
from prover.policy.heuristic.terms import Apply, Binder, Name, Term, subterms

MAX_TOGETHER = 8
"""The most names that one tactic unfolds."""
MAX_LEMMAS = 4

_LIBRARY = re.compile(
    r"(Nat|Int|Rat|List|Array|Vector|Option|Bool|Prod|Sum|Fin|String|Char|Function|Classical|Subtype|Sigma"
    r"|And|Or|Iff|Eq|Ne|Not|HEq|Exists|True|False|Prop|Type|Sort|Decidable|Inhabited|Nonempty|ULift|PUnit|Unit|default|id|ite|dite|max|min|ℕ|ℤ|ℚ"
    r"|Set|Finset|Real|Complex|NNReal|ZMod|abs|π|ℝ|ℂ)$"
)
_FIELD = re.compile(r"(?<=[\w)✝])\.([^\W\d]\w*[!?']*)")
_PROJECTIONS = frozenset({"fst", "snd", "re", "im", "val", "left", "right", "num", "den"})
_WORDS = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
_ONLY_CAPITAL = re.compile(r"[A-Z][\w.]*")


def type_head(variable: Hypothesis) -> str:
    """Return the type's name without its arguments: ``Tree`` of ``Tree α``; empty for types that have no name."""
    match variable.term:
        case Name(text) | Apply(function=Name(text)):
            return text
        case _:
            return ""


def is_own_type(goal: Goal, variable: Hypothesis) -> bool:
    """Whether the variable's type is a datatype of the file, most likely: an inductive type or a structure."""
    head = type_head(variable)
    if not head or head in goal.names:
        return False
    if goal.declared.datatypes:
        return goal.declared.datatype(head) is not None
    return _ONLY_CAPITAL.fullmatch(head) is not None and not _LIBRARY.match(head.partition(".")[0])


def is_recursive(variable: Hypothesis) -> bool:
    """Whether it is a natural number or a list."""
    return variable.type in ("Nat", "ℕ") or variable.type.startswith("List ")


def is_data(goal: Goal, variable: Hypothesis) -> bool:
    """Whether it is a thing of a type that induction may have to leave open."""
    return variable.type in NUMBER_TYPES or is_recursive(variable) or is_own_type(goal, variable)


def unfoldable(goal: Goal) -> list[str]:
    """Return the full names of the file's functions that the goal speaks of, the target's first."""
    if goal.declared.functions:
        return [each.name for each in _declared_functions(goal)]
    return _guess_functions(goal)


def used_by(goal: Goal, functions: list[str]) -> list[str]:
    """Return `functions` and those that their definitions use, at most `MAX_TOGETHER`."""
    declared = goal.declared
    if not declared.functions:
        return functions[:MAX_TOGETHER]
    known = [each for each in declared.functions if each.name in functions]
    known.sort(key=lambda each: functions.index(each.name))
    return [each.name for each in declared.with_those_used(known)][:MAX_TOGETHER]


def lemmas(goal: Goal) -> list[str]:
    """Return the file's theorems that speak of what the goal speaks of, the most of it first, then the latest."""
    functions = {each.field for each in _declared_functions(goal)}
    types = {each.field for each in goal.declared.datatypes if each.field in _words(goal.target)}
    ranked: list[tuple[int, int, str]] = []
    for place, theorem in enumerate(goal.declared.theorems):
        if shared := len(theorem.uses & functions):
            ranked.append((shared, place, theorem.name))
        elif theorem.uses & types:
            ranked.append((0, place, theorem.name))
    return [name for _, _, name in sorted(ranked, reverse=True)[:MAX_LEMMAS]]


def own_predicate(goal: Goal, term: Term) -> Constant | None:
    """Return the file's inductive proposition that `term` is an instance of."""
    match term:
        case Name(text) | Apply(function=Name(text)):
            return None if text in goal.names else goal.declared.predicate(text)
        case _:
            return None


def _texts(goal: Goal) -> Iterator[str]:
    yield goal.target
    yield from (fact.type for fact in goal.facts)


def _words(text: str) -> frozenset[str]:
    return frozenset(part for word in _WORDS.findall(text) for part in word.split("."))


def _declared_functions(goal: Goal) -> list[Constant]:
    found: dict[Constant, None] = {}
    for text in _texts(goal):
        for word in _WORDS.findall(text):
            local = word.partition(".")[0] in goal.names
            if not local and (function := goal.declared.function(word)) is not None:
                found[function] = None
        for field in _FIELD.findall(text):
            found |= dict.fromkeys(goal.declared.by_field(field))
    return list(found)


def _guess_functions(goal: Goal) -> list[str]:
    found: dict[str, None] = {}
    for term in [goal.target_term, *(fact.term for fact in goal.facts)]:
        bound = {name for each in subterms(term) if isinstance(each, Binder) for name in each.names}
        names = {each.text for each in subterms(term) if isinstance(each, Name)}
        for name in sorted(names):
            owner = name.partition(".")[0]
            if owner and owner not in goal.names | bound and not _LIBRARY.match(owner):
                found[name] = None
    types = dict.fromkeys(type_head(each) for each in goal.variables if is_own_type(goal, each))
    for text in _texts(goal):
        for field in _FIELD.findall(text):
            if field not in _PROJECTIONS:
                found |= {f"{own_type}.{field}": None for own_type in types}
    return list(found)
