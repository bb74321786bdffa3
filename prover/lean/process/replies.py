"""What an engine's replies mean, in the vocabulary of :mod:`prover.lean.environment`."""

from __future__ import annotations

import re

from prover.errors import EngineCrashed, EngineError, EngineTimeout, StatementError, UnsupportedError
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticResult,
    TacticState,
    TacticTimeout,
)
from prover.lean.protocol import CommandReply, Message, TacticReply

_MISSING_IMPORT = re.compile(
    r"\bimports?\b|unknown (module|package)|object file|\bMathlib\b|search path", re.IGNORECASE
)
_NOT_THERE = re.compile(r"unknown (?:module prefix|package) '|object file '.*' of module \S+ does not exist")
"""What Lean itself says of an import; the community REPL passes it on like an error in the text."""
_CODE = "a text that is not trusted runs code: "
"""How the error begins by which an engine that trusts no text refuses a command; the protocol has no field for it."""
_HEARTBEATS = "maximum number of heartbeats"


def tactic_result(reply: TacticReply, state_id: int) -> TacticResult:
    """Interpret the reply to one tactic; `state_id` is given to the state it made, if it made one.

    Raises:
        EngineError: the reply is about something else, which is a mistake of ours or of the engine.
    """
    if "message" in reply:
        text = str(reply["message"]).removeprefix("Lean error:").strip()
        if text.startswith(("Unknown proof state", "Unknown environment")):
            raise EngineError(f"the engine has lost something that it should have kept: {text}")
        return TacticTimeout(text) if "timeout" in reply or _HEARTBEATS in text else LeanError(text)
    if "proofStatus" not in reply or "goals" not in reply:
        raise EngineError(f"the engine answered a tactic with {str(reply)[:200]}")
    messages = reply.get("messages", [])
    if errors := [m["data"] for m in messages if m.get("severity") == "error"]:
        return LeanError("\n".join(errors))
    status, goals = str(reply["proofStatus"]), tuple(reply["goals"])
    said = tuple(m["data"] for m in messages)
    if "sorry" in status:
        return ProofGivenUp()
    if goals:
        return TacticState(state_id, goals, said)
    return ProofFinished(said) if status == "Completed" else LeanError(status)


def refuse_errors(reply: CommandReply, first_line: int) -> None:
    """Raise unless the text of a command was accepted; `first_line` is its first line's number in the file.

    Raises:
        StatementError: Lean reported an error in the text.
        UnsupportedError, EngineTimeout, EngineError: as for `require_environment`.
    """
    require_environment(reply)
    for error in errors(reply):
        refuse_missing_import(error)
        line, column = error["pos"]["line"] + first_line - 1, error["pos"]["column"]
        raise StatementError(error["data"], line=line, column=column)


def errors(reply: CommandReply) -> list[Message]:
    """Return the errors that a reply reports: command by command, what the parser says before what follows from it."""
    return [each for each in reply.get("messages", []) if each["severity"] == "error"]


def refuses_code(error: Message) -> bool:
    """Whether an error says that a command was not elaborated because it runs code."""
    return error["data"].startswith(_CODE)


def refuse_missing_import(error: Message) -> None:
    """Raise if an error is about an import.

    Raises:
        UnsupportedError: the text imports something that is not there.
    """
    if _NOT_THERE.match(error["data"]):
        raise UnsupportedError(error["data"].partition("\n")[0])


def require_environment(reply: CommandReply) -> None:
    """Raise unless the text of a command was elaborated to its end, with errors or without.

    Raises:
        UnsupportedError: the text imports something that is not there.
        EngineTimeout: elaborating it took too long; the engine lives.
        EngineCrashed: the text broke the engine.
        EngineError: the engine refused the request as such.
    """
    if "timeout" in reply:
        raise EngineTimeout("Lean took too long over the statement or its header")
    if reply.get("fatal"):
        raise EngineCrashed(str(reply.get("message", "")).removeprefix("Lean error:\n"))
    if "message" in reply:
        text = str(reply["message"])
        if _MISSING_IMPORT.search(text):
            raise UnsupportedError(text)
        raise EngineError(f"the engine refused a command: {text}")
    if "env" not in reply:
        raise EngineError(f"the engine answered a command with {str(reply)[:200]}")
