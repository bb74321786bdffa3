"""What a certificate rests on: the verifier, the filter of tactics, what is known of each kernel version.

docs/soundness.md describes it.
"""
