"""Theorems of a repository that LeanDojo has traced, each proved in a Dojo of its own process."""
