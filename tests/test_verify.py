"""The verifier: what it believes an engine, and what it makes Lean find out."""

import asyncio
import gc
import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from processes import children_running
from waiting import until

from prover.errors import EngineCrashed, EngineError
from prover.lean.environment import TacticState
from prover.lean.process.pool import EnginePool
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import (
    Certificate,
    KernelVerifier,
    Rejection,
    RejectionKind,
    axiom_rejection,
    verify,
)

THEOREM = Theorem(
    name="Foo.sum_lt",
    header="namespace Foo\n\ndef twice (n : Nat) := n + n\n\n",
    statement="theorem sum_lt (a b : Nat) (h : a < b) : twice a < twice b",
)
TRUE = Theorem(name="t", statement="theorem t : True")
FALSE = Theorem(name="f", statement="theorem f : False")

pytestmark = pytest.mark.usefixtures("no_strays")


async def test_a_certificate_says_what_was_checked(engine_command):
    proof = "unfold twice\n-- sorry, not so elegant: native_decide\nomega"
    certificate = await verify(THEOREM, proof, engine_command)
    assert isinstance(certificate, Certificate)
    assert certificate.theorem == "Foo.sum_lt"
    assert certificate.statement == "∀ (a b : Nat), a < b → twice a < twice b"
    assert set(certificate.axioms) <= {"propext", "Quot.sound", "Classical.choice"}
    assert certificate.lean_version is not None
    assert certificate.lean_version.startswith("4.28.0")
    assert certificate.sha256 == hashlib.sha256(THEOREM.file_with_proof(proof).encode()).hexdigest()
    assert certificate.time_s > 0


RAN = "\n".join(
    [
        "run_tac do",
        "  Lean.modifyEnv fun env => (Lean.Environment.addDecl env {} (.axiomDecl",
        "    { name := `planted, levelParams := [], type := .const ``False [], isUnsafe := false })).toOption.getD env",
        "exact planted",
    ]
)
"""A proof that brings code along."""


async def test_the_searching_engine_may_elaborate_but_never_judges(engine_command):
    async with (
        EnginePool(engine_command, size=1) as pool,
        KernelVerifier(engine_command, lender=pool) as verifier,
    ):
        session = await pool.open(THEOREM)
        assert isinstance(await verifier.verify(THEOREM, "unfold twice\nomega"), Certificate)
        for proof in ("exact nonsense", "trivial", RAN, "exact absurd rfl (by decide)"):
            assert isinstance(await verifier.verify(FALSE, proof), Rejection)
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        [unfolded] = await session.run_tacs(session.root, ["unfold twice"])
        assert isinstance(unfolded, TacticState)


async def test_of_a_lender_only_the_export_is_asked(engine_command):
    asked = []

    class Lender:
        """Records what it is asked, and lends the real engines."""

        @asynccontextmanager
        async def lend(self, timeout_s):
            async with pool.lend(timeout_s) as ask:

                async def recorded(request):
                    asked.extend(request)
                    return await ask(request)

                yield recorded

    async with (
        EnginePool(engine_command, size=1) as pool,
        KernelVerifier(engine_command, lender=Lender()) as verifier,
    ):
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
    assert asked == ["export"]


async def test_the_axioms_are_listed(engine_command):
    theorem = Theorem(name="t", statement="theorem t (p q : Prop) (h : p ↔ q) : p = q")
    certificate = await verify(theorem, "exact propext h", engine_command)
    assert isinstance(certificate, Certificate)
    assert certificate.axioms == ("propext",)


@pytest.mark.parametrize(
    ("theorem", "proof"),
    [
        (TRUE, "exact nonsense"),
        (THEOREM, "unfold twice"),
        (THEOREM, "simp"),
        (FALSE, "exact (by sor\u200bry)"),
        (FALSE, "exact absurd rfl (by decide)"),
        (FALSE, "trivial\n\nend\naxiom cheat : False"),
        (Theorem(name="other", statement="theorem t : True"), "trivial"),
        (Theorem(name="f", statement="theorem f : nowhere.x = 1"), "rfl"),
    ],
)
async def test_lean_decides(engine_command, theorem, proof):
    verdict = await verify(theorem, proof, engine_command)
    assert isinstance(verdict, Rejection)
    assert verdict.message


@pytest.mark.parametrize(
    "proof",
    [
        "sorry",
        "exact (by admit)",
        "native_decide",
        "exact Lean.«sorryAx» _ false",
        "exact Lean.ofReduceBool _ _ rfl",
        "set_option debug.skipKernelTC true in decide",
        "trivial\n\naxiom cheat : False",
        "exact ('\"', sorry)",
        "/- /- -/ -/ sorry",
    ],
)
async def test_obvious_cheats_are_named_without_asking_lean(bad_engine, proof):
    verdict = await verify(FALSE, proof, bad_engine(start="die"))
    assert isinstance(verdict, Rejection)
    assert verdict.message.startswith("the proof uses `")


@pytest.mark.parametrize(
    "proof",
    [
        "trivial -- sorry",
        "trivial /- sorry -- /- admit -/ sorry -/",
        "trivial -- /-\n-- sorry",
        'exact foo "sorry \\" admit"',
        "exact foo '\"' -- sorry",
        "exact sorry' admitted axioms.debug",
    ],
)
async def test_words_that_are_no_cheats_are_left_to_lean(bad_engine, proof):
    assert isinstance(await verify(TRUE, proof, bad_engine()), Certificate)


async def test_half_a_character(bad_engine):
    assert isinstance(await verify(TRUE, "exact '\ud800'", bad_engine()), Rejection)


async def test_what_an_engine_may_answer(bad_engine):
    assert await verify(TRUE, "refused", bad_engine()) == Rejection(
        RejectionKind.UNKNOWN, "the kernel refuses it"
    )
    assert await verify(TRUE, "liar", bad_engine()) == axiom_rejection("mine")


async def test_a_broken_engine_says_nothing_about_the_proof(bad_engine):
    with pytest.raises(EngineCrashed, match="no Lean today"):
        await verify(TRUE, "trivial", bad_engine(start="die"))
    with pytest.raises(EngineCrashed, match="broke over the check"):
        await verify(TRUE, "fatal", bad_engine())
    with pytest.raises(EngineError, match="chekc"):
        await verify(TRUE, "babble", bad_engine())
    with pytest.raises(EngineError, match="not built yet"):
        await verify(TRUE, "trivial", bad_engine(extensions="tactics"))


SPREADING = r"""run_tac do
  let lemma := Lean.mkConst ``True
  Lean.addDecl (.axiomDecl { name := `prover_lie, levelParams := [], type := Lean.mkConst ``False, isUnsafe := false })
exact prover_lie"""


async def test_no_check_leaves_anything_for_the_next(engine_command):
    alone = await verify(THEOREM, "unfold twice\nomega", engine_command)
    async with KernelVerifier(engine_command) as verifier:
        for proof in (SPREADING, "exact prover_lie", "omega"):
            assert isinstance(await verifier.verify(FALSE, proof), Rejection)
        again = [await verifier.verify(THEOREM, "unfold twice\nomega") for _ in range(2)]
        assert isinstance(await verifier.verify(FALSE, "exact prover_lie"), Rejection)
    assert isinstance(alone, Certificate)
    for each in again:
        assert isinstance(each, Certificate)
        assert replace(each, time_s=0) == replace(alone, time_s=0)


async def test_processes_are_used_again_until_one_breaks(bad_engine, tmp_path):
    log = tmp_path / "log"

    def pids():
        return {json.loads(line)["pid"] for line in log.read_text().splitlines()}

    async with KernelVerifier(bad_engine(extensions="export,check,reset", log=log)) as verifier:
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        assert len(pids()) == 2
        with pytest.raises(EngineCrashed):
            await verifier.verify(TRUE, "fatal")
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        assert len(pids()) == 3


async def test_both_engines_are_started_ahead_and_made_new_at_once(bad_engine, tmp_path):
    log = tmp_path / "log"
    async with KernelVerifier(bad_engine(extensions="export,check,reset", log=log)) as verifier:
        await until(lambda: len(children_running("bad_engine.py")) == 2)
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        await until(lambda: log.read_text().count('"reset"') == 2)


async def test_an_engine_that_dies_while_nobody_asks_is_replaced(engine_command):
    before = set(children_running("host.mjs"))
    async with KernelVerifier(engine_command) as verifier:
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)
        engines = set(children_running("host.mjs")) - before
        for engine in engines:
            engine.kill()
        await until(lambda: not any(engine.is_running() for engine in engines))
        assert isinstance(await verifier.verify(TRUE, "trivial"), Certificate)


@pytest.mark.parametrize("seconds", [0, 0.05, 0.3, 3])
async def test_closing_leaves_nothing_of_what_was_being_started(engine_command, seconds):
    async with KernelVerifier(engine_command):
        await asyncio.sleep(seconds)


async def test_a_failed_start_is_told_to_those_who_ask(bad_engine, caplog):
    async with KernelVerifier(bad_engine(start="die")) as verifier:
        for _ in range(2):
            with pytest.raises(EngineCrashed, match="no Lean today"):
                await verifier.verify(TRUE, "trivial")
    async with KernelVerifier(bad_engine(start="die")):
        await asyncio.sleep(1)
    gc.collect()
    assert not caplog.records
