"""What is installed here, and the command that adds an extra to it.

The distribution is called `lean-prover`; the package and the command are `prover`.
"""

from __future__ import annotations

import json
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

NAME = "lean-prover"


def install_command(extra: str) -> str:
    """Return the shell command that installs what `extra` needs beside this prover, in the same Python.

    It takes prover from where it came from: a checkout, a repository, a wheel or, where nothing else is recorded, an
    index. Source: PEP 610, "Recording the Direct URL Origin of installed distributions".
    """
    return shlex.join([sys.executable, "-m", "pip", "install", *_requirement(extra)])


def _requirement(extra: str) -> list[str]:
    origin = _origin()
    url = origin.get("url", "")
    if "dir_info" in origin:
        folder = f"{url2pathname(urlsplit(url).path)}[{extra}]"
        return ["-e", folder] if origin["dir_info"].get("editable") else [folder]
    if "vcs_info" in origin:
        version = origin["vcs_info"]
        return [f"{NAME}[{extra}] @ {version['vcs']}+{url}@{version['commit_id']}"]
    return [f"{NAME}[{extra}] @ {url}" if url else f"{NAME}[{extra}]"]


def _origin() -> dict[str, Any]:
    """Return what the installer has recorded; a checkout that was never installed is one that would be edited."""
    try:
        recorded = distribution(NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        checkout = Path(__file__).parents[2]
        return {"url": checkout.as_uri(), "dir_info": {"editable": True}}
    return dict(json.loads(recorded)) if recorded else {}
