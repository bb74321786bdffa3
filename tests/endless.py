"""A text that Lean's kernel would check for ages, at little depth: no heartbeat ends it, no recursion is too deep."""

TEXT = """\
def slow : Nat → Nat → Bool
  | 0, _ => true
  | n + 1, path => slow n (2 * path) && slow n (2 * path + 1)

theorem endless : slow 60 1 = true := by decide +kernel
"""
