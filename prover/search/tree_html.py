"""A proof tree in a notebook: nested lists of tactics, the proof in bold, what failed folded away."""

from __future__ import annotations

from html import escape

from prover.search.tree import SUBGOAL, Edge, Node, ProofTree, outcome_message

NODES_SHOWN = 200
"""States that are drawn: those on the proof, and the first ones that were found."""
REASON_WIDTH = 200
"""Of what Lean says about a tactic that failed."""


def tree_html(tree: ProofTree) -> str:
    """Return the tree, each state below the tactic that led to it first."""
    proof = tree.proof_edges()
    shown = {node.id for node in tree.nodes[:NODES_SHOWN]}
    shown |= {edge.source.id for edge in proof} | {edge.target.id for edge in proof if edge.target}
    for number in sorted(shown, reverse=True):
        shown |= {edge.source.id for edge in tree.nodes[number].path()}
    drawn = f"<ul><li>{_goals(tree.root)}{_below(tree.root, proof, shown)}</li></ul>"
    hidden = len(tree.nodes) - len(shown)
    return drawn + (f"<p><small>{hidden} more states are not shown</small></p>" if hidden else "")


def _below(node: Node, proof: list[Edge], shown: set[int]) -> str:
    led, failed = [], []
    for number, edge in enumerate(node.edges, start=1):
        on_proof = any(edge is each for each in proof)
        tactic = f"goal {number}" if edge.kind == SUBGOAL else edge.tactic
        label = f"<code>{escape(tactic)}</code>"
        label = f"<b>{label}</b>" if on_proof else label
        target = edge.target
        if target is None and on_proof:
            led.append(f"<li>{label} ✓</li>")
        elif target is None:
            reason = escape(" ".join(outcome_message(edge.outcome).split())[:REASON_WIDTH])
            failed.append(f"<li>{label} {escape(edge.kind)} <small>{reason}</small></li>")
        elif target.parent is not edge:
            led.append(f"<li>{label} → state {target.id}</li>")
        elif target.id in shown:
            led.append(f"<li>{label} {_goals(target)}{_below(target, proof, shown)}</li>")
    folded = f"<details><summary>{len(failed)} led nowhere</summary><ul>{''.join(failed)}</ul></details>"
    return (f"<ul>{''.join(led)}</ul>" if led else "") + (folded if failed else "")


def _goals(node: Node) -> str:
    targets = " | ".join(" ".join(goal.rpartition("⊢")[2].split()) for goal in node.goals)
    whole = escape(node.state.pp, quote=True)
    return f'<span title="{whole}">[{node.id}] ⊢ {escape(targets)}</span>'
