"""From a folder or a Hugging Face id to a model on a device, with one line for every way to fail.

Silent errors of the libraries are refused here: weights that the folder lacks are not drawn at
random, and a tokenizer may not know tokens that the model does not. Code that comes with a model runs only
where the caller trusts it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import torch
import transformers
from huggingface_hub import constants, is_offline_mode
from huggingface_hub.errors import RepositoryNotFoundError

from prover.errors import InputError, ProverError, SetupError
from prover.policy.transformers.failures import in_a_line

PROBE_TIMEOUT_S = 10.0
SMALL = 30_000_000
"""Parameters of a model whose matrices are too small to be shared between threads."""
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
_NO_LIMIT = 10**9
_HOW_TO_GET = "give a local folder with config.json, weights and tokenizer, or an id that can be downloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in evaluation mode on its device, and its tokenizer.

    `context_length` is in tokens; None if the model has no limit that it tells.
    """

    name: str
    model: Any
    tokenizer: Any
    context_length: int | None

    @property
    def device(self) -> torch.device:
        """Where the model's inputs belong."""
        device: torch.device = self.model.device
        return device

    def configure_for_inference(self) -> None:
        """Prepare the thread that will compute: a small model on a processor is quickest with one thread.

        Two made 5 million parameters a third slower (two cores, 12 prompts of 8 samples at a time: 24 prompts a
        second against 30), and they take the core that a Lean engine wants.
        """
        if self.device.type == "cpu" and self.model.num_parameters() < SMALL:
            torch.set_num_threads(1)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`, with those that the tokenizer adds to every text."""
        ids: list[int] = self.tokenizer(text)["input_ids"]
        return ids

    def encode_alone(self, text: str) -> list[int]:
        """Return the tokens of `text` and no others."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def decode(self, ids: list[int]) -> str:
        """Return the text of `ids`, leaving special tokens out."""
        text: str = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text


def load_model(
    model: str, auto_class: Callable[[Any], Any], *, device: str, dtype: str, trust_remote_code: bool
) -> LoadedModel:
    """Load `model` with the one of transformers' Auto classes that `auto_class` finds for its configuration.

    Raises:
        InputError: it is no such model, or cannot be fetched, or `device` or `dtype` does not exist.
        SetupError: this machine lacks the device.
    """
    path, place = Path(model).expanduser(), choose_device(device)
    number_type = _choose_dtype(dtype, place)
    source = _locate(model)
    common = {**source, "trust_remote_code": trust_remote_code}
    with load_errors(model), quiet():
        config = transformers.AutoConfig.from_pretrained(**common)
        tokenizer = transformers.AutoTokenizer.from_pretrained(**common)
        network, report = auto_class(config).from_pretrained(
            **common, dtype=number_type, output_loading_info=True
        )
        if missing := sorted(report["missing_keys"]):
            raise InputError(
                f"{model} lacks the weights {', '.join(missing[:3])} of a {type(network).__name__}",
                advice="generators need a language model's folder, critics one with a value head",
            )
        known = network.get_input_embeddings().num_embeddings
        if len(tokenizer) > known:
            raise InputError(
                f"{model}: its tokenizer has {len(tokenizer)} tokens, but the model knows {known}"
            )
        tokenizer("")  # resets a truncation saved with it now, as that cannot be done by two threads at once
        return LoadedModel(
            name=path.resolve().name if path.is_dir() else model,
            model=_move(network, place).eval(),
            tokenizer=tokenizer,
            context_length=_context_length(config, tokenizer),
        )


def choose_device(device: str) -> torch.device:
    """Return the device of that name (``cpu``, ``cuda``, ``cuda:1``, ``mps``); ``auto`` takes the fastest there is.

    Raises:
        InputError: there is no such kind of device.
        SetupError: this machine, or the installed torch, has none.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    kind, _, number = device.partition(":")
    count = {
        "cpu": 1,
        "cuda": torch.cuda.device_count(),
        "mps": int(torch.backends.mps.is_available()),
    }.get(kind)
    if count is None or not re.fullmatch(r"\w+(:\d+)?", device):
        raise InputError(f"no such device: {device!r}", advice="auto, cpu, cuda, cuda:1 or mps")
    if int(number or 0) >= count:
        raise SetupError(
            f"the device {device} is not there: torch {torch.__version__} sees {count} of kind {kind}",
            advice="choose the device cpu or auto, or install a torch built for this machine's accelerator",
        )
    return torch.device(device)


def _choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    if dtype == "auto":
        bf16 = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if bf16 else torch.float32
    if dtype not in DTYPES:
        raise InputError(f"no such number type: {dtype!r}", advice=f"auto, {', '.join(DTYPES)}")
    return DTYPES[dtype]


def _locate(model: str) -> dict[str, Any]:
    """Return the arguments of ``from_pretrained`` that say where the model is.

    Where nothing can be downloaded, a copy fetched earlier will do.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise InputError(f"{model} is not a model's folder: it has no config.json", advice=_HOW_TO_GET)
        return {"pretrained_model_name_or_path": str(path), "local_files_only": True}
    if path.exists() or not _ID.fullmatch(model) or model.startswith("."):
        raise InputError(f"no model's folder at {model}", advice=_HOW_TO_GET)
    return {"pretrained_model_name_or_path": model, "local_files_only": not _hub_answers()}


def _hub_answers() -> bool:
    """Say whether a download is worth trying: without this, the library would retry for half a minute."""
    if is_offline_mode():
        return False
    if getproxies():
        return True
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (80 if address.scheme == "http" else 443)
    try:
        socket.create_connection((address.hostname or "", port), timeout=PROBE_TIMEOUT_S).close()
    except OSError:
        return False
    return True


@contextmanager
def load_errors(model: str) -> Iterator[None]:
    """Turn what goes wrong while `model` is loaded into an InputError or a SetupError."""
    try:
        yield
    except ProverError:
        raise
    except ImportError as error:
        raise SetupError(f"{model} needs a package that is missing: {in_a_line(error)}") from error
    except Exception as error:  # libraries raise errors here that have no base class in common
        if isinstance(error.__cause__, RepositoryNotFoundError):
            raise InputError(f"no model {model} that may be downloaded", advice=_HOW_TO_GET) from error
        if "couldn't connect" in str(error):
            raise InputError(
                f"{model} is neither a folder here, nor downloaded before, nor can it be now",
                advice=f"check the network, or {_HOW_TO_GET}",
            ) from error
        if "trust_remote_code" in str(error):
            raise InputError(
                f"{model} brings code of its own, which is not run unless it is trusted",
                advice="read that code, then add --trust-remote-code",
            ) from error
        raise InputError(f"{model} cannot be loaded: {in_a_line(error)}", advice=_HOW_TO_GET) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the library's report of a load and its bars off the terminal; this module says what matters."""
    logging: Any = transformers.utils.logging
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _move(network: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    try:
        return network.to(device)
    except torch.OutOfMemoryError as error:
        size = sum(each.numel() * each.element_size() for each in network.parameters())
        raise SetupError(
            f"the model's {size / 1e9:.1f} GB do not fit the memory of {device}",
            advice="choose a smaller model, another device, or the number type bfloat16",
        ) from error


def _context_length(
    config: transformers.PreTrainedConfig, tokenizer: transformers.PreTrainedTokenizerBase
) -> int | None:
    limit = getattr(config.get_text_config(), "max_position_embeddings", None) or tokenizer.model_max_length
    return int(limit) if limit < _NO_LIMIT else None
