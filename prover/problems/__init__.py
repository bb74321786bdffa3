"""Problem sets: public benchmarks, JSONL, Parquet, .lean files and folders, generators, Lean's own library.

May import `prover.lean`.
"""
