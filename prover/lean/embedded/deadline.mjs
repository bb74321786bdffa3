// When a running Lean is to stop: its time is up, or the client has cancelled its request. Lean runs on the main
// thread and cannot be interrupted from there, so the second thread (listener.mjs) sets the cancel token, a reference
// to a Bool that Lean's elaborator and kernel poll. This is what the two threads share, and either's view of it.
import process from "node:process";

// One use of Lean is a turn. The low bits of STATE say where it stands, its number stands above them: a stop that comes
// late cannot hit the turn after its own. Requests are counted from 1, in the order in which they arrive.
const [STATE, RUNNING, ANSWERED, CANCELLED] = [0, 1, 2, 3]; // words of the control block; then the turn's end
const END_BYTE = 16;
const [IDLE, ARMED, FIRING, FIRED] = [0, 1, 2, 3];
const FALSE = 1; // boxed Bools, as the words they are stored in
const TRUE = 3;

const stateOf = (turn, state) => (turn << 2) | state;

/** Milliseconds on a clock that both threads read alike. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** What the threads share. The token has to be given before the first turn; its value is the word `index` of `memory`. */
class Shared {
  constructor(buffer = new SharedArrayBuffer(24)) {
    this.buffer = buffer;
    this.control = new Int32Array(buffer, 0, 4);
    this.end = new Float64Array(buffer, END_BYTE, 1);
    this.memory = null;
    this.index = 0;
  }

  token(memory, index) {
    this.memory = new Int32Array(memory.buffer);
    this.index = index;
  }

  /** Stop `turn` if it is still running. */
  fire(turn) {
    const { control } = this;
    const armed = stateOf(turn, ARMED);
    if (Atomics.compareExchange(control, STATE, armed, stateOf(turn, FIRING)) !== armed) return;
    Atomics.store(this.memory, this.index, TRUE);
    Atomics.store(control, STATE, stateOf(turn, FIRED));
  }
}

/** The main thread's side. */
export class Deadline extends Shared {
  #turn = 0;

  /** Request `number` is being worked on from now on. */
  begin(number) {
    Atomics.store(this.control, RUNNING, number);
  }

  answered(number) {
    Atomics.store(this.control, ANSWERED, number);
  }

  /** Whether nobody waits for the answer to the current request any more. */
  get cancelled() {
    return Atomics.load(this.control, CANCELLED) >= Atomics.load(this.control, RUNNING);
  }

  /**
   * Run `body`; returns [its value, whether it was to stop: the time ran out, or the request has been cancelled]. No
   * limit when `milliseconds` is undefined.
   */
  during(milliseconds, body) {
    const turn = ++this.#turn;
    this.end[0] = milliseconds === undefined ? Infinity : now() + milliseconds;
    Atomics.store(this.control, STATE, stateOf(turn, ARMED));
    if (this.cancelled) this.fire(turn);
    let stopped;
    try {
      return [body(), (stopped = this.#disarm(turn))];
    } finally {
      if (stopped === undefined) this.#disarm(turn);
    }
  }

  #disarm(turn) {
    const { control } = this;
    const armed = stateOf(turn, ARMED);
    if (Atomics.compareExchange(control, STATE, armed, stateOf(turn, IDLE)) === armed) return false;
    while (Atomics.load(control, STATE) === stateOf(turn, FIRING));
    Atomics.store(this.memory, this.index, FALSE);
    return true;
  }
}

/** The second thread's side. */
export class Trigger extends Shared {
  /** Whether the main thread has a request among the first `count` to answer. */
  busy(count) {
    return Atomics.load(this.control, ANSWERED) !== count;
  }

  /** Stop the current turn if its time is up. */
  tick() {
    const state = Atomics.load(this.control, STATE);
    if ((state & 3) === ARMED && now() >= this.end[0]) this.fire(state >> 2);
  }

  /** Cancel the requests up to `number`. */
  cancel(number) {
    const { control } = this;
    if (number <= Atomics.load(control, CANCELLED)) return;
    Atomics.store(control, CANCELLED, number);
    const state = Atomics.load(control, STATE);
    if ((state & 3) === ARMED && Atomics.load(control, RUNNING) <= number) this.fire(state >> 2);
  }
}
