"""`prover prove`: one theorem, from the command line to a checked proof."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from prover.addresses import without_login
from prover.api.lean import AsyncLean
from prover.attempt import Attempt
from prover.cli.console import live_progress
from prover.cli.engine_options import lean_of
from prover.cli.interrupt import Interrupt
from prover.cli.proof_report import print_attempt, print_json, print_tree
from prover.cli.settings_options import settings_options
from prover.errors import InputError
from prover.lean.backends import backend_of
from prover.lean.reading.scopes import complete_file
from prover.lean.reading.text import LeanText
from prover.lean.settings import EngineSettings
from prover.search.base import Observer, SearchOptions
from prover.search.budget import Spent
from prover.search.result import best_unfinished
from prover.search.settings import BudgetSettings, SearchSettings
from prover.search.tree import ProofTree
from prover.sketching.open import SketchChoice
from prover.sketching.settings import SketchSettings
from prover.util.files import write_atomically
from prover.whole_proof.settings import MethodSettings

EXIT_CODES = {"proved": 0, "disproved": 1, "not proved": 1}
STATUS_WIDTH = 60
SECONDS_BETWEEN_UPDATES = 0.5


@settings_options
def prove(
    given: Annotated[
        str | None,
        typer.Argument(
            metavar="[THEOREM | FILE.lean]",
            help="What --theorem, or --file if it is the path of a file, would say.",
            show_default=False,
        ),
    ] = None,
    theorem: Annotated[
        str | None,
        typer.Option(
            help="A Lean declaration or a bare proposition; with --file, the name of a theorem in it. "
            "`-` reads it from stdin."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A .lean file that has the theorem; without --theorem, every `sorry` in it."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Put the proofs into the file, and keep it as it was beside it."),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what --write would do, as a patch.")] = False,
    engines: Annotated[int, typer.Option(min=1, help="Lean processes that work at the same time.")] = 2,
    seed: Annotated[int, typer.Option(help="The seed of random choices.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a complete .lean file with the proof.")] = None,
    disprove: Annotated[
        bool,
        typer.Option(
            help="Also look for a proof that the theorem is false, at the start and in the last fifth of the time."
        ),
    ] = True,
    show_tree: Annotated[bool, typer.Option("--show-tree", help="Show everything that was tried.")] = False,
    *,
    source: EngineSettings,
    settings: SearchSettings,
    limits: BudgetSettings,
    method: MethodSettings,
    sketch: SketchSettings,
) -> None:
    """Search for a proof of a theorem, or of every `sorry` in a file, and have Lean's kernel check it.

    Exits with 0 if it is proved, 1 if it is not within the limits or is proved to be false, 2 if the input or the
    machine is at fault.
    """
    theorem, file = _choose_theorem(given, theorem, file)
    _refuse_contradictions(theorem, source, write=write, diff=diff, show_tree=show_tree, out=out)
    _refuse_for_the_method(method, theorem, show_tree=show_tree)
    lean = AsyncLean(source, lean_of(source), engines=engines)
    chosen = SketchChoice(search=settings, sketch=sketch, method=method)
    budget = limits.budget
    if theorem is None:
        from prover.cli.prove_file import FileRequest, prove_file

        assert file is not None
        request = FileRequest(path=file, write=write, diff=diff, out=out, as_json=as_json)
        planned = None if method.method == "search" else chosen
        raise typer.Exit(prove_file(request, lean, settings, budget, seed=seed, planned=planned))
    text = _read_argument(theorem)
    if method.method == "whole-proof":
        from prover.cli.whole_proof import WholeProofRequest, prove_by_chat

        asked = WholeProofRequest(theorem=text, file=file, out=out, as_json=as_json, seed=seed)
        raise typer.Exit(prove_by_chat(asked, lean, settings, method, budget))
    options = SearchOptions(budget=budget, width=engines, seed=seed)
    if method.method == "sketch":
        from prover.cli.sketch import SketchRequest, prove_by_sketch

        to_plan = SketchRequest(theorem=text, file=file, out=out, as_json=as_json, disprove=disprove)
        raise typer.Exit(prove_by_sketch(to_plan, lean, chosen, options))
    interrupt = Interrupt()
    options = replace(options, interrupt=interrupt.event)
    result = interrupt.run(_prove(text, file, lean, settings, options, disprove))
    if out is not None and result.verified is not None:
        write_atomically(out, complete_file(result.theorem, result.verified.proof))
    if as_json:
        print_json(result, engine=source.engine, policy=without_login(settings.policy), seed=seed)
    else:
        print_attempt(result, budget)
    if show_tree:
        print_tree(result.search.tree)
    raise typer.Exit(EXIT_CODES.get(result.outcome, interrupt.exit_code))


def _refuse_for_the_method(method: MethodSettings, theorem: str | None, *, show_tree: bool) -> None:
    if method.method == "whole-proof" and (theorem is None or show_tree):
        raise InputError(
            "--method whole-proof is for one theorem, and has no tree to show",
            advice="Name the theorem with --theorem, and leave out --show-tree.",
        )
    if method.method == "sketch" and show_tree:
        raise InputError("--method sketch has no tree to show", advice="Leave out --show-tree.")


def _choose_theorem(
    given: str | None, theorem: str | None, file: Path | None
) -> tuple[str | None, Path | None]:
    """Return the theorem and the file that are meant, by the argument or by the options.

    Raises:
        InputError: there is nothing to prove, or two things.
    """
    if given is None:
        if theorem is None and file is None:
            raise InputError(
                "there is nothing to prove",
                advice='Name it: prover prove "1 + 1 = 2", or prover prove F.lean',
            )
        return theorem, file
    if not _names_a_file(given):
        if theorem is not None:
            raise InputError(
                "two theorems are given, an argument and --theorem", advice="Leave out one of them."
            )
        return given, file
    if file is not None:
        raise InputError(f"two files are given, {given} and {file}", advice="Leave out one of them.")
    return theorem, Path(given)


def _names_a_file(given: str) -> bool:
    """Whether the argument is meant as a file's path: it ends in .lean, or there is such a file."""
    if len(given.split()) != 1:
        return False
    if Path(given).suffix == ".lean":
        return True
    if given != "." and os.path.isdir(given):  # noqa: PTH112  (a theorem may be too long for a path)
        raise InputError(f"{given} is a folder", advice="Name one .lean file; prover evaluate takes folders.")
    return os.path.isfile(given)  # noqa: PTH113


def _refuse_contradictions(
    theorem: str | None, source: EngineSettings, *, write: bool, diff: bool, show_tree: bool, out: Path | None
) -> None:
    if theorem is not None and (write or diff):
        raise InputError("--write and --diff are for a whole file", advice="Leave the theorem out.")
    if theorem is None and show_tree:
        raise InputError("--show-tree is for one theorem", advice="Name it with --theorem.")
    if theorem is None and backend_of(source).single_theorems_only:
        raise InputError(
            f"--engine {source.engine} proves one theorem of a file at a time",
            advice="Name it with --theorem.",
        )
    if out is not None and not out.parent.is_dir():
        raise InputError(f"cannot write {out}: there is no folder {out.parent}")


def _read_argument(theorem: str) -> str:
    """Return the text that the user gives, on the command line or on stdin, as Lean sees it.

    Raises:
        InputError: it is no Lean text.
    """
    if theorem == "-":
        if sys.stdin is None:
            raise InputError("stdin is closed", advice="Give the theorem on the command line.")
        return LeanText.decode(sys.stdin.buffer.read(), "the theorem on stdin").text
    return LeanText.decode(os.fsencode(theorem), "the theorem").text


async def _prove(
    text: str,
    file: Path | None,
    lean: AsyncLean,
    settings: SearchSettings,
    options: SearchOptions,
    disprove: bool,
) -> Attempt:
    async with lean:
        with live_progress("opening the theorem") as update:
            options = replace(options, observe=_progress(update))
            return await lean.attempt(text, settings, options, file=file, disprove=disprove)


def _progress(update: Callable[[str], None]) -> Observer:
    """Return what shows how the search goes."""
    told_s = 0.0

    def observe(tree: ProofTree, spent: Spent) -> None:
        nonlocal told_s
        if spent.seconds < told_s + SECONDS_BETWEEN_UPDATES:
            return
        told_s = spent.seconds
        goal = best_unfinished(tree).goals[0].rpartition("⊢ ")[2]
        shown = " ".join(goal.split())
        shown = shown if len(shown) <= STATUS_WIDTH else shown[: STATUS_WIDTH - 1] + "…"
        update(
            f"{spent.expansions} of {len(tree.nodes)} states expanded, "
            f"{spent.tactics} tactics tried; closest: ⊢ {shown}"
        )

    return observe
