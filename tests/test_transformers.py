"""Generation with models on this machine, on small random ones: what is drawn, and what is said of it."""

import asyncio
import json
import math
import shutil
import subprocess
import sys
import threading
import time

import huggingface_hub.constants
import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from prover.errors import InputError, PolicyError, SetupError
from prover.policy.generation import Completion, GenerationRequest, Sampling, ScoreRequest
from prover.policy.transformers import TransformersGenerator
from prover.policy.transformers.decode import continuous_batching
from prover.policy.transformers.decode.attention import shares_prompts
from prover.policy.transformers.decode.cache import cache_argument
from prover.policy.transformers.loaded_model import LanguageModel
from prover.util.distribution import install_command

STATES = [
    "n : Nat\n|- n + 0 = n",
    "p q : Prop\nh : p\n|- p \\/ q",
    "|- True",
    "a b c : Nat\nh : a < b\nh' : b < c\n" + "h'' : a + b + c = 0\n" * 6 + "|- a < c",
    "x : Int\n|- x * x >= 0",
]
END = 0


def make_tokenizer(vocabulary):
    """A byte-level BPE; without merges, where text and tokens stand for each other, if `vocabulary` is small."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = (
        pre_tokenizers.ByteLevel.alphabet() if vocabulary else sorted({*map(chr, range(33, 127)), "Ġ", "Ċ"})
    )
    tokenizer.train_from_iterator(
        [*STATES, "α : Type\n⊢ ∀ x : α, x = x"],
        trainers.BpeTrainer(
            vocab_size=vocabulary or len(alphabet) + 1,
            limit_alphabet=len(alphabet),
            special_tokens=["</s>"],
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")


def save(folder, model, tokenizer):
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_llama(folder, *, tokenizer, auto=transformers.AutoModelForCausalLM, **settings):
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        **{
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 256,
            "initializer_range": 0.15,
            "bos_token_id": None,
            "eos_token_id": END,
            **settings,
        }
    )
    model = auto.from_config(config)
    if hasattr(model, "lm_head"):
        model.lm_head.weight.data[END] *= 2.5
    return save(folder, model, tokenizer)


@pytest.fixture(scope="module")
def characters():
    return make_tokenizer(0)


@pytest.fixture(scope="module")
def llama(tmp_path_factory, characters):
    return make_llama(tmp_path_factory.mktemp("models") / "llama", tokenizer=characters)


@pytest.fixture(scope="module")
def t5(tmp_path_factory, characters):
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=len(characters),
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=2,
        num_heads=4,
        initializer_factor=1.0,
        pad_token_id=0,
        eos_token_id=END,
        decoder_start_token_id=0,
    )
    model = transformers.T5ForConditionalGeneration(config)
    return save(tmp_path_factory.mktemp("models") / "t5", model, characters)


@pytest.fixture
def folder(request, llama, t5):
    return {"llama": llama, "t5": t5}[request.param]


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


each_kind = pytest.mark.parametrize("folder", ["llama", "t5"], indirect=True)


def load(folder, **settings):
    return TransformersGenerator.load(str(folder), device="cpu", **settings)


def requests(prompts=STATES, **sampling):
    return [GenerationRequest(prompt=prompt, sampling=Sampling(**sampling)) for prompt in prompts]


class Reference:
    """A model as transformers loads it, and full forward passes without padding or cache."""

    def __init__(self, folder):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        config = transformers.AutoConfig.from_pretrained(folder)
        kind = "Seq2SeqLM" if config.is_encoder_decoder else "CausalLM"
        self.model = getattr(transformers, f"AutoModelFor{kind}").from_pretrained(folder).eval()

    @torch.inference_mode()
    def logprobs(self, prompt, ids):
        """Log-probabilities of what may stand at each of `ids`, and after them."""
        prompt_ids = self.tokenizer(prompt)["input_ids"]
        if self.model.config.is_encoder_decoder:
            logits = self.model(
                input_ids=torch.tensor([prompt_ids]), decoder_input_ids=torch.tensor([[0, *ids]])
            ).logits[0]
        else:
            logits = self.model(input_ids=torch.tensor([prompt_ids + ids])).logits[0, len(prompt_ids) - 1 :]
        return logits.log_softmax(-1)

    def logprob(self, prompt, completion, ending=""):
        ids = self.tokenizer(completion.text + ending)["input_ids"]
        if completion.finished and not ending:
            ids.append(END)
        assert len(ids) == completion.tokens
        return sum(row[token].item() for row, token in zip(self.logprobs(prompt, ids), ids, strict=False))


def assert_same(left, right):
    for some, others in zip(left, right, strict=True):
        assert [each.text for each in some] == [each.text for each in others]
        assert [each.logprob for each in some] == pytest.approx([each.logprob for each in others], abs=1e-4)


@each_kind
@pytest.mark.parametrize(
    "sampling", [{"temperature": 0.0}, {"temperature": 0.7}, {"temperature": 1.3}, {"beam": True}]
)
async def test_log_probabilities_are_those_of_a_full_forward_pass(folder, sampling):
    generator, reference = load(folder), Reference(folder)
    results = await generator.generate(requests(samples=6, max_new_tokens=20, **sampling))
    assert [len(group) for group in results] == [1 if sampling.get("temperature") == 0 else 6] * len(STATES)
    for prompt, group in zip(STATES, results, strict=True):
        for completion in group:
            assert completion.logprob == pytest.approx(reference.logprob(prompt, completion), abs=1e-4)
    await generator.close()


SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "initializer_range": 0.3,
    "eos_token_id": END,
    "bos_token_id": None,
    "pad_token_id": None,
}


@pytest.mark.parametrize(
    ("kind", "settings", "shares"),
    [
        ("Llama", SIZES, True),
        ("Qwen3", SIZES, True),
        ("GPTNeoX", {**SIZES, "use_parallel_residual": True}, True),
        ("GPT2", {"n_embd": 32, "n_layer": 2, "n_head": 4, "eos_token_id": END}, True),
        ("Mistral", {**SIZES, "sliding_window": 9}, False),
        ("Gemma2", {**SIZES, "query_pre_attn_scalar": 8, "attn_logit_softcapping": 2.0}, False),
        ("Bloom", {"hidden_size": 32, "n_layer": 2, "n_head": 4, "eos_token_id": END}, False),
    ],
)
async def test_models_share_prompts_if_they_say_the_same_then(tmp_path, characters, kind, settings, shares):
    torch.manual_seed(1)
    config = getattr(transformers, f"{kind}Config")(**settings, vocab_size=len(characters))
    folder = save(tmp_path / kind, transformers.AutoModelForCausalLM.from_config(config), characters)
    model = LanguageModel.load(
        str(folder), device="cpu", dtype="auto", batch_prompts=3, trust_remote_code=False
    )
    assert shares_prompts(model.loaded.model) == shares
    generator, reference = TransformersGenerator(model), Reference(folder)
    sampling = Sampling(samples=5, max_new_tokens=12)
    work = [GenerationRequest(prompt=prompt, sampling=sampling) for prompt in STATES]
    scoring = [ScoreRequest(prompt=prompt, completions=("rfl", "omega")) for prompt in STATES]
    drawn, scores = await asyncio.gather(generator.generate(work), generator.score(scoring))
    for prompt, group, scored in zip(STATES, drawn, scores, strict=True):
        assert len(group) == 5
        for completion in [*group, *as_completions(("rfl", "omega"), scored)]:
            assert completion.logprob == pytest.approx(reference.logprob(prompt, completion), abs=1e-3)


@each_kind
@pytest.mark.parametrize("beam", [False, True])
async def test_a_completion_does_not_depend_on_its_batch(folder, beam):
    batched, alone = load(folder, batch_prompts=3), load(folder, batch_prompts=1)
    work = requests(samples=5, max_new_tokens=24, seed=7, beam=beam)
    together = await batched.generate(work)
    assert_same(together, await alone.generate(work))
    assert_same(together, [(await batched.generate([request]))[0] for request in work])
    endings = {each.finished for group in together for each in group}
    assert endings == {True, False} or beam


def as_completions(texts, scores):
    return [
        Completion(text=text, logprob=score.logprob, tokens=score.tokens, finished=True)
        for text, score in zip(texts, scores, strict=True)
    ]


@each_kind
@pytest.mark.parametrize("stop", [(), ("\n",)])
@pytest.mark.parametrize("drawing", [False, True])
async def test_texts_are_scored_like_completions(folder, stop, drawing, monkeypatch):
    generator, reference = load(folder), Reference(folder)
    texts = ("rfl", "omega", "an answer that is longer than it may be", "exact h", "rfl")
    requests = [
        ScoreRequest(prompt=prompt, completions=texts, stop=stop, max_new_tokens=12) for prompt in STATES
    ]
    sampling = Sampling(samples=2, max_new_tokens=12, stop=stop)
    work = [GenerationRequest(prompt=prompt, sampling=sampling) for prompt in STATES if drawing]
    drawn, results = await asyncio.gather(generator.generate(work), generator.score(requests))
    assert_same(drawn, await generator.generate(work))
    for prompt, scores in zip(STATES, results, strict=True):
        assert scores[0] == scores[4]
        assert scores[2] is None
        short = [score for score in scores if score is not None]
        for each in as_completions(("rfl", "omega", "exact h", "rfl"), short):
            expected = reference.logprob(prompt, each, ending="".join(stop))
            assert each.logprob == pytest.approx(expected, abs=1e-4)
            assert each.tokens == len(each.text) + 1
    monkeypatch.setattr("prover.policy.transformers.score_completions._MOST_LOGITS", 1)
    for one_by_one, scores in zip(await generator.score(requests), results, strict=True):
        for mine, other in zip(one_by_one, scores, strict=True):
            assert (mine is None and other is None) or mine.logprob == pytest.approx(other.logprob, abs=1e-4)
    await generator.close()


async def test_a_prompt_that_is_drawn_from_and_scored_is_read_once(llama, monkeypatch):
    """What both need of a prompt is computed once, if both are asked for together."""
    generator, read = load(llama), []
    start = continuous_batching.start_decoding

    def counted(loaded, prompts, *, steps):
        read.extend(prompts)
        return start(loaded, prompts, steps=steps)

    monkeypatch.setattr(continuous_batching, "start_decoding", counted)
    batch = generator._model.batch(lambda owner: False)
    sampling = Sampling(samples=2, max_new_tokens=4)
    for prompt in STATES[:3]:
        batch.add("drawn", generator._model.task(GenerationRequest(prompt=prompt, sampling=sampling)))
        batch.add("scored", generator._model.score_task(ScoreRequest(prompt=prompt, completions=("rfl",))))
    batch.add("scored", generator._model.score_task(ScoreRequest(prompt=STATES[4], completions=("rfl",))))
    answers = []
    while not batch.idle:
        answers += batch.step()
    assert sorted(owner for owner, _ in answers) == ["drawn"] * 3 + ["scored"] * 4
    assert len(read) == 4


async def test_a_prompt_that_cannot_be_scored_says_so(llama):
    generator = load(llama)
    with pytest.raises(PolicyError, match="does not fit the 256 tokens"):
        await generator.score([ScoreRequest(prompt="n" * 300, completions=("rfl",))])
    assert await generator.score([]) == []
    await generator.close()


async def test_merged_bytes_give_the_same_in_any_batch(tmp_path):
    folder = make_llama(tmp_path / "merged", tokenizer=make_tokenizer(300))
    generator = load(folder)
    work = requests([*STATES, "α : Type\n⊢ ∀ x : α, x = x"], samples=4, max_new_tokens=16, stop=("\n",))
    together = await generator.generate(work)
    assert_same(together, [(await generator.generate([request]))[0] for request in work])
    assert not any("\n" in each.text for group in together for each in group)


async def test_requests_of_one_batch_may_differ(llama):
    generator = load(llama)
    work = [
        *requests(STATES[:1], samples=3, temperature=0.5, max_new_tokens=4, seed=1),
        *requests(STATES[1:2], beam=True, samples=2, max_new_tokens=7),
        *requests(STATES[2:3], temperature=0, max_new_tokens=40),
        *requests(STATES[:1], samples=6, temperature=2.0, max_new_tokens=12, seed=2),
    ]
    together = await generator.generate(work)
    assert [len(group) for group in together] == [3, 2, 1, 6]
    assert_same(together, [(await generator.generate([request]))[0] for request in work])
    assert await generator.generate([]) == []


async def test_another_seed_gives_other_completions_and_the_same_seed_the_same(llama):
    generator = load(llama)
    first, again, other = [
        await generator.generate(requests(STATES[:1], seed=seed, max_new_tokens=12)) for seed in (1, 1, 2)
    ]
    assert_same(first, again)
    assert [each.text for each in first[0]] != [each.text for each in other[0]]
    assert len({each.text for each in first[0]}) > 1


@pytest.mark.parametrize("temperature", [0.6, 1.0, 1.5])
async def test_tokens_are_drawn_as_often_as_the_model_says(llama, temperature):
    generator, reference, draws = load(llama), Reference(llama), 4000
    [group] = await generator.generate(
        requests(STATES[:1], samples=draws, temperature=temperature, max_new_tokens=1, seed=3)
    )
    expected = (reference.logprobs(STATES[0], [])[0] / temperature).softmax(-1) * draws
    ids = [reference.tokenizer(each.text)["input_ids"] if not each.finished else [END] for each in group]
    seen = torch.zeros(len(expected))
    for [token] in filter(None, ids):
        seen[token] += 1
    common = expected > 5
    distance = ((seen - expected)[common] ** 2 / expected[common]).sum().item()
    freedom = int(common.sum())
    assert freedom > 10
    assert distance < freedom + 4 * math.sqrt(2 * freedom)


async def test_a_greedy_completion_takes_the_likeliest_tokens(llama):
    reference = Reference(llama)
    [[completion]] = await load(llama).generate(requests(STATES[:1], temperature=0, max_new_tokens=12))
    ids = reference.tokenizer(completion.text)["input_ids"]
    assert reference.logprobs(STATES[0], ids).argmax(-1)[: len(ids)].tolist() == ids


async def test_a_beam_as_wide_as_the_vocabulary_finds_the_likeliest_of_all(llama):
    reference = Reference(llama)
    size = len(reference.tokenizer)
    [group] = await load(llama).generate(requests(STATES[:1], beam=True, samples=size, max_new_tokens=2))
    first = reference.logprobs(STATES[0], [])[0]
    best = [first[END].item()]
    for token in range(size):
        if token != END:
            second = reference.logprobs(STATES[0], [token])[1] + first[token]
            best += second.tolist()
    found = [each.logprob for each in group]
    assert len(group) == size
    assert sum(each.finished for each in group) > 1
    assert sorted(found, reverse=True)[:20] == pytest.approx(sorted(best, reverse=True)[:20], abs=1e-4)


@pytest.mark.parametrize("prompt", STATES)
async def test_a_beam_finds_what_the_library_s_own_generate_finds(llama, prompt):
    reference, width = Reference(llama), 6
    [group] = await load(llama).generate(requests([prompt], beam=True, samples=width, max_new_tokens=12))
    ids = reference.tokenizer(prompt, return_tensors="pt")["input_ids"]
    found = reference.model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        num_beams=width,
        num_return_sequences=width,
        length_penalty=0.0,
        max_new_tokens=12,
        pad_token_id=END,
        return_dict_in_generate=True,
        output_scores=True,
    )
    answers = [row.tolist()[ids.shape[1] :] for row in found.sequences]
    theirs = {
        reference.tokenizer.decode(answer, skip_special_tokens=True): score
        for answer, score in zip(answers, found.sequences_scores.tolist(), strict=True)
    }
    ours = {each.text: each.logprob for each in group}
    finished = {each.text for each in group if each.finished}
    assert finished >= {text for text, answer in zip(theirs, answers, strict=True) if END in answer}
    common = ours.keys() & theirs.keys()
    assert common
    assert [ours[text] for text in common] == pytest.approx([theirs[text] for text in common], abs=1e-4)


@pytest.mark.parametrize("beam", [False, True])
async def test_text_ends_before_a_stop_string_whose_tokens_are_counted(llama, beam):
    generator, reference = load(llama), Reference(llama)
    plain = await generator.generate(requests(STATES, samples=8, max_new_tokens=30, beam=beam))
    texts = [each.text for group in plain for each in group if len(each.text) > 3]
    stop = texts[0][1:3]
    stopped = await generator.generate(
        requests(STATES, samples=8, max_new_tokens=30, stop=(stop, "never there"), beam=beam)
    )
    assert not any(stop in each.text for group in stopped for each in group)
    found = 0
    for prompt, group in zip(STATES, stopped, strict=True):
        for completion in group:
            length = len(reference.tokenizer(completion.text)["input_ids"])
            if completion.finished and completion.tokens == length + 2:
                found += 1
                expected = reference.logprob(prompt, completion, stop)
                assert completion.logprob == pytest.approx(expected, abs=1e-4)
    assert found or beam


async def test_every_end_token_ends_a_completion(tmp_path, llama):
    folder = shutil.copytree(llama, tmp_path / "ends")
    reference = Reference(folder)
    other = reference.tokenizer("q")["input_ids"][0]
    settings = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").write_text(json.dumps({**settings, "eos_token_id": [END, other]}))
    work = requests(samples=16, max_new_tokens=40, temperature=1.5)
    plain = await load(llama).generate(work)
    assert any("q" in each.text for group in plain for each in group)
    results = await load(folder).generate(work)
    assert not any("q" in each.text for group in results for each in group)


async def test_a_stop_string_may_be_a_special_token(tmp_path):
    tokenizer = make_tokenizer(0)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_end|>"]})
    generator = load(make_llama(tmp_path / "chat", tokenizer=tokenizer))
    work = {"samples": 64, "max_new_tokens": 30, "temperature": 2.0}
    [plain] = await generator.generate(requests(STATES[:1], **work))
    [stopped] = await generator.generate(requests(STATES[:1], stop=("<|im_end|>",), **work))
    assert sum(each.finished for each in stopped) > sum(each.finished for each in plain)
    assert all("im_end" not in each.text for each in stopped)


async def test_the_context_cuts_completions_off(llama):
    generator = load(llama)
    prompt = "n" * 250
    assert generator.context_length == 256
    assert await generator.count_tokens(prompt) == 250
    [group] = await generator.generate(requests([prompt], samples=8, max_new_tokens=100))
    assert max(each.tokens for each in group) == 6
    assert all(each.finished == (each.tokens < 6 or each.finished) for each in group)
    with pytest.raises(PolicyError, match="300 tokens does not fit the 256"):
        await generator.generate(requests(["n" * 300]))


async def test_rows_beyond_the_context_do_no_harm_to_the_rows_beside_them(tmp_path, characters):
    config = transformers.GPT2Config(
        vocab_size=len(characters), n_embd=32, n_layer=2, n_head=2, n_positions=64, eos_token_id=END
    )
    generator = load(save(tmp_path / "gpt2", transformers.GPT2LMHeadModel(config), characters))
    work = [
        *requests(["n" * 62], samples=2, max_new_tokens=50),
        *requests(["n" * 40], samples=8, max_new_tokens=20),
    ]
    together = await generator.generate(work)
    assert_same(together, [(await generator.generate([request]))[0] for request in work])


async def test_calls_at_the_same_time_queue_up(llama):
    generator = load(llama)
    work = [requests(STATES[:2], seed=seed, max_new_tokens=12) for seed in range(4)]
    together = await asyncio.gather(*map(generator.generate, work))
    for group, batch in zip(together, work, strict=True):
        assert_same(group, await generator.generate(batch))


async def test_a_cancelled_call_ends_at_its_next_token(llama):
    model = LanguageModel.load(
        str(llama), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    calls, loop, begun, cancelled = [], asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def notice(*_):
        calls.append(1)
        if len(calls) == 3:
            loop.call_soon_threadsafe(begun.set)
            cancelled.wait()

    model.loaded.model.register_forward_pre_hook(notice)
    generator = TransformersGenerator(model)
    long_work = requests(STATES[:1] * 16, samples=8, temperature=5.0, max_new_tokens=200)
    running = asyncio.create_task(generator.generate(long_work))
    waiting = asyncio.create_task(generator.generate(long_work))
    await begun.wait()
    running.cancel()
    waiting.cancel()
    assert [type(each) for each in await asyncio.gather(running, waiting, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 2
    cancelled.set()
    work = requests(STATES[:1], max_new_tokens=3)
    assert_same(await generator.generate(work), await load(llama).generate(work))
    assert len(calls) < 10
    await generator.close()


async def test_a_closed_model_says_so(llama):
    generator = load(llama)
    running = asyncio.create_task(
        generator.generate(requests(samples=8, temperature=5.0, max_new_tokens=200))
    )
    await asyncio.sleep(0.05)
    await generator.close()
    await generator.close()
    for call in (running, generator.generate(requests())):
        with pytest.raises(PolicyError, match="llama is closed"):
            await call


async def test_a_batch_that_does_not_fit_the_memory_is_tried_in_halves(llama):
    model = LanguageModel.load(
        str(llama), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    sizes, most = [], 2

    def limit_memory(_module, _arguments, named):
        sizes.append(len(named["input_ids"]))
        if sizes[-1] > most:
            raise torch.OutOfMemoryError

    model.loaded.model.register_forward_pre_hook(limit_memory, with_kwargs=True)
    generator = TransformersGenerator(model)
    work = requests(temperature=0, max_new_tokens=6)
    assert_same(await generator.generate(work), await load(llama).generate(work))
    assert max(sizes) > 2
    most = 0
    with pytest.raises(PolicyError, match="the memory of cpu does not hold"):
        await generator.generate(work)


async def test_bfloat16_agrees_with_float32_roughly(llama):
    [[half]] = await load(llama, dtype="bfloat16").generate(
        requests(STATES[:1], temperature=0, max_new_tokens=8)
    )
    assert half.logprob == pytest.approx(Reference(llama).logprob(STATES[0], half), rel=0.05)


async def test_a_model_that_computes_no_numbers_is_an_error(tmp_path, llama):
    model = transformers.AutoModelForCausalLM.from_pretrained(llama)
    model.lm_head.weight.data[5] = math.nan
    folder = save(tmp_path / "broken", model, transformers.AutoTokenizer.from_pretrained(llama))
    with pytest.raises(PolicyError, match="not numbers"):
        await load(folder).generate(requests())


def broken_folder(kind, folder, llama):
    """Make `folder` a model's folder with something wrong."""
    if kind == "file":
        folder.write_text("")
        return
    shutil.copytree(llama, folder)
    match kind:
        case "no config":
            (folder / "config.json").unlink()
        case "config is no json":
            (folder / "config.json").write_text("{")
        case "no such architecture":
            (folder / "config.json").write_text(json.dumps({"model_type": "abacus"}))
        case "own code":
            own = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"}
            (folder / "config.json").write_text(json.dumps({"model_type": "abacus", "auto_map": own}))
            (folder / "own.py").write_text("raise SystemExit('this code was not to be run')")
        case "no weights":
            (folder / "model.safetensors").unlink()
        case "weights are cut off":
            weights = folder / "model.safetensors"
            weights.write_bytes(weights.read_bytes()[:1000])
        case "weights of another size":
            config = json.loads((folder / "config.json").read_text())
            (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 32, "head_dim": 8}))
        case "no tokenizer":
            (folder / "tokenizer.json").unlink()
            (folder / "tokenizer_config.json").unlink()
        case "no end token":
            settings = json.loads((folder / "tokenizer_config.json").read_text())
            del settings["eos_token"]
            (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        case "more tokens than the model":
            make_tokenizer(300).save_pretrained(folder)
        case "critic":
            shutil.rmtree(folder)
            make_llama(
                folder,
                tokenizer=make_tokenizer(0),
                auto=transformers.AutoModelForSequenceClassification,
                num_labels=1,
            )


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("file", "no model's folder at"),
        ("no config", "no config.json"),
        ("config is no json", "cannot be loaded"),
        ("no such architecture", "cannot be loaded"),
        ("own code", "brings code of its own"),
        ("no weights", "cannot be loaded"),
        ("weights are cut off", "cannot be loaded"),
        ("weights of another size", "cannot be loaded"),
        ("no tokenizer", "cannot be loaded"),
        ("no end token", "has no end token"),
        ("more tokens than the model", "its tokenizer has 3.. tokens, but the model knows 97"),
        ("critic", "lacks the weights lm_head.weight"),
    ],
)
def test_a_folder_that_cannot_be_used_is_one_clear_line(tmp_path, llama, kind, message):
    folder = tmp_path / "model"
    broken_folder(kind, folder, llama)
    with pytest.raises(InputError, match=message) as caught:
        load(folder)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 300
    assert caught.value.advice or kind == "more tokens than the model"


def test_an_encoder_decoder_must_know_how_its_output_begins(tmp_path, t5):
    folder = shutil.copytree(t5, tmp_path / "t5")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "decoder_start_token_id": None}))
    with pytest.raises(InputError, match="decoder_start_token_id"):
        load(folder)


@pytest.mark.parametrize("model", ["./nowhere", "/nowhere/at/all", "a/b/c", "no spaces"])
def test_a_path_where_nothing_is_is_not_looked_for_elsewhere(model):
    with pytest.raises(InputError, match="no model's folder at"):
        load(model)


@pytest.mark.parametrize("offline", [True, False])
def test_an_id_that_cannot_be_fetched_fails_soon(monkeypatch, offline):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", offline)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with pytest.raises(InputError, match="neither a folder here") as caught:
        load("nobody/nothing-of-that-name")
    assert "local folder" in caught.value.advice
    assert sum(waited) < 1


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"device": "gpu"}, InputError, "no such device: 'gpu'"),
        ({"device": "cpu:x"}, InputError, "no such device"),
        ({"device": "cuda:99"}, SetupError, "cuda:99 is not there"),
        ({"dtype": "int4"}, InputError, "no such number type: 'int4'"),
    ],
)
def test_what_cannot_be_had_is_one_clear_line(llama, settings, kind, message):
    with pytest.raises(kind, match=message):
        TransformersGenerator.load(str(llama), **settings)


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_missing_packages_are_named_with_what_to_install(package):
    code = f"""
import sys
sys.modules[{package!r}] = None
if {package!r} == "transformers":
    sys.modules["torch"] = sys
from prover.errors import SetupError
from prover.policy.transformers import TransformersGenerator
try:
    TransformersGenerator.load("anything")
except SetupError as error:
    print(error.message, "|", error.advice)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"needs the package {package}" in done.stdout
    assert install_command("local") in done.stdout


async def test_requests_join_and_leave_while_others_grow(llama):
    """A long completion holds the batch together until its columns have to be moved, more than once."""
    generator, alone = load(llama, batch_prompts=4), load(llama)
    long_work = requests(STATES[:1], samples=3, temperature=5.0, max_new_tokens=230, seed=1)
    short_work = [
        requests([STATES[index % len(STATES)]], samples=4, temperature=2.0, max_new_tokens=12, seed=index)
        for index in range(24)
    ]
    running = [asyncio.create_task(generator.generate(long_work)) for _ in range(2)]
    answers = []
    for work in short_work:
        answers.append(asyncio.create_task(generator.generate(work)))
        await asyncio.sleep(0.02)
    running[1].cancel()
    running.append(asyncio.create_task(generator.generate(long_work)))
    for work, answer in zip([long_work, *short_work], [running[0], *answers], strict=True):
        assert_same(await answer, await alone.generate(work))
    assert_same(await running[2], await running[0])


async def test_completions_that_begin_alike_are_computed_once(llama):
    model = LanguageModel.load(
        str(llama), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    rows = []
    model.loaded.model.register_forward_pre_hook(
        lambda _module, _arguments, named: rows.append(len(named["input_ids"])), with_kwargs=True
    )
    generator = TransformersGenerator(model)
    [group] = await generator.generate(requests(STATES[:1], samples=8, temperature=0.001, max_new_tokens=9))
    assert len({each.text for each in group}) == 1
    assert set(rows) == {1}


async def test_a_call_that_fails_does_no_harm_to_the_others(llama):
    generator = load(llama)
    good = requests(STATES[:2], max_new_tokens=12)
    outcomes = await asyncio.gather(
        generator.generate(good),
        generator.generate(requests(["x" * 300])),
        generator.generate(good),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], PolicyError)
    assert_same(outcomes[0], outcomes[2])


@each_kind
@pytest.mark.parametrize("beam", [False, True])
async def test_a_model_that_fails_once_fails_for_what_it_worked_on(folder, beam):
    model = LanguageModel.load(
        str(folder), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    calls = []

    def fail_at_the_fourth(*_):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("the device is gone")

    model.loaded.model.register_forward_pre_hook(fail_at_the_fourth)
    generator = TransformersGenerator(model)
    work = requests(STATES[:2], samples=4, temperature=5.0, max_new_tokens=20, beam=beam)
    with pytest.raises(PolicyError, match="the device is gone"):
        await generator.generate(work)
    assert_same(await generator.generate(work), await load(folder).generate(work))


class OwnError(Exception):
    """What a model's own code may raise."""


def fail_in(place, model, error):
    """Let the loaded model raise `error` in one of its parts."""

    def fail(*_args, **_settings):
        raise error

    match place:
        case "layer":
            model.loaded.model.get_submodule("model.layers.1").forward = fail
        case "tokenizer":
            model.loaded.tokenizer._encode_plus = fail
        case "decode":
            model.loaded.tokenizer.decode = fail
        case "cache":
            model.loaded.model.register_forward_hook(lambda *_: object())


@pytest.mark.parametrize("beam", [False, True])
@pytest.mark.parametrize(
    ("place", "error", "said"),
    [
        ("layer", AttributeError("'Layer' has no attribute 'dtype'"), "AttributeError: 'Layer' has no attri"),
        ("layer", AssertionError(), "AssertionError$"),
        ("layer", OwnError("first\nsecond"), "OwnError: first$"),
        ("tokenizer", KeyError("cache"), "KeyError: 'cache'"),
        ("decode", TypeError("not a list"), "TypeError: not a list"),
        ("cache", None, "keeps no keys and values"),
    ],
)
async def test_whatever_a_model_raises_is_a_policy_error(llama, place, beam, error, said):
    model = LanguageModel.load(
        str(llama), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    fail_in(place, model, error)
    generator = TransformersGenerator(model)
    with pytest.raises(PolicyError, match=said):
        await generator.generate(requests(STATES[:2], samples=2, max_new_tokens=4, beam=beam))
    if place == "tokenizer":
        with pytest.raises(PolicyError, match=said):
            await generator.count_tokens("a")
    await generator.close()


@pytest.mark.parametrize("error", [OwnError("no such layer"), AssertionError("odd"), IndexError("range")])
def test_whatever_loading_raises_is_one_clear_line(llama, monkeypatch, error):
    def fail(*_args, **_settings):
        raise error

    monkeypatch.setattr(transformers.LlamaForCausalLM, "__init__", fail)
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        load(llama)
    assert str(error) in caught.value.message


async def test_the_cache_goes_by_the_name_that_the_model_has_for_it(llama, monkeypatch):
    """Transformers renamed it in 5.24; code that comes with a model may keep the old name."""
    model = LanguageModel.load(
        str(llama), device="cpu", dtype="auto", batch_prompts=16, trust_remote_code=False
    )
    forward = model.loaded.model.forward
    names = []

    def old_forward(*, input_ids, attention_mask, past_key_values=None, use_cache=None, position_ids=None):
        names.append(past_key_values is not None)
        return forward(
            input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=use_cache,
            **{cache_argument(type(model.loaded.model)): past_key_values},
        )  # fmt: skip

    model.loaded.model.forward = old_forward
    work = requests(STATES[:2], samples=2, temperature=2.0, max_new_tokens=6)
    assert_same(await TransformersGenerator(model).generate(work), await load(llama).generate(work))
    assert names[-1]
