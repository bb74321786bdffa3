"""Training data: trajectories of runs, their Parquet files, tokenized examples, batches.

May import `prover.evaluation`, to read runs, and the policies' prompt formats.
"""
