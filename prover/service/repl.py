"""The community REPL's protocol on the embedded Lean, for programs that start a REPL by its path.

The embedded engine speaks that protocol, with an announcement before it and with extensions. Here the announcement is
left out, and a field that the engine would pass over is an error: a client that asks for something it does not get
would take the answer for what it is not. docs/protocol.md has the differences that remain.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from prover.api.sync import LoopThread
from prover.errors import EngineError, InputError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl

NO_LIMIT_S = 1e9
FIELDS = frozenset({"cmd", "path", "env", "tactic", "proofState"})
"""Those that do what they do in the REPL."""
HINTS = frozenset({"gc", "incrementality"})
"""Of other REPLs: what they say about speed and memory changes no answer."""
OPTIONS = frozenset({"Elab.async"})
"""Options that change no answer here either; lean-interact sets them with every command."""
PICKLING = frozenset({"pickleTo", "unpickleEnvFrom", "unpickleProofStateFrom"})
BINARY = Path(".lake") / "build" / "bin" / "repl"


class CommunityRepl:
    """One REPL, with an engine of its own."""

    def __init__(self, command: EngineCommand) -> None:
        self._thread = LoopThread()
        self._repl = self._thread.run(Repl.start(command))

    def answer(self, text: str) -> dict[str, Any]:
        """Return the reply to one request.

        Raises:
            EngineError: the engine broke, and all environments with it.
        """
        try:
            request = json.loads(text, strict=False)
        except ValueError as error:
            return {"message": f"Could not parse JSON: {error}"}
        try:
            return dict(self._thread.run(self._repl.request(_engine_request(request), NO_LIMIT_S)))
        except InputError as error:
            return {"message": error.message}

    def close(self) -> None:
        """End the engine."""
        self._thread.run(self._repl.close())
        self._thread.stop()


def serve(command: EngineCommand, reading: TextIO, writing: TextIO) -> None:
    """Answer requests, separated by blank lines, until there are no more.

    Raises:
        SetupError, EngineError: the engine cannot be started, or broke.
    """
    repl = CommunityRepl(command)
    try:
        for text in _requests(reading):
            try:
                reply = repl.answer(text)
            except EngineError as error:
                reply = {"message": f"{error.message}: this REPL ends, and its environments with it"}
                writing.write(json.dumps(reply, ensure_ascii=False) + "\n\n")
                writing.flush()
                raise
            writing.write(json.dumps(reply, ensure_ascii=False) + "\n\n")
            writing.flush()
    finally:
        repl.close()


def _requests(reading: TextIO) -> Iterator[str]:
    """Yield the requests; as in the REPL, a newline that is not written as one is left out, also inside a string."""
    lines: list[str] = []
    for line in reading:
        if line.strip():
            lines.append(line.rstrip("\r\n"))
        elif lines:
            yield "".join(lines)
            lines = []
    if lines:
        yield "".join(lines)


def _engine_request(request: object) -> Any:  # noqa: ANN401  (a request of the protocol, as far as it can be told)
    """Return what the engine is sent.

    Raises:
        InputError: it would do something else than the REPL.
    """
    if not isinstance(request, dict):
        raise InputError("a request is a JSON object")
    given = {name: value for name, value in request.items() if value is not None and value is not False}
    if pickling := sorted(PICKLING & given.keys()):
        raise InputError(f"{pickling[0]}: nothing can be pickled here")
    given = {name: value for name, value in given.items() if name not in HINTS}
    if others := _options(given.pop("setOptions", [])) - OPTIONS:
        raise InputError(
            f"setOptions: {min(others)} cannot be set from outside: write set_option into the text"
        )
    if unknown := sorted(given.keys() - FIELDS):
        raise InputError(f"{unknown[0]}: this REPL does not have that")
    if "path" in given:
        try:
            given["cmd"] = Path(str(given.pop("path"))).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the file: {error}") from error
    return given


def _options(given: object) -> set[str]:
    """Return the names of options in lean-interact's form, `[[["Elab", "async"], true]]`."""
    pairs = given if isinstance(given, list) else [given]
    names = [each[0] if isinstance(each, list) and each else each for each in pairs]
    return {".".join(map(str, each)) if isinstance(each, list) else str(each) for each in names}


def install(folder: Path, lean_version: str) -> list[Path]:
    """Make a folder look like a built checkout of the REPL: programs that take one by its path find it there.

    `lake` in it stands in for Lake: it runs what `lake env` is to run, and knows its version.

    Raises:
        InputError: it cannot be written.
    """
    python = f"{shlex.quote(sys.executable)} -m prover repl"
    number = lean_version.partition(",")[0].removesuffix("-pre")
    lake = (
        '#!/bin/sh\ncase "$1" in\n  env) shift; exec "$@" ;;\n  build) exit 0 ;;\n'
        f'  --version) echo "Lake version 5.0.0 (Lean version {number})" ;;\n'
        '  *) echo "this lake knows env, build and --version only" >&2; exit 1 ;;\nesac\n'
    )
    home = os.environ.get("PROVER_HOME")
    place = f"PROVER_HOME={shlex.quote(home)} " if home else ""
    texts = {
        folder / BINARY: f"#!/bin/sh\n{place}exec {python}\n",
        folder / "lake": lake,
        folder / "lean-toolchain": f"leanprover/lean4:v{number}\n",
    }
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if path.name != "lean-toolchain":
                path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    except OSError as error:
        raise InputError(f"cannot write {error.filename}: {error.strerror}") from error
    return list(texts)
