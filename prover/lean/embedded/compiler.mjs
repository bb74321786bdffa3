// Compiling definitions, where this Lean's library lacks what its compiler wants to know.
//
// The package has the part of each module that other modules may see. What the compiler made of a function beside it
// (`List.lengthTR._redArg`, private loops, closures) is in the program, but no longer declared anywhere, and the code
// that the compiler inlines calls it all the same. So a hook stands before the compiler. When it misses a function that
// the program has, that one is declared as what it is: foreign code, of as many arguments as the program's function
// takes, all of them objects. A definition that cannot be compiled even so is left without code, as one that is
// `noncomputable` is: neither the kernel nor `decide` needs any. Everything else that the compiler says is an error.
import { COMMAND_STATE, CORE_STATE } from "./commands.mjs";
import { dataText } from "./messages.mjs";

const ARITY = 4; // the names, the context, the state, the world
const MISSING = [/^Unknown constant `(.*)`$/, /depends on declaration '(.*?)', which has no executable code/];
const EVALUATED = /(^|\.)_eval(\.|$)/; // what `#eval` declares
const INTERNAL_EXCEPTION = 1;
const OPAQUE = 3; // of `Declaration`
const SYNC = 0; // of `EnvExtension.AsyncMode`
/** Functions of more arguments are called with an array of them where they are called as objects. */
const MOST_ARGUMENTS = 16;

export class Compiler {
  #templates = [];
  #unevaluated = null;

  constructor(L) {
    this.L = L;
  }

  /** The function that Lean calls back, for `runtime.start`. */
  static hook(self) {
    return [(...args) => self().#onCompile(args), ARITY];
  }

  /** Put the hook before Lean's own compiler. Once in the life of an image. */
  install(slot) {
    const { L } = this;
    L.scope(() => L.set(L.constant("Lean_compileDeclsRef"), L.closure(slot, ARITY)));
  }

  /** Have Lean declare a foreign function of each number of arguments: what is missing is made after these. */
  learn(commands) {
    const { L } = this;
    this.#templates = Array.from({ length: MOST_ARGUMENTS + 1 }, (_, arity) => {
      const value = arity === 0 ? "Nat.zero" : `fun${" _".repeat(arity)} => Nat.zero`;
      const done = commands.run(`@[extern "nothing"] opaque template : ${"Nat → ".repeat(arity)}Nat := ${value}`);
      if (done.messages.length > 0) throw new Error(`Lean says of a foreign function: ${done.messages[0].data}`);
      return L.scope(() => {
        const env = L.field(L.own(done.state), COMMAND_STATE.env);
        const kernel = L.callExport("lean_elab_environment_to_kernel_env", env);
        const name = L.name("template");
        const info = L.field(L.callExport("lean_environment_find", kernel, name), 0);
        const code = L.field(L.callExport("lean_ir_find_env_decl", env, name), 0);
        return { details: L.keep(L.field(info, 0)), code: L.keep(code) };
      });
    });
  }

  /** What an image must remember of this object. */
  get saved() {
    return this.#templates;
  }

  restore(templates) {
    this.#templates = templates;
  }

  /** The messages of a command, with what it could not evaluate said as such. */
  explained(messages) {
    const said = this.#unevaluated;
    this.#unevaluated = null;
    if (said === null) return messages;
    const told = (m) => (m.data === said.text ? { ...m, severity: "warning", data: said.instead } : m);
    return messages.map(told);
  }

  #onCompile(args) {
    const { L } = this;
    return L.scope(() => {
      const [names, context, state] = args.slice(0, ARITY - 1).map((o) => L.own(o >>> 0));
      const before = L.get(state);
      const heartbeats = L.symbol("lean_io_get_num_heartbeats")();
      const filled = new Set();
      for (let current = before; ; L.set(state, current)) {
        const result = L.call("Lean_Compiler_LCNF_main", names, context, state);
        const text = this.#errorOf(result);
        const missing = text === null ? null : missingIn(text);
        if (missing === null) return L.inc(result) | 0;
        current = filled.has(missing) ? null : this.#fill(missing, current);
        filled.add(missing);
        L.symbol("lean_io_set_heartbeats")(heartbeats); // what was tried in vain is not the text's to pay for
        if (current !== null) continue;
        L.set(state, before);
        return L.inc(this.#without(L.items(names), text, missing) ? L.make(0, [L.unit]) : result) | 0;
      }
    });
  }

  /** What the compiler complains of, if it does. */
  #errorOf(result) {
    const { L } = this;
    if (L.tag(result) === 0) return null;
    const exception = L.field(result, 0);
    return L.tag(exception) === INTERNAL_EXCEPTION ? null : dataText(L, L.field(exception, 1));
  }

  /** Whether these definitions may be left without code. What is made to be run at once may not. */
  #without(names, text, missing) {
    if (!names.some((name) => EVALUATED.test(this.L.nameText(name)))) return true;
    const instead = `not evaluated: this Lean has no executable code for '${missing}'`;
    this.#unevaluated = { text, instead };
    return false;
  }

  /** The core state in which there is a function called `text`, too; null if the program has none. */
  #fill(text, state) {
    const { L } = this;
    const name = this.#name(text);
    const arity = this.#arity(L.text(L.call("Lean_Name_mangle", name, L.string("l_"))));
    if (arity === undefined) return null;
    const { details, code } = this.#templates[arity];
    const constant = L.alter(L.field(details, 0), { 0: name });
    const declaration = L.make(OPAQUE, [L.alter(details, { 0: constant, 2: L.list([name]) })]);
    const before = L.inc(L.field(state, CORE_STATE.env));
    const added = L.own(L.symbol("l_Lean_Environment_addDeclCore")(before, 0, L.inc(declaration), L.box(0), 1) >>> 0);
    if (L.tag(added) === 0) return null;
    const entry = [L.constant("Lean_IR_declMapExt"), L.field(added, 0), L.alter(code, { 0: name })];
    const env = L.call("Lean_PersistentEnvExtension_addEntry___redArg", ...entry, L.box(SYNC), L.unit);
    return L.alter(state, { [CORE_STATE.env]: env });
  }

  /** How many arguments the program's function takes where all are objects; 0 for a constant. */
  #arity(symbol) {
    const { symbols, insides } = this.L;
    const plain = symbols.find(symbol);
    if (plain === undefined) return undefined;
    if (plain >= insides.table.length) return 0; // an address: all data lie above the table's last slot
    const count = insides.table.get(plain).length;
    const arity = symbols.has(`${symbol}___boxed`) ? this.L.symbol(`${symbol}___boxed`).length : count;
    return count <= arity && arity <= MOST_ARGUMENTS ? arity : undefined;
  }

  /** A name as Lean prints it, with the numbers in it. */
  #name(text) {
    const { L } = this;
    let made = L.unit;
    for (const [, quoted, plain] of text.matchAll(/«([^»]*)»|([^.«»]+)/g)) {
      const isNumber = quoted === undefined && /^[0-9]+$/.test(plain);
      made = isNumber
        ? L.call("Lean_Name_num___override", made, L.box(Number(plain)))
        : L.call("Lean_Name_str___override", made, L.string(quoted ?? plain));
    }
    return made;
  }
}

function missingIn(text) {
  return MISSING.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined) ?? null;
}
