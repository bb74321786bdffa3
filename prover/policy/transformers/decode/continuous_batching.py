"""Continuous batching: requests join the batch at any token and leave it when they are complete.

So no request waits for the longest completion of another. Completions of a prompt that have the same tokens so
far are one row of the batch until they differ. Source: Yu et al. (2022), "Orca: A Distributed Serving System for
Transformer-Based Generative Models", section 3; but prompts are read on their own before they join.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import torch

from prover.errors import PolicyError
from prover.policy.generation import Completion, Score
from prover.policy.transformers.decode.beam import beam_search
from prover.policy.transformers.decode.decoding import DecoderOnly, Decoding, start_decoding
from prover.policy.transformers.decode.running_batch import RunningBatch
from prover.policy.transformers.decode.sampling import draw, sample, uniform_numbers
from prover.policy.transformers.decode.task import ScoreTask, Task
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loading import LoadedModel
from prover.policy.transformers.score_completions import score_completions

Owner = TypeVar("Owner")
Answer = list[Completion] | list[Score | None] | PolicyError

# A batch may have this many completions for each prompt it may have; one prompt may have more.
ROWS_PER_PROMPT = 8
# A prompt shorter than this part of the longest is not read together with it.
LEAST_LENGTH = 0.5


@dataclass(slots=True, eq=False)
class _Job(Generic[Owner]):
    """A task in progress; `drawn` are its completions."""

    owner: Owner
    task: Task
    uniform: list[list[float]] = field(default_factory=list)
    drawn: list[Completion | None] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Scoring(Generic[Owner]):
    """A task of scoring, complete once its prompt and its completions have been read.

    One with the prompt of a task that begins shares its reading.
    """

    owner: Owner
    task: ScoreTask


@dataclass(slots=True)
class _Branch(Generic[Owner]):
    """A row of the batch: `members` are the completions of its job that have these tokens so far."""

    job: _Job[Owner]
    members: list[int]
    tokens: list[int]
    logprob: float


class ContinuousBatch(Generic[Owner]):
    """Tasks of any number on one model. Blocking, and to be used by one thread at a time.

    At most `most_prompts` tasks, with 8 completions each, are worked on at once. Beam searches, and models
    whose rows cannot share their prompts (encoder-decoders, for example), finish what they have begun before anything
    else goes on. Where an accelerator's memory does not hold the tasks in progress, half as many are tried.
    `abandoned` says whether an owner's request was cancelled.
    """

    def __init__(self, loaded: LoadedModel, *, most_prompts: int, abandoned: Callable[[Owner], bool]) -> None:
        self._loaded = loaded
        self._most_prompts = self._limit = most_prompts
        self._abandoned = abandoned
        self._waiting: deque[_Job[Owner]] = deque()
        self._scorings: list[_Scoring[Owner]] = []
        self._forget()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._waiting and not self._working and not self._scorings

    def add(self, owner: Owner, task: Task | ScoreTask) -> None:
        """Take on a task, for the answer to go to `owner`."""
        if isinstance(task, ScoreTask):
            self._scorings.append(_Scoring(owner, task))
        else:
            self._waiting.append(_Job(owner, task))

    @torch.inference_mode()
    def step(self) -> list[tuple[Owner, Answer]]:
        """Let new tasks begin and append a token to every row; return the answers that are complete."""
        self._answers: list[tuple[Owner, Answer]] = []
        self._drop_abandoned()
        memory_held = True
        try:
            with model_errors(self._loaded.name):
                for part in _group_by_length(self._admit()):
                    self._begin(part)
                self._score_alone()
                self._advance()
        except torch.OutOfMemoryError:
            memory_held = False
        except PolicyError as error:
            self._answers += [(job.owner, error) for job in self._working]
            self._forget()
        if not memory_held:  # only here has the exception let go of its tensors
            self._retry_smaller()
        if self.idle:
            self._limit = self._most_prompts
        return self._answers

    def _forget(self) -> None:
        """Start with no tasks in progress."""
        self._working: list[_Job[Owner]] = []
        self._branches: list[_Branch[Owner]] = []
        self._rows = RunningBatch(self._loaded)

    def _drop_abandoned(self) -> None:
        self._waiting = deque(job for job in self._waiting if not self._abandoned(job.owner))
        self._scorings = [each for each in self._scorings if not self._abandoned(each.owner)]
        if any(self._abandoned(job.owner) for job in self._working):
            self._working = [job for job in self._working if not self._abandoned(job.owner)]
            self._drop_rows()

    def _drop_rows(self) -> None:
        """Drop the rows of tasks that are no longer in progress."""
        rows = [row for row, branch in enumerate(self._branches) if branch.job in self._working]
        if len(rows) < len(self._branches):
            self._branches = [self._branches[row] for row in rows]
            self._rows.keep(rows)

    def _admit(self) -> list[_Job[Owner]]:
        """Admit as many of the waiting tasks as there is room for, in their order."""
        admitted: list[_Job[Owner]] = []
        rows = sum(job.task.rows for job in self._working)
        while self._waiting and len(self._working) < self._limit:
            rows += self._waiting[0].task.rows
            if self._working and rows > ROWS_PER_PROMPT * self._limit:
                break
            admitted.append(self._waiting.popleft())
            self._working.append(admitted[-1])
        return admitted

    def _begin(self, jobs: Sequence[_Job[Owner]]) -> None:
        """Read the prompts, score completions of them, and let the tasks join, or finish them where they cannot."""
        tasks = [job.task for job in jobs]
        try:
            decoding = self._read([task.prompt for task in tasks], max(task.limit for task in tasks))
        except PolicyError as error:
            if len(jobs) == 1:
                self._refuse(jobs, error)
                same = [each for each in self._scorings if each.task.prompt == tasks[0].prompt]
                self._answers += [(each.owner, error) for each in same]
                self._scorings = [each for each in self._scorings if each not in same]
            else:
                for job in jobs:
                    self._begin([job])
            return
        if isinstance(decoding, DecoderOnly) and decoding.shares_prompts and not tasks[0].sampling.beam:
            self._rows.join(decoding)
            for job in jobs:
                job.uniform = uniform_numbers(job.task, job.task.limit).tolist()
                job.drawn = [None] * job.task.rows
                self._branches.append(_Branch(job, list(range(job.task.rows)), [], 0.0))
            return

        def check() -> None:
            if all(self._abandoned(job.owner) for job in jobs):
                raise CancelledError

        try:
            with model_errors(self._loaded.name):
                groups = (beam_search if tasks[0].sampling.beam else sample)(decoding, tasks, check)
        except CancelledError:
            return  # the next step drops them
        except PolicyError as error:
            self._refuse(jobs, error)
            return
        for job, group in zip(jobs, groups, strict=True):
            self._finish(job, group)

    def _read(self, prompts: Sequence[tuple[int, ...]], steps: int) -> Decoding:
        """Read prompts, which at most `steps` tokens may follow, and complete the tasks of scoring that have them.

        Raises:
            PolicyError: the model failed.
        """
        row = {prompt: number for number, prompt in enumerate(prompts)}
        mine = [each for each in self._scorings if each.task.prompt in row]
        tasks = [each.task for each in mine]
        with model_errors(self._loaded.name):
            decoding = start_decoding(
                self._loaded, prompts, steps=max([steps, *(task.limit for task in tasks)])
            )
            scores = score_completions(decoding, tasks, [row[task.prompt] for task in tasks])
        for each, answer in zip(mine, scores, strict=True):
            broken = any(score is not None and math.isnan(score.logprob) for score in answer)
            self._answers.append((each.owner, self._no_numbers() if broken else answer))
        self._scorings = [each for each in self._scorings if each not in mine]
        return decoding

    def _score_alone(self) -> None:
        """Complete tasks of scoring whose prompts no waiting task has, as many as may be read at once."""
        waiting = {job.task.prompt for job in self._waiting}
        prompts = dict.fromkeys(
            each.task.prompt for each in self._scorings if each.task.prompt not in waiting
        )
        ordered = sorted(list(prompts)[: self._limit], key=len)
        while ordered:
            part = [each for each in ordered if len(ordered[0]) >= LEAST_LENGTH * len(each)]
            ordered = ordered[len(part) :]
            try:
                self._read(part, 1)
            except PolicyError as error:
                mine = [each for each in self._scorings if each.task.prompt in part]
                self._answers += [(each.owner, error) for each in mine]
                self._scorings = [each for each in self._scorings if each not in mine]

    def _advance(self) -> None:
        """Draw a token for every completion; rows whose completions differ from now on split."""
        if not self._branches:
            return
        grown: list[tuple[int, _Branch[Owner]]] = []
        for row, (branch, drawn) in enumerate(zip(self._branches, self._draw(), strict=True)):
            job = branch.job
            for token, (logprob, members) in drawn.items():
                next_branch = _Branch(job, members, [*branch.tokens, token], branch.logprob + logprob)
                completion = job.task.completion(next_branch.tokens, next_branch.logprob)
                if completion is None:
                    grown.append((row, next_branch))
                    continue
                for member in members:
                    job.drawn[member] = completion
        placed = _place(len(self._branches), grown)
        self._branches = [branch for _, branch in placed]
        for job in list(self._working):
            completions = [each for each in job.drawn if each is not None]
            if len(completions) == job.task.rows:
                self._finish(job, completions)
        if placed:
            self._rows.select([row for row, _ in placed])
            self._rows.advance([branch.tokens[-1] for branch in self._branches])
        else:
            self._rows = RunningBatch(self._loaded)

    def _draw(self) -> Iterator[dict[int, tuple[float, list[int]]]]:
        """Draw the next tokens: for each row, each token with its log-probability and the members that drew it."""
        device = self._rows.logits_BV.device
        most = max(len(branch.members) for branch in self._branches)
        numbers = [
            [branch.job.uniform[member][len(branch.tokens)] for member in branch.members]
            for branch in self._branches
        ]
        uniform_BK = torch.tensor([row + [0.0] * (most - len(row)) for row in numbers], device=device)
        temperature_B = torch.tensor(
            [branch.job.task.sampling.temperature for branch in self._branches], device=device
        )
        token_BK, logprob_BK = draw(self._rows.logits_BV, temperature_B, uniform_BK)
        for branch, tokens, logprobs in zip(
            self._branches, token_BK.tolist(), logprob_BK.tolist(), strict=True
        ):
            drawn: dict[int, tuple[float, list[int]]] = {}
            for member, token, logprob in zip(branch.members, tokens, logprobs, strict=False):
                drawn.setdefault(token, (logprob, []))[1].append(member)
            yield drawn

    def _finish(self, job: _Job[Owner], completions: list[Completion]) -> None:
        if any(math.isnan(each.logprob) for each in completions):
            self._refuse([job], self._no_numbers())
            return
        self._working.remove(job)
        self._answers.append((job.owner, completions))

    def _no_numbers(self) -> PolicyError:
        return PolicyError(
            f"the model {self._loaded.name} computes values that are not numbers",
            advice="its weights are broken, or its number type is too small: try float32",
        )

    def _refuse(self, jobs: Sequence[_Job[Owner]], error: PolicyError) -> None:
        self._answers += [(job.owner, error) for job in jobs]
        self._working = [job for job in self._working if job not in jobs]
        self._drop_rows()

    def _retry_smaller(self) -> None:
        """Begin the tasks in progress anew with half as many at once; give up one that was alone."""
        jobs = self._working
        self._forget()
        if self._loaded.device.type == "cuda":
            torch.cuda.empty_cache()
        if len(jobs) > 1 or (not jobs and self._limit > 1):
            self._limit = (len(jobs) or self._limit) // 2
            self._waiting.extendleft(_Job(job.owner, job.task) for job in reversed(jobs))
            return
        if jobs:
            self._answers.append((jobs[0].owner, self._too_large(jobs[0].task.rows, jobs[0].task.prompt)))
            return
        scoring = self._scorings.pop(0)
        error = self._too_large(len(scoring.task.completions), scoring.task.prompt)
        self._answers.append((scoring.owner, error))

    def _too_large(self, rows: int, prompt: Sequence[int]) -> PolicyError:
        return PolicyError(
            f"the memory of {self._loaded.device} does not hold {rows} completions of a "
            f"prompt of {len(prompt)} tokens",
            advice="ask for fewer samples or shorter prompts, or use a smaller number type",
        )


def _group_by_length(jobs: Sequence[_Job[Owner]]) -> list[list[_Job[Owner]]]:
    """Cut tasks into parts that are searched in the same way and have prompts of similar length."""
    parts: list[list[_Job[Owner]]] = []
    for job in sorted(jobs, key=lambda each: (each.task.sampling.beam, -len(each.task.prompt))):
        longest = parts[-1][0].task if parts else job.task
        alike = job.task.sampling.beam == longest.sampling.beam
        if not parts or not alike or len(job.task.prompt) < LEAST_LENGTH * len(longest.prompt):
            parts.append([])
        parts[-1].append(job)
    return parts


def _place(rows: int, grown: Sequence[tuple[int, _Branch[Owner]]]) -> list[tuple[int, _Branch[Owner]]]:
    """Order rows so that as few as possible move."""
    places: list[tuple[int, _Branch[Owner]] | None] = [None] * rows
    for row, branch in grown:
        if row < rows and places[row] is None:
            places[row] = (row, branch)
        else:
            places.append((row, branch))
    for hole in [place for place, each in enumerate(places) if each is None]:
        while places and places[-1] is None:
            places.pop()
        if hole < len(places):
            places[hole] = places.pop()
    return [each for each in places if each is not None]
