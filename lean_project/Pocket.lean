/-!
A small library of ours, in core Lean, with the definitions of school mathematics under Mathlib's names, so that
statements written for Mathlib can be read and proved without it: docs/library.md. The order is that in which
prover's own Lean elaborates these files when it is installed.
-/
import Pocket.Logic
import Pocket.Set
import Pocket.Order
import Pocket.Nat
import Pocket.Finset
import Pocket.Cauchy
import Pocket.Real
import Pocket.RealCast
import Pocket.RealOrder
import Pocket.Floor
import Pocket.Log
import Pocket.Complex
import Pocket.Cis
import Pocket.Trig
import Pocket.Analysis
import Pocket.NNReal
import Pocket.Fintype
import Pocket.ZMod
import Pocket.Filter
import Pocket.Algebra
import Pocket.OrderedField
import Pocket.RealLemmas
import Pocket.BigOperators
import Pocket.NumberTheory
import Pocket.Tactics
