"""Generation over HTTP, against a real server on loopback that fails in every way a server can."""

import asyncio
import math
import socket
import time
from email.utils import formatdate

import pytest
from completions_server import honest_answer, honest_choice, serving

from prover.errors import InputError, PolicyError, SetupError
from prover.policy.base import PolicyInput
from prover.policy.generation import GenerationRequest, Sampling, Score, ScoreRequest
from prover.policy.open import open_policies
from prover.policy.server.generator import ServerGenerator
from prover.policy.settings import PolicySettings


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    monkeypatch.delenv("PROVER_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
async def connected():
    """Connect to servers; what was asked while connecting is forgotten."""
    made = []

    async def connect(*servers, model=None, **settings):
        generator = await ServerGenerator.connect([each.url for each in servers], model, **settings)
        made.append(generator)
        for each in servers:
            each.forget()
        return generator

    yield connect
    for generator in made:
        await generator.close()


def request(prompt="P", *, seed=0, **sampling):
    return GenerationRequest(prompt=prompt, sampling=Sampling(**{"samples": 2, "seed": seed} | sampling))


def texts(answers):
    return [[completion.text for completion in answer] for answer in answers]


async def test_all_prompts_sampled_alike_travel_in_one_request(server, connected):
    generator = await connected(server)
    requests = [request(f"P{number}", seed=number) for number in range(50)]
    answers = await generator.generate(requests)
    assert texts(answers) == [[f"P{number}/0", f"P{number}/1"] for number in range(50)]
    assert len(server.asked) == 1
    assert server.asked[0]["prompt"] == [f"P{number}" for number in range(50)]


async def test_log_probabilities_are_summed_over_all_tokens_and_the_end(server, connected):
    generator = await connected(server)
    [[completion, _]] = await generator.generate([request("abc")])
    assert (completion.text, completion.tokens, completion.finished) == ("abc/0", 6, True)
    assert completion.logprob == pytest.approx(-3.0)


async def test_different_settings_make_different_requests_and_answers_keep_their_order(server, connected):
    generator = await connected(server)
    requests = [request("A"), request("B", temperature=0.5), request("C"), request("D", samples=1)]
    assert texts(await generator.generate(requests)) == [
        ["A/0", "A/1"],
        ["B/0", "B/1"],
        ["C/0", "C/1"],
        ["D/0"],
    ]
    assert sorted(body["prompt"] for body in server.asked) == [["A", "C"], ["B"], ["D"]]


async def test_the_same_prompt_with_another_seed_does_not_get_the_same_random_numbers(server, connected):
    generator = await connected(server)
    await generator.generate([request("A", seed=1), request("A", seed=2), request("A", seed=1)])
    assert [body["prompt"] for body in server.asked] == [["A"], ["A"]]
    assert server.asked[0]["seed"] != server.asked[1]["seed"]


async def test_the_same_call_again_has_the_same_seed_and_neighbouring_seeds_are_far_apart(server, connected):
    generator = await connected(server)
    for seed in (1, 1, 2):
        await generator.generate([request("A", seed=seed)])
    first, again, other = (body["seed"] for body in server.asked)
    assert first == again
    assert abs(first - other) > 1000


async def test_temperature_zero_asks_for_one_completion(server, connected):
    generator = await connected(server)
    assert texts(await generator.generate([request(samples=8, temperature=0)])) == [["P/0"]]
    assert server.asked[0]["n"] == 1


async def test_the_whole_distribution_is_asked_for(server, connected):
    generator = await connected(server)
    await generator.generate([request(stop=("\n",), max_new_tokens=7, temperature=0.75)])
    [body] = server.asked
    assert body["stop"] == ["\n"]
    assert (body["max_tokens"], body["temperature"], body["n"]) == (7, 0.75, 2)
    assert (body["top_p"], body["top_k"], body["min_p"], body["repetition_penalty"]) == (1.0, 0, 0.0, 1.0)


async def test_fields_of_vllm_are_not_sent_to_other_servers(connected):
    with serving(vllm=False) as server:
        generator = await connected(server)
        assert generator.context_length is None
        await generator.generate([request()])
        assert "top_k" not in server.asked[0]
        with pytest.raises(InputError, match="beam search needs a vLLM server"):
            await generator.generate([request(beam=True)])


async def test_a_beam_is_cut_at_the_stop_string_and_counts_the_tokens_up_to_it(server, connected):
    generator = await connected(server)
    server.answer = lambda body: {"choices": [honest_choice(0, "ab\ncd"), honest_choice(1, "x")]}
    [[cut, whole]] = await generator.generate([request(beam=True, stop=("\n",))])
    assert server.asked[0]["use_beam_search"] is True
    assert (cut.text, cut.tokens, cut.logprob, cut.finished) == ("ab", 3, pytest.approx(-1.5), True)
    assert (whole.text, whole.tokens) == ("x", 2)


async def test_a_completion_that_ran_out_of_tokens_is_unfinished(server, connected):
    choice = honest_choice(0, "ab") | {
        "finish_reason": "length",
        "logprobs": {"tokens": ["a", "b"], "token_logprobs": [-1.0, -2.0]},
    }
    generator = await connected(server)
    server.answer = lambda body: {"choices": [choice]}
    [[completion]] = await generator.generate([request(samples=1)])
    assert (completion.finished, completion.tokens, completion.logprob) == (False, 2, -3.0)


async def test_what_the_server_says_about_the_model_is_known(server, connected):
    generator = await connected(server)
    assert (generator.name, generator.root, generator.context_length) == ("tiny", "models/tiny", 64)


async def test_long_texts_are_counted_by_the_server_and_short_ones_bounded_by_their_bytes(server, connected):
    generator = await connected(server)
    assert await generator.count_tokens("⊢ a") == 7
    assert await generator.count_tokens("a" * 100) == 50


async def test_without_vllm_tokens_are_bounded_by_bytes(connected):
    with serving(vllm=False) as server:
        generator = await connected(server)
        assert await generator.count_tokens("a" * 100) == 102


async def test_vllm_behind_a_proxy_that_hides_its_tokenizer_leaves_the_bound(server, connected):
    server.tokenizes = False
    generator = await connected(server)
    assert await generator.count_tokens("a" * 100) == 102


async def test_text_that_is_no_unicode_can_be_sent(server, connected):
    generator = await connected(server)
    assert texts(await generator.generate([request("a\ud800", samples=1)])) == [["a?/0"]]
    assert await generator.count_tokens("\ud800" * 100) == 50


async def test_many_calls_at_once_keep_to_the_slots(server, connected):
    generator = await connected(server, slots=3)
    running = most = 0

    def answer(body):
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.02)
        running -= 1
        return honest_answer(body)

    server.answer = answer
    answers = await asyncio.gather(*(generator.generate([request(f"P{number}")]) for number in range(20)))
    assert [answer[0][0].text for answer in answers] == [f"P{number}/0" for number in range(20)]
    assert most <= 3
    assert generator.slots == 3


@pytest.mark.parametrize(
    "failure",
    [
        ("status", 500, {}, '{"error": {"message": "engine died"}}'),
        ("status", 503, {}, "starting"),
        ("status", 429, {}, ""),
        ("text", "<html>Bad gateway</html>"),
        ("text", "[1, 2]"),
        ("text", "\x00\udcff".encode("utf-8", "surrogateescape").decode("latin-1")),
        ("json", {}),
        ("json", {"choices": "none"}),
        ("json", {"choices": [1, 2]}),
        ("json", {"choices": [honest_choice(0, "a")]}),
        ("json", {"choices": [honest_choice(0, "a"), honest_choice(0, "b")]}),
        ("json", {"choices": [honest_choice(0, "a"), honest_choice(1, "b") | {"text": None}]}),
        ("json", {"choices": [honest_choice(0, "a"), honest_choice(1, "b") | {"finish_reason": "abort"}]}),
        ("break",),
    ],
    ids=lambda failure: str(failure)[:40],
)
async def test_passing_trouble_is_tried_again(server, connected, failure):
    generator = await connected(server)
    server.failures.append(failure)
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]
    assert len(server.asked) == 2


@pytest.mark.parametrize("value", [math.nan, 0.5, math.inf, -math.inf, None, "x", True])
async def test_log_probabilities_that_are_none_are_not_believed(server, connected, value):
    wrong = honest_choice(0, "a")
    wrong["logprobs"]["token_logprobs"][0] = value
    generator = await connected(server)
    server.failures.append(("json", {"choices": [wrong, honest_choice(1, "b")]}))
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]
    assert len(server.asked) == 2


async def test_trouble_that_stays_becomes_a_policy_error_when_patience_ends(server, connected):
    generator = await connected(server, retry_s=1.0)
    server.failures.extend([("status", 500, {}, '{"error": {"message": "engine\\ndied"}}')] * 50)
    with pytest.raises(PolicyError, match=r"/v1/completions answered 500: engine died"):
        await generator.generate([request()])
    assert len(server.asked) < 50


async def test_a_refused_request_is_not_tried_again(server, connected):
    generator = await connected(server)
    server.failures.append(("status", 400, {}, '{"error": {"message": "prompt too long"}}'))
    with pytest.raises(PolicyError, match="answered 400: prompt too long"):
        await generator.generate([request()])
    assert len(server.asked) == 1


async def test_retry_after_is_honoured(server, connected):
    generator = await connected(server)
    server.failures.append(("status", 429, {"Retry-After": "1"}, "busy"))
    await generator.generate([request()])
    first, second = server.asked_at
    assert second - first >= 1.0


async def test_retry_after_beyond_all_patience_is_not_waited_for(server, connected):
    generator = await connected(server, retry_s=2)
    server.failures.append(("status", 429, {"Retry-After": "3600"}, "come back tomorrow"))
    for _ in range(2):
        with pytest.raises(PolicyError, match="429: come back tomorrow"):
            await generator.generate([request()])
    assert len(server.asked) == 1


async def test_a_server_that_hangs_is_left_and_asked_again(server, connected):
    generator = await connected(server, timeout_s=3)
    server.failures.append(("hang",))
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]


async def test_a_server_that_always_hangs_becomes_a_policy_error(server, connected):
    generator = await connected(server, timeout_s=3, retry_s=0.5)
    server.failures.extend([("hang",)] * 20)
    with pytest.raises(PolicyError, match="gave no answer in 3 s"):
        await generator.generate([request()])


async def test_cancelling_hangs_up(server, connected):
    generator = await connected(server)
    server.failures.append(("hang",))
    task = asyncio.create_task(generator.generate([request()]))
    assert await asyncio.to_thread(server.hanging.wait, 250)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.hung_up.wait, 250)
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]


async def test_a_server_that_ends_and_comes_back_on_its_port_loses_nothing(connected):
    with serving() as server:
        port = server.server_port
        generator = await connected(server)
        await generator.generate([request()])
    calls = asyncio.gather(*(generator.generate([request(f"P{number}")]) for number in range(4)))
    await asyncio.sleep(1)
    assert not calls.done()
    with serving(port=port):
        answers = await calls
    assert [answer[0][0].text for answer in answers] == [f"P{number}/0" for number in range(4)]


async def test_replicas_share_the_work_and_one_that_fails_is_left_aside(server, connected):
    with serving() as second:
        generator = await connected(server, second)
        server.answer = second.answer = lambda body: (time.sleep(0.05), honest_answer(body))[1]
        await asyncio.gather(*(generator.generate([request(f"P{number}")]) for number in range(8)))
        assert min(len(server.asked), len(second.asked)) >= 2
    server.forget()
    for number in range(4):
        await generator.generate([request(f"Q{number}")])
    assert len(server.asked) == 4


async def test_a_replica_that_comes_back_is_used_again(server, connected):
    with serving() as second:
        port = second.server_port
        generator = await connected(server, second)
    server.answer = lambda body: (time.sleep(0.05), honest_answer(body))[1]
    await asyncio.gather(*(generator.generate([request(f"P{number}")]) for number in range(4)))
    with serving(port=port) as second:
        while not second.asked:
            await asyncio.gather(*(generator.generate([request(f"P{number}")]) for number in range(4)))


async def test_the_key_comes_from_the_environment_and_a_missing_one_is_named(monkeypatch, connected):
    with serving(key="s3cret") as server:
        with pytest.raises(InputError, match="answered 401: Unauthorized") as caught:
            await connected(server)
        assert caught.value.advice == "The key is read from PROVER_API_KEY or OPENAI_API_KEY; it is not set."
        monkeypatch.setenv("OPENAI_API_KEY", "wrong")
        with pytest.raises(InputError) as caught:
            await connected(server)
        assert caught.value.advice.endswith("it was refused.")
        monkeypatch.setenv("PROVER_API_KEY", "s3cret")
        generator = await connected(server)
        assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]


async def test_a_proxy_is_not_asked_for_servers_on_this_machine(monkeypatch, server, connected):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    generator = await connected(server)
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]


async def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(monkeypatch, server, connected):
    monkeypatch.setenv("PROVER_API_KEY", "s3cret\n")
    with pytest.raises(InputError, match="the API key has characters") as caught:
        await connected(server)
    assert "s3cret" not in str(caught.value)


async def test_the_model_is_chosen_or_its_choices_listed(connected):
    with serving(models=("small", "large")) as server:
        with pytest.raises(InputError, match="has several models: large, small"):
            await connected(server)
        with pytest.raises(InputError, match="has no model tiny; it has large, small"):
            await connected(server, model="tiny")
        assert (await connected(server, model="small")).name == "small"
    with serving(models=()) as server, pytest.raises(InputError, match="lists no model"):
        await connected(server)


async def test_replicas_must_have_the_same_model(server, connected):
    with serving(models=("other",)) as second, pytest.raises(InputError, match=r"tiny, but .* has other"):
        await connected(server, second)


@pytest.mark.parametrize("logprobs", [None, {}, {"content": []}])
async def test_a_server_without_log_probabilities_is_found_out_when_connecting(server, connected, logprobs):
    server.answer = lambda body: {"choices": [honest_choice(0, "a") | {"logprobs": logprobs}]}
    with pytest.raises(InputError, match="gives no log-probabilities"):
        await connected(server)


def without_end(body):
    answer = honest_answer(body)
    for choice in answer["choices"]:
        for values in choice["logprobs"].values():
            values.pop()
    return answer


async def test_a_server_that_leaves_out_the_end_is_used_all_the_same(server, connected):
    """As llama.cpp's servers do with stop strings: a completion then counts for all that begins like it."""
    server.answer = without_end
    generator = await connected(server)
    [[completion, _]] = await generator.generate([request("abc")])
    assert (completion.text, completion.tokens, completion.finished) == ("abc/0", 5, True)
    assert completion.logprob == pytest.approx(-2.5)


async def test_a_server_that_leaves_out_the_end_later_is_found_out(server, connected):
    generator = await connected(server)
    server.answer = without_end
    with pytest.raises(PolicyError, match="leaves the end token or stop string out"):
        await generator.generate([request()])
    assert len(server.asked) == 1


def chat_form(body):
    """Log-probabilities as llama-server writes them, and none where a completion is empty."""
    answer = without_end(body)
    for choice in answer["choices"]:
        values = choice["logprobs"]
        pairs = zip(values["tokens"], values["token_logprobs"], strict=True)
        choice["logprobs"] = {"content": [{"token": token, "logprob": value} for token, value in pairs]}
    return answer


async def test_log_probabilities_in_the_form_of_chats(server, connected):
    server.answer = chat_form
    generator = await connected(server)
    [[completion, _]] = await generator.generate([request("abc")])
    assert (completion.tokens, completion.logprob) == (5, pytest.approx(-2.5))


async def test_an_empty_completion_needs_no_log_probabilities(connected):
    with serving(vllm=False) as server:
        empty = {"text": "", "finish_reason": "stop", "logprobs": None}
        server.answer = lambda body: {
            "choices": [{"index": i} | empty for i in range(len(body["prompt"]) * body["n"])]
        }
        generator = await connected(server)
        assert texts(await generator.generate([request()])) == [["", ""]]


def several_prompts(body):
    return not isinstance(body["prompt"], str) and len(body["prompt"]) > 1


def lone(body):
    """Answer like a server that does not know `n`."""
    return honest_answer(body | {"n": 1})


LIMITED = {
    "ignores n": (lone, lambda body: None, True),
    "one prompt a request": (
        honest_answer,
        lambda body: ("status", 500, {}, "") if several_prompts(body) else None,
        False,
    ),
    "ignores n, one prompt a request": (
        lone,
        lambda body: ("status", 500, {}, "") if several_prompts(body) else None,
        False,
    ),
    "no list of prompts": (
        lone,
        lambda body: (
            None
            if isinstance(body["prompt"], str)
            else (
                "status",
                400,
                {},
                "json: cannot unmarshal array into Go struct field .prompt of type string",
            )
        ),
        False,
    ),
    "answers the first prompt only": (
        lambda body: honest_answer(body | {"prompt": body["prompt"][:1]} if several_prompts(body) else body),
        lambda body: None,
        False,
    ),
}


@pytest.mark.parametrize("kind", LIMITED)
async def test_a_server_that_understands_less_is_asked_more_often(connected, kind):
    answer, refuse, lists = LIMITED[kind]
    with serving(vllm=False) as server:
        server.answer, server.refuse = answer, refuse
        generator = await connected(server)
        requests = [request("P", samples=3, seed=5), request("Q", samples=3, seed=6)]
        answers = await generator.generate(requests)
        assert [len(each) for each in answers] == [3, 3]
        assert [{one.text[0] for one in each} for each in answers] == [{"P"}, {"Q"}]
        assert {several_prompts(body) for body in server.asked} == {lists}
        if answer is lone:
            seeds = [body["seed"] for body in server.asked]
            assert len(set(seeds)) == len(seeds)
            assert {body["n"] for body in server.asked} == {1}


async def test_a_server_that_takes_small_n_only_is_asked_one_by_one(connected):
    """llama-server refuses more completions than it has slots."""
    with serving(vllm=False) as server:
        server.refuse = lambda body: ("status", 400, {}, "n is too large") if body["n"] > 2 else None
        generator = await connected(server)
        for samples in (2, 8, 8):
            [answer] = await generator.generate([request(samples=samples)])
            assert len(answer) == samples
        assert [body["n"] for body in server.asked] == [2, 8, *[1] * 16]


@pytest.mark.parametrize("status", [404, 405])
async def test_a_chat_server_is_told_apart(connected, status):
    with serving(vllm=False) as server:
        server.completes, server.chat, server.absent = False, True, status
        with pytest.raises(InputError, match="is a chat server") as caught:
            await connected(server)
        assert "chat endpoints cannot be used" in caught.value.advice
        server.chat = False
        with pytest.raises(InputError, match=f"answered {status}: no such thing") as caught:
            await connected(server)
        assert "no text completions" in caught.value.advice


async def test_a_server_without_a_list_of_models_needs_the_name_of_one(connected):
    with serving(vllm=False) as server:
        server.lists = False
        with pytest.raises(InputError, match="answered 404") as caught:
            await connected(server)
        assert f"name one: {server.url}#MODEL" in caught.value.advice
        generator = await connected(server, model="mine")
        assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]


async def test_what_is_wrong_is_known_while_it_is_tried_again(server, connected):
    generator = await connected(server)
    assert generator.trouble == ""
    server.failures.extend([("status", 503, {}, "loading")] * 50)
    task = asyncio.create_task(generator.generate([request()]))
    while not generator.trouble:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert "answered 503: loading" in generator.trouble
    server.failures.clear()
    assert texts(await task) == [["P/0", "P/1"]]
    assert generator.trouble == ""


async def test_retry_after_may_be_a_date(server, connected):
    generator = await connected(server, retry_s=2)
    later = formatdate(time.time() + 3600, usegmt=True)
    server.failures.append(("status", 429, {"Retry-After": later}, "busy"))
    with pytest.raises(PolicyError, match="429: busy"):
        await generator.generate([request()])
    assert len(server.asked) == 1


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("http://127.0.0.1:{unused}/v1", SetupError, "cannot connect to .*: Connection refused"),
        ("http://nowhere.invalid/v1", SetupError, "cannot connect to http://nowhere.invalid/v1/models"),
        ("https://127.0.0.1:{port}/v1", SetupError, "no secure connection to"),
        ("http://127.0.0.1:{port}/v2", InputError, "answered 404: Not Found"),
        ("http://127.0.0.1:99999", InputError, "is not the address of a server"),
        ("ftp://127.0.0.1", InputError, "is not the address of a server"),
        ("localhost:8000", InputError, "is not the address of a server"),
        ("http://", InputError, "is not the address of a server"),
        ("http://127.0.0.1/v1#tiny", InputError, "is not the address of a server"),
    ],
)
async def test_a_wrong_address_is_one_clear_error(server, url, kind, words):
    with pytest.raises(kind, match=words) as caught:
        await ServerGenerator.connect([url.format(port=server.server_port, unused=unused_port())], None)
    assert "\n" not in caught.value.message


async def test_an_address_without_a_path_means_its_v1(server):
    generator = await ServerGenerator.connect([server.url.removesuffix("/v1") + "/"], "tiny")
    assert texts(await generator.generate([request()])) == [["P/0", "P/1"]]
    await generator.close()
    await generator.close()


async def test_a_server_that_talks_something_else_is_one_clear_error():
    async def babble(reader, writer):
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(SetupError, match=r"the connection to .* broke"):
            await ServerGenerator.connect([f"http://127.0.0.1:{port}"], None)


@pytest.mark.parametrize("vllm", [True, False])
@pytest.mark.parametrize("lists", [True, False])
async def test_texts_are_scored_by_the_log_probabilities_of_prompts(connected, vllm, lists):
    with serving(vllm=vllm) as server:
        if not lists:
            server.refuse = lambda body: (
                isinstance(body["prompt"], list) and ("status", 400, {}, "one prompt")
            )
        generator = await connected(server)
        assert generator.why_no_scores == ""
        requests = [
            ScoreRequest(
                prompt="P⊢", completions=("a b", "long " * 9, "ab"), stop=("\n",), max_new_tokens=20
            ),
            ScoreRequest(prompt="Q", completions=("a b",), stop=("\n",)),
        ]
        assert await generator.score(requests) == [
            [Score(-1.75, 4), None, Score(-1.5, 3)],
            [Score(-1.75, 4)],
        ]
        assert len(server.asked) == (1 if lists else 6)
        assert ("prompt_logprobs" if vllm else "echo") in server.asked[0]


async def test_the_end_of_a_text_is_scored_as_the_server_writes_it(server, connected):
    generator = await connected(server)
    request = ScoreRequest(prompt="P", completions=("ab",))
    assert await generator.score([request]) == [[Score(-1.5, 3)]]  # the end is one character of this server's
    assert [each["prompt"] for each in server.asked] == [["P"], ["P", "Pab</s>"]]
    await generator.score([request])
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "failure",
    [
        ("status", 400, {}, "echo is not supported"),
        ("json", {"choices": [{"index": 0, "text": "x", "finish_reason": "length"}]}),
        ("json", {"choices": [honest_choice(0, "no echo")]}),
    ],
)
async def test_a_server_that_cannot_score_is_found_out_when_connecting(connected, failure):
    with serving(vllm=False) as server:
        server.refuse = lambda body: failure if "echo" in body else None
        generator = await connected(server)
        assert "no log-probabilities of prompts" in generator.why_no_scores


async def test_replicas_score_only_if_all_do(connected):
    with serving() as good, serving() as bad:
        bad.refuse = lambda body: ("status", 400, {}, "no") if "prompt_logprobs" in body else None
        assert (await connected(good, bad)).why_no_scores


async def test_a_mixture_says_once_that_its_model_cannot_score(caplog):
    with serving(vllm=False) as server:
        server.refuse = lambda body: ("status", 400, {}, "no") if "echo" in body else None
        settings = PolicySettings(policy=f"heuristic+{server.url}", format="prover")
        async with open_policies(settings) as policies:
            for seed in range(3):
                await policies.for_search(seed).suggest([PolicyInput(goals=("⊢ p",))])
        alone = PolicySettings(policy=server.url, format="prover")
        async with open_policies(alone) as policies:
            assert policies.notes == []
    assert [record.message for record in caplog.records if "score" in record.message] == [
        "note: tiny does not score the heuristic's tactics: its server returns no log-probabilities of prompts; "
        "they are ranked by the heuristic alone"
    ]
