"""The pool and its sessions: what goes wrong with a misbehaving engine, what goes right with Lean."""

import asyncio
import contextlib
import itertools
import json
import random

import psutil
import pytest
from processes import children_running

from prover.errors import (
    EngineCrashed,
    EngineError,
    InputError,
    SetupError,
    StatementError,
    UnsupportedError,
)
from prover.lean.environment import (
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticCrashed,
    TacticLimits,
    TacticState,
    TacticTimeout,
    run_tac,
)
from prover.lean.process.command import EngineCommand
from prover.lean.process.engine import DROP_BATCH
from prover.lean.process.environments import HEADERS_KEPT
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import Repl
from prover.lean.reading.source import read_text, theorem_from_text
from prover.lean.theorem import Theorem

TOY = Theorem(name="toy", statement="theorem toy : 0 = 0")
STEPS = [f"step {i}" for i in range(20)]


def requests(log, kind):
    if not log.exists():
        return []
    return [message for message in map(json.loads, log.read_text().splitlines()) if kind in message]


def engine_processes():
    return children_running("bad_engine")


@contextlib.asynccontextmanager
async def killing_engines(pool):
    """Kill one of the processes that have been started meanwhile whenever some more tactics have been run."""
    spared, killed, rng = {child.pid for child in psutil.Process().children()}, [], random.Random(1)

    def tactics():
        return sum(stats.tactics for stats in pool.stats)

    async def kill():
        enough = rng.randint(20, 50)
        while True:
            await asyncio.sleep(0.01)
            victims = [child for child in psutil.Process().children() if child.pid not in spared]
            if victims and tactics() >= enough:
                victim = rng.choice(victims)
                victim.kill()
                killed.append(victim.pid)
                enough = tactics() + rng.randint(20, 50)

    killer = asyncio.create_task(kill())
    try:
        yield killed
    finally:
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)


@pytest.fixture
def toy_pool(bad_engine, no_strays):
    """Make pools of misbehaving engines, which are closed at the end of a `with`."""

    @contextlib.asynccontextmanager
    async def make(size=2, *, pool_settings=None, **settings):
        pool_settings = {"limits": TacticLimits(seconds=0.2), "grace_s": 1.0} | (pool_settings or {})
        async with EnginePool(bad_engine(**settings), size, **pool_settings) as pool:
            yield pool

    return make


async def results_of(pool, tactics, theorem=TOY):
    session = await pool.open(theorem)
    results = await session.run_tacs(session.root, tactics)
    await session.close()
    return results


def seen(results):
    """The results with everything in them, the goals too, which equality of states leaves out."""
    return [(r, r.goals) if isinstance(r, TacticState) else r for r in results]


async def test_outcomes(toy_pool):
    tactics = ["step", "fail", "exhaust", "give up", "error", "sorry", "done", "step"]
    async with toy_pool(size=1) as pool:
        results = await results_of(pool, tactics)
        assert [type(r) for r in results] == [
            TacticState,
            LeanError,
            TacticTimeout,
            ProofGivenUp,
            LeanError,
            LeanError,
            ProofFinished,
        ]
        assert results[1] == LeanError("fail failed")
        assert results[4] == LeanError("Error: kernel")
        assert results[5] == LeanError("refused: `sorry` gives up")
        assert pool.stats[0].restarts == 0
        assert pool.stats[0].tactics == 6
        assert pool.stats[0].lean_s > 0


async def test_nothing_starts_before_it_is_needed(toy_pool):
    async with toy_pool() as pool:
        assert not engine_processes()
        await pool.open(TOY)
        assert len(engine_processes()) == 1


@pytest.mark.parametrize("extensions", ["tactics,limits,drop", "none"])
async def test_results_do_not_depend_on_the_engines(toy_pool, extensions):
    async def explore(size, chunk):
        found = []
        async with toy_pool(size, pool_settings={"chunk": chunk}, extensions=extensions) as pool:
            session = await pool.open(TOY)
            state = session.root
            for depth in range(4):
                results = await session.run_tacs(state, [*STEPS[:9], "slow 0.02", "fail", *STEPS[9:]])
                found += seen(results)
                state = results[depth]
        return found

    expected = await explore(1, 100)
    assert await explore(3, 2) == expected
    assert await explore(2, 1) == expected


async def test_the_first_finish_wins_and_the_rest_is_dropped(toy_pool, tmp_path):
    log = tmp_path / "log"
    tactics = ["slow 0.1", "slow 0.1 again", "done", "step after", "done at once", *STEPS, "slow 0.15"]
    async with toy_pool(3, pool_settings={"chunk": 2}, log=log) as pool:
        session = await pool.open(TOY)
        results = await session.run_tacs(session.root, tactics)
        assert [type(r) for r in results] == [TacticState, TacticState, ProofFinished]
        later = await session.run_tacs(results[1], ["step"])
        assert later[0].id == len(tactics) + 1
    sent = [tactic for request in requests(log, "tactics") for tactic in request["tactics"]]
    assert "slow 0.15" not in sent


async def test_states_belong_to_their_session(toy_pool):
    async with toy_pool(1) as pool:
        session = await pool.open(TOY)
        await session.close()
        with pytest.raises(ValueError, match="closed"):
            await session.run_tacs(session.root, ["step"])
        other = await pool.open(TOY)
        with pytest.raises(ValueError, match="not one of this session's"):
            await other.run_tacs(TacticState(5, ("x",)), ["step"])
        assert await other.run_tacs(other.root, []) == []


async def test_a_discarded_state_can_be_used_again(toy_pool, tmp_path):
    log = tmp_path / "log"
    async with toy_pool(1, log=log) as pool:
        session = await pool.open(TOY)
        [a] = await session.run_tacs(session.root, ["step a"])
        [b] = await session.run_tacs(a, ["step b"])
        [before] = await session.run_tacs(b, ["step c"])
        session.discard([session.root, a, b])
        [after] = await session.run_tacs(b, ["step c"])
        assert after.goals == before.goals
    assert [r["tactics"] for r in requests(log, "tactics")][-3:] == [["step a"], ["step b"], ["step c"]]


async def test_states_are_dropped_in_batches(toy_pool, tmp_path):
    log = tmp_path / "log"
    async with toy_pool(1, log=log) as pool:
        for _ in range(3):
            await results_of(pool, [f"step {i}" for i in range(DROP_BATCH)])
        assert len(requests(log, "drop")) == 2
        dropped = {state for r in requests(log, "drop") for state in r["drop"]["proofStates"]}
        assert len(dropped) == 2 * (DROP_BATCH + 1)


async def test_a_header_is_elaborated_once_for_many_theorems(toy_pool, tmp_path):
    log = tmp_path / "log"
    header = "open Nat"
    async with toy_pool(1, log=log) as pool:
        for i in range(5):
            await pool.open(Theorem(name=f"t{i}", statement=f"theorem t{i} : True", header=header))
        assert sum(r["cmd"] == "open Nat\n" for r in requests(log, "cmd")) == 1
        for i in range(HEADERS_KEPT):
            await pool.open(Theorem(name="t", statement="theorem t : True", header=f"open N{i}"))
        await pool.open(Theorem(name="t", statement="theorem t : True", header=header))
        assert sum(r["cmd"] == "open Nat\n" for r in requests(log, "cmd")) == 2


async def test_statements_that_cannot_be_opened(toy_pool):
    def theorem(statement, header=""):
        return Theorem(name="t", statement=statement, header=header)

    async with toy_pool(1) as pool:
        with pytest.raises(StatementError, match="it is wrong") as caught:
            await pool.open(theorem("theorem t :\n  wrong", header="open Nat\n\n-- a comment"))
        assert (caught.value.line, caught.value.column) == (5, 2)
        with pytest.raises(StatementError, match="it is wrong") as caught:
            await pool.open(theorem("theorem t : True", header="open Nat\ndef wrong := 1\n"))
        assert (caught.value.line, caught.value.column) == (2, 4)
        with pytest.raises(StatementError, match="it has 2 gaps"):
            await pool.open(theorem("theorem s : False := by\n  sorry\ntheorem t : True"))
        with pytest.raises(UnsupportedError, match="Missing"):
            await pool.open(theorem("theorem t : True", header="import Missing"))
        await pool.open(TOY)
        assert pool.stats[0].restarts == 0


async def test_a_statement_that_ends_every_engine(toy_pool):
    async with toy_pool(2) as pool:
        with pytest.raises(EngineCrashed, match="exit code 7"):
            await pool.open(Theorem(name="t", statement="theorem t : dies"))
        await pool.open(TOY)


@pytest.mark.parametrize("extensions", ["tactics,limits,drop", "none"])
@pytest.mark.parametrize(
    ("culprit", "verdict"), [("die", TacticCrashed), ("fatal", TacticCrashed), ("hang", TacticTimeout)]
)
async def test_a_culprit_is_found_and_not_tried_again(toy_pool, tmp_path, extensions, culprit, verdict):
    log = tmp_path / "log"
    tactics = [*STEPS[:3], culprit, *STEPS[3:6], "fail"]
    async with toy_pool(2, extensions=extensions, log=log) as pool:
        session = await pool.open(TOY)
        results = await session.run_tacs(session.root, tactics)
        assert isinstance(results.pop(3), verdict)
        assert [type(r) for r in results] == [TacticState] * 6 + [LeanError]
        deaths = sum(stats.restarts for stats in pool.stats)
        again = await session.run_tacs(session.root, [culprit, "step"])
        assert isinstance(again[0], verdict)
        assert isinstance(again[1], TacticState)
        assert sum(stats.restarts for stats in pool.stats) <= deaths + 1  # one may have been under way
        await session.run_tacs(results[0], ["step"])


@pytest.mark.parametrize("accident", ["die", "fatal"])
async def test_one_strike_is_forgiven(toy_pool, tmp_path, accident):
    """An engine that dies once under a tactic may have been killed from outside."""
    tactics = ["step 1", f"{accident} {tmp_path}/marker", "step 2"]
    async with toy_pool(1) as pool:
        disturbed = seen(await results_of(pool, tactics))
        assert pool.stats[0].restarts == 1
        assert seen(await results_of(pool, tactics)) == disturbed
        assert all(isinstance(state, TacticState) for state, _ in disturbed)
        assert pool.stats[0].restarts == 1


async def test_killing_engines_at_random_changes_nothing(toy_pool):
    async def explore(pool):
        found = []
        session = await pool.open(TOY)
        state = session.root
        for depth in range(12):
            tactics = [*STEPS, "fail", *(f"slow 0.01 {i}" for i in range(12))]
            results = await session.run_tacs(state, tactics)
            found += seen(results)
            state = results[depth]
        return found

    async with toy_pool(2, pool_settings={"chunk": 4}) as pool:
        expected = await explore(pool)
    async with toy_pool(2, pool_settings={"chunk": 4}) as pool, killing_engines(pool) as killed:
        disturbed = await explore(pool)
    assert len(killed) > 3
    assert disturbed == expected


async def test_an_engine_killed_while_idle(toy_pool):
    async with toy_pool(1) as pool:
        session = await pool.open(TOY)
        [state] = await session.run_tacs(session.root, ["step"])
        engine_processes()[0].kill()
        await asyncio.sleep(0.2)
        assert isinstance((await session.run_tacs(state, ["step"]))[0], TacticState)
        assert pool.stats[0].restarts == 1


async def test_an_engine_that_outgrows_its_memory_is_replaced(toy_pool):
    async with toy_pool(1) as pool:
        session = await pool.open(TOY)
        enough = engine_processes()[0].memory_info().rss + (30 << 20)
    async with toy_pool(1, pool_settings={"max_rss_bytes": enough}) as pool:
        session = await pool.open(TOY)
        [state] = await session.run_tacs(session.root, ["step"])
        assert pool.stats[0].restarts == 0
        expected = seen(await session.run_tacs(state, STEPS))
        fat = await session.run_tacs(state, ["grow 60"])
        assert isinstance(fat[0], TacticState)
        results = await session.run_tacs(state, STEPS)
        assert [goals for _, goals in seen(results)] == [goals for _, goals in expected]
        assert pool.stats[0].restarts == 1


async def test_an_engine_too_big_from_the_start(toy_pool):
    async with toy_pool(1, pool_settings={"max_rss_bytes": 1 << 20}) as pool:
        with pytest.raises(SetupError, match="more than the 1 MiB"):
            await pool.open(TOY)


async def test_a_replay_that_goes_another_way_is_an_error(toy_pool):
    async with toy_pool(1) as pool:
        session = await pool.open(TOY)
        [state] = await session.run_tacs(session.root, ["moody"])
        engine_processes()[0].kill()
        await asyncio.sleep(0.2)
        with pytest.raises(EngineError, match="replaying 'moody' in toy gave"):
            await session.run_tacs(state, ["step"])


@pytest.mark.parametrize("start", ["die", "babble"])
async def test_an_engine_that_cannot_be_started(toy_pool, start):
    async with toy_pool(2, start=start) as pool:
        opening = [pool.open(TOY) for _ in range(3)]
        errors = await asyncio.gather(*opening, return_exceptions=True)
        assert all(isinstance(error, EngineCrashed) for error in errors)
        assert "3 times in a row" in errors[0].message
        assert ("no Lean today" in errors[0].message) == (start == "die")


async def test_a_program_that_is_not_there():
    async with EnginePool(EngineCommand(("/nonexistent/lean",)), 1) as pool:
        with pytest.raises(SetupError):
            await pool.open(TOY)


async def test_sessions_at_the_same_time(toy_pool):
    async def explore(pool, number):
        session = await pool.open(
            Theorem(name="t", statement="theorem t : True", header=f"open N{number % 3}")
        )
        state, found = session.root, []
        for _ in range(5):
            results = await session.run_tacs(state, [f"step {number}", "fail", *STEPS])
            found += seen(results)
            state = results[0]
        await session.close()
        return found

    async with toy_pool(1) as pool:
        one_by_one = [await explore(pool, number) for number in range(8)]
    async with toy_pool(3, pool_settings={"chunk": 5}) as pool:
        together = await asyncio.gather(*(explore(pool, number) for number in range(8)))
    assert together == one_by_one


async def test_nobody_waits_for_ever(toy_pool):
    """A session that finds its states on the engine again and again does not keep another one out."""
    async with toy_pool(1) as pool:
        greedy, modest = await pool.open(TOY), await pool.open(TOY)
        done = []

        async def ask_again_and_again():
            for _ in range(20):
                await greedy.run_tacs(greedy.root, ["slow 0.01"])
                done.append("greedy")

        async def ask_once():
            await modest.run_tacs(modest.root, ["step"])
            done.append("modest")

        await asyncio.gather(ask_again_and_again(), ask_again_and_again(), ask_once())
        assert done.index("modest") <= 3


async def test_cancelling_a_search_frees_the_engine_for_the_next(toy_pool):
    async with toy_pool(1, pool_settings={"grace_s": 3600.0}) as pool:
        session = await pool.open(TOY)
        task = asyncio.create_task(session.run_tacs(session.root, ["hang"]))
        waiting = asyncio.create_task(session.run_tacs(session.root, ["step"]))
        await asyncio.sleep(0.2)
        waiting.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(await run_tac(session, session.root, "step"), TacticState)
        assert len(engine_processes()) == 1


async def test_closing_a_pool_in_use(toy_pool):
    async with toy_pool(1, pool_settings={"grace_s": 30.0}) as pool:
        session = await pool.open(TOY)
        busy = [asyncio.create_task(session.run_tacs(session.root, [t])) for t in ("hang", "step", "step")]
        await asyncio.sleep(0.2)
        await pool.close()
        errors = await asyncio.gather(*busy, return_exceptions=True)
        assert all(isinstance(error, EngineError) for error in errors)
        with pytest.raises(EngineError, match="closed"):
            await pool.open(TOY)


@pytest.mark.parametrize("settings", [{"size": 0}, {"size": 1, "chunk": 0}])
def test_settings_without_sense(settings):
    with pytest.raises(ValueError, match="at least one"):
        EnginePool(EngineCommand(("lean",)), **settings)


# With Lean.

SQUEEZE = Theorem(
    name="squeeze",
    header="open Nat\n\ndef twice (n : Nat) := n + n\n",
    statement="theorem squeeze (a b c : Nat) (h : a < b) (k : b < c) : twice a + 1 < twice c ∧ 0 < c",
)
LEAN_TACTICS = [
    "constructor",
    "refine ⟨?_, ?_⟩",
    "omega",
    "unfold twice",
    "simp",
    "simp [twice]",
    "cases h",
    "cases c with\n  | zero => contradiction\n  | succ n => skip",
    "exact ⟨by unfold twice; omega, ?_⟩",
    "rcases k with _ | k",
    "exact nonsense",
    "this is no tactic",
    "have : 0 < c := by omega",
    "apply And.intro",
    "induction c",
    "by_cases e : a = 0",
    "exact sorry",
    "grind",
]


async def explore_with_lean(pool, theorem=SQUEEZE, width=6):
    """Three levels of a search, with everything Lean says."""
    session = await pool.open(theorem)
    level, found = [session.root], []
    for _ in range(3):
        answers = await asyncio.gather(*(session.run_tacs(state, LEAN_TACTICS) for state in level))
        found += [seen(results) for results in answers]
        level = [r for results in answers for r in results if isinstance(r, TacticState)][:width]
    await session.close()
    return found


async def test_a_proof(lean_pool):
    session = await lean_pool.open(SQUEEZE)
    assert session.root.pp == ("a b c : Nat\nh : a < b\nk : b < c\n⊢ twice a + 1 < twice c ∧ 0 < c")
    state = await run_tac(session, session.root, "constructor")
    assert isinstance(state, TacticState)
    assert [goal.splitlines()[-1] for goal in state.goals] == ["⊢ twice a + 1 < twice c", "⊢ 0 < c"]
    refused, gave_up, state = await session.run_tacs(
        state, ["exact nonsense", "all_goals (first | omega | skip)", "unfold twice"]
    )
    assert isinstance(refused, LeanError)
    assert "nonsense" in refused.error
    assert isinstance(gave_up, TacticState)
    assert isinstance(state, TacticState)
    results = await session.run_tacs(state, ["omega", "all_goals omega", "grind"])
    assert isinstance(results[-1], ProofFinished)
    await session.close()


async def test_statements_that_lean_refuses(lean_pool):
    def theorem(statement, header=""):
        return Theorem(name="t", statement=statement, header=header)

    with pytest.raises(StatementError, match="nowhere") as caught:
        await lean_pool.open(theorem("theorem t :\n    1 = nowhere.x", header="open Nat\n\n-- two\n"))
    assert (caught.value.line, caught.value.column) == (5, 8)
    with pytest.raises(StatementError) as caught:
        await lean_pool.open(theorem("theorem t : True", header="def x : Nat := 1\ndef y : Nat := z"))
    assert (caught.value.line, caught.value.column) == (2, 15)
    with pytest.raises(StatementError, match="expected one theorem"):
        await lean_pool.open(theorem("theorem s : False := by sorry\ntheorem t : True"))
    with pytest.raises(StatementError):
        await lean_pool.open(theorem("theorem t : True := trivial"))
    with pytest.raises(UnsupportedError, match="Physlib"):
        await lean_pool.open(theorem("theorem t : True", header="import Physlib\n"))


@pytest.mark.long
async def test_lean_gives_the_same_results_on_any_engine(engine_command, lean_pool):
    expected = await explore_with_lean(lean_pool)
    assert sum(isinstance(r, tuple) for results in expected for r in results) > 20
    async with EnginePool(engine_command, 2, chunk=3) as pool:
        assert await asyncio.gather(*(explore_with_lean(pool) for _ in range(3))) == [expected] * 3


@pytest.mark.long
async def test_killing_lean_at_random_changes_nothing(engine_command, no_strays):
    async with EnginePool(engine_command, size=2) as undisturbed:
        expected = await explore_with_lean(undisturbed)
    async with EnginePool(engine_command, 2, chunk=3) as pool, killing_engines(pool) as killed:
        while len(killed) < 4:
            disturbed = await explore_with_lean(pool)
            pairs = zip(itertools.chain(*disturbed), itertools.chain(*expected), strict=True)
            assert [pair for pair in pairs if pair[0] != pair[1]] == []


async def test_an_engine_can_be_asked_first_and_searched_with_then(engine_command):
    async with EnginePool(engine_command, size=1) as pool:
        async with pool.reading(60) as reader:
            theorem = await theorem_from_text(reader.ask, "1 + 1 = 2")
        session = await pool.open(theorem)
        assert isinstance(await run_tac(session, session.root, "rfl"), ProofFinished)
        assert pool.stats[0].restarts == 0


@pytest.fixture
def wire(monkeypatch):
    """Every request that any engine is sent."""
    sent = []
    request = Repl.request

    async def recorded(self, message, timeout_s):
        sent.append(message)
        return await request(self, message, timeout_s)

    monkeypatch.setattr(Repl, "request", recorded)
    return sent


@pytest.mark.parametrize(("times", "elaborated"), [(1, 0), (2, 2)])
async def test_a_goal_that_was_elaborated_when_it_was_read_is_not_elaborated_again(
    engine_command, times, elaborated, wire
):
    """Only the first time that it is opened; then its header and its statement are, to the same goal."""
    async with EnginePool(engine_command, size=1) as pool:
        async with pool.reading(60) as reader:
            reading = await read_text(reader.ask, "open Nat in theorem t (n : Nat) : n + 0 = n")
            reader.keep_open(reading.theorem, reading.opened)
        sessions = []
        del wire[:]
        for _ in range(times):
            sessions.append(await pool.open(reading.theorem))
        assert ["cmd" in request for request in wire] == [True] * elaborated
        assert {session.root.goals for session in sessions} == {("n : ℕ\n⊢ n + 0 = n",)}
        for session in sessions:
            assert isinstance(await run_tac(session, session.root, "rfl"), ProofFinished)


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("∀ n : Nat, n = n", True),
        ("theorem t : True", True),
        ("theorem t : True := by sorry", True),
        ("theorem t : True := trivial", False),
        ("theorem s : True := sorry\ntheorem t : 1 = 1", True),
        ("theorem t : True\n  | sorry", False),
        ("example (n : Nat) : n = n", True),
    ],
)
async def test_what_is_read_is_opened_as_it_would_be_anew(engine_command, lean_pool, text, is_open):
    async with EnginePool(engine_command, size=1) as pool, pool.reading(60) as reader:
        try:
            reading = await read_text(reader.ask, text)
        except InputError:
            return
    assert (reading.opened is not None) == is_open
    if reading.opened is not None:
        session = await lean_pool.open(reading.theorem)
        assert session.root.goals == (reading.opened.text,)
        await session.close()


async def test_a_pool_that_is_for_one_session_ends_with_it(engine_command, no_strays):
    pool = EnginePool(engine_command, size=1)
    session = await pool.open(Theorem(name="t", statement="theorem t : True"), on_close=pool.close)
    assert isinstance(await run_tac(session, session.root, "trivial"), ProofFinished)
    await session.close()
    await session.close()
    with pytest.raises(EngineError, match="has been closed"):
        await pool.open(session.theorem)


async def test_an_engine_that_breaks_when_asked_is_replaced(bad_engine):
    async with EnginePool(bad_engine(), size=1) as pool:
        with pytest.raises(EngineCrashed):
            async with pool.reading(60) as reader:
                await reader.ask({"cmd": "dies"})
        await pool.open(TOY)
        assert pool.stats[0].restarts == 1


async def test_a_lent_engine_is_new_and_is_made_new_again(engine_command):
    async with EnginePool(engine_command, size=1) as pool:
        session = await pool.open(Theorem(name="t", statement="theorem t (p q : Prop) (h : p ∧ q) : q ∧ p"))
        [state] = await session.run_tacs(session.root, ["constructor"])
        async with pool.lend(60) as ask:
            made = await ask({"cmd": "axiom mine : False"})
            assert made["env"] == 0
            assert "sorries" not in made
        async with pool.lend(60) as ask:
            refused = await ask({"cmd": "theorem f : False := mine"})
            assert refused["messages"][0]["severity"] == "error"
        [finished] = await session.run_tacs(state, ["all_goals simp [h]"])
        assert isinstance(finished, ProofFinished)
        assert pool.stats[0].restarts == 0


async def test_an_engine_that_cannot_be_made_new_is_lent_as_another_process(bad_engine):
    async with EnginePool(bad_engine(), size=1) as pool:
        await pool.open(TOY)
        [before] = [process.pid for process in engine_processes()]
        async with pool.lend(60) as ask:
            assert await ask({"export": {}}) is not None
            [lent] = [process.pid for process in engine_processes()]
        await pool.open(TOY)
        [after] = [process.pid for process in engine_processes()]
        assert len({before, lent, after}) == 3


async def test_an_engine_that_breaks_when_lent_is_replaced(bad_engine):
    async with EnginePool(bad_engine(), size=1) as pool:
        with pytest.raises(EngineCrashed):
            async with pool.lend(60) as ask:
                await ask({"cmd": "dies"})
        await pool.open(TOY)
