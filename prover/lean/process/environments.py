"""The environments that an engine has elaborated: of headers, and of what headers import.

They are a cache: a new process has none of them, and they are elaborated again when they are needed.
"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from prover.lean.protocol import CommandReply, CommandRequest

HEADERS_KEPT = 4

_COMMENTS = r"(?:\s|--[^\n]*\n|/-(?:(?!/-|-/).)*-/)*"
_IMPORTS = re.compile(rf"(?:{_COMMENTS}import\s+[^\s«]+)+[^\S\n]*(?:--[^\n]*)?\n", re.DOTALL)
_NOT_NEWLINE = re.compile(r"[^\n]")

Elaborate = Callable[[CommandRequest, int], Awaitable[CommandReply]]
"""Elaborates a command, whose first line has this number in its file; returns the reply."""
Admit = Callable[[Sequence[str]], Awaitable[None]]
"""Is given texts before they are elaborated one after the other, and raises a StatementError if they must not be."""


class EnvironmentCache:
    """Environments by the texts that made them. `drop` is told of those that are not kept.

    With `shares_imports`, those that begin with the same imports share the environment of these. `admit` is asked
    before anything is elaborated.
    """

    def __init__(
        self,
        elaborate: Elaborate,
        drop: Callable[[CommandReply], None],
        *,
        shares_imports: bool,
        admit: Admit | None = None,
    ) -> None:
        self._elaborate = elaborate
        self._drop = drop
        self._shares_imports = shares_imports
        self._admit = admit
        self._headers: OrderedDict[str, int] = OrderedDict()
        self._imports: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all of them, which the engine has lost."""
        self._headers.clear()
        self._imports.clear()

    def has(self, header: Sequence[str]) -> bool:
        """Whether the environment after these parts of a header is there."""
        return "".join(header) in self._headers

    async def elaborate_after(self, header: Sequence[str], text: str) -> CommandReply:
        """Elaborate `text` after a header, which is kept, as are those that begin with fewer of its parts.

        Raises:
            StatementError, UnsupportedError, EngineError: as `elaborate` does.
        """
        if self._admit is not None:
            imports = self._imports_of(header[0])
            first = (imports, header[0].removeprefix(imports)) if imports else header[:1]
            await self._admit((*first, *header[1:], text))
        keys = list(itertools.accumulate(header))
        known = max((count for count, key in enumerate(keys, start=1) if key in self._headers), default=0)
        for index in range(known, len(header)):
            command: CommandRequest = {"cmd": header[index]}
            if index > 0:
                command["env"] = self._headers[keys[index - 1]]
            first_line = 1 + keys[index].removesuffix(header[index]).count("\n")
            if index == 0 and (imports := self._imports_of(header[0])):
                command = {"cmd": header[0].removeprefix(imports), "env": await self._import(imports)}
                first_line += imports.count("\n")
            reply = await self._elaborate(command, first_line)
            self._headers[keys[index]] = reply.pop("env")
            self._drop(reply)
            if len(self._headers) > HEADERS_KEPT:
                self._drop({"env": self._headers.popitem(last=False)[1]})
        self._headers.move_to_end(keys[-1])
        in_header: CommandRequest = {"cmd": text, "env": self._headers[keys[-1]]}
        return await self._elaborate(in_header, 1 + keys[-1].count("\n"))

    async def after_imports(self, text: str) -> CommandRequest:
        """Return the command that elaborates a text of its own; its imports are kept where they are shared.

        Blanks stand in their place then, so that positions count in the text.

        Raises:
            StatementError, UnsupportedError, EngineError: as `elaborate` does, for the imports.
        """
        imports = self._imports_of(text)
        rest = text.removeprefix(imports)
        if self._admit is not None:
            await self._admit((imports, rest) if imports else (text,))
        if not imports:
            return {"cmd": text}
        return {"cmd": _NOT_NEWLINE.sub(" ", imports) + rest, "env": await self._import(imports)}

    def _imports_of(self, part: str) -> str:
        """Return the imports that a header begins with, if they are elaborated by themselves."""
        found = _IMPORTS.match(part) if self._shares_imports else None
        return "" if found is None else found[0]

    async def _import(self, imports: str) -> int:
        """Return the environment that has these imports and nothing else, which is kept."""
        if imports not in self._imports:
            reply = await self._elaborate({"cmd": imports}, 1)
            self._imports[imports] = reply["env"]
        return self._imports[imports]
