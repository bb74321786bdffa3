"""What stands between a search and its models: specs, schedules, fitting, batches, mixtures."""

import asyncio
import math

import pytest

from prover.errors import InputError, PolicyError
from prover.evaluation.run.pipeline import Pipeline, Reading
from prover.policy.base import PolicyInput, Suggestion
from prover.policy.batching import BatchingGenerator
from prover.policy.formats import find_format
from prover.policy.generation import Completion, GenerationRequest, Sampling, Score
from prover.policy.language_model import LanguageModelPolicy, SamplingPlan
from prover.policy.mixture import MixturePolicy
from prover.policy.schedule import parse_schedule
from prover.policy.spec import Heuristic, LocalModel, ServedModel, parse_spec
from prover.policy.truncation import fit_prompt


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("heuristic", [(1.0, Heuristic())]),
        ("hf:models/a+b", [(1.0, LocalModel("models/a+b"))]),
        ("vllm:org/model", [(1.0, LocalModel("org/model", vllm=True))]),
        ("http://127.0.0.1:8000/v1#tiny", [(1.0, ServedModel(("http://127.0.0.1:8000/v1",), "tiny"))]),
        ("https://a/v1/,https://b:1/v1", [(1.0, ServedModel(("https://a/v1", "https://b:1/v1"), None))]),
        ("heuristic+hf:m", [(1.0, Heuristic()), (1.0, LocalModel("m"))]),
        (
            "0.25*heuristic+3*http://h/v1#m+vllm:x",
            [
                (0.25, Heuristic()),
                (3.0, ServedModel(("http://h/v1",), "m")),
                (1.0, LocalModel("x", vllm=True)),
            ],
        ),
    ],
)
def test_specs(text, members):
    assert parse_spec(text) == members


@pytest.mark.parametrize(
    "text", ["", "gpt", "hf:", "http://", "heuristic+", "x*heuristic", "0*heuristic", "hf"]
)
def test_what_is_no_spec(text):
    with pytest.raises(InputError):
        parse_spec(text)


def test_schedules():
    assert [parse_schedule("8", "n", minimum=1).at(i) for i in (0, 7)] == [8, 8]
    ramp = parse_schedule("4..12/4", "n", minimum=1)
    assert [ramp.at(i) for i in (0, 1, 3, 4, 99)] == [4, 6, 10, 12, 12]
    assert parse_schedule("1.3..0.7/2", "n", minimum=0).at(1) == 1.0


@pytest.mark.parametrize("text", ["", "x", "1..2", "1..2/0", "-1", "0.5"])
def test_what_is_no_schedule(text):
    with pytest.raises(InputError, match="the number"):
        parse_schedule(text, "the number", minimum=1)


LONG = PolicyInput(
    goals=("a b : Nat\nh₀ : a = 1\nh₁ : b = 2\n⊢ a + b = 3", "⊢ True", "⊢ False"), tactics=("x",) * 9
)


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (200, "a b : Nat\nh₀ : a = 1\nh₁ : b = 2\n⊢ a + b = 3\n\n⊢ True\n\n⊢ False:::"),
        (60, "a b : Nat\nh₀ : a = 1\nh₁ : b = 2\n⊢ a + b = 3\n\n⊢ True:::"),
        (48, "a b : Nat\nh₀ : a = 1\nh₁ : b = 2\n⊢ a + b = 3:::"),
        (40, "h₀ : a = 1\nh₁ : b = 2\n⊢ a + b = 3:::"),
        (16, "⊢ a + b = 3:::"),
    ],
)
async def test_a_long_state_is_cut_as_little_as_possible(room, expected):
    async def fits(prompt):
        return len(prompt) <= room

    assert await fit_prompt(LONG, find_format("bfs-prover").prompt, fits) == expected


async def test_a_goal_that_is_too_long_keeps_its_end():
    async def fits(prompt):
        return len(prompt) <= 120

    state = PolicyInput(goals=("⊢ " + " + ".join(map(str, range(500))) + " = 7",))
    prompt = await fit_prompt(state, find_format("bfs-prover").prompt, fits)
    assert prompt.startswith("⊢ …")
    assert prompt.endswith(" + 499 = 7:::")


async def test_nothing_fits():
    async def fits(prompt):
        return False

    assert await fit_prompt(LONG, find_format("bfs-prover").prompt, fits) is None


class Scripted:
    """A generator whose answers are a function of the request; it notes what it is asked at once."""

    name = "scripted"
    context_length = None

    def __init__(self, answer, *, slots=1):
        self.slots = slots
        self.batches = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.closed = False
        self._answer = answer

    async def count_tokens(self, text):
        return len(text)

    async def generate(self, requests):
        self.batches.append([request.prompt for request in requests])
        await self.gate.wait()
        return [self._answer(request) for request in requests]

    async def close(self):
        self.closed = True


def completion(text, logprob=-1.0, tokens=3, finished=True):
    return Completion(text=text, logprob=logprob, tokens=tokens, finished=finished)


def echo(request):
    return [completion(request.prompt.upper())]


def ask(*prompts):
    return [GenerationRequest(prompt=prompt, sampling=Sampling()) for prompt in prompts]


async def test_what_waits_goes_together():
    inner = Scripted(echo)
    inner.gate.clear()
    shared = BatchingGenerator(inner, max_prompts=3)
    tasks = [asyncio.create_task(shared.generate(ask("a")))]
    await asyncio.sleep(0.01)
    tasks += [asyncio.create_task(shared.generate(ask(*prompts))) for prompts in ("b", "cd", "efgh", "i")]
    await asyncio.sleep(0.01)
    inner.gate.set()
    answers = await asyncio.gather(*tasks)
    assert inner.batches == [["a"], ["b", "c", "d"], ["e", "f", "g", "h"], ["i"]]
    assert [[each[0].text for each in answer] for answer in answers] == [
        ["A"],
        ["B"],
        ["C", "D"],
        ["E", "F", "G", "H"],
        ["I"],
    ]
    assert (shared.stats.calls, shared.stats.prompts, shared.stats.tokens) == (4, 9, 27)
    await shared.close()
    assert inner.closed


async def test_who_is_cancelled_is_not_asked_for():
    inner = Scripted(echo)
    inner.gate.clear()
    shared = BatchingGenerator(inner)
    first = asyncio.create_task(shared.generate(ask("a")))
    await asyncio.sleep(0.01)
    second, third = (asyncio.create_task(shared.generate(ask(prompt))) for prompt in "bc")
    await asyncio.sleep(0.01)
    second.cancel()
    inner.gate.set()
    assert [(await task)[0][0].text for task in (first, third)] == ["A", "C"]
    assert inner.batches == [["a"], ["c"]]


async def test_one_spoilt_request_does_not_spoil_the_others():
    def answer(request):
        if request.prompt == "bad":
            raise PolicyError("the prompt is bad")
        return echo(request)

    shared = BatchingGenerator(Scripted(answer))
    good, bad, other = await asyncio.gather(
        *(shared.generate(ask(prompt)) for prompt in ("good", "bad", "other")), return_exceptions=True
    )
    assert (good[0][0].text, other[0][0].text) == ("GOOD", "OTHER")
    assert isinstance(bad, PolicyError)


PLAN = SamplingPlan(
    samples=parse_schedule("2..4/2", "", minimum=1), temperature=parse_schedule("1", "", minimum=0)
)


async def test_completions_become_suggestions():
    answers = [
        completion(" omega\n", -2.0, 4),
        completion("omega", -1.0, 3),
        completion("", -0.1),
        completion("simp [cut", -0.1, finished=False),
        completion("rfl", -0.5, 2),
    ]
    seen = []

    def answer(request):
        seen.append(request.sampling)
        return answers

    policy = LanguageModelPolicy(Scripted(answer), find_format("prover"), PLAN, seed=1)
    state = PolicyInput(goals=("⊢ p",))
    assert await policy.suggest([state]) == [[Suggestion("rfl", -0.5, 2), Suggestion("omega", -1.0, 3)]]
    assert policy.tokens == 15
    await policy.suggest([PolicyInput(goals=("⊢ p",), expansion=5)])
    await LanguageModelPolicy(Scripted(answer), find_format("prover"), PLAN, seed=1).suggest([state])
    assert [sampling.samples for sampling in seen] == [2, 4, 2]
    assert seen[0].seed != seen[1].seed
    assert seen[0] == seen[2]


async def test_a_small_context_is_shared_between_prompt_and_answer():
    prompts = []

    def answer(request):
        prompts.append(request)
        return [completion("rfl")]

    inner = Scripted(answer)
    inner.context_length = 100
    policy = LanguageModelPolicy(inner, find_format("bfs-prover"), PLAN, seed=0)
    await policy.suggest([PolicyInput(goals=("h : " + "x" * 200 + "\n⊢ p",))])
    assert prompts[0].prompt == "⊢ p:::"
    assert prompts[0].sampling.max_new_tokens == 25


class Fixed:
    tokens = 5

    def __init__(self, name, *suggestions):
        self.name = name
        self._suggestions = [Suggestion(*each) for each in suggestions]

    async def suggest(self, states):
        return [list(self._suggestions) for _ in states]


class Scoring(Fixed):
    """Scores every tactic but `unscored` with -1.5."""

    def __init__(self, name, *suggestions, unscored=()):
        super().__init__(name, *suggestions)
        self.asked = None
        self._unscored = unscored

    async def score(self, states, tactics):
        self.asked = [list(each) for each in tactics]
        return [
            [Suggestion(tactic, -1.5) for tactic in mine if tactic not in self._unscored] for mine in tactics
        ]


async def test_a_mixture_weighs_its_members():
    mixture = MixturePolicy(
        [
            (1.0, Fixed("a", ("simp", -1.0, 2), ("rfl", -3.0, 2))),
            (3.0, Fixed("b", ("rfl", -0.5), ("omega", -4.0))),
        ]
    )
    [suggestions] = await mixture.suggest([PolicyInput(goals=("⊢ p",))])
    assert [each.tactic for each in suggestions] == ["rfl", "simp", "omega"]
    assert math.isclose(suggestions[0].logprob, math.log(0.25 * math.exp(-3.0) + 0.75 * math.exp(-0.5)))
    assert math.isclose(suggestions[1].logprob, -1.0 + math.log(0.25))
    assert (mixture.name, mixture.tokens) == ("a+b", 10)


async def test_a_member_whose_chances_add_up_to_more_than_one_is_scaled_down():
    sure = Fixed("sure", ("simp", 0.0), ("rfl", 0.0), ("omega", 0.0))
    modest = Fixed("modest", ("grind", math.log(0.5)))
    [suggestions] = await MixturePolicy([(1.0, sure), (1.0, modest)]).suggest([PolicyInput(goals=("⊢ p",))])
    assert [each.tactic for each in suggestions] == ["grind", "simp", "rfl", "omega"]
    assert [math.exp(each.logprob) for each in suggestions] == pytest.approx([1 / 4, 1 / 6, 1 / 6, 1 / 6])


async def test_members_that_can_score_rank_the_tactics_of_those_that_cannot():
    table = Fixed("table", ("simp", -1.0), ("omega", -0.5), ("rfl", -9.0))
    models = [Scoring("a", ("omega", -2.0), unscored=["rfl"]), Scoring("b", ("rfl", -2.0), unscored=["rfl"])]
    mixture = MixturePolicy([(1.0, models[0]), (2.0, table), (1.0, models[1])])
    [suggestions] = await mixture.suggest([PolicyInput(goals=("⊢ p",))])
    assert [model.asked for model in models] == [[["omega", "simp", "rfl"]]] * 2
    chances = {each.tactic: math.exp(each.logprob) for each in suggestions}
    scored = math.exp(-1.5)
    assert chances["omega"] == pytest.approx(0.5 * math.exp(-0.5) + 0.25 * scored + 0.25 * scored)
    assert chances["rfl"] == pytest.approx(0.5 * math.exp(-9) + 0.25 * math.exp(-2))


class ScriptedScores(Scripted):
    """Scores a completion by its length; one of more than eight characters is too long."""

    why_no_scores = ""

    async def score(self, requests):
        self.scored = requests
        return [
            [None if len(text) > 8 else Score(-float(len(text)), len(text)) for text in each.completions]
            for each in requests
        ]


async def test_a_language_model_scores_tactics_in_its_own_format():
    inner = ScriptedScores(lambda request: [])
    policy = LanguageModelPolicy(BatchingGenerator(inner), find_format("llmstep"), PLAN, seed=0)
    tactics = [["omega", "simp [a, b]", "rfl"]]
    assert await policy.score([PolicyInput(goals=("⊢ p",))], tactics) == [
        [Suggestion("omega", -5.0, 5), Suggestion("rfl", -3.0, 3)]
    ]
    [request] = inner.scored
    assert (request.prompt, request.stop) == ("[GOAL]⊢ p[PROOFSTEP]", ("\n",))
    assert policy.tokens == 0


async def test_a_model_whose_backend_cannot_score_ranks_its_own_tactics_only():
    shared = BatchingGenerator(Scripted(lambda request: [completion("rfl", -1.0)]))
    policy = LanguageModelPolicy(shared, find_format("llmstep"), PLAN, seed=0)
    assert "no way to" in shared.why_no_scores
    assert await policy.score([PolicyInput(goals=("⊢ p",))], [["simp"]]) == [[]]
    mixture = MixturePolicy([(1.0, policy), (1.0, Fixed("table", ("simp", -1.0)))])
    [suggestions] = await mixture.suggest([PolicyInput(goals=("⊢ p",))])
    assert {each.tactic for each in suggestions} == {"rfl", "simp"}


def test_pipeline_efficiency():
    before = Reading(clock_s=10.0, lean_s=5.0, engines=2, policy_s=(1.0, 0.0), slots=(1, 4))
    after = Reading(clock_s=20.0, lean_s=11.0, engines=2, policy_s=(10.0, 8.0), slots=(1, 4))
    pipeline = Pipeline.between(before, after)
    assert (pipeline.lean, pipeline.policy, pipeline.efficiency) == (0.3, 0.9, 0.9)
