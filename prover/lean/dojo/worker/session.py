"""One real `lean_dojo.Dojo`, and what it says in the terms of docs/protocol.md.

A proof state's number is LeanDojo's own. Every state stays usable as long as the Dojo lives; LeanDojo cannot drop
one. After a time-out or a crash the Dojo is spent, and the worker ends with it.
"""

from __future__ import annotations

import contextlib
import termios
from pathlib import Path
from typing import Any

import pexpect
from lean_dojo import (
    Dojo,
    DojoCrashError,
    DojoInitError,
    DojoTacticTimeoutError,
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticResult,
    TacticState,
    Theorem,
)
from lean_dojo.interaction.dojo import kill_descendants

Message = dict[str, Any]

INIT_TIMEOUT = "Timeout during initialization"
EARLY_END = (
    "Lean ended before it came to the theorem: it finds an error in what stands before it, or LeanDojo's own files do "
    "not suit this Lean"
)


class OpenedDojo:
    """A Dojo that has been entered; made by `open_dojo`."""

    def __init__(self, dojo: Dojo, root: TacticState) -> None:
        self.root = root
        self.spent = False
        self._dojo = dojo
        self._states = {root.id: root}

    def run_tac(self, state_id: int, tactic: str, seconds: float) -> Message:
        """Apply a tactic and return the reply about it. `spent` says afterwards whether the Dojo can go on."""
        state = self._states.get(state_id)
        if state is None:
            return {"message": "Unknown proof state."}
        self._dojo.proc.timeout = seconds
        try:
            return self._describe(self._dojo.run_tac(state, tactic))
        except DojoTacticTimeoutError:
            self.spent = True
            return {"message": f"no answer in {seconds:g} s", "timeout": "time"}
        except (DojoCrashError, OSError) as error:
            return self._crash(str(error))
        except AssertionError:
            # LeanDojo asserts that Lean ended with an exit code, and that each goal has one turnstile.
            if not self._dojo.proc.isalive():
                return self._crash(_read_ending(self._dojo.proc))
            return {"message": "LeanDojo cannot read the state that the tactic leads to"}

    def close(self) -> None:
        """End Lean."""
        _leave(self._dojo)

    def _describe(self, result: TacticResult) -> Message:
        if isinstance(result, TacticState):
            self._states[result.id] = result
            reply = {"goals": goals_of(result), "proofStatus": "Incomplete: open goals remain"}
            return {"proofState": result.id, **reply, **_info_message(result.message)}
        if isinstance(result, ProofFinished):
            reply = {"goals": [], "proofStatus": "Completed"}
            return {"proofState": result.tactic_state_id, **reply, **_info_message(result.message)}
        if isinstance(result, ProofGivenUp):
            return {"goals": [], "proofStatus": "Incomplete: contains sorry"}
        assert isinstance(result, LeanError)
        return {"message": f"Lean error:\n{result.error}"}

    def _crash(self, how: str) -> Message:
        self.spent = True
        return {"message": f"LeanDojo's Lean crashed: {how}", "fatal": True}


class NotOpened(Exception):
    """The Dojo could not be entered; `reply` is what to answer."""

    def __init__(self, reply: Message) -> None:
        super().__init__(reply)
        self.reply = reply


def open_dojo(theorem: Theorem, timeout_s: float) -> OpenedDojo:
    """Enter a Dojo for a `lean_dojo.Theorem`; Lean may take `timeout_s` to come to it.

    Raises:
        NotOpened: LeanDojo or Lean refuses, or breaks.
    """
    dojo = Dojo(theorem, timeout=timeout_s)
    try:
        _, root = dojo.__enter__()
    except (
        DojoInitError,
        DojoCrashError,
        AssertionError,
        ValueError,
        RuntimeError,
        pexpect.ExceptionPexpect,
    ) as error:
        reply = _refusal(dojo, error)
        _leave(dojo)
        raise NotOpened(reply) from error
    # Lean has read the file: removed at once, it is not left behind in the repository if this process is killed.
    Path(dojo.modified_file.name).unlink()
    _unlimit_lines(dojo.proc.child_fd)
    return OpenedDojo(dojo, root)


def goals_of(state: TacticState) -> list[str]:
    """Return the goals of a LeanDojo state, as it tells them apart itself."""
    return [goal for goal in state.pp.split("\n\n") if "⊢" in goal]


def _refusal(dojo: Dojo, error: Exception) -> Message:
    reason = str(error)
    if reason == INIT_TIMEOUT:
        return {"message": "Lean did not come to the theorem in time", "timeout": "time"}
    process = getattr(dojo, "proc", None)
    if process is not None and not process.isalive() and process.exitstatus in (None, 137):
        return {"message": f"LeanDojo's Lean crashed: {_read_ending(process)}", "fatal": True}
    if process is not None and reason == "Unexpected EOF":
        reason = EARLY_END
    said = f"LeanDojo cannot open the theorem: {reason or 'it was answered with something unexpected'}"
    return {"env": 0, "messages": [{"severity": "error", "pos": {"line": 1, "column": 0}, "data": said}]}


def _leave(dojo: Dojo) -> None:
    """Do what `Dojo.__exit__` does, for one that was entered half way, too."""
    if hasattr(dojo, "proc"):
        kill_descendants(dojo.proc.pid)
    if hasattr(dojo, "modified_file"):
        with contextlib.suppress(FileNotFoundError):
            dojo.modified_file.close()


def _read_ending(process: pexpect.spawn) -> str:
    if process.signalstatus is not None:
        return f"ended by signal {process.signalstatus}"
    return f"ended with exit code {process.exitstatus}"


def _info_message(message: str | None) -> Message:
    return {"messages": [{"severity": "info", "data": message}]} if message else {}


def _unlimit_lines(terminal: int) -> None:
    """Take the terminal out of canonical mode, in which it loses what is over 4,095 bytes in a line."""
    mode = termios.tcgetattr(terminal)
    mode[3] &= ~(termios.ICANON | termios.ISIG)
    termios.tcsetattr(terminal, termios.TCSANOW, mode)
