"""Try a new image before it is used: engines made of it must get through some texts in one life.

Some images of one and the same library make engines that break, with an exhausted memory, when they compile one text
after another; what differs is when Lean's threads did what while the image was made. Each of `SEQUENCES` has broken
engines of such images; of a sound one, none.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

TIMEOUT_S = 300
AT_ONCE = 2

TEXTS = {
    "append": "def f (xs ys : List Nat) : List Nat := (xs ++ ys).reverse\n#eval f [1] [2, 3]",
    "map": "def f (a : Array Nat) : Array Nat := a.map (· * 2)\n#eval f #[1, 2]",
    "loop": "def f (n : Nat) : Nat := Id.run do\n  let mut s := 0\n  for i in [0:n] do\n"
    "    if i % 2 = 0 then continue\n    s := s + i\n  return s\n#eval f 10",
    "fold": "def f (xs : List Nat) : Nat := (xs.filter (· > 1)).foldr (· + ·) 0\n#eval f [1, 2, 3]",
    "tree": "inductive T (α : Type) | leaf | node (l : T α) (a : α) (r : T α)\n"
    "  deriving Repr, DecidableEq, Inhabited\n"
    "def T.toList {α : Type} : T α → List α\n  | leaf => []\n  | node l a r => l.toList ++ [a] ++ r.toList\n"
    "#eval (T.node .leaf 1 (.node .leaf 2 .leaf)).toList",
    "string": 'def f (s : String) : String := String.intercalate ", " (s.splitOn " ")\n#eval f "a b"',
    "option": "def f (xs : List Nat) : Option Nat := do\n  let x ← xs.head?\n  xs[x]?\n#eval f [2, 5, 7]",
    "bool": "def even : Nat → Bool | 0 => true | n + 1 => !even n\n#eval even 4",
    "code": """import Lean
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
#eval sum! 1, 2, 3""",
}
SEQUENCES = (
    "append map loop fold code",
    "tree string append option fold code",
    "append loop map string option fold code",
    "tree loop bool loop code",
    "fold bool tree append string bool code",
    "loop tree code",
    "string tree option code",
    "map fold append fold code",
)


def image_is_sound(command: Sequence[str]) -> bool:
    """Whether engines started by `command` get through all sequences."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return all(pool.map(lambda sequence: _gets_through(command, sequence.split()), SEQUENCES))


def _gets_through(command: Sequence[str], names: Sequence[str]) -> bool:
    requests = "".join(f"{json.dumps({'cmd': TEXTS[name]})}\n\n" for name in names)
    try:
        done = subprocess.run(
            command, input=requests, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and '"fatal":true' not in done.stdout
