"""Proofs by sketches: a chat model or the heuristic proposes steps with `sorry`, prover fills them in; draft, sketch, prove.

May import `prover.filling` and what that may import.
"""
