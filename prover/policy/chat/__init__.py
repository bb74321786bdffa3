"""Chat models: the client of OpenAI-compatible chat endpoints, and the prompt formats of models that write proofs.

Knows nothing of searches and of Lean's processes; :mod:`prover.whole_proof` does the proving. Needs the extra `chat`.
"""
