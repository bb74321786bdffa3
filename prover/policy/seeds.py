"""Seeds for backends that number the samples of a prompt from the seed up, as vLLM does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def derive_seed(seeds: Sequence[int]) -> int:
    """Return a seed from 0 to 2**31 - 1 made from `seeds` in order, or from the one that they all are.

    vLLM gives the samples of a prompt the seeds s, s + 1, s + 2 and so on, so that neighbouring seeds would
    share most of their samples; derived ones are far apart.
    """
    distinct = seeds[:1] if len(set(seeds)) == 1 else seeds
    digest = hashlib.sha256(",".join(map(str, distinct)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
