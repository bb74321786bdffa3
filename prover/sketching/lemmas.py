"""Steps that are proved, kept for the plans to come: BFS-Prover-V2's shared cache of subgoals (Xin et al. 2025)."""

from __future__ import annotations

from dataclasses import dataclass, field

from prover.policy.heuristic.goal_shape import Hypothesis, parse_goal


@dataclass(frozen=True, slots=True)
class _Lemma:
    hypotheses: frozenset[Hypothesis]
    target: str
    proof: str


@dataclass(slots=True)
class Lemmas:
    """Proofs by the goals that Lean prints. A proof counts only where Lean takes it again."""

    _known: list[_Lemma] = field(default_factory=list)

    def add(self, goal: str, proof: str) -> None:
        """Keep the proof of a goal."""
        parsed = parse_goal(goal)
        lemma = _Lemma(frozenset(parsed.hypotheses), parsed.target, proof)
        if lemma not in self._known:
            self._known.append(lemma)

    def proofs(self, goal: str) -> list[str]:
        """Return proofs of goals with the same target and no hypothesis that `goal` lacks, the latest one first."""
        parsed = parse_goal(goal)
        given = set(parsed.hypotheses)
        fit = [each for each in self._known if each.target == parsed.target and each.hypotheses <= given]
        return list(dict.fromkeys(each.proof for each in reversed(fit)))
