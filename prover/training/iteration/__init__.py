"""Expert iteration: rounds of searching, training and measuring, with a curriculum, metrics and a report.

May import everything below the command line; nothing outside of `prover.cli` imports it.
"""
