import Pocket.Nat

/-!
Integers modulo `n`. Mathlib: `Mathlib/Data/ZMod/Defs.lean`. The inverse is Mathlib's `ZMod.inv` for units and others
alike: the first Bézout coefficient, and the sign for `n = 0`.
-/

/-- Integers modulo `n`. -/
def ZMod : Nat → Type
  | 0 => Int
  | n + 1 => Fin (n + 1)
instance ZMod.commRing : (n : Nat) → Lean.Grind.CommRing (ZMod n)
  | 0 => inferInstanceAs (Lean.Grind.CommRing Int)
  | n + 1 => inferInstanceAs (Lean.Grind.CommRing (Fin (n + 1)))
instance (n : Nat) : NatCast (ZMod n) := (ZMod.commRing n).natCast
instance (n : Nat) : IntCast (ZMod n) := (ZMod.commRing n).intCast
instance ZMod.decEq : (n : Nat) → DecidableEq (ZMod n)
  | 0 => inferInstanceAs (DecidableEq Int)
  | n + 1 => inferInstanceAs (DecidableEq (Fin (n + 1)))

/-- Mathlib: `Nat.xgcdAux`, in at most `fuel` steps. -/
def Pocket.xgcdAux : Nat → Nat → Int → Int → Nat → Int → Int → Nat × Int × Int
  | 0, _, _, _, r', s', t' => (r', s', t')
  | _ + 1, 0, _, _, r', s', t' => (r', s', t')
  | fuel + 1, k + 1, s, t, r', s', t' =>
    let q : Int := ((r' / (k + 1) : Nat) : Int)
    Pocket.xgcdAux fuel (r' % (k + 1)) (s' - q * s) (t' - q * t) (k + 1) s t
/-- Mathlib: `Nat.gcdA`. Every step makes the first number smaller, so there is fuel enough. -/
def Nat.gcdA (x y : Nat) : Int := (Pocket.xgcdAux (x + 1) x 1 0 y 0 1).2.1
/-- Mathlib: `ZMod.inv`. -/
def ZMod.inv : (n : Nat) → ZMod n → ZMod n
  | 0 => fun (x : Int) => (Int.sign x : Int)
  | n + 1 => fun (x : Fin (n + 1)) => Fin.ofNat (n + 1) ((Nat.gcdA x.val (n + 1)) % ((n + 1 : Nat) : Int)).toNat
instance (n : Nat) : Inv (ZMod n) := ⟨ZMod.inv n⟩
