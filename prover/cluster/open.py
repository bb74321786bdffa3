"""What makes the attempts of a run: this process, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from prover.cluster.executor import open_ray
from prover.cluster.settings import ClusterSettings
from prover.evaluation.run.executor import Executor
from prover.evaluation.run.open import open_local
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.lean.backend import LeanBackend
from prover.problems.problem import Problem
from prover.whole_proof.settings import MethodSettings


def open_executor(
    folder: RunFolder,
    store: RunStore,
    problem: Callable[[int], Problem],
    lean: LeanBackend[Any],
    cluster: ClusterSettings,
    *,
    method: MethodSettings | None = None,
    say: Callable[[str], None] = lambda line: None,
    page: str | None = None,
) -> AbstractAsyncContextManager[Executor]:
    """Return what makes the attempts of the run in `folder`; entering it raises as `open_local` and `open_ray` do.

    `say` is told what the run's log is told of the cluster; `page` is the address of the run's page, which the
    cluster's own dashboard then names.
    """

    def note(line: str) -> None:
        folder.note(line)
        say(line)

    if cluster.cluster is None:
        return open_local(store.config, problem, lean, answers=store, method=method)
    return open_ray(store.config, problem, cluster, note, page)
