"""Critics: scores of states from a scalar head, on small random models."""

import json
import math
import shutil

import pytest
import tokenizers
import torch
import transformers
from tokenizers import Tokenizer, decoders, pre_tokenizers

from prover.errors import InputError, PolicyError
from prover.policy.base import PolicyInput
from prover.policy.value import TransformersCritic

STATES = [
    PolicyInput(goals=("n : Nat\n⊢ n + 0 = n",)),
    PolicyInput(goals=("p q : Prop\nh : p ∧ q\n⊢ q", "p q : Prop\nh : p ∧ q\n⊢ p")),
    PolicyInput(goals=("⊢ True",)),
    PolicyInput(goals=("h : " + "a + " * 50 + "0 = 0\n⊢ False",)),
]
TEMPLATE = "{% for turn in messages %}<{{ turn.role }}>{{ turn.content }}\n{% endfor %}"


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def byte_tokenizer():
    vocabulary = {symbol: index for index, symbol in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer)


def make_model(folder, *, auto=transformers.AutoModelForSequenceClassification, **settings):
    torch.manual_seed(0)
    transformers.utils.logging.disable_progress_bar()
    config = transformers.LlamaConfig(
        vocab_size=256,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=256,
        initializer_range=0.15,
        bos_token_id=None,
        eos_token_id=0,
        **settings,
    )
    auto.from_config(config).save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def critic_folder(tmp_path_factory):
    return make_model(tmp_path_factory.mktemp("critics") / "critic", num_labels=1)


def load(folder, **settings):
    return TransformersCritic.load(str(folder), device="cpu", **settings)


def reference_score(folder, text):
    """What transformers' own classifier gives for one text."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    ids = transformers.AutoTokenizer.from_pretrained(folder)(text)["input_ids"]
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids[-256:]])).logits.item()


async def test_scores_are_those_of_the_classifier_whatever_the_batch(critic_folder):
    expected = [reference_score(critic_folder, state.pp) for state in STATES]
    assert len(set(expected)) == len(STATES)
    for batch_states in (1, 3, 32):
        critic = load(critic_folder, batch_states=batch_states)
        assert await critic.score(STATES) == pytest.approx(expected, abs=1e-4)
        await critic.close()
    critic = load(critic_folder)
    assert [(await critic.score([state]))[0] for state in STATES] == pytest.approx(expected, abs=1e-4)
    assert await critic.score([]) == []
    assert critic.name == "critic"


async def test_of_a_state_too_long_the_end_is_read(critic_folder):
    state = PolicyInput(goals=("h : 0 = 0\n" * 60 + "⊢ 1 = 2",))
    expected = reference_score(critic_folder, state.pp)
    assert await load(critic_folder).score([STATES[0], state]) == pytest.approx(
        [reference_score(critic_folder, STATES[0].pp), expected], abs=1e-4
    )


async def test_an_internlm_critic_reads_the_state_as_an_answer(tmp_path, critic_folder):
    folder = shutil.copytree(critic_folder, tmp_path / "internlm")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "reward_token_id": ord("z") - 33}))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    reward = transformers.AutoTokenizer.from_pretrained(folder).decode([ord("z") - 33])
    assert len(reward) == 1
    text = f"<user>Which state is closer to 'no goals'?\n<assistant>⊢ True\n{reward}"
    assert await load(folder).score([STATES[2]]) == pytest.approx([reference_score(folder, text)], abs=1e-4)


async def test_bfloat16_agrees_roughly(critic_folder):
    expected = [reference_score(critic_folder, state.pp) for state in STATES]
    scores = await load(critic_folder, dtype="bfloat16").score(STATES)
    assert scores == pytest.approx(expected, abs=0.1)


async def test_a_batch_that_does_not_fit_the_memory_is_tried_in_halves(critic_folder):
    from prover.policy.transformers.critic_head import ValueModel

    model = ValueModel.load(
        str(critic_folder), device="cpu", dtype="auto", batch_states=4, trust_remote_code=False
    )
    most = 2

    def limit_memory(_module, _arguments, named):
        if len(named["input_ids"]) > most:
            raise torch.OutOfMemoryError

    model.loaded.model.model.register_forward_pre_hook(limit_memory, with_kwargs=True)
    critic = TransformersCritic(model)
    assert await critic.score(STATES) == pytest.approx(await load(critic_folder).score(STATES), abs=1e-4)
    most = 0
    with pytest.raises(PolicyError, match="the memory of cpu does not hold"):
        await critic.score(STATES)


async def test_a_closed_critic_says_so(critic_folder):
    critic = load(critic_folder)
    await critic.close()
    await critic.close()
    with pytest.raises(PolicyError, match="critic is closed"):
        await critic.score(STATES)


async def test_scores_that_are_not_numbers_are_an_error(tmp_path, critic_folder):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(critic_folder)
    model.score.weight.data[:] = math.nan
    model.save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(PolicyError, match="not numbers"):
        await load(tmp_path).score(STATES)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"auto": transformers.AutoModelForCausalLM, "num_labels": 1}, "lacks the weights score.weight"),
        ({"num_labels": 3}, "its head gives 3 numbers"),
    ],
)
def test_a_model_that_is_no_critic_is_one_clear_line(tmp_path, settings, message):
    folder = make_model(tmp_path / "model", **settings)
    with pytest.raises(InputError, match=message):
        load(folder)


def test_an_encoder_is_no_critic(tmp_path):
    transformers.utils.logging.disable_progress_bar()
    config = transformers.BertConfig(
        vocab_size=256, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, num_labels=1
    )
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="not a decoder with a head"):
        load(tmp_path)


def test_a_folder_that_is_none_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match=r"no config\.json"):
        load(tmp_path)


@pytest.mark.parametrize("place", ["body", "tokenizer"])
@pytest.mark.parametrize("error", [AttributeError("no dtype"), AssertionError("odd"), KeyError("cache")])
async def test_whatever_a_critic_raises_is_a_policy_error(critic_folder, place, error):
    critic = load(critic_folder)
    loaded = critic._model.loaded

    def fail(*_args, **_settings):
        raise error

    if place == "body":
        loaded.model.get_submodule("model.layers.1").forward = fail
    else:
        loaded.tokenizer._encode_plus = fail
    with pytest.raises(PolicyError, match=f"failed: {type(error).__name__}: "):
        await critic.score(STATES)
    await critic.close()


@pytest.mark.parametrize("error", [AttributeError("no dtype"), RuntimeError("odd")])
def test_a_critic_that_cannot_score_at_all_is_one_clear_line(critic_folder, monkeypatch, error):
    def fail(*_args, **_settings):
        raise error

    monkeypatch.setattr(transformers.LlamaModel, "forward", fail)
    with pytest.raises(PolicyError, match=str(error)):
        load(critic_folder)
