"""Runs on a Ray cluster: real Ray, nodes as processes on this machine, real engines."""

import asyncio
import concurrent.futures
import contextlib
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import time
from types import SimpleNamespace

import httpx
import psutil
import pytest
from ray_nodes import GB, head, kill_actor, ray_cluster
from stored_runs import rows
from waiting import wait_until

import prover.cluster.actor_pool as pool_module
import prover.cluster.executor as executor_module
from prover.cluster.actor import Returned
from prover.cluster.actor_pool import ActorPool
from prover.cluster.connect import connected
from prover.cluster.executor import RayExecutor
from prover.cluster.object_refs import result_of
from prover.cluster.resources import Needs, room_for
from prover.cluster.serving import served_models
from prover.errors import InputError, ProverError, SetupError, StatementError
from prover.evaluation.run.chat_models import ChatModels, ChatPrompts
from prover.evaluation.run.executor import AttemptJob, AttemptResult
from prover.evaluation.run.pipeline import Reading
from prover.evaluation.run.status_file import read_live_status
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.policy.spec import Heuristic, parse_spec
from prover.search.checkpoint import SavedAnswers
from prover.util.home import home
from prover.util.ports import free_port
from prover.util.within import cancel_all

SET = "generated:count=8,seed=3,level=1-2"
SEARCH = (
    "--policy",
    "heuristic",
    "--max-expansions",
    "3",
    "--timeout",
    "3600",
    "--engines",
    "1",
    "--workers",
    "1",
)


def node(cpus, memory, alive=True):
    return {"Alive": alive, "Resources": {"CPU": cpus, "memory": memory}}


def test_as_many_actors_as_there_is_room_for():
    needs = Needs(cpus=2, memory=4 * GB)
    nodes = [node(8, 100 * GB), node(8, 9 * GB), node(1, 100 * GB), node(64, 640 * GB, alive=False)]
    assert room_for(nodes, needs, None) == 4 + 2
    assert room_for(nodes, needs, 3) == 3
    with pytest.raises(SetupError, match=r"room for 6 of 7 actors: each takes 2 CPU and 4\.0 GB") as refused:
        room_for(nodes, needs, 7)
    assert "the largest of 3 nodes has 8 CPU" in refused.value.message
    with pytest.raises(SetupError, match="room for 0 of 1 actors"):
        room_for([node(1, GB)], needs, None)


def kinds(kind=ProverError):
    return [kind, *(deeper for each in kind.__subclasses__() for deeper in kinds(each))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_errors_arrive_from_another_process_as_they_were(kind):
    place = {"line": 3, "column": 4, "file": "A.lean"} if issubclass(kind, StatementError) else {}
    sent = kind("it is broken", advice="Mend it.", **place)
    arrived = pickle.loads(pickle.dumps(sent))
    assert type(arrived) is kind
    assert str(arrived) == "it is broken"
    assert vars(arrived) == vars(sent)


async def test_an_address_that_cannot_be_one_is_refused():
    pytest.importorskip("ray")
    with pytest.raises(InputError, match="'somewhere' is no address of a cluster"):
        async with connected("somewhere"):
            pass


class ScriptedRay:
    """Ray, whose actors do in their calls what `behave(call, actor)` says: seconds, then a value or an exception."""

    exceptions = SimpleNamespace(
        RayActorError=ConnectionError,
        ObjectLostError=LookupError,
        WorkerCrashedError=OSError,
        RayTaskError=ValueError,
    )

    def __init__(self, behave, opened_after):
        self.behave = behave
        self.opened_after = opened_after
        self.calls = []
        self.jobs = []
        self.saved = []
        self.actors = 0
        self.cancelled = 0
        self.lost_node = None

    def nodes(self):
        return [{"NodeID": node, "Alive": node != self.lost_node} for node in ("node", "own")]

    def get_runtime_context(self):
        return SimpleNamespace(get_node_id=lambda: "own")

    def available_resources(self):
        return {"CPU": 0.5, "memory": 2e9}

    def kill(self, handle):
        pass

    def cancel(self, reference):
        self.cancelled += 1

    def remote(self, **needs):
        return lambda kind: SimpleNamespace(remote=self.actor)

    def actor(self, *arguments):
        self.actors += 1
        name = self.actors
        methods = {
            "where": lambda: self.after(0, ("node", "here")),
            "open": lambda package: self.after(self.opened_after, READING),
            "automate": lambda theorem: self.call(name),
            "attempt": lambda job: self.call(name, job),
            "saved": lambda attempt_id: self.after(0, self.saved.pop(0) if self.saved else []),
            "questions": lambda: self.after(3600, []),
            "hear": lambda news: self.after(0, None),
        }
        return SimpleNamespace(**{key: SimpleNamespace(remote=value) for key, value in methods.items()})

    def call(self, actor, job=None):
        self.calls.append(actor)
        self.jobs.append(job)
        return self.after(*self.behave(len(self.calls), actor))

    def after(self, seconds, value):
        future = concurrent.futures.Future()
        end = future.set_exception if isinstance(value, Exception) else future.set_result
        asyncio.get_running_loop().call_later(seconds, lambda: future.cancelled() or end(value))
        return SimpleNamespace(future=lambda: future)


READING = Reading(clock_s=0.0, lean_s=0.0, engines=1, policy_s=(), slots=())


@contextlib.asynccontextmanager
async def scripted(monkeypatch, behave, actors, opened_after=0, models=None):
    monkeypatch.setattr(pool_module, "RESTART_S", 0.01)
    monkeypatch.setattr(executor_module, "STRAGGLER_LEAST_S", 0.05)
    ray, notes = ScriptedRay(behave, opened_after), []
    config = SimpleNamespace(workers=1, engines=1, method="whole-proof", model_dump_json=lambda: "")
    pool = ActorPool(ray, config, Needs(1, 1), actors, notes.append, models)
    keeper = asyncio.create_task(pool.keep())
    await pool.first()
    yield RayExecutor(ray, config, None, pool, notes.append), ray, notes
    await cancel_all([keeper])


async def test_a_job_that_takes_very_long_is_given_to_a_second_actor(monkeypatch):
    def behave(number, actor):
        return (60, None) if number == 1 else (0, Returned(f"from {actor}", READING, 0))

    async with scripted(monkeypatch, behave, 2) as (executor, ray, notes):
        assert (await executor.automate(None)).startswith("from ")
        assert len(set(ray.calls)) == 2
        assert ray.cancelled == 1
        assert any("handed out a second time" in each for each in notes)


async def test_that_no_actor_has_room_is_said(monkeypatch):
    monkeypatch.setattr(pool_module, "NO_ACTOR_SAID_S", 0.0)
    async with scripted(monkeypatch, lambda number, actor: (0, None), 1, opened_after=2.5) as (_, _, notes):
        [note] = notes
    assert "no actor has started for 0 s" in note
    assert "free are 0.5 CPU and 2.0 GB" in note


async def test_a_job_whose_actor_is_lost_is_handed_out_again(monkeypatch):
    def behave(number, actor):
        return (0, ConnectionError() if number <= 2 else Returned(["done"], READING, 4))

    async with scripted(monkeypatch, behave, 1) as (executor, ray, notes):
        assert await executor.automate(None) == ["done"]
        assert ray.calls == [1, 2, 3]
        assert executor.engine_restarts == 4
        assert sum("is lost; another one is started" in each for each in notes) == 2


async def test_a_driver_that_lost_its_node_ends_at_once(monkeypatch):
    async with scripted(monkeypatch, lambda number, actor: (0, ConnectionError()), 1) as (executor, ray, _):
        ray.lost_node, ray.opened_after = "own", 60
        with pytest.raises(SetupError, match="lost the node that this process belongs to"):
            await executor.automate(None)


JOB = AttemptJob(attempt_id=6, problem_id=3, pass_number=0, negated=False, seed=5, theorem=None)


async def test_an_attempt_that_asks_a_chat_model_is_given_to_no_second_actor(monkeypatch):
    def behave(number, actor):
        return 0.5, Returned(made, READING, 0)

    made = AttemptResult(attempt=JOB.begun(1.0))
    models = ChatModels(ChatPrompts(), lambda attempt_id, role: None)
    async with scripted(monkeypatch, behave, 2, models=models) as (executor, ray, _):
        assert await executor.attempt(JOB, [].append) == made
    assert len(ray.calls) == 1


async def test_another_actor_goes_on_with_the_search_of_a_lost_one(monkeypatch):
    monkeypatch.setattr(executor_module, "FOLLOW_S", 0.01)
    first, second = (SavedAnswers(answers=b"", seconds=seconds, tokens=0) for seconds in (60.0, 120.0))

    def behave(number, actor):
        return (0.5, ConnectionError()) if number == 1 else (0, Returned("row", READING, 0))

    kept = []
    async with scripted(monkeypatch, behave, 1) as (executor, ray, _):
        ray.saved = [[first], [], [second]]
        assert await executor.attempt(JOB, kept.append) == "row"
    assert kept == [first, second]
    assert [job.before for job in ray.jobs] == [(), (first, second)]


async def test_what_ends_one_actor_after_the_other_is_an_outcome(monkeypatch):
    kept = []
    async with scripted(monkeypatch, lambda number, actor: (0, ConnectionError()), 1) as (executor, ray, _):
        result = await executor.attempt(JOB, kept.append)
    assert ray.calls == [1, 2, 3]
    assert (result.attempt.id, result.attempt.outcome) == (6, "engine error")
    assert result.attempt.reason == "3 actors ended while they worked on it"


def evaluate(run, *options):
    return [sys.executable, "-m", "prover", "evaluate", SET, "--out", str(run), *SEARCH, *options]


def test_without_ray_one_line_says_what_to_install(tmp_path):
    (tmp_path / "ray.py").write_text("raise ImportError\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        evaluate(tmp_path / "run", "--cluster", "local", "--limit", "1"),
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 2
    assert re.search(r"error: --cluster needs Ray", done.stderr)
    assert "[cluster]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_complete_run_needs_no_cluster(tmp_path):
    first = subprocess.run(
        evaluate(tmp_path / "run", "--limit", "1"), capture_output=True, text=True, timeout=250, check=True
    )
    (tmp_path / "ray.py").write_text("raise ImportError\n", encoding="utf-8")
    again = subprocess.run(
        evaluate(tmp_path / "run", "--limit", "1", "--cluster", "local", "--resume"),
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    said = again.stdout.splitlines()
    assert said[0] == "the run is complete: nothing is left to do"
    assert said[1:] == [line for line in first.stdout.splitlines() if "pipeline" not in line]


def test_actors_without_a_cluster_are_refused(tmp_path):
    done = subprocess.run(
        evaluate(tmp_path / "run", "--actors", "2"), capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 2
    assert "--actors and --model-replicas are for a run on a cluster" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows of the run without a cluster."""
    run = tmp_path_factory.mktemp("alone") / "run"
    subprocess.run(evaluate(run), check=True, timeout=600, capture_output=True)
    return rows(run)


@pytest.fixture
def cluster():
    with ray_cluster() as made:
        yield made


@pytest.mark.long
def test_a_cluster_makes_the_same_rows_as_one_machine(tmp_path, cluster, undisturbed):
    run = tmp_path / "run"
    done = subprocess.run(
        evaluate(run, "--cluster", cluster.address, "--dashboard", "0"),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "pipeline efficiency" in done.stdout
    assert sum(read_live_status(run).nodes.values()) == 2
    page = re.search(r"the run's page: (\S+)", done.stderr)[1]
    assert page in {job.config.metadata.get("prover") for job in jobs_of(cluster)}
    assert "cluster: 2 actors on 3 nodes" in RunFolder(run).log.read_text(encoding="utf-8")
    check_invariants(RunFolder(run))
    assert rows(run) == undisturbed


def jobs_of(cluster):
    """What Ray's dashboard shows the jobs of a cluster from."""
    from ray._raylet import GcsClient

    return GcsClient(address=cluster.address).get_all_job_info().values()


def attempts_of(run):
    """How many attempts a run has stored so far."""
    if not RunFolder(run).database.exists():
        return 0
    with contextlib.closing(sqlite3.connect(RunFolder(run).database)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'attempt'").fetchone()
        return connection.execute("SELECT count(*) FROM attempt").fetchone()[0] if made else 0


@pytest.mark.long
def test_lost_actors_and_nodes_and_a_killed_driver_lose_nothing(tmp_path, cluster, undisturbed):
    run = tmp_path / "run"
    command = evaluate(run, "--cluster", cluster.address)

    def wait_for(number, process):
        while attempts_of(run) < number:
            assert process.poll() is None, process.communicate()
            time.sleep(0.2)

    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with first:
        wait_for(1, first)
        assert kill_actor()
        wait_for(3, first)
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        cluster.add_node(num_cpus=1, memory=4 * GB)
        wait_for(6, first)
        first.send_signal(signal.SIGKILL)
    resumed = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=600, check=False)
    assert resumed.returncode == 0, resumed.stderr
    check_invariants(RunFolder(run))
    assert rows(run) == undisturbed
    assert "is lost; another one is started" in RunFolder(run).log.read_text(encoding="utf-8")


def without_messages(of_run):
    """Rows without what Lean said: a tactic of 8 seconds fails by itself or by the limit, as it happens."""
    alike = {"timeout": "error"}
    steps = [
        {**step, "message": "", "outcome": alike.get(step["outcome"], step["outcome"])}
        for step in of_run["step"]
    ]
    return {**of_run, "step": steps}


@pytest.mark.slow
def test_a_node_that_is_killed_every_20_seconds_changes_no_row(tmp_path, cluster):
    alone, run = tmp_path / "alone", tmp_path / "run"
    many = ["generated:count=150,seed=3,level=1-2" if each == SET else each for each in evaluate(alone)]
    subprocess.run(many, check=True, timeout=1200, capture_output=True)
    command = [str(run) if each == str(alone) else each for each in many]
    process = subprocess.Popen(
        [*command, "--cluster", cluster.address], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    killed = 0
    with process:
        while True:
            try:
                _, said = process.communicate(timeout=20)
                break
            except subprocess.TimeoutExpired:
                cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
                cluster.add_node(num_cpus=1, memory=4 * GB)
                killed += 1
    assert process.returncode == 0, said
    assert killed >= 3
    check_invariants(RunFolder(run))
    assert without_messages(rows(run)) == without_messages(rows(alone))


@pytest.mark.slow
def test_a_cluster_that_asks_for_a_token(tmp_path):
    pytest.importorskip("ray")
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("0123456789abcdef" * 4)
    place = {"HOME": str(tmp_path), "PROVER_HOME": str(home())}
    with head("--num-cpus=1", RAY_AUTH_MODE="token", **place) as port:
        options = ("--limit", "1", "--cluster", f"127.0.0.1:{port}")
        there = {**os.environ, **place}
        subprocess.run(
            evaluate(tmp_path / "run", *options),
            env={**there, "RAY_AUTH_MODE": "token"},
            check=True,
            capture_output=True,
            timeout=300,
        )
        refused = subprocess.run(
            evaluate(tmp_path / "refused", *options),
            env=there,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 2
    assert "token is missing or incorrect" in refused.stderr
    assert "copy ~/.ray/auth_token from its head" in refused.stderr


@pytest.mark.slow
def test_a_driver_outside_of_the_cluster(tmp_path, undisturbed):
    pytest.importorskip("ray")
    client, run = free_port("127.0.0.1"), tmp_path / "run"
    options = ("--cluster", f"ray://127.0.0.1:{client}", "--dashboard", "0")
    with head("--num-cpus=2", f"--ray-client-server-port={client}", RAY_AUTH_MODE="disabled"):
        process = subprocess.Popen(
            evaluate(run, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with process:
            wait_until(lambda: process.poll() is not None or attempts_of(run) >= 1)
            assert kill_actor()
            _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    check_invariants(RunFolder(run))
    assert rows(run) == undisturbed


def of_ray():
    """The processes of Ray's on this machine."""
    found = set()
    for process in psutil.process_iter(["cmdline", "name"]):
        words = " ".join(process.info["cmdline"] or ())
        if words.startswith("ray::") or "raylet" in words or "gcs_server" in words:
            found.add(process.pid)
    return found


@pytest.mark.slow
def test_nothing_of_a_local_cluster_outlives_its_driver(tmp_path):
    pytest.importorskip("ray")
    before = of_ray()
    process = subprocess.Popen(
        evaluate(tmp_path / "run", "--cluster", "local"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with process:
        wait_until(lambda: (tmp_path / "run" / "run.db").exists() and len(of_ray() - before) > 5)
        process.kill()
    wait_until(lambda: not of_ray() - before)


@pytest.mark.long
async def test_models_are_served_on_the_cluster(tmp_path, monkeypatch, little_vllm):
    monkeypatch.setenv("PROVER_VLLM_PYTHON", str(little_vllm))
    monkeypatch.setenv("LITTLE_VLLM_RECORD", str(tmp_path / "record"))
    pytest.importorskip("ray")
    notes = []
    async with connected("local") as ray:
        specs = {"policy": "heuristic+2*vllm:some/model", "planner": "heuristic"}
        async with served_models(ray, specs, 2, result_of(ray), notes.append) as served:
            assert set(served) == {"policy"}
            heuristic, model = parse_spec(served["policy"])
            assert heuristic == (1.0, Heuristic())
            assert (model[0], model[1].model, len(set(model[1].urls))) == (2.0, "some/model", 2)
            health = [url.removesuffix("/v1") + "/health" for url in model[1].urls]
            async with httpx.AsyncClient(trust_env=False) as client:
                assert [(await client.get(url)).status_code for url in health] == [200, 200]
        for url in health:
            async with httpx.AsyncClient(trust_env=False) as client:
                with pytest.raises(httpx.ConnectError):
                    await client.get(url)
        with pytest.raises(InputError, match="heuristic has none"):
            async with served_models(ray, {"policy": "heuristic"}, 1, result_of(ray), notes.append):
                pass
        with pytest.raises(SetupError, match="processors, and 99 model servers take one each"):
            async with served_models(ray, {"planner": "vllm:some/model"}, 99, result_of(ray), notes.append):
                pass


@pytest.mark.long
def test_what_a_node_lacks_and_what_has_no_room_is_said_at_once(tmp_path, cluster):
    def refused(*options):
        run = tmp_path / str(len(list(tmp_path.iterdir())))
        done = subprocess.run(
            evaluate(run, "--cluster", cluster.address, *options),
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "room for 2 of 5 actors" in refused("--actors", "5")
    chat = ("--method", "whole-proof", "--actors", "1")
    assert "http://localhost:9/v1: the model's server" in refused(*chat, "--policy", "http://localhost:9/v1")
    assert "a chat model behind a server, not --policy heuristic" in refused(*chat)
    assert "models such as vllm:MODEL, and heuristic has none" in refused(*chat, "--model-replicas", "1")
