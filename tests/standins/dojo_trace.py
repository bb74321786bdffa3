"""Prepares a repository as LeanDojo's tracing would leave it, with syntax trees made from the embedded Lean's ranges.

The trees hold what a Dojo reads: namespaces, the theorems with their modifiers, and where each proof stands.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")
TOOLCHAIN = "leanprover/lean4:v4.9.0"


@dataclass(frozen=True)
class Prepared:
    folder: Path
    commit: str
    cache: Path
    traced: Path


def prepare(folder, cache, file, text, declarations, *, toolchain=TOOLCHAIN):
    """Make a git repository with one file, and its traced copy in LeanDojo's cache.

    `declarations` are those of docs/protocol.md, for this text.
    """
    folder.mkdir(parents=True)
    (folder / "lean-toolchain").write_text(f"{toolchain}\n")
    (folder / "lakefile.lean").write_text("import Lake\nopen Lake DSL\n\npackage tried\nlean_lib Tried\n")
    (folder / file).write_text(text, encoding="utf-8")
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "all")):
        subprocess.run([*GIT, *command], cwd=folder, check=True)
    head = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    commit = head.stdout.strip()
    traced = cache / f"gitpython-{folder.name}-{commit}" / folder.name
    traced.mkdir(parents=True)
    for name in ("lean-toolchain", "lakefile.lean", file):
        (traced / name).write_bytes((folder / name).read_bytes())
    (traced / "Lean4Repl.lean").touch()
    tree = (traced / ".lake" / "build" / "ir" / file).with_suffix(".ast.json")
    tree.parent.mkdir(parents=True)
    tree.write_text(json.dumps(syntax_trees(text, declarations)), encoding="utf-8")
    tree.with_suffix("").with_suffix(".dep_paths").touch()
    return Prepared(folder, commit, cache, traced)


def syntax_trees(text, declarations):
    """Return what LeanDojo's extractor would write about `text`, as far as a Dojo reads it."""
    data = text.encode()
    commands = [(start, end, _theorem(data, each)) for each in declarations if each["kind"] == "theorem"
                for start, end in [each["range"]]]  # fmt: skip
    at = 0
    for line in data.splitlines(keepends=True):
        words = line.split()
        if words[:1] in ([b"namespace"], [b"end"]):
            commands.append((at, at + len(line), _scope(words[0].decode(), words[1].decode(), at)))
        at += len(line)
    ordered = [tree for _, _, tree in sorted(commands, key=lambda each: each[0])]
    return {"commandASTs": [_node("Module.header"), *ordered], "tactics": [], "premises": []}


def _theorem(data, each):
    start, end = each["range"]
    head_start, head_end = each["head"]
    keyword = data.index(b"theorem", head_start)
    before = data[start:keyword].rstrip()
    modifiers = [_atom(before.decode(), start, start + len(before))] if before else []
    simple = data[head_end:].lstrip().startswith(b":=")
    assign = data.index(b":=", head_end) if simple else each["value"][0]
    if simple:
        proof = assign + 2 + len(data[assign + 2 :]) - len(data[assign + 2 :].lstrip())
        body = _node("Term.byTactic", _atom(data[proof:end].decode(), proof, end))
        value = _node("Command.declValSimple", _atom(":=", assign, assign + 2), body)
    else:
        value = _node("Command.declValEqns", _atom(data[assign:end].decode(), assign, end))
    name = data.index(each["name"].encode(), keyword)
    return _node(
        "Command.declaration",
        _node("Command.declModifiers", *modifiers),
        _node(
            "Command.theorem",
            _atom("theorem", keyword, keyword + 7),
            _node("Command.declId", _ident(each["name"], name)),
            _node("Command.declSig"),
            value,
        ),
    )


def _scope(keyword, name, at):
    identifier = _ident(name, at + len(keyword) + 1)
    # `namespace` is followed by a name, `end` by what may be one.
    argument = identifier if keyword == "namespace" else _null(identifier)
    return _node(f"Command.{keyword}", _atom(keyword, at, at + len(keyword)), argument)


def _null(*args):
    return {"node": {"info": "none", "kind": "null", "args": list(args)}}


def _node(kind, *args):
    return {"node": {"info": "none", "kind": f"Lean.Parser.{kind}", "args": list(args)}}


def _info(start, end):
    return {"original": {"leading": "", "pos": start, "trailing": "", "endPos": end}}


def _atom(value, start, end):
    return {"atom": {"info": _info(start, end), "val": value}}


def _ident(name, start):
    info = _info(start, start + len(name.encode()))
    return {"ident": {"info": info, "rawVal": name, "val": name, "preresolved": []}}
