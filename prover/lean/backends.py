"""The engines by name. A new one is a folder with a class like those here, and a line in `BACKENDS`."""

from __future__ import annotations

from typing import Any

from prover.errors import InputError
from prover.lean.backend import LeanBackend, Verifiers
from prover.lean.dojo.backend import DojoBackend
from prover.lean.embedded.backend import EmbeddedBackend
from prover.lean.native.backend import NativeBackend
from prover.lean.settings import EngineSettings
from prover.util.options import flag_of
from prover.util.progress import Progress

BACKENDS: dict[str, type[LeanBackend[Any]]] = {
    "embedded": EmbeddedBackend,
    "native": NativeBackend,
    "dojo": DojoBackend,
}


def backend_of(settings: EngineSettings) -> type[LeanBackend[Any]]:
    """Return the backend that is chosen, after a look at whether it takes the other settings.

    Raises:
        InputError: there is no such engine, or it does not take one of the settings, or needs another.
    """
    name = settings.engine
    if name not in BACKENDS:
        raise InputError(f"there is no engine {name!r}", advice=f"Take one of {', '.join(BACKENDS)}.")
    backend = BACKENDS[name]
    for field in settings.model_dump(exclude_defaults=True, include=set(EngineSettings.model_fields)):
        if field != "engine" and field not in backend.takes:
            raise _not_taken(field, name)
    for field, needed in backend.needs.items():
        if getattr(settings, field) is None:
            raise InputError(f"--engine {name} needs {needed.what}", advice=needed.advice)
    return backend


def find_lean(settings: EngineSettings, progress: Progress) -> LeanBackend[Any]:
    """Return the Lean that is chosen; only the embedded one is installed if it is not there.

    Raises:
        InputError: the settings are contradictory, or the project is none.
        SetupError: something that it needs is not there.
    """
    return backend_of(settings).find(settings, progress)


def find_verifier(settings: EngineSettings, progress: Progress) -> Verifiers:
    """Return what checks proofs with the chosen Lean, which needs less than searching with it.

    Raises:
        InputError, SetupError: as for `find_lean`.
    """
    return backend_of(settings).find_verifier(settings, progress)


def _not_taken(field: str, engine: str) -> InputError:
    flag = flag_of(field, EngineSettings.model_fields[field])
    takers = [name for name, backend in BACKENDS.items() if field in backend.takes]
    if field == "untrusted":
        return InputError(
            f"{flag} does not go with --engine {engine}: code in a text would run with your rights",
            advice=f"Use --engine {' or '.join(takers)}, or a container.",
        )
    return InputError(
        f"{flag} is for --engine {' and '.join(takers)}, not for {engine}",
        advice=f"Add --engine {takers[0]}, or leave {flag} out." if takers else f"Leave {flag} out.",
    )
