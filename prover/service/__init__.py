"""What other programs can talk to: a server (`http`), tools for agents (`mcp`), the page of a run (`run_page`).

Only the command line imports this, and it needs the extra `service`.
It stands on the Python API (:mod:`prover.api`). What it says is proved, a verifier has said.
"""
