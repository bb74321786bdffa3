"""An answer of a server that never stops."""

import contextlib
import time

CHUNK = b" " * 2**20


def send_endlessly(handler, chunk=CHUNK, pause_s=0.0):
    """Answer with the status 200 and a body without end, until the client hangs up."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(chunk)
            time.sleep(pause_s)
