"""A small OpenAI-compatible completions server on loopback that does as it is told, failures included.

Its "model" answers prompt P with the texts `P/0`, `P/1` and so on, one token a character and one for the end,
each of log-probability -0.5.
"""

import json
import socket
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from endless_body import send_endlessly


def honest_choice(index, text):
    tokens = [*text, "</s>"]
    return {
        "index": index,
        "text": text,
        "finish_reason": "stop",
        "logprobs": {"tokens": tokens, "token_logprobs": [-0.5] * len(tokens)},
    }


def scored_choice(body, index, prompt):
    """A prompt's log-probabilities: none of its first token, -0.25 of a space, -0.5 of other characters and the end."""
    tokens = prompt.replace("</s>", "$")
    values = [None, *(-0.25 if token == " " else -0.5 for token in tokens[1:])]
    if "prompt_logprobs" in body:
        entries = [None, *({"7": {"logprob": value, "rank": 1}} for value in values[1:])]
        return {"index": index, "text": "x", "finish_reason": "length", "prompt_logprobs": entries}
    logprobs = {"tokens": [*tokens, "x"], "token_logprobs": [*values, -9.0]}
    return {"index": index, "text": prompt + "x", "finish_reason": "length", "logprobs": logprobs}


def honest_answer(body):
    prompts = [body["prompt"]] if isinstance(body["prompt"], str) else body["prompt"]
    if "prompt_logprobs" in body or "echo" in body:
        return {"choices": [scored_choice(body, *each) for each in enumerate(prompts)]}
    texts = [f"{prompt}/{number}" for prompt in prompts for number in range(body["n"])]
    return {"choices": [honest_choice(index, text) for index, text in enumerate(texts)]}


class CompletionsServer(ThreadingHTTPServer):
    """`failures` holds what the next completion requests get in place of an answer, each once.

    A failure is `("status", code, headers, body)`, `("json", value)`, `("text", text)`, `("break",)` for a
    body cut in the middle or `("hang",)`. `answer` makes the body of all other answers, unless `refuse`, given the
    request, has a failure for it. With `chat` there are chat completions, and `completes` and `lists` say whether there
    are text completions and a list of models; those that are not there answer with `absent`.
    """

    daemon_threads = True

    def __init__(self, port=0, *, models=("tiny",), vllm=True, key=None):
        super().__init__(("127.0.0.1", port), _Handler)
        self.models = models
        self.vllm = vllm
        self.key = key
        self.failures = deque()
        self.answer = honest_answer
        self.refuse = lambda body: None
        self.chat = False
        self.completes = True
        self.lists = True
        self.absent = 404
        self.connections = []
        self.bodies = []
        self.asked_at = []
        self.hanging = threading.Event()
        self.hung_up = threading.Event()
        self.closing = threading.Event()
        self.tokenizes = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the tests

    def get_request(self):
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def hang_up(self):
        """Break all connections, as a process that ends does."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def asked(self):
        """The bodies of the requests for completions since the last `forget`."""
        return list(self.bodies)

    def forget(self):
        self.bodies.clear()
        self.asked_at.clear()

    def listing(self):
        extra = {"owned_by": "vllm", "root": "models/tiny", "max_model_len": 64} if self.vllm else {}
        return {"object": "list", "data": [{"id": name, **extra} for name in self.models]}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CompletionsServer

    def do_GET(self):
        if self.path == "/v1/models" and self.server.lists and self._allowed():
            self._json(200, self.server.listing())
        else:
            self._json(self.server.absent, {"detail": "Not Found"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tokenize" and self.server.tokenizes:
            self._json(200, {"count": len(body["prompt"]) // 2})
        elif self.path == "/v1/chat/completions" and self.server.chat:
            self._json(200, {"choices": [{"message": {"content": "2"}}]})
        elif self.path == "/v1/completions" and self.server.completes and self._allowed():
            self.server.bodies.append(body)
            self.server.asked_at.append(time.monotonic())
            self._complete(body)
        else:
            self._json(self.server.absent, {"error": {"message": "no such thing"}})

    def _complete(self, body):
        failures = self.server.failures
        match failures.popleft() if failures else self.server.refuse(body) or ("honest",):
            case ("status", code, headers, text):
                self._send(code, text.encode(), headers)
            case ("json", value):
                self._json(200, value)
            case ("text", text):
                self._send(200, text.encode())
            case ("break",):
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"choices": [')
                self.close_connection = True
            case ("endless",):
                send_endlessly(self)
            case ("hang",):
                self.server.hanging.set()
                self.connection.settimeout(0.05)
                while not self.server.closing.is_set():
                    try:
                        if self.connection.recv(1) == b"":
                            self.server.hung_up.set()
                            break
                    except TimeoutError:
                        continue
                self.close_connection = True
            case ("honest",):
                self._json(200, self.server.answer(body))

    def _allowed(self):
        if self.server.key in (None, self.headers.get("Authorization", "").removeprefix("Bearer ")):
            return True
        self._json(401, {"error": "Unauthorized"})
        return False

    def _json(self, code, value):
        self._send(code, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, code, content, headers=()):
        self.send_response(code)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(**settings):
    with CompletionsServer(**settings) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
            server.hang_up()
