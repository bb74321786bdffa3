"""The page of a run: its status over HTTP, what `prover status` makes of that, and how it looks in Chromium."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
from pages import watched_pages
from stored_runs import create, finished
from typer import Typer
from typer.testing import CliRunner

from prover.cli.status import status, status_text
from prover.errors import InputError, SetupError
from prover.evaluation.run.runner import RunProgress
from prover.evaluation.run.status_file import StatusFile
from prover.evaluation.status import RunStatus
from prover.evaluation.store.folder import RunFolder
from prover.service.run_page.client import remote_status

pytest.importorskip("fastapi")
ADDRESS = re.compile(r"the run's page: (http\S+)")
HOSTILE = "</script><img src=x onerror=alert(1)>"


@contextmanager
def served(run, *options, **environment):
    """Serve a run's page by the command; yield its address, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "prover", "status", str(run), "--serve", *(options or ("0",))]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        said = process.stdout.readline()
        found = ADDRESS.search(said)
        assert found, said + process.stdout.read()
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        process.stdout.close()


@pytest.fixture
def run(tmp_path):
    """A run of three problems that this process works on."""
    with create(tmp_path / "run", ["p", "q", HOSTILE]) as store, RunFolder(tmp_path / "run").locked():
        store.add_attempts([finished(store, 0, 0), finished(store, 1, 0, "proved")])
        progress = RunProgress(
            stage="searching", current=["q", HOSTILE], done=2, total=6, slots=2, nodes={"10.0.0.7": 2}
        )
        StatusFile(RunFolder(tmp_path / "run"), store.config)(progress)
        yield tmp_path / "run"


def asked(*arguments):
    app = Typer()
    app.command()(status)
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


def test_the_page_tells_what_the_command_tells(run):
    with served(run) as address:
        page = httpx.get(address)
        there, here = asked(address, "--json"), asked(run, "--json")
        text = asked(address).output
    assert page.headers["content-type"].startswith("text/html")
    assert "connect-src 'self'" in page.text
    seen, expected = json.loads(there.output), json.loads(here.output)
    for each in (seen, expected):
        del each["work"]["age_s"]
        for problem in each["work"]["working_on"]:
            del problem["seconds"]
    assert seen == expected
    assert seen["work"]["nodes"] == {"10.0.0.7": 2}
    assert "searching: 2 of 6" in text
    assert "actors on nodes: 10.0.0.7 (2)" in text


def test_a_run_that_is_gone_is_said_and_the_page_stays(run):
    with served(run) as address:
        (run / "run.db").rename(run / "elsewhere")
        answer = httpx.get(f"{address}/status")
        assert answer.status_code == 503
        assert "has no run" in answer.json()["detail"]
        (run / "elsewhere").rename(run / "run.db")
        assert httpx.get(f"{address}/status").status_code == 200


def test_others_than_this_machine_need_the_token(run, monkeypatch):
    monkeypatch.delenv("PROVER_SERVER_TOKEN", raising=False)
    with pytest.raises(InputError, match="needs a token"):
        asked(run, "--serve", "0.0.0.0:0")
    with served(run, "0.0.0.0:0", PROVER_SERVER_TOKEN="open sesame") as address:
        address = address.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(address).status_code == 200
        assert httpx.get(f"{address}/status").status_code == 401
        with pytest.raises(InputError, match="asks for a token"):
            remote_status(address)
        monkeypatch.setenv("PROVER_SERVER_TOKEN", "open sesame")
        assert remote_status(address).problems == 3


def test_other_sites_pages_are_refused(run):
    with served(run) as address:
        assert httpx.get(f"{address}/status", headers={"Origin": "http://evil.example"}).status_code == 403
        assert httpx.get(f"{address}/status", headers={"Host": "evil.example"}).status_code == 403


def test_head_is_answered_as_get_without_a_body(run):
    with served(run) as address:
        for path in ("/", "/status"):
            got, headed = httpx.get(address + path), httpx.head(address + path)
            assert headed.status_code == got.status_code == 200
            assert headed.headers["content-type"] == got.headers["content-type"]
            assert headed.content == b""
        assert httpx.head(f"{address}/nothing").status_code == 404


def test_a_body_is_refused_with_advice_that_can_be_followed(run):
    with served(run) as address:
        refused = httpx.post(f"{address}/status", content=b"x" * 2000)
    assert refused.status_code == 413
    assert refused.json()["advice"] == "Send no body: the page of a run takes none."


@pytest.mark.parametrize("place", ["", "zork", "1:2:3:x", "99999", "-1"])
def test_what_is_no_place_is_said(run, place):
    with pytest.raises(InputError, match="no place for the page"):
        asked(run, "--serve", place)


def test_what_cannot_be_asked_is_said(run):
    with pytest.raises(InputError, match="goes alone"):
        asked(run, "--serve", "0", "--json")
    with pytest.raises(InputError, match="has no run"):
        asked(run.parent, "--serve", "0")
    with pytest.raises(SetupError, match="no page of a run answers"):
        asked("http://127.0.0.1:9")
    with served(run) as address, pytest.raises(InputError, match="is no page of a run"):
        asked(f"{address}/elsewhere")


@pytest.mark.parametrize(
    "wrong",
    [["--dashboard", "zork"], ["--dashboard", "0.0.0.0:0"], ["--cluster", ":"], ["--cluster", "host:abc"]],
)
def test_a_wrong_option_leaves_no_run(tmp_path, monkeypatch, wrong):
    monkeypatch.delenv("PROVER_SERVER_TOKEN", raising=False)
    command = [
        sys.executable,
        "-m",
        "prover",
        "evaluate",
        "generated:count=1,seed=1",
        "--out",
        str(tmp_path / "run"),
    ]
    done = subprocess.run([*command, *wrong], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert not (tmp_path / "run").exists()


def test_watching_a_page_that_goes_ends_in_order(run):
    with served(run) as address:
        watching = subprocess.Popen(
            [sys.executable, "-m", "prover", "status", address, "--watch", "--every", "0.1"],
            stdout=subprocess.PIPE,
            text=True,
        )
        first = watching.stdout.readline()
    rest, _ = watching.communicate()
    assert watching.returncode == 0, first + rest
    assert "the page is there no more" in rest


def test_what_a_page_says_cannot_act_on_the_terminal(monkeypatch):
    work = {
        "process": None,
        "work": None,
        "failures": [],
        "counts": {},
        "passes": 1,
        "problems": 1,
        "open_problems": 0,
    }
    seen = RunStatus.model_validate({**work, "run": "x\x1b]0;owned\x07", "set": "a\nb"})
    assert all(each.isprintable() for each in status_text(seen).splitlines())
    assert len(status_text(seen).splitlines()) == 4


def test_a_run_serves_its_own_page(tmp_path):
    problems = tmp_path / "problems.jsonl"
    statements = [f"theorem hard{n} (f : Nat → Nat) : f (f {n}) = f {n} ∧ f 3 = f 4" for n in range(3)]
    problems.write_text(
        "".join(
            json.dumps({"name": f"hard{n}", "statement": each}) + "\n" for n, each in enumerate(statements)
        )
    )
    options = ["--policy", "heuristic", "--timeout", "600", "--no-automation", "--dashboard", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "prover", "evaluate", str(problems), "--out", str(tmp_path / "run"), *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = next(found[1] for line in process.stderr if (found := ADDRESS.search(line)))
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        while (work := remote_status(address).work) is None or not work.working_on:
            time.sleep(0.05)
        assert {each.name for each in work.working_on} <= {"hard0", "hard1", "hard2"}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        drain.join()
        process.stderr.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(run, chromium, scheme):
    with served(run) as address, watched_pages(chromium) as opened:
        page = opened(address, own=address, color_scheme=scheme, viewport={"width": 390, "height": 800})
        page.get_by_text("searching: 2 of 6").wait_for()
        assert page.get_by_text(HOSTILE).is_visible()
        assert page.get_by_text("10.0.0.7").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
