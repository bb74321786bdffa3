"""The critic: preferences from proofs, the loss by hand, and a chain of states that it learns to order."""

import math

import pytest
import torch

from prover.errors import InputError
from prover.policy.base import PolicyInput
from prover.policy.value import TransformersCritic
from prover.training.create import create_model
from prover.training.data.examples import Preference
from prover.training.data.trajectories import OffPathSibling, ProofStep
from prover.training.job import train
from prover.training.lora import LoraSettings
from prover.training.objectives.critic import CRITIC, CriticConfig, proof_preferences
from prover.training.objectives.losses import preference_loss
from prover.training.preset import ModelPreset

pytestmark = pytest.mark.long

PRESET = ModelPreset(
    vocab_size=300, hidden_size=32, intermediate_size=48, layers=1, heads=2, kv_heads=1, context=64
)
CHAIN = [("⊢ p ∧ q ∧ r",), ("⊢ q ∧ r", "⊢ s"), ("⊢ r",), ("h : r\n⊢ r",)]
CONFIG = CriticConfig(epochs=12, batch_size=3, learning_rate=3e-3, checkpoint_every=5, device="cpu")


def step(goals, remaining, proof="a"):
    return ProofStep(
        goals=goals,
        tactic="skip",
        remaining=remaining,
        problem="t",
        negated=False,
        header="",
        statement="theorem t : p",
        proof=proof,
        run="r",
        round=0,
    )


STEPS = [step(goals, len(CHAIN) - place) for place, goals in enumerate(CHAIN)]
PREFERENCES = proof_preferences(STEPS, seed=0)


def finetune_critic(*arguments, **options):
    return train(*arguments, CRITIC, **options)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("base") / "model"
    create_model(PRESET, [goal for goals in CHAIN for goal in goals], path, seed=0)
    return path


@pytest.fixture(scope="module")
def undisturbed(base):
    out = base.parent / "critic"
    return out, finetune_critic(base, PREFERENCES, out, CONFIG)


async def scores(folder):
    critic = TransformersCritic.load(str(folder), device="cpu")
    try:
        return await critic.score([PolicyInput(goals=goals) for goals in CHAIN])
    finally:
        await critic.close()


def test_the_loss_by_hand():
    losses = preference_loss(torch.tensor([0.0, 1.5, -2.0]))
    assert losses.tolist() == pytest.approx(
        [math.log(2), math.log(1 + math.exp(-1.5)), math.log(1 + math.exp(2))]
    )


def test_of_two_states_the_one_nearer_to_the_end_is_preferred():
    assert len(PREFERENCES) == 6
    assert Preference("h : r\n⊢ r", "⊢ q ∧ r\n\n⊢ s") in PREFERENCES
    assert Preference("⊢ r", "h : r\n⊢ r") not in PREFERENCES


def test_states_of_different_proofs_are_not_compared_and_disagreement_is_left_out():
    other = [step(("⊢ x",), 1, "b"), step(CHAIN[3], 2, "b"), step(CHAIN[2], 1, "c"), step(CHAIN[3], 2, "c")]
    found = proof_preferences([*STEPS, *STEPS, *other], seed=0)
    assert set(found) == (set(PREFERENCES) - {Preference("h : r\n⊢ r", "⊢ r")}) | {
        Preference("⊢ x", "h : r\n⊢ r")
    }
    assert proof_preferences([step(("⊢ x",), 1), step(("⊢ x",), 2)], seed=0) == []


def test_the_way_to_the_proof_is_preferred_to_a_detour_from_it():
    detours = [
        OffPathSibling(on_path=CHAIN[1], off_path=("⊢ lost",), problem="p", run="r", round=0),
        OffPathSibling(on_path=CHAIN[1], off_path=CHAIN[1], problem="p", run="r", round=0),
    ]
    better = PolicyInput(goals=CHAIN[1]).pp
    assert set(proof_preferences(STEPS, detours, seed=0)) == {*PREFERENCES, Preference(better, "⊢ lost")}


def test_a_long_proof_brings_only_so_many():
    steps = [step((f"⊢ {n}",), n) for n in range(1, 40)]
    found = proof_preferences(steps, seed=3, per_proof=20)
    assert len(set(found)) == 20
    assert all(int(each.better[2:]) < int(each.worse[2:]) for each in found)
    assert found == proof_preferences(steps, seed=3, per_proof=20)
    assert found != proof_preferences(steps, seed=4, per_proof=20)


async def test_it_learns_the_order_of_a_chain_and_is_a_critic(undisturbed):
    out, result = undisturbed
    assert result.accuracies[-1] == 1.0
    assert result.losses[-1] < result.losses[0] / 2
    found = await scores(out)
    assert found == sorted(found)
    assert found[-1] - found[0] > 1


async def test_the_first_loss_is_that_of_the_scores(base, tmp_path):
    config = CONFIG.model_copy(update={"max_steps": 1, "batch_size": 6, "learning_rate": 1e-12})
    result = finetune_critic(base, PREFERENCES, tmp_path / "out", config)
    by_state = dict(
        zip((PolicyInput(goals=goals).pp for goals in CHAIN), await scores(tmp_path / "out"), strict=True)
    )
    advantages = [by_state[each.better] - by_state[each.worse] for each in PREFERENCES]
    assert result.losses[0] == pytest.approx(
        sum(math.log1p(math.exp(-each)) for each in advantages) / 6, rel=1e-4
    )


def test_interrupted_and_resumed_ends_in_the_same_weights(base, undisturbed, tmp_path):
    def interrupt(progress):
        if progress.step == 8:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        finetune_critic(base, PREFERENCES, out, CONFIG, observe=interrupt)
    result = finetune_critic(base, PREFERENCES, out, CONFIG, resume=True)
    assert result.losses == undisturbed[1].losses
    assert (out / "model.safetensors").read_bytes() == (undisturbed[0] / "model.safetensors").read_bytes()


async def test_a_critic_learns_on(undisturbed, tmp_path):
    result = finetune_critic(undisturbed[0], PREFERENCES, tmp_path / "out", CONFIG)
    assert result.losses[0] == pytest.approx(undisturbed[1].losses[-1], abs=0.2)


async def test_adapters_and_a_new_head(base, tmp_path):
    pytest.importorskip("peft")
    config = CONFIG.model_copy(update={"lora": LoraSettings(rank=4), "epochs": 30, "learning_rate": 1e-2})
    result = finetune_critic(base, PREFERENCES, tmp_path / "out", config)
    found = await scores(tmp_path / "out")
    assert result.accuracies[-1] == 1.0
    assert found == sorted(found)


def test_what_cannot_be_learned_from(base, tmp_path):
    with pytest.raises(InputError, match="no preferences"):
        finetune_critic(base, [], tmp_path / "out", CONFIG)
    with pytest.raises(ValueError, match="two different states"):
        Preference("⊢ p", "⊢ p")
