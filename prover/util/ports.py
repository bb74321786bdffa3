"""Ports to listen on."""

from __future__ import annotations

import socket

from prover.errors import SetupError


def free_port(host: str) -> int:
    """Return a port that nothing listens on at the moment at `host`, an address of this machine.

    Raises:
        SetupError: there is none, or the address is not this machine's.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
            port: int = probe.getsockname()[1]
            return port
    except OSError as error:
        raise SetupError(f"no port is free at {host}: {error.strerror or error}") from error
