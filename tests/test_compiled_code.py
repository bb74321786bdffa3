"""The compiled code that an installation keeps, and going without it."""

import dataclasses
from pathlib import Path

import pytest

from prover.lean.doctor import smoke_test
from prover.lean.embedded.install import ensure_installed
from prover.util.progress import Quiet

CODE = "lean.code"


@pytest.fixture(scope="module")
def installation():
    return ensure_installed(Quiet())


def with_code(installation, folder: Path, code: bytes | None):
    """The same installation with other compiled code, or with none."""
    for path in installation.root.iterdir():
        if path.name != CODE:
            (folder / path.name).symlink_to(path)
    if code is not None:
        (folder / CODE).write_bytes(code)
    return dataclasses.replace(installation, root=folder)


async def test_an_engine_begins_with_the_code_that_was_compiled_at_its_installation(installation):
    assert (installation.root / CODE).stat().st_size > 10_000_000
    figures = await smoke_test(installation.engine_command())
    assert figures.code_kept is True


async def test_a_stack_of_another_size_makes_no_difference(installation):
    command = installation.engine_command()
    plain = tuple(argument for argument in command.argv if not argument.startswith("--stack-size"))
    figures = await smoke_test(dataclasses.replace(command, argv=plain, stack_bytes=None))
    assert figures.code_kept is True


@pytest.mark.parametrize("code", [None, b"", b"code of another V8" * 1000])
async def test_without_code_that_fits_an_engine_compiles_as_it_goes(installation, tmp_path, code):
    figures = await smoke_test(with_code(installation, tmp_path, code).engine_command())
    assert figures.code_kept is False
