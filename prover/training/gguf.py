"""A model's file in llama.cpp's format, GGUF, as a folder that can be trained: its weights are no longer quantised."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from prover.errors import InputError, SetupError
from prover.training.create import new_folder
from prover.training.libraries import quiet_transformers, require


def is_gguf(base: str) -> bool:
    """Say whether `base` names such a file."""
    return base.endswith(".gguf")


def unpack_gguf(file: Path, folder: Path) -> None:
    """Write the model in `file` to `folder`, in float32, with its tokenizer; it appears only when it is complete.

    Raises:
        InputError: there is no such file, it cannot be read, or `folder` cannot be written.
        SetupError: a library is not installed.
    """
    if not file.is_file():
        raise InputError(f"there is no file {file}")
    require("torch", "transformers")
    if find_spec("gguf") is None:
        raise SetupError("reading GGUF files needs gguf, not installed here", advice="pip install gguf")
    import torch
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    how: dict[str, Any] = {"gguf_file": file.name}
    if (described := getattr(transformers, "GgufConfig", None)) is not None:  # from transformers 5.24 on
        how["quantization_config"] = described(gguf_file=file.name, dequantize=True)
    with quiet_transformers(), new_folder(folder) as unfinished:
        try:
            tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
            config = AutoConfig.from_pretrained(file.parent, gguf_file=file.name)
            read = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **how)
            model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
            model.load_state_dict(read.state_dict())
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"cannot read {file}: {reason}") from error
        tokenizer.save_pretrained(unfinished)
        model.save_pretrained(unfinished)
