"""The `prover` command: its subcommands, each imported when it is called, and error reporting."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from prover import __version__
from prover.cli import ctrl_c
from prover.cli.failures import run_reporting_errors

COMMANDS = {
    "prove": ("prover.cli.prove:prove", "Search for a proof of a theorem, or of every `sorry` in a file."),
    "evaluate": ("prover.cli.evaluate:evaluate", "Search for a proof of every problem of a set."),
    "status": ("prover.cli.status:status", "Say where a run stands, also while it works."),
    "report": ("prover.cli.report:report", "Write the report of a run, a page and a summary."),
    "compare": ("prover.cli.compare:compare", "Compare what two runs proved, problem by problem."),
    "verify": ("prover.cli.verify:verify", "Check every stored proof of a run again."),
    "export": ("prover.cli.export:export", "Write the proofs of a run."),
    "runs": ("prover.cli.runs:app", "Join runs, and make them smaller."),
    "lock": ("prover.cli.lock:lock", "Lock the statements of a file before the proofs are written."),
    "check-file": ("prover.cli.lock:check_file", "Check that a file proves what was locked."),
    "formalize": (
        "prover.cli.formalize:formalize",
        "State problems in words in Lean, and check the statements.",
    ),
    "informalize": ("prover.cli.formalize:informalize", "Say in words what Lean statements state."),
    "server": ("prover.cli.server:server", "Check texts, verify and search proofs over HTTP."),
    "serve": ("prover.cli.serve:serve", "Serve a model with vLLM."),
    "train": ("prover.cli.train:train", "Train a model on the proofs of earlier runs."),
    "grpo": ("prover.cli.grpo:grpo", "Train a model on proofs that it writes itself, with TRL's GRPO."),
    "iterate": ("prover.cli.iterate:iterate", "Search, train on what was found, measure, and again."),
    "mcp": ("prover.cli.mcp:mcp", "Serve Lean and the search as tools for agents, over MCP."),
    "repl": ("prover.cli.repl:repl", "Speak the community REPL's protocol with the embedded Lean."),
    "problems": ("prover.cli.problems:app", "List, fetch and examine problem sets."),
    "lean": ("prover.cli.lean:app", "Install and examine Lean."),
    "project": ("prover.cli.project:app", "Make a Lake project with Mathlib."),
}
"""Where each command is, a function or a typer app, and what the list of commands says of it."""


class _Lazy(TyperCommand):
    """Stands in the list for a command, which is imported when it is called or asked for its help."""

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  (typer's types are not public)
        command = _import_command(str(self.name))
        ctrl_c.raise_interrupts()
        return command.make_context(*args, **extra)


def _import_command(name: str) -> TyperCommand | TyperGroup:
    from prover.cli.config_file import with_config_file

    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(importlib.import_module(module), attribute)
    group = _app()
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(with_config_file(name, found, tuple(COMMANDS)))
    return cast(TyperCommand | TyperGroup, typer.main.get_group(group).commands[name])


def _app(name: str | None = None) -> typer.Typer:
    return typer.Typer(
        name=name,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = _app("prover")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"prover {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Find proofs of Lean 4 theorems that Lean's kernel accepts."""


def _stand_in() -> None:
    """Never run: `_Lazy` hands the call on."""


for _name, (_, _summary) in COMMANDS.items():
    app.command(_name, cls=_Lazy, help=_summary)(_stand_in)


def _call() -> None:
    command = typer.main.get_command(app)
    arguments = sys.argv[1:]
    if arguments[:2] == ["train", "grpo"]:  # it is a command of its own, and one way to train
        del arguments[0]
    with command.make_context("prover", arguments) as context:
        command.invoke(context)


def main() -> None:
    """Run the command line, see :mod:`prover.cli.failures` for exit codes and errors."""
    run_reporting_errors(_call)
