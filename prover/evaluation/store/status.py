"""Where a run stands, from its database, which another process may be writing: reads only, one moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.evaluation.run.config import RunConfig
from prover.evaluation.store.counting import NOT_ATTEMPTED, count_passes, shown_counts
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import count_open_problems

COMMON_REASONS = 5
REASON_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class FailureKind:
    """So many attempts ended alike: `reason` is the limit of a failed one, or the beginning of an error's message."""

    outcome: str
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStatus:
    """What a run's database says. `counts` are of passes over problems, and so is `open_passes`.

    `failures` has every limit that ended failed searches, and of each kind of error the most frequent messages.
    """

    set_name: str
    config: RunConfig
    created_at: float
    problems: int
    open_problems: int
    open_passes: int
    counts: dict[str, int]
    failures: tuple[FailureKind, ...]


def read_status(folder: Path) -> StoredStatus:
    """Read where the run in `folder` stands.

    Raises:
        InputError: there is no run.
    """
    with RunStore.open(RunFolder(folder), read_only=True) as store:
        connection = store.connection
        connection.execute("BEGIN")
        set_name, created_at = connection.execute("SELECT set_name, created_at FROM run").fetchone()
        counts = shown_counts(count_passes(connection, store.config))
        return StoredStatus(
            set_name=set_name,
            config=store.config,
            created_at=created_at,
            problems=store.problems,
            open_problems=count_open_problems(store),
            open_passes=counts[NOT_ATTEMPTED],
            counts=counts,
            failures=_failures(store),
        )


def _failures(store: RunStore) -> tuple[FailureKind, ...]:
    rows = store.connection.execute(
        "SELECT outcome, iif(outcome = 'failed', stopped_by, substr(reason, 1, ?)) AS why, count(*) AS attempts,"
        " row_number() OVER (PARTITION BY outcome ORDER BY count(*) DESC) AS place FROM attempt"
        " WHERE outcome NOT IN ('proved', 'disproved') AND negated = 0 GROUP BY outcome, why"
        " ORDER BY attempts DESC, outcome, why",
        (REASON_CHARACTERS,),
    )
    return tuple(
        FailureKind(outcome, why, attempts)
        for outcome, why, attempts, place in rows
        if outcome == "failed" or place <= COMMON_REASONS
    )
