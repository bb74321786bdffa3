"""What a model in a folder says of the text that servers are compared by, where its training has not noted it."""

from __future__ import annotations

from pathlib import Path

from prover.policy.transformers.packages import require_packages
from prover.serving.reference import Reference


def compute_reference(model: Path) -> Reference:
    """Return it, computed by transformers on processors; blocks for seconds.

    Raises:
        InputError, SetupError: it cannot be computed.
    """
    require_packages()
    from prover.policy.transformers.reference import load_reference

    return load_reference(model)
