"""Line ends, byte order marks and encodings: Lean is shown what the user wrote, whatever way the text takes.

The bug these tests remember: `a = 10` was cut to `a = 1`, one byte for every carriage return, and proved.
"""

import asyncio
import json
import subprocess
import sys

import pytest

from prover.errors import InputError
from prover.lean.process.repl import Repl
from prover.lean.reading.lexical import theorem_in_file, theorem_in_text
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.reading.text import LeanText
from prover.policy.base import Suggestion, merge_duplicates
from prover.problems.lean_files import read_lean_files
from prover.problems.records import read_records

CUT = "theorem cut (a : Nat)\n    (h : a = 1) :\n    a = 10"
HEADED = f"def one := 1 -- ℕ\n\n/-- A doc\nstring. -/\n{CUT.replace('a = 1)', 'a = one)')}"


@pytest.fixture(scope="module")
async def ask(engine_command):
    repl = await Repl.start(engine_command)

    async def ask(request):
        return await repl.request(request, 60.0)

    yield ask
    await repl.close()


def crlf(text):
    return text.replace("\n", "\r\n")


def mixed(text):
    first, *lines = text.split("\n")
    return first + "".join(("\r\n" if i % 2 else "\n") + line for i, line in enumerate(lines))


CHANGES = [crlf, mixed, lambda text: "\ufeff" + text, lambda text: "\ufeff" + crlf(text) + "\r\n\r\n"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("text", [CUT, HEADED, f"{CUT} := by\n  sorry", "∀ a : Nat,\n  a = 1 →\n  a = 10"])
async def test_text(ask, text, change):
    expected = await theorem_from_text(ask, text)
    assert expected.statement.endswith("a = 10")
    assert await theorem_from_text(ask, change(text)) == expected
    assert theorem_in_text(change(text), str) == theorem_in_text(text, str)


@pytest.mark.parametrize("change", CHANGES)
async def test_file(ask, tmp_path, change, engine_command):
    text = f"{HEADED} := by\n  sorry\n\ntheorem next : 1 = 1 := by\n  sorry\n"
    path = tmp_path / "F.lean"
    path.write_text(text)
    expected = [await theorem_from_file(ask, path, name) for name in ("cut", "next")]
    found = await asyncio.to_thread(read_lean_files, [path], tmp_path, command=engine_command)
    lexical = [theorem_in_file(path, "cut"), *read_lean_files([path], tmp_path)]
    assert expected[0].statement.endswith("a = 10")
    path.write_bytes(change(text).encode())
    assert [await theorem_from_file(ask, path, name) for name in ("cut", "next")] == expected
    assert await asyncio.to_thread(read_lean_files, [path], tmp_path, command=engine_command) == found
    assert [theorem_in_file(path, "cut"), *read_lean_files([path], tmp_path)] == lexical


@pytest.mark.parametrize("change", CHANGES)
def test_records(tmp_path, change):
    path = tmp_path / "set.jsonl"
    record = {"name": "cut", "header": "import Std\n\ndef one := 1\n", "statement": CUT}
    path.write_text(json.dumps(record) + "\n")
    expected = read_records(path)
    assert expected[0].statement.endswith("a = 10")
    changed = {**record, "header": change(record["header"]), "statement": change(CUT)}
    path.write_bytes(change(json.dumps(changed) + "\n").encode())
    assert read_records(path) == expected


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"theorem foo :\n  1 = 1\r  ", "the text, 2:7: a carriage return"),
        (b"theorem foo :\r\r\n 1 = 1", "the text, 1:13: a carriage return"),
        (b"theorem\0 foo : 1 = 1", "the text, 1:7: a null character"),
        (b"theorem foo :\n 1 = \xff", "the text is not UTF-8 text: byte 20, in line 2"),
        ("theorem foo : 1 = 1".encode("utf-16"), "the text is not UTF-8"),
    ],
)
def test_what_is_no_lean_text(raw, said):
    with pytest.raises(InputError, match=said) as caught:
        LeanText.decode(raw, "the text")
    assert caught.value.advice


def test_half_a_character_is_not_replaced_by_something_else(tmp_path):
    """JSON can hold one; sent to Lean it would become a question mark."""
    path = tmp_path / "set.jsonl"
    path.write_text('{"name": "a", "statement": "theorem a : \\"\\ud835\\" = \\"?\\""}\n')
    [problem] = read_records(path)
    assert "half a character" in problem.unusable


@pytest.mark.parametrize("raw", ["", "\ufeff", "a", "a\r\nb", "\ufeff\r\n\r\na\nb\r\n", "𝕜\r\nℕ"])
def test_every_character_has_its_place(raw):
    given = LeanText.of(raw, "the text")
    places = given.places()
    assert len(places) == len(given.text) + 1
    assert "".join(raw[at] for at in places[:-1]) == given.text
    assert places[-1] == len(raw)


def test_separators_that_are_no_newlines_to_lean_end_no_line(tmp_path):
    """To Python U+2028 ends a line; a comment must not become code behind it."""
    path = tmp_path / "set.jsonl"
    header = "import Mathlib\n-- about\u2028axiom oops : False\x0bopen Nat\n"
    path.write_text(json.dumps({"name": "a", "header": header, "statement": "theorem a : 1 = 1"}) + "\n")
    [problem] = read_records(path)
    assert "-- about\u2028axiom oops : False\x0bopen Nat\n" in problem.theorem(core=True).header


async def test_offsets_count_in_the_text_as_it_was_sent(ask):
    sent = crlf(HEADED + " := by\n  sorry\n\ndef last :=\n  2")
    reply = await ask({"cmd": sent, "declarations": True})
    data = sent.encode()
    pieces = [data[slice(*each["range"])].decode() for each in reply["declarations"]]
    assert pieces == [
        "def one := 1",
        sent[sent.index("/--") : sent.index("\r\n\r\ndef")],
        "def last :=\r\n  2",
    ]
    _, cut, last = reply["declarations"]
    assert data[slice(*cut["head"])].decode().rstrip().endswith("a = 10")
    assert data[slice(*last["value"])].decode() == ":=\r\n  2"
    assert reply["sorries"][0]["pos"] == {"line": 8, "column": 2}


@pytest.mark.parametrize(
    "tactic",
    [
        "constructor\r\nexact hp\r\nexact hq",
        "constructor\r\n· exact hp\n· exact hq\r\n",
        "exact\r\n ⟨hp, hq⟩",
    ],
)
async def test_a_tactic_may_have_them_inside(ask, tactic):
    reply = await ask({"cmd": "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry"})
    state = reply["sorries"][0]["proofState"]
    assert (await ask({"tactic": tactic, "proofState": state})).get("proofStatus") == "Completed"


def test_models_may_write_them():
    [one] = merge_duplicates([Suggestion("intro x\r\n  simp", -1.0), Suggestion("intro x\n  simp\r\n", -2.0)])
    assert one == Suggestion("intro x\n  simp", -1.0)


BRIEFLY = ("--max-expansions", "1", "--no-disprove", "--json")


@pytest.mark.parametrize("change", [crlf, lambda text: "\ufeff" + text])
def test_stdin(change, engine_command):
    command = [sys.executable, "-m", "prover", "prove", "--theorem", "-", *BRIEFLY]
    done = subprocess.run(command, input=change(CUT).encode(), capture_output=True, timeout=240)
    assert done.returncode == 1, done.stderr.decode()
    assert json.loads(done.stdout)["statement"] == CUT


def test_command_line(engine_command):
    command = [sys.executable, "-m", "prover", "prove", *BRIEFLY, "--theorem"]
    done = subprocess.run([*command, crlf(CUT)], capture_output=True, timeout=240)
    assert done.returncode == 1, done.stderr.decode()
    assert json.loads(done.stdout)["statement"] == CUT
    done = subprocess.run([*command, b"theorem a : \xff = 1"], capture_output=True, timeout=240)
    assert done.returncode == 2
    assert "the theorem is not UTF-8 text" in done.stdout.decode() + done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
