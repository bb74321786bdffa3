"""Every cheat as a file of somebody's, judged against the statement alone: nothing false is proved."""

import pytest

from cheats.test_proofs import CHEATS
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, KernelVerifier, file_verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def judge(engine_command):
    async with KernelVerifier(engine_command) as judge:
        yield judge


def imports_of(header):
    return "".join(f"{line}\n" for line in header.split("\n") if line.startswith("import "))


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS.keys())
async def test_a_file_of_cheats_proves_nothing_false(judge, cheat):
    file = cheat.theorem.file_with_proof(cheat.proof)
    bare = Theorem(name=cheat.name, statement=cheat.statement, header=imports_of(cheat.header))
    for theorem in dict.fromkeys([cheat.theorem, bare]):
        ruling = await file_verdict(judge, theorem, file)
        assert not isinstance(ruling, Certificate) or ruling.statement == "True"
