"""What a theorem's own file declares before it: its datatypes, predicates, functions and theorems, by name.

It is read from the text of the header, lexically, so that policies know what a Lean user knows from having written
the file: which names can be unfolded, which can be taken apart, which facts are there already. Nothing depends on
its being right: a name that is taken for something else costs a tactic that fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from prover.lean.reading.lexer import Token, tokens

_INDUCTIVE = frozenset({"inductive", "structure", "class"})
_FUNCTIONS = frozenset({"def", "abbrev"})
_THEOREMS = frozenset({"theorem", "lemma"})
_SCOPES = frozenset({"namespace", "section", "mutual", "end"})
_OTHERS = frozenset(
    {"instance", "example", "axiom", "opaque", "open", "variable", "universe", "attribute", "set_option"}
    | {"deriving", "notation", "infix", "infixl", "infixr", "prefix", "postfix", "macro", "syntax", "export"}
    | {
        "private",
        "protected",
        "noncomputable",
        "partial",
        "unsafe",
        "local",
        "scoped",
        "macro_rules",
        "import",
    }
)
_BEGINS = _INDUCTIVE | _FUNCTIONS | _THEOREMS | _SCOPES | _OTHERS


@dataclass(frozen=True, slots=True)
class Constant:
    """A declaration: its full `name`, the last word of its type where that is written down, the names it uses.

    `constructors` are the full names of those of an inductive type.
    """

    name: str
    result: str
    uses: frozenset[str]
    constructors: tuple[str, ...] = ()

    def is_called(self, shown: str) -> bool:
        """Whether Lean may show it as `shown`, which leaves out the namespaces that are open."""
        return self.name == shown or self.name.endswith(f".{shown}")

    @property
    def field(self) -> str:
        """The last part of the name, as in ``x.field``."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Declared:
    """What a file declares, in its order. `datatypes` and `predicates` are the inductive types and propositions."""

    datatypes: tuple[Constant, ...] = ()
    predicates: tuple[Constant, ...] = ()
    functions: tuple[Constant, ...] = ()
    theorems: tuple[Constant, ...] = ()

    def datatype(self, shown: str) -> Constant | None:
        """Return the datatype that Lean shows so."""
        return _last(self.datatypes, shown)

    def predicate(self, shown: str) -> Constant | None:
        """Return the inductive proposition that Lean shows so."""
        return _last(self.predicates, shown)

    def function(self, shown: str) -> Constant | None:
        """Return the function, or another defined thing, that Lean shows so."""
        return _last(self.functions, shown)

    def is_proposition(self, shown: str) -> bool | None:
        """Whether applying what Lean shows so gives a proposition; None where the file does not say."""
        if self.predicate(shown):
            return True
        if self.datatype(shown):
            return False
        function = self.function(shown)
        if function is None or not function.result:
            return None
        return {"Prop": True, "Type": False}.get(function.result)

    def by_field(self, field: str) -> Iterator[Constant]:
        """Yield the functions that ``x.field`` may mean."""
        return (each for each in self.functions if each.field == field and "." in each.name)

    def with_those_used(self, functions: Sequence[Constant]) -> list[Constant]:
        """Return `functions` and those that their definitions use, directly or not, each once."""
        found = dict.fromkeys(functions)
        waiting = list(functions)
        while waiting:
            user = waiting.pop(0)
            for each in self.functions:
                if each not in found and self._last_parts[each] in user.uses:
                    found[each] = None
                    waiting.append(each)
        return list(found)

    @cached_property
    def _last_parts(self) -> dict[Constant, str]:
        return {each: each.field for each in self.functions}


NOTHING = Declared()


@lru_cache(maxsize=64)
def read_declared(header: str) -> Declared:
    """Read the text that stands before a theorem."""
    datatypes: list[Constant] = []
    predicates: list[Constant] = []
    functions: list[Constant] = []
    theorems: list[Constant] = []
    for keyword, name, body in _declarations(header):
        if keyword in _INDUCTIVE:
            found = _inductive(name, body)
            (predicates if found.result == "Prop" else datatypes).append(found)
        elif keyword in _FUNCTIONS:
            functions.append(Constant(name, _result(body), _uses(body)))
        else:
            theorems.append(Constant(name, "", _uses(_head(body))))
    return Declared(tuple(datatypes), tuple(predicates), tuple(functions), tuple(theorems))


def _declarations(text: str) -> Iterator[tuple[str, str, list[Token]]]:
    """Yield each declaration: its keyword, its full name, and what comes after the name."""
    code = [each for each in tokens(text) if each.kind not in ("comment", "doc", "text")]
    begins = [
        index
        for index, each in enumerate(code)
        if each.kind == "word" and each.text in _BEGINS and code[index - 1].text != "."
    ]
    scopes: list[str] = []
    for begin, end in zip(begins, [*begins, len(code)][1:], strict=True):
        keyword, rest = code[begin], code[begin + 1 : end]
        name = rest[0].text if rest and rest[0].kind == "word" and _same_line(text, keyword, rest[0]) else ""
        if keyword.text in ("namespace", "section"):
            parts = name.split(".") if name else [""]
            scopes += parts if keyword.text == "namespace" else [""] * len(parts)
        elif keyword.text == "mutual":
            scopes.append("")
        elif keyword.text == "end":
            del scopes[len(scopes) - min(len(scopes), len(name.split("."))) :]
        elif name and keyword.text not in _OTHERS:
            inside = [] if name.startswith("_root_.") else [each for each in scopes if each]
            yield keyword.text, ".".join([*inside, name.removeprefix("_root_.")]), rest[1:]


def _same_line(text: str, left: Token, right: Token) -> bool:
    return "\n" not in text[left.end : right.start]


def _head(body: Sequence[Token]) -> Sequence[Token]:
    """Return a declaration's binders and type: what stands before ``:=``, ``where`` or the first ``|``."""
    depth = 0
    for index, token in enumerate(body):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text in (":=", "where", "|"):
            return body[:index]
    return body


def _result(body: Sequence[Token]) -> str:
    """Return ``Prop`` or ``Type`` for what has that as its type, or gives it when it is applied; else ""."""
    depth = 0
    last = ""
    typed = False
    for token in _head(body):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.text == ":":
            typed = True
        elif depth == 0 and typed:
            last = token.text if last not in ("Type", "Sort") or token.text == "→" else last
    return "Type" if last == "Sort" else last


def _inductive(name: str, body: Sequence[Token]) -> Constant:
    head = _head(body)
    constructors = [
        f"{name}.{after.text}"
        for bar, after in zip(body[len(head) :], body[len(head) + 1 :], strict=False)
        if bar.text == "|" and after.kind == "word"
    ]
    return Constant(name, _result(body), _uses(body), tuple(constructors) or (f"{name}.mk",))


def _uses(body: Sequence[Token]) -> frozenset[str]:
    """Return the last parts of all names in a piece of text, ``size`` for ``t.size`` and ``Tree.size``."""
    return frozenset(
        part for token in body if token.kind == "word" for part in token.text.replace("«", "").split(".")
    )


def _last(constants: Sequence[Constant], shown: str) -> Constant | None:
    return next((each for each in reversed(constants) if each.is_called(shown)), None)
