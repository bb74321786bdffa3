"""Join runs into one: the shards of a run, or parts of it that were made on several machines.

The whole is written beside its place and moved there when it is complete: a merge that is killed leaves no run.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, differences
from prover.evaluation.store.database import RunStore, create_tables, has_run, require_run
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.migrate import migrate
from prover.evaluation.store.rows import (
    AnswerRow,
    AttemptRow,
    AutomationRow,
    NodeRow,
    ProblemRow,
    ProofRow,
    ProofStepRow,
    Row,
    RunRow,
    StepRow,
    TryRow,
)
from prover.evaluation.store.run_data import CACHE_KB
from prover.evaluation.store.tables import columns, insert, select
from prover.problems.problem import parse_shard
from prover.util.full_disk import writing

OF_ATTEMPTS: tuple[type[Row], ...] = (NodeRow, StepRow, ProofRow, ProofStepRow, TryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run to be joined: the `index`th of `shards` shards, both 1 for a run over the whole set."""

    folder: Path
    config: RunConfig
    run: RunRow
    problems: int
    index: int
    shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What the whole has; `repeated` attempts were in several parts, and agreed."""

    problems: int
    attempts: int
    proofs: int
    repeated: int


def read_parts(folders: Sequence[Path]) -> list[Part]:
    """Read what is to be joined, shards in their order.

    Raises:
        InputError: a folder has no run, they were begun differently, or a shard is missing.
    """
    parts = sorted(map(_read_part, folders), key=lambda part: part.index)
    first = parts[0]
    for part in parts[1:]:
        if part.shards != first.shards:
            raise InputError(
                f"{first.folder} is shard {first.config.shard}, {part.folder} {part.config.shard}"
            )
        same = {"shard": first.config.shard, "set_hash": first.config.set_hash}
        if part.index == first.index:
            same.pop("set_hash")
        if changed := differences(first.config, part.config.model_copy(update=same)):
            raise InputError(f"{first.folder} and {part.folder} were begun differently: {'; '.join(changed)}")
    if missing := set(range(1, first.shards + 1)) - {part.index for part in parts}:
        names = ", ".join(f"{index}/{first.shards}" for index in sorted(missing))
        raise InputError(f"no run of shard {names} is there", advice="Name the runs of all shards.")
    return parts


def _read_part(folder: Path) -> Part:
    """Read what a run is; one of an earlier version gets the tables of this one, which are copied as they are."""
    require_run(RunFolder(folder))
    migrate(RunFolder(folder).database)
    with RunStore.open(RunFolder(folder), read_only=True) as store:
        index, shards = parse_shard(store.config.shard or "1/1")
        (run,) = select(store.connection, RunRow)
        return Part(
            folder=folder, config=store.config, run=run, problems=store.problems, index=index, shards=shards
        )


def merge(out: RunFolder, parts: Sequence[Part], whole: RunConfig) -> Merged:
    """Make the run `out`, whose lock must be held, with the configuration `whole` of all `parts`.

    Raises:
        InputError: there is a run already, or two parts disagree about an attempt or a problem.
        SetupError: it cannot be written.
    """
    if has_run(out):
        raise InputError(f"{out.path} has a run already", advice="Choose another folder.")
    made = out.database.with_name(f"{out.database.name}.merging")
    with writing(out.path):
        for leftover in out.path.glob(f"{made.name}*"):
            leftover.unlink()
        with contextlib.closing(
            sqlite3.connect(made.absolute().as_uri(), uri=True, isolation_level=None)
        ) as whole_db:
            whole_db.row_factory = sqlite3.Row
            merged = _fill(whole_db, parts, whole)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        whole.write(out.config)
        made.replace(out.database)
    return merged


def _fill(database: sqlite3.Connection, parts: Sequence[Part], whole: RunConfig) -> Merged:
    """Write everything into a new database, which need not survive a crash until it is complete."""
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    create_tables(database)
    created_at = min(part.run.created_at for part in parts)
    config = whole.model_dump(mode="json")
    run = replace(parts[0].run, config=config, set_hash=whole.set_hash, created_at=created_at)
    insert(database, RunRow, [run])
    total = sum({part.index: part.problems for part in parts}.values())
    repeated = sum(_add_part(database, part, total) for part in parts)
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    problems, attempts, proofs = (
        int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        for table in ("problem", "attempt", "proof")
    )
    return Merged(problems=problems, attempts=attempts, proofs=proofs, repeated=repeated)


def _add_part(database: sqlite3.Connection, part: Part, total: int) -> int:
    """Copy what is not there yet, in one state of the part, which may be growing; return what was there."""
    path = RunFolder(part.folder).database.resolve().as_uri()
    database.execute("ATTACH ? AS part", (f"{path}?mode=ro",))
    database.execute("BEGIN")
    place = {"shards": part.shards, "index": part.index - 1, "total": total, "problems": part.problems}
    _add_problems(database, part, place)
    database.execute(
        "CREATE TEMP TABLE moved AS SELECT id AS old,"
        " 2 * (pass * :total + problem_id * :shards + :index) + negated AS new FROM part.attempt ORDER BY id",
        place,
    )
    database.execute("CREATE UNIQUE INDEX temp.moved_old ON moved(old)")
    _refuse_contradictions(database, part)
    repeated = database.execute("DELETE FROM moved WHERE new IN (SELECT id FROM main.attempt)").rowcount
    names = ", ".join(each.name for each in columns(AttemptRow) if each.name not in ("id", "problem_id"))
    database.execute(
        f"INSERT INTO main.attempt (id, problem_id, {names})"
        f" SELECT new, problem_id * :shards + :index, {names} FROM moved CROSS JOIN part.attempt ON id = old",
        place,
    )
    for row_type in OF_ATTEMPTS:
        names = _names(row_type)
        database.execute(
            f"INSERT INTO main.{row_type.TABLE} (attempt_id, {names}) SELECT new, {names}"
            f" FROM moved CROSS JOIN part.{row_type.TABLE} ON attempt_id = old"
        )
    names = _names(AnswerRow)
    database.execute(
        f"INSERT OR IGNORE INTO main.answer (attempt_id, {names}) SELECT 2 * (attempt_id / 2 / :problems * :total"
        f" + attempt_id / 2 % :problems * :shards + :index) + attempt_id % 2, {names} FROM part.answer",
        place,
    )
    database.execute("COMMIT")
    database.execute("DROP TABLE moved")
    database.execute("DETACH part")
    return repeated


def _add_problems(database: sqlite3.Connection, part: Part, place: dict[str, int]) -> None:
    """Add the part's problems and its calls of plain automation, or what it knows more of those that are there.

    Raises:
        InputError: they are not the same.
    """
    names = ", ".join(each.name for each in columns(ProblemRow) if each.name != "id")
    both = "main.problem AS a JOIN part.problem AS b ON a.id = b.id * :shards + :index"
    other = database.execute(
        f"SELECT b.name FROM {both} WHERE (a.name, a.header, a.statement) != (b.name, b.header, b.statement) OR"
        " a.support != b.support AND 'unchecked' NOT IN (a.support, b.support) LIMIT 1",
        place,
    ).fetchone()
    if other is not None:
        raise InputError(f"{part.folder} has {other[0]} otherwise than another part: stated or supported")
    try:
        database.execute(
            f"INSERT INTO main.problem (id, {names}) SELECT id * :shards + :index, {names} FROM part.problem"
            " WHERE id * :shards + :index NOT IN (SELECT id FROM main.problem) ORDER BY id",
            place,
        )
    except sqlite3.IntegrityError as error:
        raise InputError(f"{part.folder} has a problem of the same name as another shard") from error
    database.execute(
        "UPDATE main.problem SET (support, support_reason) = (SELECT support, support_reason FROM part.problem"
        " WHERE part.problem.id * :shards + :index = main.problem.id)"
        " WHERE support = 'unchecked' AND id % :shards = :index",
        place,
    )
    names = _names(AutomationRow)
    database.execute(
        f"INSERT INTO main.automation (problem_id, {names}) SELECT problem_id * :shards + :index, {names}"
        " FROM part.automation WHERE problem_id * :shards + :index NOT IN (SELECT problem_id FROM main.automation)",
        place,
    )


def _refuse_contradictions(database: sqlite3.Connection, part: Part) -> None:
    row = database.execute(
        "SELECT problem.name, a.pass, a.outcome, b.outcome FROM moved"
        " JOIN main.attempt AS a ON a.id = new JOIN part.attempt AS b ON b.id = old"
        " JOIN main.problem ON problem.id = a.problem_id"
        " LEFT JOIN main.proof AS p ON p.attempt_id = a.id LEFT JOIN part.proof AS q ON q.attempt_id = b.id"
        " WHERE (a.seed, a.outcome) != (b.seed, b.outcome) OR p.text IS NOT q.text LIMIT 1"
    ).fetchone()
    if row is not None:
        name, number, here, there = row
        ends = f"{here} and {there}" if here != there else "another seed or proof"
        raise InputError(
            f"{part.folder} and another part disagree about {name}, pass {number}: {ends}",
            advice="Merge the one or the other: to choose by the outcome would count luck as skill.",
        )


def _names(row_type: type[Row]) -> str:
    return ", ".join(each.name for each in columns(row_type))
