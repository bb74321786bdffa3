// The symbol index that stands in for the module's exports; wasm.py writes it, `dlsym` and the host read it.
// Layout: count, count + 1 name offsets, count values (all u32, little endian), then the sorted names.
"use strict";
const fs = require("fs");
const path = require("path");

class Symbols {
  constructor(bytes) {
    this.count = bytes.readUInt32LE(0);
    this.bytes = bytes;
    this.names = 4 + 4 * (2 * this.count + 1);
  }

  #offset(i) {
    return this.bytes.readUInt32LE(4 + 4 * i);
  }

  has(name) {
    return this.find(name) !== undefined;
  }

  /** A function's table slot, or a datum's address; undefined where there is none of that name. */
  find(name) {
    const wanted = Buffer.from(name, "utf8");
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      const start = this.names + this.#offset(mid);
      const order = this.bytes.compare(wanted, 0, wanted.length, start, this.names + this.#offset(mid + 1));
      if (order === 0) return this.bytes.readUInt32LE(4 + 4 * (this.count + 1 + mid));
      if (order < 0) low = mid + 1;
      else high = mid - 1;
    }
    return undefined;
  }
}

exports.load = (folder) => new Symbols(fs.readFileSync(path.join(folder, "symbols.bin")));
