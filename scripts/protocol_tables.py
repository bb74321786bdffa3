"""Write the tables of fields in docs/protocol.md from the types in prover/lean/protocol.py.

A table stands between `<!-- fields: NAME -->` and `<!-- end -->`. Every type has one, but for those with a single
field, which has to be in the text. With `--check` nothing is written, and the exit code is 1 if something would be.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TYPES = ROOT / "prover" / "lean" / "protocol.py"
DOCUMENT = ROOT / "docs" / "protocol.md"

TABLE = re.compile(r"(<!-- fields: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
ERROR = "ErrorReply"
"""Its fields may be in every reply, and stand in a table of their own."""
WITHOUT_TABLE = frozenset({"Reply", "TacticLimitFields", "Member"})
"""Types whose fields are all in the tables of others."""
OPTIONAL = ", optional"
SHOWN = {
    "int": "number",
    "str": "string",
    "bool": "boolean",
    "Severity": "string",
    "Timeout": "string",
    "Range": "[number, number]",
    "Terms": "object",
    "None": "null",
}


def main() -> None:
    """Bring the document up to date, or say whether it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if the tables differ"
    )
    check: bool = parser.parse_args().check
    types = {
        node.name: node
        for node in ast.parse(TYPES.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    text = DOCUMENT.read_text(encoding="utf-8")
    wanted = {name for name in types if name not in WITHOUT_TABLE and len(list(fields(name, types))) > 1}
    if wrong := wanted ^ {found[2] for found in TABLE.finditer(text)}:
        sys.exit(f"{DOCUMENT.name} lacks the tables of, or has tables of no type: {', '.join(sorted(wrong))}")
    written = TABLE.sub(lambda found: f"{found[1]}\n{table(found[2], types)}\n{found[3]}", text)
    named = {field for name in types for field, *_ in fields(name, types)}
    if missing := [field for field in named if f"`{field}`" not in written and f'"{field}":' not in written]:
        sys.exit(f"{DOCUMENT.name} does not say what these fields are: {', '.join(sorted(missing))}")
    if written != text and check:
        sys.exit(f"{DOCUMENT.name} is not what {TYPES.name} says: run scripts/{Path(__file__).name}")
    DOCUMENT.write_text(written, encoding="utf-8")


def table(name: str, types: dict[str, ast.ClassDef]) -> str:
    """The table of a type, those of its fields included that it inherits."""
    lines = [f"| field of `{name}` | type | meaning |", "| --- | --- | --- |"]
    for field, shown, meaning in sorted(fields(name, types), key=lambda each: each[1].endswith(OPTIONAL)):
        star, meaning = ("★ ", meaning.removeprefix("★ ")) if meaning.startswith("★ ") else ("", meaning)
        lines.append(f"| {star}`{field}` | {shown} | {meaning} |".replace("`|`", "`\\|`"))
    return "\n".join(lines) + "\n"


def fields(name: str, types: dict[str, ast.ClassDef]) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the type and the meaning of each field."""
    node = types[name]
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in types and base.id != ERROR:
            yield from fields(base.id, types)
    body = node.body[1:]
    for field, meaning in zip(body[::2], body[1::2], strict=True):
        if not (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(meaning, ast.Expr)
        ):
            raise TypeError(f"{TYPES.name}, {name}: a field and its docstring are expected")
        yield (
            field.target.id,
            shown_type(field.annotation),
            " ".join(str(ast.literal_eval(meaning.value)).split()),
        )


def shown_type(annotation: ast.expr) -> str:
    """A type as readers of JSON call it."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="NotRequired"), slice=inner):
            return f"{shown_type(inner)}{OPTIONAL}"
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return f"list of {shown_type(inner)}"
        case ast.Subscript(value=ast.Name(id="dict")):
            return "object"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{shown_type(left)} or {shown_type(right)}"
        case ast.Name(id=name):
            return SHOWN.get(name, f"`{name}`")
        case ast.Constant(value=None):
            return "null"
        case _:
            raise TypeError(f"{TYPES.name}: no words for the type {ast.unparse(annotation)}")


if __name__ == "__main__":
    main()
