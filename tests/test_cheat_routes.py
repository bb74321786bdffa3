"""Nothing false is called proved by any tool or route: proofs that claim `False`, headers under which it seems proved.

`/verify_proof`, `/prove` and `/fill` are in test_http_verify.py, files and locks in test_lock.py. A word of the tactic
framework, such as "no goals are left", is no verdict, and not looked at where the route says so; `sorry` is never one.
"""

import json

import httpx
import pytest
from cheat_proofs import PROOFS
from test_cheats import HEADERS

pytest.importorskip("mcp.server.mcpserver")
pytest.importorskip("fastapi")

from mcp import Client
from service_http import serving

from prover.api.lean import make_lean
from prover.lean.embedded.install import ensure_installed
from prover.search.settings import SearchSettings
from prover.service.mcp.server import Tools, make_server
from prover.service.mcp.shared import OpeningLean, Shared
from prover.service.repl import CommunityRepl
from prover.service.roots import Roots
from prover.util.progress import Quiet

FALSE = "theorem cheat : False"
TRUE = "theorem cheat : True"
LIMITS = {"max_expansions": 2, "timeout": 20}
CLAIMS = [("", proof) for proofs in PROOFS.values() for proof in proofs] + list(HEADERS.values())

sampled = pytest.mark.parametrize(
    "step", [pytest.param(40, marks=pytest.mark.long), pytest.param(1, marks=pytest.mark.slow)]
)


def under(header, text):
    return f"{header}\n\n{text}" if header else text


def with_proof(header, proof):
    return under(header, f"{FALSE} := by\n  " + proof.replace("\n", "\n  ") + "\n")


@pytest.fixture(scope="module")
def client():
    with serving(max_timeout=120) as server, httpx.Client(base_url=server.url, timeout=200) as client:
        yield client


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module")
async def call(root):
    lean = OpeningLean(lambda: make_lean(engines=1))
    tools = Tools.of(
        Shared(lean=lean, roots=Roots.of([root])),
        SearchSettings(policy="heuristic"),
        width=1,
    )
    server = make_server(tools, output_budget=20_000)

    async def call(name, **arguments):
        async with Client(server) as client:
            return (await client.call_tool(name, arguments)).structured_content

    yield call
    await tools.close()
    await lean.close()


@sampled
async def test_the_verifying_tools_say_okay_to_none(call, root, step):
    lock = (await call("lock_statement", formal_statement=f"{FALSE} := by sorry"))["lock"]
    for header, proof in CLAIMS[::step]:
        text = with_proof(header, proof)
        (root / "Cheat.lean").write_text(text)
        answers = [
            await call("verify_proof", formal_statement=under(header, f"{FALSE} := by sorry"), content=text),
            await call("verify_proof", lock=lock, content=text),
            await call("lean_verify", file_path="Cheat.lean", theorem_name="cheat"),
        ]
        for answer in answers:
            assert not answer["ok"], (text, answer)
            assert not answer.get("okay"), (text, answer)


@sampled
async def test_tactics_of_sessions_finish_none(call, step):
    opened = await call("lean_proof_state", code=FALSE)
    for _, proof in [each for each in CLAIMS if not each[0]][::step]:
        tried = {"session_id": opened["session_id"], "proof_state": opened["proof_state"], "tactic": proof}
        answer = await call("lean_tactic", **tried)
        assert answer["status"] != "complete", (proof, answer)


@sampled
def test_proof_states_over_http_finish_none(client, step):
    opened = client.post("/states", json={"theorem": FALSE}).json()
    for _, proof in [each for each in CLAIMS if not each[0] and each[1].strip()][::step]:
        body = {"state": opened["state"], "tactics": [proof]}
        answer = client.post(f"/states/{opened['id']}/tactics", json=body)
        assert answer.status_code in (200, 422), answer.text
        told = answer.json().get("results", [])
        assert all(each["result"] != "finished" for each in told), (proof, told)


@sampled
def test_the_community_repl_completes_none(step):
    repl = CommunityRepl(ensure_installed(Quiet()).engine_command(community=True))
    try:
        for header, proof in CLAIMS[::step]:
            stated = repl.answer(json.dumps({"cmd": under(header, f"{FALSE} := by sorry")}))
            for hole in stated.get("sorries", []):
                if hole["goal"] != "⊢ False":
                    continue
                tactic = "(" + proof.replace("\n", "\n ") + ")"
                told = repl.answer(json.dumps({"tactic": tactic, "proofState": hole["proofState"]}))
                assert told.get("proofStatus") != "Completed", (header, proof, told)
    finally:
        repl.close()


@sampled
async def test_jobs_prove_nothing_false_and_disprove_nothing_true(client, call, step):
    for header, _ in list(HEADERS.values())[:: (step + 5) // 5]:
        bodies = {
            "prove": {"theorem": under(header, FALSE), **LIMITS},
            "fill": {"text": under(header, f"{FALSE} := by\n  sorry\n"), **LIMITS},
            "disprove": {"theorem": under(header, TRUE), **LIMITS},
        }
        for kind, body in bodies.items():
            started = client.post("/jobs", json={"kind": kind, **body})
            if started.status_code == 422:
                continue
            job = client.get(f"/jobs/{started.json()['id']}", params={"wait_s": 60}).json()
            result = job.get("result") or {}
            told = [result, *result.get("holes", [])]
            false = [each for each in told if (each.get("certificate") or {}).get("type") == "False"]
            assert not false, (header, job)
            assert kind != "disprove" or result.get("outcome") != "disproved", (header, job)
        answer = await call("disprove", content=under(header, TRUE), timeout_seconds=5)
        assert answer["status"] != "disproved", (header, answer)
