"""Theorems of Lean's own library as problems, each in the environment of what its module imports.

So neither a theorem nor anything that is proved after it can be used for it, as in LeanDojo's "novel premises" split
(Yang et al. 2023, section 5). The header of a problem is ``prelude``, its module's own imports, and `KERNEL`: `Init` is
not imported by itself, and what is not in the imports is not there for any tactic, be it `simp`, `grind` or `exact?`.
What precedes a theorem in its own module is not there either; if its statement needs some of that, it is no problem.

The statements are Lean's own: `#check` shows them, and one is kept if Lean reads it back as what it was, in the
whole library, and understands it in the module's imports. What has been read is kept in
`prover.util.home.home() / "library"`, for each build of the engine by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prover.errors import EngineError, InputError, SetupError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl
from prover.lean.protocol import CommandReply, CommandRequest
from prover.problems.problem import Problem, ProblemSet
from prover.util.home import home
from prover.util.progress import Progress

LISTING = Path(__file__).with_name("library_listing.lean")
TIMEOUT_S = 600.0
RESTART_BYTES = 1_100_000_000
"""An engine with more resident memory than this is replaced: it never frees what it imported."""
KERNEL = ("Init.Data.Nat.Bitwise.Basic", "Init.Data.Nat.Gcd", "Init.Data.Nat.Log2")
"""Where the functions are defined that the kernel computes by itself, without which the verifier accepts nothing.

They are imported by every problem. The theorems of these modules, and of what they import, are no problems."""
OPTIONS = "set_option pp.proofs true\nset_option pp.deepTerms true\nset_option format.width 100\n"
AGAIN = "_again"

_GENERATED = re.compile(
    r"(?:^|\.)(?:_|inst[A-Z_]|match_\d|eq_\d|eq_def$|eq_unfold$|proof_\d|sizeOf_spec|injEq$|inj$|congr_simp$|hcongr_\d"
    r"|noConfusion|ofNat_ctorIdx|induct|fun_cases|mutual_induct|ext_iff$|brecOn|ctorElim|toCtorIdx|«|[^.]*✝)"
)
_DAGGER = re.compile("✝([⁰¹²³⁴-⁹]*)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module of the library: what it imports, and the names of its theorems."""

    name: str
    imports: tuple[str, ...]
    theorems: tuple[str, ...]

    @property
    def header(self) -> str:
        """What makes a file see what the module sees before its first line, and `KERNEL`."""
        return "prelude\n" + "".join(f"import {each}\n" for each in sorted({*self.imports, *KERNEL})) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The problems of a module: statements by name, and how many theorems were left out, for which reason.

    `unreadable`: Lean does not read its own words back as the same statement. `unstatable`: the statement needs
    what its own module defines.
    """

    statements: Mapping[str, str]
    unreadable: int
    unstatable: int


def library(prefix: str, *, command: EngineCommand, progress: Progress) -> ProblemSet:
    """Return the problems of the modules called `prefix` or something below it; of all if it is empty.

    What has not been read before is read with an engine that `command` starts: a few seconds for each module.
    Not for use inside an event loop, except in a thread.

    Raises:
        InputError: there are no such modules, or they have no theorems that can be stated.
        SetupError, EngineError: the engine cannot be started or broke, or nothing can be kept.
    """
    sources = [each.read_text(encoding="utf-8") for each in (LISTING, Path(__file__))]
    key = hashlib.sha256("\0".join([*command.argv, *sources]).encode()).hexdigest()
    cache = home() / "library" / key[:16]
    modules, readings = asyncio.run(_read(prefix, command, cache, progress))
    if not modules:
        raise InputError(
            f"Lean's library has no module {prefix}",
            advice="Name one of Init, Std or Pocket, or the beginning of several, such as library:Init.Data.List.",
        )
    problems = tuple(
        Problem(
            name=name,
            statement=statement,
            header=module.header,
            category=".".join(module.name.split(".")[:3]),
            source=module.name,
        )
        for module, reading in zip(modules, readings, strict=True)
        for name, statement in reading.statements.items()
    )
    if not problems:
        raise InputError(f"no theorem of {prefix} can be stated in what its module imports")
    return ProblemSet(name=f"library-{prefix}" if prefix else "library", problems=problems)


async def _read(
    prefix: str, command: EngineCommand, cache: Path, progress: Progress
) -> tuple[list[Module], list[Reading]]:
    engine = _Engine(command)
    try:
        modules = [each for each in await _modules(engine, cache, progress) if _is_below(each.name, prefix)]
        readings = []
        for each in modules:
            path = cache / f"{each.name}.json"
            kept = _load(path)
            if kept is None:
                progress.step(f"reading {each.name}, {len(each.theorems)} theorems")
                kept = asdict(await _read_module(engine, each))
                _save(path, kept)
            readings.append(Reading(**kept))
        return modules, readings
    finally:
        await engine.close()


def _is_below(module: str, prefix: str) -> bool:
    return not prefix or module == prefix or module.startswith(f"{prefix}.")


class _Engine:
    """An engine that is started when it is needed and replaced when it has grown large."""

    def __init__(self, command: EngineCommand) -> None:
        self._command = command
        self._repl: Repl | None = None
        self.base: int | None = None
        """The whole library, once it has been asked for."""

    async def run(self, text: str, env: int | None = None) -> CommandReply:
        if self._repl is None:
            self._repl = await Repl.start(self._command)
        request: CommandRequest = {"cmd": text} if env is None else {"cmd": text, "env": env}
        reply = await self._repl.request(request, TIMEOUT_S)
        if "env" not in reply:
            raise EngineError(f"Lean could not read its library: {reply.get('message', reply)}")
        return reply

    async def in_library(self, text: str) -> CommandReply:
        """Run `text` where all of `Init` and `Std` is."""
        if self._repl is not None and self._repl.rss_bytes > RESTART_BYTES:
            await self.close()
        if self.base is None:
            self.base = (await self.run(f"import Std\n{OPTIONS}"))["env"]
        return await self.run(text, self.base)

    async def close(self) -> None:
        if self._repl is not None:
            await self._repl.close()
        self._repl, self.base = None, None


async def _modules(engine: _Engine, cache: Path, progress: Progress) -> list[Module]:
    path = cache / "modules.json"
    kept = _load(path)
    if kept is None:
        progress.step("listing the theorems of Lean's library")
        reply = await engine.run(LISTING.read_text(encoding="utf-8"))
        (message,) = reply["messages"]
        if message["severity"] != "info":
            raise EngineError(f"Lean could not list its library: {message['data']}")
        kept = {"modules": [_read_listing(line) for line in message["data"].splitlines()]}
        _save(path, kept)
        await engine.close()
    imports = {each["name"]: each["imports"] for each in kept["modules"]}
    below = _closure(KERNEL, imports)
    modules = [
        Module(name=each["name"], imports=tuple(each["imports"]), theorems=tuple(each["theorems"]))
        for each in kept["modules"]
        if each["theorems"] and each["name"] not in below
    ]
    return sorted(modules, key=lambda each: each.name)


def _closure(modules: Sequence[str], imports: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the modules and all that they import, directly or not."""
    found: set[str] = set()
    left = list(modules)
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += imports.get(module, ())
    return found


def _read_listing(line: str) -> dict[str, Any]:
    left, _, right = line.partition("|")
    name, *imports = left.split()
    theorems = [each for each in right.split() if not _GENERATED.search(each)]
    return {"name": name, "imports": sorted(set(imports)), "theorems": sorted(theorems)}


async def _read_module(engine: _Engine, module: Module) -> Reading:
    shown = await engine.in_library(_lines("#check {}", module.theorems))
    told = {each["pos"]["line"]: each for each in shown.get("messages", ()) if each["severity"] == "info"}
    signatures = {
        name: _accessible(told[line]["data"].removeprefix(name))
        for line, name in enumerate(module.theorems, start=1)
        if line in told and told[line]["data"].startswith(name)
    }
    again = [
        f"theorem {name}{AGAIN}{' '.join(signature.split())} := sorry\n"
        f"example := (rfl : (type_of% @{name}) = type_of% @{name}{AGAIN})\n"
        for name, signature in signatures.items()
    ]
    bad = {(line - 1) // 2 for line in _find_refused(await engine.in_library("".join(again)))}
    same = [name for index, name in enumerate(signatures) if index not in bad]
    stated = "".join(f"theorem {name}{' '.join(signatures[name].split())} := sorry\n" for name in same)
    above = module.header.count("\n")
    bad = {line - above - 1 for line in _find_refused(await engine.run(module.header + stated))}
    kept = [name for index, name in enumerate(same) if index not in bad]
    return Reading(
        statements={name: f"theorem {name}{signatures[name]}" for name in kept},
        unreadable=len(module.theorems) - len(same),
        unstatable=len(same) - len(kept),
    )


def _accessible(signature: str) -> str:
    """Give names that can be written to what Lean marks as without one: `α✝¹` becomes `α_1`."""
    return _DAGGER.sub(lambda found: "_" + found[1].translate(_DIGITS), signature)


def _lines(template: str, names: Sequence[str]) -> str:
    return "".join(template.format(name) + "\n" for name in names)


def _find_refused(reply: CommandReply) -> set[int]:
    """Return the lines, the first being 1, with errors."""
    return {each["pos"]["line"] for each in reply.get("messages", ()) if each["severity"] == "error"}


def _load(path: Path) -> dict[str, Any] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None


def _save(path: Path, content: Mapping[str, Any]) -> None:
    staging = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staging.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        staging.replace(path)
    except OSError as error:
        raise SetupError(
            f"cannot keep what was read of Lean's library in {path.parent}: {error.strerror}",
            advice="set PROVER_HOME to a folder that can be written to",
        ) from error
