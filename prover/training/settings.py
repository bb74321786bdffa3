"""From a TOML file and `KEY=VALUE`s to the settings of a training, with one line for every way to fail."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from prover.errors import InputError
from prover.training.config import TrainingConfig

_Config = TypeVar("_Config", bound=TrainingConfig)


def read_training_config(
    kind: type[_Config], path: Path | None, changes: Sequence[str], *, seed: int | None
) -> _Config:
    """Return settings of `kind`: the file's fields, changed by `KEY=VALUE`s (`lora.rank=8`) and by `seed`.

    A value is written as in TOML; quotes around words may be left out.

    Raises:
        InputError: the file cannot be read, or a key or a value is wrong.
    """
    values = {} if path is None else _from_file(path)
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set {change}: this is no KEY=VALUE", advice="For example --set epochs=5.")
        _set_value(values, key.strip().split("."), _value(text.strip()), change)
    if seed is not None:
        values["seed"] = seed
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _config_error(kind, path, error) from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the settings {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the settings {path} are not TOML: {error}") from error


def _value(text: str) -> Any:  # noqa: ANN401  (whatever TOML can say)
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _set_value(values: dict[str, Any], keys: list[str], value: object, change: str) -> None:
    for key in keys[:-1]:
        values = values.setdefault(key, {})
        if not isinstance(values, dict):
            raise InputError(f"--set {change}: {key} has no fields of its own")
    values[keys[-1]] = value


def _config_error(kind: type[TrainingConfig], path: Path | None, error: ValidationError) -> InputError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = "the settings" if path is None else f"the settings {path}"
    if first["type"] == "extra_forbidden":
        known = ", ".join(kind.model_fields)
        return InputError(f"{where} have an unknown key {key}", advice=f"The keys are {known}.")
    said = first["msg"].removeprefix("Value error, ")
    return InputError(f"{where} cannot be used: {key} = {first['input']!r}: {said}", advice=f"Correct {key}.")
