"""Numbers of finished runs: outcomes, pass@k with intervals, curves, comparisons, summaries. Reads runs only."""
