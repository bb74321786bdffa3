// Texts as Lean sees them: every `\r\n` is a `\n`. Offsets in such a text, as offsets in the text that was sent.

/** The text that Lean is given; it has no line ends of its own to change in it. */
export function normalised(text) {
  return text.replaceAll("\r\n", "\n");
}

/** Lean's `InputContext` of a normalised text. */
export function inputOf(L, text, name) {
  const length = L.box(Buffer.byteLength(text));
  return L.call("Lean_Parser_mkInputContext___redArg", L.string(text), L.string(name), L.box(0), length);
}

/** What turns a declaration's offsets in the normalised text, all its numbers, into those in the text as it was `sent`. */
export function inBytesOf(sent) {
  const bytes = Buffer.from(sent, "utf8");
  const dropped = []; // where, in the normalised text, a `\n` had a `\r` before it
  for (let at = bytes.indexOf("\r\n"); at >= 0; at = bytes.indexOf("\r\n", at + 2)) dropped.push(at - dropped.length);
  if (dropped.length === 0) return (declaration) => declaration;
  const moved = (offset) => offset + countBelow(dropped, offset);
  const change = (value) => {
    if (Array.isArray(value)) return value.map(change);
    if (typeof value === "number") return moved(value);
    return value !== null && typeof value === "object" ? inside(value) : value;
  };
  const inside = (declaration) =>
    Object.fromEntries(Object.entries(declaration).map(([field, value]) => [field, change(value)]));
  return inside;
}

/** How many of these ascending numbers are below `limit`. */
function countBelow(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
