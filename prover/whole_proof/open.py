"""From settings to a chat model that attempts theorems."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import InputError
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.client import ChatClient
from prover.policy.chat.formats import ChatFormat, chat_format
from prover.policy.settings import PolicySettings
from prover.policy.spec import ServedModel, parse_spec
from prover.whole_proof.attempt import Chat, WholeProofOptions
from prover.whole_proof.settings import ChatSettings, MethodSettings


@dataclass(frozen=True, slots=True)
class Writer:
    """A chat model that writes proofs, and the format of its prompts."""

    chat: Chat
    prompt_format: ChatFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChat:
    """A connected chat model, the format of its prompts, and what is spent on it."""

    client: ChatClient
    prompt_format: ChatFormat
    budget: TokenBudget

    @property
    def writer(self) -> Writer:
        """The same without what is spent."""
        return Writer(self.client, self.prompt_format)


async def connect(spec: str, option: str, budget: TokenBudget, settings: ChatSettings) -> ChatClient:
    """Connect to the chat model that `spec` names, as the value of `option`; the caller closes the client.

    Raises:
        InputError: it is no server, or its address or model cannot be used.
        SetupError: the server cannot be reached, or the package openai is missing.
    """
    [(_, source), *others] = parse_spec(spec)
    if others or not isinstance(source, ServedModel):
        raise InputError(
            f"this needs a chat model behind a server, not {option} {spec}",
            advice=f"Name one: {option} http://HOST:PORT/v1#MODEL",
        )
    return await ChatClient.connect(source.urls, source.model, budget=budget, at_once=settings.requests)


async def open_chat(
    settings: PolicySettings, method: MethodSettings, budget: TokenBudget | None = None
) -> OpenChat:
    """Connect to the chat model that `settings` name; the caller closes the client. `budget` may be shared.

    Raises:
        InputError: the policy is no server, or its address, model or format cannot be used.
        SetupError: the server cannot be reached, or the package openai is missing.
    """
    if settings.format.endswith(".toml"):
        chat_format(settings.format, "")
    budget = budget or method.token_budget()
    client = await connect(settings.policy, "--policy", budget, method)
    try:
        return OpenChat(
            client=client, prompt_format=chat_format(settings.format, client.model), budget=budget
        )
    except InputError:
        await client.close()
        raise


def whole_proof_options(
    settings: PolicySettings, method: MethodSettings, *, seed: int, seconds: float | None
) -> WholeProofOptions:
    """Return how many answers to ask for, and how; the format's own temperature where none was chosen."""
    usual = PolicySettings.model_fields["temperature"].default
    return WholeProofOptions(
        samples=round(settings.plan.samples.at(0)),
        rounds=method.rounds,
        per_failure=method.per_failure,
        temperature=None if settings.temperature == usual else settings.plan.temperature.at(0),
        max_tokens=settings.max_new_tokens,
        seed=seed,
        seconds=seconds,
    )
