"""Policy specs: one line that names the policies to use.

heuristic                               no model
shipped                                 the small model that comes with prover
hf:PATH_OR_ID                           a transformers model in this process
vllm:PATH_OR_ID                         a vLLM engine in this process
http://HOST:PORT/v1#MODEL               a server; several replicas are joined by commas before the #
heuristic+hf:PATH                       a mixture; 0.3*heuristic+0.7*hf:PATH says how much each is trusted
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from prover.errors import InputError
from prover.policy.shipped import SHIPPED_MODEL


@dataclass(frozen=True, slots=True)
class Heuristic:
    """No model."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A transformers model, by folder or id, run in this process; by vLLM's engine if `vllm`."""

    model: str
    vllm: bool = False


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model behind one or several OpenAI-compatible endpoints; None where each has only one."""

    urls: tuple[str, ...]
    model: str | None


Source = Heuristic | LocalModel | ServedModel

_KIND = r"(?:heuristic|shipped|hf:|vllm:|https?://)"
_WEIGHT = r"(?:(\d+(?:\.\d+)?)\*)?"
_JOINT = re.compile(rf"\+(?={_WEIGHT}{_KIND})")
_MEMBER = re.compile(rf"{_WEIGHT}({_KIND}.*)")
ADVICE = (
    "Take heuristic, shipped, hf:PATH_OR_ID, vllm:PATH_OR_ID, http://HOST:PORT/v1#MODEL, or a mixture such as "
    "0.3*heuristic+0.7*hf:PATH."
)


def parse_spec(text: str) -> list[tuple[float, Source]]:
    """Read a policy spec; return its members, each with its weight.

    Raises:
        InputError: it is not a policy spec.
    """
    members: list[tuple[float, Source]] = []
    start = 0
    for joint in [*_JOINT.finditer(text), None]:
        part = text[start : joint.start() if joint else len(text)].strip()
        start = joint.end() if joint else len(text)
        found = _MEMBER.fullmatch(part)
        source = _source(found[2]) if found else None
        if found is None or source is None:
            raise InputError(f"there is no policy {part!r}", advice=ADVICE)
        weight = float(found[1] or 1.0)
        if weight == 0:
            raise InputError(f"the weight of {part!r} must be more than 0")
        members.append((weight, source))
    return members


def write_spec(members: Sequence[tuple[float, Source]]) -> str:
    """Return the policy spec of these members, which `parse_spec` reads."""
    return "+".join(f"{weight:g}*{_written(source)}" for weight, source in members)


def _written(source: Source) -> str:
    match source:
        case Heuristic():
            return "heuristic"
        case LocalModel():
            return f"{'vllm' if source.vllm else 'hf'}:{source.model}"
        case ServedModel():
            return ",".join(source.urls) + (f"#{source.model}" if source.model else "")


def _source(text: str) -> Source | None:
    if text == "heuristic":
        return Heuristic()
    if text == "shipped":
        return LocalModel(str(SHIPPED_MODEL))
    kind, _, rest = text.partition(":")
    if kind in ("hf", "vllm") and rest:
        return LocalModel(rest, vllm=kind == "vllm")
    if kind in ("http", "https"):
        urls, _, model = text.partition("#")
        replicas = tuple(url.strip().rstrip("/") for url in urls.split(","))
        if all(map(_is_address, replicas)):
            return ServedModel(replicas, model or None)
    return None


def _is_address(url: str) -> bool:
    try:
        return bool(re.fullmatch(r"https?://[^/\s]+(/\S*)?", url) and urlsplit(url).port != 0)
    except ValueError:  # the port is none
        return False
