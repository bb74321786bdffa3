"""Engines over a plain REPL: what they pay for, what they wait for, and what ends them."""

import asyncio
import json
import signal
from dataclasses import replace

import endless
import pytest
from processes import children_running
from standins import make_project, path_with, put
from waiting import until

from prover.errors import EngineCrashed, EngineTimeout, StatementError, UnsupportedError
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    TacticCrashed,
    TacticLimits,
    TacticState,
    TacticTimeout,
    run_tac,
)
from prover.lean.native.command import engine_command as native_command
from prover.lean.native.project import find_project
from prover.lean.process.engine import Engine
from prover.lean.process.pool import EnginePool
from prover.lean.process.supervisor import EngineOptions
from prover.lean.theorem import Theorem
from prover.search.goals import GoalClosed, run_tactics, take_apart

pytestmark = pytest.mark.long

EASY = Theorem(name="easy", statement="theorem easy (p q : Prop) (h : p) : p ∨ q")
ENDLESS = Theorem(name="endless", statement="theorem endless : ∀ x : Fin 10000000, x.val < 10000001")
ENDLESS_TACTIC = "decide +kernel"
"""Takes minutes in the kernel, where there are no heartbeats."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    put(folder / "bin", "lake")
    put(folder / "repl" / ".lake" / "build" / "bin", "repl")
    make_project(folder / "project")
    return folder


@pytest.fixture
def native(programs, monkeypatch, engine_command, no_strays):
    """Return how to start an engine of the project."""
    monkeypatch.setenv("PATH", path_with(programs / "bin"))
    return native_command(find_project(programs / "project"), programs / "repl")


def engine_processes():
    return children_running("repl.py")


async def busy(engine):
    """Wait until an engine has computed for a second."""

    def computed():
        family = [engine, *engine.children(recursive=True)]
        return sum(each.cpu_times().user for each in family)

    before = computed()
    await until(lambda: computed() > before + 1)


async def test_states_results_and_branches(native, programs):
    assert native.cwd == programs / "project"
    assert native.env["LEAN_PATH"].startswith(str(programs / "project"))
    async with EnginePool(native, 1) as pool:
        session = await pool.open(EASY)
        left, right, wrong, done = await session.run_tacs(
            session.root, ["left", "right", "omega", "exact Or.inl h"]
        )
        assert isinstance(left, TacticState)
        assert left.pp == "case h\np q : Prop\nh : p\n⊢ p"
        assert isinstance(right, TacticState)
        assert isinstance(wrong, LeanError)
        assert isinstance(done, ProofFinished)
        assert isinstance(await run_tac(session, left, "exact h"), ProofFinished)
        assert isinstance(await run_tac(session, right, "exact h"), LeanError)


async def test_a_tactic_that_uses_up_its_heartbeats_is_a_timeout(native, monkeypatch):
    monkeypatch.setenv("STANDIN_REPL_HEARTBEATS", "1")
    async with EnginePool(native, 1, limits=TacticLimits(seconds=60)) as pool:
        session = await pool.open(EASY)
        result = await run_tac(session, session.root, "have : ∀ x : Fin 200, x.val < 201 := by decide")
        assert isinstance(result, TacticTimeout), result
        assert pool.stats[0].restarts == 0


async def test_a_tactic_that_takes_too_long_ends_its_engine_and_is_blamed(native):
    async with EnginePool(native, 1, limits=TacticLimits(seconds=0.5), grace_s=0.5) as pool:
        session = await pool.open(ENDLESS)
        state = await run_tac(session, session.root, "skip")
        assert isinstance(state, TacticState)
        [late, after] = await session.run_tacs(state, [ENDLESS_TACTIC, "intro x"])
        assert isinstance(late, TacticTimeout)
        assert isinstance(after, TacticState)
        assert pool.stats[0].restarts == 1
        [again] = await session.run_tacs(state, [ENDLESS_TACTIC])
        assert again == late
        assert pool.stats[0].restarts == 1


async def test_an_engine_that_is_killed_in_mid_tactic_is_replaced(native):
    async with EnginePool(native, 1, limits=TacticLimits(seconds=60)) as pool:
        session = await pool.open(ENDLESS)
        state = await run_tac(session, session.root, "intro x")
        for _ in range(2):
            running = asyncio.create_task(run_tac(session, session.root, ENDLESS_TACTIC))
            await until(engine_processes)
            [engine] = engine_processes()
            await busy(engine)
            engine.send_signal(signal.SIGKILL)
            await until(lambda killed=engine: [each for each in engine_processes() if each != killed])
            assert not running.done()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            while engines := engine_processes():
                for engine in engines:
                    engine.kill()
                await asyncio.sleep(0.1)
        assert isinstance(await run_tac(session, state, "omega"), ProofFinished)


async def test_a_tactic_under_which_three_engines_die_is_blamed(native):
    async with EnginePool(native, 1, limits=TacticLimits(seconds=60)) as pool:
        session = await pool.open(ENDLESS)

        async def kill():
            while True:
                await asyncio.sleep(0.2)
                for engine in engine_processes():
                    if (
                        engine.cpu_times().user
                        + sum(child.cpu_times().user for child in engine.children(recursive=True))
                        > 2.0
                    ):
                        engine.kill()

        killer = asyncio.create_task(kill())
        try:
            result = await run_tac(session, session.root, ENDLESS_TACTIC)
        finally:
            killer.cancel()
            await asyncio.gather(killer, return_exceptions=True)
        assert isinstance(result, TacticCrashed)


async def test_a_cancelled_request_is_waited_for_and_costs_no_engine(native):
    """Starting anew would mean to import Mathlib again."""
    slow = "have : ∀ x : Fin 800, x.val < 801 := by decide +kernel"
    async with EnginePool(native, 1, limits=TacticLimits(seconds=600)) as pool:
        session = await pool.open(EASY)
        [before] = engine_processes()
        running = asyncio.create_task(run_tac(session, session.root, slow))
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert isinstance(await run_tac(session, session.root, "exact Or.inl h"), ProofFinished)
        assert engine_processes() == [before]
        assert pool.stats[0].restarts == 0


async def test_imports_are_paid_once_and_shared_by_headers(native, tmp_path, monkeypatch):
    log = tmp_path / "requests"
    monkeypatch.setenv("STANDIN_REPL_LOG", str(log))
    headers = [f"/- {n} -/\nimport Lean\n-- now {n}\nopen Lean\n\n" for n in (1, 1, 2)]
    headers += [f"import Lean\n\nopen Nat\ndef n{n} := {n}\n\n" for n in range(6)]
    async with EnginePool(native, 1) as pool:
        for header in headers:
            session = await pool.open(Theorem(name="t", statement="theorem t : True", header=header))
            assert isinstance(await run_tac(session, session.root, "trivial"), ProofFinished)
            await session.close()
    commands = [json.loads(line).get("cmd", "") for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each for each in commands if "import" in each] == [
        "/- 1 -/\nimport Lean\n",
        "/- 2 -/\nimport Lean\n",
        "import Lean\n",
    ]
    assert commands.count("-- now 1\nopen Lean\n\nset_option maxHeartbeats 200000") == 1


async def test_lines_of_errors_count_from_the_beginning_of_the_file(native):
    header = "import Lean\n\nopen Lean\ndef one : Nat := true\n\n"
    async with EnginePool(native, 1) as pool:
        with pytest.raises(StatementError) as caught:
            await pool.open(Theorem(name="t", statement="theorem t : True", header=header))
        assert caught.value.line == 4


async def test_a_tactic_that_takes_too_much_memory_ends_its_engine(bad_engine, no_strays):
    command = replace(bad_engine(), slow_imports=True)
    options = EngineOptions(
        limits=TacticLimits(seconds=30),
        max_rss_bytes=200 << 20,
        startup_timeout_s=30,
        open_timeout_s=30,
        grace_s=30,
    )
    engine = Engine(command, options)
    await engine.start()
    try:
        opened = await engine.open(Theorem(name="toy", statement="theorem toy : 0 = 0"))
        batch = await engine.apply(opened.proof_state, ["step", "grow 600", "slow 25"])
        assert batch.replies == []
        assert isinstance(batch.failure, EngineCrashed)
        assert "took more than 300 MiB and was ended" in batch.failure.message
    finally:
        await engine.stop()


async def test_goals_are_proved_apart(native):
    """What AND/OR search asks of a session is tactics alone, so any REPL will do."""
    async with EnginePool(native, 1) as pool:
        session = await pool.open(
            Theorem(name="t", statement="theorem t (p q : Prop) (h : p) (k : q) : p ∧ q")
        )
        both = await run_tac(session, session.root, "constructor")
        left, right = await take_apart(session, both, 0)
        assert [part.goals[0].rpartition("⊢ ")[2] for part in (left, right)] == ["p", "q"]
        assert await run_tactics(session, right.state, right.rest, ["exact k"]) == [GoalClosed()]
        await session.close()
        session = await pool.open(Theorem(name="t", statement="theorem t : ∃ n : Nat, n > 3 ∧ n < 10"))
        connected = await run_tac(session, session.root, "constructor")
        assert await take_apart(session, connected, 0) == ()
        await session.close()


async def test_texts_are_elaborated_after_imports_that_are_kept(native):
    wrong = "theorem wrong (a b : Nat) : a ≤ b := by\n  omega"
    async with EnginePool(native, 1) as pool:
        for _ in range(2):
            reply, usage = await pool.elaborate(f"import Init\n\n{wrong}", 60)
            assert [(each["severity"], each["pos"]) for each in reply["messages"]] == [
                ("error", {"line": 4, "column": 2})
            ]
            assert usage.rss_bytes > 0
        reply, _ = await pool.elaborate(wrong, 60)
        assert reply["messages"][0]["pos"]["line"] == 2
        with pytest.raises(UnsupportedError, match="Nothing"):
            await pool.elaborate("import Nothing\n\nexample : 1 = 1 := rfl", 60)
        with pytest.raises(EngineTimeout):
            await pool.elaborate(endless.TEXT, 1)
        reply, _ = await pool.elaborate("import Init\nexample : 1 = 1 := rfl", 60)
        assert not reply.get("messages")
