"""The log-probabilities by which a server is known to compute with a model's weights, by transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers

from prover.errors import InputError
from prover.policy.transformers.loading import load_errors, quiet
from prover.serving.reference import MOST_TOKENS, TEXT, Reference


def reference_of(network: Any, tokenizer: Any) -> Reference | None:  # noqa: ANN401 - transformers' own
    """Return what a causal language model says of the text, on whatever device and in whatever numbers it is.

    None if its tokenizer makes no tokens of it.
    """
    context = getattr(network.config.get_text_config(), "max_position_embeddings", None) or MOST_TOKENS + 1
    tokens: list[int] = tokenizer(TEXT)["input_ids"][: min(MOST_TOKENS, context - 1)]
    if len(tokens) < 2:
        return None
    ids_T = torch.tensor(tokens, device=network.device)
    was_training = network.training
    network.eval()
    with torch.no_grad():
        logits_TV = network(input_ids=ids_T[None], use_cache=False).logits[0].float()
    network.train(was_training)
    logprobs_TV = logits_TV[:-1].log_softmax(dim=-1)
    logprobs_T = logprobs_TV.gather(1, ids_T[1:, None])[:, 0]
    return Reference(tokens=tuple(tokens), logprobs=tuple(logprobs_T.tolist()))


def load_reference(model: Path) -> Reference:
    """Return what the model in a folder says of the text, computed on processors in the numbers it is stored in.

    Raises:
        InputError: it is no causal language model that can be loaded.
    """
    how: dict[str, Any] = {"pretrained_model_name_or_path": str(model), "local_files_only": True}
    with load_errors(str(model)), quiet():
        tokenizer = transformers.AutoTokenizer.from_pretrained(**how)
        network = transformers.AutoModelForCausalLM.from_pretrained(
            **how, dtype="auto", low_cpu_mem_usage=True
        )
        reference = reference_of(network, tokenizer)
    if reference is None:
        raise InputError(f"the tokenizer of {model} makes no tokens of a text")
    return reference
