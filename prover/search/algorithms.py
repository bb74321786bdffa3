"""The search algorithms by name. A new one is a module with a class like those here, and a line in `ALGORITHMS`."""

from __future__ import annotations

from collections.abc import Callable

from prover.errors import InputError
from prover.search.base import SearchAlgorithm
from prover.search.best_first import BestFirst

DEFAULT_ALGORITHM = "best-first"
ALGORITHMS: dict[str, Callable[[], SearchAlgorithm]] = {
    DEFAULT_ALGORITHM: BestFirst,
}


def search_algorithm(name: str) -> SearchAlgorithm:
    """Return the algorithm of that name.

    Raises:
        InputError: there is none.
    """
    if name not in ALGORITHMS:
        raise InputError(
            f"there is no search algorithm {name!r}", advice=f"Take one of {', '.join(ALGORITHMS)}."
        )
    return ALGORITHMS[name]()
