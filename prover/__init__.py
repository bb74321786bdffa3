"""Find proofs of Lean 4 theorems that Lean's kernel accepts."""

__version__ = "0.1.0"
