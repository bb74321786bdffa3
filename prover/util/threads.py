"""How torch's threads wait.

Its OpenMP threads spin between two pieces of work by default. Beside Lean engines, which want the same cores,
that makes a small model eight times slower (5 sequences a second against 39, two cores, four busy engines).
"""

from __future__ import annotations

import os


def let_threads_sleep() -> None:
    """Have OpenMP threads sleep while they wait, unless the user said otherwise; call it before torch is imported."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
