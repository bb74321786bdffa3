// The rules for inductive types (inductives.mjs), tried on every type that a text imports and declares.
import { COMMAND_STATE } from "./commands.mjs";
import { Constants, KIND } from "./constants.mjs";
import { examine, refuseMalformed } from "./inductives.mjs";
import { Kernel, Refused, blockOf, shown } from "./kernel.mjs";

const CONSTANTS = 0; // of a kernel environment
const TABLES = { imported: 0, own: 1 }; // of an `SMap`
const BUCKETS = 1; // of a `HashMap`
const ENTRY = { item: 0, node: 1 }; // of a `PersistentHashMap`'s node
const COLLISION = 1; // the other kind of its nodes: two arrays

/** Returns {types, refused: [{name, reason}], messages}: how many types there are, and which are not accepted. */
export function survey(L, commands, { source, own = false, timeLimit }) {
  const done = commands.run(source, { timeLimit });
  for (const capture of done.captures) commands.discard(capture);
  const constants = Constants.of(L, L.field(done.state, COMMAND_STATE.env));
  const kernel = new Kernel(L, constants.environment, commands.cancelToken);
  const answer = { types: 0, refused: [], messages: done.messages };
  for (const info of [...infosOf(L, constants.environment, own)]) {
    if (constants.kind(info) !== KIND.inductive || !constants.isSafe(info)) continue;
    answer.types += 1;
    const reason = L.scope(() => refusal(L, constants, kernel, info));
    if (reason !== null) answer.refused.push({ name: shown(L, constants.id(info)), reason });
  }
  L.drop(done.state);
  return answer;
}

function refusal(L, constants, kernel, info) {
  try {
    refuseMalformed(L, blockOf(constants, info));
    examine(L, kernel, constants.id(info));
    return null;
  } catch (e) {
    if (e instanceof Refused) return e.message;
    throw e;
  }
}

/** The constants of a kernel environment, those that are imported too or not. */
export function* infosOf(L, environment, own) {
  const constants = L.field(environment, CONSTANTS);
  if (!own) {
    for (const bucket of L.items(L.field(L.field(constants, TABLES.imported), BUCKETS))) {
      for (let list = bucket; !(list & 1); list = L.field(list, 2)) yield L.field(list, 1);
    }
  }
  yield* nodeItems(L, L.field(constants, TABLES.own)); // a `PersistentHashMap` is its root
}

function* nodeItems(L, node) {
  if (L.tag(node) === COLLISION) {
    yield* L.items(L.field(node, 1));
    return;
  }
  for (const entry of L.items(L.field(node, 0))) {
    if (entry & 1) continue;
    if (L.tag(entry) === ENTRY.item) yield L.field(entry, 1);
    else if (L.tag(entry) === ENTRY.node) yield* nodeItems(L, L.field(entry, 0));
  }
}
