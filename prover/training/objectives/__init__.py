"""Training objectives: what a model is trained on, and with which loss.

One module per objective, listed in `OBJECTIVES`; adding one is a module and a line here. May import
`prover.training.data`, the policies' formats, and what stands in `prover.training` itself; torch only
inside of functions, so that the command line can list objectives without it.
"""

from __future__ import annotations

from prover.errors import InputError
from prover.training.objectives.base import AnyObjective
from prover.training.objectives.critic import CRITIC
from prover.training.objectives.dpo import DPO
from prover.training.objectives.sft import SFT

OBJECTIVES: dict[str, AnyObjective] = {objective.name: objective for objective in (SFT, DPO, CRITIC)}


def find_objective(name: str) -> AnyObjective:
    """Return the objective of that name.

    Raises:
        InputError: there is no such objective.
    """
    if name not in OBJECTIVES:
        raise InputError(
            f"there is no training objective {name!r}", advice=f"Take one of {', '.join(OBJECTIVES)}."
        )
    return OBJECTIVES[name]
