"""`prover verify`: check every proof of a run again."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.interrupt import Interrupt
from prover.cli.lean import print_line
from prover.cli.progress import show_progress
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.recheck import Recheck, recheck
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.proofs import StoredProof, stored_proofs
from prover.lean.backend import Verifiers
from prover.lean.backends import find_verifier
from prover.lean.settings import EngineSettings
from prover.lean.trust.verify import Verifier
from prover.util.workers import for_each


def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    engine: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Where Lean comes from; else from where the run had it."),
    ] = None,
    project: Annotated[
        Path | None, typer.Option(metavar="DIR", help=EngineSettings.model_fields["project"].description)
    ] = None,
    untrusted: Annotated[
        bool, typer.Option("--untrusted", help=EngineSettings.model_fields["untrusted"].description)
    ] = False,
    engines: Annotated[int, typer.Option(min=1, help="Proofs that are checked at the same time.")] = 2,
) -> None:
    """Check every stored proof again, from its text and each in a Lean made new for it.

    Exits with 1 if any is refused, 130 after Ctrl-C; what was checked until then is recorded.
    """
    folder = RunFolder(run)
    with RunStore.open(folder, read_only=True) as store:
        source = _source(store.config, engine, project, untrusted)
    with show_progress() as progress:
        verifiers = find_verifier(source, progress)
    with folder.locked(), RunStore.open(folder) as store:
        proofs = stored_proofs(store)
        interrupt = Interrupt()
        checked = interrupt.run(_verify(store, proofs, verifiers, engines, interrupt.event))
    refused = [each for each in checked if each.refusal]
    for each in refused:
        print_line(
            f"refused: {each.proof.theorem.name}, pass {each.proof.attempt.pass_number}: {each.refusal}"
        )
    print_line(f"{len(checked) - len(refused)} of {len(proofs)} proofs are right, {len(refused)} refused")
    if len(checked) < len(proofs) and not refused:
        interrupt.exit()
    raise typer.Exit(1 if refused else 0)


def _source(config: RunConfig, engine: str | None, project: Path | None, untrusted: bool) -> EngineSettings:
    """Return the Lean that was named, else the run's own; texts that the run did not trust are not trusted here."""
    name = config.engine if engine is None else engine
    if project is None and config.project is not None and name == config.engine:
        project = config.project
    untrusted = untrusted or (config.untrusted and name == config.engine)
    return EngineSettings(engine=name, project=project, untrusted=untrusted)


async def _verify(
    store: RunStore, proofs: list[StoredProof], verifiers: Verifiers, engines: int, stop: asyncio.Event
) -> list[Recheck]:
    checked: list[Recheck] = []

    async def check(proof: StoredProof) -> None:
        verifier = await free.get()
        checked.append(await recheck(store, proof, verifier))
        free.put_nowait(verifier)

    async with contextlib.AsyncExitStack() as stack:
        free = asyncio.Queue[Verifier]()
        for _ in range(min(engines, len(proofs))):
            free.put_nowait(await stack.enter_async_context(verifiers()))
        await for_each(proofs, check, workers=engines, stop=stop)
    return sorted(checked, key=lambda each: each.proof.attempt.id)
