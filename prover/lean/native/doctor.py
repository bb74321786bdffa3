"""Checks of everything that a project of the user's own needs, ending with a theorem proved in it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from prover.errors import ProverError, SetupError
from prover.lean.doctor import ENGINE, Check
from prover.lean.native.command import engine_command
from prover.lean.native.manifest import MATHLIB, mathlib, packages, setup
from prover.lean.native.project import (
    GET_ELAN,
    TOOLCHAIN_FILE,
    LeanProject,
    elan_home,
    find_lake,
    find_project,
)
from prover.lean.native.provision import find_repl, repl_in
from prover.lean.process.repl import open_engine
from prover.lean.protocol import Ask, Reply, Request
from prover.lean.trust.kernel import kernel_caveat

LAKE_TIMEOUT_S = 60.0
IMPORT_TIMEOUT_S = 600.0
VERSION = "#eval Lean.versionString"
WITHOUT_MATHLIB = ("", "theorem doctor (a b : Nat) (h : a < b) : a + 1 ≤ b", "omega")
WITH_MATHLIB = ("import Mathlib", "theorem doctor : (2 : ℝ) ^ 10 = 1024", "norm_num")
"""A header, a statement and the tactic that proves it."""


def examine_project(folder: Path, repl: Path | None = None) -> list[Check]:
    """Run every check, each on what those before it found; what cannot be checked then is left out.

    `repl` is the REPL that the user has, if not the one that ``prover lean setup`` built. Takes as long as importing
    Mathlib does.
    """
    return list(_checks(folder, repl))


def _checks(folder: Path, repl: Path | None) -> Iterator[Check]:
    yield _elan()
    try:
        yield Check("lake", "ok", _lake_version(find_lake()))
        project = find_project(folder)
        yield Check("project", "ok", f"{project.root}, {project.toolchain}")
        if caveat := kernel_caveat(project.version):
            yield Check("kernel", "note", caveat)
        yield (missing := _packages(project))
        if missing.status == "problem":
            return
        yield (library := _mathlib(project))
        program = find_repl(project) if repl is None else repl_in(repl)
    except ProverError as error:
        yield Check("setup", "problem", error.message, error.advice)
        return
    built_for = _toolchain_of(Path(*program.parts[:-4]))
    if built_for not in (None, project.toolchain):
        detail = f"{program} was built for {built_for}, the project has {project.toolchain}"
        yield Check("repl", "problem", detail, setup(project))
        return
    yield Check("repl", "ok", str(program))
    if library.status != "problem":
        yield _engine(project, repl, with_mathlib=library.status == "ok")


def _elan() -> Check:
    found = shutil.which("elan") or shutil.which("elan", path=str(elan_home() / "bin"))
    if found is None:
        return Check("elan", "note", "not there; it brings Lean and lake, and keeps their versions", GET_ELAN)
    return Check("elan", "ok", found)


def _lake_version(lake: Path) -> str:
    """Return what lake says of itself; outside any project, so that elan's proxy does not look for a toolchain.

    Raises:
        SetupError: it does not run.
    """
    try:
        done = subprocess.run(
            (str(lake), "--version"),
            cwd=lake.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LAKE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{lake} does not run: {error}", advice=GET_ELAN) from error
    return f"{done.stdout.strip().splitlines()[0] if done.stdout.strip() else 'no version'} ({lake})"


def _packages(project: LeanProject) -> Check:
    needed = packages(project)
    if missing := [each.name for each in needed if not each.is_here]:
        return Check("packages", "problem", f"missing: {', '.join(missing)}", setup(project))
    return Check("packages", "ok", ", ".join(each.name for each in needed) or "none needed")


def _mathlib(project: LeanProject) -> Check:
    """Look for the compiled Mathlib, which is unpacked from its cache as a whole."""
    folder = mathlib(project)
    if folder is None:
        return Check(MATHLIB, "note", "the project does not use it")
    toolchain = _toolchain_of(folder)
    if toolchain is None:
        return Check(
            MATHLIB, "problem", f"{folder} names no toolchain, so it is not all there", setup(project)
        )
    if toolchain != project.toolchain:
        detail = f"it is for {toolchain}, the project has {project.toolchain}"
        return Check(MATHLIB, "problem", detail, f"Write {toolchain} into {project.root / TOOLCHAIN_FILE}")
    build = folder / ".lake" / "build" / "lib"
    if not any((place / "Mathlib.olean").is_file() for place in (build / "lean", build)):
        return Check(
            MATHLIB, "problem", f"its cache is not there: no Mathlib.olean in {build}", setup(project)
        )
    return Check(MATHLIB, "ok", f"compiled, in {folder}")


def _toolchain_of(folder: Path) -> str | None:
    path = folder / TOOLCHAIN_FILE
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else None


def _engine(project: LeanProject, repl: Path | None, *, with_mathlib: bool) -> Check:
    try:
        return asyncio.run(_proves(project, repl, with_mathlib=with_mathlib))
    except ProverError as error:
        return Check(ENGINE, "problem", error.message, error.advice or setup(project))


async def _proves(project: LeanProject, repl: Path | None, *, with_mathlib: bool) -> Check:
    header, statement, tactic = WITH_MATHLIB if with_mathlib else WITHOUT_MATHLIB
    began = time.monotonic()
    async with open_engine(engine_command(project, repl), IMPORT_TIMEOUT_S) as ask:
        told = await _reply(ask, {"cmd": f"{header}\n{VERSION}"}, "env")
        version = " ".join(each["data"] for each in told.get("messages", [])).strip('"').partition(",")[0]
        imported_s = time.monotonic() - began
        if project.version is not None and version != project.version.removeprefix("v"):
            detail = f"the REPL runs Lean {version or 'of an unknown version'}, the project has {project.toolchain}"
            return Check(ENGINE, "problem", detail, setup(project))
        opened = await _reply(ask, {"cmd": f"{statement} := by sorry", "env": told["env"]}, "sorries")
        proof_state = opened["sorries"][0]["proofState"]
        applied = await _reply(ask, {"tactic": tactic, "proofState": proof_state}, "proofStatus")
    if applied["proofStatus"] != "Completed":
        return Check(ENGINE, "problem", f"{tactic} does not prove {statement}: {applied}")
    return Check(
        ENGINE, "ok", f"Lean {version} proves with {tactic}; {imported_s:.1f} s until it had its imports"
    )


async def _reply(ask: Ask, request: Request, expected: str) -> Reply:
    reply = await ask(request)
    if expected not in reply:
        raise SetupError(f"the REPL answers {request} with {str(reply)[:300]}", advice="Is it too old?")
    return reply
