// Elaborating commands: headers, whole texts, and the goals that their `sorry`s leave.
//
// A `Command.State` (environment, open namespaces, variables, options) is what the protocol calls an `env`.
// The goals come from a hook: our function stands before Lean's own elaborator of `sorry`, so that it sees every
// context that a tactic in that place would see, and saves it.
import { codeIn } from "./code.mjs";
import { Compiler } from "./compiler.mjs";
import { Constants } from "./constants.mjs";
import { bySorry, declarationOf, hasRange, isWritten, kindOf, namespacesOf, startOf, valueOf, withValue } from "./declarations.mjs";
import { byPlace, ioErrorText, logged, position } from "./messages.mjs";
import { inBytesOf, inputOf, normalised } from "./text.mjs";

// Field numbers of Lean's structures (objects only; scalars follow in order of declaration).
export const COMMAND_STATE = { env: 0, messages: 1, scopes: 2, infoState: 8, snapshotTasks: 10 };
const INFO_TREES = 2; // of `InfoState`
const OPTION = { name: 0 };
const SNAPSHOT_TASK = { task: 3 };
const FINISHED = 2; // of `IO.TaskState`
const SCOPE = { options: 1, currNamespace: 2, openDecls: 3 };
export const CORE_STATE = { env: 0, messages: 6, infoState: 7, snapshotTasks: 8 };
const META_CONTEXT = { localContext: 2 };
const TERM_STATE = { pendingMVars: 2 };
const TERM_CONTEXT = { macroStack: 1 };
const TERM_FLAGS = { mayPostpone: 0, errToSorry: 1 };
const SET_FLAG = "Lean_Option_set___at___00Lean_Elab_Eqns_tryURefl_spec__0"; // of an `Option Bool`
const FIRST_MACRO_SCOPE = 1;
const SORRY_ARITY = 9;
/** Of `OLeanLevel`: what a file sees of the modules that it imports. A `module` sees what others may see. */
const LEVEL = { module: 0, plain: 2 };
const PATIENCE_MS = 2000;
const NAP_MS = 5;
const ASYNCHRONOUS = "this engine cannot elaborate asynchronously";
const END_OF_INPUT = "Lean.Parser.Command.eoi";
/** One that does not stand at the beginning ends a text, and is an error. */
const IMPORT = "Lean.Parser.Command.import";
/** What can follow the preamble and begins a command for certain, or is the end; nothing here continues a term. */
const NEXT_COMMAND =
  /^(?<blank>(?:[ \n]|--[^\n]*\n)*)($|(theorem|lemma|example|def|abbrev|open|namespace|section|variable|universe|noncomputable|private|protected|structure|inductive|class|instance|attribute|set_option|local|scoped|notation|infixl|infixr|infix|prefix|postfix|macro)[ \n])/;

/** The imports that the pocket library stands in for, and what Mathlib imports itself. */
const POCKET = ["Pocket", "Mathlib"];
const COVERED = ["Init", "Std", "Lean", "Batteries", "Aesop", "Qq", "ProofWidgets"];
const LIBRARY = "/lean/lib/lean";
/** Imports are never given back, and all of Lean takes less than what is left then of the 2 GB that there are. */
const MOST_BYTES_BEFORE_IMPORT = 1_400_000_000;

/** A text that the engine cannot start on, such as one with an import that is not there. */
export class HeaderError extends Error {}

export class Commands {
  #captured = null;
  #headers = new Map();
  #refused = new Map();
  #preamble = null;
  #library = null;

  /** With `untrusted`, no text is elaborated that runs code; without `pocket`, the pocket library is not there. */
  constructor(L, deadline = null, cancelToken = null, { untrusted = false, pocket = true } = {}) {
    this.L = L;
    this.untrusted = untrusted;
    this.pocket = pocket;
    this.deadline = deadline;
    this.cancelToken = cancelToken;
    this.compiler = new Compiler(L);
  }

  /** The functions that Lean calls back, for `runtime.start`. `self` answers with the instance, once there is one. */
  static hooks(self) {
    return {
      sorry: [(...args) => self().#onSorry(args), SORRY_ARITY],
      compile: Compiler.hook(() => self().compiler),
    };
  }

  /** Put the hooks before Lean's own functions. Once in the life of an image, before the first import. */
  install(slots) {
    const { L } = this;
    this.compiler.install(slots.compile);
    this.#neverAsynchronous();
    L.scope(() => {
      const attribute = L.constant("Lean_Elab_Term_termElabAttribute");
      const closure = L.closure(slots.sorry, SORRY_ARITY);
      const kind = L.name("Lean.Parser.Term.sorry");
      L.value(L.call("Lean_KeyedDeclsAttribute_addBuiltin___redArg", attribute, kind, L.name("prover.sorry"), closure));
    });
  }

  /**
   * Make the option `Elab.async` one that nothing asks for: the hooks are functions of this thread, and the errors of
   * other threads would come too late. Lean looks its options up by the names that it keeps with them.
   */
  #neverAsynchronous() {
    const { L } = this;
    L.scope(() => L.setField(L.constant("Lean_Elab_async"), OPTION.name, L.name("prover.never")));
  }

  /**
   * Elaborate `sent` after the command state `base`, or from its own imports where `base` is null; `preamble`, if
   * given, is a text that comes between its imports and its commands.
   * Returns {state (kept), messages, captures, declarations, importsEnd, timedOut, start, last}; `start` is the state
   * of its imports; `last`, if asked for, is the last command: where it begins, and the state (kept) before it. With
   * `unchecked` the kernel does not check what the text declares, so nothing of it may be believed. `onCode(found)`
   * is called before a command is elaborated that runs code of the text's, with {what, start, line} for each piece of
   * it; what it returns is an error that ends the elaboration.
   */
  run(
    sent,
    { base = null, preamble, declarations = false, timeLimit, last = false, unchecked = false, onCode = null } = {},
  ) {
    const { L } = this;
    return L.scope(() => {
      const text = normalised(sent);
      const input = inputOf(L, text, "<input>");
      const begun = this.#begin(input, text, { base, preamble, whole: declarations });
      const { messages, start } = begun;
      const state = unchecked ? this.#unchecked(begun.state, text) : begun.state;
      const found = declarations ? [] : null;
      this.#captured = new Map();
      const [done, timedOut] = this.limited(timeLimit, () =>
        this.#commands(input, begun.parser, state, messages, { found, refuse: this.#onCode(input, start, onCode) }),
      );
      const captures = [...this.#captured.values()].sort((a, b) => a.start - b.start);
      this.#captured = null;
      const place = (offset) => this.#place(input, offset);
      return {
        state: L.keep(done.state),
        messages,
        captures: captures.map((c) => ({ ...c, pos: place(c.start), endPos: place(c.end) })),
        ...(declarations ? inBytesOf(sent)({ declarations: found, importsEnd: begun.importsEnd }) : {}),
        timedOut,
        start,
        last: last && done.last ? { start: done.last.start, state: L.keep(done.last.state) } : undefined,
      };
    });
  }

  /**
   * Elaborate `sent` after the command state `base`, or from its own imports where `base` is null, as Lean does for
   * editors, with info trees and linters. What it returns, {state, start, messages, trees}, lives in the scope of the caller;
   * the messages come in Lean's order. `preamble` is a text of options.
   */
  runWithTrees(sent, { base = null, preamble = "" } = {}) {
    const { L } = this;
    const text = normalised(sent);
    const input = inputOf(L, text, "<input>");
    const begun = this.#begin(input, text, { base, preamble, whole: true });
    const { start, messages } = begun;
    const first = base !== null && preamble !== "" ? this.#after(base, preamble) : begun.state;
    const state = L.alter(first, { [COMMAND_STATE.infoState]: this.#listening(first) });
    const refuse = this.#onCode(input, start, null);
    const trees = [];
    const done = this.#commands(input, begun.parser, state, messages, { refuse, trees });
    return { state: done.state, start, messages, trees };
  }

  #trees(state) {
    return this.L.field(this.L.field(state, COMMAND_STATE.infoState), INFO_TREES);
  }

  /** An info state that collects trees. */
  #listening(state) {
    return this.L.alter(this.L.field(state, COMMAND_STATE.infoState), {}, { 0: 1 });
  }

  /**
   * Elaborate `sent` from its imports up to the declaration that begins at the byte `target`, with `sorry` in the place
   * of whatever value that has; nothing behind it is looked at. Returns what `run` does, without captures.
   */
  runTo(sent, target, { preamble, timeLimit, onCode = null } = {}) {
    const { L } = this;
    return L.scope(() => {
      const text = normalised(sent);
      const input = inputOf(L, text, "<input>");
      const { state, parser, start, messages } = this.#begin(input, text, { base: null, preamble, whole: false });
      const sorry = this.#parseValue(start);
      const [done, timedOut] = this.limited(timeLimit, () =>
        this.#commands(input, parser, state, messages, { refuse: this.#onCode(input, start, onCode), target, sorry }),
      );
      const reached = done.reached ? { start: done.last.start, state: L.keep(done.last.state) } : undefined;
      return { state: L.keep(done.state), messages, captures: [], timedOut, start, last: reached };
    });
  }

  /** Where the commands of a text begin, in which state, and what the parser has to say of its imports. */
  #begin(input, text, { base, preamble, whole }) {
    const { L } = this;
    const parserAt = (offset) => L.make(0, [L.box(offset)], [0]);
    if (base !== null) return { state: base, start: base, parser: parserAt(0), messages: [], importsEnd: 0 };
    const skipped = whole ? 0 : this.#skipPreamble(text);
    if (skipped) {
      const { state, start } = this.#preamble;
      return { state, start, parser: parserAt(skipped), messages: [], importsEnd: 0 };
    }
    const parsed = L.value(L.call("Lean_Parser_parseHeader", input));
    const [header, parser, log] = [L.field(parsed, 0), L.field(L.field(parsed, 1), 0), L.field(L.field(parsed, 1), 1)];
    const level = L.tag(L.call("Lean_Elab_HeaderSyntax_isModule", header)) === 1 ? LEVEL.module : LEVEL.plain;
    const start = this.header(L.items(L.call("Lean_Elab_headerToImports", header, L.box(1))), level);
    return {
      state: preamble ? this.#after(start, preamble) : start,
      start,
      parser,
      messages: logged(L, log),
      importsEnd: hasRange(L, header) ? L.nat(L.field(parser, 0)) : 0,
    };
  }

  /** The syntax of `:= sorry`. */
  #parseValue(state) {
    const input = inputOf(this.L, "theorem x : True := sorry", "<input>");
    return valueOf(this.L, this.#parse(input, this.L.make(0, [this.L.box(0)], [0]), state).command);
  }

  /** The command state of a file that has these imports (Lean `Import`s) and nothing else. Cached, never freed. */
  header(imports, level = LEVEL.plain) {
    const { L } = this;
    const modules = imports.map((o) => L.nameText(L.field(o, 0)));
    if (this.pocket && this.#library !== null && asksForLibrary(modules)) return this.#library.state;
    const each = imports.map((o, i) => [modules[i], L.byte(o, 0), L.byte(o, 1), L.byte(o, 2)].join(":"));
    const key = [level, ...each].join();
    const cached = this.#headers.get(key);
    if (cached) return cached;
    this.#refuseMissing(imports);
    if (this.#refused.has(key)) throw new HeaderError(this.#refused.get(key));
    if (L.heapBytes() > MOST_BYTES_BEFORE_IMPORT) throw new Error("its memory is full of what it has imported");
    const options = L.constant("Lean_Options_empty");
    const result = L.own(
      L.symbol("l_Lean_importModules")(
        ...[L.inc(L.array(imports)), L.inc(options), 0, L.inc(L.array([])), 0, 1, level, L.box(1)],
      ) >>> 0,
    );
    if (L.tag(result) !== 0) {
      const reason = failedImport(modules, ioErrorText(L, L.field(result, 0)));
      this.#refused.set(key, reason);
      throw new HeaderError(reason);
    }
    const made = L.call("Lean_Elab_Command_mkState", L.value(result), L.constant("Lean_MessageLog_empty"), options);
    const state = L.alter(made, { [COMMAND_STATE.infoState]: this.quiet(L.field(made, COMMAND_STATE.infoState)) });
    this.#headers.set(key, L.keep(state));
    return state;
  }

  /** Refuse a module that is not there before Lean reads the others: what it has read it never gives back. */
  #refuseMissing(imports) {
    const { L } = this;
    for (const each of imports) {
      const name = L.field(each, 0);
      const file = `${LIBRARY}/${L.nameParts(name).join("/")}.olean`;
      if (!L.insides.FS.analyzePath(file).exists) throw new HeaderError(missingImport(L.nameText(name)));
    }
  }

  /** Import by name, for the image. */
  importNamed(modules) {
    const { L } = this;
    return L.scope(() => this.header(modules.map((m) => L.make(0, [L.name(m)], [0, 1, 0]))));
  }

  /**
   * Elaborate a text that many texts begin with, once for the image: it takes most of a second in a new process.
   * What follows it must begin with a command, so that it means the same whatever that is.
   */
  preload(text) {
    const done = this.run(text);
    if (done.messages.length > 0) throw new Error(`Lean says of the preamble: ${done.messages[0].data}`);
    this.#preamble = { text, state: done.state, start: done.start };
  }

  /** The state after the preamble, and the one before it. */
  get preamble() {
    return this.#preamble;
  }

  /** Keep the pocket library, which `import Pocket` and `import Mathlib` mean from now on: see library.mjs. */
  setLibrary(library) {
    this.#library = library;
  }

  /** What there is to tell of the pocket library; null where it is not there. */
  get library() {
    if (!this.pocket || this.#library === null) return null;
    const { name, version, axioms, constants } = this.#library;
    return { name, version, axioms, constants };
  }

  /** The pocket library, {name, version, state, environment, axioms, constants}, if a text that begins in `start` has it. */
  libraryOf(start) {
    return this.#library !== null && start === this.#library.state ? this.#library : null;
  }

  /** The offset in bytes where `text` goes on after the preamble, 0 if it does not begin with it. */
  #skipPreamble(text) {
    if (this.#preamble === null || !text.startsWith(this.#preamble.text)) return 0;
    const found = NEXT_COMMAND.exec(text.slice(this.#preamble.text.length));
    return found ? Buffer.byteLength(this.#preamble.text + found.groups.blank) : 0;
  }

  /** The command state after `text`, which comes after imports that leave the state `start`. */
  #after(start, text) {
    if (start === this.#preamble?.start && text === this.#preamble.text) return this.#preamble.state;
    return this.L.own(this.run(text, { base: start }).state);
  }

  /** What an image must remember of this object. */
  get saved() {
    const { compiler } = this;
    return { headers: [...this.#headers], preamble: this.#preamble, library: this.#library, compiler: compiler.saved };
  }

  restore({ headers, preamble, library, compiler }) {
    this.compiler.restore(compiler);
    this.#headers = new Map(headers);
    this.#preamble = preamble;
    this.#library = library;
  }

  /** An info state that collects nothing: its trees are for editors. */
  quiet(infoState) {
    return this.L.alter(infoState, {}, { 0: 0 });
  }

  #place(input, offset) {
    const { L } = this;
    return position(L, L.call("Lean_FileMap_toPosition", L.field(input, 2), L.box(offset)));
  }

  /** Run `body` under the deadline: [its value, whether the time ran out]. */
  limited(milliseconds, body) {
    return this.deadline ? this.deadline.during(milliseconds, body) : [body(), false];
  }

  /** A function that tells why a command must not be elaborated; null where nobody wants to know. */
  #onCode(input, start, onCode) {
    if (onCode === null && !this.untrusted) return null;
    const { L } = this;
    const library = Constants.of(L, L.field(start, COMMAND_STATE.env));
    return (command, state) => {
      const current = Constants.of(L, L.field(state, COMMAND_STATE.env));
      const isOwn = (id) => !library.has(id) && current.has(id);
      const found = codeIn(L, command, isOwn).map((each) => ({ ...each, line: this.#place(input, each.start).line }));
      if (found.length === 0) return undefined;
      if (this.untrusted) return `a text that is not trusted runs code: ${found[0].what}`;
      return onCode(found);
    };
  }

  /**
   * Lean's own loop, one command at a time; every command leaves only its own messages in the state. `found` gets the
   * declarations, `trees` the info trees, and then the messages come in Lean's order. With a `target` it ends with the declaration that begins there, which gets `sorry` as its value.
   */
  #commands(input, parser, state, messages, { found = null, refuse, target, sorry, trees = null }) {
    const { L } = this;
    const ref = L.ref(state);
    let last = null;
    for (;;) {
      const current = L.get(ref);
      const parsed = this.#parse(input, parser, current);
      const start = L.nat(L.field(parser, 0));
      const reached = target !== undefined && !parsed.terminal && startOf(L, parsed.command) === target;
      if (reached) this.#withValue(input, parsed, sorry);
      messages.push(...parsed.messages);
      if (parsed.terminal) {
        if (trees || kindOf(L, parsed.command) === IMPORT) this.#elaborate(input, parsed.command, start, ref, messages, trees);
        return { state: L.get(ref), last, reached };
      }
      const { command } = parsed;
      const refused = refuse?.(command, current);
      if (refused !== undefined) {
        messages.push({ severity: "error", pos: this.#place(input, start), endPos: null, data: refused });
        return { state: current, last };
      }
      last = { start, state: current };
      parser = parsed.parser;
      if (found) {
        const namespace = L.field(this.#scope(current), SCOPE.currNamespace);
        const declaration = declarationOf(L, command, L.nameText(namespace));
        if (declaration) found.push(declaration);
      }
      this.#elaborate(input, command, start, ref, messages, trees);
      if (reached) return { state: L.get(ref), last, reached };
    }
  }

  /** Put another value into a declaration that has been parsed; what Lean says of the value it has does not count. */
  #withValue(input, parsed, value) {
    const { L } = this;
    const changed = withValue(L, parsed.command, value);
    if (changed === null) {
      const pos = this.#place(input, startOf(L, parsed.command));
      parsed.messages.push({ severity: "error", pos, endPos: null, data: "this is no declaration with a value" });
      return;
    }
    const end = this.#place(input, changed.valueStart);
    const before = ({ pos }) => pos.line < end.line || (pos.line === end.line && pos.column < end.column);
    parsed.messages = parsed.messages.filter(before);
    parsed.command = changed.command;
  }

  /** Elaborate one command, which stands behind the byte `start`, on the state in `ref`; its info trees are added to `trees`. */
  #elaborate(input, command, start, ref, messages, trees) {
    const { L } = this;
    const none = L.box(0);
    const token = this.cancelToken === null ? none : L.some(this.cancelToken);
    const context = L.make(
      0,
      [L.field(input, 1), L.field(input, 2), none, L.box(start), none, none, L.box(FIRST_MACRO_SCOPE), none, none, token],
      [0],
    );
    L.symbol("lean_io_set_heartbeats")(0);
    L.call("Lean_Elab_Command_elabCommandTopLevel", command, context, ref);
    const after = L.get(ref);
    const told = this.compiler.explained(logged(L, L.field(after, COMMAND_STATE.messages)));
    messages.push(...(trees ? told : told.sort(byPlace)));
    trees?.push(...L.items(L.call("Lean_PersistentArray_toArray___redArg", this.#trees(after))));
    if (this.#unfinished(after)) {
      messages.push({ severity: "error", pos: this.#place(input, start), endPos: null, data: ASYNCHRONOUS });
    }
    L.set(
      ref,
      L.alter(after, {
        [COMMAND_STATE.env]: this.#withNamespaces(command, after),
        [COMMAND_STATE.messages]: L.constant("Lean_MessageLog_empty"),
        [COMMAND_STATE.snapshotTasks]: L.array([]),
      }),
    );
  }

  /**
   * The environment in which what a command declares, and what that stands in, can be opened. Lean sees to that itself,
   * but not for the private names that everything has in a file that counts as a `module`.
   */
  #withNamespaces(command, state) {
    const { L } = this;
    const namespace = L.nameText(L.field(this.#scope(state), SCOPE.currNamespace));
    let env = L.field(state, COMMAND_STATE.env);
    for (const name of namespacesOf(declarationOf(L, command, namespace))) {
      if (L.tag(L.call("Lean_Environment_isNamespace", env, L.name(name))) === 0) {
        env = L.call("Lean_Environment_registerNamespace", env, L.name(name));
      }
    }
    return env;
  }

  /**
   * Whether the command left work behind that is not done soon: what it found would never be heard. Small tasks that
   * Lean always makes are done in milliseconds; with `Elab.async` it would wait for threads that are not there.
   */
  #unfinished(state) {
    const { L } = this;
    const tasks = L.items(L.field(state, COMMAND_STATE.snapshotTasks)).map((t) => L.field(t, SNAPSHOT_TASK.task));
    const waiting = () => tasks.some((task) => L.symbol("lean_io_get_task_state_core")(task) !== FINISHED);
    const idle = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; waited < PATIENCE_MS; waited += NAP_MS) {
      if (!waiting()) return false;
      Atomics.wait(idle, 0, 0, NAP_MS);
    }
    return waiting();
  }

  /** `state` with the options to elaborate `text` without the kernel. */
  #unchecked(state, text) {
    const { L } = this;
    const [scope, ...outer] = L.listItems(L.field(state, COMMAND_STATE.scopes));
    const options = withoutKernel(L, L.field(scope, SCOPE.options), text);
    return L.alter(state, { [COMMAND_STATE.scopes]: L.list([L.alter(scope, { [SCOPE.options]: options }), ...outer]) });
  }

  #scope(state) {
    return this.L.field(this.L.field(state, COMMAND_STATE.scopes), 0);
  }

  /** Parse the next command as it is to be understood after `state`. */
  #parse(input, parser, state) {
    const { L } = this;
    const scope = this.#scope(state);
    const module = L.make(0, [
      L.field(state, COMMAND_STATE.env),
      ...[SCOPE.options, SCOPE.currNamespace, SCOPE.openDecls].map((i) => L.field(scope, i)),
    ]);
    const parsed = L.call("Lean_Parser_parseCommand", input, module, parser, L.constant("Lean_MessageLog_empty"));
    const command = L.field(parsed, 0);
    return {
      command,
      parser: L.field(L.field(parsed, 1), 0),
      messages: logged(L, L.field(L.field(parsed, 1), 1)),
      terminal: L.tag(L.call("Lean_Parser_isTerminalCommand", command)) === 1,
    };
  }

  /**
   * Parse `text` from the byte `start` on, as it is to be understood after `state`, without elaborating anything.
   * Returns {messages, alone, code}: whether there is one command and then the end of the text, and what runs code in it.
   */
  parseOne(text, { state, start }) {
    const { L } = this;
    const input = inputOf(L, normalised(text), "<input>");
    const first = this.#parse(input, L.make(0, [L.box(start)], [0]), state);
    if (first.terminal) return { messages: first.messages, alone: false, code: [] };
    const next = this.#parse(input, first.parser, state);
    return {
      messages: [...first.messages, ...next.messages],
      alone: kindOf(L, next.command) === END_OF_INPUT,
      code: codeIn(L, first.command, () => false),
    };
  }

  /**
   * `sorry` is being elaborated: keep a goal of its type, with all contexts and states, then let Lean go on. Where the
   * type is not known yet, as in `Nat.le_trans sorry h`, it is made `by exact sorry`: that comes when all is known.
   */
  #onSorry(args) {
    const { L } = this;
    return L.scope(() => {
      const [syntax, expected, ...contexts] = args.slice(0, 8).map((o) => L.own(o >>> 0));
      if (this.#captured && !(expected & 1)) {
        if (this.#isOpen(L.field(expected, 0), contexts) && isWritten(L, syntax)) {
          return L.inc(L.call("Lean_Elab_Term_elabByTactic", bySorry(L, syntax), expected, ...contexts)) | 0;
        }
        this.#capture(syntax, L.field(expected, 0), contexts);
      }
      return L.inc(L.call("Lean_Elab_Term_elabSorry", syntax, expected, ...contexts)) | 0;
    });
  }

  /** Whether a type depends on something that Lean has not found yet. */
  #isOpen(type, [, , , metaRef]) {
    const { L } = this;
    const known = L.field(L.call("Lean_instantiateMVarsCore", L.field(L.get(metaRef), 0), type), 0);
    return L.tag(L.call("Lean_Expr_hasExprMVar", known)) === 1;
  }

  /**
   * A local context without the declaration that is being made. Whether it may use itself is decided when it is whole,
   * so that a proof state in which it could be used would believe anything.
   */
  #withoutItself(context) {
    const { L } = this;
    for (const id of L.items(L.call("Lean_LocalContext_getFVarIds", context))) {
      const declaration = L.field(L.callExport("lean_local_ctx_find", context, id), 0);
      const isItself = L.tag(L.call("Lean_LocalDecl_isAuxDecl", declaration)) === 1;
      if (isItself) context = L.callExport("lean_local_ctx_erase", context, id);
    }
    return context;
  }

  /** Let go of a capture: the same `sorry` was elaborated again, or nobody wants it. */
  discard(capture) {
    for (const value of contentsOf(capture)) this.L.drop(value);
  }

  #capture(syntax, expected, [termContext, termRef, givenContext, metaRef, coreContext, coreRef]) {
    const { L } = this;
    const localContext = this.#withoutItself(L.field(givenContext, META_CONTEXT.localContext));
    const metaContext = L.alter(givenContext, { [META_CONTEXT.localContext]: localContext });
    const [start, end] = ["Lean_Syntax_getPos_x3f", "Lean_Syntax_getTailPos_x3f"].map((f) =>
      L.call(f, syntax, L.box(0)),
    );
    if (start & 1 || end & 1) return;
    const [meta, core] = [L.ref(L.get(metaRef)), L.ref(L.get(coreRef))];
    const type = L.field(L.call("Lean_instantiateMVarsCore", L.field(L.get(meta), 0), expected), 0);
    const goal = L.value(
      L.call("Lean_Meta_mkFreshExprSyntheticOpaqueMVar", type, L.box(0), metaContext, meta, coreContext, core),
    );
    const coreState = L.get(core);
    const capture = {
      start: L.nat(L.field(start, 0)),
      end: L.nat(L.field(end, 0)),
      root: goal,
      termContext: L.alter(
        termContext,
        { [TERM_CONTEXT.macroStack]: L.box(0) },
        { [TERM_FLAGS.mayPostpone]: 1, [TERM_FLAGS.errToSorry]: 1 },
      ),
      metaContext,
      coreContext,
      term: L.alter(L.get(termRef), { [TERM_STATE.pendingMVars]: L.box(0) }),
      meta: L.get(meta),
      core: L.alter(coreState, {
        [CORE_STATE.messages]: L.constant("Lean_MessageLog_empty"),
        [CORE_STATE.infoState]: this.quiet(L.field(coreState, CORE_STATE.infoState)),
        [CORE_STATE.snapshotTasks]: L.array([]),
      }),
    };
    for (const value of contentsOf(capture)) L.keep(value);
    const earlier = this.#captured.get(capture.start);
    if (earlier) this.discard(earlier);
    this.#captured.set(capture.start, capture);
  }
}

/**
 * `options` with which the kernel does not check what is declared while `text` is elaborated. It has to be asked at
 * once by those that want to know what it says, such as `decide +kernel`.
 */
export function withoutKernel(L, options, text) {
  if (text.includes("kernel")) return options;
  return L.call(SET_FLAG, options, L.constant("Lean_debug_skipKernelTC"), L.box(1));
}

/** The Lean objects of a capture. */
function contentsOf({ start, end, ...objects }) {
  return Object.values(objects);
}

/** Whether a text with these imports is one for Mathlib or for the pocket library. */
function asksForLibrary(modules) {
  const libraries = modules.map((module) => module.split(".")[0]);
  return libraries.some((name) => POCKET.includes(name)) && libraries.every((name) => POCKET.includes(name) || COVERED.includes(name));
}

function missingImport(module) {
  const library = module.split(".")[0];
  const there = "the embedded Lean has Init, Std and Lean";
  if (["Init", "Std", "Lean", "Lake"].includes(library)) return `unknown import ${module}: ${there}, but no such module`;
  return `unknown import ${module}: ${there}, but no ${library}`;
}

function failedImport(modules, text) {
  const code = text.includes("(interpreter)") ? "it runs code that the embedded Lean does not have: " : "";
  const asked = modules.filter((module) => module !== "Init");
  return `cannot import ${(asked.length > 0 ? asked : modules).join(", ")}: ${code}${text}`;
}
