// What Lean's parser made of a text: where a declaration begins, where its value does, and what it is called.

const COMMAND = "Lean.Parser.Command.";
const VALUES = new Set(["declValSimple", "declValEqns", "whereStructInst"].map((k) => COMMAND + k));
const WITH_CONSTRUCTORS = new Set(["inductive", "coinductive", "classInductive", "structure"]);
const SYNTAX_NODE = 1;
const SYNTAX_ATOM = 2;
const SYNTAX_IDENT = 3;
const ORIGINAL_INFO = 0; // of `SourceInfo`
const SYNTHETIC_INFO = 1;
const NO_INFO = 2;

/** The kind of a syntax node; "" for what is no node. */
export function kindOf(L, syntax) {
  return L.tag(syntax) === SYNTAX_NODE ? L.nameText(L.field(syntax, 1)) : "";
}

/** The parts of a syntax node. */
export function children(L, syntax) {
  return L.tag(syntax) === SYNTAX_NODE ? L.items(L.field(syntax, 2)) : [];
}

/** A piece of syntax, or what is in it if it may be left out, as an instance's name may. */
function optional(L, syntax) {
  return kindOf(L, syntax) === "null" ? children(L, syntax) : [syntax];
}

/** The UTF-8 byte range of a piece of syntax; null where it has none. */
export function rangeOf(L, syntax) {
  const start = L.call("Lean_Syntax_getPos_x3f", syntax, L.box(0));
  const end = L.call("Lean_Syntax_getTailPos_x3f", syntax, L.box(0));
  if (start & 1 || end & 1) return null;
  return [L.nat(L.field(start, 0)), L.nat(L.field(end, 0))];
}

/** Whether a piece of syntax has anything in it. */
export function hasRange(L, syntax) {
  return rangeOf(L, syntax) !== null;
}

/** Where a piece of syntax begins, in UTF-8 bytes; null where it has no place. */
export function startOf(L, syntax) {
  return rangeOf(L, syntax)?.[0] ?? null;
}

/** What the prefixes `... in` stand before. */
function afterIn(L, command) {
  while (kindOf(L, command) === `${COMMAND}in`) command = children(L, command)[2];
  return command;
}

/** The protocol's description of a command that declares something; undefined for any other command. */
export function declarationOf(L, command, namespace) {
  const range = rangeOf(L, command);
  const syntax = afterIn(L, command);
  if (range === null) return undefined;
  if (kindOf(L, syntax) === `${COMMAND}mutual`) return mutualOf(L, syntax, namespace, range);
  if (kindOf(L, syntax) !== `${COMMAND}declaration`) return undefined;
  const declaration = children(L, syntax)[1];
  const parts = children(L, declaration).flatMap((part) => optional(L, part));
  const id = parts.find((part) => kindOf(L, part) === `${COMMAND}declId`);
  const ident = id && children(L, id)[0];
  const name = ident && L.tag(ident) === SYNTAX_IDENT ? L.nameText(L.field(ident, 2)) : null;
  const value = parts.find((part) => VALUES.has(kindOf(L, part)));
  const valueRange = value === undefined ? null : rangeOf(L, value);
  const before = valueRange === null ? [] : parts.slice(0, parts.indexOf(value)).map((part) => rangeOf(L, part));
  return {
    kind: kindOf(L, declaration).slice(COMMAND.length),
    name,
    fullName: name === null ? null : fullName(namespace, name),
    range,
    head: [range[0], before.findLast((part) => part !== null)?.[1] ?? range[1]],
    value: valueRange,
    ...placeOfName(L, parts, id),
  };
}

/** The namespaces that a declaration makes: what it stands in by its name, and itself where it has constructors. */
export function namespacesOf(declared) {
  if (declared === undefined) return [];
  if (declared.members) return declared.members.flatMap(namespacesOf);
  if (declared.fullName === null) return [];
  const parts = declared.fullName.match(/«[^»]*»|[^.«»]+/g);
  const depth = WITH_CONSTRUCTORS.has(declared.kind) ? parts.length : parts.length - 1;
  return Array.from({ length: depth }, (_, i) => parts.slice(0, i + 1).join("."));
}

/** A `mutual` block: what is in it has descriptions of its own. */
function mutualOf(L, block, namespace, range) {
  const [word, commands] = children(L, block);
  const members = children(L, commands).map((each) => declarationOf(L, each, namespace));
  const start = rangeOf(L, word)[0];
  return {
    kind: "mutual",
    name: null,
    fullName: null,
    range,
    head: [range[0], start],
    value: null,
    keyword: rangeOf(L, word),
    nameEnd: null,
    members: members.filter((each) => each !== undefined),
  };
}

/** Where the word stands that says what is declared, and where the name ends or would: an instance's priority comes first. */
function placeOfName(L, parts, id) {
  const keyword = parts.find((part) => L.tag(part) === SYNTAX_ATOM);
  if (keyword === undefined) return { keyword: null, nameEnd: null };
  const priority = parts.find((part) => kindOf(L, part) === `${COMMAND}namedPrio`);
  const places = [keyword, priority, id].filter((part) => part !== undefined).map((part) => rangeOf(L, part));
  return { keyword: rangeOf(L, keyword), nameEnd: places.findLast((place) => place !== null)?.[1] ?? null };
}

/** The value of a command that is a declaration, as syntax. */
export function valueOf(L, command) {
  return children(L, children(L, command)[1]).find((part) => VALUES.has(kindOf(L, part)));
}

/** A command that declares something with another value, and where the one it had began; null if it had none. */
export function withValue(L, command, value) {
  if (kindOf(L, command) === `${COMMAND}in`) {
    const inner = withValue(L, children(L, command)[2], value);
    return inner && { ...inner, command: withChild(L, command, 2, inner.command) };
  }
  if (kindOf(L, command) !== `${COMMAND}declaration`) return null;
  const declaration = children(L, command)[1];
  const index = children(L, declaration).findIndex((part) => VALUES.has(kindOf(L, part)));
  const valueStart = index < 0 ? null : startOf(L, children(L, declaration)[index]);
  if (valueStart === null) return null;
  return { command: withChild(L, command, 1, withChild(L, declaration, index, value)), valueStart };
}

function withChild(L, node, index, child) {
  return L.make(SYNTAX_NODE, [L.field(node, 0), L.field(node, 1), L.array(children(L, node).with(index, child))]);
}

/** Whether a piece of syntax stands in the text as it is, and was not made by a macro. */
export function isWritten(L, syntax) {
  const info = L.field(children(L, syntax)[0], 0);
  return L.tag(info) === ORIGINAL_INFO;
}

/** `by exact sorry` in the place of a `sorry` that was written; the `sorry` in it is no longer one that was. */
export function bySorry(L, sorry) {
  const [start, end] = ["Lean_Syntax_getPos_x3f", "Lean_Syntax_getTailPos_x3f"].map((f) =>
    L.field(L.call(f, sorry, L.box(0)), 0),
  );
  const info = L.make(SYNTHETIC_INFO, [start, end], [0]);
  const atom = (text) => L.make(SYNTAX_ATOM, [info, L.string(text)]);
  const node = (kind, ...parts) => L.make(SYNTAX_NODE, [L.box(NO_INFO), L.name(kind), L.array(parts)]);
  const term = node("Lean.Parser.Term.sorry", atom("sorry"));
  const exact = node("Lean.Parser.Tactic.exact", atom("exact"), term);
  const block = node("Lean.Parser.Tactic.tacticSeq1Indented", node("null", exact));
  return node("Lean.Parser.Term.byTactic", atom("by"), node("Lean.Parser.Tactic.tacticSeq", block));
}

function fullName(namespace, name) {
  if (name.startsWith("_root_.")) return name.slice("_root_.".length);
  return namespace === "" ? name : `${namespace}.${name}`;
}
