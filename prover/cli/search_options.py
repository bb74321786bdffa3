"""Options that say how to search, for every command that does."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from prover.search.algorithms import ALGORITHMS

PolicyOption = Annotated[
    str,
    typer.Option(
        metavar="SPEC",
        help="Who proposes tactics: heuristic (no model), shipped (the small model that comes with prover, for which "
        "torch and transformers must be installed), hf:FOLDER_OR_ID, vllm:FOLDER_OR_ID, "
        "http://HOST:PORT/v1#MODEL, or a mixture such as 0.3*heuristic+0.7*hf:FOLDER.",
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="NAME",
        help="The prompts the model was trained with: auto, reprover, internlm2-step-prover, "
        "internlm2.5-step-prover, bfs-prover, leandojo-v2, llmstep, prover, or a .toml file.",
    ),
]
SamplesOption = Annotated[
    str,
    typer.Option(
        metavar="N", help="Tactics to sample for each state; 4..32/100 goes from 4 to 32 over 100 expansions."
    ),
]
TemperatureOption = Annotated[
    str,
    typer.Option(metavar="T", help="Sampling temperature; may change like --samples."),
]
BeamOption = Annotated[
    bool,
    typer.Option("--beam", help="Take the best of a beam, not samples."),
]
MaxTokensOption = Annotated[
    int | None,
    typer.Option("--max-new-tokens", min=1, help="Tokens that one tactic may have."),
]
ScoringOption = Annotated[
    str,
    typer.Option(
        metavar="RULE",
        help="Which state is expanded first: cumulative, length-normalised:ALPHA, step-prover, "
        "bfs-prover:ALPHA, critic, or a sum such as 0.5*critic+0.5*step-prover.",
    ),
]
SearchOption = Annotated[
    str,
    typer.Option(
        "--search",
        metavar="ALGORITHM",
        help=f"How the tree of proof states is searched: {', '.join(ALGORITHMS)}.",
    ),
]
CriticOption = Annotated[
    str | None,
    typer.Option(metavar="MODEL", help="A model that scores states, by folder or id."),
]
DeviceOption = Annotated[
    str,
    typer.Option(help="Where a local model runs: auto, cpu, cuda, cuda:1, mps."),
]
DtypeOption = Annotated[
    str,
    typer.Option(help="A local model's numbers: auto, float32, bfloat16, float16."),
]


class EngineName(enum.StrEnum):
    """Where Lean comes from."""

    EMBEDDED = "embedded"
