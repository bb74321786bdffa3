"""Whether a model's rows can share their prompts: tested on the model itself, since models differ in many ways."""

from __future__ import annotations

import torch

from prover.errors import PolicyError
from prover.policy.transformers.decode.attention import NAME, PLAIN
from prover.policy.transformers.decode.decoding import DecoderOnly
from prover.policy.transformers.decode.running_batch import RunningBatch
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loading import LoadedModel, quiet

# What is tried: two prompts of unlike length, one of them with two rows, and what the rows say.
_PROMPTS = [[1, 2, 3, 4], [5, 6]]
_ORIGINS = [1, 0, 0]
_SAID = [[3, 4], [1, 2], [4, 1]]
# Of the range of the logits: by how much they may differ.
_TOLERANCE = {torch.float32: 1e-3}
_TOLERANCE_OF_16_BITS = 5e-2


@torch.inference_mode()
def share_prompts(loaded: LoadedModel) -> None:
    """Give a model the attention that :class:`RunningBatch` need, if its logits stay the same.

    Not so with encoder-decoders, attention to a window, caches of the model's own, and the like.
    """
    if loaded.model.config.is_encoder_decoder or loaded.model.config._attn_implementation != PLAIN:
        return
    with quiet():
        try:
            with model_errors(loaded.name):
                loaded.model.set_attn_implementation(NAME)
                agrees = _agrees(loaded)
        except (PolicyError, torch.OutOfMemoryError):
            agrees = False
        if not agrees:
            loaded.model.set_attn_implementation(PLAIN)


def _agrees(loaded: LoadedModel) -> bool:
    """Check that prefix sharing reproduces the model's logits on the full sequence."""
    decoding = DecoderOnly(loaded, _PROMPTS, steps=len(_SAID[0]))
    if not decoding.plain:
        return False
    slots = RunningBatch(loaded)
    slots.join(decoding)
    slots.select(_ORIGINS)
    for tokens in zip(*_SAID, strict=True):
        slots.advance(tokens)
    texts = [_PROMPTS[origin] + said for origin, said in zip(_ORIGINS, _SAID, strict=True)]
    expected_BV = DecoderOnly(loaded, texts, steps=0).logits_BV
    tolerance = _TOLERANCE.get(loaded.model.dtype, _TOLERANCE_OF_16_BITS)
    difference = (slots.logits_BV - expected_BV).abs().max()
    return bool(difference <= tolerance * (expected_BV.max() - expected_BV.min()))
