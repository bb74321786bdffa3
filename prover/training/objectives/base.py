"""The interface of a training objective.

An objective turns proof data into examples, examples into tokens, and a batch of these into a loss. The training
loop (:mod:`prover.training.job`), the command line and the model card ask it for everything that differs between
objectives.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from prover.policy.formats import PromptFormat
from prover.training.config import TrainingConfig
from prover.training.data.sources import DataFolder
from prover.training.loading import LoadedModel

if TYPE_CHECKING:
    import torch

ExampleT = TypeVar("ExampleT")
ConfigT = TypeVar("ConfigT", bound=TrainingConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedData:
    """Tokenized examples with their lengths in tokens; `dropped` counts those that exceed the context."""

    data: Sequence[Any]
    lengths: Sequence[int]
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLoss:
    """The sum of a batch's losses, a scalar in nats.

    `correct_B` says of each pair whether the model ordered it correctly; None where nothing is compared.
    """

    total: torch.Tensor
    correct_B: torch.Tensor | None = None


class TrainingObjective(ABC, Generic[ExampleT, ConfigT]):
    """What a model is trained on, and with which loss. Examples are dataclasses of strings and numbers."""

    name: ClassVar[str]
    """What `--objective` calls it."""
    summary: ClassVar[str]
    """What the model learns, in a few words, for `--help`."""
    title: ClassVar[str]
    """The first sentence of the model card."""
    config: ClassVar[type[TrainingConfig]]
    """Its settings."""
    needs: ClassVar[str]
    """What the data must hold; shown where they hold nothing for it."""
    example_noun: ClassVar[str] = "examples"
    """What an example is called in reports, in the plural."""
    loss_unit: ClassVar[str] = "token"
    """What the reported loss is a mean over."""
    scalar_head: ClassVar[bool] = False
    """Whether the model scores its input instead of generating text; then there is no prompt format."""
    refines: ClassVar[bool] = False
    """Whether it needs a base model that has been trained before."""
    reads_failures: ClassVar[bool] = False
    """Whether it reads failures.parquet, which must be there then."""
    reads_siblings: ClassVar[bool] = False
    """Whether it reads detours.parquet where that is there."""

    @abstractmethod
    def build_examples(
        self, folders: Sequence[DataFolder], prompts: PromptFormat | None, *, seed: int
    ) -> list[ExampleT]:
        """Return what is learned from `folders`, each example once. `prompts` is None for a scalar head."""

    @abstractmethod
    def texts(self, example: ExampleT) -> Iterable[str]:
        """Return the texts that the tokenizer of a new model is trained on."""

    @abstractmethod
    def prepare(
        self, model: LoadedModel, examples: Sequence[ExampleT], config: ConfigT, work: Path
    ) -> PreparedData:
        """Tokenize `examples`; what is expensive may be kept in the working folder for `--resume`.

        Raises:
            InputError: the tokenizer cannot be used, or no example fits the context.
        """

    @abstractmethod
    def collate(self, data: Sequence[Any], pad: int) -> dict[str, torch.Tensor]:
        """Return prepared examples as one batch, padded with the token `pad`; `attention_mask` is among it."""

    @abstractmethod
    def count(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return what the summed losses of a step are divided by, this batch's part of it."""

    @abstractmethod
    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor], config: ConfigT) -> BatchLoss:
        """Return the sum of the batch's losses, with a gradient."""


AnyObjective = TrainingObjective[Any, Any]
