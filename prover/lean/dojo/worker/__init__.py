"""The side of the adapter that runs in LeanDojo's own Python, which may be as old as 3.9.

It imports the standard library, LeanDojo with what that brings, and :mod:`prover.lean.dojo.limits`; nothing else of
this package may be imported here, since what that needs is not installed there.
"""
