import Lake
open Lake DSL

/-!
The Lean side of `prover`, for use with a Lean of your own: `lake exe cache get && lake build`.
The embedded Lean needs none of this.
-/

package prover where
  leanOptions := #[⟨`autoImplicit, false⟩]

require "leanprover-community" / "mathlib" @ git "v4.28.0"

@[default_target]
lean_lib LeanProject where
  srcDir := "lean_project"
  roots := #[`Prelude, `MathlibHeader, `Examples.Core, `Examples.WithMathlib]

/-- That the pocket library's definitions are Mathlib's: `lake build PocketAgainstMathlib`. -/
lean_lib PocketAgainstMathlib where
  srcDir := "lean_project"
  roots := #[`PocketAgainstMathlib]
