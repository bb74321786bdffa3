"""The loop that search algorithms share: many states in flight, the same tree every time.

It takes the open state that its `Strategy` chooses, asks the policy for tactics, has Lean try them, and adds the
results to the tree. `width` states are expanded at once, so that neither Lean nor the policy waits for the other. To
keep the search deterministic, expansions are *committed* in the order in which they were begun, and the next state is
chosen only after a commit: the choice then depends on the commits so far and not on which of the running expansions
happens to be quicker.

A search that has no open state left comes back to the states that it has, and asks the
policy for what it has not suggested yet (`PolicyInput.round`): it ends when there is nothing new either.

It knows neither Lean's process nor the model's, only the `Session` and the `Policy` protocols. A proof that
Lean finishes is offered to `accept`; if that says no, the tactic is marked as rejected and the search goes
on.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from prover.errors import PolicyUnavailable
from prover.lean.environment import ProofFinished, Session, TacticState
from prover.policy.base import Critic, Policy, PolicyInput, Suggestion, Troubled, raise_trouble
from prover.search.base import Accept, SearchOptions
from prover.search.budget import Spent, StopReason
from prover.search.goal_tree import GoalTree
from prover.search.goals import GoalClosed, GoalResult, Part, run_tactics, take_apart
from prover.search.result import (
    Proved,
    SearchResult,
    Unproved,
    best_unfinished,
    failed_tactics,
)
from prover.search.script import Step
from prover.search.timing import Timer
from prover.search.tree import Edge, Node, NodeStatus, ProofTree
from prover.util.within import cancel_all

TRIED_FIRST = 4
"""How many of a state's suggestions Lean tries before it is given the rest."""


MAX_ROUNDS = 8
"""How often a policy is asked about a state at most, where the search has nothing else left."""


class Strategy(Protocol):
    """Chooses the open node to expand next; notified of every change of the tree."""

    def opened(self, node: Node) -> None:
        """Learn that an open node is new, has a better path or is of interest again."""

    def next(self) -> Node | None:
        """Return an open node, which is then expanded; None if there is nothing to do before the next commit."""

    def expanded(self, node: Node, new: int) -> None:
        """Learn that `node` has all its edges, and that `new` nodes came with them."""


async def search(
    session: Session,
    policy: Policy,
    accept: Accept,
    options: SearchOptions,
    *,
    tree: ProofTree,
    strategy: Strategy,
    critic: Critic | None = None,
) -> SearchResult:
    """Search as `strategy` says, which knows of nothing in `tree` yet. `critic` gives new nodes their values.

    Raises:
        EngineError: the session could not be kept alive.
        PolicyError: the policy or the critic could not answer, or the time went by while the policy's model was
            failing or before it had answered once.
    """
    loop = _Loop(session, policy, accept, options, tree, strategy, critic)
    try:
        stopped_by = await loop.run()
    except asyncio.CancelledError:
        loop.save()
        raise
    finally:
        await loop.abandon_running()
    return loop.result(stopped_by)


_Valued = tuple[GoalResult, float]
"""A tactic's result, and the critic's value of the state that it led to; 0 without a critic or a state."""


@dataclass(frozen=True, slots=True)
class _Expansion:
    """What an expansion learnt; `results` is shorter than `suggestions` when a tactic finished the proof."""

    suggestions: list[Suggestion]
    results: list[_Valued]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a node whose goals were looked at, none if they are connected, and their values."""

    parts: tuple[Part, ...]
    values: list[float]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What an expansion in progress has so far: the policy's suggestions, and Lean's results by their index."""

    suggestions: list[Suggestion] = field(default_factory=list)
    results: dict[int, GoalResult] = field(default_factory=dict)

    def expansion(self) -> _Expansion:
        """Those suggestions that have a result; no critic has seen what they led to."""
        answered = sorted(self.results)
        return _Expansion(
            [self.suggestions[index] for index in answered],
            [(self.results[index], 0.0) for index in answered],
        )


@dataclass(frozen=True, slots=True)
class _Running:
    """A node that is being expanded or taken apart."""

    node: Node
    task: asyncio.Task[_Expansion | _Parts]
    heard: _Heard


class _Loop:
    """The state of one search. Every change to the tree happens in `_commit`, one expansion at a time."""

    def __init__(
        self,
        session: Session,
        policy: Policy,
        accept: Accept,
        options: SearchOptions,
        tree: ProofTree,
        strategy: Strategy,
        critic: Critic | None,
    ) -> None:
        self._session = session
        self._policy = policy
        self._accept = accept
        self._options = options
        self._tree = tree
        self._strategy = strategy
        self._critic = critic
        self._checkpoint = options.checkpoint
        self._timer = Timer(options.clock, 0.0 if options.checkpoint is None else options.checkpoint.seconds)
        self._running: deque[_Running] = deque()
        self._expansions = 0
        self._tactics = 0
        self._answers = 0
        self._unanswered = 0
        self._proposed = 0
        self._proof: tuple[Step, ...] = ()
        self._rounds: Counter[int] = Counter()
        self._to_ask_again: deque[Node] = deque()
        self._nothing_new: set[int] = set()
        strategy.opened(tree.root)

    async def run(self) -> StopReason | None:
        """Run the loop; None means that a proof was accepted."""
        budget, width, observe = self._options.budget, self._options.width, self._options.observe
        interrupt = self._options.interrupt or asyncio.Event()
        interrupted = asyncio.create_task(interrupt.wait())
        try:
            while True:
                stop = StopReason.INTERRUPTED if interrupt.is_set() else budget.limit_reached(self._spent())
                while stop is None and len(self._running) < width and (node := self._next()):
                    self._begin(node)
                    stop = budget.limit_reached(self._spent())
                if not self._running:
                    return stop or self._nothing_left()
                first = self._running[0]
                await asyncio.wait(
                    {first.task, interrupted}, timeout=self._time_left(), return_when=asyncio.FIRST_COMPLETED
                )
                if not first.task.done():
                    stop = StopReason.INTERRUPTED if interrupt.is_set() else StopReason.SECONDS
                    if await self._commit_finished() or await self._commit_heard():
                        return None
                    if stop is StopReason.SECONDS:
                        self._raise_policy_failure()
                    return stop
                self._running.popleft()
                if await self._commit(first.node, first.task.result()):
                    return None
                if self._checkpoint is not None:
                    self._checkpoint.save_if_due(self._timer.elapsed(), self._policy.tokens)
                if observe is not None:
                    observe(self._tree, self._spent())
        finally:
            await cancel_all([interrupted])

    async def abandon_running(self) -> None:
        """Cancel the expansions that are still running and wait until they are gone."""
        await cancel_all([running.task for running in self._running])

    def save(self) -> None:
        """Save what the search has heard."""
        if self._checkpoint is not None:
            self._checkpoint.save(self._timer.elapsed(), self._policy.tokens)

    def result(self, stopped_by: StopReason | None) -> SearchResult:
        """Return what was found; `stopped_by` is None when a proof was accepted."""
        ending: Proved | Unproved
        if stopped_by is None:
            ending = Proved(self._proof)
        else:
            best = best_unfinished(self._tree)
            ending = Unproved(stopped_by, best.tactics(), best.state.goals)
        return SearchResult(
            theorem=self._session.theorem,
            ending=ending,
            expansions=self._expansions,
            tactics_tried=self._tactics,
            outcomes=Counter(edge.kind for edge in self._tree.edges()),
            times=self._timer.times(),
            failures=failed_tactics(self._tree),
            tree=self._tree,
        )

    def _next(self) -> Node | None:
        """Return the node that is expanded next: the strategy's, or else one that is expanded once more."""
        node = self._strategy.next()
        if node is not None or self._running:
            return node
        if not self._to_ask_again:
            again = [
                node
                for node in self._tree.nodes
                if self._tree.can_reopen(node)
                and node.id not in self._nothing_new
                and self._rounds[node.id] < MAX_ROUNDS
            ]
            self._to_ask_again.extend(sorted(again, key=lambda node: -node.logprob))
        return self._to_ask_again.popleft() if self._to_ask_again else None

    def _begin(self, node: Node) -> None:
        """Begin to take a node apart if that may be possible, or else to expand it. Only the latter is counted."""
        self._tree.begin(node)
        left = self._tactics_left()
        if isinstance(self._tree, GoalTree) and self._tree.can_split(node, left):
            self._running.append(_Running(node, asyncio.ensure_future(self._take_apart(node)), _Heard()))
            return
        asked = replace(self._input(node.goals, node.tried()), round=self._rounds[node.id])
        self._rounds[node.id] += 1
        self._expansions += 1
        heard = _Heard()
        self._running.append(
            _Running(node, asyncio.ensure_future(self._expand(node, asked, left, heard)), heard)
        )

    def _input(self, goals: tuple[str, ...], tactics: tuple[str, ...]) -> PolicyInput:
        theorem = self._session.theorem
        return PolicyInput(
            goals=goals,
            name=theorem.name,
            statement=theorem.statement,
            header=theorem.header,
            tactics=tactics,
            expansion=self._expansions,
        )

    async def _take_apart(self, node: Node) -> _Parts:
        if self._checkpoint is not None and (known := self._checkpoint.parts(self._session, node)):
            return _Parts(*known)
        with self._timer.asking("lean"):
            parts = await take_apart(self._session, node.state, node.rest)
        values = await self._scores([(part.goals, node.tried()) for part in parts])
        if self._checkpoint is not None:
            self._checkpoint.add_parts(node, parts, values)
        return _Parts(parts, values)

    async def _expand(self, node: Node, asked: PolicyInput, most: int | None, heard: _Heard) -> _Expansion:
        suggestions = await self._suggest(node, asked)
        self._answers += 1
        self._proposed += len(suggestions)
        known = {edge.tactic for edge in node.edges}
        suggestions = [each for each in suggestions if each.tactic not in known][:most]
        heard.suggestions.extend(suggestions)
        return _Expansion(suggestions, await self._try(node, suggestions, heard.results))

    async def _suggest(self, node: Node, asked: PolicyInput) -> list[Suggestion]:
        checkpoint = self._checkpoint
        if checkpoint is not None and (known := checkpoint.suggestions(node, asked)) is not None:
            return known
        self._unanswered += 1
        with self._timer.asking("policy"):
            [suggestions] = await self._policy.suggest([asked])
        self._unanswered -= 1
        if checkpoint is not None:
            checkpoint.add_suggestions(node, asked, suggestions)
        return suggestions

    async def _try(
        self, node: Node, suggestions: list[Suggestion], heard: dict[int, GoalResult]
    ) -> list[_Valued]:
        """Have Lean try the suggestions, the likeliest by themselves: if one finishes, the rest is spared."""
        tactics = [each.tactic for each in suggestions]
        checkpoint = self._checkpoint
        if checkpoint is not None and (known := checkpoint.results(self._session, node, tactics)) is not None:
            return known
        results: list[GoalResult] = []
        with self._timer.asking("lean"):
            for part in (tactics[:TRIED_FIRST], tactics[TRIED_FIRST:]):
                if not part or (results and _ends(results[-1])):
                    continue

                def tell(index: int, result: GoalResult, done: int = len(results)) -> None:
                    heard[done + index] = result

                results += await run_tactics(self._session, node.state, node.rest, part, tell)
        assert len(results) == len(suggestions) or _ends(results[-1])
        values = dict.fromkeys(range(len(results)), 0.0)
        led = {index: result for index, result in enumerate(results) if isinstance(result, TacticState)}
        states = [
            (result.goals[: result.num_goals - node.rest], (*node.tried(), tactics[index]))
            for index, result in led.items()
        ]
        values |= zip(led, await self._scores(states), strict=True)
        valued = [(result, values[index]) for index, result in enumerate(results)]
        if checkpoint is not None:
            checkpoint.add_results(node, tactics, valued)
        return valued

    async def _scores(self, states: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[float]:
        """Return what the critic says of states, each given by its goals and the tactics that led there."""
        if self._critic is None or not states:
            return [0.0] * len(states)
        asked = [self._input(goals, tactics) for goals, tactics in states]
        with self._timer.asking("policy"):
            return await self._critic.score(asked)

    async def _commit(self, node: Node, result: _Expansion | _Parts) -> bool:
        if isinstance(result, _Parts):
            return await self._commit_parts(node, result)
        return await self._commit_expansion(node, result)

    async def _commit_parts(self, node: Node, result: _Parts) -> bool:
        """Split a node, or open it again where that is not possible; return whether that completed a proof.

        Lean's work for it counts as tactics. Where no budget is left for it, the node stays whole.
        """
        assert isinstance(self._tree, GoalTree)
        left, asked = self._tactics_left(), max(1, len(result.parts))
        self._tactics += asked if left is None else min(asked, left)
        if not result.parts or (left is not None and left < asked):
            self._tree.keep_whole(node)
            self._strategy.opened(node)
            return False
        before = len(self._tree.nodes)
        for opened in self._tree.split(node, zip(result.parts, result.values, strict=True)):
            self._strategy.opened(opened)
        self._tree.finish(node)
        self._strategy.expanded(node, len(self._tree.nodes) - before)
        return await self._finished_by(node.edges[-1])

    async def _commit_expansion(self, node: Node, expansion: _Expansion) -> bool:
        """Add an expansion to the tree; return whether it held a proof that was accepted.

        What expansions that were committed meanwhile have left no budget for counts as never tried. Coming back to
        a node for nothing counts as no expansion.
        """
        again = self._rounds[node.id] > 1
        if again and not expansion.suggestions:
            self._expansions -= 1
            self._nothing_new.add(node.id)
        left = self._tactics_left()
        suggestions, results = expansion.suggestions[:left], expansion.results[:left]
        before = len(self._tree.nodes)
        accepted = False
        while suggestions and not accepted:
            self._tactics += len(results)
            for suggestion, (result, value) in zip(suggestions, results, strict=False):
                opened = self._tree.add(
                    node,
                    suggestion.tactic,
                    suggestion.logprob,
                    result,
                    tokens=suggestion.tokens,
                    value=value,
                    rest=node.rest,
                )
                if opened is not None:
                    self._strategy.opened(opened)
                if accepted := await self._finished_by(node.edges[-1]):
                    break
            else:
                suggestions = suggestions[len(results) :]
                results = await self._try(node, suggestions, {})
        self._tree.finish(node)
        self._strategy.expanded(node, len(self._tree.nodes) - before)
        if again:
            for each in self._tree.nodes:
                if each.status is NodeStatus.OPEN:
                    self._strategy.opened(each)
        return accepted

    async def _finished_by(self, edge: Edge) -> bool:
        """Whether `edge`, the newest, completes a proof that is accepted."""
        proof = self._tree.finished_by(edge)
        if proof is None:
            return False
        with self._timer.asking("accept"):
            accepted = await self._accept(proof)
        if accepted:
            self._tree.winner = edge
            self._proof = proof
        else:
            for node in self._tree.reject(edge):
                self._strategy.opened(node)
        return accepted

    async def _commit_finished(self) -> bool:
        """Commit, in order, those running expansions that are done; return whether a proof was among them."""
        for running in list(self._running):
            if running.task.done():
                self._running.remove(running)
                if await self._commit(running.node, running.task.result()):
                    return True
        return False

    def _nothing_left(self) -> StopReason:
        return StopReason.NO_OPEN_STATES if self._proposed else StopReason.NOTHING_PROPOSED

    def _raise_policy_failure(self) -> None:
        """Raise if the time went by because of a model that fails, or before it answered at all."""
        if not self._unanswered:
            return
        raise_trouble(self._policy, "the search")
        if not self._answers and isinstance(self._policy, Troubled):
            raise PolicyUnavailable(
                f"{self._policy.name} gave no answer within the {self._options.budget.seconds:g} s of the search",
                advice="Give the search more time: --timeout.",
            )

    async def _commit_heard(self) -> bool:
        """Stop what is running and commit what Lean has answered of it; return whether a proof was in that."""
        await self.abandon_running()
        while self._running:
            running = self._running.popleft()
            heard = running.heard.expansion()
            if heard.results and await self._commit_expansion(running.node, heard):
                return True
        return False

    def _spent(self) -> Spent:
        return Spent(expansions=self._expansions, tactics=self._tactics, seconds=self._timer.elapsed())

    def _tactics_left(self) -> int | None:
        budget = self._options.budget
        return None if budget.tactics is None else max(0, budget.tactics - self._tactics)

    def _time_left(self) -> float | None:
        budget = self._options.budget
        return None if budget.seconds is None else max(0.0, budget.seconds - self._timer.elapsed())


def _ends(result: GoalResult) -> bool:
    return isinstance(result, ProofFinished | GoalClosed)
