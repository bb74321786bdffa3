"""The community REPL's protocol on the embedded Lean, for programs that start a REPL by its path.

The engine answers in the REPL's words (`prover/lean/embedded/community.mjs`). What is done here needs a file system,
which texts that Lean elaborates must not have: `path` is read, and what the REPL pickles is written and read again. A
field that would be passed over is an error: a client that asks for something it does not get would take the answer for
what it is not. docs/protocol.md has the differences that remain.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, TypeGuard, cast

from prover.api.sync import LoopThread
from prover.errors import EngineError, InputError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.service.repl_history import Made, Origin, Request, load, save

NO_LIMIT_S = 1e9
FIELDS = {
    "tactic": frozenset({"tactic", "proofState"}),
    "unpickleEnvFrom": frozenset({"unpickleEnvFrom"}),
    "unpickleProofStateFrom": frozenset({"unpickleProofStateFrom", "env"}),
    "pickleTo": frozenset({"pickleTo", "env", "proofState"}),
    "cmd": frozenset({"cmd", "env", "allTactics", "rootGoals", "infotree", "setOptions"}),
    "path": frozenset({"path", "env", "allTactics", "rootGoals", "infotree", "setOptions"}),
}
"""The kinds of requests, each by the field that makes it one, and all of its fields."""
HINTS = frozenset({"gc", "incrementality"})
"""Of other REPLs: what they say about speed and memory changes no answer."""
IGNORED_OPTIONS = frozenset({"Elab.async"})
"""Options that change no answer here either; lean-interact sets them with every command."""
TYPES = {
    **dict.fromkeys(("cmd", "path", "tactic", "infotree"), (str, "String expected")),
    **dict.fromkeys(("pickleTo", "unpickleEnvFrom", "unpickleProofStateFrom"), (str, "String expected")),
    **dict.fromkeys(("env", "proofState"), (int, "Natural number expected")),
    **dict.fromkeys(("allTactics", "rootGoals"), (bool, "Bool expected")),
}
"""What each field has to be, and what Lean says if it is not."""
INFO_TREES = ("full", "tactics", "original", "substantive")
COMMENTS = ("#", "--")
BINARY = Path(".lake") / "build" / "bin" / "repl"
_UNCHECKED = re.compile(r"skipKernelTC|addDecl")
"""What a text gets declarations past the kernel by."""
_OPTION = re.compile(r"[\w?!']+(\.[\w?!']+)*")


class CommunityRepl:
    """One REPL, with an engine of its own. It numbers environments and proof states itself."""

    def __init__(self, command: EngineCommand) -> None:
        self._thread = LoopThread()
        self._repl = self._thread.run(Repl.start(command))
        self._environments: list[Made] = []
        self._proof_states: list[Made] = []

    def answer(self, text: str) -> dict[str, Any]:
        """Return the reply to one request.

        Raises:
            EngineError: the engine broke, and all environments with it.
        """
        try:
            request = json.loads(text, strict=False)
        except RecursionError:
            return {"message": "Could not parse JSON:\nit is nested too deeply"}
        except ValueError as error:
            hint = "\nAn empty line ends a request." if "Extra data" in str(error) else ""
            return {"message": f"Could not parse JSON:\n{error}{hint}"}
        try:
            return self._answer(request)
        except InputError as error:
            return {"message": error.message}
        except ValueError as error:  # such as a path with a null character
            return {"message": str(error)}

    def close(self) -> None:
        """End the engine."""
        self._thread.run(self._repl.close())
        self._thread.stop()

    def _answer(self, given: object) -> dict[str, Any]:
        kind, request = _checked(given)
        match kind:
            case "tactic":
                before = self._proof_state(request["proofState"], "Unknown proof state.")
                return self._ask({"tactic": str(request["tactic"])}, before)
            case "pickleTo":
                return self._pickle(request)
            case "unpickleEnvFrom":
                return {"env": self._environment_of(load(Path(str(request[kind])), proof_state=False))}
            case "unpickleProofStateFrom":
                self._environment(request.get("env"))
                return self._again(self._made(load(Path(str(request[kind])), proof_state=True)))
        return self._ask(_command(request), self._environment(request.get("env")))

    def _environment(self, number: object) -> Made | None:
        if number is None:
            return None
        if _is_number(number) and 0 <= number < len(self._environments):
            return self._environments[number]
        raise InputError("Unknown environment.")

    def _proof_state(self, number: object, unknown: str) -> Made:
        if _is_number(number) and 0 <= number < len(self._proof_states):
            return self._proof_states[number]
        raise InputError(unknown)

    def _engine(self, request: Request) -> dict[str, Any]:
        return dict(self._thread.run(self._repl.request(cast(Any, request), NO_LIMIT_S)))

    @staticmethod
    def _doubted(answer: dict[str, Any], origin: Origin | None) -> dict[str, Any]:
        """Return the answer, but no proof is complete after a text that gets past the kernel."""
        if answer.get("proofStatus") == "Completed" and _passes_the_kernel_by(origin):
            return {**answer, "proofStatus": "Error: a text before it adds what the kernel has not checked"}
        return answer

    def _ask(self, request: Request, before: Made | None) -> dict[str, Any]:
        """Ask the engine something new, and number what comes."""
        origin = before.origin if before is not None else None
        answer = self._doubted(self._engine(_after(before, request)), origin)
        for index, holder in enumerate(_with_proof_states(answer)):
            made = Origin(before=origin, request=request, proof_state=index)
            self._proof_states.append(Made(engine_id=holder["proofState"], origin=made))
            holder["proofState"] = len(self._proof_states) - 1
        if "env" in answer:
            made = Origin(before=origin, request=request)
            self._environments.append(Made(engine_id=answer["env"], origin=made))
            answer["env"] = len(self._environments) - 1
        return answer

    def _pickle(self, request: Request) -> dict[str, Any]:
        to = Path(str(request["pickleTo"]))
        if "proofState" in request:
            state = self._proof_state(request["proofState"], "Unknown proof State.")
            save(to, state.origin)
            return self._again(state)
        if (environment := self._environment(request.get("env"))) is None:
            raise InputError("pickleTo: env or proofState says what")
        save(to, environment.origin)
        return {"env": request["env"]}

    def _again(self, state: Made) -> dict[str, Any]:
        """Answer for a proof state that is there under a new number, as the REPL does."""
        answer = self._doubted(self._engine({"proofState": state.engine_id}), state.origin)
        self._proof_states.append(Made(engine_id=state.engine_id, origin=state.origin))
        answer["proofState"] = len(self._proof_states) - 1
        return answer

    def _environment_of(self, origin: Origin) -> int:
        self._environments.append(self._made(origin))
        return len(self._environments) - 1

    def _made(self, origin: Origin) -> Made:
        """Ask again what led to an environment or a proof state."""
        before = self._made(origin.before) if origin.before is not None else None
        answer = self._engine(_after(before, origin.request))
        if origin.proof_state is None:
            found = answer.get("env")
        else:
            states = [each["proofState"] for each in _with_proof_states(answer)]
            found = states[origin.proof_state] if origin.proof_state < len(states) else None
        if found is None:
            raise InputError(
                f"what was pickled cannot be made again: {answer.get('message', 'another answer')}"
            )
        return Made(engine_id=found, origin=origin)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _passes_the_kernel_by(origin: Origin | None) -> bool:
    while origin is not None:
        if any(isinstance(each, str) and _UNCHECKED.search(each) for each in origin.request.values()):
            return True
        origin = origin.before
    return False


def _after(before: Made | None, request: Request) -> Request:
    if before is None:
        return request
    return {**request, "proofState" if "tactic" in request else "env": before.engine_id}


def _with_proof_states(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of an answer that have a proof state, in the order in which the REPL numbers these."""
    parts = [*answer.get("sorries", ()), *answer.get("tactics", ())]
    return [*parts, answer] if "proofState" in answer else parts


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
    """Yield the requests; as in the REPL, lines are joined without what ends them, also inside a string."""
    lines: list[str] = []
    for line in reading:
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield from _unless_comment("".join(lines))
            lines = []
    if lines:
        yield from _unless_comment("".join(lines))


def _unless_comment(text: str) -> Iterator[str]:
    if not text.startswith(COMMENTS):
        yield text


def _checked(request: object) -> tuple[str, Request]:
    """Return what kind of request it is, and its fields.

    Raises:
        InputError: it is none, or has a field that would be passed over.
    """
    if not isinstance(request, dict):
        raise InputError("a request is a JSON object")
    given = {name: value for name, value in request.items() if value is not None and value is not False}
    given = {name: value for name, value in given.items() if name not in HINTS}
    kind = next((each for each in FIELDS if each in given), None)
    if kind is None:
        raise InputError(f"unknown request: one of {', '.join(FIELDS)} makes it one")
    for name, value in given.items():
        if name in TYPES and type(value) is not TYPES[name][0]:
            raise InputError(f"Could not parse as a valid JSON command:\n{name}: {TYPES[name][1]}")
    if unknown := sorted(given.keys() - FIELDS[kind]):
        raise InputError(f"{unknown[0]}: this REPL does not have that with {kind}")
    if kind == "tactic" and "proofState" not in given:
        raise InputError("tactic: proofState says where")
    if given.get("infotree", INFO_TREES[0]) not in INFO_TREES:
        raise InputError(f"infotree: one of {', '.join(INFO_TREES)}")
    return kind, given


def _command(request: Request) -> Request:
    """Return the engine's request for a text or a file.

    Raises:
        InputError: the file cannot be read, or an option cannot be written.
    """
    asked: Request = {
        name: request[name] for name in ("allTactics", "rootGoals", "infotree") if name in request
    }
    if options := _options(request.get("setOptions", [])):
        asked["options"] = options
    if "path" not in request:
        return {"cmd": str(request["cmd"]), **asked}
    path = str(request["path"])
    try:
        return {"cmd": Path(path).read_text(encoding="utf-8"), **asked}
    except FileNotFoundError as error:
        raise InputError(f"no such file or directory (error code: {error.errno})\n  file: {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error


def _options(given: object) -> str:
    """Return options in lean-interact's form, `[[["pp", "all"], true]]`, as commands.

    Raises:
        InputError: they have another form.
    """
    lines = []
    for each in given if isinstance(given, list) else [given]:
        if not (isinstance(each, list) and len(each) == 2):
            raise InputError('setOptions: each is a name and a value, [["pp", "all"], true]')
        path, value = each
        name = ".".join(map(str, path)) if isinstance(path, list) else str(path)
        if not _OPTION.fullmatch(name) or not isinstance(value, bool | int | str):
            raise InputError(f"setOptions: {name} is no option with a value")
        if name not in IGNORED_OPTIONS:
            lines.append(f"set_option {name} {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)


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
