"""Telling Lean 3 from Lean 4: half of the older public sets have not been translated.

A Lean 3 text does not elaborate in Lean 4, and Lean 4's messages about one do not say what is wrong.
"""

from __future__ import annotations

import re

from prover.lean.reading.lexer import tokens

MATHLIB3_FOLDERS = frozenset(
    "algebra algebraic_geometry algebraic_topology analysis category_theory combinatorics computability "
    "control data dynamics field_theory geometry group_theory init linear_algebra logic measure_theory "
    "minif2f_import model_theory number_theory order probability representation_theory ring_theory "
    "set_theory tactic topology".split()
)
"""What a Lean 3 file imports, down to the first dot."""
_NAMESPACES = "complex finset fintype function int list matrix metric multiset nat polynomial real set zmod"
_OLD_NAME = re.compile(rf"\b(?:{'|'.join(_NAMESPACES.split())})\.[a-z]\w*")


def lean3_syntax(text: str) -> str:
    """Return a piece of the text that is Lean 3's and never Lean 4's, or an empty string."""
    words = [each.text for each in tokens(text) if each.kind not in ("comment", "doc", "text")]
    for first, second in zip(words, [*words[1:], ""], strict=True):
        if first == "open_locale":
            return first
        if (first, second) in (("noncomputable", "theory"), (":=", "begin")):
            return f"{first} {second}"
        if first == "import" and (second == "." or second.partition(".")[0] in MATHLIB3_FOLDERS):
            return f"{first} {second}"
    return ""


def lean3_name(text: str) -> str:
    """Return a name as Lean 3's library has them, such as `nat.prime`, if the text has one.

    A text of Lean 4 may have one, too: a variable called `set`. It is only worth saying where Lean refuses it.
    """
    found = _OLD_NAME.search(text)
    return found[0] if found else ""
