// From Lean's messages, positions and exceptions to the protocol's JSON.

const SEVERITIES = ["info", "warning", "error"];

/** Lean's `Position` as the protocol's. */
export function position(L, o) {
  return { line: L.nat(L.field(o, 0)), column: L.nat(L.field(o, 1)) };
}

/** Whether one message comes before another in the text, as `sort` wants it. */
export function byPlace({ pos: one }, { pos: other }) {
  return one.line - other.line || one.column - other.column;
}

/** The text of a `MessageData`. */
export function dataText(L, data) {
  const result = L.call("Lean_MessageData_toString", data);
  return L.text(L.isString(result) ? result : L.value(result));
}

/** The text of an exception of Lean's elaborator. */
export function exceptionText(L, exception) {
  return dataText(L, L.call("Lean_Exception_toMessageData", exception));
}

/** The text of an `IO.Error`. */
export function ioErrorText(L, error) {
  return L.text(L.callExport("lean_io_error_to_string", error));
}

/** All messages of a `MessageLog` but the silent ones. */
export function logged(L, log) {
  return L.items(L.call("Lean_MessageLog_toArray", log))
    .filter((m) => !L.byte(m, 2))
    .map((m) => fieldsOf(L, m));
}

function fieldsOf(L, m) {
  const end = L.field(m, 2);
  return {
    severity: SEVERITIES[L.byte(m, 1)],
    pos: position(L, L.field(m, 1)),
    endPos: end & 1 ? null : position(L, L.field(end, 0)),
    data: L.text(L.field(m, 3)) + dataText(L, L.field(m, 4)),
  };
}

/** A message as the community REPL tells it. */
export function protocolMessage(L, m) {
  return { ...fieldsOf(L, m), data: trimmed(dataText(L, L.field(m, 4))) };
}

/** A text without the blanks around it. */
export function trimmed(text) {
  return text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}
