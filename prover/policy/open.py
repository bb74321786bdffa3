"""Open policies: load or connect to what a policy spec names, and close it again.

    async with open_policies(settings) as policies:
        policy = policies.for_search(seed)

Models are shared between searches, through :mod:`prover.policy.batching`; each search gets a policy object of
its own, with its own seed and its own count of tokens.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.policy.base import Critic, Policy
from prover.policy.batching import BatchingGenerator
from prover.policy.formats import AUTO, PromptFormat, detect_format, find_format
from prover.policy.generation import Generator
from prover.policy.heuristic.policy import HeuristicPolicy
from prover.policy.language_model import LanguageModelPolicy
from prover.policy.mixture import MixturePolicy
from prover.policy.settings import PolicySettings
from prover.policy.spec import Heuristic, LocalModel, ServedModel, parse_spec

SERVER_VARIABLE = "PROVER_VLLM_SERVER"
"""Where vLLM serves a model already: `vllm:` and its folder then mean that server."""

_Make = Callable[[int], Policy]


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenPolicies:
    """Policies for any number of searches; `generators` are the models behind them.

    `notes` say what this combination cannot do; they are logged once, when it is opened.
    """

    members: Sequence[tuple[float, _Make]]
    generators: Sequence[BatchingGenerator]
    notes: Sequence[str] = ()

    def for_search(self, seed: int) -> Policy:
        """Return the policy of one search."""
        made = [(weight, make(seed)) for weight, make in self.members]
        return made[0][1] if len(made) == 1 else MixturePolicy(made)


@asynccontextmanager
async def open_policies(settings: PolicySettings) -> AsyncIterator[OpenPolicies]:
    """Load and connect to what `settings` name.

    Raises:
        InputError: a model cannot be used, or its prompt format is not known.
        SetupError: a package or a device is missing, a server cannot be reached.
    """
    members: list[tuple[float, _Make]] = []
    generators: list[BatchingGenerator] = []
    if settings.format != AUTO:
        find_format(settings.format)
    async with AsyncExitStack() as stack:
        for weight, source in parse_spec(settings.policy):
            if isinstance(source, Heuristic):
                heuristic = HeuristicPolicy()
                members.append((weight, lambda seed, policy=heuristic: policy))  # type: ignore[misc]
                continue
            generator, prompt_format = await _generator(source, settings)
            shared = BatchingGenerator(generator)
            stack.push_async_callback(shared.close)
            generators.append(shared)
            members.append((weight, _maker(shared, prompt_format, settings)))
        notes = _missing_scores(generators) if len(members) > len(generators) else []
        for note in notes:
            log.warning("note: %s", note)
        yield OpenPolicies(members, generators, notes)


@asynccontextmanager
async def open_critic(model: str | None, settings: PolicySettings) -> AsyncIterator[Critic | None]:
    """Load a critic, on the device and with the numbers of `settings`; None for None.

    Raises:
        InputError, SetupError: as for `open_policies`.
    """
    if model is None:
        yield None
        return
    from prover.policy.value import TransformersCritic

    critic = await asyncio.to_thread(
        TransformersCritic.load,
        model,
        device=settings.device,
        dtype=settings.dtype,
        trust_remote_code=settings.trust_remote_code,
    )
    try:
        yield critic
    finally:
        await critic.close()


def _missing_scores(generators: Sequence[BatchingGenerator]) -> list[str]:
    """Return a line for each model of a mixture that cannot score the heuristic's tactics."""
    return [
        f"{generator.name} does not score the heuristic's tactics: {generator.why_no_scores}; "
        "they are ranked by the heuristic alone"
        for generator in generators
        if generator.why_no_scores
    ]


def _maker(generator: Generator, prompt_format: PromptFormat, settings: PolicySettings) -> _Make:
    plan = settings.plan
    return lambda seed: LanguageModelPolicy(generator, prompt_format, plan, seed=seed)


async def _generator(
    source: LocalModel | ServedModel, settings: PolicySettings
) -> tuple[Generator, PromptFormat]:
    """Load or connect to one model, after making sure that its prompts are known where that is free."""
    if isinstance(source, ServedModel):
        from prover.policy.server.generator import ServerGenerator

        server = await ServerGenerator.connect(source.urls, source.model)
        try:
            return server, _format(server.root or server.name, settings)
        except InputError:
            await server.close()
            raise
    prompt_format = _format(source.model, settings)
    if source.vllm:
        if running := await _running(source.model):
            return running, prompt_format
        from prover.policy.vllm import VllmGenerator

        return await asyncio.to_thread(VllmGenerator.load, source.model, dtype=settings.dtype), prompt_format
    from prover.policy.transformers import TransformersGenerator

    generator = await asyncio.to_thread(
        TransformersGenerator.load,
        source.model,
        device=settings.device,
        dtype=settings.dtype,
        trust_remote_code=settings.trust_remote_code,
    )
    return generator, prompt_format


async def _running(model: str) -> Generator | None:
    """Connect to the vLLM server that `SERVER_VARIABLE` names, if it is this model that it has loaded."""
    from prover.policy.server.generator import ServerGenerator

    if not (url := os.environ.get(SERVER_VARIABLE)):
        return None
    server = await ServerGenerator.connect([url], None)
    if server.root is not None and _is_same_folder(server.root, model):
        return server
    await server.close()
    return None


def _is_same_folder(one: str, other: str) -> bool:
    """Tell whether two paths lead to the same folder, through whatever links."""
    return Path(one).resolve() == Path(other).resolve()


def _format(model: str, settings: PolicySettings) -> PromptFormat:
    if settings.format != AUTO:
        return find_format(settings.format)
    return detect_format(model, _config(Path(model)))


def _config(folder: Path) -> dict[str, Any]:
    """Return what a model folder's config.json says; empty if it cannot be read."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}
