// Wall-time limits. Lean runs on the main thread and cannot be interrupted from there, so a second thread sets the
// cancel token, a reference to a Bool that Lean's elaborator and kernel poll, when the time is up.
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, workerData } from "node:worker_threads";

const IDLE = 0;
const ARMED = 1;
const FIRING = 2;
const FIRED = 3;
const [STATE, TURN, MILLISECONDS] = [0, 1, 2];
const TRUE = 3; // a boxed `true`, as an unboxed word

/** One deadline at a time over a cancel token whose value stands in word `index` of `memory`. */
export class Deadline {
  #control = new Int32Array(new SharedArrayBuffer(12));
  #memory;
  #index;

  constructor(memory, index) {
    this.#memory = new Int32Array(memory.buffer);
    this.#index = index;
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: { control: this.#control, memory: this.#memory, index },
    });
    worker.unref();
  }

  /** Run `body`; returns [its value, whether the time ran out]. No limit when `milliseconds` is undefined. */
  during(milliseconds, body) {
    const control = this.#control;
    Atomics.store(this.#memory, this.#index, 1); // a boxed `false`
    if (milliseconds === undefined) return [body(), false];
    Atomics.store(control, MILLISECONDS, Math.max(1, milliseconds));
    Atomics.store(control, STATE, ARMED);
    this.#nextTurn();
    try {
      const value = body();
      return [value, this.#disarm()];
    } finally {
      this.#disarm();
    }
  }

  #nextTurn() {
    Atomics.add(this.#control, TURN, 1);
    Atomics.notify(this.#control, TURN);
  }

  #disarm() {
    const state = Atomics.compareExchange(this.#control, STATE, ARMED, IDLE);
    while (Atomics.load(this.#control, STATE) === FIRING);
    return state === FIRING || state === FIRED;
  }
}

if (!isMainThread && workerData?.control) {
  const { control, memory, index } = workerData;
  for (let turn = 0; ; turn = Atomics.load(control, TURN)) {
    if (Atomics.load(control, STATE) !== ARMED) {
      Atomics.wait(control, TURN, turn);
      continue;
    }
    if (Atomics.wait(control, TURN, turn, Atomics.load(control, MILLISECONDS)) !== "timed-out") continue;
    if (Atomics.compareExchange(control, STATE, ARMED, FIRING) !== ARMED) continue;
    Atomics.store(memory, index, TRUE);
    Atomics.store(control, STATE, FIRED);
  }
}
