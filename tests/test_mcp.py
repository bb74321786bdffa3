"""`prover mcp`, with the real client of the package mcp: what its tools say, and that none of them keeps silent."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys

import pytest

pytest.importorskip("mcp.server.mcpserver")

from mcp import Client, StdioServerParameters, stdio_client

from prover.api.lean import make_lean
from prover.search.settings import SearchSettings
from prover.service.mcp.answers import fitted
from prover.service.mcp.server import Tools, make_server
from prover.service.mcp.shared import OpeningLean, Shared
from prover.service.premises import Premise, SharedSymbols
from prover.service.roots import Roots
from prover.service.skill import write_skill

FILE = """\
theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
  · sorry

theorem zero (n : Nat) : n + 0 = n := by
  induction n with
  | zero => simp
  | succ n ih => sorry

theorem done (a b : Nat) (h : a < b) : a + 1 ≤ b := by
  omega

theorem broken (a b : Nat) (h : a = b) : b = a := by
  nosuch
  omega
"""
STATEMENT = "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"
TOOLS = """
    lean_run_code lean_check lean_diagnostic_messages lean_goal lean_multi_attempt lean_local_search
    lean_hammer_premise lean_verify verify_proof lock_statement lean_proof_state lean_tactic lean_close_proof
    prove_start prove_status prove_cancel fill_sorries disprove
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    (folder / "A.lean").write_text(FILE)
    return folder


@pytest.fixture(scope="module")
async def server(root, engine_command):
    lean = OpeningLean(lambda: make_lean(engines=1))
    shared = Shared(lean=lean, roots=Roots.of([root]))
    tools = Tools.of(shared, SearchSettings(policy="heuristic"), width=1)
    yield make_server(tools, output_budget=20_000)
    await tools.close()
    await lean.close()


@pytest.fixture
def call(server):
    """Call a tool; every result has the same form, as text and as an object."""

    async def call(name, **arguments):
        async with Client(server) as client:
            result = await client.call_tool(name, arguments)
        answer = result.structured_content
        assert json.loads(result.content[0].text) == answer
        assert {"success", "ok", "status"} <= set(answer)
        assert result.is_error or answer["success"]
        return answer

    return call


async def test_the_tools_have_the_names_and_hints_of_the_field(server):
    async with Client(server) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == set(TOOLS.split())
    for name in ("lean_goal", "lean_verify", "verify_proof"):
        assert tools[name].annotations.read_only_hint
    assert not any(tool.annotations.destructive_hint for tool in tools.values())
    assert {"file_path", "line", "snippets", "column"} <= set(
        tools["lean_multi_attempt"].input_schema["properties"]
    )
    assert all(tool.description for tool in tools.values())


async def test_code_is_run_and_what_lean_says_is_told(call):
    fine = await call("lean_run_code", code="theorem x (a b : ℕ) : a + b = b + a := by omega\n#check x")
    assert (fine["ok"], fine["status"]) == (True, "complete")
    assert fine["items"][0] == {
        "severity": "info",
        "message": "x (a b : ℕ) : a + b = b + a",
        **{"line": 2, "column": 1, "end_line": 2, "end_column": 7},
    }
    open_proof = await call(
        "lean_check", code="theorem x (a : ℝ) : a + 0 = a := by\n  sorry", cwd="/elsewhere"
    )
    assert (open_proof["ok"], open_proof["status"]) == (True, "sorry")
    assert open_proof["sorries"] == [{"line": 2, "column": 3, "goal": "a : ℝ\n⊢ a + 0 = a"}]
    assert "cwd was not used" in open_proof["notes"][0]
    wrong = await call("lean_run_code", code="\ntheorem x : 1 = 2 := rfl")
    assert (wrong["success"], wrong["ok"], wrong["status"]) == (True, False, "errors")
    assert {each["line"] for each in wrong["items"]} == {2}


ENDLESS = """\
set_option maxHeartbeats 0
set_option maxRecDepth 1000000
theorem x (f : Nat → Nat) : f 0 = 1 := by
  repeat rw [show f = fun n => f n from rfl]
"""


async def test_what_takes_too_long_or_is_given_up_is_told_and_the_next_call_is_answered(call, server):
    stopped = await call("lean_run_code", code=ENDLESS, timeout_s=1)
    assert (stopped["ok"], stopped["status"], stopped["partial"], stopped["items"]) == (
        False,
        "timeout",
        True,
        [],
    )
    async with Client(server) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await client.call_tool("lean_run_code", {"code": ENDLESS, "timeout_s": 50})
    assert (await call("lean_run_code", code="#check Nat"))["ok"]


async def test_goals_at_a_place(call, root):
    before = "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
    at_start = await call("lean_goal", file_path="A.lean", line=2)
    assert at_start["goals_before"] == at_start["items"] == [before]
    assert [goal.split("⊢ ")[1] for goal in at_start["goals_after"]] == ["p", "q"]
    at_hole = await call("lean_goal", file_path="A.lean", line=4, column=5)
    assert (at_hole["status"], [goal.split("⊢ ")[1] for goal in at_hole["items"]]) == ("goals", ["q"])
    in_case = await call("lean_goal", file_path="A.lean", line=8)
    assert [goal.split("⊢ ")[1] for goal in in_case["goals_before"]] == ["0 + 0 = 0"]
    assert in_case["goals_after"] == []
    solved = await call("lean_goal", file_path="A.lean", line=12, column=8)
    assert (solved["ok"], solved["status"], solved["items"]) == (True, "no_goals", [])
    nowhere = await call("lean_goal", file_path="A.lean", line=1, column=3)
    assert (nowhere["ok"], nowhere["status"]) == (False, "no_goal_at_position")
    behind = await call("lean_goal", file_path="A.lean", line=16, column=3)
    assert (behind["ok"], behind["status"]) == (False, "error_before")
    assert "unknown tactic" in behind["messages"][0]
    (root / "Term.lean").write_bytes(
        "/-- ü𝔽 -/ theorem t (n : Nat) : n = n :=\r\n  (sorry : n = n)\r\n".encode()
    )
    for column in (None, 4):
        term = await call("lean_goal", file_path="Term.lean", line=2, column=column)
        assert (term["status"], term["items"]) == ("goals", ["n : Nat\n⊢ n = n"])


async def test_tactics_are_tried_without_changing_the_file(call, root):
    tried = await call(
        "lean_multi_attempt",
        file_path="A.lean",
        line=4,
        column=5,
        snippets=["exact hq", "exact hp", "skip", "sorry", "have h := hq\nexact h", ")"],
    )
    assert [each["status"] for each in tried["items"]] == [
        "complete",
        "error",
        "goals",
        "sorry",
        "complete",
        "error",
    ]
    assert [each["ok"] for each in tried["items"]] == [True, False, True, True, True, False]
    assert tried["items"][1]["messages"][0].startswith("Type mismatch")
    assert tried["items"][1]["goals"] is None
    assert (root / "A.lean").read_text() == FILE


async def test_messages_of_a_file(call):
    every = await call("lean_diagnostic_messages", file_path="A.lean")
    assert (every["ok"], every["status"]) == (False, "errors")
    assert len(every["sorries"]) == 2
    one = await call("lean_diagnostic_messages", file_path="A.lean", declaration_name="done")
    assert one["items"] == []
    assert one["status"] == "errors"
    assert one["not_shown"] == len(every["items"])
    errors = await call("lean_diagnostic_messages", file_path="A.lean", severity="error", start_line=14)
    assert {each["severity"] for each in errors["items"]} == {"error"}


async def test_what_is_verified_is_the_statement_that_was_locked(call):
    locked = await call("lock_statement", formal_statement=STATEMENT)
    assert locked["items"][0]["name"] == "t"

    async def verified(content, **more):
        return await call("verify_proof", lock=locked["lock"], content=content, **more)

    proof = "theorem low (a b : Nat) (h : a < b) : a + 1 ≤ b := h\n\n" + STATEMENT.replace(
        "by sorry", "low a b h"
    )
    fine = await verified(proof)
    assert (fine["okay"], fine["status"], fine["items"][0]["axioms"]) == (True, "proved", [])
    same = await call("verify_proof", formal_statement=STATEMENT, content=proof)
    assert same["okay"]
    other = await verified("theorem t (a b : Nat) (h : a < b) : a ≤ b := by omega")
    assert (other["okay"], other["items"][0]["kind"]) == (False, "statement")
    meant = await verified("theorem t (a b : Nat) (h : a < b) : a ≤ b := by omega", use_def_eq=True)
    assert not meant["okay"]
    left_open = await verified(STATEMENT)
    assert (left_open["okay"], left_open["items"][0]["kind"]) == (False, "sorry")
    axiom = await verified("axiom no : False\n" + STATEMENT.replace("by sorry", "no.elim"))
    assert not axiom["okay"]
    wrong = await verified("\n" + STATEMENT.replace("by sorry", "by nosuch"))
    assert wrong["lean_messages"]["errors"][0]["line"] == 2
    assert wrong["failed_declarations"] == ["t"]
    trick = 'local notation a " ≤ " b => True\n' + STATEMENT.replace("by sorry", "trivial")
    assert not (await verified(trick, use_def_eq=True))["okay"]


async def test_a_theorem_of_a_file_is_verified(call):
    whole = await call("lean_verify", file_path="A.lean", theorem_name="done")
    assert (whole["ok"], whole["items"][0]["kind"]) == (False, "elaboration")
    assert {each["word"] for each in whole["suspicious"]} == {"sorry"}


async def test_a_proof_is_held_open(call):
    opened = await call("lean_proof_state", code="theorem s (p q : Prop) (hp : p) (hq : q) : p ∧ q")
    key, state = opened["session_id"], opened["proof_state"]
    split = await call("lean_tactic", session_id=key, proof_state=state, tactic="constructor")
    assert len(split["items"]) == 2
    end = await call(
        "lean_tactic", session_id=key, proof_state=split["proof_state"], tactic="all_goals assumption"
    )
    assert (end["ok"], end["status"]) == (True, "complete")
    refused = await call("lean_tactic", session_id=key, proof_state=state, tactic="rfl")
    assert (refused["success"], refused["ok"], refused["status"]) == (True, False, "error")
    unknown = await call("lean_tactic", session_id=key, proof_state=99, tactic="rfl")
    assert (unknown["success"], unknown["error_code"]) == (False, "input")
    assert (await call("lean_close_proof", session_id=key))["status"] == "closed"
    gone = await call("lean_tactic", session_id=key, proof_state=state, tactic="rfl")
    assert "there is no open session" in gone["message"]


async def test_searches_run_between_the_calls(call):
    started = await call("prove_start", statement="theorem u (a b : Nat) (h : a < b) : a + 1 ≤ b")
    done = await call("prove_status", job_id=started["job_id"], wait_s=45)
    assert (done["ok"], done["status"], done["tactics"]) == (True, "proved", "omega")
    false = await call("disprove", content="theorem w (n : Nat) : n < 5")
    assert (false["ok"], false["status"], false["counterexample"]) == (True, "disproved", {"n": "5"})
    hard = await call(
        "prove_start", statement="theorem hard (f : Nat → Nat) (n : Nat) : f (f n) = f n", timeout_s=600
    )
    assert (hard["status"], hard["partial"]) == ("running", True)
    ended = await call("prove_cancel", job_id=hard["job_id"])
    assert (ended["cancelled"], ended["status"], ended["ok"]) == (True, "not_decided", False)
    assert (await call("prove_status", job_id="none"))["error_code"] == "input"


@pytest.mark.long
async def test_the_sorries_of_a_file_are_filled_as_a_patch(call, root):
    (root / "B.lean").write_text(FILE.partition("theorem broken")[0])
    filled = await call("fill_sorries", file_path="B.lean", timeout_s=20)
    assert (filled["ok"], filled["status"]) == (True, "filled")
    assert "-  · sorry" in filled["diff"]
    assert "sorry" in (root / "B.lean").read_text()


PREMISES = """\
import Pocket

theorem lengths (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by
  sorry

theorem root (x : ℝ) (h : 0 ≤ x) : √x * √x = x := by
  sorry
"""


@pytest.mark.long
async def test_names_are_searched(call, root):
    while (found := await call("lean_local_search", query="Nat.add_comm", limit=5))["status"] == "listing":
        assert found["partial"]
    assert found["items"][0] == {
        "name": "Nat.add_comm",
        "kind": "library",
        "type": "∀ (n m : Nat), n + m = m + n",
    }
    own = await call("lean_local_search", query="broken")
    assert (own["items"][0]["file"], own["items"][0]["line"]) == ("A.lean", 14)
    nothing = await call("lean_local_search", query="zorkzork")
    assert (nothing["ok"], nothing["status"]) == (False, "nothing_found")
    (root / "P.lean").write_text(PREMISES)
    place = {"file_path": "P.lean", "column": 3, "num_results": 10}
    lengths = await call("lean_hammer_premise", line=4, **place)
    assert lengths["items"][0].keys() == {"name", "kind", "type", "score"}
    assert "List.length_append" in [each["name"] for each in lengths["items"]]
    roots = await call("lean_hammer_premise", line=7, **place)
    assert "Real.mul_self_sqrt" in [each["name"] for each in roots["items"]]
    nowhere = await call("lean_hammer_premise", line=1, **place)
    assert (nowhere["ok"], nowhere["status"]) == (False, "no_goal_at_position")
    (root / "P.lean").unlink()


def test_premises_share_rare_constants_with_the_goal():
    theorems = {
        "Nat.add_comm": "Eq HAdd.hAdd Nat",
        "Nat.gcd_comm": "Eq Nat.gcd Nat",
        "Nat.le_add": "LE.le HAdd.hAdd Nat",
        "List.map_id": "Eq List.map List id",
    }
    selector = SharedSymbols([Premise(name, frozenset(has.split())) for name, has in theorems.items()])
    chosen = selector.select("a b : ℕ\n⊢ Eq (Nat.gcd a b) (Nat.gcd b a)", 2)
    assert [each.name for each in chosen] == ["Nat.gcd_comm", "Nat.add_comm"]
    assert 0.99 < chosen[0].score <= 1
    assert chosen[1].score < chosen[0].score
    assert selector.select("⊢ Unheard.of x", 5) == []


async def test_wrong_calls_are_told_in_one_line(call, root, tmp_path):
    (tmp_path / "secret.lean").write_text("theorem x : True := trivial")
    (root / "link.lean").symlink_to(tmp_path / "secret.lean")
    (root / "notes.txt").write_text("x")
    for path in (
        "../secret.lean",
        str(tmp_path / "secret.lean"),
        "link.lean",
        "none.lean",
        "notes.txt",
        "a\0b.lean",
    ):
        refused = await call("lean_goal", file_path=path, line=1)
        assert (refused["success"], refused["error_code"]) == (False, "input")
        assert refused["hint"]
    for arguments in (
        {"name": "lean_goal", "file_path": "A.lean", "line": "x"},
        {"name": "lean_goal", "file_path": "A.lean", "line": 0},
        {"name": "lean_goal", "file_path": "A.lean", "line": 900},
        {"name": "lean_run_code", "code": " "},
        {"name": "lean_run_code", "code": "#eval 1", "timeout_s": 900},
        {"name": "lean_nothing"},
        {"name": "verify_proof", "content": "theorem x : True := trivial"},
        {"name": "verify_proof", "content": "theorem x : True := trivial", "lock": "abc"},
        {"name": "lean_verify", "file_path": "A.lean", "theorem_name": "nobody"},
        {"name": "lean_proof_state", "code": "theorem x : 1 + = 2"},
    ):
        answer = await call(**arguments)
        assert (answer["success"], answer["status"]) == (False, "failed")
        assert answer["hint"]
    (root / "link.lean").unlink()


def test_a_long_result_is_cut_at_its_end_and_says_so():
    result = {
        "success": True,
        "ok": True,
        "status": "complete",
        "items": [{"message": f"{i}" * 900} for i in range(99)],
    }
    cut = fitted(result, 5_000)
    assert len(json.dumps(cut, ensure_ascii=False)) < 5_500
    assert cut["partial"]
    assert cut["items"][0]["message"].startswith("0" * 400)
    assert cut["truncated"][0] == {"field": "items", "shown": len(cut["items"]), "of": 99}
    assert fitted(cut | {"items": []}, 5_000)["items"] == []


def arguments_for(root, *more):
    return ["-m", "prover", "mcp", "--root", str(root), "--engines", "1", *more]


async def test_the_command_speaks_over_stdio_and_ends_with_its_client(root, engine_command):
    kept = {name: os.environ[name] for name in ("PROVER_HOME", "PROVER_POLICY") if name in os.environ}
    params = StdioServerParameters(command=sys.executable, args=arguments_for(root), env=kept)
    async with Client(stdio_client(params)) as client:
        assert "lock_statement" in client.instructions
        answer = (
            await client.call_tool("lean_run_code", {"code": "theorem x : True := trivial"})
        ).structured_content
    assert answer["ok"]


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
async def test_a_signal_ends_the_command_while_its_client_is_there(root, number, code):
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments_for(root), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    client = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    calls = [
        {"id": 1, "method": "initialize", "params": client},
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "lean_run_code", "arguments": {"code": "#check Nat"}},
        },
        {
            "id": 3,
            "method": "tools/call",
            "params": {"name": "lean_run_code", "arguments": {"code": ENDLESS}},
        },
    ]
    for each in calls:
        process.stdin.write(json.dumps({"jsonrpc": "2.0"} | each).encode() + b"\n")
        await process.stdin.drain()
    assert {json.loads(await process.stdout.readline())["id"] for _ in range(2)} == {1, 2}
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 30) == code


@pytest.mark.long
async def test_the_command_speaks_over_http_and_ends_in_order(root):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments_for(root, "--transport", "streamable-http", "--port", "0"),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        address = re.search(r"http://\S+/mcp", (await process.stderr.readline()).decode())[0]
        async with Client(address) as client, Client(address) as other:
            for each in (client, other):
                answer = (await each.call_tool("lean_run_code", {"code": "#check Nat"})).structured_content
                assert answer["ok"]
    finally:
        process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 143


def prover(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "prover", *arguments], capture_output=True, text=True, timeout=120
    )


def test_the_skill_names_tools_that_are_there(tmp_path):
    skill = write_skill(tmp_path / "skills")
    assert skill == tmp_path / "skills" / "prover-lean" / "SKILL.md"
    assert set(re.findall(r"`((?:lean|prove|verify|lock|fill)_\w+)`", skill.read_text())) <= set(
        TOOLS.split()
    )


@pytest.mark.long
def test_what_cannot_be_served_is_refused_in_one_line(tmp_path):
    done = prover("mcp", "--install-skill", str(tmp_path / "skills"))
    assert (done.returncode, done.stdout.strip()) == (
        0,
        str(tmp_path / "skills" / "prover-lean" / "SKILL.md"),
    )
    elsewhere = prover("mcp", "--transport", "streamable-http", "--host", "0.0.0.0")
    assert (elsewhere.returncode, elsewhere.stdout) == (2, "")
    assert elsewhere.stderr.startswith("error: prover mcp listens on this machine only")
    nowhere = prover("mcp", "--root", str(tmp_path / "none"))
    assert (nowhere.returncode, nowhere.stderr.startswith("error: --root")) == (2, True)
