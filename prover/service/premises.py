"""Which theorems may help with a goal: those whose statements share rare constants with it.

A constant counts the more, the fewer theorems have it (inverse document frequency), and a theorem is ranked by the
cosine between its constants and the goal's. That is the first step of SInE (Hoder and Voronkov 2011) and MePo (Meng and
Paulson 2009), which then go on from the constants of what they chose; this does not. Nothing is learnt, and no theorem
is tried. Another way to choose is a :class:`PremiseSelector`.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from prover.lean.process.replies import require_environment
from prover.lean.protocol import Ask
from prover.lean.reading.pocket import library_files
from prover.lean.reading.statements import declared_theorems
from prover.service.library_names import Listed

PLAIN = "set_option pp.notation false\nset_option pp.fullNames true\nset_option pp.fieldNotation false\n"
"""Options with which Lean writes constants by their names, `HAdd.hAdd a b` and not `a + b`."""
SPELLED = {"ℕ": "Nat", "ℤ": "Int", "ℚ": "Rat", "ℝ": "Real", "ℂ": "Complex"}

VARIABLE_LENGTH = 3
"""Words of the pocket library's statements that are as short are taken for variables, unless the core has them, too."""

_INSTANCE = re.compile(r"(?:^|\.)inst[^.]*$")
_WORD = re.compile(r"[ℕℤℚℝℂ]|[^\W\d][\w.'!?]*")


@dataclass(frozen=True, slots=True)
class Premise:
    """A theorem, and the constants in its statement."""

    name: str
    symbols: frozenset[str]


@dataclass(frozen=True, slots=True)
class Selected:
    """A theorem that was chosen; scores are from 0 to 1 and say nothing but the order."""

    name: str
    score: float


class PremiseSelector(Protocol):
    """Chooses theorems for a goal."""

    def select(self, goal: str, count: int) -> list[Selected]:
        """Return at most `count`, the best first, for a goal as Lean shows it under `PLAIN`."""


class SharedSymbols:
    """A :class:`PremiseSelector` by the constants that a statement and a goal share."""

    def __init__(self, premises: Sequence[Premise]) -> None:
        self._names = [each.name for each in premises]
        self._having: dict[str, list[int]] = defaultdict(list)
        for index, premise in enumerate(premises):
            for symbol in premise.symbols:
                self._having[symbol].append(index)
        self._weights = {
            symbol: math.log(1 + len(premises) / len(having)) for symbol, having in self._having.items()
        }
        self._lengths = [self._length(each.symbols) for each in premises]

    def select(self, goal: str, count: int) -> list[Selected]:
        """Return the theorems that are closest; none where they share nothing with the goal."""
        symbols = symbols_in(goal) & self._weights.keys()
        shared: dict[int, float] = defaultdict(float)
        for symbol in symbols:
            for index in self._having[symbol]:
                shared[index] += self._weights[symbol] ** 2
        length = self._length(symbols)
        scored = ((each / (length * self._lengths[index]), index) for index, each in shared.items())
        best = heapq.nsmallest(count, scored, key=lambda each: (-each[0], len(self._names[each[1]]), each[1]))
        return [Selected(self._names[index], round(score, 4)) for score, index in best]

    def _length(self, symbols: Iterable[str]) -> float:
        return math.sqrt(sum(self._weights[each] ** 2 for each in symbols)) or 1.0


def symbols_in(text: str) -> frozenset[str]:
    """Return the words of a goal or a type that may be constants; names of variables are among them."""
    return frozenset(SPELLED.get(word, word.rstrip(".")) for word in _WORD.findall(text))


def core_premises(listed: Iterable[Listed]) -> list[Premise]:
    """Return the theorems of Lean's own library. Instances do not count: goals are shown without them."""
    return [
        Premise(each.name, frozenset(symbol for symbol in each.symbols if not _INSTANCE.search(symbol)))
        for each in listed
        if each.symbols is not None
    ]


async def pocket_premises(ask: Ask, core: frozenset[str]) -> list[Premise]:
    """Return the theorems of the pocket library. `ask` is an engine that has it, `core` are Lean's own constants.

    Raises:
        EngineError: the engine failed.
    """
    names = [each.full_name for file in library_files() for each in declared_theorems(file.text)]
    checks = "".join(f"#check @{name}\n" for name in names)
    reply = await ask({"cmd": f"import Pocket\n{PLAIN}{checks}"})
    require_environment(reply)
    first = 1 + PLAIN.count("\n") + 1
    types = {each["pos"]["line"] - first: each["data"] for each in reply.get("messages", [])}

    def is_constant(word: str) -> bool:
        return word in core or len(word) > VARIABLE_LENGTH

    return [
        Premise(name, frozenset(filter(is_constant, symbols_in(types[index].partition(" : ")[2]))))
        for index, name in enumerate(names)
        if index in types and "Unknown" not in types[index]
    ]
