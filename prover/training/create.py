"""A new model: a tokenizer trained on texts, and weights drawn at random.

What is written is a normal transformers folder that any backend loads. Its config.json also holds
`prover_format`, which tells :mod:`prover.policy.formats` how the model wants to be asked.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prover.errors import InputError
from prover.policy.formats import FORMAT_KEY
from prover.training.libraries import quiet_transformers, require
from prover.training.preset import ModelPreset

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

FORMAT = "prover"


def create_model(preset: ModelPreset, texts: Iterable[str], folder: Path, *, seed: int) -> None:
    """Write a model of the preset's shape to `folder`, which appears only when it is complete.

    `texts` are what the tokenizer is trained on: prompts and answers as training will have them. The
    vocabulary is the tokenizer's, never larger: a token that decodes to nothing could otherwise be sampled.
    The same texts and seed make the same model. Weights are in float32, drawn with the standard deviation
    1/√hidden_size, which keeps a vector's size; Llama's usual 0.02 makes narrow models learn much more slowly.

    Raises:
        InputError: `folder` is there already, or cannot be written.
        SetupError: torch, transformers or tokenizers are not installed.
    """
    require("torch", "transformers", "tokenizers")
    from prover.training.tokenizer import train_tokenizer

    with quiet_transformers(), new_folder(folder) as unfinished:
        tokenizer = train_tokenizer(texts, vocab_size=preset.vocab_size, context=preset.context)
        tokenizer.save_pretrained(unfinished)
        _random_model(preset, tokenizer, seed).save_pretrained(unfinished)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `folder` when the block ends, and is gone if it fails.

    Raises:
        InputError: `folder` is there already, or cannot be written.
    """
    if folder.exists():
        raise InputError(f"{folder} is there already", advice="Name a folder that does not exist.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            yield unfinished
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished)
            raise
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from error


def _random_model(preset: ModelPreset, tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    import torch
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

    ends = {
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=preset.hidden_size,
        intermediate_size=preset.intermediate_size,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        num_key_value_heads=preset.kv_heads,
        max_position_embeddings=preset.context,
        tie_word_embeddings=preset.tied_embeddings,
        initializer_range=preset.hidden_size**-0.5,
        **ends,
    )
    config.update({FORMAT_KEY: FORMAT})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(**ends)
    return model
