"""`--config FILE.toml`: values for any options of a command, from a file; what the command line says comes first.

Keys are the names of options. A table that is called like a command is for that command only, so one file can serve
several:

    policy = "heuristic"
    [evaluate]
    workers = 4
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from prover.errors import InputError

CONFIG_HELP = "A TOML file with values for these options; what the command line says comes first."


def with_config_file(
    name: str, command: Callable[..., None], commands: tuple[str, ...]
) -> Callable[..., None]:
    """Return `command`, called `name`, with a `--config`, unless it has one; `commands` are all there are."""
    signature = inspect.signature(command, eval_str=True)
    if "config" in signature.parameters:
        return command

    @wraps(command)
    def configured(*arguments: Any, config: Path | None, **values: Any) -> None:  # noqa: ANN401
        command(*arguments, **values)

    option = typer.Option(
        "--config", metavar="FILE.toml", is_eager=True, callback=_callback(name, commands), help=CONFIG_HELP
    )
    parameter = inspect.Parameter(
        "config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[Path | None, option]
    )
    parameters = [*signature.parameters.values(), parameter]
    configured.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    configured.__annotations__ = {each.name: each.annotation for each in parameters}
    del configured.__wrapped__
    return configured


def _callback(name: str, commands: tuple[str, ...]) -> Callable[[typer.Context, Path | None], Path | None]:
    """Return what reads the file.

    Raises:
        InputError: when it is called: the file cannot be read, or has a key that is no option of the command.
    """

    def apply(context: typer.Context, path: Path | None) -> Path | None:
        if path is not None:
            table = _read(path)
            own = table.get(name, {})
            shared = {key: value for key, value in table.items() if key not in commands}
            if not isinstance(own, dict):
                raise InputError(f"{path}: {name} must be a table", advice=f"Write [{name}] above its keys.")
            known = _parameters(context)
            context.default_map = {
                **_values(shared, known, path, name, strict=not any(key in commands for key in table)),
                **_values(own, known, path, name, strict=True),
            }
        return path

    return apply


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error


def _parameters(context: typer.Context) -> dict[str, str]:
    """Return the command's parameters by the names of their options, without dashes in front."""
    names: dict[str, str] = {}
    for parameter in context.command.params:
        if parameter.param_type_name == "option" and parameter.name not in ("config", "help"):
            names.update((option.lstrip("-"), str(parameter.name)) for option in parameter.opts)
    return names


def _values(
    table: dict[str, Any], known: dict[str, str], path: Path, command: str, *, strict: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        option = key.replace("_", "-")
        if option in known:
            found[known[option]] = value
        elif strict:
            raise InputError(
                f"{path}: prover {command} has no option {key}",
                advice=f"Its options are {', '.join(sorted(known))}.",
            )
    return found
