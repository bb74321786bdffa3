// What a session asks of the kernel.
//
// Tactics declare constants of their own: lemmas, matchers, auxiliary definitions. Lean has each checked where it is made,
// unless an option tells it not to. Here the kernel is asked once, after the tactic, and whatever options there were: a
// proof state knows an environment of the kernel's that holds nothing but what the theorem was stated in and what has
// gone through here (`checked`), and a finished proof must go through in that environment.
import { CORE_STATE } from "./commands.mjs";
import { Constants, usedIn } from "./constants.mjs";
import { Kernel, Refused, declarationOf, shown, theorem } from "./kernel.mjs";

/** How far a proof is, in the words of the protocol. */
export const STATUS = {
  completed: "Completed",
  open: "Incomplete: open goals remain",
  sorry: "Incomplete: contains sorry",
  metavariables: "Incomplete: contains metavariable(s)",
};

/** What the kernel is told that a finished proof is called. */
const CANDIDATE = "prover.candidate";
/** By these a proof says that what compiled code computes is true. */
const COMPILED = ["ofReduceBool", "ofReduceNat", "reduceBool", "reduceNat", "trustCompiler"].map((n) => `Lean.${n}`);
const CONSTANTS = 0; // of a kernel environment

/** Checks what a tactic that began in `state` has made; the tactic left `environment`. */
export class Examiner {
  #before;
  #after;
  #kernel;

  constructor(L, { checked, core }, environment, { cancelToken, maxHeartbeats }) {
    this.L = L;
    this.#before = new Constants(L, checked);
    this.#after = Constants.of(L, environment);
    this.#kernel = new Kernel(L, checked, cancelToken, maxHeartbeats);
    const began = Constants.of(L, L.field(core, CORE_STATE.env));
    /** Whether the tactic has declared anything. */
    this.anyNew = L.field(began.environment, CONSTANTS) !== L.field(this.#after.environment, CONSTANTS);
  }

  /** What has been checked by now. */
  get environment() {
    return this.#kernel.environment;
  }

  /** Check all that some expressions rest on. */
  admit(expressions) {
    const { L } = this;
    this.#kernel.admitAll(expressions.flatMap((e) => usedIn(L, e)), (id) => this.#lookUp(id));
  }

  /** Check a finished proof: {levels, type, value}, without free variables. */
  finish({ levels, type, value }) {
    const { L } = this;
    this.admit([type, value]);
    const { environment } = this.#kernel;
    const id = L.name(CANDIDATE);
    this.#kernel.add(id, theorem(L, { id, levels: L.list(L.items(levels)), type, value }));
    this.#kernel.environment = environment;
  }

  #lookUp(id) {
    const { L } = this;
    const before = this.#before;
    const after = this.#after;
    const name = L.nameText(id);
    if (name === "sorryAx") throw new Refused(STATUS.sorry, "sorry");
    if (COMPILED.includes(name)) throw new Refused(`the proof rests on compiled code: ${shown(L, id)}`, "code");
    const known = before.find(id);
    if (known !== null && !before.isSafe(known)) throw new Refused(`the proof rests on unsafe code: ${shown(L, id)}`, "code");
    if (known !== null) return { needs: () => [], declaration: () => null };
    const info = after.find(id);
    if (info === null) throw new Refused(`the proof rests on ${shown(L, id)}, which is not declared`, "terms");
    return { needs: () => after.needs(info), declaration: () => declarationOf(L, after, info) };
  }
}
