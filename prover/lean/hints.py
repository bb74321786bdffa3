"""What to do about an error that Lean finds in a statement."""

from __future__ import annotations

import re

from prover.errors import StatementError, UnsupportedStatement
from prover.lean.reading.pocket import uses_library

POSITION = "The position is line:column as Lean counts: lines from 1, columns from 0."
_MATHLIB = (
    "`{name}` is Mathlib's, and the Lean that comes with prover has core Lean and a small library in its place. "
    "With a Lake project that has Mathlib: --engine native --project DIR, see docs/native.md."
)
_NO_LIBRARY = "`{name}` is in prover's own library: leave out --no-library."
_TYPO = "Is `{name}` a typo? A variable must be declared: `theorem foo ({name} : Nat) : ...`."
_TYPO_OR_MATHLIB = (
    "Is `{name}` a typo, or a name of Mathlib's that the library of this Lean lacks (docs/library.md)? "
    "A variable must be declared: `theorem foo ({name} : Nat) : ...`."
)
_NAME = "Is `{name}` a typo? Or does it lack an `import`, an `open`, or its definition?"
_COMMAND = "A declaration begins with `theorem`, `def`, `example` or the like; is there a typo?"

VARIABLE_LENGTH = 3
"""Longer names are rarely those of variables."""

_UNKNOWN = re.compile(r"unknown (?:identifier|constant|namespace) [`'‘]([^`'’]+)[`'’]", re.IGNORECASE)
_MATHLIB_SYMBOLS = frozenset("ℝ ℂ ℚ ℕ∞ ℝ≥0 ∑ ∏ ∫ ⋃ ⋂ ‖ ⁻¹ √ π •".split())
_MATHLIB_NAMES = frozenset(
    "Real Complex Rat NNReal ENNReal Even Odd Prime Finset Fintype Set Multiset Matrix Polynomial Filter Metric "
    "Group CommGroup Monoid CommMonoid Ring CommRing Field Module Algebra Ideal Subgroup TopologicalSpace Continuous "
    "MeasureTheory CategoryTheory ZMod Coprime IsCoprime Irreducible Function Injective Surjective Bijective Monotone "
    "Antitone StrictMono LinearOrder PartialOrder Lattice Nonneg Squarefree IsSquare choose factorial sqrt "
    "deriv derivWithin iteratedDeriv fderiv HasDerivAt HasDerivWithinAt HasFDerivAt Differentiable DifferentiableAt "
    "DifferentiableOn ContDiff ContinuousOn ContinuousAt Measurable MeasurableSet IntervalIntegrable intervalIntegral "
    "Tendsto nhds nhdsWithin Summable HasSum tsum ConvexOn Convex StrictConvexOn ConcaveOn EuclideanSpace "
    "EuclideanGeometry InnerProductSpace NormedSpace NormedAddCommGroup LinearMap LinearIndependent Basis "
    "SimpleGraph Finsupp MvPolynomial PowerSeries Cardinal Ordinal".split()
)
"""First parts of names that statements for Mathlib use most."""
_MATHLIB_CONSTANTS = frozenset(
    "Nat.Prime Nat.sqrt Nat.choose Nat.factorial Nat.divisors Nat.totient Int.floor".split()
)


def refusal(
    message: str,
    said: str,
    *,
    line: int,
    column: int,
    file: str = "",
    advice: str = "",
    library: str = "pocket",
) -> StatementError:
    """Return the error for a statement that Lean refuses with what it `said`; `library` is what can be imported."""
    kind = StatementError
    if library != "mathlib" and mathlib_name(said):
        kind, message = UnsupportedStatement, message.partition("\n")[0]
    return kind(message, line=line, column=column, file=file, advice=advice or advice_on(said, library))


def mathlib_name(error: str) -> str:
    """Return the name of Mathlib's that an error of Lean's says is unknown; empty if it says nothing of the kind."""
    unknown = _UNKNOWN.search(error)
    if unknown is None:
        return ""
    name = unknown[1]
    known = name in _MATHLIB_SYMBOLS or name.partition(".")[0] in _MATHLIB_NAMES or name in _MATHLIB_CONSTANTS
    return name if known else ""


def advice_on(error: str, library: str = "pocket") -> str:
    """Return what helps with this error of Lean's, or else how to read its position."""
    if unknown := _UNKNOWN.search(error):
        name = unknown[1]
        first = name.partition(".")[0]
        if name.endswith("!"):
            return _MATHLIB.format(name="!")
        if library == "core" and uses_library(name):
            return _NO_LIBRARY.format(name=name)
        if library != "mathlib" and mathlib_name(error):
            return _MATHLIB.format(name=name)
        if first != name or not name[0].islower():
            return _NAME.format(name=name)
        return (_TYPO if len(name) <= VARIABLE_LENGTH else _TYPO_OR_MATHLIB).format(name=name)
    if "expected command" in error:
        return _COMMAND
    return POSITION
