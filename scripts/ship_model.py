"""Make the model that comes with prover of an expert iteration's best round.

    python scripts/ship_model.py RUN [--command "prover iterate ..."]

Writes the weights as bfloat16, the tokenizer and the model's card to prover/models/tiny/. The card tells of the
rounds, the data and the decontamination; what the model is worth elsewhere is measured afterwards and added to
docs/training.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
import transformers

from prover.evaluation.analysis.statistics import wilson
from prover.policy.shipped import SHIPPED_MODEL
from prover.training.data.dataset import STEPS, read_steps
from prover.training.iteration.config import IterationConfig
from prover.training.iteration.expert_iteration import best_round, read_metrics
from prover.training.iteration.metrics import RoundMetrics

TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "generation_config.json")
MOST_BYTES = 12 << 20

CARD = """# The model that comes with prover

A decoder-only transformer of {parameters:.1f} million parameters that proposes Lean 4 tactics; `--policy shipped`. It
was trained from nothing, tokenizer included, on proofs that prover had found and Lean's kernel had accepted:

    {command}
    python scripts/ship_model.py RUN

The weights are those of round {best}, as bfloat16. Prompt format: `prover` (the goals, then `[TACTIC]`). Licence: MIT,
as the rest of prover.

## Rounds

Searched with {max_tactics} Lean calls a problem at most; the held-out problems, of which nothing like was trained
on, with {held_out_tactics} for every policy. The heuristic alone proves {baseline} of the {held_out} held-out problems.
"Calls" are the medians of the Lean calls for those that both prove.

| round | searched | proved | first time | false | held out: proved | 95 % | calls, model and heuristic | loss |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

## Data

{steps} proof steps of {problems} generated problems (`{pool}`), rounds 0 to {best}. Held out: `{held}`.

Kept out, by normalised statement and shared 8-grams (RUN/decontamination.txt):

{decontamination}

## Limits

It has seen core Lean and prover's pocket library, no Mathlib, and what 42 generators write. It knows nothing that the
heuristic or chance had not found first, and is of use beside the heuristic, not instead of it.
"""


def main() -> None:
    """Read the arguments, write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--command", default="prover iterate shipped --out RUN --keep-out minif2f")
    options = parser.parse_args()
    rounds = read_metrics(options.run)
    best = best_round(rounds)
    if best is None:
        raise SystemExit(f"{options.run} has no finished round")
    source = options.run / "rounds" / f"{best.round:02}"
    shutil.rmtree(SHIPPED_MODEL, ignore_errors=True)
    SHIPPED_MODEL.mkdir(parents=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(source / "model", dtype=torch.bfloat16)
    model.save_pretrained(SHIPPED_MODEL)
    for name in TOKENIZER:
        shutil.copyfile(source / "model" / name, SHIPPED_MODEL / name)
    card = _card(options.run, source, best, rounds, options.command, model.num_parameters())
    (SHIPPED_MODEL / "README.md").write_text(card, encoding="utf-8")
    size = sum(path.stat().st_size for path in SHIPPED_MODEL.iterdir())
    print(f"{SHIPPED_MODEL}: round {best.round}, {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        raise SystemExit("that is too large for the package")


def _card(
    run: Path, source: Path, best: RoundMetrics, rounds: list[RoundMetrics], command: str, parameters: int
) -> str:
    config = IterationConfig.model_validate(json.loads((run / "config.json").read_text(encoding="utf-8")))
    steps = read_steps(source / "data" / STEPS)
    report = (run / "decontamination.txt").read_text(encoding="utf-8").splitlines()
    return CARD.format(
        parameters=parameters / 1e6,
        command=command,
        best=best.round,
        max_tactics=config.search.max_tactics,
        held_out_tactics=config.search.held_out_tactics,
        baseline=best.baseline_proved,
        held_out=best.held_out,
        rows="\n".join(map(_row, rounds)),
        steps=len(steps),
        problems=len({step.problem for step in steps}),
        pool="`, `".join(config.pool.train),
        held="`, `".join(config.pool.held_out),
        decontamination="\n".join(f"- {line}" for line in report[:2]),
    )


def _row(each: RoundMetrics) -> str:
    share = wilson(each.held_out_proved, each.held_out)
    cells = (
        each.round,
        each.searched,
        each.proved,
        each.new,
        each.false,
        f"{each.held_out_proved} of {each.held_out}",
        f"{100 * share.low:.1f} to {100 * share.high:.1f}",
        f"{each.calls:g} and {each.baseline_calls:g}",
        f"{each.losses[-1]:.3f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
