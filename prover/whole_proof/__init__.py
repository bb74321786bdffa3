"""Whole proofs by chat models: samples, Lean's messages sent back for repair, the verifier's word at the end.

May import what `prover.attempt` may: Lean, policies and search results.
"""
