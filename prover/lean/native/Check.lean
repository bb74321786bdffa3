/-
The independent check of a proof with a user's own Lean. check.py runs it twice, each time in a new process:

  lean --run Check.lean export SOURCE ORIGINAL NAME ANSWER   elaborate the file SOURCE; hand out its theorem as terms
  lean --run Check.lean check SOURCE ORIGINAL NAME TERMS GIVEN ANSWER   judge such terms
  lean --run Check.lean inspect TEXTS ANSWER                 find the first code in texts, and run none

With `--untrusted` before them `export` and `check` elaborate no command that runs code.

Elaborating a proof runs code that the proof brings along, so what `export` says is not believed. `check` elaborates
ORIGINAL alone, which is SOURCE with `sorry` in the place of the proof. It reads the terms as text (an .olean would be
mapped into memory and be taken at its word), and Lean's kernel checks one declaration after the other, beginning with
nothing but ORIGINAL's imports: what the statement mentions, what the proof rests on, at last that the proof proves
the statement. Of SOURCE it only parses the end, to see that there is one proof and nothing after it.

ANSWER is a file for one JSON object, since the texts that are elaborated may print what they like.
The terms are those of docs/protocol.md, and so are the words of a refusal.

Meant for Lean 4.16 and later; nothing but `Lean` is imported, and where versions differ, `first` takes what there is.
-/
import Lean

set_option autoImplicit false

open Lean Elab

namespace Prover

/-- Why something is not believed: one of the kinds that docs/protocol.md names, and a message for people. -/
structure Refusal where
  kind : String
  message : String

/-- The error of an `M` says why something is not believed. An exception of `IO` says nothing about the proof. -/
abbrev M := ExceptT Refusal IO

def refuse {α : Type} (kind message : String) : M α := throw { kind, message }

/-- What cannot be read of the terms or of what the user gave. -/
instance : MonadLift (Except String) M where
  monadLift
    | .ok value => pure value
    | .error message => refuse "terms" message

def axiomKind (name : Name) : String := if name == ``sorryAx then "sorry" else "axiom"

/-! ## Code in a text

What in a text runs code of the text's own while Lean elaborates it: embedded/code.mjs has the same rules and says why. -/

def commandKind (name : Name) : Name := `Lean.Parser.Command ++ name

/-- Commands that have nothing run which the text brings along, apart from what is nested in them. -/
def harmless : NameSet := List.foldl (init := {}) NameSet.insert <|
  [`moduleDoc, `declaration, `deriving, `section, `namespace, `end, `variable, `universe, `include, `omit, `open, `export,
    `attribute, `set_option, `check, `check_failure, `synth, `print, `printSig, `printAxioms, `printEqns, `printTacTags,
    `where, `version, `exit, `eoi, `import, `in, `mutual, `notation, `mixfix, `syntax, `syntaxAbbrev, `syntaxCat, `macro,
    `macro_rules, `binderPredicate, `addDocString, `quot, `genInjectiveTheorems, `grindPattern, `recommended_spelling,
    `docs_to_verso].map commandKind ++
  [`Lean.guardMsgsCmd, `Lean.reduceCmd, `Lean.guardExprCmd, `Lean.«command__Unif_hint____Where_|_-⊢_»] ++
  -- Mathlib's and Batteries' other words for declarations; what is in them is looked at
  [`lemma, `Batteries.Tactic.Lemma.lemmaCmd, `Batteries.Tactic.Alias.alias, `Batteries.Tactic.Alias.aliasLR]

/-- Commands with commands in them. -/
def holders : List Name := [`in, `mutual, `quot].map commandKind

/-- What runs code, wherever it stands. -/
def codeKinds : NameSet := List.foldl (init := {}) NameSet.insert <|
  [`Lean.byElab, `Lean.runCmd, `Lean.runElab, `Lean.runMeta, `Lean.Parser.Tactic.runTac, `Lean.Parser.Term.unsafe,
    `Lean.includeStr, `Lean.Parser.Tactic.nativeDecide, `Lean.Parser.Tactic.bvDecide, `Lean.Parser.Tactic.bvCheck,
    `Lean.Parser.Tactic.Conv.runConv] ++
  [`unsafe, `eval, `evalBang, `initialize, `elab, `elab_rules].map commandKind

/-- Attributes that have nothing run: they only tell what Lean's own code is to do with a constant. -/
def harmlessAttributes : List String :=
  ("simp simps reducible semireducible irreducible instance_reducible implicit_reducible inline noinline always_inline " ++
    "inline_if_reduce macro_inline specialize nospecialize instance default_instance class match_pattern inherit_doc ext " ++
    "elab_as_elim elab_without_expected_type elab_simple induction_eliminator cases_eliminator deprecated coe norm_cast " ++
    "push_cast refl rfl symm trans congr grind unbox expose no_expose defeq never_extract suggest_for local seval spec " ++
    "to_additive gcongr fun_prop mono aesop nolint simprocs partial_fixpoint_monotone wf_preprocess bv_normalize push").splitOn " "

def lastOf : Name → String
  | .str _ s => s
  | _ => ""

def isCode (kind : Name) : Bool :=
  let command := lastOf kind
  codeKinds.contains kind ||
    (command.startsWith "command" && (command.splitOn "improc").length > 1 && (`Lean.Parser).isPrefixOf kind)

partial def wordsOf : Syntax → List String
  | .atom _ word => [word]
  | .ident _ _ name _ => [toString name]
  | .node _ _ parts => parts.toList.flatMap wordsOf
  | .missing => []

/-- The word that says what a piece of syntax is: its first that is neither an attribute nor a comment. -/
partial def wordOf : Syntax → Option String
  | .atom _ word => some word
  | .node _ kind parts =>
    if kind == `Lean.Parser.Term.attributes || kind == commandKind `docComment || kind == `Lean.Parser.Term.attrKind then none
    else parts.toList.findSome? wordOf
  | _ => none

partial def allOf (kind : Name) (syntax_ : Syntax) : List Syntax :=
  if syntax_.getKind == kind then [syntax_] else syntax_.getArgs.toList.flatMap (allOf kind)

/-- Whether a macro's body is a quotation that is filled in, and no more. -/
partial def isQuotation (syntax_ : Syntax) : Bool :=
  ["quot", "quotSeq", "dynamicQuot"].contains (lastOf syntax_.getKind) && plain syntax_
where plain (part : Syntax) : Bool :=
  if (lastOf part.getKind).endsWith "antiquot" then (allOf `antiquotNestedExpr part).isEmpty else part.getArgs.all plain

/-- The last piece of a macro, below what only wraps it. -/
partial def bodyOf (syntax_ : Syntax) : Syntax :=
  match (syntax_.getArgs.toList.filter fun part => part.getKind != nullKind || !part.getArgs.isEmpty).getLast? with
  | none => syntax_
  | some last =>
    if [nullKind, commandKind `macroTail, commandKind `macroRhs].contains last.getKind then bodyOf last else last

abbrev Found := Array (String × Nat)

def foundAt (syntax_ : Syntax) (what : String) : Found := #[(what, (syntax_.getPos?.map (·.byteIdx)).getD 0)]

def foundIn (syntax_ : Syntax) : Found := foundAt syntax_ ((wordOf syntax_).getD (toString syntax_.getKind))

mutual

/-- The places in a command that run code: a word for each, and where it begins. `isOwn` tells whether the text has
declared a constant of that name: there is one for each kind of syntax that it defines. -/
partial def codeIn (isOwn : Name → Bool) (command : Syntax) : Found :=
  let kind := command.getKind
  if kind == `Lean.guardMsgsCmd then codeIn isOwn command.getArgs.back!
  else if holders.contains kind then (commandsIn command).flatMap (codeIn isOwn)
  else
    let macros := [`macro, `macro_rules, `binderPredicate].map commandKind
    let bodies := if kind == commandKind `macro_rules then allOf `Lean.Parser.Term.matchAlt command else [command]
    let plain := !macros.contains kind || (!bodies.isEmpty && bodies.all fun body => isQuotation (bodyOf body))
    let known := harmless.contains kind || isCode kind || isOwn kind
    (if plain then #[] else foundIn command) ++ (if known then #[] else foundIn command) ++ codeBelow isOwn command

partial def commandsIn (syntax_ : Syntax) : Array Syntax :=
  syntax_.getArgs.flatMap fun part => match part with
    | .node _ kind _ => if kind == nullKind then commandsIn part else #[part]
    | _ => #[]

partial def codeBelow (isOwn : Name → Bool) (syntax_ : Syntax) : Found :=
  let kind := syntax_.getKind
  let here : Found :=
    if isCode kind then foundIn syntax_
    else if kind == `Lean.Parser.Term.attrInstance then
      let name := (wordsOf (syntax_.getArg 1)).head?.getD ""
      if harmlessAttributes.contains name then #[] else foundAt syntax_ s!"@[{name}]"
    else if kind == `Lean.Parser.Tactic.decide && (wordsOf syntax_).contains "native" then foundAt syntax_ "decide +native"
    else #[]
  here ++ syntax_.getArgs.flatMap fun part =>
    if part.getKind == commandKind `quot then codeIn isOwn part else codeBelow isOwn part

end

def runsCode (what : String) : String := s!"the proof runs code while it is elaborated: {what}"

/-- Where the proof begins in a text that goes on as ORIGINAL does up to the `sorry` at its end. -/
def proofStart? (original : String) : Option Nat :=
  let original := original.replace "\r\n" "\n" -- as Lean reads it
  match (original.splitOn "sorry").getLast? with
  | some rest =>
    let before := original.utf8ByteSize - rest.utf8ByteSize
    if rest.all Char.isWhitespace && before > 0 then some (before - "sorry".utf8ByteSize) else none
  | none => none

/-! ## Elaborating a file -/

/-- A file that has been elaborated. `start` has its imports and nothing else; `last` is the state before the last
command, and where that command begins. `errors` are those that Lean reported, `code` is what the text runs. `reached`
says whether it ended with the declaration that it was to end with. Of an `untrusted` text no command is elaborated that
runs code: the first ends it, and is `refused`, a word for it and its line. -/
structure Elaborated where
  start : Environment
  state : Command.State
  last : Option (Command.State × Parser.ModuleParserState) := none
  reached : Bool := false
  errors : Array String := #[]
  code : Array String := #[]
  untrusted : Bool := false
  refused : Option (String × Nat) := none

def errorsOf (messages : MessageLog) : IO (Array String) := do
  let mut found := #[]
  for message in messages.toList do
    if message.severity matches .error then
      let text ← message.data.toString
      found := found.push s!"{message.pos.line}:{message.pos.column}: {text}"
  return found

/-- Parse the next command as it is to be understood after `state`. -/
def parseCommand (input : Parser.InputContext) (state : Command.State) (parser : Parser.ModuleParserState) :
    Syntax × Parser.ModuleParserState × MessageLog :=
  let scope := state.scopes.head!
  let context : Parser.ParserModuleContext :=
    { env := state.env, options := scope.opts, currNamespace := scope.currNamespace, openDecls := scope.openDecls }
  Parser.parseCommand input context parser {}

/-- Elaborate one command; the new state has the messages of this command alone. -/
def elabCommand (input : Parser.InputContext) (state : Command.State) (parser : Parser.ModuleParserState)
    (command : Syntax) : IO Command.State := do
  let frontend : Frontend.State :=
    { commandState := { state with messages := {} }, parserState := parser, cmdPos := parser.pos }
  let (_, after) ← ((Frontend.elabCommandAtFrontend command).run { inputCtx := input }).run frontend
  return after.commandState

/-- Where the elaboration of a text ends: with the declaration that begins at the byte `start`, whose value becomes
`value`; what Lean says of the value that it has, or of what comes after it, does not count. -/
structure Target where
  start : Nat
  value : Syntax

/-- What can be the value of a declaration. -/
def isValue (part : Syntax) : Bool :=
  [``Parser.Command.declValSimple, ``Parser.Command.declValEqns, ``Parser.Command.whereStructInst].contains part.getKind

/-- A command that declares something with another value, and where the one it had began. -/
partial def withValue? (value command : Syntax) : Option (Syntax × Nat) := do
  if command.getKind == ``Parser.Command.in then
    let (inner, start) ← withValue? value command[2]
    return (command.setArg 2 inner, start)
  guard (command.getKind == ``Parser.Command.declaration)
  let index ← command[1].getArgs.findIdx? isValue
  let start ← command[1][index].getPos?
  return (command.setArg 1 (command[1].setArg index value), start.byteIdx)

/-- Code from the byte `proof` on is an error, which ends the elaboration. -/
partial def elabCommands (input : Parser.InputContext) (proof : Option Nat) (parser : Parser.ModuleParserState)
    (file : Elaborated) (target : Option Target := none) : IO Elaborated := do
  let (command, next, parsed) := parseCommand input file.state parser
  let reached := target.filter fun t => command.getPos?.any (·.byteIdx == t.start)
  let mut (command, counted) := (command, parsed)
  if let some target := reached then
    let some (changed, start) := withValue? target.value command
      | return { file with errors := file.errors.push "the text has no declaration with a value there" }
    let place := input.fileMap.toPosition ⟨start⟩
    let before (p : Position) : Bool := p.line < place.line || p.line == place.line && p.column < place.column
    command := changed
    counted := (parsed.toList.filter fun m => before m.pos).foldl (·.add ·) {}
  let file := { file with errors := file.errors ++ (← errorsOf counted) }
  if Parser.isTerminalCommand command then return file
  let isOwn (name : Name) : Bool := !file.start.contains name && file.state.env.contains name
  let code := codeIn isOwn command
  let line (byte : Nat) : Nat := (input.fileMap.toPosition ⟨byte⟩).line
  if let some (what, pos) := code[0]?.filter fun _ => file.untrusted then
    let errors := file.errors.push s!"{line pos}:0: a text that is not trusted runs code: {what}"
    return { file with errors, refused := some (what, line pos) }
  if let some (what, pos) := code.find? fun (_, pos) => proof.any fun start => pos ≥ start then
    return { file with errors := file.errors.push s!"{line pos}:0: {runsCode what}" }
  let told : Array String := code.map fun found => s!"{found.1} (line {line found.2})"
  let file := { file with code := file.code ++ told }
  let state ← elabCommand input file.state next command
  let errors := file.errors ++ (← errorsOf state.messages)
  let file := { file with state, errors, last := some (file.state, parser), reached := reached.isSome }
  if reached.isSome then return file else elabCommands input proof next file target

/-- Elaborate a text. `preamble` comes between its imports and its commands. -/
def elabFile (text : String) (untrusted : Bool) (proof target : Option Nat := none) (preamble : String := "") :
    IO Elaborated := do
  let input := Parser.mkInputContext text "<input>"
  let (header, parser, messages) ← Parser.parseHeader input
  let (env, messages) ← processHeader header {} messages input
  let foreign := (env.header.imports.map (·.module)).filter fun m => ![`Init, `Std, `Lean, `Lake].contains m.getRoot
  let code := foreign.map fun m => s!"import {m} (line {(input.fileMap.toPosition parser.pos).line})"
  let file : Elaborated :=
    { start := env, state := Command.mkState env {} {}, errors := ← errorsOf messages, code, untrusted }
  if !file.errors.isEmpty then return file
  let file ← elabCommands (Parser.mkInputContext preamble "<preamble>") none {} file
  if !file.errors.isEmpty then return file
  let file := { file with last := none, code }
  let some start := target | elabCommands input proof parser file
  let (sorry_, _) := parseCommand (Parser.mkInputContext "theorem x : True := sorry" "<value>") file.state {}
  let some value := sorry_[1].getArgs.find? isValue | return file
  elabCommands input proof parser file (some { start, value })

/-- The first code in texts that are elaborated one after the other, the first from its imports: a word for it, which text
it is in, and its line. Nothing is elaborated from there on; an error ends nothing. -/
def inspect (texts : Array String) : IO (Option (String × Nat × Nat)) := do
  let input (index : Nat) : Parser.InputContext := Parser.mkInputContext texts[index]! "<input>"
  let (header, parser, messages) ← Parser.parseHeader (input 0)
  let (env, _) ← processHeader header {} messages (input 0)
  let mut file : Elaborated := { start := env, state := Command.mkState env {} {}, untrusted := true }
  for index in List.range texts.size do
    file ← elabCommands (input index) none (if index == 0 then parser else {}) file
    if let some (what, line) := file.refused then return some (what, index, line)
  return none

/-- The constant a user calls `name`: in a `module` a file's own constants may have private names. -/
def declared? (env : Environment) (name : Name) : Option ConstantInfo :=
  (env.find? (mkPrivateName env name)).orElse fun _ => env.find? name

/-! ## Constants -/

/-- The names of the constants that must be known before this one. -/
def needs (env : Environment) (info : ConstantInfo) : Array Name :=
  let types (names : List Name) := names.foldl (init := #[]) fun found n =>
    match env.find? n with
    | some i => found ++ i.type.getUsedConstants
    | none => found
  match info with
  | .defnInfo v => v.type.getUsedConstants ++ v.value.getUsedConstants
  | .thmInfo v => v.type.getUsedConstants ++ v.value.getUsedConstants
  | .opaqueInfo v => v.type.getUsedConstants ++ v.value.getUsedConstants
  | .inductInfo v => v.all.foldl (init := types v.all) fun found n =>
      match env.find? n with
      | some (.inductInfo member) => found ++ types member.ctors
      | _ => found
  | .ctorInfo v => v.type.getUsedConstants.push v.induct
  | .recInfo v => v.type.getUsedConstants ++ v.all.toArray
  | .axiomInfo v => v.type.getUsedConstants
  | .quotInfo v => v.type.getUsedConstants

/-- The members of an inductive declaration, with their constructors. -/
def inductiveTypes (env : Environment) (names : List Name) : List InductiveType :=
  let typed (n : Name) : Constructor := { name := n, type := ((env.find? n).map (·.type)).getD default }
  names.filterMap fun n =>
    match env.find? n with
    | some (.inductInfo v) => some { name := n, type := v.type, ctors := v.ctors.map typed }
    | _ => none

/-- A name as the user wrote it, for people. -/
def shown (name : Name) : String := toString ((privateToUserName? name).getD name)

/-! ## From terms to JSON -/

/-- Tables of nodes, in which equal nodes are one. -/
structure Encoder where
  names : Array Json := #[.null]
  levels : Array Json := #[]
  exprs : Array Json := #[]
  nameIndex : PHashMap Name Nat := PersistentHashMap.empty.insert .anonymous 0
  levelIndex : PHashMap Level Nat := {}
  exprIndex : PHashMap Expr Nat := {}

abbrev EncodeM := StateT Encoder M

def node (kind : String) (parts : Array Nat) : Json := .arr (#[Json.str kind] ++ parts.map toJson)

partial def encodeName (name : Name) : EncodeM Nat := do
  if let some i := (← get).nameIndex.find? name then return i
  let json : Json ← match name with
    | .anonymous => pure .null
    | .str p s => pure (.arr #[toJson (← encodeName p), .str s])
    | .num p n => pure (.arr #[toJson (← encodeName p), toJson n])
  modifyGet fun e =>
    (e.names.size, { e with names := e.names.push json, nameIndex := e.nameIndex.insert name e.names.size })

partial def encodeLevel (level : Level) : EncodeM Nat := do
  if let some i := (← get).levelIndex.find? level then return i
  let json ← match level with
    | .zero => pure (node "zero" #[])
    | .succ l => pure (node "succ" #[← encodeLevel l])
    | .max l r => pure (node "max" #[← encodeLevel l, ← encodeLevel r])
    | .imax l r => pure (node "imax" #[← encodeLevel l, ← encodeLevel r])
    | .param n => pure (node "param" #[← encodeName n])
    | .mvar _ => refuse "terms" "a universe level is not finished"
  modifyGet fun e =>
    (e.levels.size, { e with levels := e.levels.push json, levelIndex := e.levelIndex.insert level e.levels.size })

def partsOf : Expr → List Expr
  | .app f a => [f, a]
  | .lam _ t b _ => [t, b]
  | .forallE _ t b _ => [t, b]
  | .letE _ t v b _ => [t, v, b]
  | .mdata _ e => [e]
  | .proj _ _ e => [e]
  | _ => []

/-- The node of an expression, given the indices of its parts; `none` where a part stands for the whole. -/
def exprNode (e : Expr) (parts : Array Nat) : EncodeM (Option Json) := do
  match e with
  | .bvar i => return node "bvar" #[i]
  | .sort l => return node "sort" #[← encodeLevel l]
  | .const n ls =>
    let levels ← ls.toArray.mapM encodeLevel
    return some (.arr #[.str "const", toJson (← encodeName n), toJson levels])
  | .app .. => return node "app" parts
  | .lam .. => return node "lam" parts
  | .forallE .. => return node "pi" parts
  | .letE .. => return node "let" parts
  | .lit (.natVal n) => return some (.arr #[.str "nat", .str (toString n)])
  | .lit (.strVal s) => return some (.arr #[.str "str", .str s])
  | .mdata .. => return none
  | .proj n i _ => return node "proj" (#[← encodeName n, i] ++ parts)
  | .fvar _ | .mvar _ => refuse "terms" "a term is not finished"

/-- The index of an expression. A stack instead of recursion: proofs can be deep. -/
partial def encodeExpr (root : Expr) : EncodeM Nat := do
  let mut pending := #[root]
  repeat
    let some e := pending.back? | break
    let index := (← get).exprIndex
    let missing := (partsOf e).filter fun part => !index.contains part
    if !missing.isEmpty then
      pending := pending ++ missing.toArray
    else
      pending := pending.pop
      if !index.contains e then
        let parts := ((partsOf e).map fun part => (index.find? part).getD 0).toArray
        match ← exprNode e parts with
        | none => modify fun s => { s with exprIndex := s.exprIndex.insert e parts[0]! }
        | some json => modify fun s =>
          { s with exprs := s.exprs.push json, exprIndex := s.exprIndex.insert e s.exprs.size }
  return ((← get).exprIndex.find? root).getD 0

def encodeHints : ReducibilityHints → Json
  | .opaque => .str "opaque"
  | .abbrev => .str "abbrev"
  | .regular height => toJson height.toNat

/-- One constant. Axioms are left out: the judge knows those that there may be. -/
def encodeConstant (env : Environment) (info : ConstantInfo) : EncodeM (Option Json) := do
  let name ← encodeName info.name
  let levels ← info.levelParams.toArray.mapM encodeName
  let bodied (kind : String) (value : Expr) (more : List (String × Json)) : EncodeM (Option Json) := do
    let type ← encodeExpr info.type
    let value ← encodeExpr value
    return Json.mkObj ([("kind", Json.str kind), ("name", toJson name), ("levels", toJson levels),
      ("type", toJson type), ("value", toJson value)] ++ more)
  let member (family : Name) : EncodeM (Option Json) := do
    return Json.mkObj [("kind", "member"), ("name", toJson name), ("of", toJson (← encodeName family))]
  let typed (n : Name) (type : Expr) : EncodeM (List (String × Json)) := do
    return [("name", toJson (← encodeName n)), ("type", toJson (← encodeExpr type))]
  match info with
  | .defnInfo v => bodied "definition" v.value [("hints", encodeHints v.hints)]
  | .thmInfo v => bodied "theorem" v.value []
  | .opaqueInfo v => bodied "opaque" v.value []
  | .inductInfo v =>
    let types ← (inductiveTypes env v.all).mapM fun t => do
      let ctors ← t.ctors.mapM fun c => return Json.mkObj (← typed c.name c.type)
      return Json.mkObj ((← typed t.name t.type) ++ [("constructors", Json.arr ctors.toArray)])
    return Json.mkObj [("kind", "inductive"), ("name", toJson name), ("levels", toJson levels),
      ("parameters", toJson v.numParams), ("types", Json.arr types.toArray)]
  | .ctorInfo v => member v.induct
  | .recInfo v => member (v.all.head?.getD .anonymous)
  | .axiomInfo _ | .quotInfo _ => return none

/-- All that `theorem` rests on beyond the imports. -/
partial def encodeAll (start env : Environment) (root : Name) : EncodeM Json := do
  let mut seen : NameSet := {}
  let mut pending := #[root]
  let mut constants := #[]
  repeat
    let some name := pending.back? | break
    pending := pending.pop
    if seen.contains name || (start.find? name).isSome then continue
    seen := seen.insert name
    if let some info := env.find? name then
      pending := pending ++ needs env info
      if let some json ← encodeConstant env info then constants := constants.push json
  let root ← encodeName root
  let tables ← get
  return Json.mkObj [("names", .arr tables.names), ("levels", .arr tables.levels), ("exprs", .arr tables.exprs),
    ("constants", .arr constants), ("theorem", toJson root)]

/-- The terms of the theorem `name` of the text `source`. -/
def exportProof (source original : String) (name : Name) (untrusted : Bool) : M Json := do
  let file ← elabFile source untrusted (proofStart? original)
  if let some error := file.errors[0]? then refuse "elaboration" s!"Lean finds an error at {error}"
  let some info := declared? file.state.env name | refuse "elaboration" s!"{name} is not declared by the text"
  if (file.start.find? info.name).isSome then refuse "elaboration" s!"{name} is not declared by the text"
  (encodeAll file.start file.state.env info.name).run' {}

/-! ## From JSON to terms

What is read may hold anything: what comes out is well-formed. Whether it is well-typed is for the kernel to say. -/

/-- Lean keeps these numbers in few bits, and what it does beyond is not to be relied on. -/
def mostLooseBVars : Nat := 2 ^ 19
def deepestLevel : Nat := 2 ^ 12
def mostFields : Nat := 2 ^ 20

def damaged {α : Type} (what : String) : M α := refuse "terms" s!"the terms of the proof are damaged: {what}"

def readArray (json : Json) : M (Array Json) :=
  match json with
  | .arr items => pure items
  | _ => damaged "something in the place of a list"

def readNat (json : Json) : M Nat :=
  match json.getNat? with
  | .ok n => pure n
  | .error _ => damaged "something in the place of a number"

def readText (json : Json) : M String :=
  match json with
  | .str text => pure text
  | _ => damaged "something in the place of a text"

def member (json : Json) (key : String) : M Json :=
  match json.getObjVal? key with
  | .ok value => pure value
  | .error _ => damaged s!"no {key}"

def part (node : Array Json) (i : Nat) : M Json :=
  match node[i]? with
  | some json => pure json
  | none => damaged "a part that is not there"

/-- The item whose index `json` is. -/
def pick {α : Type} (items : Array α) (json : Json) : M α := do
  match items[← readNat json]? with
  | some item => pure item
  | none => damaged "a part that is not there"

structure Tables where
  names : Array Name := #[]
  levels : Array Level := #[]
  exprs : Array Expr := #[]

def readName (names : Array Name) (node : Array Json) : M Name := do
  let prefix_ ← pick names (← part node 0)
  match ← part node 1 with
  | .str s => return .str prefix_ s
  | n => return .num prefix_ (← readNat n)

def readLevel (names : Array Name) (levels : Array Level) (node : Array Json) : M Level := do
  let level (i : Nat) : M Level := do pick levels (← part node i)
  let made ← match ← readText (← part node 0) with
    | "zero" => pure .zero
    | "succ" => return .succ (← level 1)
    | "max" => return .max (← level 1) (← level 2)
    | "imax" => return .imax (← level 1) (← level 2)
    | "param" => return .param (← pick names (← part node 1))
    | _ => damaged "an unknown kind of level"
  return made

def readExpr (t : Tables) (node : Array Json) : M Expr := do
  let expr (i : Nat) : M Expr := do pick t.exprs (← part node i)
  let name (i : Nat) : M Name := do pick t.names (← part node i)
  match ← readText (← part node 0) with
  | "bvar" =>
    let i ← readNat (← part node 1)
    if i ≥ mostLooseBVars then damaged "more bound variables than Lean can count"
    return .bvar i
  | "sort" => return .sort (← pick t.levels (← part node 1))
  | "const" =>
    let levels ← (← readArray (← part node 2)).mapM (pick t.levels)
    return .const (← name 1) levels.toList
  | "app" => return .app (← expr 1) (← expr 2)
  | "lam" => return .lam `x (← expr 1) (← expr 2) .default
  | "pi" => return .forallE `x (← expr 1) (← expr 2) .default
  | "let" => return .letE `x (← expr 1) (← expr 2) (← expr 3) false
  | "nat" =>
    let digits ← readText (← part node 1)
    match (if digits.all Char.isDigit then digits.toNat? else none) with
    | some n => return .lit (.natVal n)
    | none => damaged "something in the place of a number"
  | "str" => return .lit (.strVal (← readText (← part node 1)))
  | "proj" =>
    let i ← readNat (← part node 2)
    if i ≥ mostFields then damaged "a projection to a field that no structure has"
    return .proj (← name 1) i (← expr 3)
  | _ => damaged "an unknown kind of term"

def readTables (json : Json) : M Tables := do
  let mut names := #[Name.anonymous]
  for node in (← readArray (← member json "names")).toList.drop 1 do
    names := names.push (← readName names (← readArray node))
  let mut levels := #[]
  for node in ← readArray (← member json "levels") do
    let level ← readLevel names levels (← readArray node)
    if level.depth > deepestLevel then damaged "a universe level that is too deep"
    levels := levels.push level
  let mut exprs := #[]
  for node in ← readArray (← member json "exprs") do
    exprs := exprs.push (← readExpr { names, levels, exprs } (← readArray node))
  return { names, levels, exprs }

/-- What another process offers as a proof. -/
structure Offer where
  tables : Tables
  entries : PHashMap Name Json
  root : Json

def Offer.expr (offer : Offer) (json : Json) : M Expr := do
  let e ← pick offer.tables.exprs json
  if e.hasLooseBVars then damaged "a bound variable without a binder"
  return e

def Offer.name (offer : Offer) (json : Json) : M Name := pick offer.tables.names json

def readOffer (text : String) : M Offer := do
  let json ← match Json.parse text with
    | .ok json => pure json
    | .error error => damaged error
  let tables ← readTables json
  let mut entries : PHashMap Name Json := {}
  for entry in ← readArray (← member json "constants") do
    entries := entries.insert (← pick tables.names (← member entry "name")) entry
  let root ← pick tables.names (← member json "theorem")
  match entries.find? root with
  | some root => return { tables, entries, root }
  | none => damaged "a constant that is not there"

/-- The names of the constants that must be known before this one. -/
def Offer.needs (offer : Offer) (entry : Json) : M (Array Name) := do
  match ← readText (← member entry "kind") with
  | "member" => return #[← offer.name (← member entry "of")]
  | _ =>
    let type ← offer.expr (← member entry "type")
    let value ← offer.expr (← member entry "value")
    return type.getUsedConstants ++ value.getUsedConstants

def readHints (json : Json) : M ReducibilityHints := do
  match json with
  | .str "opaque" => return .opaque
  | .str "abbrev" => return .abbrev
  | height => return .regular (UInt32.ofNat (← readNat height))

/-- The declaration for the kernel; `none` if that of another constant brings this one along. -/
def Offer.declaration? (offer : Offer) (name : Name) (entry : Json) : M (Option Declaration) := do
  let levelParams : M (List Name) := do
    return (← (← readArray (← member entry "levels")).mapM (pick offer.tables.names)).toList
  let type : M Expr := do offer.expr (← member entry "type")
  let value : M Expr := do offer.expr (← member entry "value")
  match ← readText (← member entry "kind") with
  | "definition" =>
    let hints ← readHints (← member entry "hints")
    return some (.defnDecl
      { name, levelParams := ← levelParams, type := ← type, value := ← value, hints, safety := .safe })
  | "theorem" => return some (.thmDecl { name, levelParams := ← levelParams, type := ← type, value := ← value })
  | "opaque" =>
    return some (.opaqueDecl
      { name, levelParams := ← levelParams, type := ← type, value := ← value, isUnsafe := false })
  | "member" => return none
  | _ => damaged "an unknown kind of constant"

/-! ## Judging -/

def allowedAxioms : List Name := [``propext, ``Quot.sound, ``Classical.choice]

/-- To reduce these the kernel runs compiled code, and not in every version of Lean does an axiom tell of it. -/
def computed : List Name := [`Lean.reduceBool, `Lean.reduceNat]

/-- The kernel has its own ways with these names, so they must be the library's. -/
def knownToTheKernel : List Name :=
  [`Nat.add, `Nat.sub, `Nat.mul, `Nat.div, `Nat.mod, `Nat.gcd, `Nat.beq, `Nat.ble, `Nat.land, `Nat.lor, `Nat.xor,
    `Nat.shiftLeft, `Nat.shiftRight, `Nat.pow, `Nat.log2, `Bool.true, `Char.ofNat, `Eq.refl, `Quot.lift]

/-- The imports of ORIGINAL with everything in them. A `module` sees no proofs, and so not what theorems rest on. -/
def wholeImports (start : Environment) : IO Environment := do
  let isModule : Bool := by first
    | exact start.header.isModule
    | exact false
  if isModule then importModules start.header.imports {} else return start

/-- Whether a constant was declared as an axiom. One whose proof is left out of the library's files looks like one, too;
`start`, as imported for ORIGINAL, tells what it was. -/
def isAxiom (start library : Environment) (name : Name) : Bool :=
  match library.find? name with
  | some (.axiomInfo _) => (start.find? name).isNone || by first
    | exact (getOriginalConstKind? start name).all (· matches .axiom)
    | exact true
  | _ => false

/-- Have the kernel check a declaration. -/
def addDecl (env : Environment) (declaration : Declaration) : Except MessageData Environment :=
  by first
    | exact (env.addDeclCore 0 declaration none).mapError fun e => e.toMessageData {}
    | exact (env.addDeclCore 0 0 declaration none).mapError fun e => e.toMessageData {}

/-! ## Inductive types

What an inductive type must be beyond what the kernel asks: those of Lean before 4.33.1 have bugs, and all that are known to
prove `False` need an inductive type of their own (docs/kernel-bugs.md). The rules here leave such a type nothing to go
wrong with: that it is a proposition or is none, and which of its fields are recursive, can be read off without deciding an
equality, by unfolding definitions and no more. -/

def refuseType {α : Type} (name : Name) (why : String) : M α :=
  refuse "inductive" s!"the inductive type {shown name} is not accepted: {why}"

/-- Code before the theorem can put anything into the file's environment, and the kernel does not always look. -/
def refuseUnfinished (info : ConstantInfo) : M Unit := do
  let terms := info.type :: (info.value? (allowOpaque := true)).toList
  if terms.any fun e => e.hasFVar || e.hasMVar then
    refuse "terms" s!"{shown info.name} is not finished: there are free variables or metavariables in it"
  if terms.any fun e => (e.find? fun | .proj _ i _ => i ≥ mostFields | _ => false).isSome then
    refuse "terms" s!"{shown info.name} has a projection to a field that no structure has"

/-- Refuse a name that the kernel makes up for itself when types are nested. -/
def refuseReserved (declared : Name) (name : Name) : M Unit :=
  if name.components.contains `_nested then
    refuseType declared s!"it uses the name {name}, which the kernel makes up for itself"
  else pure ()

/-- What a declaration mentions, and where: every mention of a type that is being declared must have the parameters and the
universes of the declaration. `seen` holds terms under a number of binders. -/
partial def occurrences (levels : List Name) (parameters : Nat) (types : List Name) (e : Expr) (depth : Nat) :
    StateT (Std.HashSet (Expr × Nat)) M Unit := do
  if (← get).contains (e, depth) then return
  modify (·.insert (e, depth))
  let declared := types.head!
  let recur (e : Expr) (depth : Nat) := occurrences levels parameters types e depth
  let mention (name : Name) (universes : List Level) (args : Array Expr) : M Unit := do
    refuseReserved declared name
    let given := (args.extract 0 parameters).toList
    let uniform := universes == levels.map .param && given.length == parameters &&
      (given.zip (List.range parameters)).all fun (arg, i) => arg == .bvar (depth - 1 - i)
    if types.contains name && !uniform then
      refuseType declared s!"a constructor mentions {shown name} with other parameters or universes than those it is declared with"
  match e with
  | .const name universes => mention name universes #[]
  | .app .. =>
    match e.getAppFn with
    | .const name universes => mention name universes e.getAppArgs
    | f => recur f depth
    for arg in e.getAppArgs do recur arg depth
  | .lam _ t b _ | .forallE _ t b _ => recur t depth; recur b (depth + 1)
  | .letE _ t v b _ => recur t depth; recur v depth; recur b (depth + 1)
  | .mdata _ b => recur b depth
  | .proj name _ b =>
    refuseReserved declared name
    if types.contains name then refuseType declared "a constructor's type takes a value of it apart"
    recur b depth
  | _ => pure ()

/-- Check a declaration before the kernel sees it: what it is called, and where it mentions itself. -/
def refuseMalformed (levels : List Name) (parameters : Nat) (types : List InductiveType) : M Unit := do
  let names := types.map (·.name)
  let some declared := names.head? | refuse "terms" "an inductive declaration of nothing"
  let mut members : NameSet := {}
  for name in types.flatMap fun t => t.name :: t.ctors.map (·.name) do
    refuseReserved declared name
    if members.contains name then refuseType declared s!"it declares {shown name} twice"
    members := members.insert name
  for e in types.flatMap fun t => t.type :: t.ctors.map (·.type) do
    if e.hasFVar || e.hasMVar then refuseType declared "a term in it is not finished"
    let _ ← (occurrences levels parameters names e 0).run {}

/-- `expanded` are the nested types whose fields have been looked at; `variables` are numbered. -/
structure Examination where
  env : Environment
  expanded : Array Expr := #[]
  variables : Nat := 0

abbrev ExamineM := StateT Examination M

def variable_ : ExamineM Expr :=
  modifyGet fun s => (.fvar ⟨.num `_prover s.variables⟩, { s with variables := s.variables + 1 })

def mostUnfoldings : Nat := 1000

/-- The head of a term, for which definitions are unfolded and functions applied, and nothing else is computed. -/
def headOf (declared : Name) (e : Expr) : ExamineM Expr := do
  let env := (← get).env
  let mut e := e
  for _ in [0:mostUnfoldings] do
    e := e.headBeta
    match e with
    | .mdata _ b => e := b
    | .letE _ _ v b _ => e := b.instantiate1 v
    | _ =>
      let .const name levels := e.getAppFn | return e
      let some (.defnInfo v) := env.find? name | return e
      e := mkAppN (v.value.instantiateLevelParams v.levelParams levels) e.getAppArgs
  refuseType declared "its definition unfolds to too much"

def mentions (types : List Name) (e : Expr) : Bool := e.getUsedConstants.any types.contains

/-- A type's sort must be there to be seen, and be a proposition's always or never. -/
partial def sortOf (declared : Name) (type : Expr) : ExamineM Unit := do
  match ← headOf declared type with
  | .forallE _ _ b _ => sortOf declared (b.instantiate1 (← variable_))
  | .sort level => unless level matches .zero || level.isNeverZero do wrong
  | _ => wrong
where wrong : ExamineM Unit := do
  refuseType declared "its sort must be `Prop`, `Type u` or another `Sort` that is never `Prop`, whatever the universes, \
    such as `Sort (max 1 u)`"

/-- The type of a constant at these universes, applied to these arguments. -/
def instanceOf (info : ConstantInfo) (levels : List Level) (args : List Expr) : Expr :=
  args.foldl (fun e arg => e.bindingBody!.instantiate1 arg) (info.type.instantiateLevelParams info.levelParams levels)

mutual

/-- A field that mentions the types: functions into one of them, or into an inductive type that holds some. -/
partial def fieldOf (types : List Name) (constructor : Name) (e : Expr) : ExamineM Unit := do
  unless mentions types e do return
  let e ← headOf types.head! e
  unless mentions types e do return
  if let .forallE _ _ b _ := e then return ← fieldOf types constructor (b.instantiate1 (← variable_))
  let .const name levels := e.getAppFn | computed
  let some (.inductInfo v) := (← get).env.find? name | computed
  unless types.contains name do nestedOf types constructor v levels (e.getAppArgs.extract 0 v.numParams)
where computed {α : Type} : ExamineM α :=
  refuseType types.head! s!"a field of {shown constructor} mentions it where only a computation tells what the field's type \
    is; write that type out"

/-- The fields of an inductive type at parameters that mention the types. -/
partial def nestedOf (types : List Name) (constructor : Name) (v : InductiveVal) (levels : List Level)
    (parameters : Array Expr) : ExamineM Unit := do
  let type := mkAppN (.const v.name levels) parameters
  if !parameters.any (mentions types) || (← get).expanded.contains type then return
  modify fun s => { s with expanded := s.expanded.push type }
  for member in v.all do
    let some (.inductInfo member) := (← get).env.find? member | continue
    for inner in member.ctors do
      let some inner := (← get).env.find? inner | continue
      fieldsOf types constructor (instanceOf inner levels parameters.toList)

partial def fieldsOf (types : List Name) (constructor : Name) (e : Expr) : ExamineM Unit := do
  let .forallE _ t b _ := e | return
  fieldOf types constructor t
  fieldsOf types constructor (b.instantiate1 (← variable_))

end

/-- The binders of a function type, up to `count`: their types, variables for them, and what is left. -/
partial def opened (type : Expr) (count : Nat) (types variables : Array Expr := #[]) :
    ExamineM (Array Expr × Array Expr × Expr) := do
  let .forallE _ t b _ := type | return (types, variables, type)
  if count == 0 then return (types, variables, type)
  let x ← variable_
  opened (b.instantiate1 x) (count - 1) (types.push t) (variables.push x)

/-- The function type with these binders: the reverse of `opened`. -/
def closed (types variables : Array Expr) (rest : Expr) : Expr :=
  (List.range types.size).foldr (init := rest.abstract variables) fun i e =>
    .forallE `x (types[i]!.abstractRange i variables) e .default

/-- The kernel must accept a declaration, which is then forgotten. -/
def ask (declared : Name) (what : String) (declaration : Declaration) : ExamineM Unit := do
  match addDecl (← get).env declaration with
  | .ok _ => pure ()
  | .error message => refuseType declared s!"{what} is wrong: the kernel refuses {shown declared}: {← message.toString}"

/-- What a recursor computes must have the type that the recursor promises. -/
def rulesOf (declared : Name) (v : RecursorVal) : ExamineM Unit := do
  let env := (← get).env
  let (types, variables, rest) ← opened v.type (v.numParams + v.numMotives + v.numMinors)
  let (_, _, major) ← opened rest v.numIndices
  let major := major.bindingDomain!
  let .const family levels := major.getAppFn | refuseType declared "its recursor is not one"
  let some (.inductInfo family) := env.find? family | refuseType declared "its recursor is not one"
  let given := major.getAppArgs.extract 0 family.numParams
  for rule in v.rules do
    let some constructor := env.find? rule.ctor | refuseType declared "its recursor is not one"
    let type := instanceOf constructor levels given.toList
    let (fieldTypes, fields, result) ← opened type type.getForallArity
    let value := mkAppN (.const rule.ctor levels) (given ++ fields)
    let indices := result.getAppArgs.toList.drop given.size
    let target := (indices ++ [value]).foldl (fun e arg => e.bindingBody!.instantiate1 arg) rest
    ask declared s!"what {shown v.name} computes of {shown rule.ctor}" <| .opaqueDecl
      { name := `prover.examined, levelParams := v.levelParams, value := rule.rhs, isUnsafe := false
        type := closed (types ++ fieldTypes) (variables ++ fields) target }

/-- The recursors of types declared together, and those of what is nested in them. -/
partial def recursorsOf (env : Environment) (types : List Name) : List RecursorVal :=
  let named (name : Name) : Option RecursorVal := match env.find? name with
    | some (.recInfo v) => some v
    | _ => none
  let rec nested (i : Nat) : List RecursorVal :=
    match named (.str types.head! s!"rec_{i}") with
    | some v => v :: nested (i + 1)
    | none => []
  types.filterMap (fun t => named (.str t "rec")) ++ nested 1

/-- Examine types declared together that the kernel has accepted, from what its environment says of them. -/
def examine (types : List Name) : ExamineM Unit := do
  let env := (← get).env
  let declared := types.head!
  let found := types.filterMap fun t => match env.find? t with
    | some (.inductInfo v) => some v
    | _ => none
  let constructors := found.flatMap fun v => v.ctors.filterMap env.find?
  let recursors := recursorsOf env types
  for info in found.map ConstantInfo.inductInfo ++ constructors ++ recursors.map ConstantInfo.recInfo do
    ask declared s!"the type of {shown info.name}" <| .axiomDecl
      { name := `prover.examined, levelParams := info.levelParams, type := info.type, isUnsafe := false }
  for v in found do sortOf declared v.type
  for v in found do
    for constructor in v.ctors.filterMap env.find? do
      let (_, _, fields) ← opened constructor.type v.numParams
      fieldsOf types constructor.name fields
  for v in recursors do rulesOf declared v

instance : MonadEnv (StateM Environment) where
  getEnv := get
  modifyEnv := modify

/-- `start` has the imports as ORIGINAL sees them, `library` all that is in them; `file` also has what ORIGINAL declares,
and `env` has the library and what the kernel has checked. -/
structure Judge where
  start : Environment
  library : Environment
  file : Environment
  offer : Offer
  env : Environment
  seen : NameSet := {}
  inductives : Array Name := #[]

abbrev JudgeM := StateT Judge M

/-- A constant that something rests on: what it needs itself, and how it is declared, if that is to be done. `types` are
those of an inductive declaration of ORIGINAL. -/
structure Known where
  needs : Array Name := #[]
  declaration : M (Option Declaration) := pure none
  types : List Name := []

def refuseAxiom (name : Name) : M Unit :=
  if allowedAxioms.contains name then pure () else refuse (axiomKind name) s!"the proof rests on the axiom {shown name}"

def fileDeclaration (env : Environment) : ConstantInfo → Option Declaration
  | .defnInfo v => some (.defnDecl v)
  | .thmInfo v => some (.thmDecl v)
  | .opaqueInfo v => some (.opaqueDecl v)
  | .inductInfo v => some (.inductDecl v.levelParams v.numParams (inductiveTypes env v.all) false)
  | _ => none

/-- A constant of the imports or of ORIGINAL, if there is one. -/
def Judge.given? (judge : Judge) (name : Name) : M (Option Known) := do
  if (judge.library.find? name).isSome then
    if computed.contains name then refuse "code" s!"the proof rests on compiled code: {shown name}"
    if isAxiom judge.start judge.library name then refuseAxiom name
    return some {}
  let some info := judge.file.find? name | return none
  if info matches .axiomInfo _ then refuse (axiomKind name) s!"the proof rests on the axiom {shown name}"
  if info.isUnsafe || info.isPartial then refuse "code" s!"the proof rests on {shown name}, which is unsafe or partial"
  refuseUnfinished info
  let types := match info with
    | .inductInfo v => v.all
    | _ => []
  return some { needs := needs judge.file info, types, declaration := do
    let declaration := fileDeclaration judge.file info
    if let some (.inductDecl levels parameters types _) := declaration then refuseMalformed levels parameters types
    return declaration }

def Judge.offered (judge : Judge) (name : Name) : M Known := do
  let some entry := judge.offer.entries.find? name
    | refuse "terms" s!"the proof rests on {shown name}, which is not declared"
  if (← readText (← member entry "kind")) == "inductive" then
    refuse "inductive" s!"the proof declares the inductive type {shown name}: that belongs before the theorem"
  return { needs := ← judge.offer.needs entry, declaration := judge.offer.declaration? name entry }

/-- Have the kernel check a declaration and add it. -/
def add (name : Name) (declaration : Declaration) : JudgeM Unit := do
  match addDecl (← get).env declaration with
  | .ok env => modify ({ · with env })
  | .error message => refuse "kernel" s!"the kernel refuses {shown name}: {← message.toString}"

def admit (name : Name) (known : Known) : JudgeM Unit := do
  if ((← get).env.find? name).isNone then
    if let some declaration ← known.declaration then
      add name declaration
      if !known.types.isEmpty then
        modify fun judge => { judge with inductives := judge.inductives ++ known.types }
        let _ ← (examine known.types).run { env := (← get).env }
  if ((← get).env.find? name).isNone then refuse "terms" s!"{shown name} is not what it is said to be"

/-- Admit constants, each after what it needs. A stack instead of recursion: `some` known is one whose needs are met. -/
partial def admitAll (names : Array Name) (known : Judge → Name → M Known) : JudgeM Unit := do
  let mut stack : List (Name × Option Known) := names.toList.map ((·, none))
  repeat
    match stack with
    | [] => break
    | (name, some ready) :: rest =>
      stack := rest
      admit name ready
    | (name, none) :: rest =>
      stack := rest
      unless (← get).seen.contains name do
        modify fun j => { j with seen := j.seen.insert name }
        let found ← known (← get) name
        stack := found.needs.toList.map ((·, none)) ++ (name, some found) :: stack

/-- Send the theorem, after all that it rests on, through the kernel. -/
def judgeTheorem (theorem_ : ConstantInfo) : JudgeM Unit := do
  let judge ← get
  let { name, levelParams, type, .. } := theorem_.toConstantVal
  let value ← judge.offer.expr (← member judge.offer.root "value")
  set { judge with seen := judge.seen.insert name }
  -- The statement comes first, so that nothing offered can take the place of what it mentions.
  admitAll type.getUsedConstants fun judge n => do
    let some known ← judge.given? n | refuse "terms" s!"the proof rests on {shown n}, which is not declared"
    return known
  admitAll value.getUsedConstants fun judge n => do
    let some known ← judge.given? n | judge.offered n
    return known
  if theorem_ matches .thmInfo _ then add name (.thmDecl { name, levelParams, type, value })
  else add name (.opaqueDecl { name, levelParams, type, value, isUnsafe := false })

/-- The axioms that a constant rests on, those behind the library's theorems as well, where these come with proofs. -/
def Judge.axiomsOf (judge : Judge) (name : Name) : Array Name :=
  let env := judge.env
  let found : Array Name := by first
    | exact ((collectAxioms name : StateM Environment (Array Name)).run env).1
    | exact (((CollectAxioms.collect name).run env).run {}).2.axioms
  found.filter (isAxiom judge.start env)

/-- What runs code in the proof. Refuses a `source` in which anything but one proof stands in the place of the last command
of ORIGINAL. -/
def codeOfProof (source original : String) (state : Command.State) (start : Parser.ModuleParserState) : M Found := do
  let input := Parser.mkInputContext source "<input>"
  let (first, next, messages) := parseCommand input state start
  let (second, _, more) := parseCommand input state next
  for error in (← errorsOf messages) ++ (← errorsOf more) do
    refuse "text" s!"Lean finds an error in the proof at {error}"
  if Parser.isTerminalCommand first || second.getKind != ``Parser.Command.eoi then
    refuse "text" "the text goes on after the proof"
  return (codeIn (fun _ => false) first).filter fun (_, pos) => (proofStart? original).all fun start => pos ≥ start

/-- The theorem's type as Lean prints it where it is stated. -/
def shownStatement (state : Command.State) (name : Name) : IO String := do
  let input := Parser.mkInputContext s!"#check @_root_.{name}" "<check>"
  let (command, parser, _) := parseCommand input state {}
  let after ← elabCommand input state parser command
  for message in after.messages.toList do
    let text ← message.data.toString
    return " : ".intercalate ((text.splitOn " : ").drop 1)
  return ""

/-- What the user gave: see `Given` in theorem.py. The statement begins at `statementStart` in the text with the proof. -/
structure Given where
  text : String
  start : Nat
  preamble : String
  statementStart : Nat

def readGiven (text : String) : M (Option Given) := do
  let json ← (Json.parse text : Except String Json)
  let given ← json.getObjVal? "given"
  if given.isNull then return none
  return some {
    text := ← given.getObjValAs? String "text"
    start := ← given.getObjValAs? Nat "start"
    preamble := ← given.getObjValAs? String "preamble"
    statementStart := ← json.getObjValAs? Nat "statementStart" }

/-- The answer about a proof: its statement and its axioms. Where there is what the user gave, the statement and what
stands before it are taken from that. -/
def checkProof (source original terms given : String) (name : Name) (untrusted : Bool) : M (List (String × Json)) := do
  let given ← readGiven given
  let file ← match given with
    | some given => elabFile given.text untrusted (target := given.start) (preamble := given.preamble)
    | none => elabFile original untrusted
  if let some error := file.errors[0]? then refuse "statement" s!"Lean finds an error in the statement at {error}"
  let some (before, start) := file.last | refuse "statement" "the text states nothing"
  if given.isSome && !file.reached then refuse "statement" "the text states nothing where the statement is said to begin"
  let code ← codeOfProof source original before ((given.map fun g => { pos := ⟨g.statementStart⟩ }).getD start)
  let offer ← readOffer terms
  for known in knownToTheKernel do
    unless file.start.contains known do refuse "statement" s!"the imports lack {known}, so they lack part of Init"
  unless file.start.header.moduleNames.contains `Init do refuse "statement" "the imports lack Init"
  let some theorem_ := declared? file.state.env name | refuse "statement" s!"{name} is not what the text states"
  if (before.env.find? theorem_.name).isSome then refuse "statement" s!"{name} is not what the text states"
  unless theorem_ matches .thmInfo _ | .defnInfo _ do refuse "statement" s!"{name} has no proof"
  let library ← wholeImports file.start
  let judge : Judge := { start := file.start, library, file := file.state.env, offer, env := library }
  let (_, judge) ← (judgeTheorem theorem_).run judge
  let axioms := judge.axiomsOf theorem_.name
  for found in axioms do refuseAxiom found
  for (what, _) in code do refuse "code" (runsCode what)
  let sorted := (axioms.map toString).qsort (· < ·)
  let inductives := (judge.inductives.map shown).qsort (· < ·)
  return [("statement", .str (← shownStatement file.state name)), ("axioms", toJson sorted),
    ("inductives", toJson inductives), ("contextCode", toJson file.code)]

end Prover

open Prover in
unsafe def main (args : List String) : IO UInt32 := do
  enableInitializersExecution
  let answer (path : String) (reply : List (String × Json)) : IO UInt32 := do
    IO.FS.writeFile path (Json.mkObj (("lean", Json.str Lean.versionString) :: reply)).compress
    return 0
  let untrusted := args.head? == some "--untrusted"
  match if untrusted then args.tail! else args with
  | ["inspect", texts, path] =>
    let .ok (texts : Array String) := Json.parse (← IO.FS.readFile texts) >>= fromJson? | return 2
    let found := (← inspect texts).map fun (what, text, line) =>
      Json.mkObj [("what", .str what), ("text", toJson text), ("line", toJson line)]
    answer path [("code", found.getD .null)]
  | ["export", source, original, name, path] =>
    match ← (exportProof (← IO.FS.readFile source) (← IO.FS.readFile original) name.toName untrusted).run with
    | .ok terms => answer path [("terms", terms)]
    | .error { kind, message } => answer path [("terms", .null), ("reason", .str message), ("kind", .str kind)]
  | ["check", source, original, name, terms, given, path] =>
    let read (path : String) := IO.FS.readFile path
    match ← (checkProof (← read source) (← read original) (← read terms) (← read given) name.toName untrusted).run with
    | .ok reply => answer path (("accepted", .bool true) :: reply)
    | .error { kind, message } =>
      answer path [("accepted", .bool false), ("reason", .str message), ("kind", .str kind)]
  | _ =>
    IO.eprintln "expected: [--untrusted] export SOURCE ORIGINAL NAME ANSWER, or\
      [--untrusted] check SOURCE ORIGINAL NAME TERMS GIVEN ANSWER, or inspect TEXTS ANSWER"
    return 2
