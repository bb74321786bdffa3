"""Statements compared as text, near-duplicates removed, and sets divided into train, valid and test.

A statement is compared without the names it chose: the theorem's name goes, and what its binders and quantifiers
bind is numbered in order of appearance. Numbers and the names of Lean's own things stay. Two statements are
near-duplicates when the n-grams of their tokens overlap (Jaccard) above a threshold, as in the deduplication of
language models' data (Lee et al. 2022, arXiv:2107.06499, section 4). This is text: statements that say
the same in different words are not noticed.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from prover.problems.problem import Problem, ProblemSet

NGRAM = 5
"""How many tokens an n-gram has where near-duplicates are looked for."""
THRESHOLD = 0.8
"""The least Jaccard overlap of near-duplicates."""
SHARES = {"train": 0.9, "valid": 0.05, "test": 0.05}

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\W\d][\w.!?\']*|\d+(?:\.\d+)?|:=|[^\w\s]')
_HEAD = re.compile(r"\A(?:@\[[^\]]*\]\s*)?(?:\w+\s+)*?(?:theorem|lemma)\s+(?P<name>\S+)")
_NAME = re.compile(r"[^\W\d][\w.!?']*")
_SPELLINGS = {"ℕ": "Nat", "ℤ": "Int", "ℚ": "Rat", "ℝ": "Real"}
_BINDS = frozenset({"∀", "∃", "fun", "λ", "Σ", "Π"})
_OPENS = frozenset("({[⦃")
_DEFINES = frozenset({"abbrev", "def", "inductive", "structure"})

Ngrams = frozenset[tuple[str, ...]]


def normalise_statement(problem: Problem) -> tuple[str, ...]:
    """Return the tokens of the statement, with numbers for the names that it binds.

    A name that the header defines stands for all of the header's definitions, so that statements about
    functions of the same name but with different definitions differ.
    """
    head = _HEAD.match(problem.statement)
    body = problem.statement[head.end("name") :] if head else problem.statement
    defining = _tokens(_definitions(problem.header))
    meaning = hashlib.sha256(" ".join(_rename(defining, {})).encode()).hexdigest()[:12] if defining else ""
    defined = {name: f"{number}@{meaning}" for number, name in enumerate(_find_defined(defining))}
    return _rename(_tokens(body), defined)


def _tokens(text: str) -> list[str]:
    return [_SPELLINGS.get(each, each) for each in _TOKEN.findall(text)]


def _rename(tokens: Sequence[str], names: dict[str, str]) -> tuple[str, ...]:
    """Return the tokens with `names` replaced, and numbers for the other names that they bind or define."""
    numbers = dict(names)
    for name in (*_find_defined(tokens), *_bound(tokens)):
        numbers.setdefault(name, f"#{len(numbers)}")
    return tuple(_number(each, numbers) for each in tokens)


def _definitions(header: str) -> str:
    lines = header.splitlines()
    skipped = ("import ", "open ", "set_option ", "notation ", "--")
    return "\n".join(line for line in lines if not line.startswith(skipped))


def _bound(tokens: Sequence[str]) -> Iterable[str]:
    """Yield the names that are bound: before a colon in brackets, or after a quantifier."""
    for index, token in enumerate(tokens):
        if token in _OPENS or token in _BINDS:
            names: list[str] = []
            for each in tokens[index + 1 :]:
                if not _NAME.fullmatch(each):
                    break
                names.append(each)
            after = tokens[index + 1 + len(names)] if index + 1 + len(names) < len(tokens) else ""
            if names and (token in _BINDS or after == ":"):
                yield from names


def _find_defined(tokens: Sequence[str]) -> list[str]:
    return [name for keyword, name in itertools.pairwise(tokens) if keyword in _DEFINES]


def _number(token: str, numbers: dict[str, str]) -> str:
    """Number a name, or the name before the first dot of one, as in ``xs.length``."""
    first, dot, rest = token.partition(".")
    return numbers.get(token) or (f"{numbers[first]}{dot}{rest}" if first in numbers else token)


def ngrams(tokens: Sequence[str], size: int) -> Ngrams:
    """Return the n-grams; of fewer tokens than `size`, all of them as one."""
    if len(tokens) <= size:
        return frozenset([tuple(tokens)])
    return frozenset(tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A problem that was removed, the one that was kept in its stead, and their overlap, 1 for equal ones."""

    removed: str
    kept: str
    score: float


def without_near_duplicates(
    problems: ProblemSet, *, threshold: float = THRESHOLD, size: int = NGRAM
) -> tuple[ProblemSet, list[Duplicate]]:
    """Keep the first of problems whose n-grams overlap by at least `threshold`, and say what was removed.

    Exact: two sets overlap that much only if they share one of the rarest n-grams of each, so only pairs that
    do are compared (prefix filtering; Bayardo, Ma and Srikant 2007, section 4.2).
    """
    grams = [ngrams(normalise_statement(each), size) for each in problems]
    frequency = Counter(gram for each in grams for gram in each)
    kept: list[int] = []
    removed: list[Duplicate] = []
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, (problem, own) in enumerate(zip(problems, grams, strict=True)):
        rarest = sorted(own, key=lambda gram: (frequency[gram], gram))
        prefix = rarest[: len(own) - _least_common(threshold, len(own)) + 1]
        best, score = -1, threshold
        for other in sorted({each for gram in prefix for each in index[gram]}):
            overlap = _jaccard(own, grams[other])
            if overlap >= score and (best < 0 or overlap > score):
                best, score = other, overlap
        if best >= 0:
            removed.append(
                Duplicate(removed=problem.name, kept=problems.problems[best].name, score=round(score, 4))
            )
            continue
        kept.append(number)
        for gram in prefix:
            index[gram].append(number)
    return replace(problems, problems=tuple(problems.problems[each] for each in kept)), removed


def _least_common(threshold: float, count: int) -> int:
    """Return how many of `count` n-grams a set must share with another to reach `threshold`."""
    return max(1, math.ceil(threshold * count - 1e-9))


def _jaccard(one: Ngrams, other: Ngrams) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def assign_splits(problems: ProblemSet, shares: dict[str, float] | None = None) -> ProblemSet:
    """Return the problems with their splits, chosen by the content of each alone.

    So a problem stays in its split whatever else is in the set, whatever it is called, and whatever names it
    gives its variables. `shares` add up to 1.
    """
    wanted = SHARES if shares is None else shares
    if abs(sum(wanted.values()) - 1) > 1e-9 or min(wanted.values()) < 0:
        raise ValueError(f"shares must not be negative and add up to 1, not {wanted}")
    return replace(problems, problems=tuple(replace(each, split=_split(each, wanted)) for each in problems))


def _split(problem: Problem, shares: dict[str, float]) -> str:
    digest = hashlib.sha256("\0".join(normalise_statement(problem)).encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    below = 0.0
    for name, share in shares.items():
        below += share
        if place < below:
            return name
    return next(reversed(shares))
