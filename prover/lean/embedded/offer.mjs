// The constants that a proof brings along (export.mjs), ready for the kernel. See rebuild.mjs on how far they are
// trusted: not at all.
import { keyOf, usedIn } from "./constants.mjs";
import * as kernel from "./kernel.mjs";
import { BadTerms, Rebuilt, array, record, whole } from "./rebuild.mjs";

const HINTS = ["opaque", "abbrev"];
const REGULAR = 2;

export class Offer {
  #entries = new Map();

  constructor(L, terms) {
    this.L = L;
    this.rebuilt = new Rebuilt(L, terms);
    for (const entry of array(terms.constants)) {
      this.#entries.set(keyOf(L, this.rebuilt.name(record(entry).name)), entry);
    }
    this.theorem = this.#entry(this.rebuilt.name(terms.theorem));
  }

  has(id) {
    return this.#entries.has(keyOf(this.L, id));
  }

  kind(id) {
    return this.#entry(id).kind;
  }

  #entry(id) {
    const entry = this.#entries.get(keyOf(this.L, id));
    if (entry === undefined) throw new BadTerms("a constant that is not there");
    return entry;
  }

  /** The term offered as the theorem's proof. */
  get proof() {
    return this.rebuilt.expr(this.theorem.value);
  }

  /** The names of the constants that must be known before `id`. */
  needs(id) {
    const entry = this.#entry(id);
    if (entry.kind === "member") return [this.rebuilt.name(entry.of)];
    return [entry.type, entry.value].flatMap((e) => usedIn(this.L, this.rebuilt.expr(e)));
  }

  /** The declaration of `id` for the kernel; null if another constant's declaration brings it. */
  declaration(id) {
    const { L, rebuilt } = this;
    const entry = this.#entry(id);
    const levels = () => rebuilt.nameList(entry.levels);
    const bodied = () => ({ id, levels: levels(), type: rebuilt.expr(entry.type), value: rebuilt.expr(entry.value) });
    switch (entry.kind) {
      case "definition":
        return kernel.definition(L, { ...bodied(), hints: hints(L, entry.hints) });
      case "theorem":
        return kernel.theorem(L, bodied());
      case "opaque":
        return kernel.opaque(L, bodied());
      case "member":
        return null;
      default:
        throw new BadTerms(`an unknown kind of constant: ${entry.kind}`);
    }
  }
}

function hints(L, value) {
  if (HINTS.includes(value)) return L.box(HINTS.indexOf(value));
  const height = whole(value);
  return L.make(REGULAR, [], [0, 8, 16, 24].map((shift) => (height >>> shift) & 255));
}
