"""What Lean makes of statements over the pocket library: numerals, coercions, exponents, sums, sets.

`data/statement_types.txt` has 70 statements of the kinds that are easily read otherwise than Mathlib reads them, each
with its type, read once by eye; `scripts/statement_types.py` writes it. `data/minif2f_valid_types.json` has digests of
the full types of miniF2F's valid split, whose statements are not here: name a JSONL of them in PROVER_MINIF2F_VALID.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prover.lean.process.repl import open_engine
from prover.lean.reading.prelude import CORE_NAMESPACES, POCKET_NAMESPACES, core_header

SCRIPT = Path(__file__).parent.parent / "scripts" / "statement_types.py"
DATA = Path(__file__).parent / "data"


def write_types(problems, folder):
    """Run the script; return its exit code, what it printed, the types and the digests."""
    out, digests = folder / "types.txt", folder / "types.json"
    done = subprocess.run(
        [sys.executable, SCRIPT, problems, out, "--digests", digests], stdout=subprocess.PIPE, text=True
    )
    return done.returncode, done.stdout, out.read_text(), json.loads(digests.read_text())


def test_statements_have_the_types_that_they_had(tmp_path):
    problems = DATA / "statements.jsonl"
    code, told, types, digests = write_types(problems, tmp_path)
    assert (code, told) == (0, "70 of 70 statements\n")
    assert types == (DATA / "statement_types.txt").read_text()
    assert list(digests) == [json.loads(line)["name"] for line in problems.read_text().splitlines()]


@pytest.mark.long
def test_minif2f_has_the_types_that_it_had(tmp_path):
    problems = os.environ.get("PROVER_MINIF2F_VALID")
    if problems is None:
        pytest.skip("PROVER_MINIF2F_VALID does not name a JSONL of miniF2F's valid split")
    code, _, _, digests = write_types(problems, tmp_path)
    assert code == 0
    assert digests == json.loads((DATA / "minif2f_valid_types.json").read_text())


@pytest.mark.long
def test_what_does_not_elaborate_is_named_and_left_out(tmp_path):
    header = "import Mathlib\n\nopen Real Polynomial\n\n"
    statements = {
        "good": "theorem good (x : ℝ) : x / 2 = 1 / 2 * x",
        "letter_of_mathlib": "theorem letter_of_mathlib (x : ℝ) : X + x = x",
        "missing": "theorem missing (A : Matrix (Fin 2) (Fin 2) ℝ) : A = A",
        "tight_root": "theorem tight_root (f : ℝ → ℝ) : √f 2 = 2",
    }
    problems = tmp_path / "problems.jsonl"
    problems.write_text(
        "\n".join(
            json.dumps({"name": name, "header": header, "statement": statement})
            for name, statement in statements.items()
        )
    )
    code, told, types, digests = write_types(problems, tmp_path)
    first, *refused = told.splitlines()
    assert (code, first, list(digests)) == (1, "1 of 4 statements", ["good"])
    assert [line.partition(":")[0] for line in refused] == list(statements)[1:]
    assert "∀ (x : ℝ), x / (2 : ℝ) = (1 / 2 : ℝ) * x" in types


@pytest.mark.parametrize(
    ("header", "binds"),
    [
        ("import Mathlib\nopen BigOperators Real Nat Topology Rat\n", True),
        ("import Mathlib\nopen scoped BigOperators\nopen Finset Set Function\n", True),
        ("import Mathlib\nopen Real Polynomial\n", False),
        ("import Mathlib\nopen scoped Polynomial\n", False),
        ("import Mathlib\nnamespace Own\nend Own\nopen Own\n", True),
        ("open Real\n", False),
    ],
)
def test_letters_are_bound_unless_mathlib_may_declare_them(header, binds):
    """Mathlib has `X` in `Polynomial`: where that namespace is opened and not there, `X` is no variable."""
    assert ("autoImplicit false" not in core_header(header, pocket=True).split("namespace")[0]) is binds


async def test_the_known_namespaces_are_there(engine_command):
    text = "import Pocket\n" + "\n".join(
        f"open {name}" for name in sorted(CORE_NAMESPACES | POCKET_NAMESPACES)
    )
    async with open_engine(engine_command, 60) as ask:
        assert (await ask({"cmd": text})).get("messages", []) == []
