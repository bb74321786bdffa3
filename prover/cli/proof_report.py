"""What `prover prove` prints: on stdout the proof to paste, or JSON; on stderr all that is about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prover.attempt import Attempt, Disproof
from prover.cli.console import console, note, on_terminal, say
from prover.cli.elapsed import time_text, total_s
from prover.cli.schemas import Best, Certified, Disproved, Proof, Times
from prover.lean.theorem import Theorem
from prover.lean.trust.verify import Certificate
from prover.search.budget import Budget, StopReason
from prover.search.result import Unproved
from prover.search.script import proof_text
from prover.search.tree import SUBGOAL, Edge, Node, NodeStatus, ProofTree, outcome_message

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

LABEL_WIDTH = 60
"""Of a tactic, of a state, and of a reason in the tree."""
TREE_WIDTH = 120


def print_attempt(result: Attempt, budget: Budget) -> None:
    """Print the proof, or why the search ended and the best unfinished proof."""
    search = result.search
    figures = (
        f"{time_text(result.time_s)}, "
        f"{_count(search.expansions, 'state')} expanded, {_count(search.tactics_tried, 'tactic')} tried"
    )
    if result.verified is not None:
        print_proved(result.theorem, result.verified.proof, result.verified.certificate, figures)
        return
    if result.disproof is not None:
        print_disproof(result.disproof, time_text(result.time_s))
        return
    ending = search.ending
    assert isinstance(ending, Unproved)
    note(f"not proved{_why(ending.stopped_by, budget, search.times.wall)}", "bold red")
    note(figures, "dim")
    if result.rejections:
        reasons = "; ".join(dict.fromkeys(result.rejections))
        note(f"finished proofs that the check refused: {reasons}", "yellow")
    if ending.tactics:
        note("\nThe best unfinished proof:\n", "bold")
        note(result.theorem.with_proof(proof_text(ending.tactics)))
    note("What is left to prove:\n", "bold")
    note("\n\n".join(ending.goals))


def print_proved(theorem: Theorem, proof: str, certificate: Certificate, figures: str) -> None:
    """Print a theorem with its proof, and on stderr what it took and what is certified."""
    say(theorem.with_proof(proof).rstrip("\n"))
    note("; ".join([figures, *certificate.facts()]), "dim")
    for caveat in certificate.caveats:
        note(f"note: {caveat}", "yellow")


def _why(stopped_by: StopReason, budget: Budget, used_s: float) -> str:
    match stopped_by:
        case StopReason.SECONDS:
            return f" within {budget.seconds:g} s"
        case StopReason.EXPANSIONS:
            return f" within {_count(budget.expansions or 0, 'expanded state')}"
        case StopReason.TACTICS:
            return f" within {_count(budget.tactics or 0, 'tactic')}"
        case StopReason.NO_OPEN_STATES:
            of = f" of {budget.seconds:g} s" if budget.seconds is not None else ""
            return f": nothing left to try ({used_s:.1f} s{of} used)"
        case StopReason.NOTHING_PROPOSED:
            return f": ended by {stopped_by.text}"
        case StopReason.INTERRUPTED:
            return ": interrupted"


def print_disproof(disproof: Disproof, time: str) -> None:
    """Print that the statement is false, where it fails, and the proof of its negation."""
    at = ", ".join(f"{name} = {value}" for name, value in disproof.counterexample)
    note(
        f"the statement is false: its negation is proved{f'; it fails for {at}' if at else ''}\n", "bold red"
    )
    note(disproof.theorem.with_proof(disproof.verified.proof))
    note("; ".join([time, *disproof.verified.certificate.facts()]), "dim")


def print_json(result: Attempt, *, engine: str, policy: str, seed: int) -> None:
    """Print one JSON object to stdout."""
    shown = as_json(result, engine=engine, policy=policy, seed=seed)
    say(json.dumps(shown, indent=2, ensure_ascii=False))


def as_json(result: Attempt, *, engine: str, policy: str, seed: int) -> Proof:
    """Return the attempt as a JSON object, see docs/json.md."""
    search, verified = result.search, result.verified
    ending = search.ending
    unproved = ending if isinstance(ending, Unproved) else None
    return {
        "theorem": result.theorem.name,
        "statement": result.theorem.statement,
        "outcome": result.outcome,
        "proof": verified.proof if verified else None,
        "declaration": result.theorem.with_proof(verified.proof) if verified else None,
        "verified": verified is not None,
        **certificate_as_json(verified.certificate if verified else None),
        "disproved": disproof_as_json(result.disproof),
        "time_s": round(result.time_s, 3),
        "total_s": round(total_s(), 3),
        "times": Times(
            search=round(search.times.wall, 3),
            lean=round(search.times.lean, 3),
            policy=round(search.times.policy, 3),
            idle=round(search.times.idle, 3),
            check=round(search.times.accept, 3),
        ),
        "expansions": search.expansions,
        "tactics_tried": search.tactics_tried,
        "outcomes": dict(search.outcomes),
        "rejections": list(result.rejections),
        "stopped_by": unproved.stopped_by.value if unproved else None,
        "best": Best(tactics=list(unproved.tactics), goals=list(unproved.goals)) if unproved else None,
        "engine": engine,
        "policy": policy,
        "seed": seed,
    }


def certificate_as_json(certificate: Certificate | None) -> Certified:
    """Return what a certificate says, or what stands there where nothing is proved."""
    return {
        "type": certificate.statement if certificate else None,
        "axioms": list(certificate.axioms) if certificate else [],
        "inductives": list(certificate.inductives) if certificate else [],
        "context_code": list(certificate.context_code) if certificate else [],
        "library": certificate.library if certificate else None,
        "caveats": list(certificate.caveats) if certificate else [],
        "sha256": certificate.sha256 if certificate else None,
        "lean_version": certificate.lean_version if certificate else None,
    }


def disproof_as_json(disproof: Disproof | None) -> Disproved | None:
    """Return the proof of a theorem's negation as a JSON object, see docs/json.md."""
    if disproof is None:
        return None
    theorem, verified = disproof.theorem, disproof.verified
    return {
        "theorem": theorem.name,
        "statement": theorem.statement,
        "proof": verified.proof,
        "declaration": theorem.with_proof(verified.proof),
        "counterexample": dict(disproof.counterexample),
        **certificate_as_json(verified.certificate),
    }


def print_tree(tree: ProofTree) -> None:
    """Print on stderr everything that was tried, a line each, and each state below the tactic that led to it first."""
    from rich.text import Text
    from rich.tree import Tree

    screen = console(stderr=True)
    if not on_terminal(stderr=True):
        screen.width = TREE_WIDTH
    root = Tree(_line(Text(), _goals(tree.root)))
    _grow(root, tree.root, tree.proof_edges())
    screen.print(root)


def _grow(branch: Tree, node: Node, proof: list[Edge]) -> None:
    from rich.text import Text

    for edge in node.edges:
        on_proof = any(edge is each for each in proof)
        tactic = edge.tactic if edge.kind != SUBGOAL else f"goal {node.edges.index(edge) + 1}"
        label = Text(_shorten(tactic), style="bold green" if on_proof else "")
        if edge.target is None:
            reason = _reason(outcome_message(edge.outcome))
            marked = Text(f"{'✓ ' if on_proof else ''}{edge.kind}", style="green" if on_proof else "red")
            branch.add(_line(label, marked, Text(reason, style="dim")))
        elif edge.target.parent is edge:
            _grow(branch.add(_line(label, _goals(edge.target))), edge.target, proof)
        else:
            branch.add(_line(label, Text(f"→ state {edge.target.id}", style="dim")))


def _line(*parts: Text) -> Text:
    """Return the parts that are not empty in one line, which is cut where the screen ends."""
    from rich.text import Text

    line = Text("  ").join(part for part in parts if part)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _goals(node: Node) -> Text:
    from rich.text import Text

    targets = " | ".join(_shorten(goal.rpartition("⊢")[2]) for goal in node.goals)
    waits = "" if node.status is NodeStatus.EXPANDED else f" ({node.status.value})"
    return Text(f"[{node.id}] ⊢ {targets}{waits}", style="cyan")


def _reason(message: str) -> str:
    """Return the first line of what Lean says that says something; one that ends in a colon goes on."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    told = next((count for count, line in enumerate(lines, start=1) if not line.endswith(":")), len(lines))
    return _shorten(" ".join(lines[:told]))


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LABEL_WIDTH else line[: LABEL_WIDTH - 1] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
