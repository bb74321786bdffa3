"""Valid declarations, and changes of their text that change nothing for Lean: strategies for hypothesis."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from hypothesis import strategies as st

WRAPPER = "Wrapped"


@dataclass(frozen=True)
class Declaration:
    """A theorem after a context. A ``~`` is a place for blanks and comments, ``NAME`` is the theorem's name."""

    head: str
    proof: str
    context: tuple[str, ...] = ()

    def written(self, name: str) -> str:
        """The head as it is without changes."""
        return self.head.replace("NAME", name).replace("~", " ")


DECLARATIONS = [
    Declaration("theorem~NAME~(a~b : Nat)~(h : a < b)~:~a + 1 ≤ b", "omega"),
    Declaration("theorem~NAME~:~∀ n : Nat,~n + 0~=~n", "intro n; rfl"),
    Declaration("theorem~NAME~{p q : Prop}~(hp : p)~(hq : q)~:~p ∧~q", "exact ⟨hp, hq⟩"),
    Declaration("@[simp]~theorem~NAME~(n : Nat)~:~0 + n = n", "omega"),
    Declaration("/-- For example, an instance: `:= by sorry`. -/~theorem~NAME~:~1~≠~2", "decide"),
    Declaration("open Nat in~theorem~NAME~:~succ 1~=~2", "rfl"),
    Declaration(
        "set_option maxRecDepth 1000 in~open Nat in~@[simp, grind =]~theorem~NAME~:~succ 0~=~1", "rfl"
    ),
    Declaration("theorem~NAME.{u}~{α : Type u}~(a : α)~:~a = a", "rfl"),
    Declaration("protected~theorem~NAME~(f : Nat → Nat)~(h : ∀ x, f x = x)~:~f 2 = 2", "exact h 2"),
    Declaration("theorem~NAME~:~(let x := 2;~x + x)~=~4", "rfl"),
    Declaration("theorem~NAME~(x : Nat := 3)~:~x = x", "rfl"),
    Declaration('theorem~NAME~:~"a -- b"~≠~"/- :="', "decide"),
    Declaration("theorem~NAME~:~'\"'~≠~'\\''", "decide"),
    Declaration("theorem~NAME~:~two~=~2", "rfl", ("def two := 2",)),
    Declaration("theorem~NAME~:~x~+ 0 = x", "rfl", ("variable (x : Nat)",)),
    Declaration("theorem~NAME~:~a~=~a", "rfl", ("universe u", "variable {α : Type u} (a : α)")),
    Declaration(
        "theorem~NAME~(c : Col)~:~c = .red ∨~c = .blue", "cases c <;> simp", ("inductive Col | red | blue",)
    ),
    Declaration("theorem~NAME~:~red~≠~blue", "simp", ("inductive Col | red | blue", "open Col")),
    Declaration(
        "theorem~NAME~(p : Pt)~:~p.x~=~p.1",
        "rfl",
        ("structure Pt where\n  x : Nat\n  y : Nat := 0\nderiving Repr",),
    ),
    Declaration(
        "theorem~NAME~:~size 2~=~2",
        "rfl",
        ("class Size (α : Type) where\n  size : α → Nat", "instance : Size Nat := ⟨id⟩", "open Size"),
    ),
    Declaration(
        "theorem~NAME~:~even 2~=~true",
        "decide",
        (
            "mutual\ndef even : Nat → Bool\n  | 0 => true\n  | n + 1 => odd n\n"
            "def odd : Nat → Bool\n  | 0 => false\n  | n + 1 => even n\nend",
        ),
    ),
    Declaration(
        "theorem~NAME~:~sum 3~=~6",
        "rfl",
        (
            "def sum : Nat → Nat\n  | 0 => 0\n  | n + 1 => n + 1 + sum n",
            "theorem earlier : sum 1 = 1 := by\n  rfl",
        ),
    ),
    Declaration("theorem~NAME~(𝕜 : Type)~(α β : 𝕜)~(h : α = β)~:~β = α", "exact h.symm"),
    Declaration(
        "theorem~NAME~:~fst 1 2~=~1", "rfl", ("def fst (a b : Nat) := first\nwhere first := a + 0 * b",)
    ),
]
NAMES = [
    "foo",
    "foo'",
    "ℓast",
    "x₁",
    "«a b»",
    "«theorem»",
    "«:=»",
    "Ns.foo",
    "«sorry».end_",
    "αβγ",
    "example_",
]
WORDS = [
    "note",
    "end",
    ":= by",
    "theorem x : False := sorry",
    "an example, an instance",
    "namespace Q",
    "ℕ 𝕜 ⟨",
    '"',
    "'",
]

comments = st.sampled_from(WORDS)
gaps = st.one_of(
    st.sampled_from([" ", "  ", "\n  ", "\n\n    "]),
    comments.map(" -- {}\n  ".format),
    comments.map(" /- {} -/ ".format),
    comments.map("\n  /- a /- {} -/\n b -/\n  ".format),
)
between = st.one_of(
    st.sampled_from(["\n", "\n\n", "\n\n\n"]),
    comments.map("\n-- {}\n".format),
    comments.map("\n/- {}\n-/\n".format),
    comments.map("\n/-! {} -/\n".format),
)
endings = st.one_of(
    st.sampled_from(["", "\n", " ", "\n\n"]),
    comments.map(" -- {}".format),
    comments.map(" /- {} -/\n".format),
)
line_ends = st.sampled_from(["\n", "\r\n", "mixed"])
places = st.sampled_from(["", f"namespace {WRAPPER}\n", f"section\nnamespace {WRAPPER} ", "section Part\n"])


@dataclass(frozen=True)
class Changed:
    """A changed text: `context`, then the declaration's `head`, as yet with ``\\n`` and at the margin."""

    declaration: Declaration
    name: str
    place: str
    context: str
    head: str
    ending: str
    indent: int
    line_end: str
    bom: bool

    @property
    def full_name(self) -> str:
        """The name that the theorem gets."""
        return f"{WRAPPER}.{self.name}" if WRAPPER in self.place else self.name

    def text(self, value: str) -> str:
        """All of it with this value, line ends and all."""
        return self.raw(f"{self.place}{self.context}{self.head}{value}{self.ending}")

    def raw(self, text: str) -> str:
        """The text with indentation, line ends and byte order mark."""
        text = "\n".join(" " * self.indent + line if line else line for line in text.split("\n"))
        if self.line_end == "mixed":
            lines = text.split("\n")
            text = (
                "".join(line + ("\r\n" if i % 3 else "\n") for i, line in enumerate(lines[:-1])) + lines[-1]
            )
        else:
            text = text.replace("\n", self.line_end)
        return "\ufeff" + text if self.bom else text

    def record(self, value: str) -> bytes:
        """A line of JSON whose header has the context."""
        header, statement = self.raw(self.place + self.context), self.raw(self.head + value + self.ending)
        return (
            json.dumps({"name": "p", "header": header, "statement": statement}) + self.line_end_of_record
        ).encode()

    @property
    def line_end_of_record(self) -> str:
        """How the record's own line ends."""
        return "\n" if self.line_end == "mixed" else self.line_end


@st.composite
def changed_texts(draw: st.DrawFn) -> Changed:
    """A declaration in a changed text."""
    declaration = draw(st.sampled_from(DECLARATIONS))
    place = draw(places)
    name = draw(st.sampled_from(NAMES))
    if declaration.head.startswith("protected") and WRAPPER not in place and "." not in name:
        name = f"Ns.{name}"  # Lean takes a protected declaration in a namespace only
    pieces = re.split("~", declaration.head.replace("NAME", name))
    head = pieces[0] + "".join(draw(gaps) + piece for piece in pieces[1:])
    context = "".join(command + draw(between) for command in declaration.context)
    return Changed(
        declaration=declaration,
        name=name,
        place=place,
        context=context,
        head=head,
        ending=draw(endings),
        indent=draw(st.sampled_from([0, 0, 2, 5])),
        line_end=draw(line_ends),
        bom=draw(st.booleans()),
    )
