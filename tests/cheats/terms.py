"""Writes the terms that a dishonest engine could send to the judge: see prover/lean/embedded/terms.mjs."""

from typing import Any

FOO = ("foo",)
"""The full name of a theorem `foo`."""

Name = tuple[str | int, ...]


class Terms:
    """Tables of nodes, and constants. Every method returns the index of a node."""

    def __init__(self) -> None:
        self.names: list[Any] = [None]
        self.levels: list[Any] = []
        self.exprs: list[Any] = []
        self.constants: list[Any] = []

    def name(self, *parts: str | int) -> int:
        prefix = 0
        for part in parts:
            self.names.append([prefix, part])
            prefix = len(self.names) - 1
        return prefix

    def level(self, *node: Any) -> int:
        self.levels.append(list(node))
        return len(self.levels) - 1

    def expr(self, *node: Any) -> int:
        self.exprs.append(list(node))
        return len(self.exprs) - 1

    def zero(self) -> int:
        return self.level("zero")

    def one(self) -> int:
        return self.level("succ", self.zero())

    def const(self, dotted: str, *levels: int) -> int:
        return self.expr("const", self.name(*dotted.split(".")), list(levels))

    def own(self, *name: str | int) -> int:
        """A constant of the file itself."""
        return self.expr("const", self.name(*name), [])

    def app(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self.expr("app", function, argument)
        return function

    def prop(self) -> int:
        return self.expr("sort", self.zero())

    def type(self) -> int:
        return self.expr("sort", self.one())

    def theorem(self, name: Name, type_: int, value: int, **more: Any) -> None:
        self.constants.append(
            {"kind": "theorem", "name": self.name(*name), "levels": [], "type": type_, "value": value, **more}
        )

    def definition(self, name: Name, type_: int, value: int, **more: Any) -> None:
        self.theorem(name, type_, value, **{"kind": "definition", "hints": "abbrev", **more})

    def inductive(
        self, name: Name, type_: int, constructors: dict[Name, int], *, entry: Name = (), **more: Any
    ) -> None:
        """One inductive type, offered under its own name or under that of `entry`."""
        made = [{"name": self.name(*c), "type": t} for c, t in constructors.items()]
        types = [{"name": self.name(*name), "type": type_, "constructors": made}]
        offered = {"kind": "inductive", "name": self.name(*(entry or name)), "levels": [], "parameters": 0}
        self.constants.append({**offered, "types": types, **more})
        for member in [*constructors, (*name, "rec")]:
            self.constants.append({"kind": "member", "name": self.name(*member), "of": offered["name"]})

    def proof(self, value: int, **more: Any) -> dict[str, Any]:
        """The whole message, with `value` as the proof of `foo : False`."""
        self.theorem(FOO, self.const("False"), value)
        return self.message(theorem=self.constants[-1]["name"], **more)

    def message(self, **more: Any) -> dict[str, Any]:
        tables = {"names": self.names, "levels": self.levels, "exprs": self.exprs}
        return {**tables, "constants": self.constants, **more}
