"""A real vLLM server that gets other weights: afterwards it answers as one that was started with them."""

import json
import shutil
from dataclasses import asdict

import httpx
import psutil
import pytest
from served import make_model

from prover.policy.generation import GenerationRequest, Sampling, ScoreRequest
from prover.policy.open import SERVER_VARIABLE
from prover.policy.reference import compute_reference
from prover.policy.server.generator import ServerGenerator
from prover.serving.build import find_build
from prover.serving.handover import KeptServer, ReloadRefused
from prover.serving.reference import KEY, RESULT
from prover.training.iteration.serving import OwnServer, RoundServer

pytestmark = [pytest.mark.slow, pytest.mark.vllm, pytest.mark.timeout(1800)]

LONG = "n : Nat |- n + 0 = n " * 11
"""Long enough for vLLM to keep its keys and values for the next request."""
REQUESTS = tuple(
    GenerationRequest(prompt=prompt, sampling=Sampling(temperature=0.0, max_new_tokens=12))
    for prompt in (LONG, "|- True")
)
SCORING = (ScoreRequest(prompt=LONG[:100], completions=("rfl", "exact h"), max_new_tokens=12),)
TOLERANCE = 1e-3


@pytest.fixture
def models(tmp_path, tied):
    """Folders of three models: two that differ in their weights alone, and one with more layers."""
    folders = [tmp_path / "rounds" / str(number) / "model" for number in range(3)]
    for seed, (folder, layers) in enumerate(zip(folders, (2, 2, 3), strict=True)):
        make_model(folder, seed=seed, layers=layers, tied=tied)
        note(folder, compute_reference(folder))
    return folders


def note(folder, reference):
    """Have the training of a model note what it says."""
    (folder / RESULT).write_text(json.dumps({KEY: asdict(reference)}))


async def answers(server):
    """What a server answers now: texts, log-probabilities and scores, in one list."""
    generator = await ServerGenerator.connect([server.url], None, api_key=server.key)
    try:
        assert (generator.name, generator.why_no_scores) == ("model", "")
        completions = [each for [each] in await generator.generate(REQUESTS)]
        [scores] = await generator.score(SCORING)
    finally:
        await generator.close()
    return [each.text for each in completions], [each.logprob for each in (*completions, *scores)]


@pytest.mark.parametrize("tied", [False, True])
async def test_a_server_with_new_weights_answers_as_one_that_was_started_with_them(
    models, vllm_python, tmp_path
):
    build = find_build(vllm_python)
    server = await KeptServer.start(models[0], tmp_path / "kept" / "model", build, dtype="float32")
    try:
        old = await answers(server)
        assert (await answers(server))[1] == pytest.approx(old[1], abs=TOLERANCE)
        await server.reload(models[1])
        new = await answers(server)
        check_key(server)
    finally:
        await server.stop()
    fresh = await KeptServer.start(models[1], tmp_path / "fresh" / "model", build, dtype="float32")
    try:
        texts, logprobs = await answers(fresh)
    finally:
        await fresh.stop()
    assert new[0] == texts
    assert new[1] == pytest.approx(logprobs, abs=TOLERANCE)
    assert new[1] != pytest.approx(old[1], abs=100 * TOLERANCE)


@pytest.mark.parametrize("tied", [True])
@pytest.mark.parametrize("dtype", ["auto", "float32"])
async def test_an_output_layer_that_stays_as_it_was_is_found(models, vllm_python, tmp_path, dtype):
    """What vLLM 0.32 does on processors to an output layer that is tied, where it is not told to renew it."""
    from safetensors.torch import load_file, save_file

    old, new = (load_file(folder / "model.safetensors") for folder in models[:2])
    near = {name: old[name] + 0.1 * (new[name] - old[name]) for name in old}
    save_file(near, models[1] / "model.safetensors", {"format": "pt"})
    (models[1] / RESULT).unlink()
    reference = compute_reference(models[1])
    link = tmp_path / "kept" / "model"
    server = await KeptServer.start(models[0], link, find_build(vllm_python), dtype=dtype)
    try:
        server.cpu = False
        with pytest.raises(ReloadRefused, match="from transformers', more than"):
            await server.hand_over(models[1], reference)
        server.cpu = True
        await server.hand_over(models[0], compute_reference(models[0]))
        await server.hand_over(models[1], reference)
    finally:
        await server.stop()


def check_key(server):
    """Without the key nothing but `/health` is open, and nothing beyond this machine."""
    base = server.url.removesuffix("/v1")
    asked = [("GET", "/v1/models"), ("GET", "/is_sleeping"), ("GET", "/server_info"), ("GET", "/metrics")]
    asked += [("POST", path) for path in ("/collective_rpc", "/sleep", "/reset_prefix_cache", "/tokenize")]
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        for method, path in asked:
            assert httpx.request(method, base + path, headers=headers, json={}).status_code == 401
    assert httpx.get(base + "/health").is_success
    listening = [
        each
        for each in psutil.net_connections(kind="tcp")
        if each.status == "LISTEN" and each.laddr.port == int(base.rpartition(":")[2])
    ]
    assert [each.laddr.ip for each in listening] == ["127.0.0.1"]


@pytest.mark.parametrize("tied", [True])
def test_the_rounds_of_a_run_share_a_server_as_long_as_it_can_take_their_models(
    models, vllm_python, tmp_path, monkeypatch
):
    monkeypatch.setenv("PROVER_VLLM_PYTHON", vllm_python)
    same = tmp_path / "same" / "model"
    shutil.copytree(models[1], same)
    said = []
    with RoundServer(OwnServer(tmp_path / "vllm" / "model", dtype="auto", say=said.append)) as servers:
        addresses = [
            servers.serve(model).environment[SERVER_VARIABLE] for model in (*models[:2], same, models[2])
        ]
        family = psutil.Process().children(recursive=True)
    assert addresses[0] == addresses[1] == addresses[2] != addresses[3]
    for loaded, model in zip((line for line in said if "has loaded" in line), (models[1], same), strict=True):
        assert loaded.startswith(f"vLLM has loaded the weights of {model} in ")
    [anew] = [line for line in said if "anew" in line]
    assert anew == f"vLLM is started anew for {models[2]}: its config.json is another"
    assert not psutil.wait_procs(family, timeout=280)[1]
