"""Has lean-interact build a REPL; run as a program, by :mod:`prover.lean.native.provision`.

Its argument is a JSON object, its last line of output another: ``repl`` is the program, or ``problem`` says why there
is none.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from prover.errors import SetupError
from prover.util.distribution import install_command


def build(request: dict[str, Any]) -> Path:
    """Return the checkout of the REPL that lean-interact has built.

    Raises:
        SetupError: it could not.
    """
    try:
        import git
        from lean_interact import LeanREPLConfig, LocalProject
    except ImportError as error:
        raise SetupError(
            f"lean-interact is not installed ({error})",
            advice=f"Install it: {install_command('native')}, or give --repl PATH.",
        ) from error
    except OSError as error:
        raise SetupError(f"lean-interact cannot be loaded: {error}") from error
    chosen = {"repl_git": request["git"], "repl_rev": request["revision"]}
    cache = Path(request["cache"])
    try:
        cache.mkdir(parents=True, exist_ok=True)
        project = LocalProject(directory=request["project"], lake_path=request["lake"], auto_build=False)
        config = LeanREPLConfig(
            project=project,
            lake_path=request["lake"],
            cache_dir=cache,
            **{name: value for name, value in chosen.items() if value is not None},
        )
    except git.CommandError as error:
        raise SetupError(_last_line(str(error.stderr or error))) from error
    except (ValueError, RuntimeError, OSError) as error:
        raise SetupError(_last_line(str(error))) from error
    return Path(config.cache_repl_dir)


def _last_line(text: str) -> str:
    """Return the last line that says something; programs put their reason there."""
    lines = [line.strip(" -'\"") for line in text.splitlines()]
    return next((line for line in reversed(lines) if line and not line.endswith(":")), text)


def main() -> None:
    """Build, and print what came of it."""
    try:
        answer = {"repl": str(build(json.loads(sys.argv[1])))}
    except SetupError as error:
        answer = {"problem": error.message, "advice": error.advice}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
