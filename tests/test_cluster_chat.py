"""Runs on a Ray cluster whose attempts ask chat models: real Ray, real engines, a scripted server on loopback."""

import asyncio
import collections
import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import psutil
import pytest
from chat_server import chat_server
from ray_nodes import actor_processes, head, kill_actor, ray_cluster
from stored_runs import TABLES, create, rows
from waiting import until, wait_until

from prover.cluster.answering import Answering
from prover.cluster.questions import Questions
from prover.errors import PolicyUnavailable, RequestRefused
from prover.evaluation.run.chat_models import ChatModels, ChatPrompts
from prover.evaluation.run.recorded_chat import RecordedChat
from prover.evaluation.store.folder import RunFolder
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.client import BudgetSpent, ChatClient
from prover.policy.chat.messages import ChatMessage, ChatRequest, ChatSampling
from prover.util.ports import free_port
from prover.util.within import cancel_all

KEY = "secret-key"
ALL = (*TABLES, "try", "answer")
WAYS = ("--engines", "1", "--workers", "1")
PROOFS = {
    "t0": ("(a b : Nat) (h : a < b) : a + 1 ≤ b", "omega"),
    "t1": ("(n : Nat) : n ≤ n * n", "exact Nat.le_mul_self n"),
    "t2": ("(p q : Prop) (hp : p) (hq : q) : q ∧ p", "exact ⟨hq, hp⟩"),
    "t3": ("(a b : Nat) : a * b = b * a", "exact Nat.mul_comm a b"),
}


def request(text="hello", n=1):
    return ChatRequest(messages=(ChatMessage("user", text),), sampling=ChatSampling(), n=n)


@contextlib.asynccontextmanager
async def answering(server, store, budget):
    """The driver's side, with the store of a run."""

    async def result(reference):
        return await reference

    async with await ChatClient.connect([server.url], None, budget=budget) as client:
        models = ChatModels(ChatPrompts(), lambda attempt_id, role: RecordedChat(store, attempt_id, client))
        yield Answering(models, result)


@contextlib.asynccontextmanager
async def actor(driver):
    """What an attempt on an actor asks, with calls between the two instead of Ray."""

    async def hear(news):
        questions.hear(news)

    questions = Questions()
    methods = {"questions": questions.next, "hear": hear}
    handle = SimpleNamespace(**{name: SimpleNamespace(remote=call) for name, call in methods.items()})
    serving = asyncio.create_task(driver.serve(handle))
    yield questions.chat(0, "writer")
    await cancel_all([serving])


async def test_answers_and_errors_reach_an_actor_as_they_are(tmp_path):
    refused = ("status", 400, {}, {"error": {"message": "too long"}})
    gone = ("status", 401, {}, {"error": {"message": "who?"}})
    heard = []
    with create(tmp_path / "run", ["one"]) as store, chat_server(["a", "b", "c"]) as server:
        async with (
            answering(server, store, TokenBudget(max_tokens=15)) as driver,
            actor(driver) as chat,
            driver.attempt(0),
        ):
            server.failures.extend([refused, gone])
            with pytest.raises(RequestRefused, match="too long"):
                await chat.ask(request())
            with pytest.raises(PolicyUnavailable, match="who") as unavailable:
                await chat.ask(request())
            assert "The key is read from" in unavailable.value.advice
            answers = await chat.ask(request(n=2), lambda place, answer: heard.append((place, answer)))
            assert heard == list(enumerate(answers))
            assert [each.text for each in answers] == ["a", "b"]
            with pytest.raises(BudgetSpent, match="the budget of 15 tokens is spent"):
                await chat.ask(request("more"))
            assert await chat.ask(request(n=2)) == answers
        assert len(server.bodies) == 3
        assert store.answer_tokens() == (10, 10)


@contextlib.contextmanager
def waiting_server():
    """A server that answers when an event is set."""
    held = threading.Event()

    def script(body):
        assert held.wait(300)
        return repairing(body) if "theorem" in str(body) else ["yes"]

    with chat_server(script) as server:
        yield server, held


async def test_what_a_lost_actor_has_asked_is_answered_to_the_next(tmp_path):
    with create(tmp_path / "run", ["one"]) as store, waiting_server() as (server, held):
        async with answering(server, store, TokenBudget()) as driver, driver.attempt(0):
            async with actor(driver) as chat:
                lost = asyncio.create_task(chat.ask(request()))
                await until(lambda: server.bodies)
            async with actor(driver) as chat:
                again = asyncio.create_task(chat.ask(request()))
                await asyncio.sleep(0.1)
                held.set()
                assert [each.text for each in await again] == ["yes"]
            await cancel_all([lost])
        assert len(server.bodies) == 1


async def test_what_nobody_waits_for_is_no_longer_asked(tmp_path):
    with create(tmp_path / "run", ["one"]) as store, waiting_server() as (server, held):
        async with (
            answering(server, store, TokenBudget()) as driver,
            driver.attempt(0),
            actor(driver) as chat,
        ):
            asked = [asyncio.create_task(chat.ask(request(text))) for text in "ab"]
            await until(lambda: len(server.bodies) == 2)
            await cancel_all(asked[:1])
            held.set()
            await asked[1]
        kept = [len(store.answers(0, each)) for each in stored_requests(store)]
    assert kept == [1]


def stored_requests(store):
    return [row[0] for row in store.connection.execute("SELECT request FROM answer")]


def repairing(body):
    """Answer wrongly first, and rightly when Lean's messages have come; the server refuses what it is asked of t3."""
    name = asked_of(body)
    if name == "t3":
        return ("status", 400, {}, {"error": {"message": "the context is too small"}})
    proof = PROOFS[name][1] if len(body["messages"]) > 2 else "rfl"
    return [f"```lean4\ntheorem {name} : x := by\n  {proof}\n```"] * body.get("n", 1)


def asked_of(body):
    return re.search("theorem (t[0-9])", body["messages"][1]["content"])[1]


def write_problems(folder, statements):
    path = folder / "set.jsonl"
    lines = [
        {"name": name, "statement": f"theorem {name} {statement}"} for name, statement in statements.items()
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


class Runs:
    """Runs of `prover evaluate` over one problem set that ask one server."""

    def __init__(self, folder, statements, *options):
        self.problems = write_problems(folder, statements)
        self.folder = folder
        self.options = options

    def command(self, name, *options):
        given = ["--out", self.folder / name, "--no-automation", *WAYS, *self.options, *options]
        return [str(each) for each in (sys.executable, "-m", "prover", "evaluate", self.problems, *given)]

    def environment(self):
        return {**os.environ, "PROVER_API_KEY": KEY}

    def make(self, name, *options):
        done = subprocess.run(
            self.command(name, *options), capture_output=True, text=True, timeout=600, env=self.environment()
        )
        assert "Traceback" not in done.stderr
        return done

    def begin(self, name, *options):
        return subprocess.Popen(
            self.command(name, *options),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
        )


def whole_proofs(folder, server):
    statements = {name: statement for name, (statement, _) in PROOFS.items()}
    chat = ("--method", "whole-proof", "--policy", server.url, "--samples", 1, "--rounds", 1)
    return Runs(folder, statements, *chat)


@pytest.fixture
def cluster():
    with ray_cluster() as made:
        yield made


@pytest.mark.long
def test_whole_proofs_are_the_same_on_a_cluster(tmp_path, cluster):
    with chat_server(repairing) as server:
        runs = whole_proofs(tmp_path, server)
        alone = runs.make("alone")
        assert "3 proved, 1 failed" in alone.stdout, alone.stdout + alone.stderr
        asked = collections.Counter(json.dumps(each) for each in server.bodies)
        server.bodies.clear()
        done = runs.make("run", "--cluster", cluster.address)
        assert "3 proved, 1 failed" in done.stdout, done.stdout + done.stderr
        assert collections.Counter(json.dumps(each) for each in server.bodies) == asked
    assert rows(tmp_path / "run", ALL) == rows(tmp_path / "alone", ALL)
    assert "cluster: 2 actors on 3 nodes" in RunFolder(tmp_path / "run").log.read_text(encoding="utf-8")


@pytest.mark.long
def test_no_answer_is_paid_for_twice_when_an_actor_and_then_the_driver_are_killed(tmp_path, cluster):
    paid = collections.Counter()
    holding = {name: threading.Event() for name in ("t1", "t2")}
    reached = {name: threading.Event() for name in holding}
    down = threading.Event()

    def script(body):
        name = asked_of(body)
        if name in holding and len(body["messages"]) > 2:
            reached[name].set()
            assert holding[name].wait(300)
            if down.is_set():
                return ("status", 400, {}, {"error": {"message": "the driver is gone"}})
        answers = repairing(body)
        paid[json.dumps(body)] += isinstance(answers, list)
        return answers

    with chat_server(repairing) as server:
        runs = whole_proofs(tmp_path, server)
        runs.make("alone")
        asked = collections.Counter(json.dumps(each) for each in server.bodies if asked_of(each) != "t3")
        server.script, server.bodies = script, []
        log = RunFolder(tmp_path / "run").log
        with runs.begin("run", "--cluster", cluster.address, "--actors", "1") as driver:
            assert reached["t1"].wait(300)
            assert kill_actor()
            wait_until(lambda: "is lost; another one is started" in log.read_text(encoding="utf-8"))
            holding["t1"].set()
            assert reached["t2"].wait(300)
            assert {asked_of(each) for each in server.bodies} == {"t0", "t1", "t2"}
            assert len({json.dumps(each) for each in server.bodies}) == len(server.bodies)
            driver.send_signal(signal.SIGKILL)
        down.set()
        holding["t2"].set()
        wait_until(lambda: not list(actor_processes()))
        down.clear()
        done = runs.make("run", "--cluster", cluster.address, "--resume")
        assert "3 proved, 1 failed" in done.stdout, done.stdout + done.stderr
    assert rows(tmp_path / "run", ALL) == rows(tmp_path / "alone", ALL)
    assert paid == asked


@pytest.mark.slow
def test_a_spent_budget_ends_a_run_on_a_cluster_as_it_does_elsewhere(tmp_path, cluster):
    with chat_server(repairing) as server:
        runs = whole_proofs(tmp_path, server)
        options = ("--cluster", cluster.address, "--actors", "1", "--limit", "2")
        for budget in (15, 30):
            resumed = ["--resume"] if budget > 15 else []
            done = runs.make("run", *options, "--max-tokens-total", budget, *resumed)
            assert done.returncode == 2
            assert f"error: the run's budget of {budget} tokens is spent" in done.stderr
            assert "To go on: the same command with --resume and a larger --max-tokens-total" in done.stderr
            assert len(server.bodies) == budget // 15
        done = runs.make("run", *options, "--max-tokens-total", 1000, "--resume")
        assert "2 proved" in done.stdout, done.stdout + done.stderr
        assert len(server.bodies) == 4


@pytest.mark.slow
def test_a_server_that_fails_until_the_time_is_over_is_an_error(tmp_path, cluster):
    later = ("status", 503, {"Retry-After": "1"}, {"error": {"message": "later"}})
    with chat_server(lambda body: later) as server:
        runs = whole_proofs(tmp_path, server)
        options = ("--cluster", cluster.address, "--actors", "1", "--limit", "1", "--timeout", "3")
        done = runs.make("run", *options)
    assert "1 policy error" in done.stdout, done.stdout + done.stderr
    [attempt] = rows(tmp_path / "run", ("attempt",))["attempt"]
    assert "answered 503; the attempt ended at its time limit" in attempt["reason"]


def of_actors():
    """The processes that actors run in, and what they have started."""
    found = [*actor_processes()]
    return found + [each for process in found for each in process.children(recursive=True)]


@pytest.mark.long
def test_the_key_stays_with_the_driver(tmp_path):
    pytest.importorskip("ray")
    with waiting_server() as (server, held):
        runs = whole_proofs(tmp_path, server)
        options = ("--cluster", "local", "--actors", "1", "--limit", "1")
        with runs.begin("run", *options) as driver:
            wait_until(lambda: server.bodies or driver.poll() is not None)
            processes = of_actors()
            assert len(processes) > 1
            with_key = [each for each in processes if KEY in str((each.environ(), each.cmdline()))]
            assert KEY in str(psutil.Process(driver.pid).environ())
            held.set()
        assert driver.returncode == 0
        assert with_key == []
        assert all(f"Bearer {KEY}" in each.values() for each in server.headers_seen)


@pytest.mark.slow
def test_a_chat_model_is_served_on_the_cluster(tmp_path, monkeypatch, little_vllm):
    pytest.importorskip("ray")
    monkeypatch.setenv("PROVER_VLLM_PYTHON", str(little_vllm))
    monkeypatch.setenv("LITTLE_VLLM_RECORD", str(tmp_path / "record"))
    monkeypatch.setenv("LITTLE_VLLM_ANSWER", "```lean4\ntheorem t0 : x := by\n  omega\n```")
    chat = ("--method", "whole-proof", "--policy", "vllm:some/Goedel-Prover-V2", "--samples", "1")
    runs = Runs(tmp_path, {"t0": PROOFS["t0"][0]}, *chat)
    done = runs.make("run", "--cluster", "local", "--actors", "1", "--model-replicas", "1")
    assert "1 proved" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_a_driver_outside_of_the_cluster_asks_the_model(tmp_path):
    pytest.importorskip("ray")
    client = free_port("127.0.0.1")
    with chat_server(repairing) as server:
        runs = whole_proofs(tmp_path, server)
        runs.make("alone")
        with head("--num-cpus=1", f"--ray-client-server-port={client}", RAY_AUTH_MODE="disabled"):
            done = runs.make("run", "--cluster", f"ray://127.0.0.1:{client}", "--actors", "1")
        assert "3 proved, 1 failed" in done.stdout, done.stdout + done.stderr
    assert rows(tmp_path / "run", ALL) == rows(tmp_path / "alone", ALL)


SEQUENCE = "(f : Nat → Nat) (h : ∀ n, f (n + 1) = f n + 2 * n + 1) (h0 : f 0 = 0) : f 1000 = 1000000"
STUCK = "```lean4\ntheorem foo : x := by\n  have h2 : f 1000 = 1000 * 1000 := by sorry\n  omega\n```"
GOOD = "```lean4\ntheorem foo : x := by\n  have hf : ∀ n, f n = n * n := by sorry\n  rw [hf]\n```"
STEP = """intro n
  induction n with
  | zero => simpa using h0
  | succ n ih => grind"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["chat", "two chat models", "heuristic"])
def test_sketches_are_the_same_on_a_cluster(tmp_path, cluster, how):
    def script(body):
        if body["model"] == "planner":
            return [STUCK if len(body["messages"]) == 2 else GOOD]
        proof = STEP if "prover_step" in body["messages"][1]["content"] else "rfl"
        return [f"```lean4\ntheorem foo : x := by\n  {proof}\n```"]

    with chat_server(script, models=("planner", "writer")) as server:
        chat = {
            "chat": ("--planner", f"{server.url}#planner", "--policy", "heuristic", "--depth", 1),
            "two chat models": (
                *("--planner", f"{server.url}#planner", "--policy", f"{server.url}#writer", "--depth", 1),
                *("--fill-by", "whole-proof", "--samples", 1, "--rounds", 0),
            ),
            "heuristic": ("--policy", "heuristic"),
        }[how]
        options = ("--method", "sketch", *chat, "--timeout", 500, "--hole-tactics", 40)
        runs = Runs(tmp_path, {"t0": SEQUENCE}, *options)
        alone = runs.make("alone")
        assert "1 proved" in alone.stdout, alone.stdout + alone.stderr
        asked = collections.Counter(map(json.dumps, server.bodies))
        server.bodies.clear()
        done = runs.make("run", "--cluster", cluster.address, "--actors", "1")
        assert "1 proved" in done.stdout, done.stdout + done.stderr
        assert collections.Counter(map(json.dumps, server.bodies)) == asked
        assert bool(asked) == (how != "heuristic")
    made = ("try", "answer", "proof")
    assert rows(tmp_path / "run", made) == rows(tmp_path / "alone", made)


@pytest.mark.parametrize(
    "options", [(), pytest.param(("--cluster", "local", "--actors", "1"), marks=pytest.mark.long)]
)
def test_a_key_that_is_revoked_in_the_middle_is_told_as_at_the_start(tmp_path, options):
    pytest.importorskip("ray")
    revoked = ("status", 401, {}, {"error": {"message": "revoked"}})
    answers = itertools.chain([["no proof"]], itertools.repeat(revoked))
    with chat_server(lambda body: next(answers)) as server:
        runs = whole_proofs(tmp_path, server)
        done = runs.make("run", "--rounds", "0", *options)
    assert done.returncode == 2, done.stdout
    told = f"{server.url}: the server answered 401: revoked. The key is read from PROVER_API_KEY or OPENAI_API_KEY."
    assert f"the last 3 attempts got no answer from the policy: {told}" in done.stderr
    assert {row["reason"] for row in rows(tmp_path / "run", ALL)["attempt"]} == {
        "there is no Lean code in it",
        told,
    }
