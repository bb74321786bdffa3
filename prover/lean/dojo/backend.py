"""LeanDojo as a backend: theorems of a traced repository, named one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from prover.errors import InputError
from prover.lean.backend import LeanBackend, Library, Needed, Verifiers
from prover.lean.dojo.check import verify_in_repository
from prover.lean.dojo.environment import WORKER_MEMORY_BYTES, DojoEnvironment
from prover.lean.dojo.repository import TracedRepository, find_traced_repository
from prover.lean.environment import TacticLimits
from prover.lean.native.check import ProjectVerifier
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.util.progress import Progress


@dataclass(frozen=True, kw_only=True)
class DojoBackend(LeanBackend[DojoEnvironment]):
    """The Lean of a repository that LeanDojo has traced."""

    takes: ClassVar[frozenset[str]] = frozenset({"repo", "commit"})
    engine_memory_bytes: ClassVar[int] = WORKER_MEMORY_BYTES
    needs: ClassVar[Mapping[str, Needed]] = {
        "repo": Needed("a repository", "Name it with --repo, a URL or a folder.")
    }
    single_theorems_only: ClassVar[bool] = True

    name: str
    repository: TracedRepository
    version: str
    library: Library = "project"
    reader: None = None

    @classmethod
    def find(cls, settings: EngineSettings, progress: Progress) -> Self:
        """Return the repository's Lean; it is traced first if it has not been."""
        assert settings.repo is not None
        repository = find_traced_repository(settings.repo, settings.commit, progress)
        return cls(name=settings.engine, repository=repository, version=repository.lean)

    @classmethod
    def find_verifier(cls, settings: EngineSettings, progress: Progress) -> Verifiers:
        """Refuse: proofs of runs are checked with the repository as a Lake project."""
        raise InputError(
            "LeanDojo is not what checks proofs",
            advice="Use --engine native with the repository as --project.",
        )

    def open_pool(self, size: int, limits: TacticLimits) -> DojoEnvironment:
        """Open theorems in `size` Dojos each."""
        return DojoEnvironment(self.repository, size, limits=limits)

    async def read_theorem(self, pool: DojoEnvironment, text: str, file: Path | None) -> Theorem:
        """Find a theorem that LeanDojo has traced."""
        if file is None:
            raise InputError(
                f"--engine {self.name} proves theorems of the repository's files",
                advice="Name one with --file and --theorem.",
            )
        return self.repository.theorem(str(file), text.strip())

    def verifier(self) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier, which starts new processes for each check."""
        return nullcontext(ProjectVerifier(verify_in_repository, self.repository.project))
