"""Parameters of routes: what the server has."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from prover.service.http.engines import Engines
from prover.service.http.service import Service


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


def _engines(request: Request) -> Engines:
    return _service(request).engines


ServiceOf = Annotated[Service, Depends(_service)]
"""Everything."""
EnginesOf = Annotated[Engines, Depends(_engines)]
"""The Lean behind it."""
