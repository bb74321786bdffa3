"""Options of commands that stand for the fields of settings models."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def flag_of(name: str, info: FieldInfo) -> str:
    """Return the name of a field's option."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return str(extra.get("option") or "--" + name.replace("_", "-"))


def arguments_of(settings: BaseModel) -> list[str]:
    """Return the command-line arguments that give these settings, without those that are the defaults."""
    arguments: list[str] = []
    for name, value in settings.model_dump(exclude_defaults=True).items():
        flag = flag_of(name, type(settings).model_fields[name])
        arguments += _argument(flag, value)
    return arguments


def _argument(flag: str, value: Any) -> list[str]:  # noqa: ANN401  (whatever a field holds)
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag.removeprefix('--')}"]
    return [flag, str(value)]
