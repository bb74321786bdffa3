"""`prover status`: where a run stands, while a process works on it or afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.console import live_status, say
from prover.cli.interrupt import Interrupt
from prover.cli.run_progress import count_line, duration
from prover.errors import InputError, SetupError
from prover.evaluation.status import Holder, RunStatus, Work, run_status
from prover.evaluation.store.status import FailureKind
from prover.search.budget import stop_text
from prover.service.run_page.client import remote_status
from prover.service.run_page.serving import serving_run_page

SHOWN_PROBLEMS = 12
LOOKS = 3
"""How often a page that has answered before is asked in vain."""


def status(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="The folder of a run, or the address of its page (http://...)."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until no process works on the run.")] = False,
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="With --watch: how often to look.")
    ] = 2.0,
    page: Annotated[
        str | None,
        typer.Option(
            "--serve",
            metavar="[HOST:]PORT",
            help="Serve the page of the run there, until Ctrl-C (extra service).",
        ),
    ] = None,
) -> None:
    """Say where a run stands: problems done and left, what is worked on, how fast, and what went wrong.

    Reads only, so it is safe while a process works on the run.
    """
    if watch and as_json:
        raise InputError("--watch and --json exclude each other", advice="Ask again as often as you like.")
    look = (
        partial(remote_status, run)
        if run.startswith(("http://", "https://"))
        else partial(run_status, Path(run))
    )
    if page is not None:
        if watch or as_json:
            raise InputError("--serve goes alone", advice="Leave out --watch and --json.")
        _serve(look, page)
    elif watch:
        _watch(look, every)
    else:
        shown = look()
        say(shown.model_dump_json(indent=2) if as_json else status_text(shown))


def _serve(look: Callable[[], RunStatus], place: str) -> None:
    look()
    interrupt = Interrupt()
    interrupt.run(_serve_until(look, place, interrupt.event))
    interrupt.exit()


async def _serve_until(look: Callable[[], RunStatus], place: str, stop: asyncio.Event) -> None:
    async with serving_run_page(look, place) as address:
        say(f"the run's page: {address} (stop with Ctrl-C)")
        await stop.wait()


def _watch(look: Callable[[], RunStatus], every: float) -> None:
    """Show the run until nobody works on it: in place on a terminal, else whenever it is another."""
    before, failures = "", 0
    with live_status("") as show:
        while True:
            try:
                seen, failures = look(), 0
            except SetupError:
                failures += 1
                if not before:
                    raise
                if failures == LOOKS:
                    text = f"{before}\nThat was the last: the page is there no more, as its run has ended."
                    break
                time.sleep(every)
                continue
            text = status_text(seen)
            if seen.process is None or seen.process.running is False:
                break
            if show is not None:
                show(text)
            elif text != before:
                say(f"{text}\n")
            before = text
            time.sleep(every)
    say(text)


def status_text(seen: RunStatus) -> str:
    """Return what is told of a run, in lines."""
    done = seen.problems - seen.open_problems
    lines = [
        f"{seen.run}: {seen.set}, {seen.problems} problems, {_plural(seen.passes, 'pass', 'passes')}",
        f"{done} problems done, {seen.open_problems} left",
        count_line(seen.counts),
        _process_line(seen.process),
    ]
    if seen.work is not None:
        lines += _work_lines(seen.work)
    if seen.failures:
        lines.append("attempts that proved nothing:")
        lines += [f"  {each.attempts:>8}  {_kind(each)}" for each in seen.failures]
    lines += [f"note: {each}" for each in seen.notes]
    return "\n".join(map(_printable, lines))


def _printable(line: str) -> str:
    """Return a line without what a terminal would act on: servers and other people's runs have a say in it."""
    return "".join(each if each.isprintable() else " " for each in line)


def _process_line(holder: Holder | None) -> str:
    if holder is None:
        return "no process works on it"
    if holder.running is None:
        return f"process {holder.pid} of {holder.host} works on it, or did when that was cut off"
    if not holder.running:
        return f"no process works on it; process {holder.pid} did, and was killed"
    return f"process {holder.pid} works on it"


def _work_lines(work: Work) -> list[str]:
    left = "" if work.left_s is None or work.done == work.total else f", {duration(work.left_s)} left"
    lines = [
        f"{work.stage}: {work.done} of {work.total}, {work.per_minute:.1f} a minute{left}; "
        f"{_plural(work.workers, 'worker', 'workers')}, {_plural(work.engines, 'engine', 'engines')}, "
        f"engine restarts: {work.engine_restarts}"
    ]
    if work.nodes:
        actors = ", ".join(f"{address} ({number})" for address, number in sorted(work.nodes.items()))
        lines.append(f"actors on nodes: {actors}")
    shown = [f"{each.name} ({duration(each.seconds)})" for each in work.working_on[:SHOWN_PROBLEMS]]
    more = len(work.working_on) - len(shown)
    if shown:
        lines.append(f"in work: {', '.join(shown)}{f' and {more} more' if more else ''}")
    return lines


def _kind(kind: FailureKind) -> str:
    reason = stop_text(kind.reason) if kind.outcome == "failed" else " ".join(kind.reason.split())
    return f"{kind.outcome}: {reason}" if reason else kind.outcome


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
