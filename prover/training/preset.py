"""The shape of a model that is trained from nothing: a file of a few numbers, kept in `prover/presets/`.

The architecture is Llama's (Touvron et al. 2023): what every backend can load, whatever its size.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from prover.errors import InputError

PRESETS = Path(__file__).resolve().parent.parent / "presets"
SMALLEST_VOCABULARY = 256 + 2
"""Tokens that there always are: one for each byte, the end token and the one that fills up batches."""


class ModelPreset(BaseModel):
    """The shape of a decoder-only transformer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    vocab_size: int = Field(ge=SMALLEST_VOCABULARY)
    """Tokens that the tokenizer may have; it has fewer where its texts do not give that many."""
    hidden_size: int = Field(ge=8)
    """Width of the residual stream."""
    intermediate_size: int = Field(ge=8)
    """Width of the feed-forward layers."""
    layers: int = Field(ge=1)
    """Transformer blocks."""
    heads: int = Field(ge=1)
    """Attention heads; they divide `hidden_size` into even parts."""
    kv_heads: int = Field(ge=1)
    """Heads of keys and values, shared evenly by `heads` (Ainslie et al. 2023)."""
    context: int = Field(ge=16)
    """Tokens that a prompt and its answer may have together."""
    tied_embeddings: bool = True
    """Whether the output layer is the embedding's transpose."""

    @model_validator(mode="after")
    def _heads_fit(self) -> Self:
        if self.hidden_size % (2 * self.heads):
            raise ValueError(f"hidden_size must be a multiple of twice heads, {2 * self.heads}")
        if self.heads % self.kv_heads:
            raise ValueError(f"heads must be a multiple of kv_heads, {self.kv_heads}")
        return self


def preset_names() -> list[str]:
    """Return the names of the presets that come with the package."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in PRESETS.glob("*.toml")}
    return sorted(name for name, text in texts.items() if "vocab_size" in tomllib.loads(text))


def read_preset(name_or_path: str | Path) -> ModelPreset:
    """Read a preset: one of the package's by its name, or any `.toml` file.

    Raises:
        InputError: there is no such preset, or it is not TOML, or a key or a value is wrong.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if str(name_or_path) not in preset_names():
            raise InputError(
                f"there is no model preset {str(name_or_path)!r}",
                advice=f"Take one of {', '.join(preset_names())}, or a .toml file with the same keys.",
            )
        path = PRESETS / f"{name_or_path}.toml"
    try:
        return ModelPreset.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot read the model preset {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the model preset {path} is not TOML: {error}") from error
    except ValidationError as error:
        raise _preset_error(path, error) from error


def _preset_error(path: Path, error: ValidationError) -> InputError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    keys = ", ".join(ModelPreset.model_fields)
    match first["type"]:
        case "extra_forbidden":
            return InputError(
                f"the model preset {path} has an unknown key {key}", advice=f"The keys are {keys}."
            )
        case "missing":
            return InputError(f"the model preset {path} lacks the key {key}", advice=f"The keys are {keys}.")
    said = first["msg"].removeprefix("Value error, ")
    what = f"{key} = {first['input']!r}: {said}" if key else said
    return InputError(
        f"the model preset {path} cannot be used: {what}", advice=f"Correct {key or 'the file'}."
    )
