"""The proofs of a run for judges of others: leanprover/comparator (`lake challenge`) and SafeVerify.

Both take two modules: what was to be proved, each theorem with `sorry` for its proof, and the same with the proofs. The
files differ in nothing else, so that a judge compares like with like.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.evaluation.export import shortest_proofs
from prover.evaluation.lean_export import combined
from prover.evaluation.store.database import RunStore
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import ALLOWED_AXIOMS
from prover.util.files import write_atomically

CHALLENGE, SOLUTION = "Challenge", "Solution"
TARGET, SUBMISSION = "Target", "Submission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is to be proved, and the same with proofs; `names` are the theorems' in both."""

    stated: str
    proved: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, proofs: Sequence[tuple[Theorem, str]]) -> Pair:
        """Make it of theorems and tactic blocks.

        Raises:
            InputError: there are none.
        """
        if not proofs:
            raise InputError(
                "there is no proof to be exported", advice="Name a run that has proved something."
            )
        proved = combined(proofs)
        stated = combined([(theorem, "sorry") for theorem, _ in proofs])
        return cls(stated=stated.text, proved=proved.text, names=proved.names)

    @classmethod
    def of_run(cls, store: RunStore) -> Pair:
        """Make it of a run's shortest proofs.

        Raises:
            InputError: there are none.
        """
        return cls.of([(each.theorem, each.proof.text) for each in shortest_proofs(store)])


def write_comparator(pair: Pair, folder: Path) -> list[Path]:
    """Write what `lake challenge --config config.json` takes; return the files.

    Raises:
        InputError: they cannot be written.
    """
    config = {
        "challenge_module": CHALLENGE,
        "solution_module": SOLUTION,
        "theorem_names": list(pair.names),
        "permitted_axioms": sorted(ALLOWED_AXIOMS),
        "enable_nanoda": False,
    }
    return _write(
        folder,
        {
            f"{CHALLENGE}.lean": pair.stated,
            f"{SOLUTION}.lean": pair.proved,
            "config.json": json.dumps(config, ensure_ascii=False, indent=2) + "\n",
        },
    )


def write_safe_verify(pair: Pair, folder: Path) -> list[Path]:
    """Write the two files whose .olean files SafeVerify compares; return them.

    Raises:
        InputError: they cannot be written.
    """
    return _write(folder, {f"{TARGET}.lean": pair.stated, f"{SUBMISSION}.lean": pair.proved})


def _write(folder: Path, texts: dict[str, str]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror}") from error
    for name, text in texts.items():
        write_atomically(folder / name, text)
    return [folder / name for name in texts]
