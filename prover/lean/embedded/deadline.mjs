// Wall-time limits. Lean runs on the main thread and cannot be interrupted from there, so a second thread sets the
// cancel token, a reference to a Bool that Lean's elaborator and kernel poll, when the time is up. The same thread
// ends the process when its parent is gone, which a busy main thread would not notice.
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, workerData } from "node:worker_threads";

// The state of the current turn, in the low bits; the turn's number stands above them, so that a deadline that comes
// late cannot hit the turn after its own.
const [IDLE, ARMED, FIRING, FIRED] = [0, 1, 2, 3];
const [TURN, STATE, MILLISECONDS] = [0, 1, 2]; // words of the control block
const FALSE = 1; // boxed Bools, as the words they are stored in
const TRUE = 3;
const PATROL_MS = 1000;

const stateOf = (turn, state) => (turn << 2) | state;

/** One deadline at a time over a cancel token whose value stands in word `index` of `memory`. */
export class Deadline {
  #control = new Int32Array(new SharedArrayBuffer(12));
  #memory;
  #index;

  constructor(memory, index) {
    this.#memory = new Int32Array(memory.buffer);
    this.#index = index;
    const shared = { control: this.#control, memory: this.#memory, index, parent: process.ppid };
    new Worker(fileURLToPath(import.meta.url), { workerData: shared }).unref();
  }

  /** Run `body`; returns [its value, whether the time ran out]. No limit when `milliseconds` is undefined. */
  during(milliseconds, body) {
    Atomics.store(this.#memory, this.#index, FALSE);
    if (milliseconds === undefined) return [body(), false];
    const control = this.#control;
    const turn = Atomics.load(control, TURN) + 1;
    Atomics.store(control, MILLISECONDS, Math.max(1, milliseconds));
    Atomics.store(control, STATE, stateOf(turn, ARMED));
    Atomics.store(control, TURN, turn);
    Atomics.notify(control, TURN);
    let late;
    try {
      return [body(), (late = this.#disarm(turn))];
    } finally {
      if (late === undefined) this.#disarm(turn);
    }
  }

  #disarm(turn) {
    const armed = stateOf(turn, ARMED);
    if (Atomics.compareExchange(this.#control, STATE, armed, stateOf(turn, IDLE)) === armed) return false;
    while (Atomics.load(this.#control, STATE) === stateOf(turn, FIRING));
    return true;
  }
}

function watch({ control, memory, index, parent }) {
  let turn = 0;
  let end = Infinity;
  for (;;) {
    const current = Atomics.load(control, TURN);
    if (current !== turn) {
      turn = current;
      end = performance.now() + Atomics.load(control, MILLISECONDS);
    }
    if (performance.now() >= end) {
      end = Infinity;
      const armed = stateOf(turn, ARMED);
      if (Atomics.compareExchange(control, STATE, armed, stateOf(turn, FIRING)) === armed) {
        Atomics.store(memory, index, TRUE);
        Atomics.store(control, STATE, stateOf(turn, FIRED));
      }
    }
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    Atomics.wait(control, TURN, turn, Math.max(0, Math.min(end - performance.now(), PATROL_MS)));
  }
}

if (!isMainThread && workerData?.control) watch(workerData);
