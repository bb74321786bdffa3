"""vLLM's server as a child process, for `prover serve`. May import `prover.util` and `prover.errors` only."""
