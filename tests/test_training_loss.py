"""What is learned from: examples as tokens, batches, and the loss against values computed by hand."""

import math
from collections import Counter

import pytest
import torch

from prover.errors import InputError
from prover.training.data.batches import collate, training_order
from prover.training.data.examples import IGNORED, Example, tokenize
from prover.training.objectives.losses import answer_loss, answer_tokens
from prover.training.tokenizer import train_tokenizer

TEXTS = ["h : p ∧ q\n⊢ p\n[TACTIC]\nexact h.1"] * 3
EXAMPLES = [
    Example("⊢ p ∧ q\n[TACTIC]\n", "exact h"),
    Example("⊢ p\n[TACTIC]\n", "exact h.1", weight=2.0),
    Example("⊢ p\n[TACTIC]\n", "exact h.1" * 40),
]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, vocab_size=300, context=64)


def test_the_loss_of_two_tokens_by_hand():
    probabilities = torch.tensor([[[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5], [0.1, 0.1, 0.8]]])
    labels = torch.tensor([[IGNORED, IGNORED, 0, 2]])
    weights = torch.tensor([1.0])
    loss = answer_loss(probabilities.log(), labels, weights)
    assert loss.item() == pytest.approx(-math.log(0.7) - math.log(0.5))
    assert answer_tokens(labels, weights).item() == 2


def test_an_examples_weight_counts_in_both_sum_and_number():
    logits = torch.tensor([0.25, 0.75]).log().expand(2, 3, 2)
    labels = torch.tensor([[IGNORED, 0, IGNORED], [IGNORED, 1, 1]])
    weights = torch.tensor([3.0, 0.5])
    loss = answer_loss(logits, labels, weights)
    assert loss.item() == pytest.approx(-3 * math.log(0.25) - 0.5 * 2 * math.log(0.75))
    assert answer_tokens(labels, weights).item() == 3 + 0.5 * 2


def test_what_is_predicted_within_the_prompt_and_the_filling_does_not_matter(tokenizer):
    data = tokenize(EXAMPLES, tokenizer, 64).kept
    batch = collate(data, tokenizer.pad_token_id)
    logits = torch.randn(*batch["input_ids"].shape, len(tokenizer), requires_grad=True)
    answer_loss(logits, batch["labels"], batch["weights"]).backward()
    for row, example in enumerate(data):
        used = set(logits.grad[row].abs().sum(dim=-1).nonzero().flatten().tolist())
        assert used == set(range(example.prompt_length - 1, len(example.ids) - 1))


def test_prompt_ids_are_those_that_generation_sees(tokenizer):
    example = tokenize(EXAMPLES[:1], tokenizer, 64).kept[0]
    seen = tokenizer(EXAMPLES[0].prompt)["input_ids"]
    assert list(example.ids[: example.prompt_length]) == seen
    assert tokenizer.decode(example.ids[example.prompt_length : -1]) == "exact h"
    assert example.ids[-1] == tokenizer.eos_token_id
    assert example.labels == [IGNORED] * len(seen) + list(example.ids[len(seen) :])


def test_what_does_not_fit_is_counted_and_never_cut(tokenizer):
    data = tokenize(EXAMPLES, tokenizer, 64)
    assert [example.weight for example in data.kept] == [1.0, 2.0]
    assert data.dropped == 1
    length = len(data.kept[0].ids)
    assert tokenize(EXAMPLES[:1], tokenizer, length).dropped == 0
    with pytest.raises(
        InputError, match=f"none of 1 examples fits the model's context of {length - 1} tokens"
    ):
        tokenize(EXAMPLES[:1], tokenizer, length - 1)


def test_examples_that_cannot_teach(tokenizer):
    with pytest.raises(InputError, match="no examples"):
        tokenize([], tokenizer, 64)
    with pytest.raises(ValueError, match="needs an answer"):
        Example("p", "")
    for weight in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="weight"):
            Example("p", "q", weight)


def test_a_tokenizer_without_end_token():
    endless = train_tokenizer(TEXTS, vocab_size=300, context=64)
    endless.eos_token = None
    with pytest.raises(InputError, match="no end token"):
        tokenize(EXAMPLES, endless, 64)


@pytest.mark.parametrize(("count", "batch_size"), [(1, 4), (10, 4), (12, 4), (1000, 8), (3, 1)])
def test_every_epoch_has_every_example_once(count, batch_size):
    lengths = [3 + 7 * position % 50 for position in range(count)]
    order = training_order(lengths, batch_size=batch_size, epochs=3, seed=5)
    assert Counter(order) == dict.fromkeys(range(count), 3)
    assert order == training_order(lengths, batch_size=batch_size, epochs=3, seed=5)
    if count > batch_size:
        assert order != training_order(lengths, batch_size=batch_size, epochs=3, seed=6)
        assert set(order[:count]) >= set(range(count)) - set(order[count : count + batch_size])


def test_batches_hold_similar_lengths():
    lengths = [(37 * position) % 211 + 1 for position in range(800)]
    order = training_order(lengths, batch_size=8, epochs=1, seed=0)
    batches = [[lengths[each] for each in order[first : first + 8]] for first in range(0, 800, 8)]
    filled = sum(max(batch) * len(batch) for batch in batches)
    assert sum(lengths) / filled > 0.95
    assert [max(batch) for batch in batches] != sorted((max(batch) for batch in batches), reverse=True)
