"""Read vLLM's log: how far the start is, and why it failed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover.errors import InputError, ProverError, SetupError

SHOWN_CHARACTERS = 300

_PREFIX = re.compile(
    r"^(\([^)]*pid=\d+\)\s*)?((DEBUG|INFO|WARNING|ERROR)\s+[\d-]+\s+[\d:]+\s+\[[^\]]*\]\s*)?"
)
_REASON = re.compile(r"^(?:Value error, |[\w.]*\.py: error: |(?:\w+\.)*\w*(?:Error|Exception): )(.+)")
_EMPTY_REASON = re.compile(
    r"See root cause above|initialization failed|EngineCore encountered|validation errors? for|EngineDead"
    r"|^cancelled|^Failed core proc"
)
_STAGES = (
    (re.compile(r"Starting to load model"), "loading the model"),
    (re.compile(r"Loading weights took|Model loading took"), "measuring memory and warming up"),
    (re.compile(r"Starting vLLM|Application startup complete"), "starting to answer"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    advice: str
    given: bool = False


_KNOWN = (
    _Known(re.compile(r"Address already in use", re.I), "Choose another --port.", given=True),
    _Known(
        re.compile(
            r"out of memory|OutOfMemory|is less than desired|No available memory|KV cache is needed", re.I
        ),
        "Lower --max-model-len or --gpu-memory-utilization, or free memory; several GPUs share a model with "
        "--tensor-parallel-size.",
    ),
    _Known(
        re.compile(r"infer device type|No CUDA GPUs|NVIDIA driver", re.I),
        "This vLLM needs a GPU. scripts/make_vllm_env.sh makes an environment with vLLM for processors.",
    ),
)


def stage(line: str) -> str | None:
    """Return what vLLM begins with this line of its log, in our words."""
    return next((words for pattern, words in _STAGES if pattern.search(line)), None)


def explanation(log: str, *, what: str, log_file: str) -> ProverError:
    """Return the error that tells why vLLM ended, `what` being what it ended with."""
    reasons = [
        " ".join(match[1].split())
        for line in log.splitlines()
        if (match := _REASON.match(_PREFIX.sub("", line).strip())) and not _EMPTY_REASON.search(match[1])
    ]
    for known in _KNOWN:
        telling = [reason for reason in reasons if known.pattern.search(reason)]
        if telling:
            kind = InputError if known.given else SetupError
            return kind(
                f"{what}: {shorten_message(telling[-1])}", advice=f"{known.advice} Its log: {log_file}"
            )
    if reasons:
        return InputError(f"{what}: {shorten_message(reasons[-1])}", advice=f"Its log: {log_file}")
    last = next((line for line in reversed(log.splitlines()) if line.strip()), "it wrote nothing")
    return SetupError(f"{what}: {shorten_message(_PREFIX.sub('', last))}", advice=f"Its log: {log_file}")


def shorten_message(reason: str) -> str:
    """Return what a person needs of one of vLLM's error messages, on one line."""
    reason = " ".join(reason.split()).rpartition("Value error, ")[2].split(" [type=")[0]
    return reason if len(reason) <= SHOWN_CHARACTERS else reason[: SHOWN_CHARACTERS - 1] + "…"
