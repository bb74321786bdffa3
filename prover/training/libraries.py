"""Optional dependencies of training: report which are missing, and silence their logging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from logging import ERROR

from prover.errors import SetupError
from prover.util.distribution import install_command
from prover.util.threads import let_threads_sleep


def require(*modules: str) -> None:
    """Make sure that `modules` can be imported.

    Raises:
        SetupError: some are not installed.
    """
    let_threads_sleep()
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise SetupError(
            f"training needs {' and '.join(missing)}, not installed here",
            advice=f"Install what training needs: {install_command('train')}",
        )


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Let transformers log nothing below errors and draw no progress bars; as it was before, afterwards.

    The same for the library that it fetches models with, which tells of every attempt.
    """
    from huggingface_hub.utils import logging as hub_logging
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    hub_verbosity = hub_logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    hub_logging.set_verbosity(ERROR)
    try:
        yield
    finally:
        hub_logging.set_verbosity(hub_verbosity)
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
