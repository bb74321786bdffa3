// A running Lean as a file: the linear memory's non-empty pages and the mutable globals.
// With it an engine starts with the library already imported. Made once, when the engine is installed.
// Layout: u32 length of the JSON header, the header, then the pages of its runs one after the other.
import fs from "node:fs";

const PAGE = 4096;

const mutableGlobals = (exports) => Object.keys(exports).filter((key) => key.startsWith("global_"));

/** Write the state of a module to `path`. `extra` is whatever the caller wants back from `load`. */
export function save(path, memory, exports, extra) {
  const words = new BigUint64Array(memory.buffer);
  const runs = [];
  for (let page = 0; page < memory.buffer.byteLength / PAGE; page++) {
    const start = (page * PAGE) / 8;
    let word = start;
    while (word < start + PAGE / 8 && words[word] === 0n) word++;
    if (word === start + PAGE / 8) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === page) last[1]++;
    else runs.push([page, 1]);
  }
  const globals = Object.fromEntries(mutableGlobals(exports).map((key) => [key, exports[key].value]));
  const header = Buffer.from(JSON.stringify({ runs, globals, extra }), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const file = fs.openSync(path, "w");
  const bytes = new Uint8Array(memory.buffer);
  fs.writeSync(file, length);
  fs.writeSync(file, header);
  for (const [page, count] of runs) writeAll(file, bytes.subarray(page * PAGE, (page + count) * PAGE));
  fs.fsyncSync(file);
  fs.closeSync(file);
}

/**
 * Fill `memory` from `path`; `restore(exports)` then sets the globals of an instance on that memory. What the image
 * leaves empty is empty already, unless it is below `used`.
 */
export function load(path, memory, used = 0) {
  const file = fs.openSync(path, "r");
  const length = Buffer.alloc(4);
  readAll(file, length);
  const header = Buffer.alloc(length.readUInt32LE());
  readAll(file, header);
  const { runs, globals, extra } = JSON.parse(header.toString("utf8"));
  const bytes = new Uint8Array(memory.buffer);
  let filled = 0;
  for (const [page, count] of runs) {
    bytes.fill(0, Math.min(filled, used), Math.min(page * PAGE, used));
    filled = (page + count) * PAGE;
    readAll(file, bytes.subarray(page * PAGE, filled));
  }
  bytes.fill(0, Math.min(filled, used), used);
  fs.closeSync(file);
  const restore = (exports) => {
    for (const [key, value] of Object.entries(globals)) exports[key].value = value;
  };
  return { extra, restore };
}

function readAll(file, view) {
  for (let done = 0; done < view.length; ) {
    const count = fs.readSync(file, view, done, view.length - done, null);
    if (count === 0) throw new Error("the image of the running Lean is cut short");
    done += count;
  }
}

function writeAll(file, view) {
  for (let done = 0; done < view.length; ) done += fs.writeSync(file, view, done, view.length - done);
}
