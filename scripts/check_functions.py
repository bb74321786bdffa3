"""Check that no function is too long or has too many parameters; part of `make lint`.

Lines are counted without the docstring; of typer's commands, whose parameters are command-line options, without the
signature too, and their parameters are not counted.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_LINES = 60
MOST_PARAMETERS = 10
FOLDERS = ("prover", "scripts")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Print every function that breaks a limit, and exit with 1 if there is one."""
    found = [
        line for folder in FOLDERS for path in sorted(Path(folder).rglob("*.py")) for line in problems(path)
    ]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


def problems(path: Path) -> Iterator[str]:
    """Yield a line for each function of the file that breaks a limit."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, Function):
            continue
        command = is_command(node)
        count = lines(node, signature=not command)
        if count > MOST_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {count} lines, more than {MOST_LINES}"
        parameters = len(all_parameters(node))
        if parameters > MOST_PARAMETERS and not command:
            yield f"{path}:{node.lineno}: {node.name} has {parameters} parameters, more than {MOST_PARAMETERS}"


def is_command(function: Function) -> bool:
    """Whether a parameter's annotation says that it is an option or an argument of typer's."""
    return any(
        isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "typer"
        for parameter in all_parameters(function)
        if parameter.annotation is not None
        for part in ast.walk(parameter.annotation)
    )


def lines(function: Function, *, signature: bool) -> int:
    """Return the number of lines of the function without its docstring."""
    assert function.end_lineno is not None
    first = function.body[0]
    docstring = 0
    if ast.get_docstring(function, clean=False) is not None:
        assert first.end_lineno is not None
        docstring = first.end_lineno - first.lineno + 1
    start = function.lineno if signature else first.lineno
    return function.end_lineno - start + 1 - docstring


def all_parameters(function: Function) -> list[ast.arg]:
    """Return the parameters without `self` and `cls`."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [each for each in every if each.arg not in ("self", "cls")]


if __name__ == "__main__":
    main()
