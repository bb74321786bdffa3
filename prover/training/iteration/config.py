"""What an expert iteration depends on: one TOML file, kept in the run's folder."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from prover.errors import InputError
from prover.evaluation.run.evaluate import require_sets
from prover.lean.settings import EngineSettings
from prover.policy.spec import LocalModel, parse_spec
from prover.training.objectives.sft import SftConfig
from prover.training.preset import PRESETS

MODEL = "{model}"
"""Stands in a policy spec for the folder of the newest model."""


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )


class Pool(_Section):
    """The problems."""

    train: tuple[str, ...] = Field(min_length=1)
    """Problem sets to search and to learn from, as for `prover evaluate`."""
    held_out: tuple[str, ...] = Field(min_length=1)
    """Problem sets to measure on, never trained on."""
    keep_out: tuple[str, ...] = ()
    """More sets that training data are decontaminated against."""
    per_round: int = Field(default=1000, ge=1)
    """Problems that are searched in each round."""
    rest_after: int = Field(default=2, ge=1)
    """Rounds in which a problem is proved before it is skipped for a while."""
    harder: float = Field(default=2.0, ge=1)
    """How many times the budget a problem gets that two rounds have failed on."""


class Search(_Section):
    """How problems are searched. `{model}` in a policy stands for the newest model's folder."""

    first: str = "heuristic"
    """The policy of round 0, before there is a model."""
    later: str = "heuristic+hf:{model}"
    """The policy of the rounds after it."""
    samples: str = "8"
    """As `--samples`."""
    temperature: str = "1"
    """As `--temperature`."""
    algorithm: str = "best-first"
    """As `--search`."""
    scoring: str = "length-normalised:0.5"
    """As `--scoring`."""
    max_tactics: int = Field(default=200, ge=1)
    """Tactics that Lean may run in one search of the training problems."""
    held_out_tactics: int = Field(default=200, ge=1)
    """The same for the held-out problems, for every policy alike."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds that one search may take."""
    workers: int = Field(default=8, ge=1)
    """Searches at the same time."""
    engines: int = Field(default=2, ge=1)
    """Lean processes."""
    disprove: bool = True
    """Also search for the negation of what is not proved, and drop what is false."""
    keep_server: bool = True
    """Serve `vllm:{model}` by one vLLM server for all rounds, or by replicas on a cluster; otherwise each search starts
    vLLM."""
    options: dict[str, str | int | float | bool] = {}
    """More options of `prover evaluate`, by their names."""

    @property
    def cluster(self) -> str | None:
        """The cluster that the searches are made on, None for this machine."""
        address = self.options.get("cluster")
        return None if address is None else str(address)

    @property
    def replicas(self) -> int:
        """How many servers a search on a cluster has."""
        count = self.options.get("model_replicas")
        return count if isinstance(count, int) else 0

    @property
    def is_served(self) -> bool:
        """Whether vLLM servers are kept for the newest model: one, or a cluster's replicas."""
        served = LocalModel(MODEL, vllm=True) in [source for _, source in parse_spec(self.later)]
        return self.keep_server and served and (self.cluster is None or self.replicas > 0)


class LeanSection(EngineSettings):
    """The Lean that searches and checks, as for `prover evaluate`."""

    @field_validator("project", "repl")
    @classmethod
    def _from_anywhere(cls, path: Path | None) -> Path | None:
        """A run may be resumed from another folder than it was begun in."""
        return None if path is None else path.expanduser().resolve()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        try:
            require_sets(self)
        except InputError as error:
            raise ValueError(error.message) from error
        return self


class Model(_Section):
    """What is trained."""

    base: str = "tiny"
    """A preset, which is trained from nothing, or a model's folder or id."""
    from_last: bool = False
    """Begin each round's training with the last round's model instead of the base."""
    proofs_per_problem: int = Field(default=2, ge=1)
    """The shortest different proofs of a problem that are learnt from."""


class IterationConfig(_Section):
    """Rounds of searching, learning and measuring."""

    rounds: int = Field(default=4, ge=1)
    """Most rounds."""
    patience: int = Field(default=2, ge=1)
    """Rounds without a new best on the held-out problems before it stops."""
    seed: int = 0
    """What every seed is made from."""
    pool: Pool
    lean: LeanSection = LeanSection()
    search: Search = Search()
    model: Model = Model()
    training: SftConfig = SftConfig()

    @field_validator("search")
    @classmethod
    def _uses_the_model(cls, search: Search) -> Search:
        if MODEL not in search.later:
            raise ValueError(f"search.later must name the newest model as {MODEL}")
        if MODEL in search.first:
            raise ValueError(f"search.first cannot be {MODEL}: there is no model yet in round 0")
        return search

    @classmethod
    def read(cls, name_or_path: str) -> Self:
        """Read a configuration: one of the package's by its name, or a `.toml` file.

        Raises:
            InputError: there is no such file, or a key or a value is wrong.
        """
        path = Path(name_or_path)
        if path.suffix != ".toml":
            path = PRESETS / f"{name_or_path}.toml"
        try:
            return cls.parse(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
        except OSError as error:
            raise InputError(
                f"cannot read {name_or_path}: {error.strerror}",
                advice="Name a .toml file, or laptop or shipped, configurations that come with prover.",
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not TOML: {error}") from error

    @classmethod
    def parse(cls, fields: dict[str, Any], where: str) -> Self:
        """Make a configuration from the data of the file `where`.

        Raises:
            InputError: a key or a value is wrong.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the whole"
            said = first["msg"].removeprefix("Value error, ")
            raise InputError(f"{where} cannot be used: {place}: {said}") from error
