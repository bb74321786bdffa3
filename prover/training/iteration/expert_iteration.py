"""Expert iteration: search, learn from the proofs that were found, measure, and again (Polu et al. 2022).

A run is a folder, a round a folder in it, and every stage of a round one command of prover's own, run as a
process: what it made can be made again by hand, and its memory, a GPU's too, is free when it ends.

    RUN/config.json  pool.jsonl  held_out.jsonl  decontamination.txt  baseline/
    RUN/rounds/00/problems.jsonl  search/  hard/  data/  model/  held_out/  metrics.json

A stage whose outcome is there is not done again; one that was killed is resumed, as its command can
be. So a run that is killed at any moment is resumed by the same command.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from prover.cluster.serving import is_vllm
from prover.errors import InputError, ProverError
from prover.policy.spec import parse_spec
from prover.problems.problem import Problem
from prover.problems.records import read_records
from prover.problems.write import json_lines
from prover.training.data.dataset import FAILURES, write_trajectories
from prover.training.data.trajectories import FAILURES_PER_STATE, read_trajectories
from prover.training.iteration.config import MODEL, IterationConfig, Search
from prover.training.iteration.curriculum import History, choose
from prover.training.iteration.metrics import RoundMetrics, held_out_metrics, histories, search_metrics
from prover.training.iteration.report import iteration_report
from prover.training.iteration.serving import RoundServer, Serving, servers_of
from prover.util.files import write_atomically
from prover.util.guard import Guard
from prover.util.options import arguments_of

METRICS = "metrics.json"
TERMINATED_S = 15.0
"""Seconds that SIGTERM leaves the running command for an orderly end."""

Say = Callable[[str], None]


class StageFailed(ProverError):
    """A stage's command ended with an error, which it has printed itself."""


class Interrupted(Exception):
    """A stage's command was interrupted, and the run with it."""


class ExpertIteration:
    """One run in `folder`. `say` receives progress messages, `clock` gives seconds."""

    def __init__(
        self, folder: Path, config: IterationConfig, *, say: Say, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._config = config
        self._say = say
        self._clock = clock
        self._server = RoundServer(servers_of(config.search, folder.resolve() / "vllm", say))

    def run(self) -> None:
        """Do the rounds that are left.

        Raises:
            StageFailed: a stage's command failed; the run can be resumed once the cause is fixed.
            InputError, SetupError: vLLM cannot serve a model.
            Interrupted: by Ctrl-C.
        """
        with self._server:
            self._run()

    def _run(self) -> None:
        self._measure_baseline()
        for number in range(self._config.rounds):
            if not (self._round(number) / METRICS).exists():
                self._say(f"round {number}")
                self._do_round(number)
            if self._is_stalled():
                self._say(f"no new best in {self._config.patience} rounds: stopped")
                break
        if best := best_round(read_metrics(self._folder)):
            self._say(f"best: round {best.round}, {best.held_out_proved} of {best.held_out} held-out proved")

    def _round(self, number: int) -> Path:
        return self._folder / "rounds" / f"{number:02}"

    def _measure_baseline(self) -> None:
        """Measure the first policy on the held-out problems, with the budget that all rounds get."""
        self._measure(None, self._folder / "baseline")

    def _do_round(self, number: int) -> None:
        folder, search = self._round(number), self._config.search
        folder.mkdir(parents=True, exist_ok=True)
        seconds: dict[str, float] = {}
        model = None if number == 0 else self._model(number - 1)
        problems, hard = self._chosen(number)
        with_more = search.model_copy(
            update={
                "max_tactics": round(search.max_tactics * self._config.pool.harder),
                "timeout": search.timeout * self._config.pool.harder,
            }
        )
        if problems.stat().st_size:
            self._time(seconds, "search", lambda: self._search(problems, folder / "search", model, search))
        if hard.stat().st_size:
            self._time(seconds, "hard", lambda: self._search(hard, folder / "hard", model, with_more))
        self._time(seconds, "data", lambda: self._collect(number))
        self._time(seconds, "train", lambda: self._train(number))
        self._time(seconds, "measure", lambda: self._measure(self._model(number), folder / "held_out"))
        metrics = self._metrics(number, seconds)
        write_atomically(folder / METRICS, json.dumps(asdict(metrics), indent=1) + "\n")
        page = iteration_report(f"Expert iteration: {self._folder.name}", read_metrics(self._folder))
        write_atomically(self._folder / "report.html", page)
        self._say(metrics.line)

    def _measure(self, model: Path | None, run: Path) -> None:
        search = self._config.search
        search = search.model_copy(update={"max_tactics": search.held_out_tactics, "disprove": False})
        self._search(self._folder / "held_out.jsonl", run, model, search)

    def _time(self, seconds: dict[str, float], stage: str, do: Callable[[], None]) -> None:
        began = self._clock()
        do()
        seconds[stage] = self._clock() - began

    def _model(self, number: int) -> Path:
        return self._round(number) / "model"

    def _chosen(self, number: int) -> tuple[Path, Path]:
        """Choose the round's problems, unless that was done; return the files of the usual and the hard problems."""
        usual, hard = (self._round(number) / name for name in ("problems.jsonl", "hard.jsonl"))
        if not usual.exists():
            config = self._config
            choice = choose(
                read_records(self._folder / "pool.jsonl"),
                self._histories(number),
                round_number=number,
                rounds=config.rounds,
                count=config.pool.per_round,
                rest_after=config.pool.rest_after,
                seed=config.seed,
            )
            if not choice.usual and not choice.hard:
                raise InputError(
                    "no problem is left to search: all are proved, resting, or false",
                    advice="Add problem sets to pool.train, or raise pool.rest_after.",
                )
            write_atomically(hard, json_lines(choice.hard))
            write_atomically(usual, json_lines(choice.usual))
        return usual, hard

    def _histories(self, number: int) -> Mapping[str, History]:
        return histories(self._searches(range(number)))

    def _searches(self, rounds: Sequence[int]) -> list[tuple[int, Path]]:
        """Return the runs of these rounds' searches, each with its round."""
        runs = [(number, self._round(number) / name) for number in rounds for name in ("search", "hard")]
        return [(number, run) for number, run in runs if run.exists()]

    def _collect(self, number: int) -> None:
        """Put the proofs of all rounds so far into the round's data (replay)."""
        data = self._round(number) / "data"
        if (data / FAILURES).exists():
            return
        trajectories = read_trajectories(
            self._searches(range(number + 1)),
            proofs_per_problem=self._config.model.proofs_per_problem,
            failures_per_state=FAILURES_PER_STATE,
        )
        if not trajectories.steps:
            raise InputError(
                "no problem was proved, so there is nothing to learn from",
                advice="Take easier problems, or larger budgets in [search].",
            )
        write_trajectories(trajectories, data)

    def _train(self, number: int) -> None:
        folder, model = self._round(number), self._config.model
        if (folder / "model").exists():
            return
        self._server.rest()
        base = str(self._model(number - 1)) if model.from_last and number else model.base
        settings = self._folder / "training.toml"
        self._command(
            "train", str(folder / "data"), "--base", base, "--out", str(folder / "model"), "--config", str(settings),
            "--seed", str(self._config.seed + number), "--resume",
        )  # fmt: skip

    def _search(self, problems: Path, run: Path, model: Path | None, search: Search) -> None:
        """Run `prover evaluate`, or what is left of it, with `model`, or the policy that needs none."""
        if (run / "report.html").exists():
            return
        policy = search.first if model is None else search.later.replace(MODEL, str(model))
        options = [
            "--policy", policy, "--out", str(run), "--samples", search.samples, "--temperature", search.temperature,
            "--search", search.algorithm, "--scoring", search.scoring,
            "--max-tactics", str(search.max_tactics), "--timeout", str(search.timeout),
            "--workers", str(search.workers), "--engines", str(search.engines), "--seed", str(self._config.seed),
            "--max-steps", "500", "--no-automation",
        ]  # fmt: skip
        if search.options:
            options += ["--config", str(self._folder / "evaluate.toml")]
        options += arguments_of(self._config.lean)
        if search.disprove:
            options.append("--disprove")
        if (run / "run.db").exists():
            options.append("--resume")
        if search.replicas and not any(is_vllm(source) for _, source in parse_spec(policy)):
            options += ["--model-replicas", "0"]
        served = Serving(environment={})
        if model is not None and search.is_served:
            served = self._server.serve(model)
        self._command("evaluate", str(problems), *options, *served.options, environment=served.environment)

    def _command(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        """Run a command of prover's, with more `environment` variables; its output is the user's to see.

        Raises:
            StageFailed: it failed.
            Interrupted: it was interrupted.
        """
        self._say("$ " + shlex.join(("prover", *arguments)))
        command = [sys.executable, "-m", "prover", *arguments]
        with subprocess.Popen(command, env={**os.environ, **(environment or {})}) as process:
            guard = Guard(process.pid, group=False)
            try:
                code = process.wait()
            except KeyboardInterrupt as interrupt:
                process.wait()  # Ctrl-C reached it too, and it stops in order
                raise Interrupted from interrupt
            except SystemExit:  # SIGTERM, which it has not got
                _terminate(process)
                raise
            finally:
                guard.release()
        if code in (130, 143, -signal.SIGINT, -signal.SIGTERM):
            raise Interrupted
        if code != 0:
            raise StageFailed(
                f"`prover {arguments[0]}` ended with exit code {code}",
                advice="Its message is above. Mend the cause and repeat the command with --resume.",
            )

    def _metrics(self, number: int, seconds: Mapping[str, float]) -> RoundMetrics:
        folder = self._round(number)
        return RoundMetrics(
            round=number,
            **search_metrics(self._searches(range(number + 1)), number),
            **held_out_metrics(folder / "held_out", self._folder / "baseline"),
            losses=tuple(
                json.loads((folder / "model" / "training.json").read_text(encoding="utf-8"))["losses"]
            ),
            seconds=dict(seconds),
        )

    def _is_stalled(self) -> bool:
        """Whether the last `patience` rounds brought no new best."""
        done = read_metrics(self._folder)
        best = best_round(done)
        return best is not None and done[-1].round - best.round >= self._config.patience


def begin(
    folder: Path, config: IterationConfig, pool: Sequence[Problem], held_out: Sequence[Problem]
) -> None:
    """Write down what a run works with; `config.json` comes last and says that the run has begun.

    Raises:
        InputError: there is a run already.
    """
    if (folder / "config.json").exists():
        raise InputError(f"{folder} has a run already", advice="Resume it with --resume.")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "pool.jsonl", json_lines(pool))
    write_atomically(folder / "held_out.jsonl", json_lines(held_out))
    write_atomically(folder / "training.toml", _toml(config.training.model_dump(exclude_none=True)))
    write_atomically(folder / "evaluate.toml", _toml(config.search.options))
    write_atomically(folder / "config.json", config.model_dump_json(indent=1) + "\n")


def read_metrics(folder: Path) -> list[RoundMetrics]:
    """Return the metrics of the finished rounds of a run, in order."""
    return [
        RoundMetrics(**json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob(f"rounds/*/{METRICS}"))
    ]


def best_round(rounds: Sequence[RoundMetrics]) -> RoundMetrics | None:
    """Return the round whose model proves most of the held-out problems, the earliest of equal ones."""
    return max(rounds, key=lambda each: (each.held_out_proved, -each.round), default=None)


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """Have a command end in order, or kill it."""
    process.terminate()
    try:
        process.wait(TERMINATED_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _toml(fields: Mapping[str, object]) -> str:
    """Return plain fields as TOML; JSON's numbers, strings and truth values are TOML's."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())
