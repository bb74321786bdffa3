"""Drop the search trees of a run that nothing is learned from: those of attempts that found no proof.

Done some attempts at a time, each lot in one transaction, so that a process that is killed leaves a run that is
compacted in part. The dropped tactics count as not stored (`steps_left_out`).
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.util.full_disk import writing

LOT = 2000

_NEXT = """
SELECT id FROM attempt WHERE id > ? AND NOT EXISTS (SELECT 1 FROM proof WHERE attempt_id = attempt.id)
AND EXISTS (SELECT 1 FROM step WHERE attempt_id = attempt.id) ORDER BY id LIMIT ?
"""
_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """How many trees were dropped, of how many tried tactics, and the bytes of the database before and after."""

    trees: int
    steps: int
    before: int
    after: int


def compact(folder: RunFolder) -> Compacted:
    """Drop the search trees but those of proofs, and give the room back; the run's lock must be held.

    Raises:
        InputError: there is no run.
        SetupError: it cannot be written. To give the room back, SQLite needs as much again as what is left.
    """
    before = _size(folder)
    trees = steps = 0
    last = -1
    with RunStore.open(folder) as store, writing(folder.path):
        connection = store.connection
        while lot := [number for (number,) in connection.execute(_NEXT, (last, LOT))]:
            chosen, last = (json.dumps(lot),), lot[-1]
            with store.transaction():
                connection.execute(
                    "UPDATE attempt SET steps_left_out = steps_left_out"
                    f" + (SELECT count(*) FROM step WHERE attempt_id = attempt.id) WHERE id {_AMONG}",
                    chosen,
                )
                steps += connection.execute(f"DELETE FROM step WHERE attempt_id {_AMONG}", chosen).rowcount
                connection.execute(f"DELETE FROM node WHERE attempt_id {_AMONG}", chosen)
            trees += len(lot)
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return Compacted(trees=trees, steps=steps, before=before, after=_size(folder))


def _size(folder: RunFolder) -> int:
    size = 0
    for path in (folder.database, folder.database.with_name(f"{folder.database.name}-wal")):
        with contextlib.suppress(FileNotFoundError):
            size += path.stat().st_size
    return size
