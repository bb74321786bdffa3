"""A repository that LeanDojo has traced, or traces now, and the theorems in it.

Tracing builds the repository and elaborates all of it once more: minutes for a small one, many hours for Mathlib. It
is done once; LeanDojo keeps the result below `CACHE_DIR` (by default ``~/.cache/lean_dojo``). What can be known to
fail is found out before.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.errors import InputError, ProverError, SetupError, UnsupportedError
from prover.lean.dojo.limits import Refusal, is_remote, refuse_lean
from prover.lean.dojo.python import dojo_python, worker_argv
from prover.lean.native.project import LeanProject, find_lake, find_project
from prover.lean.native.running import run_watched
from prover.lean.process.command import EngineCommand
from prover.lean.theorem import Theorem
from prover.util.home import home
from prover.util.progress import Progress

TRACE_TIMEOUT_S = 48 * 3600.0
FIND_TIMEOUT_S = 600.0
"""What reading a traced file may take; those of Mathlib are tens of megabytes."""

_ERROR = re.compile(r"\berror\b")
_COUNT = re.compile(r"(?P<done>\d+)/(?P<total>\d+)\b")
_ERRORS: Mapping[str, type[ProverError]] = {
    "input": InputError,
    "setup": SetupError,
    "unsupported": UnsupportedError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedRepository:
    """A traced repository: `url` is what LeanDojo calls it, `project` the traced copy as a Lake project.

    `lean` is the version of its Lean, `package` that of lean-dojo, and `python` runs the latter.
    """

    url: str
    commit: str
    project: LeanProject
    lean: str
    package: str
    python: str
    _files: dict[Theorem, str] = field(default_factory=dict, repr=False, compare=False)

    def theorem(self, file: str, name: str) -> Theorem:
        """Return the theorem with this full name, as it stands in a file of the repository, named from its root.

        Raises:
            InputError: there is none.
            UnsupportedError: LeanDojo cannot open it.
            SetupError: LeanDojo fails.
        """
        request = {"url": self.url, "commit": self.commit, "file": file, "name": name}
        found = _ask("find", request, self.python, self._env(), FIND_TIMEOUT_S, lambda line: None)
        theorem = Theorem(
            name=name,
            statement=found["statement"],
            header=found["header"],
            source=f"{self.url}, {self.commit[:12]}, {file}",
        )
        self._files[theorem] = file
        return theorem

    def worker(self, theorem: Theorem) -> EngineCommand:
        """Return how to start a process that opens `theorem` in a Dojo.

        Raises:
            ValueError: it was not found with `theorem`.
        """
        if theorem not in self._files:
            raise ValueError(f"{theorem.name} was not found in {self.url}")
        request = {"url": self.url, "commit": self.commit, "file": self._files[theorem], "name": theorem.name}
        return EngineCommand(
            argv=worker_argv(self.python, "serve", request),
            env=self._env(),
            label=f"LeanDojo with Lean {self.lean}",
            cwd=_own_folder(),
        )

    def _env(self) -> dict[str, str]:
        return {
            **_environment(local=not is_remote(self.url), done=True),
            **self.project.env(),
            "NUM_PROCS": "1",
        }


def find_traced_repository(repository: str, commit: str | None, progress: Progress) -> TracedRepository:
    """Return a repository at a commit, traced if it has not been. `repository` is a URL or a folder.

    Raises:
        InputError: there is none, or not at that commit.
        UnsupportedError: LeanDojo does not know its Lean.
        SetupError: LeanDojo, lake, git or the network are missing, or tracing fails.
    """
    python = dojo_python()
    if shutil.which("git") is None:
        raise SetupError("LeanDojo needs git, which is not there")
    local = not is_remote(repository)
    if local:
        folder = Path(repository).expanduser().resolve()
        url, commit = str(folder), _local_commit(folder, commit)
        project = find_project(folder)
        _refuse(refuse_lean(project.toolchain.rpartition(":")[2]))
        env = project.env()
        done = (cache_dir() / f"gitpython-{folder.name}-{commit}").is_dir()
    else:
        url = repository
        if commit is None:
            raise InputError(f"which commit of {url}?", advice="Name it with --commit.")
        env = {"PATH": f"{find_lake().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        done = False
    progress.step(f"LeanDojo looks at {url}; what it has traced is kept in {cache_dir()}")

    def say(line: str) -> None:
        if line.startswith("tracing "):
            progress.step(line)
        elif count := _COUNT.search(line):
            progress.advance(int(count["done"]), int(count["total"]))

    request = {"url": url, "commit": commit}
    env = {**_environment(local=local, done=done), **env}
    answer = _ask("trace", request, python, env, TRACE_TIMEOUT_S, say)
    return TracedRepository(
        url=url,
        commit=answer["commit"],
        project=find_project(Path(answer["root"])),
        lean=answer["lean"],
        package=answer["package"],
        python=python,
    )


def cache_dir() -> Path:
    """Return where LeanDojo keeps what it has traced."""
    return Path(os.environ.get("CACHE_DIR") or Path.home() / ".cache" / "lean_dojo").absolute()


def _local_commit(folder: Path, commit: str | None) -> str:
    """Return the full hash of a local repository's HEAD, which has to be `commit`: LeanDojo takes no other.

    Raises:
        InputError: it is another, or there is no repository.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", advice="Give --repo a folder or a URL.")
    top = _git(folder, "rev-parse", "--show-toplevel")
    head = _git(folder, "rev-parse", "--verify", "HEAD")
    if top is None or head is None or Path(top).resolve() != folder.resolve():
        raise InputError(f"{folder} is not the root of a git repository with a commit")
    if commit is None:
        return head
    wanted = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}")
    if wanted is None:
        raise InputError(f"{folder} has no commit {commit}")
    if wanted != head:
        raise InputError(
            f"{folder} is at {head[:12]}, and LeanDojo reads a local repository nowhere else",
            advice=f"Check the other one out: git checkout {commit}",
        )
    return head


def _git(folder: Path, *args: str) -> str | None:
    done = subprocess.run(["git", "-C", str(folder), *args], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _environment(*, local: bool, done: bool) -> dict[str, str]:
    """Return LeanDojo's settings: of a `local` repository, which it would look for in the network, and one `done`.

    With a token LeanDojo asks GitHub who the user is, whatever it is to do.
    """
    settings = {"CACHE_DIR": str(cache_dir()), "GIT_TERMINAL_PROMPT": "0"}
    if local:
        settings["DISABLE_REMOTE_CACHE"] = "1"
    if local and done:
        settings["GITHUB_ACCESS_TOKEN"] = ""
    return settings


def _own_folder() -> Path:
    """Return a folder to start LeanDojo in: it deletes a ``lakefile.olean`` that it finds in the current one."""
    folder = home() / "lean-dojo-work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ask(
    mode: str,
    request: Mapping[str, Any],
    python: str,
    env: Mapping[str, str],
    timeout_s: float,
    say: Callable[[str], None],
) -> dict[str, str]:
    """Have a worker do one thing, and return its answer.

    Raises:
        InputError, UnsupportedError, SetupError: the worker says so, or fails.
    """
    lines = run_watched(
        worker_argv(python, mode, request),
        cwd=_own_folder(),
        env=env,
        timeout_s=timeout_s,
        what="LeanDojo",
        say=say,
    )
    answer: dict[str, Any] = json.loads(lines[-1])
    if refused := answer.get("refused"):
        refusal = Refusal(**refused)
        cause = next((line for line in reversed(lines[:-1]) if _ERROR.search(line)), "")
        _refuse(refusal._replace(message=f"{refusal.message}; {cause.strip()}") if cause else refusal)
    return answer


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise _ERRORS[refusal.kind](refusal.message, advice=refusal.advice)
