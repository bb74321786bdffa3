// Proof states as the community REPL has them: the contexts and states of Lean's elaborator at a place of an info tree,
// in which tactics are run. They differ from those of proofs.mjs, which serve a prover: here a tactic may log an error and
// go on, and a declaration can be used in its own proof state, as in the REPL. What it calls completed has, beyond
// that, passed the kernel in an environment of its own (examiner.mjs).
import { CORE_STATE } from "./commands.mjs";
import { Constants, KIND, usedIn } from "./constants.mjs";
import { Examiner, STATUS } from "./examiner.mjs";
import { Refused } from "./kernel.mjs";
import { LeanException } from "./lean.mjs";
import { dataText, ioErrorText, protocolMessage, trimmed } from "./messages.mjs";

const META_ARITY = 5;
const WIDTH = 120; // Lean's own
const INTERNAL_EXCEPTION = 1;
const CORE_CONTEXT = { initHeartbeats: 8, maxHeartbeats: 9 };
const META_CONTEXT = { localContext: 2, localInstances: 3 };
const META_STATE = { mctx: 0 };
const METAVARIABLE = { localContext: 1, localInstances: 4 };
const CONTEXT_INFO = { command: 0 };
const COMMAND_CONTEXT = { fileMap: 2, mctx: 3, ngen: 7 };
const CORE_CONTEXT_INFO = { fileMap: 1, options: 2, currNamespace: 6, openDecls: 7 };
const NAME_GENERATOR = 2; // of `Core.State`
const TRACE_STATE = { field: 4, traces: 0, message: 1 };
const INFO_TREES = { assignment: 0, trees: 2 };
const OPAQUE = 0;
const SAFE = 1;
const DEFINITION = 1; // of `Declaration`

/** What the REPL would answer instead of a result: {message}. */
export class ReplError extends Error {}

/** Runs JavaScript in Lean's `MetaM`. */
export class Meta {
  #body = null;

  constructor(L, slot) {
    this.L = L;
    this.slot = slot;
  }

  /** The function that Lean calls back, for `runtime.start`. */
  static hook(self) {
    return [(...args) => self().#inside(args), META_ARITY];
  }

  #inside(args) {
    const { L } = this;
    const [metaContext, meta, coreContext, core] = args.slice(0, 4).map((o) => L.own(o >>> 0));
    this.#body({ metaContext, meta, coreContext, core });
    return L.inc(L.make(0, [L.unit])) | 0;
  }

  /** What `body({metaContext, meta, coreContext, core})` returns, in a `ContextInfo` with a local context. */
  run(context, localContext, body) {
    const { L } = this;
    const outer = this.#body;
    let outcome;
    let thrown = null;
    this.#body = (contexts) => {
      try {
        outcome = body(contexts);
      } catch (e) {
        thrown = e;
      }
    };
    try {
      const closure = L.closure(this.slot, META_ARITY);
      const result = L.call("Lean_Elab_ContextInfo_runMetaM___redArg", context, localContext ?? this.none, closure);
      if (thrown !== null) throw thrown;
      if (L.tag(result) !== 0) throw new ReplError(ioErrorText(L, L.field(result, 0)));
      return outcome;
    } finally {
      this.#body = outer;
    }
  }

  /** The empty local context. */
  get none() {
    return this.L.constant("Lean_LocalContext_empty");
  }

  /** A `ContextInfo` with other metavariables, and names that nothing else has. */
  withMetavariables(context, mctx) {
    const { L } = this;
    const command = L.field(context, CONTEXT_INFO.command);
    const child = L.field(L.call("Lean_NameGenerator_mkChild", L.field(command, COMMAND_CONTEXT.ngen)), 0);
    const changed = L.alter(command, { [COMMAND_CONTEXT.mctx]: mctx, [COMMAND_CONTEXT.ngen]: child });
    return L.alter(context, { [CONTEXT_INFO.command]: changed });
  }

  /** The map of the file that a `ContextInfo` belongs to. */
  fileMap(context) {
    return this.L.field(this.L.field(context, CONTEXT_INFO.command), COMMAND_CONTEXT.fileMap);
  }

  /** The text of a `Format`. */
  pretty(format) {
    const { L } = this;
    return L.text(L.call("Std_Format_pretty", format, L.box(WIDTH), L.box(0), L.box(0)));
  }

  /** Lean's pretty-printed goals, one text each. */
  goals(goals, { metaContext, meta, coreContext, core }) {
    const { L } = this;
    return goals.map((goal) => this.pretty(L.value(L.call("Lean_Meta_ppGoal", goal, metaContext, meta, coreContext, core))));
  }

  /** An expression with all that is known put in. */
  instantiated(expression, { meta }) {
    const { L } = this;
    return L.field(L.call("Lean_instantiateMVarsCore", L.field(L.get(meta), META_STATE.mctx), expression), 0);
  }
}

/** Makes proof states, and runs tactics in them. A state is kept for good. */
export class Snapshots {
  constructor(L, meta) {
    this.L = L;
    this.meta = meta;
    L.scope(() => {
      this.tacticContext = L.keep(L.make(0, [L.box(0)], [1]));
      this.term = L.keep(L.constant("Lean_Elab_Term_instInhabitedState"));
      const empty = L.field(this.term, 1);
      const none = L.box(0);
      const never = L.closureOf("Lean_Name_isAnonymous", 1);
      const objects = [none, L.list([]), none, never, empty, empty, none, L.array([])];
      this.termContext = L.keep(L.make(0, objects, [1, 1, 1, 1, 0, 0, 0, 1, 0, 1]));
    });
  }

  /**
   * The proof state of some goals at a place: {context, localContext, environment, goals, roots, type}. `environment`
   * stands before the declaration, `imports` is the kernel's before the text; `type`, if given, becomes a goal more.
   */
  create({ context, imports, localContext = null, environment = null, goals = [], roots = null, type = null }) {
    const { L } = this;
    return this.meta.run(context, localContext, ({ metaContext, meta, coreContext, core }) => {
      const all = [...goals];
      if (type !== null) {
        const fresh = L.call(
          "Lean_Meta_mkFreshExprMVar",
          ...[L.some(type), L.box(0), L.box(0), metaContext, meta, coreContext, core],
        );
        all.push(L.field(L.value(fresh), 0));
      }
      const state = environment === null ? L.get(core) : L.alter(L.get(core), { [CORE_STATE.env]: environment });
      const checked = Constants.of(L, L.field(state, CORE_STATE.env)).environment;
      return this.#keep({
        ...{ goals: L.list(all), roots: L.list(roots ?? all), term: this.term, checked, imports },
        ...{ metaContext, meta: L.get(meta), coreContext, core: state },
      });
    });
  }

  #keep(snapshot) {
    for (const value of Object.values(snapshot)) this.L.keep(value);
    return snapshot;
  }

  #contexts({ metaContext, meta, coreContext, core }) {
    const { L } = this;
    return { metaContext, meta: L.ref(meta), coreContext, core: L.ref(core) };
  }

  /** The snapshot's goals, pretty-printed. */
  shown(snapshot) {
    return this.meta.goals(this.L.listItems(snapshot.goals), this.#contexts(snapshot));
  }

  /** The snapshot after a tactic. */
  run(snapshot, text) {
    const { L } = this;
    const environment = L.field(snapshot.core, CORE_STATE.env);
    const parsed = L.call("Lean_Parser_runParserCategory", environment, L.name("tactic"), L.string(text), L.string("<input>"));
    if (L.tag(parsed) === 0) throw new ReplError(L.text(L.field(parsed, 0)));
    const started = { ...snapshot, coreContext: L.alter(snapshot.coreContext, { [CORE_CONTEXT.initHeartbeats]: L.box(0) }) };
    const { metaContext, meta, coreContext, core } = this.#contexts(started);
    const [goals, term] = [L.ref(snapshot.goals), L.ref(snapshot.term)];
    const contexts = [this.termContext, term, metaContext, meta, coreContext, core];
    L.symbol("lean_io_set_heartbeats")(0);
    L.value(L.call("Lean_Elab_Tactic_evalTactic", L.field(parsed, 0), this.tacticContext, goals, ...contexts));
    L.value(L.call("Lean_Elab_Term_synthesizeSyntheticMVarsNoPostponing", L.box(0), ...contexts));
    const after = { goals: L.get(goals), term: L.get(term), meta: L.get(meta), core: L.get(core) };
    return this.#keep({ ...snapshot, ...after });
  }

  /** The messages that a tactic has added to those of the state `before`; all, where there is none. */
  messages(after, before = null) {
    const { L } = this;
    const all = ({ core }) => L.items(L.call("Lean_MessageLog_toArray", L.field(core, CORE_STATE.messages)));
    return all(after)
      .slice(before === null ? 0 : all(before).length)
      .map((message) => protocolMessage(L, message));
  }

  /** The traces that a tactic has added, as for messages. */
  traces(after, before = null) {
    const { L } = this;
    const all = ({ core }) => this.#items(L.field(L.field(core, TRACE_STATE.field), TRACE_STATE.traces));
    return all(after)
      .slice(before === null ? 0 : all(before).length)
      .map((trace) => trimmed(dataText(L, L.field(trace, TRACE_STATE.message))));
  }

  /** The info trees that a tactic has added, in the context of the state `before`. */
  trees(after, before) {
    const { L } = this;
    const info = ({ core }) => L.field(core, CORE_STATE.infoState);
    const all = (snapshot) => this.#items(L.field(info(snapshot), INFO_TREES.trees));
    const assignment = L.field(info(after), INFO_TREES.assignment);
    const { coreContext, core, meta } = before;
    const field = (i) => L.field(coreContext, i);
    const context = L.make(0, [
      ...[L.field(core, CORE_STATE.env), L.box(0), field(CORE_CONTEXT_INFO.fileMap), L.field(meta, META_STATE.mctx)],
      ...[CORE_CONTEXT_INFO.options, CORE_CONTEXT_INFO.currNamespace, CORE_CONTEXT_INFO.openDecls].map(field),
      L.field(core, NAME_GENERATOR),
    ]);
    const partial = L.make(0, [context]);
    return all(after)
      .slice(all(before).length)
      .map((tree) => L.make(0, [partial, L.call("Lean_Elab_InfoTree_substitute", tree, assignment)]));
  }

  #items(persistent) {
    return this.L.items(this.L.call("Lean_PersistentArray_toArray___redArg", persistent));
  }

  /** How far the proof is, in the REPL's words. */
  status(snapshot) {
    const { L } = this;
    if (!(snapshot.goals & 1)) return STATUS.open;
    const roots = L.listItems(snapshot.roots);
    if (roots.length !== 1) return "Not verified: more than one initial goal";
    return this.#verdict(snapshot, roots[0]);
  }

  #verdict(snapshot, root) {
    const { L, meta } = this;
    const mctx = L.field(snapshot.meta, META_STATE.mctx);
    const found = L.field(L.call("Lean_MetavarContext_findDecl_x3f", mctx, root), 0);
    const assigned = L.call("Lean_MetavarContext_getExprAssignmentCore_x3f", mctx, root);
    if (assigned & 1) return "Error: Goal not assigned";
    const metaContext = L.alter(snapshot.metaContext, {
      [META_CONTEXT.localContext]: L.field(found, METAVARIABLE.localContext),
      [META_CONTEXT.localInstances]: L.field(found, METAVARIABLE.localInstances),
    });
    const contexts = this.#contexts({ ...snapshot, metaContext });
    const monad = [contexts.metaContext, contexts.meta, contexts.coreContext, contexts.core];
    const typeOf = (e) => meta.instantiated(L.value(L.call("Lean_Meta_inferType", e, ...monad)), contexts);
    let proof = meta.instantiated(L.field(assigned, 0), contexts);
    const [type, expected] = [typeOf(proof), typeOf(L.call("Lean_mkMVar", root))];
    if (L.tag(L.value(L.call("Lean_Meta_isExprDefEq", type, expected, ...monad))) === 0) {
      const [is, should] = [type, expected].map((e) => meta.pretty(L.value(L.call("Lean_Meta_ppExpr", e, ...monad))));
      return `Error: proof has type ${is} but root goal has type ${should}`;
    }
    proof = this.#closed(proof, L.field(found, METAVARIABLE.localContext), monad);
    const closed = { type: typeOf(proof), value: proof };
    if (L.tag(L.call("Lean_Expr_hasExprMVar", proof)) === 1) return STATUS.metavariables;
    return this.#declared(snapshot, closed, contexts);
  }

  /** A term as a function of all local variables that it rests on. */
  #closed(term, localContext, monad) {
    const { L } = this;
    const flag = (value) => L.box(value ? 1 : 0);
    while (L.tag(L.call("Lean_Expr_hasFVar", term)) === 1) {
      const used = this.#variablesOf(term, localContext);
      if (used.length === 0) return term;
      const flags = [flag(false), flag(true), flag(false), flag(true), L.box(1)];
      term = L.value(L.call("Lean_Meta_mkLambdaFVars", L.array(used), term, ...flags, ...monad));
    }
    return term;
  }

  /** The variables of a local context that occur in a term, but not the declaration itself. */
  #variablesOf(term, localContext) {
    const { L } = this;
    const state = L.call("Lean_collectFVars", L.constant("Lean_CollectFVars_instInhabitedState"), term);
    const found = new Set(L.items(L.field(state, 2)).map((id) => L.nameText(id)));
    return L.items(L.call("Lean_LocalContext_getFVarIds", localContext))
      .filter((id) => {
        const declaration = L.field(L.callExport("lean_local_ctx_find", localContext, id), 0);
        const isHidden = L.tag(L.call("Lean_LocalDecl_isImplementationDetail", declaration)) === 1;
        return !isHidden && found.has(L.nameText(id));
      })
      .map((id) => L.call("Lean_mkFVar", id));
  }

  #declared(snapshot, { type, value }, { metaContext, meta, coreContext, core }) {
    const { L } = this;
    const collected = [type, value].reduce(
      (state, e) => L.call("Lean_collectLevelParams", state, e),
      L.constant("Lean_CollectLevelParams_instInhabitedState"),
    );
    const levels = L.items(L.field(collected, 2));
    const anonymous = L.box(0);
    const signature = L.make(0, [anonymous, L.list(levels), type]);
    const details = L.make(0, [signature, value, L.box(OPAQUE), L.list([anonymous])], [SAFE]);
    try {
      L.value(L.call("Lean_addDecl", L.make(DEFINITION, [details]), L.box(0), coreContext, core));
    } catch (e) {
      if (!(e instanceof LeanException)) throw e;
      return `Error: kernel type check failed: ${explained(L, e)}`;
    }
    if (L.tag(L.call("Lean_Expr_hasSorry", value)) === 1) return STATUS.sorry;
    const isProof = L.tag(L.value(L.call("Lean_Meta_isProp", type, metaContext, meta, coreContext, core))) === 1;
    return this.#examined(snapshot, { levels: L.array(levels), type, value, isProof });
  }

  /** What the kernel says of a proof, or of data, and of all that it rests on, in an environment that no tactic has touched. */
  #examined(snapshot, { levels, type, value, isProof }) {
    const { L } = this;
    const environment = L.field(snapshot.core, CORE_STATE.env);
    const maxHeartbeats = L.nat(L.field(snapshot.coreContext, CORE_CONTEXT.maxHeartbeats));
    const examiner = new Examiner(L, snapshot, environment, { cancelToken: null, maxHeartbeats });
    try {
      if (isProof) examiner.finish({ levels, type, value });
      else examiner.admit([type, value]);
      return this.#assumed(snapshot, [type, value]) ?? STATUS.completed;
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      return e.message === STATUS.sorry ? STATUS.sorry : `Error: ${e.message}`;
    }
  }

  /**
   * What some terms take for granted beyond the imports: a `sorry` in a theorem of the text, or an axiom of it. Here the
   * REPL would say that the proof is completed.
   */
  #assumed({ core, imports }, terms) {
    const { L } = this;
    const [known, all] = [new Constants(L, imports), Constants.of(L, L.field(core, CORE_STATE.env))];
    const pending = terms.flatMap((term) => usedIn(L, term));
    const seen = new Set();
    while (pending.length > 0) {
      const id = pending.pop();
      const name = L.nameText(id);
      if (name === "sorryAx") return STATUS.sorry;
      if (seen.has(name) || known.has(id)) continue;
      seen.add(name);
      const info = all.find(id);
      if (all.kind(info) === KIND.axiom) return `Error: the proof rests on the axiom ${name}`;
      pending.push(...all.needs(info));
    }
    return null;
  }
}

/** The text of an exception as `toIO` makes it. */
export function explained(L, { object }) {
  if (L.tag(object) === INTERNAL_EXCEPTION) return `internal exception #${L.nat(L.field(object, 0))}`;
  return dataText(L, L.field(object, 1));
}
