"""The Python API, docs/python.md: a Lean that is kept open, and what is done with it.

`lean.py` has the asynchronous API, `sync.py` the same without `await`, `results.py` what they return. Everything
public is exported from :mod:`prover`. What is here stands on everything but the command line, which stands on it.
"""
