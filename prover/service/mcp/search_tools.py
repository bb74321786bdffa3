"""Searches for declarations in the files that are served and the libraries: by name, and theorems that fit a goal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from prover.api.lean import AsyncLean
from prover.errors import InputError
from prover.lean.process.replies import require_environment
from prover.lean.reading.pocket import imports_library, library_files
from prover.lean.reading.statements import declared_theorems
from prover.service.library_names import Listed, library_names
from prover.service.mcp.answers import Answer, answer
from prover.service.mcp.shared import Shared, seconds
from prover.service.mcp.text_tools import MOST_S, NO_TACTIC, Column, FilePath, Line, Timeout, place_of
from prover.service.places import Goals, probe_at
from prover.service.premises import PLAIN, PremiseSelector, SharedSymbols, core_premises, pocket_premises
from prover.service.roots import Roots
from prover.util.within import cancel_all

MOST = 100
LISTING_WAIT_S = 40.0
"""What one call waits for the names of Lean's library."""
CHECK_S = 50.0
LISTING = "Lean's own library is still being listed, once"


class SearchTools:
    """Bound to what all tools share."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._listing: asyncio.Task[tuple[Listed, ...]] | None = None
        self._premises: dict[bool, PremiseSelector] = {}

    async def lean_local_search(
        self,
        query: Annotated[str, Field(description="A name, or words of one: `add_comm`, `List map length`.")],
        limit: Annotated[int, Field(description=f"How many to return, at most {MOST}.", ge=1, le=MOST)] = 10,
    ) -> Answer:
        """Find declarations by name in the served folders and in the libraries, to be sure that a lemma exists.

        Every word of the query has to stand in the name. Exact names come first, then shorter ones.
        """
        words = query.replace("_", " ").replace(".", " ").lower().split()
        if not words:
            raise InputError("the query is empty", advice="Give a name, or words of one.")
        lean = await self._shared.lean.get()
        own = await asyncio.to_thread(lambda: list(_in_files(self._shared.roots, words)))
        names = await self._library(lean)
        library = [] if names is None else [each.name for each in names]
        found = sorted(
            (each for each in library if _matches(each, words)), key=lambda each: _rank(each, query)
        )
        left = max(0, limit - len(own))
        items = own[:limit] + await _with_types(lean, found[:left])
        total = len(own) + len(found)
        hint = "" if items else "No declaration has such a name here. Try fewer or other words."
        if total > len(items):
            hint = f"{total} declarations match; name more words, or raise limit."
        if names is None:
            hint = f"{LISTING}, so these are not all: call again in a minute."
            return answer("listing", ok=bool(items), partial=True, hint=hint, items=items)
        return answer(
            "found" if items else "nothing_found",
            ok=bool(items),
            partial=total > len(items),
            hint=hint,
            items=items,
        )

    async def lean_hammer_premise(
        self,
        file_path: FilePath,
        line: Line,
        column: Column = None,
        num_results: Annotated[int, Field(description=f"At most {MOST}.", ge=1, le=MOST)] = 32,
        timeout_s: Timeout = 30.0,
    ) -> Answer:
        """Return theorems of the libraries that may help at a place of a proof: for `simp [...]`, `grind [...]`, `rw`.

        They share rare constants with the goals there; none of them has been tried.
        """
        text = self._shared.roots.read(file_path).text
        lean = await self._shared.lean.get()
        done = await lean.elaborate(text, is_file=True, timeout=seconds(timeout_s, MOST_S))
        place = place_of(done.text, line, column)
        async with lean.lend(timeout_s) as ask:
            probe = await probe_at(ask, done.text, place, done.declared, timeout_s=timeout_s, options=PLAIN)
            goals = Goals(reached=False) if probe is None else await probe.goals_before(place)
        if not goals.reached:
            return answer("no_goal_at_position", ok=False, hint=NO_TACTIC, items=[])
        selector = await self._selector(lean, has_pocket=imports_library(text))
        if selector is None:
            return answer(
                "listing", ok=False, partial=True, hint=f"{LISTING}: call again in a minute.", items=[]
            )
        chosen = selector.select("\n".join(goals.goals), num_results)
        types = await _with_types(lean, [each.name for each in chosen], imports_library(text))
        items = [{**typed, "score": each.score} for each, typed in zip(chosen, types, strict=True)]
        hint = "" if goals.goals else "All goals are solved there."
        return answer("found" if items else "nothing_found", ok=bool(items), hint=hint, items=items)

    async def _selector(self, lean: AsyncLean, *, has_pocket: bool) -> PremiseSelector | None:
        """Return what chooses theorems of Lean's library, and of the pocket library; None while Lean lists them."""
        if has_pocket not in self._premises:
            if (listed := await self._library(lean)) is None:
                return None
            premises = core_premises(listed)
            if has_pocket:
                core = frozenset(symbol for each in premises for symbol in each.symbols)
                async with lean.lend(CHECK_S) as ask:
                    premises += await pocket_premises(ask, core)
            self._premises[has_pocket] = SharedSymbols(premises)
        return self._premises[has_pocket]

    async def _library(self, lean: AsyncLean) -> tuple[Listed, ...] | None:
        """Return what Lean's library declares; None while it is being listed."""
        if self._listing is None or (self._listing.done() and self._listing.exception() is not None):
            self._listing = asyncio.create_task(library_names(lean))
        done, _ = await asyncio.wait([self._listing], timeout=LISTING_WAIT_S)
        return self._listing.result() if done else None

    async def close(self) -> None:
        """End the listing, if it is under way."""
        if self._listing is not None:
            await cancel_all([self._listing])


def _matches(name: str, words: list[str]) -> bool:
    lower = name.lower()
    return all(word in lower for word in words)


def _rank(name: str, query: str) -> tuple[bool, bool, int, str]:
    return name != query, not name.endswith(f".{query}"), len(name), name


def _in_files(roots: Roots, words: list[str]) -> Iterator[Answer]:
    texts = [(str(path.relative_to(folder)), path) for folder, path in roots.lean_files()]
    for shown, path in texts:
        try:
            text = roots.read(str(path)).text
        except InputError:
            continue  # a file that is no Lean text declares nothing
        yield from _declared(text, shown, words)
    for each in library_files():
        yield from _declared(each.text, f"Pocket/{each.name}.lean", words)


def _declared(text: str, file: str, words: list[str]) -> Iterator[Answer]:
    for each in declared_theorems(text):
        if _matches(each.full_name, words):
            line = text.count("\n", 0, each.start) + 1
            yield {
                "name": each.full_name,
                "kind": "theorem",
                "file": file,
                "line": line,
                "type": each.statement,
            }


async def _with_types(lean: AsyncLean, names: list[str], has_pocket: bool = False) -> list[Answer]:
    if not names:
        return []
    header = "import Pocket\n" if has_pocket else "import Std\n"
    text = header + "".join(f"#check @{name}\n" for name in names)
    async with lean.lend(CHECK_S) as ask:
        reply = await ask({"cmd": text})
    require_environment(reply)
    said = {each["pos"]["line"] - 2: each["data"] for each in reply.get("messages", [])}
    return [
        {"name": name, "kind": "library", "type": said.get(at, "").partition(" : ")[2] or said.get(at, "")}
        for at, name in enumerate(names)
    ]
