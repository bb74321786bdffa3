"""The packages of the extra `service`: whether they are there, before they are imported."""

from __future__ import annotations

from importlib.util import find_spec

from prover.errors import SetupError
from prover.util.distribution import install_command


def require_packages(*names: str) -> None:
    """Raise unless all of these modules can be imported.

    Raises:
        SetupError: one is missing.
    """
    if missing := [name for name in names if find_spec(name) is None]:
        raise SetupError(
            f"this needs the package{'s' * (len(missing) > 1)} {', '.join(missing)}",
            advice=f"Install the extra service: {install_command('service')}",
        )
