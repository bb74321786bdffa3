"""Batch runs over problem sets: the runner, the store (SQLite), statistics, comparison, export, the report.

May import `prover.attempt` and everything below it; `prover.training` and `prover.cli` stand above.
"""
