"""However a valid declaration is written down and handed over, Lean is asked the same and answers the same.

The slow test tries 2,000 changed texts:

    pytest -m slow tests/test_changed_texts.py
"""

import re

import pytest
from changed_texts import DECLARATIONS, WRAPPER, changed_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prover.filling.search import Found
from prover.filling.text import SourceFile
from prover.filling.verify import FileVerifier, Verified, verify_declaration
from prover.lean.process.repl import Repl, open_engine
from prover.lean.reading.holes import read_holes
from prover.lean.reading.source import theorem_from_file, theorem_from_text
from prover.lean.reading.text import Edit, LeanText
from prover.lean.trust.verify import Certificate, KernelVerifier
from prover.problems.records import read_records

FEW = 12
MANY = 2000
WAYS = ("theorem", "stdin", "file", "records", "whole file")
VALUES = ("", "\n:= by sorry", " := sorry", " := by\n  nonsense")
SHOWN = "set_option pp.notation false\nset_option pp.fullNames true\nset_option pp.universes true\n#check @_root_.{}"
CHECKED = {
    "suppress_health_check": list(HealthCheck),
    "deadline": None,
    "derandomize": True,
    "database": None,
}


def plain(name):
    return name.replace("«", "").replace("»", "")


def quoted(name):
    return ".".join(f"«{plain(part)}»" for part in re.findall("«[^»]*»|[^.«»]+", name))


class Lean:
    """One engine that reads texts, and what checks proofs."""

    def __init__(self, repl, command, verifier, folder):
        self.repl, self.command, self.verifier = repl, command, verifier
        self.path, self.records = folder / "F.lean", folder / "set.jsonl"
        self.expected = {}

    async def ask(self, request):
        reply = await self.repl.request(request, 300.0)
        if "env" in reply:
            states = [each["proofState"] for each in reply.get("sorries", [])]
            await self.repl.request({"drop": {"envs": [], "proofStates": states}}, 300.0)
        return reply

    async def shown(self, theorem):
        """The theorem's type, in full, as the text that is searched and checked states it."""
        text = f"{theorem.file_with_proof('sorry')}{SHOWN.format(quoted(theorem.name))}"
        reply = await self.repl.request({"cmd": text}, 300.0)
        states = [each["proofState"] for each in reply.get("sorries", [])]
        await self.repl.request({"drop": {"envs": [reply["env"]], "proofStates": states}}, 300.0)
        [said] = [each["data"] for each in reply["messages"] if each["severity"] == "info"]
        return said.partition(" : ")[2].replace(f"{WRAPPER}.", "")

    async def statement(self, declaration):
        """What Lean makes of the declaration as it is."""
        if declaration not in self.expected:
            text = "\n".join([*declaration.context, declaration.written("Some.plain")])
            self.expected[declaration] = await self.shown(await theorem_from_text(self.ask, text))
        return self.expected[declaration]

    async def read(self, way, changed, value):
        """The theorem as it is read this way, and the file and the unit of a whole file."""
        if way == "theorem":
            return await theorem_from_text(self.ask, changed.text(value))
        if way == "stdin":
            return await theorem_from_text(self.ask, LeanText.decode(changed.text(value).encode(), "it").text)
        if way == "file":
            self.path.write_bytes(changed.text(value or VALUES[1]).encode())
            return await theorem_from_file(self.ask, self.path, changed.full_name)
        if way == "records":
            self.records.write_bytes(changed.record(value))
            [problem] = read_records(self.records)
            return problem.theorem(core=True)
        _, hole = await self.hole(changed)
        return hole.theorem

    async def hole(self, changed):
        """The changed text as a whole file, and its one hole."""
        self.path.write_bytes(changed.text(VALUES[1]).encode())
        file = await read_holes(self.ask, SourceFile.read(self.path).text, "F.lean")
        [hole] = file.holes
        return file, hole

    async def outcome(self, way, changed, theorem):
        """What comes of the proof: a certificate's statement, or a reason."""
        if way != "whole file":
            checked = await self.verifier.verify(theorem, changed.declaration.proof)
            return checked if isinstance(checked, Certificate) else checked.message
        file, hole = await self.hole(changed)
        proof = changed.declaration.proof
        verifier = FileVerifier(
            ask=lambda: open_engine(self.command, 300.0),
            open=lambda: KernelVerifier(self.command, timeout_s=300.0),
        )
        found = Found(hole=hole, proof=proof, edit=Edit(start=hole.start, end=hole.end, text=f"({proof})"))
        judged = await verify_declaration(file, hole.unit, [found], verifier)
        return judged.certificate if isinstance(judged, Verified) else str(judged)


@pytest.fixture(scope="module")
async def lean(engine_command, tmp_path_factory):
    repl = await Repl.start(engine_command)
    async with KernelVerifier(engine_command, timeout_s=300.0) as verifier:
        yield Lean(repl, engine_command, verifier, tmp_path_factory.mktemp("texts"))
    await repl.close()


async def check(lean, changed, value, way):
    """Every way in gives the same statement; the outcome is looked at for one of them."""
    expected = await lean.statement(changed.declaration)
    for each in WAYS:
        theorem = await lean.read(each, changed, value)
        assert plain(theorem.name) == plain(changed.full_name), each
        assert await lean.shown(theorem) == expected, each
        if each == way:
            outcome = await lean.outcome(way, changed, theorem)
            assert isinstance(outcome, Certificate), f"{way}: {outcome}"


@pytest.mark.long
@settings(max_examples=FEW, **CHECKED)
@given(changed=changed_texts(), value=st.sampled_from(VALUES), way=st.sampled_from(WAYS[:-1]))
async def test_a_few_changed_texts(lean, changed, value, way):
    await check(lean, changed, value, way)


@pytest.mark.slow
@pytest.mark.timeout(0)
@settings(max_examples=MANY, **CHECKED)
@given(changed=changed_texts(), value=st.sampled_from(VALUES), way=st.sampled_from(WAYS))
async def test_many_changed_texts(lean, changed, value, way):
    await check(lean, changed, value, way)


@pytest.mark.slow
@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda each: each.head.replace("~", " ")[:40])
async def test_the_declarations_are_proved_as_they_are(lean, declaration):
    text = "\n".join([*declaration.context, declaration.written("Some.plain")])
    theorem = await theorem_from_text(lean.ask, text)
    checked = await lean.verifier.verify(theorem, declaration.proof)
    assert isinstance(checked, Certificate), checked
