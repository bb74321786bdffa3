"""What is asked of a chat model, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]

_THINK_END = "</think>"
_THINK_START = re.compile(r"\s*<think>")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation."""

    role: Role
    content: str


def opening(system: str, user: str) -> tuple[ChatMessage, ...]:
    """Return the conversation that a user's message begins, after the system message, if there is one."""
    first = ChatMessage("user", user)
    return (ChatMessage("system", system), first) if system else (first,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSampling:
    """How answers are drawn; `max_tokens` counts the tokens of one answer, its thinking included.

    `top_k` is no part of the protocol; vLLM and SGLang know it.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 8192
    presence_penalty: float = 0.0
    top_k: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A conversation to be continued `n` times.

    With `continues`, the last message is an assistant's, and the answer goes on with it. With `prompt`, a completion of
    that text is asked for, and there are no messages.
    """

    messages: tuple[ChatMessage, ...] = ()
    prompt: str | None = None
    n: int = 1
    sampling: ChatSampling
    stop: tuple[str, ...] = ()
    seed: int = 0
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    """One answer. `raw` is its text as the server gave it, `text` that without the thinking, which is `reasoning`.

    `finish_reason` is the server's, such as ``stop`` and ``length``. `prompt_tokens` are the request's, counted with
    its first answer only; tokens are estimated from the text's length where the server does not tell (`estimated`).
    """

    raw: str
    text: str
    reasoning: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether the answer ended at the limit of tokens."""
        return self.finish_reason == "length"


Heard = Callable[[int, ChatAnswer], None]
"""Is told an answer as soon as it is there, and its number among the answers to the request, from 0."""


def split_thinking(raw: str) -> tuple[str, str]:
    """Return the answer and the thinking before it. Thinking that does not end leaves no answer."""
    thinking, end, text = raw.rpartition(_THINK_END)
    if end:
        return text, _THINK_START.sub("", thinking, count=1)
    if _THINK_START.match(raw):
        return "", _THINK_START.sub("", raw, count=1)
    return raw, ""
