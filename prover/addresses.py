"""Addresses as they are told: without a user's name and password, which may stand in them as user:password@."""

from __future__ import annotations

import re

_LOGIN = re.compile(
    r"(?<=://)[^\s/?#]*@"  # before the last @ of an authority
    r"|(?<=://)[^\s/:@?#]+:(?!\d{1,5}(?:[/?#,\s]|$))\S*@"  # a password with a slash, which it should not have
    r"|^[^\s/:@?#]+:[^\s/?#]*@"  # HOST:PORT, by itself
)
HIDDEN = "…@"


def without_login(text: str) -> str:
    """Return a text without the logins of addresses in it, each of which has a scheme or begins the text."""
    return _LOGIN.sub(HIDDEN, text)
