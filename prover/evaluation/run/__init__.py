"""Batch runs: their configuration, which attempts are pending, making them, resuming, checking proofs again."""
