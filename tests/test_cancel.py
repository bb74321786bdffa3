"""Cancelling a request: the engine stops what it does, gives back what it made, and lives on."""

import asyncio
import json
import random
import subprocess

import pytest

from prover.errors import EngineError
from prover.lean.environment import LeanError, ProofFinished, TacticLimits, TacticState, run_tac
from prover.lean.process.pool import EnginePool
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem
from prover.policy.base import Suggestion
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget
from prover.search.result import Proved

TOY = Theorem(name="toy", statement="theorem toy : 0 = 0")
EASY = Theorem(name="easy", statement="theorem easy (p q : Prop) (h : p) : p ∨ q")
MANY = "∀ x : Fin 10000000, x.val < 10000001"
LONG = Theorem(
    name="long", statement=f"theorem long (f : Nat → Nat) (h : ∀ x, f x = f (x + 1)) : f 0 = f 1 ∧ {MANY}"
)
LONG_TACTICS = {
    "elaborator": "set_option maxRecDepth 1000000 in simp (maxSteps := 100000000) [h]",
    "kernel": "refine ⟨?_, by decide +kernel⟩",
    "unifier": "refine ⟨?_, by set_option maxRecDepth 1000000 in decide⟩",
    "caught": "first | exact ⟨h 0, by decide +kernel⟩ | exact ⟨h 0, fun x => by omega⟩",
}
PATIENT = TacticLimits(seconds=120.0, heartbeats=1_000_000)
COMMAND = {"cmd": "theorem t (p : Prop) (h : p) : p := by sorry"}
CANCELLED = {"message": "Cancelled.", "cancelled": True}


async def cancelled_after(seconds, coroutine):
    """Cancel `coroutine`, which would take much longer."""
    task = asyncio.create_task(coroutine)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    assert not done, task.result()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# With the embedded Lean.


@pytest.fixture
async def engine(engine_command):
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()


@pytest.fixture
async def lonely_pool(engine_command, no_strays):
    async with EnginePool(engine_command, 1, limits=PATIENT) as pool:
        yield pool


async def test_it_is_announced(engine):
    assert "cancel" in engine.extensions


@pytest.mark.parametrize("what", LONG_TACTICS)
async def test_a_long_tactic_is_cancelled_again_and_again(lonely_pool, what):
    rng = random.Random(1)
    session, easy = await lonely_pool.open(LONG), await lonely_pool.open(EASY)
    for _ in range(5):
        tactics = ["skip", LONG_TACTICS[what], "refine ⟨?_, ?_⟩"]
        await cancelled_after(rng.uniform(0.05, 0.5), session.run_tacs(session.root, tactics))
        [left, wrong, done] = await easy.run_tacs(easy.root, ["left", "right; exact h", "exact Or.inl h"])
        assert isinstance(left, TacticState)
        assert left.pp.endswith("⊢ p")
        assert isinstance(wrong, LeanError)
        assert isinstance(done, ProofFinished)
    assert isinstance(await run_tac(session, session.root, "refine ⟨?_, ?_⟩"), TacticState)
    assert lonely_pool.stats[0].restarts == 0


async def test_nothing_is_left_of_a_cancelled_request(engine):
    state = (await engine.request({"cmd": LONG.with_proof("sorry")}, 60))["sorries"][0]["proofState"]
    before = (await engine.request({"stats": True}, 60))["stats"]
    for request in (
        {"tactics": ["skip", "have := h", LONG_TACTICS["kernel"], "skip"], "proofState": state},
        {"tactic": LONG_TACTICS["elaborator"], "proofState": state, "heartbeats": 1_000_000},
        {"cmd": f"theorem s : 1 = 1 := by sorry\ntheorem t : {MANY} := by decide +kernel"},
    ):
        await cancelled_after(0.5, engine.request(request, 60))
        reply = await engine.wait_idle(60)
        reply.pop("results", None)
        assert reply == CANCELLED
    after = (await engine.request({"stats": True}, 60))["stats"]
    assert (after["proofStates"], after["envs"]) == (before["proofStates"], before["envs"])
    assert (await engine.request({"tactic": "skip", "proofState": state}, 60))["goals"]


@pytest.mark.parametrize("what", ["check", "export"])
async def test_a_check_and_an_export_can_be_cancelled(engine, what):
    stated, proof = f"theorem t : {MANY} := by\n  sorry", "decide +kernel"
    claim = {"source": stated.replace("sorry", proof), "name": "t"}
    if what == "check":
        easy = {"source": "theorem t : ∀ n : Nat, n = n := fun _ => rfl", "name": "t"}
        claim |= {
            "original": stated,
            "terms": (await engine.request({"export": easy}, 60))["export"]["terms"],
        }
        claim["original"] = f"theorem s : {MANY} := by {proof}\n{stated}"
        claim["source"] = claim["original"].replace("sorry", proof)
    await cancelled_after(0.5, engine.request({what: claim}, 60))
    assert await engine.wait_idle(60) == CANCELLED
    assert (await engine.request(COMMAND, 60))["sorries"]


async def test_a_request_that_waits_for_an_engine_can_be_cancelled(lonely_pool):
    session, easy = await lonely_pool.open(LONG), await lonely_pool.open(EASY)
    busy = asyncio.create_task(session.run_tacs(session.root, [LONG_TACTICS["kernel"]]))
    await asyncio.sleep(0.2)
    await cancelled_after(0.1, easy.run_tacs(easy.root, ["left"]))
    waiting = asyncio.create_task(easy.run_tacs(easy.root, ["left", "exact Or.inl h"]))
    await asyncio.sleep(0.1)
    assert not busy.done()
    busy.cancel()
    assert isinstance((await waiting)[-1], ProofFinished)
    assert lonely_pool.stats[0].restarts == 0


async def test_cancelling_at_any_moment_changes_no_later_result(engine_command, no_strays):
    """Also while a statement is opened or a path replayed, and when the answer has just come."""
    rng = random.Random(2)
    tactics = ["left", "right", "constructor", "exact Or.inl h", "simp", "cases h", "have := h", "omega"]
    async with EnginePool(engine_command, 2, limits=PATIENT, chunk=3) as pool:
        session = await pool.open(EASY)
        [first, expected] = [await session.run_tacs(session.root, part) for part in (["left"], tactics)]
        for _ in range(40):
            other = await pool.open(EASY) if rng.random() < 0.3 else session
            works = [
                other.run_tacs(other.root, tactics),
                session.run_tacs(first[0], tactics),
                pool.open(EASY),
            ]
            running = [asyncio.create_task(work) for work in works]
            await asyncio.sleep(rng.uniform(0, 0.03))
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            if rng.random() < 0.5:
                session.discard(first)
            assert [repr(r).split("id=")[0] for r in await session.run_tacs(session.root, tactics)] == [
                repr(r).split("id=")[0] for r in expected
            ]
        assert [stats.restarts for stats in pool.stats] == [0, 0]


class Forked:
    """Leads to two states, of which the first is proved at once and the second takes its time."""

    name = "forked"
    tokens = 0

    async def suggest(self, states):
        table = {
            "⊢ p ∨ q": [("left", -0.1), ("right; have := h", -0.2)],
            "⊢ p": [("exact h", -0.1)],
            "⊢ q": [(f"have : {MANY} := by decide +kernel", -0.1)],
        }
        return [[Suggestion(*each) for each in table[state.goals[0].splitlines()[-1]]] for state in states]


async def test_a_search_that_finds_its_proof_restarts_no_engine(engine_command, no_strays):
    async def accept(tactics):
        await asyncio.sleep(0.5)  # as long as the other expansion needs to get going
        return True

    async with EnginePool(engine_command, 2, limits=PATIENT) as pool:
        for _ in range(3):
            session = await pool.open(EASY)
            options = SearchOptions(budget=Budget(expansions=10), width=2)
            result = await BestFirst().run(session, Forked(), accept, options)
            assert result.ending == Proved(("left", "exact h"))
            assert result.expansions == 3
            await session.close()
        assert isinstance(await run_tac(await pool.open(EASY), session.root, "left"), TacticState)
        assert [stats.restarts for stats in pool.stats] == [0, 0]


async def test_a_pool_is_closed_while_a_cancelled_request_is_under_way(engine_command, no_strays):
    async with EnginePool(engine_command, 1, limits=PATIENT) as pool:
        session = await pool.open(LONG)
        await cancelled_after(0.2, session.run_tacs(session.root, [LONG_TACTICS["kernel"]]))
    with pytest.raises(EngineError, match="closed"):
        await pool.open(EASY)


def talk(engine_command, *requests):
    """Write all requests at once; returns the replies."""
    text = "".join(json.dumps(request) + "\n\n" for request in requests)
    done = subprocess.run(engine_command.argv, input=text, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0
    assert done.stderr == ""
    return [json.loads(reply) for reply in done.stdout.split("\n\n") if reply][1:]


def test_a_cancel_counts_requests(engine_command):
    """It gets no answer, hits the requests up to its number, and none that has not been sent."""
    tactic = {"tactic": "exact h", "proofState": 0}
    slow = {"cmd": f"theorem t : {MANY} := by decide +kernel"}
    replies = talk(engine_command, slow, slow, {"cancel": 2}, COMMAND, {"cancel": 9}, COMMAND, tactic)
    assert replies[:2] == [CANCELLED, CANCELLED]
    assert replies[2] == CANCELLED or replies[2]["env"] >= 2
    assert replies[3]["sorries"]
    assert len(replies) == 5


def test_a_late_cancel_hits_nothing(engine_command):
    with subprocess.Popen(
        engine_command.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(*requests):
            process.stdin.write("".join(json.dumps(request) + "\n\n" for request in requests))
            process.stdin.flush()
            reply = json.loads(process.stdout.readline())
            assert process.stdout.readline() == "\n"
            return reply

        process.stdout.readline(), process.stdout.readline()
        state = ask(COMMAND)["sorries"][0]["proofState"]
        for number in range(2, 300):
            reply = ask({"cancel": number - 1}, {"tactic": "exact h", "proofState": state})
            assert reply["proofStatus"] == "Completed"
        assert ask({"cancel": "me"})["message"].startswith("Unknown request")
        process.stdin.close()
        assert process.wait(250) == 0


# With an engine that announces what it may not be able to do.


@pytest.fixture
def toy_pool(bad_engine, no_strays):
    command = bad_engine(extensions="tactics,limits,drop,cancel")
    return EnginePool(command, 1, limits=TacticLimits(seconds=60.0))


async def test_an_engine_that_does_not_hear_of_the_cancel_is_replaced(toy_pool):
    async with toy_pool as pool:
        session = await pool.open(TOY)
        await cancelled_after(0.2, session.run_tacs(session.root, ["hang"]))
        assert isinstance(await run_tac(session, session.root, "step"), TacticState)
        assert pool.stats[0].restarts == 1


async def test_an_engine_that_answers_all_the_same_is_kept_and_its_answer_is_not_used(
    bad_engine, no_strays, tmp_path
):
    log = tmp_path / "log"
    command = bad_engine(extensions="tactics,limits,drop,cancel", log=log)
    async with EnginePool(command, 1) as pool:
        session = await pool.open(TOY)
        await cancelled_after(0.1, session.run_tacs(session.root, ["slow 0.4", "step 1"]))
        results = await session.run_tacs(session.root, [f"step {i}" for i in range(80)])
        session.discard(results)
        await session.run_tacs(session.root, ["step"])
        assert pool.stats[0].restarts == 0
    requests = [json.loads(line) for line in log.read_text().splitlines()]
    assert [r["cancel"] for r in requests if "cancel" in r] == [3]
    [drop] = [r["drop"] for r in requests if "drop" in r]
    assert {1, 2} <= set(drop["proofStates"])
