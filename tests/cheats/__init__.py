"""Attempts to have something called proved that is not, and honest proofs that must be accepted.

Each module of data holds one idea. `test_proofs.py` sends them through the two engines of the verifier,
`test_sessions.py` through a session; docs/soundness.md says what they are about.
"""
