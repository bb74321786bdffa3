"""OpenAI's completions protocol: request bodies, and validation of answers.

The protocol is that of https://platform.openai.com/docs/api-reference/completions, with the fields that vLLM
adds (`use_beam_search`, `top_k` and others) for servers that are known to be vLLM.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prover.policy.generation import Completion, Sampling
from prover.policy.server.http import Answer, RequestFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """Which requests a server understands.

    `vllm` says that it has vLLM's own fields, `lists` that a request may have several prompts, `several` that it may
    ask for several completions of a prompt (`n`). With `counts_end` the log-probabilities of a completion have that
    of its end; without, a completion is taken to be as likely as all that begins like it.
    """

    vllm: bool = False
    lists: bool = True
    several: bool = True
    counts_end: bool = True


ROUNDING = 1e-3
"""By how much a log-probability may exceed 0."""
WITHOUT_LOGPROBS = (
    "The search ranks tactics by them. vLLM (prover serve MODEL) and llama.cpp's llama-server give them, and "
    "llama-cpp-python if it is started with --logits_all true; Ollama does not."
)


def completions_asked(sampling: Sampling) -> int:
    """Return how many completions of a prompt a request asks for: one where all would be the same."""
    return sampling.samples if sampling.beam or sampling.temperature > 0 else 1


def request_body(
    model: str, prompts: Sequence[str], sampling: Sampling, *, seed: int, able: Abilities
) -> Answer:
    """Return the body of a request for completions of `prompts`, from the model's whole distribution.

    Where the server takes no lists there must be one prompt.

    vLLM takes what a request leaves out from the model's generation_config.json, so that nothing is left out.
    Stop strings may be special tokens, such as `<|im_end|>`, which vLLM sees only where it does not skip them.
    Beam search knows no stop strings; `read_completions` cuts its answers.
    """
    sent = [prompt.encode("utf-8", "replace").decode() for prompt in prompts]
    assert able.lists or len(sent) == 1
    body: dict[str, Any] = {
        "model": model,
        "prompt": sent if able.lists else sent[0],
        "n": completions_asked(sampling),
        "max_tokens": sampling.max_new_tokens,
        "temperature": 0.0 if sampling.beam else sampling.temperature,
        "top_p": 1.0,
        "seed": seed,
        "logprobs": 0 if able.vllm else 1,
    }
    if sampling.stop and not sampling.beam:
        body["stop"] = list(sampling.stop)
    if able.vllm:
        body |= {
            "top_k": 0,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
            "skip_special_tokens": not sampling.stop,
        }
    if sampling.beam:
        body |= {"use_beam_search": True, "length_penalty": 0.0, "include_stop_str_in_output": True}
    return body


def read_completions(
    answer: Answer, url: str, *, prompts: int, sampling: Sampling, able: Abilities
) -> list[list[Completion]] | RequestFailure:
    """Return the completions of each prompt in order, or the failure that the answer amounts to."""
    wanted = completions_asked(sampling)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        return RequestFailure(what=f"{url} answered without a list of choices")
    if len(choices) != prompts * wanted:
        return RequestFailure(
            what=f"{url} answered with {len(choices)} completions where {prompts * wanted} were asked for"
        )
    if sorted(str(choice.get("index")) for choice in choices) != sorted(map(str, range(len(choices)))):
        return RequestFailure(
            what=f"{url} answered with completions whose indices are not 0 to {len(choices) - 1}"
        )
    completions: list[Completion] = []
    for choice in sorted(choices, key=lambda choice: int(choice["index"])):
        completion = _completion(choice, url, sampling, able)
        if isinstance(completion, RequestFailure):
            return completion
        completions.append(completion)
    return [completions[start : start + wanted] for start in range(0, len(completions), wanted)]


def _completion(
    choice: dict[str, Any], url: str, sampling: Sampling, able: Abilities
) -> Completion | RequestFailure:
    text, reason = choice.get("text"), choice.get("finish_reason")
    if not isinstance(text, str):
        return RequestFailure(what=f"{url} answered with a completion without text")
    if reason not in ("stop", "length"):
        return RequestFailure(what=f"{url} ended a completion for the reason {reason!r}")
    logprobs = choice.get("logprobs")
    if text == "" and reason == "stop" and logprobs is None:
        logprobs = {"tokens": [], "token_logprobs": []}  # as llama-server says it
    tokens, values = token_logprobs(logprobs)
    if tokens is None or values is None or (text and not tokens):
        return RequestFailure(
            what=f"{url} gives no log-probabilities (choices[].logprobs.tokens and .token_logprobs)",
            advice=WITHOUT_LOGPROBS,
            passing=False,
            user_error=True,
        )
    if len(tokens) != len(values) or not all(is_logprob(value) for value in values):
        return RequestFailure(
            what=f"{url} answered with log-probabilities that are none: {str(values)[:120]}"
        )
    if able.counts_end and reason == "stop" and _end_is_missing(text, tokens):
        return RequestFailure(
            what=f"{url} leaves the end token or stop string out of its log-probabilities",
            advice="It did not when prover connected. Is it still the same server?",
            passing=False,
            lacks_end=True,
        )
    finished = reason == "stop"
    count = len(tokens)
    if sampling.beam and (cut := _first_stop(text, sampling.stop)) is not None:
        held = _tokens_to_stop(tokens, sampling.stop)
        if held is None:
            return RequestFailure(
                what=f"{url}: no token of a beam holds the stop string in its text", passing=False
            )
        text, count, finished = text[:cut], held, True
    logprob = math.fsum(min(value, 0.0) for value in values[:count])
    return Completion(text=text, logprob=logprob, tokens=count, finished=finished)


def token_logprobs(given: object) -> tuple[list[str] | None, list[Any] | None]:
    """Return the tokens and their log-probabilities, in the form of completions or, as llama-server, of chats."""
    if not isinstance(given, dict):
        return None, None
    tokens, values = given.get("tokens"), given.get("token_logprobs")
    content = given.get("content")
    if tokens is None and isinstance(content, list) and all(isinstance(each, dict) for each in content):
        tokens, values = [each.get("token") for each in content], [each.get("logprob") for each in content]
    if not isinstance(tokens, list) or not isinstance(values, list):
        return None, None
    return (tokens, values) if all(isinstance(each, str) for each in tokens) else (None, None)


def is_logprob(value: object) -> bool:
    """Tell whether a value is a log-probability, but for rounding."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -math.inf < value <= ROUNDING


def _end_is_missing(text: str, tokens: Sequence[str]) -> bool:
    """Tell whether the tokens of a completion that ended make up its text and nothing more.

    A token for the end that the server shows as an empty string counts as one.
    """
    return "".join(tokens) == text and (not tokens or tokens[-1] != "")


def _first_stop(text: str, stop: Sequence[str]) -> int | None:
    return min((at for string in stop if (at := text.find(string)) >= 0), default=None)


def _tokens_to_stop(tokens: Sequence[str], stop: Sequence[str]) -> int | None:
    """Return how many tokens it takes until the first stop string is complete."""
    text = ""
    for count, token in enumerate(tokens, 1):
        text += token
        if any(string in text for string in stop):
            return count
    return None
