"""`prover train` from folders of trajectories: what it writes, how it stops and goes on, what it refuses."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover.cli.main import app
from prover.policy.base import PolicyInput
from prover.policy.formats import detect_format
from prover.policy.value import TransformersCritic
from prover.training.checkpoints import work_folder
from prover.training.data.dataset import write_trajectories
from prover.training.data.trajectories import FailedStep, ProofStep, Trajectories
from prover.training.objectives.critic import CriticConfig
from prover.training.objectives.dpo import DpoConfig
from prover.training.objectives.sft import SftConfig

pytestmark = pytest.mark.long

PRESET = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 48,
    "layers": 1,
    "heads": 2,
    "kv_heads": 1,
    "context": 96,
}
FAST = ("--set", "device=cpu", "--set", "batch_size=4", "--set", "learning_rate=0.003")


def steps(round_number):
    return tuple(
        ProofStep(
            goals=(f"{name} : Prop\nh : {name}\n⊢ {goal}",),
            tactic=tactic,
            remaining=remaining,
            problem=f"t{name}",
            negated=False,
            header="",
            statement=f"theorem t{name} : {name} ∧ {name}",
            proof=f"hash of {name}",
            run=f"run{round_number}",
            round=round_number,
        )
        for name in ("abc", "xyz")[round_number - 1]
        for remaining, goal, tactic in ((2, f"{name} ∧ {name}", "refine ⟨h, ?_⟩"), (1, name, "exact h"))
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two rounds' data, a preset, and an sft model made of them."""
    folder = tmp_path_factory.mktemp("place")
    for number in (1, 2):
        learned = steps(number)
        failures = tuple(
            FailedStep(
                goals=step.goals,
                tactic="omega",
                better=step.tactic,
                message="omega could not",
                problem=step.problem,
                run=step.run,
                round=number,
            )
            for step in learned
        )
        trajectories = Trajectories(steps=learned, failures=failures)
        write_trajectories(trajectories, folder / f"round{number}")
    (folder / "small.toml").write_text("".join(f"{key} = {value}\n" for key, value in PRESET.items()))
    done = train(folder, "--base", folder / "small.toml", "--out", folder / "model", "--set", "epochs=6")
    assert done.exit_code == 0, done.output
    return folder


def train(place, *arguments, data=("round1", "round2"), settings=FAST):
    folders = [str(place / name) for name in data]
    return CliRunner().invoke(app, ["train", *folders, *map(str, arguments), *settings])


def test_a_new_model_with_its_card(place):
    model = place / "model"
    card = (model / "README.md").read_text()
    config = json.loads((model / "config.json").read_text())
    result = json.loads((model / "training.json").read_text())
    assert detect_format("model", config).name == "prover"
    assert result["examples"] == 12
    assert result["losses"][-1] < result["losses"][0]
    assert "Trained on 12 different examples; 0 more did not fit the context." in card
    assert f"| {place / 'round2'} | 2 | 3 | 6 | 0 | steps.parquet `" in card
    assert "| epochs | 6 |" in card
    assert f"{result['tokens']} tokens" in card
    assert not list(place.glob(".*"))


def test_it_tells_where_it_is_and_what_came_of_it(place, tmp_path):
    done = train(place, "--base", place / "model", "--out", tmp_path / "out", "--set", "max_steps=3")
    assert done.exit_code == 0, done.output
    assert "step 1 of 3: loss " in done.stderr
    assert "step 3 of 3: loss " in done.stderr
    assert "tokens/s" in done.stderr
    assert "12 examples are too few to learn from" in done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'out'}: 3 steps on 12 examples, loss ")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.chat
def test_a_model_in_ggufs_format_is_a_base(place, tmp_path, chat_model):
    pytest.importorskip("gguf", reason="gguf is not installed")
    options = (
        "--out",
        tmp_path / "out",
        "--format",
        "bfs-prover",
        "--set",
        "device=cpu",
        "--set",
        "max_steps=2",
    )
    done = train(place, "--base", chat_model, *options, settings=())
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "out" / "training.json").read_text())
    assert len(result["losses"]) == 2
    assert result["losses"][0] < 10  # what random weights would have is the logarithm of 49,152, 10.8
    assert not list(tmp_path.glob(".*"))


def test_a_gguf_file_that_is_not_there(place, tmp_path):
    done = train(place, "--base", tmp_path / "no.gguf", "--out", tmp_path / "out", "--format", "bfs-prover")
    assert done.exit_code != 0
    assert done.exception.message.startswith("there is no file")


def test_dpo_prefers_what_worked(place, tmp_path):
    config = tmp_path / "dpo.toml"
    config.write_text("beta = 0.3\nsft_weight = 0.1\nepochs = 8\n")
    done = train(
        place, "--objective", "dpo", "--base", place / "model", "--out", tmp_path / "out", "--config", config
    )
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "out" / "training.json").read_text())
    assert result["accuracies"][-1] == 1.0
    assert result["config"]["beta"] == 0.3
    assert "12 different pairs" in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize("base", ["model", "small.toml"])
async def test_a_critic_of_a_model_and_of_nothing(place, tmp_path, base):
    done = train(
        place,
        "--objective",
        "critic",
        "--base",
        place / base,
        "--out",
        tmp_path / "critic",
        "--set",
        "epochs=40",
    )
    assert done.exit_code == 0, done.output
    critic = TransformersCritic.load(str(tmp_path / "critic"), device="cpu")
    far, near = await critic.score([PolicyInput(goals=step.goals) for step in steps(1)[:2]])
    await critic.close()
    assert near > far


def test_stopped_with_ctrl_c_it_goes_on_where_it_was(place, tmp_path):
    arguments = ["--base", place / "small.toml", "--out", tmp_path / "out", "--set", "max_steps=400"]
    command = [sys.executable, "-m", "prover", "train", place / "round1", *arguments, *FAST]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (line := process.stderr.readline()).startswith("step 1 of 400: "):
            assert line.startswith("note: "), line
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=280)
    assert process.returncode == 130, told
    assert told.splitlines()[-1] == "stopped; the same command with --resume continues it"
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()
    (checkpoint,) = work_folder(tmp_path / "out").glob("checkpoint-*/complete.json")
    step = int(checkpoint.parent.name.split("-")[1])
    other = train(place, *arguments, "--resume", data=["round2"])
    assert "another model, examples or settings" in str(other.exception)

    resumed = train(place, *arguments, "--resume", data=["round1"])
    assert resumed.exit_code == 0, resumed.output
    first, *_ = [line for line in resumed.stderr.splitlines() if line.startswith("step ")]
    assert first.startswith(f"step {step + 1} of 400: ")
    assert not list(tmp_path.glob(".*"))


def test_a_format_of_ones_own_choice_is_remembered(place, tmp_path):
    done = train(
        place, "--base", place / "small.toml", "--format", "bfs-prover", "--out", tmp_path / "out",
        "--set", "max_steps=1",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["prover_format"] == "bfs-prover"


BAD = [
    (["--base", "{model}", "--set", "epoch=3"], "unknown key epoch"),
    (["--base", "{model}", "--set", "beta=1"], "unknown key beta"),
    (["--base", "{model}", "--set", "epochs"], "--set epochs: this is no KEY=VALUE"),
    (["--base", "{model}", "--set", "epochs=many"], "epochs = 'many': Input should be a valid integer"),
    (["--base", "{model}", "--set", "seed.x=1", "--set", "seed=1", "--set", "seed.x=1"], "has no fields"),
    (["--base", "{model}", "--set", "lora.rank=0"], "lora.rank = 0: Input should be greater than"),
    (["--base", "{model}", "--config", "nowhere.toml"], "cannot read the settings nowhere.toml"),
    (["--base", "{model}", "--config", "{model}/tokenizer.json"], "are not TOML"),
    (["--base", "{model}", "--out", "{model}"], "is there already"),
    (["--base", "{model}", "--format", "nosuch"], "no prompt format 'nosuch'"),
    (["--base", "{model}", "--format", "prover", "--objective", "critic"], "critic reads bare states"),
    (["--base", "tiny", "--objective", "dpo"], "nothing to refine in a new model"),
    (["--base", "./nowhere", "--format", "prover"], "no model's folder ./nowhere"),
    (["--base", "nowhere.toml"], "cannot read the model preset nowhere.toml"),
    (["--base", "{model}", "{place}"], "holds no steps.parquet"),
    (["--base", "{model}", "--objective", "dpo", "{place}/torn"], "holds no failures.parquet"),
    (["--base", "{model}", "{place}/torn"], "steps.parquet"),
    (["--base", "{place}/round1"], "cannot tell which prompts"),
    (["--base", "{place}/round1", "--format", "prover"], "cannot load"),
    (["--base", "{model}", "--out", "{model}/config.json/out"], "cannot write"),
]


@pytest.mark.parametrize(("arguments", "complaint"), BAD)
def test_bad_input_is_one_clear_line(place, tmp_path, arguments, complaint):
    torn = place / "torn"
    torn.mkdir(exist_ok=True)
    (torn / "steps.parquet").write_text("no parquet")
    filled = [each.format(model=place / "model", place=place) for each in arguments]
    if "--out" not in filled:
        filled += ["--out", str(tmp_path / "out")]
    done = train(place, *filled)
    assert done.exit_code == 1
    assert complaint in done.exception.message
    assert "\n" not in done.exception.message
    assert list(tmp_path.iterdir()) == []


def test_data_with_nothing_to_learn(place, tmp_path):
    write_trajectories(Trajectories(), place / "empty")
    for objective in ("sft", "dpo", "critic"):
        done = train(
            place,
            "--base",
            place / "model",
            "--out",
            tmp_path / "out",
            "--objective",
            objective,
            data=["empty"],
        )
        assert done.exception.message == f"the data hold nothing that {objective} can learn from"


def test_an_error_is_told_on_one_line_and_exits_with_2(place, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "prover", "train", tmp_path, "--base", "tiny", "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == f"error: {tmp_path} holds no steps.parquet"


@pytest.mark.parametrize("config", [SftConfig, DpoConfig, CriticConfig])
def test_every_setting_is_explained(config):
    page = (Path(__file__).parent.parent / "docs" / "training.md").read_text()
    assert [key for key in config.model_fields if f"`{key}" not in page] == []
