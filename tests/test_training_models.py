"""New models: presets, the tokenizer, and the folder that is written."""

import json

import pytest

from prover.errors import InputError
from prover.training.create import create_model
from prover.training.preset import ModelPreset, preset_names, read_preset

SMALL = ModelPreset(
    vocab_size=300, hidden_size=32, intermediate_size=48, layers=2, heads=2, kv_heads=1, context=128
)
TEXTS = [f"h{i} : p ∧ q\n⊢ ∀ n : ℕ, n + {i} ≤ {i} + n\n[TACTIC]\nexact ⟨h.2, h.1⟩" for i in range(20)]
LEAN = [
    "case succ\nα : Type u_1\nn : ℕ\nih : ∑ i ∈ range n, f i = n ^ 2\n⊢ n + 1 ≤ 2 * n ∨ ¬x₁ ∣ y'",
    "induction n with\n| zero => rfl\n| succ n ih =>\n    simp [ih, ← h₁]  ;  omega\n",
    "  two  spaces,\n\n\nthree lines\n\t⟨a, ‹p›⟩ «odd name» 𝔸 é ",
    "h.symm.trans_lt -- 2024 = 8 * 253",
    "",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("created") / "model"
    create_model(SMALL, TEXTS, path, seed=1)
    return path


@pytest.fixture(scope="module")
def tokenizer(folder):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def test_the_tiny_preset_is_small():
    from transformers import LlamaConfig, LlamaForCausalLM

    tiny = read_preset("tiny")
    weights = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=tiny.vocab_size,
            hidden_size=tiny.hidden_size,
            intermediate_size=tiny.intermediate_size,
            num_hidden_layers=tiny.layers,
            num_attention_heads=tiny.heads,
            num_key_value_heads=tiny.kv_heads,
            tie_word_embeddings=tiny.tied_embeddings,
        )
    ).num_parameters()
    assert 2e6 <= weights <= 5e6
    assert "tiny" in preset_names()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"depth": 3}, "unknown key depth"),
        ({"layers": None}, "lacks the key layers"),
        ({"layers": '"six"'}, "layers = 'six': Input should be a valid integer"),
        ({"context": "8"}, "context = 8: Input should be greater than or equal to 16"),
        ({"heads": "3"}, "hidden_size must be a multiple of twice heads, 6"),
        ({"kv_heads": "4"}, "heads must be a multiple of kv_heads, 4"),
        ({"layers": "= 3"}, "is not TOML"),
    ],
)
def test_a_wrong_preset_is_one_clear_line(tmp_path, change, said):
    values = {key: json.dumps(value) for key, value in SMALL.model_dump().items()} | change
    path = tmp_path / "mine.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in values.items() if value is not None))
    with pytest.raises(InputError) as caught:
        read_preset(path)
    assert said in caught.value.message
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


def test_a_preset_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no model preset 'huge'") as caught:
        read_preset("huge")
    assert "tiny" in caught.value.advice
    with pytest.raises(InputError, match="cannot read the model preset"):
        read_preset(tmp_path / "none.toml")


def test_a_preset_of_ones_own_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in SMALL.model_dump().items()))
    assert read_preset(path) == SMALL


@pytest.mark.parametrize("text", LEAN)
def test_lean_comes_back_as_it_was(tokenizer, text):
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_digits_stand_alone(tokenizer):
    assert len(tokenizer("2024")["input_ids"]) == 4


def test_the_folder_is_one_that_transformers_loads(folder, tokenizer):
    from transformers import AutoModelForCausalLM

    config = json.loads((folder / "config.json").read_text())
    generation = json.loads((folder / "generation_config.json").read_text())
    assert config["prover_format"] == "prover"
    assert config["vocab_size"] == len(tokenizer)
    assert generation["eos_token_id"] == tokenizer.eos_token_id != tokenizer.pad_token_id
    assert (folder / "model.safetensors").is_file()
    model = AutoModelForCausalLM.from_pretrained(folder)
    prompt = tokenizer("⊢ p\n[TACTIC]\n", return_tensors="pt")
    out = model.generate(**prompt, max_new_tokens=20, do_sample=True)
    assert out.max() < len(tokenizer)


def test_few_texts_make_a_small_vocabulary_and_no_empty_tokens(tmp_path):
    create_model(SMALL, ["p"], tmp_path / "model", seed=0)
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["vocab_size"] == 258


def test_the_same_seed_makes_the_same_model(folder, tmp_path):
    create_model(SMALL, iter(TEXTS), tmp_path / "same", seed=1)
    create_model(SMALL, TEXTS, tmp_path / "other", seed=2)
    files = sorted(path.name for path in folder.iterdir())
    assert files == sorted(path.name for path in (tmp_path / "same").iterdir())
    assert all((folder / name).read_bytes() == (tmp_path / "same" / name).read_bytes() for name in files)
    weights = "model.safetensors"
    assert (folder / weights).read_bytes() != (tmp_path / "other" / weights).read_bytes()


def test_what_fails_leaves_nothing(tmp_path):
    def texts():
        yield "p"
        raise RuntimeError("the texts broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        create_model(SMALL, texts(), tmp_path / "model", seed=0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    with pytest.raises(InputError, match="is there already"):
        create_model(SMALL, TEXTS, tmp_path, seed=0)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        create_model(SMALL, TEXTS, tmp_path / "file" / "model", seed=0)
