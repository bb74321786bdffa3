"""Training in several processes: the same model as in one, whoever is killed."""

import json
import signal
import subprocess
import sys

import psutil
import pytest
from safetensors.torch import load_file
from test_train_command import PRESET, steps
from waiting import wait_until

from prover.training.checkpoints import latest, work_folder
from prover.training.data.dataset import write_trajectories
from prover.training.data.trajectories import Trajectories

pytestmark = pytest.mark.long

SETTINGS = ("device=cpu", "batch_size=2", "learning_rate=0.003", "epochs=4", "checkpoint_every=2")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    for number in (1, 2):
        write_trajectories(Trajectories(steps=steps(number), failures=()), folder / f"round{number}")
    (folder / "small.toml").write_text("".join(f"{key} = {value}\n" for key, value in PRESET.items()))
    return folder


def start(place, out, *settings, resume=False):
    command = [sys.executable, "-m", "prover", "train", place / "round1", place / "round2"]
    command += ["--base", place / "small.toml", "--out", out, *(["--resume"] if resume else [])]
    for each in (*SETTINGS, *settings):
        command += ["--set", each]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    with process:
        out, err = process.communicate(timeout=250)
    return process.returncode, out, err


def train(place, out, *settings, resume=False):
    code, said, err = finish(start(place, out, *settings, resume=resume))
    assert code == 0, err
    assert len(said.splitlines()) == 1
    return json.loads((out / "training.json").read_text())["losses"], load_file(out / "model.safetensors")


def same(one, other, tolerance=1e-6):
    assert one.keys() == other.keys()
    return all((one[name] - other[name]).abs().max() <= tolerance for name in one)


@pytest.mark.parametrize(
    "more", [(), pytest.param(("lora.rank=4",), marks=pytest.mark.slow)], ids=["whole", "lora"]
)
def test_two_processes_train_what_one_does(place, tmp_path, more):
    losses, weights = train(place, tmp_path / "one", "accumulation=2", *more)
    shared_losses, shared_weights = train(place, tmp_path / "two", "processes=2", *more)
    assert shared_losses == pytest.approx(losses, abs=1e-4)
    assert losses[-1] < losses[0] - 0.5
    assert same(weights, shared_weights)


def test_a_training_goes_on_with_another_number_of_processes(place, tmp_path):
    _, undisturbed = train(place, tmp_path / "one", "accumulation=2", "epochs=40")
    out = tmp_path / "two"
    work = work_folder(out)
    begun = start(place, out, "processes=2", "epochs=40")
    wait_until(lambda: (work.exists() and latest(work)) or begun.poll() is not None)
    begun.send_signal(signal.SIGTERM)
    code, _, err = finish(begun)
    assert code == 143, err
    assert err.count("stopped; the same command with --resume continues it") == 1
    _, resumed = train(place, out, "accumulation=2", "epochs=40", resume=True)
    assert same(undisturbed, resumed)
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


@pytest.mark.slow
def test_when_one_process_is_killed_all_end_and_the_rest_can_be_resumed(place, tmp_path):
    out = tmp_path / "two"
    work = work_folder(out)
    begun = start(place, out, "processes=2", "epochs=400")
    wait_until(lambda: (work.exists() and latest(work)) or begun.poll() is not None)
    trainers = [
        each
        for each in psutil.Process(begun.pid).children()
        if "prover" in each.cmdline() and "train" in each.cmdline()
    ]
    assert len(trainers) == 2
    trainers[1].kill()
    code, _, _ = finish(begun)
    assert code != 0
    assert not any(each.is_running() for each in trainers)
    begun = start(place, out, "processes=2", "epochs=400", resume=True)
    wait_until(lambda: latest(work).folder.name != "checkpoint-2" or begun.poll() is not None)
    assert begun.poll() is None
    begun.kill()
    finish(begun)
    psutil.wait_procs(trainers, timeout=20)


def test_fsdp_without_gpus_is_refused_in_one_line(place, tmp_path):
    code, _, err = finish(start(place, tmp_path / "out", "processes=2", "fsdp=true"))
    assert code == 2
    assert err.count("error: fsdp spreads a model over GPUs") == 1
    assert "Traceback" not in err
