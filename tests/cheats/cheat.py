"""What a cheat on the verifier is."""

from dataclasses import dataclass

from prover.lean.theorem import Theorem


@dataclass(frozen=True, slots=True)
class Cheat:
    """A proof that must be refused: `proof` for `statement` after `header`.

    `id` names it in pytest; `why` says what is wrong with it; `says` is part of the reason that is given.
    One that `spoils` leaves engines behind that nobody should use again.
    """

    id: str
    why: str
    proof: str
    says: str
    statement: str = "theorem foo : False"
    header: str = ""
    name: str = "foo"
    spoils: bool = False

    @property
    def theorem(self) -> Theorem:
        return Theorem(name=self.name, statement=self.statement, header=self.header)
