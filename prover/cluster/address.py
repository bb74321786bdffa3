"""Addresses of clusters: what can be one, and whether what answers there speaks as Ray does.

Ray itself tries an address where nothing answers for minutes, and says so in lines of its own.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from contextlib import closing

from prover.addresses import without_login
from prover.errors import InputError, SetupError
from prover.util.daemon import DaemonThread

CONNECT_S = 5.0
"""Seconds for a host's name to be found, and for a connection."""
ANSWER_S = 10.0
"""Seconds for the first word of what listens there: a busy head may take some."""
SCHEME = "ray://"
_ADDRESS = re.compile(r"(ray://)?([^\s/:@\[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")
_FRAME_BYTES = 9
_SETTINGS = 4
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0])
"""What an HTTP/2 client says first (RFC 9113, 3.4). gRPC, which Ray speaks, answers with a frame of the same kind."""
ADVICE = (
    "`ray start --head` starts a cluster and says its address, HOST:6379 unless --port says otherwise; "
    "ray://HOST:10001 goes through Ray's client server. --cluster local needs no other machine."
)


def require_address(address: str) -> None:
    """Raise unless this can be the address of a cluster.

    Raises:
        InputError: it cannot.
    """
    if address in ("local", "auto"):
        return
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[3]) < 1 << 16:
        raise InputError(
            f"{without_login(address)!r} is no address of a cluster",
            advice="Give local, auto, HOST:PORT or ray://HOST:PORT.",
        )


async def require_answer(address: str) -> None:
    """Raise unless what listens at this address, HOST:PORT or ray://HOST:PORT, may be Ray.

    Raises:
        SetupError: nothing does, or something else.
    """
    found = _ADDRESS.fullmatch(address)
    assert found is not None
    host, port = found[2].strip("[]"), int(found[3])
    try:
        reader, writer = await asyncio.wait_for(_connect(host, port), CONNECT_S)
    except TimeoutError as error:
        raise _no_cluster(address, f"nothing answers in {CONNECT_S:g} s") from error
    except OSError as error:
        raise _no_cluster(address, _reason(error)) from error
    with closing(writer):
        if os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
            return
        try:
            writer.write(_PREFACE)
            frame = await asyncio.wait_for(reader.readexactly(_FRAME_BYTES), ANSWER_S)
        except TimeoutError as error:
            raise _no_cluster(address, f"what listens there says nothing for {ANSWER_S:g} s") from error
        except asyncio.IncompleteReadError as error:
            raise _no_cluster(address, "what listens there hangs up") from error
        except OSError as error:
            raise _no_cluster(address, _reason(error)) from error
    if frame[3] != _SETTINGS:
        raise _no_cluster(address, "what answers there is no Ray")


async def _connect(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a host; a name server that is silent is not waited for when this is cancelled."""
    thread = DaemonThread("name")
    try:
        places = await thread.call(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    finally:
        thread.close()
    failed: OSError | None = None
    for _, _, _, _, place in places:
        try:
            return await asyncio.open_connection(str(place[0]), port)
        except OSError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"the host's name is not known ({error.strerror})"
    return os.strerror(error.errno).lower() if error.errno else str(error)


def _no_cluster(address: str, reason: str) -> SetupError:
    return SetupError(f"no Ray cluster answers at {address}: {reason}", advice=ADVICE)
