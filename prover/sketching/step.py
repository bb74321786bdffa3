"""What came of the steps of a sketch."""

from __future__ import annotations

from dataclasses import dataclass

from prover.attempt import Disproof
from prover.filling.search import Found, NotFound
from prover.lean.reading.holes import Hole
from prover.sketching.reader import Sketch
from prover.sketching.record import StepReport


@dataclass(frozen=True, slots=True)
class FalseStep:
    """A step is false, as the verifier confirms."""

    hole: Hole
    disproof: Disproof


Ended = Found | NotFound | FalseStep
"""What came of a step."""


def report(sketch: Sketch, ended: Ended) -> StepReport:
    """Return the same for results and databases."""
    hole = ended.hole
    statement = sketch.head_at(hole.line) or f"⊢ {hole.goal.rpartition('⊢ ')[2]}"
    match ended:
        case Found():
            status, note = "proved", ended.proof
        case FalseStep(disproof=disproof):
            status, note = "false", counterexample_text(disproof)
        case NotFound():
            status, note = "open", ended.reason
    return StepReport(line=hole.line, statement=statement, status=status, note=note)


def counterexample_text(disproof: Disproof) -> str:
    """Return the values at which a claim fails; empty where the proof names none."""
    return ", ".join(f"{name} := {value}" for name, value in disproof.counterexample)
