"""Take a pretty-printed goal apart: its case tag, hypotheses and target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from prover.policy.terms import Apply, Binder, Name, Operation, Term, read_term

NUMBER_TYPES = frozenset({"Nat", "ℕ", "Int", "ℤ", "Rat", "ℚ"})

_DECLARED = re.compile(r"(?P<names>[^\s⊢].*?) :\s+(?P<type>.*)")
_TYPE_CONSTRUCTORS = frozenset(
    {"Type", "Sort", "List", "Array", "Vector", "Option", "Fin", "BitVec", "Subtype", "Except", "Sum", "Prod"}
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
    """One goal. `facts` are the hypotheses that are propositions, `variables` all others."""

    case: str
    hypotheses: tuple[Hypothesis, ...]
    target: str

    @cached_property
    def target_term(self) -> Term:
        """The target, read."""
        return read_term(self.target)

    @cached_property
    def facts(self) -> tuple[Hypothesis, ...]:
        """The accessible hypotheses that state something."""
        return tuple(
            each for each in self.hypotheses if each.accessible and self._states_something(each.term)
        )

    @cached_property
    def variables(self) -> tuple[Hypothesis, ...]:
        """The accessible hypotheses that are things: numbers, functions, types."""
        return tuple(
            each for each in self.hypotheses if each.accessible and not self._states_something(each.term)
        )

    def numbers(self, *types: str) -> tuple[Hypothesis, ...]:
        """Return the variables of the given number types, of any number type if none is given."""
        wanted = types or NUMBER_TYPES
        return tuple(each for each in self.variables if each.type in wanted)

    def _states_something(self, term: Term) -> bool:
        """Say whether `term`, the type of a hypothesis, is a proposition; a guess where only Lean can tell."""
        match term:
            case Binder(kind="∀", body=conclusion) | Operation(operator="→", operands=(_, conclusion)):
                return self._states_something(conclusion)
            case Name(text):
                return text in {"True", "False"} or text in self._predicates or "." in text
            case Apply(function=function):
                return function.text not in _TYPE_CONSTRUCTORS
            case Operation(operator=operator):
                return operator != "×"
            case _:
                return True

    @cached_property
    def _predicates(self) -> frozenset[str]:
        """The names of variables that are propositions, or become one when applied."""
        return frozenset(each.name for each in self.hypotheses if each.type.endswith("Prop"))


def parse_goal(text: str) -> Goal:
    """Read one goal as Lean prints it. Lines that it does not know are skipped."""
    case = ""
    hypotheses: list[Hypothesis] = []
    target = ""
    for line in _joined(text):
        if line.startswith("case "):
            case = line.removeprefix("case ").strip()
        elif line.startswith("⊢"):
            target = line.removeprefix("⊢").strip()
        elif declared := _DECLARED.match(line):
            shown, _, value = declared["type"].partition(" := ")
            hypotheses += [Hypothesis(name, shown, value) for name in declared["names"].split()]
    return Goal(case, tuple(hypotheses), target)


def _joined(text: str) -> list[str]:
    """Return the lines of a goal with continuation lines, which are indented, joined to theirs."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.rstrip())
    return lines
