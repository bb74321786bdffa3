/-
Where the declarations of a file are, by Lean's own parser: the `declarations` of docs/protocol.md, which the community
REPL does not have. declarations.py runs it in a new process of the project's Lean:

  lean --run Declarations.lean SOURCE ANSWER

SOURCE is elaborated command by command, since notations and macros decide how the next command is read. What Lean has to
say about it is left to the REPL. A command that is not a declaration itself but expands to one, such as Mathlib's `lemma`,
counts as that, if the name and the value of the declaration stand in the command as they are.

ANSWER is a file for one JSON object, since the text that is elaborated may print what it likes.
Meant for Lean 4.16 and later; nothing but `Lean` is imported.
-/
import Lean

set_option autoImplicit false

open Lean Elab

namespace Prover

/-- How often a command may be expanded until it is a declaration. -/
def mostExpansions : Nat := 8

/-- What can be the value of a declaration. -/
def isValue (part : Syntax) : Bool :=
  [``Parser.Command.declValSimple, ``Parser.Command.declValEqns, ``Parser.Command.whereStructInst].contains part.getKind

/-- The command that the prefixes `... in` stand before. -/
partial def afterIn (command : Syntax) : Syntax :=
  if command.getKind == ``Parser.Command.in then afterIn command[2] else command

/-- Whether a piece of syntax was written by the user, and not made by a macro. -/
def isWritten (part : Syntax) : Bool :=
  part.getHeadInfo matches .original ..

/-- Expand the macros of a command until it is a declaration. -/
def declaration? (command : Syntax) : Frontend.FrontendM (Option Syntax) := do
  let mut command := afterIn command
  for _ in List.range mostExpansions do
    if command.getKind == ``Parser.Command.declaration then return some command
    let current := command
    let expanded : Option Syntax ←
      try
        Frontend.runCommandElabM do
          match ← liftMacroM (expandMacroImpl? (← getEnv) current) with
          | some (_, .ok made) => return some made
          | _ => return none
      catch _ => pure none
    let some made := expanded | return none
    command := afterIn made
  return none

/-- The parts of a declaration, those that it may have or not as well. -/
def partsOf (declaration : Syntax) : Array Syntax :=
  declaration.getArgs.foldl (init := #[]) fun found part =>
    if part.getKind == nullKind then found ++ part.getArgs else found.push part

def bytes (start stop : Nat) : Json := .arr #[toJson start, toJson stop]

/-- The byte range of a piece of syntax, null where it has none. -/
def rangeOf (part : Syntax) : Json :=
  match part.getPos?, part.getTailPos? with
  | some start, some stop => bytes start.byteIdx stop.byteIdx
  | _, _ => .null

/-- Where the last of some pieces of syntax that have a place ends. -/
def endOf (parts : Array Syntax) : Option Nat :=
  (parts.filterMap (·.getTailPos?)).back?.map (·.byteIdx)

/-- The word that says what is declared, and where the name ends or would: an instance's priority comes before it. -/
def placeOfName (parts : Array Syntax) : List (String × Json) :=
  match parts.find? (·.isAtom) with
  | none => [("keyword", .null), ("nameEnd", .null)]
  | some keyword =>
    let named (kind : Name) := (parts.find? (·.getKind == kind)).toArray
    let places := #[keyword] ++ named ``Parser.Command.namedPrio ++ named ``Parser.Command.declId
    [("keyword", rangeOf keyword), ("nameEnd", ((endOf places).map toJson).getD .null)]

mutual

/-- The protocol's description of a `mutual` block: what is in it has descriptions of its own. -/
partial def describedBlock? (namespace_ : Name) (command block : Syntax) : Frontend.FrontendM (Option Json) := do
  let some start := command.getPos? | return none
  let word := block[0]
  let members ← block[1].getArgs.filterMapM (described? namespace_)
  let headStop := (word.getPos?.getD start).byteIdx
  return Json.mkObj [
    ("kind", "mutual"), ("name", .null), ("fullName", .null), ("range", rangeOf command),
    ("head", bytes start.byteIdx headStop), ("value", .null), ("keyword", rangeOf word), ("nameEnd", .null),
    ("members", .arr members)]

/-- The protocol's description of a command that declares something. -/
partial def described? (namespace_ : Name) (command : Syntax) : Frontend.FrontendM (Option Json) := do
  if (afterIn command).getKind == ``Parser.Command.mutual then
    return ← describedBlock? namespace_ command (afterIn command)
  let some declared ← declaration? command | return none
  let some start := command.getPos? | return none
  let some stop := command.getTailPos? | return none
  let parts := partsOf declared[1]
  let value := parts.find? isValue
  unless value.all isWritten do return none
  let name? : Option Name ← match parts.find? (·.getKind == ``Parser.Command.declId) with
    | some id => if isWritten id then pure (some id[0].getId) else return none
    | none => pure none
  let full (name : Name) : Name :=
    if (`_root_).isPrefixOf name then name.replacePrefix `_root_ .anonymous else namespace_ ++ name
  let text (name : Name) : Json := .str (toString name)
  let headStop := match value with
    | some v => (endOf (parts.takeWhile (· != v))).getD stop.byteIdx
    | none => stop.byteIdx
  return Json.mkObj <| [
    ("kind", .str declared[1].getKind.getString!),
    ("name", (name?.map text).getD .null),
    ("fullName", (name?.map (text ∘ full)).getD .null),
    ("range", bytes start.byteIdx stop.byteIdx),
    ("head", bytes start.byteIdx headStop),
    ("value", (value.map rangeOf).getD .null)] ++ placeOfName parts

end

/-- What the commands from here on declare, after `found`. -/
partial def declarationsFrom (found : Array Json) : Frontend.FrontendM (Array Json) := do
  Frontend.updateCmdPos
  let state ← Frontend.getCommandState
  let scope := state.scopes.head!
  let context : Parser.ParserModuleContext :=
    { env := state.env, options := scope.opts, currNamespace := scope.currNamespace, openDecls := scope.openDecls }
  let (command, parser, _) := Parser.parseCommand (← read).inputCtx context (← Frontend.getParserState) {}
  if Parser.isTerminalCommand command then return found
  Frontend.setParserState parser
  let found := match ← described? scope.currNamespace command with
    | some json => found.push json
    | none => found
  Frontend.elabCommandAtFrontend command
  Frontend.setMessages {}
  declarationsFrom found

/-- What a file declares; nothing where what it imports is not there. -/
def declarationsOf (text : String) : IO (Array Json) := do
  let input := Parser.mkInputContext text "<input>"
  let (header, parser, messages) ← Parser.parseHeader input
  let (env, messages) ← processHeader header {} messages input
  if messages.hasErrors then return #[]
  let start : Frontend.State :=
    { commandState := Command.mkState env {} {}, parserState := parser, cmdPos := parser.pos }
  let (found, _) ← ((declarationsFrom #[]).run { inputCtx := input }).run start
  return found

end Prover

open Prover in
unsafe def main (args : List String) : IO UInt32 := do
  enableInitializersExecution
  match args with
  | [source, answer] =>
    let found ← declarationsOf (← IO.FS.readFile source)
    IO.FS.writeFile answer (Json.mkObj [("declarations", .arr found)]).compress
    return 0
  | _ =>
    IO.eprintln "expected: SOURCE ANSWER"
    return 2
