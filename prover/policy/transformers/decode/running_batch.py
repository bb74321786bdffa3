"""The running batch: rows are added, forked and removed between decoding steps (decoder-only models).

A row continues a prompt, which it shares with others. Generated tokens are in columns: every row's
next token falls in the same one, and a row is known by its prompt and the column where it begins. Columns that no
row needs any more are left out of the attention. Changes are made in place, and cost what they change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from prover.policy.transformers.decode.attention import SharedPrompts, attention_bias, ending_at
from prover.policy.transformers.decode.cache import RoomyLayer, cache_argument
from prover.policy.transformers.decode.decoding import DecoderOnly
from prover.policy.transformers.loading import LoadedModel

# New tensors have this many columns more than are needed; and half as many rows again.
_SPARE_COLUMNS = 64


class _Columns(DynamicLayer):
    """One layer's keys and values: a window of two larger tensors of shape [rows, heads, columns, size]."""

    keys: Any
    values: Any

    def __init__(self, like: RoomyLayer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.device = like.keys.device
        self.is_initialized = True
        self._buffers = [
            tensor.new_empty(0, tensor.shape[1], 0, tensor.shape[3]) for tensor in (like.keys, like.values)
        ]

    @property
    def shape(self) -> tuple[int, int]:
        """The allocated rows and columns."""
        return self._buffers[0].shape[0], self._buffers[0].shape[2]

    def show(self, rows: int, start: int, end: int) -> None:
        """Let the keys and values be those of the first rows and of the columns from `start` to `end`."""
        self._end = end
        self._window = slice(rows), slice(None), slice(start, end + 1)
        self.keys, self.values = (buffer[:rows, :, start:end] for buffer in self._buffers)

    def move(self, rows: int, columns: int, window: slice, to: slice) -> None:
        """Move to new tensors of these numbers of rows and columns; columns `window` are copied to `to`."""
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


class _Prompts:
    """Prefilled prompts, each with its last token in the last column."""

    def __init__(self, like: Sequence[RoomyLayer]) -> None:
        self.lengths: list[int] = []
        self._layers = [_Columns(layer) for layer in like]

    def add(self, decoding: DecoderOnly) -> None:
        """Add the prompts of a decoding."""
        count, (rows, columns) = len(self.lengths), self._layers[0].shape
        needed, width = count + len(decoding.lengths), max(decoding.lengths)
        if needed > rows or width > columns:
            rows, wider = max(rows, needed + needed // 2), max(columns, width + _SPARE_COLUMNS)
            for layer in self._layers:
                layer.move(rows, wider, slice(columns), slice(wider - columns, wider))
            columns = wider
        for mine, theirs in zip(self._layers, decoding.cache.layers, strict=True):
            mine.put(count, columns, theirs)
        self.lengths += decoding.lengths

    def keep(self, prompts: set[int]) -> dict[int, int]:
        """Drop all prompts but these; return where each of them is now."""
        last, places = len(prompts), {prompt: prompt for prompt in prompts}
        holes = [prompt for prompt in range(last) if prompt not in prompts]
        movers = [prompt for prompt in prompts if prompt >= last]
        if movers:
            places |= dict(zip(movers, holes, strict=True))
            device = self._layers[0].device
            origins, targets = torch.tensor(movers, device=device), torch.tensor(holes, device=device)
            for layer in self._layers:
                layer.copy(origins, targets, slice(None))
        lengths = self.lengths
        self.lengths = [0] * last
        for prompt, place in places.items():
            self.lengths[place] = lengths[prompt]
        return places

    def shared(self, prompt_of: Sequence[int]) -> tuple[SharedPrompts, torch.Tensor]:
        """Return the prompts for rows that go on from `prompt_of`, and which of their tokens each row has read."""
        longest, columns = max(self.lengths), self._layers[0].shape[1]
        for layer in self._layers:
            layer.show(len(self.lengths), columns - longest, columns)
        prompts = SharedPrompts.of([(layer.keys, layer.values) for layer in self._layers], prompt_of)
        return prompts, ending_at(
            [self.lengths[prompt] for prompt in prompt_of], longest, self._layers[0].device
        )


class RunningBatch:
    """The rows. `logits_BV` is the logits of the next token of each: float32, rows by vocabulary."""

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded
        self._cache_argument = cache_argument(loaded.model)
        self._prompts: _Prompts | None = None
        self._prompt_of: list[int] = []
        self._said: Any = None
        self._begins: list[int] = []
        self._end = 0
        self.logits_BV = torch.empty(0)

    def __len__(self) -> int:
        return len(self._begins)

    def join(self, decoding: DecoderOnly) -> None:
        """Add a row for each prompt of a plain decoding, which has read them and nothing else."""
        if self._prompts is None:
            self._prompts = _Prompts(decoding.cache.layers)
            self._said = DynamicCache()
            self._said.layers = [_Columns(layer) for layer in decoding.cache.layers]
        rows, count = len(self), len(self._prompts.lengths)
        self._prompts.add(decoding)
        self._prompt_of += range(count, len(self._prompts.lengths))
        self._begins += [self._end] * len(decoding.lengths)
        self.logits_BV = torch.cat([self.logits_BV, decoding.logits_BV]) if rows else decoding.logits_BV

    def select(self, origins: Sequence[int]) -> None:
        """Replace row i by what row `origins[i]` was. The logits stay the old ones until `advance`."""
        self._reserve(max(len(self), len(origins)))
        moved = [row for row, origin in enumerate(origins) if row != origin]
        self._begins = [self._begins[origin] for origin in origins]
        self._prompt_of = [self._prompt_of[origin] for origin in origins]
        if moved:
            device = self.logits_BV.device
            sources = torch.tensor([origins[row] for row in moved], device=device)
            targets, columns = torch.tensor(moved, device=device), slice(min(self._begins), self._end)
            for layer in self._said.layers:
                layer.copy(sources, targets, columns)
        used = set(self._prompt_of)
        if self._prompts is not None and len(used) < len(self._prompts.lengths):
            places = self._prompts.keep(used)
            self._prompt_of = [places[prompt] for prompt in self._prompt_of]

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all rows but these, and their logits."""
        self.logits_BV = self.logits_BV[torch.tensor(rows, dtype=torch.long, device=self.logits_BV.device)]
        self.select(rows)

    def advance(self, tokens: Sequence[int]) -> None:
        """Append a token to each row."""
        assert self._prompts is not None
        self._reserve(len(self))
        device, start = self.logits_BV.device, min(self._begins)
        for layer in self._said.layers:
            layer.show(len(self), start, self._end)
        prompts, seen_BT = self._prompts.shared(self._prompt_of)
        said = [self._end - begin for begin in self._begins]
        said_BT = ending_at([count + 1 for count in said], self._end + 1 - start, device)
        positions = [
            self._prompts.lengths[prompt] + count for prompt, count in zip(self._prompt_of, said, strict=True)
        ]
        output = self._loaded.model(
            input_ids=torch.tensor(tokens, device=device)[:, None],
            attention_mask=attention_bias(torch.cat([seen_BT, said_BT], dim=1)[:, None, None]),
            position_ids=torch.tensor(positions, device=device)[:, None],
            use_cache=True,
            logits_to_keep=1,
            prompts=prompts,
            **{self._cache_argument: self._said},
        )
        self._end += 1
        self.logits_BV = output.logits[:, -1].float()

    def _reserve(self, rows: int) -> None:
        """Make room for this number of rows, and for one more column."""
        has_rows, has_columns = self._said.layers[0].shape
        if rows <= has_rows and self._end < has_columns:
            return
        start = min(self._begins, default=self._end)
        width = self._end - start
        rows = has_rows if rows <= has_rows else rows + rows // 2
        for layer in self._said.layers:
            layer.move(rows, width + _SPARE_COLUMNS, slice(start, self._end), slice(width))
        self._begins = [begin - start for begin in self._begins]
        self._end = width
