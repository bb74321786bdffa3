"""Engines that the tests of this folder share."""

import pytest

from cheats.court import Court
from prover.lean.process.repl import Repl


@pytest.fixture(scope="session")
async def court(engine_command):
    """The verifier's two engines."""
    court = Court(engine_command)
    yield court
    await court.close()


@pytest.fixture(scope="session")
async def bare_engine(engine_command):
    """An engine without a pool around it."""
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()
