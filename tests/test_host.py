"""The embedded engine itself, spoken to over its protocol (docs/protocol.md)."""

import asyncio
import json
import subprocess
import sys
import time

import psutil
import pytest

from prover.lean.process.repl import Repl
from prover.lean.reading.prelude import prelude

FOO = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"
COMPLETED = "Completed"
OPEN = "Incomplete: open goals remain"
SORRY = "Incomplete: contains sorry"


@pytest.fixture(scope="module")
async def engine(engine_command):
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()


async def open_goal(engine, text):
    return (await engine.request({"cmd": text}, 60))["sorries"][0]["proofState"]


async def apply(engine, state, tactic, **limits):
    return await engine.request({"tactic": tactic, "proofState": state, **limits}, 60)


async def test_announces_itself(engine):
    assert engine.lean_version.startswith("4.28.0")
    assert {
        "tactics",
        "limits",
        "drop",
        "declarations",
        "export",
        "check",
        "stats",
        "reset",
    } <= engine.extensions


async def test_a_command_reports_messages_sorries_and_an_environment(engine):
    reply = await engine.request({"cmd": FOO}, 60)
    assert isinstance(reply["env"], int)
    assert reply["messages"] == [
        {
            "severity": "warning",
            "pos": {"line": 1, "column": 8},
            "endPos": {"line": 1, "column": 11},
            "data": "declaration uses `sorry`",
        }
    ]
    (sorry,) = reply["sorries"]
    assert sorry["goal"] == "a b : Nat\nh : a < b\n⊢ a + 1 ≤ b"
    assert sorry["pos"] == {"line": 1, "column": 54}
    assert sorry["endPos"] == {"line": 1, "column": 59}


AFTER_THE_PREAMBLE = [
    "",
    "theorem t (n : ℕ) : n + 0 = n := by sorry\n",
    "   \n\n  open Nat\n/-- Doc. -/\nlemma x : True := trivial\ntheorem t : (2 : ℤ) = nope := by simp\n",
    "-- a comment\ntheorem t (h : p) : True := by sorry",
    "/-- Doc. -/ theorem t : True := trivial",
    "(3)\ntheorem t : True := trivial",
    "in theorem t (n : ℕ) : n = n := by rfl",
    "namespace A\nvariable (n : ℚ)\ntheorem t : n = n := by\n  sorry\nend A\ntheorem : x",
    "theoremt",
    "\u00a0theorem t : True := trivial",
    "\ttheorem t : True := trivial",
    "theorem\u00a0t : True := trivial",
    "set_option autoImplicit true in\ntheorem t (x : α) : x = x := by rfl",
]


@pytest.mark.parametrize("text", AFTER_THE_PREAMBLE)
async def test_the_preamble_from_the_image_changes_nothing(engine, text):
    """A text that begins with the preamble skips it; with a blank line before it, it is read as ever."""
    quick = await engine.request({"cmd": prelude() + text}, 60)
    slow = await engine.request({"cmd": "\n" + prelude() + text}, 60)

    def comparable(reply):
        told = []
        for each in (*reply.get("messages", []), *reply.get("sorries", [])):
            told.append({**each, "proofState": None})
        return told

    def moved(told):
        for each in told:
            for place in ("pos", "endPos"):
                if each[place] is not None:
                    each[place] = {**each[place], "line": each[place]["line"] - 1}
        return told

    assert comparable(quick) == moved(comparable(slow))


async def test_columns_count_code_points(engine):
    reply = await engine.request({"cmd": "example (α : Type) (𝔽 : α) : 𝔽 = 𝔽 := nope"}, 60)
    assert reply["messages"][0]["pos"] == {"line": 1, "column": 38}


async def test_messages_of_every_command_are_reported(engine):
    """Each command replaces the message log: once only the last command's errors came through."""
    text = "theorem a : 1 = 2 := by decide\ntheorem b : 2 = 2 := by decide\n#check b\ntheorem c : 1 = := by"
    reply = await engine.request({"cmd": text}, 60)
    assert [(m["severity"], m["pos"]["line"]) for m in reply["messages"]][:2] == [("error", 1), ("info", 3)]
    assert reply["messages"][-1]["severity"] == "error"
    assert reply["messages"][-1]["pos"]["line"] == 4


async def test_environments_carry_scopes_on(engine):
    first = await engine.request({"cmd": "namespace A\nvariable (n : Nat)\ndef twice := n + n"}, 60)
    second = await engine.request({"cmd": "#check twice n", "env": first["env"]}, 60)
    assert second["messages"][0]["data"] == "twice n : Nat"
    fresh = await engine.request({"cmd": "#check twice"}, 60)
    assert fresh["messages"][0]["severity"] == "error"


async def test_imports(engine):
    reply = await engine.request({"cmd": "import Std\n#check Std.HashMap"}, 60)
    assert reply["messages"][0]["severity"] == "info"
    reply = await engine.request({"cmd": "import Physlib\ntheorem x : 1 = 1 := rfl"}, 60)
    assert reply["message"].startswith("unknown import Physlib")
    assert "no Physlib" in reply["message"]
    reply = await engine.request({"cmd": "import Init.Nope"}, 60)
    assert "Init.Nope" in reply["message"]


async def test_declarations_give_byte_ranges(engine):
    text = "namespace A\n/-- α -/\n@[simp] theorem foo (n : Nat) : n = n := by\n  sorry\nexample : True := trivial"
    reply = await engine.request({"cmd": text, "declarations": True}, 60)
    theorem, example = reply["declarations"]
    data = text.encode()
    assert (theorem["kind"], theorem["name"], theorem["fullName"]) == ("theorem", "foo", "A.foo")
    assert data[slice(*theorem["head"])].decode() == "/-- α -/\n@[simp] theorem foo (n : Nat) : n = n"
    assert data[slice(*theorem["value"])].decode() == ":= by\n  sorry"
    assert (example["kind"], example["fullName"]) == ("example", None)


async def test_an_instance_may_have_a_name(engine):
    text = (
        "namespace A\ninstance (priority := low) b.c : Inhabited Nat := ⟨0⟩\ninstance : Inhabited Int := ⟨0⟩"
    )
    named, nameless = (await engine.request({"cmd": text, "declarations": True}, 60))["declarations"]
    assert (named["kind"], named["fullName"]) == ("instance", "A.b.c")
    assert (nameless["kind"], nameless["fullName"]) == ("instance", None)


async def test_states_can_be_branched_from(engine):
    state = await open_goal(engine, "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry")
    first = await apply(engine, state, "constructor")
    assert first["goals"] == [
        "case left\np q : Prop\nhp : p\nhq : q\n⊢ p",
        "case right\np q : Prop\nhp : p\nhq : q\n⊢ q",
    ]
    assert first["proofStatus"] == OPEN
    half = await apply(engine, first["proofState"], "exact hp")
    assert len(half["goals"]) == 1
    assert (await apply(engine, first["proofState"], "case right => exact hq"))["goals"] == [
        first["goals"][0]
    ]
    assert (await apply(engine, first["proofState"], "all_goals assumption"))["proofStatus"] == COMPLETED
    assert (await apply(engine, half["proofState"], "exact hq"))["proofStatus"] == COMPLETED


async def test_metavariables_are_shared_between_goals(engine):
    state = await open_goal(engine, "theorem t : ∃ n : Nat, n * 2 = 6 := by sorry")
    both = await apply(engine, state, "refine ⟨?w, ?h⟩")
    assert len(both["goals"]) == 2
    assert "?w * 2 = 6" in both["goals"][1] or "?w * 2 = 6" in both["goals"][0]
    chosen = await apply(engine, both["proofState"], "case w => exact 3")
    assert chosen["goals"] == ["case h\n⊢ 3 * 2 = 6"]
    assert (await apply(engine, chosen["proofState"], "rfl"))["proofStatus"] == COMPLETED


async def test_tactics_that_span_lines(engine):
    state = await open_goal(engine, "theorem t (n : Nat) : 0 + n = n := by sorry")
    block = "induction n with\n| zero => rfl\n| succ n ih =>\n  rw [← Nat.add_assoc]\n  rw [ih]"
    assert (await apply(engine, state, block))["proofStatus"] == COMPLETED
    assert (await apply(engine, state, "skip\nsimp"))["proofStatus"] == COMPLETED
    assert (await apply(engine, state, "  skip; simp  -- done"))["proofStatus"] == COMPLETED
    assert (await apply(engine, state, "-- first\n/- then -/\nskip\nsimp"))["proofStatus"] == COMPLETED


@pytest.mark.parametrize(
    "tactic",
    [
        "exact nope",
        "exact (nope : a + 1 ≤ b)",
        "have := nope; omega",
        "skip)",
        "skip\n\ntheorem bad : False := sorry",
        "this is ((",
        "",
        "exact absurd h (by nope)",
    ],
)
async def test_a_failing_tactic_is_an_error(engine, tactic):
    state = await open_goal(engine, FOO)
    assert (await apply(engine, state, tactic))["message"].startswith("Lean error:\n")


@pytest.mark.parametrize(
    "tactic",
    [
        "sorry",
        "exact sorry",
        "have : a = b := by sorry\nomega",
        "exact absurd h (by\n  sorry)",
        "first | nope | sorry",
    ],
)
async def test_sorry_is_never_completed(engine, tactic):
    state = await open_goal(engine, FOO)
    reply = await apply(engine, state, tactic)
    assert reply.get("proofStatus", SORRY) == SORRY
    assert "proofStatus" in reply or "message" in reply


async def test_a_goal_that_was_lost_is_not_completed(engine):
    state = await open_goal(engine, "theorem t : ∃ n : Nat, n = n := by sorry")
    reply = await apply(engine, state, "refine ⟨?_, rfl⟩")
    assert reply.get("proofStatus") == OPEN


async def test_a_lemma_that_the_kernel_refuses_is_refused_where_it_is_made(engine):
    """The kernel is asked once, after the tactic: also about a step that leaves goals open."""
    state = await open_goal(engine, "theorem t : 1 = 2 ∧ True := by sorry")
    both = (await apply(engine, state, "constructor"))["proofState"]
    forged = "set_option debug.skipKernelTC true in decide +kernel"
    assert "the kernel refuses" in (await apply(engine, both, f"case left => {forged}"))["message"]
    assert "proofStatus" not in await apply(engine, both, "case left => decide +kernel")
    assert (await apply(engine, both, f"case left => {forged}\ntrivial"))["proofStatus"].startswith("Error")


async def test_a_tactic_that_asks_the_kernel_hears_its_answer(engine):
    state = await open_goal(engine, "theorem t : 1 = 2 ∨ 2 = 2 := by sorry")
    either = "first | (left; decide +kernel) | (right; decide +kernel)"
    assert (await apply(engine, state, either))["proofStatus"] == COMPLETED


async def test_lemmas_of_earlier_steps_count(engine):
    state = await open_goal(engine, "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b ∧ a ≠ b := by sorry")
    for tactic in ("have k : a + 2 ≤ b + 1 := by omega", "constructor", "omega", "skip", "omega"):
        reply = await apply(engine, state, tactic)
        state = reply["proofState"]
    assert reply["proofStatus"] == COMPLETED
    assert (await apply(engine, state, "skip"))["proofStatus"] == COMPLETED


async def test_several_tactics_in_one_request(engine):
    state = await open_goal(engine, FOO)
    reply = await engine.request({"tactics": ["skip", "nope", "omega", "simp"], "proofState": state}, 60)
    skipped, failed, done = reply["results"]
    assert skipped["proofStatus"] == OPEN
    assert "message" in failed
    assert done["proofStatus"] == COMPLETED


async def test_heartbeats_end_the_tactic_not_the_engine(engine):
    state = await open_goal(
        engine, "theorem t (f : Nat → Nat) (h : ∀ x, f x = f (x + 1)) : f 0 = f 40 := by sorry"
    )
    reply = await apply(engine, state, "simp [h]", heartbeats=50)
    assert reply["timeout"] == "heartbeats"
    assert (await apply(engine, state, "skip"))["proofStatus"] == OPEN


async def test_wall_time_ends_the_tactic_not_the_engine(engine):
    state = await open_goal(engine, "theorem t : ∀ x : Fin 100000, x.val < 100001 := by sorry")
    reply = await apply(engine, state, "decide +kernel", timeLimit=300)
    assert reply["timeout"] == "time"
    assert (await apply(engine, state, "intro x; exact Nat.lt_succ_of_lt x.isLt"))["proofStatus"] == COMPLETED


async def test_wall_time_of_a_command(engine):
    text = "theorem t : ∀ x : Fin 100000, x.val < 100001 := by decide +kernel"
    assert (await engine.request({"cmd": text, "timeLimit": 300}, 60))["timeout"] == "time"


async def test_deep_recursion_is_fatal_and_says_so(engine_command):
    repl = await Repl.start(engine_command)
    state = await open_goal(repl, FOO)
    tactics = ["skip", "set_option maxRecDepth 1000000000 in repeat skip", "omega"]
    skipped, broken = (await repl.request({"tactics": tactics, "proofState": state}, 60))["results"]
    assert skipped["proofStatus"] == OPEN
    assert broken["fatal"] is True
    assert "deep recursion" in broken["message"]
    await repl.close()


@pytest.mark.long
async def test_kernel_recursion_does_not_run_into_static_data(engine):
    """The module's own stack is 64 KB above its data; this once ended in an access out of bounds, or worse."""
    state = await open_goal(engine, "theorem t : ∀ x : Fin 2000, x.val < 2001 := by sorry")
    reply = await apply(engine, state, "decide +kernel", timeLimit=20_000)
    assert not reply.get("fatal")
    assert (await apply(engine, state, "intro x; omega"))["proofStatus"] == COMPLETED


async def test_dropping(engine):
    state = await open_goal(engine, FOO)
    reply = await apply(engine, state, "skip")
    dropped = await engine.request({"drop": {"proofStates": [state, reply["proofState"], 10**6]}}, 60)
    assert dropped == {"dropped": 2}
    assert await apply(engine, state, "skip") == {"message": "Unknown proof state."}
    assert await engine.request({"cmd": "#check 1", "env": 10**6}, 60) == {"message": "Unknown environment."}


@pytest.mark.long
async def test_memory_stays_where_it_is(engine):
    """Reading a reference once took a count too many, and every state ever made stayed in memory."""

    async def heap(times):
        for _ in range(times):
            reply = await engine.request({"cmd": FOO}, 60)
            state = reply["sorries"][0]["proofState"]
            made = [
                await apply(engine, state, tactic) for tactic in ("cases a", "simp", "have := h", "omega")
            ]
            states = [state, *(r["proofState"] for r in made if "proofState" in r)]
            await engine.request({"drop": {"proofStates": states, "envs": [reply["env"]]}}, 60)
        return (await engine.request({"stats": True}, 60))["stats"]["heapBytes"]

    before = await heap(20)
    assert await heap(150) - before < 2_000_000


async def test_requests_that_make_no_sense(engine):
    assert "message" in await engine.request({"what": 1}, 60)
    assert "Could not read" in (await engine.request({"path": "/nowhere/x.lean"}, 60))["message"]


async def test_an_import_behind_a_command_is_an_error_and_never_passed_over(engine):
    for text in (
        "/-! about -/\nimport Init\ntheorem t : False := x",
        "theorem t : True := trivial\nimport Init",
    ):
        (said,) = (await engine.request({"cmd": text}, 60))["messages"]
        assert (said["severity"], said["data"].startswith("invalid 'import' command")) == ("error", True)


def test_any_client_can_drive_it(engine_command):
    """Requests over several lines, blank lines between, garbage: as the community REPL takes them."""
    text = '{"cmd":\n "theorem a : 1 = 1 := by sorry"}\n\n\nnot json\n\n{"tactic": "rfl", "proofState": 0}'
    done = subprocess.run(engine_command.argv, input=text, capture_output=True, text=True, timeout=280)
    ready, first, garbage, last = map(json.loads, filter(None, done.stdout.split("\n\n")))
    assert "ready" in ready
    assert first["sorries"][0]["goal"] == "⊢ 1 = 1"
    assert garbage["message"].startswith("Could not parse JSON")
    assert last["proofStatus"] == COMPLETED
    assert done.returncode == 0
    assert done.stderr == ""


ORPHAN = """
import json, subprocess, sys, time
engine = subprocess.Popen(json.loads(sys.argv[1]), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
ask = lambda request: engine.stdin.write(json.dumps(request).encode() + b"\\n\\n")
engine.stdout.readline()
ask({"cmd": "theorem t : ∀ x : Fin 10000000, x = x := by decide +kernel"})
engine.stdin.flush()
print(engine.pid, flush=True)
time.sleep(60)
"""


def test_a_busy_engine_does_not_outlive_its_parent(engine_command):
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, json.dumps(engine_command.argv)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        engine = psutil.Process(int(parent.stdout.readline()))
        time.sleep(1.5)
        assert engine.is_running()
        parent.kill()
    _, alive = psutil.wait_procs([engine], timeout=250)
    assert not alive


MEDDLING = """import Lean
def here := 1
theorem t : True := (by_elab do
  IO.FS.writeFile "/tmp/here" "1"
  return Lean.mkConst ``True.intro)
"""
THREADED = """import Lean
theorem t : True := (by_elab do
  let task ← IO.asTask (prio := .dedicated) (pure 7)
  let _ ← IO.wait task
  return Lean.mkConst ``True.intro)
"""
LASTING_THREADS = """import Lean
theorem t : True := (by_elab do
  let cell ← IO.mkRef 60000000
  let _ ← IO.asTask (prio := .dedicated) (do
    let n ← cell.get
    IO.sleep (3 ^ n % 7).toUInt32)
  let _ ← IO.asTask (prio := .dedicated) (IO.sleep 100000)
  return Lean.mkConst ``True.intro)
"""


async def test_a_reset_makes_everything_new(engine_command):
    repl = await Repl.start(engine_command)
    new = (await repl.request({"stats": {}}, 60))["stats"]
    first = await repl.request({"cmd": FOO}, 60)
    for _ in range(3):
        meddling = await repl.request({"cmd": MEDDLING}, 60)
        assert "read-only file system" in meddling["messages"][0]["data"]
        await apply(repl, first["sorries"][0]["proofState"], "omega")
        assert await repl.request({"reset": {}}, 60) == {"reset": True}
        stats = (await repl.request({"stats": {}}, 60))["stats"]
        assert stats | {"rssBytes": 0} == new | {"rssBytes": 0}
        assert (await apply(repl, 0, "omega"))["message"] == "Unknown proof state."
        assert (await repl.request({"cmd": FOO}, 60)) == first
    gone = await repl.request({"cmd": "#check here"}, 60)
    assert "nknown" in gone["messages"][0]["data"]
    await repl.close()


@pytest.mark.long
@pytest.mark.parametrize("text", [THREADED, LASTING_THREADS])
async def test_a_reset_ends_threads(engine_command, text):
    repl = await Repl.start(engine_command)
    process = psutil.Process(repl.pid)
    new, first = await repl.request({"stats": {}}, 60), await repl.request({"cmd": FOO}, 60)
    threads = process.num_threads()
    for _ in range(3):
        assert "messages" not in await repl.request({"cmd": text}, 60)
        assert (process.num_threads() == threads + 2) == (text == LASTING_THREADS)
        assert await repl.request({"reset": {}}, 60) == {"reset": True}
        assert process.num_threads() <= threads
        stats = await repl.request({"stats": {}}, 60)
        assert stats["stats"] | {"rssBytes": 0} == new["stats"] | {"rssBytes": 0}
        assert await repl.request({"cmd": FOO}, 60) == first
        await repl.request({"reset": {}}, 60)
    before = sum(process.cpu_times()[:2])
    await asyncio.sleep(0.5)
    assert sum(process.cpu_times()[:2]) - before < 0.2
    await repl.close()
