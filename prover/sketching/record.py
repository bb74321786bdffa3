"""What came of a planner's answers, for results and databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from prover.policy.chat.messages import ChatAnswer
from prover.policy.chat.repair import ProofError


class PlanOutcome(StrEnum):
    """What came of one answer of the planner."""

    PROVED = "proved"
    """Every step is proved, so that a proof can be put together."""
    FALSE_STEP = "false step"
    """A step is false."""
    OPEN = "open"
    """A step stays unproved."""
    ERRORS = "errors"
    """Lean finds errors, and nothing of the sketch is used."""
    NO_SKETCH = "no sketch"
    """The answer holds no sketch that may be tried."""
    EMPTY = "empty"
    """There is no text besides thinking."""
    CUT = "cut"
    """The answer ended at the limit of tokens, before a sketch."""
    TIMEOUT = "timeout"
    """Lean took too long over the sketch, or broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """A hole of a sketch: its line in the file, what it states, and what came of it."""

    line: int
    statement: str
    status: str
    note: str = ""


NOT_ASKED = ChatAnswer(raw="", text="", reasoning="", finish_reason="", prompt_tokens=0, completion_tokens=0)
"""Stands for the answer where no model plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTry:
    """One answer of the planner about a statement, the theorem itself or, deeper than 0, a step of another plan.

    `plan` counts the plans for the statement from 0, and `correction` how often this one has come back with errors.
    `sketch` is what was tried, `file` the text that Lean was given, with its `errors`. `parent` is the place of the
    answer that this one follows, None for first ones.
    """

    depth: int
    plan: int
    correction: int
    parent: int | None
    answer: ChatAnswer
    outcome: PlanOutcome
    sketch: str = ""
    file: str = ""
    errors: tuple[ProofError, ...] = ()
    steps: tuple[StepReport, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class Record:
    """The tries of an attempt in their order; `observe` is told whenever there is news."""

    observe: Callable[[Sequence[PlanTry]], None] = lambda tries: None
    tries: list[PlanTry] = field(default_factory=list)

    def add(self, made: PlanTry) -> int:
        """Keep a try; return its place."""
        self.tries.append(made)
        self.observe(self.tries)
        return len(self.tries) - 1

    def change(self, place: int, *, outcome: PlanOutcome, steps: tuple[StepReport, ...], reason: str) -> None:
        """Note what came of a try."""
        self.tries[place] = replace(self.tries[place], outcome=outcome, steps=steps, reason=reason)
        self.observe(self.tries)

    def put(self, place: int, *, sketch: str, file: str) -> None:
        """Note the sketch that is used in the place of an answer's own."""
        self.tries[place] = replace(self.tries[place], sketch=sketch, file=file)
