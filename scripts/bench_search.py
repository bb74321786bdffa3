"""Problems a minute and pipeline efficiency: many searches over shared batches, against one at a time.

    python scripts/bench_search.py PROBLEMS --policy hf:MODEL [--limit 100] [--workers 16] [--engines 2]

Runs `prover evaluate` twice on the same problems with the same seed and the same budget of expansions: once
with `--workers` searches that share engines and model, once with one search that expands one state at a time.
The figures are those of the search stage, verification included. `--policy untrained` makes a model of
`prover/presets/tiny.toml` with random weights: nearly all the work is the model's then.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from prover.evaluation.store.run_data import read_run
from prover.problems.load import load
from prover.training.create import create_model
from prover.training.preset import read_preset
from prover.util.progress import Quiet

PIPELINE = re.compile(r"pipeline efficiency ([\d.]+): engines were busy (\d+)% of (\d+) s, the model (\d+)%")
COUNTS = re.compile(r"(\d+) proved")
ATTEMPTED = re.compile(r"searching: (\d+) to do")


def main() -> None:
    """Read the arguments, make the model where one is to be made, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("problems", help="a problem set, as for `prover evaluate`")
    parser.add_argument("--policy", required=True, help="as for `prover evaluate`, or `untrained`")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--engines", type=int, default=2)
    parser.add_argument("--samples", default="8")
    parser.add_argument("--max-expansions", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.policy == "untrained":
            model = Path(folder) / "untrained"
            make_untrained(options.problems, model)
            options.policy = f"hf:{model}"
        compare(options, Path(folder))


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Run both ways in `folder`, print the table."""
    table = Table(
        "searches at once",
        "problems/min",
        "expansions/s",
        "proved",
        "seconds",
        "efficiency",
        "Lean busy",
        "model busy",
    )
    rates = []
    for workers, width in ((options.workers, 2), (1, 1)):
        line, log = evaluate(options, folder / f"{workers}-{width}", workers=workers, width=width)
        figures = PIPELINE.search(line)
        attempted, proved = ATTEMPTED.search(log), COUNTS.search(line)
        if figures is None or attempted is None:
            sys.exit(f"the run printed no figures:\n{line}")
        efficiency, lean, seconds, model = figures.groups()
        rates.append(60 * int(attempted[1]) / int(seconds))
        table.add_row(
            str(workers),
            f"{rates[-1]:.1f}",
            f"{expansions(folder / f'{workers}-{width}') / int(seconds):.1f}",
            f"{proved[1] if proved else 0} of {attempted[1]}",
            seconds,
            efficiency,
            f"{lean} %",
            f"{model} %",
        )
    console = Console()
    console.print(table)
    console.print(f"{rates[0] / rates[1]:.1f} times as many problems a minute")


def expansions(run: Path) -> int:
    """Return how many states the run's searches asked the policy about: what versions are compared by.

    One that gives a problem up earlier does more problems a minute.
    """
    return sum(attempt.expansions for each in read_run(run).problems for attempt in each.attempts)


def make_untrained(problems: str, folder: Path) -> None:
    """Write a model of the preset `tiny` that has learnt nothing but how to cut statements into tokens."""
    statements = [problem.statement for problem in load(problems, progress=Quiet())]
    create_model(read_preset("tiny"), statements, folder, seed=0)


def evaluate(options: argparse.Namespace, run: Path, *, workers: int, width: int) -> tuple[str, str]:
    """Run `prover evaluate`; return what it printed and its log."""
    command = [
        sys.executable, "-m", "prover", "evaluate", options.problems,
        "--policy", options.policy, "--out", str(run), "--limit", str(options.limit),
        "--workers", str(workers), "--width", str(width), "--engines", str(options.engines),
        "--samples", options.samples, "--max-expansions", str(options.max_expansions), "--timeout", "600",
    ]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"prover evaluate ended with {done.returncode}: {done.stdout}")
    return done.stdout, (run / "run.log").read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
