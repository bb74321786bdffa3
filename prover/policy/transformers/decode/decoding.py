"""A batch of rows that grow by a token at a time, with the model's key-value cache of what they hold.

Every prompt is read once, at the start; `select` then repeats its row for each of its completions, drops rows
that have ended, or puts them in the order of a beam. Logits are float32 whatever the model computes in.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from transformers.modeling_outputs import BaseModelOutput

from prover.errors import InputError
from prover.policy.transformers.decode.attention import SharedPrompts, attention_bias, shares_prompts
from prover.policy.transformers.decode.cache import (
    branch_cache,
    cache_argument,
    cache_of,
    is_plain,
    make_room,
)
from prover.policy.transformers.loading import LoadedModel


class Decoding(Protocol):
    """Rows, at first one for each prompt. Errors of the model are passed on as they are."""

    @property
    def logits_BV(self) -> torch.Tensor:
        """The logits of the next token of each row: float32, rows by vocabulary."""

    def select(self, rows: Sequence[int]) -> None:
        """Replace row i by what row `rows[i]` was. The logits stay the old ones until `advance`."""

    def advance(self, tokens: Sequence[int]) -> None:
        """Append a token to each row."""

    def score_continuations(self, rows: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[float]:
        """Return the log-probability of each continuation, one token at least, of what row `rows[i]` holds."""


def start_decoding(loaded: LoadedModel, prompts: Sequence[Sequence[int]], *, steps: int) -> Decoding:
    """Read `prompts`, which may be followed by at most `steps` tokens each."""
    kind = _EncoderDecoder if loaded.model.config.is_encoder_decoder else DecoderOnly
    return kind(loaded, prompts, steps=steps)


def first_decoder_token(loaded: LoadedModel) -> int:
    """Return what an encoder-decoder's output starts with.

    Raises:
        InputError: the configuration does not say.
    """
    token = loaded.model.config.decoder_start_token_id
    if token is None:
        raise InputError(f"the config.json of {loaded.name} has no decoder_start_token_id to begin with")
    return int(token)


class DecoderOnly:
    """Prompts are padded on the left, so that every row's next token falls in the same column.

    `cache` is the model's; that of a plain decoder can be taken over by :class:`RunningBatch`, if `plain` says so.
    """

    def __init__(self, loaded: LoadedModel, prompts: Sequence[Sequence[int]], *, steps: int) -> None:
        self._loaded = loaded
        self._logits_BV = torch.empty(0)
        accepted = inspect.signature(loaded.model.forward).parameters
        self._takes_positions = "position_ids" in accepted
        self._cache_argument = cache_argument(loaded.model)
        self.lengths = [len(prompt) for prompt in prompts]
        self._column = max(map(len, prompts))
        ids = torch.zeros(len(prompts), self._column, dtype=torch.long)
        mask = torch.zeros(len(prompts), self._column + steps, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, self._column - len(prompt) :] = torch.tensor(prompt)
            mask[row, self._column - len(prompt) :] = 1
        self._mask = mask.to(loaded.device)
        self.cache: Any = None
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in accepted else {}
        self._forward(ids.to(loaded.device), **self._last_only)
        make_room(self.cache, steps)

    @property
    def plain(self) -> bool:
        """Whether the KV cache and an offset fully describe a row."""
        return self._takes_positions and bool(self._last_only) and is_plain(self.cache)

    @property
    def shares_prompts(self) -> bool:
        """Whether other rows can continue these."""
        return self.plain and shares_prompts(self._loaded.model)

    @property
    def logits_BV(self) -> torch.Tensor:
        """See :class:`Decoding`."""
        return self._logits_BV

    def select(self, rows: Sequence[int]) -> None:
        """See :class:`Decoding`."""
        index = torch.tensor(rows, device=self._mask.device)
        self._mask = self._mask[index]
        self._logits_BV = self._logits_BV[index]
        self.cache.reorder_cache(index)

    def advance(self, tokens: Sequence[int]) -> None:
        """See :class:`Decoding`."""
        self._column += 1
        self._forward(torch.tensor(tokens, device=self._mask.device)[:, None], **self._last_only)

    def score_continuations(self, rows: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[float]:
        """See :class:`Decoding`."""
        index = torch.tensor(rows, device=self._mask.device)
        ids_BT = _pad(continuations).to(index.device)
        if self.shares_prompts:
            logits_BTV = self._after(rows, ids_BT)
        else:
            other = copy.copy(self)
            other._mask, other.cache = self._mask[index], branch_cache(self.cache, index)
            other._column += ids_BT.shape[1]
            logits_BTV = other._forward(ids_BT)
        return _sum_logprobs(self._logits_BV[index], logits_BTV, continuations)

    def _after(self, rows: Sequence[int], ids_BT: torch.Tensor) -> torch.Tensor:
        """Return the logits after each token of rows that go on from `rows` of this one, sharing them."""
        new = ids_BT.shape[1]
        prompts = SharedPrompts.of([(layer.keys, layer.values) for layer in self.cache.layers], rows)
        read_BT = self._mask[:, : self._column].bool()[torch.tensor(rows, device=ids_BT.device)]
        causal_TT = torch.ones(new, new, dtype=torch.bool, device=ids_BT.device).tril()
        seen_BTT = torch.cat(
            [read_BT[:, None].expand(-1, new, -1), causal_TT.expand(len(rows), -1, -1)], dim=-1
        )
        positions_BT = read_BT.sum(-1, keepdim=True) + torch.arange(new, device=ids_BT.device)
        last = (self._loaded.context_length or self._column + new) - 1
        logits: torch.Tensor = self._loaded.model(
            input_ids=ids_BT,
            attention_mask=attention_bias(seen_BTT[:, None]),
            position_ids=positions_BT.clamp(max=last),
            use_cache=False,
            prompts=prompts,
        ).logits
        return logits

    def _forward(self, ids_BT: torch.Tensor, **extra: Any) -> torch.Tensor:  # noqa: ANN401
        mask = self._mask[:, : self._column]
        if self._takes_positions:
            last = (self._loaded.context_length or self._column) - 1
            positions = (mask.cumsum(-1) - 1).clamp(0, last)
            extra["position_ids"] = positions[:, -ids_BT.shape[1] :]
        extra[self._cache_argument] = self.cache
        output = self._loaded.model(input_ids=ids_BT, attention_mask=mask, use_cache=True, **extra)
        self.cache = cache_of(output, self._loaded.name)
        logits: torch.Tensor = output.logits
        self._logits_BV = logits[:, -1].float()
        return logits


class _EncoderDecoder:
    """Prompts go through the encoder; rows hold the decoder's output."""

    def __init__(self, loaded: LoadedModel, prompts: Sequence[Sequence[int]], *, steps: int) -> None:
        self._loaded = loaded
        self._logits_BV = torch.empty(0)
        width = max(map(len, prompts))
        ids = torch.zeros(len(prompts), width, dtype=torch.long)
        mask = torch.zeros(len(prompts), width, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
            mask[row, : len(prompt)] = 1
        self._mask = mask.to(loaded.device)
        encoder = loaded.model.get_encoder()
        self._encoded = encoder(input_ids=ids.to(loaded.device), attention_mask=self._mask).last_hidden_state
        self._cache_argument = cache_argument(loaded.model)
        self._prompts = list(range(len(prompts)))
        self._cache: Any = None
        self.advance([first_decoder_token(loaded)] * len(prompts))
        make_room(self._cache, steps)

    @property
    def logits_BV(self) -> torch.Tensor:
        return self._logits_BV

    def select(self, rows: Sequence[int]) -> None:
        index = torch.tensor(rows, device=self._mask.device)
        self._logits_BV = self._logits_BV[index]
        prompts = [self._prompts[row] for row in rows]
        if prompts == self._prompts:  # a beam's new order: what the prompts gave, the bulk of it, stays
            self._cache.self_attention_cache.reorder_cache(index)
            return
        self._prompts = prompts
        self._mask = self._mask[index]
        self._encoded = self._encoded[index]
        self._cache.reorder_cache(index)

    def advance(self, tokens: Sequence[int]) -> None:
        self._forward(torch.tensor(tokens, device=self._mask.device)[:, None])

    def score_continuations(self, rows: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[float]:
        index = torch.tensor(rows, device=self._mask.device)
        other = copy.copy(self)
        other._prompts = [self._prompts[row] for row in rows]
        other._mask, other._encoded = self._mask[index], self._encoded[index]
        other._cache = branch_cache(self._cache, index)
        logits_BTV = other._forward(_pad(continuations).to(index.device))
        return _sum_logprobs(self._logits_BV[index], logits_BTV, continuations)

    def _forward(self, ids_BT: torch.Tensor) -> torch.Tensor:
        output = self._loaded.model(
            encoder_outputs=BaseModelOutput(last_hidden_state=self._encoded),
            attention_mask=self._mask,
            decoder_input_ids=ids_BT,
            use_cache=True,
            **{self._cache_argument: self._cache},
        )
        self._cache = cache_of(output, self._loaded.name)
        logits: torch.Tensor = output.logits
        self._logits_BV = logits[:, -1].float()
        return logits


def _pad(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return rows of tokens as one tensor, padded on the right, where causal models do not look."""
    ids_BT = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    for index, row in enumerate(rows):
        ids_BT[index, : len(row)] = torch.tensor(row)
    return ids_BT


def _sum_logprobs(
    first_BV: torch.Tensor, logits_BTV: torch.Tensor, rows: Sequence[Sequence[int]]
) -> list[float]:
    """Add up the log-probabilities of the tokens of each row, given the logits before each."""
    before_BTV = torch.cat([first_BV[:, None], logits_BTV[:, :-1].float()], dim=1)
    tokens_BT = _pad(rows).to(first_BV.device)
    chosen_BT = before_BTV.log_softmax(-1).gather(-1, tokens_BT[..., None])[..., 0]
    return [float(chosen_BT[index, : len(row)].sum()) for index, row in enumerate(rows)]
