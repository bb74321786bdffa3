"""The `sorry`s of a file: found, searched, laid out as text, checked again in place, written back.

May import `prover.search`, `prover.policy` and `prover.lean`.
"""
