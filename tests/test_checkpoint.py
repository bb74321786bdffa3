"""Searches that another process goes on with: the same tree, without what has been asked being asked again."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import zlib

import pytest
from stored_runs import PROOF, create, rows
from toy import ToyCritic, ToyPolicy, ToySession, dump
from waiting import until, wait_until

from prover.errors import InputError
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.rows import AttemptRow
from prover.search.algorithms import ALGORITHMS
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget, StopReason
from prover.search.checkpoint import Checkpoint, SavedAnswers, is_readable
from prover.search.scoring import scoring_rule

STEPS = (
    *(("split 3 4", -0.2), ("split 1 2", -0.3), ("half", -0.5), ("sub 2", -0.7), ("sub 1", -1.0)),
    *(("nonsense", -2.0), ("sorry", -2.5), ("slow", -3.0), ("all 1", -3.5)),
)
BUDGET = Budget(expansions=30)


class Killed(Exception):
    """The process is gone."""


class Policy(ToyPolicy):
    """Ends the process after some answers, and counts tokens."""

    def __init__(self, left=10**6):
        super().__init__(STEPS)
        self.left = left

    @property
    def tokens(self):
        return 7 * len(self.asked)

    async def suggest(self, states):
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await super().suggest(states)


async def search(session, policy, saved, *, algorithm, budget=BUDGET, every_s=0.0, **settings):
    """The tree, with a proof that is never accepted."""

    async def no(tactics):
        return False

    checkpoint = Checkpoint(saved.append, [*saved], every_s=every_s)
    options = SearchOptions(budget=budget, checkpoint=checkpoint, **settings)
    return await algorithm.run(session, policy, no, options)


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("name", ALGORITHMS)
async def test_a_search_goes_on_in_the_middle(name, width):
    algorithm = ALGORITHMS[name]()
    patient = Policy()
    undisturbed = await search(ToySession(7), patient, [], algorithm=algorithm, width=width)
    for lives in ([1], [5], [9], [4, 4, 4]):
        saved = []
        asked = 0
        for left in lives:
            dying = Policy(left)
            with pytest.raises(Killed):
                await search(ToySession(7), dying, saved, algorithm=algorithm, width=width)
            asked += len(dying.asked)
        session, policy = ToySession(7), Policy()
        result = await search(session, policy, saved, algorithm=algorithm, width=width)
        result.tree.check_invariants()
        assert dump(result.tree) == dump(undisturbed.tree)
        assert result.expansions == undisturbed.expansions
        assert result.tactics_tried == undisturbed.tactics_tried
        assert dict(result.outcomes) == dict(undisturbed.outcomes)
        assert len(policy.asked) <= len(patient.asked) - asked + width * len(lives)


async def test_nothing_is_asked_twice():
    saved, algorithm = [], BestFirst()
    critic = ToyCritic()
    settings = {"algorithm": algorithm, "width": 1, "scoring": scoring_rule("critic"), "critic": critic}
    whole = await search(ToySession(7), Policy(), saved, **settings)
    scored = len(critic.scored)
    session, policy = ToySession(7), Policy(0)
    again = await search(session, policy, saved, **settings)
    assert dump(again.tree) == dump(whole.tree)
    assert session.calls == []
    assert len(critic.scored) == scored > 0


async def test_a_cancelled_search_saves_what_it_heard():
    saved = []
    policy = ToyPolicy(STEPS, delay=lambda: 0.0 if len(policy.asked) < 4 else 3600)
    task = asyncio.create_task(
        search(ToySession(7), policy, saved, algorithm=BestFirst(), every_s=3600, width=1)
    )
    await until(lambda: len(policy.asked) == 4)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [_] = saved
    patient, policy = Policy(), Policy()
    await search(ToySession(7), patient, [], algorithm=BestFirst(), width=1)
    await search(ToySession(7), policy, saved, algorithm=BestFirst(), width=1)
    assert len(policy.asked) == len(patient.asked) - 3


async def test_seconds_and_tokens_of_earlier_processes_count():
    saved = []
    with pytest.raises(Killed):
        await search(ToySession(7), Policy(5), saved, algorithm=BestFirst(), width=1)
    assert saved[-1].tokens == 7 * 5
    late = SavedAnswers(answers=saved[-1].answers, seconds=1000.0, tokens=saved[-1].tokens)
    result = await search(
        ToySession(7), Policy(), [*saved[:-1], late], algorithm=BestFirst(), budget=Budget(seconds=900)
    )
    assert result.ending.stopped_by is StopReason.SECONDS
    assert 1000 <= result.times.wall < 1100


async def test_answers_about_another_theorem_are_not_taken():
    saved = []
    with pytest.raises(Killed):
        await search(ToySession(9), Policy(6), saved, algorithm=BestFirst(), width=1)
    result = await search(ToySession(7), Policy(), saved, algorithm=BestFirst(), width=1)
    undisturbed = await search(ToySession(7), Policy(), [], algorithm=BestFirst(), width=1)
    assert dump(result.tree) == dump(undisturbed.tree)


def test_a_finished_attempt_leaves_no_checkpoint(tmp_path):
    saved = [SavedAnswers(answers=bytes([number]), seconds=number, tokens=number) for number in range(3)]
    with create(tmp_path / "run", ["a", "b"]) as store:
        for each in saved:
            store.add_checkpoint(0, each)
            store.add_checkpoint(2, each)
        assert store.checkpoint(0) == tuple(saved)
        store.add_attempt(
            AttemptRow(
                id=0, problem_id=0, pass_number=0, negated=False, seed=0, outcome="proved", started_at=1.0,
                wall_s=1.0, proof=PROOF,
            )
        )  # fmt: skip
        assert store.checkpoint(0) == ()
        assert store.checkpoint(2) == tuple(saved)


@pytest.mark.parametrize(
    "answers",
    [
        b"",
        b"garbage",
        zlib.compress(b'{"a": 5}'),
        zlib.compress(b"[1]"),
        zlib.compress(b"{")[:-3],
        "text",
        None,
    ],
)
def test_what_is_damaged_is_not_read(answers):
    assert not is_readable([SavedAnswers(answers=answers, seconds=1.0, tokens=0)])
    whole = zlib.compress(b"{}")
    assert is_readable([SavedAnswers(answers=whole, seconds=1.0, tokens=0)])
    for seconds in ("abc", 1e10, -1.0, float("nan")):
        assert not is_readable([SavedAnswers(answers=whole, seconds=seconds, tokens=0)])


OFTEN = """\
import sys
from prover.search.checkpoint import Checkpoint
Checkpoint.__init__.__kwdefaults__["every_s"] = 0.2
from prover.__main__ import main
sys.argv[0] = "prover"
main()
"""
PROBLEM = "theorem hard (p q r : Prop) (h : p ∨ q) (g : q → r) : p ∧ r ∨ q ∧ p"


@pytest.mark.long
def test_a_killed_run_goes_on_inside_its_search(tmp_path, engine_command):
    problems = tmp_path / "one.jsonl"
    problems.write_text('{"name": "hard", "formal_statement": "' + PROBLEM + ' := by sorry"}\n')

    def begin(run, *more):
        evaluate = ("evaluate", problems, "--out", tmp_path / run, "--policy", "heuristic", "--no-automation")
        limits = ("--max-expansions", "60", "--timeout", "3600", "--engines", "1")
        return subprocess.Popen(
            [sys.executable, "-c", OFTEN, *map(str, (*evaluate, *limits, *more))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    done = begin("undisturbed")
    out, _ = done.communicate(timeout=300)
    assert done.returncode == 0, out
    killed = begin("killed")

    def saved():
        folder = RunFolder(tmp_path / "killed")
        if killed.poll() is not None:
            return 10**6
        try:
            with RunStore.open(folder, read_only=True) as store:
                return len(store.checkpoint(0))
        except (InputError, sqlite3.OperationalError):  # it is not there yet
            return 0

    wait_until(lambda: saved() >= 3)
    assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    resumed = begin("killed", "--resume")
    out, _ = resumed.communicate(timeout=300)
    assert resumed.returncode == 0, out
    assert "goes on after" in (tmp_path / "killed" / "run.log").read_text()
    assert rows(tmp_path / "killed") == rows(tmp_path / "undisturbed")
