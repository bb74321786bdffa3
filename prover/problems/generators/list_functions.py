"""Recursive functions on lists, defined in the header, and what is true of them by induction."""

# ruff: noqa: E501  (tables, one law a line)
from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.problems.generators.draft import LISTS, Draft, DrawRejected, Names, binder, wants_true

_List = tuple[int, ...]
_SAMPLES: Sequence[_List] = ((), (0,), (3,), (1, 2), (5, 0, 4), (2, 2, 1, 7))


@dataclass(frozen=True, slots=True)
class _Function:
    """A definition with the holes {f}, its name, and {k}; and the same in Python.

    With `++` in it, it is noncomputable: the embedded Lean cannot compile that.
    """

    names: str
    definition: str
    value: Callable[[_List, int], object]


_TO_LIST = (
    _Function(
        "scale timesAll stretch",
        "def {f} : List Nat → List Nat\n  | [] => []\n  | x :: xs => ({k} * x) :: {f} xs\n",
        lambda xs, k: tuple(k * x for x in xs),
    ),
    _Function(
        "shift addAll bump",
        "def {f} : List Nat → List Nat\n  | [] => []\n  | x :: xs => (x + {k}) :: {f} xs\n",
        lambda xs, k: tuple(x + k for x in xs),
    ),
    _Function(
        "stutter twice dup",
        "def {f} : List Nat → List Nat\n  | [] => []\n  | x :: xs => x :: x :: {f} xs\n",
        lambda xs, k: tuple(x for x in xs for _ in range(2)),
    ),
    _Function(
        "rev turned backwards",
        "noncomputable def {f} : List Nat → List Nat\n  | [] => []\n  | x :: xs => {f} xs ++ [x]\n",
        lambda xs, k: xs[::-1],
    ),
    _Function(
        "keepLarge dropSmall sift",
        "def {f} : List Nat → List Nat\n  | [] => []\n  | x :: xs => if {k} < x then x :: {f} xs else {f} xs\n",
        lambda xs, k: tuple(x for x in xs if k < x),
    ),
)
_TO_NUMBER = (
    _Function(
        "total sumUp addUp",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | x :: xs => x + {f} xs\n",
        lambda xs, k: sum(xs),
    ),
    _Function(
        "size len count",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | _ :: xs => {f} xs + 1\n",
        lambda xs, k: len(xs),
    ),
    _Function(
        "weight cost load",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | x :: xs => {k} * x + {f} xs\n",
        lambda xs, k: k * sum(xs),
    ),
    _Function(
        "price points score",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | _ :: xs => {f} xs + {k}\n",
        lambda xs, k: k * len(xs),
    ),
    _Function(
        "largest top maxOf",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | x :: xs => max x ({f} xs)\n",
        lambda xs, k: max(xs, default=0),
    ),
    _Function(
        "hits occurrences countOf",
        "def {f} : List Nat → Nat\n  | [] => 0\n  | x :: xs => if x = {k} then {f} xs + 1 else {f} xs\n",
        lambda xs, k: xs.count(k),
    ),
)


def list_functions(rng: random.Random, level: int) -> Draft:
    """Draw one or two functions and a law of theirs.

    The laws hold of all functions like these or fail on short lists: of list functions that they
    distribute over `++`, or go with one another; of numbers that they add up, are bounded, or are unchanged by
    a list function. Which of these hold is found by trying short lists, on which functions that go through a
    list once, element by element, differ if they differ at all.
    """
    names = Names(rng)
    xs, ys = names.some([each for each in LISTS if "s" not in each.split()], 2)
    first = rng.choice(_TO_LIST if rng.random() < 0.5 else _TO_NUMBER)
    second = rng.choice(_TO_LIST)
    ks = rng.randint(2, 2 + level), rng.randint(2, 2 + level)
    f, g = rng.choice(first.names.split()), rng.choice(second.names.split())
    if level <= 1 or first is second:
        laws = _single_laws(first in _TO_LIST, f, xs, ys, ks[0], level)
        defined = [(f, first, ks[0])]
    else:
        laws = _double_laws(first in _TO_LIST, f, g, xs, ys, ks)
        defined = [(f, first, ks[0]), (g, second, ks[1])]
    text, holds = rng.choice(laws)

    def value(index: int, argument: _List) -> object:
        return defined[index][1].value(argument, defined[index][2])

    expected = all(holds(value, a, b) for a, b in itertools.product(_SAMPLES, repeat=2))
    if expected != wants_true(rng):
        raise DrawRejected
    header = "\n".join(
        each.definition.replace("{f}", name).replace("{k}", str(k)) for name, each, k in defined
    )
    used = [xs] if ys not in text.replace("(", " ").replace(")", " ").replace(".", " ").split() else [xs, ys]
    return Draft(binders=(binder(used, f"List {names.nat}"),), claim=text, expected=expected, header=header)


_Value = Callable[[int, _List], object]
_Law = tuple[str, Callable[[_Value, _List, _List], bool]]


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _list(value: object) -> _List:
    assert isinstance(value, tuple)
    return value


def _single_laws(to_list: bool, f: str, xs: str, ys: str, k: int, level: int) -> list[_Law]:
    if to_list:
        return [
            (f"{f} ({xs} ++ {ys}) = {f} {xs} ++ {f} {ys}", lambda v, a, b: v(0, a + b) == _list(v(0, a)) + _list(v(0, b))),
            (f"{f} ({xs} ++ {ys}) = {f} {ys} ++ {f} {xs}", lambda v, a, b: v(0, a + b) == _list(v(0, b)) + _list(v(0, a))),
            (f"({f} {xs}).length = {xs}.length", lambda v, a, b: len(_list(v(0, a))) == len(a)),
            (f"({f} {xs}).length ≤ {xs}.length", lambda v, a, b: len(_list(v(0, a))) <= len(a)),
            (f"({f} {xs}).length = 2 * {xs}.length", lambda v, a, b: len(_list(v(0, a))) == 2 * len(a)),
            (f"{f} ({f} {xs}) = {xs}", lambda v, a, b: v(0, _list(v(0, a))) == a),
            (f"{f} ({f} {xs}) = {f} {xs}", lambda v, a, b: v(0, _list(v(0, a))) == v(0, a)),
            (f"{f} {xs} = {xs}.reverse", lambda v, a, b: v(0, a) == a[::-1]),
            (f"{f} {xs} = {xs}.map (fun x => {k} * x)", lambda v, a, b: v(0, a) == tuple(k * x for x in a)),
            (f"{f} {xs} = {xs}.map (fun x => x + {k})", lambda v, a, b: v(0, a) == tuple(x + k for x in a)),
            (f"{f} {xs} = {xs}.filter (fun x => {k} < x)", lambda v, a, b: v(0, a) == tuple(x for x in a if k < x)),
            (f"{f} {xs}.reverse = ({f} {xs}).reverse", lambda v, a, b: v(0, a[::-1]) == _list(v(0, a))[::-1]),
        ]  # fmt: skip
    return [
        (f"{f} ({xs} ++ {ys}) = {f} {xs} + {f} {ys}", lambda v, a, b: v(0, a + b) == _number(v(0, a)) + _number(v(0, b))),
        (f"{f} ({xs} ++ {ys}) = max ({f} {xs}) ({f} {ys})", lambda v, a, b: v(0, a + b) == max(_number(v(0, a)), _number(v(0, b)))),
        (f"{f} ({xs} ++ {ys}) = {f} ({ys} ++ {xs})", lambda v, a, b: v(0, a + b) == v(0, b + a)),
        (f"{f} {xs}.reverse = {f} {xs}", lambda v, a, b: v(0, a[::-1]) == v(0, a)),
        (f"{f} {xs} ≤ {xs}.length", lambda v, a, b: _number(v(0, a)) <= len(a)),
        (f"{f} {xs} ≤ {xs}.sum", lambda v, a, b: _number(v(0, a)) <= sum(a)),
        (f"{f} {xs} = {xs}.sum", lambda v, a, b: v(0, a) == sum(a)),
        (f"{f} {xs} = {k} * {xs}.sum", lambda v, a, b: v(0, a) == k * sum(a)),
        (f"{f} {xs} = {xs}.length", lambda v, a, b: v(0, a) == len(a)),
        (f"{f} {xs} = {k} * {xs}.length", lambda v, a, b: v(0, a) == k * len(a)),
        (f"{f} {xs} ≤ {f} ({xs} ++ {ys})", lambda v, a, b: _number(v(0, a)) <= _number(v(0, a + b))),
    ]  # fmt: skip


def _double_laws(to_list: bool, f: str, g: str, xs: str, ys: str, ks: tuple[int, int]) -> list[_Law]:
    k = ks[1]
    if to_list:
        return [
            (f"{f} ({g} {xs}) = {g} ({f} {xs})", lambda v, a, b: v(0, _list(v(1, a))) == v(1, _list(v(0, a)))),
            (f"({f} ({g} {xs})).length = ({g} {xs}).length", lambda v, a, b: len(_list(v(0, _list(v(1, a))))) == len(_list(v(1, a)))),
            (f"({f} ({g} {xs})).length = ({g} ({f} {xs})).length", lambda v, a, b: len(_list(v(0, _list(v(1, a))))) == len(_list(v(1, _list(v(0, a)))))),
            (f"{f} ({g} ({xs} ++ {ys})) = {f} ({g} {xs}) ++ {f} ({g} {ys})", lambda v, a, b: v(0, _list(v(1, a + b))) == _list(v(0, _list(v(1, a)))) + _list(v(0, _list(v(1, b))))),
            (f"{f} ({g} {xs} ++ {ys}) = {f} ({g} {xs}) ++ {f} {ys}", lambda v, a, b: v(0, _list(v(1, a)) + b) == _list(v(0, _list(v(1, a)))) + _list(v(0, b))),
            (f"{f} {xs} = {g} {xs}", lambda v, a, b: v(0, a) == v(1, a)),
        ]  # fmt: skip
    return [
        (f"{f} ({g} {xs}) = {f} {xs}", lambda v, a, b: v(0, _list(v(1, a))) == v(0, a)),
        (f"{f} ({g} {xs}) = 2 * {f} {xs}", lambda v, a, b: v(0, _list(v(1, a))) == 2 * _number(v(0, a))),
        (f"{f} ({g} {xs}) = {k} * {f} {xs}", lambda v, a, b: v(0, _list(v(1, a))) == k * _number(v(0, a))),
        (f"{f} ({g} {xs}) = {f} {xs} + {k} * {xs}.length", lambda v, a, b: v(0, _list(v(1, a))) == _number(v(0, a)) + k * len(a)),
        (f"{f} ({g} {xs}) ≤ {f} {xs}", lambda v, a, b: _number(v(0, _list(v(1, a)))) <= _number(v(0, a))),
        (f"{f} {xs} ≤ {f} ({g} {xs})", lambda v, a, b: _number(v(0, a)) <= _number(v(0, _list(v(1, a))))),
        (f"{f} ({g} {xs} ++ {ys}) = {f} ({g} {xs}) + {f} {ys}", lambda v, a, b: v(0, _list(v(1, a)) + b) == _number(v(0, _list(v(1, a)))) + _number(v(0, b))),
    ]  # fmt: skip
