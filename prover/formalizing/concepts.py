"""Concepts of school and first-year mathematics that problems are made of."""

from __future__ import annotations

import random
from pathlib import Path

from prover.errors import InputError

CONCEPTS = (
    "absolute value",
    "arithmetic sequences",
    "binomial coefficients",
    "bijections",
    "Cauchy-Schwarz inequality",
    "Chinese remainder theorem",
    "complex conjugates",
    "composition of functions",
    "congruences",
    "counting subsets",
    "digits of a number",
    "divisibility",
    "equations with absolute values",
    "even and odd functions",
    "factorials",
    "factoring polynomials",
    "Fibonacci numbers",
    "finite sets",
    "floor and ceiling",
    "fractions",
    "functional equations",
    "geometric sequences",
    "greatest common divisors",
    "greatest and least elements",
    "induction",
    "inequalities of means",
    "injective functions",
    "inverse functions",
    "irrational numbers",
    "least common multiples",
    "linear equations",
    "lists and their lengths",
    "logarithms",
    "maxima and minima",
    "modulus of complex numbers",
    "monotone functions",
    "parity",
    "perfect squares",
    "permutations of a list",
    "polynomial identities",
    "powers and roots",
    "prime numbers",
    "propositional logic",
    "quadratic equations",
    "quantifiers",
    "rational numbers",
    "recurrences",
    "remainders",
    "sets and subsets",
    "sums of squares",
    "sums over ranges",
    "surjective functions",
    "systems of equations",
    "telescoping sums",
    "triangle inequality",
    "trigonometric identities",
    "unions and intersections",
    "Vieta's formulas",
    "words and prefixes",
    "zeros of functions",
)


def read_concepts(path: Path) -> tuple[str, ...]:
    """Read concepts, one a line.

    Raises:
        InputError: the file cannot be read, or has fewer than two.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    concepts = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(concepts) < 2:
        raise InputError(
            f"{path} has {len(concepts)} concepts, and problems join two", advice="Give one a line."
        )
    return concepts


def concept_pair(concepts: tuple[str, ...], number: int, seed: int) -> tuple[str, str]:
    """Return the two concepts of a problem, the same ones whenever it is asked."""
    first, second = random.Random(f"{seed} {number}").sample(concepts, 2)
    return first, second
