"""The judge alone: terms that are forged, texts that do not belong together."""

import pytest

from cheats.forged import FORGERIES
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import RejectionKind

HONEST = Theorem(name="foo", statement="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")


@pytest.fixture(scope="module")
async def honest_terms(engines):
    return await engines.export(HONEST.file_with_proof("exact h"), "foo")


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.id)
async def test_a_forgery_is_refused(engines, forgery):
    theorem = Theorem(name="foo", statement=forgery.statement, header=forgery.header)
    source, original = theorem.file_with_proof("trivial"), theorem.file_with_proof("sorry")
    verdict = await engines.judge(source, original, "foo", forgery.build())
    assert not verdict.accepted, forgery.build.__doc__
    assert forgery.says in verdict.reason
    assert verdict.kind in set(RejectionKind) - {RejectionKind.UNKNOWN}


def test_forgeries_are_named_once():
    assert len({forgery.id for forgery in FORGERIES}) == len(FORGERIES) >= 100


async def test_the_honest_terms_are_accepted(engines, honest_terms):
    verdict = await engines.judge(
        HONEST.file_with_proof("exact h"), HONEST.file_with_proof("sorry"), "foo", honest_terms
    )
    assert verdict.accepted, verdict.reason


@pytest.mark.parametrize(
    ("source", "original", "name", "says"),
    [
        (
            "theorem foo : True := by\n  trivial",
            HONEST.file_with_proof("sorry"),
            "foo",
            "begin with the statement",
        ),
        (
            HONEST.file_with_proof("exact h"),
            "theorem foo : True := by\n  sorry",
            "foo",
            "begin with the statement",
        ),
        (
            HONEST.file_with_proof("exact h"),
            HONEST.file_with_proof("exact h"),
            "foo",
            "does not end in `sorry`",
        ),
        (
            HONEST.file_with_proof("exact h"),
            HONEST.file_with_proof("sorry"),
            "bar",
            "not what the text states",
        ),
        (
            HONEST.file_with_proof("exact h"),
            HONEST.file_with_proof("sorry"),
            "Nat.add_comm",
            "not what the text states",
        ),
        (HONEST.file_with_proof("exact h"), HONEST.file_with_proof("sorry"), "", "not what the text states"),
        ("axiom foo : False -- sorry", "axiom foo : False -- sorry", "foo", "has no proof"),
        ("trivial", "sorry", "foo", "error"),
        ("", "", "foo", "states nothing"),
        ("-- sorry", "-- sorry", "foo", "states nothing"),
        ("theorem foo : False := trivial", "theorem foo : False := sorry", "foo", "the kernel refuses foo"),
        ("theorem foo : 1 = 2 := by rfl", "theorem foo : 1 = 2 := by sorry", "foo", "the kernel refuses foo"),
        ("theorem foo : False := by\n  )", "theorem foo : False := by\n  sorry", "foo", "error in the proof"),
        ("#exit\ntheorem foo : True := x", "#exit\ntheorem foo : True := sorry", "foo", "states nothing"),
    ],
)
async def test_texts_that_do_not_belong_together(engines, honest_terms, source, original, name, says):
    verdict = await engines.judge(source, original, name, honest_terms)
    assert not verdict.accepted
    assert says in verdict.reason
