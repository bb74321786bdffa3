"""Options made from settings: one option of a command for each field of a pydantic model.

A command names settings by the type of a parameter and receives them checked:

    @settings_options
    def prove(theorem: ..., settings: SearchSettings, limits: BudgetSettings) -> None: ...

The field's docstring is the option's help, its default the option's default, and `option(...)` in the field's
`json_schema_extra` says what else the command line needs. A new option is a new field.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_args, get_type_hints

import typer
from annotated_types import Ge
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from prover.errors import InputError
from prover.util.options import flag_of


@dataclass(frozen=True)
class LeftOut:
    """In an annotation of a command's settings: fields that are no options of that command."""

    fields: frozenset[str]


def settings_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command` with each parameter whose type is a pydantic model replaced by options for its fields."""
    hints = get_type_hints(command, include_extras=True)
    models = {name: found for name, hint in hints.items() if (found := _model_of(hint)) is not None}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in models:
            parameters += [
                _parameter(field, info)
                for field, info in models[name].model_fields.items()
                if field not in _fields_left_out(hints[name])
            ]
        else:
            parameters.append(parameter.replace(annotation=hints[name]))

    @wraps(command)
    def expanded(**values: Any) -> None:  # noqa: ANN401  (whatever the options are)
        settings = {name: _model(model, values) for name, model in models.items()}
        command(**values, **settings)

    expanded.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    )
    expanded.__annotations__ = {each.name: each.annotation for each in parameters}
    del expanded.__wrapped__
    return expanded


def _model_of(hint: Any) -> type[BaseModel] | None:  # noqa: ANN401  (any annotation)
    kind = get_args(hint)[0] if _fields_left_out(hint) else hint
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _fields_left_out(hint: Any) -> frozenset[str]:  # noqa: ANN401  (any annotation)
    return next((each.fields for each in get_args(hint) if isinstance(each, LeftOut)), frozenset())


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _parameter(name: str, info: FieldInfo) -> inspect.Parameter:
    extra = _extra(info)
    flag = flag_of(name, info)
    is_switch = info.annotation is bool
    if is_switch and info.default is True:
        flag = f"{flag}/--no-{flag.removeprefix('--')}"
    least: Any = next((bound.ge for bound in info.metadata if isinstance(bound, Ge)), None)
    dynamic = info.default_factory is not None
    option = typer.Option(
        flag,
        help=" ".join((info.description or "").split()),
        metavar=extra.get("metavar"),
        min=least,
        show_default=extra.get("shown_default", not dynamic),
    )
    annotation: Any = info.annotation
    if dynamic:
        annotation = annotation | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if info.is_required() else None if dynamic else info.default,
        annotation=Annotated[annotation, option],
    )


def _model(model: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    """Take the fields of `model` out of `values`, and check them.

    Raises:
        InputError: a value cannot be used.
    """
    given: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        value = values.pop(name, info.default)
        if value is not None or info.default_factory is None:
            given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        place = f"{flag_of(name, model.model_fields[name])} {first['input']}: " if name else ""
        raise InputError(f"{place}{first['msg'].removeprefix('Value error, ')}") from error
