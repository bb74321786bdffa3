"""Probe what a completions server supports, before any work is done.

OpenAI's protocol has more than most servers that speak it: several prompts in a request, several completions of
a prompt, log-probabilities with the end of a completion among them. What can be done without is noted, so that
requests are made to suit; what cannot ends the command with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prover.errors import InputError
from prover.policy.generation import Completion, Sampling
from prover.policy.server.http import Http, RequestFailure
from prover.policy.server.protocol import Abilities, read_completions, request_body
from prover.policy.server.scoring import ScoringMethod, read_scores, score_body

LISTING_TIMEOUT_S = 30.0
PROBE_PROMPT = "n : Nat\n⊢ n + 0 = n"
OTHER_PROMPT = "a b : Nat\n⊢ a + b = b + a"
NOT_THERE = (404, 405, 501)
REFUSED = (400, 415, 422, 500)
"""How servers answer a request that has more than they understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a server says about its model. `root` is the folder or hub id that vLLM loaded it from.

    `tokenizes` says that it counts tokens, for which vLLM has an address that OpenAI's protocol has not. `scoring`
    is how it returns the log-probabilities of texts that it is given, None if it does not.
    """

    name: str
    context_length: int | None = None
    root: str | None = None
    abilities: Abilities = field(default_factory=Abilities)
    tokenizes: bool = False
    scoring: ScoringMethod | None = None


def tokenize_url(base: str) -> str:
    """Return where vLLM counts tokens."""
    return f"{base.removesuffix('/v1')}/tokenize"


async def examine_server(http: Http, base: str, name: str | None, timeout_s: float) -> ModelInfo:
    """Return what is known about a model after asking it for completions, for scores, and to count tokens.

    Raises:
        InputError: the model's name is wrong, or the server cannot be used.
        SetupError: it cannot be reached or does not work.
    """
    model = await _served_model(http, base, name)
    probe = _Probe(http, base, model, timeout_s)
    able = await probe.abilities()
    model = replace(model, abilities=able, scoring=await probe.scoring(able))
    if not model.abilities.vllm:
        return model
    body = {"model": model.name, "prompt": PROBE_PROMPT}
    answer = await http.ask("POST", tokenize_url(base), body, timeout_s=LISTING_TIMEOUT_S)
    return replace(model, tokenizes=not isinstance(answer, RequestFailure))


async def _served_model(http: Http, base: str, name: str | None) -> ModelInfo:
    answer = await http.ask("GET", f"{base}/models", None, timeout_s=LISTING_TIMEOUT_S)
    if isinstance(answer, RequestFailure):
        if answer.status in NOT_THERE and name is not None:
            return ModelInfo(name=name)
        if answer.status in NOT_THERE:
            advice = f"{answer.advice} If the server lists no models, name one: {base}#MODEL"
            answer = replace(answer, advice=advice)
        raise answer.as_start_error()
    listed = answer.get("data")
    models = {
        entry["id"]: entry
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }
    if not models:
        raise InputError(f"{base} lists no model", advice="Is it an OpenAI-compatible server?")
    shown = ", ".join(sorted(models))
    if name is None and len(models) > 1:
        raise InputError(
            f"{base} has several models: {shown}", advice=f"Name one, as in {base}#{min(models)}"
        )
    if name is not None and name not in models:
        raise InputError(f"{base} has no model {name}; it has {shown}")
    chosen = models[name] if name is not None else next(iter(models.values()))
    length, root = chosen.get("max_model_len"), chosen.get("root")
    return ModelInfo(
        name=chosen["id"],
        context_length=length if isinstance(length, int) and length > 0 else None,
        root=root if isinstance(root, str) else None,
        abilities=Abilities(vllm=chosen.get("owned_by") == "vllm"),
    )


@dataclass(frozen=True, slots=True)
class _Probe:
    http: Http
    base: str
    model: ModelInfo
    timeout_s: float

    async def abilities(self) -> Abilities:
        """Find out which requests the server understands.

        Raises:
            InputError, SetupError: as for `examine_server`.
        """
        able, first = await self._first(self.model.abilities)
        if first.text and not first.finished and "\ufffd" not in first.text:
            stopped = Sampling(temperature=0, max_new_tokens=4, stop=(first.text,))
            able, found = await self._ask([PROBE_PROMPT], stopped, able)
            if isinstance(found, RequestFailure):
                raise found.as_start_error()
        return await self._several(able)

    async def scoring(self, able: Abilities) -> ScoringMethod | None:
        """Find out how the server returns the log-probabilities of a prompt."""
        method: ScoringMethod = "prompt_logprobs" if able.vllm else "echo"
        url = f"{self.base}/completions"
        body = score_body(self.model.name, [PROBE_PROMPT], method, able)
        answer = await self.http.ask("POST", url, body, timeout_s=self.timeout_s)
        if isinstance(answer, RequestFailure):
            return None
        found = read_scores(answer, url, [PROBE_PROMPT], method)
        return None if isinstance(found, RequestFailure) or found[0].tokens < 2 else method

    async def _first(self, able: Abilities) -> tuple[Abilities, Completion]:
        """Ask for the likeliest token of one prompt: in a list, or, if that is refused, by itself."""
        sampling = Sampling(temperature=0, max_new_tokens=1)
        able, found = await self._ask([PROBE_PROMPT], sampling, able)
        if isinstance(found, RequestFailure) and found.status in NOT_THERE:
            raise await self._no_completions(found)
        if isinstance(found, RequestFailure) and found.status in REFUSED:
            able, found = await self._ask([PROBE_PROMPT], sampling, replace(able, lists=False))
        if isinstance(found, RequestFailure):
            raise found.as_start_error()
        return able, found[0][0]

    async def _several(self, able: Abilities) -> Abilities:
        """Ask for two completions of two prompts, and if that fails for two of one, and one of two."""
        two = Sampling(samples=2, temperature=1, max_new_tokens=4, stop=("\n",))
        one = replace(two, samples=1)
        prompts = [PROBE_PROMPT, OTHER_PROMPT]
        if able.lists:
            able, found = await self._ask(prompts, two, able)
            if not isinstance(found, RequestFailure):
                return able
        able, found = await self._ask([PROBE_PROMPT], two, able)
        able = replace(able, several=not isinstance(found, RequestFailure))
        if able.lists:
            able, found = await self._ask(prompts, one, able)
            able = replace(able, lists=not isinstance(found, RequestFailure))
        return able

    async def _ask(
        self, prompts: Sequence[str], sampling: Sampling, able: Abilities
    ) -> tuple[Abilities, list[list[Completion]] | RequestFailure]:
        """Return the completions or what is wrong with them, and whether the server counts the end of any.

        Raises:
            InputError: it gives no log-probabilities.
            SetupError: it cannot be reached, or is too busy.
        """
        url = f"{self.base}/completions"
        body = request_body(self.model.name, prompts, sampling, seed=0, able=able)
        answer = await self.http.ask("POST", url, body, timeout_s=self.timeout_s)
        if isinstance(answer, RequestFailure):
            if answer.status not in (*NOT_THERE, *REFUSED):
                raise answer.as_start_error()
            return able, answer
        found = read_completions(answer, url, prompts=len(prompts), sampling=sampling, able=able)
        if isinstance(found, RequestFailure) and found.lacks_end:
            able = replace(able, counts_end=False)
            found = read_completions(answer, url, prompts=len(prompts), sampling=sampling, able=able)
        if isinstance(found, RequestFailure) and found.user_error:
            raise found.as_start_error()
        return able, found

    async def _no_completions(self, trouble: RequestFailure) -> InputError:
        """Return the error for a server without text completions, which may have a chat."""
        body = {
            "model": self.model.name,
            "messages": [{"role": "user", "content": "1 + 1 = ?"}],
            "max_tokens": 1,
        }
        chat = await self.http.ask("POST", f"{self.base}/chat/completions", body, timeout_s=self.timeout_s)
        if not isinstance(chat, RequestFailure) or chat.status not in (None, *NOT_THERE):
            return InputError(
                f"{self.base} is a chat server: it has chat/completions, but no completions ({trouble.what})",
                advice="A step model continues a prompt, and the search needs the log-probability of what it writes; "
                "chat endpoints cannot be used. Serve the model with text completions: prover serve MODEL",
            )
        return InputError(
            trouble.what,
            advice="The server has no text completions there, which is what a step model needs: prover serve MODEL",
        )
