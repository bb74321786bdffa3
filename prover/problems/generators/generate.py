"""Problems made by generators: families, levels, and whether each statement is true.

A family draws statements of a level, from 1 for easy to 5 for hard, and knows which are true: by construction, or
by deciding them on its own, never by asking Lean. The same specification gives the same problems, since every
problem is drawn by a random generator of its own, seeded with the seed, the family, the level and its number.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prover.errors import InputError
from prover.problems.generators.absolutes import absolutes
from prover.problems.generators.arithmetic import arithmetic
from prover.problems.generators.complex_numbers import complexes
from prover.problems.generators.congruences import congruences
from prover.problems.generators.datatypes import enumerations, structures, trees
from prover.problems.generators.draft import Draft, DrawRejected, Family
from prover.problems.generators.equations import bounded, equations, existence, formulas
from prover.problems.generators.fields import fractions
from prover.problems.generators.finite import booleans, fins, options
from prover.problems.generators.finsets import finsets
from prover.problems.generators.floors import floors
from prover.problems.generators.functions import functions
from prover.problems.generators.linear import linear, subtraction
from prover.problems.generators.list_functions import list_functions
from prover.problems.generators.lists import lists
from prover.problems.generators.modular import modular, parity, powers
from prover.problems.generators.order import divisors, min_max
from prover.problems.generators.polynomials import identities, inequalities
from prover.problems.generators.predicate import predicate
from prover.problems.generators.primes import primes
from prover.problems.generators.propositional import propositional
from prover.problems.generators.real_functions import real_functions
from prover.problems.generators.real_inequalities import real_inequalities
from prover.problems.generators.real_quadratics import real_quadratics
from prover.problems.generators.real_systems import real_systems
from prover.problems.generators.roots import roots
from prover.problems.generators.sequences import induction, recurrences
from prover.problems.generators.sets import sets
from prover.problems.generators.sums import closed_forms, sums
from prover.problems.problem import Problem, ProblemSet

FAMILIES: dict[str, Family] = {
    "absolutes": absolutes,
    "arithmetic": arithmetic,
    "booleans": booleans,
    "bounded": bounded,
    "closedforms": closed_forms,
    "complexes": complexes,
    "congruences": congruences,
    "datatypes": enumerations,
    "divisors": divisors,
    "equations": equations,
    "existence": existence,
    "fins": fins,
    "finsets": finsets,
    "floors": floors,
    "formulas": formulas,
    "fractions": fractions,
    "functions": functions,
    "identities": identities,
    "induction": induction,
    "inequalities": inequalities,
    "linear": linear,
    "listfunctions": list_functions,
    "lists": lists,
    "minmax": min_max,
    "modular": modular,
    "options": options,
    "parity": parity,
    "powers": powers,
    "predicate": predicate,
    "primes": primes,
    "propositional": propositional,
    "realfunctions": real_functions,
    "realinequalities": real_inequalities,
    "realquadratics": real_quadratics,
    "realsystems": real_systems,
    "recurrences": recurrences,
    "roots": roots,
    "sets": sets,
    "structures": structures,
    "subtraction": subtraction,
    "sums": sums,
    "trees": trees,
}
"""The families by name; a name is one lower-case word, since it is part of the names of problems."""

LEVELS = range(1, 6)
DRAWS = 200
"""How often a family may draw before it is taken to have nothing more at a level."""
WIDTH = 100
EXAMPLE = "for example generated:count=1000,seed=0,level=1-3,families=linear+lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """Which problems are wanted: `count` in all, shared out evenly over `families` and `levels`.

    With `truth`, only statements that are true, or only false ones; None takes both.
    """

    count: int = 1000
    seed: int = 0
    levels: tuple[int, ...] = tuple(LEVELS)
    families: tuple[str, ...] = field(default_factory=lambda: tuple(FAMILIES))
    truth: bool | None = None


def parse_specification(text: str) -> Specification:
    """Read "count=1000,seed=0,level=1-3,families=linear+lists,truth=true", each part of which may be absent.

    Raises:
        InputError: it is something else.
    """
    wanted = Specification()
    for part in filter(None, text.split(",")):
        key, _, value = part.partition("=")
        match key:
            case "count" if value.isdecimal() and int(value) > 0:
                wanted = replace(wanted, count=int(value))
            case "seed" if value.isdecimal():
                wanted = replace(wanted, seed=int(value))
            case "level" if found := re.fullmatch(r"([1-5])(?:-([1-5]))?", value):
                low, high = int(found[1]), int(found[2] or found[1])
                if low > high:
                    raise InputError(f"there is no level from {low} to {high}", advice="Write level=1-3.")
                wanted = replace(wanted, levels=tuple(range(low, high + 1)))
            case "families":
                chosen = tuple(dict.fromkeys(value.split("+")))
                for each in chosen:
                    if each not in FAMILIES:
                        raise InputError(
                            f"there is no family of problems called {each!r}",
                            advice=f"Families: {', '.join(FAMILIES)}.",
                        )
                wanted = replace(wanted, families=chosen)
            case "truth" if value in ("true", "false"):
                wanted = replace(wanted, truth=value == "true")
            case _:
                raise InputError(
                    f"{part!r} says nothing about generated problems", advice=f"Write {EXAMPLE}."
                )
    return wanted


def generate(wanted: Specification) -> ProblemSet:
    """Make the problems, all different. Families that have too few at their levels are made up for by others.

    Raises:
        InputError: all of them together have too few.
    """
    cells = _cells(wanted)
    made: dict[str, Problem] = {}
    seen: set[str] = set()
    number = 0
    while len(made) < wanted.count and cells:
        for family, level in list(cells):
            if len(made) == wanted.count:
                break
            problem = _next(wanted, family, level, number, seen)
            if problem is None:
                cells.remove((family, level))
            else:
                made[problem.name] = problem
        number += 1
    if len(made) < wanted.count:
        raise InputError(
            f"there are no more than {len(made)} such problems, not {wanted.count}",
            advice="Ask for fewer, or for more families and levels.",
        )
    return ProblemSet(name="generated", problems=tuple(made.values()))


def _cells(wanted: Specification) -> list[tuple[str, int]]:
    """Return every family with every level, so ordered that the first few are spread over all of them.

    Each family comes once before one comes twice, and so do, among any few neighbours, the levels.
    """
    families = list(wanted.families)
    random.Random(f"{wanted.seed}/families").shuffle(families)
    levels = wanted.levels
    return [
        (family, levels[(place + turn) % len(levels)])
        for turn in range(len(levels))
        for place, family in enumerate(families)
    ]


def _next(wanted: Specification, family: str, level: int, number: int, seen: set[str]) -> Problem | None:
    """Return the family's next problem, or None if none can be found; `seen` holds what has been drawn."""
    rng = random.Random(f"{wanted.seed}/{family}/{level}/{number}")
    for _ in range(DRAWS):
        try:
            draft = FAMILIES[family](rng, level)
        except DrawRejected:
            continue
        if wanted.truth not in (None, draft.expected) or _names_clash(draft):
            continue
        key = f"{draft.header}\n{' '.join(draft.binders)} : {draft.claim}"
        if key not in seen:
            seen.add(key)
            return _problem(draft, family, level, hashlib.sha256(key.encode()).hexdigest())
    return None


def _names_clash(draft: Draft) -> bool:
    """Whether two binders give the same name, such as a function and a hypothesis."""
    names = [
        name for each in draft.binders for name in each[1:].partition(" : ")[0].split() if each[0] == "("
    ]
    return len(set(names)) < len(names)


def _problem(draft: Draft, family: str, level: int, digest: str) -> Problem:
    name = f"gen_{family}_{level}_{digest[:10]}"
    return Problem(
        name=name,
        statement=_laid_out(f"theorem {name}", [*draft.binders, f": {draft.claim}"]),
        header=draft.header.strip() + "\n\n" if draft.header else "",
        category=family,
        level=level,
        expected=draft.expected,
        source="generated",
    )


def _laid_out(start: str, parts: Sequence[str]) -> str:
    """Join the parts by blanks, or by a new line where the line would become too long."""
    lines = [start]
    for part in parts:
        if len(lines[-1]) + 1 + len(part) > WIDTH:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}"
    return "\n".join(lines)
