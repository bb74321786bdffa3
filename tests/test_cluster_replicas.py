"""Servers that a cluster keeps for the models of all rounds: real Ray, and what stands in for vLLM."""

import json
import shutil

import httpx
import psutil
import pytest
from waiting import wait_until
from weightless import make_models

from prover.cluster.connect import connected
from prover.cluster.object_refs import result_of
from prover.cluster.replicas import Replicas
from prover.cluster.serving import KEPT_VARIABLE, served_models
from prover.errors import SetupError
from prover.policy.spec import Heuristic, parse_spec

pytestmark = pytest.mark.long


@pytest.fixture
def models(tmp_path, monkeypatch, little_vllm):
    """Two folders of models that differ in their weights alone, which the little vLLM can serve."""
    pytest.importorskip("ray")
    monkeypatch.setenv("PROVER_VLLM_PYTHON", str(little_vllm))
    monkeypatch.setenv("LITTLE_VLLM_RECORD", str(tmp_path / "record"))
    monkeypatch.setenv("LITTLE_VLLM_POSTED", str(tmp_path / "posted"))
    monkeypatch.setenv("LITTLE_VLLM_STALE", str(tmp_path / "stale"))
    monkeypatch.setenv("LITTLE_VLLM_GPU", "1")
    return make_models(tmp_path)[:2]


def urls(environment, model):
    """Where the servers are that the variables name for this model."""
    [(spec_of, spec)] = json.loads(environment[KEPT_VARIABLE]).items()
    assert spec_of == str(model)
    [(_, served)] = parse_spec(spec)
    assert served.model == "model"
    return served.urls


def weights(url):
    """What the server at `url` says of a token."""
    body = {"model": "model", "prompt": [1, 2], "max_tokens": 1, "prompt_logprobs": 0}
    answer = httpx.post(f"{url}/completions", json=body, trust_env=False).json()
    return answer["choices"][0]["prompt_logprobs"][1]["2"]["logprob"]


def servers(folder):
    """The processes of the servers whose links are in `folder`."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or ())
        and "vllm.entrypoints" in " ".join(process.info["cmdline"])
    ]


async def test_replicas_get_the_weights_of_every_round(tmp_path, models):
    folder, said = tmp_path / "vllm", []
    replicas = Replicas("local", 2, folder, dtype="auto", say=said.append)
    try:
        first = urls(await replicas.serve(models[0]), models[0])
        assert len(set(first)) == 2
        assert [weights(url) for url in first] == [-1.0, -1.0]
        assert replicas.address != "local"
        await replicas.rest()
        assert urls(await replicas.serve(models[1]), models[1]) == first
        assert [weights(url) for url in first] == [-2.0, -2.0]
        assert sum("has loaded the weights" in line for line in said) == 2
        assert not [line for line in said if "anew" in line]

        (tmp_path / "stale").touch()
        again = urls(await replicas.serve(models[0]), models[0])
        assert [weights(url) for url in again] == [-1.0, -1.0]
        assert len(set(first) & set(again)) == 1
        [line] = [line for line in said if "anew" in line]
        assert line.endswith(
            f"vLLM is started anew for {models[0]}: its answers are those of the model before"
        )
        assert line.startswith("model server ")

        servers(folder / "2")[0].kill()
        wait_until(lambda: not servers(folder / "2"))
        after = urls(await replicas.serve(models[0]), models[0])
        assert [weights(url) for url in after] == [-1.0, -1.0]
        assert after[0] == again[0]
        assert "model server 2 on " in said[-1]
    finally:
        await replicas.stop()
    wait_until(lambda: not servers(folder))
    posted = [json.loads(line) for line in (tmp_path / "posted").read_text().splitlines()]
    keys = {key for path, _, key in posted if path == "/collective_rpc"}
    assert len(keys) == 2
    assert None not in keys


async def test_an_actor_that_is_lost_is_replaced(tmp_path, models):
    folder, said = tmp_path / "vllm", []
    replicas = Replicas("local", 1, folder, dtype="auto", say=said.append)
    try:
        await replicas.serve(models[0])
        actor = [
            each
            for each in psutil.process_iter(["cmdline"])
            if "ray::ReplicaActor" in each.info["cmdline"][:1]
        ]
        for process in actor:
            process.kill()
        [url] = urls(await replicas.serve(models[1]), models[1])
        assert weights(url) == -2.0
        assert "cluster: the actor of model server 1 is lost; another one is started" in said
        wait_until(lambda: len(servers(folder)) == 1)
    finally:
        await replicas.stop()


async def test_what_cannot_be_served_is_said(tmp_path, models):
    shutil.rmtree(models[1])
    replicas = Replicas("local", 1, tmp_path / "vllm", dtype="auto", say=[].append)
    try:
        with pytest.raises(
            SetupError, match=f"cannot be served: there is no folder {models[1]} on the node"
        ) as error:
            await replicas.serve(models[1])
        assert error.value.advice == "Put the run on a disk that every node has at the same path."
    finally:
        await replicas.stop()
    many = Replicas("local", 99, tmp_path / "vllm", dtype="auto", say=[].append)
    try:
        with pytest.raises(SetupError, match="processors, and 99 model servers take one each"):
            await many.serve(models[0])
    finally:
        await many.stop()


async def test_a_search_takes_the_servers_that_are_kept(tmp_path, models, monkeypatch):
    spec = "http://10.0.0.1:1/v1,http://10.0.0.2:1/v1#model"
    monkeypatch.setenv(KEPT_VARIABLE, json.dumps({str(models[0]): spec}))
    async with connected("local") as ray:
        specs = {"policy": f"heuristic+2*vllm:{models[0]}"}
        async with served_models(ray, specs, 99, result_of(ray), [].append) as served:
            heuristic, model = parse_spec(served["policy"])
            assert heuristic == (1.0, Heuristic())
            assert model[0] == 2.0
            assert model[1].urls == ("http://10.0.0.1:1/v1", "http://10.0.0.2:1/v1")
        with pytest.raises(SetupError, match="99 model servers"):
            async with served_models(ray, {"policy": f"vllm:{models[1]}"}, 99, result_of(ray), [].append):
                pass
