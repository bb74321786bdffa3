"""Seeds of attempts: different for every attempt of a run, the same whenever the attempt is made."""

from __future__ import annotations

import hashlib


def attempt_seed(run_seed: int, name: str, pass_number: int, *, negated: bool) -> int:
    """Return the attempt's seed, of 32 bits; it does not depend on what else is in the run."""
    key = f"{run_seed}\n{name}\n{pass_number}\n{int(negated)}"
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "backslashreplace")).digest()[:4], "big")
