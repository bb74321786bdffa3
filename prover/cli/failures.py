"""Error reporting: one line and its advice on stderr, or one JSON object; never a traceback.

Exit codes: 2 for a wrong command line, for every `ProverError`, and for a fault of prover's own; 130 for Ctrl-C, 143
for SIGTERM, 141 where stdout was closed; otherwise the command's own. docs/json.md has the object's schema.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import typer

from prover.addresses import without_login
from prover.cli import ctrl_c
from prover.cli.console import note
from prover.errors import ProverError, StatementError

if TYPE_CHECKING:
    from prover.cli.schemas import ErrorReport, Failure

FAILED = 2
NOBODY_READS = 141
DEBUG = "PROVER_DEBUG"

ClickError = typer.BadParameter.__bases__[0].__bases__[0]
"""What typer raises for a wrong command line; it has no public name of its own."""
assert issubclass(ClickError, Exception)


def run_reporting_errors(run: Callable[[], object]) -> NoReturn:
    """Call `run`, report what goes wrong, and end with the exit code."""
    end_on_sigterm()
    if sys.stdout is None:  # Python's way to say that it was closed before
        message = "standard output is closed, so nothing could be printed"
        sys.exit(report({"code": "file", "message": message, "advice": "Send it to a file or to /dev/null."}))
    try:
        sys.exit(_outcome(run))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOBODY_READS)


def end_on_sigterm() -> None:
    """Have SIGTERM end the program in order where no `Interrupt` runs, with its exit code."""

    def on_sigterm(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, on_sigterm)


def _outcome(run: Callable[[], object]) -> int:
    try:
        try:
            run()
            return 0
        finally:
            sys.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, typer.Abort):
        ctrl_c.tell()
        return ctrl_c.INTERRUPTED
    except BrokenPipeError:
        raise
    except ProverError as error:
        return report(failure_of(error))
    except OSError as error:
        path = f"{error.filename}: " if error.filename is not None else ""
        return report({"code": "file", "message": f"{path}{error.strerror or error}", "advice": ""})
    except Exception as error:  # noqa: BLE001  (the last place where it can be told in words)
        return _wrong_command_line(error) if isinstance(error, ClickError) else report(_own_fault(error))


def failure_of(error: ProverError) -> Failure:
    """Return what JSON tells of an error."""
    failure: Failure = {"code": error.code, "message": error.message, "advice": error.advice}
    if isinstance(error, StatementError):
        failure["location"] = {"file": error.file or None, "line": error.line, "column": error.column}
    return failure


def report(failure: Failure) -> int:
    """Print the failure, in the way that the command line asks for; return the exit code."""
    if "--json" in sys.argv[1:]:
        shown: ErrorReport = {"error": failure}
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return FAILED
    note(f"error: {failure['message']}", "red")
    if failure["advice"]:
        note(failure["advice"])
    return FAILED


def _wrong_command_line(error: Exception) -> int:
    """Report what typer found; its own way shows the usage, too. A bare command prints its help."""
    told = error.format_message()  # type: ignore[attr-defined]
    if "--json" in sys.argv[1:]:
        return report({"code": "usage", "message": told, "advice": "Add --help for what there is."})
    error.show()  # type: ignore[attr-defined]
    return FAILED


def _own_fault(error: Exception) -> Failure:
    """Write the traceback to a file, and return the message."""
    details = traceback.format_exc()
    if os.environ.get(DEBUG):
        sys.stderr.write(details)
    last = traceback.extract_tb(error.__traceback__)[-1]
    what = without_login(" ".join(f"{type(error).__name__}: {error}".split()))
    return {
        "code": "internal",
        "message": f"prover itself failed: {what} ({os.path.basename(last.filename)}:{last.lineno})",  # noqa: PTH119
        "advice": _keep_traceback(details),
    }


def _keep_traceback(details: str) -> str:
    """Write the traceback to prover's folder, and return where it is."""
    from prover.util.home import home

    path = home() / "last-failure.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = without_login(f"{' '.join(sys.argv)}\n\n{details}")
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError:
        return f"Set {DEBUG}=1 to see where."
    return f"Please report it, with {path}, which says where."
