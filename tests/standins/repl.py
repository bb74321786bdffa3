"""Stands in for the community REPL: the embedded engine, answering as that does (`prover repl`).

It announces nothing, knows only the requests of leanprover-community/repl and ignores fields that it does not know,
answers in JSON over several lines, and reports a missing import as Lean's error message. STANDIN_REPL_LOG names a file
to which every request is appended. STANDIN_REPL_HEARTBEATS, if set, says what a tactic may take, in thousands: Lean's
default, which the REPL has, takes long to use up. Then the engine answers in its own words.
"""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

from prover.lean.embedded.install import ensure_installed
from prover.lean.process.repl import Repl
from prover.util.progress import Quiet

PATIENCE_S = 3600
MISSING = re.compile(r"unknown import (\w+)")


async def main():
    community = "STANDIN_REPL_HEARTBEATS" not in os.environ
    engine = await Repl.start(ensure_installed(Quiet()).engine_command(pocket=False, community=community))
    pending = ""
    loop = asyncio.get_running_loop()
    try:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip():
                pending += line
                continue
            if pending.strip():
                request = json.loads(pending)
                record(request)
                say(await answer(engine, request))
            pending = ""
    finally:
        await engine.close()


async def answer(engine, request):
    if "cmd" in request:
        plain = {key: request[key] for key in ("cmd", "env") if key in request}
    elif "path" in request:
        plain = {"cmd": text_of(request["path"])}
    elif "tactic" in request and "proofState" in request:
        plain = {"tactic": request["tactic"], "proofState": request["proofState"]}
        if heartbeats := os.environ.get("STANDIN_REPL_HEARTBEATS"):
            plain["heartbeats"] = int(heartbeats)
    else:
        return {"message": "Could not parse as a valid JSON command:\nunknown request"}
    reply = await engine.request(plain, PATIENCE_S)
    if "cmd" in plain and (missing := MISSING.match(reply.get("message", ""))):
        place = {"line": 1, "column": 0}
        said = f"unknown module prefix '{missing[1]}'\n\nNo directory '{missing[1]}' or file '{missing[1]}.olean'"
        error = {
            "severity": "error",
            "pos": place,
            "endPos": place,
            "data": f"{said} in the search path entries",
        }
        return {"messages": [error], "env": 0}
    reply.pop("timeout", None)
    return reply


def text_of(path):
    return Path(path).read_text(encoding="utf-8")


def record(request):
    if log := os.environ.get("STANDIN_REPL_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(request) + "\n")


def say(reply):
    sys.stdout.write(json.dumps(reply, ensure_ascii=False, indent=1) + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
