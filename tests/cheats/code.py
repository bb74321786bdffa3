"""Proofs that run code in the process that elaborates them."""

from cheats.cheat import Cheat

LEAN = "import Lean"
ERROR = "error"
TRUE = "theorem foo : True"
AFTER = "the text goes on after the proof"
ENGINE = "the engine broke"


def code(program: str) -> str:
    """A proof by the term that a program in `TermElabM` returns."""
    return "exact (by_elab do\n" + "".join(f"  {line}\n" for line in program.splitlines()) + ")"


OVERWRITE = """\
let env ← Lean.getEnv
match env.find? ``Nat.add_comm with
| some info =>
  let bad : Lean.AxiomVal :=
    { name := ``Nat.add_comm, levelParams := [], type := Lean.mkConst ``False, isUnsafe := false }
  let field : IO.Ref Lean.AxiomVal := unsafe (unsafeCast info)
  field.set bad
  return Lean.mkConst ``Nat.add_comm
| none => return Lean.mkConst ``True.intro"""

ADD_AXIOM = """\
let bad : Lean.AxiomVal := { name := `bad, levelParams := [], type := Lean.mkConst ``False, isUnsafe := false }
Lean.addDecl (.axiomDecl bad)
return Lean.mkConst `bad"""

ADD_UNCHECKED = """\
let bad : Lean.TheoremVal :=
  { name := `bad, levelParams := [], type := Lean.mkConst ``False, value := Lean.mkConst ``True.intro }
Lean.withOptions (fun o => o.setBool `debug.skipKernelTC true) (Lean.addDecl (.thmDecl bad))
return Lean.mkConst `bad"""

ADD_UNSAFE = """\
let bad : Lean.DefinitionVal :=
  { name := `bad, levelParams := [], type := Lean.mkConst ``False, value := Lean.mkConst `bad, hints := .opaque,
    safety := .unsafe }
Lean.addDecl (.mutualDefnDecl [bad])
Lean.withOptions (fun o => o.setBool `debug.skipKernelTC true) do
  let t : Lean.TheoremVal :=
    { name := `worse, levelParams := [], type := Lean.mkConst ``False, value := Lean.mkConst `bad }
  Lean.addDecl (.thmDecl t)
return Lean.mkConst `worse"""

CHEATS = (
    Cheat(
        "wrong-term", "a term of another type", code("return Lean.mkConst ``True.intro"), ERROR, header=LEAN
    ),
    Cheat("itself", "the theorem itself", code("return Lean.mkConst `foo"), ERROR, header=LEAN),
    Cheat(
        "itself-private",
        "by its private name",
        code("return Lean.mkConst (Lean.mkPrivateName (← Lean.getEnv) `foo)"),
        ERROR,
        header=LEAN,
    ),
    Cheat(
        "unknown", "a constant that is not there", code("return Lean.mkConst `nothing"), ERROR, header=LEAN
    ),
    Cheat(
        "make-sorry",
        "makes a `sorry`",
        code("Lean.Meta.mkSorry (Lean.mkConst ``False) true"),
        "the axiom sorryAx",
        header=LEAN,
    ),
    Cheat(
        "hole",
        "leaves a hole",
        code("Lean.Meta.mkFreshExprMVar (some (Lean.mkConst ``False))"),
        "not finished",
        header=LEAN,
    ),
    Cheat("loose", "leaves a bound variable", code("return Lean.mkBVar 0"), ERROR, header=LEAN),
    Cheat("free", "leaves a free variable", code("return Lean.mkFVar ⟨`x⟩"), ERROR, header=LEAN),
    Cheat(
        "add-axiom",
        "adds an axiom",
        code(ADD_AXIOM),
        "the proof rests on the axiom bad",
        header=LEAN,
    ),
    Cheat(
        "add-unchecked",
        "adds a theorem that the kernel has not seen",
        code(ADD_UNCHECKED),
        "the kernel refuses bad",
        header=LEAN,
    ),
    Cheat(
        "add-unsafe",
        "adds an unsafe definition and what rests on it",
        code(ADD_UNSAFE),
        "the kernel refuses bad",
        header=LEAN,
    ),
    Cheat(
        "empty-environment",
        "works in an environment of its own",
        code("Lean.setEnv (← Lean.mkEmptyEnvironment)\nreturn Lean.mkConst ``True.intro"),
        "declared",
        header=LEAN,
    ),
    Cheat(
        "native-term",
        "an axiom's instance",
        code("return Lean.mkConst ``Lean.trustCompiler"),
        ERROR,
        header=LEAN,
    ),
    Cheat("panic", "panics", code('panic! "proved"'), ERROR, header=LEAN),
    Cheat(
        "print",
        "writes a reply of its own",
        code('IO.println "{\\"check\\": {\\"accepted\\": true}}"\nreturn Lean.mkConst ``True.intro'),
        ERROR,
        header=LEAN,
    ),
    Cheat("run-tac", "drops the goals", "run_tac Lean.Elab.Tactic.setGoals []", ERROR, header=LEAN),
    Cheat(
        "run-conv",
        "drops the goals in `conv`",
        "conv => run_conv Lean.Elab.Tactic.setGoals []",
        ERROR,
        header=LEAN,
    ),
    Cheat(
        "local-elaborator",
        "a local function that elaborates `sorry`",
        "let rec @[term_elab Lean.Parser.Term.sorry] e : Lean.Elab.Term.TermElab :=\n"
        "  fun _ _ => return Lean.mkConst ``True.intro\n"
        "exact sorry",
        ERROR,
        header=LEAN,
    ),
    Cheat(
        "local-tactic",
        "a local function that is a tactic",
        "let rec @[tactic Lean.Parser.Tactic.skip] e : Lean.Elab.Tactic.Tactic :=\n"
        "  fun _ => Lean.Elab.Tactic.setGoals []\n"
        "skip",
        ERROR,
        header=LEAN,
    ),
    Cheat(
        "overwrite-library",
        "writes `False` over the type of a library theorem in memory: once accepted, with no axioms at all",
        code(OVERWRITE),
        "the kernel refuses",
        header=LEAN,
        spoils=True,
    ),
    Cheat(
        "local-extern",
        "a local function with foreign code",
        'let rec @[extern "lean_nat_add"] f (n : Nat) : False := f n\nexact f 0',
        ERROR,
    ),
    Cheat(
        "local-implementation",
        "a local function with other code",
        "exact absurd (by native_decide : g 1 = 2) (by decide)\nwhere\n"
        "  @[implemented_by Nat.succ] g (n : Nat) : Nat := n",
        ERROR,
    ),
    Cheat(
        "local-init",
        "a local constant that is computed at the start",
        "exact nomatch c\nwhere\n  @[init mk] c : Empty := c\n  mk : IO Empty := throw default",
        ERROR,
    ),
    Cheat(
        "config", "code in the options of a tactic", 'simp (config := dbgTrace "proved" fun _ => {})', ERROR
    ),
    Cheat(
        "config-unsafe",
        "unsafe code in the options of a tactic",
        "simp (config := unsafe (unsafeCast 7))",
        ERROR,
    ),
    Cheat("include-str", "reads a file", 'exact absurd (include_str "/lean/lib/lean/Init.olean") rfl', ERROR),
    Cheat("eval", "code in a command", "trivial\n\n#eval (pure () : IO Unit)", AFTER, TRUE),
    Cheat(
        "write-library",
        "writes over the library on the disk",
        'trivial\n\n#eval IO.FS.writeFile "/lean/lib/lean/Init.olean" ""',
        ERROR,
        TRUE,
    ),
    Cheat(
        "remove-library",
        "removes the library from the disk",
        'trivial\n\n#eval IO.FS.removeFile "/lean/lib/lean/Init.olean"',
        ERROR,
        TRUE,
    ),
    Cheat(
        "spawn",
        "starts a process",
        'trivial\n\n#eval (do let c ← IO.Process.spawn { cmd := "true" }; _ ← c.wait)',
        ERROR,
        TRUE,
    ),
    Cheat("exit", "ends the process", "trivial\n\n#eval (IO.Process.exit 0 : IO Unit)", ENGINE, TRUE),
    Cheat(
        "crash",
        "reads where there is nothing",
        "trivial\n\n#eval (do IO.println (unsafe (unsafeCast 0x3fffffff : String)) : IO Unit)",
        ENGINE,
        TRUE,
    ),
)
