"""Rows of a decoder-only model that come, split and go while the others grow.

Every row's next token falls in the same column, so a prompt that joins lies in the last columns before it, and
a row is known by the column where it begins. Columns that no row needs any more are left out of the attention.
Changes are made in place, and cost what they change.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

from prover.policy.transformers.cache import RoomyLayer
from prover.policy.transformers.decoding import DecoderOnly, model_errors
from prover.policy.transformers.loading import LoadedModel

# New tensors have this many columns more than are needed; and half as many rows again.
_SPARE_COLUMNS = 256


class _Layer(DynamicLayer):
    """One layer's keys and values: a window of two larger tensors of shape [rows, heads, columns, size]."""

    keys: Any
    values: Any

    def __init__(self, like: RoomyLayer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.dtype, self.device = like.dtype, like.device
        self.is_initialized = True
        self._buffers = [tensor.new_empty(0, *tensor.shape[1:]) for tensor in (like.keys, like.values)]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns that there is room for."""
        return self._buffers[0].shape[0], self._buffers[0].shape[2]

    def show(self, rows: int, start: int, end: int) -> None:
        """Let the keys and values be those of the first rows and of the columns from `start` to `end`."""
        self._end = end
        self._window = slice(rows), slice(None), slice(start, end + 1)
        self.keys, self.values = (buffer[:rows, :, start:end] for buffer in self._buffers)

    def move(self, rows: int, columns: int, window: slice, to: slice) -> None:
        """Go to new tensors of so many rows and columns; what is in the columns `window` comes to lie in `to`."""
        for index, old in enumerate(self._buffers):
            new = old.new_zeros(rows, old.shape[1], columns, old.shape[3])
            new[: old.shape[0], :, to] = old[:, :, window]
            self._buffers[index] = new

    def put(self, row: int, end: int, layer: RoomyLayer) -> None:
        """Write the rows of another layer from `row` on, so that their last column lies before `end`."""
        for buffer, new in zip(self._buffers, (layer.keys, layer.values), strict=True):
            buffer[row : row + new.shape[0], :, end - new.shape[2] : end] = new

    def copy(self, origins: torch.Tensor, targets: torch.Tensor, columns: slice) -> None:
        """Overwrite the rows `targets` with what the rows `origins` were before."""
        for buffer in self._buffers:
            buffer[targets, :, columns] = buffer[origins, :, columns]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: object, **_settings: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write states of shape [rows, heads, 1, size] behind the window; return all keys and all values."""
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[: new.shape[0], :, self._end : self._end + 1] = new
        self.keys, self.values = (buffer[self._window] for buffer in self._buffers)
        return self.keys, self.values


class Slots:
    """The rows. `logits_BV` is what the model says of the next token of each: float32, rows by vocabulary."""

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded
        self._cache: Any = None
        self._begins: list[int] = []
        self._end = 0
        self.logits_BV = torch.empty(0)

    def __len__(self) -> int:
        return len(self._begins)

    def join(self, decoding: DecoderOnly) -> None:
        """Add the rows of a plain decoding that has read its prompts and nothing else, behind those there are."""
        layers, rows = decoding.cache.layers, len(self)
        if self._cache is None:
            self._cache = copy.copy(decoding.cache)
            self._cache.layers = [_Layer(layer) for layer in layers]
        self._reserve(rows + len(decoding.lengths), max(decoding.lengths))
        for mine, theirs in zip(self._cache.layers, layers, strict=True):
            mine.put(rows, self._end, theirs)
        self._begins += [self._end - length for length in decoding.lengths]
        self.logits_BV = torch.cat([self.logits_BV, decoding.logits_BV]) if rows else decoding.logits_BV

    def select(self, origins: Sequence[int]) -> None:
        """Let row i be what row `origins[i]` was. The logits are those of before until `advance`."""
        self._reserve(len(origins), 0)
        moved = [row for row, origin in enumerate(origins) if row != origin]
        self._begins = [self._begins[origin] for origin in origins]
        if moved:
            device = self.logits_BV.device
            sources = torch.tensor([origins[row] for row in moved], device=device)
            targets, columns = torch.tensor(moved, device=device), slice(min(self._begins), self._end)
            for layer in self._cache.layers:
                layer.copy(sources, targets, columns)

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all rows but these, and their logits."""
        self.logits_BV = self.logits_BV[torch.tensor(rows, dtype=torch.long, device=self.logits_BV.device)]
        self.select(rows)

    def advance(self, tokens: Sequence[int]) -> None:
        """Append a token to each row.

        Raises:
            PolicyError: the model failed.
        """
        self._reserve(len(self), 0)
        device, start = self.logits_BV.device, min(self._begins)
        for layer in self._cache.layers:
            layer.show(len(self), start, self._end)
        begins_B1 = torch.tensor(self._begins, device=device)[:, None]
        mask = (torch.arange(start, self._end + 1, device=device) >= begins_B1).long()
        last = (self._loaded.context_length or self._end + 1) - 1
        with model_errors(self._loaded.name):
            output = self._loaded.model(
                input_ids=torch.tensor(tokens, device=device)[:, None],
                attention_mask=mask,
                position_ids=(self._end - begins_B1).clamp(max=last),
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            )
        self._end += 1
        self.logits_BV = output.logits[:, -1].float()

    def _reserve(self, rows: int, prompt: int) -> None:
        """Make room for so many rows, a prompt of that length before the next column, and a column more."""
        has_rows, has_columns = self._cache.layers[0].shape
        if rows <= has_rows and prompt <= self._end < has_columns:
            return
        start = min(self._begins, default=self._end)
        width = self._end - start
        end = max(width, prompt)
        rows = has_rows if rows <= has_rows else rows + rows // 2
        for layer in self._cache.layers:
            layer.move(rows, end + _SPARE_COLUMNS, slice(start, self._end), slice(end - width, end))
        self._begins = [begin + end - self._end for begin in self._begins]
        self._end = end
