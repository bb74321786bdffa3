"""Checks of everything the embedded Lean needs, ending with a proof found by it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from typing import Literal

from prover.errors import ProverError, SetupError
from prover.lean.embedded import install
from prover.lean.embedded.install import Installation
from prover.lean.embedded.node import find_node
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.protocol import LibraryStats, Reply, Request
from prover.lean.trust.kernel import kernel_caveat

ENGINE = "engine"
OLDEST_PYTHON = (3, 11)
START_TIMEOUT_S = 120.0
REQUEST_TIMEOUT_S = 60.0
STATEMENT = "theorem doctor (a b : Nat) (h : a < b) : a + 1 ≤ b"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check. `note` is for what is neither good nor bad; `advice` says what to do."""

    name: str
    status: Literal["ok", "problem", "note"]
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class SmokeTest:
    """A live engine's figures. `first_tactic_s` counts from the start of its process.

    `code_kept` is whether it began with compiled code; None if it does not say. `library` describes its pocket library.
    """

    first_tactic_s: float
    memory_bytes: int
    code_kept: bool | None
    library: str | None = None


def examine() -> list[Check]:
    """Run every check, in the order in which the parts depend on each other. Takes some seconds."""
    return [_python(), _node(), _cache_folder(), *_lean(), _native()]


def works(checks: list[Check]) -> bool:
    """Whether the embedded engine proved something."""
    return any(check.name == ENGINE and check.status == "ok" for check in checks)


async def smoke_test(command: EngineCommand) -> SmokeTest:
    """Prove `STATEMENT` with a new engine.

    Raises:
        EngineError: the engine misbehaved, or did not prove it.
        SetupError: it cannot be started, or does not answer as docs/protocol.md says.
    """
    began = time.monotonic()
    repl = await Repl.start(command, startup_timeout_s=START_TIMEOUT_S)
    try:
        opened = await _ask(repl, {"cmd": f"{STATEMENT} := by sorry"}, "sorries")
        proof_state = opened["sorries"][0]["proofState"]
        applied = await _ask(repl, {"tactic": "omega", "proofState": proof_state}, "proofStatus")
        first_tactic_s = time.monotonic() - began
        if applied["proofStatus"] != "Completed":
            raise SetupError(f"{command.label} does not prove {STATEMENT}: {applied}")
        if "stats" not in repl.extensions:
            return SmokeTest(
                first_tactic_s=first_tactic_s, memory_bytes=repl.rss_bytes, code_kept=None, library=None
            )
        stats = (await _ask(repl, {"stats": True}, "stats"))["stats"]
        return SmokeTest(
            first_tactic_s=first_tactic_s,
            memory_bytes=repl.rss_bytes,
            code_kept=stats.get("codeKept"),
            library=_library(stats.get("library")),
        )
    finally:
        await repl.close()


def _library(told: LibraryStats | None) -> str | None:
    if told is None:
        return None
    return (
        f"{told['name']} {told['version']}: {told['constants']} constants, all of which the kernel has checked;"
        f" axioms: {', '.join(told['axioms'])}"
    )


async def _ask(repl: Repl, request: Request, expected: str) -> Reply:
    reply = await repl.request(request, timeout_s=REQUEST_TIMEOUT_S)
    if expected not in reply:
        raise SetupError(f"the engine answered {request} with {reply}")
    return reply


def _problem(name: str, error: ProverError) -> Check:
    return Check(name, "problem", error.message, error.advice)


def _python() -> Check:
    detail = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", "problem", detail, "prover needs Python 3.11 or newer")
    return Check("python", "ok", detail)


def _node() -> Check:
    try:
        node = find_node()
    except SetupError as error:
        return _problem("node", error)
    return Check("node", "ok", f"{node.version} ({node.path})")


def _cache_folder() -> Check:
    """Look at the cache folder, or at the folder it would be made in."""
    wanted = install.folder()
    there = next(path for path in (wanted, *wanted.parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        advice = "set PROVER_HOME to a folder that can be written to"
        return Check("cache folder", "problem", f"{wanted} cannot be written to", advice)
    return Check("cache folder", "ok", f"{wanted}, {shutil.disk_usage(there).free / 1e9:.1f} GB free")


def _lean() -> list[Check]:
    try:
        installation = install.find_installation()
    except SetupError:
        return [Check("lean", "problem", "cannot be installed without Node.js")]
    if installation is None:
        made_before = any(install.folder().glob("lean-*"))
        detail = "installed, but for another prover or Node.js" if made_before else "not installed"
        return [Check("lean", "problem", detail, "prover lean install")]
    caveat = kernel_caveat(installation.lean_version)
    return [
        Check("lean", "ok", _describe(installation)),
        *([] if caveat is None else [Check("kernel", "note", caveat)]),
        *_engine(installation),
    ]


def _describe(installation: Installation) -> str:
    size = sum(path.stat().st_size for path in installation.root.rglob("*") if path.is_file())
    return (
        f"{installation.lean_version}, build {installation.build_id}, up to date,"
        f" {size / 1e6:.0f} MB in {installation.root}"
    )


def _engine(installation: Installation) -> list[Check]:
    try:
        figures = asyncio.run(smoke_test(installation.engine_command()))
    except ProverError as error:
        return [Check(ENGINE, "problem", error.message, error.advice or "prover lean install --force")]
    detail = (
        f"proves; {figures.first_tactic_s:.1f} s from start to first tactic,"
        f" {figures.memory_bytes / 1e6:.0f} MB of memory"
    )
    library = [] if figures.library is None else [Check("library", "ok", figures.library)]
    if figures.code_kept is not False:
        return [Check(ENGINE, "ok", detail), *library]
    slow = "slow at first: this machine refuses the code that was compiled when Lean was installed"
    return [Check(ENGINE, "ok", f"{detail}; {slow}", "prover lean install --force"), *library]


def _native() -> Check:
    """Say whether there is a native Lean, which only statements about Mathlib need."""
    found = [path for path in map(shutil.which, ("elan", "lake")) if path]
    if not found:
        return Check("native lean", "note", "no elan or lake on PATH; only needed for Mathlib")
    return Check("native lean", "note", ", ".join(found))
