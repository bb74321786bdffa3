"""Decontamination: remove training problems that equal or resemble evaluation problems.

A training problem goes when its normalised statement equals that of an evaluation problem, or when n-grams of
tokens that they share make up too much of the shorter of the two. Long n-grams are the usual measure (Brown et al.
2020, arXiv:2005.14165, appendix C, uses 13 words); statements are short, so 8 tokens are taken here, and those of which
all Lean statements are full, as ``( h : # % 2 =``, are why a share is asked for and not one match.
Statements below that many tokens are compared for equality alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prover.problems.problem import ProblemSet
from prover.problems.splits import Ngrams, ngrams, normalise_statement

NGRAM = 8
THRESHOLD = 0.5
"""The least share of the n-grams of the shorter statement that are in the other."""
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A training problem that was taken out, and the evaluation problem it resembles most.

    `score` is the share of the shorter one's n-grams that they have in common; 1 also where `equal`.
    """

    removed: str
    evaluation_set: str
    evaluation_problem: str
    score: float
    equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecontaminationReport:
    """What was compared with what, and what was taken out. `evaluation` has the size of each set."""

    training: str
    before: int
    evaluation: dict[str, int]
    ngram: int
    threshold: float
    matches: tuple[Match, ...]

    @property
    def after(self) -> int:
        """How many problems are left."""
        return self.before - len(self.matches)

    def text(self) -> str:
        """Return it in words, with the most alike pairs."""
        against = ", ".join(f"{name} ({count})" for name, count in self.evaluation.items())
        equal = sum(each.equal for each in self.matches)
        lines = [
            f"{self.training}: {self.before} problems compared with {against}: {equal} equal to one of these, "
            f"{len(self.matches) - equal} with {self.threshold:.0%} or more of the {self.ngram}-grams in common; "
            f"{self.after} are left."
        ]
        alike = sorted(self.matches, key=lambda each: (-each.equal, -each.score, each.removed))
        for each in alike[:SHOWN]:
            how = "equal" if each.equal else f"{each.score:.2f}"
            lines.append(f"  {how}  {each.removed} ~ {each.evaluation_set}/{each.evaluation_problem}")
        if len(alike) > SHOWN:
            lines.append(f"  and {len(alike) - SHOWN} more")
        return "\n".join(lines)


def decontaminate(
    training: ProblemSet,
    evaluation: Sequence[ProblemSet],
    *,
    threshold: float = THRESHOLD,
    size: int = NGRAM,
) -> tuple[ProblemSet, DecontaminationReport]:
    """Take out the training problems that are too like a problem of an evaluation set.

    The time is proportional to the n-grams that are shared: an inverted index of the evaluation sets' n-grams
    counts them, and no other pairs are looked at.
    """
    known = [
        (each.name, problem.name, normalise_statement(problem)) for each in evaluation for problem in each
    ]
    by_text: dict[tuple[str, ...], int] = {}
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    grams: list[Ngrams] = []
    for number, (_, _, tokens) in enumerate(known):
        by_text.setdefault(tokens, number)
        grams.append(ngrams(tokens, size) if len(tokens) >= size else frozenset())
        for gram in grams[-1]:
            index[gram].append(number)
    kept, matches = [], []
    for problem in training:
        tokens = normalise_statement(problem)
        equal = by_text.get(tokens)
        found = (equal, 1.0) if equal is not None else _most_alike(tokens, grams, index, size)
        if found is None or found[1] < threshold:
            kept.append(problem)
            continue
        number, score = found
        set_name, name, _ = known[number]
        matches.append(
            Match(
                removed=problem.name,
                evaluation_set=set_name,
                evaluation_problem=name,
                score=round(score, 4),
                equal=equal is not None,
            )
        )
    report = DecontaminationReport(
        training=training.name,
        before=len(training),
        evaluation={each.name: len(each) for each in evaluation},
        ngram=size,
        threshold=threshold,
        matches=tuple(matches),
    )
    return replace(training, problems=tuple(kept)), report


def _most_alike(
    tokens: Sequence[str],
    grams: Sequence[Ngrams],
    index: dict[tuple[str, ...], list[int]],
    size: int,
) -> tuple[int, float] | None:
    if len(tokens) < size:
        return None
    own = ngrams(tokens, size)
    shared = Counter(number for gram in own for number in index.get(gram, ()))
    scored = [(count / min(len(own), len(grams[number])), -number) for number, count in shared.items()]
    if not scored:
        return None
    score, number = max(scored)
    return -number, score
