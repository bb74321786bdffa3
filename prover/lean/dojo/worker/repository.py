"""A repository traced by LeanDojo, and a theorem found in it."""

from __future__ import annotations

import importlib.metadata
import subprocess
from pathlib import Path

from git.exc import GitError
from github import GithubException
from lean_dojo import (
    LeanGitRepo,
    Pos,
    Theorem,
    TracedFile,
    TracedTheorem,
    get_traced_repo_path,
    is_available_in_cache,
)
from lean_dojo.data_extraction.ast import (
    CommandDeclarationNode,
    CommandDeclvalsimpleNode,
    CommandWherestructinstNode,
    LemmaNode,
    MathlibTacticLemmaNode,
    Node,
)
from lean_dojo.data_extraction.traced_data import get_code_without_comments
from lean_dojo.utils import to_json_path

from prover.lean.dojo.limits import NATIVE, is_remote, refuse_lean, refuse_tracing
from prover.lean.dojo.worker.network import Refused, one_line, require_github

TOKEN_ADVICE = "A token raises its limits: set GITHUB_ACCESS_TOKEN."
NAMES_SHOWN = 8


def repository(url: str, commit: str) -> LeanGitRepo:
    """Return the `LeanGitRepo`.

    Raises:
        Refused: it cannot be reached, or is none of Lean's.
    """
    if is_remote(url):
        require_github(f"LeanDojo asks GitHub about {url}")
    try:
        return LeanGitRepo(url, commit)
    except FileNotFoundError as error:
        raise Refused("input", f"{url} has no {Path(str(error.filename)).name} at {commit}") from error
    except GithubException as error:
        raise Refused(
            "setup", f"GitHub refuses LeanDojo's question: {one_line(error)}", TOKEN_ADVICE
        ) from error
    except (ValueError, AssertionError, OSError, GitError) as error:
        raise Refused("input", f"LeanDojo cannot use {url} at {commit}: {one_line(error)}") from error


def trace(url: str, commit: str) -> dict[str, str]:
    """Have the repository traced, unless it is; say where it is, its full commit and its Lean.

    Raises:
        Refused: that is not possible.
    """
    repo = repository(url, commit)
    package = importlib.metadata.version("lean-dojo")
    traced = is_available_in_cache(repo)
    if refusal := refuse_lean(repo.lean_version) or (
        None if traced else refuse_tracing(repo.lean_version, package)
    ):
        raise Refused(*refusal)
    if not traced:
        require_github("LeanDojo asks GitHub about Lean and the dependencies of what it traces")
        print(f"tracing {url}: it is built, and each of its files elaborated once more", flush=True)  # noqa: T201
    try:
        root = get_traced_repo_path(repo, build_deps=False)
    except subprocess.CalledProcessError as error:
        raise Refused(
            "setup", f"tracing {url} failed: `{error.cmd}` ended with {error.returncode}"
        ) from error
    except GithubException as error:
        raise Refused(
            "setup", f"GitHub refuses LeanDojo's question: {one_line(error)}", TOKEN_ADVICE
        ) from error
    except (AssertionError, OSError, GitError) as error:
        raise Refused("setup", f"tracing {url} failed: {one_line(error)}") from error
    if not (root / "Lean4Repl.lean").is_file():
        raise Refused(
            "setup",
            f"{root} was traced by a LeanDojo older than 2.0: it has no Lean4Repl.lean",
            "Delete that folder to have it traced again.",
        )
    return {"root": str(root), "commit": repo.commit, "lean": repo.lean_version, "package": package}


def find(url: str, commit: str, file: str, name: str) -> dict[str, str]:
    """Return the header and the statement of a theorem, as they stand in the file.

    Raises:
        Refused: there is none of that name, or LeanDojo cannot open it.
    """
    repo = repository(url, commit)
    root = get_traced_repo_path(repo)
    path = Path(file)
    if path.suffix != ".lean" or path.is_absolute():
        raise Refused("input", f"{file} is no .lean file below the repository's root")
    try:
        traced = TracedFile.from_traced_file(root, to_json_path(root, path, repo), repo)
    except FileNotFoundError as error:
        raise Refused(
            "input", f"LeanDojo has traced no {file} in {url}", f"The traced files: {root}"
        ) from error
    except (RuntimeError, AssertionError) as error:
        raise Refused("unsupported", f"LeanDojo cannot read {file}: {one_line(error)}", NATIVE) from error
    if traced.has_prelude:
        raise Refused("unsupported", f"LeanDojo cannot open theorems of a `prelude` file: {file}", NATIVE)
    found = traced.get_traced_theorem(Theorem(repo, path, name))
    if found is None:
        raise Refused("input", f"{file} has no theorem called {name}", _names(traced))
    declaration = _declaration(traced, found)
    text = traced.lean_file
    before = get_code_without_comments(text, declaration.start, found.start, traced.comments)
    if before:
        raise Refused(
            "unsupported", f"LeanDojo cannot open a theorem with `{one_line(before)}` before it", NATIVE
        )
    return {
        "header": text[text.start_pos : declaration.start],
        "statement": text[declaration.start : _end_of_head(found, name)].rstrip(),
    }


def _declaration(traced: TracedFile, found: TracedTheorem) -> Node:
    """Return the node of the whole declaration, its modifiers included."""
    around = [found.ast]

    def visit(node: Node, parents: list[Node]) -> bool:
        if node is found.ast:
            around.extend(each for each in parents if isinstance(each, CommandDeclarationNode))
        return False

    traced.traverse_preorder(visit)
    return around[-1]


def _end_of_head(found: TracedTheorem, name: str) -> Pos:
    """Return where the theorem's head ends: before ``:=``, or before the first ``|``."""
    node = found.ast
    parts = (
        node.children[1].children if isinstance(node, (LemmaNode, MathlibTacticLemmaNode)) else node.children
    )
    value = parts[3]
    if isinstance(value, CommandWherestructinstNode):
        raise Refused("unsupported", f"LeanDojo cannot open a theorem proved with `where`: {name}", NATIVE)
    return value.children[0].start if isinstance(value, CommandDeclvalsimpleNode) else value.start


def _names(traced: TracedFile) -> str:
    names: list[str] = []

    def visit(node: Node, _: list[Node]) -> bool:
        if getattr(node, "full_name", None) and hasattr(node, "get_proof_node"):
            names.append(node.full_name)
        return False

    traced.traverse_preorder(visit)
    return (
        f"Theorems in it: {', '.join(names[:NAMES_SHOWN])}." if names else "LeanDojo finds no theorem in it."
    )
