"""Proofs by sketches: a chat model or the heuristic proposes steps, prover proves them; draft, sketch, prove.

May import `prover.filling` and what that may import.
"""
