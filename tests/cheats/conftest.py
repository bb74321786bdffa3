"""Engines that the tests of this folder share."""

import pytest

from cheats.verifier_engines import VerifierEngines
from prover.lean.process.repl import Repl


@pytest.fixture(scope="session")
async def engines(engine_command):
    """The verifier's two engines."""
    engines = VerifierEngines(engine_command)
    yield engines
    await engines.close()


@pytest.fixture(scope="session")
async def bare_engine(engine_command):
    """An engine without a pool around it."""
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()
