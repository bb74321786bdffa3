// Where a declaration begins, where its value does, and what it is called.

const COMMAND = "Lean.Parser.Command.";
const VALUES = new Set(["declValSimple", "declValEqns", "whereStructInst"].map((k) => COMMAND + k));
const SYNTAX_NODE = 1;
const SYNTAX_IDENT = 3;

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

/** The protocol's description of a command that declares something; undefined for any other command. */
export function declarationOf(L, command, namespace) {
  const range = rangeOf(L, command);
  let syntax = command;
  while (kindOf(L, syntax) === `${COMMAND}in`) syntax = children(L, syntax)[2];
  if (kindOf(L, syntax) !== `${COMMAND}declaration` || range === null) return undefined;
  const declaration = children(L, syntax)[1];
  const parts = children(L, declaration);
  const id = parts.flatMap((part) => optional(L, part)).find((part) => kindOf(L, part) === `${COMMAND}declId`);
  const ident = id && children(L, id)[0];
  const name = ident && L.tag(ident) === SYNTAX_IDENT ? L.nameText(L.field(ident, 2)) : null;
  const value = parts.find((part) => VALUES.has(kindOf(L, part)));
  const valueRange = value === undefined ? null : rangeOf(L, value);
  return {
    kind: kindOf(L, declaration).slice(COMMAND.length),
    name,
    fullName: name === null ? null : fullName(namespace, name),
    range,
    head: [range[0], valueRange === null ? range[1] : valueRange[0]],
    value: valueRange,
  };
}

function fullName(namespace, name) {
  if (name.startsWith("_root_.")) return name.slice("_root_.".length);
  return namespace === "" ? name : `${namespace}.${name}`;
}
