"""Fetching one known package from npm, with the user's own npm client and registry.

What arrives is compared with a checksum written in our source, so it does not matter which registry or
mirror it came from.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from prover.errors import SetupError
from prover.lean.embedded.node import Node
from prover.util.progress import Progress

POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tarball:
    """A package on npm. `integrity` is its sha512 as npm writes it; `size` its length in bytes."""

    name: str
    version: str
    integrity: str
    size: int

    @property
    def file_name(self) -> str:
        """The name `npm pack` gives to the file."""
        return f"{self.name}-{self.version}.tgz"


def fetch(tarball: Tarball, *, node: Node, kept: Path, staging: Path, progress: Progress) -> None:
    """Put `tarball` at `kept`, unless it is there already. `staging` is an empty folder on the same disk.

    Raises:
        SetupError: there is no npm, npm fails, or what it brought is another file.
        OSError: a file cannot be written.
    """
    if kept.exists():
        progress.step(f"checking {tarball.file_name}, downloaded earlier")
        if integrity_of(kept) == tarball.integrity:
            return
        kept.unlink()
    progress.step(f"downloading {tarball.file_name} ({tarball.size / 1e6:.0f} MB) from npm")
    _npm_pack(tarball, node=node, staging=staging, progress=progress)
    arrived = staging / tarball.file_name
    found = integrity_of(arrived)
    if found != tarball.integrity:
        raise SetupError(
            f"npm's {tarball.file_name} is not the expected file: its checksum is {found}",
            advice="see `npm config get registry`: that registry serves something else under this name",
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(kept)


def integrity_of(path: Path) -> str:
    """Return the sha512 of a file as npm writes it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return "sha512-" + base64.b64encode(digest).decode()


def _npm_pack(tarball: Tarball, *, node: Node, staging: Path, progress: Progress) -> None:
    if not node.npm:
        raise SetupError(f"there is no npm beside {node.path}, nor on PATH", advice="install npm once")
    cache = staging / "npm-cache"
    command = [*node.npm, "pack", f"{tarball.name}@{tarball.version}", "--json"]
    command += ["--pack-destination", str(staging), "--cache", str(cache)]
    command += ["--no-fund", "--no-audit", "--no-update-notifier", "--loglevel=error"]
    with subprocess.Popen(
        command,
        cwd=staging,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            output, errors = _communicate(process, cache, tarball.size, progress)
        finally:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise SetupError(
            f"npm could not fetch {tarball.name}: {_complaint(output, errors)}",
            advice="the installation needs the npm registry once; see `npm config get registry`",
        )


def _communicate(
    process: subprocess.Popen[str], cache: Path, size: int, progress: Progress
) -> tuple[str, str]:
    """Wait for npm, reporting how much has arrived: npm itself says nothing until the end."""
    while True:
        try:
            return process.communicate(timeout=POLL_S)
        except subprocess.TimeoutExpired:
            progress.advance(min(_bytes_below(cache), size), size)


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total


def _complaint(output: str, errors: str) -> str:
    """Return the line in which npm says what is wrong: `summary` of its JSON, else its last words."""
    try:
        return " ".join(str(json.loads(output)["error"]["summary"]).split())
    except (ValueError, KeyError, TypeError):
        return (errors.strip().splitlines() or ["it said nothing"])[-1]
