"""What an engine has to offer so that every command and the Python API can work with it.

A `LeanBackend` is a Lean that is there: it opens pools of engines for searches, reads theorems and files, and opens
verifiers. Each stands in a folder of its own (`embedded/backend.py`, `native/backend.py`, `dojo/backend.py`), and
`BACKENDS` (:mod:`prover.lean.backends`) has them by name. A new one is a folder and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol, Self, TypeVar

from prover.errors import UnsupportedError
from prover.lean.environment import Environment, Session, TacticLimits
from prover.lean.goal import Goal
from prover.lean.process.command import EngineCommand
from prover.lean.process.supervisor import EngineStats, Usage
from prover.lean.protocol import Ask, CommandReply, OpenEngine
from prover.lean.reading.prelude import imported_libraries, mathlib_header
from prover.lean.settings import EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Verifier
from prover.util.progress import Progress

Verifiers = Callable[[], AbstractAsyncContextManager[Verifier]]
"""Opens a verifier, which serves any number of checks."""
Library = Literal["core", "pocket", "project", "mathlib"]
"""What can be imported: core Lean, that and the pocket library, that and a project's own modules, or Mathlib, too."""


class LeanPool(Environment, Protocol):
    """A number of engines in which theorems are opened, and what each has done so far."""

    @property
    def stats(self) -> list[EngineStats]:
        """What each engine has done so far."""


class HoleEnvironment(Environment, Protocol):
    """Where holes of files can be opened, too, for example an :class:`prover.lean.process.pool.EnginePool`."""

    async def open(self, theorem: Goal) -> Session:
        """Open a theorem or a hole, see :class:`prover.lean.environment.Environment`."""

    async def elaborate(
        self, text: str, timeout_s: float, *, fresh: bool = False
    ) -> tuple[CommandReply, Usage]:
        """Elaborate a text of its own, see :meth:`prover.lean.process.pool.EnginePool.elaborate`."""

    async def place(self, goal: Goal, text: str) -> CommandReply:
        """Elaborate `text` in the place of the goal's command.

        Raises:
            StatementError: Lean reports an error in it.
            EngineError: the engine failed.
        """


@dataclass(frozen=True, slots=True)
class Needed:
    """A setting that has to be given: `what` it is, and how to come by it."""

    what: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTools:
    """What whole files need: `holes` is where holes are opened.

    `ask` starts an engine with the extension `declarations` of docs/protocol.md, which reads and checks them.
    """

    ask: OpenEngine
    holes: HoleEnvironment


PoolT = TypeVar("PoolT", bound=LeanPool)


class LeanBackend(Protocol[PoolT]):
    """A Lean that is there. `name` is its engine's, `version` what is known of Lean's version.

    `reader` starts an engine with the `declarations` extension of docs/protocol.md, for problem sets of .lean files
    and Lean's own library; None where there is none: then theorems are found in files without Lean.
    """

    takes: ClassVar[frozenset[str]]
    """The fields of `EngineSettings` that it takes, besides `engine`."""
    needs: ClassVar[Mapping[str, Needed]] = {}
    """Those of them that have to be given."""
    single_theorems_only: ClassVar[bool] = False
    """Whether it opens only theorems that are named one at a time: no problem sets, no holes."""

    engine_memory_bytes: ClassVar[int]
    """Memory after which an engine is replaced, unless `EngineSettings.engine_memory_gb` says otherwise."""

    name: str
    version: str
    library: Library
    reader: EngineCommand | None

    @classmethod
    def find(cls, settings: EngineSettings, progress: Progress) -> Self:
        """Return the Lean that these settings choose, which may install it.

        Raises:
            InputError: a setting is missing or wrong.
            SetupError: something that it needs is not there.
        """
        ...

    @classmethod
    def find_verifier(cls, settings: EngineSettings, progress: Progress) -> Verifiers:
        """Return what checks proofs with that Lean, which may need less than searching with it.

        Raises:
            InputError, SetupError: as for `find`.
        """
        return cls.find(settings, progress).verifier

    def open_pool(self, size: int, limits: TacticLimits) -> AbstractAsyncContextManager[PoolT]:
        """Open `size` engines that give each tactic these limits."""
        ...

    async def read_theorem(self, pool: PoolT, text: str, file: Path | None) -> Theorem:
        """Return the theorem that `text` states or, with a file, that has this name in the file.

        Raises:
            StatementError, UnsupportedError, InputError: there is none, or Lean refuses it.
            EngineError: no engine could be kept alive.
        """
        ...

    def file_tools(self, pool: PoolT) -> FileTools:
        """Return what reads whole files, and opens their holes in `pool`.

        Raises:
            UnsupportedError: it opens single theorems only.
        """
        raise UnsupportedError(
            f"--engine {self.name} proves one theorem of a file at a time", advice="Name it with --theorem."
        )

    def lend_new(self, pool: PoolT, timeout_s: float) -> AbstractAsyncContextManager[Ask]:
        """Open a way to ask a Lean that is as new, and is made so again or ended before anything else uses it.

        Each request may take `timeout_s`.

        Raises:
            UnsupportedError: as for `file_tools`.
        """
        return self.file_tools(pool).ask()

    def verifier(self) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier, which serves any number of checks."""
        ...

    def verifier_beside(self, pool: PoolT) -> AbstractAsyncContextManager[Verifier]:
        """Open a verifier for proofs that are found with `pool`.

        Where it can, it has these engines elaborate what it checks, which saves a process; it never has them judge.
        """
        return self.verifier()

    @property
    def description(self) -> str:
        """What it is, for people."""
        return f"{self.name}, {self.version}"

    def reads_as_core(self, header: str) -> bool:
        """Whether `header` has to be rewritten for core Lean, see :func:`prover.lean.reading.prelude.core_header`."""
        return reads_as_core(self.library, header)

    def with_header(self, header: str) -> str:
        """Return `header`, after the lines that statements without one expect where there is Mathlib."""
        return with_header(self.library, header)


def reads_as_core(library: Library, header: str) -> bool:
    """Whether `header` has to be rewritten for core Lean where `library` can be imported."""
    if library in ("core", "pocket"):
        return True
    libraries = imported_libraries(header)
    return library == "project" and (not libraries or "Mathlib" in libraries)


def with_header(library: Library, header: str) -> str:
    """Return `header`, after the lines that statements without one expect where there is Mathlib."""
    if library == "mathlib" and not imported_libraries(header):
        return mathlib_header() + header
    return header
