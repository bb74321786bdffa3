"""Something to prove that an engine can open: a theorem, or a hole of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from prover.lean.protocol import CommandReply
from prover.lean.theorem import Theorem


class Goal(Protocol):
    """A `sorry` in a command, and what stands before that command.

    :class:`prover.lean.theorem.Theorem` and :class:`prover.lean.reading.holes.Hole` are goals.
    """

    @property
    def theorem(self) -> Theorem:
        """The theorem itself, or the name and the head of the declaration around a hole."""

    @property
    def context(self) -> tuple[str, ...]:
        """What stands before the command in its file, cut where commands end; engines keep what they elaborated."""

    def context_with(self, command: str) -> tuple[str, ...]:
        """Return the context with one more command at its end, which adds no line."""

    @property
    def command(self) -> str:
        """The command that has the `sorry`, its first line moved to the column that it has in the file."""

    def select_sorry(self, reply: CommandReply) -> tuple[int, str]:
        """Return the proof state and the goal of the `sorry` from an engine's reply to `command`.

        Raises:
            StatementError: the engine did not find it there.
        """


@dataclass(frozen=True, slots=True)
class OpenedGoal:
    """A goal as an engine holds it: the number of its proof state, and the goal as Lean shows it."""

    proof_state: int
    text: str
