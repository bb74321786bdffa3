-- Mathlib's notation for the number types, so that statements written with it can be read by core Lean.
notation "ℕ" => Nat
notation "ℤ" => Int
notation "ℚ" => Rat

set_option autoImplicit false
