"""Score texts with a scalar head on a decoder-only model, at the last token of each text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import transformers

from prover.errors import InputError, PolicyError
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loading import LoadedModel, load_errors, load_model

# What transformers' sequence classifiers and InternLM's reward models call their head.
_HEADS = ("score", "v_head")
_QUESTION = "Which state is closer to 'no goals'?"


class ValueModel:
    """A critic. Blocking, and to be used by one thread at a time.

    InternLM's reward models, known by the `reward_token_id` in their configuration, read the state as the
    answer to a question and end with that token, as InternLM2.5-StepProver's critic was trained; any other
    model reads the state alone.

    Raises:
        InputError: the model has no head that gives one number.
    """

    def __init__(self, loaded: LoadedModel, *, batch_states: int) -> None:
        if batch_states < 1:
            raise ValueError(f"a batch needs at least one state, not {batch_states}")
        self.loaded = loaded
        self._batch_states = batch_states
        self._reward_token = getattr(loaded.model.config, "reward_token_id", None)
        self._body: Any = getattr(loaded.model, loaded.model.base_model_prefix, None)
        heads: list[Any] = [
            head for name in _HEADS if (head := getattr(loaded.model, name, None)) is not None
        ]
        if not heads or self._body is None or loaded.model.config.is_encoder_decoder:
            raise InputError(f"{loaded.name} is no critic: it is not a decoder with a head for scores")
        self._head = heads[0].float()
        with model_errors(loaded.name):
            size = self._scores([[0]]).shape[-1]
        if size != 1:
            raise InputError(f"{loaded.name} is no critic: its head gives {size} numbers, not one")

    @classmethod
    def load(
        cls, model: str, *, device: str, dtype: str, batch_states: int, trust_remote_code: bool
    ) -> ValueModel:
        """Load a folder or an id, see :meth:`prover.policy.value.TransformersCritic.load`."""
        loaded = load_model(
            model, _auto_class, device=device, dtype=dtype, trust_remote_code=trust_remote_code
        )
        with load_errors(model):
            return cls(loaded, batch_states=batch_states)

    def score(self, states: Sequence[str], check: Callable[[], None]) -> list[float]:
        """Return a score for each state. `check` is called before each batch and may raise.

        Raises:
            PolicyError: the model fails, or a single state does not fit the memory.
        """
        with model_errors(self.loaded.name):
            return self._all_scores([self._tokens(state) for state in states], check)

    def _all_scores(self, tokens: list[list[int]], check: Callable[[], None]) -> list[float]:
        order = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        scores = [0.0] * len(tokens)
        for start in range(0, len(order), self._batch_states):
            check()
            batch = order[start : start + self._batch_states]
            for index, score in zip(batch, self._score_batch([tokens[i] for i in batch]), strict=True):
                scores[index] = score
        return scores

    def _tokens(self, state: str) -> list[int]:
        """Return what the model reads; where the context is too short, its end, as that holds a goal."""
        if self._reward_token is None:
            ids = self.loaded.encode(state)
        else:
            turns = [{"role": "user", "content": _QUESTION}, {"role": "assistant", "content": state}]
            text = self.loaded.tokenizer.apply_chat_template(turns, tokenize=False)
            ids = self.loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
            if ids[-1:] != [self._reward_token]:
                ids = [*ids, self._reward_token]
        if not ids:
            raise PolicyError("a state to be scored has no tokens")
        return ids[-self.loaded.context_length :] if self.loaded.context_length else ids

    def _score_batch(self, batch: list[list[int]]) -> list[float]:
        try:
            scores: list[float] = self._scores(batch)[:, 0].tolist()
        except torch.OutOfMemoryError as error:
            if len(batch) == 1:
                raise PolicyError(
                    f"the memory of {self.loaded.device} does not hold a state of {len(batch[0])} tokens"
                ) from error
        else:
            if any(map(math.isnan, scores)):
                raise PolicyError(f"the critic {self.loaded.name} gives scores that are not numbers")
            return scores
        middle = len(batch) // 2
        return self._score_batch(batch[:middle]) + self._score_batch(batch[middle:])

    @torch.inference_mode()
    def _scores(self, batch: list[list[int]]) -> torch.Tensor:
        """Return float32 [states, numbers of the head]. Padding on the right is never seen by a decoder."""
        width = max(map(len, batch))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in batch])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in batch])
        last = torch.tensor([len(row) - 1 for row in batch])
        device = self.loaded.device
        output = self._body(input_ids=ids.to(device), attention_mask=mask.to(device), use_cache=False)
        states_BD = output.last_hidden_state[torch.arange(len(batch)), last.to(device)]
        scores: torch.Tensor = self._head(states_BD.float())
        return scores


def _auto_class(config: Any) -> Any:  # noqa: ANN401 - the Auto classes have no common type
    """Return AutoModel for models that bring a class of their own for scores, such as InternLM's."""
    own = getattr(config, "auto_map", None) or {}
    if "AutoModel" in own and "AutoModelForSequenceClassification" not in own:
        return transformers.AutoModel
    return transformers.AutoModelForSequenceClassification
