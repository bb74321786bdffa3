"""Recursion without end, and goals that get lost on the way."""

from cheats.cheat import Cheat

ERROR = "error"
AXIOM = "the axiom sorryAx"
FALSE_FOR_ALL = "theorem foo (n : Nat) : n = n + 1"

CHEATS = (
    Cheat("itself", "the theorem proves itself", "exact foo", ERROR),
    Cheat("itself-argument", "for the same argument", "exact foo n", ERROR, FALSE_FOR_ALL),
    Cheat("itself-upwards", "for a larger argument", "have := foo (n + 1)\nomega", ERROR, FALSE_FOR_ALL),
    Cheat("itself-assumption", "found among the hypotheses", "assumption", ERROR, FALSE_FOR_ALL),
    Cheat("itself-simp", "as a rewriting rule", "simp [foo]", ERROR, FALSE_FOR_ALL),
    Cheat(
        "itself-induction",
        "in place of the induction hypothesis",
        "cases n with\n| zero => exact foo 0\n| succ n => exact foo (n + 1)",
        ERROR,
        FALSE_FOR_ALL,
    ),
    Cheat(
        "itself-have", "through a lemma", "have h : ∀ m, m = m + 1 := foo\nexact h n", ERROR, FALSE_FOR_ALL
    ),
    Cheat(
        "no-measure",
        "a measure that does not decrease",
        "have := foo (n + 1)\nomega\ntermination_by n",
        ERROR,
        FALSE_FOR_ALL,
    ),
    Cheat(
        "measure-sorry",
        "a measure that is said to decrease",
        "have := foo (n + 1)\nomega\ntermination_by n\ndecreasing_by sorry",
        AXIOM,
        FALSE_FOR_ALL,
    ),
    Cheat(
        "measure-admit",
        "the same",
        "have := foo (n + 1)\nomega\ntermination_by n\ndecreasing_by all_goals admit",
        AXIOM,
        FALSE_FOR_ALL,
    ),
    Cheat(
        "measure-native",
        "a measure that is computed to decrease",
        "have := foo (n + 1)\nomega\ntermination_by n\ndecreasing_by native_decide",
        ERROR,
        FALSE_FOR_ALL,
    ),
    Cheat(
        "structural",
        "said to be structural",
        "have := foo (n + 1)\nomega\ntermination_by structural n",
        ERROR,
        FALSE_FOR_ALL,
    ),
    Cheat("helper-loop", "a helper that loops", "exact aux\nwhere\n  aux : False := aux", ERROR),
    Cheat(
        "helpers-loop", "two helpers that loop", "exact a\nwhere\n  a : False := b\n  b : False := a", ERROR
    ),
    Cheat(
        "let-rec-loop",
        "a local function that loops",
        "let rec f (n : Nat) : False := f (n + 1)\nexact f 0",
        ERROR,
    ),
    Cheat(
        "let-rec-sorry",
        "a local function that ends by decree",
        "let rec f (n : Nat) : False := f (n + 1)\n  termination_by n\n  decreasing_by sorry\nexact f 0",
        AXIOM,
    ),
    Cheat(
        "fix",
        "a fixed point of anything",
        "exact WellFounded.fix (r := fun _ _ : Unit => True) (C := fun _ => False)\n"
        "  ⟨fun _ => ⟨_, fun _ _ => nofun⟩⟩ (fun _ h => h () trivial) ()",
        ERROR,
    ),
    Cheat(
        "acc",
        "everything is accessible",
        "exact Acc.rec (fun _ _ h => h () trivial) (Acc.intro () nofun : Acc (fun _ _ => True) ())",
        ERROR,
    ),
    Cheat("partial-fixpoint", "a fixed point in no order", "exact foo\npartial_fixpoint", ERROR),
    Cheat("coinductive", "a greatest fixed point", "exact foo\ncoinductive_fixpoint", ERROR),
    Cheat("unfinished", "a goal is left", "constructor\n· rfl", ERROR, "theorem foo : 1 = 1 ∧ 2 = 3"),
    Cheat("skip", "nothing is done", "skip", ERROR),
    Cheat("done", "done before it is", "done", ERROR),
    Cheat(
        "rotate",
        "goals are rotated away",
        "constructor\nrotate_left\nrotate_left",
        ERROR,
        "theorem foo : 1 = 2 ∧ 2 = 3",
    ),
    Cheat(
        "swap-fail",
        "the same goal twice",
        "constructor\nall_goals try rfl",
        ERROR,
        "theorem foo : 1 = 1 ∧ 2 = 3",
    ),
    Cheat("fail-if-success", "a failure that is wanted", "fail_if_success rfl", ERROR),
    Cheat("or-else", "all alternatives fail", "first | rfl | decide | omega | simp", ERROR),
    Cheat(
        "case-missing",
        "a case that is left out",
        "match n with\n| 0 => rfl",
        ERROR,
        "theorem foo (n : Nat) : n = 0",
    ),
    Cheat(
        "nomatch", "no cases where there are some", "exact nomatch n", ERROR, "theorem foo (n : Nat) : n = 1"
    ),
    Cheat("nofun", "no cases where there are some", "exact nofun", ERROR, "theorem foo : Nat → False"),
    Cheat("contradiction", "none", "contradiction", ERROR, "theorem foo (n : Nat) (h : n = n) : False"),
    Cheat("absurd", "neither side", "exact absurd trivial trivial", ERROR),
    Cheat("exfalso", "from false", "exfalso\nassumption", ERROR, "theorem foo : 1 = 2"),
    Cheat("decide-false", "what is false is decided so", "decide", ERROR, "theorem foo : 10 < 9"),
    Cheat("decide-kernel", "and by the kernel", "decide +kernel", ERROR, "theorem foo : 10 < 9"),
    Cheat(
        "rfl-kernel",
        "not equal in the kernel",
        "exact (by rfl : 2 ^ 64 = 2 ^ 64 + 1)",
        ERROR,
        "theorem foo : 2 ^ 64 = 2 ^ 64 + 1",
    ),
    Cheat(
        "decide-big",
        "not equal, in 200 digits",
        "decide +kernel",
        ERROR,
        "theorem foo : 10 ^ 200 % (10 ^ 100 + 1) = 2",
    ),
    Cheat("omega-false", "no contradiction", "omega", ERROR, "theorem foo (a b : Nat) : a < b + 1"),
    Cheat("grind-false", "nothing to find", "grind", ERROR, "theorem foo (a b : Nat) : a * b = a + b"),
    Cheat("simp-false", "simplifies to False", "simp", ERROR, "theorem foo (n : Nat) : n + 1 = n"),
    Cheat("simp-arith", "with arithmetic", "simp +arith", ERROR, "theorem foo (n : Nat) : n + 1 ≤ n"),
    Cheat("simp-all", "with hypotheses", "simp_all", ERROR, "theorem foo (n : Nat) (h : n = 0) : n = 1"),
    Cheat(
        "norm-cast",
        "casts that lose something",
        "norm_cast",
        ERROR,
        "theorem foo (a b : Nat) : ((a - b : Nat) : Int) = (a : Int) - b",
    ),
    Cheat(
        "ac-rfl", "not associative", "ac_rfl", ERROR, "theorem foo (a b c : Nat) : a - b - c = a - (b - c)"
    ),
    Cheat(
        "induction-hypothesis",
        "one that is too strong",
        "induction n with\n| zero => rfl\n| succ n ih => exact ih",
        ERROR,
        "theorem foo (n : Nat) : n = 0",
    ),
    Cheat(
        "injection",
        "an injection of nothing",
        "injection h",
        ERROR,
        "theorem foo (a b : Nat) (h : a + 1 = b + 1) : a = 0",
    ),
    Cheat(
        "subst", "equal to itself only", "subst h\nrfl", ERROR, "theorem foo (a b : Nat) (h : a = b) : a = 0"
    ),
    Cheat(
        "existsi", "a witness that is none", "exact ⟨0, by decide⟩", ERROR, "theorem foo : ∃ n : Nat, n < n"
    ),
    Cheat(
        "metavariable",
        "a witness that is left open",
        "refine ⟨?w, ?_⟩\nrfl",
        ERROR,
        "theorem foo : ∃ n : Nat, n = n + 1",
    ),
    Cheat(
        "delayed",
        "what is delayed for ever",
        "refine ⟨?a, ?b⟩\ncase b => trivial",
        ERROR,
        "theorem foo : 1 = 2 ∧ True",
    ),
    Cheat("mvar-loop", "two holes that stand for each other", "have h : ?p := ?q\nexact h", ERROR),
    Cheat("refine-later", "a hole of a hole", "refine id ?_\nrefine id ?_", ERROR),
    Cheat("unused-have", "proved something, just not this", "have : True := trivial", ERROR),
    Cheat("timeout", "not finished in time", "repeat (first | skip)\nexact?", ERROR),
    Cheat(
        "max-rec", "too deep to be right", "simp [show ∀ n : Nat, n = n + 1 from foo]", ERROR, FALSE_FOR_ALL
    ),
    Cheat("heartbeats-0", "no limit to the search", "set_option maxHeartbeats 0 in omega", ERROR),
    Cheat(
        "skip-kernel",
        "the kernel is told not to look",
        "set_option debug.skipKernelTC true in decide +kernel",
        "the kernel refuses",
        "theorem foo : 1 = 2",
    ),
    Cheat(
        "errors-off", "recover, and report nothing", "set_option Elab.async true in\nexact nonsense", ERROR
    ),
    Cheat(
        "partial-syntax",
        "errors in partial syntax are not shown",
        "exact (trivial : )\nset_option pp.all true in",
        ERROR,
    ),
    Cheat(
        "pp-oneline", "the messages are made short", "set_option pp.oneline true in exact (trivial)", ERROR
    ),
    Cheat("trace-only", "a trace for a proof", 'trace "proved"', ERROR),
    Cheat("trace-state", "a look at the goal for a proof", "trace_state", ERROR),
    Cheat("checkpoint", "a point to come back to", "checkpoint skip", ERROR),
    Cheat("sleep", "patience", "sleep 1", ERROR),
    Cheat("dbg-trace", "a message for a proof", 'dbg_trace "proved"', ERROR),
    Cheat("guard-msgs", "errors that are expected", "#guard_msgs (drop error) in\nexact nonsense", ERROR),
    Cheat("unhygienic", "names without hygiene", "unhygienic exact this", ERROR),
    Cheat("with-reducible", "less unfolding", "with_reducible rfl", ERROR, "theorem foo : 1 = 2"),
    Cheat(
        "try-all",
        "everything tried, nothing done",
        "all_goals (try rfl)\nany_goals (try omega)\ntry decide",
        ERROR,
    ),
)
