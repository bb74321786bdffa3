"""A run's configuration: stored when it begins, compared when it is resumed, never changed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover.addresses import without_login
from prover.errors import InputError
from prover.lean.settings import EngineSettings
from prover.search.settings import BudgetSettings, SearchSettings
from prover.sketching.settings import SketchSettings
from prover.whole_proof.settings import MethodSettings

WITH_ADDRESSES = ("policy", "planner", "critic", "problems", "set_origin")
"""Settings of a run that may name addresses."""


class RunSettings(BaseModel):
    """Settings of a run, besides those of its searches."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    passes: int = Field(default=1, ge=1)
    """Attempts at each problem."""
    stop_at_proof: int | None = Field(default=None, ge=1)
    """Attempt a problem no more once it has N proofs, or its negation one; hard problems get all passes."""
    workers: int = Field(default=2, ge=1)
    """Attempts that run at the same time."""
    engines: int = Field(default=2, ge=1)
    """Lean processes that work at the same time."""
    width: int = Field(default=2, ge=1)
    """States that one search expands at the same time; it shapes the search."""
    seed: int = 0
    """What the seeds of the attempts are made from."""
    disprove: bool = False
    """Also search for the negation of what is not proved."""
    automation: bool = True
    """Also try one call of plain automation on each problem, to compare with."""
    max_steps: int = Field(default=20_000, ge=0)
    """Tried tactics to store for each attempt, besides those of its proof."""


class RunConfig(EngineSettings, SearchSettings, BudgetSettings, MethodSettings, SketchSettings, RunSettings):
    """The settings of a run. None leaves a quantity unlimited, or a filter out."""

    prover_version: str
    """The version of prover that began the run."""
    problems: str
    """The problem set, as it was named on the command line."""
    split: str | None = None
    """Only problems of this split."""
    filter: str | None = None
    """Only problems whose names this regular expression is found in."""
    limit: int | None = Field(default=None, ge=1)
    """Only the first N problems."""
    shard: str | None = Field(default=None, pattern=r"^\d+/\d+$")
    """Only one part of several: `i/n`."""
    solved: bool = False
    """Of .lean files, theorems that have a proof are problems, too."""
    set_name: str
    """The name that the set gives itself."""
    set_origin: str = ""
    """Where the set is from: a repository's URL, or a path."""
    set_version: str = ""
    """The commit of that repository; empty if it is not a repository."""
    set_hash: str
    """The hash of the problems that were chosen, in order."""
    toolchain: str | None = None
    """The toolchain of a native Lean's project."""
    library: str | None = None
    """The pocket library and its version, if the engines have it."""

    def write(self, path: Path) -> None:
        """Write the configuration where people look for it.

        Raises:
            OSError: it cannot be written there.
        """
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_config(text: str) -> RunConfig:
    """Read a configuration that was stored as JSON.

    Raises:
        InputError: it is not one of this version's.
    """
    try:
        return RunConfig.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InputError(f"the run's configuration cannot be read: {place}: {first['msg']}") from error


def stored_form(config: RunConfig) -> RunConfig:
    """Return the configuration as it is stored: without the logins of its addresses."""
    texts = {name: getattr(config, name) for name in WITH_ADDRESSES}
    return config.model_copy(update={name: text and without_login(text) for name, text in texts.items()})


def differences(stored: RunConfig, asked: RunConfig) -> list[str]:
    """Say, field by field, what `asked` has otherwise than `stored`; empty if they agree.

    Where a set comes from is left out: its hash says whether the problems are the same. So is what a model may cost,
    which may be raised.
    """
    left_out = {"set_origin", "set_version", "max_tokens_total", "price_input", "price_output", "requests"}
    old, new = (config.model_dump(exclude=left_out) for config in (stored, asked))
    return [f"{field} was {old[field]!r} and is {new[field]!r}" for field in old if old[field] != new[field]]
