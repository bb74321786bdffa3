import Lean

/-! Lists the theorems of `Init` and `Std`, one module a line: its name and its imports, a bar, its theorems.

The embedded Lean's library comes without proofs and without what is private in it. So theorems are among the axioms
there, and loops, which the compiler would take from private definitions, are written as recursion. -/

open Lean

public meta def theoremsOf (env : Environment) : List ConstantInfo → List String → List String
  | [], found => found
  | .axiomInfo v :: rest, found =>
    let wanted := wasOriginallyTheorem env v.name && !v.name.isInternal && !Linter.isDeprecated env v.name
    theoremsOf env rest (if wanted then v.name.toString :: found else found)
  | _ :: rest, found => theoremsOf env rest found

public meta def importsOf : List Import → List String → List String
  | [], found => found
  | each :: rest, found => importsOf rest (each.module.toString :: found)

public meta def listed (env : Environment) : Nat → List Name → List String → List String
  | _, [], found => found
  | i, module :: rest, found =>
    let data := env.header.moduleData[i]!
    listed env (i + 1) rest <|
      if module.getRoot == `Init || module.getRoot == `Std then
        (String.intercalate " " (module.toString :: importsOf data.imports.toList []) ++ "|" ++
          String.intercalate " " (theoremsOf env data.constants.toList [])) :: found
      else found

syntax (name := listTheorems) "#list_theorems" : command

@[command_elab listTheorems]
public meta def elabListTheorems : Elab.Command.CommandElab := fun _ _ ref => do
  let state ← (ST.Prim.Ref.get ref : BaseIO Elab.Command.State)
  let text := String.intercalate "\n" (listed state.env 0 state.env.header.moduleNames.toList [])
  let message : Message :=
    { fileName := "", pos := ⟨1, 0⟩, severity := .information, data := .ofFormat (.text text) }
  (ST.Prim.Ref.set ref { state with messages := state.messages.add message } : BaseIO Unit)

#list_theorems
