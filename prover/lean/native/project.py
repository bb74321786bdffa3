"""A user's own Lake project, and the `lake` that runs things in it.

Looking for a project starts nothing and asks no network: elan's proxies would download a missing toolchain by
themselves, without saying so, and that is found out beforehand by looking at elan's folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, SetupError

LAKEFILES = ("lakefile.lean", "lakefile.toml")
TOOLCHAIN_FILE = "lean-toolchain"
GET_ELAN = "curl https://elan.lean-lang.org/elan-init.sh -sSf | sh"

_VERSION = re.compile(r"v?\d+\.\d+\.\d+\S*")


@dataclass(frozen=True, slots=True)
class LeanProject:
    """A folder with a lakefile; `toolchain` is what its ``lean-toolchain`` says, `lake` the program to call."""

    root: Path
    lake: Path | str
    toolchain: str

    @property
    def version(self) -> str | None:
        """The toolchain's version, such as ``v4.28.0``; None for a channel or a toolchain of the user's own."""
        version = self.toolchain.rpartition(":")[2]
        if not _VERSION.fullmatch(version):
            return None
        return version if version.startswith("v") else f"v{version}"

    @property
    def elan(self) -> Path | None:
        """The `elan` that `lake` belongs to, if it belongs to one."""
        beside = Path(self.lake).with_name("elan")
        return beside if beside.is_file() else None

    def run_args(self, *args: str) -> tuple[str, ...]:
        """Return the command line that runs `args` as the project does; it is to be started in `root`."""
        return (str(self.lake), "env", *args)

    def env(self) -> Mapping[str, str]:
        """Return what to add to the environment: elan takes the project's toolchain, wherever it is called."""
        path = os.environ.get("PATH", os.defpath)
        return {"PATH": f"{Path(self.lake).parent}{os.pathsep}{path}", "ELAN_TOOLCHAIN": self.toolchain}


def find_project(folder: Path) -> LeanProject:
    """Return the project in `folder`, with the program to run it; nothing is started.

    Raises:
        InputError: there is no such folder, or it is not a Lake project with a toolchain.
        SetupError: lake is not there, or elan does not have the toolchain.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", advice="Make a project: prover project init DIR")
    if not any((folder / name).is_file() for name in LAKEFILES):
        raise InputError(
            f"{folder} is no Lake project: it has neither lakefile.lean nor lakefile.toml",
            advice="Make a project: prover project init DIR",
        )
    toolchain = _toolchain(folder / TOOLCHAIN_FILE)
    project = LeanProject(root=folder.absolute(), lake=find_lake(), toolchain=toolchain)
    if project.elan is not None and not (elan_home() / "toolchains" / _folder_name(toolchain)).exists():
        raise SetupError(
            f"the toolchain {toolchain} of {folder} is not installed: elan toolchain install {toolchain}"
        )
    return project


def find_lake() -> Path:
    """Return `lake`: from PATH, else from elan's own folder, which a new shell would have on its PATH.

    Raises:
        SetupError: there is none.
    """
    found = shutil.which("lake") or shutil.which("lake", path=str(elan_home() / "bin"))
    if found is None:
        raise SetupError(
            f"there is no lake, which a Lean project of your own needs; elan brings it: {GET_ELAN}"
        )
    return Path(found).absolute()


def _toolchain(path: Path) -> str:
    try:
        toolchain = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        toolchain = ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    if not toolchain:
        raise InputError(
            f"{path} does not name a Lean version",
            advice="Write one line into it, for example leanprover/lean4:v4.28.0",
        )
    return toolchain


def elan_home() -> Path:
    """Return elan's folder, which need not be there."""
    return Path(os.environ.get("ELAN_HOME") or Path.home() / ".elan")


def _folder_name(toolchain: str) -> str:
    """Return what elan calls the toolchain's folder."""
    if _VERSION.fullmatch(toolchain):
        toolchain = f"leanprover/lean4:{toolchain if toolchain.startswith('v') else f'v{toolchain}'}"
    return toolchain.replace("/", "--").replace(":", "---")
