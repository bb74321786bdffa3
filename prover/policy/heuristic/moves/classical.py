"""Classical moves: what a negation says, cases on propositions in sight, contradiction, arbitrary witnesses."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh
from prover.policy.heuristic.terms import (
    Binder,
    Number,
    Opaque,
    Operation,
    Term,
    children,
    is_operation,
    names_in,
)

MAX_CASES = 8
MAX_PREDICATES = 4


def negations(goal: Goal) -> Iterator[Move]:
    """Yield for each negation among the hypotheses what it says: a counterexample, a claim for all, two parts."""
    for fact in goal.facts:
        if not is_operation(fact.term, "¬"):
            continue
        h = fact.name
        match fact.term.operands[0]:
            case Binder(kind="∀", names=names):
                x = fresh(goal, names[0])
                yield Move("take apart", f"obtain ⟨{x}, {h}⟩ := Classical.not_forall.mp {h}", 0.7)
            case Binder(kind="∃"):
                yield Move("take apart", f"simp only [not_exists] at {h}", 0.5)
            case Operation(operator="→"):
                yield Move("take apart", f"obtain ⟨{fresh(goal, h)}, {h}⟩ := Classical.not_imp.mp {h}", 0.7)
            case Operation(operator="∨"):
                yield Move("take apart", f"obtain ⟨{fresh(goal, h)}, {h}⟩ := not_or.mp {h}", 0.7)
            case Operation(operator="∧"):
                yield Move("cases", f"rcases Classical.not_and_iff_not_or_not.mp {h} with {h} | {h}")


def arbitrary_witnesses(goal: Goal) -> Iterator[Move]:
    """Yield anything at all as the witness, for types of which no more is known than that they are inhabited."""
    target = goal.target_term
    if isinstance(target, Binder) and target.kind == "∃":
        yield Move("witness", "refine ⟨default, ?_⟩", 0.5)
        yield Move("witness", "refine ⟨Classical.choice inferInstance, ?_⟩", 0.4)


def of_logic(goal: Goal) -> Iterator[Move]:
    """Yield `cases`, `predicates` and `contradictions` for claims that are about predicates of the context."""
    claims = isinstance(goal.target_term, Binder) and goal.target_term.kind == "∃"
    if _predicates(goal) and (claims or is_operation(goal.target_term, "∨") or goal.target == "False"):
        yield from predicates(goal)
        if goal.target != "False":
            yield from cases(goal)
            yield from contradictions(goal)


def cases(goal: Goal) -> Iterator[Move]:
    """Yield cases on whether propositions hold that are parts of the target or of hypotheses."""
    h = fresh(goal, "h")
    found: dict[str, None] = {}
    for term in [goal.target_term, *(fact.term for fact in goal.facts)]:
        found |= {part.text: None for part in _propositions(term, frozenset()) if part is not term}
    for rank, text in enumerate(list(found)[:MAX_CASES]):
        yield Move("excluded middle", f"by_cases {h} : {text}", 1 / (1 + 0.1 * rank))
        yield Move("excluded middle", f"by_cases {h} : {text} <;> grind", 0.8 / (1 + 0.1 * rank))


def predicates(goal: Goal) -> Iterator[Move]:
    """Yield cases on whether something satisfies a predicate of the context, and whether something does not."""
    h, x = fresh(goal, "h"), fresh(goal, "x")
    for name in _predicates(goal)[:MAX_PREDICATES]:
        for text in (f"∃ {x}, ¬{name} {x}", f"∃ {x}, {name} {x}"):
            yield Move("excluded middle", f"by_cases {h} : {text}", 0.9)
            yield Move("excluded middle", f"by_cases {h} : {text} <;> grind", 1.1)


def contradictions(goal: Goal) -> Iterator[Move]:
    """Yield proofs by contradiction of claims with a quantifier."""
    if isinstance(goal.target_term, Binder):
        h = fresh(goal, "h")
        yield Move("contradiction", f"refine Classical.byContradiction fun {h} => ?_")
        yield Move("contradiction", f"refine Classical.byContradiction fun {h} => ?_\nsimp at {h}", 1.5)


def _predicates(goal: Goal) -> list[str]:
    """Return the variables that are propositions about one thing."""
    return [
        each.name
        for each in goal.variables
        if is_operation(each.term, "→") and each.term.operands[1].text == "Prop"
    ]


def _propositions(term: Term, bound: frozenset[str]) -> Iterator[Term]:
    """Yield the parts of a proposition that are propositions and speak of no variable bound outside them."""
    if isinstance(term, Number | Opaque) or (isinstance(term, Binder) and term.kind == "fun"):
        return
    if not _free(term) & bound:
        yield term
    if isinstance(term, Binder):
        yield from _propositions(term.body, bound | frozenset(term.names))
    elif is_operation(term, "∧", "∨", "→", "↔", "¬"):
        for part in term.operands:
            yield from _propositions(part, bound)


def _free(term: Term) -> frozenset[str]:
    """Return the names in a term that it does not bind itself; one that is bound and free counts as bound."""
    bound: set[str] = set()
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Binder):
            bound |= set(part.names)
        waiting += children(part)
    return names_in(term) - bound
