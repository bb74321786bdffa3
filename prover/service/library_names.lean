import Lean

/-! Lists the names of what `Init` and `Std` declare, a line each: theorems, definitions, types. Behind the name of a theorem
there is a bar, and the constants in its statement.

Loops are written as recursion: those of the library come without code here. What is between the lines is a tab, since Lean
takes a text with line ends apart, which takes the longer the more there are. -/

open Lean

public meta def lineOf (env : Environment) (info : ConstantInfo) : String :=
  if info matches .thmInfo _ || wasOriginallyTheorem env info.name then
    info.name.toString ++ "|" ++ toString info.type.getUsedConstants.toList
  else info.name.toString

public meta def namesOf (env : Environment) : List ConstantInfo → List String → List String
  | [], found => found
  | info :: rest, found =>
    let name := info.name
    let wanted := !name.isInternal && !name.hasMacroScopes && !Linter.isDeprecated env name
    namesOf env rest (if wanted then lineOf env info :: found else found)

public meta def listedNames (env : Environment) : Nat → List Name → List String → List String
  | _, [], found => found
  | i, module :: rest, found =>
    listedNames env (i + 1) rest <|
      if module.getRoot == `Init || module.getRoot == `Std then
        String.intercalate "\t" (namesOf env env.header.moduleData[i]!.constants.toList []) :: found
      else found

syntax (name := listNames) "#list_names" : command

@[command_elab listNames]
public meta def elabListNames : Elab.Command.CommandElab := fun _ _ ref => do
  let state ← (ST.Prim.Ref.get ref : BaseIO Elab.Command.State)
  let text := String.intercalate "\t" (listedNames state.env 0 state.env.header.moduleNames.toList [])
  let message : Message :=
    { fileName := "", pos := ⟨1, 0⟩, severity := .information, data := .ofFormat (.text text) }
  (ST.Prim.Ref.set ref { state with messages := state.messages.add message } : BaseIO Unit)

#list_names
