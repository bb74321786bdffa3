"""A model that fails is never counted against the theorem, however it fails."""

import asyncio
import math
import subprocess
import sys

import pytest
from completions_server import honest_answer, honest_choice, serving

from prover.attempt import attempt
from prover.errors import PolicyError
from prover.evaluation.run.config import RunConfig
from prover.evaluation.run.local import LocalExecutor, RunResources
from prover.evaluation.run.runner import Runner
from prover.evaluation.store.database import RunStore
from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants
from prover.evaluation.store.pending import counts
from prover.evaluation.store.rows import ProblemRow
from prover.lean.theorem import Theorem
from prover.policy.open import open_policies
from prover.policy.settings import PolicySettings
from prover.problems.support import SUPPORTED
from prover.search.base import SearchOptions
from prover.search.best_first import BestFirst
from prover.search.budget import Budget, StopReason

pytestmark = pytest.mark.long

THEOREM = Theorem(name="t", statement="theorem t (a b : Nat) : a + b = b + a")
PROBE_TOKENS = 4


@pytest.fixture
def server():
    with serving(vllm=False) as running:
        yield running


def tactics(*texts):
    """Return a way to answer with these, over and over."""

    def answer(body):
        count = len(honest_answer(body)["choices"])
        return {"choices": [honest_choice(index, texts[index % len(texts)]) for index in range(count)]}

    return answer


def with_logprobs(change):
    def answer(body):
        made = honest_answer(body)
        change(made["choices"][-1]["logprobs"])
        return made

    return answer


def set_to(value):
    return with_logprobs(lambda logprobs: logprobs["token_logprobs"].__setitem__(0, value))


FAILURES = {
    "null": set_to(None),
    "NaN": set_to(math.nan),
    "minus infinity": set_to(-math.inf),
    "a word": set_to("x"),
    "one value too few": with_logprobs(lambda logprobs: logprobs["token_logprobs"].pop()),
    "one token too few": with_logprobs(lambda logprobs: logprobs["tokens"].pop()),
    "HTML": ("text", "<html>Bad gateway</html>"),
    "half a body": ("break",),
    "nothing": ("hang",),
    "without end": ("endless",),
    "500": ("status", 500, {}, "engine died"),
    "503 with a wait": ("status", 503, {"Retry-After": "30"}, "loading"),
    "429 with a long wait": ("status", 429, {"Retry-After": "3600"}, "busy"),
    "400": ("status", 400, {}, "no"),
    "403": ("status", 403, {}, "no"),
    "404": ("status", 404, {}, "no"),
    "one completion too few": lambda body: {"choices": honest_answer(body)["choices"][1:]},
}


def fail(server, kind):
    if isinstance(FAILURES[kind], tuple):
        server.refuse = lambda body: FAILURES[kind]
    else:
        server.answer = FAILURES[kind]


def settings(server, policy="{}"):
    return PolicySettings(policy=policy.format(server.url), format="prover", samples="2")


async def attempted(policies, lean_pool, verifier, seconds=1.0):
    return await attempt(
        THEOREM,
        environment=lean_pool,
        verifier=verifier,
        policy=policies.for_search(0),
        algorithm=BestFirst(),
        options=SearchOptions(budget=Budget(seconds=seconds)),
    )


@pytest.mark.parametrize("policy", ["{}", "heuristic+{}"])
@pytest.mark.parametrize("kind", FAILURES)
async def test_a_search_without_an_answer_is_a_policy_error(server, lean_pool, verifier, kind, policy):
    async with open_policies(settings(server, policy)) as policies:
        fail(server, kind)
        with pytest.raises(PolicyError) as caught:
            await attempted(policies, lean_pool, verifier)
    assert server.url in caught.value.message or "gave no answer within the 1 s" in caught.value.message
    assert "\n" not in caught.value.message


async def test_a_server_that_ends_after_it_was_connected_to(lean_pool, verifier):
    with serving(vllm=False) as server:
        policies = await asyncio.wait_for(opening(server), 60)
    try:
        with pytest.raises(PolicyError, match=r"cannot connect to .*; the search ended at its time limit"):
            await attempted(policies[0], lean_pool, verifier)
    finally:
        await policies[1].__aexit__(None, None, None)


async def opening(server):
    context = open_policies(settings(server))
    return await context.__aenter__(), context


async def test_a_server_that_fails_in_the_middle_of_a_search(server, lean_pool, verifier):
    async with open_policies(settings(server)) as policies:

        def once(body):
            server.refuse = lambda body: ("status", 403, {}, "no more")
            return tactics("have h : a = a := rfl", "have k : b = b := rfl")(body)

        server.answer = once
        with pytest.raises(PolicyError, match="answered 403: no more"):
            await attempted(policies, lean_pool, verifier, seconds=200.0)


async def test_a_model_that_proposes_nothing_is_said_so(server, lean_pool, verifier):
    server.answer = tactics("", "  ")
    async with open_policies(settings(server)) as policies:
        result = await attempted(policies, lean_pool, verifier, seconds=60.0)
    assert result.search.ending.stopped_by is StopReason.NOTHING_PROPOSED
    assert result.search.tactics_tried == 0


async def test_a_run_stops_when_its_model_is_gone_and_goes_on_when_it_is_back(
    server, lean_pool, verifier, tmp_path
):
    config = RunConfig(
        prover_version="0",
        problems="x",
        set_name="x",
        set_hash="x",
        engine="embedded",
        policy=server.url,
        format="prover",
        automation=False,
        workers=1,
        timeout_s=200.0,
    )
    folder = RunFolder(tmp_path)
    records = [ProblemRow.from_theorem(number, f"p{number}", THEOREM) for number in range(5)]

    async def classify(problem_id):
        return SUPPORTED

    with RunStore.create(folder, config, records, created_at=0.0) as store:
        async with open_policies(settings(server)) as policies:
            machinery = RunResources(
                pool=lean_pool, verifier=verifier, policy=policies.for_search, classify=classify
            )

            async def run():
                return await Runner(
                    folder, store, LocalExecutor(store.config, machinery), observe=lambda each: None
                ).run(asyncio.Event())

            fail(server, "403")
            with pytest.raises(PolicyError, match=r"the last 3 attempts .* answered 403: no") as caught:
                await run()
            assert "--resume" in caught.value.advice
            assert counts(store) == {"policy error": 3, "not attempted": 2}
            assert store.forget_errors() == 3
            fail(server, "400")  # of these requests, which says nothing about others
            assert await run()
            assert counts(store) == {"policy error": 5, "not attempted": 0}
            server.refuse = lambda body: None
            server.answer = tactics("omega")
            assert store.forget_errors() == 5
            assert await run()
            assert counts(store) == {"proved": 5, "not attempted": 0}
    check_invariants(folder)


def test_prove_exits_with_2_and_says_why(server):
    server.refuse = lambda body: ("status", 500, {}, "died") if body["max_tokens"] > PROBE_TOKENS else None
    command = ["prove", "--theorem", "1 + 1 = 2", "--policy", server.url, "--format", "prover"]
    done = subprocess.run(
        [sys.executable, "-m", "prover", *command, "--timeout", "2"],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "answered 500: died" in done.stderr
    assert "Traceback" not in done.stderr
