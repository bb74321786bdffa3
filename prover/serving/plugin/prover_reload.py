"""Weights read again on processors, where vLLM 0.32 forgets an output layer that has the embedding's weights.

There vLLM multiplies by repacked copies of the matrices. `reload_weights` makes those of the layers anew that a model's
files name; an output layer that shares its weights has no entry there, and goes on with its old copy.
"""

from __future__ import annotations

from typing import Any


class ReloadShared:
    """What vLLM adds to its workers."""

    model_runner: Any
    reload_weights: Any

    def reload_shared_weights(self) -> None:
        """Read the weights again, and repack those of layers that keep the originals: embedding and output."""
        self.reload_weights()
        for layer in self.model_runner.get_model().modules():
            if hasattr(layer, "cpu_linear") and layer.weight.numel():
                layer.quant_method.process_weights_after_loading(layer)
