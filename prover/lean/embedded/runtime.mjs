// Brings up Lean's WebAssembly module in this process, from an image or from nothing, on the main thread.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { compile } from "./compiled.mjs";
import { load } from "./image.mjs";

const PAGES = 32768; // 2 GB, the most the module allows; the operating system lends what is touched

const EROFS = 69; // WASI's number
const STANDARD_STREAMS = 3;

const THREAD_STACK = 13; // words into Emscripten's thread structure
const THREAD_STACK_SIZE = 14;

/**
 * Start the runtime of the installation in `root`.
 *
 * `hooks` are JavaScript functions that Lean will call: name -> [function, number of i32 arguments]. They get the
 * first free table slots, in order, so that closures stored in an image still point at them.
 * Returns the glue's insides, the module and whether it came with compiled code, the symbol index, the hooks' table slots, what the image carried (`extra`), if any, and
 * `rewind()`, which brings the image back, so that nothing is left of what happened since.
 */
export async function start(root, { image = null, hooks = {} } = {}) {
  const require = createRequire(path.join(root, "lean.cjs"));
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const saved = image && load(image, memory);
  const symbols = require("./symbols.cjs").load(root);
  const { module, kept } = compile(root);
  const slots = {};
  let insides;
  console.log = console.error = toStderr; // where this build's C++ code prints; stdout is the protocol's
  await new Promise((resolve) => {
    globalThis.leanModule = {
      noInitialRun: true,
      // Otherwise a thread's message to this one is taken for the program's end: C++ runs its exit handlers, and what
      // goes on afterwards, or is saved as an image, has no allocator that gives memory back.
      noExitRuntime: true,
      thisProgram: "/lean/bin/lean",
      mainScriptUrlOrBlob: path.join(root, "lean.cjs"),
      wasmMemory: memory,
      symbols,
      print: toStderr,
      printErr: toStderr,
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        saved?.restore(instance.exports);
        done(instance, module);
      },
      preRun: [
        () => {
          const { FS, NODEFS, ENV, convertJsFunctionToWasm, table } = leanModule.insides;
          for (const folder of ["/lean", "/lean/bin", "/lean/lib", "/lean/lib/lean"]) FS.mkdir(folder);
          FS.writeFile("/lean/bin/lean", "");
          FS.mount(NODEFS, { root: path.join(root, "lib") }, "/lean/lib/lean");
          ENV.LEAN_SYSROOT = "/lean";
          ENV.LEAN_PATH = "/lean/lib/lean";
          for (const [name, [hook, arity]] of Object.entries(hooks)) {
            slots[name] = table.grow(1);
            table.set(slots[name], convertJsFunctionToWasm(hook, "i".repeat(arity + 1)));
          }
        },
      ],
      construct(constructors) {
        if (saved) leanModule.insides.awaitMailbox();
        else constructors();
      },
      onRuntimeInitialized() {
        const [folder, file] = ["/lean/bin", "/lean/bin/lean"].map((name) => leanModule.insides.FS.lookupPath(name).node);
        makeReadOnly(leanModule.insides, { folder, file });
        setImmediate(resolve);
      },
    };
    require("./lean.cjs");
    insides = leanModule.insides;
  });
  const rewind = async () => {
    await endThreads(insides);
    for (const stream of insides.FS.streams.slice(STANDARD_STREAMS)) if (stream) insides.FS.close(stream);
    const words = new Uint32Array(memory.buffer);
    load(image, memory, words[insides.exports.emscripten_get_sbrk_ptr() >> 2]).restore(insides.exports);
    insides.forgetExceptions();
    insides.awaitMailbox();
  };
  return { insides, module, codeKept: kept, symbols, slots, extra: saved?.extra, rewind };
}

/** Stop every thread that Lean has started, whatever it is doing; what they have sent and nobody has read is lost. */
async function endThreads({ PThread }) {
  const workers = [...PThread.runningWorkers, ...PThread.unusedWorkers];
  PThread.terminateAllThreads();
  await Promise.all(workers.map((worker) => worker.terminate()));
}

/**
 * Give C++ a real stack. The module comes with one of 64 KB that lies above its static data and grows into them
 * unnoticed; Lean believes it has 8 MB, and stops with a clean error when those are used up.
 */
export function enlargeStack({ exports, memory }, bytes) {
  const low = (exports.malloc(bytes) + 15) & ~15;
  const high = (low + bytes - 16) & ~15;
  const thread = exports.pthread_self() >> 2;
  const words = new Uint32Array(memory.buffer);
  words[thread + THREAD_STACK] = high;
  words[thread + THREAD_STACK_SIZE] = high - low;
  exports.emscripten_stack_set_limits(high, low);
  exports._emscripten_stack_restore(high);
}

/**
 * Texts that Lean elaborates can run code. The library on the disk must stay as it was installed, and the files in
 * memory as they were at the start.
 */
function makeReadOnly({ FS, NODEFS }, { folder, file }) {
  const refuse = () => {
    throw new FS.ErrnoError(EROFS);
  };
  const changes = ["setattr", "mknod", "rename", "unlink", "rmdir", "symlink"];
  for (const node of [NODEFS, folder]) for (const operation of changes) node.node_ops[operation] = refuse;
  file.node_ops.setattr = refuse;
  for (const node of [NODEFS, file]) node.stream_ops.write = refuse;
  NODEFS.flagsForNode = () => fs.constants.O_RDONLY;
}

/** What C++ prints: panics, and this build's debug lines, which are left out. */
function toStderr(...parts) {
  const line = parts.join(" ");
  if (!line.startsWith("[DEBUG") && !/^\s*(- |mainModule)/.test(line)) process.stderr.write(`${line}\n`);
}
