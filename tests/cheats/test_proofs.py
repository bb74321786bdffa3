"""Every cheat is refused, for its own reason; every honest proof is accepted."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cheats import code, compiler, elaborator, escapes, giving_up, headers, inductives, meaning, texts
from cheats.controls import CONTROLS
from cheats.honest_types import TYPES
from prover.errors import EngineError
from prover.lean.reading.prelude import POCKET_IMPORT
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import ALLOWED_AXIOMS, Certificate, Rejection, RejectionKind, verify

pytestmark = pytest.mark.long

GROUPS = (giving_up, compiler, escapes, meaning, elaborator, texts, headers, code, inductives)
CHEATS = {f"{group.__name__.split('.')[-1]}-{cheat.id}": cheat for group in GROUPS for cheat in group.CHEATS}
BEGINS = re.compile(r"^\s*(?:prelude|module|import)\b", re.MULTILINE)
"""What has to stand at the beginning of a text."""
KINDS = set(RejectionKind) - {RejectionKind.UNKNOWN}
THROUGH_VERIFY = (
    "elaborator-measure-sorry",
    "escapes-exit-hides",
    "elaborator-skip-kernel",
    "headers-prelude-gcd",
    "code-overwrite-library",
    "inductives-stuck-projection",
)


def test_there_are_enough_and_each_is_named_once():
    assert len(CHEATS) == sum(len(group.CHEATS) for group in GROUPS) >= 220
    proofs = {(cheat.header, cheat.statement, cheat.proof) for cheat in CHEATS.values()}
    assert len(proofs) == len(CHEATS)
    assert len({control.id for control in CONTROLS}) == len(CONTROLS) >= 20


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
async def test_a_cheat_is_refused(engines, cheat):
    verdict = await engines.verdict(cheat.theorem, cheat.proof)
    if cheat.spoils:
        await engines.spoil()
    assert not verdict.accepted, cheat.why
    assert cheat.says in verdict.reason
    assert code.ENGINE in verdict.reason or verdict.kind in KINDS


@pytest.mark.parametrize("name", [name for name, cheat in CHEATS.items() if not BEGINS.search(cheat.header)])
async def test_a_cheat_is_refused_over_the_pocket_library(engines, name):
    cheat = CHEATS[name]
    over = replace(cheat.theorem, header=POCKET_IMPORT + cheat.theorem.header)
    verdict = await engines.verdict(over, cheat.proof)
    if cheat.spoils:
        await engines.spoil()
    assert not verdict.accepted, cheat.why


@pytest.mark.parametrize("control", [*CONTROLS, *TYPES], ids=lambda control: control.id)
async def test_an_honest_proof_is_accepted(engines, control):
    verdict = await engines.verdict(control.theorem, control.proof)
    assert verdict.accepted, verdict.reason
    assert set(control.axioms) <= set(verdict.axioms) <= ALLOWED_AXIOMS
    assert verdict.statement


@pytest.mark.parametrize("name", THROUGH_VERIFY)
async def test_a_cheat_is_refused_by_new_engines(engine_command, name):
    cheat = CHEATS[name]
    assert isinstance(await verify(cheat.theorem, cheat.proof, engine_command), Rejection), cheat.why


async def test_an_honest_proof_gets_its_certificate_from_new_engines(engine_command):
    (control,) = (control for control in CONTROLS if control.id == "lemma-of-header")
    assert isinstance(await verify(control.theorem, control.proof, engine_command), Certificate)


async def test_a_proof_that_breaks_the_engine_is_no_proof_and_no_refusal_either(engine_command):
    leaves = Theorem(
        name="foo", statement="theorem foo : True", header="#eval (IO.Process.exit 0 : IO Unit)\n"
    )
    with pytest.raises(EngineError):
        await verify(leaves, "trivial", engine_command)


async def test_a_proof_cannot_touch_the_library_on_the_disk(engines, engine_command):
    """A text with `#eval` once wrote into the installation that all later engines start from."""
    library = Path(engine_command.argv[-1]) / "lib"
    before = {path: path.stat().st_mtime_ns for path in library.iterdir()}
    folder = "/lean/lib/lean"
    for program in (
        f'IO.FS.writeFile "{folder}/Init.olean" ""',
        f'IO.FS.writeFile "{folder}/new.olean" ""',
        f'IO.FS.removeFile "{folder}/Init.olean"',
        f'IO.FS.createDir "{folder}/new"',
        f'IO.FS.removeDirAll "{folder}/Std"',
        f'IO.FS.rename "{folder}/Std.olean" "{folder}/Init.olean"',
        f'(do let h ← IO.FS.Handle.mk "{folder}/Init.olean" .append; h.putStr "x"; h.flush)',
    ):
        await engines.export(f"#eval {program}", "foo")
    assert {path: path.stat().st_mtime_ns for path in library.iterdir()} == before
