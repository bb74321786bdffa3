"""Expert iteration: its configuration, its choice of problems, and a whole small run that is killed on its way."""

import random
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from prover.cli.main import app
from prover.errors import InputError
from prover.problems.problem import Problem
from prover.training.iteration.config import IterationConfig
from prover.training.iteration.curriculum import History, choose
from prover.training.iteration.expert_iteration import best_round, read_metrics
from prover.training.iteration.metrics import RoundMetrics, entropy
from prover.training.iteration.report import iteration_report


@pytest.mark.parametrize("name", ["laptop", "shipped"])
def test_the_configurations_that_come_along_can_be_read(name):
    config = IterationConfig.read(name)
    assert config.search.later == "heuristic+4*hf:{model}"
    assert config.rounds >= 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "pool: Field required"),
        ("[pool]\ntrain = []\nheld_out = ['x']", "pool.train"),
        ("rounds = 0\n[pool]\ntrain = ['x']\nheld_out = ['x']", "rounds"),
        (
            "[pool]\ntrain = ['x']\nheld_out = ['x']\n[search]\nlater = 'heuristic'",
            "must name the newest model",
        ),
        (
            "[pool]\ntrain = ['x']\nheld_out = ['x']\n[search]\nfirst = 'hf:{model}'",
            "no model yet in round 0",
        ),
        ("[pool]\ntrain = ['x']\nheld_out = ['x']\nspeed = 3", "speed"),
        (
            "[pool]\ntrain = ['x']\nheld_out = ['x']\n[lean]\nengine = 'native'",
            "lean: --engine native needs a Lake project",
        ),
        (
            "[pool]\ntrain = ['x']\nheld_out = ['x']\n[lean]\nproject = '/p'",
            "lean: --project is for --engine native",
        ),
        (
            "[pool]\ntrain = ['x']\nheld_out = ['x']\n[lean]\nengine = 'dojo'",
            "lean: --engine dojo needs a repository",
        ),
        ("[pool]\ntrain = ['x']\nheld_out = ['x']\n[lean]\nengine = 'coq'", "lean: there is no engine 'coq'"),
        ("[pool", "not TOML"),
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path, text, complaint):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        IterationConfig.read(str(path))


def problems(*levels):
    return [
        Problem(name=f"p{index}", statement="theorem p : True", level=level)
        for index, level in enumerate(levels)
    ]


def chosen(pool, histories, **settings):
    settings = {"round_number": 0, "rounds": 5, "count": 100, "rest_after": 2, "seed": 0} | settings
    choice = choose(pool, histories, **settings)
    return {each.name for each in choice.usual}, {each.name for each in choice.hard}


def test_levels_open_up():
    pool = problems(1, 2, 3, 4, 5, None)
    assert chosen(pool, {})[0] == {"p0", "p1", "p2", "p5"}
    assert chosen(pool, {}, round_number=1)[0] == {"p0", "p1", "p2", "p3", "p5"}
    assert chosen(pool, {}, round_number=3)[0] == {f"p{index}" for index in range(6)}


def test_what_is_proved_rests_and_what_is_false_goes():
    histories = {
        "p0": History(searched=2, proved=2),
        "p1": History(searched=2, proved=1),
        "p2": History(searched=1, false=True),
        "p3": History(searched=2),
        "p4": History(searched=1),
    }
    assert chosen(problems(1, 1, 1, 1, 1, 1), histories) == ({"p1", "p4", "p5"}, {"p3"})


def test_new_problems_come_first_and_chance_decides_among_them():
    pool = problems(*[1] * 40)
    histories = {f"p{index}": History(searched=1) for index in range(20)}
    first, _ = chosen(pool, histories, count=10)
    assert first <= {f"p{index}" for index in range(20, 40)}
    assert first != chosen(pool, histories, count=10, round_number=1)[0]
    assert first == chosen(pool, histories, count=10)[0]


def test_entropy():
    assert entropy({"a": 2, "b": 1, "c": 1}) == 1.5
    assert entropy({"a": 3}) == entropy({}) == 0.0


def metrics(number, held_out_proved):
    return RoundMetrics(
        round=number,
        searched=100,
        proved=50 + number,
        new=40 - number,
        proved_ever=50 + 40 * number,
        false=7,
        proof_length=1.5,
        entropy=2.5,
        held_out=60,
        held_out_proved=held_out_proved,
        baseline_proved=30,
        calls=4.0,
        baseline_calls=9.0,
        losses=tuple(3.0 / step for step in range(1, 500)),
        seconds={"search": 120.0, "train": 60.0},
    )


def test_the_best_round_is_the_earliest_of_the_best():
    assert best_round([metrics(0, 30), metrics(1, 40), metrics(2, 40)]).round == 1
    assert best_round([]) is None


def test_the_report_is_well_formed_and_shows_the_rounds():
    page = iteration_report("a <run>", [metrics(0, 30), metrics(1, 40)])
    assert "a &lt;run&gt;" in page
    assert "40 of 60" in page
    assert page.count("<svg") == page.count("</svg>") == 4
    assert "http" not in page


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["iterate", "laptop"], "no folder for the run"),
        (["iterate", "nosuch", "--out", "{tmp}/run"], "cannot read nosuch"),
        (["iterate", "--out", "{tmp}/run"], "no configuration"),
        (["iterate", "--out", "{tmp}/run", "--resume"], "no run to resume"),
        (["iterate", "--status", "{tmp}"], "no expert iteration"),
        (["iterate", "laptop", "--out", "{tmp}/run", "--keep-out", "nosuch.jsonl"], "nosuch.jsonl"),
    ],
)
def test_bad_input(tmp_path, arguments, complaint):
    with pytest.raises(InputError, match=complaint):
        CliRunner().invoke(app, [each.format(tmp=tmp_path) for each in arguments], catch_exceptions=False)


SMALL = """
rounds = 2
[pool]
train = ["generated:count=52,seed=1,level=1,families=booleans+linear+lists+parity+propositional"]
held_out = ["generated:count=26,seed=2,level=1,truth=true,families=booleans+linear+lists+parity+propositional"]
per_round = 26
[search]
max_tactics = 40
timeout = 30
workers = 4
[model]
base = "{preset}"
[training]
epochs = 2
checkpoint_every = 5
device = "cpu"
"""
PRESET = """
vocab_size = 400
hidden_size = 64
intermediate_size = 128
layers = 2
heads = 2
kv_heads = 2
context = 512
"""


def iterate(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "prover", "iterate", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


ON_A_CLUSTER = """
[search.options]
cluster = "local"
actors = 1
"""


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("where", ["", ON_A_CLUSTER], ids=["here", "cluster"])
def test_a_run_that_is_killed_ends_as_if_it_had_not_been(tmp_path, where):
    preset = tmp_path / "small.toml"
    preset.write_text(PRESET)
    config = tmp_path / "config.toml"
    config.write_text(SMALL.format(preset=preset) + where)
    run = tmp_path / "run"
    moments = random.Random(1)
    process = iterate(config, "--out", run)
    kills = 0
    while process.poll() is None:
        time.sleep(moments.uniform(5, 40))
        if process.poll() is None and kills < 8:
            subprocess.run(["pkill", "-KILL", "-s", str(process.pid)], check=False)
            process.wait()
            kills += 1
            arguments = ["--resume"] if (run / "config.json").exists() else [config]
            process = iterate(*arguments, "--out", run)
    assert process.returncode == 0
    assert kills > 0
    rounds = read_metrics(run)
    assert [each.round for each in rounds] == [0, 1]
    assert all(0 < each.proved <= each.searched for each in rounds)
    assert best_round(rounds).held_out == 26
    undisturbed = tmp_path / "undisturbed"
    config.write_text(SMALL.format(preset=preset))
    assert iterate(config, "--out", undisturbed).wait() == 0
    for mine, other in zip(rounds, read_metrics(undisturbed), strict=True):
        assert (mine.searched, mine.proved, mine.losses) == (other.searched, other.proved, other.losses)
    weights = "rounds/01/model/model.safetensors"
    assert (run / weights).read_bytes() == (undisturbed / weights).read_bytes()
