"""What every package may use: atomic writes, progress messages, the cache folder, bounded concurrency, install advice.

Knows nothing of Lean, policies or runs; imports `prover.errors` alone.
"""
