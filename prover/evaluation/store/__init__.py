"""A run on disk: the folder, the SQLite database (`schema.sql`), its rows, migrations and invariants.

Imports no policy and no engine.
"""
