"""The choice of a Lean, turned into what commands need of it.

Commands do not know which Lean they work with. A `Lean` opens engines for searches, checks proofs, and says what its
library is and how theorems are read with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from prover.errors import InputError
from prover.lean.dojo.check import verify_in_repository
from prover.lean.dojo.environment import DojoEnvironment
from prover.lean.dojo.repository import traced_repository
from prover.lean.embedded.install import ensure_installed
from prover.lean.environment import Environment, TacticLimits
from prover.lean.native.check import verify_in_project
from prover.lean.native.command import engine_command
from prover.lean.native.declarations import asking_in_project
from prover.lean.native.manifest import mathlib, require_packages
from prover.lean.native.project import LeanProject, find_project
from prover.lean.process.command import EngineCommand
from prover.lean.process.engine import EngineStats
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import asking
from prover.lean.reading.holes import Asking
from prover.lean.reading.prelude import imported_libraries, mathlib_header
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, KernelVerifier, Rejection, Verifier
from prover.util.progress import Progress

NATIVE_MEMORY_BYTES = 8_000_000_000
"""What an engine may take; files of the library that Lean maps into memory count as far as they have been read."""
NATIVE_OPEN_TIMEOUT_S = 600.0
"""What a header may take, ``import Mathlib`` from a cold disk."""
NATIVE_CHECK_TIMEOUT_S = 600.0
FILE_TIMEOUT_S = 300.0
"""What it may take to elaborate a whole file."""
NATIVE_FILE_TIMEOUT_S = 1800.0

Verifiers = Callable[[], AbstractAsyncContextManager[Verifier]]
"""Opens a verifier, which serves as many checks as one likes."""
Library = Literal["core", "project", "mathlib"]
"""What can be imported: core Lean, that and a project's own modules, or all that and Mathlib."""


class Engines(Environment, Protocol):
    """An environment over a number of engines, which says what each has done so far."""

    @property
    def stats(self) -> list[EngineStats]:
        """What each engine has done so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """What the user chose: `name` is ``embedded``, ``native`` or ``dojo``.

    `project` and `repl`, the program of a REPL or a checkout of it, are for ``native``; `repository` and `commit` are
    for ``dojo``. None of `memory_bytes` is the engine's default. With `untrusted` no text is elaborated that runs code.
    """

    name: str = "embedded"
    project: Path | None = None
    repl: Path | None = None
    repository: str | None = None
    commit: str | None = None
    memory_bytes: int | None = None
    untrusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEngines:
    """Engines for whole files: `ask` starts one, `pool(size, limits)` has those in which holes are opened."""

    ask: Asking
    pool: Callable[[int, TacticLimits], EnginePool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lean:
    """A Lean that is there. `name` is what the user chose, `version` what is known of Lean's version.

    `engines(size, limits)` opens `size` engines that give each tactic these limits. `reader` starts an engine with the
    `declarations` of docs/protocol.md, None where there is none: then theorems are found in texts without Lean, or by
    `find`, from a file's path and a full name, where only what that finds can be opened. `files` is None where theorems
    are proved one at a time only.
    """

    name: str
    version: str
    library: Library
    engines: Callable[[int, TacticLimits], AbstractAsyncContextManager[Engines]]
    verifier: Verifiers
    reader: EngineCommand | None = None
    files: FileEngines | None = None
    find: Callable[[str, str], Theorem] | None = None
    borrowing: Callable[[Engines], AbstractAsyncContextManager[Verifier]] | None = None

    def verifier_beside(self, engines: Engines) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier for proofs that are found with these engines of the same Lean.

        Where it can, it has them elaborate what it checks, which saves a process; it never has them judge.
        """
        return self.verifier() if self.borrowing is None else self.borrowing(engines)

    def reads_as_core(self, header: str) -> bool:
        """Whether `header` has to be rewritten for core Lean, see :func:`prover.lean.reading.prelude.core_header`."""
        if self.library == "core":
            return True
        libraries = imported_libraries(header)
        return self.library == "project" and (not libraries or "Mathlib" in libraries)

    def with_header(self, header: str) -> str:
        """Return `header`, after the lines that statements without one expect where there is Mathlib."""
        if self.library == "mathlib" and not imported_libraries(header):
            return mathlib_header() + header
        return header


def chosen_lean(choice: EngineChoice, progress: Progress) -> Lean:
    """Return the Lean that was chosen; only the embedded one is installed if it is not there.

    Raises:
        InputError: the choice is contradictory, or the project is none.
        SetupError: something that it needs is not there.
    """
    _require_embedded_if_untrusted(choice)
    if choice.name == "dojo":
        return _dojo(choice, progress)
    if choice.repository is not None or choice.commit is not None:
        raise InputError("--repo and --commit are for LeanDojo", advice="Add --engine dojo.")
    return _native(choice) if choice.name == "native" else _embedded(choice, progress)


def chosen_verifier(choice: EngineChoice, progress: Progress) -> Verifiers:
    """Return what checks proofs with the chosen Lean, which needs less than searching with it.

    Raises:
        InputError, SetupError: as for `chosen_lean`.
    """
    if choice.name == "dojo":
        raise InputError(
            "LeanDojo is not what checks proofs",
            advice="Use --engine native with the repository as --project.",
        )
    _require_embedded_if_untrusted(choice)
    if choice.name == "native":
        return _native_verifier(_project(choice))
    return _embedded(choice, progress).verifier


def _require_embedded_if_untrusted(choice: EngineChoice) -> None:
    if choice.untrusted and choice.name != "embedded":
        raise InputError(
            f"--untrusted does not go with --engine {choice.name}: code in a text would run with your rights",
            advice="Use prover's own Lean, or a container.",
        )


def _embedded(choice: EngineChoice, progress: Progress) -> Lean:
    if choice.project is not None or choice.repl is not None:
        raise InputError("--project and --repl are for a Lean of your own", advice="Add --engine native.")
    installation = ensure_installed(progress)
    command = installation.engine_command(untrusted=choice.untrusted)
    memory = {} if choice.memory_bytes is None else {"max_rss_bytes": choice.memory_bytes}

    def engines(size: int, limits: TacticLimits) -> EnginePool:
        return EnginePool(command, size, limits=limits, **memory)

    def borrowing(pool: Engines) -> KernelVerifier:
        assert isinstance(pool, EnginePool)
        return KernelVerifier(command, lender=pool)

    return Lean(
        name=choice.name,
        version=installation.lean_version,
        library="core",
        engines=engines,
        verifier=lambda: KernelVerifier(command),
        reader=command,
        files=FileEngines(ask=lambda: asking(command, FILE_TIMEOUT_S), pool=engines),
        borrowing=borrowing,
    )


def _native(choice: EngineChoice) -> Lean:
    project = _project(choice)
    command = engine_command(project, choice.repl)

    def engines(size: int, limits: TacticLimits) -> EnginePool:
        return EnginePool(
            command,
            size,
            limits=limits,
            max_rss_bytes=choice.memory_bytes or NATIVE_MEMORY_BYTES,
            open_timeout_s=NATIVE_OPEN_TIMEOUT_S,
        )

    return Lean(
        name=choice.name,
        version=project.toolchain,
        library="project" if mathlib(project) is None else "mathlib",
        engines=engines,
        verifier=_native_verifier(project),
        files=FileEngines(
            ask=lambda: asking_in_project(project, command, NATIVE_FILE_TIMEOUT_S), pool=engines
        ),
    )


def _dojo(choice: EngineChoice, progress: Progress) -> Lean:
    if choice.repository is None:
        raise InputError("--engine dojo needs a repository", advice="Name it with --repo, a URL or a folder.")
    if choice.project is not None or choice.repl is not None:
        raise InputError("--project and --repl are for --engine native", advice="Leave them out.")
    repository = traced_repository(choice.repository, choice.commit, progress)
    return Lean(
        name=choice.name,
        version=repository.lean,
        library="project",
        engines=lambda size, limits: DojoEnvironment(repository, size, limits=limits),
        verifier=lambda: nullcontext(_ProjectVerifier(verify_in_repository, repository.project)),
        find=repository.theorem,
    )


def _project(choice: EngineChoice) -> LeanProject:
    if choice.project is None:
        advice = "Name it with --project, or make one: prover project init DIR"
        raise InputError(f"--engine {choice.name} needs a Lake project", advice=advice)
    project = find_project(choice.project)
    require_packages(project)
    return project


@dataclass(frozen=True, slots=True)
class _ProjectVerifier:
    """Implements :class:`prover.lean.trust.verify.Verifier` with new processes of a project's own Lean."""

    check: Callable[..., Awaitable[Certificate | Rejection]]
    project: LeanProject

    async def verify(self, theorem: Theorem, proof: str) -> Certificate | Rejection:
        return await self.check(theorem, proof, self.project, timeout_s=NATIVE_CHECK_TIMEOUT_S)


def _native_verifier(project: LeanProject) -> Verifiers:
    return lambda: nullcontext(_ProjectVerifier(verify_in_project, project))
