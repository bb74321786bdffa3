"""What is known of the kernels of Lean's versions: docs/kernel-bugs.md has the list."""

from __future__ import annotations

import re

MENDED = (4, 33, 1)
"""The first version without the soundness bugs of the kernel that were found in the summer of 2026."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def kernel_caveat(version: str | None) -> str | None:
    """Return what to know about the kernel of this version of Lean, one sentence; None if there is nothing."""
    found = _VERSION.match(version or "")
    if found is None or tuple(map(int, found.groups())) >= MENDED:
        return None
    return (
        f"the kernel of Lean {found[0].removeprefix('v')} has bugs by which False can be proved with inductive types"
        " made for it, mended in 4.33.1; prover's own rules refuse such types (docs/kernel-bugs.md)"
    )
