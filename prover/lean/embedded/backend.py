"""The embedded Lean as a backend: installed when it is first needed, core Lean and the pocket library."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from prover.errors import StatementError
from prover.lean.backend import FileTools, LeanBackend, Library
from prover.lean.embedded.install import ensure_installed
from prover.lean.environment import TacticLimits
from prover.lean.hints import refusal
from prover.lean.process.command import EngineCommand
from prover.lean.process.pool import MAX_RSS_BYTES, EnginePool
from prover.lean.process.repl import open_engine
from prover.lean.protocol import Ask
from prover.lean.reading.source import read_file, read_text
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import KernelVerifier, Verifier
from prover.util.progress import Progress

READ_TIMEOUT_S = 120.0
"""What it may take to elaborate a theorem and what stands before it."""
FILE_TIMEOUT_S = 300.0
"""What it may take to elaborate a whole file."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedBackend(LeanBackend[EnginePool]):
    """Engines of one `reader` command, which speaks all of docs/protocol.md."""

    takes: ClassVar[frozenset[str]] = frozenset({"engine_memory_gb", "untrusted", "no_library"})
    engine_memory_bytes: ClassVar[int] = MAX_RSS_BYTES

    name: str
    version: str
    reader: EngineCommand
    max_rss_bytes: int = MAX_RSS_BYTES
    library: Library = "pocket"

    @classmethod
    def find(cls, settings: EngineSettings, progress: Progress) -> Self:
        """Return prover's own Lean, which is installed first if it is not there."""
        installation = ensure_installed(progress)
        return cls(
            name=settings.engine,
            version=installation.lean_version,
            reader=installation.engine_command(untrusted=settings.untrusted, pocket=not settings.no_library),
            max_rss_bytes=settings.memory_bytes or cls.engine_memory_bytes,
            library="core" if settings.no_library else "pocket",
        )

    def open_pool(self, size: int, limits: TacticLimits) -> EnginePool:
        """Open engines."""
        return EnginePool(self.reader, size, limits=limits, max_rss_bytes=self.max_rss_bytes)

    async def read_theorem(self, pool: EnginePool, text: str, file: Path | None) -> Theorem:
        """Read a theorem where Lean's own parser says that it is."""
        async with pool.reading(READ_TIMEOUT_S) as reader:
            try:
                if file is None:
                    reading = await read_text(reader.ask, text, pocket=self.library == "pocket")
                else:
                    reading = await read_file(reader.ask, file, text.strip())
            except StatementError as error:
                said, line, column = error.message, error.line, error.column
                raise refusal(
                    said, said, line=line, column=column, file=error.file, library=self.library
                ) from error
            if reading.opened is not None:
                reader.keep_open(reading.theorem, reading.opened)
            return reading.theorem

    def file_tools(self, pool: EnginePool) -> FileTools:
        """Return what reads whole files."""
        return FileTools(ask=lambda: open_engine(self.reader, FILE_TIMEOUT_S), holes=pool)

    def lend_new(self, pool: EnginePool, timeout_s: float) -> AbstractAsyncContextManager[Ask]:
        """Lend an engine of the pool."""
        return pool.lend(timeout_s)

    def verifier(self) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier with two engines of its own."""
        return KernelVerifier(self.reader)

    def verifier_beside(self, pool: EnginePool) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier with one engine of its own, which judges; `pool` lends the other."""
        return KernelVerifier(self.reader, lender=pool)
