"""Stands in for `lean`: elaborates files, writes .olean files, compiles and runs Lean programs, in the embedded Lean.

``lean FILE``, ``lean -o FILE.olean FILE``, ``lean --run FILE ARGUMENTS``, ``lean --version``, ``lean --print-prefix``.
A program may import what the embedded Lean has; the first time it is run it is compiled, which takes half a minute.
``lean --serve FILE`` is for tests that run a program often: see lean.mjs.
STANDIN_LEAN says what else happens: ``die``, or ``hang``, with a process of its own that hangs as well.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from prover.lean.embedded.install import ensure_installed
from prover.lean.process.command import stack_allowed
from prover.util.home import home
from prover.util.progress import Quiet

PROGRAM = Path(__file__).with_name("lean.mjs")
WITH_VALUE = ("-M", "-T", "-j", "-t", "-s", "-D")


def main(arguments):
    match os.environ.get("STANDIN_LEAN"):
        case "die":
            sys.exit("INTERNAL PANIC: no Lean today")
        case "hang":
            subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(3600)"])
            time.sleep(3600)
    if "--version" in arguments:
        sys.stdout.write("Lean (version 4.28.0-pre, wasm32, commit 38f3c0c4, Release)\n")
        return
    installation = ensure_installed(Quiet())
    *node, _, root = installation.engine_command().argv
    if "--print-prefix" in arguments:
        sys.stdout.write(f"{root}\n")
        return
    options = list(arguments)
    while options and options[0] in WITH_VALUE:
        del options[:2]
    match options:
        case ["--run", file, *rest]:
            request = ["run", file, *rest]
        case ["--serve", file]:
            request = ["serve", file]
        case ["-o", olean, file] | [file, "-o", olean]:
            request = ["compile", file, str(Path(olean).absolute())]
        case [file] if not file.startswith("-"):
            request = ["check", file]
        case _:
            sys.exit(f"unknown command line: {arguments}")
    enlarge_stack(installation.engine_command().stack_bytes)
    os.execv(node[0], [*node, str(PROGRAM), root, str(home() / "standins"), *request])


def enlarge_stack(wanted):
    import resource

    if allowed := stack_allowed(wanted):
        resource.setrlimit(resource.RLIMIT_STACK, (allowed, resource.getrlimit(resource.RLIMIT_STACK)[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
