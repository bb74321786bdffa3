"""A problem, a set of them, and the part of a set that is wanted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from prover.errors import InputError
from prover.lean.reading.pocket import uses_library
from prover.lean.reading.prelude import core_header, imported_libraries
from prover.lean.reading.statements import with_theorem
from prover.lean.theorem import ENDING, Theorem

CORE_LIBRARIES = frozenset({"Init", "Lean", "Std"})
"""The libraries that every Lean has."""

LEAN_3 = "looks like Lean 3"
NO_PROBLEMS = (
    "In .lean files, problems are theorems whose proof has `sorry`, and all others, too, with --solved; in .jsonl "
    "and .parquet files, records."
)
RECORD = (
    'A record has a `statement`, a declaration such as "theorem foo (a b : Nat) : a + b = b + a", and if it likes '
    "`name`, `header`, `split`, `informal`, `category`, `level` and `expected`."
)

_CATEGORY = re.compile(
    r"(?P<mathd>mathd_(?:algebra|numbertheory))_"
    r"|(?P<amc>amc)\d+[ab]?_"
    r"|(?P<aime>aime)I{0,2}_"
    r"|(?P<imo>imo)(?:sl)?_"
    r"|(?P<topic>induction|numbertheory|algebra)_"
)
_SHARD = re.compile(r"(?P<index>\d+)/(?P<count>\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A theorem to be proved, as its source states it.

    `name` is unique in its set; `full_name` is the one that Lean gives the declaration, and empty where that
    is the same. `statement` is the declaration's head without ``:=``, `header` what stands before it,
    `informal` the problem in words, `source` where it was read, for people. `category` is for tables. Of
    generated problems it is known how hard they are meant to be, `level`, 1 being the easiest, and whether they
    are true, `expected`; elsewhere both are None. `written` is what the source has from the declaration on, nothing
    cut out of it, where the source is a text: the judge takes the statement from there.

    A record of a public set that is no such thing keeps its place in the set, so that it is counted: `unusable`
    says what is wrong with it, and `statement` is what is written there. `shared_name` is what the source calls a
    problem that has another name here, since others are called that, too.
    """

    name: str
    statement: str
    header: str = ""
    split: str = ""
    informal: str = ""
    category: str = ""
    full_name: str = ""
    source: str = ""
    level: int | None = None
    expected: bool | None = None
    unusable: str = ""
    written: str = field(default="", compare=False, repr=False)
    shared_name: str = field(default="", compare=False, repr=False)

    @property
    def needs_more_than_core(self) -> bool:
        """Whether the header imports anything beyond the libraries that every Lean has."""
        return not imported_libraries(self.header) <= CORE_LIBRARIES

    def theorem(self, *, core: bool, pocket: bool = False) -> Theorem:
        """Return the theorem; with `core`, for an engine that has no Mathlib, and with `pocket`, the pocket library.

        Then the header is rewritten by :func:`prover.lean.reading.prelude.core_header`, unless it imports what it
        needs and that is core. With `pocket` it is the library's, if the header or the statement seems to use that.

        Raises:
            InputError: it is unusable.
        """
        if self.unusable:
            raise InputError(f"{self.source}: {self.unusable}")
        libraries = imported_libraries(self.header)
        complete = bool(libraries) and libraries <= CORE_LIBRARIES
        over_library = pocket and (
            "Pocket" in libraries or uses_library(f"{self.header}\n{self.written or self.statement}")
        )
        theorem = Theorem(
            name=self.full_name or self.name,
            statement=with_theorem(self.statement) if core else self.statement,
            header=core_header(self.header, pocket=over_library, auto_bound=pocket)
            if core and not complete
            else self.header,
            source=self.source,
        )
        written = with_theorem(self.written) if core else self.written
        return theorem.with_given(written + ENDING) if written else theorem


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSet:
    """Problems in order, with names that differ.

    `origin` is where the set is from, a repository's URL or a path; `version` the commit, if it has one.
    """

    name: str
    problems: tuple[Problem, ...]
    origin: str = ""
    version: str = ""

    def __post_init__(self) -> None:
        seen: dict[str, Problem] = {}
        for problem in self.problems:
            if other := seen.get(problem.name):
                raise InputError(
                    f"{problem.source}: {problem.name} is there already, at {other.source}",
                    advice="Give every problem of a set a name of its own.",
                )
            seen[problem.name] = problem

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def unusable(self) -> tuple[Problem, ...]:
        """The records that are no problems."""
        return tuple(each for each in self.problems if each.unusable)

    @property
    def usable(self) -> ProblemSet:
        """The set without the records that are no problems."""
        return replace(self, problems=tuple(each for each in self.problems if not each.unusable))

    @property
    def content_hash(self) -> str:
        """SHA-256, in hexadecimal, over what Lean is given: names, headers and statements, in order.

        Blanks at line ends, blank lines around a text and the kind of line break do not count.
        """
        digest = hashlib.sha256()
        for problem in self.problems:
            for text in (problem.name, problem.full_name or problem.name, problem.header, problem.statement):
                data = _normalise(text).encode()
                digest.update(f"{len(data)}:".encode())
                digest.update(data)
        return digest.hexdigest()

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many problems each split and category has."""
        return dict(sorted(Counter((each.split, each.category) for each in self.problems).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which problems of a set are wanted. The conditions are applied in the order of the fields.

    `pattern` is a regular expression that must occur in the name. `shard` is (i, n) with 1 <= i <= n: of
    every n problems in a row the i-th, so that the n shards together are everything, each once.
    """

    split: str | None = None
    pattern: str | None = None
    limit: int | None = None
    shard: tuple[int, int] = (1, 1)

    def apply(self, problems: ProblemSet) -> ProblemSet:
        """Return the set with only the problems that are wanted.

        Raises:
            InputError: there are none, or `pattern` is not a regular expression.
        """
        chosen: Sequence[Problem] = problems.problems
        if self.split is not None:
            chosen = [each for each in chosen if each.split == self.split]
            if not chosen:
                splits = sorted({each.split for each in problems if each.split})
                there = f"Its splits: {', '.join(splits)}." if splits else "It is not divided into splits."
                raise InputError(f"{problems.name} has no split called {self.split}", advice=there)
        if self.pattern is not None:
            pattern = _compile(self.pattern)
            chosen = [each for each in chosen if pattern.search(each.name)]
        index, count = self.shard
        chosen = chosen[: self.limit][index - 1 :: count]
        if not chosen:
            raise InputError(f"no problem of {problems.name} is left by what was asked for")
        return replace(problems, problems=tuple(chosen))


def parse_shard(text: str) -> tuple[int, int]:
    """Read "i/n".

    Raises:
        InputError: it is something else.
    """
    found = _SHARD.fullmatch(text)
    if found is None or not 1 <= int(found["index"]) <= int(found["count"]):
        raise InputError(
            f"{text!r} is not a shard", advice="Write i/n, for example 1/4 for the first of four."
        )
    return int(found["index"]), int(found["count"])


def distinct(problems: Sequence[Problem], places: Sequence[str]) -> list[Problem]:
    """Return the problems, those that share a name called by their place in the set as well: ``place:name``.

    What is called alike at the same place is numbered, too.
    """
    count = Counter(problem.name for problem in problems)
    placed: Counter[str] = Counter()
    named: list[Problem] = []
    for problem, place in zip(problems, places, strict=True):
        name = problem.name if count[problem.name] == 1 else f"{place}:{problem.name}"
        placed[name] += 1
        name += f"#{placed[name]}" if placed[name] > 1 else ""
        full_name = "" if name == problem.name else problem.name
        shared = "" if name == problem.name else problem.name
        named.append(
            replace(problem, name=name, full_name=problem.full_name or full_name, shared_name=shared)
        )
    return named


def usable_set(problems: ProblemSet, where: str) -> ProblemSet:
    """Return the set, after making sure that there is something to use in it.

    Raises:
        InputError: there is nothing.
    """
    if not problems.problems:
        raise InputError(f"{where} has no problems", advice=NO_PROBLEMS)
    if len(problems.unusable) == len(problems):
        first = problems.problems[0]
        raise InputError(
            f"none of the {len(problems)} records of {where} can be used; {first.source}: {first.unusable}",
            advice="" if first.unusable.startswith(LEAN_3) else RECORD,
        )
    return problems


def category_of(name: str) -> str:
    """Return the category that a name's prefix stands for in miniF2F, or an empty string."""
    found = _CATEGORY.match(name)
    return found[found.lastgroup] if found and found.lastgroup else ""


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InputError(f"{pattern!r} is not a regular expression: {error}") from error


def _normalise(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
