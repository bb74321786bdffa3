"""Ordinary files in the embedded Lean: definitions over the library, what is evaluated, notation, imports."""

import pytest

from prover.lean.process.repl import Repl


@pytest.fixture(scope="module")
async def engine(engine_command):
    repl = await Repl.start(engine_command)
    yield repl
    await repl.close()


async def told(engine, text):
    reply = await engine.request({"cmd": text}, 600)
    assert "message" not in reply, reply
    return [(m["severity"], m["data"].strip()) for m in reply.get("messages", [])]


DEFINITIONS = {
    "append": "def f (xs ys : List Nat) : List Nat := (xs ++ ys).reverse\n#eval f [1] [2, 3]",
    "map": "def f (a : Array Nat) : Array Nat := a.map (· * 2)\n#eval f #[1, 2]",
    "loop": """def f (n : Nat) : Nat := Id.run do
  let mut s := 0
  for i in [0:n] do
    if i % 2 = 0 then continue
    s := s + i
  return s
#eval f 10""",
    "fold": "def f (xs : List Nat) : Nat := (xs.filter (· > 1)).foldr (· + ·) 0\n#eval f [1, 2, 3]",
    "recursion": """inductive T (α : Type) | leaf | node (l : T α) (a : α) (r : T α)
  deriving Repr, DecidableEq, Inhabited
def T.toList {α : Type} : T α → List α
  | leaf => []
  | node l a r => l.toList ++ [a] ++ r.toList
#eval (T.node .leaf 1 (.node .leaf 2 .leaf)).toList""",
    "string": 'def f (s : String) : String := String.intercalate ", " (s.splitOn " ")\n#eval f "a b"',
    "bool": "def even : Nat → Bool | 0 => true | n + 1 => !even n\n#eval even 4",
    "option": "def f (xs : List Nat) : Option Nat := do\n  let x ← xs.head?\n  xs[x]?\n#eval f [2, 5, 7]",
    "module": "module\npublic section\ndef f (xs : List Nat) : List Nat := xs ++ xs\n#eval f [1]",
}
VALUES = {
    **{"append": "[3, 2, 1]", "map": "#[2, 4]", "loop": "25", "fold": "5", "recursion": "[1, 2]"},
    **{"string": '"a, b"', "bool": "true", "option": "some 7", "module": "[1, 1]"},
}


@pytest.mark.parametrize("what", DEFINITIONS)
async def test_a_definition_over_the_library_is_compiled_and_can_be_evaluated(engine, what):
    assert await told(engine, DEFINITIONS[what]) == [("info", VALUES[what])]


async def test_code_of_a_text_s_own_can_be_run(engine):
    text = """import Lean
open Lean Elab Tactic
elab "close" : tactic => do
  let goal ← getMainGoal
  for h in (← goal.getDecl).lctx do
    if ← Meta.isDefEq h.type (← goal.getType) then
      goal.assign h.toExpr
      return
syntax "sum!" term,* : term
macro_rules | `(sum! $xs,*) => do
  let mut all ← `(0)
  for x in xs.getElems do all ← `($all + $x)
  return all
theorem t (p : Prop) (h : p) : p := by close
#eval sum! 1, 2, 3"""
    assert await told(engine, text) == [("info", "6")]


async def test_what_lean_refuses_to_compile_is_still_refused(engine):
    choice = "def f : Nat := Classical.choice ⟨1⟩"
    [(severity, text)] = await told(engine, choice)
    assert severity == "error"
    assert "noncomputable" in text
    assert await told(engine, f"noncomputable {choice}\ntheorem t : f = f := rfl") == []
    other = '@[extern "nothing"] opaque e (n : Nat) : Nat\npartial def g (n : Nat) : Nat := g (n + e 1)'
    assert await told(engine, other + "\nunsafe def h (n : Nat) : Nat := h n") == []
    [(severity, _)] = await told(engine, "axiom c : Nat\n#eval c + 1")
    assert severity in {"error", "warning"}


@pytest.mark.parametrize("how", ["infixl:65", "scoped infixl:65", "local infixl:65"])
async def test_notation_over_a_definition_of_the_same_file(engine, how):
    text = f"""namespace A
def add2 (x y : Nat) : Nat := x + y + 2
{how} " +₂ " => add2
theorem t (x y : Nat) : x +₂ y = y +₂ x := by simp [add2, Nat.add_comm]
#check (1 +₂ 2)
example : 1 +₂ 2 = 6 := by decide
end A"""
    (_, checked), (severity, said) = await told(engine, text)
    assert checked == "1 +₂ 2 : Nat"
    assert severity == "error"
    assert "_private" not in said


async def test_asynchronous_elaboration_is_never_asked_for(engine):
    """A false theorem had no error under this option, and what followed could use it."""
    for how in ("set_option Elab.async true\n", "set_option Elab.async true in\n"):
        messages = await told(engine, f"{how}theorem t : 1 + 1 = 3 := by omega")
        assert [severity for severity, _ in messages] == ["error"]
        reply = await engine.request({"cmd": f"{how}theorem t : 1 + 1 = 3 := by sorry"}, 600)
        assert len(reply["sorries"]) == 1


async def test_imports_that_are_not_there_cost_nothing(engine):
    """Each took 66 MB, and the thirtieth the engine's life."""
    first = await engine.request({"cmd": "import Physlib\n"}, 600)
    assert "but no Physlib" in first["message"]
    before = (await engine.request({"stats": True}, 60))["stats"]["heapBytes"]
    for number in range(60):
        for text in (f"import Physlib.Part{number}\n", "import Init.Data.Nope\n", "import Std\nimport A.B\n"):
            reply = await engine.request({"cmd": text}, 600)
            assert reply["message"].startswith("unknown import ")
            assert "fatal" not in reply
    after = (await engine.request({"stats": True}, 60))["stats"]["heapBytes"]
    assert after - before < 20_000_000


async def test_a_lakefile_is_told_to_be_unusable_once_and_again(engine):
    replies = [
        await engine.request({"cmd": "import Lake\nopen Lake DSL\npackage foo\n"}, 600) for _ in range(2)
    ]
    assert replies[0] == replies[1]
    assert replies[0]["message"].startswith("cannot import Lake: ")
    assert (await engine.request({"cmd": "theorem t : True := trivial"}, 60)).get("messages") is None


@pytest.mark.slow
async def test_an_engine_full_of_imports_says_so_and_ends(engine_command):
    engine = await Repl.start(engine_command)
    modules = (
        "Std.Data.HashMap",
        "Std.Data.HashSet",
        "Std.Data.TreeMap",
        "Std.Data.TreeSet",
        "Std.Time",
        "Std.Sync",
    )
    for text in (f"import {a}\nimport {b}\n" for a in modules for b in modules):
        reply = await engine.request({"cmd": text}, 600)
        if reply.get("fatal"):
            break
    assert "full of what it has imported" in reply["message"]
    await engine.close()
