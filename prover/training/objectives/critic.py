"""The critic: a model learns which of two proof states is nearer to being proved.

InternLM2.5-StepProver (Wu et al. 2024, section 3.2) trains one on pairs of states, and guides the search with
it. Its score s is the outcome of a linear layer at a state's last token; the loss is Bradley and Terry's
(1952), -log σ(s(a) - s(b)) where a is to be preferred to b. Of two states of one proof the one with fewer steps to
go is preferred; of two that a search reached from one state, the one on the way to the proof.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from prover.policy.base import PolicyInput
from prover.policy.formats import PromptFormat
from prover.training.config import TrainingConfig
from prover.training.data.examples import Compared, Preference, tokenize_preferences
from prover.training.data.sources import DataFolder
from prover.training.data.trajectories import OffPathSibling, ProofStep
from prover.training.loading import LoadedModel
from prover.training.objectives.base import BatchLoss, PreparedData, TrainingObjective

if TYPE_CHECKING:
    import torch

PAIRS_PER_PROOF = 64
"""Pairs that one proof may bring, drawn at random from all it has: long proofs must not outweigh the rest."""


class CriticConfig(TrainingConfig):
    """Settings of a critic's training."""

    learning_rate: float = Field(default=3e-4, gt=0)
    """The highest learning rate; a pretrained model of billions of parameters wants about 1e-5."""


class CriticObjective(TrainingObjective[Preference, CriticConfig]):
    """The loss of pairwise preferences, a mean over pairs.

    The base is a causal language model, which gets a new head, or a critic. What is written is a
    sequence-classification folder with one label, as :class:`prover.policy.value.TransformersCritic` loads.
    States are read as that does: they are what `PolicyInput.pp` returns.
    """

    name = "critic"
    summary = "score how near to its proof a state is"
    title = "A critic that scores Lean proof states: the higher, the nearer to being proved"
    config = CriticConfig
    needs = "It needs proofs of two steps and more."
    example_noun = "pairs"
    loss_unit = "pair"
    scalar_head = True
    reads_siblings = True

    def build_examples(
        self, folders: Sequence[DataFolder], prompts: PromptFormat | None, *, seed: int
    ) -> list[Preference]:
        """Return preferences among the states of proofs and of the states beside them."""
        steps = [step for folder in folders for step in folder.steps]
        return proof_preferences(steps, (each for folder in folders for each in folder.detours), seed=seed)

    def texts(self, example: Preference) -> Iterable[str]:
        """Return both states."""
        return (example.better, example.worse)

    def prepare(
        self, model: LoadedModel, examples: Sequence[Preference], config: CriticConfig, work: Path
    ) -> PreparedData:
        """Tokenize pairs of states."""
        data = tokenize_preferences(examples, model.tokenizer, model.context)
        return PreparedData(data=data.kept, lengths=[pair.length for pair in data.kept], dropped=data.dropped)

    def collate(self, data: Sequence[Compared], pad: int) -> dict[str, torch.Tensor]:
        """Return the 2B states of B pairs, the better ones first."""
        from prover.training.data.batches import collate_pairs

        return collate_pairs(data, pad)

    def count(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the number of pairs."""
        import torch

        return torch.tensor(len(batch["input_ids"]) / 2)

    def loss(self, model: torch.nn.Module, batch: dict[str, torch.Tensor], config: CriticConfig) -> BatchLoss:
        """Return the sum over pairs of -log σ(score of the better - score of the worse)."""
        from prover.training.objectives.losses import preference_loss

        outputs = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False)
        better_B, worse_B = outputs.logits[:, 0].float().chunk(2)
        return BatchLoss(total=preference_loss(better_B - worse_B).sum(), correct_B=better_B > worse_B)


CRITIC = CriticObjective()


def proof_preferences(
    steps: Iterable[ProofStep],
    detours: Iterable[OffPathSibling] = (),
    *,
    seed: int,
    per_proof: int = PAIRS_PER_PROOF,
) -> list[Preference]:
    """Return, each once, the preferences among the states of each proof, and over its detours.

    What two proofs disagree on is left out.

    The same steps and seed give the same preferences.
    """
    proofs: dict[tuple[str, bool, str], dict[int, str]] = defaultdict(dict)
    for step in steps:
        state = PolicyInput(goals=step.goals).pp
        proofs[step.problem, step.negated, step.proof][step.remaining] = state
    chance = random.Random(seed)
    found: dict[Preference, None] = {}
    for states in proofs.values():
        nearest_first = [states[remaining] for remaining in sorted(states)]
        pairs = [
            Preference(better, worse)
            for better, worse in itertools.combinations(nearest_first, 2)
            if better != worse
        ]
        found.update(dict.fromkeys(chance.sample(pairs, per_proof) if len(pairs) > per_proof else pairs))
    for detour in detours:
        better, worse = (PolicyInput(goals=goals).pp for goals in (detour.on_path, detour.off_path))
        if better != worse:
            found[Preference(better, worse)] = None
    return [each for each in found if Preference(each.worse, each.better) not in found]
