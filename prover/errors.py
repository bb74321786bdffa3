"""Every exception the package raises on purpose.

    ProverError
    ├── InputError             what the user gave cannot be used
    │   ├── StatementError     Lean refuses the statement, or what stands before it
    │   ├── UnsupportedError   the chosen engine lacks what the statement needs (for example Mathlib)
    │   └── UnsupportedStatement  both: Lean refuses the statement over a name that the engine lacks
    ├── SetupError             something on this machine is missing or broken
    ├── PolicyError            the policy failed
    │   ├── RequestRefused     a model's server will not answer this request
    │   └── PolicyUnavailable  and will not answer others either: its server is gone, or says nothing
    └── EngineError            a Lean engine misbehaved
        ├── EngineCrashed      its process ended, or said it must be replaced
        └── EngineTimeout      it did not answer in time and was killed

"Lean refused the tactic" is not here: that is a value, see :mod:`prover.lean.environment`.
Only the command line catches `ProverError`, which prints one line and exits with 2, and services, which answer with it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from prover.addresses import without_login

Code = Literal["input", "statement", "unsupported", "setup", "policy", "engine", "error"]


class ProverError(Exception):
    """An expected failure: `message` says what and where, `advice` what to do about it; neither has an address's login.

    `code` names the kind for programs, see docs/json.md.
    """

    code: ClassVar[Code] = "error"

    def __init__(self, message: str, *, advice: str = "") -> None:
        self.message = without_login(message)
        self.advice = without_login(advice)
        super().__init__(self.message)

    @property
    def full(self) -> str:
        """The message with the advice, where there is room for one text only."""
        return f"{self.message.removesuffix('.')}. {self.advice}" if self.advice else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle all that it holds; by default, an exception is made again from its message alone."""
        return _made_again, (type(self), self.message), self.__dict__


def _made_again(kind: type[ProverError], message: str) -> ProverError:
    error = kind.__new__(kind)
    error.args = (message,)
    return error


class InputError(ProverError):
    """What the user gave cannot be used."""

    code: ClassVar[Code] = "input"


class StatementError(InputError):
    """Lean refuses the statement; `line` and `column` (1-based, 0-based as in Lean) locate it.

    `file` is where that is, empty for a text that is in no file.
    """

    code: ClassVar[Code] = "statement"

    def __init__(self, message: str, *, line: int, column: int, advice: str = "", file: str = "") -> None:
        super().__init__(message, advice=advice)
        self.line = line
        self.column = column
        self.file = file


class UnsupportedError(InputError):
    """The engine lacks what the statement needs, such as an import."""

    code: ClassVar[Code] = "unsupported"


class UnsupportedStatement(UnsupportedError, StatementError):
    """Lean refuses the statement over a name of Mathlib's, which the engine lacks."""

    code: ClassVar[Code] = "unsupported"


class SetupError(ProverError):
    """Something on this machine is missing or broken."""

    code: ClassVar[Code] = "setup"


class PolicyError(ProverError):
    """The policy could not answer; an attempt that this ends says nothing about the theorem."""

    code: ClassVar[Code] = "policy"


class RequestRefused(PolicyError):
    """A model's server will not answer this request, however often it is asked; its context may be too small."""


class PolicyUnavailable(PolicyError):
    """The policy does not answer at the moment: its server is gone, refuses the key, or stays silent."""


class EngineError(ProverError):
    """A Lean engine misbehaved."""

    code: ClassVar[Code] = "engine"


class EngineCrashed(EngineError):
    """The engine's process ended, or it announced that it must be replaced."""


class EngineTimeout(EngineError):
    """The engine did not answer in time and was killed."""
