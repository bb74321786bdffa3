"""Log-probabilities of texts from a completions server, two ways.

vLLM returns those of a prompt's tokens (`prompt_logprobs`); other servers may repeat the prompt before the completion
with the log-probabilities of both (`echo`). Either way one token is generated, and not used: servers differ in what
they do when asked for none.

A completion's score is that of prompt and completion less that of the prompt. So it does not matter how the server
writes its tokens, which may be parts of a character. Where the end of the prompt and the beginning of the completion
make one token, that token is the completion's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from prover.policy.generation import Score
from prover.policy.server.http import Answer, RequestFailure
from prover.policy.server.protocol import Abilities, is_logprob, token_logprobs

ScoringMethod = Literal["prompt_logprobs", "echo"]


def score_body(model: str, texts: Sequence[str], method: ScoringMethod, able: Abilities) -> Answer:
    """Return the body of a request for the log-probabilities of the tokens of `texts`, one where it takes no lists."""
    sent = [text.encode("utf-8", "replace").decode() for text in texts]
    assert able.lists or len(sent) == 1
    body: dict[str, Any] = {
        "model": model,
        "prompt": sent if able.lists else sent[0],
        "n": 1,
        "max_tokens": 1,
        "temperature": 0.0,
    }
    return body | ({"prompt_logprobs": 0} if method == "prompt_logprobs" else {"echo": True, "logprobs": 1})


def read_scores(
    answer: Answer, url: str, texts: Sequence[str], method: ScoringMethod
) -> list[Score] | RequestFailure:
    """Return the log-probability and the tokens of each text as a whole, or what is wrong with the answer.

    The first token, which nothing comes before, counts as a token with log-probability 0.
    """
    choices = answer.get("choices")
    if not isinstance(choices, list) or len(choices) != len(texts):
        return RequestFailure(what=f"{url} did not answer with a choice for each of {len(texts)} texts")
    if sorted(str(_get(choice, "index")) for choice in choices) != sorted(map(str, range(len(texts)))):
        return RequestFailure(what=f"{url} answered with choices whose indices are not 0 to {len(texts) - 1}")
    scores: list[Score] = []
    for choice, text in zip(sorted(choices, key=lambda each: int(each["index"])), texts, strict=True):
        values = _prompt_values(choice) if method == "prompt_logprobs" else _echoed_values(choice, text)
        if values is None or not all(map(is_logprob, values)):
            return RequestFailure(
                what=f"{url} gives no log-probabilities of prompts ({method})", passing=False
            )
        scores.append(Score(math.fsum(min(value, 0.0) for value in values), len(values) + 1))
    return scores


def difference(whole: Score, prompt: Score) -> Score:
    """Return the score of a completion from that of prompt and completion and that of the prompt."""
    return Score(min(0.0, whole.logprob - prompt.logprob), max(1, whole.tokens - prompt.tokens))


def end_text(answer: Answer) -> str:
    """Return how the server shows the end token, from completions without stop strings; empty if no end tells."""
    for choice in answer.get("choices", ()):
        tokens, _ = token_logprobs(choice.get("logprobs"))
        if choice.get("finish_reason") == "stop" and tokens and "".join(tokens[:-1]) == choice.get("text"):
            return tokens[-1]
    return ""


def end_text_in(folder: Path) -> str | None:
    """Return the end token's text from a model's folder; None where there is none to read."""
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    end = _get(config, "eos_token")
    text = _get(end, "content") if isinstance(end, dict) else end
    return text if isinstance(text, str) and text else None


def _prompt_values(choice: Any) -> list[Any] | None:  # noqa: ANN401 - JSON
    """Return the values of all tokens but the first; each entry has the prompt's own token first."""
    entries = _get(choice, "prompt_logprobs")
    if not isinstance(entries, list) or not entries:
        return None
    if not all(isinstance(entry, dict) and entry for entry in entries[1:]):
        return None
    return [_get(next(iter(entry.values())), "logprob") for entry in entries[1:]]


def _echoed_values(choice: Any, text: str) -> list[Any] | None:  # noqa: ANN401 - JSON
    """Return the values of all tokens of `text` but the first; the last of the answer was generated."""
    tokens, values = token_logprobs(_get(choice, "logprobs"))
    if tokens is None or values is None or len(tokens) != len(values) or len(values) < 2:
        return None
    shown = _get(choice, "text")
    return values[1:-1] if isinstance(shown, str) and shown.startswith(text) else None


def _get(value: Any, key: str) -> Any:  # noqa: ANN401 - JSON
    return value.get(key) if isinstance(value, dict) else None
