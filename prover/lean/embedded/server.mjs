// The protocol's requests: ids for environments and proof states, and one method per kind of request.
import fs from "node:fs";
import process from "node:process";
import { check } from "./check.mjs";
import { HeaderError } from "./commands.mjs";
import { STATUS } from "./examiner.mjs";
import { exportProof } from "./export.mjs";
import { LeanException } from "./lean.mjs";
import { survey } from "./survey.mjs";

const FRESH = null;

export class Server {
  #environments = new Map();
  #proofStates = new Map();
  #nextEnvironment = 0;
  #nextProofState = 0;

  /** `begin()` returns {L, commands, proofs} as they are at the start; `rewind` and `codeKept` are the runtime's. */
  constructor({ begin, rewind, deadline, codeKept }) {
    this.begin = begin;
    this.rewind = rewind;
    this.deadline = deadline;
    this.codeKept = codeKept;
    this.#start();
  }

  #start() {
    const { L, commands, proofs } = this.begin();
    this.L = L;
    this.commands = commands;
    this.proofs = proofs;
  }

  /** Make everything as it was at the start. */
  async #reset() {
    await this.rewind();
    this.#environments.clear();
    this.#proofStates.clear();
    this.#nextEnvironment = this.#nextProofState = 0;
    this.#start();
    return { reset: true };
  }

  /**
   * Answer one request text: {answer, fatal}. Results of tactics are given to `reply`, if there is one, as they come.
   * After a fatal answer the process must end: its memory is not trusted.
   */
  async handle(text, reply = null) {
    let request;
    try {
      request = JSON.parse(text);
    } catch (e) {
      return { answer: { message: `Could not parse JSON: ${e.message}` }, fatal: false };
    }
    const [environment, proofState] = [this.#nextEnvironment, this.#nextProofState];
    let answer;
    try {
      answer = await this.#dispatch(request, reply);
    } catch (e) {
      if (e instanceof HeaderError) answer = { message: e.message };
      else if (e instanceof LeanException && this.deadline.cancelled) answer = CANCELLED;
      else answer = broken(e);
    }
    const fatal = answer.fatal === true || answer.results?.at(-1)?.fatal === true;
    if (fatal || !this.deadline.cancelled) return { answer, fatal };
    this.#takeBack(environment, proofState);
    return { answer: CANCELLED, fatal };
  }

  /** Drop what has been made since these ids were the next. */
  #takeBack(environment, proofState) {
    const since = (first, next) => Array.from({ length: next - first }, (_, i) => first + i);
    this.#drop({ proofStates: since(proofState, this.#nextProofState), envs: since(environment, this.#nextEnvironment) });
  }

  #dispatch(request, reply) {
    if (request === null || typeof request !== "object") return { message: "A request is a JSON object." };
    if (typeof request.cmd === "string") return this.#command(request.cmd, request);
    if (typeof request.path === "string") return this.#file(request);
    if (Array.isArray(request.tactics)) return this.#tactics(request, reply);
    if (typeof request.tactic === "string") return this.#tactic(request.tactic, request);
    if (request.drop) return this.#drop(request.drop);
    if (request.export) return { export: this.L.scope(() => exportProof(this.L, this.commands, request.export)) };
    if (request.check) return { check: this.L.scope(() => check(this.L, this.commands, request.check)) };
    if (request.inductives) return { inductives: this.L.scope(() => survey(this.L, this.commands, request.inductives)) };
    if (request.stats) return { stats: this.#stats() };
    if (request.reset) return this.#reset();
    return { message: "Unknown request: expected cmd, path, tactic, tactics, drop, export, check, inductives, stats or reset." };
  }

  #file(request) {
    let text;
    try {
      text = fs.readFileSync(request.path, "utf8");
    } catch (e) {
      return { message: `Could not read ${request.path}: ${e.code}` };
    }
    return this.#command(text, { ...request, env: undefined });
  }

  #command(text, { env, preamble, declarations = false, timeLimit }) {
    const base = env === undefined || env === null ? FRESH : this.#environments.get(env);
    if (base === undefined) return { message: "Unknown environment." };
    const done = this.commands.run(text, { base, preamble, declarations, timeLimit });
    const answer = { env: this.#nextEnvironment++ };
    this.#environments.set(answer.env, done.state);
    if (done.messages.length > 0) answer.messages = done.messages;
    if (declarations) Object.assign(answer, { declarations: done.declarations, importsEnd: done.importsEnd });
    if (done.timedOut) answer.timeout = "time";
    if (done.captures.length > 0) answer.sorries = done.captures.map((capture) => this.#sorry(capture));
    return answer;
  }

  #sorry(capture) {
    const state = this.proofs.open(capture);
    const proofState = this.#remember(state);
    return { proofState, pos: capture.pos, endPos: capture.endPos, goal: this.proofs.goals(state)[0] };
  }

  #remember(state) {
    const id = this.#nextProofState++;
    this.#proofStates.set(id, state);
    return id;
  }

  #tactics(request, reply) {
    const results = [];
    reply?.list();
    for (const tactic of request.tactics) {
      if (this.deadline.cancelled) break;
      const last = this.#tactic(tactic, request);
      if (this.deadline.cancelled) break;
      results.push(last);
      reply?.add(last);
      if (last.proofStatus === STATUS.completed || last.fatal || last.message === UNKNOWN_STATE) break;
    }
    return { results };
  }

  #tactic(tactic, { proofState, heartbeats, timeLimit }) {
    const state = this.#proofStates.get(proofState);
    if (!state) return { message: UNKNOWN_STATE };
    let done;
    try {
      done = this.proofs.run(state, tactic, { heartbeats, timeLimit });
    } catch (e) {
      return broken(e);
    }
    if (done.error !== undefined) {
      const answer = { message: `Lean error:\n${done.error}` };
      return done.timeout ? { ...answer, timeout: done.timeout } : answer;
    }
    const answer = { proofState: this.#remember(done.state), goals: done.goals, proofStatus: done.status };
    return done.messages.length > 0 ? { ...answer, messages: done.messages } : answer;
  }

  #drop({ proofStates = [], envs = [] }) {
    let dropped = 0;
    for (const id of proofStates) {
      const state = this.#proofStates.get(id);
      if (!state) continue;
      this.proofs.drop(state);
      this.#proofStates.delete(id);
      dropped++;
    }
    for (const id of envs) {
      if (!this.#environments.has(id)) continue;
      this.L.drop(this.#environments.get(id));
      this.#environments.delete(id);
      dropped++;
    }
    return { dropped };
  }

  #stats() {
    return {
      heapBytes: this.L.heapBytes(),
      proofStates: this.#proofStates.size,
      envs: this.#environments.size,
      rssBytes: process.memoryUsage.rss(),
      codeKept: this.codeKept,
      library: this.commands.library,
    };
  }
}

const CANCELLED = { message: "Cancelled.", cancelled: true };
const UNKNOWN_STATE = "Unknown proof state.";

/** A trap, an exhausted stack or memory, or a C++ exception that nothing caught: the engine cannot go on. */
export function broken(e) {
  const what = e instanceof RangeError ? "deep recursion" : e instanceof Error ? e.message : "uncaught C++ exception";
  if (process.env.PROVER_DEBUG) process.stderr.write(`${e?.stack ?? e}\n`);
  return { message: `Lean error:\nthe engine broke: ${what}`, fatal: true };
}
