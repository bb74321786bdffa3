// Proof states: tactics run on saved states, and what is to be said of the outcome.
//
// A proof state is {root, goals, contexts, term, meta, core, checked}: Lean's own immutable objects, so that any number
// of tactics can start from one state. Error recovery is off: with it, a tactic that fails may log the error, close the
// goal with `sorry` and count as a success.
import { CORE_STATE, withoutKernel } from "./commands.mjs";
import { Constants } from "./constants.mjs";
import { Examiner, STATUS } from "./examiner.mjs";
import { Refused } from "./kernel.mjs";
import { LeanException } from "./lean.mjs";
import { dataText, exceptionText, logged } from "./messages.mjs";
import { inputOf, normalised } from "./text.mjs";

const CORE_CONTEXT = { fileMap: 1, options: 2, initHeartbeats: 8, maxHeartbeats: 9, cancelToken: 12 };
const DEFAULT_HEARTBEATS = 200_000; // thousands, as in Lean's option
const LARGEST = 2 ** 30;
const WIDTH = 120;
const INTERNAL_EXCEPTION = 1;

export class Proofs {
  constructor(L, deadline = null, cancelToken = null) {
    this.L = L;
    this.deadline = deadline;
    this.cancelToken = cancelToken;
    this.tacticContext = L.scope(() => L.keep(L.make(0, [L.name("prover")], [0])));
  }

  /** The proof state of a captured `sorry`. */
  open(capture) {
    const { L } = this;
    const { root, termContext, metaContext, coreContext, term, meta, core } = capture;
    const goals = L.scope(() => L.keep(L.list([L.field(root, 0)])));
    const checked = L.scope(() => L.keep(Constants.of(L, L.field(core, CORE_STATE.env)).environment));
    return { root, goals, termContext, metaContext, coreContext, term, meta, core, checked };
  }

  drop(state) {
    for (const value of Object.values(state)) this.L.drop(value);
  }

  /** Lean's pretty-printed goals. */
  goals(state) {
    const { L } = this;
    return L.scope(() => this.#pretty(state, L.listItems(state.goals), L.ref(state.meta), L.ref(state.core)));
  }

  /**
   * Run a tactic block. Returns {state, goals, status, messages} or {error, timeout}; `timeout` is "time",
   * "heartbeats" or undefined.
   */
  run(state, sent, { heartbeats = DEFAULT_HEARTBEATS, timeLimit } = {}) {
    const { L } = this;
    return L.scope(() => {
      const text = normalised(sent);
      const input = inputOf(L, text, "<tactic>");
      const parsed = this.#parse(input, text, L.field(state.core, CORE_STATE.env));
      if (parsed.error !== undefined) return parsed;
      const coreContext = L.alter(state.coreContext, {
        [CORE_CONTEXT.fileMap]: L.field(input, 2),
        // What tactics declare is for the kernel to check once, and that is done when they have run.
        [CORE_CONTEXT.options]: withoutKernel(L, L.field(state.coreContext, CORE_CONTEXT.options), text),
        [CORE_CONTEXT.initHeartbeats]: L.box(0),
        [CORE_CONTEXT.maxHeartbeats]: L.box(Math.min(heartbeats * 1000, LARGEST)),
        [CORE_CONTEXT.cancelToken]: this.cancelToken === null ? L.box(0) : L.some(this.cancelToken),
      });
      const refs = { goals: L.ref(state.goals), term: L.ref(state.term), meta: L.ref(state.meta), core: L.ref(state.core) };
      const contexts = [state.termContext, refs.term, state.metaContext, refs.meta, coreContext, refs.core];
      const body = () => this.#attempt(state, parsed.syntax, refs, contexts);
      L.symbol("lean_io_set_heartbeats")(0);
      const [outcome, late] = this.deadline ? this.deadline.during(timeLimit, body) : [body(), false];
      if (outcome.error === undefined) return outcome;
      if (late) return { error: `the tactic took longer than ${timeLimit} ms`, timeout: "time" };
      const exhausted = outcome.error.includes("maximum number of heartbeats");
      return exhausted ? { ...outcome, timeout: "heartbeats" } : outcome;
    });
  }

  #parse(input, text, env) {
    const { L } = this;
    const none = L.box(0);
    const module = L.make(0, [env, L.constant("Lean_Options_empty"), none, none]);
    const tactics = L.field(L.constant("Lean_Parser_Tactic_tacticSeq"), 1);
    const space = L.closureOf("Lean_Parser_whitespace", 2);
    const fn = L.closureOf("Lean_Parser_andthenFn", 4, [space, tactics]);
    const start = L.call("Lean_Parser_mkParserState", L.string(text));
    const end = L.call("Lean_Parser_ParserFn_run", fn, input, module, L.call("Lean_Parser_getTokenTable", env), start);
    if (L.items(L.call("Lean_Parser_ParserState_allErrors", end)).length > 0) {
      return { error: L.text(L.call("Lean_Parser_ParserState_toErrorMsg", input, end)) };
    }
    const position = L.nat(L.field(end, 2));
    const rest = Buffer.from(text, "utf8").subarray(position).toString("utf8");
    if (rest.trim() !== "") return { error: `unexpected text after the tactic: ${rest.slice(0, 80)}` };
    return { syntax: this.#top(L.field(end, 0)) };
  }

  /** The topmost syntax of a parser's stack, {raw: Array Syntax, drop: Nat}. */
  #top(stack) {
    return this.L.items(this.L.field(stack, 0)).at(-1);
  }

  #attempt(state, syntax, refs, contexts) {
    const { L } = this;
    try {
      L.value(L.call("Lean_Elab_Tactic_evalTactic", syntax, this.tacticContext, refs.goals, ...contexts));
      L.value(L.call("Lean_Elab_Tactic_pruneSolvedGoals", this.tacticContext, refs.goals, ...contexts));
      return this.#outcome(state, refs, contexts);
    } catch (e) {
      if (!(e instanceof LeanException)) throw e;
      const aborted = L.tag(e.object) === INTERNAL_EXCEPTION;
      return { error: (aborted && this.#loggedError(refs)) || this.#explain(e.object) };
    }
  }

  /** What a tactic that went through has left. */
  #outcome(state, refs, contexts) {
    const { L } = this;
    const messages = logged(L, L.field(L.get(refs.core), CORE_STATE.messages));
    const failed = messages.find((m) => m.severity === "error");
    if (failed) return { error: failed.data };
    const goals = L.get(refs.goals);
    const [, , metaContext, , coreContext] = contexts;
    const printed = this.#pretty({ metaContext, coreContext }, L.listItems(goals), refs.meta, refs.core);
    const examiner = new Examiner(L, state, L.field(L.get(refs.core), CORE_STATE.env), {
      cancelToken: this.cancelToken,
      maxHeartbeats: L.nat(L.field(coreContext, CORE_CONTEXT.maxHeartbeats)),
    });
    let status;
    try {
      status = this.#status(state, goals, refs, contexts, examiner);
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      if (!(goals & 1) && e.message !== STATUS.sorry) return { error: e.message };
      status = e.message === STATUS.sorry ? STATUS.sorry : `Error: ${e.message}`;
    }
    const next = {
      ...state,
      goals,
      checked: examiner.environment,
      term: L.get(refs.term),
      meta: L.get(refs.meta),
      core: L.alter(L.get(refs.core), {
        [CORE_STATE.messages]: L.constant("Lean_MessageLog_empty"),
        [CORE_STATE.snapshotTasks]: L.array([]),
      }),
    };
    for (const value of Object.values(next)) L.keep(value);
    return { state: next, goals: printed, status, messages };
  }

  /** The first error in the message log. Some tactics log what went wrong and only then give up. */
  #loggedError(refs) {
    const { L } = this;
    const messages = logged(L, L.field(L.get(refs.core), CORE_STATE.messages));
    return messages.find((m) => m.severity === "error")?.data;
  }

  /** How far the proof is, in the words of the protocol. Throws `Refused` if the kernel does not accept it. */
  #status(state, goals, refs, contexts, examiner) {
    const { L } = this;
    if (!(goals & 1)) {
      const closed = L.listItems(state.goals).map((id) => this.#instantiate(L.call("Lean_mkMVar", id), refs.meta));
      if (closed.some((goal) => this.#has("Lean_Expr_hasSorry", goal))) return STATUS.sorry;
      if (examiner.anyNew) examiner.admit(closed);
      return STATUS.open;
    }
    const [, , metaContext, , coreContext] = contexts;
    try {
      L.value(L.call("Lean_Elab_Term_synthesizeSyntheticMVarsNoPostponing", L.box(0), ...contexts));
      const proof = this.#instantiate(state.root, refs.meta);
      if (this.#has("Lean_Expr_hasSorry", proof)) return STATUS.sorry;
      if (this.#has("Lean_Expr_hasExprMVar", proof)) return STATUS.metavariables;
      const inner = [metaContext, L.ref(L.get(refs.meta)), coreContext, L.ref(L.get(refs.core))];
      const type = this.#instantiate(L.value(L.call("Lean_Meta_inferType", state.root, ...inner)), refs.meta);
      const closed = L.value(L.call("Lean_Meta_Closure_mkValueTypeClosure", type, proof, L.box(0), ...inner));
      examiner.finish({ levels: L.field(closed, 0), type: L.field(closed, 1), value: L.field(closed, 2) });
      return STATUS.completed;
    } catch (e) {
      if (!(e instanceof LeanException)) throw e;
      return `Error: ${this.#explain(e.object)}`;
    }
  }

  #instantiate(expression, metaRef) {
    const { L } = this;
    return L.field(L.call("Lean_instantiateMVarsCore", L.field(L.get(metaRef), 0), expression), 0);
  }

  #has(predicate, expression) {
    return this.L.tag(this.L.call(predicate, expression)) === 1;
  }

  #explain(exception) {
    const { L } = this;
    return L.tag(exception) === INTERNAL_EXCEPTION ? exceptionText(L, exception) : dataText(L, L.field(exception, 1));
  }

  #pretty({ metaContext, coreContext }, goals, metaRef, coreRef) {
    const { L } = this;
    return goals.map((goal) =>
      L.scope(() => {
        const format = L.value(L.call("Lean_Meta_ppGoal", goal, metaContext, metaRef, coreContext, coreRef));
        return L.text(L.call("Std_Format_pretty", format, L.box(WIDTH), L.box(0), L.box(0)));
      }),
    );
  }
}
