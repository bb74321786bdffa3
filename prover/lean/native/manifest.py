"""The packages that a Lake project needs, as its manifest lists them, and whether they are here.

Lake fetches what is missing by itself, and waits for the network however long that takes; so it is only called
where nothing is missing, and in ``prover lean setup``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError, SetupError
from prover.lean.native.project import LAKEFILES, LeanProject

MANIFEST = "lake-manifest.json"
MATHLIB = "mathlib"

_REQUIRE = re.compile(r"^\s*(?:require\s|\[\[require\]\])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a project needs, and the folder where Lake has it or would put it."""

    name: str
    folder: Path

    @property
    def is_here(self) -> bool:
        """Whether its folder has a lakefile."""
        return any((self.folder / name).is_file() for name in LAKEFILES)


def packages(project: LeanProject) -> list[Package]:
    """Return the packages that the manifest lists; none where nothing is required.

    Raises:
        InputError: the manifest is not one.
        SetupError: packages are required, but there is no manifest, so that it is not settled which.
    """
    path = project.root / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        folder = project.root / manifest.get("packagesDir", ".lake/packages")
        return [_package(each, project.root, folder) for each in manifest.get("packages", [])]
    except FileNotFoundError:
        if not requires(project):
            return []
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no manifest of Lake: {error}") from error
    raise SetupError(f"the packages that {project.root} needs are not here: {setup(project)}")


def require_packages(project: LeanProject) -> list[Package]:
    """Return the packages that the project needs, all of which are here.

    Raises:
        InputError: as for `packages`.
        SetupError: some are not here.
    """
    needed = packages(project)
    if missing := [each.name for each in needed if not each.is_here]:
        raise SetupError(f"{project.root} lacks {', '.join(missing)}: {setup(project)}")
    return needed


def mathlib(project: LeanProject) -> Path | None:
    """Return the folder of the Mathlib that the project can import, which may be itself; None if it has none.

    Raises:
        InputError, SetupError: as for `packages`.
    """
    if (project.root / "Mathlib.lean").is_file():
        return project.root
    return next((each.folder for each in packages(project) if each.name == MATHLIB), None)


def requires(project: LeanProject, package: str = "") -> bool:
    """Whether the lakefile requires packages and names `package`; to ask where there is no manifest yet."""
    lakefiles = (project.root / name for name in LAKEFILES)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in lakefiles if path.is_file()]
    return any(_REQUIRE.search(text) and package in text for text in texts)


def setup(project: LeanProject) -> str:
    """Return the command that makes a project ready."""
    return f"prover lean setup --project {project.root}"


def _package(described: dict[str, Any], root: Path, folder: Path) -> Package:
    name = str(described["name"]).strip("«»")
    if described.get("type") == "path":
        return Package(name, root / described["dir"])
    return Package(name, folder / name / (described.get("subDir") or ""))
