"""`prover server`: Kimina's routes with its own client and without, whose turn it is, and what is refused."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import endless
import httpx
import psutil
import pytest
from service_http import serving
from waiting import wait_until

from prover.errors import InputError
from prover.service.http.settings import ServerSettings
from prover.service.http.turns import QueueFull, Turns

kimina = pytest.importorskip("kimina", reason="kimina-client is not installed")

GOOD = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega"
WRONG = "theorem foo (a b : Nat) : a + 1 ≤ b := by\n  omega"
TOKEN = "a token that nobody guesses"


@pytest.fixture(scope="module")
def server():
    with serving(
        max_queue=400, max_snippets=200, max_body_mb=1.0, max_code_kb=100, max_timeout=60
    ) as running:
        yield running


@pytest.fixture
def ask(server):
    def post(path, body, **extra):
        return httpx.post(f"{server.url}{path}", json=body, timeout=120, **extra)

    return post


def snippets(*codes, **options):
    return {"snippets": [{"id": str(n), "code": code} for n, code in enumerate(codes)], **options}


def results(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_kiminas_own_client_works(server):
    client = kimina.KiminaClient(server.url, n_retries=1)
    assert client.health()["status"] == "ok"
    client.test()
    texts = [GOOD, WRONG, "theorem s : 1 = 1 := by sorry", "import Nothing\n" + GOOD]
    named = [kimina.Snippet(id=str(n), code=text) for n, text in enumerate(texts)]
    answer = client.check(named, timeout=30, show_progress=False, debug=True)
    status = {each.id: each.analyze().status.value for each in answer.results}
    assert status == {"0": "valid", "1": "lean_error", "2": "sorry", "3": "repl_error"}
    (wrong,) = [each for each in answer.results if each.id == "1"]
    assert wrong.response["messages"][0]["pos"] == {"line": 2, "column": 2}
    assert wrong.diagnostics["memory_max"] > 10**8


async def test_kiminas_asynchronous_client_works(server):
    client = kimina.AsyncKiminaClient(server.url, n_retries=1)
    answer = await client.check([GOOD] * 20, batch_size=4, show_progress=False)
    await client.close()
    assert {each.analyze().status.value for each in answer.results} == {"valid"}


@pytest.mark.parametrize("route", ["/verify", "/one_pass_verify_batch"])
def test_the_shape_of_older_clients(ask, route):
    body = {"codes": [{"custom_id": 7, "proof": GOOD}, {"custom_id": "b", "code": WRONG}], "timeout": 30}
    good, wrong = results(ask(route, body))
    assert (good["custom_id"], wrong["custom_id"]) == ("7", "b")
    assert good["response"]["time"] > 0
    assert "error" not in good
    assert wrong["response"]["messages"][0]["severity"] == "error"
    assert ask(route, {"codes": [{"custom_id": 1}]}).status_code == 422


def test_the_usual_header_of_provers_for_mathlib(ask):
    header = "import Mathlib\nimport Aesop\nset_option maxHeartbeats 400000\nopen BigOperators Real Nat Topology Rat\n"
    (found,) = results(ask("/api/check", snippets(header + "theorem t (x : ℝ) : 0 ≤ x ^ 2 := by positivity")))
    assert "messages" not in found["response"]


def test_a_timeout_is_told_apart_and_the_engine_goes_on(ask):
    slow, good = results(ask("/api/check", snippets(endless.TEXT, GOOD, timeout=1)))
    assert "timed out" in slow["error"]
    assert "response" not in slow
    assert "error" not in good


def test_code_runs_where_it_reaches_nobody(ask, server):
    told, broken = results(
        ask("/api/check", snippets("#eval 6 * 7", '#eval (throw (.userError "no") : IO Unit)'))
    )
    assert told["response"]["messages"][0]["data"] == "42"
    assert broken["response"]["messages"][0]["data"] == "no"
    assert len(server.engines.code._pool.stats) == 1


def test_what_cannot_be_used_is_said(ask, server):
    for body, status, word in (
        (snippets(), 422, "snippets"),
        (snippets(GOOD, infotree="full"), 422, "info tree"),
        (snippets(GOOD, timeout=1000), 422, "at most 60"),
        (snippets(GOOD, timeout=0), 422, "timeout"),
        ({"snippets": [{"id": "a", "code": ""}] * 2}, 422, "same id"),
        (snippets(*["x"] * 201), 413, "at most 200"),
        (snippets("x" * 200_000), 413, "100 KB"),
        (snippets("x" * 2_000_000), 413, "larger than 1000000"),
    ):
        answer = ask("/api/check", body)
        assert (answer.status_code, word in answer.json()["detail"]) == (status, True), answer.text
        assert answer.json()["advice"]
    for data, status in (
        (b"{", 422),
        (b'{"snippets": [{"id": "\\ud800", "code": "x"}]}', 422),
        (b"[" * 99999, 400),
    ):
        answer = httpx.post(
            f"{server.url}/api/check", content=data, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"]
        assert answer.json()["advice"]
    (odd,) = results(ask("/api/check", snippets("theorem t : 1 = 1 := rfl\r--")))
    assert "carriage return" in odd["response"]["message"]


def test_other_sites_pages_are_refused(server):
    body = snippets(GOOD)
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        assert httpx.post(f"{server.url}/api/check", json=body, headers=headers).status_code == 403
    own = {"Origin": server.url}
    assert httpx.post(f"{server.url}/api/check", json=body, headers=own).status_code == 200


@pytest.mark.long
def test_a_client_that_goes_frees_its_engine(server):
    def leave():
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{server.url}/api/check", json=snippets(*[endless.TEXT] * 40, timeout=60), timeout=1.5
            )

    leave()
    began = time.monotonic()
    (found,) = results(httpx.post(f"{server.url}/api/check", json=snippets(GOOD), timeout=100))
    assert "error" not in found
    assert time.monotonic() - began < 40
    wait_until(lambda: server.engines.turns.waiting == server.engines.turns.running == 0)


@pytest.mark.long
def test_a_full_queue_says_when_to_come_back(server):
    with ThreadPoolExecutor(8) as pool:
        body = snippets(*[GOOD] * 150)
        asked = [pool.submit(httpx.post, f"{server.url}/api/check", json=body, timeout=120) for _ in range(4)]
        answers = [each.result() for each in asked]
    assert sorted({each.status_code for each in answers}) == [200, 429]
    for each in answers:
        if each.status_code == 429:
            assert 1 <= int(each.headers["Retry-After"]) <= 60
            assert "No available REPLs" in each.json()["detail"]


@pytest.mark.long
def test_engines_that_are_killed_under_load_are_replaced(server):
    def kill():
        for _ in range(3):
            time.sleep(0.3)
            for child in psutil.Process().children(recursive=True):
                if "node" in child.name():
                    child.kill()
                    break

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        codes = [GOOD, WRONG] * 30
        asked = [
            pool.submit(httpx.post, f"{server.url}/api/check", json=snippets(*codes), timeout=120)
            for _ in range(3)
        ]
        found = [results(each.result()) for each in asked]
    killer.join()
    for batch in found:
        for code, each in zip(codes, batch, strict=True):
            if "error" in each:
                assert "Lean broke" in each["error"]
            else:
                assert bool(each["response"].get("messages")) == (code is WRONG)


async def test_turns_go_round_clients_and_requests():
    turns = Turns(at_once=1, most=100, most_of_one=50)
    order = []

    async def one(client, request):
        async with turns.turn(client, request):
            order.append(f"{client}{request}")
            await asyncio.sleep(0)

    named = [("a", 1)] * 3 + [("a", 2)] + [("b", 3)] * 2
    await asyncio.gather(*(one(*each) for each in named))
    assert order == ["a1", "a1", "b3", "a2", "b3", "a1"]
    assert turns.running == turns.waiting == 0


async def test_turns_that_are_not_wanted_any_more_are_given_on():
    turns = Turns(at_once=1, most=100, most_of_one=50)
    began = asyncio.Event()

    async def one():
        async with turns.turn("a", 1):
            began.set()
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(one()) for _ in range(50)]
    await began.wait()
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert turns.running == turns.waiting == 0
    await one()


def test_one_client_cannot_take_the_whole_queue():
    turns = Turns(at_once=1, most=10, most_of_one=5)
    with turns.admitted("a", 5):
        with pytest.raises(QueueFull), turns.admitted("a", 1):
            pass
        with turns.admitted("b", 5), pytest.raises(QueueFull), turns.admitted("c", 1):
            pass


def test_a_token_is_asked_for_where_others_can_come(tmp_path, monkeypatch):
    monkeypatch.delenv("PROVER_SERVER_TOKEN", raising=False)
    monkeypatch.delenv("LEAN_SERVER_API_KEY", raising=False)
    with pytest.raises(InputError, match="needs a token"):
        ServerSettings(host="0.0.0.0").token()
    assert ServerSettings(host="::1").token() is None
    monkeypatch.setenv("LEAN_SERVER_API_KEY", TOKEN)
    assert ServerSettings(host="0.0.0.0").token() == TOKEN
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InputError, match="no token"):
        ServerSettings(token_file=tmp_path / "empty").token()
    with pytest.raises(InputError, match="cannot read"):
        ServerSettings(token_file=tmp_path / "none").token()


@pytest.mark.long
def test_the_command_serves_and_ends(tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    command = [
        sys.executable,
        "-m",
        "prover",
        "server",
        "--port",
        "0",
        "--token-file",
        str(tmp_path / "token"),
    ]
    process = subprocess.Popen(
        [*command, "--engines", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        url = line.split()[2].rstrip(";")
        for headers, status in (
            ({}, 401),
            ({"Authorization": f"Bearer {TOKEN}x"}, 401),
            ({"Authorization": f"Basic {TOKEN}"}, 401),
            ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ):
            answer = httpx.post(f"{url}/api/check", json=snippets(GOOD), headers=headers, timeout=60)
            assert answer.status_code == status
        client = kimina.KiminaClient(url, api_key=TOKEN, n_retries=1)
        assert client.check(GOOD, show_progress=False).results[0].analyze().status.value == "valid"
    finally:
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert TOKEN not in out + err
    assert err == "interrupted\n"


@pytest.mark.long
def test_a_port_that_is_taken_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "prover", "server", "--port", port],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert (
        done.stderr.splitlines()[0]
        == f"error: cannot listen on 127.0.0.1, port {port}: Address already in use"
    )


@pytest.mark.long
def test_a_missing_extra_is_one_line(tmp_path):
    code = "import sys; sys.modules['uvicorn'] = None; import prover.__main__; prover.__main__.main()"
    done = subprocess.run([sys.executable, "-c", code, "server"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "uvicorn" in done.stderr.splitlines()[0]
    assert "[service]" in done.stderr
