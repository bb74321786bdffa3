"""The direct coverage loss: its weights by hand, its gradient by autograd, and a model trained with it."""

import math

import pytest
import torch

from prover.training.create import create_model
from prover.training.data.examples import IGNORED, Example
from prover.training.job import train
from prover.training.objectives.losses import answer_loss, coverage_loss, coverage_weight
from prover.training.objectives.sft import SFT, SftConfig
from prover.training.preset import ModelPreset

PRESET = ModelPreset(
    vocab_size=300, hidden_size=32, intermediate_size=48, layers=1, heads=2, kv_heads=1, context=64
)
EXAMPLES = [
    Example(f"⊢ {goal}\n[TACTIC]\n", f"exact h.{goal}", weight) for goal, weight in (("p", 1.0), ("q", 2.0))
]


def finetune(*arguments, **options):
    return train(*arguments, SFT, **options)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("base") / "model"
    create_model(PRESET, [each.prompt + each.answer for each in EXAMPLES], path, seed=0)
    return path


@pytest.mark.parametrize(
    ("probability", "samples", "weight"),
    [
        (0.5, 1, 1.0),
        (0.5, 2, 2 * 0.5 * 0.5 / 0.75),
        (0.1, 4, 0.2916 / 0.3439),
        (0.9, 2, 2 * 0.1 * 0.9 / 0.99),
    ],
)
def test_weights_by_hand(probability, samples, weight):
    logprobs = torch.tensor([math.log(probability)], dtype=torch.float64)
    assert coverage_weight(logprobs, samples).item() == pytest.approx(weight, rel=1e-12)


@pytest.mark.parametrize("samples", [1, 2, 32, 10_000])
def test_the_gradient_is_that_of_the_coverage(samples):
    logprobs = torch.tensor([-9.0, -5.0, -2.0, -0.7, -0.1, -0.01], dtype=torch.float64, requires_grad=True)
    coverage = 1 - (1 - logprobs.exp()) ** samples
    kept = coverage > 0
    (wanted,) = torch.autograd.grad(-coverage.log().sum(), logprobs)
    ours = logprobs.detach().clone().requires_grad_()
    loss = coverage_loss(ours, samples)
    assert torch.allclose(loss[kept], -coverage.log()[kept], rtol=1e-9, atol=1e-12)
    loss.sum().backward()
    assert torch.allclose(ours.grad, wanted, rtol=1e-7, atol=1e-12)
    assert torch.allclose(-ours.grad, coverage_weight(ours, samples), rtol=1e-9)


@pytest.mark.parametrize("samples", [2, 64, 100_000])
def test_at_the_ends_the_weight_is_one_and_nothing(samples):
    never, always = torch.tensor([-80.0, -900.0, -1e5]), torch.tensor([-1e-30, 0.0])
    assert torch.equal(coverage_weight(never, samples), torch.ones(3))
    assert torch.allclose(coverage_weight(always, samples), torch.zeros(2), atol=1e-25)
    assert torch.allclose(coverage_loss(never, samples), -never - math.log(samples))
    assert torch.equal(coverage_loss(always, samples), torch.zeros(2))


@pytest.mark.parametrize("samples", [2, 64, 100_000])
def test_the_expansion_meets_what_it_expands(samples):
    logprobs = torch.linspace(-30, -1e-3, 4000, dtype=torch.float64)
    weights = coverage_weight(logprobs, samples)
    losses = coverage_loss(logprobs, samples)
    assert torch.all(weights[1:] <= weights[:-1] + 1e-9)
    assert torch.all(losses[1:] <= losses[:-1])
    assert torch.all((weights >= 0) & (weights <= 1 + 1e-9))


def test_one_sample_is_cross_entropy():
    logits = torch.randn(3, 5, 7)
    labels = torch.tensor([[IGNORED, IGNORED, 3, 4, 5], [IGNORED, 1, 2, 3, IGNORED], [IGNORED, 6, 6, 6, 6]])
    weights = torch.tensor([1.0, 2.0, 0.5])
    plain = answer_loss(logits, labels, weights)
    assert answer_loss(logits, labels, weights, 1).item() == pytest.approx(plain.item(), rel=1e-6)


def test_a_sequences_probability_counts_not_its_tokens():
    probabilities = torch.tensor([[[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]])
    labels = torch.tensor([[IGNORED, 1, 0]])
    loss = answer_loss(probabilities.log(), labels, torch.tensor([2.0]), 3)
    assert loss.item() == pytest.approx(-2 * math.log(1 - (1 - 0.3 * 0.7) ** 3), rel=1e-6)


def test_a_model_trained_for_many_samples_stays_less_sure(base, tmp_path):
    def trained(coverage):
        config = SftConfig(
            max_steps=25,
            batch_size=2,
            learning_rate=1e-2,
            coverage=coverage,
            checkpoint_every=None,
            device="cpu",
        )
        return finetune(base, EXAMPLES, tmp_path / f"{coverage}", config)

    plain, covered = trained(None), trained(16)
    assert covered.losses[-1] < covered.losses[0] / 4
    assert covered.losses[0] < plain.losses[0]
    assert sureness(tmp_path / "16") < sureness(tmp_path / "None")


def sureness(folder):
    """The mean log-probability of the answers, computed without our code."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    total = 0.0
    for example in EXAMPLES:
        prompt = tokenizer(example.prompt)["input_ids"]
        answer = [*tokenizer(example.answer)["input_ids"], tokenizer.eos_token_id]
        with torch.no_grad():
            logprobs = model(torch.tensor([prompt + answer])).logits[0].log_softmax(dim=-1)
        total += sum(logprobs[len(prompt) - 1 + place, token].item() for place, token in enumerate(answer))
    return total / len(EXAMPLES)
