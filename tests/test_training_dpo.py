"""Preference optimization: the loss by hand, a margin that grows, and a reference that outlives a kill."""

import json
import math

import pytest
import torch

from prover.errors import InputError
from prover.policy.formats import find_format
from prover.training.checkpoints import work_folder
from prover.training.create import create_model
from prover.training.data.examples import IGNORED, Pair
from prover.training.data.trajectories import FailedStep
from prover.training.job import train
from prover.training.objectives.dpo import DPO, REFERENCE, DpoConfig, failure_pairs
from prover.training.objectives.losses import answer_entropies, dpo_advantages, preference_loss
from prover.training.preset import ModelPreset

PRESET = ModelPreset(
    vocab_size=300, hidden_size=32, intermediate_size=48, layers=1, heads=2, kv_heads=1, context=64
)
PAIRS = [
    Pair(f"⊢ {goal}\n[TACTIC]\n", f"exact h.{right}", f"simp [{goal}, h]")
    for goal, right in zip("pqrs", "1212", strict=True)
]
CONFIG = DpoConfig(
    epochs=4, batch_size=2, learning_rate=3e-3, beta=0.5, sft_weight=0.25, checkpoint_every=2, device="cpu"
)


def finetune_dpo(*arguments, **options):
    return train(*arguments, DPO, **options)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("base") / "model"
    create_model(PRESET, [each.prompt + each.chosen for each in PAIRS], path, seed=0)
    return path


@pytest.fixture(scope="module")
def undisturbed(base):
    out = base.parent / "undisturbed"
    return out, finetune_dpo(base, PAIRS, out, CONFIG)


def logprobs(folder, prompt, answer):
    """The log-probability of an answer and its number of tokens, computed without our code."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    before = tokenizer(prompt)["input_ids"]
    ids = [*tokenizer(answer)["input_ids"], tokenizer.eos_token_id]
    with torch.no_grad():
        found = model(torch.tensor([before + ids])).logits[0].log_softmax(dim=-1)
    return sum(found[len(before) - 1 + place, token].item() for place, token in enumerate(ids)), len(ids)


def margins(folder):
    return [
        logprobs(folder, pair.prompt, pair.chosen)[0] - logprobs(folder, pair.prompt, pair.rejected)[0]
        for pair in PAIRS
    ]


def test_the_loss_of_two_tokens_by_hand():
    chosen = [[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]
    rejected = [[0.2, 0.3, 0.5], [0.4, 0.5, 0.1], [0.25, 0.25, 0.5]]
    policy = -answer_entropies(
        torch.tensor([chosen, rejected]).log(), torch.tensor([[IGNORED, 2, 0], [IGNORED, 0, 1]])
    )
    assert policy.tolist() == pytest.approx([math.log(0.5 * 0.7), math.log(0.2 * 0.5)])
    advantages = dpo_advantages(policy, torch.tensor([0.1, 0.4]).log(), 0.5)
    by_hand = 0.5 * (math.log(0.35 / 0.1) - math.log(0.1 / 0.4))
    assert advantages.tolist() == pytest.approx([by_hand])
    assert preference_loss(advantages).item() == pytest.approx(math.log(1 + math.exp(-by_hand)))


def test_the_first_loss_is_what_the_formula_says(base, tmp_path):
    config = CONFIG.model_copy(update={"batch_size": 3, "accumulation": 2, "max_steps": 1})
    result = finetune_dpo(base, [*PAIRS, *PAIRS[:2]], tmp_path / "out", config)
    pairs = [logprobs(base, pair.prompt, pair.chosen) for pair in [*PAIRS, *PAIRS[:2]]]
    entropy = sum(-logprob / tokens for logprob, tokens in pairs) / len(pairs)
    assert result.losses[0] == pytest.approx(math.log(2) + 0.25 * entropy, rel=1e-4)


def test_a_short_run_raises_the_margin(base, undisturbed):
    out, result = undisturbed
    assert len(result.losses) == len(result.accuracies) == 8
    assert result.losses[-1] < result.losses[0]
    assert result.accuracies[-1] == 1.0
    assert all(after > before + 1 for before, after in zip(margins(base), margins(out), strict=True))
    assert all(
        logprobs(out, each.prompt, each.chosen) > logprobs(base, each.prompt, each.chosen) for each in PAIRS
    )


@pytest.mark.parametrize("asked", [False, True])
def test_interrupted_and_resumed_ends_in_the_same_weights(base, undisturbed, tmp_path, asked):
    out, seen = tmp_path / "out", []

    def interrupt(progress):
        seen.append(progress.step)
        if not asked and progress.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune_dpo(base, PAIRS, out, CONFIG, observe=interrupt, stop=lambda: asked and 5 in seen)
    reference = json.loads((work_folder(out) / REFERENCE).read_text())
    assert reference[0] == pytest.approx(
        [logprobs(base, PAIRS[0].prompt, answer)[0] for answer in (PAIRS[0].chosen, PAIRS[0].rejected)],
        rel=1e-4,
    )
    before = len(seen)
    result = finetune_dpo(base, PAIRS, out, CONFIG, resume=True, observe=interrupt if asked else None)
    assert result.losses == undisturbed[1].losses
    assert result.accuracies == undisturbed[1].accuracies
    assert not asked or seen[before:] == list(range(seen[before - 1] + 1, 9))
    assert (out / "model.safetensors").read_bytes() == (undisturbed[0] / "model.safetensors").read_bytes()
    assert finetune_dpo(base, PAIRS, out, CONFIG, resume=True) == result


def test_a_failed_step_makes_a_pair_once():
    def failed(tactic, better="exact h", goals=("⊢ p",)):
        return FailedStep(
            goals=goals, tactic=tactic, better=better, message="no", problem="t", run="r", round=0
        )

    steps = [failed("simp"), failed(" simp\n"), failed("exact h "), failed("omega", goals=("⊢ p", "⊢ q"))]
    pairs = failure_pairs(steps, {"t": "theorem t : p"}, find_format("prover"))
    assert pairs == [
        Pair("⊢ p\n[TACTIC]\n", "exact h", "simp"),
        Pair("⊢ p\n\n⊢ q\n[TACTIC]\n", "exact h", "omega"),
    ]


def test_what_cannot_be_learned_from(base, tmp_path):
    with pytest.raises(InputError, match="no examples"):
        finetune_dpo(base, [], tmp_path / "out", CONFIG)
    with pytest.raises(InputError, match="none of 1 examples fits"):
        finetune_dpo(base, [Pair("p" * 200, "a", "b")], tmp_path / "out", CONFIG)
    with pytest.raises(ValueError, match="two different answers"):
        Pair("p", "a", "a")
