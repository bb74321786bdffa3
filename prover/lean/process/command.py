"""How to start a Lean engine: what the parts that find engines hand to the parts that run them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prover.errors import SetupError

if sys.platform != "win32":
    import resource


@dataclass(frozen=True, slots=True)
class EngineCommand:
    """A program that speaks docs/protocol.md on stdin and stdout.

    `env` is added to the environment the program inherits; `label` names the engine in messages.
    `announces` says that the program writes a `ready` object first; the community REPL does not.
    `stack_bytes` asks for a main thread with that much stack, as far as the system's hard limit allows
    (POSIX only); None leaves it alone. The embedded engine needs it: it recurses deeply on that thread.
    `address_space_bytes` is how much of it a process reserves, most of which it never uses.
    `cwd` is the folder that it is started in, None for the current one. `slow_imports` says that it
    takes long, and much memory, until a new process has imported what it needs: so the reply to a cancelled request is
    waited for, imports are shared by headers that begin with the same ones, and memory is watched all the time.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    label: str = "Lean"
    announces: bool = True
    stack_bytes: int | None = None
    address_space_bytes: int | None = None
    cwd: Path | None = None
    slow_imports: bool = False


def require_address_space(label: str, wanted_bytes: int | None) -> None:
    """Say it clearly where the limit of address space is too low: V8 ends with a stack trace then.

    Raises:
        SetupError: processes may have less address space than that.
    """
    if sys.platform == "win32" or wanted_bytes is None:
        return
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft < wanted_bytes:
        raise SetupError(
            f"{label} reserves {wanted_bytes / 2**30:.0f} GiB of address space, most of which it never uses, and "
            f"processes may have only {soft / 2**30:.1f} GiB here (RLIMIT_AS, `ulimit -v`)",
            advice="Raise that limit, or limit the memory in use instead: --engine-memory, or a container.",
        )


def stack_allowed(wanted_bytes: int) -> int | None:
    """Return how much of `wanted_bytes` the system's hard limit leaves a main thread; None on Windows."""
    if sys.platform == "win32":
        return None
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    return wanted_bytes if hard == resource.RLIM_INFINITY else min(wanted_bytes, hard)
