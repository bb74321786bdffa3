"""A small npm registry on loopback, and a small package on it that has the shape of the real one."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "little-lean"
VERSION = "1.0.0"
FILE_NAME = f"{NAME}-{VERSION}.tgz"


def tar_gz(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def little_lean() -> bytes:
    library = tar_gz({"./Init.olean": b"init", "./._Init.olean": b"macOS", "./Init/Core.olean": b"core"})
    return tar_gz(
        {
            "package/package.json": json.dumps({"name": NAME, "version": VERSION}).encode(),
            "package/lean.js": b"// glue",
            "package/lean-lib.tar.gz": library,
        }
    )


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


class Registry(ThreadingHTTPServer):
    """Serves one tarball. While `stalled` is set it sends the first bytes of it and no more."""

    def __init__(self, tarball: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tarball = tarball
        self.downloads = 0
        self.stalled = threading.Event()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def metadata(self) -> bytes:
        dist = {"tarball": f"{self.url}{NAME}/-/{FILE_NAME}", "integrity": integrity(self.tarball)}
        version = {"name": NAME, "version": VERSION, "dist": dist}
        return json.dumps(
            {"name": NAME, "dist-tags": {"latest": VERSION}, "versions": {VERSION: version}}
        ).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        if not self.path.endswith(".tgz"):
            self._send(self.server.metadata())
            return
        self.server.downloads += 1
        self._send(self.server.tarball)

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.path.endswith(".tgz") and self.server.stalled.is_set():
            self.wfile.write(content[:10])
            self.wfile.flush()
            self.server.closing.wait(60)
            return
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(tarball: bytes) -> Iterator[Registry]:
    with Registry(tarball) as registry:
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield registry
        finally:
            registry.closing.set()
            registry.shutdown()
            thread.join()
