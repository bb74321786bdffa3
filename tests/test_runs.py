"""`prover runs` and `prover status`, on runs without Lean."""

import base64
import dataclasses
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from stored_runs import CONFIG, create, finished
from synthetic_run import varied_problems, write_run
from typer import Typer
from typer.testing import CliRunner

from prover.cli.runs import app as runs_app
from prover.cli.status import status
from prover.errors import InputError, SetupError
from prover.evaluation.analysis.numbers import numbers
from prover.evaluation.report.sample import chosen_chunks
from prover.evaluation.run.runner import RunProgress
from prover.evaluation.run.status_file import StatusFile, read_live_status
from prover.evaluation.store.compacting import compact
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.merging import merge, read_parts
from prover.evaluation.store.rows import AnswerRow
from prover.evaluation.store.run_data import open_run, read_run
from prover.problems.load import load
from prover.util.progress import Quiet

NAMES = [f"p{number}" for number in range(7)]
OUTCOMES = ("failed", "proved", "failed", "engine error", "proved", "failed", "policy error")


def outcome_of(name, number):
    return OUTCOMES[(int(name[1:]) + 3 * number) % len(OUTCOMES)]


def fill(store, names, which):
    """Make the attempts, of problems by name and pass, that `which` chooses."""
    made = [
        finished(store, place, number, outcome_of(name, number), reason=name)
        for place, name in enumerate(names)
        for number in range(store.config.passes)
        if which(name, number)
    ]
    store.add_attempts(made)


def rows(folder):
    """Everything that a run holds, as one can compare it."""
    with sqlite3.connect(folder / "run.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
    database.close()
    return found


@pytest.fixture
def whole(tmp_path):
    """A run over everything."""
    with create(tmp_path / "whole", NAMES) as store:
        fill(store, NAMES, lambda name, number: True)
    return tmp_path / "whole"


def unpacked(text):
    return json.loads(zlib.decompress(base64.b64decode(text)))


def shard(tmp_path, index, which=lambda name, number: True, **changed):
    names = NAMES[index - 1 :: 3]
    config = CONFIG.model_copy(update={"shard": f"{index}/3", "set_hash": f"hash {index}", **changed})
    with create(tmp_path / f"shard{index}", names, config) as store:
        fill(store, names, which)
        store.add_answers(
            store.attempt_id(0, 1, negated=False),
            [
                AnswerRow(
                    request="q", number=0, raw="", text=names[0], reasoning="", finish_reason="", prompt_tokens=1,
                    completion_tokens=1, estimated=False,
                )
            ],
        )  # fmt: skip
    return tmp_path / f"shard{index}"


def test_shards_that_are_joined_are_the_run_over_everything(tmp_path, whole):
    parts = read_parts([shard(tmp_path, index) for index in (3, 1, 2)])
    (tmp_path / "out").mkdir()
    merged = merge(RunFolder(tmp_path / "out"), parts, CONFIG)
    assert (merged.problems, merged.attempts, merged.repeated) == (7, 14, 0)
    found, expected = rows(tmp_path / "out"), rows(whole)
    answers = {(attempt, text) for attempt, _, _, _, text, *_ in found.pop("answer")}
    assert answers == {(2 * (7 + place), f"p{place}") for place in range(3)}
    assert expected.pop("answer") == []
    assert found == expected
    check_invariants(RunFolder(tmp_path / "out"))
    assert not list((tmp_path / "out").glob("run.db.merging*"))


def test_parts_of_a_run_are_joined_and_what_both_have_is_there_once(tmp_path, whole):
    for name, which in (("a", lambda name, number: number == 0), ("b", lambda name, number: name < "p4")):
        with create(tmp_path / name, NAMES) as store:
            fill(store, NAMES, which)
    (tmp_path / "out").mkdir()
    merged = merge(RunFolder(tmp_path / "out"), read_parts([tmp_path / "a", tmp_path / "b"]), CONFIG)
    assert (merged.attempts, merged.repeated) == (11, 4)
    with RunStore.open(RunFolder(tmp_path / "out")) as store:
        fill(store, NAMES, lambda name, number: number == 1 and name >= "p4")
    assert rows(tmp_path / "out") == rows(whole)


def test_what_does_not_fit_together_is_refused(tmp_path, whole):
    with pytest.raises(InputError, match=r"no run of shard 2/3 is there"):
        read_parts([shard(tmp_path, 1), shard(tmp_path, 3)])
    other = shard(tmp_path, 2, passes=3)
    with pytest.raises(InputError, match=r"begun differently: passes was 2 and is 3"):
        read_parts([tmp_path / "shard1", other, tmp_path / "shard3"])
    with pytest.raises(InputError, match=r"is shard"):
        read_parts([tmp_path / "shard1", whole])
    with pytest.raises(InputError, match="has no run"):
        read_parts([whole, tmp_path])
    with create(tmp_path / "lucky", NAMES) as store:
        store.add_attempts([finished(store, 0, 0, "proved")])
    out = RunFolder(tmp_path / "out")
    out.path.mkdir()
    with pytest.raises(InputError, match="disagree about p0, pass 0: failed and proved"):
        merge(out, read_parts([whole, tmp_path / "lucky"]), CONFIG)
    assert not out.database.exists()
    with create(tmp_path / "renamed", [*NAMES[:-1], "q"]):
        pass
    with pytest.raises(InputError, match="has q otherwise than another part"):
        merge(out, read_parts([whole, tmp_path / "renamed"]), CONFIG)
    merge(out, read_parts([whole]), CONFIG)
    with pytest.raises(InputError, match="has a run already"):
        merge(out, read_parts([whole]), CONFIG)


def test_a_merge_that_is_killed_leaves_no_run_and_can_be_repeated(tmp_path, whole):
    """Killed at moments all over it: there is no run, or the whole one."""
    script = (
        "import sys; from pathlib import Path; from prover.evaluation.store import merging;"
        "from prover.evaluation.store.folder import RunFolder; from stored_runs import CONFIG;"
        "parts = merging.read_parts([Path(sys.argv[1])]); print('ready', flush=True);"
        "[merging.merge(RunFolder(Path(sys.argv[2])), parts, CONFIG)]; print('done', flush=True)"
    )
    out = RunFolder(tmp_path / "out")
    out.path.mkdir()
    for wait_s in (0.0, 0.01):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(whole), str(out.path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent)])},
        )
        process.stdout.readline()
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if out.database.exists():
            assert rows(out.path) == rows(whole)
            out.database.unlink()
    merge(out, read_parts([whole]), CONFIG)
    assert rows(out.path) == rows(whole)


def test_the_commands_join_shards_of_a_set_and_make_the_run_smaller(tmp_path):
    """The hash of the whole is read off the set, so that the run can be resumed and compared as one over the set."""
    path = tmp_path / "set.jsonl"
    records = [{"name": name, "formal_statement": f"theorem {name} : True := by sorry"} for name in NAMES]
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    read = load(str(path), progress=Quiet())
    for index in (1, 2, 3):
        part = dataclasses.replace(read, problems=read.problems[index - 1 :: 3])
        shard(tmp_path, index, problems=str(path), set_hash=part.content_hash)
    shards = [str(tmp_path / f"shard{index}") for index in (1, 2, 3)]
    shown = CliRunner().invoke(runs_app, ["merge", str(tmp_path / "out"), *shards])
    assert shown.exit_code == 0, shown.output
    assert "7 problems, 14 attempts, 4 proofs" in shown.output
    run = read_run(tmp_path / "out")
    assert (run.set_hash, run.config["shard"]) == (read.content_hash, "1/1")
    shown = CliRunner().invoke(runs_app, ["compact", str(tmp_path / "out")])
    assert re.search(r"dropped 10 search trees with 30 tried tactics: .* MB freed", shown.output)
    path.write_text("".join(json.dumps(each) + "\n" for each in records[1:]))
    with pytest.raises(InputError, match="it has changed"):
        CliRunner().invoke(runs_app, ["merge", str(tmp_path / "again"), *shards], catch_exceptions=False)


def test_a_compacted_run_keeps_its_proofs_and_says_what_it_dropped(tmp_path):
    with create(tmp_path / "run", NAMES) as store:
        for place, name in enumerate(NAMES):
            outcome = outcome_of(name, 0)
            store.add_attempts([finished(store, place, 0, outcome, steps=400)])
    before = read_run(tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    done = compact(folder)
    assert (done.trees, done.steps) == (5, 2000)
    assert done.after < 0.7 * done.before
    check_invariants(folder)
    with open_run(folder.path) as reader:
        after = reader.run()
        for old, new in zip(before.problems, after.problems, strict=True):
            (attempt,), (kept,) = old.attempts, new.attempts
            left_out = 0 if attempt.proof else 400
            assert kept == dataclasses.replace(attempt, steps_left_out=left_out)
            assert len(reader.tree(kept.id)[1]) == (401 if attempt.proof else 0)
    assert compact(folder).trees == 0


def test_compacting_on_a_full_disk_says_so_and_breaks_nothing(tmp_path, monkeypatch):
    with create(tmp_path / "run", NAMES) as store:
        store.add_attempts([finished(store, 0, 0, steps=2000)])
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    opened = RunStore.open

    def open_full(folder):
        store = opened(folder)
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        store.connection.execute(
            "CREATE TEMP TRIGGER full BEFORE DELETE ON node BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        return store

    monkeypatch.setattr(RunStore, "open", open_full)
    with pytest.raises((SetupError, sqlite3.Error)):
        compact(RunFolder(tmp_path / "run"))
    monkeypatch.undo()
    check_invariants(RunFolder(tmp_path / "run"))
    assert compact(RunFolder(tmp_path / "run")).trees == 1


def progress(**changed):
    usual = {"stage": "searching", "done": 3, "total": 14, "current": ["p3", "p4"]}
    usual |= {"engine_restarts": 1, "slots": 6}
    return RunProgress(**usual | changed)


def asked(folder, *options):
    app = Typer()
    app.command()(status)
    shown = CliRunner().invoke(app, [str(folder), *options], catch_exceptions=False)
    assert shown.exit_code == 0
    return shown.output


def test_the_status_of_a_run_that_a_process_works_on(tmp_path):
    with create(tmp_path / "run", NAMES) as store:
        fill(store, NAMES, lambda name, number: number == 0)
        folder = RunFolder(tmp_path / "run")
        moments = iter([time.time() - 60, time.time() - 30, time.time() - 29.5, time.time()])
        keep = StatusFile(folder, store.config, now=lambda: next(moments))
        keep(progress(done=0))
        keep(progress(done=2, current=["p2"]))
        keep(progress(done=9))  # half a second later: not written
        assert read_live_status(folder.path).done == 2
        with folder.locked():
            keep(progress())
            shown = json.loads(asked(folder.path, "--json"))
            text = asked(folder.path)
    assert shown["problems"] == shown["open_problems"] == 7
    assert shown["counts"] == {
        "proved": 2, "failed": 3, "policy error": 1, "engine error": 1, "not attempted": 7
    }  # fmt: skip
    assert shown["failures"][0] == {"outcome": "failed", "reason": "seconds", "attempts": 3}
    assert shown["process"] == {"pid": os.getpid(), "host": None, "running": True}
    work = shown["work"]
    assert (work["stage"], work["done"], work["total"], work["engine_restarts"]) == ("searching", 3, 14, 1)
    assert (work["workers"], work["engines"]) == (6, 6)  # three processes of a cluster
    assert work["per_minute"] == pytest.approx(3, rel=0.05)
    assert work["left_s"] == pytest.approx(220, rel=0.05)
    assert [each["name"] for each in work["working_on"]] == ["p3", "p4"]
    assert f"process {os.getpid()} works on it" in text
    assert "searching: 3 of 14" in text
    after = json.loads(asked(folder.path, "--json"))
    assert (after["process"], after["work"]) == (None, None)
    assert "no process works on it" in asked(folder.path, "--watch")


def test_the_status_of_a_run_whose_process_was_killed(tmp_path):
    with create(tmp_path / "run", NAMES):
        pass
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "run" / "run.pid").write_text(f"{gone.pid}\n")
    assert json.loads(asked(tmp_path / "run", "--json"))["process"]["running"] is False
    assert f"process {gone.pid} did, and was killed" in asked(tmp_path / "run")
    (tmp_path / "run" / "run.pid").write_text("1\n")
    os.utime(tmp_path / "run" / "run.pid", (1.0, 1.0))  # a later process has the number
    assert "was killed" in asked(tmp_path / "run")
    shown = asked(tmp_path / "run")
    for garbage in (b"{}", b"\xff", b'{"pid": 1e999}'):
        (tmp_path / "run" / "status.json").write_bytes(garbage)
        with pytest.raises(InputError, match="is no status of a run"):
            read_live_status(tmp_path / "run")
        told = asked(tmp_path / "run")
        assert told.startswith(shown.rstrip())
        assert "is no status of a run. Delete it" in told
    (tmp_path / "run" / "run.pid").write_text(f"{10**30}\n")
    assert "was killed" in asked(tmp_path / "run")
    with pytest.raises(InputError, match="exclude each other"):
        asked(tmp_path / "run", "--watch", "--json")
    with pytest.raises(InputError, match="has no run"):
        asked(tmp_path)


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    """A run of 150 problems, and everything that its page has."""
    folder = write_run(tmp_path_factory.mktemp("varied"), varied_problems(150, nodes=8))
    with open_run(folder) as reader:
        run = reader.figures()
        everything = chosen_chunks(reader, run, numbers(run))
    assert not any(unpacked(everything["left-out"]).values())
    return folder, everything


@pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
def test_the_page_of_a_large_run_is_a_sample_and_says_so(varied, share):
    """Whatever the limit, the data is within it, and what is there and what is left out add up."""
    folder, everything = varied
    most = int(share * sum(map(len, everything.values())))
    with open_run(folder) as reader:
        run = reader.figures()
        chunks = chosen_chunks(reader, run, numbers(run), most)
    assert sum(map(len, chunks.values())) <= most + 200
    assert {name for name in everything if name.startswith("problem-")} == {
        f"problem-{i}" for i in range(150)
    }
    left_out = unpacked(chunks["left-out"])
    page = unpacked(chunks["page"])
    details = [name for name in chunks if name.startswith("problem-")]
    assert len(page["problems"]) == 150 - left_out["rows"]
    assert len(details) == len(page["problems"]) - left_out["problems"]
    assert left_out["problems"] or left_out["trees"]
    assert sum(sum(each.values()) for each in page["groups"].values()) == 150
