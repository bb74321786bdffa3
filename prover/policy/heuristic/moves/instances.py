"""Moves that use universally quantified hypotheses: instantiate them, or apply them backwards.

Terms worth trying are found where the functions a hypothesis speaks of are already applied: for
``h : ∀ x, f x = 2 * x + 1`` those are the arguments of `f` in the target and in the other hypotheses.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prover.policy.heuristic.arithmetic import NotArithmeticError, evaluate
from prover.policy.heuristic.goal_shape import Goal, Hypothesis
from prover.policy.heuristic.moves.move import Move, fresh_names, lines
from prover.policy.heuristic.terms import (
    Apply,
    Binder,
    Name,
    Number,
    Operation,
    Term,
    argument,
    is_operation,
    names_in,
    read_term,
    subterms,
)

PER_HYPOTHESIS = 6
"""At most this many instances of one hypothesis are suggested at a time."""
CANDIDATES = 4
"""For a hypothesis over several variables, this many terms are considered for each."""
PREMISE = "(by grind)"
_FIELD = re.compile(r"[ℝℂ]|\bReal\b|\bComplex\b")


@dataclass(frozen=True, slots=True)
class Universal:
    """A hypothesis ``∀ names, bounds → premises → conclusion``; implicit binders are left to Lean.

    `parts` are its variables in order, with "" for each premise that comes with a binder, as in ``∀ n ≥ 5, ...``, or
    before another variable; `premises` counts those that come last.
    """

    name: str
    parts: tuple[str, ...]
    premises: int
    conclusion: Term

    @property
    def names(self) -> tuple[str, ...]:
        """The variables."""
        return tuple(each for each in self.parts if each)

    @property
    def bounds(self) -> int:
        """How many premises have to be proved for an instance."""
        return len(self.parts) - len(self.names)

    def call(self, values: Sequence[str], proof: str, *, whole: bool = False) -> str:
        """Return the instance at `values`, with a proof for the premises among its parts; for all with `whole`."""
        rest = iter(values)
        parts = [next(rest) if each else proof for each in self.parts]
        return " ".join([self.name, *parts, *[proof] * (self.premises * whole)])


def universals(goal: Goal) -> list[Universal]:
    """Return the hypotheses that can be instantiated."""
    return [found for fact in goal.facts if (found := _universal(fact)).names or found.premises]


def instances(goal: Goal) -> Iterator[Move]:
    """Yield ``have := h t`` for terms in sight, one at a time and all together."""
    hypotheses = [each for each in universals(goal) if each.names]
    together: list[str] = []
    names = fresh_names(goal, "h")
    for hypothesis in hypotheses:
        name = next(names)
        for rank, call in enumerate(_calls(goal, hypothesis)):
            yield Move("instantiate", f"have {name} := {call}", 1 / (1 + 0.25 * rank))
            together.append(call)
    if len(together) >= 2:
        steps = [
            f"{'try ' * call.endswith(PREMISE)}have {name} := {call}"
            for name, call in zip(fresh_names(goal, "h"), together[:8], strict=False)
        ]
        yield Move("instantiate", lines(*steps), 1.3)


def applications(goal: Goal) -> Iterator[Move]:
    """Yield ``apply h`` where the conclusion of `h` looks like the target."""
    for hypothesis in universals(goal):
        if _head(hypothesis.conclusion) == _head(goal.target_term):
            yield Move("apply", f"apply {hypothesis.name}")
        elif hypothesis.premises and goal.target == "False":
            yield Move("apply", f"apply {hypothesis.name}", 0.3)


def _universal(fact: Hypothesis) -> Universal:
    parts: list[str] = []
    premises = 0
    term = fact.term
    while True:
        if isinstance(term, Binder) and term.kind == "∀":
            if term.explicit:
                parts += [""] * premises
                premises = 0
                for name in term.names:
                    parts += [name] if term.relation in ("", ":") else [name, ""]
            term = term.body
        elif is_operation(term, "→"):
            premises += 1
            term = term.operands[1]
        else:
            return Universal(fact.name, tuple(parts), premises, term)


def _calls(goal: Goal, hypothesis: Universal) -> list[str]:
    """Return applications of the hypothesis to candidate terms; its premises other than bounds stay."""
    candidates = _candidates(goal, hypothesis)
    if len(hypothesis.names) > 1:
        candidates = candidates[:CANDIDATES]
    tuples = itertools.islice(itertools.product(candidates, repeat=len(hypothesis.names)), PER_HYPOTHESIS)
    over_fields = any(_FIELD.search(each.type) for each in goal.variables)
    proof = PREMISE if over_fields else "(by omega)"
    chosen = dict.fromkeys([*_completions(goal, hypothesis), *tuples])
    return [
        hypothesis.call(values, proof, whole=over_fields and not goal.names & _names(values))
        for values in chosen
    ]


def _names(values: Sequence[str]) -> frozenset[str]:
    return frozenset[str]().union(*(names_in(read_term(each)) for each in values))


def _completions(goal: Goal, hypothesis: Universal) -> Iterator[tuple[str, ...]]:
    """Yield, for what ``f (x * y)`` or ``f (x + y)`` is, the numbers that make it speak of a wanted term of `f`.

    One of them is a number at which `f` occurs elsewhere.
    """
    if len(hypothesis.names) != 2:
        return
    for part in subterms(hypothesis.conclusion):
        if not (isinstance(part, Apply) and is_operation(part.arguments[0], "*", "+")):
            continue
        both = part.arguments[0]
        if {each.text for each in both.operands} != set(hypothesis.names):
            continue
        known = {value for fact in goal.facts for value in _numbers_at(fact.term, part.function.text)}
        for wanted in sorted(_numbers_at(goal.target_term, part.function.text)):
            for value in sorted(known - {0, wanted}):
                other = wanted / value if both.operator == "*" else wanted - value
                yield f"({value})", f"({other})"
                yield f"({other})", f"({value})"
        return


def _numbers_at(term: Term, function: str) -> set[Fraction]:
    """Return the closed terms that a function is applied to."""
    found = set()
    for part in subterms(term):
        if isinstance(part, Apply) and part.function.text == function and len(part.arguments) == 1:
            with contextlib.suppress(NotArithmeticError):
                found.add(Fraction(evaluate(part.arguments[0], {}, "Rat")))
    return found


def _candidates(goal: Goal, hypothesis: Universal) -> list[str]:
    """Return terms for the hypothesis's variables, the most telling first."""
    functions = {part.function.text for part in subterms(hypothesis.conclusion) if isinstance(part, Apply)}
    elsewhere = [goal.target_term, *(fact.term for fact in goal.facts if fact.name != hypothesis.name)]
    found: dict[str, None] = {}
    for term in elsewhere:
        bound = {name for part in subterms(term) if isinstance(part, Binder) for name in part.names}
        for part in subterms(term):
            if isinstance(part, Apply) and part.function.text in functions:
                found |= {argument(each): None for each in part.arguments if not names_in(each) & bound}
    numbers = [each.name for each in goal.numbers()]
    numerals = [part.text for part in subterms(goal.target_term) if isinstance(part, Number)]
    return list(dict.fromkeys([*found, *numbers, "0", "1", *numerals, "2"]))


def _head(term: Term) -> str:
    """Return what distinguishes a proposition at a glance: its relation, its predicate or its quantifier."""
    match term:
        case Apply(function=function):
            return function.text
        case Operation(operator=operator):
            return operator
        case Binder(kind=kind):
            return kind
        case Name(text):
            return text
        case _:
            return ""
