"""From words to Lean statements and back, by chat models, with reports on what each statement is worth.

May import what `prover.disprove` may import, and that.
"""
