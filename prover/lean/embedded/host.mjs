// The embedded engine: JSON requests on stdin, replies on stdout, as docs/protocol.md describes.
//
//   node host.mjs ROOT                 serve, from the image in ROOT
//   node host.mjs ROOT --untrusted     the same, but elaborate no text that runs code of its own
//   node host.mjs ROOT --community     serve as leanprover-community/repl, in its words (community.mjs)
//   node host.mjs ROOT --no-library    serve without the pocket library; after --untrusted, both
//   node host.mjs ROOT --make-image    import Init, read the preamble, write that image
//   node host.mjs ROOT --make-code     run a rehearsal, and write the code that V8 makes of what it calls
//   node host.mjs ROOT --add-library   prove the pocket library from the image, write the image that has it, too
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { Commands } from "./commands.mjs";
import { keep } from "./compiled.mjs";
import { save } from "./image.mjs";
import { Deadline } from "./deadline.mjs";
import { Community } from "./community.mjs";
import { Lean } from "./lean.mjs";
import { preloadLibrary } from "./library.mjs";
import { Listener } from "./listener.mjs";
import { Proofs } from "./proofs.mjs";
import { rehearse } from "./rehearsal.mjs";
import { Reply } from "./reply.mjs";
import { enlargeStack, start } from "./runtime.mjs";
import { Server } from "./server.mjs";
import { Meta } from "./snapshots.mjs";

const PROTOCOL = 1;
const STACK_BYTES = 64 << 20;
const THREAD_CLEANUP_MS = 500;
const MOST_THREAD_CLEANUP_MS = 15_000;
const EXTENSIONS = [
  ...["tactics", "limits", "drop", "declarations", "export", "check", "stats", "cancel", "reset", "streaming"],
];
const [root, ...modes] = process.argv.slice(2);
const [mode] = modes;
const imagePath = path.join(root, "init.image");

let commands;
let meta;
const hooks = { ...Commands.hooks(() => commands), meta: Meta.hook(() => meta) };

async function makeImage() {
  const runtime = await start(root, { hooks });
  enlargeStack(runtime.insides, STACK_BYTES);
  const L = new Lean(runtime);
  L.symbol("lean_initialize")();
  L.symbol("lean_enable_initializer_execution")();
  L.symbol("lean_io_mark_end_initialization")();
  L.scope(() => L.call("Lean_initSearchPath", L.string("/lean"), L.box(0)));
  commands = new Commands(L);
  commands.install(runtime.slots);
  commands.importNamed(["Init"]);
  // Elaborating needs Lean's task thread. An image cannot hold a thread, so it must be gone before the image is saved;
  // what is left of it is cleaned up when this thread comes to its messages.
  L.symbol("lean_init_task_manager_using")(1);
  commands.compiler.learn(commands);
  commands.preload(fs.readFileSync(path.join(root, "preamble.lean"), "utf8"));
  await saveImage(L, runtime);
}

async function addLibrary() {
  const runtime = await start(root, { image: imagePath, hooks });
  const L = new Lean(runtime);
  L.symbol("lean_init_task_manager_using")(1);
  commands = new Commands(L);
  commands.restore(runtime.extra.commands);
  preloadLibrary(L, commands, JSON.parse(fs.readFileSync(path.join(root, "library.json"), "utf8")));
  await saveImage(L, runtime);
}

async function saveImage(L, { insides, slots }) {
  L.symbol("lean_finalize_task_manager")();
  await threadsEnded(insides);
  const version = L.text(L.constant("Lean_versionString"));
  save(imagePath, insides.memory, insides.exports, { slots, commands: commands.saved, version });
}

/** Wait until nothing is left of the threads that have ended, however busy the machine is. */
async function threadsEnded({ PThread }) {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let waited = 0; PThread.runningWorkers.length > 0; waited += THREAD_CLEANUP_MS) {
    if (waited > MOST_THREAD_CLEANUP_MS) throw new Error("a thread of Lean's does not end");
    await pause(THREAD_CLEANUP_MS);
  }
  await pause(THREAD_CLEANUP_MS);
}

/** An engine, from the image: its server, and what a listener has to know to stop it. */
async function engine(deadline) {
  const { insides, module, codeKept, symbols, slots, extra, rewind } = await start(root, { image: imagePath, hooks });
  if (JSON.stringify(slots) !== JSON.stringify(extra.slots)) throw new Error("the image belongs to another build");
  let token = null;
  const begin = () => {
    const L = new Lean({ insides, symbols });
    L.symbol("lean_init_task_manager_using")(1);
    const made = L.scope(() => L.keep(L.call("IO_CancelToken_new")));
    if ((token ??= made) !== made) throw new Error("the second start differs from the first");
    const options = { untrusted: modes.includes("--untrusted"), pocket: !modes.includes("--no-library") };
    commands = new Commands(L, deadline, token, options);
    commands.restore(extra.commands);
    return { L, commands, proofs: new Proofs(L, deadline, token) };
  };
  const server = modes.includes("--community") ? community(begin(), slots) : new Server({ begin, rewind, deadline, codeKept });
  return { server, module, version: extra.version, memory: insides.memory, index: (token + 8) >> 2 };
}

/** The community REPL's requests, on a Lean that has begun. */
function community({ L, commands }, slots) {
  meta = new Meta(L, slots.meta);
  return new Community(L, commands, meta);
}

async function serve() {
  const listener = new Listener();
  const { server, version, memory, index } = await engine(listener.deadline);
  new Reply(listener.deadline).end({ ready: { engine: "embedded", lean: version, protocol: PROTOCOL, extensions: EXTENSIONS } });
  listener.serve({
    memory,
    index,
    async handle(text) {
      const reply = new Reply(listener.deadline);
      const { answer, fatal } = await server.handle(text, reply);
      reply.end(answer);
      if (fatal) process.exit(3);
    },
    end: () => process.exit(0),
  });
}

async function makeCode() {
  const deadline = new Deadline();
  const { server, module, memory, index } = await engine(deadline);
  deadline.token(memory, index);
  let number = 0;
  const ask = async (request) => {
    deadline.begin(++number);
    return (await server.handle(JSON.stringify(request))).answer;
  };
  await rehearse(ask, root);
  await keep(root, module);
}

const making = { "--make-image": makeImage, "--make-code": makeCode, "--add-library": addLibrary }[mode];
await (making ?? serve)();
if (making) process.exit(0);
