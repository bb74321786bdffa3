// Lean's objects and compiled functions, as seen from JavaScript.
//
// wasm32 layout: an 8-byte header (reference count i32, size u16, other u8, tag u8), then 4-byte fields, then
// scalars. Odd words are unboxed scalars. A reference count above 0 is plain, below 0 shared between threads,
// 0 never freed.
//
// Ownership: everything that `call` and the constructors return belongs to the current `scope`, which releases it at
// its end. Arguments are lent. What must outlive a scope is `keep`t, and `drop`ped later.

const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}\p{M}_'!?₀-₉ₐ-ₜᵢ-ᵪ]*$/u;
const STRING = 249;
const ARRAY = 246;
const CLOSURE = 245;

export class Lean {
  #arena = [];
  #functions = new Map();
  #calls = new Map();

  constructor({ insides, symbols }) {
    this.insides = insides;
    this.symbols = symbols;
    const buffer = insides.memory.buffer;
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.unit = this.box(0);
  }

  /** The compiled function of that (mangled) symbol. */
  symbol(name) {
    let found = this.#functions.get(name);
    if (!found) {
      const slot = this.symbols.find(name);
      if (slot === undefined) throw new Error(`this Lean has no ${name}`);
      found = this.insides.table.get(slot);
      this.#functions.set(name, found);
    }
    return found;
  }

  // --- Reference counts

  inc(o) {
    if (o & 1) return o;
    const rc = this.i32[o >> 2];
    if (rc > 0) this.i32[o >> 2] = rc + 1;
    else if (rc < 0) Atomics.sub(this.i32, o >> 2, 1);
    return o;
  }

  drop(o) {
    if (o & 1) return;
    const rc = this.i32[o >> 2];
    if (rc > 1) this.i32[o >> 2] = rc - 1;
    else if (rc !== 0) this.symbol("lean_dec_ref_cold")(o);
  }

  /** Keep an object beyond the current scope. */
  keep(o) {
    return this.inc(o);
  }

  /** Hand an object that we own over to the current scope. */
  own(o) {
    this.#arena.push(o);
    return o;
  }

  /** Run `body`; then release all that was made in it. */
  scope(body) {
    const mark = this.#arena.length;
    try {
      return body();
    } finally {
      while (this.#arena.length > mark) this.drop(this.#arena.pop());
    }
  }

  // --- Making objects

  box(n) {
    return ((n << 1) | 1) >>> 0;
  }

  #alloc(size, tag, other) {
    const rounded = (size + 7) & ~7;
    const o = this.symbol("lean_alloc_object")(rounded) >>> 0;
    this.i32[o >> 2] = 1;
    this.u16[(o + 4) >> 1] = rounded;
    this.u8[o + 6] = other;
    this.u8[o + 7] = tag;
    return this.own(o);
  }

  make(tag, fields, bytes = []) {
    const o = this.#alloc(8 + 4 * fields.length + bytes.length, tag, fields.length);
    fields.forEach((f, i) => (this.u32[(o + 8 + 4 * i) >> 2] = this.inc(f)));
    bytes.forEach((b, i) => (this.u8[o + 8 + 4 * fields.length + i] = b));
    return o;
  }

  /** A copy of a constructor object with some fields (and trailing scalar bytes) replaced. */
  alter(o, fields, bytes = {}) {
    const size = this.u16[(o + 4) >> 1];
    const count = this.u8[o + 6];
    const copy = this.#alloc(size, this.u8[o + 7], count);
    this.u8.copyWithin(copy + 8, o + 8, o + size);
    for (const [i, value] of Object.entries(fields)) this.u32[(copy + 8 + 4 * i) >> 2] = value;
    for (let i = 0; i < count; i++) this.inc(this.field(copy, i));
    for (const [i, value] of Object.entries(bytes)) this.u8[copy + 8 + 4 * count + Number(i)] = value;
    return copy;
  }

  string(text) {
    const bytes = Buffer.from(text, "utf8");
    const buffer = this.symbol("malloc")(bytes.length + 1) >>> 0;
    this.u8.set(bytes, buffer);
    const o = this.symbol("lean_mk_string_from_bytes")(buffer, bytes.length) >>> 0;
    this.symbol("free")(buffer);
    return this.own(o);
  }

  array(items) {
    const o = this.#alloc(16 + 4 * items.length, ARRAY, 0);
    this.u32[(o + 8) >> 2] = this.u32[(o + 12) >> 2] = items.length;
    items.forEach((x, i) => (this.u32[(o + 16 + 4 * i) >> 2] = this.inc(x)));
    return o;
  }

  list(items) {
    return items.reduceRight((tail, head) => this.make(1, [head, tail]), this.unit);
  }

  name(text) {
    let o = this.unit;
    for (const [, quoted, plain] of text.matchAll(/«([^»]*)»|([^.«»]+)/g)) {
      const part = quoted ?? plain;
      const prefix = this.inc(o);
      o = this.own(this.symbol("lean_name_mk_string")(prefix, this.inc(this.string(part))) >>> 0);
    }
    return o;
  }

  some(value) {
    return this.make(1, [value]);
  }

  ref(value) {
    return this.own(this.symbol("lean_st_mk_ref")(this.inc(value)) >>> 0);
  }

  get(ref) {
    return this.own(this.symbol("lean_st_ref_get")(ref) >>> 0);
  }

  set(ref, value) {
    this.symbol("lean_st_ref_set")(ref, this.inc(value));
  }

  /** A closure over the function in a table slot, some arguments given; `arity` counts the world token. */
  closure(slot, arity, given = []) {
    const o = this.#alloc(16 + 4 * given.length, CLOSURE, 0);
    this.u32[(o + 8) >> 2] = slot;
    this.u16[(o + 12) >> 1] = arity;
    this.u16[(o + 14) >> 1] = given.length;
    given.forEach((x, i) => (this.u32[(o + 16 + 4 * i) >> 2] = this.inc(x)));
    return o;
  }

  /** A closure over the compiled function `name`. */
  closureOf(name, arity, given = []) {
    const slot = this.symbols.find(`l_${name}___boxed`) ?? this.symbols.find(`l_${name}`);
    if (slot === undefined) throw new Error(`this Lean has no ${name}`);
    return this.closure(slot, arity, given);
  }

  /** Change a field of an object that is there for good, for all that refer to it. */
  setField(o, i, value) {
    this.u32[(o + 8 + 4 * i) >> 2] = this.inc(value);
  }

  // --- Reading objects (the results are borrowed from the object)

  tag(o) {
    return o & 1 ? o >> 1 : this.u8[o + 7];
  }

  field(o, i) {
    return this.u32[(o + 8 + 4 * i) >> 2];
  }

  /** A scalar byte behind the fields of a constructor object. */
  byte(o, i) {
    return this.u8[o + 8 + 4 * this.u8[o + 6] + i];
  }

  text(o) {
    const length = this.u32[(o + 8) >> 2] - 1;
    return Buffer.from(this.u8.slice(o + 20, o + 20 + length)).toString("utf8");
  }

  items(o) {
    const length = this.u32[(o + 8) >> 2];
    return Array.from(this.u32.subarray((o + 16) >> 2, (o + 16 + 4 * length) >> 2));
  }

  listItems(o) {
    const found = [];
    for (; !(o & 1); o = this.field(o, 1)) found.push(this.field(o, 0));
    return found;
  }

  /** A natural number that fits in a word. */
  nat(o) {
    if (!(o & 1)) throw new Error("a number too large for the host");
    return o >>> 1;
  }

  /** A natural number that JavaScript can hold; Lean makes names with 32-bit hashes in them. */
  #number(o) {
    return o & 1 ? o >>> 1 : Number(this.text(this.call("Nat_reprFast", o)));
  }

  isString(o) {
    return !(o & 1) && this.u8[o + 7] === STRING;
  }

  /** The components of a `Name`: strings and numbers. */
  nameParts(o) {
    const parts = [];
    for (; !(o & 1); o = this.field(o, 0)) {
      const part = this.field(o, 1);
      parts.unshift(this.isString(part) ? this.text(part) : this.#number(part));
    }
    return parts;
  }

  /** The dotted text of a `Name`, as Lean writes it. */
  nameText(o) {
    return this.nameParts(o)
      .map((part) => (typeof part === "number" || IDENTIFIER.test(part) ? part : `«${part}»`))
      .join(".");
  }

  /** A closed term of a module, such as `Lean_Options_empty`. */
  constant(name) {
    const address = this.symbols.find(`l_${name}`);
    if (address === undefined) throw new Error(`this Lean has no constant ${name}`);
    return this.u32[address >> 2];
  }

  /** How far the heap reaches. */
  heapBytes() {
    return this.u32[this.insides.exports.emscripten_get_sbrk_ptr() >> 2];
  }

  // --- Calling

  /**
   * Call the compiled `name`, through its `___boxed` form where there is one: that form takes all arguments owned and
   * boxed, the world token last.
   */
  call(name, ...args) {
    let fn = this.#calls.get(name);
    if (!fn) {
      const boxed = `l_${name}___boxed`;
      fn = this.symbol(this.symbols.has(boxed) ? boxed : `l_${name}`);
      this.#calls.set(name, fn);
    }
    if (fn.length === args.length + 1) args.push(this.unit);
    if (fn.length !== args.length) throw new Error(`${name} takes ${fn.length} arguments, not ${args.length}`);
    for (const arg of args) this.inc(arg);
    return this.own(fn(...args) >>> 0);
  }

  /** Call an exported C name that takes its arguments owned and unboxed. */
  callExport(name, ...args) {
    const fn = this.symbol(name);
    for (const arg of args) this.inc(arg);
    return this.own(fn(...args) >>> 0);
  }

  /** The value of an IO result; a `LeanException` where it is an error. */
  value(result) {
    if (this.tag(result) === 0) return this.field(result, 0);
    throw new LeanException(this.field(result, 0));
  }
}

/** What Lean threw, as an object that lives until the end of the scope. */
export class LeanException extends Error {
  constructor(object) {
    super("Lean threw an exception");
    this.object = object;
  }
}
