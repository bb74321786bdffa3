"""A Lake project's Lean as a backend: the community REPL searches, Check.lean checks.

The REPL does not say where declarations are: theorems are found in texts without Lean, whole files are read with
Declarations.lean, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from prover.lean.backend import FileTools, LeanBackend, Library, Needed, Verifiers
from prover.lean.environment import TacticLimits
from prover.lean.native.check import ProjectFileVerifier, verify_in_project
from prover.lean.native.command import engine_command
from prover.lean.native.declarations import open_project_engine
from prover.lean.native.manifest import mathlib, require_packages
from prover.lean.native.project import LeanProject, find_project
from prover.lean.native.untrusted import CodeRefusal
from prover.lean.process.command import EngineCommand
from prover.lean.process.pool import EnginePool
from prover.lean.reading.lexical import theorem_in_file, theorem_in_text
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.util.progress import Progress

MEMORY_BYTES = 8_000_000_000
"""What an engine may take; files of the library that Lean maps into memory count as far as they have been read."""
OPEN_TIMEOUT_S = 600.0
"""What a header may take, ``import Mathlib`` from a cold disk."""
FILE_TIMEOUT_S = 1800.0
"""What it may take to elaborate a whole file."""


@dataclass(frozen=True, kw_only=True)
class NativeBackend(LeanBackend[EnginePool]):
    """Engines of one `command`, the REPL of a project."""

    takes: ClassVar[frozenset[str]] = frozenset({"project", "repl", "engine_memory_gb", "untrusted"})
    engine_memory_bytes: ClassVar[int] = MEMORY_BYTES
    needs: ClassVar[Mapping[str, Needed]] = {
        "project": Needed("a Lake project", "Name it with --project, or make one: prover project init DIR")
    }

    name: str
    project: LeanProject
    command: EngineCommand
    max_rss_bytes: int
    version: str
    library: Library
    refusal: CodeRefusal | None = None
    reader: None = None

    @classmethod
    def find(cls, settings: EngineSettings, progress: Progress) -> Self:
        """Return the project's Lean; nothing is built."""
        project = _project(settings)
        return cls(
            name=settings.engine,
            project=project,
            command=engine_command(project, settings.repl),
            max_rss_bytes=settings.memory_bytes or cls.engine_memory_bytes,
            version=project.toolchain,
            library="project" if mathlib(project) is None else "mathlib",
            refusal=CodeRefusal(project, FILE_TIMEOUT_S) if settings.untrusted else None,
        )

    @classmethod
    def find_verifier(cls, settings: EngineSettings, progress: Progress) -> Verifiers:
        """Return what checks proofs with the project's Lean, which needs no REPL."""
        project = _project(settings)
        return lambda: _verifier(project, untrusted=settings.untrusted)

    def open_pool(self, size: int, limits: TacticLimits) -> EnginePool:
        """Open engines."""
        return EnginePool(
            self.command,
            size,
            limits=limits,
            max_rss_bytes=self.max_rss_bytes,
            open_timeout_s=OPEN_TIMEOUT_S,
            admit=self.refusal,
        )

    async def read_theorem(self, pool: EnginePool, text: str, file: Path | None) -> Theorem:
        """Find a theorem without Lean."""
        if file is None:
            return theorem_in_text(text, self.with_header)
        return theorem_in_file(file, text.strip())

    def file_tools(self, pool: EnginePool) -> FileTools:
        """Return what reads whole files."""
        return FileTools(
            ask=lambda: open_project_engine(self.project, self.command, FILE_TIMEOUT_S, self.refusal),
            holes=pool,
        )

    def verifier(self) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier, which starts two processes for each check."""
        return _verifier(self.project, untrusted=self.refusal is not None)


def _verifier(project: LeanProject, *, untrusted: bool) -> AbstractAsyncContextManager[Verifier]:
    return nullcontext(ProjectFileVerifier(partial(verify_in_project, untrusted=untrusted), project))


def _project(settings: EngineSettings) -> LeanProject:
    assert settings.project is not None
    project = find_project(settings.project)
    require_packages(project)
    return project
