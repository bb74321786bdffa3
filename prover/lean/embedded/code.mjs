// What in a text runs code of the text's own while Lean elaborates it, told from the syntax that Lean's parser makes.
//
// A command is taken for harmless only if it is known to be: COMMANDS have nothing run that the text brings along, apart
// from what may be nested in them. Notations, and macros that do no more than put their arguments into a quotation, are
// no code: what they stand for is looked at where it is written down. docs/soundness.md explains the rules.
import { children, kindOf, rangeOf } from "./declarations.mjs";
import { normalised } from "./text.mjs";

/** What stands for a proof in a statement's text, at its end. */
export const GAP = "sorry";
export const RUNS_CODE = "the proof runs code while it is elaborated: ";

const COMMAND = "Lean.Parser.Command.";
const HARMLESS = new Set(
  [
    "moduleDoc declaration deriving section namespace end variable universe include omit open export attribute set_option",
    "check check_failure synth print printSig printAxioms printEqns printTacTags where version exit eoi import",
    "in mutual notation mixfix syntax syntaxAbbrev syntaxCat macro macro_rules binderPredicate addDocString quot",
    "genInjectiveTheorems grindPattern recommended_spelling docs_to_verso",
  ].flatMap((names) => names.split(" ").map((name) => COMMAND + name)),
);
for (const name of ["guardMsgsCmd", "reduceCmd", "guardExprCmd", "«command__Unif_hint____Where_|_-⊢_»"]) HARMLESS.add(`Lean.${name}`);
/** Commands with commands in them. */
const GUARDED = "Lean.guardMsgsCmd"; // its last part
const HOLDERS = new Set([`${COMMAND}in`, `${COMMAND}mutual`, `${COMMAND}quot`, GUARDED]);
/** What runs code, wherever it stands. */
const CODE = new Set(
  [
    "Lean.byElab Lean.runCmd Lean.runElab Lean.runMeta Lean.Parser.Tactic.runTac Lean.Parser.Term.unsafe Lean.includeStr",
    "Lean.Parser.Tactic.nativeDecide Lean.Parser.Tactic.bvDecide Lean.Parser.Tactic.bvCheck",
    "Lean.Parser.Tactic.Conv.runConv Lean.Parser.Command.unsafe Lean.Parser.Command.eval Lean.Parser.Command.evalBang",
    "Lean.Parser.Command.initialize Lean.Parser.Command.elab Lean.Parser.Command.elab_rules",
  ].flatMap((kinds) => kinds.split(" ")),
);
const SIMPROC = /^Lean\.Parser\.«command.*[sS]improc/u;
/** Attributes that have nothing run: they only tell what Lean's own code is to do with a constant. */
const ATTRIBUTES = new Set(
  [
    "simp simps reducible semireducible irreducible instance_reducible implicit_reducible inline noinline always_inline",
    "inline_if_reduce macro_inline specialize nospecialize instance default_instance class match_pattern inherit_doc ext",
    "elab_as_elim elab_without_expected_type elab_simple induction_eliminator cases_eliminator deprecated coe norm_cast",
    "push_cast refl rfl symm trans congr grind unbox expose no_expose defeq never_extract suggest_for local seval spec",
    "to_additive gcongr fun_prop mono aesop nolint simprocs partial_fixpoint_monotone wf_preprocess bv_normalize push",
  ].flatMap((names) => names.split(" ")),
);
const ATTRIBUTE = "Lean.Parser.Term.attrInstance";
const MACROS = new Set(["macro", "macro_rules", "binderPredicate"].map((name) => COMMAND + name));
const QUOTATION = /(\.|^)(quot|quotSeq|dynamicQuot)$/;
const ANTIQUOTATION = /antiquot$/;
const ATOM = 2;
const IDENT = 3;

/** Where the proof begins in a text that goes on as a statement's does up to the gap, in bytes of the normalised text. */
export function proofStart(original) {
  const whole = normalised(original).trimEnd();
  return whole.endsWith(GAP) ? Buffer.byteLength(whole) - Buffer.byteLength(GAP) : Infinity;
}

/**
 * The places in a command that run code: [{what, start}], a word for each and where it begins, in bytes. `isOwn(id)` tells
 * whether the text has declared a constant of that name: there is one for each kind of syntax that it defines.
 */
export function codeIn(L, command, isOwn) {
  const finder = new Finder(L, isOwn);
  finder.command(command);
  return finder.found;
}

class Finder {
  found = [];

  constructor(L, isOwn) {
    this.L = L;
    this.isOwn = isOwn;
  }

  #add(syntax, what = this.#word(syntax)) {
    const range = rangeOf(this.L, syntax);
    this.found.push({ what, start: range === null ? 0 : range[0] });
  }

  /** A command, and what is nested in it. What a text's own syntax stands for was looked at where it was defined. */
  command(syntax) {
    const { L } = this;
    const kind = kindOf(L, syntax);
    if (HOLDERS.has(kind)) {
      const parts = this.#commandsIn(syntax);
      for (const part of kind === GUARDED ? parts.slice(-1) : parts) this.command(part);
      return;
    }
    if (MACROS.has(kind) && !this.#onlyQuotes(syntax, kind)) this.#add(syntax);
    const known = HARMLESS.has(kind) || CODE.has(kind) || SIMPROC.test(kind);
    if (kind !== "" && !known && !this.isOwn(L.field(syntax, 1))) this.#add(syntax);
    this.#nested(syntax);
  }

  #commandsIn(syntax) {
    const { L } = this;
    return children(L, syntax).flatMap((part) => (kindOf(L, part) === "null" ? this.#commandsIn(part) : kindOf(L, part) === "" ? [] : [part]));
  }

  #nested(syntax) {
    const { L } = this;
    const kind = kindOf(L, syntax);
    if (CODE.has(kind) || SIMPROC.test(kind)) this.#add(syntax);
    else if (kind === ATTRIBUTE) this.#attribute(syntax);
    else if (kind === "Lean.Parser.Tactic.decide" && this.#names(syntax).includes("native")) this.#add(syntax, "decide +native");
    for (const part of children(L, syntax)) {
      if (kindOf(L, part) === `${COMMAND}quot`) this.command(part);
      else this.#nested(part);
    }
  }

  #attribute(syntax) {
    const [name] = this.#names(children(this.L, syntax)[1]);
    if (!ATTRIBUTES.has(name)) this.#add(syntax, `@[${name}]`);
  }

  /** Whether a macro does nothing but fill quotations in. */
  #onlyQuotes(syntax, kind) {
    const { L } = this;
    const bodies = kind === `${COMMAND}macro_rules` ? this.#all(syntax, "Lean.Parser.Term.matchAlt") : [syntax];
    return bodies.length > 0 && bodies.every((body) => this.#isQuotation(this.#last(body)));
  }

  /** The last piece of a body, below what only wraps it. */
  #last(syntax) {
    const { L } = this;
    const last = children(L, syntax).filter((part) => kindOf(L, part) !== "null" || children(L, part).length > 0).at(-1);
    if (last === undefined) return syntax;
    return ["null", `${COMMAND}macroTail`, `${COMMAND}macroRhs`].includes(kindOf(L, last)) ? this.#last(last) : last;
  }

  #isQuotation(syntax) {
    const { L } = this;
    if (!QUOTATION.test(kindOf(L, syntax))) return false;
    const plain = (part) =>
      ANTIQUOTATION.test(kindOf(L, part)) ? this.#all(part, "antiquotNestedExpr").length === 0 : children(L, part).every(plain);
    return plain(syntax);
  }

  /** All pieces of a kind. */
  #all(syntax, kind) {
    if (kindOf(this.L, syntax) === kind) return [syntax];
    return children(this.L, syntax).flatMap((part) => this.#all(part, kind));
  }

  /** The names and words in a piece of syntax. */
  #names(syntax) {
    const { L } = this;
    const tag = L.tag(syntax);
    if (tag === ATOM) return [L.text(L.field(syntax, 1))];
    if (tag === IDENT) return [L.nameText(L.field(syntax, 2))];
    return children(L, syntax).flatMap((part) => this.#names(part));
  }

  /** The word that says what a piece of syntax is: its first that is neither an attribute nor a comment. */
  #word(syntax) {
    const { L } = this;
    const aside = ["Lean.Parser.Term.attributes", `${COMMAND}docComment`, "Lean.Parser.Term.attrKind"];
    const first = (part) => {
      if (L.tag(part) === ATOM) return L.text(L.field(part, 1));
      if (aside.includes(kindOf(L, part))) return undefined;
      for (const inner of children(L, part)) {
        const word = first(inner);
        if (word !== undefined) return word;
      }
    };
    return first(syntax) ?? kindOf(L, syntax);
  }
}
