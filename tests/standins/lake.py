"""Stands in for `lake`: ``lake env PROGRAM ...``, ``lake build``, ``lake exe cache get``, ``lake --version``.

``lake build`` makes in the current folder what building a checkout of the REPL would: the program, at its place.
STANDIN_LAKE_LOG names a file to which every call is appended, STANDIN_LAKE says what else happens: ``hang``, ``fail``.
"""

import os
import sys
import time
from pathlib import Path


def main(arguments):
    if log := os.environ.get("STANDIN_LAKE_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(" ".join(arguments) + "\n")
    mode = os.environ.get("STANDIN_LAKE", "")
    if mode == "hang" and arguments[0] != "--version":
        time.sleep(3600)
    if mode == "fail" and arguments[0] != "--version":
        sys.exit("error: ./lakefile.toml: something is wrong in it")
    match arguments:
        case ["env", program, *rest]:
            variables = {**os.environ, "LEAN_PATH": str(Path.cwd() / ".lake" / "build" / "lib" / "lean")}
            os.execvpe(program, [program, *rest], variables)
        case ["build", *_]:
            sys.path.insert(0, str(Path(__file__).parents[1]))
            from standins import put

            sys.stdout.write("Built REPL\nBuild completed successfully (2 jobs).\n")
            put(Path(".lake") / "build" / "bin", "repl")
        case ["exe", "cache", "get"]:
            sys.stdout.write("Decompressing 1 file(s)\nCompleted successfully!\n")
        case ["--version"]:
            sys.stdout.write("Lake version 5.0.0-stand-in (Lean version 4.28.0)\n")
        case _:
            sys.exit(f"error: unknown command {arguments}")


if __name__ == "__main__":
    main(sys.argv[1:])
