"""vLLM's server as a child process, for `prover serve`. May import the foundation (files, home, ...) only."""
