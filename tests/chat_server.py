"""A small OpenAI-compatible chat server on loopback that answers what a script says, failures included."""

import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from endless_body import send_endlessly


class ChatServer(ThreadingHTTPServer):
    """`script` is given a request's body and returns the texts of the answers, for `completion`, or a failure.

    A failure is `("status", code, headers, body)`, `("text", text)`, `("json", text)`, `("break",)` for a body cut
    in the middle, `("endless", chunk, pause_s)` for one without end or `("gone",)` for a server that ends; `failures`
    holds those that the next requests get, each once. With `gives_n` False it gives one answer, whatever `n` is; with
    `counts_tokens` False it does not say how many tokens there were.
    """

    daemon_threads = True

    def __init__(self, script, *, models=("scripted",), gives_n=True, counts_tokens=True):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.models = models
        self.gives_n = gives_n
        self.counts_tokens = counts_tokens
        self.failures = deque()
        self.bodies = []
        self.headers_seen = []
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._send(
            200, {"object": "list", "data": [{"id": each, "object": "model"} for each in self.server.models]}
        )

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        with server.lock:
            server.bodies.append(body)
            server.headers_seen.append(dict(self.headers))
            failure = server.failures.popleft() if server.failures else None
        if failure is not None:
            self._fail(failure)
            return
        is_chat = self.path.endswith("/chat/completions")
        texts = server.script(body)
        if isinstance(texts, tuple):
            self._fail(texts)
            return
        texts = texts[: body.get("n", 1) if server.gives_n else 1]
        self._send(200, completion(texts, is_chat=is_chat, counts_tokens=server.counts_tokens))

    def _fail(self, failure):
        kind, *rest = failure
        if kind == "status":
            code, headers, body = rest
            self._send(code, body, headers)
        elif kind == "text":
            self._send(200, rest[0])
        elif kind == "json":
            body = rest[0].encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif kind == "endless":
            send_endlessly(self, *rest)
        elif kind == "gone":
            self.server.shutdown()
            self.server.server_close()
            self.close_connection = True
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
            self.close_connection = True

    def _send(self, code, value, headers=()):
        is_text = isinstance(value, str)
        data = value.encode() if is_text else json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html" if is_text else "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, text in dict(headers).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)


def completion(texts, *, is_chat=True, counts_tokens=True):
    """The body of an answer; a text may be a dict of the message's fields, `finish_reason` among them."""
    choices = []
    for index, text in enumerate(texts):
        fields = dict(text) if isinstance(text, dict) else {"content": text}
        finish = fields.pop("finish_reason", "stop")
        choice = {"index": index, "finish_reason": finish}
        choice |= {"message": {"role": "assistant", **fields}} if is_chat else {"text": fields["content"]}
        choices.append(choice)
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": choices}
    if counts_tokens:
        body["usage"] = {
            "prompt_tokens": 10,
            "completion_tokens": 5 * len(texts),
            "total_tokens": 10 + 5 * len(texts),
        }
    return body


@contextmanager
def chat_server(script, **options):
    """Run a server; `script` may be a list of answers, one for each request."""
    if isinstance(script, list):
        answers = deque(script)
        lines = lambda body: [answers.popleft() if answers else "" for _ in range(body.get("n", 1))]  # noqa: E731
    else:
        lines = script
    server = ChatServer(lines, **options)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
