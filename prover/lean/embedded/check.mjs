// The independent check of a whole proof. Nothing here has been touched by the search, nor by the proof's text.
//
// Another engine has made terms of the text (export.mjs). Here the statement alone is elaborated. Then Lean's kernel
// checks, one declaration after the other and starting from nothing but the imports, everything that those terms
// rest on, and at last that they prove the statement. The proof's text is only parsed, to see that it is one proof
// and nothing else.
import { GAP, RUNS_CODE, proofStart } from "./code.mjs";
import { COMMAND_STATE, HeaderError } from "./commands.mjs";
import { Constants, KIND, keyOf, usedIn } from "./constants.mjs";
import { examine, refuseMalformed } from "./inductives.mjs";
import { Kernel, Refused, blockOf, declarationOf, opaque, shown, theorem as theoremDeclaration } from "./kernel.mjs";
import { Offer } from "./offer.mjs";
import { BadTerms } from "./rebuild.mjs";

const ALLOWED_AXIOMS = ["propext", "Quot.sound", "Classical.choice"];
/** To reduce these the kernel runs compiled code, and no axiom tells of it. */
const COMPUTED = ["Lean.reduceBool", "Lean.reduceNat"];
/** The kernel has its own ways with these names, so they must be the library's. */
const KNOWN_TO_THE_KERNEL = [
  ..."add sub mul div mod gcd beq ble land lor xor shiftLeft shiftRight pow log2".split(" ").map((f) => `Nat.${f}`),
  ...["Bool.true", "Char.ofNat", "String.ofList", "Eq.refl", "Quot.lift"],
];
const AXIOM_KIND = 2; // of Lean's `ConstantKind`: defn, thm, axiom, ...

/**
 * Check that `terms` prove the theorem `name` that `original` states with a `sorry` at its end, and that `source` is
 * the same text with something else in that place. Where the user's own text is `given`, the statement, and whatever
 * stands before it, are taken from there; what the declaration begins in `source` is at `statementStart`.
 */
export function check(L, commands, { source, original, given, statementStart, name, terms, timeLimit }) {
  const answer = { accepted: false, statement: null, axioms: [], inductives: [], contextCode: [], library: null, reason: null, kind: null };
  let stated;
  let judging = false;
  try {
    const onCode = (found) => void answer.contextCode.push(...found.map(({ what, line }) => `${what} (line ${line})`));
    stated = given
      ? commands.runTo(given.text, given.start, { preamble: given.preamble, timeLimit, onCode })
      : commands.run(original, { timeLimit, last: true, onCode });
    for (const capture of stated.captures) commands.discard(capture);
    refuseErrors(stated, timeLimit);
    const last = given ? { ...stated.last, start: statementStart } : stated.last;
    const code = codeOfProof(commands, source, original, last);
    const judge = new Judge(L, commands, stated, new Offer(L, terms));
    const theorem = judge.stated(name);
    judging = true;
    const [axioms, late] = commands.limited(timeLimit, () => judge.judge(theorem));
    if (late) throw new Refused(`the kernel took longer than ${timeLimit} ms`, "limit");
    if (code !== undefined) throw new Refused(RUNS_CODE + code.what, "code");
    answer.axioms = axioms;
    answer.library = judge.libraryName;
    answer.inductives = judge.inductives.sort();
    answer.statement = shownStatement(commands, stated.state, name);
    answer.accepted = true;
  } catch (e) {
    if (e instanceof BadTerms) Object.assign(answer, { reason: `the terms of the proof are damaged: ${e.message}`, kind: "terms" });
    else if (e instanceof Refused) Object.assign(answer, { reason: e.message, kind: e.kind });
    else if (e instanceof HeaderError) Object.assign(answer, { reason: e.message, kind: "imports" });
    else throw e;
    const other = given && judging && otherStatement(commands, { original, name, timeLimit }, stated);
    if (other) Object.assign(answer, { reason: other, kind: "statement" });
  } finally {
    if (stated) L.drop(stated.state);
    if (stated?.last) L.drop(stated.last.state);
  }
  return answer;
}

/** Why a proof is refused that is one of `original`, where that does not state what the user gave. */
function otherStatement(commands, { original, name, timeLimit }, stated) {
  const cut = commands.run(original, { timeLimit });
  for (const capture of cut.captures) commands.discard(capture);
  const [given, proved] = [stated, cut].map(({ state }) => shownStatement(commands, state, name));
  commands.L.drop(cut.state);
  return given === proved ? undefined : `the proved statement is not the given one: ${proved} is not ${given}`;
}

function refuseErrors({ messages, timedOut, last }, timeLimit) {
  if (timedOut) throw new Refused(`the statement took longer than ${timeLimit} ms`, "limit");
  refuseError(messages, "the statement", "statement");
  if (!last) throw new Refused("the text states nothing", "statement");
}

function refuseError(messages, where, kind) {
  const error = messages.find((m) => m.severity === "error");
  if (error) throw new Refused(`Lean finds an error in ${where} at ${error.pos.line}:${error.pos.column}: ${error.data}`, kind);
}

/** What runs code in the proof, if anything. Refuses a `source` that is not `original` with its gap filled. */
function codeOfProof(commands, source, original, last) {
  const whole = original.trimEnd();
  if (!whole.endsWith(GAP)) throw new Refused(`the statement does not end in \`${GAP}\``, "statement");
  if (!source.startsWith(whole.slice(0, -GAP.length))) throw new Refused("the text does not begin with the statement", "statement");
  const { messages, alone, code } = commands.parseOne(source, last);
  refuseError(messages, "the proof", "text");
  if (!alone) throw new Refused("the text goes on after the proof", "text");
  return code.find(({ start }) => start >= proofStart(original));
}

/** The theorem's type as Lean prints it where it is stated. */
function shownStatement(commands, state, name) {
  const parts = name.match(/«[^»]*»|[^.«»]+/g).map((part) => (part.startsWith("«") ? part : `«${part}»`));
  const shown = commands.run(`#check @_root_.${parts.join(".")}`, { base: state });
  commands.L.drop(shown.state);
  const text = shown.messages[0]?.data ?? "";
  return text.slice(text.indexOf(" : ") + 3);
}

/** Decides about one theorem. A constant is the library's, or else the statement's file's, or else the offer's. */
export class Judge {
  constructor(L, commands, { state, start, last }, offer) {
    this.L = L;
    this.offer = offer;
    this.elabEnvironment = L.field(state, COMMAND_STATE.env);
    this.imports = L.field(start, COMMAND_STATE.env);
    this.pocket = commands.libraryOf(start);
    this.library = this.pocket ? new Constants(L, this.pocket.environment) : Constants.of(L, this.imports);
    this.before = Constants.of(L, L.field(last.state, COMMAND_STATE.env));
    this.file = Constants.of(L, this.elabEnvironment);
    this.kernel = new Kernel(L, this.library.environment, commands.cancelToken);
    this.axioms = new Set();
    this.inductives = [];
  }

  /** What the pocket library is called, if the text is stated over it. */
  get libraryName() {
    return this.pocket && `${this.pocket.name} ${this.pocket.version}`;
  }

  /** Send these constants of the file, after all that they rest on, through the kernel; returns the axioms met. */
  admit(ids) {
    this.kernel.admitAll(ids, (needed) => this.#given(needed) ?? missing(this.L, needed));
    return [...this.axioms].sort();
  }

  /** The theorem that the last command of the statement's file declares. */
  stated(name) {
    for (const known of KNOWN_TO_THE_KERNEL) {
      if (!this.library.has(this.L.name(known))) throw new Refused(`the imports lack ${known}, so they lack part of Init`, "statement");
    }
    const info = this.file.declared(name, this.elabEnvironment);
    if (info === null || this.before.has(this.file.id(info))) throw new Refused(`${name} is not what the text states`, "statement");
    if (![KIND.theorem, KIND.definition].includes(this.file.kind(info))) throw new Refused(`${name} has no proof`, "statement");
    return info;
  }

  /** Send the theorem, after all that it rests on, through the kernel; returns the axioms met on the way. */
  judge(theorem) {
    const { L, file, kernel, offer } = this;
    const id = file.id(theorem);
    const declared = { id, levels: file.levels(theorem), type: file.type(theorem), value: offer.proof };
    kernel.reserve(id);
    // The statement comes first, so that nothing offered can take the place of what it mentions.
    kernel.admitAll(usedIn(L, declared.type), (needed) => this.#given(needed) ?? missing(L, needed));
    kernel.admitAll(usedIn(L, declared.value), (needed) => this.#given(needed) ?? this.#offered(needed));
    kernel.add(id, (file.kind(theorem) === KIND.theorem ? theoremDeclaration : opaque)(L, declared));
    return [...this.axioms].sort();
  }

  /** A constant of the library or of the statement's file, if there is one. Throws if nothing may rest on it. */
  #given(id) {
    const { L, library, file } = this;
    const known = library.find(id);
    if (known !== null) {
      if (COMPUTED.includes(L.nameText(id))) throw new Refused(`the proof rests on compiled code: ${shown(L, id)}`, "code");
      if (library.kind(known) === KIND.axiom) this.#axiom(id);
      return { needs: () => library.needs(known), declaration: () => null };
    }
    const info = file.find(id);
    if (info === null) return undefined;
    if (file.kind(info) === KIND.axiom) throw new Refused(`the proof rests on the axiom ${shown(L, id)}`, axiomKind(L.nameText(id)));
    if (!file.isSafe(info)) throw new Refused(`the proof rests on ${shown(L, id)}, which is unsafe or partial`, "code");
    this.#refuseUnfinished(info);
    const needs = () => file.needs(info);
    if (file.kind(info) !== KIND.inductive) return { needs, declaration: () => declarationOf(L, file, info) };
    return { needs, declaration: () => this.#inductive(info), admitted: () => examine(L, this.kernel, id) };
  }

  /** The declaration of inductive types of the statement's file, for the kernel and for the certificate. */
  #inductive(info) {
    const { L, file } = this;
    refuseMalformed(L, blockOf(file, info));
    for (const type of file.mutual(info)) this.inductives.push(shown(L, file.id(type)));
    return declarationOf(L, file, info);
  }

  /** Code before the theorem can put anything into the file's environment, and the kernel does not always look. */
  #refuseUnfinished(info) {
    const { L, file } = this;
    const terms = [file.type(info), file.value(info)].filter((e) => e !== null);
    const holds = (predicate) => terms.some((e) => L.tag(L.call(predicate, e)) === 1);
    if (holds("Lean_Expr_hasFVar") || holds("Lean_Expr_hasMVar")) {
      throw new Refused(`${shown(L, file.id(info))} is not finished: there are free variables or metavariables in it`, "terms");
    }
  }

  #offered(id) {
    const { L, offer } = this;
    if (!offer.has(id)) missing(L, id);
    if (offer.kind(id) === "axiom") throw new Refused(`the proof rests on the axiom ${shown(L, id)}`, "axiom");
    if (offer.kind(id) === "inductive") throw new Refused(`the proof declares the inductive type ${shown(L, id)}: that belongs before the theorem`, "inductive");
    return { needs: () => offer.needs(id), declaration: () => offer.declaration(id) };
  }

  /** The library shows its theorems as axioms, so ask what a constant was; a true axiom must be allowed. */
  #axiom(id) {
    const { L } = this;
    const name = L.nameText(id);
    const kind = L.call("Lean_getOriginalConstKind_x3f", this.imports, id);
    if (!(kind & 1) && L.tag(L.field(kind, 0)) !== AXIOM_KIND) return;
    if (!ALLOWED_AXIOMS.includes(name)) throw new Refused(`the proof rests on the axiom ${name}`, axiomKind(name));
    this.axioms.add(name);
  }
}

function axiomKind(name) {
  return name === "sorryAx" ? "sorry" : "axiom";
}

function missing(L, id) {
  throw new Refused(`the proof rests on ${shown(L, id)}, which is not declared`, "terms");
}
