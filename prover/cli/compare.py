"""`prover compare`: two runs on the same problems."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from prover.cli.console import console
from prover.evaluation.analysis.compare import Comparison, compare_runs
from prover.evaluation.analysis.summary import percent, truth_sentence
from prover.evaluation.report.write import REPORT

SIGNIFICANCE = 0.05
SHOWN_CHANGES = 40


def compare(
    run_a: Annotated[Path, typer.Argument(help="The folder of a run.")],
    run_b: Annotated[Path, typer.Argument(help="The folder of the run to compare it with.")],
    common: Annotated[
        bool,
        typer.Option("--common", help="Compare the problems that both sets have with the same statement."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what two runs proved, problem by problem, with McNemar's exact test.

    Runs on different problem sets are refused unless --common is given.
    """
    result = compare_runs(run_a, run_b, common=common)
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2, ensure_ascii=False, default=str))
    else:
        print_comparison(result)


def print_comparison(result: Comparison) -> None:
    """Print the paired table, the test, and the problems that ended differently."""
    screen = console()
    left_out = f"; {result.left_out} that only one run has are left out" if result.left_out else ""
    screen.print(
        Text(f"A  {result.run_a}  {result.proved_a.count} proved, {percent(result.proved_a)}"), soft_wrap=True
    )
    screen.print(
        Text(f"B  {result.run_b}  {result.proved_b.count} proved, {percent(result.proved_b)}"), soft_wrap=True
    )
    screen.print(Text(f"{result.total} problems{left_out}\n", style="dim"), soft_wrap=True)
    for name, truth in (("A", result.truth_a), ("B", result.truth_b)):
        if truth is not None:
            screen.print(Text(f"{name}  {truth_sentence(truth)}", style="dim"), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("", "proved by B", "not by B"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("proved by A", str(result.both), str(len(result.only_a)))
    table.add_row("not by A", str(len(result.only_b)), str(result.neither))
    screen.print(table)
    screen.print(
        Text(f"\nMcNemar's exact test: p = {result.p_value:.3g}, {_verdict(result)}"), soft_wrap=True
    )
    reports = [run / REPORT for run in (result.run_a, result.run_b)]
    for report in dict.fromkeys(reports):
        if report.is_file():
            screen.print(Text(f"report: {report}", style="dim"), soft_wrap=True)
    if not result.changes:
        return
    screen.print(Text("\nWhat changed, from A to B:", style="bold"))
    for each in result.changes[:SHOWN_CHANGES]:
        style = "green" if each.name in result.only_b else "red" if each.name in result.only_a else "dim"
        line = f"  {each.name}  {each.standing_a.value} -> {each.standing_b.value}"
        screen.print(Text(line, style=style), soft_wrap=True)
    if len(result.changes) > SHOWN_CHANGES:
        screen.print(
            Text(f"  and {len(result.changes) - SHOWN_CHANGES} more; --json has them all", style="dim")
        )


def _verdict(result: Comparison) -> str:
    if not result.only_a and not result.only_b:
        return "both prove the same problems"
    if result.p_value >= SIGNIFICANCE:
        return "no evidence that one proves more"
    better = "A" if len(result.only_a) > len(result.only_b) else "B"
    return f"{better} proves more than chance explains"
