// Lean's module as compiled code. V8 compiles a function of WebAssembly when it is called, and well only when it has
// been called often, so a new engine would spend its first seconds compiling what every engine before it has compiled.
// Instead, what a rehearsal calls is compiled well once, when the engine is installed, and kept in a file.
//
// V8 lets compiled WebAssembly outlive a process only through functions made for its own tests. They refuse code of
// another V8, of other flags or for another processor; then, as without the file, functions are compiled when called.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import v8 from "node:v8";

/** The flags under which code is written and read, whatever those are that the process was started with. */
const FLAGS = ["--allow-natives-syntax", "--stack-size=984", "--wasm-tiering-budget=13000000", "--wasm-num-compilation-tasks=1"];
const DRAINED_US = 20_000;
const LOOK_MS = 200;

const wirePath = (root) => path.join(root, "lean.wasm");
const codePath = (root) => path.join(root, "lean.code");

/** The module of the installation in `root`, and whether it came with its compiled code. */
export function compile(root) {
  const wire = fs.readFileSync(wirePath(root));
  let code = null;
  try {
    code = fs.readFileSync(codePath(root));
  } catch (e) {
    if (e.code !== "ENOENT") throw e;
  }
  const kept = code && native("return %DeserializeWasmModule(a, b)", code.buffer, wire);
  return kept ? { module: kept, kept: true } : { module: new WebAssembly.Module(wire), kept: false };
}

/** Write the code of `module`, as it is once V8 has nothing left to compile. */
export async function keep(root, module) {
  for (let used = process.cpuUsage(); ; used = process.cpuUsage()) {
    await sleep(LOOK_MS);
    const { user, system } = process.cpuUsage(used);
    if (user + system < DRAINED_US) break;
  }
  const code = native("return %SerializeWasmModule(a)", module);
  const file = fs.openSync(codePath(root), "w");
  fs.writeFileSync(file, Buffer.from(code));
  fs.fsyncSync(file);
  fs.closeSync(file);
}

/** Run a function's body with a `%` call in it. */
function native(body, a, b) {
  const own = process.execArgv.filter((flag) => FLAGS.some((other) => nameOf(other) === nameOf(flag)));
  FLAGS.forEach((flag) => v8.setFlagsFromString(flag));
  try {
    return new Function("a", "b", body)(a, b);
  } finally {
    ["--no-allow-natives-syntax", ...own].forEach((flag) => v8.setFlagsFromString(flag));
  }
}

const nameOf = (flag) => flag.split("=")[0];
