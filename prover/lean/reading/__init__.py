"""Reading Lean texts: line ends and encodings, where declarations and holes are, scopes, headers, tokens.

Lean's own parser says where declarations, their heads and values, and holes are (`source`, `holes`), where an engine
has the extension `declarations` of docs/protocol.md. The rest is read with `lexer` or guessed, and Lean is asked
afterwards:

- `statements` and `lexical`, for texts whose imports no engine here has, and for the community REPL: Lean elaborates
  what they cut out when it is opened, and again when a proof is checked.
- Commands that declare nothing, which the extension does not describe: `holes` takes them to begin with a line, to
  blank out what has errors. What is proved then is checked in the whole file as well.
- `prelude`, `pocket` and `scopes` choose a header, or complete a file that is written out; a wrong choice is an error
  of Lean's, never another statement: the check compares that with the given text.
"""
