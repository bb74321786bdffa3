"""Stand-ins for the programs of a Lean that elan installed: they answer from the embedded Lean.

`put` makes executables of the modules here, called as elan's programs are, in a folder that a test puts on PATH.
"""

import json
import os
import shlex
import stat
import sys
from pathlib import Path

from prover.util.home import home

HERE = Path(__file__).parent


def put(folder, *names, **modules):
    """Make `folder` hold an executable for each name, which runs the module of that name, or the one given for it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in {**{name: name for name in names}, **modules}.items():
        program = folder / name
        command = shlex.join([sys.executable, str(HERE / f"{module}.py")])
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return folder


def make_project(folder, *, toolchain="leanprover/lean4:v4.28.0", packages=()):
    """Make a Lake project in `folder`, whose manifest lists packages by these names; their folders are made too."""
    folder.mkdir(parents=True)
    (folder / "lakefile.toml").write_text('name = "tried"\n', encoding="utf-8")
    (folder / "lean-toolchain").write_text(f"{toolchain}\n", encoding="utf-8")
    described = [{"name": name, "type": "git"} for name in packages]
    manifest = {"version": "1.1.0", "packagesDir": ".lake/packages", "packages": described}
    (folder / "lake-manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name in packages:
        package = folder / ".lake" / "packages" / name
        package.mkdir(parents=True)
        (package / "lakefile.toml").write_text(f'name = "{name}"\n', encoding="utf-8")
    return folder


def make_home(folder):
    """Make `folder` a PROVER_HOME that has the embedded Lean and what stand-ins made, and nothing else."""
    folder.mkdir()
    for name in ("embedded-lean", "standins"):
        (home() / name).mkdir(exist_ok=True)
        (folder / name).symlink_to(home() / name)
    return folder


def path_with(folder):
    """Return a PATH on which `folder` comes first."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
