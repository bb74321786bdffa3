"""Fine-tuning a very small model: the loss it reports, resuming, adapters, and what it refuses."""

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from prover.errors import InputError, SetupError
from prover.policy.reference import compute_reference
from prover.policy.transformers.reference import reference_of
from prover.serving.reference import Reference
from prover.training.checkpoints import work_folder
from prover.training.create import create_model
from prover.training.data.examples import Example
from prover.training.job import train
from prover.training.lora import LoraSettings
from prover.training.objectives.sft import SFT, SftConfig
from prover.training.preset import ModelPreset

pytestmark = pytest.mark.long

PRESET = ModelPreset(
    vocab_size=300, hidden_size=32, intermediate_size=64, layers=2, heads=2, kv_heads=1, context=128
)
EXAMPLES = [
    Example(f"{p} {q} : Prop\nh : {p} ∧ {q}\n⊢ {goal}\n[TACTIC]\n", f"exact h.{number}", weight)
    for p, q in ("ab", "pq", "xy", "PQ", "rs")
    for goal, number, weight in ((p, 1, 1.0), (q, 2, 2.0))
]
CONFIG = SftConfig(epochs=4, batch_size=4, checkpoint_every=3, device="cpu", learning_rate=3e-3)
KILL_AT = 8
KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    import torch
    sys.path.insert(0, sys.argv[1])
    from test_training_sft import CONFIG, EXAMPLES, KILL_AT, finetune

    def kill(progress):
        if progress.step == KILL_AT:
            os.kill(os.getpid(), signal.SIGKILL)

    torch.set_num_threads(1)
    finetune(sys.argv[2], EXAMPLES, Path(sys.argv[3]), CONFIG, observe=kill)
    """
)


def finetune(*arguments, **options):
    return train(*arguments, SFT, **options)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Sums of floats depend on how they are split."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("base") / "model"
    create_model(PRESET, [example.prompt + example.answer for example in EXAMPLES], path, seed=0)
    return path


@pytest.fixture(scope="module")
def undisturbed(base):
    out = base.parent / "undisturbed"
    return out, finetune(base, EXAMPLES, out, CONFIG)


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def loaded(folder):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def mean_loss(folder, examples):
    """What the first step's loss must be, one example at a time and without our code."""
    model, tokenizer = loaded(folder)
    total = count = 0.0
    for example in examples:
        prompt = tokenizer(example.prompt)["input_ids"]
        answer = [*tokenizer(example.answer)["input_ids"], tokenizer.eos_token_id]
        with torch.no_grad():
            logprobs = model(torch.tensor([prompt + answer])).logits[0].log_softmax(dim=-1)
        for position, token in enumerate(answer, start=len(prompt) - 1):
            total -= example.weight * logprobs[position, token].item()
            count += example.weight
    return total / count


def test_the_model_learns_and_is_a_normal_folder(undisturbed, base):
    out, result = undisturbed
    assert len(result.losses) == 10
    assert result.losses[-1] < result.losses[0] / 2
    assert result.examples == len(EXAMPLES)
    assert result.dropped == 0
    assert result.tokens_per_s > 0
    model, tokenizer = loaded(out)
    assert model.config.prover_format == "prover"
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert {path.name for path in base.iterdir()} == {path.name for path in out.iterdir()} - {"training.json"}
    assert not work_folder(out).exists()


@pytest.mark.parametrize(("batch_size", "accumulation"), [(10, 1), (3, 4)])
def test_the_first_loss_is_the_mean_over_the_answers_tokens(base, tmp_path, batch_size, accumulation):
    config = SftConfig(
        max_steps=1,
        batch_size=batch_size,
        accumulation=accumulation,
        checkpoint_every=None,
        device="cpu",
    )
    seen = []
    examples = EXAMPLES if accumulation == 1 else [EXAMPLES[0]] * 5 + [EXAMPLES[1]] * 7
    result = finetune(base, examples, tmp_path / "out", config, observe=seen.append)
    assert result.losses[0] == pytest.approx(mean_loss(base, examples), rel=1e-4)
    assert [(each.step, each.steps, each.loss) for each in seen] == [(1, 1, result.losses[0])]


def test_killed_and_resumed_ends_in_the_same_weights(base, undisturbed, tmp_path):
    out = tmp_path / "out"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(base), str(out)],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not out.exists()
    assert (work_folder(out) / "checkpoint-6" / "complete.json").exists()
    seen = []
    result = finetune(base, EXAMPLES, out, CONFIG, resume=True, observe=seen.append)
    assert [each.step for each in seen] == [7, 8, 9, 10]
    assert weights(out) == weights(undisturbed[0])
    assert result.losses == undisturbed[1].losses
    assert result.tokens == undisturbed[1].tokens


def test_a_checkpoint_that_was_being_written_is_not_used(base, undisturbed, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        finetune(base, EXAMPLES, out, CONFIG, observe=interrupt_at(7))
    torn = work_folder(out) / "checkpoint-6"
    (torn / "complete.json").unlink()
    (torn / "model.safetensors").write_bytes(b"half")
    seen = []
    finetune(base, EXAMPLES, out, CONFIG, resume=True, observe=seen.append)
    assert [each.step for each in seen] == [4, 5, 6, 7, 8, 9, 10]
    assert weights(out) == weights(undisturbed[0])


def interrupt_at(step):
    def observe(progress):
        if progress.step == step:
            raise KeyboardInterrupt

    return observe


def test_without_resume_it_begins_anew(base, undisturbed, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        finetune(base, EXAMPLES[:5], out, CONFIG, observe=interrupt_at(4))
    with pytest.raises(InputError, match="another model, examples or settings"):
        finetune(base, EXAMPLES, out, CONFIG, resume=True)
    result = finetune(base, EXAMPLES, out, CONFIG)
    assert result.losses == undisturbed[1].losses
    assert weights(out) == weights(undisturbed[0])


def test_resuming_what_has_ended_returns_what_came_of_it(base, undisturbed):
    out, result = undisturbed
    assert finetune(base, EXAMPLES, out, CONFIG, resume=True) == result
    for other in (EXAMPLES[1:], EXAMPLES):
        with pytest.raises(InputError, match="is there already"):
            finetune(base, other, out, CONFIG, resume=other != EXAMPLES)


def test_it_is_quiet(base, tmp_path, capfd):
    finetune(base, EXAMPLES, tmp_path / "out", CONFIG.model_copy(update={"max_steps": 2}))
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_weights_are_saved_in_the_type_that_is_asked_for(base, tmp_path):
    out = tmp_path / "out"
    config = SftConfig(max_steps=1, dtype="bfloat16", device="cpu")
    finetune(base, EXAMPLES, out, config)
    assert len(weights(out)) < 0.6 * len(weights(base))
    assert loaded(out)[0].dtype == torch.bfloat16
    finetune(out, EXAMPLES, tmp_path / "again", SftConfig(max_steps=1, device="cpu"))
    assert loaded(tmp_path / "again")[0].dtype == torch.bfloat16


def test_what_the_written_weights_say_is_noted(base, tmp_path, undisturbed):
    """Servers that are given the weights are compared with it; adapters and other types are as they were written."""
    pytest.importorskip("peft")
    assert Reference.stored(base) is None
    lora = {"lora": LoraSettings(rank=4), "dtype": "bfloat16", "max_steps": 3, "learning_rate": 1e-2}
    finetune(base, EXAMPLES, tmp_path / "out", CONFIG.model_copy(update=lora))
    for folder in (undisturbed[0], tmp_path / "out"):
        noted, computed = Reference.stored(folder), compute_reference(folder)
        assert noted.tokens == computed.tokens
        assert noted.apart(computed.logprobs) < 1e-5
        assert noted.apart(compute_reference(base).logprobs) > 1e-2
    [short] = reference_of(*loaded(out_of_context(base, tmp_path / "short"))).logprobs
    assert short < 0


def out_of_context(base, folder):
    """Copy a model, and let its context end after three tokens."""
    shutil.copytree(base, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 3}))
    return folder


def test_adapters_are_merged_into_a_plain_model(base, tmp_path):
    pytest.importorskip("peft")
    out = tmp_path / "out"
    config = CONFIG.model_copy(update={"lora": LoraSettings(rank=4), "epochs": 8, "learning_rate": 1e-2})
    config = config.model_copy(update={"activation_checkpointing": True})
    with pytest.raises(KeyboardInterrupt):
        finetune(base, EXAMPLES, out, config, observe=interrupt_at(7))
    result = finetune(base, EXAMPLES, out, config, resume=True)
    assert finetune(base, EXAMPLES, tmp_path / "same", config).losses == result.losses
    assert result.losses[-1] < result.losses[0]
    assert weights(out) == weights(tmp_path / "same")
    model, _ = loaded(out)
    assert model.num_parameters() == loaded(base)[0].num_parameters()
    assert mean_loss(out, EXAMPLES) < mean_loss(base, EXAMPLES)


def test_a_training_that_diverges_is_an_error_and_writes_no_model(base, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(InputError, match="diverged"):
        finetune(base, EXAMPLES, out, CONFIG.model_copy(update={"learning_rate": 1e30}))
    assert not out.exists()


def test_activations_computed_twice_change_nothing(base, undisturbed, tmp_path):
    config = CONFIG.model_copy(update={"activation_checkpointing": True})
    result = finetune(base, EXAMPLES, tmp_path / "out", config)
    assert result.losses == pytest.approx(undisturbed[1].losses, rel=1e-4)


def test_what_is_no_model_is_one_clear_line(base, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    for folder in (empty, tmp_path / "broken"):
        with pytest.raises(InputError, match="cannot load") as caught:
            finetune(folder, EXAMPLES, tmp_path / "out", CONFIG)
        assert "\n" not in caught.value.message


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_gpu_that_is_not_there(base, tmp_path):
    with pytest.raises(SetupError, match="no CUDA device"):
        finetune(base, EXAMPLES, tmp_path / "out", CONFIG.model_copy(update={"device": "cuda"}))
