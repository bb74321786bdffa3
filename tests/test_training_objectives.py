"""A training objective that stands outside of the package is trained through the command line like those in it."""

import json

import pytest
import torch
from test_train_command import FAST, place, train  # noqa: F401  (place is a fixture)
from typer.testing import CliRunner

from prover.cli.main import app
from prover.errors import InputError
from prover.training.config import TrainingConfig
from prover.training.objectives import OBJECTIVES, find_objective
from prover.training.objectives.base import BatchLoss
from prover.training.objectives.losses import answer_entropies, answer_logits
from prover.training.objectives.sft import SftObjective


class FocalConfig(TrainingConfig):
    """Settings of the toy."""

    gamma: float = 2.0
    """How much answers that are likely already are left out, Lin et al. (2017)."""


class FocalObjective(SftObjective):
    """Sums (1 - p)^γ times the cross-entropy, over answers."""

    name = "focal"
    summary = "propose the tactics of proofs that are unlikely so far"
    title = "A model that proposes Lean tactics, trained with a focal loss"
    config = FocalConfig
    example_noun = "answers"

    def count(self, batch):
        return torch.tensor(float(len(batch["labels"])))

    def loss(self, model, batch, config):
        entropies_B = answer_entropies(answer_logits(model, batch), batch["labels"])
        weights_B = (1 - (-entropies_B).exp()).detach() ** config.gamma
        return BatchLoss(total=(weights_B * entropies_B).sum())


@pytest.fixture
def focal(monkeypatch):
    monkeypatch.setitem(OBJECTIVES, "focal", FocalObjective())


@pytest.mark.usefixtures("focal")
def test_a_toy_objective_is_trained_and_described(place, tmp_path):  # noqa: F811
    out = tmp_path / "out"
    done = train(
        place,
        "--objective",
        "focal",
        "--base",
        place / "model",
        "--out",
        out,
        "--set",
        "gamma=1.5",
        "--set",
        "epochs=10",
    )
    assert done.exit_code == 0, done.output
    assert "steps on 12 answers" in done.stdout
    result = json.loads((out / "training.json").read_text())
    assert result["config"]["gamma"] == 1.5
    assert sum(result["losses"][-3:]) < sum(result["losses"][:3])
    card = (out / "README.md").read_text()
    assert "A model that proposes Lean tactics, trained with a focal loss." in card
    assert "| gamma | 1.5 |" in card


def test_an_unknown_objective_names_those_there_are(place, tmp_path):  # noqa: F811
    arguments = ["train", place / "round1", "--base", place / "model", "--out", tmp_path / "out", *FAST]
    done = CliRunner().invoke(app, [*map(str, arguments), "--objective", "grpo2"])
    assert isinstance(done.exception, InputError)
    assert done.exception.advice == "Take one of sft, dpo, critic."


def test_every_objective_says_what_it_is():
    for name, objective in OBJECTIVES.items():
        assert find_objective(name) is objective
        assert objective.summary
        assert objective.title
        assert objective.needs
