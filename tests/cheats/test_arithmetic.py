"""The kernel computes with numbers by itself, through a library of its own in WebAssembly: does it add up?

A wrong digit would be a proof of `False`. Python's integers are the yardstick.
"""

import math
import random

import pytest

from prover.lean.theorem import Theorem

BATCH = 40
SIZES = (0, 1, 2, 8, 30, 31, 32, 33, 62, 63, 64, 65, 96, 127, 128, 129, 200, 500, 1000, 3000)  # bits
SHIFTS = (0, 1, 7, 30, 31, 32, 33, 63, 64, 65, 100, 1000)
HEADER = "set_option exponentiation.threshold 100000\nset_option maxRecDepth 100000"

OPERATIONS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: max(0, a - b),
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a // b if b else 0,
    "mod": lambda a, b: a % b if b else a,
    "gcd": math.gcd,
    "land": lambda a, b: a & b,
    "lor": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shiftLeft": lambda a, b: a << b,
    "shiftRight": lambda a, b: a >> b,
    "pow": lambda a, b: a**b,
    "log2": lambda a: max(0, a.bit_length() - 1),
    "beq": lambda a, b: a == b,
    "ble": lambda a, b: a <= b,
}


def a_number(rng):
    """A number near the end of a word, or of that length."""
    bits = rng.choice(SIZES)
    near = max(0, 2**bits + rng.choice((-2, -1, 0, 1, 2)))
    return rng.choice((near, 2**bits - 2 ** rng.randint(0, bits), rng.getrandbits(bits + 1)))


def an_equation(rng):
    """An equation of literals that Python holds for true."""
    name = rng.choice(list(OPERATIONS))
    a, b = a_number(rng), a_number(rng)
    a = rng.choice((a, a, b, a * b, a * b + 1))
    if name.startswith("shift"):
        b = rng.choice(SHIFTS)
    if name == "pow":
        a, b = a % 2**200, rng.randint(0, 60)
    arguments = (a,) if name == "log2" else (a, b)
    result = str(OPERATIONS[name](*arguments)).lower()
    return f"Nat.{name} {' '.join(map(str, arguments))} = {result}"


@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in range(1, 20))])
async def test_the_kernel_computes_as_python_does(engines, seed):
    rng = random.Random(seed)
    equations = [an_equation(rng) for _ in range(BATCH)]
    theorem = Theorem(name="foo", statement="theorem foo : " + " ∧ ".join(equations), header=HEADER)
    proof = "exact ⟨" + ", ".join(["by decide +kernel"] * BATCH) + "⟩"
    verdict = await engines.verdict(theorem, proof)
    assert verdict.accepted, verdict.reason
