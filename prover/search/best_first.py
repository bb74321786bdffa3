"""Best-first search for a proof, many states in flight, the same tree every time.

The loop takes the open state with the highest score, asks the policy for tactics, has Lean try them, and adds
what comes of them to the tree. `width` states are expanded at once, so that neither Lean nor the policy waits
for the other. To keep the search deterministic, expansions are *committed* in the order in which they were
begun, and the next state is chosen only after a commit: the choice then depends on the commits so far and not
on which of the running expansions happens to be quicker.

It knows neither Lean's process nor the model's, only the `Session` and the `Policy` protocols. A proof that
Lean finishes is offered to `accept`; if that says no, the tactic is marked as rejected and the search goes
on.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prover.lean.environment import ProofFinished, Session, TacticResult, TacticState
from prover.policy.base import Critic, Policy, PolicyInput, Suggestion
from prover.search.budget import Budget, Spent, StopReason
from prover.search.result import (
    Proved,
    SearchResult,
    Times,
    Unproved,
    best_unfinished,
    failed_tactics,
)
from prover.search.scoring import DEFAULT_RULE, PathScore, ScoringRule
from prover.search.tree import Edge, Node, NodeStatus, ProofRejected, ProofTree, outcome_kind

TRIED_FIRST = 4
"""How many of a state's suggestions Lean tries before it is given the rest."""

Clock = Callable[[], float]
Accept = Callable[[tuple[str, ...]], Awaitable[bool]]
Observer = Callable[[ProofTree, Spent], None]


async def best_first(
    session: Session,
    policy: Policy,
    *,
    accept: Accept,
    budget: Budget,
    scoring: ScoringRule = DEFAULT_RULE,
    critic: Critic | None = None,
    width: int = 2,
    clock: Clock = time.monotonic,
    observe: Observer | None = None,
    interrupt: asyncio.Event | None = None,
) -> SearchResult:
    """Search until a proof of `session`'s theorem is accepted, the budget is spent or nothing is open.

    `accept` is given the tactics of a finished proof. A `scoring` that needs a critic is given the values of
    `critic`. `observe` is called after every commit. Setting `interrupt` ends the search with what it has.
    `clock` returns seconds.

    Raises:
        EngineError: the session could not be kept alive.
        PolicyError: the policy or the critic could not answer.
    """
    if scoring.needs_critic and critic is None:
        raise ValueError(f"the scoring rule {scoring.name} needs a critic")
    critic = critic if scoring.needs_critic else None
    search = _Search(session, policy, accept, budget, scoring, critic, clock)
    try:
        stopped_by = await search.run(width, observe, interrupt or asyncio.Event())
    finally:
        await search.abandon_running()
    return search.result(stopped_by)


_Valued = tuple[TacticResult, float]
"""What came of a tactic, and what the critic thinks of the state that it led to; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class _Expansion:
    """What an expansion learnt; `results` is shorter than `suggestions` when a tactic finished the proof."""

    suggestions: list[Suggestion]
    results: list[_Valued]


class _Search:
    """The state of one search. Every change to the tree happens in `_commit`, one expansion at a time."""

    def __init__(
        self,
        session: Session,
        policy: Policy,
        accept: Accept,
        budget: Budget,
        scoring: ScoringRule,
        critic: Critic | None,
        clock: Clock,
    ) -> None:
        self._session = session
        self._policy = policy
        self._accept = accept
        self._budget = budget
        self._scoring = scoring
        self._critic = critic
        self._timer = _Timer(clock)
        self._tree = ProofTree(session.root)
        self._frontier: list[tuple[float, int, Node]] = []
        self._order = itertools.count()
        self._running: deque[tuple[Node, asyncio.Task[_Expansion]]] = deque()
        self._expansions = 0
        self._tactics = 0
        self._open(self._tree.root)

    async def run(self, width: int, observe: Observer | None, interrupt: asyncio.Event) -> StopReason | None:
        """Run the loop; None means that a proof was accepted."""
        interrupted = asyncio.ensure_future(interrupt.wait())
        try:
            while True:
                stop = StopReason.INTERRUPTED if interrupt.is_set() else self._budget.exhausted(self._spent())
                while stop is None and len(self._running) < width and (node := self._pop()):
                    self._begin(node)
                    stop = self._budget.exhausted(self._spent())
                if not self._running:
                    return stop or StopReason.NO_OPEN_STATES
                node, task = self._running[0]
                await asyncio.wait(
                    {task, interrupted}, timeout=self._time_left(), return_when=asyncio.FIRST_COMPLETED
                )
                if not task.done():
                    stop = StopReason.INTERRUPTED if interrupt.is_set() else StopReason.SECONDS
                    return None if await self._commit_finished() else stop
                self._running.popleft()
                if await self._commit(node, task.result()):
                    return None
                if observe is not None:
                    observe(self._tree, self._spent())
        finally:
            interrupted.cancel()

    async def abandon_running(self) -> None:
        """Cancel the expansions that are still running and wait until they are gone."""
        tasks = [task for _, task in self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def result(self, stopped_by: StopReason | None) -> SearchResult:
        """Return what was found; `stopped_by` is None when a proof was accepted."""
        ending: Proved | Unproved
        if stopped_by is None:
            ending = Proved(tuple(edge.tactic for edge in self._tree.proof_edges()))
        else:
            best = best_unfinished(self._tree)
            ending = Unproved(stopped_by, best.tactics(), best.state.goals)
        return SearchResult(
            theorem=self._session.theorem,
            ending=ending,
            expansions=self._expansions,
            tactics_tried=self._tactics,
            outcomes=Counter(outcome_kind(edge.outcome) for edge in self._tree.edges()),
            times=self._timer.times(),
            failures=failed_tactics(self._tree),
            tree=self._tree,
        )

    def _open(self, node: Node) -> None:
        path = PathScore(logprob=node.logprob, per_token=node.per_token, depth=node.depth, value=node.value)
        score = self._scoring(path)
        if score > float("-inf"):
            heapq.heappush(self._frontier, (-score, next(self._order), node))

    def _pop(self) -> Node | None:
        """Take the best open node. One that was scored anew is there twice, and its better score counts."""
        while self._frontier:
            _, _, node = heapq.heappop(self._frontier)
            if node.status is NodeStatus.OPEN:
                return node
        return None

    def _begin(self, node: Node) -> None:
        self._tree.begin(node)
        asked = self._input(node.state, node.tactics())
        self._expansions += 1
        self._running.append((node, asyncio.ensure_future(self._expand(node, asked, self._tactics_left()))))

    def _input(self, state: TacticState, tactics: tuple[str, ...]) -> PolicyInput:
        theorem = self._session.theorem
        return PolicyInput(
            goals=state.goals,
            name=theorem.name,
            statement=theorem.statement,
            header=theorem.header,
            tactics=tactics,
            expansion=self._expansions,
        )

    async def _expand(self, node: Node, asked: PolicyInput, most: int | None) -> _Expansion:
        with self._timer.asking("policy"):
            [suggestions] = await self._policy.suggest([asked])
        suggestions = suggestions[:most]
        return _Expansion(suggestions, await self._try(node, suggestions))

    async def _try(self, node: Node, suggestions: list[Suggestion]) -> list[_Valued]:
        """Have Lean try the suggestions, the likeliest by themselves: if one finishes, nobody waits longer."""
        tactics = [each.tactic for each in suggestions]
        results: list[TacticResult] = []
        with self._timer.asking("lean"):
            for part in (tactics[:TRIED_FIRST], tactics[TRIED_FIRST:]):
                if part and not (results and isinstance(results[-1], ProofFinished)):
                    results += await self._session.run_tacs(node.state, part)
        assert len(results) == len(suggestions) or isinstance(results[-1], ProofFinished)
        values = dict.fromkeys(range(len(results)), 0.0)
        led = [index for index, result in enumerate(results) if isinstance(result, TacticState)]
        if self._critic is not None and led:
            states = [
                self._input(result, (*node.tactics(), tactic))
                for result, tactic in zip(results, tactics, strict=False)
                if isinstance(result, TacticState)
            ]
            with self._timer.asking("policy"):
                values |= zip(led, await self._critic.score(states), strict=True)
        return [(result, values[index]) for index, result in enumerate(results)]

    async def _commit(self, node: Node, expansion: _Expansion) -> bool:
        """Add an expansion to the tree; return whether it held a proof that was accepted.

        What expansions that were committed meanwhile have left no budget for counts as never tried.
        """
        left = self._tactics_left()
        suggestions, results = expansion.suggestions[:left], expansion.results[:left]
        while suggestions:
            self._tactics += len(results)
            for suggestion, (result, value) in zip(suggestions, results, strict=False):
                opened = self._tree.add(
                    node,
                    suggestion.tactic,
                    suggestion.logprob,
                    result,
                    tokens=suggestion.tokens,
                    value=value,
                )
                if opened is not None:
                    self._open(opened)
                if isinstance(result, ProofFinished) and await self._accepted(node.edges[-1]):
                    self._tree.finish(node)
                    return True
            suggestions = suggestions[len(results) :]
            results = await self._try(node, suggestions)
        self._tree.finish(node)
        return False

    async def _accepted(self, edge: Edge) -> bool:
        with self._timer.asking("accept"):
            accepted = await self._accept((*edge.source.tactics(), edge.tactic))
        if accepted:
            self._tree.winner = edge
        else:
            edge.outcome = ProofRejected()
        return accepted

    async def _commit_finished(self) -> bool:
        """Commit, in order, those running expansions that are done; return whether a proof was among them."""
        for node, task in list(self._running):
            if task.done():
                self._running.remove((node, task))
                if await self._commit(node, task.result()):
                    return True
        return False

    def _spent(self) -> Spent:
        return Spent(expansions=self._expansions, tactics=self._tactics, seconds=self._timer.elapsed())

    def _tactics_left(self) -> int | None:
        return None if self._budget.tactics is None else max(0, self._budget.tactics - self._tactics)

    def _time_left(self) -> float | None:
        if self._budget.seconds is None:
            return None
        return max(0.0, self._budget.seconds - self._timer.elapsed())


class _Timer:
    """Adds up what was asked of whom, and for how long nothing was asked of anyone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock()
        self._spent = dict.fromkeys(("policy", "lean", "accept"), 0.0)
        self._asking = 0
        self._busy_since = 0.0
        self._busy = 0.0

    def elapsed(self) -> float:
        return self._clock() - self._started

    @contextmanager
    def asking(self, whom: str) -> Iterator[None]:
        start = self._clock()
        if self._asking == 0:
            self._busy_since = start
        self._asking += 1
        try:
            yield
        finally:
            end = self._clock()
            self._spent[whom] += end - start
            self._asking -= 1
            if self._asking == 0:
                self._busy += end - self._busy_since

    def times(self) -> Times:
        wall = self.elapsed()
        return Times(
            wall=wall,
            lean=self._spent["lean"],
            policy=self._spent["policy"],
            accept=self._spent["accept"],
            idle=max(0.0, wall - self._busy),
        )
