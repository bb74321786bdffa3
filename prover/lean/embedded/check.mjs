// The independent check of a whole proof. Nothing here has been touched by the search.
//
// The text is elaborated from scratch. What counts is not that Lean reported no error, though that is asked too, but
// that Lean's kernel accepts, one declaration after the other and starting from nothing but the imports, everything
// that the theorem rests on; and that the theorem says what the original said.
import { COMMAND_STATE } from "./commands.mjs";
import { dataText } from "./messages.mjs";

const ALLOWED = ["propext", "Quot.sound", "Classical.choice"];
const CONSTANT = { axiom: 0, definition: 1, theorem: 2, opaque: 3, quotient: 4, inductive: 5, constructor: 6, recursor: 7 };
const INDUCTIVE_DECLARATION = 6;
const AXIOM_KIND = 2; // of ConstantKind: defn, thm, axiom, ...
const UNLIMITED = 0;

class Refused extends Error {}

/** Check `source`, which claims to prove the theorem `name` that `original` states with `sorry`. */
export function check(L, commands, { source, original, name, timeLimit }) {
  const [proved, stated] = [source, original].map((text) => commands.run(text, { timeLimit }));
  for (const done of [proved, stated]) for (const capture of done.captures) commands.discard(capture);
  const answer = { accepted: false, statement: null, axioms: [], messages: proved.messages, reason: null };
  try {
    for (const [done, what] of [[stated, "the statement"], [proved, "the proof"]]) {
      if (done.timedOut) throw new Refused(`${what} took longer than ${timeLimit} ms`);
      const error = done.messages.find((m) => m.severity === "error");
      if (error) throw new Refused(`${what} has an error at ${error.pos.line}:${error.pos.column}: ${error.data}`);
    }
    if (proved.start !== stated.start) throw new Refused("the imports differ");
    const examiner = new Examiner(L, proved);
    const theorem = examiner.named(name);
    const claim = new Examiner(L, stated);
    examiner.compareStatements(claim, theorem, claim.named(name));
    answer.axioms = examiner.examine(theorem);
    answer.statement = statement(commands, proved.state, name);
    answer.accepted = true;
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    answer.reason = e.message;
  } finally {
    L.drop(proved.state);
    L.drop(stated.state);
  }
  return answer;
}

class Examiner {
  constructor(L, done) {
    this.L = L;
    this.env = L.field(done.state, COMMAND_STATE.env);
    this.kernel = L.callExport("lean_elab_environment_to_kernel_env", this.env);
    this.imported = L.callExport("lean_elab_environment_to_kernel_env", L.field(done.start, COMMAND_STATE.env));
  }

  /** The constant a user calls `name`; a file of this Lean keeps its own constants under private names. */
  named(name) {
    const { L } = this;
    const plain = L.name(name);
    for (const id of [L.call("Lean_mkPrivateName", this.env, plain), plain]) {
      const info = this.find(this.kernel, id);
      if (info === null) continue;
      if (this.find(this.imported, id) !== null) break;
      if ([CONSTANT.theorem, CONSTANT.definition].includes(L.tag(info))) return info;
    }
    throw new Refused(`${name} is not declared by the text`);
  }

  find(environment, id) {
    const { L } = this;
    const found = L.callExport("lean_environment_find", environment, id);
    return found & 1 ? null : L.field(found, 0);
  }

  // The parts of a ConstantInfo.

  #value(info) {
    return this.L.field(info, 0);
  }

  #signature(info) {
    return this.L.field(this.#value(info), 0);
  }

  id(info) {
    return this.L.field(this.#signature(info), 0);
  }

  type(info) {
    return this.L.field(this.#signature(info), 2);
  }

  /** The expressions a constant is made of. */
  #expressions(info) {
    const { L } = this;
    const bodied = [CONSTANT.definition, CONSTANT.theorem, CONSTANT.opaque].includes(L.tag(info));
    return bodied ? [this.type(info), L.field(this.#value(info), 1)] : [this.type(info)];
  }

  /** The names of constants that must be known before this one. */
  #needs(info) {
    const { L } = this;
    const ids = this.#expressions(info).flatMap((e) => L.items(L.call("Lean_Expr_getUsedConstants", e)));
    const tag = L.tag(info);
    if (tag === CONSTANT.constructor) ids.push(L.field(this.#value(info), 1));
    if (tag === CONSTANT.recursor) ids.push(...L.listItems(L.field(this.#value(info), 1)));
    if (tag === CONSTANT.inductive) {
      for (const member of this.#mutual(info)) {
        ids.push(...L.items(L.call("Lean_Expr_getUsedConstants", this.type(member))));
        for (const c of this.#constructors(member)) ids.push(...L.items(L.call("Lean_Expr_getUsedConstants", this.type(c))));
      }
    }
    return ids;
  }

  #mutual(info) {
    return this.L.listItems(this.L.field(this.#value(info), 3)).map((id) => this.#known(id));
  }

  #constructors(info) {
    return this.L.listItems(this.L.field(this.#value(info), 4)).map((id) => this.#known(id));
  }

  #known(id) {
    const info = this.find(this.kernel, id);
    if (info === null) throw new Refused(`${this.shown(id)} is used but not declared`);
    return info;
  }

  /** The name as the user wrote it. */
  shown(id) {
    return this.L.nameText(this.L.call("Lean_privateToUserName", id));
  }

  #key(id) {
    return JSON.stringify(this.L.nameParts(id));
  }

  /** Refuse unless both texts give the theorem the same type, made of constants with the same definitions. */
  compareStatements(other, mine, theirs) {
    const { L } = this;
    const levels = (info) => JSON.stringify(L.listItems(L.field(this.#signature(info), 1)).map((id) => L.nameParts(id)));
    const same = (a, b) => L.symbol("lean_expr_eqv")(a, b) !== 0;
    if (levels(mine) !== levels(theirs) || !same(this.type(mine), this.type(theirs))) {
      throw new Refused("the theorem proved is not the theorem stated");
    }
    const seen = new Set();
    const pending = L.items(L.call("Lean_Expr_getUsedConstants", this.type(mine)));
    while (pending.length > 0) {
      const id = pending.pop();
      if (seen.has(this.#key(id)) || this.find(this.imported, id) !== null) continue;
      seen.add(this.#key(id));
      const [a, b] = [this.#known(id), other.#known(id)];
      const [left, right] = [this.#expressions(a), other.#expressions(b)];
      if (L.tag(a) !== L.tag(b) || levels(a) !== levels(b) || !left.every((e, i) => same(e, right[i]))) {
        throw new Refused(`${this.shown(id)}, which the statement mentions, is not what it was`);
      }
      pending.push(...this.#needs(a));
    }
  }

  /** Send all that `theorem` rests on through the kernel; returns the axioms met on the way. */
  examine(theorem) {
    const { L } = this;
    const axioms = new Set();
    const seen = new Set();
    let environment = this.imported;
    const stack = [[this.id(theorem), false]];
    while (stack.length > 0) {
      const [id, ready] = stack.pop();
      const key = this.#key(id);
      if (!ready && seen.has(key)) continue;
      seen.add(key);
      const library = this.find(this.imported, id);
      const info = library ?? this.#known(id);
      if (ready) {
        environment = this.#admit(environment, info);
        continue;
      }
      if (L.tag(info) === CONSTANT.axiom) this.#axiom(id, library !== null, axioms);
      if (library === null) stack.push([id, true]);
      for (const needed of this.#needs(info)) if (!seen.has(this.#key(needed))) stack.push([needed, false]);
    }
    return [...axioms].sort();
  }

  /** The exported library shows its theorems as axioms, so ask what a constant was; a true axiom must be allowed. */
  #axiom(id, isLibrary, axioms) {
    const { L } = this;
    const name = this.shown(id);
    if (isLibrary) {
      const kind = L.call("Lean_getOriginalConstKind_x3f", this.env, id);
      if (!(kind & 1) && L.tag(L.field(kind, 0)) !== AXIOM_KIND) return;
    }
    if (!isLibrary || !ALLOWED.includes(name)) throw new Refused(`the proof rests on the axiom ${name}`);
    axioms.add(name);
  }

  /** The kernel environment with one more constant, type-checked. */
  #admit(environment, info) {
    const { L } = this;
    const tag = L.tag(info);
    if (tag === CONSTANT.constructor || tag === CONSTANT.recursor) {
      if (this.find(environment, this.id(info)) === null) throw new Refused(`${this.shown(this.id(info))} has no type`);
      return environment;
    }
    if (this.find(environment, this.id(info)) !== null) return environment;
    const declaration = tag === CONSTANT.inductive ? this.#inductive(info) : L.make(tag, [this.#value(info)]);
    L.symbol("lean_io_set_heartbeats")(0);
    const result = L.own(
      L.symbol("lean_add_decl")(L.inc(environment), UNLIMITED, declaration, L.box(0)) >>> 0,
    );
    if (L.tag(result) === 1) return L.field(result, 0);
    const text = dataText(L, L.call("Lean_Kernel_Exception_toMessageData", L.field(result, 0), L.constant("Lean_Options_empty")));
    throw new Refused(`the kernel refuses ${this.shown(this.id(info))}: ${text}`);
  }

  #inductive(info) {
    const { L } = this;
    const types = this.#mutual(info).map((member) => {
      const constructors = this.#constructors(member).map((c) => L.make(0, [this.id(c), this.type(c)]));
      return L.make(0, [this.id(member), this.type(member), L.list(constructors)]);
    });
    const value = this.#value(info);
    const isUnsafe = L.byte(value, 1);
    return L.make(
      INDUCTIVE_DECLARATION,
      [L.field(this.#signature(info), 1), L.field(value, 1), L.list(types)],
      [isUnsafe],
    );
  }
}

/** The theorem's type as Lean prints it. */
function statement(commands, state, name) {
  const shown = commands.run(`#check @_root_.${name}`, { base: state });
  commands.L.drop(shown.state);
  const text = shown.messages[0]?.data ?? "";
  return text.slice(text.indexOf(" : ") + 3);
}
