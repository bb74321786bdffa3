"""Continuous batching: requests join the batch at any token and leave it when they are complete.

So nobody waits for the longest completion of somebody else. Completions of a prompt that have the same tokens so
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
from prover.policy.generation import Completion
from prover.policy.transformers.decode.beam import beam_search
from prover.policy.transformers.decode.decoding import DecoderOnly, start_decoding
from prover.policy.transformers.decode.running_batch import Slots
from prover.policy.transformers.decode.sampling import draw, sample, uniform_numbers
from prover.policy.transformers.decode.task import Task
from prover.policy.transformers.failures import model_errors
from prover.policy.transformers.loading import LoadedModel
from prover.policy.transformers.score_completions import judged

Owner = TypeVar("Owner")
Answer = list[Completion] | PolicyError

# A batch may have this many completions for each prompt it may have; one prompt may have more.
ROWS_PER_PROMPT = 8
# A prompt shorter than this part of the longest is not read together with it.
LEAST_LENGTH = 0.5


@dataclass(slots=True, eq=False)
class _Job(Generic[Owner]):
    """A task in work; `drawn` are its completions, those from elsewhere are `judged` before the first is drawn."""

    owner: Owner
    task: Task
    uniform: list[list[float]] = field(default_factory=list)
    drawn: list[Completion | None] = field(default_factory=list)
    judged: list[Completion] = field(default_factory=list)


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
    else goes on. Where an accelerator's memory does not hold the tasks in work, half as many are tried.
    `abandoned` says whether nobody waits for an owner's answers any more.
    """

    def __init__(self, loaded: LoadedModel, *, most_prompts: int, abandoned: Callable[[Owner], bool]) -> None:
        self._loaded = loaded
        self._most_prompts = self._limit = most_prompts
        self._abandoned = abandoned
        self._waiting: deque[_Job[Owner]] = deque()
        self._forget()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._waiting and not self._working

    def add(self, owner: Owner, task: Task) -> None:
        """Take on a task, for the answer to go to `owner`."""
        self._waiting.append(_Job(owner, task))

    @torch.inference_mode()
    def step(self) -> list[tuple[Owner, Answer]]:
        """Let new tasks begin and append a token to every row; return the answers that are complete."""
        self._answers: list[tuple[Owner, Answer]] = []
        self._drop_abandoned()
        memory_held = True
        try:
            with model_errors(self._loaded.name):
                for part in _alike(self._admitted()):
                    self._begin(part)
                self._advance()
        except torch.OutOfMemoryError:
            memory_held = False
        except PolicyError as error:
            self._answers += [(job.owner, error) for job in self._working]
            self._forget()
        if not memory_held:  # only here has the exception let go of its tensors
            self._retreat()
        if self.idle:
            self._limit = self._most_prompts
        return self._answers

    def _forget(self) -> None:
        """Begin with no tasks in work."""
        self._working: list[_Job[Owner]] = []
        self._branches: list[_Branch[Owner]] = []
        self._slots = Slots(self._loaded)

    def _drop_abandoned(self) -> None:
        self._waiting = deque(job for job in self._waiting if not self._abandoned(job.owner))
        if any(self._abandoned(job.owner) for job in self._working):
            self._working = [job for job in self._working if not self._abandoned(job.owner)]
            self._drop_rows()

    def _drop_rows(self) -> None:
        """Drop the rows of tasks that are not in work any more."""
        rows = [row for row, branch in enumerate(self._branches) if branch.job in self._working]
        if len(rows) < len(self._branches):
            self._branches = [self._branches[row] for row in rows]
            self._slots.keep(rows)

    def _admitted(self) -> list[_Job[Owner]]:
        """Take on as many of the waiting tasks as there is room for, in their order."""
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
        """Read the prompts, judge what was given, and let the tasks join, or finish them where they cannot."""
        tasks = [job.task for job in jobs]
        try:
            with model_errors(self._loaded.name):
                decoding = start_decoding(
                    self._loaded, [task.prompt for task in tasks], steps=max(task.limit for task in tasks)
                )
                judgements = judged(self._loaded, decoding, tasks)
        except PolicyError as error:
            if len(jobs) == 1:
                self._refuse(jobs, error)
            else:
                for job in jobs:
                    self._begin([job])
            return
        for job, judgement in zip(jobs, judgements, strict=True):
            job.judged = judgement
        if isinstance(decoding, DecoderOnly) and decoding.shares_prompts and not tasks[0].sampling.beam:
            self._slots.join(decoding)
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

    def _advance(self) -> None:
        """Draw a token for every completion; rows whose completions differ from now on split."""
        if not self._branches:
            return
        grown: list[tuple[int, _Branch[Owner]]] = []
        for row, (branch, drawn) in enumerate(zip(self._branches, self._drawn(), strict=True)):
            job = branch.job
            for token, (logprob, members) in drawn.items():
                next_branch = _Branch(job, members, [*branch.tokens, token], branch.logprob + logprob)
                completion = job.task.completion(next_branch.tokens, next_branch.logprob)
                if completion is None:
                    grown.append((row, next_branch))
                    continue
                for member in members:
                    job.drawn[member] = completion
        placed = _placed(len(self._branches), grown)
        self._branches = [branch for _, branch in placed]
        for job in list(self._working):
            completions = [each for each in job.drawn if each is not None]
            if len(completions) == job.task.rows:
                self._finish(job, completions)
        if placed:
            self._slots.select([row for row, _ in placed])
            self._slots.advance([branch.tokens[-1] for branch in self._branches])
        else:
            self._slots = Slots(self._loaded)

    def _drawn(self) -> Iterator[dict[int, tuple[float, list[int]]]]:
        """Draw the next tokens: for each row, each token with its log-probability and the members that drew it."""
        device = self._slots.logits_BV.device
        most = max(len(branch.members) for branch in self._branches)
        numbers = [
            [branch.job.uniform[member][len(branch.tokens)] for member in branch.members]
            for branch in self._branches
        ]
        uniform_BK = torch.tensor([row + [0.0] * (most - len(row)) for row in numbers], device=device)
        temperature_B = torch.tensor(
            [branch.job.task.sampling.temperature for branch in self._branches], device=device
        )
        token_BK, logprob_BK = draw(self._slots.logits_BV, temperature_B, uniform_BK)
        for branch, tokens, logprobs in zip(
            self._branches, token_BK.tolist(), logprob_BK.tolist(), strict=True
        ):
            drawn: dict[int, tuple[float, list[int]]] = {}
            for member, token, logprob in zip(branch.members, tokens, logprobs, strict=False):
                drawn.setdefault(token, (logprob, []))[1].append(member)
            yield drawn

    def _finish(self, job: _Job[Owner], completions: list[Completion]) -> None:
        answer = completions + job.judged
        if any(math.isnan(each.logprob) for each in answer):
            error = PolicyError(
                f"the model {self._loaded.name} computes values that are not numbers",
                advice="its weights are broken, or its number type is too small: try float32",
            )
            self._refuse([job], error)
            return
        self._working.remove(job)
        self._answers.append((job.owner, answer))

    def _refuse(self, jobs: Sequence[_Job[Owner]], error: PolicyError) -> None:
        self._answers += [(job.owner, error) for job in jobs]
        self._working = [job for job in self._working if job not in jobs]
        self._drop_rows()

    def _retreat(self) -> None:
        """Begin the tasks in work anew with half as many at once; give up one that was alone."""
        jobs = self._working
        self._forget()
        if self._loaded.device.type == "cuda":
            torch.cuda.empty_cache()
        if len(jobs) > 1:
            self._limit = len(jobs) // 2
            self._waiting.extendleft(_Job(job.owner, job.task) for job in reversed(jobs))
            return
        task = jobs[0].task
        error = PolicyError(
            f"the memory of {self._loaded.device} does not hold {task.rows} completions of a "
            f"prompt of {len(task.prompt)} tokens",
            advice="ask for fewer samples or shorter prompts, or use a smaller number type",
        )
        self._answers.append((jobs[0].owner, error))


def _alike(jobs: Sequence[_Job[Owner]]) -> list[list[_Job[Owner]]]:
    """Cut tasks into parts that are searched in the same way and have prompts of like length."""
    parts: list[list[_Job[Owner]]] = []
    for job in sorted(jobs, key=lambda each: (each.task.sampling.beam, -len(each.task.prompt))):
        longest = parts[-1][0].task if parts else job.task
        alike = job.task.sampling.beam == longest.sampling.beam
        if not parts or not alike or len(job.task.prompt) < LEAST_LENGTH * len(longest.prompt):
            parts.append([])
        parts[-1].append(job)
    return parts


def _placed(rows: int, grown: Sequence[tuple[int, _Branch[Owner]]]) -> list[tuple[int, _Branch[Owner]]]:
    """Order rows and what they were so that as few as possible move."""
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
