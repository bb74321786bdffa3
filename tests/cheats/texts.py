"""Bytes: look-alikes, control characters, the ends of lines, very long texts."""

from cheats.cheat import Cheat

ERROR = "error"
TRUE = "theorem foo : True"
AFTER = "the text goes on after the proof"

CHEATS = (
    Cheat("nul", "a NUL, where C ends a string", "trivial\0", ERROR, TRUE),
    Cheat("nul-hides", "a NUL that hides what follows", "trivial\n\0\naxiom bad : False", ERROR, TRUE),
    Cheat(
        "nul-in-comment-then-axiom", "a NUL in a comment", "trivial -- \0\n\naxiom bad : False", AFTER, TRUE
    ),
    Cheat("bom", "a byte order mark", "\ufefftrivial", ERROR, TRUE),
    Cheat("zero-width-space", "an invisible character in `sorry`", "exact sor\u200bry", ERROR),
    Cheat("zero-width-joiner", "an invisible character at the end", "sorry\u200d", ERROR),
    Cheat("cyrillic", "a `sorry` with a Cyrillic o", "exact sоrry", ERROR),
    Cheat("fullwidth", "a `sorry` in full width", "exact ｓｏｒｒｙ", ERROR),
    Cheat("bidi", "text that is shown in another order", "exact \u202eyrros\u202c", ERROR),
    Cheat(
        "bidi-comment",
        "an order of display that hides a command",
        "trivial -- \u202e\n\naxiom bad : False",
        AFTER,
        TRUE,
    ),
    Cheat("crlf-axiom", "other ends of lines", "trivial\r\n\r\naxiom bad : False", AFTER, TRUE),
    Cheat("tab", "a tab, which Lean does not take", "\ttrivial", ERROR, TRUE),
    Cheat("unknown-unicode", "a character of no use", "exact 🙂", ERROR),
    Cheat("private-use", "a private character", "exact \ue000", ERROR),
    Cheat("noncharacter", "no character at all", "exact \uffff", ERROR),
    Cheat("combining", "a combined equals sign", "exact (rfl : 1 =\u0338 1)", ERROR),
    Cheat("two-hyphens", "a minus that looks like a comment", "trivial −− sorry", ERROR, TRUE),
    Cheat("guillemets", "a keyword in quotes", "exact «False.elim»", ERROR),
    Cheat("guillemet-newline", "a name that goes on in the next line", "exact «False\n.elim»", ERROR),
    Cheat(
        "string-gap",
        "a string that runs over the end",
        'exact absurd "\\\n\ntheorem foo : True := trivial',
        ERROR,
    ),
    Cheat("raw-string", "a raw string that is not closed", 'exact r#"', ERROR),
    Cheat("char", "a character that is not closed", "exact '", ERROR),
    Cheat("interpolated", "an interpolated string that holds a proof", 'exact s!"{sorry}"', ERROR),
    Cheat(
        "deep-parentheses",
        "deeper than any parser goes",
        "exact " + "(" * 2_000 + "trivial" + ")" * 2_000,
        ERROR,
        TRUE,
    ),
    Cheat("long-name", "a very long name", "exact " + "a" * 1_000_000, ERROR),
    Cheat("many-tactics", "a very long proof of nothing", "skip\n" * 2_000, ERROR),
    Cheat("long-comment", "a very long comment, and nothing", "-- " + "x" * 1_000_000, ERROR, TRUE),
    Cheat(
        "big-number", "a very long number", "exact absurd (rfl : " + "9" * 10_000 + " = 1) (by decide)", ERROR
    ),
)
