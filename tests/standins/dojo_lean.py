"""Stands in for the `lean` that LeanDojo runs on a file with `lean_dojo_repl`, and answers from the embedded Lean.

It does what LeanDojo's Lean4Repl.lean does in a Lean that elan installed: everything before the tactic is elaborated,
the goal opened with that in force, and each request on the terminal answered from the saved states. "no goals" is said
only when the kernel has accepted the proof. A file without the tactic is handed to the stand-in for `lean` beside it.
"""

import asyncio
import json
import os
import runpy
import sys
import termios
from pathlib import Path

from prover.errors import EngineCrashed
from prover.lean.embedded.install import ensure_installed
from prover.lean.process.repl import Repl
from prover.util.progress import Quiet

TACTIC = "lean_dojo_repl"
OWN_IMPORT = "import Lean4Repl\n"
FOREVER_S = 3600
UNLIMITED = {"heartbeats": 1_000_000_000, "timeLimit": 1000 * FOREVER_S}
ABORTED = 134


async def serve(file, text):
    engine = await Repl.start(ensure_installed(Quiet()).engine_command())
    try:
        text = text.removeprefix(OWN_IMPORT)
        reply = await engine.request({"cmd": text + "sorry"}, FOREVER_S)
        for each in reply.get("messages", []):
            if each["severity"] == "error":
                line, column = each["pos"]["line"] + 1, each["pos"]["column"]
                write(f"{file}:{line}:{column}: error: {each['data']}")
        place = {"line": text.count("\n") + 1, "column": len(text) - text.rfind("\n") - 1}
        opened = [each for each in reply.get("sorries", []) if each["pos"] == place]
        if not opened:
            write(reply.get("message", ""))
            os._exit(1)
        states = [opened[0]["proofState"]]
        say(sid=0, tacticState=opened[0]["goal"])
        while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
            request = json.loads(line)
            await answer(engine, states, request["sid"], request["cmd"])
    except EngineCrashed:
        os._exit(ABORTED)
    finally:
        await engine.close()


async def answer(engine, states, sid, tactic):
    reply = await engine.request({"proofState": states[sid], "tactic": tactic, **UNLIMITED}, FOREVER_S)
    if reply.get("fatal"):
        raise EngineCrashed(reply["message"])
    for each in reply.get("messages", []):
        write(each["data"])
    goals, status = reply.get("goals"), reply.get("proofStatus", "")
    if goals is None:
        say(error=reply["message"].removeprefix("Lean error:\n"))
    elif goals or status == "Completed":
        states.append(reply["proofState"])
        say(sid=len(states) - 1, tacticState="\n\n".join(goals) or "no goals")
    elif "sorry" in status:
        say(error="proof contains `sorry`")
    else:
        say(error="proof contains metavariables" if "metavariable" in status else status)


def say(*, sid=None, tacticState=None, error=None):
    response = {"sid": sid, "tacticState": tacticState, "error": error}
    write(f"REPL> {json.dumps(response, ensure_ascii=False)}")


def write(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments):
    file = arguments[-1]
    text = Path(file).read_text(encoding="utf-8") if file.endswith(".lean") else ""
    before, found, _ = text.partition(TACTIC)
    if not found:
        runpy.run_path(str(Path(__file__).with_name("lean.py")), run_name="__main__")
        return
    mode = termios.tcgetattr(0)
    mode[3] &= ~termios.ICANON
    termios.tcsetattr(0, termios.TCSANOW, mode)
    asyncio.run(serve(file, before))


if __name__ == "__main__":
    main(sys.argv[1:])
