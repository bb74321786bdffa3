"""Runs for tests, written straight into a database with the schema."""

import json
import random
import sqlite3
from dataclasses import dataclass, field
from importlib.resources import files

from prover.evaluation.store.migrate import SCHEMA_VERSION
from prover.evaluation.store.run_data import DATABASE

CREATED = 1_790_000_000.0
CLOSERS = ("decide", "grind", "omega", "simp")
TACTICS = (
    "intro n hn",
    "omega",
    "simp [Nat.mul_comm]",
    "induction n with\n| zero => rfl\n| succ n ih => simp [ih]",
    "rcases h with ⟨a, b⟩",
    "have h₁ : 2 * n = n + n := by ring",
    "constructor",
    "rw [Nat.add_comm] at h₀",
    "exact Nat.le_of_lt_succ h",
    "obtain ⟨k, hk⟩ := h",
    "norm_num",
    "decide",
)
MESSAGES = (
    "omega could not prove the goal:\na possible counterexample may satisfy the constraints\n"
    "  a ≥ 0\n  b - a ≥ 1\nwhere\n a := x\n b := y ^ 2",
    "simp made no progress",
    "unknown identifier 'h₁'",
    "tactic 'decide' failed for proposition\n  ∀ n < 40, n ^ 2 % 8 < 5\n"
    "since its 'Decidable' instance did not reduce",
)

REASONS = {"unsupported": "needs Mathlib: unknown constant 'Real'", "invalid": "expected token"}


@dataclass
class Attempt:
    outcome: str = "failed"
    negated: bool = False
    wall_s: float = 2.0
    expansions: int = 10
    tactics: int = 80
    length: int = 2
    nodes: int = 6
    proof: str | None = None
    steps: list | None = None


@dataclass
class Problem:
    name: str
    category: str = "algebra"
    statement: str = ""
    support: str = "supported"
    closers: tuple = ()
    expected: bool | None = None
    attempts: list = field(default_factory=list)


def write_run(folder, problems, *, set_name="a set", set_hash="0123456789abcdef" * 4, seed=0):
    """Write a run of `problems` to `folder` and return the folder."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / DATABASE)
    database.executescript((files("prover.evaluation.store") / "schema.sql").read_text())
    _insert(
        database,
        "run",
        schema_version=SCHEMA_VERSION,
        prover_version="0.1.0",
        created_at=CREATED,
        config=json.dumps({"policy": {"name": "heuristic"}, "budget": {"seconds": 60.0, "expansions": None}}),
        set_name=set_name,
        set_hash=set_hash,
    )
    attempts = 0
    for place, problem in enumerate(problems):
        _write_problem(database, place, problem, rng)
        passes = {False: 0, True: 0}
        for attempt in problem.attempts:
            _write_attempt(database, attempts, place, passes[attempt.negated], attempt, rng)
            passes[attempt.negated] += 1
            attempts += 1
    database.commit()
    database.close()
    return folder


def _insert(database, table, **values):
    columns = ", ".join(values)
    database.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


def _write_problem(database, place, problem, rng):
    _insert(
        database,
        "problem",
        id=place,
        name=problem.name,
        split="valid",
        category=problem.category,
        full_name=problem.name,
        header="import Mathlib\n\nopen Nat\n\n",
        statement=problem.statement or f"theorem {problem.name} (n : Nat) (h₀ : 0 < n) :\n  n ^ 2 % 4 < 2",
        written="",
        informal="Show that it holds.",
        expected=problem.expected,
        support=problem.support,
        support_reason=REASONS.get(problem.support, ""),
    )
    if problem.support != "supported":
        return
    for tactic in CLOSERS:
        called = tactic if tactic == "decide" else f"intros; {tactic}"
        closed = tactic in problem.closers
        _insert(
            database,
            "automation",
            problem_id=place,
            tactic=called,
            closed=closed,
            seconds=rng.uniform(0.001, 0.2),
        )


def _write_attempt(database, number, problem, pass_number, attempt, rng):
    _insert(
        database,
        "attempt",
        id=number,
        problem_id=problem,
        negated=attempt.negated,
        seed=pass_number,
        outcome=attempt.outcome,
        stopped_by="seconds" if attempt.outcome == "failed" else "",
        reason="the engine ended: out of memory" if "error" in attempt.outcome else "",
        started_at=CREATED + number,
        wall_s=attempt.wall_s,
        lean_s=rng.uniform(0.4, 0.7) * attempt.wall_s,
        policy_s=rng.uniform(0.1, 0.3) * attempt.wall_s,
        verify_s=0.05 * attempt.wall_s,
        idle_s=rng.uniform(0.02, 0.2) * attempt.wall_s,
        expansions=attempt.expansions,
        tactics=attempt.tactics,
        nodes=attempt.nodes,
        policy_tokens=0,
        **{"pass": pass_number},
    )
    proved = attempt.outcome in {"proved", "disproved"}
    path = _write_tree(database, number, attempt, rng, length=attempt.length if proved else 0)
    if proved:
        _insert(
            database,
            "proof",
            attempt_id=number,
            text=attempt.proof if attempt.proof is not None else "\n".join(path),
            length=attempt.length,
            statement="",
            axioms='["propext"]',
            inductives='["Tree"]',
            context_code="[]",
            sha256="ab" * 32,
            engine="Lean 4.28.0, embedded",
            lean_version="4.28.0",
            verified_at=CREATED,
        )


def _write_tree(database, attempt_id, attempt, rng, *, length):
    """Write a random tree whose first states are the winning path, if `length` is not 0; return its tactics."""
    parents, depths, logprobs = [-1], [0], [0.0]
    steps = []
    tactics = [rng.choice(TACTICS) for _ in range(length)]
    for node in range(1, max(attempt.nodes, length)):
        winning = node < length
        recent = max(0, node - 40)
        parent = node - 1 if winning else rng.randrange(recent, node)
        logprob = -rng.expovariate(1.5)
        tactic = tactics[node - 1] if winning else f"{rng.choice(TACTICS)}"
        steps.append((parent, node, tactic, logprob, "state", "", winning))
        parents.append(parent)
        depths.append(depths[parent] + 1)
        logprobs.append(logprobs[parent] + logprob)
    inner = set(parents)
    for node in range(len(parents)):
        if node in inner or node == length - 1:
            for _ in range(rng.randrange(1, 5)):
                message = rng.choice(MESSAGES)
                steps.append(
                    (node, None, rng.choice(TACTICS), -rng.expovariate(0.7), "error", message, False)
                )
    if length:
        steps.append((length - 1, None, tactics[-1], -0.4, "finished", "", True))
    for extra in attempt.steps or ():
        steps.append(extra)
    rows = [
        (
            attempt_id,
            node,
            json.dumps([_goal(node, depth, rng)] * (1 + (node % 7 == 3))),
            depth,
            logprob,
            node in inner,
        )
        for node, (depth, logprob) in enumerate(zip(depths, logprobs, strict=True))
    ]
    database.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?)", rows)
    numbered = [(attempt_id, number, *step) for number, step in enumerate(steps)]
    database.executemany("INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", numbered)
    return tactics


def _goal(node, depth, rng):
    hypotheses = "".join(
        f"h{i} : x ^ {i + 2} + {rng.randrange(100)} * x ≤ {node}\n" for i in range(min(depth, 6))
    )
    return f"n x : Nat\nh₀ : 0 < n\n{hypotheses}⊢ x ^ 2 * n + {node} ≤ (x + {rng.randrange(9)}) ^ 2"


def varied_problems(count, *, seed=0, nodes=200, passes=2):
    """Return problems with every outcome in them."""
    rng = random.Random(seed)
    categories = (
        "algebra",
        "amc12",
        "aime",
        "imo",
        "induction",
        "mathd_algebra",
        "mathd_numbertheory",
        "numbertheory",
    )
    problems = []
    for place in range(count):
        category = rng.choice(categories)
        problem = Problem(f"{category}_{place}_p{rng.randrange(30)}", category)
        problems.append(problem)
        draw = rng.random()
        if draw < 0.2:
            problem.support = "unsupported"
            continue
        if draw < 0.22:
            problem.support = "invalid"
            continue
        if draw < 0.24:
            continue
        hard = rng.random()
        if hard < 0.3:
            problem.closers = tuple(sorted(rng.sample(CLOSERS, rng.randrange(1, 3))))
        for _ in range(passes):
            outcome = "proved" if rng.random() > hard else "engine error" if rng.random() < 0.05 else "failed"
            size = max(3, int(rng.lognormvariate(0, 0.8) * nodes))
            wall = rng.lognormvariate(0.5, 1.5) if outcome == "proved" else 60.0
            length = 1 + min(12, int(rng.expovariate(0.4)))
            problem.attempts.append(
                Attempt(
                    outcome,
                    wall_s=wall,
                    nodes=size,
                    length=length,
                    expansions=size // 3 + 1,
                    tactics=size * 5,
                )
            )
        if draw > 0.97 and all(each.outcome != "proved" for each in problem.attempts):
            problem.attempts.append(Attempt("disproved", negated=True, wall_s=3.0))
    return problems
