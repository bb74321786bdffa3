import Pocket.Floor

/-!
exp, sin, cos, π, log and real powers: definitions with the values that Mathlib's have. **Nothing is proved of them**
here: exp, sin and cos are the limits of their series (Mathlib: the real parts of the complex ones), π is the least
positive zero of sin, log is the inverse of exp at |x|, and 0 at 0. Mathlib: `Mathlib/Analysis/SpecialFunctions/`.
-/

noncomputable section
namespace Real
/-- The limit of a sequence, if it has one; else 0. -/
def limit (u : Nat → ℝ) : ℝ :=
  open Classical in if h : ∃ L : ℝ, ∀ ε : ℝ, 0 < ε → ∃ N : Nat, ∀ n, N ≤ n → abs (u n - L) < ε then Classical.choose h else 0
def exp (x : ℝ) : ℝ := limit fun n => ∑ k ∈ Finset.range n, x ^ k / (Nat.factorial k : ℝ)
def sin (x : ℝ) : ℝ := limit fun n => ∑ k ∈ Finset.range n, (-1) ^ k * x ^ (2 * k + 1) / (Nat.factorial (2 * k + 1) : ℝ)
def cos (x : ℝ) : ℝ := limit fun n => ∑ k ∈ Finset.range n, (-1) ^ k * x ^ (2 * k) / (Nat.factorial (2 * k) : ℝ)
def tan (x : ℝ) : ℝ := sin x / cos x
def pi : ℝ := open Classical in if h : ∃ x, IsLeast { x | 0 < x ∧ sin x = 0 } x then Classical.choose h else 0
scoped notation "π" => Real.pi
def log (x : ℝ) : ℝ := open Classical in if h : ∃ y, exp y = abs x then Classical.choose h else 0
def logb (b x : ℝ) : ℝ := log x / log b
def rpow (x y : ℝ) : ℝ :=
  if 0 < x then exp (log x * y) else if x = 0 then (if y = 0 then 1 else 0) else exp (log x * y) * cos (y * pi)
instance : Pow ℝ ℝ := ⟨rpow⟩
end Real
end
