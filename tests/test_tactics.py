"""The fence: what is let through, and what is not and why."""

import pytest

from prover.lean.environment import TacticState
from prover.lean.theorem import Theorem
from prover.lean.trust.tactics import MAX_LENGTH, check_tactic

PASS = [
    "omega",
    "simp [h₁, ← h₂] at h'",
    "rcases h with ⟨x, hx⟩ | ⟨y, hy⟩",
    "exact h'",
    "have h'' : a' = b' := by\n  rw [h']\n  ring",
    "norm_num -- sorry, this is only a comment",
    "/- sorry /- admit -/ native_decide -/ simp",
    'exact foo "sorry ) -- \\" ]"',
    'exact r#"sorry " ("#',
    "exact ('(' : Char)",
    "exact '\\'' = '\"'",
    "exact ⟨'\\u03b1', '\\x41'⟩",
    "exact f '' s ⊆ g ⁻¹' t",
    "calc ∑' i, f i = 0 := by simp",
    "induction n with\n| zero => rfl\n| succ n ih => simp [ih]",
    "exact List.prefix_of_eq h.prefix",
    "set_option maxRecDepth 1000 in simp",
    "open Nat in simp",
    "exact «a name».sorryful",
    "exact not_sorry sorry' unsafely",
    "intro x₁-- a comment right behind a name",
    "exact #[1, 2]",
    "exact λ x => x",
    "rw [<- h]",
]
REFUSE = {
    "": "empty",
    " \n-- nothing here": "empty",
    "simp\tat h": "U+0009",
    "simp\0": "U+0000",
    "simp \ud800": "U+D800",
    "sorry": "gives up",
    "exact sorry": "gives up",
    "exact (by admit)": "gives up",
    "simp;sorry": "gives up",
    "λsorry": "gives up",
    "exact f²sorry": "gives up",
    "exact x%sorry%2": "gives up",
    "stop": "gives up",
    "exact sorryAx _ false": "proved",
    "exact _root_.sorryAx _": "proved",
    "exact «sorryAx» _": "proved",
    "exact Lean.«ofReduceBool» a b h": "proved",
    "native_decide": "compiler",
    "decide +native": "compiler",
    "bv_decide": "compiler",
    "run_tac pure ()": "runs code",
    "exact eval% 3": "runs code",
    "exact by_elab pure x": "runs code",
    "unsafe exact h": "runs code",
    "simp\n#eval IO.println 1": "#eval",
    "omega\n\ntheorem evil : False := h": "command",
    "omega\nend Foo": "command",
    "set_option debug.skipKernelTC true in simp": "debug.skipKernelTC",
    "set_option «debug».skipKernelTC true in simp": "debug.skipKernelTC",
    "simp /- unfinished": "comment is not closed",
    "simp /- a /- b -/": "comment is not closed",
    "simp -/": "closes no comment",
    'exact "unfinished': "string is not closed",
    'exact r#"unfinished"': "string is not closed",
    'trace s!"{sorry}"': "interpolated",
    "exact (h": "`(` is not closed",
    "exact h)": "`)` closes nothing",
    "simp) <;> (simp": "`)` closes nothing",
    "exact [h}": "`}` closes nothing",
    "exact ⟨h, (a⟩)": "`⟩` closes nothing",
    "exact 'a": "character literal",
    "exact «unfinished": "quoted name",
    "rw [<-- h, sorry]\n]": "operator or as a comment",
    "exact 1 *-- ) sorry": "operator or as a comment",
}


@pytest.mark.parametrize("text", PASS)
def test_lets_through(text):
    assert check_tactic(text) is None


@pytest.mark.parametrize("text", REFUSE)
def test_refuses(text):
    reason = check_tactic(text)
    assert reason is not None
    assert REFUSE[text] in reason


def test_length():
    assert check_tactic("x" * MAX_LENGTH) is None
    assert check_tactic("x" * (MAX_LENGTH + 1)) == "longer than 20000 characters"


def test_long_texts_are_checked_quickly():
    for piece in ("(", "«", '"\\', "/-", "/-/", "a.", "'", "r###", "--", "a", "«a».", " "):
        check_tactic(piece * (MAX_LENGTH // len(piece)))


async def test_lean_reads_comments_and_literals_as_we_do(lean_pool):
    """Each text is a tactic that does nothing, if Lean's lexer agrees with ours about where things end."""
    texts = [
        "skip -- sorry )",
        'skip /- ( /- sorry -/ " -/',
        "skip /-/ ( -/",
        "skip /- (--/",
        "skip /- /-/ ( -/ -/",
        'have _s := "-- ) \\" /- sorry"',
        'have _s := "a\\\n  b"',
        'have _s := r"\\"',
        'have _s := r#"sorry " )"#',
        "have _c := '('",
        "have _c := '\"'",
        "have _c := '\\''",
        "have _c := ('\\u03b1', '\\x41', '\\n')",
        "have x₁'' := 1-- sorry",
        "have «( sorry» := 1",
    ]
    session = await lean_pool.open(Theorem(name="t", statement="theorem t : False"))
    results = await session.run_tacs(session.root, texts)
    await session.close()
    assert [
        text for text, result in zip(texts, results, strict=True) if not isinstance(result, TacticState)
    ] == []
