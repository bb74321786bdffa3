// What an inductive type must be beyond what the kernel asks: Lean 4.28's has bugs, mended since, and all those that are
// known to prove `False` need an inductive type of their own (docs/kernel-bugs.md). The rules here leave such a type
// nothing to go wrong with: that it is a proposition or is none, and which of its fields are recursive, can be read off
// without deciding an equality, by unfolding definitions and no more.
import { Constants, KIND, usedIn } from "./constants.mjs";
import { Refused, axiom, opaque, shown } from "./kernel.mjs";
import { EXPR, LEVEL } from "./terms.mjs";

const RESERVED = "_nested";
const MOST_UNFOLDINGS = 1000;
const RULE = { constructor: 0, rhs: 2 };

/** Refuses the inductive types declared together, as `block`: {levels, parameters, types}, see kernel.mjs. */
export function refuseMalformed(L, block) {
  new Declared(L, block).check();
}

/** Examines the inductive type `id`, those declared with it included, as the environment of `kernel` has them. */
export function examine(L, kernel, id) {
  new Examination(L, kernel, id).check();
}

function refuse(L, id, why) {
  throw new Refused(`the inductive type ${shown(L, id)} is not accepted: ${why}`, "inductive");
}

/** Terms with what is needed to read them. */
class Terms {
  constructor(L) {
    this.L = L;
  }

  holds(predicate, e) {
    return this.L.tag(this.L.call(predicate, e)) === 1;
  }

  same(a, b) {
    return a === b || this.L.tag(this.L.call("Lean_Name_beq", a, b)) === 1;
  }

  equal(a, b) {
    return a === b || this.L.tag(this.L.call("Lean_Expr_eqv", a, b)) === 1;
  }

  /** The function and the arguments of an application. */
  spine(e) {
    return [this.L.call("Lean_Expr_getAppFn", e), this.L.items(this.L.call("Lean_Expr_getAppArgs", e))];
  }

  apply(f, args) {
    return this.L.call("Lean_mkAppN", f, this.L.array(args));
  }

  /** The body of a binder with its variable replaced. */
  body(binder, value) {
    return this.L.call("Lean_Expr_instantiate1", this.L.field(binder, 2), value);
  }

  isPi(e) {
    return this.L.tag(e) === EXPR.pi;
  }
}

/** Checks a declaration before the kernel sees it: what it is called, and where it mentions itself. */
class Declared extends Terms {
  #seen = new Set();

  constructor(L, { levels, parameters, types }) {
    super(L);
    this.levels = L.listItems(levels);
    this.parameters = L.nat(parameters);
    this.types = types;
    this.id = types[0].id;
  }

  check() {
    const { L, types } = this;
    const members = types.flatMap(({ id, constructors }) => [id, ...constructors.map((c) => c.id)]);
    members.forEach((id, i) => {
      this.#name(id);
      if (members.slice(i + 1).some((other) => this.same(id, other))) refuse(L, this.id, `it declares ${shown(L, id)} twice`);
    });
    for (const type of types) {
      for (const { type: e } of [type, ...type.constructors]) {
        if (this.holds("Lean_Expr_hasFVar", e) || this.holds("Lean_Expr_hasMVar", e)) refuse(L, this.id, "a term in it is not finished");
        this.#occurrences(e);
      }
    }
  }

  #name(id) {
    if (this.L.nameParts(id).includes(RESERVED)) refuse(this.L, this.id, `it uses the name ${this.L.nameText(id)}, which the kernel makes up for itself`);
  }

  /** Every mention of a type that is being declared must have the parameters and the universes of the declaration. */
  #occurrences(root) {
    const { L } = this;
    const pending = [[root, 0]];
    while (pending.length > 0) {
      const [e, depth] = pending.pop();
      const key = `${e}:${depth}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      switch (L.tag(e)) {
        case EXPR.const:
        case EXPR.app: {
          const [head, args] = this.spine(e);
          if (L.tag(head) === EXPR.const) this.#mention(head, args, depth);
          else pending.push([head, depth]);
          pending.push(...args.map((arg) => [arg, depth]));
          break;
        }
        case EXPR.lam:
        case EXPR.pi:
          pending.push([L.field(e, 1), depth], [L.field(e, 2), depth + 1]);
          break;
        case EXPR.let:
          pending.push([L.field(e, 1), depth], [L.field(e, 2), depth], [L.field(e, 3), depth + 1]);
          break;
        case EXPR.mdata:
          pending.push([L.field(e, 1), depth]);
          break;
        case EXPR.proj:
          this.#name(L.field(e, 0));
          if (this.types.some(({ id }) => this.same(id, L.field(e, 0)))) refuse(L, this.id, "a constructor's type takes a value of it apart");
          pending.push([L.field(e, 2), depth]);
          break;
      }
    }
  }

  #mention(head, args, depth) {
    const { L } = this;
    const id = L.field(head, 0);
    this.#name(id);
    if (!this.types.some((type) => this.same(type.id, id))) return;
    const levels = L.listItems(L.field(head, 1));
    const uniform =
      levels.length === this.levels.length &&
      levels.every((level, i) => L.tag(level) === LEVEL.param && this.same(L.field(level, 0), this.levels[i])) &&
      args.length >= this.parameters &&
      args.slice(0, this.parameters).every((arg, i) => L.tag(arg) === EXPR.bvar && L.nat(L.field(arg, 0)) === depth - 1 - i);
    if (!uniform) {
      refuse(L, this.id, `a constructor mentions ${shown(L, id)} with other parameters or universes than those it is declared with`);
    }
  }
}

/** Examines types that the kernel has accepted, from what its environment says of them. */
class Examination extends Terms {
  #expanded = []; // nested types whose fields have been looked at
  #variables = 0;

  constructor(L, kernel, id) {
    super(L);
    this.kernel = kernel;
    this.constants = new Constants(L, kernel.environment);
    const info = this.constants.find(id);
    this.id = id;
    this.types = this.constants.mutual(info);
    this.parameters = L.nat(this.constants.numParams(info));
    this.levels = this.constants.levels(info);
  }

  check() {
    const { constants, types } = this;
    const constructors = types.flatMap((type) => constants.constructors(type));
    const recursors = this.#recursors();
    for (const info of [...types, ...constructors, ...recursors]) this.#retype(info);
    for (const type of types) this.#sort(constants.type(type));
    for (const constructor of constructors) this.#fields(constructor);
    for (const recursor of recursors) this.#rules(recursor);
  }

  /** The recursors of the types, and those of what is nested in them, which the first type lends its name. */
  #recursors() {
    const { L, constants } = this;
    const named = (type, last) => constants.find(L.call("Lean_Name_str___override", constants.id(type), L.string(last)));
    const found = this.types.map((type) => named(type, "rec"));
    for (let i = 1; ; i++) {
      const info = named(this.types[0], `rec_${i}`);
      if (info === null || constants.kind(info) !== KIND.recursor) return found;
      found.push(info);
    }
  }

  #refuse(why) {
    refuse(this.L, this.id, why);
  }

  #refuseSort() {
    this.#refuse("its sort must be `Prop`, `Type u` or another `Sort` that is never `Prop`, whatever the universes, such as `Sort (max 1 u)`");
  }

  /** The kernel must find the type of a constant well-typed where all that was declared is known. */
  #retype(info) {
    const { L, constants } = this;
    const id = L.name("prover.examined");
    this.#ask(axiom(L, { id, levels: constants.levels(info), type: constants.type(info) }), `the type of ${shown(L, constants.id(info))}`);
  }

  #ask(declaration, what) {
    const { kernel } = this;
    const { environment } = kernel;
    try {
      kernel.add(this.id, declaration);
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      this.#refuse(`${what} is wrong: ${e.message}`);
    } finally {
      kernel.environment = environment;
    }
  }

  /** A type's sort must be there to be seen, and be a proposition's always or never. */
  #sort(type) {
    const { L } = this;
    let e = this.#head(type);
    while (this.isPi(e)) e = this.#head(this.body(e, this.#variable()));
    if (L.tag(e) !== EXPR.sort) this.#refuseSort();
    const level = L.field(e, 0);
    if (L.tag(level) !== LEVEL.zero && !this.holds("Lean_Level_isNeverZero", level)) this.#refuseSort();
  }

  #fields(constructor) {
    const { L, constants } = this;
    let type = constants.type(constructor);
    for (let i = 0; i < this.parameters; i++) type = this.body(type, this.#variable());
    for (; this.isPi(type); type = this.body(type, this.#variable())) this.#field(L.field(type, 1), constructor);
  }

  /** A field that mentions the types: functions into one of them, or into an inductive type that holds some. */
  #field(given, constructor) {
    const { L, constants } = this;
    let e = given;
    for (;;) {
      if (!this.#mentioned(e)) return;
      e = this.#head(e);
      if (!this.isPi(e)) break;
      e = this.body(e, this.#variable());
    }
    if (!this.#mentioned(e)) return;
    const [head, args] = this.spine(e);
    const info = L.tag(head) === EXPR.const ? constants.find(L.field(head, 0)) : null;
    if (info === null || constants.kind(info) !== KIND.inductive) {
      this.#refuse(`a field of ${shown(L, constants.id(constructor))} mentions it where only a computation tells what the field's type is; write that type out`);
    }
    if (!this.types.some((type) => this.same(constants.id(type), constants.id(info)))) this.#nested(info, head, args, constructor);
  }

  /** The fields of an inductive type at parameters that mention the types. */
  #nested(info, head, args, constructor) {
    const { L, constants } = this;
    const parameters = args.slice(0, L.nat(constants.numParams(info)));
    const type = this.apply(head, parameters);
    if (!parameters.some((arg) => this.#mentioned(arg)) || this.#expanded.some((other) => this.equal(type, other))) return;
    this.#expanded.push(type);
    for (const member of constants.mutual(info)) {
      for (const inner of constants.constructors(member)) {
        let e = this.#instance(inner, L.field(head, 1), parameters);
        for (; this.isPi(e); e = this.body(e, this.#variable())) this.#field(L.field(e, 1), constructor);
      }
    }
  }

  #mentioned(e) {
    return usedIn(this.L, e).some((id) => this.types.some((type) => this.same(this.constants.id(type), id)));
  }

  /** The type of a constant at these universes, applied to these arguments. */
  #instance(info, levels, args) {
    const { L, constants } = this;
    const type = L.call("Lean_Expr_instantiateLevelParams", constants.type(info), constants.levels(info), levels);
    return args.reduce((e, arg) => this.body(e, arg), type);
  }

  #variable() {
    const { L } = this;
    return L.call("Lean_Expr_fvar___override", L.call("Lean_Name_num___override", L.name("_prover"), L.box(this.#variables++)));
  }

  /** The head of a term, for which definitions are unfolded and functions applied, and nothing else is computed. */
  #head(given) {
    const { L, constants } = this;
    let e = given;
    for (let unfolded = 0; unfolded < MOST_UNFOLDINGS; unfolded++) {
      e = L.call("Lean_Expr_headBeta", e);
      if (L.tag(e) === EXPR.mdata) e = L.field(e, 1);
      else if (L.tag(e) === EXPR.let) e = L.call("Lean_Expr_instantiate1", L.field(e, 3), L.field(e, 2));
      else {
        const [head, args] = this.spine(e);
        const info = L.tag(head) === EXPR.const ? constants.find(L.field(head, 0)) : null;
        if (info === null || constants.kind(info) !== KIND.definition) return e;
        e = this.apply(L.call("Lean_Expr_instantiateLevelParams", constants.value(info), constants.levels(info), L.field(head, 1)), args);
      }
    }
    return this.#refuse("its definition unfolds to too much");
  }

  /** What a recursor computes must have the type that the recursor promises. */
  #rules(recursor) {
    const { L, constants } = this;
    const { parameters, indices, motives, minors, rules } = constants.recursor(recursor);
    const opened = this.#opened(constants.type(recursor), parameters + motives + minors);
    let major = opened.rest;
    for (let i = 0; i < indices; i++) major = this.body(major, this.#variable());
    const [family, args] = this.spine(L.field(major, 1));
    for (const rule of rules) {
      const constructor = constants.find(L.field(rule, RULE.constructor));
      const given = args.slice(0, L.nat(constants.numParams(constants.find(L.field(family, 0)))));
      const fields = this.#opened(this.#instance(constructor, L.field(family, 1), given));
      const value = L.call("Lean_Expr_const___override", constants.id(constructor), L.field(family, 1));
      const at = this.spine(fields.rest)[1].slice(given.length);
      const target = [...at, this.apply(value, [...given, ...fields.variables])].reduce((e, arg) => this.body(e, arg), opened.rest);
      const id = L.name("prover.examined");
      const type = this.#closed([...opened.types, ...fields.types], [...opened.variables, ...fields.variables], target);
      const declaration = opaque(L, { id, levels: constants.levels(recursor), type, value: L.field(rule, RULE.rhs) });
      this.#ask(declaration, `what ${shown(L, constants.id(recursor))} computes of ${shown(L, constants.id(constructor))}`);
    }
  }

  /** The binders of a function type, as far as told or all of them: their types, variables for them, and what is left. */
  #opened(type, count = Infinity) {
    const types = [];
    const variables = [];
    let rest = type;
    for (; types.length < count && this.isPi(rest); rest = this.body(rest, variables.at(-1))) {
      types.push(this.L.field(rest, 1));
      variables.push(this.#variable());
    }
    return { types, variables, rest };
  }

  /** The function type with these binders: the reverse of `#opened`. */
  #closed(types, variables, rest) {
    const { L } = this;
    const array = L.array(variables);
    const abstracted = (e, count) => L.call("Lean_Expr_abstractRange", e, L.box(count), array);
    return types.reduceRight(
      (e, type, i) => L.call("Lean_Expr_forallE___override", L.name("x"), abstracted(type, i), e, L.box(0)),
      abstracted(rest, types.length),
    );
  }
}
