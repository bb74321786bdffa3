"""Ways out of the WebAssembly module that Lean does not need, and that code in a proof could look for."""

import json
import subprocess

LINK = """
const [root] = process.argv.slice(1);
const imports = {};
require(root + "/link.cjs").link(imports, root);
const open = process.argv.slice(2).filter((name) => {
  try { imports[name](0); return true; } catch (e) { return !e.message.includes("closed"); }
});
console.log(JSON.stringify(open));
"""


def test_there_is_no_way_to_a_shell_or_to_other_code(engine_command):
    """The glue answers C's `system` with a real shell, whoever calls it."""
    ways = ["_emscripten_system", "_dlopen_js", "_emscripten_dlopen_js", "emscripten_wget_data"]
    node, root = engine_command.argv[0], engine_command.argv[-1]
    done = subprocess.run([node, "-e", LINK, root, *ways], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
