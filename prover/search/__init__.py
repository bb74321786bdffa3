"""Search: proof trees, budgets, scoring rules, and the search algorithms behind one interface (`base.py`).

Knows neither Lean's processes nor models: it is given a session and a policy. May import `prover.lean` and
`prover.policy` for their interfaces.
"""
