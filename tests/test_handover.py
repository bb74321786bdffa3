"""What prover asks of a vLLM server that gets other weights; real vLLM is in test_vllm_handover.py."""

import json
import shutil
from pathlib import Path

import pytest
from completions_server import serving
from weightless import make_models, note_reference

from prover.errors import InputError
from prover.policy.open import SERVER_VARIABLE, open_policies
from prover.policy.settings import PolicySettings
from prover.serving.build import find_build
from prover.serving.handover import KeptServer, ReloadRefused, difference
from prover.serving.plugin.prover_key import RequireKey, RequireKeyButToAsk
from prover.training.iteration.config import IterationConfig
from prover.training.iteration.serving import OwnServer, RoundServer


@pytest.fixture
def models(tmp_path):
    """Folders of models that differ in their weights and notes alone, and one with another tokenizer."""
    return make_models(tmp_path)


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


def rounds(folder, said):
    return RoundServer(OwnServer(folder / "vllm" / "model", dtype="auto", say=said.append))


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
        assert posted(server.key)[1:] == [
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
        assert "collective" not in (tmp_path / "posted").read_text()
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


def test_a_server_that_says_what_the_new_weights_say_is_kept(models, build, posted, tmp_path):
    said = []
    with rounds(tmp_path, said) as servers:
        first = servers.serve(models[0])
        assert servers.serve(models[0]) == first
        servers.rest()
        assert servers.serve(models[1]) == first
    asked = [path for path, _ in posted(first.environment["PROVER_API_KEY"])]
    assert asked.count("/v1/completions") == 2
    assert said[-1].startswith(f"vLLM has loaded the weights of {models[1]} in ")
    assert not [line for line in said if "anew" in line]


@pytest.mark.parametrize(
    ("noted", "stale", "reason"),
    [
        (-2.0, True, "its answers are those of the model before"),
        (-2.5, False, "its log-probabilities are 14.29% from transformers', more than 0.20%"),
        (None, False, "the new weights cannot be checked: "),
    ],
)
def test_a_server_that_says_something_else_is_started_anew(
    models, build, tmp_path, monkeypatch, noted, stale, reason
):
    said = []
    if noted is None:
        (models[1] / "training.json").unlink()
    else:
        note_reference(models[1], noted)
    if stale:
        monkeypatch.setenv("LITTLE_VLLM_STALE", str(tmp_path / "stale"))
        (tmp_path / "stale").touch()
    with rounds(tmp_path, said) as servers:
        first = servers.serve(models[0])
        assert servers.serve(models[1]).environment[SERVER_VARIABLE] != first.environment[SERVER_VARIABLE]
    [line] = [line for line in said if "anew" in line]
    assert line.startswith(f"vLLM is started anew for {models[1]}: {reason}")


def test_the_same_weights_may_be_handed_over(models, build, tmp_path):
    shutil.copy(models[0] / "model.safetensors", models[1])
    note_reference(models[1], -1.0)
    said = []
    with rounds(tmp_path, said) as servers:
        assert servers.serve(models[0]) == servers.serve(models[1])


async def test_a_shared_server_asks_nothing_of_whoever_asks_the_model(models, build, tmp_path):
    link = tmp_path / "vllm" / "model"
    server = await KeptServer.start(models[0], link, build, key="secret", shared_at="127.0.0.1")
    await server.stop()
    arguments, environment = json.loads((tmp_path / "record.json").read_text())
    assert arguments[arguments.index("--middleware") + 1] == "prover_key.RequireKeyButToAsk"
    assert environment["PROVER_HANDOVER_KEY"] == "secret"
    assert "VLLM_API_KEY" not in environment


def test_a_server_that_cannot_sleep_is_ended_for_the_training(models, build, tmp_path, monkeypatch):
    said = []
    monkeypatch.setenv("LITTLE_VLLM_REFUSES", "/sleep?level=2")
    with rounds(tmp_path, said) as servers:
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
        ("later = 'vllm:{model}'\noptions = { cluster = 'auto', model_replicas = 2 }", True),
        ("later = 'hf:{model}'\noptions = { cluster = 'auto', model_replicas = 2 }", False),
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
    await check_passing(RequireKey, method, path, key, passed)


@pytest.mark.parametrize(
    ("path", "key", "passed"),
    [
        ("/health", None, True),
        ("/v1/completions", None, True),
        ("/tokenize", "anything", True),
        ("/collective_rpc", "secret", True),
        ("/collective_rpc", None, False),
        ("/v1/../collective_rpc", None, False),
        ("/v1/load_lora_adapter", None, False),
        ("/sleep", "secret2", False),
    ],
)
async def test_a_shared_server_asks_for_the_key_where_it_is_changed(monkeypatch, path, key, passed):
    monkeypatch.setenv("PROVER_HANDOVER_KEY", "secret")
    await check_passing(RequireKeyButToAsk, "POST", path, key, passed)


async def check_passing(middleware, method, path, key, passed):
    """Whether a request reaches the server behind it, and is refused otherwise."""
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    headers = [] if key is None else [(b"authorization", f"Bearer {key}".encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    await middleware(app)(scope, None, send)
    assert reached == ([path] if passed else [])
    assert [message["status"] for message in sent if "status" in message] == ([] if passed else [401])
