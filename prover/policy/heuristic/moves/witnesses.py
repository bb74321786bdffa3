"""Values for existential targets: calculated where the body is arithmetic, else taken from what is in sight."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from prover.policy.heuristic.arithmetic import NotArithmeticError, Value, evaluate, holds
from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move
from prover.policy.heuristic.moves.ranges import conjuncts
from prover.policy.heuristic.terms import (
    Binder,
    Number,
    Term,
    argument,
    is_operation,
    names_in,
    read_term,
    subterms,
)

GUESSES = 6
MAX_NUMERAL = 120
MAX_TRIALS = 4000
SAMPLES = 5
CALCULATED = 3

_SHAPES = (
    "{}",
    "{} + 1",
    "{} + 2",
    "2 * {}",
    "2 * {} + 1",
    "2 * {} + 2",
    "{} - 1",
    "{} / 2",
    "{} * {}",
    "{0} * {0} + 1",
)
_SHAPES_OF_TWO = ("{} + {}", "{} * {}", "{} + {} + 1", "{} * {} + 1", "{} - {}", "max {} {}")


def witnesses(goal: Goal) -> Iterator[Move]:
    """Yield ``refine ⟨value, ?_⟩`` for a target that begins with ∃."""
    names, body = _existential(goal.target_term)
    if not names:
        return
    yield from _of_the_goal(goal, names)
    found = list(itertools.islice(_calculate(goal, names, body), CALCULATED))
    for rank, values in enumerate(found):
        yield Move("calculated witness", _refine(values), 1 / (1 + 0.3 * rank))
        yield Move("calculated witness", f"exact ⟨{', '.join(values)}, by grind⟩", 1 / (1 + 0.3 * rank))
    for rank, value in enumerate(itertools.islice(_in_sight(goal, body, set(names)), GUESSES)):
        yield Move("witness", _refine([value] * len(names)), 1 / (1 + 0.15 * rank))


def _of_the_goal(goal: Goal, names: Sequence[str]) -> Iterator[Move]:
    """Yield the goal's own functions, and its variables of the same names, with the proof that they obviously do."""
    proof = "by first | exact fun _ => rfl | simp_all | grind"
    if len(names) == 1:
        functions = [
            each.name for each in goal.variables if "→" in each.type and not each.type.endswith("Prop")
        ]
        for name in functions[:GUESSES]:
            yield Move("witness", f"exact ⟨{name}, {proof}⟩", 1.6)
    same = [re.sub(r"_\d+$", "", name) for name in names]
    if len(names) > 1 and set(same) <= {each.name for each in goal.variables}:
        yield Move("witness", f"exact ⟨{', '.join(same)}, {proof}⟩", 1.6)


def _existential(term: Term) -> tuple[list[str], Term]:
    """Return the variables of the leading existential quantifiers, and what they are to satisfy."""
    names: list[str] = []
    while isinstance(term, Binder) and term.kind == "∃":
        names += term.names
        term = term.body
    return names, term


def _refine(values: Sequence[str]) -> str:
    return f"refine ⟨{', '.join(values)}, ?_⟩"


def _calculate(goal: Goal, names: Sequence[str], body: Term) -> Iterator[list[str]]:
    """Yield values that satisfy `body` for several assignments to the variables it is about."""
    free = sorted({each.name for each in goal.numbers()} & names_in(body))
    kinds = {each.type for each in goal.numbers() if each.name in free}
    kind = "Int" if kinds & {"Int", "ℤ"} else "Rat" if kinds & {"Rat", "ℚ"} else "Nat"
    samples = _samples(goal, free, kind)
    expressions = _expressions(free) if free else [str(value) for value in _numerals(len(names))]
    trials = itertools.islice(itertools.product(expressions, repeat=len(names)), MAX_TRIALS)
    for trial in trials:
        terms = [read_term(each) for each in trial]
        negative = any(each.startswith("-") for each in trial)
        try:
            if all(_satisfies(names, terms, body, sample, "Int" if negative else kind) for sample in samples):
                yield [argument(each) if not each.text.startswith("-") else each.text for each in terms]
        except NotArithmeticError:
            return


def _satisfies(
    names: Sequence[str], terms: Sequence[Term], body: Term, sample: dict[str, Value], kind: str
) -> bool:
    values = sample | {name: evaluate(term, sample, kind) for name, term in zip(names, terms, strict=True)}
    return holds(body, values, kind)


def _samples(goal: Goal, free: Sequence[str], kind: str) -> list[dict[str, Value]]:
    """Return assignments to `free` under which the arithmetic hypotheses about them hold."""
    about = [
        part
        for fact in goal.facts
        for part in conjuncts(fact.term)
        if names_in(part) and names_in(part) <= set(free)
    ]
    found: list[dict[str, Value]] = []
    for point in itertools.islice(itertools.product((7, 0, 3, 12, 1, 5, 20), repeat=len(free)), MAX_TRIALS):
        sample: dict[str, Value] = dict(zip(free, point, strict=True))
        try:
            if all(holds(part, sample, kind) for part in about):
                found.append(sample)
        except NotArithmeticError:
            found.append(sample)
        if len(found) == SAMPLES:
            break
    return found


def _numerals(count: int) -> list[int]:
    """Return numbers to try for each of `count` variables, small ones and natural ones first."""
    size = int(min(MAX_NUMERAL, MAX_TRIALS ** (1 / count)))
    return [*range(size * 2 // 3), *range(-1, -size // 3, -1)]


def _expressions(free: Sequence[str]) -> list[str]:
    """Return terms in the variables that often are what is asked for."""
    of_one = [shape.format(name, name) for shape in _SHAPES for name in free]
    pairs = itertools.permutations(free, 2)
    of_two = [shape.format(a, b) for a, b in pairs for shape in _SHAPES_OF_TWO]
    return [*of_one, *of_two, "0", "1", "2"]


def _in_sight(goal: Goal, body: Term, bound: set[str]) -> Iterator[str]:
    """Yield the variables, the sums and products in the body, successors, and numerals; each once."""
    numbers = [each.name for each in goal.numbers()]
    terms = [
        argument(part)
        for part in subterms(body)
        if is_operation(part, "+", "-", "*", "/", "%", "^") and names_in(part) and not names_in(part) & bound
    ]
    variables = [
        each.name
        for each in goal.variables
        if "→" not in each.type and each.type != "Prop" and each.type.split()[0] not in ("Type", "Sort")
    ]
    numerals = [part.text for part in subterms(body) if isinstance(part, Number)]
    successors = [f"({name} + 1)" for name in numbers]
    yield from dict.fromkeys([*variables, *terms, *successors, "0", "1", *numerals])
