import Mathlib

/-!
What miniF2F's statements expect to stand before them. `prover` puts these lines, not an import of this file, before a
statement that comes without a header when the engine has Mathlib.
-/

set_option maxHeartbeats 400000

open BigOperators Real Nat Topology Rat
