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

from prover.policy.base import PolicyInput
from prover.training.config import CriticConfig
from prover.training.examples import Preference, tokenize_preferences
from prover.training.job import Finishing, Lesson, TrainingResult, train
from prover.training.loading import Loaded
from prover.training.trajectories import Detour, ProofStep

if TYPE_CHECKING:
    from prover.training.trainer import Observe, Stop

PAIRS_PER_PROOF = 64
"""Pairs that one proof may bring, drawn at random from all it has: long proofs must not outweigh the rest."""


def proof_preferences(
    steps: Iterable[ProofStep],
    detours: Iterable[Detour] = (),
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


def finetune_critic(
    base: str | Path,
    preferences: Sequence[Preference],
    out: Path,
    config: CriticConfig,
    *,
    resume: bool = False,
    observe: Observe | None = None,
    stop: Stop | None = None,
    finishing: Finishing | None = None,
) -> TrainingResult:
    """Train a critic on `preferences` and write it to `out`; see `job.train` for what it does and raises.

    `base` is a causal language model, which gets a new head, or a critic that learns on. What is written is a
    sequence-classification folder with one label, as :class:`prover.policy.value.TransformersCritic` loads.
    States are read as that does, so that `PolicyInput.pp` is what preferences should hold.
    """

    def lesson(loaded: Loaded, work: Path) -> Lesson:
        from prover.training.batches import collate_pairs
        from prover.training.trainer import CriticTrainer

        data = tokenize_preferences(preferences, loaded.tokenizer, loaded.context)
        return Lesson(
            data=data.kept,
            lengths=[pair.length for pair in data.kept],
            dropped=data.dropped,
            collate=collate_pairs,
            trainer=CriticTrainer,
        )

    return train(
        base,
        preferences,
        out,
        config,
        lesson,
        critic=True,
        resume=resume,
        observe=observe,
        stop=stop,
        finishing=finishing,
    )
