"""An engine that speaks the protocol and does what no engine should: hang, die, babble. Run as a program.

Its Lean is a toy: a state is a path of tactics, and a tactic is one of the words in `tactic` below. What the
environment variables BAD_ENGINE_* mean stands in `main`. Every request is appended to the file
BAD_ENGINE_LOG, with the process id.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

EXTENSIONS = ["tactics", "limits", "drop", "export", "check"]


def say(message, end="\n\n", **style):
    sys.stdout.write(json.dumps(message, ensure_ascii=False, **style) + end)
    sys.stdout.flush()


class Engine:
    def __init__(self):
        self.states = {}
        self.next_state = 0
        self.next_env = 0

    def answer(self, request):
        if "do" in request:
            return getattr(self, "do_" + request["do"])(request)
        if "cancel" in request:
            return None
        if "cmd" in request:
            return say(self.command(request["cmd"]))
        if "drop" in request:
            gone = [self.states.pop(n, None) for n in request["drop"]["proofStates"]]
            return say({"dropped": len(gone)})
        if "reset" in request:
            self.__init__()
            return say({"reset": True})
        if "export" in request:
            return say({"export": {"terms": {}, "messages": [], "reason": None}})
        if "check" in request:
            return say(self.check(request["check"]))
        path = self.states.get(request["proofState"])
        if path is None:
            return say({"message": "Unknown proof state."})
        if "tactic" in request:
            return say(self.tactic(path, request["tactic"]))
        results = []
        for text in request["tactics"]:
            results.append(self.tactic(path, text))
            if results[-1].get("fatal"):
                say({"results": results})
                sys.exit(3)
            if results[-1].get("proofStatus") == "Completed":
                break
        return say({"results": results})

    def command(self, text):
        if "import Missing" in text:
            return {"message": "unknown module prefix 'Missing'"}
        if "dies" in text:
            os._exit(7)
        self.next_env += 1
        reply = {"env": self.next_env, "messages": [], "sorries": []}
        for number, line in enumerate(text.splitlines(), start=1):
            column = line.find("wrong")
            if column >= 0:
                at = {"line": number, "column": column}
                reply["messages"].append(
                    {"severity": "error", "pos": at, "endPos": at, "data": "it is wrong"}
                )
            if "sorry" in line:
                reply["sorries"].append({"proofState": self.new_state(()), "goal": "⊢ start"})
        return reply

    def new_state(self, path):
        self.states[self.next_state] = path
        self.next_state += 1
        return self.next_state - 1

    def tactic(self, path, text):
        word, *rest = text.split()
        if word in ("die", "hang", "fatal") and rest:  # only until the file `rest` is there
            marker = Path(rest[0])
            if marker.exists():
                word = "step"
            else:
                marker.touch()
        if word == "die":
            os._exit(9)
        if word == "hang":
            time.sleep(3600)
        if word == "fatal":
            return {"message": "Lean error:\nthe engine broke", "fatal": True}
        if word == "fail":
            return {"message": f"Lean error:\n{text} failed"}
        if word == "exhaust":
            return {"message": "Lean error:\ntoo many heartbeats", "timeout": "heartbeats"}
        if word == "slow":
            time.sleep(float(rest[0]))
        if word == "grow":
            self.ballast = os.urandom(int(rest[0]) << 20)
        end = {"done": "Completed", "give": "Incomplete: contains sorry", "error": "Error: kernel"}.get(word)
        if end:
            return {"proofState": self.new_state((*path, text)), "goals": [], "proofStatus": end}
        mark = hashlib.sha256(repr((*path, text)).encode()).hexdigest()[:8]
        if word == "moody":
            mark = str(os.getpid())
        return {
            "proofState": self.new_state((*path, text)),
            "goals": [f"⊢ {mark}"],
            "proofStatus": "Incomplete: open goals remain",
        }

    def check(self, request):
        verdict = {
            "accepted": True,
            "statement": "0 = 0",
            "axioms": ["propext"],
            "inductives": [],
            "contextCode": [],
            "reason": None,
        }
        word = request["source"].split()[-1]
        if word == "refused":
            verdict |= {"accepted": False, "reason": "the kernel refuses it"}
        if word == "liar":
            verdict |= {"axioms": ["propext", "mine"]}
        if word == "babble":
            return {"chekc": verdict}
        if word == "fatal":
            return {"message": "broken", "fatal": True}
        return {"check": verdict}

    def do_echo(self, request):
        say({"echo": request["text"]})

    def do_pretty(self, request):
        say({"echo": request["text"], "lines": [1, {"two": 2}]}, indent=2)

    def do_huge(self, request):
        say({"huge": "x" * request["size"]})

    def do_flood(self, request):
        sys.stderr.write("noise\n" * request["lines"] + "the last line\n")
        sys.stderr.flush()
        say({})

    def do_garbage(self, request):
        say({}, end="")
        sys.stdout.write("[DEBUG: not json]\n\n")
        sys.stdout.flush()

    def do_number(self, request):
        say(3)

    def do_twice(self, request):
        say({"first": 1}, end="\n\n{}\n\n")

    def do_half(self, request):
        sys.stderr.write("about to die\n")
        sys.stderr.flush()
        say({"half": 1}, end="\n")
        os._exit(5)

    def do_last_words(self, request):
        say({"last": "words"})
        os._exit(0)

    def do_kill(self, request):
        os.kill(os.getpid(), signal.SIGKILL)

    def do_hang(self, request):
        time.sleep(3600)

    def do_mute(self, request):
        sys.stdout.close()
        os.close(1)
        time.sleep(3600)

    def do_child(self, request):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        say({"child": child.pid})

    def do_stack(self, request):
        import resource

        say({"soft": resource.getrlimit(resource.RLIMIT_STACK)[0], "env": os.environ.get("BAD_ENGINE_EXTRA")})


def main():
    start = os.environ.get("BAD_ENGINE_START", "")
    log = os.environ.get("BAD_ENGINE_LOG")
    if start == "die":
        sys.exit("no Lean today")
    if start == "hang":
        time.sleep(3600)
    if start == "babble":
        say({"hello": 1})
    if start not in ("silent", "babble"):
        extensions = os.environ.get("BAD_ENGINE_EXTENSIONS", ",".join(EXTENSIONS)).split(",")
        say({"ready": {"engine": "bad", "lean": "4.0.0", "protocol": 1, "extensions": extensions}})
    engine = Engine()
    pending = ""
    for line in sys.stdin:
        if line.strip():
            pending += line
            continue
        request, pending = json.loads(pending), ""
        if log:
            with Path(log).open("a") as file:
                file.write(json.dumps({"pid": os.getpid(), **request}) + "\n")
        engine.answer(request)


if __name__ == "__main__":
    main()
