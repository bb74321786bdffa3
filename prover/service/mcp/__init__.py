"""`prover mcp`: Lean, the search and the verifier as tools for agents, over the Model Context Protocol.

The modules called `..._tools` have what they do, `answers` the form of every result, `jobs` what takes longer than a
call, `server` the transports.
"""
