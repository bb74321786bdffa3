"""Metrics of a round of expert iteration, computed from its runs."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.evaluation.analysis.statistics import wilson
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.queries import (
    outcomes_by_problem,
    proof_lengths,
    proof_tactics,
    tactics_until_proved,
)
from prover.training.iteration.curriculum import History

Runs = Iterable[tuple[int, Path]]
"""Runs of searches, each with its round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMetrics:
    """One round. Counts are of problems.

    `searched`, `proved`, `false` are this round's; `new` were proved for the first time, `proved_ever` up to
    this round. Of the held-out problems the round's model proves `held_out_proved`, the first policy
    `baseline_proved`, with the same budget; `calls` and `baseline_calls` are the medians of the tactics Lean ran
    for those that both prove. `proof_length` is the mean of this round's proofs, `entropy` that of
    the distribution of their tactics' first words, in bits. `losses` are those of the training, in nats a token;
    `seconds` what each stage took in the process that ended it.
    """

    round: int
    searched: int
    proved: int
    new: int
    proved_ever: int
    false: int
    proof_length: float
    entropy: float
    held_out: int
    held_out_proved: int
    baseline_proved: int
    calls: float
    baseline_calls: float
    losses: tuple[float, ...] = field(repr=False)
    seconds: Mapping[str, float] = field(repr=False)

    @property
    def line(self) -> str:
        """The round in words."""
        share = wilson(self.held_out_proved, self.held_out)
        return (
            f"round {self.round}: {self.proved} of {self.searched} proved, {self.new} for the first time, "
            f"{self.false} false; held out: {self.held_out_proved} of {self.held_out} "
            f"[{100 * share.low:.1f} %, {100 * share.high:.1f} %], the first policy {self.baseline_proved}; "
            f"Lean calls where both prove: {self.calls:g} against {self.baseline_calls:g}"
        )


def histories(runs: Runs) -> dict[str, History]:
    """Return the history of each problem in these runs."""
    searched: Counter[str] = Counter()
    proved: Counter[str] = Counter()
    false: set[str] = set()
    for _, run in runs:
        for name, outcomes in _outcomes(run).items():
            searched[name] += 1
            proved[name] += "proved" in outcomes
            if "disproved" in outcomes:
                false.add(name)
    return {
        name: History(searched=searched[name], proved=proved[name], false=name in false) for name in searched
    }


def search_metrics(runs: Runs, round_number: int) -> dict[str, Any]:
    """Return the fields of `RoundMetrics` that tell of the searches of rounds up to this one."""
    before: set[str] = set()
    now: set[str] = set()
    searched: set[str] = set()
    false: set[str] = set()
    lengths: list[int] = []
    words: Counter[str] = Counter()
    for number, run in runs:
        outcomes = _outcomes(run)
        proved = {name for name, found in outcomes.items() if "proved" in found}
        if number < round_number:
            before |= proved
            continue
        now |= proved
        searched |= outcomes.keys()
        false |= {name for name, found in outcomes.items() if "disproved" in found}
        with RunStore.open(RunFolder(run), read_only=True) as store:
            lengths += proof_lengths(store)
            words.update(tactic.split(maxsplit=1)[0] for tactic in proof_tactics(store))
    return {
        "searched": len(searched),
        "proved": len(now),
        "new": len(now - before),
        "proved_ever": len(now | before),
        "false": len(false),
        "proof_length": statistics.fmean(lengths) if lengths else 0.0,
        "entropy": entropy(words),
    }


def held_out_metrics(run: Path, baseline: Path) -> dict[str, Any]:
    """Return the fields of `RoundMetrics` that tell of the held-out problems."""
    outcomes, mine, other = _outcomes(run), _calls(run), _calls(baseline)
    both = mine.keys() & other.keys()
    return {
        "held_out": len(outcomes),
        "held_out_proved": len(mine),
        "baseline_proved": len(other),
        "calls": statistics.median(mine[name] for name in both) if both else 0.0,
        "baseline_calls": statistics.median(other[name] for name in both) if both else 0.0,
    }


def entropy(counts: Mapping[str, int]) -> float:
    """Return the entropy of a distribution given by its counts, in bits; 0 if there are none."""
    total = sum(counts.values())
    return sum(-count / total * math.log2(count / total) for count in counts.values() if count)


def _outcomes(run: Path) -> dict[str, set[str]]:
    """Return the outcomes of the attempts at each problem that elaborates in the engine."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        return outcomes_by_problem(store)


def _calls(run: Path) -> dict[str, int]:
    """Return, for each proved problem, how many tactics Lean ran until it was proved."""
    with RunStore.open(RunFolder(run), read_only=True) as store:
        return tactics_until_proved(store)
