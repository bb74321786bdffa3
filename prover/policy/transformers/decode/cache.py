"""A key-value cache with room to grow.

The library's own cache makes a new tensor of all keys so far for each token, which took two thirds of the time
of sampling with a small model on a CPU. Here a token's keys are written behind those before it.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

from prover.errors import PolicyError


class RoomyLayer(DynamicLayer):
    """One layer's keys and values: `keys` and `values` are the used part of tensors with more room.

    `room` is how many more tokens are expected; more are taken, at the cost of a copy.
    """

    keys: Any
    values: Any

    def __init__(self, layer: DynamicLayer, *, room: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys, self.values = layer.keys, layer.values
        self.device = self.keys.device
        self.is_initialized = True
        self._room = room
        self._buffers: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: object, **_settings: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append states of shape [rows, heads, new tokens, size]; return all keys and all values."""
        start = self.keys.shape[-2]
        end = start + key_states.shape[-2]
        if self._buffers is None or end > self._buffers[0].shape[-2]:
            length = end + self._room
            self._buffers = _with_room(self.keys, length), _with_room(self.values, length)
        keys, values = self._buffers
        keys[:, :, start:end] = key_states
        values[:, :, start:end] = value_states
        self.keys, self.values = keys[:, :, :end], values[:, :, :end]
        self._room = max(0, self._room - (end - start))
        return self.keys, self.values

    def reorder_cache(self, beam_idx: torch.LongTensor) -> None:
        """Let row i be what row `beam_idx[i]` was; `beam_idx` may be of any length."""
        super().reorder_cache(beam_idx)
        self._buffers = None


def cache_argument(model: Any) -> str:  # noqa: ANN401 - transformers' models have no common type
    """Return what a model calls the cache it is given: ``cache`` since transformers 5.24, before `past_key_values`."""
    return "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"


def cache_of(output: Any, name: str) -> Any:  # noqa: ANN401
    """Return the cache in the output of the model called `name`.

    Raises:
        PolicyError: it keeps none.
    """
    cache = output.cache if hasattr(output, "cache") else getattr(output, "past_key_values", None)
    if cache is None:
        raise PolicyError(f"the model {name} keeps no keys and values of what it has read")
    return cache


def make_room(cache: Any, tokens: int) -> None:  # noqa: ANN401 - caches of custom models have no common type
    """Give the plain layers of a filled cache room for `tokens` more; layers of other kinds are left alone."""
    cache = getattr(cache, "self_attention_cache", cache)
    layers = getattr(cache, "layers", [])
    for index, layer in enumerate(layers):
        if type(layer) is DynamicLayer and layer.get_seq_length() > 0:
            layers[index] = RoomyLayer(layer, room=tokens)


def is_plain(cache: Any) -> bool:  # noqa: ANN401
    """Whether all of a cache's layers have been given room, so that they hold keys and values and nothing else."""
    layers = getattr(cache, "layers", [])
    return bool(layers) and all(type(layer) is RoomyLayer for layer in layers)


def branch_cache(cache: Any, rows: torch.Tensor) -> Any:  # noqa: ANN401
    """Return a cache whose row i is a copy of row `rows[i]`."""
    branch = copy.copy(cache)
    parts = [name for name in ("self_attention_cache", "cross_attention_cache") if hasattr(cache, name)]
    for name in parts:
        setattr(branch, name, branch_cache(getattr(cache, name), rows))
    if parts:
        branch.is_updated = dict(cache.is_updated)
        return branch
    if hasattr(cache, "layers"):
        branch.layers = [copy.copy(layer) for layer in cache.layers]
    else:
        branch = copy.deepcopy(cache)
    branch.reorder_cache(rows)
    return branch


def _with_room(used: torch.Tensor, length: int) -> torch.Tensor:
    rows, heads, start, size = used.shape
    buffer = used.new_empty(rows, heads, length, size)
    buffer[:, :, :start] = used
    return buffer
