"""Lean: engine processes and their pool, sessions in LeanDojo's vocabulary, verifiers, and how texts are read.

`embedded/` is the Lean that comes with `pip`, `native/` a Lake project, `dojo/` a repository that LeanDojo
has traced. May import the modules of the foundation (files, home, ...) only.
"""
