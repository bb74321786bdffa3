"""Types defined in the header: enumerations with functions between them, structures, trees.

A statement about an enumeration is decided by trying its elements. The laws of structures and trees are
written out below with whether they hold.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence

from prover.problems.generators.draft import Draft, DrawRejected, Names, binder, wants_true

_ENUMERATIONS: Mapping[str, Sequence[str]] = {
    "Color": ("red", "green", "blue", "yellow", "white"),
    "Day": ("mon", "tue", "wed", "thu", "fri"),
    "Dir": ("north", "east", "south", "west"),
    "Shape": ("circle", "square", "triangle"),
    "State": ("idle", "busy", "done", "failed"),
    "Level": ("low", "mid", "high"),
    "Card": ("spade", "heart", "diamond", "club"),
}


def enumerations(rng: random.Random, level: int) -> Draft:
    """Draw an enumeration with one or two functions on it, given by tables, and a law of them."""
    of = rng.choice(sorted(_ENUMERATIONS))
    size = min(len(_ENUMERATIONS[of]), 2 + level)
    elements = _ENUMERATIONS[of][: max(3, size)]
    f, g = rng.choice(("next prev", "turn back", "f g", "rot swap", "move step", "up down")).split()
    x, y = rng.choice(("x y", "a b", "c d", "u v")).split()
    tables = [_table(rng, elements) for _ in range(2 if level > 1 else 1)]
    if len(tables) == 2 and rng.random() < 0.3:
        tables[1] = {value: key for key, value in tables[0].items()}
        if len(tables[1]) < len(elements):
            raise DrawRejected
    first, second = tables[0], tables[-1]
    power = rng.randint(1, 1 + level)
    iterated = f"{f} " + f"({f} " * (power - 1) + x + ")" * (power - 1)
    one = rng.choice(elements)
    laws: list[tuple[str, Callable[[str, str], bool]]] = [
        (f"{iterated} = {x}", lambda a, b: _iterate(first, a, power) == a),
        (f"{f} {x} = {f} {y} → {x} = {y}", lambda a, b: first[a] != first[b] or a == b),
        (f"{f} {x} ≠ {x}", lambda a, b: first[a] != a),
        (f"{f} ({f} {x}) = {f} {x}", lambda a, b: first[first[a]] == first[a]),
        (f"{iterated} = {of}.{one} → {x} ≠ {of}.{one}", lambda a, b: _iterate(first, a, power) != one or a != one),
    ]  # fmt: skip
    if len(tables) > 1:
        laws += [
            (f"{f} ({g} {x}) = {x}", lambda a, b: first[second[a]] == a),
            (f"{f} ({g} {x}) = {g} ({f} {x})", lambda a, b: first[second[a]] == second[first[a]]),
            (
                f"{f} {x} = {of}.{one} ∨ {g} {x} ≠ {of}.{one}",
                lambda a, b: first[a] == one or second[a] != one,
            ),
        ]
    text, holds = rng.choice(laws)
    surjective = rng.random() < 0.15
    if surjective:
        text = f"∃ {x}, {f} {x} = {y}"
        expected = set(first.values()) == set(elements)
    else:
        expected = all(holds(a, b) for a, b in itertools.product(elements, repeat=2))
    if expected != wants_true(rng):
        raise DrawRejected
    used = [y] if surjective else [x, y] if f" {y}" in text else [x]
    header = f"inductive {of} where\n" + "".join(f"  | {each}\n" for each in elements)
    for name, table in zip((f, g), tables, strict=False):
        cases = "".join(f"  | .{each} => .{table[each]}\n" for each in elements)
        header += f"\ndef {name} : {of} → {of}\n{cases}"
    quantified = rng.random() < 0.4
    return Draft(
        binders=() if quantified else (binder(used, of),),
        claim=f"∀ {' '.join(used)} : {of}, {text}" if quantified else text,
        expected=expected,
        header=header,
    )


def _table(rng: random.Random, elements: Sequence[str]) -> dict[str, str]:
    values = (
        rng.choices(elements, k=len(elements)) if rng.random() < 0.4 else rng.sample(elements, len(elements))
    )
    return dict(zip(elements, values, strict=True))


def _iterate(table: Mapping[str, str], start: str, times: int) -> str:
    for _ in range(times):
        start = table[start]
    return start


_POINT = """structure {T} where
  {a} : Int
  {b} : Int

def {T}.add (p q : {T}) : {T} := ⟨p.{a} + q.{a}, p.{b} + q.{b}⟩

def {T}.swap (p : {T}) : {T} := ⟨p.{b}, p.{a}⟩

def {T}.scale (k : Int) (p : {T}) : {T} := ⟨k * p.{a}, k * p.{b}⟩

def {T}.norm (p : {T}) : Int := p.{a} * p.{a} + p.{b} * p.{b}
"""
_POINT_LAWS: Sequence[tuple[int, str, bool]] = (
    (1, "p.swap.swap = p", True),
    (1, "p.swap = p", False),
    (1, "p.swap.{a} = p.{b}", True),
    (1, "(p.add q).{a} = p.{a} + q.{a}", True),
    (1, "(p.add q).{a} = p.{a} + q.{b}", False),
    (2, "p.add q = q.add p", True),
    (2, "(p.add q).swap = p.swap.add q.swap", True),
    (2, "(p.add q).swap = p.add q.swap", False),
    (2, "p.swap = q.swap → p = q", True),
    (2, "p.norm = q.norm → p = q", False),
    (3, "(p.add q).add r = p.add (q.add r)", True),
    (3, "p.swap.norm = p.norm", True),
    (3, "({T}.scale {k} p).swap = {T}.scale {k} p.swap", True),
    (3, "({T}.scale {k} p).norm = {k} * p.norm", False),
    (3, "p.add q = p → q = ⟨0, 0⟩", True),
    (4, "{T}.scale {k} (p.add q) = ({T}.scale {k} p).add ({T}.scale {k} q)", True),
    (4, "p.add q = r.add q → p = r", True),
    (4, "{T}.scale {k} p = {T}.scale {k} q → p = q", True),
    (4, "(p.add q).norm = p.norm + q.norm", False),
    (4, "0 ≤ p.norm", True),
    (5, "({T}.scale {k} p).norm = {k} * {k} * p.norm", True),
    (5, "p.norm = 0 → p = ⟨0, 0⟩", True),
    (5, "(p.add q).norm ≤ 2 * p.norm + 2 * q.norm", True),
    (5, "(p.add q).norm ≤ p.norm + q.norm", False),
)


def structures(rng: random.Random, level: int) -> Draft:
    """Draw a law of pairs of integers, under a name of their own."""
    names = Names(rng)
    expected = wants_true(rng)
    _, law, _ = rng.choice(
        [each for each in _POINT_LAWS if level - 1 <= each[0] <= level and each[2] == expected]
    )
    of = rng.choice(("Point", "Vec", "Pair", "Pos", "Cell", "Gauss"))
    a, b = rng.choice(("x y", "fst snd", "re im", "row col", "left right", "u v")).split()
    p, q, r = rng.choice(("p q r", "v w z", "s t k", "m n l")).split()
    k = rng.randint(2, 9)
    words = law.replace("{T}", of).replace("{a}", a).replace("{b}", b).replace("{k}", str(k))
    cut = ["".join(group) for _, group in itertools.groupby(words, key=str.isalnum)]
    renamed = {"p": p, "q": q, "r": r}
    used = [renamed[each] for each in "pqr" if each in cut]
    text = "".join(
        renamed.get(each, each) if not (i and cut[i - 1].endswith(".")) else each
        for i, each in enumerate(cut)
    )
    *hypotheses, claim = text.split(" → ") if rng.random() < 0.6 else [text]
    return Draft(
        binders=(binder(used, of), *(names.hypothesis(each) for each in hypotheses)),
        claim=claim,
        expected=expected,
        header=_POINT.replace("{T}", of).replace("{a}", a).replace("{b}", b),
    )


_TREE = """inductive {T} where
  | {leaf}
  | {node} (l : {T}) (x : Nat) (r : {T})

def {T}.mirror : {T} → {T}
  | .{leaf} => .{leaf}
  | .{node} l x r => .{node} r.mirror x l.mirror

def {T}.size : {T} → Nat
  | .{leaf} => 0
  | .{node} l _ r => l.size + 1 + r.size

def {T}.depth : {T} → Nat
  | .{leaf} => 0
  | .{node} l _ r => max l.depth r.depth + 1

def {T}.total : {T} → Nat
  | .{leaf} => 0
  | .{node} l x r => l.total + x + r.total

noncomputable def {T}.toList : {T} → List Nat
  | .{leaf} => []
  | .{node} l x r => l.toList ++ x :: r.toList

def {T}.raise (k : Nat) : {T} → {T}
  | .{leaf} => .{leaf}
  | .{node} l x r => .{node} (l.raise k) (x + k) (r.raise k)
"""
_TREE_LAWS: Sequence[tuple[int, str, bool]] = (
    (1, "({T}.{node} {T}.{leaf} {k} {T}.{leaf}).size = 1", True),
    (1, "({T}.{node} {T}.{leaf} {k} {T}.{leaf}).total = {k}", True),
    (1, "({T}.{node} {T}.{leaf} {k} {T}.{leaf}).depth = {k}", False),
    (1, "t.size = 0 → t = {T}.{leaf}", True),
    (1, "t.total = 0 → t = {T}.{leaf}", False),
    (1, "t ≠ {T}.{leaf} → 0 < t.size", True),
    (2, "t.mirror.mirror = t", True),
    (2, "t.mirror.size = t.size", True),
    (2, "t.mirror = t", False),
    (2, "t.depth ≤ t.size", True),
    (2, "t.size ≤ t.depth", False),
    (3, "t.mirror.depth = t.depth", True),
    (3, "t.mirror.total = t.total", True),
    (3, "t.toList.length = t.size", True),
    (3, "({T}.raise {k} t).size = t.size", True),
    (3, "({T}.raise {k} t).total = t.total + {k}", False),
    (3, "t.mirror = s.mirror → t = s", True),
    (4, "t.mirror.toList = t.toList.reverse", True),
    (4, "t.toList.sum = t.total", True),
    (4, "({T}.raise {k} t).mirror = {T}.raise {k} t.mirror", True),
    (4, "({T}.raise {k} t).depth = t.depth", True),
    (4, "t.toList = s.toList → t = s", False),
    (4, "t.total ≤ ({T}.raise {k} t).total", True),
    (5, "({T}.raise {k} t).total = t.total + {k} * t.size", True),
    (5, "({T}.raise {k} t).toList = t.toList.map (fun x => x + {k})", True),
    (5, "{T}.raise {k} ({T}.raise 1 t) = {T}.raise ({k} + 1) t", True),
    (5, "t.size < 2 ^ t.depth", True),
    (5, "t.depth = s.depth → t.size = s.size", False),
    (5, "{T}.raise {k} t = {T}.raise {k} s → t = s", True),
)


def trees(rng: random.Random, level: int) -> Draft:
    """Draw a law of binary trees, under names of their own."""
    names = Names(rng)
    expected = wants_true(rng)
    _, law, _ = rng.choice(
        [each for each in _TREE_LAWS if level - 1 <= each[0] <= level and each[2] == expected]
    )
    of = rng.choice(("Tree", "BinTree", "T", "Heap"))
    leaf, node = rng.choice(("leaf node", "nil node", "empty branch", "tip bin")).split()
    t, s = rng.choice(("t s", "u v", "a b", "t₁ t₂")).split()
    k = rng.randint(2, 9)
    words = law
    for hole, value in (("{T}", of), ("{leaf}", leaf), ("{node}", node), ("{k}", str(k))):
        words = words.replace(hole, value)
    cut = ["".join(group) for _, group in itertools.groupby(words, key=str.isalnum)]
    renamed = {"t": t, "s": s}
    used = [renamed[each] for each in "ts" if each in cut]
    text = "".join(renamed.get(each, each) for each in cut)
    *hypotheses, claim = text.split(" → ") if rng.random() < 0.6 else [text]
    header = _TREE
    for hole, value in (("{T}", of), ("{leaf}", leaf), ("{node}", node)):
        header = header.replace(hole, value)
    return Draft(
        binders=(*([binder(used, of)] if used else []), *(names.hypothesis(each) for each in hypotheses)),
        claim=claim,
        expected=expected,
        header=header,
    )
