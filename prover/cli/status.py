"""`prover status`: where a run stands, while a process works on it or afterwards."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.console import live_status, say
from prover.cli.run_progress import count_line, duration
from prover.errors import InputError
from prover.evaluation.run.status_file import LiveStatus, read_live_status, runs_before
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.status import FailureKind, StoredStatus, read_status
from prover.search.budget import stop_text

SHOWN_PROBLEMS = 12


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that writes a run, as far as this machine can tell: of another one's it is not known if it runs."""

    pid: int
    host: str | None
    running: bool | None


def status(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until no process works on the run.")] = False,
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="With --watch: how often to look.")
    ] = 2.0,
) -> None:
    """Say where a run stands: problems done and left, what is worked on, how fast, and what went wrong.

    Reads only, so it is safe while a process works on the run.
    """
    if not watch:
        stored, live, holder = _look(run)
        say(_as_json(run, stored, live, holder) if as_json else _as_text(run, stored, live, holder))
        return
    if as_json:
        raise InputError("--watch and --json exclude each other", advice="Ask again as often as you like.")
    _watch(run, every)


def _watch(run: Path, every: float) -> None:
    """Show the run until nobody works on it: in place on a terminal, else whenever it is another."""
    before = ""
    with live_status("") as show:
        while True:
            stored, live, holder = _look(run)
            text = _as_text(run, stored, live, holder)
            if holder is None or holder.running is False:
                break
            if show is not None:
                show(text)
            elif text != before:
                say(f"{text}\n")
            before = text
            time.sleep(every)
    say(text)


def _look(run: Path) -> tuple[StoredStatus, LiveStatus | None, Holder | None]:
    stored, live = read_status(run), read_live_status(run)
    return stored, live, _holder(RunFolder(run), live)


def _holder(folder: RunFolder, live: LiveStatus | None) -> Holder | None:
    """Return the process that said that it writes the run, and did not take that back."""
    said = folder.holder()
    if said is None:
        return None
    pid, at = said
    if live is not None and live.pid == pid and not live.is_this_host:
        return Holder(pid, live.host, None)
    return Holder(pid, None, runs_before(pid, at))


def _of_holder(live: LiveStatus | None, holder: Holder | None) -> LiveStatus | None:
    """Return what was written about the process that holds the run, unless that was killed; not of an earlier one."""
    if live is None or holder is None or holder.running is False or holder.pid != live.pid:
        return None
    return live


def _as_json(run: Path, stored: StoredStatus, live: LiveStatus | None, holder: Holder | None) -> str:
    now = time.time()
    known = _of_holder(live, holder)
    shown = {
        "run": str(run),
        "set": stored.set_name,
        "problems": stored.problems,
        "open_problems": stored.open_problems,
        "passes": stored.config.passes,
        "counts": stored.counts,
        "failures": [asdict(each) for each in stored.failures],
        "process": None if holder is None else asdict(holder),
        "work": None if known is None else _work(known, now),
    }
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _work(live: LiveStatus, now: float) -> dict[str, object]:
    return {
        "stage": live.stage,
        "done": live.done,
        "total": live.total,
        "per_minute": live.per_minute,
        "left_s": live.left_s,
        "working_on": [
            {"name": each.name, "seconds": max(0.0, now - each.since)} for each in live.working_on
        ],
        "engine_restarts": live.engine_restarts,
        "workers": live.workers,
        "engines": live.engines,
        "age_s": max(0.0, now - live.updated_at),
    }


def _as_text(run: Path, stored: StoredStatus, live: LiveStatus | None, holder: Holder | None) -> str:
    done = stored.problems - stored.open_problems
    lines = [
        f"{run}: {stored.set_name}, {stored.problems} problems, {_plural(stored.config.passes, 'pass', 'passes')}",
        f"{done} problems done, {stored.open_problems} left",
        count_line(stored.counts),
        _process_line(run, holder),
    ]
    if known := _of_holder(live, holder):
        lines += _live_lines(known)
    if stored.failures:
        lines.append("attempts that proved nothing:")
        lines += [f"  {each.attempts:>8}  {_kind(each)}" for each in stored.failures]
    return "\n".join(lines)


def _process_line(run: Path, holder: Holder | None) -> str:
    if holder is None:
        return "no process works on it"
    if holder.running is None:
        return f"process {holder.pid} of {holder.host} works on it, or did when that was cut off"
    if not holder.running:
        return f"no process works on it; process {holder.pid} did, and was killed"
    return f"process {holder.pid} works on it"


def _live_lines(live: LiveStatus) -> list[str]:
    now = time.time()
    left = "" if live.left_s is None or live.done == live.total else f", {duration(live.left_s)} left"
    lines = [
        f"{live.stage}: {live.done} of {live.total}, {live.per_minute:.1f} a minute{left}; "
        f"{_plural(live.workers, 'worker', 'workers')}, {_plural(live.engines, 'engine', 'engines')}, "
        f"engine restarts: {live.engine_restarts}"
    ]
    shown = [f"{each.name} ({duration(now - each.since)})" for each in live.working_on[:SHOWN_PROBLEMS]]
    more = len(live.working_on) - len(shown)
    if shown:
        lines.append(f"in work: {', '.join(shown)}{f' and {more} more' if more else ''}")
    return lines


def _kind(kind: FailureKind) -> str:
    reason = stop_text(kind.reason) if kind.outcome == "failed" else " ".join(kind.reason.split())
    return f"{kind.outcome}: {reason}" if reason else kind.outcome


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
