// Lean's kernel: declarations go in, a larger environment comes out.
import { KIND, keyOf } from "./constants.mjs";
import { dataText } from "./messages.mjs";

const DECLARATION = { axiom: 0, definition: 1, theorem: 2, opaque: 3, inductive: 6 };
const SAFE = 1; // of `DefinitionSafety`
const NOT_UNSAFE = 0;
const NO_HEARTBEAT_LIMIT = 0;

/** What may not be believed, and why. */
export class Refused extends Error {
  constructor(message, kind) {
    super(message);
    this.kind = kind;
  }
}

/** A growing kernel environment. */
export class Kernel {
  #seen = new Set();

  constructor(L, environment, cancelToken, maxHeartbeats = NO_HEARTBEAT_LIMIT) {
    this.L = L;
    this.environment = environment;
    this.cancelToken = cancelToken;
    this.maxHeartbeats = maxHeartbeats;
  }

  has(id) {
    return !(this.L.callExport("lean_environment_find", this.environment, id) & 1);
  }

  /** Nothing can rest on `id` from now on. */
  reserve(id) {
    this.#seen.add(keyOf(this.L, id));
  }

  /**
   * Admit constants, each after what it needs. `lookUp(id)` returns {needs, declaration}, two functions, or throws
   * `Refused`; there is no declaration of what the environment has, or of what another declaration brings along. A
   * third function, `admitted`, is called when the declaration has been added.
   */
  admitAll(ids, lookUp) {
    const { L } = this;
    const stack = ids.map((id) => ({ id }));
    while (stack.length > 0) {
      const { id, ready } = stack.pop();
      if (ready) {
        this.#admit(id, ready);
        continue;
      }
      if (this.#seen.has(keyOf(L, id))) continue;
      this.reserve(id);
      const constant = lookUp(id);
      stack.push({ id, ready: constant }, ...constant.needs().map((needed) => ({ id: needed })));
    }
  }

  #admit(id, { declaration, admitted }) {
    const made = this.has(id) ? null : declaration();
    if (made !== null) this.add(id, made);
    if (!this.has(id)) throw new Refused(`${shown(this.L, id)} is not what it is said to be`, "terms");
    if (made !== null) admitted?.();
  }

  /** Type-check the declaration of `id` and add it. */
  add(id, declaration) {
    const { L } = this;
    const token = this.cancelToken === null ? L.box(0) : L.some(this.cancelToken);
    L.symbol("lean_io_set_heartbeats")(0);
    const result = L.own(
      L.symbol("lean_add_decl")(L.inc(this.environment), this.maxHeartbeats, declaration, token) >>> 0, // borrows two
    );
    if (L.tag(result) === 0) {
      const exception = L.field(result, 0);
      const data = L.call("Lean_Kernel_Exception_toMessageData", exception, L.constant("Lean_Options_empty"));
      throw new Refused(`the kernel refuses ${shown(L, id)}: ${dataText(L, data)}`, "kernel");
    }
    this.environment = L.field(result, 0);
  }
}

/** A name as the user wrote it, for people. */
export function shown(L, id) {
  return L.nameText(L.call("Lean_privateToUserName", id));
}

/** The inductive types declared together with one that an environment has, itself included: what `inductive` takes. */
export function blockOf(constants, info) {
  const typed = (member) => ({ id: constants.id(member), type: constants.type(member) });
  return {
    levels: constants.levels(info),
    parameters: constants.numParams(info),
    types: constants.mutual(info).map((t) => ({ ...typed(t), constructors: constants.constructors(t).map(typed) })),
  };
}

/** The declaration of a constant that an environment has, for another; null if another's brings it along. */
export function declarationOf(L, constants, info) {
  switch (constants.kind(info)) {
    case KIND.definition:
    case KIND.theorem:
    case KIND.opaque:
      return L.make(constants.kind(info), [constants.details(info)]); // a `Declaration` has the same tag
    case KIND.inductive:
      return inductive(L, blockOf(constants, info));
    default:
      return null;
  }
}

// Declarations. Their parts are Lean objects: `id` a name, `levels` a list of names, `type` and `value` expressions.

function constant(L, { id, levels, type }) {
  return L.make(0, [id, levels, type]);
}

export function axiom(L, declared) {
  return L.make(DECLARATION.axiom, [L.make(0, [constant(L, declared)], [NOT_UNSAFE])]);
}

export function definition(L, declared) {
  const { id, value, hints } = declared;
  const details = L.make(0, [constant(L, declared), value, hints, L.list([id])], [SAFE]);
  return L.make(DECLARATION.definition, [details]);
}

export function theorem(L, declared) {
  const details = L.make(0, [constant(L, declared), declared.value, L.list([declared.id])]);
  return L.make(DECLARATION.theorem, [details]);
}

export function opaque(L, declared) {
  const details = L.make(0, [constant(L, declared), declared.value, L.list([declared.id])], [NOT_UNSAFE]);
  return L.make(DECLARATION.opaque, [details]);
}

/** Inductive types declared together; each of `types` and of their `constructors` is {id, type}. */
export function inductive(L, { levels, parameters, types }) {
  const made = types.map(({ id, type, constructors }) =>
    L.make(0, [id, type, L.list(constructors.map((c) => L.make(0, [c.id, c.type])))]),
  );
  return L.make(DECLARATION.inductive, [levels, parameters, L.list(made)], [NOT_UNSAFE]);
}
