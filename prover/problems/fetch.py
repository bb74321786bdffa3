"""Bringing registered problem sets here: git at a pinned commit -> its files, read once -> one rename.

Layout, below `prover.util.home.home() / "problems"`:

    fetch.lock          held by the process that fetches
    <name>/files/       the files of a set, at their places in its repository
    <name>/manifest.json    where they are from
    staging-<random>/   a set on its way; whatever is here without the lock is rubbish
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import filelock

from prover.errors import InputError, SetupError
from prover.problems.records import RECORDS
from prover.problems.registry import Registered, read_registered
from prover.util.home import home
from prover.util.progress import Progress

GIT_TIMEOUT_S = 900.0
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """A set that is here. `commit` is empty where its files were taken as `source` had them."""

    files: Path
    source: str
    commit: str


def folder() -> Path:
    """Return the folder that holds everything this module makes."""
    return home() / "problems"


def find_cached(known: Registered) -> Cached | None:
    """Return the set if it is here, at the pinned commit or as the user chose to have it."""
    root = folder() / known.name
    try:
        written = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if written.get("commit") not in ("", known.commit):
        return None
    return Cached(files=root / "files", source=written["source"], commit=written["commit"])


def fetch(known: Registered, progress: Progress, *, source: str | None = None) -> Cached:
    """Bring the set here, in place of what is here of it.

    `source` stands in for its repository: a URL, a local clone, or a folder or file that holds its problems.
    From a folder without the pinned commit, and from a file, they are taken as they are.

    Raises:
        InputError: `source` is not there, does not hold the set, or holds what cannot be read.
        SetupError: it cannot be brought or kept here; the message says what was tried.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder() / "fetch.lock"):
            for rubbish in folder().glob("staging-*"):
                shutil.rmtree(rubbish, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix="staging-", dir=folder()) as name:
                return _fetch(known, progress, source, Path(name))
    except OSError as error:
        raise SetupError(
            f"cannot keep {known.name} below {folder()}: {error}",
            advice="set PROVER_HOME to a folder that can be written to, on a disk with enough space",
        ) from error


def _fetch(known: Registered, progress: Progress, source: str | None, staging: Path) -> Cached:
    """Fetch into `staging`, then publish; the caller holds the lock."""
    local = None if source is None else Path(source).expanduser()
    commit = known.commit
    if source is None or local is None or _is_url(source):
        tree = _checkout(known, source or known.url, staging, progress)
    elif not local.exists():
        raise InputError(
            f"there is no {source}", advice="Name a clone, a JSONL file or the URL of a repository."
        )
    elif local.is_dir() and _has_commit(local, known.commit):
        tree = _checkout(known, str(local.absolute()), staging, progress)
    else:
        tree, commit = local, ""
    target = staging / "root"
    _copy(known, tree, target / "files")
    read_registered(known, target / "files")
    shown = str(local.absolute()) if local and local.exists() else source or known.url
    written = {"set": known.name, "source": shown, "commit": commit, "files": known.files}
    (target / MANIFEST).write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    root = folder() / known.name
    if root.exists():
        root.rename(staging / "replaced")
    target.rename(root)
    return Cached(files=root / "files", source=shown, commit=commit)


def _is_url(source: str) -> bool:
    return "://" in source or source.startswith("git@")


def _copy(known: Registered, tree: Path, target: Path) -> None:
    """Copy the set's files out of `tree`, which may be such a file itself."""
    target.mkdir(parents=True)
    if tree.is_file():
        if tree.suffix not in (*RECORDS, ".lean"):
            kinds = ", ".join(RECORDS)
            raise InputError(f"{tree} is neither {kinds} nor .lean", advice="Name a file that is.")
        shutil.copyfile(tree, target / tree.name)
        return
    found = [path for pattern in known.files for path in sorted(tree.glob(pattern))]
    if not found:
        raise InputError(f"{tree} has no {' or '.join(known.files)}", advice=f"Name a clone of {known.url}.")
    for path in found:
        place = target / path.relative_to(tree)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _checkout(known: Registered, url: str, staging: Path, progress: Progress) -> Path:
    """Check out the pinned commit from `url`; return the working tree."""
    progress.step(f"fetching {known.name} from {url}")
    tree = staging / "tree"
    tree.mkdir()
    for arguments in (
        ("init", "--quiet"),
        ("remote", "add", "origin", url),
        ("fetch", "--quiet", "--depth", "1", "origin", known.commit),
        ("checkout", "--quiet", "FETCH_HEAD"),
    ):
        failure = _git(tree, *arguments)
        if failure is not None:
            command = " ".join(["git", *arguments])
            message = f"cannot fetch {known.name} from {url}: `{command}` failed: {failure}"
            raise SetupError(message, advice=_advice(known))
    return tree


def _has_commit(tree: Path, commit: str) -> bool:
    """Whether this is a git repository, and not just inside one, that has the commit."""
    if not (tree / ".git").exists() and not (tree / "objects").is_dir():
        return False
    return _git(tree, "cat-file", "-e", f"{commit}^{{commit}}") is None


def _git(tree: Path, *arguments: str) -> str | None:
    """Run git in `tree`; return None if it succeeds, else the last line of what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=tree,
            env={**environment, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIT_TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError:
        return "there is no git on this machine"
    except subprocess.TimeoutExpired:
        return f"it took more than {GIT_TIMEOUT_S:g} s"
    if done.returncode == 0:
        return None
    said = done.stderr.strip().splitlines()
    return said[-1] if said else f"exit code {done.returncode}"


def _advice(known: Registered) -> str:
    return (
        f"`prover problems fetch {known.name} --from PATH` takes it from a local clone of {known.url} "
        "or from a JSONL file."
    )
