"""What Lean's own library declares, by name: listed by Lean once, which takes some seconds, and kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from prover.api.lean import AsyncLean
from prover.errors import UnsupportedError
from prover.lean.process.replies import errors, require_environment
from prover.util.files import write_atomically
from prover.util.home import home

LISTING = Path(__file__).with_name("library_names.lean")
LISTING_S = 300.0
_GENERATED = re.compile(
    r"(?:^|\.)(?:_|inst[A-Z_]|match_\d|eq_\d|eq_def$|eq_unfold$|proof_\d|sizeOf_spec|injEq$|inj$|congr_simp$|hcongr_\d"
    r"|noConfusion|ofNat_ctorIdx|brecOn|below$|casesOn|recOn|ctorElim|ctorIdx|toCtorIdx)"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Something that the library declares. Of a theorem, `symbols` are the constants in its statement."""

    name: str
    symbols: tuple[str, ...] | None


async def library_names(lean: AsyncLean) -> tuple[Listed, ...]:
    """Return what `Init` and `Std` declare, without what Lean generates.

    Raises:
        UnsupportedError: this Lean cannot list it, as one that does not trust texts.
        EngineError: the engine failed.
    """
    listing = LISTING.read_text(encoding="utf-8")
    key = hashlib.sha256(
        "\0".join([lean.engine, lean.version, listing, _GENERATED.pattern]).encode()
    ).hexdigest()
    kept = home() / "library" / f"names-{key[:16]}.txt"
    if kept.is_file():
        return tuple(_listed(each) for each in kept.read_text(encoding="utf-8").split("\n"))
    async with lean.lend(LISTING_S) as ask:
        reply = await ask({"cmd": listing})
    require_environment(reply)
    if wrong := errors(reply):
        raise UnsupportedError(
            f"this Lean cannot list the names of its library: {wrong[0]['data']}",
            advice="Search the served files only with another tool.",
        )
    said = "\t".join(each["data"] for each in reply.get("messages", [])).split("\t")
    lines = sorted({each for each in said if each and not _GENERATED.search(each.partition("|")[0])})
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, "\n".join(lines))
    return tuple(map(_listed, lines))


def _listed(line: str) -> Listed:
    name, bar, symbols = line.partition("|")
    return Listed(name, tuple(symbols.strip("[]").split(", ")) if bar else None)
