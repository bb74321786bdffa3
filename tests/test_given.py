"""The statement that is proved is the one that was given: the judge takes it from the user's own text.

The bug these tests remember: a statement was cut short on its way to Lean, and everything after that was right.
"""

import dataclasses

import pytest

from prover.lean.process.repl import Repl
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.theorem import ENDING, Given, Theorem
from prover.lean.trust.verify import Certificate, Rejection
from prover.problems.records import read_records

TEXT = "def one := 1\n\ntheorem cut (a : Nat) (h : a = one) : a = 10 := by\n  unfold one at h; omega -- for example"
START = TEXT.index("theorem")
CUT = Theorem(
    name="cut",
    header=TEXT[:START],
    statement="theorem cut (a : Nat) (h : a = one) : a = 1",
)
PROOF = "unfold one at h; exact h"


@pytest.fixture(scope="module")
async def ask(engine_command):
    repl = await Repl.start(engine_command)

    async def ask(request):
        return await repl.request(request, 120.0)

    yield ask
    await repl.close()


def given(text, start=START):
    return dataclasses.replace(CUT, given=Given(text=text, start=start))


async def test_a_statement_that_was_cut_is_refused(verifier):
    """By itself the cut statement is right, and its proof, too."""
    assert isinstance(await verifier.verify(CUT, PROOF), Certificate)
    refused = await verifier.verify(given(TEXT), PROOF)
    assert isinstance(refused, Rejection)
    assert "the proved statement is not the given one" in refused.message
    assert refused.message.endswith("∀ (a : Nat), a = one → a = 1 is not ∀ (a : Nat), a = one → a = 10")


@pytest.mark.parametrize(
    "ending",
    [
        "",
        " := by\n  omega",
        " -- := trivial\n := sorry",
        "\n  | rfl => nonsense",
        " := by exact (",
        "\n\n#eval 1 +\n)",
    ],
)
async def test_whatever_value_it_has_is_left_out(verifier, ending):
    text = f"{TEXT[: TEXT.index('10')]}1{ending}{ENDING}"
    checked = await verifier.verify(given(text), PROOF)
    if ending.startswith("\n\n#eval"):
        assert isinstance(checked, Rejection)
    else:
        assert isinstance(checked, Certificate), checked
        assert checked.statement == "∀ (a : Nat), a = one → a = 1"


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        (TEXT.replace("10", "1"), START - 1, "states nothing"),
        (TEXT.replace("10", "1"), START + 10**6, "states nothing"),
        (TEXT.replace("10", "1").replace("one := 1", "one := 2"), START, "kernel refuses"),
        (
            TEXT.replace("10", "1").replace("theorem cut", "theorem tuc"),
            START,
            "cut is not what the text states",
        ),
        (TEXT.replace("10", "1").replace("def one :=", "def one =="), START, "error in the statement at 1:"),
        (TEXT.replace("10 :=", "1 ∧ ) :="), START, "error in the statement at 3:"),
        (f"{TEXT[:START]}theorem cut (a : Nat) (h : a = one) : a = 1", START, "error in the statement"),
    ],
)
async def test_what_is_not_what_was_given(verifier, text, start, said):
    refused = await verifier.verify(given(text, start), PROOF)
    assert isinstance(refused, Rejection)
    assert said in refused.message


WAYS = "namespace A\n/-- An example. -/\n@[simp] theorem t (n : Nat) : 0 + n = n -- note\n"


async def test_every_way_in_gives_the_text_along(ask, tmp_path, verifier):
    path = tmp_path / "F.lean"
    path.write_text(WAYS + ":= by\n  nonsense\n\ntheorem other : 1 = 2 := rfl\n")
    records = tmp_path / "set.jsonl"
    records.write_text(
        '{"name": "t", "header": "namespace A", "statement": "theorem t (n : Nat) : 0 + n = n -- note"}\n'
    )
    theorems = [
        await theorem_from_text(ask, WAYS),
        await theorem_from_file(ask, path, "t"),
        read_records(records)[0].theorem(core=True),
    ]
    for theorem in theorems:
        assert theorem.given is not None
        data = theorem.given.text.encode()[theorem.given.start :].decode()
        assert "0 + n = n -- note\n:= by" in data
        checked = await verifier.verify(theorem, "simp")
        assert isinstance(checked, Certificate), checked
        assert checked.statement.replace("ℕ", "Nat") == "∀ (n : Nat), 0 + n = n"
