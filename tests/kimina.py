"""Kimina's own client. Before Python 3.12 it cannot be imported beside pydantic: it takes the wrong `TypedDict`."""

import typing
from unittest import mock

import typing_extensions

with mock.patch.object(typing, "TypedDict", typing_extensions.TypedDict):
    from kimina_client import AsyncKiminaClient, KiminaClient, Snippet

__all__ = ["AsyncKiminaClient", "KiminaClient", "Snippet"]
