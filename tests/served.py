"""`prover serve` with real vLLM, for tests."""

import socket
import subprocess
import sys

import psutil

CONTEXT = 256


class Served:
    """`prover serve` on a port of its own, started when it is first needed and after it ended."""

    def __init__(self, model, python, log):
        self.model, self.python, self.log = model, python, log
        self.process = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, *options):
        arguments = [
            str(self.model),
            "--port",
            str(self.port),
            "--log",
            str(self.log),
            "--python",
            self.python,
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "prover", "serve", *arguments, *options, "--", "--max-num-seqs", "64"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ensure(self):
        if self.process is None or self.process.poll() is not None:
            self.process = self.start("--dtype", "float32", "--max-model-len", str(CONTEXT))
            first, second = self.process.stdout.readline(), self.process.stdout.readline()
            assert self.url in first, self.process.stderr.read()
            assert second == f"--policy {self.url}#tiny\n"
        return self

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def wait(self):
        """Wait for the end; return the exit code and what was written to stderr."""
        _, errors = self.process.communicate(timeout=280)
        return self.process.returncode, errors

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            return self.wait()
        return None
