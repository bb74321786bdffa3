"""An attempt at a theorem and at its negation: false statements are told apart from hard ones.

The negation gets a first short look beside the search, once that has expanded a state, since most false statements
fall to evaluation or to a small counterexample; and what is left of the time when the search has had its share. Its
proof is verified like any other, as a theorem of its own that denies exactly what Lean has made of the statement
(:mod:`prover.negation`).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from prover.attempt import Attempt, Disproof, attempt
from prover.errors import EngineError, PolicyError, StatementError, UnsupportedError
from prover.lean.environment import Environment
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.negation import NegationVerifier, NotNegated, exact_negation, negation
from prover.policy.base import Policy
from prover.policy.heuristic.goal_shape import Goal, parse_goal
from prover.policy.heuristic.terms import Binder, Term, is_operation
from prover.search.base import SearchAlgorithm, SearchOptions
from prover.search.budget import Budget, Spent
from prover.search.shorten import TracedStep
from prover.search.tree import ProofTree
from prover.util.within import cancel_all

FIRST_LOOK = Budget(expansions=2, tactics=160, seconds=10.0)
SHARE = 0.2
"""Of the time, for the negation, if the statement is not proved before; of expansions and tactics, on top of them."""

T = TypeVar("T")

_INTRODUCED = re.compile(r"\bintro (\w+)")
_OPENING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}


async def prove_or_disprove(
    theorem: Theorem,
    *,
    environment: Environment,
    verifier: Verifier,
    policy: Policy,
    algorithm: SearchAlgorithm,
    options: SearchOptions,
) -> Attempt:
    """Try to prove `theorem` and to prove that it is false, within one budget.

    Raises:
        StatementError, UnsupportedError, EngineError, PolicyError: as for :func:`prover.attempt.attempt`.
    """
    began = options.clock()
    expanded, over = asyncio.Event(), asyncio.Event()

    def observe(tree: ProofTree, spent: Spent) -> None:
        expanded.set()
        if options.observe is not None:
            options.observe(tree, spent)

    async def deny(budget: Budget, interrupt: asyncio.Event | None) -> Disproof | None:
        return await disprove(
            theorem,
            environment=environment,
            verifier=verifier,
            policy=policy,
            algorithm=algorithm,
            options=replace(options, budget=budget, observe=None, interrupt=interrupt),
        )

    async def first_look() -> Disproof | None:
        await expanded.wait()
        found = await deny(_within(FIRST_LOOK, options.budget), over)
        if found is not None:
            over.set()
        return found

    async with _run_in_task(first_look()) as look, _run_in_task(_pass_on(options.interrupt, over)):
        result = await attempt(
            theorem,
            environment=environment,
            verifier=verifier,
            policy=policy,
            algorithm=algorithm,
            options=replace(options, budget=_first_part(options.budget), observe=observe, interrupt=over),
        )
        if result.verified is not None:
            return result
        interrupted = options.interrupt is not None and options.interrupt.is_set()
        disproof = await look if expanded.is_set() and not interrupted else None
    if disproof is None and not interrupted:
        left = _last_part(options.budget, options.clock() - began)
        disproof = None if left is None else await deny(left, options.interrupt)
    return replace(result, disproof=disproof, time_s=options.clock() - began)


async def disprove(
    theorem: Theorem,
    *,
    environment: Environment,
    verifier: Verifier,
    policy: Policy,
    algorithm: SearchAlgorithm,
    options: SearchOptions,
) -> Disproof | None:
    """Search for a proof that `theorem` is false; None if there is none within the budget, or it cannot be denied.

    What goes wrong with Lean or the policy here says nothing about the theorem and is not raised.
    """
    stated = negation(theorem)
    exact = exact_negation(theorem)
    for denial in [exact] if isinstance(stated, NotNegated) else [stated, exact]:
        try:
            result = await attempt(
                denial,
                environment=environment,
                verifier=NegationVerifier(verifier, theorem),
                policy=policy,
                algorithm=algorithm,
                options=options,
            )
        except (StatementError, UnsupportedError):
            continue
        except (EngineError, PolicyError):
            return None
        if result.verified is None or not result.search.tree.root.state.pp.startswith("⊢ ¬"):
            return None
        return Disproof(
            theorem=denial,
            verified=result.verified,
            counterexample=counterexample(result.verified.steps),
        )
    return None


def counterexample(steps: Sequence[TracedStep]) -> tuple[tuple[str, str], ...]:
    """Return the values to which a proof applies the claim that it refutes, by the claim's variables.

    None where a step applies it to several: which of them it is that fails is not told.
    """
    for step in steps:
        goal = parse_goal(step.goals[0])
        for name, claim in _claims(goal, step.tactic):
            variables = _variables(claim)
            found: set[tuple[tuple[str, str], ...]] = set()
            for call in re.finditer(rf"(?<![\w.])(@?){re.escape(name)}(?= )", step.tactic):
                wanted = [each for each in variables if each[1] or call[1]]
                values = _arguments(step.tactic[call.end() :])[: len(wanted)]
                if wanted and len(values) == len(wanted) and not _speaks_of(goal, values):
                    shown = tuple(
                        (variable, _bare(value))
                        for (variable, _, instance), value in zip(wanted, values, strict=False)
                        if not instance
                    )
                    found.add(shown)
            if found:
                return found.pop() if len(found) == 1 else ()
    return ()


def _bare(value: str) -> str:
    """Return a numeral without the parentheses around it."""
    numeral = re.fullmatch(r"\((-?\d+)\)", value)
    return numeral[1] if numeral else value


def _claims(goal: Goal, tactic: str) -> Iterator[tuple[str, Term]]:
    """Yield general claims that a tactic may refute: hypotheses, or what it introduces of a denied one."""
    target = goal.target_term
    if is_operation(target, "¬") and (introduced := _INTRODUCED.search(tactic)):
        yield introduced[1], target.operands[0]
    yield from ((fact.name, fact.term) for fact in goal.facts)


def _variables(term: Term) -> list[tuple[str, bool, bool]]:
    """Return the leading variables of a claim: name, whether it is explicit, whether it is an instance."""
    found: list[tuple[str, bool, bool]] = []
    while isinstance(term, Binder) and term.kind == "∀":
        found += [(name, term.explicit, term.instance) for name in term.names]
        if term.relation not in ("", ":"):
            break
        term = term.body
    return found


def _arguments(text: str) -> list[str]:
    """Return what a function is applied to in the text after its name."""
    found: list[str] = []
    waiting: list[str] = []
    word = ""
    for char in text:
        if char in _OPENING:
            waiting.append(_OPENING[char])
        elif waiting and char == waiting[-1]:
            waiting.pop()
        elif not waiting and (char in ")]}⟩,;" or char == "\n"):
            break
        elif not waiting and char == " ":
            found += [word] if word else []
            word = ""
            continue
        word += char
    return [*found, word] if word else found


def _speaks_of(goal: Goal, values: Sequence[str]) -> bool:
    return any(set(re.findall(r"[^\W\d][\w']*", value)) & goal.names for value in values)


def _first_part(budget: Budget) -> Budget:
    return budget if budget.seconds is None else replace(budget, seconds=(1 - SHARE) * budget.seconds)


def _last_part(budget: Budget, used_s: float) -> Budget | None:
    """Return what the negation may use in the end; None for nothing."""
    seconds = None if budget.seconds is None else budget.seconds - used_s
    expansions = None if budget.expansions is None else int(SHARE * budget.expansions)
    tactics = None if budget.tactics is None else int(SHARE * budget.tactics)
    if any(each is not None and each <= 0 for each in (seconds, expansions, tactics)):
        return None
    return Budget(seconds=seconds, expansions=expansions, tactics=tactics)


def _within(budget: Budget, whole: Budget) -> Budget:
    """Return `budget`, with no more of the time than the negation's share, and without a clock where there is none."""
    if whole.seconds is None or budget.seconds is None:
        return replace(budget, seconds=None)
    return replace(budget, seconds=min(budget.seconds, SHARE * whole.seconds))


async def _pass_on(interrupt: asyncio.Event | None, over: asyncio.Event) -> None:
    if interrupt is not None:
        await interrupt.wait()
        over.set()


@contextlib.asynccontextmanager
async def _run_in_task(work: Coroutine[None, None, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Run something beside the block, and no longer."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        await cancel_all([task])
