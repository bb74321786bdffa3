"""Policies propose tactics for a proof state; critics score states.

The heuristic (`heuristic.py`, `moves/`), models in this process (`transformers/`, `vllm.py`), servers
(`server*.py`), mixtures, and the prompt formats of public step models. May import `prover.lean`, `prover.problems`
and `prover.serving`; torch and transformers only inside of functions or in modules that only models import.
"""
