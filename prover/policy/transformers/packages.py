"""Say clearly when the packages that run models are missing."""

from __future__ import annotations

import importlib

from prover.errors import SetupError
from prover.util.distribution import install_command
from prover.util.threads import let_threads_sleep


def require_packages() -> None:
    """Import torch and transformers, which takes seconds the first time.

    Raises:
        SetupError: one of them is missing or broken.
    """
    let_threads_sleep()
    for package in ("torch", "transformers"):
        try:
            importlib.import_module(package)
        except (ImportError, OSError) as error:
            raise SetupError(
                f"running a model here needs the package {package}, which cannot be imported: {error}",
                advice=f"Install it: {install_command('local')}",
            ) from error
