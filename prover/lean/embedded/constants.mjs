// Lean's `ConstantInfo`, and finding constants in a kernel environment.

export const KIND = { axiom: 0, definition: 1, theorem: 2, opaque: 3, quotient: 4, inductive: 5, constructor: 6, recursor: 7 };
const BODIED = [KIND.definition, KIND.theorem, KIND.opaque];
const DEFINITION_SAFETY = { unsafe: 0, safe: 1, partial: 2 };
// Where the structures with such a flag keep `isUnsafe` among their scalars.
const UNSAFE_BYTE = { [KIND.axiom]: 0, [KIND.opaque]: 0, [KIND.inductive]: 1, [KIND.constructor]: 0, [KIND.recursor]: 1 };

/** Reads the constants that a kernel environment holds. Names are Lean `Name`s. */
export class Constants {
  constructor(L, environment) {
    this.L = L;
    this.environment = environment;
  }

  /** Those of a `Command.State`'s environment. */
  static of(L, elabEnvironment) {
    return new Constants(L, L.callExport("lean_elab_environment_to_kernel_env", elabEnvironment));
  }

  /** The `ConstantInfo` called `id`, or null. */
  find(id) {
    const found = this.L.callExport("lean_environment_find", this.environment, id);
    return found & 1 ? null : this.L.field(found, 0);
  }

  has(id) {
    return this.find(id) !== null;
  }

  // The parts of a `ConstantInfo`.

  kind(info) {
    return this.L.tag(info);
  }

  /** The `AxiomVal`, `DefinitionVal`, ... */
  details(info) {
    return this.L.field(info, 0);
  }

  #signature(info) {
    return this.L.field(this.details(info), 0);
  }

  id(info) {
    return this.L.field(this.#signature(info), 0);
  }

  /** The names of its universe parameters, as a Lean list. */
  levels(info) {
    return this.L.field(this.#signature(info), 1);
  }

  type(info) {
    return this.L.field(this.#signature(info), 2);
  }

  /** The body, or null. */
  value(info) {
    return BODIED.includes(this.kind(info)) ? this.L.field(this.details(info), 1) : null;
  }

  hints(info) {
    return this.L.field(this.details(info), 2);
  }

  /** Whether the kernel checked it under the rules that proofs are checked under: neither `unsafe` nor `partial`. */
  isSafe(info) {
    const kind = this.kind(info);
    if (kind === KIND.definition) return this.L.byte(this.details(info), 0) === DEFINITION_SAFETY.safe;
    return !(kind in UNSAFE_BYTE) || this.L.byte(this.details(info), UNSAFE_BYTE[kind]) === 0;
  }

  numParams(inductive) {
    return this.L.field(this.details(inductive), 1);
  }

  /** The types declared together with this one, itself included. */
  mutual(inductive) {
    return this.L.listItems(this.L.field(this.details(inductive), 3)).map((id) => this.find(id));
  }

  constructors(inductive) {
    return this.L.listItems(this.L.field(this.details(inductive), 4)).map((id) => this.find(id));
  }

  /** The names of the inductive types that a constructor or a recursor belongs to. */
  families(info) {
    const families = this.L.field(this.details(info), 1);
    return this.kind(info) === KIND.constructor ? [families] : this.L.listItems(families);
  }

  /** How many parameters, indices, motives and minor premises a recursor takes, and its computation rules. */
  recursor(info) {
    const { L } = this;
    const field = (i) => L.field(this.details(info), i);
    const [parameters, indices, motives, minors] = [2, 3, 4, 5].map((i) => L.nat(field(i)));
    return { parameters, indices, motives, minors, rules: L.listItems(field(6)) };
  }

  /** The names of the constants that must be known before this one. */
  needs(info) {
    const { L } = this;
    const used = (...expressions) => expressions.flatMap((e) => usedIn(L, e));
    switch (this.kind(info)) {
      case KIND.definition:
      case KIND.theorem:
      case KIND.opaque:
        return used(this.type(info), this.value(info));
      case KIND.inductive:
        return this.mutual(info).flatMap((member) => [
          ...used(this.type(member)),
          ...this.constructors(member).flatMap((c) => used(this.type(c))),
        ]);
      case KIND.constructor:
      case KIND.recursor:
        return [...this.families(info), ...used(this.type(info))];
      default:
        return used(this.type(info));
    }
  }

  /** The constant a user calls `name`; a file of this Lean keeps its own constants under private names. */
  declared(name, elabEnvironment) {
    const plain = this.L.name(name);
    const hidden = this.L.call("Lean_mkPrivateName", elabEnvironment, plain);
    return [hidden, plain].map((id) => this.find(id)).find((info) => info !== null) ?? null;
  }
}

/** The names of the constants in an expression. */
export function usedIn(L, expression) {
  return L.items(L.call("Lean_Expr_getUsedConstants", expression));
}

/** A JavaScript value that tells names apart. */
export function keyOf(L, id) {
  return JSON.stringify(L.nameParts(id));
}
