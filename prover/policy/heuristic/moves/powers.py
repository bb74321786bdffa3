"""Moves for powers with variables in their exponents: differences of powers as multiples, and common bases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prover.policy.heuristic.goal_shape import Goal
from prover.policy.heuristic.moves.move import Move, fresh, lines
from prover.policy.heuristic.moves.ranges import all_subterms, integers
from prover.policy.heuristic.terms import Name, Number, Operation, Term, argument, is_operation, names_in

_NATURAL = (
    "have {key} : ∀ x y n : Nat, x - y ∣ x ^ n - y ^ n := by",
    "  intro x y n",
    "  rcases Nat.le_total x y with h | h",
    "  · rw [Nat.sub_eq_zero_of_le (Nat.pow_le_pow_left h n)]; exact Nat.dvd_zero _",
    "  · obtain ⟨d, hd⟩ := Nat.le.dest h",
    "    rw [show x - y = d by omega]",
    "    induction n with",
    "    | zero => simp",
    "    | succ n ih =>",
    "      obtain ⟨c, hc⟩ := ih",
    "      have k := Nat.pow_le_pow_left h n",
    "      have e : x ^ n = y ^ n + d * c := by omega",
    "      refine ⟨y ^ n + c * x, ?_⟩",
    "      rw [Nat.pow_succ, Nat.pow_succ, e, ← hd]",
    "      apply Nat.sub_eq_of_eq_add",
    "      grind",
)
"""That differences divide differences of powers, from core Lean; the library has it as `Nat.sub_dvd_pow_sub_pow`."""
_INTEGER = (
    "have {key} : ∀ (x y : Int) (n : Nat), x - y ∣ x ^ n - y ^ n := by",
    "  intro x y n",
    "  induction n with",
    "  | zero => exact ⟨0, by grind⟩",
    "  | succ n ih => obtain ⟨c, hc⟩ := ih; exact ⟨x ^ n + y * c, by grind⟩",
)


def differences(goal: Goal) -> Iterator[Move]:
    """Yield ``x - y ∣ x ^ n - y ^ n``, where the target is that, or follows from it.

    A divisor ``x ^ a - y ^ a`` of ``x ^ b - y ^ b`` is read so where a hypothesis says ``a ∣ b``.
    """
    target = goal.target_term
    if not (is_operation(target, "∣") and is_operation(target.operands[1], "-")):
        return
    dividend = target.operands[1].operands
    if len(dividend) != 2:
        return
    key, h = fresh(goal, "key"), fresh(goal, "h")
    kind, template = ("Int", _INTEGER) if integers(goal) else ("Nat", _NATURAL)
    proof = [each.replace("{key}", key) for each in template]
    transitive = f"exact {kind}.dvd_trans (by first | omega | decide) (by simpa using {h})"
    finish = f"first | exact {h} | simpa using {h} | {transitive}"
    if parts := _same_exponent(*dividend):
        base, other, exponent = parts
        yield Move("divisors", lines(*proof, f"have {h} := {key} {base} {other} {exponent}", finish), 1.4)
    for fact in goal.facts:
        if not is_operation(fact.term, "∣") or not isinstance(fact.term.operands[1], Name):
            continue
        small, large = fact.term.operands
        bases = [_base(each, large.text) for each in dividend]
        if bases[0] is None or bases[1] is None:
            continue
        c = fresh(goal, "c")
        powers = [base if base == "1" else f"({base} ^ {argument(small)})" for base in bases if base]
        steps = [
            f"obtain ⟨{c}, rfl⟩ := {fact.name}",
            *proof,
            f"have {h} := {key} {powers[0]} {powers[1]} {c}",
            "simp only [Nat.pow_mul, Int.pow_mul]",
            finish,
        ]
        yield Move("divisors", lines(*steps), 1.4)


def _same_exponent(left: Term, right: Term) -> tuple[str, str, str] | None:
    """Return (x, y, n) for ``x ^ n`` and ``y ^ n`` or 1."""
    if not (is_operation(left, "^") and names_in(left.operands[1])):
        return None
    exponent = left.operands[1].text
    other = _base(right, exponent)
    return None if other is None else (argument(left.operands[0]), other, argument(left.operands[1]))


def _base(term: Term, exponent: str) -> str | None:
    """Return what is raised to the power, or 1."""
    if isinstance(term, Number) and term.value == 1:
        return "1"
    if is_operation(term, "^") and term.operands[1].text == exponent:
        return argument(term.operands[0])
    return None


def common_bases(goal: Goal) -> Iterator[Move]:
    """Yield ``x ^ (2 * n)`` as ``(x ^ n) ^ 2``, and the equality of equal powers by their bases."""
    products = [
        part.operands[1]
        for part in all_subterms(goal)
        if is_operation(part, "^") and is_operation(part.operands[1], "*") and names_in(part.operands[1])
    ]
    if products:
        yield from _with_powers_of_powers(products)
    target = goal.target_term
    if is_operation(target, "=") and all(is_operation(side, "^") for side in target.operands):
        first, second = (side for side in target.operands if isinstance(side, Operation))
        if first.operands[1].text == second.operands[1].text:
            yield Move("structural", "congr 1 <;> first | grind | (simp_all <;> grind)", 1.2)


def _with_powers_of_powers(exponents: Sequence[Term]) -> Iterator[Move]:
    """Yield the rewriting of powers, so that numerals are the outer exponents, with what usually finishes."""
    numeral_first = all(
        isinstance(each, Operation) and isinstance(each.operands[0], Number) for each in exponents
    )
    rule = "pow_mul'" if numeral_first else "pow_mul"
    of_numbers = ("Nat.mul_comm, " if numeral_first else "") + "Nat.pow_mul, Int.pow_mul"
    for rewriting in (f"simp only [{rule}]", f"simp only [{of_numbers}]"):
        yield Move("rewrite", f"{rewriting}; grind", 2.0)
        yield Move("rewrite", rewriting, 1.2)
