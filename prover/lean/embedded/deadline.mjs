// When a running Lean is to stop: its time is up, or the client has cancelled its request. Lean runs on the main
// thread and cannot be interrupted from there, so the second thread (listener.mjs) sets the cancel token, a reference
// to a Bool that Lean's elaborator and kernel poll. What does not poll it is given some seconds, and then the second
// thread ends the process. This is what the two threads share, and either's view of it.
import process from "node:process";

// One use of Lean is a turn. The low bits of STATE say where it stands, its number stands above them: a stop that comes
// late cannot hit the turn after its own. Requests are counted from 1, in the order in which they arrive.
const [STATE, RUNNING, ANSWERED, CANCELLED, LISTED] = [0, 1, 2, 3, 4]; // words of the control block; then the turn's end
const END_BYTE = 24;
const [IDLE, ARMED, FIRING, FIRED, ENDING] = [0, 1, 2, 3, 4];
const STATE_BITS = 3;
/** What a turn may take after it has been told to stop, of the processor and of the clock: clients wait 10 s. */
const GRACE_MS = { processor: 2000, clock: 8000 };
const FALSE = 1; // boxed Bools, as the words they are stored in
const TRUE = 3;

/** How much has been written of the reply to the running request: nothing, the head of a list, results in the list. */
export const WRITTEN = { nothing: 0, head: 1, results: 2 };

const stateOf = (turn, state) => (turn << STATE_BITS) | state;

/** Milliseconds on a clock that both threads read alike. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Milliseconds of processor time that this process has used. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What the threads share. The token has to be given before the first turn; its value is the word `index` of `memory`. */
class Shared {
  constructor(buffer = new SharedArrayBuffer(32)) {
    this.buffer = buffer;
    this.control = new Int32Array(buffer, 0, 5);
    this.end = new Float64Array(buffer, END_BYTE, 1);
    this.memory = null;
    this.index = 0;
  }

  token(memory, index) {
    this.memory = new Int32Array(memory.buffer);
    this.index = index;
  }

  /** Whether nobody waits for the answer to the current request any more. */
  get cancelled() {
    return Atomics.load(this.control, CANCELLED) >= Atomics.load(this.control, RUNNING);
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
    this.wrote(WRITTEN.nothing);
  }

  /** So much of its reply stands on stdout. */
  wrote(what) {
    Atomics.store(this.control, LISTED, what);
  }

  answered(number) {
    Atomics.store(this.control, ANSWERED, number);
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
    const fired = stateOf(turn, FIRED);
    const ending = Atomics.compareExchange(control, STATE, fired, stateOf(turn, IDLE)) !== fired;
    if (ending) Atomics.wait(control, STATE, stateOf(turn, ENDING));
    Atomics.store(this.memory, this.index, FALSE);
    return true;
  }
}

/** The second thread's side. */
export class Trigger extends Shared {
  #fired = { turn: 0, clock: 0, processor: 0 };

  /** Whether the main thread has a request among the first `count` to answer. */
  busy(count) {
    return Atomics.load(this.control, ANSWERED) !== count;
  }

  /** Stop the current turn if its time is up. Returns whether it has to be ended, as it did not stop when told to. */
  tick() {
    const state = Atomics.load(this.control, STATE);
    const [turn, kind] = [state >> STATE_BITS, state & ((1 << STATE_BITS) - 1)];
    if (kind === ARMED && now() >= this.end[0]) this.fire(turn);
    if (kind !== FIRED) return false;
    if (this.#fired.turn !== turn) this.#fired = { turn, clock: now(), processor: processorTime() };
    const patient = now() < this.#fired.clock + GRACE_MS.clock;
    if (patient && processorTime() < this.#fired.processor + GRACE_MS.processor) return false;
    return Atomics.compareExchange(this.control, STATE, state, stateOf(turn, ENDING)) === state;
  }

  /** How much of the running request's reply has been written. */
  get written() {
    return Atomics.load(this.control, LISTED);
  }

  /** Cancel the requests up to `number`. */
  cancel(number) {
    const { control } = this;
    if (number <= Atomics.load(control, CANCELLED)) return;
    Atomics.store(control, CANCELLED, number);
    const state = Atomics.load(control, STATE);
    const armed = (state & ((1 << STATE_BITS) - 1)) === ARMED;
    if (armed && Atomics.load(control, RUNNING) <= number) this.fire(state >> STATE_BITS);
  }
}
