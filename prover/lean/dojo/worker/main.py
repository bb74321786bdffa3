"""What LeanDojo's Python runs: `trace` or `find` once, or `serve` one Dojo after docs/protocol.md.

The arguments are the mode and a JSON object. `trace` and `find` write their answer as the last line of stdout, a JSON
object. `serve` announces itself and then answers requests: of the protocol's extensions it knows ``tactics`` and, of
``limits``, ``timeLimit``. It opens the theorem it was started for, whatever text it is sent, and leaves when its Dojo
is spent: a new process is a clean one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prover.lean.dojo.limits import Refusal, refuse_python
from prover.lean.dojo.worker.network import Refused, one_line, require_github

if TYPE_CHECKING:
    from lean_dojo import Theorem

    from prover.lean.dojo.worker.session import OpenedDojo

Message = dict[str, Any]
DEFAULT_TIMEOUT_S = 600.0


def main() -> None:
    """Do what the command line says."""
    mode, request = sys.argv[1], json.loads(sys.argv[2])
    if mode == "serve":
        _serve(request)
        return
    print(json.dumps(_answer(mode, request)), flush=True)  # noqa: T201


def _answer(mode: str, request: Message) -> Message:
    if refusal := refuse_python(tuple(sys.version_info[:3])):
        return {"refused": refusal._asdict()}
    try:
        if os.environ.get("GITHUB_ACCESS_TOKEN"):
            require_github("LeanDojo shows the token in GITHUB_ACCESS_TOKEN to GitHub")
        from github import GithubException

        try:
            from prover.lean.dojo.worker.repository import find, trace
        except GithubException as error:
            said = f"GitHub does not take the token in GITHUB_ACCESS_TOKEN: {one_line(error)}"
            return {"refused": Refusal("setup", said)._asdict()}
        return trace(**request) if mode == "trace" else find(**request)
    except Refused as refused:
        return {"refused": refused.refusal._asdict()}
    except ImportError as error:
        missing = Refusal(
            "setup",
            f"LeanDojo cannot be imported: {error}",
            f"Install it: {sys.executable} -m pip install lean-dojo==2.2.0, or scripts/make_dojo_env.sh",
        )
        return {"refused": missing._asdict()}


def _serve(request: Message) -> None:
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # LeanDojo, and what it starts, may print: that goes where logs go

    from lean_dojo import Theorem

    from prover.lean.dojo.worker.repository import repository

    repo = repository(request["url"], request["commit"])
    theorem = Theorem(repo, request["file"], request["name"])
    server = _Server(theorem)
    extensions = ["tactics", "limits"]
    ready = {"engine": "lean-dojo", "lean": repo.lean_version, "protocol": 1, "extensions": extensions}
    replies.write(_encode({"ready": ready}))
    for message in _requests():
        replies.write(_encode(server.reply(message)))
        if server.spent:
            break
    replies.close()
    server.close()
    sys.stderr.flush()
    os._exit(0)  # Ray and others would take their time to leave


class _Server:
    def __init__(self, theorem: Theorem) -> None:
        self._theorem = theorem
        self._opened: OpenedDojo | None = None

    @property
    def spent(self) -> bool:
        return self._opened is not None and self._opened.spent

    def reply(self, message: Message) -> Message:
        seconds = message.get("timeLimit", DEFAULT_TIMEOUT_S * 1000) / 1000
        if "cmd" in message:
            return self._open(seconds) if "env" in message else {"env": 0}
        if self._opened is None:
            return {"message": "Unknown proof state."}
        tactics = message.get("tactics", [message.get("tactic", "")])
        results = []
        for tactic in tactics:
            results.append(self._opened.run_tac(message["proofState"], tactic, seconds))
            if self.spent or results[-1].get("proofStatus") == "Completed":
                break
        return {"results": results} if "tactics" in message else results[0]

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _open(self, seconds: float) -> Message:
        from prover.lean.dojo.worker.session import NotOpened, goals_of, open_dojo

        if self._opened is None:
            try:
                self._opened = open_dojo(self._theorem, seconds)
            except NotOpened as failure:
                return failure.reply
        root = self._opened.root
        place = {"line": 1, "column": 0}
        goal = "\n\n".join(goals_of(root))
        return {"env": 0, "sorries": [{"proofState": root.id, "pos": place, "endPos": place, "goal": goal}]}


def _requests() -> Iterator[Message]:
    """Yield the requests on stdin, which blank lines separate, until it ends."""
    lines: list[bytes] = []
    for line in sys.stdin.buffer:
        if line.strip():
            lines.append(line)
        elif lines:
            yield json.loads(b"".join(lines))
            lines = []


def _encode(message: Message) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"
