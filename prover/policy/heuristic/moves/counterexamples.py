"""Values at which a general claim fails, for a target that denies one: calculated for arithmetic, else tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, holds
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.terms import (
    Apply,
    Binder,
    Name,
    Operation,
    Term,
    argument,
    is_operation,
    names_in,
    read_term,
)

CALCULATED = 3
TRIED = 12
MAX_TRIALS = 4000
PER_TYPE = 4
DEPTH = 3

_NUMBERS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("Nat", "ℕ"), tuple(str(value) for value in range(60))),
    **dict.fromkeys(("Int", "ℤ"), tuple(str(value) for n in range(30) for value in ((n, -n) if n else (0,)))),
    **dict.fromkeys(("Rat", "ℚ"), ("0", "1", "-1", "2", "1/2", "-2", "3", "-1/2", "10")),
}
_CHOICES: Mapping[str, Sequence[str]] = {
    "Prop": ("True", "False"),
    "Bool": ("true", "false"),
    "Unit": ("()",),
    "String": ('""', '"a"'),
    "Char": ("'a'", "'b'"),
    "Type": ("Bool", "Nat", "Unit", "Empty"),
}
_REFUTE = "first | decide | omega | simp | grind"


@dataclass(frozen=True, slots=True)
class _Claim:
    """The variables of a general claim, each with its type, in order, and what is claimed of them."""

    variables: tuple[Binder, ...]
    body: Term

    @property
    def names(self) -> list[str]:
        return [name for each in self.variables for name in each.names if not each.instance]

    @property
    def implicit(self) -> bool:
        return any(not each.explicit for each in self.variables)


def counterexamples(goal: Goal) -> Iterator[Move]:
    """Yield the instances of the denied claim that may be false."""
    target = goal.target_term
    if not is_operation(target, "¬"):
        return
    claim = _claim(target.operands[0])
    if not claim.variables:
        return
    h = fresh(goal, "h")
    calculated = list(itertools.islice(_calculate(claim), CALCULATED))
    for rank, values in enumerate(calculated):
        yield _refutation(claim, h, values, "calculated witness", 1 / (1 + 0.3 * rank))
    if calculated:
        return
    for rank, values in enumerate(_choose(_try_values(goal, claim.variables, {}), TRIED)):
        yield _refutation(claim, h, values, "counterexample", 1 / (1 + 0.1 * rank))


def _claim(term: Term) -> _Claim:
    """Take the leading quantifiers off a claim, up to the first bound: what follows that needs a proof of it."""
    variables: list[Binder] = []
    while isinstance(term, Binder) and term.kind == "∀":
        if term.relation not in ("", ":"):
            break
        variables.append(term)
        term = term.body
    return _Claim(tuple(variables), term)


def _refutation(claim: _Claim, h: str, values: Mapping[str, str], kind: str, weight: float) -> Move:
    arguments = [
        "inferInstance" if each.instance else argument(read_term(values[name]))
        for each in claim.variables
        for name in each.names
        if each.explicit or claim.implicit
    ]
    call = " ".join([f"@{h}" if claim.implicit else h, *arguments])
    return Move(kind, lines(f"intro {h}", f"exact absurd ({call}) (by {_REFUTE})"), weight)


def _calculate(claim: _Claim) -> Iterator[dict[str, str]]:
    """Yield numbers for which the claim does not hold, small ones first."""
    types = [each.domain for each in claim.variables for _ in each.names]
    if not all(each in _NUMBERS for each in types) or not names_in(claim.body) & set(claim.names):
        return
    kind = "Rat" if {"Rat", "ℚ"} & set(types) else "Int" if {"Int", "ℤ"} & set(types) else "Nat"
    for values in itertools.islice(_by_size([_NUMBERS[each] for each in types]), MAX_TRIALS):
        trial = dict(zip(claim.names, values, strict=True))
        try:
            if not holds(claim.body, {name: _value(text) for name, text in trial.items()}, kind):
                yield trial
        except NotArithmeticError:
            return


def _value(text: str) -> Value:
    return Fraction(text) if "/" in text else int(text)


def _by_size(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield one of each, those that stand early first."""
    longest = max(len(each) for each in choices)
    for size in range(longest):
        for places in itertools.product(range(size + 1), repeat=len(choices)):
            if max(places) == size and all(
                place < len(each) for place, each in zip(places, choices, strict=True)
            ):
                yield tuple(each[place] for place, each in zip(places, choices, strict=True))


def _try_values(
    goal: Goal, variables: Sequence[Binder], chosen: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Yield values for variables of types that something is known of, types among them chosen first."""
    if not variables:
        yield dict(chosen)
        return
    first, *rest = variables
    if first.instance:
        yield from _try_values(goal, rest, chosen)
        return
    of_type = _inhabitants(goal, _substitute(read_term(first.domain), chosen), DEPTH)
    for values in itertools.product(of_type[:PER_TYPE], repeat=len(first.names)):
        yield from _try_values(goal, rest, {**chosen, **dict(zip(first.names, values, strict=True))})


def _substitute(term: Term, chosen: Mapping[str, str]) -> Term:
    """Return a type in which variables that stand for types have their values."""
    words = term.text.replace("(", " ( ").replace(")", " ) ").split()
    return read_term(" ".join(chosen.get(word, word) for word in words))


def _inhabitants(goal: Goal, of: Term, depth: int) -> list[str]:
    """Return a few things of a type, as they can stand as arguments; none where nothing is known of it."""
    if depth == 0:
        return []
    match of:
        case Name(text) if text in _NUMBERS:
            return list(_NUMBERS[text][:PER_TYPE])
        case Name(text) if text in _CHOICES:
            return list(_CHOICES[text])
        case Apply(function=Name("Type")):
            return ["PUnit", "(ULift Bool)", "(ULift Nat)"]
        case Apply(function=Name("ULift"), arguments=(inner,)):
            return [f"⟨{each}⟩" for each in _inhabitants(goal, inner, depth)]
        case Apply(function=Name("List"), arguments=(inner,)):
            items = _inhabitants(goal, inner, depth - 1)
            return ["[]", *(f"[{each}]" for each in items[:1]), *_pairs(items)]
        case Apply(function=Name("Option"), arguments=(inner,)):
            return ["none", *(f"(some {each})" for each in _inhabitants(goal, inner, depth - 1)[:2])]
        case Apply(function=Name("Fin"), arguments=(_,)):
            return ["0", "1"]
        case Operation(operator="×", operands=(left, right)):
            pairs = itertools.product(*(_inhabitants(goal, each, depth - 1)[:2] for each in (left, right)))
            return [f"({first}, {second})" for first, second in pairs]
        case Operation(operator="→", operands=(left, right)):
            return _functions(goal, left, right, depth)
        case Name(text) if text == "PUnit":
            return ["⟨⟩"]
        case Name(text) | Apply(function=Name(text)) if found := goal.declared.datatype(text):
            return list(found.constructors)
        case _:
            return []


def _functions(goal: Goal, left: Term, right: Term, depth: int) -> list[str]:
    constant = [f"(fun _ => {each})" for each in _inhabitants(goal, right, depth - 1)[:2]]
    if right.text == "Prop":
        return [*(f"(· = {each})" for each in _inhabitants(goal, left, depth - 1)[:2]), *constant]
    if left != right:
        return constant
    others = ["(fun x => x)", "(fun x => x + 1)"] if left.text in _NUMBERS else ["(fun x => x)"]
    return [constant[0], *others] if constant else others


def _pairs(items: Sequence[str]) -> list[str]:
    return [f"[{', '.join(each)}]" for each in itertools.permutations(items[:2], 2)]


def _choose(values: Iterator[dict[str, str]], most: int) -> list[dict[str, str]]:
    """Return at most `count` of the values: the first in which variables differ, then some from all over them."""
    found = list(itertools.islice(values, MAX_TRIALS))
    varied = sorted(found, key=lambda each: len(each) - len(set(each.values())))
    first, rest = varied[: most // 2], varied[most // 2 :]
    step = max(1, len(rest) // (most - most // 2))
    return [*first, *rest[::step]][:most]
