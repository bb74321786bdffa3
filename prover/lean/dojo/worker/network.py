"""Refusals of this side, and the one about the network: found out in seconds, where LeanDojo would take minutes."""

from __future__ import annotations

import urllib.error
import urllib.request

from prover.lean.dojo.limits import Refusal

GITHUB = "https://api.github.com"
TIMEOUT_S = 15.0


class Refused(Exception):
    """LeanDojo cannot do what was asked; `refusal` says why."""

    def __init__(self, kind: str, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.refusal = Refusal(kind, message, advice)


def require_github(purpose: str) -> None:
    """Check that GitHub answers, whatever it says; `purpose` is what LeanDojo asks it for.

    Raises:
        Refused: it does not.
    """
    try:
        urllib.request.urlopen(urllib.request.Request(GITHUB, method="HEAD"), timeout=TIMEOUT_S).close()
    except urllib.error.HTTPError:
        return
    except OSError as error:
        raise Refused("setup", f"{purpose}, and it cannot be reached: {one_line(error)}") from error


def one_line(what: object) -> str:
    """Return what an exception or another object says of itself, in one line."""
    return " ".join(str(what).split()) or type(what).__name__
