"""A stand-in for a Python that has vLLM: it says so, and its "vLLM" listens, has a child, and does as it is told.

LITTLE_VLLM_LOG, if set, is what it writes before it ends with code 1; LITTLE_VLLM_RECORD is where it notes how
it was started; LITTLE_VLLM_STUBBORN keeps it from leaving when it is asked to. It notes in LITTLE_VLLM_POSTED what is
posted, and says yes to all but the path LITTLE_VLLM_REFUSES. LITTLE_VLLM_GPU makes it a build for GPUs.
LITTLE_VLLM_ANSWER, if set, is what it answers as a chat model.

A model whose weights are a number gives every token that log-probability. When it is told to read them again it does,
unless there is the file LITTLE_VLLM_STALE, which is removed then.
"""

import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Healthy(BaseHTTPRequestHandler):
    model = Path()
    weights = ""

    @classmethod
    def read_weights(cls):
        path = cls.model / "model.safetensors"
        if path.exists():
            cls.weights = path.read_text()

    def do_GET(self):
        self.answer(200 if self.path == "/health" else 404)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
        if "LITTLE_VLLM_ANSWER" in os.environ:
            self.complete(os.environ["LITTLE_VLLM_ANSWER"])
            return
        if "LITTLE_VLLM_POSTED" in os.environ:
            with Path(os.environ["LITTLE_VLLM_POSTED"]).open("a") as file:
                file.write(json.dumps([self.path, body, self.headers["Authorization"]]) + "\n")
        if self.path == os.environ.get("LITTLE_VLLM_REFUSES"):
            self.answer(500)
        elif self.path == "/v1/completions":
            self.score(body["prompt"])
        else:
            if self.path == "/collective_rpc" and not is_stale():
                self.read_weights()
            self.answer(200)

    def score(self, tokens):
        said = [None, *({str(token): {"logprob": float(self.weights)}} for token in tokens[1:])]
        self.answer(200, json.dumps({"choices": [{"prompt_logprobs": said}]}).encode())

    def complete(self, text):
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        completion = {"object": "chat.completion", "id": "1", "created": 0, "model": "m", "choices": [choice]}
        self.answer(200, json.dumps(completion).encode())

    def answer(self, status, body=b""):
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def is_stale():
    """Whether this server is the one that keeps its old weights this time."""
    try:
        Path(os.environ["LITTLE_VLLM_STALE"]).unlink()
    except (KeyError, FileNotFoundError):
        return False
    return True


def main(arguments):
    if arguments[0] == "-c":
        found = {"found": "LITTLE_VLLM_MISSING" not in os.environ, "cpu": "LITTLE_VLLM_GPU" not in os.environ}
        print(json.dumps(found))  # noqa: T201
        return
    if "LITTLE_VLLM_LOG" in os.environ:
        sys.exit(os.environ["LITTLE_VLLM_LOG"])
    ignored = [signal.SIGTERM] if "LITTLE_VLLM_STUBBORN" in os.environ else []
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
    Path(os.environ["LITTLE_VLLM_RECORD"]).write_text(json.dumps([arguments, dict(os.environ)]))
    Healthy.model = Path(arguments[arguments.index("--model") + 1])
    Healthy.read_weights()
    host, port = (arguments[arguments.index(option) + 1] for option in ("--host", "--port"))
    HTTPServer((host, int(port)), Healthy).serve_forever()


main(sys.argv[1:])
