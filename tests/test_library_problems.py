"""Theorems of Lean's own library, each where neither it nor what comes after it can be used."""

from __future__ import annotations

import pytest

from prover.errors import InputError
from prover.lean.environment import LeanError, ProofFinished, run_tac
from prover.lean.process.pool import EnginePool
from prover.lean.trust.verify import Certificate, verify
from prover.problems.library import KERNEL, Module, library
from prover.problems.load import load
from prover.util.progress import Quiet

MODULE = "Init.Data.List.Count"


def test_a_module_is_headed_by_its_own_imports_and_what_the_kernel_needs():
    module = Module(name="Init.B", imports=("Init.A", "Init.Tactics"), theorems=("b",))
    first, *imports = module.header.split("\n")
    assert first == "prelude"
    assert imports == [
        *(f"import {each}" for each in sorted(["Init.A", "Init.Tactics", *KERNEL])),
        *("", ""),
    ]


def test_without_an_engine_the_library_cannot_be_read():
    with pytest.raises(InputError, match="only be read with an engine"):
        load("library:Init", progress=Quiet())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def problems(home, engine_command, monkeypatch):
    """The problems of one module, read once and then from the cache."""
    monkeypatch.setenv("PROVER_HOME", str(home))
    return library(MODULE, command=engine_command, progress=Quiet())


@pytest.mark.slow
class TestLibrary:
    def test_most_theorems_of_a_module_are_problems(self, problems):
        assert len(problems) > 20
        found = {each.name: each for each in problems}
        one = found["List.count_append"]
        assert one.source == MODULE
        assert one.header.startswith("prelude\nimport ")
        assert MODULE not in one.header.split()
        assert one.statement.startswith("theorem List.count_append.{u_1} {α : Type u_1} [BEq α]")

    def test_what_has_been_read_is_kept(self, problems, home, engine_command, monkeypatch):
        monkeypatch.setenv("PROVER_HOME", str(home))
        broken = type(engine_command)(argv=engine_command.argv, env={"PATH": "/nowhere"}, stack_bytes=-1)
        assert library(MODULE, command=broken, progress=Quiet()) == problems

    def test_modules_that_are_not_there(self, home, engine_command, monkeypatch, problems):
        monkeypatch.setenv("PROVER_HOME", str(home))
        with pytest.raises(InputError, match=r"no module Init\.Nowhere"):
            library("Init.Nowhere", command=engine_command, progress=Quiet())

    async def test_neither_a_theorem_nor_its_neighbours_are_in_reach(
        self, problems_in_thread, engine_command
    ):
        (one,) = [each for each in problems_in_thread if each.name == "List.count_nil"]
        async with EnginePool(engine_command, size=1) as pool:
            session = await pool.open(one.theorem(core=True))
            for name in ("List.count_nil", "List.countP_nil", "List.count_append"):
                result = await run_tac(session, session.root, f"exact {name}")
                assert isinstance(result, LeanError)
                assert "nknown" in result.error
            assert isinstance(await run_tac(session, session.root, "rfl"), ProofFinished)

    async def test_a_proof_of_it_is_verified(self, problems_in_thread, engine_command):
        (one,) = [each for each in problems_in_thread if each.name == "List.count_nil"]
        verdict = await verify(one.theorem(core=True), "rfl", engine_command)
        assert isinstance(verdict, Certificate)


@pytest.fixture
async def problems_in_thread(home, engine_command, monkeypatch):
    """The same for tests inside an event loop."""
    import asyncio

    monkeypatch.setenv("PROVER_HOME", str(home))
    return await asyncio.to_thread(library, MODULE, command=engine_command, progress=Quiet())


class TestPocketLemmas:
    def test_every_theorem_stands_behind_what_precedes_it_alone(self):
        problems = load("library:Pocket", progress=Quiet())
        assert len(problems) > 500
        one = next(each for each in problems if each.name == "Set.mem_compl_iff")
        assert (
            one.statement == "@[simp, grind =] theorem mem_compl_iff (s : Set α) (x : α) : x ∈ sᶜ ↔ ¬ x ∈ s"
        )
        assert one.source == "Pocket.Set"
        assert "theorem symm_apply_apply" in one.header
        assert "mem_compl_iff" not in one.header
        assert "theorem mem_setOf_eq" not in one.header
        assert one.theorem(core=True, pocket=True).header == one.header

    def test_private_theorems_are_no_problems(self):
        names = {each.name for each in load("library:Pocket.Order", progress=Quiet())}
        assert {"mul_pos", "add_nonneg", "div_le_iff₀"} < names
        assert "div_mul_right_comm" not in names

    def test_files_that_are_not_there(self):
        with pytest.raises(InputError, match=r"no file Pocket\.Nowhere") as refused:
            load("library:Pocket.Nowhere", progress=Quiet())
        assert "Pocket.Order" in refused.value.advice

    @pytest.mark.long
    async def test_neither_a_theorem_nor_what_follows_is_in_reach(self, engine_command):
        problems = load("library:Pocket.Set", progress=Quiet())
        one = next(each for each in problems if each.name == "Set.mem_compl_iff")
        async with EnginePool(engine_command, size=1) as pool:
            session = await pool.open(one.theorem(core=True, pocket=True))
            for name in ("Set.mem_compl_iff s x", "Set.mem_setOf_eq ▸ Iff.rfl", "mul_pos"):
                result = await run_tac(session, session.root, f"exact {name}")
                assert isinstance(result, LeanError)
                assert "nknown" in result.error
            assert isinstance(await run_tac(session, session.root, "exact Iff.rfl"), ProofFinished)
        verdict = await verify(one.theorem(core=True, pocket=True), "exact Iff.rfl", engine_command)
        assert isinstance(verdict, Certificate)
