"""Whatever claims to prove something false is refused; honest proofs are accepted.

The proofs of `cheat_proofs` meet the engine's own check, without the lexical fences that stand before it, so that
the check is what is tested. A sample goes through `verify`, and every one through a session as a tactic.
"""

import pytest
from cheat_proofs import PROOFS

from prover.errors import EngineError
from prover.lean.process.repl import Repl
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Rejection, verify

pytestmark = pytest.mark.long

FALSE = Theorem(name="cheat", statement="theorem cheat : False")
ALL = [(group, proof) for group, proofs in PROOFS.items() for proof in proofs]

HEADERS = {
    "an axiom": ("axiom bad : False", "exact bad.elim"),
    "an axiom of another kind": ("axiom bad : ∀ p : Prop, p", "exact bad _"),
    "a lemma with sorry": ("theorem lemma' : False := sorry", "exact lemma'"),
    "a definition with sorry": ("def d : PLift False := sorry", "exact d.down"),
    "an instance with sorry": ("instance : Decidable False := isTrue sorry", "exact of_decide_eq_true rfl"),
    "an instance that lies": ("unsafe instance : Decidable False := isTrue lcProof", "decide"),
    "an opaque constant": ("opaque o : PLift False := sorry", "exact o.down"),
    "unsafe code": ("unsafe def u : False := lcProof", "exact u"),
    "a partial function": ("partial def f (n : Nat) : PLift False := f n", "exact (f 0).down"),
    "a macro for sorry": ('macro "win" : tactic => `(tactic| sorry)', "win"),
    "a macro for a term": ('macro "truth" : term => `(sorry)', "exact truth"),
    "a notation for sorry": ('notation "truth" => sorry', "exact truth"),
    "a notation for sorryAx": ('notation "truth" => sorryAx False', "exact truth"),
    "macro_rules on trivial": ("macro_rules | `(tactic| trivial) => `(tactic| sorry)", "trivial"),
    "macro_rules on rfl": ("macro_rules | `(tactic| rfl) => `(tactic| sorry)", "rfl"),
    "the kernel switched off": ("set_option debug.skipKernelTC true", "exact (by decide : False)"),
    "by as sorry": ("set_option debug.byAsSorry true", "exact (by decide)"),
    "a negative inductive type": ("inductive Bad | mk (f : Bad → False)", "exact (fun b : Bad => nomatch b) sorry"),
    "a lemma that failed": ("theorem lemma' : False := by decide", "exact lemma'"),
    "a theorem that is itself": ("theorem lemma' : False := lemma'", "exact lemma'"),
    "implemented_by": (
        "unsafe def i : Bool := true\n@[implemented_by i] def j : Bool := false",
        "exact absurd rfl (by decide : j ≠ j)",
    ),
    "csimp": (
        "def a : Nat := 1\ndef b : Nat := 2\n@[csimp] theorem ab : @a = @b := sorry",
        "exact absurd ab (by decide)",
    ),
    "an extern": ('@[extern "x"] opaque x : PLift False', "exact x.down"),
    "a variable": ("variable (h : False)", "exact h"),
    "an included variable, kept": ("variable (h : False)\ninclude h", "exact h.elim h"),
    "ofReduceBool": ("def b : Bool := true", "exact Lean.ofReduceBool b false rfl"),
}  # fmt: skip

HONEST = {
    "a tactic": ("", "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b", "omega"),
    "a term": ("", "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q", "exact ⟨hp, hq⟩"),
    "several lines": ("", "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q", "constructor\nexact hp\nexact hq"),
    "bullets": ("", "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q", "constructor\n· exact hp\n· exact hq"),
    "induction": (
        "",
        "theorem t (n : Nat) : 0 + n = n",
        "induction n with\n| zero => rfl\n| succ n ih =>\n  rw [← Nat.add_assoc, ih]",
    ),
    "recursion": (
        "",
        "theorem t : ∀ n : Nat, 0 ≤ n",
        "intro n\ncases n with\n| zero => exact Nat.le_refl 0\n| succ n =>\n  have := t n\n  omega",
    ),
    "excluded middle": ("", "theorem t (p : Prop) : p ∨ ¬p", "exact Classical.em p"),
    "choice": ("", "theorem t (α : Type) (h : Nonempty α) : ∃ _ : α, True", "exact ⟨Classical.choice h, trivial⟩"),
    "grind": ("", "theorem t (p q r : Prop) : p ∧ (q ∨ r) ↔ p ∧ q ∨ p ∧ r", "grind"),
    "kernel decision": ("", "theorem t : ∀ x : Fin 50, x.val < 50", "decide +kernel"),
    "universes": ("", "theorem t.{u} (α : Sort u) (x : α) : x = x", "rfl"),
    "implicit universes": ("universe u", "theorem t (α : Type u) (xs : List α) : xs ++ [] = xs", "simp"),
    "a definition": ("def f (n : Nat) := n + n", "theorem t (n : Nat) : f n = 2 * n", "unfold f\nomega"),
    "an inductive type": (
        "inductive T | leaf | node (l r : T)\ndef T.flip : T → T\n  | leaf => leaf\n  | node l r => node r.flip l.flip",
        "theorem t (x : T) : x.flip.flip = x",
        "induction x with\n| leaf => rfl\n| node l r hl hr => simp [T.flip, hl, hr]",
    ),
    "a structure": ("structure P where\n  x : Nat\n  y : Nat", "theorem t (p : P) : p = ⟨p.x, p.y⟩", "rfl"),
    "mutual types": (
        "mutual\ninductive A | nil | cons (b : B)\ninductive B | mk (a : A)\nend",
        "theorem t (b : B) : ∃ a, b = B.mk a",
        "cases b with | mk a => exact ⟨a, rfl⟩",
    ),
    "a class": (
        "class Op (α : Type) where\n  op : α → α\ninstance : Op Nat := ⟨fun n => n⟩",
        "theorem t (n : Nat) : Op.op n = n",
        "rfl",
    ),
    "a notation": ('notation "ℕ" => Nat', "theorem t (n : ℕ) : n ≤ n + 1", "exact Nat.le_succ n"),
    "variables": ("section\nvariable {α : Type} (xs : List α)", "theorem t : xs.reverse.reverse = xs", "simp"),
    "a doc comment and an attribute": ("", "/-- α -/\n@[simp] theorem t : 1 + 1 = 2", "rfl"),
    "private": ("", "private theorem t : 1 + 1 = 2", "rfl"),
    "open in": ("", "open Nat in\ntheorem t (n : Nat) : succ n ≠ 0", "exact succ_ne_zero n"),
    "a comment": ("", "theorem t : True", "-- sorry, native_decide\ntrivial /- axiom -/"),
    "an earlier theorem": ("theorem s : 1 ≤ 2 := by decide", "theorem t : 1 ≤ 3", "exact Nat.le_succ_of_le s"),
    "a sorry nobody uses": ("theorem s : False := sorry", "theorem t : True", "trivial"),
}  # fmt: skip


class Judges:
    """Two engines: one elaborates, the other judges. One that breaks is replaced."""

    def __init__(self, command):
        self.command = command
        self.engines = {}

    async def ask(self, role, request):
        repl = self.engines.get(role)
        if repl is None or not repl.alive:
            repl = self.engines[role] = await Repl.start(self.command)
        reply = await repl.request({role: request | {"timeLimit": 20_000}}, 60)
        return reply.get(role, {"reason": reply.get("message")})

    async def verdict(self, theorem, proof):
        claim = {"source": theorem.file_with_proof(proof), "name": theorem.name}
        exported = await self.ask("export", claim)
        if exported.get("terms") is None:
            return {"accepted": False, "reason": exported["reason"]}
        claim |= {"original": theorem.file_with_proof("sorry"), "terms": exported["terms"]}
        return await self.ask("check", claim)


@pytest.fixture(scope="module")
async def judges(engine_command):
    judges = Judges(engine_command)
    yield judges
    for repl in judges.engines.values():
        await repl.close()


def test_the_suite_is_large():
    assert len({proof for _, proof in ALL}) >= 200


@pytest.mark.parametrize("group", PROOFS)
async def test_no_proof_of_false(judges, group):
    for proof in PROOFS[group]:
        verdict = await judges.verdict(FALSE, proof)
        assert verdict.get("accepted") is not True, (proof, verdict)
        assert verdict["reason"], proof


@pytest.mark.parametrize("group", PROOFS)
async def test_no_tactic_finishes_false(engine_command, group):
    repl = await Repl.start(engine_command)
    state = None
    for proof in PROOFS[group]:
        if state is None or not repl.alive:
            repl = repl if repl.alive else await Repl.start(engine_command)
            state = (await repl.request({"cmd": "theorem cheat : False := by sorry"}, 60))["sorries"][0][
                "proofState"
            ]
        reply = await repl.request({"tactic": proof, "proofState": state, "timeLimit": 20_000}, 60)
        assert reply.get("proofStatus") != "Completed", proof
    await repl.close()


@pytest.mark.parametrize("idea", HEADERS)
async def test_no_help_from_the_header(judges, idea):
    header, proof = HEADERS[idea]
    theorem = Theorem(name="cheat", statement="theorem cheat : 1 = 2", header=header + "\n\n")
    verdict = await judges.verdict(theorem, proof)
    assert verdict.get("accepted") is not True, verdict
    assert verdict["reason"]


@pytest.mark.parametrize(
    ("claimed", "proved", "proof"),
    [
        ("theorem t (n : Nat) : n = 0", "theorem t (n : Nat) : n = n", "rfl"),
        ("theorem t (n : Nat) : n = 0", "theorem t (n : Nat) (h : n = 0) : n = 0", "exact h"),
        ("theorem t : ∀ n : Nat, n < 5", "theorem t : ∀ n : Nat, n < 5 → n < 5", "intro n h; exact h"),
        ("theorem t : (1 : Int) = 2", "theorem t : (1 : Int) = 1", "rfl"),
        ("theorem t : False", "theorem t [h : Fact' False] : False", "exact h"),
        ("theorem t : False", "theorem T.t : False → False", "exact id"),
    ],
)
async def test_another_statement_is_not_this_one(judges, claimed, proved, proof):
    source = Theorem(name="t", statement=proved).file_with_proof(proof)
    original = Theorem(name="t", statement=claimed).file_with_proof("sorry")
    exported = await judges.ask("export", {"source": source, "name": "t"})
    if exported.get("terms") is not None:
        claim = {"source": source, "original": original, "name": "t", "terms": exported["terms"]}
        assert (await judges.ask("check", claim))["accepted"] is False


@pytest.mark.parametrize("idea", HONEST)
async def test_honest_proofs_are_accepted(judges, idea):
    header, statement, proof = HONEST[idea]
    theorem = Theorem(name="t", statement=statement, header=f"{header}\n\n" if header else "")
    verdict = await judges.verdict(theorem, proof)
    assert verdict["accepted"], verdict
    assert set(verdict["axioms"]) <= {"propext", "Quot.sound", "Classical.choice"}


@pytest.mark.parametrize("proof", [proofs[i] for proofs in PROOFS.values() for i in (0, 7)])
async def test_verify_refuses(engine_command, proof):
    try:
        assert isinstance(await verify(FALSE, proof, engine_command), Rejection)
    except EngineError:
        pytest.fail(f"{proof} broke the check")


async def test_verify_accepts(engine_command):
    header, statement, proof = HONEST["an inductive type"]
    verdict = await verify(
        Theorem(name="t", statement=statement, header=header + "\n\n"), proof, engine_command
    )
    assert isinstance(verdict, Certificate)
    assert verdict.statement == "∀ (x : T), x.flip.flip = x"
