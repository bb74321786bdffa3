"""What can be proved about a statement that a model wrote; whether it says what the words say is for people to judge.

- it is false, or its hypotheses contradict each other
- it follows from another statement, and the other from it: bidirectional extended definitional equivalence (BEq, Liu et
  al., ICLR 2025), with prover's own search in the place of a fixed list of tactics

Each is a search within a budget, whose proof is verified; that none is found says little.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from prover.attempt import Verified, attempt
from prover.disprove import disprove
from prover.errors import EngineError, StatementError, UnsupportedError
from prover.lean.environment import Environment
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate, Verifier, verdict
from prover.negation import NotNegated, contradiction
from prover.policy.base import Policy
from prover.search.base import SearchAlgorithm, SearchOptions

FIRST, SECOND = "prover_first", "prover_second"
FOLLOWS = "prover_follows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuity:
    """What was proved of a statement alone; both False where nothing was found."""

    is_false: bool
    hypotheses_contradict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Whether a statement was proved from another one, and the other from it."""

    follows: bool
    implies: bool

    @property
    def holds(self) -> bool:
        """Whether both were proved."""
        return self.follows and self.implies


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChecks:
    """Searches about statements; each may use the budget of `options`."""

    environment: Environment
    verifier: Verifier
    policy: Callable[[], Policy]
    algorithm: SearchAlgorithm
    options: SearchOptions

    async def goal_of(self, theorem: Theorem) -> str:
        """Return the goal of a statement as Lean shows it.

        Raises:
            StatementError, UnsupportedError: Lean refuses it.
            EngineError: Lean could not be kept alive.
        """
        session = await self.environment.open(theorem)
        try:
            return session.root.goals[0]
        finally:
            await session.close()

    async def vacuity(self, theorem: Theorem) -> Vacuity:
        """Look for a proof that a statement is false, and for one of `False` from its hypotheses.

        Raises:
            SetupError, PolicyError: as for searches.
        """
        denied = await disprove(
            theorem,
            environment=self.environment,
            verifier=self.verifier,
            policy=self.policy(),
            algorithm=self.algorithm,
            options=self.options,
        )
        contradict = await self.contradict(theorem)
        return Vacuity(is_false=denied is not None, hypotheses_contradict=contradict)

    async def contradict(self, theorem: Theorem) -> bool:
        """Look for a proof of `False` from a statement's hypotheses.

        Raises:
            SetupError, PolicyError: as for searches.
        """
        absurd = contradiction(theorem)
        return not isinstance(absurd, NotNegated) and await self.prove(absurd) is not None

    async def equivalence(self, theorem: Theorem, other: Theorem) -> Equivalence:
        """Look for proofs of `theorem` from `other` and of `other` from `theorem`.

        Raises:
            SetupError, PolicyError: as for searches.
        """
        follows = await self.prove(implication(other, theorem))
        implies = await self.prove(implication(theorem, other))
        return Equivalence(follows=follows is not None, implies=implies is not None)

    async def accepts(self, theorem: Theorem, proof: str) -> bool:
        """Say whether the verifier accepts a proof.

        Raises:
            SetupError, EngineError: the check could not be carried out.
        """
        return isinstance(await verdict(self.verifier, theorem, proof), Certificate)

    async def prove(self, theorem: Theorem) -> Verified | None:
        """Look for a proof of a theorem, which the verifier accepts; None also where Lean refuses it or breaks.

        Raises:
            SetupError, PolicyError: as for searches.
        """
        try:
            found = await attempt(
                theorem,
                environment=self.environment,
                verifier=self.verifier,
                policy=self.policy(),
                algorithm=self.algorithm,
                options=self.options,
            )
        except (StatementError, UnsupportedError, EngineError):
            return None
        return found.verified


def implication(first: Theorem, second: Theorem) -> Theorem:
    """Return the theorem that `second` follows from `first`.

    Both stand before it without proofs, which the verifier lets no proof make use of, each after its own header, where
    the two differ.
    """
    lines = [theorem.before_statement.splitlines(keepends=True) for theorem in (first, second)]
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*lines, strict=False))
    shared = "".join(line for line, _ in pairs)
    parts = [
        _in_namespace(theorem, name, theorem.before_statement.removeprefix(shared))
        for theorem, name in ((first, FIRST), (second, SECOND))
    ]
    return Theorem(
        name=FOLLOWS,
        statement=(
            f"theorem {FOLLOWS} (h : type_of% @{FIRST}.{first.name}) : type_of% @{SECOND}.{second.name}"
        ),
        header=f"{shared}{''.join(parts)}",
        source=f"{second.name} from {first.name}",
    )


def _in_namespace(theorem: Theorem, namespace: str, header: str) -> str:
    own = "".join(line for line in header.splitlines(keepends=True) if not line.startswith("import "))
    return f"namespace {namespace}\n{own}{theorem.with_proof('sorry')}end {namespace}\n\n"
