"""`prover server`: proofs, refutations, files, jobs and their events, open theorems, metrics."""

import json
import sqlite3
import time

import httpx
import pytest
from service_http import serving
from waiting import wait_until

pytest.importorskip("fastapi")

TRUE = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
FALSE = "theorem wrong (n : Nat) : n < 5"
HARD = "theorem hard (f : Nat → Nat) (n : Nat) : f (f n) = f n"
HOLES = """theorem two_le (n : Nat) (h : 1 < n) : 2 ≤ n := by
  sorry

theorem h (f : Nat → Nat) : f 0 = f 1 := sorry
"""


@pytest.fixture(scope="module")
def server():
    with serving(max_timeout=100, max_jobs=3, max_sessions=2, idle_s=2) as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=120) as client:
        yield client


def done(client, job):
    return client.get(f"/jobs/{job['id']}", params={"wait_s": 60}).json()


def events(client, id):
    """Yield the events of a job as pairs of a name and what it says."""
    with client.stream("GET", f"/jobs/{id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = None
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def test_a_theorem_is_proved_and_the_certificate_says_what(client):
    report = client.post("/prove", json={"theorem": TRUE}).json()
    assert report["outcome"] == "proved"
    assert report["declaration"].startswith(TRUE)
    assert report["certificate"]["axioms"] == []
    assert "a < b → a + 1 ≤ b" in report["certificate"]["type"]


@pytest.mark.long
def test_a_false_theorem_is_refuted(client):
    report = client.post("/prove", json={"theorem": FALSE}).json()
    assert (report["outcome"], report["disproof"]["counterexample"]) == ("disproved", {"n": "5"})
    assert client.post("/disprove", json={"theorem": FALSE}).json()["outcome"] == "disproved"
    assert client.post("/disprove", json={"theorem": TRUE, "max_expansions": 2}).json() == {
        "outcome": "not disproved"
    }


def test_what_is_not_proved_says_what_is_left(client):
    report = client.post("/prove", json={"theorem": HARD, "max_expansions": 1, "disprove": False}).json()
    assert (report["outcome"], report["stopped_by"]) == ("not proved", "expansions")
    assert "⊢" in report["unfinished"]["goals"][0]
    assert "certificate" not in report


@pytest.mark.long
def test_a_file_is_filled(client):
    report = client.post("/fill", json={"text": HOLES, "timeout": 10, "max_expansions": 3}).json()
    assert [each["status"] for each in report["holes"]] == ["proved", "open"]
    assert report["complete"] is False
    assert "omega" in report["text"]
    assert report["diff"].startswith("--- a/File.lean")


def test_errors_say_what_and_where(client):
    answer = client.post("/prove", json={"theorem": "theorem odd (n : Nat) : n + = n"})
    told = answer.json()
    assert (answer.status_code, told["code"], told["location"]) == (
        422,
        "statement",
        {"line": 1, "column": 27},
    )
    for path, body, status in (
        ("/prove", {"theorem": TRUE, "policy": "hf:/etc"}, 422),
        ("/prove", {"theorem": TRUE, "timeout": 1000}, 422),
        ("/prove", {"theorem": "#eval 1\ntheorem t : 1 = 1"}, 422),
        ("/fill", {"text": "theorem t : 1 = 1 := rfl"}, 422),
        ("/jobs", {"theorem": TRUE}, 422),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"]
        assert answer.json()["advice"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/jobs/nope", 404),
        ("POST", "/jobs/nope/cancel", 404),
        ("GET", "/jobs/nope/events", 404),
        ("DELETE", "/states/nope", 404),
        ("GET", "/nope", 404),
        ("GET", "/prove", 405),
        ("POST", "/prove", 422),
    ],
)
def test_what_is_not_there_is_told_with_advice(client, method, path, status):
    answer = client.request(method, path, content=b"{" if path == "/prove" and method == "POST" else None)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert answer.json()["advice"].endswith(".")


def test_a_job_is_watched_to_its_end(client):
    job = client.post("/jobs", json={"kind": "prove", "theorem": TRUE}).json()
    assert job["status"] in ("queued", "running")
    seen = list(events(client, job["id"]))
    name, end = seen[-1]
    assert (name, end["status"], end["result"]["outcome"]) == ("end", "done", "proved")
    (tree,) = [data for name, data in seen[-2:] if name == "tree"]
    assert tree["nodes"]
    assert any(step[-1] for step in tree["steps"])
    assert list(events(client, job["id"])) == seen[-2:]
    assert client.get("/jobs").json()[0]["id"] == job["id"]


def test_head_is_answered_as_get_without_a_body(client):
    job = client.post(
        "/jobs", json={"kind": "prove", "theorem": HARD, "timeout": 90, "disprove": False}
    ).json()
    for path in ("/", "/health", "/openapi.json", f"/jobs/{job['id']}/events"):
        answer = client.head(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"]
        assert answer.content == b""
    assert client.head("/prove").status_code == 405
    assert (
        'prover_http_requests_total{method="HEAD",route="/health",status="200"} 1.0'
        in client.get("/metrics").text
    )
    client.post(f"/jobs/{job['id']}/cancel")


def test_a_job_grows_and_can_be_ended(client):
    job = client.post(
        "/jobs", json={"kind": "prove", "theorem": HARD, "timeout": 90, "disprove": False}
    ).json()
    told = {}
    for name, data in events(client, job["id"]):
        told.setdefault(name, []).append(data)
        if "tree" in told and name == "progress":
            ended = client.post(f"/jobs/{job['id']}/cancel").json()
            assert ended["status"] == "cancelled"
    assert told["progress"][-1]["unfinished"]["goals"]
    assert told["end"][0]["result"]["outcome"] == "interrupted"
    assert client.post(f"/jobs/{job['id']}/cancel").json()["status"] == "cancelled"


def test_jobs_wait_for_their_turn_and_have_a_limit(client):
    asked = {"kind": "prove", "theorem": HARD, "timeout": 90, "disprove": False}
    jobs = [client.post("/jobs", json=asked).json() for _ in range(3)]
    full = client.post("/jobs", json=asked)
    assert full.status_code == 429
    assert full.headers["Retry-After"]
    for job in reversed(jobs):
        assert client.post(f"/jobs/{job['id']}/cancel").json()["status"] == "cancelled"
    wait_until(lambda: client.get("/health").json()["running"] == 0)


def test_there_is_no_such_job(client):
    for path in ("/jobs/" + "0" * 32, "/jobs/" + "0" * 32 + "/events"):
        assert client.get(path).status_code == 404
    assert client.get("/jobs/1").status_code == 404
    assert client.post("/jobs/" + "0" * 32 + "/cancel").status_code == 404


def test_tactics_over_http(client):
    opened = client.post("/states", json={"theorem": "theorem s (p q : Prop) (h : p ∧ q) : q ∧ p"}).json()
    tactics = {"state": 0, "tactics": ["exact h", "sorry", "constructor", "exact ⟨h.2, h.1⟩", "skip"]}
    answer = client.post(f"/states/{opened['id']}/tactics", json=tactics).json()
    assert [each["result"] for each in answer["results"]] == ["error", "error", "state", "finished"]
    after = answer["results"][2]
    assert len(after["goals"]) == 2
    again = {"state": after["state"], "tactics": ["exact h.2"]}
    assert (
        client.post(f"/states/{opened['id']}/tactics", json=again).json()["results"][0]["result"] == "state"
    )
    no_state = client.post(f"/states/{opened['id']}/tactics", json={"state": 99, "tactics": ["skip"]})
    assert no_state.status_code == 404
    assert client.delete(f"/states/{opened['id']}").status_code == 204
    assert client.delete(f"/states/{opened['id']}").status_code == 404


@pytest.mark.long
def test_idle_theorems_are_closed_and_few_may_be_open(client, server):
    for _ in range(2):
        assert client.post("/states", json={"theorem": TRUE}).status_code == 201
    assert client.post("/states", json={"theorem": TRUE}).status_code == 429
    wait_until(lambda: len(server.service.sessions) == 0)
    assert client.post("/states", json={"theorem": TRUE}).status_code == 201


def test_metrics_count(client):
    told = client.get("/metrics").text
    assert 'prover_http_requests_total{method="POST",route="/prove",status="200"}' in told
    assert 'prover_jobs{status="done"}' in told
    assert "prover_engine_seconds_total" in told
    client.get("/made-up")
    assert "made-up" not in client.get("/metrics").text


@pytest.mark.long
def test_the_examples_of_the_page_work(client):
    page = client.get("/openapi.json").json()
    shapes = page["components"]["schemas"]
    asked = 0
    for path, methods in page["paths"].items():
        for method, route in methods.items():
            assert f">{method.upper()}</span>{path}<" in client.get("/docs").text
            body = (
                route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            )
            shape = shapes.get(body.get("$ref", "").rpartition("/")[2], {})
            if "{" not in path and shape:
                answer = client.post(path, json=shape["examples"][0])
                assert answer.status_code < 300, (path, answer.text)
                asked += 1
    assert asked == 8


@pytest.mark.long
def test_jobs_come_back_after_a_restart(tmp_path):
    with serving(data=tmp_path, engines=1) as first:
        job = httpx.post(
            f"{first.url}/jobs", json={"kind": "prove", "theorem": HARD, "timeout": 60, "disprove": False}
        ).json()
        waits = httpx.post(f"{first.url}/jobs", json={"kind": "prove", "theorem": TRUE}).json()
        wait_until(lambda: httpx.get(f"{first.url}/jobs/{job['id']}").json()["status"] == "running")
    with sqlite3.connect(tmp_path / "jobs.sqlite") as stored:
        stored.execute(
            "UPDATE jobs SET request = json_set(request, '$.timeout', 0.5) WHERE id = ?", (job["id"],)
        )
    stored.close()
    with (
        serving(data=tmp_path, engines=1) as second,
        httpx.Client(base_url=second.url, timeout=120) as client,
    ):
        assert done(client, waits)["result"]["outcome"] == "proved"
        assert done(client, job)["result"]["outcome"] == "not proved"
        assert time.time() - client.get(f"/jobs/{job['id']}").json()["created"] < 120
