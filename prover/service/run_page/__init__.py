"""A page that shows a run while it goes on, and its status for `prover status` elsewhere."""
