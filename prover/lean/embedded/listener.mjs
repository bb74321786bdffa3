// The second thread. It reads stdin, so that a request can be cancelled while the main thread is busy with it; it ends
// what takes too long; and it ends the process when its parent is gone, which a busy main thread would not notice.
import fs from "node:fs";
import net from "node:net";
import process from "node:process";
import tty from "node:tty";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { Deadline, Trigger } from "./deadline.mjs";
import { endFor } from "./reply.mjs";

const BLANK_LINE = /\r?\n[ \t]*\r?\n/g;
const CANCEL = /^\s*\{\s*"cancel"\s*:\s*(\d+)\s*\}\s*$/;
const LONGEST_CANCEL = 100;
const BUSY_MS = 20; // between two looks at the clock
const IDLE_MS = 1000;
const OVERDUE = { message: "Lean error:\nLean did not stop at its time limit and was ended", timeout: "time", fatal: true };
const CANCELLED = { message: "Cancelled.", cancelled: true, fatal: true };

/** Start listening. Requests wait until `serve` is called. */
export class Listener {
  deadline = new Deadline();
  #worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { buffer: this.deadline.buffer, parent: process.ppid },
  });

  /**
   * Hand the text of every request to `handle`, one after the other, and call `end` after the last. What takes too long is
   * stopped through the cancel token whose value is the word `index` of `memory`.
   */
  serve({ memory, index, handle, end }) {
    const { deadline } = this;
    deadline.token(memory, index);
    this.#worker.postMessage({ memory, index });
    let last = Promise.resolve();
    this.#worker.on("message", ({ number, text }) => {
      last = last.then(async () => {
        if (text === undefined) return end();
        deadline.begin(number);
        await handle(text);
        deadline.answered(number);
      });
    });
  }
}

function listen({ buffer, parent }) {
  const trigger = new Trigger(buffer);
  let count = 0;
  let timer;
  let closely = false;

  function watch() {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    if (trigger.tick()) {
      endFor(trigger.written, trigger.cancelled ? CANCELLED : OVERDUE);
      process.kill(process.pid, "SIGKILL");
    }
    closely = trigger.busy(count);
    timer = setTimeout(watch, closely ? BUSY_MS : IDLE_MS);
  }

  function take(text) {
    const cancel = text.length <= LONGEST_CANCEL && CANCEL.exec(text);
    if (cancel) return trigger.cancel(Math.min(Number(cancel[1]), count));
    if (text.trim() === "") return;
    parentPort.postMessage({ number: ++count, text });
    if (closely) return;
    closely = true;
    clearTimeout(timer);
    timer = setTimeout(watch, BUSY_MS);
  }

  parentPort.once("message", ({ memory, index }) => {
    trigger.token(memory, index);
    watch();
    requests(take, () => parentPort.postMessage({}));
  });
}

/** Hand every request, a JSON text that ends at a blank line or at the end of the input, to `take`; then call `end`. */
function requests(take, end) {
  const input = openInput();
  let pending = "";
  input.setEncoding("utf8");
  input.on("data", (chunk) => {
    BLANK_LINE.lastIndex = Math.max(0, pending.lastIndexOf("\n"));
    pending += chunk;
    let start = 0;
    for (let cut; (cut = BLANK_LINE.exec(pending)); start = BLANK_LINE.lastIndex) take(pending.slice(start, cut.index));
    pending = pending.slice(start);
  });
  input.on("error", () => input.destroy());
  input.on("close", () => {
    take(pending);
    end();
  });
}

function openInput() {
  if (tty.isatty(0)) return new tty.ReadStream(0);
  const kind = fs.fstatSync(0);
  if (kind.isFIFO() || kind.isSocket()) return new net.Socket({ fd: 0, readable: true, writable: false });
  return fs.createReadStream("", { fd: 0 });
}

if (!isMainThread && workerData?.buffer) listen(workerData);
