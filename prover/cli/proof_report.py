"""What `prover prove` prints: the proof to paste, JSON, or the search tree."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from prover.attempt import Attempt, Disproof
from prover.search.result import Unproved
from prover.search.script import proof_text
from prover.search.tree import SUBGOAL, Edge, Node, NodeStatus, ProofTree, outcome_message

TREE_WIDTH = 120


def print_attempt(result: Attempt) -> None:
    """Print the proof, or the best unfinished one and why there is none."""
    console = Console()
    search = result.search
    figures = (
        f"{result.time_s:.1f} s, {_count(search.expansions, 'state')} expanded, "
        f"{_count(search.tactics_tried, 'tactic')} tried"
    )
    if result.verified is not None:
        proof, certificate = result.verified.proof, result.verified.certificate
        console.print(Text(result.theorem.with_proof(proof)), soft_wrap=True)
        axioms = ", ".join(certificate.axioms) or "none"
        checked = "checked by Lean's kernel in a fresh process"
        note = f"{figures}; {certificate.engine}; axioms: {axioms}; {checked}"
        console.print(Text(note, style="dim"), soft_wrap=True)
        return
    if result.disproof is not None:
        _print_disproof(console, result.disproof, f"{result.time_s:.1f} s")
        return
    ending = search.ending
    assert isinstance(ending, Unproved)
    console.print(Text.assemble(("not proved", "bold red"), f": ended by {ending.stopped_by.text}"))
    console.print(Text(figures, style="dim"))
    if result.rejections:
        reasons = "; ".join(dict.fromkeys(result.rejections))
        console.print(
            Text(f"finished proofs that the check refused: {reasons}", style="yellow"), soft_wrap=True
        )
    if ending.tactics:
        console.print(Text("\nThe best unfinished proof:\n", style="bold"))
        console.print(Text(result.theorem.with_proof(proof_text(ending.tactics))), soft_wrap=True)
    console.print(Text("What is left to prove:\n", style="bold"))
    console.print(Text("\n\n".join(ending.goals)), soft_wrap=True)


def _print_disproof(console: Console, disproof: Disproof, time: str) -> None:
    """Print that the statement is false, where it fails, and the proof of its negation."""
    at = ", ".join(f"{name} = {value}" for name, value in disproof.counterexample)
    counterexample = f"; it fails for {at}" if at else ""
    console.print(
        Text.assemble(("the statement is false", "bold red"), f": its negation is proved{counterexample}\n"),
        soft_wrap=True,
    )
    console.print(Text(disproof.theorem.with_proof(disproof.verified.proof)), soft_wrap=True)
    certificate = disproof.verified.certificate
    note = f"{time}; {certificate.engine}; checked by Lean's kernel in a fresh process"
    console.print(Text(note, style="dim"), soft_wrap=True)


def print_json(result: Attempt, *, engine: str, policy: str, seed: int) -> None:
    """Print one JSON object to stdout."""
    Console().print_json(json.dumps(as_json(result, engine=engine, policy=policy, seed=seed)))


def as_json(result: Attempt, *, engine: str, policy: str, seed: int) -> dict[str, Any]:
    """Return the attempt as a JSON object; times are in seconds, `proof` is a tactic block or null."""
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
        "axioms": list(verified.certificate.axioms) if verified else [],
        "sha256": verified.certificate.sha256 if verified else None,
        "lean_version": verified.certificate.lean_version if verified else None,
        "disproved": _disproof_as_json(result.disproof),
        "time_s": round(result.time_s, 3),
        "times": {
            "search": round(search.times.wall, 3),
            "lean": round(search.times.lean, 3),
            "policy": round(search.times.policy, 3),
            "idle": round(search.times.idle, 3),
            "check": round(search.times.accept, 3),
        },
        "expansions": search.expansions,
        "tactics_tried": search.tactics_tried,
        "outcomes": dict(search.outcomes),
        "rejections": list(result.rejections),
        "stopped_by": unproved.stopped_by.value if unproved else None,
        "best": {"tactics": list(unproved.tactics), "goals": list(unproved.goals)} if unproved else None,
        "engine": engine,
        "policy": policy,
        "seed": seed,
    }


def _disproof_as_json(disproof: Disproof | None) -> dict[str, Any] | None:
    if disproof is None:
        return None
    theorem, verified = disproof.theorem, disproof.verified
    return {
        "theorem": theorem.name,
        "statement": theorem.statement,
        "proof": verified.proof,
        "declaration": theorem.with_proof(verified.proof),
        "counterexample": dict(disproof.counterexample),
        "axioms": list(verified.certificate.axioms),
        "sha256": verified.certificate.sha256,
        "lean_version": verified.certificate.lean_version,
    }


def print_tree(tree: ProofTree, *, stderr: bool = False) -> None:
    """Print everything that was tried, each state below the tactic that led to it first."""
    console = Console(stderr=stderr)
    if not console.is_terminal:
        console.width = 2 * TREE_WIDTH
    root = Tree(_goals(tree.root))
    proof = tree.proof_edges()
    _grow(root, tree.root, proof)
    console.print(root)


def _grow(branch: Tree, node: Node, proof: list[Edge]) -> None:
    for edge in node.edges:
        on_proof = any(edge is each for each in proof)
        tactic = edge.tactic if edge.kind != SUBGOAL else f"goal {node.edges.index(edge) + 1}"
        label = Text(_one_line(tactic), style="bold green" if on_proof else "")
        if edge.target is None:
            kind = edge.kind
            reason = outcome_message(edge.outcome).partition("\n")[0]
            label.append(f"  {'✓ ' if on_proof else ''}{kind}", style="green" if on_proof else "red")
            label.append(f" {reason}" if reason else "", style="dim")
            branch.add(label)
        elif edge.target.parent is edge:
            child = branch.add(label + _goals(edge.target))
            _grow(child, edge.target, proof)
        else:
            branch.add(label + Text(f"  → state {edge.target.id}", style="dim"))


def _goals(node: Node) -> Text:
    targets = " | ".join(_one_line(goal.rpartition("⊢")[2]) for goal in node.goals)
    waits = "" if node.status is NodeStatus.EXPANDED else f" ({node.status.value})"
    return Text(f"  [{node.id}] ⊢ {targets}{waits}", style="cyan")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TREE_WIDTH else line[: TREE_WIDTH - 1] + "…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
