// The requests of leanprover-community/repl, answered in its words: for programs that expect that REPL and no other.
// Nothing here has a say in what prover counts as proved.
import { COMMAND_STATE, HeaderError } from "./commands.mjs";
import { Constants } from "./constants.mjs";
import { LeanException } from "./lean.mjs";
import { broken } from "./server.mjs";
import { ReplError, Snapshots, explained } from "./snapshots.mjs";
import { Trees } from "./trees.mjs";

export class Community {
  #states = [];
  #snapshots = [];

  /** `meta` runs JavaScript in Lean's `MetaM` (snapshots.mjs). */
  constructor(L, commands, meta) {
    this.L = L;
    this.commands = commands;
    this.trees = new Trees(L, meta);
    this.snapshots = new Snapshots(L, meta);
  }

  /** Answer one request text: {answer, fatal}. */
  async handle(text) {
    try {
      const request = JSON.parse(text);
      return { answer: this.L.scope(() => this.#dispatch(request)), fatal: false };
    } catch (e) {
      if (e instanceof HeaderError || e instanceof ReplError) return { answer: { message: e.message }, fatal: false };
      return { answer: broken(e), fatal: true };
    }
  }

  #dispatch(request) {
    if (typeof request.tactic === "string") return this.#tactic(request);
    if (typeof request.cmd === "string") return this.#command(request);
    if (Number.isInteger(request.proofState)) return this.#again(request);
    throw new ReplError("Unknown request: expected cmd, tactic or proofState.");
  }

  #command({ cmd, env, options = "", allTactics = false, rootGoals = false, infotree }) {
    const { L } = this;
    const known = env === undefined ? { state: null } : this.#states[env];
    if (known === undefined) throw new ReplError("Unknown environment.");
    const base = known.state;
    if (options !== "") this.#refuseOptions(options, base);
    const done = this.commands.runWithTrees(cmd, { base, preamble: options });
    const environment = L.field(done.start, COMMAND_STATE.env);
    const imports = known.imports ?? Constants.of(L, environment).environment;
    const place = { environment, imports };
    const sorries = this.#sorries(done.trees, place);
    if (rootGoals) sorries.push(...this.#rootGoals(done.trees, place));
    const tactics = allTactics ? this.#tactics(done.trees, place) : [];
    this.#states.push({ state: L.keep(done.state), imports: L.keep(imports) });
    return present({
      ...{ env: this.#states.length - 1, messages: done.messages, sorries, tactics },
      infotree: this.trees.json(done.trees, infotree),
    });
  }

  /** Say so where an option is not one, or has no such value. */
  #refuseOptions(options, base) {
    const tried = this.commands.run(options, { base });
    this.L.drop(tried.state);
    const wrong = tried.messages.find((message) => message.severity === "error");
    if (wrong) throw new ReplError(`setOptions: ${wrong.data}`);
  }

  #remember(snapshot) {
    this.#snapshots.push(snapshot);
    return this.#snapshots.length - 1;
  }

  #sorries(trees, place) {
    return this.trees.sorries(trees).map(({ pos, endPos, ...found }) => {
      const snapshot = this.snapshots.create({ ...found, ...place });
      const goal = this.snapshots.shown(snapshot).join("\n");
      return { proofState: this.#remember(snapshot), ...placed({ pos, endPos }), goal };
    });
  }

  #rootGoals(trees, place) {
    return this.trees.rootGoals(trees).map(({ context, goals, shown, pos }) => {
      const snapshot = this.snapshots.create({ context, goals, roots: goals, ...place });
      return { proofState: this.#remember(snapshot), ...placed({ pos, endPos: pos }), goal: shown };
    });
  }

  #tactics(trees, place) {
    return this.trees.tactics(trees).map(({ context, goals, roots, shown, tactic, pos, endPos, usedConstants }) => {
      const snapshot = this.snapshots.create({ context, goals, roots, ...place });
      return { tactic, goals: shown, pos, endPos, usedConstants, proofState: this.#remember(snapshot) };
    });
  }

  #tactic({ tactic, proofState }) {
    const { L, snapshots } = this;
    const before = this.#state(proofState);
    try {
      const after = snapshots.run(before, tactic);
      const sorries = this.#sorries(snapshots.trees(after, before), {
        ...{ roots: L.listItems(after.roots), imports: after.imports },
      });
      const told = { messages: snapshots.messages(after, before), sorries, traces: snapshots.traces(after, before) };
      return this.#answer(after, told);
    } catch (e) {
      if (e instanceof ReplError) throw new ReplError(`Lean error:\n${e.message}`);
      if (e instanceof LeanException) throw new ReplError(`Lean error:\n${explained(L, e)}`);
      throw e;
    }
  }

  #state(id) {
    const found = this.#snapshots[id];
    if (found === undefined) throw new ReplError("Unknown proof state.");
    return found;
  }

  #answer(snapshot, told) {
    const answer = { proofState: this.#remember(snapshot), goals: this.snapshots.shown(snapshot) };
    return { ...answer, ...present(told), proofStatus: this.snapshots.status(snapshot) };
  }

  /** A proof state under another number, as the REPL answers when it has saved one or brought one back. */
  #again({ proofState }) {
    const state = this.#state(proofState);
    return this.#answer(state, { messages: this.snapshots.messages(state), traces: this.snapshots.traces(state) });
  }
}

/** An answer without its empty lists. */
function present(answer) {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

/** Positions, where there are any. */
function placed(places) {
  return Object.fromEntries(Object.entries(places).filter(([, { line }]) => line !== 0));
}
