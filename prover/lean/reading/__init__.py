"""Reading Lean texts: line ends and encodings, where declarations and holes are, scopes, headers, tokens.

Lean's own parser decides where an engine is at hand; `lexer` serves where none is.
"""
