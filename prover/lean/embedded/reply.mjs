// Writing a reply to stdout. The results of a list are written as they come, each on a line of its own: what has been
// found then counts, whatever becomes of the engine.
import fs from "node:fs";
import process from "node:process";
import { WRITTEN } from "./deadline.mjs";

const END = "\n\n";

/** The reply to one request; `deadline` is told how far it is. */
export class Reply {
  #first = true;
  #listing = false;

  constructor(deadline) {
    this.deadline = deadline;
  }

  /** Begin a list of results. */
  list() {
    this.#listing = true;
    write('{"results": [\n');
    this.deadline.wrote(WRITTEN.head);
  }

  /** Add a result to the list. */
  add(result) {
    write(`${this.#first ? "" : ","}${JSON.stringify(result)}\n`);
    this.#first = false;
    this.deadline.wrote(WRITTEN.results);
  }

  /** Write `answer`, or what it has beside the results if they have been written. */
  end(answer) {
    if (!this.#listing) return write(JSON.stringify(answer) + END);
    const { results, ...rest } = answer;
    const more = Object.entries(rest).map(([key, value]) => `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    write(`]${more.join("")}}${END}`);
  }
}

/** End the reply of another thread, of which `written` stands on stdout: `answer` is the last that comes. */
export function endFor(written, answer) {
  const text = JSON.stringify(answer);
  if (written === WRITTEN.nothing) write(text + END);
  else write(`${written === WRITTEN.head ? "" : ","}${text}\n]}${END}`);
}

/** Write to stdout, now. */
export function write(text) {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(1, bytes, done);
    } catch (e) {
      if (e.code === "EPIPE") process.exit(0);
      if (e.code !== "EAGAIN") throw e;
    }
  }
}
