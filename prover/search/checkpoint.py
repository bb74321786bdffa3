"""What a search has heard from its policy, its critic and Lean, for another process to go on from.

A search is the same every time for the same answers (:mod:`prover.search.loop`). So one that is begun anew and is
given the answers of an earlier process grows that process's tree again, without asking a model or Lean, and goes on
where the answers end. The states of that tree are known by their tactics; Lean makes those that are used again.

A question is known by the node that it is about, with its goals, and by what is asked: an answer to another question
is never taken for one to this.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    Session,
    TacticCrashed,
    TacticState,
    TacticTimeout,
)
from prover.policy.base import PolicyInput, Suggestion
from prover.search.goals import GoalClosed, GoalResult, Part, sent_tactic
from prover.search.tree import Node, outcome_kind

LONGEST_S = 366 * 24 * 3600.0
EVERY_S = 60.0
"""How often what a search has heard is saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswers:
    """Some of what a search has heard: `answers` is compressed JSON. `seconds` and `tokens` were spent by then."""

    answers: bytes
    seconds: float
    tokens: int


def is_readable(saved: Iterable[SavedAnswers]) -> bool:
    """Whether a search can go on from this: a damaged database can hold anything."""
    try:
        return all(map(_is_readable, saved))
    except (zlib.error, ValueError, TypeError):
        return False


def _is_readable(saved: SavedAnswers) -> bool:
    answers = _answers(saved)
    spent = math.isfinite(saved.seconds) and 0 <= saved.seconds < LONGEST_S and saved.tokens >= 0
    return spent and isinstance(answers, dict) and all(isinstance(each, list) for each in answers.values())


def _answers(saved: SavedAnswers) -> Any:  # noqa: ANN401  (JSON data)
    return json.loads(zlib.decompress(saved.answers))


Save = Callable[[SavedAnswers], None]
"""Keeps answers that a search has heard since it saved last."""


class Checkpoint:
    """The answers of one search: those of earlier processes, and what it hears itself and saves from time to time.

    `before` is what was saved, in that order, and has to be readable. `clock` gives seconds.
    """

    def __init__(
        self,
        save: Save,
        before: Iterable[SavedAnswers] = (),
        *,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._save = save
        self._every_s = every_s
        self._clock = clock
        self._saved_at = clock()
        self._answers: dict[str, Any] = {}
        self._new: list[tuple[str, Callable[[], Any]]] = []
        self.seconds = 0.0
        self.tokens = 0
        for each in before:
            self._answers.update(_answers(each))
            self.seconds, self.tokens = each.seconds, each.tokens

    def suggestions(self, node: Node, asked: PolicyInput) -> list[Suggestion] | None:
        """Return what the policy answered about `node` before, None if it has not been asked."""
        found = self._answers.get(_question("policy", node, str(asked.round)))
        return None if found is None else [Suggestion(*each) for each in found]

    def add_suggestions(self, node: Node, asked: PolicyInput, suggestions: Sequence[Suggestion]) -> None:
        """Record what the policy answered."""
        heard = tuple(suggestions)
        self._add(
            _question("policy", node, str(asked.round)),
            lambda: [[each.tactic, each.logprob, each.tokens] for each in heard],
        )

    def results(
        self, session: Session, node: Node, tactics: Sequence[str]
    ) -> list[tuple[GoalResult, float]] | None:
        """Return what came of these tactics before and the critic's values, None if they have not been tried."""
        found = self._answers.get(_question("lean", node, *tactics))
        if found is None:
            return None
        return [
            (_result(session, node, tactic, *each), value)
            for tactic, (each, value) in zip(tactics, found, strict=False)
        ]

    def add_results(
        self, node: Node, tactics: Sequence[str], results: Sequence[tuple[GoalResult, float]]
    ) -> None:
        """Record what came of these tactics."""
        heard = tuple(results)
        self._add(
            _question("lean", node, *tactics),
            lambda: [[_data(result), value] for result, value in heard],
        )

    def parts(self, session: Session, node: Node) -> tuple[tuple[Part, ...], list[float]] | None:
        """Return the parts of the node and their values, None if Lean has not been asked for them."""
        found = self._answers.get(_question("parts", node))
        if found is None:
            return None
        parts, values = found
        states = [
            node.state if goals is None else session.recall(node.state, move, tuple(goals))
            for move, goals, _ in parts
        ]
        return tuple(
            Part(move, state, rest) for (move, _, rest), state in zip(parts, states, strict=True)
        ), values

    def add_parts(self, node: Node, parts: Sequence[Part], values: Sequence[float]) -> None:
        """Record the parts of a node."""
        heard, valued = tuple(parts), list(values)
        self._add(
            _question("parts", node),
            lambda: [[_part_data(node, each) for each in heard], valued],
        )

    def save_if_due(self, seconds: float, tokens: int) -> None:
        """Save what is new if that is due. The search has taken `seconds`, and a model `tokens` in this process."""
        if self._clock() - self._saved_at >= self._every_s:
            self.save(seconds, tokens)

    def save(self, seconds: float, tokens: int) -> None:
        """Save what is new, if anything is."""
        self._saved_at = self._clock()
        if not self._new:
            return
        text = json.dumps({question: data() for question, data in self._new}, ensure_ascii=False)
        self._new.clear()
        answers = zlib.compress(text.encode("utf-8", "surrogatepass"))
        self._save(SavedAnswers(answers=answers, seconds=seconds, tokens=self.tokens + tokens))

    def _add(self, question: str, data: Callable[[], Any]) -> None:
        self._new.append((question, data))


def _question(kind: str, node: Node, *asked: str) -> str:
    digest = hashlib.sha256("\0".join([*node.goals, "", *asked]).encode("utf-8", "surrogatepass"))
    return f"{kind} {node.id} {digest.hexdigest()[:24]}"


def _part_data(node: Node, part: Part) -> list[Any]:
    goals = None if part.state is node.state else part.state.goals
    return [part.tactic, goals, part.rest]


def _data(result: GoalResult) -> list[Any]:
    """Return a tactic's result as JSON data, `_result` the result again."""
    kind = outcome_kind(result)
    match result:
        case TacticState(_, goals, messages):
            return [kind, goals, messages]
        case ProofFinished(messages) | GoalClosed(messages):
            return [kind, messages]
        case LeanError(error) | TacticTimeout(error) | TacticCrashed(error):
            return [kind, error]
        case ProofGivenUp():
            return [kind]


def _result(session: Session, node: Node, tactic: str, kind: str, *data: Any) -> GoalResult:  # noqa: ANN401
    match kind, data:
        case "state", (goals, messages):
            sent = sent_tactic(node.state, node.rest, tactic)
            return session.recall(node.state, sent, tuple(goals), tuple(messages))
        case "finished", (messages,):
            return ProofFinished(tuple(messages))
        case "closed", (messages,):
            return GoalClosed(tuple(messages))
        case "error", (error,):
            return LeanError(error)
        case "timeout", (error,):
            return TacticTimeout(error)
        case "crashed", (error,):
            return TacticCrashed(error)
        case _:
            return ProofGivenUp()
