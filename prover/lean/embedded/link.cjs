// What Lean's module imports beside the glue: its function table, and the `invoke_*` functions of trampolines.py.
"use strict";
const fs = require("fs");
const path = require("path");

/** Ways out of the module, to a shell and to other code. Lean takes none; code in a text that it elaborates might. */
const CLOSED = ["_emscripten_system", "_dlopen_js", "_emscripten_dlopen_js", "emscripten_wget_data"];

exports.link = (imports, folder) => {
  const { tableSize } = JSON.parse(fs.readFileSync(path.join(folder, "link.json"), "utf8"));
  const table = new WebAssembly.Table({ element: "anyfunc", initial: tableSize });
  const unlessCpp = (thrown) => {
    if (typeof thrown !== "number") throw thrown;
  };
  const module = new WebAssembly.Module(fs.readFileSync(path.join(folder, "invoke.wasm")));
  const env = { table, js: WebAssembly.JSTag, unless_cpp: unlessCpp };
  for (const name of CLOSED) {
    imports[name] = () => {
      throw new Error(`${name} is closed`);
    };
  }
  Object.assign(imports, new WebAssembly.Instance(module, { env }).exports, { __indirect_function_table: table });
};
