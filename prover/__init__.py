"""Find proofs of Lean 4 theorems that Lean's kernel accepts.

    import prover

    result = prover.prove("theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")
    print(result.text)

docs/python.md has the rest. Importing this imports nothing else; a name is imported when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from prover.api.evaluating import Evaluation
    from prover.api.lean import AsyncLean, open_lean_async
    from prover.api.results import CheckedText, Disproved, FilledFile, NotProved, Proof, ProofResult
    from prover.api.session import AsyncSession
    from prover.api.sync import Lean, Session, evaluate, fill, open_lean, prove, verify
    from prover.errors import (
        EngineCrashed,
        EngineError,
        EngineTimeout,
        InputError,
        PolicyError,
        PolicyUnavailable,
        ProverError,
        SetupError,
        StatementError,
        UnsupportedError,
    )
    from prover.lean.environment import (
        LeanError,
        ProofFinished,
        ProofGivenUp,
        TacticCrashed,
        TacticResult,
        TacticState,
        TacticTimeout,
    )
    from prover.lean.theorem import Theorem
    from prover.lean.trust.verify import Certificate, Rejection
    from prover.search.budget import StopReason
    from prover.search.settings import SearchSettings
    from prover.search.tree import ProofTree

_MODULES = {
    "prover.api.lean": "AsyncLean open_lean_async",
    "prover.api.evaluating": "Evaluation",
    "prover.api.results": "CheckedText Disproved FilledFile NotProved Proof ProofResult",
    "prover.api.session": "AsyncSession",
    "prover.api.sync": "Lean Session evaluate fill open_lean prove verify",
    "prover.errors": "EngineCrashed EngineError EngineTimeout InputError PolicyError PolicyUnavailable ProverError"
    " SetupError StatementError UnsupportedError",
    "prover.lean.environment": "LeanError ProofFinished ProofGivenUp TacticCrashed TacticResult TacticState"
    " TacticTimeout",
    "prover.lean.theorem": "Theorem",
    "prover.lean.trust.verify": "Certificate Rejection",
    "prover.search.budget": "StopReason",
    "prover.search.settings": "SearchSettings",
    "prover.search.tree": "ProofTree",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "AsyncLean",
    "AsyncSession",
    "Certificate",
    "CheckedText",
    "Disproved",
    "EngineCrashed",
    "EngineError",
    "EngineTimeout",
    "Evaluation",
    "FilledFile",
    "InputError",
    "Lean",
    "LeanError",
    "NotProved",
    "PolicyError",
    "PolicyUnavailable",
    "Proof",
    "ProofFinished",
    "ProofGivenUp",
    "ProofResult",
    "ProofTree",
    "ProverError",
    "Rejection",
    "SearchSettings",
    "Session",
    "SetupError",
    "StatementError",
    "StopReason",
    "TacticCrashed",
    "TacticResult",
    "TacticState",
    "TacticTimeout",
    "Theorem",
    "UnsupportedError",
    "evaluate",
    "fill",
    "open_lean",
    "open_lean_async",
    "prove",
    "verify",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
