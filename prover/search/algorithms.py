"""The search algorithms by name. A new one is a module with a class like those here, and a line in `ALGORITHMS`."""

from __future__ import annotations

from collections.abc import Callable

from prover.errors import InputError
from prover.search.and_or import AndOr
from prover.search.base import SearchAlgorithm
from prover.search.best_first import BestFirst
from prover.search.mcts import Mcts
from prover.search.rmaxts import RMaxTS

DEFAULT_ALGORITHM = "best-first"
ALGORITHMS: dict[str, Callable[[], SearchAlgorithm]] = {
    DEFAULT_ALGORITHM: BestFirst,
    "and-or": AndOr,
    "mcts": Mcts,
    "mcts-regularised": lambda: Mcts(name="mcts-regularised", rule="regularised"),
    "rmaxts": RMaxTS,
}


def search_algorithm(name: str) -> SearchAlgorithm:
    """Return the algorithm of that name.

    Raises:
        InputError: there is no such algorithm.
    """
    if name not in ALGORITHMS:
        raise InputError(
            f"there is no search algorithm {name!r}", advice=f"Take one of {', '.join(ALGORITHMS)}."
        )
    return ALGORITHMS[name]()
