"""The key of model servers, which is read from the environment and goes nowhere but into the requests' header."""

from __future__ import annotations

import os

from prover.errors import InputError

KEY_VARIABLES = ("PROVER_API_KEY", "OPENAI_API_KEY")
SHORTEST_HIDDEN = 6
"""A shorter key is none, and may be part of any word."""


def read_api_key(given: str | None = None) -> str | None:
    """Return the given key, else the environment's, or None where no variable has one.

    Raises:
        InputError: no header can hold it.
    """
    key = given or next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), None)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise InputError(
            "the API key has characters that no key has, such as a line break",
            advice=f"It is read from {' or '.join(KEY_VARIABLES)}.",
        )
    return key


def without_key(text: str) -> str:
    """Return what a server said without the environment's keys: some servers repeat what they were sent."""
    for name in KEY_VARIABLES:
        key = os.environ.get(name, "").strip()
        if len(key) >= SHORTEST_HIDDEN:
            text = text.replace(key, "…")
    return text
