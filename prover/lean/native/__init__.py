"""A Lean of the user's own, with Lake: its REPL as an engine, and a verifier that uses the project's kernel."""
