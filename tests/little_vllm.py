"""A stand-in for a Python that has vLLM: it says so, and its "vLLM" listens, has a child, and does as it is told.

LITTLE_VLLM_LOG, if set, is what it writes before it ends with code 1; LITTLE_VLLM_RECORD is where it notes how
it was started; LITTLE_VLLM_STUBBORN keeps it from leaving when it is asked to. It notes in LITTLE_VLLM_POSTED what is
posted, and says yes to all but the path LITTLE_VLLM_REFUSES. LITTLE_VLLM_GPU makes it a build for GPUs.
LITTLE_VLLM_ANSWER, if set, is what it answers as a chat model.
"""

import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path == "/health" else 404)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
        if "LITTLE_VLLM_ANSWER" in os.environ:
            self.complete(os.environ["LITTLE_VLLM_ANSWER"])
            return
        with Path(os.environ["LITTLE_VLLM_POSTED"]).open("a") as file:
            file.write(json.dumps([self.path, body, self.headers["Authorization"]]) + "\n")
        self.answer(500 if self.path == os.environ.get("LITTLE_VLLM_REFUSES") else 200)

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
    host, port = (arguments[arguments.index(option) + 1] for option in ("--host", "--port"))
    HTTPServer((host, int(port)), Healthy).serve_forever()


main(sys.argv[1:])
