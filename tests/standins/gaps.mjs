// Fills the gaps in the embedded Lean's library over which its compiler stumbles.
//
// The package has the part of each module that other modules may see. What the compiler made of a function beside it
// (`List.lengthTR._redArg`, private loops, closures) is compiled into Lean, but no longer declared anywhere; the code that
// the compiler inlines calls it all the same. So whenever it says that it misses one, that one is declared as what it is:
// foreign code, of as many arguments as the compiled function takes, all of them objects.
import { COMMAND_STATE } from "../../prover/lean/embedded/commands.mjs";

const MISSING = [/^Unknown constant `(.*)`$/, /depends on declaration '(.*?)', which has no executable code/];
const MOST = 1000;
const OPAQUE = 3; // of `Declaration`
const SYNC = 0; // of `EnvExtension.AsyncMode`

export class Gaps {
  #templates = new Map();

  constructor(L, insides, elaborator) {
    this.L = L;
    this.insides = insides;
    this.elaborator = elaborator;
  }

  /** Elaborate a command, again and again until nothing is missing. `elaborate(state)` returns {state, messages}. */
  filling(elaborate, state) {
    for (let filled = 0; ; filled++) {
      const done = elaborate(state);
      const missing = done.messages.map(missingIn).find((name) => name !== undefined);
      if (missing === undefined || filled === MOST) return done;
      const next = this.#fill(missing, state);
      if (next === null) return done;
      state = next;
    }
  }

  /** The state in which there is a function `text`, too; null if Lean has no such function. */
  #fill(text, state) {
    const { L } = this;
    const name = this.#name(text);
    const arity = this.#arity(L.text(L.call("Lean_Name_mangle", name, L.string("l_"))));
    if (arity === undefined) return null;
    if (!this.#templates.has(arity)) state = this.#make(arity, state);
    const { details, code } = this.#templates.get(arity);
    const constant = L.alter(L.field(details, 0), { 0: name });
    const declaration = L.make(OPAQUE, [L.alter(details, { 0: constant, 2: L.list([name]) })]);
    const before = L.inc(L.field(state, COMMAND_STATE.env));
    const added = L.own(L.symbol("l_Lean_Environment_addDeclCore")(before, 0, L.inc(declaration), L.box(0), 1) >>> 0);
    if (L.tag(added) === 0) return null;
    const entry = [L.constant("Lean_IR_declMapExt"), L.field(added, 0), L.alter(code, { 0: name })];
    const env = L.call("Lean_PersistentEnvExtension_addEntry___redArg", ...entry, L.box(SYNC), L.unit);
    return L.alter(state, { [COMMAND_STATE.env]: env });
  }

  /** Keep the parts of a declared function of that many arguments, as templates. */
  #make(arity, state) {
    const { L, elaborator } = this;
    const name = `standin${arity}`;
    const input = elaborator.input(`@[extern "nothing"] opaque _root_.${name} : ${"Nat → ".repeat(arity)}Nat`);
    const { command } = elaborator.parse(input, L.make(0, [L.box(0)], [0]), state);
    const done = elaborator.elaborate(input, command, L.box(0), state);
    if (done.messages.length > 0) throw new Error(done.messages[0].data);
    const env = L.field(done.state, COMMAND_STATE.env);
    const kernel = L.callExport("lean_elab_environment_to_kernel_env", env);
    const info = L.field(L.callExport("lean_environment_find", kernel, L.name(name)), 0);
    const code = L.field(L.callExport("lean_ir_find_env_decl", env, L.name(name)), 0);
    this.#templates.set(arity, { details: L.keep(L.field(info, 0)), code: L.keep(code) });
    return done.state;
  }

  /** How many arguments a compiled function takes where all are objects; 0 for a constant. */
  #arity(symbol) {
    const { symbols } = this.L;
    if (symbols.has(`${symbol}___boxed`)) return this.L.symbol(`${symbol}___boxed`).length;
    const slot = symbols.find(symbol);
    if (slot === undefined) return undefined;
    const { table } = this.insides;
    return (slot < table.length ? table.get(slot)?.length : undefined) ?? 0;
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

function missingIn({ data }) {
  return MISSING.map((pattern) => pattern.exec(data)?.[1]).find((name) => name !== undefined);
}
