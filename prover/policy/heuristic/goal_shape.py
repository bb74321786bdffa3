"""Take a pretty-printed goal apart: its case tag, hypotheses and target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from prover.policy.heuristic.declared import NOTHING, Declared
from prover.policy.heuristic.terms import Apply, Binder, Name, Opaque, Operation, Term, read_term

NUMBER_TYPES = frozenset({"Nat", "ℕ", "Int", "ℤ", "Rat", "ℚ"})

_DECLARED = re.compile(r"(?P<names>[^\s⊢].*?) :\s+(?P<type>.*)")
_WORD = re.compile(r"[^\W\d][\w'!?✝]*")
_TYPE_CONSTRUCTORS = frozenset(
    {"Type", "Sort", "List", "Array", "Vector", "Option", "Fin", "BitVec", "Subtype", "Except", "Sum", "Prod"}
    | {"Sigma", "PSigma", "ULift", "PLift", "Thunk", "Subarray", "Quotient", "Quot", "Id"}
)


@dataclass(frozen=True)
class Hypothesis:
    """One name of the local context. `value` is what a ``let`` variable stands for, else empty."""

    name: str
    type: str
    value: str = ""

    @property
    def accessible(self) -> bool:
        """Whether a tactic can refer to it by its name."""
        return "✝" not in self.name

    @cached_property
    def term(self) -> Term:
        """The type, read."""
        return read_term(self.type)


@dataclass(frozen=True)
class Goal:
    """One goal. `facts` are the hypotheses that are propositions, `variables` all others.

    `declared` is what the theorem's file declares before it, as far as that is known.
    """

    case: str
    hypotheses: tuple[Hypothesis, ...]
    target: str
    declared: Declared = NOTHING

    @cached_property
    def target_term(self) -> Term:
        """The target, read."""
        return read_term(self.target)

    @cached_property
    def facts(self) -> tuple[Hypothesis, ...]:
        """The accessible hypotheses that state something."""
        return tuple(each for each in self.hypotheses if each.accessible and self._is_proposition(each))

    @cached_property
    def variables(self) -> tuple[Hypothesis, ...]:
        """The accessible hypotheses that are things: numbers, functions, types."""
        return tuple(each for each in self.hypotheses if each.accessible and not self._is_proposition(each))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all hypotheses."""
        return frozenset(each.name for each in self.hypotheses)

    def numbers(self, *types: str) -> tuple[Hypothesis, ...]:
        """Return the variables of the given number types, of any number type if none is given."""
        wanted = types or NUMBER_TYPES
        return tuple(each for each in self.variables if each.type in wanted)

    def _is_proposition(self, hypothesis: Hypothesis) -> bool:
        """Say whether a hypothesis is a proof; a guess where the text of the goal and the file do not tell.

        The guess: what the target or another hypothesis speaks of is a thing, since statements do not mention proofs.
        """
        head = _head_of_conclusion(hypothesis.term)
        match head:
            case Name("True" | "False"):
                return True
            case Name(text):
                if text in self._predicates:
                    return True
            case Operation(operator=operator):
                return operator != "×"
            case Opaque(text):
                return not text.startswith("{")
            case _:
                return True
        if text in _TYPE_CONSTRUCTORS:
            return False
        if (declared := self.declared.is_proposition(text)) is not None:
            return declared
        if "." not in text and isinstance(hypothesis.term, Name):
            return False
        return hypothesis.name not in self._mentioned

    @cached_property
    def _predicates(self) -> frozenset[str]:
        """The names of variables that are propositions, or become one when applied."""
        return frozenset(each.name for each in self.hypotheses if each.type.endswith("Prop"))

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The words of the target and of the hypotheses' types."""
        texts = (self.target, *(each.type for each in self.hypotheses))
        return frozenset(word for text in texts for word in _WORD.findall(text))


def _head_of_conclusion(term: Term) -> Term:
    """Return what a type says in the end, after its arguments: only the function where one is applied."""
    while True:
        match term:
            case Binder(kind="∀", body=inner) | Operation(operator="→", operands=(_, inner)):
                term = inner
            case Apply(function=inner):
                term = inner
            case _:
                return term


def parse_goal(text: str, declared: Declared = NOTHING) -> Goal:
    """Read one goal as Lean prints it. Lines that it does not know are skipped."""
    case = ""
    hypotheses: list[Hypothesis] = []
    target = ""
    for line in _join_lines(text):
        if line.startswith("case "):
            case = line.removeprefix("case ").strip()
        elif line.startswith("⊢"):
            target = line.removeprefix("⊢").strip()
        elif found := _DECLARED.match(line):
            shown, _, value = found["type"].partition(" := ")
            hypotheses += [Hypothesis(name, shown, value) for name in found["names"].split()]
    return Goal(case, tuple(hypotheses), target, declared)


def _join_lines(text: str) -> list[str]:
    """Return the lines of a goal with continuation lines, which are indented, joined to theirs."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.rstrip())
    return lines
