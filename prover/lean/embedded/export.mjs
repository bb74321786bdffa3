// A proof as terms: the text is elaborated, and what Lean made of it is handed out for another engine to judge.
//
// Nothing said here is believed by anyone. Elaborating a text runs code that the text chooses, and such code can
// change anything in this process; so check.mjs does its work in a process that never elaborates the text.
import { RUNS_CODE, proofStart } from "./code.mjs";
import { COMMAND_STATE, HeaderError } from "./commands.mjs";
import { Constants, KIND, keyOf } from "./constants.mjs";
import { Encoder, UnfinishedTerm } from "./terms.mjs";

/**
 * Elaborate `source`; returns {terms, messages, reason, kind}: the terms that `name` rests on, or why there are none. With
 * `original`, the same text with `sorry` for a proof, a proof that runs code is not elaborated.
 */
export function exportProof(L, commands, { source, original = "", name, timeLimit }) {
  let done;
  const refused = (kind, reason) => ({ terms: null, messages: done?.messages ?? [], reason, kind });
  try {
    const proof = proofStart(original);
    const codeOfProof = (found) => found.filter(({ start }) => start >= proof).map(({ what }) => RUNS_CODE + what)[0];
    done = commands.run(source, { timeLimit, unchecked: true, onCode: codeOfProof });
    const { messages } = done;
    for (const capture of done.captures) commands.discard(capture);
    if (done.timedOut) return refused("limit", `the proof took longer than ${timeLimit} ms`);
    const error = messages.find((m) => m.severity === "error");
    if (error) return refused("elaboration", `Lean finds an error at ${error.pos.line}:${error.pos.column}: ${error.data}`);
    const environment = L.field(done.state, COMMAND_STATE.env);
    const constants = Constants.of(L, environment);
    const library = Constants.of(L, L.field(done.start, COMMAND_STATE.env));
    const theorem = constants.declared(name, environment);
    if (theorem === null || library.has(constants.id(theorem))) return refused("elaboration", `${name} is not declared by the text`);
    return { terms: termsOf(L, constants, library, theorem), messages, reason: null, kind: null };
  } catch (e) {
    if (e instanceof UnfinishedTerm || e instanceof HeaderError) return refused(e instanceof HeaderError ? "imports" : "terms", e.message);
    throw e;
  } finally {
    if (done) L.drop(done.state);
  }
}

/** All that `theorem` rests on beyond the library. Of the text's own axioms there is the name: nothing may rest on them. */
function termsOf(L, constants, library, theorem) {
  const encoder = new Encoder(L);
  const declared = [];
  const seen = new Set();
  const pending = [constants.id(theorem)];
  while (pending.length > 0) {
    const id = pending.pop();
    const key = keyOf(L, id);
    if (seen.has(key)) continue;
    seen.add(key);
    const info = library.has(id) ? null : constants.find(id);
    if (info === null) continue;
    pending.push(...constants.needs(info));
    const encoded = encode(L, encoder, constants, info);
    if (encoded !== null) declared.push(encoded);
  }
  return { ...encoder.tables, constants: declared, theorem: encoder.name(constants.id(theorem)) };
}

function encode(L, encoder, constants, info) {
  const name = encoder.name(constants.id(info));
  const levels = L.listItems(constants.levels(info)).map((id) => encoder.name(id));
  const bodied = () => ({ name, levels, type: encoder.expr(constants.type(info)), value: encoder.expr(constants.value(info)) });
  switch (constants.kind(info)) {
    case KIND.definition:
      return { kind: "definition", ...bodied(), hints: hints(L, constants.hints(info)) };
    case KIND.theorem:
      return { kind: "theorem", ...bodied() };
    case KIND.opaque:
      return { kind: "opaque", ...bodied() };
    case KIND.inductive:
      return {
        kind: "inductive",
        name,
        levels,
        parameters: L.nat(constants.numParams(info)),
        types: constants.mutual(info).map((member) => ({
          ...typed(encoder, constants, member),
          constructors: constants.constructors(member).map((c) => typed(encoder, constants, c)),
        })),
      };
    case KIND.constructor:
    case KIND.recursor:
      return { kind: "member", name, of: encoder.name(constants.families(info)[0]) };
    case KIND.axiom:
      return { kind: "axiom", name };
    default:
      return null;
  }
}

function typed(encoder, constants, info) {
  return { name: encoder.name(constants.id(info)), type: encoder.expr(constants.type(info)) };
}

/** How eagerly the kernel unfolds a definition: "opaque", "abbrev", or its height. */
function hints(L, o) {
  return ["opaque", "abbrev"][L.tag(o)] ?? L.field(o, 0);
}
