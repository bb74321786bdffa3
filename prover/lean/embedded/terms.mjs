// Lean's terms as JSON, so that they can go from one engine to another. rebuild.mjs reads it.
//
// Tables of nodes; a node refers to earlier nodes by their index:
//   names    [prefix, component], the component a string or a number; index 0 is the anonymous name, node null
//   levels   ["zero"] ["succ", l] ["max", l, l] ["imax", l, l] ["param", name]
//   exprs    ["bvar", i] ["sort", l] ["const", name, [l, ...]] ["app", f, a] ["lam", type, body] ["pi", type, body]
//            ["let", type, value, body] ["nat", decimal] ["str", text] ["proj", name, i, e]
// Equal nodes are one node. What means nothing to the kernel is left out: metadata, and how variables are called.

export const LEVEL = { zero: 0, succ: 1, max: 2, imax: 3, param: 4 };
export const EXPR = { bvar: 0, sort: 3, const: 4, app: 5, lam: 6, pi: 7, let: 8, lit: 9, mdata: 10, proj: 11 };
const PARTS = {
  [EXPR.app]: [0, 1],
  [EXPR.lam]: [1, 2],
  [EXPR.pi]: [1, 2],
  [EXPR.let]: [1, 2, 3],
  [EXPR.mdata]: [1],
  [EXPR.proj]: [2],
};
const LITERAL_STRING = 1;

/** A term with something in it that only the elaborator understands. */
export class UnfinishedTerm extends Error {}

/** A table in which equal nodes are one. */
class Table {
  nodes = [];
  #index = new Map();

  add(node) {
    const key = JSON.stringify(node);
    let index = this.#index.get(key);
    if (index === undefined) {
      index = this.nodes.push(node) - 1;
      this.#index.set(key, index);
    }
    return index;
  }
}

export class Encoder {
  #names = new Table();
  #levels = new Table();
  #exprs = new Table();
  #seen = new Map(); // by address: what is encoded must outlive the encoder

  constructor(L) {
    this.L = L;
    this.#names.add(null);
  }

  get tables() {
    return { names: this.#names.nodes, levels: this.#levels.nodes, exprs: this.#exprs.nodes };
  }

  name(o) {
    return this.L.nameParts(o).reduce((prefix, part) => this.#names.add([prefix, part]), 0);
  }

  level(o) {
    const { L } = this;
    switch (L.tag(o)) {
      case LEVEL.zero:
        return this.#levels.add(["zero"]);
      case LEVEL.succ:
        return this.#levels.add(["succ", this.level(L.field(o, 0))]);
      case LEVEL.max:
        return this.#levels.add(["max", this.level(L.field(o, 0)), this.level(L.field(o, 1))]);
      case LEVEL.imax:
        return this.#levels.add(["imax", this.level(L.field(o, 0)), this.level(L.field(o, 1))]);
      case LEVEL.param:
        return this.#levels.add(["param", this.name(L.field(o, 0))]);
      default:
        throw new UnfinishedTerm("a universe level is not finished");
    }
  }

  expr(root) {
    const seen = this.#seen;
    const pending = [root];
    while (pending.length > 0) {
      const e = pending.at(-1);
      const missing = seen.has(e) ? [] : this.#parts(e).filter((part) => !seen.has(part));
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      if (!seen.has(e)) seen.set(e, this.#node(e));
      pending.pop();
    }
    return seen.get(root);
  }

  #parts(e) {
    return (PARTS[this.L.tag(e)] ?? []).map((i) => this.L.field(e, i));
  }

  /** The index of an expression all of whose parts have theirs. */
  #node(e) {
    const { L } = this;
    const field = (i) => L.field(e, i);
    const part = (i) => this.#seen.get(field(i));
    switch (L.tag(e)) {
      case EXPR.bvar:
        return this.#exprs.add(["bvar", L.nat(field(0))]);
      case EXPR.sort:
        return this.#exprs.add(["sort", this.level(field(0))]);
      case EXPR.const:
        return this.#exprs.add(["const", this.name(field(0)), L.listItems(field(1)).map((l) => this.level(l))]);
      case EXPR.app:
        return this.#exprs.add(["app", part(0), part(1)]);
      case EXPR.lam:
        return this.#exprs.add(["lam", part(1), part(2)]);
      case EXPR.pi:
        return this.#exprs.add(["pi", part(1), part(2)]);
      case EXPR.let:
        return this.#exprs.add(["let", part(1), part(2), part(3)]);
      case EXPR.lit:
        return this.#exprs.add(this.#literal(field(0)));
      case EXPR.mdata:
        return part(1);
      case EXPR.proj:
        return this.#exprs.add(["proj", this.name(field(0)), L.nat(field(1)), part(2)]);
      default:
        throw new UnfinishedTerm("a term is not finished");
    }
  }

  #literal(o) {
    const { L } = this;
    const value = L.field(o, 0);
    return L.tag(o) === LITERAL_STRING ? ["str", L.text(value)] : ["nat", L.text(L.call("Nat_reprFast", value))];
  }
}
