"""The same engines with Ray and without: problems a minute, side by side, and whether the rows are the same.

    python scripts/bench_cluster.py PROBLEMS [--limit 60] [--nodes 3] [--max-expansions 8]

Makes the same attempts twice: by `prover evaluate` with as many workers and engines as there are nodes, and on a Ray
cluster of that many nodes (processes on this machine), each with one actor that has one engine. The start of engines
and of Ray is left out. `seconds` is the time from the first statement to the last attempt, by the run's log. At its
end, the last searches of the one process share all engines, and those on the cluster have one each; so the rate that
the efficiency compares is that of the attempts that ended before the last one began, while every engine had work.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.pending import counts

TOGETHER = (
    "SELECT problem_id, pass, negated, outcome, expansions, tactics, nodes FROM attempt ORDER BY 1, 2, 3"
)

TIMES = "SELECT started_at, started_at + wall_s FROM attempt ORDER BY 1"


def main() -> None:
    """Read the arguments, run both ways, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("problems", help="a problem set, as for `prover evaluate`")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--max-expansions", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        alone, on_cluster = Path(place) / "alone", Path(place) / "cluster"
        run(options, alone, "--workers", str(options.nodes), "--engines", str(options.nodes))
        with_ray(options, on_cluster)
        table = Table("", "attempts", "seconds", "attempts/min, all busy", "proved")
        rates = [row(table, name, path) for name, path in (("one process", alone), ("Ray", on_cluster))]
        Console().print(table)
        same = attempts(alone) == attempts(on_cluster)
        Console().print(
            f"efficiency {rates[1] / rates[0]:.2f}, the attempts are {'the same' if same else 'different'}"
        )


def with_ray(options: argparse.Namespace, out: Path) -> None:
    """Run on a cluster of nodes that are processes here."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for _ in range(options.nodes):
            cluster.add_node(num_cpus=1, memory=4_000_000_000)
        run(options, out, "--workers", "1", "--engines", "1", "--cluster", cluster.address)
    finally:
        cluster.shutdown()


def run(options: argparse.Namespace, out: Path, *more: str) -> None:
    """Run `prover evaluate`; the budget is in expansions, so that time does not shape the search."""
    command = [
        sys.executable,
        "-m",
        "prover",
        "evaluate",
        options.problems,
        "--out",
        str(out),
        "--policy",
        "heuristic",
    ]
    command += [
        "--limit",
        str(options.limit),
        "--max-expansions",
        str(options.max_expansions),
        "--timeout",
        "3600",
    ]
    subprocess.run([*command, "--width", "1", *more], check=True, env={**os.environ, "RAY_DEDUP_LOGS": "0"})


def row(table: Table, name: str, out: Path) -> float:
    """Add a run's figures to the table; return its attempts a minute while every engine had work."""
    lines = RunFolder(out).log.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if "checking the statements" in line)
    began, ended = (datetime.datetime.fromisoformat(line.split()[0]) for line in (first, lines[-1]))
    with RunStore.open(RunFolder(out), read_only=True) as store:
        proved = counts(store).get("proved", 0)
        times = [tuple(each) for each in store.connection.execute(TIMES)]
    last_began = times[-1][0]
    rate = float(sum(end <= last_began for _, end in times) / (last_began - times[0][0]) * 60)
    table.add_row(name, str(len(times)), f"{(ended - began).total_seconds():.0f}", f"{rate:.1f}", str(proved))
    return rate


def attempts(out: Path) -> list[tuple[object, ...]]:
    """Return the attempts of a run, without times."""
    with RunStore.open(RunFolder(out), read_only=True) as store:
        return [tuple(each) for each in store.connection.execute(TOGETHER)]


if __name__ == "__main__":
    main()
