// Stands in for `lean`, in the embedded Lean: elaborates files, writes .olean files, compiles and runs Lean programs.
//
//   node lean.mjs ROOT IMAGES check FILE                elaborate FILE and print Lean's messages
//   node lean.mjs ROOT IMAGES compile FILE OLEAN        the same, and write its module; FILE has to begin with `module`,
//                                                       as this Lean takes every file for one
//   node lean.mjs ROOT IMAGES run FILE ARGUMENTS...     run its `main`
//   node lean.mjs ROOT IMAGES build FILE                compile it, so that it can be run
//   node lean.mjs ROOT IMAGES serve FILE                run it for each line of stdin, a JSON list of arguments, and
//                                                       print its exit code
//
// ROOT is the embedded engine's folder. A program is compiled once: IMAGES keeps the memory of a Lean that has done it.
// Lean sees the file system's files by their own names, but only those that are named on the command line, those beside
// them, and the modules in the folders of LEAN_PATH; what it writes beside them is written back at the end.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import readline from "node:readline";
import { COMMAND_STATE, Commands } from "../../prover/lean/embedded/commands.mjs";
import { save } from "../../prover/lean/embedded/image.mjs";
import { Lean } from "../../prover/lean/embedded/lean.mjs";
import { ioErrorText, logged } from "../../prover/lean/embedded/messages.mjs";
import { start } from "../../prover/lean/embedded/runtime.mjs";

const [root, images, mode, file, ...rest] = process.argv.slice(2);
/** Of `OLeanLevel`: what a file sees of the modules that it imports. A `module` sees what others may see. */
const LEVEL = { module: 0, program: 2 };
const SCOPE = { options: 1, currNamespace: 2, openDecls: 3 };
const THREAD_CLEANUP_MS = 500;
const IMAGES_KEPT = 2; // of one program: two checkouts may be tested in turns
const SEPARATOR = process.platform === "win32" ? ";" : ":";
const modules = (process.env.LEAN_PATH ?? "").split(SEPARATOR).filter((folder) => folder && fs.existsSync(folder));

let commands;
const hooks = Commands.hooks(() => commands);

/** Bring Lean up from an image, its own or that of a compiled program. */
async function up(image) {
  const { insides, symbols, extra } = await start(root, { image, hooks });
  makeWritable(insides);
  const L = new Lean({ insides, symbols });
  L.symbol("lean_init_task_manager_using")(1);
  commands = new Commands(L);
  commands.restore(extra.commands);
  return { L, insides, extra };
}

/** The engine may write nowhere, not even in memory. A `lean` may, outside of its own folder. */
function makeWritable({ FS }) {
  const { MEMFS } = FS.filesystems;
  MEMFS.ops_table = null; // made again with the next node
  const operations = MEMFS.createNode(null, "writable", FS.root.mode, 0).node_ops;
  const inside = FS.readdir("/").filter((name) => !name.startsWith(".") && !["dev", "lean", "proc"].includes(name));
  for (const name of ["", ...inside]) FS.lookupPath(`/${name}`).node.node_ops = operations;
}

/** Elaborates files. Programs can be compiled only where everything is seen that the imported modules have. */
class Elaborator {
  constructor(L, level) {
    this.L = L;
    this.level = level;
  }

  input(text) {
    const { L } = this;
    const length = L.box(Buffer.byteLength(text));
    return L.call("Lean_Parser_mkInputContext___redArg", L.string(text), L.string("<input>"), L.box(1), length);
  }

  imported(imports) {
    const { L } = this;
    const options = L.constant("Lean_Options_empty");
    const names = [L.inc(L.array(imports)), L.inc(options), 0, L.inc(L.array([])), 0, 1, this.level, L.box(1)];
    const result = L.own(L.symbol("l_Lean_importModules")(...names) >>> 0);
    if (L.tag(result) !== 0) throw new Error(ioErrorText(L, L.field(result, 0)));
    return L.call("Lean_Elab_Command_mkState", L.value(result), L.constant("Lean_MessageLog_empty"), options);
  }

  parse(input, parser, state) {
    const { L } = this;
    const scope = L.field(L.field(state, COMMAND_STATE.scopes), 0);
    const understood = [SCOPE.options, SCOPE.currNamespace, SCOPE.openDecls].map((i) => L.field(scope, i));
    const module = L.make(0, [L.field(state, COMMAND_STATE.env), ...understood]);
    const parsed = L.call("Lean_Parser_parseCommand", input, module, parser, L.constant("Lean_MessageLog_empty"));
    const command = L.field(parsed, 0);
    return {
      command,
      parser: L.field(L.field(parsed, 1), 0),
      messages: logged(L, L.field(L.field(parsed, 1), 1)),
      terminal: L.tag(L.call("Lean_Parser_isTerminalCommand", command)) === 1,
    };
  }

  /** Elaborate one command: {state, messages}. */
  elaborate(input, command, position, state) {
    const { L } = this;
    const ref = L.ref(state);
    const none = L.box(0);
    const context = [L.field(input, 1), L.field(input, 2), L.box(0), position, none, none, L.box(1), none, none, none];
    L.symbol("lean_io_set_heartbeats")(0);
    L.call("Lean_Elab_Command_elabCommandTopLevel", command, L.make(0, context, [0]), ref);
    const after = L.get(ref);
    const silent = { [COMMAND_STATE.messages]: L.constant("Lean_MessageLog_empty") };
    return {
      state: L.alter(after, { ...silent, [COMMAND_STATE.snapshotTasks]: L.array([]) }),
      messages: logged(L, L.field(after, COMMAND_STATE.messages)),
    };
  }

  /** Elaborate a whole text: {state, messages}. */
  file(text) {
    const { L } = this;
    const input = this.input(text);
    const parsed = L.value(L.call("Lean_Parser_parseHeader", input));
    const messages = logged(L, L.field(L.field(parsed, 1), 1));
    let state = this.imported(L.items(L.call("Lean_Elab_headerToImports", L.field(parsed, 0), L.box(1))));
    let parser = L.field(L.field(parsed, 1), 0);
    for (;;) {
      const next = this.parse(input, parser, state);
      messages.push(...next.messages);
      if (next.terminal) return { state, messages };
      const done = this.elaborate(input, next.command, L.field(parser, 0), state);
      messages.push(...done.messages);
      state = done.state;
      parser = next.parser;
    }
  }
}

/** Elaborate FILE and say what Lean says of it; null if there are errors. */
function elaborated(L, level) {
  const { state, messages } = new Elaborator(L, level).file(fs.readFileSync(file, "utf8"));
  for (const { severity, pos, data } of messages) {
    process.stdout.write(`${file}:${pos.line}:${pos.column}: ${severity === "info" ? "" : `${severity}: `}${data}\n`);
  }
  return messages.some((m) => m.severity === "error") ? null : state;
}

/** Where the image of FILE as a program belongs; it changes with the program, with Lean and with this stand-in. */
function imageOfProgram() {
  const here = import.meta.dirname;
  const hash = createHash("sha256").update(fs.realpathSync(root));
  for (const each of [file, path.join(here, "lean.mjs")]) hash.update(fs.readFileSync(each));
  return path.join(images, `${path.basename(file, ".lean")}-${hash.digest("hex").slice(0, 16)}.image`);
}

async function build(image) {
  const { L, insides } = await up(path.join(root, "init.image"));
  see(L, insides, []);
  const environment = L.scope(() => {
    const state = elaborated(L, LEVEL.program);
    return state && L.keep(L.field(state, COMMAND_STATE.env));
  });
  if (environment === null) return 1;
  L.symbol("lean_finalize_task_manager")();
  await new Promise((resolve) => setTimeout(resolve, THREAD_CLEANUP_MS));
  fs.mkdirSync(images, { recursive: true });
  const staged = `${image}.${process.pid}`;
  save(staged, insides.memory, insides.exports, { commands: commands.saved, environment });
  fs.renameSync(staged, image);
  const same = fs.readdirSync(images).filter((name) => name.startsWith(`${path.basename(file, ".lean")}-`));
  const byAge = same.map((name) => path.join(images, name)).sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
  for (const name of byAge.slice(IMAGES_KEPT)) fs.rmSync(name, { force: true });
  return 0;
}

/** Put the files that Lean is to see where it sees them; returns what brings back those that it writes. */
function see(L, { FS }, names) {
  const folders = new Set(names.filter((name) => path.isAbsolute(name)).map((name) => path.dirname(name)));
  const seen = new Map();
  const copy = (name) => {
    FS.mkdirTree(path.dirname(name));
    const bytes = fs.readFileSync(name);
    FS.writeFile(name, bytes);
    seen.set(name, bytes);
  };
  for (const folder of folders) {
    FS.mkdirTree(folder);
    const files = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) copy(path.join(folder, name));
  }
  for (const folder of modules) {
    const files = fs.readdirSync(folder, { recursive: true }).filter((name) => /\.(olean(\.\w+)?|ir)$/.test(name));
    for (const name of files) copy(path.join(folder, name));
  }
  L.scope(() => L.call("Lean_initSearchPath", L.string("/lean"), L.list(modules.map((folder) => L.string(folder)))));
  return () => {
    for (const folder of folders) {
      for (const name of FS.readdir(folder).map((each) => path.join(folder, each))) {
        if (!FS.isFile(FS.stat(name).mode)) continue;
        const bytes = Buffer.from(FS.readFile(name));
        if (!seen.get(name)?.equals(bytes)) fs.writeFileSync(name, bytes);
      }
    }
  };
}

/** Bring up a Lean that has compiled FILE, which another process does first where it has not been done. */
async function upWithProgram() {
  const image = imageOfProgram();
  if (!fs.existsSync(image)) {
    const again = [...process.execArgv, process.argv[1], root, images, "build", file];
    const { status } = spawnSync(process.execPath, again, { stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0) process.exit(1);
  }
  return up(image);
}

/** Run `main` on the arguments; returns its exit code. */
function run({ L, insides, extra }, words) {
  const writeBack = see(L, insides, words);
  const code = L.scope(() => {
    const list = L.list(words.map((word) => L.string(word)));
    const given = [extra.environment, L.constant("Lean_Options_empty"), list];
    return L.symbol("lean_run_main")(...given.map((o) => L.inc(o))) >>> 0;
  });
  writeBack();
  return code;
}

async function serve() {
  const lean = await upWithProgram();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${run(lean, JSON.parse(line))}\n`);
  }
  return 0;
}

async function main() {
  if (mode === "run") return run(await upWithProgram(), rest);
  if (mode === "serve") return serve();
  if (mode === "build") return build(imageOfProgram());
  const { L, insides } = await up(path.join(root, "init.image"));
  const writeBack = see(L, insides, rest);
  const code = L.scope(() => {
    const state = elaborated(L, mode === "compile" ? LEVEL.module : LEVEL.program);
    if (state === null) return 1;
    if (mode === "compile") {
      const name = L.name(path.basename(file, ".lean"));
      const environment = L.call("Lean_Environment_setMainModule", L.field(state, COMMAND_STATE.env), name);
      L.value(L.call("Lean_writeModule", environment, L.string(rest[0]), L.box(1)));
    }
    return 0;
  });
  writeBack();
  return code;
}

process.exit(await main());
