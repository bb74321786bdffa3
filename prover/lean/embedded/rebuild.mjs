// Terms back from the JSON of terms.mjs. It comes from an engine that is not trusted and may hold anything: what is
// returned is well-formed, or `BadTerms` is thrown. Whether it is well-typed is for Lean's kernel to say.

const NAT = 0;
const STR = 1;
const DEFAULT_BINDER = 1; // a boxed `BinderInfo.default`
// Lean keeps these numbers in few bits, and what it does beyond is not to be relied on.
const MOST_LOOSE_BVARS = 2 ** 19;
const DEEPEST_LEVEL = 2 ** 12;
const LARGEST_SCALAR = 2 ** 31 - 1;

/** Terms that no engine of ours can have sent. */
export class BadTerms extends Error {}

export class Rebuilt {
  #binder;
  #names;
  #levels = [];
  #depths = []; // of the levels
  #exprs = [];
  #loose = []; // for each expression, 1 + its largest loose bound variable, or 0

  /** The objects belong to the scope this is made in. */
  constructor(L, terms) {
    const { names, levels, exprs } = record(terms);
    this.L = L;
    this.#binder = L.name("x");
    this.#names = [L.unit];
    for (const node of array(names).slice(1)) this.#names.push(this.#name(array(node)));
    for (const node of array(levels)) this.#addLevel(array(node));
    for (const node of array(exprs)) this.#addExpr(array(node));
  }

  name(index) {
    return at(this.#names, index);
  }

  /** Names as a Lean list. */
  nameList(indices) {
    return this.L.list(array(indices).map((i) => this.name(i)));
  }

  /** An expression without loose bound variables. */
  expr(index) {
    const found = at(this.#exprs, index);
    if (this.#loose[index] > 0) throw new BadTerms("a bound variable without a binder");
    return found;
  }

  #name([prefix, component]) {
    const { L } = this;
    if (typeof component === "string") return L.call("Lean_Name_str___override", this.name(prefix), L.string(component));
    return L.call("Lean_Name_num___override", this.name(prefix), natural(L, component));
  }

  #addLevel([kind, ...args]) {
    const depth = kind === "param" ? 0 : Math.max(0, ...args.map((i) => 1 + at(this.#depths, i)));
    if (depth > DEEPEST_LEVEL) throw new BadTerms("a universe level that is too deep");
    this.#levels.push(this.#level(kind, args));
    this.#depths.push(depth);
  }

  #level(kind, args) {
    const { L } = this;
    const level = (i) => at(this.#levels, i);
    switch (kind) {
      case "zero":
        return L.constant("Lean_Level_zero___override");
      case "succ":
        return L.call("Lean_Level_succ___override", level(args[0]));
      case "max":
        return L.call("Lean_Level_max___override", level(args[0]), level(args[1]));
      case "imax":
        return L.call("Lean_Level_imax___override", level(args[0]), level(args[1]));
      case "param":
        return L.call("Lean_Level_param___override", this.name(args[0]));
      default:
        throw new BadTerms(`an unknown kind of level: ${kind}`);
    }
  }

  #addExpr([kind, ...args]) {
    const loose = this.#looseOf(kind, args);
    if (loose > MOST_LOOSE_BVARS) throw new BadTerms("more bound variables than Lean can count");
    this.#exprs.push(this.#expr(kind, args));
    this.#loose.push(loose);
  }

  #looseOf(kind, args) {
    const loose = (i) => at(this.#loose, i);
    const under = (i) => Math.max(0, loose(i) - 1);
    switch (kind) {
      case "bvar":
        return 1 + whole(args[0]);
      case "app":
        return Math.max(loose(args[0]), loose(args[1]));
      case "lam":
      case "pi":
        return Math.max(loose(args[0]), under(args[1]));
      case "let":
        return Math.max(loose(args[0]), loose(args[1]), under(args[2]));
      case "proj":
        return loose(args[2]);
      default:
        return 0;
    }
  }

  #expr(kind, args) {
    const { L } = this;
    const name = () => this.name(args[0]);
    const expr = (i) => at(this.#exprs, args[i]);
    switch (kind) {
      case "bvar":
        return L.call("Lean_Expr_bvar___override", natural(L, args[0]));
      case "sort":
        return L.call("Lean_Expr_sort___override", at(this.#levels, args[0]));
      case "const":
        return L.call("Lean_Expr_const___override", name(), L.list(array(args[1]).map((i) => at(this.#levels, i))));
      case "app":
        return L.call("Lean_Expr_app___override", expr(0), expr(1));
      case "lam":
        return L.call("Lean_Expr_lam___override", this.#binder, expr(0), expr(1), DEFAULT_BINDER);
      case "pi":
        return L.call("Lean_Expr_forallE___override", this.#binder, expr(0), expr(1), DEFAULT_BINDER);
      case "let":
        return L.call("Lean_Expr_letE___override", this.#binder, expr(0), expr(1), expr(2), L.box(0));
      case "nat":
        return L.call("Lean_Expr_lit___override", L.make(NAT, [decimal(L, args[0])]));
      case "str":
        return L.call("Lean_Expr_lit___override", L.make(STR, [L.string(text(args[0]))]));
      case "proj":
        return L.call("Lean_Expr_proj___override", name(), natural(L, args[1]), expr(2));
      default:
        throw new BadTerms(`an unknown kind of term: ${kind}`);
    }
  }
}

export function record(value) {
  if (value === null || typeof value !== "object") throw new BadTerms("something in the place of a record");
  return value;
}

export function array(value) {
  if (!Array.isArray(value)) throw new BadTerms("something in the place of a list");
  return value;
}

function at(items, index) {
  if (!Number.isInteger(index) || index < 0 || index >= items.length) throw new BadTerms("a part that is not there");
  return items[index];
}

/** A natural number. */
export function whole(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new BadTerms("something in the place of a number");
  return value;
}

function text(value) {
  if (typeof value !== "string") throw new BadTerms("something in the place of a text");
  return value;
}

/** A natural number as a Lean object. */
export function natural(L, value) {
  return whole(value) <= LARGEST_SCALAR ? L.box(value) : decimal(L, String(value));
}

/** A natural number of any size, from its decimal digits. */
function decimal(L, digits) {
  if (!/^[0-9]+$/.test(text(digits))) throw new BadTerms("something in the place of a number");
  const bytes = Buffer.from(`${digits}\0`, "latin1");
  const buffer = L.symbol("malloc")(bytes.length) >>> 0;
  L.u8.set(bytes, buffer);
  const made = L.own(L.symbol("lean_cstr_to_nat")(buffer) >>> 0);
  L.symbol("free")(buffer);
  return made;
}
