"""What prover asks of a vLLM server that gets other weights; real vLLM is in test_vllm_handover.py."""

import json
import shutil
from pathlib import Path

import pytest
from completions_server import serving

from prover.errors import InputError
from prover.policy.open import SERVER_VARIABLE, open_policies
from prover.policy.settings import PolicySettings
from prover.serving.build import find_build
from prover.serving.handover import KeptServer, ReloadRefused, difference
from prover.serving.plugin.prover_key import RequireKey
from prover.training.iteration.config import IterationConfig
from prover.training.iteration.serving import RoundServer


@pytest.fixture
def models(tmp_path):
    """Folders of models that differ in their weights and notes alone, and one with another tokenizer."""
    folders = []
    for number in range(3):
        folder = tmp_path / "rounds" / f"{number:02}" / "model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"layers": 2, "_name_or_path": str(folder)}))
        (folder / "tokenizer.json").write_text("{}" if number < 2 else '{"vocabulary": []}')
        (folder / "model.safetensors").write_text(str(number))
        (folder / "README.md").write_text(f"round {number}")
        folders.append(folder)
    return folders


@pytest.fixture
def build(tmp_path, monkeypatch, little_vllm):
    """The little vLLM as a build for GPUs."""
    monkeypatch.setenv("PROVER_VLLM_PYTHON", str(little_vllm))
    monkeypatch.setenv("LITTLE_VLLM_RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("LITTLE_VLLM_POSTED", str(tmp_path / "posted"))
    monkeypatch.setenv("LITTLE_VLLM_GPU", "1")
    return find_build(str(little_vllm))


@pytest.fixture
def posted(tmp_path):
    """The requests so far, each a path and a body, if all had this key."""

    def read(key):
        lines = [json.loads(line) for line in (tmp_path / "posted").read_text().splitlines()]
        assert {line[2] for line in lines} == {f"Bearer {key}"}
        return [tuple(line[:2]) for line in lines]

    return read


RELOAD = {"method": "reload_weights", "timeout": 1800.0}


async def test_a_sleeping_server_is_woken_for_the_new_weights(models, build, posted, tmp_path):
    link = tmp_path / "vllm" / "model"
    server = await KeptServer.start(models[0], link, build)
    try:
        assert link.resolve() == models[0]
        assert await server.is_healthy()
        await server.sleep()
        await server.reload(models[1])
        assert link.resolve() == server.model == models[1]
        await server.reload(models[0])
        assert posted(server.key) == [
            ("/sleep?level=2", None),
            ("/wake_up?tags=weights", None),
            ("/collective_rpc", RELOAD),
            ("/wake_up?tags=kv_cache", None),
            ("/reset_prefix_cache", None),
            ("/collective_rpc", RELOAD),
            ("/reset_prefix_cache", None),
        ]
    finally:
        await server.stop()
    assert not await server.is_healthy()


async def test_the_server_listens_here_alone_and_asks_for_the_key(models, build, tmp_path):
    server = await KeptServer.start(models[0], tmp_path / "vllm" / "model", build, key="secret")
    await server.stop()
    arguments, environment = json.loads((tmp_path / "record.json").read_text())
    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"
    assert arguments[arguments.index("--served-model-name") + 1] == "model"
    assert arguments[-3:] == ["--middleware", "prover_key.RequireKey", "--enable-sleep-mode"]
    assert (environment["VLLM_SERVER_DEV_MODE"], environment["VLLM_API_KEY"]) == ("1", "secret")
    assert "secret" not in arguments
    first = environment["PYTHONPATH"].partition(":")[0]
    assert (Path(first) / "prover_key.py").is_file()


async def test_what_differs_in_more_than_weights_is_refused_before_anything_is_asked(
    models, build, tmp_path, monkeypatch
):
    link = tmp_path / "vllm" / "model"
    monkeypatch.setenv("LITTLE_VLLM_REFUSES", "/collective_rpc")
    server = await KeptServer.start(models[0], link, build)
    try:
        with pytest.raises(ReloadRefused, match=r"its tokenizer\.json is another"):
            await server.reload(models[2])
        assert link.resolve() == server.model == models[0]
        assert not (tmp_path / "posted").exists()
        with pytest.raises(ReloadRefused, match="answered 500 to /collective_rpc"):
            await server.reload(models[1])
    finally:
        await server.stop()


def test_the_difference_of_models(models):
    assert difference(models[0], models[1]) == ""
    assert difference(models[0], models[2]) == "tokenizer.json"
    (models[1] / "config.json").write_text('{"layers": 3}')
    assert difference(models[0], models[1]) == "config.json"
    shutil.copy(models[0] / "config.json", models[1])
    (models[1] / "added_tokens.json").write_text("{}")
    assert difference(models[0], models[1]) == "added_tokens.json"


def test_a_server_whose_answers_cannot_be_checked_is_started_anew(models, build, posted, tmp_path):
    said = []
    with RoundServer(tmp_path / "vllm" / "model", dtype="auto", say=said.append) as servers:
        first = servers.serve(models[0])
        assert servers.serve(models[0]) == first
        servers.rest()
        second = servers.serve(models[1])
        assert second[SERVER_VARIABLE] != first[SERVER_VARIABLE]
    assert len(posted(first["PROVER_API_KEY"])) == 5
    [reason] = [line for line in said if "anew" in line]
    assert reason.startswith(f"vLLM is started anew for {models[1]}: ")
    assert "/v1/models answered 404" in reason


def test_a_server_that_cannot_sleep_is_ended_for_the_training(models, build, tmp_path, monkeypatch):
    said = []
    monkeypatch.setenv("LITTLE_VLLM_REFUSES", "/sleep?level=2")
    with RoundServer(tmp_path / "vllm" / "model", dtype="auto", say=said.append) as servers:
        servers.rest()
        servers.serve(models[0])
        servers.rest()
        assert "is ended while the model is trained: vLLM answered 500" in said[-1]
        servers.serve(models[1])
    assert not [line for line in said if "anew" in line]


@pytest.mark.parametrize(
    ("search", "served"),
    [
        ("later = 'vllm:{model}'", True),
        ("later = 'heuristic+2*vllm:{model}'", True),
        ("later = 'heuristic+hf:{model}'", False),
        ("later = 'vllm:{model}'\nkeep_server = false", False),
        ("later = 'vllm:{model}'\noptions = { cluster = 'auto' }", False),
    ],
)
def test_which_searches_are_served(tmp_path, search, served):
    path = tmp_path / "config.toml"
    path.write_text(f"[pool]\ntrain = ['x']\nheld_out = ['x']\n[search]\n{search}")
    assert IterationConfig.read(str(path)).search.is_served is served


async def test_the_policy_of_a_served_model_is_its_server(models, monkeypatch):
    policy = PolicySettings(policy=f"vllm:{models[1]}", format="prover")
    with serving() as server:
        monkeypatch.setenv(SERVER_VARIABLE, server.url)
        listing = server.listing()
        listing["data"][0]["root"] = str(models[1] / ".." / "model")
        server.listing = lambda: listing
        async with open_policies(policy) as policies:
            assert [each.name for each in policies.generators] == ["tiny"]


async def test_a_server_with_another_model_is_not_the_policy(models, monkeypatch):
    policy = PolicySettings(policy=f"vllm:{models[1]}/nothing", format="prover")
    with serving() as server:
        monkeypatch.setenv(SERVER_VARIABLE, server.url)
        with pytest.raises(InputError, match="there is no model folder"):
            async with open_policies(policy):
                pass


@pytest.mark.parametrize(
    ("path", "key", "passed"),
    [
        ("/health", None, True),
        ("/v1/models", "secret", True),
        ("/collective_rpc", "secret", True),
        ("/collective_rpc", None, False),
        ("/collective_rpc", "secret2", False),
        ("/health/../collective_rpc", None, False),
        ("/v1/models", None, False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_every_route_but_health_asks_for_the_key(monkeypatch, path, key, passed, method):
    monkeypatch.setenv("VLLM_API_KEY", "secret")
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    headers = [] if key is None else [(b"authorization", f"Bearer {key}".encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    await RequireKey(app)(scope, None, send)
    assert reached == ([path] if passed else [])
    assert [message["status"] for message in sent if "status" in message] == ([] if passed else [401])
