-- A run as version 3 of the schema had it.

CREATE TABLE run (
    schema_version  INTEGER NOT NULL,
    prover_version  TEXT NOT NULL,
    created_at      REAL NOT NULL,
    config          TEXT NOT NULL,              -- JSON: everything the run depends on
    set_name        TEXT NOT NULL,
    set_hash        TEXT NOT NULL               -- of the problems, in order
);

CREATE TABLE problem (
    id              INTEGER PRIMARY KEY,        -- its place in the set, from 0
    name            TEXT NOT NULL UNIQUE,
    split           TEXT NOT NULL,
    category        TEXT NOT NULL,              -- for tables: miniF2F's own name prefixes
    full_name       TEXT NOT NULL,              -- of the declaration, namespaces included
    header          TEXT NOT NULL,              -- as the engine is given it
    statement       TEXT NOT NULL,
    informal        TEXT NOT NULL,
    expected        INTEGER,                    -- 1: known to be true, 0: to be false; NULL: not known
    support         TEXT NOT NULL DEFAULT 'unchecked',  -- supported | unsupported | invalid | unchecked | unusable
    support_reason  TEXT NOT NULL DEFAULT ''
);

CREATE TABLE automation (                       -- one call of a closing tactic, apart from search
    problem_id      INTEGER NOT NULL REFERENCES problem(id),
    tactic          TEXT NOT NULL,
    closed          INTEGER NOT NULL,
    seconds         REAL NOT NULL,
    PRIMARY KEY (problem_id, tactic)
);

CREATE TABLE attempt (
    id              INTEGER PRIMARY KEY,
    problem_id      INTEGER NOT NULL REFERENCES problem(id),
    pass            INTEGER NOT NULL,           -- from 0
    negated         INTEGER NOT NULL,           -- 1: a search for the negation (--disprove)
    seed            INTEGER NOT NULL,
    outcome         TEXT NOT NULL,              -- proved | disproved | failed | policy error | engine error;
                                                -- of a negation that cannot be stated: unsupported | invalid
    stopped_by      TEXT NOT NULL,              -- of a failed one: the budget that ended it
    reason          TEXT NOT NULL,              -- of an error: its message; of proofs that were refused: why
    started_at      REAL NOT NULL,
    wall_s          REAL NOT NULL,
    lean_s          REAL NOT NULL,
    policy_s        REAL NOT NULL,
    verify_s        REAL NOT NULL,
    idle_s          REAL NOT NULL,
    expansions      INTEGER NOT NULL,
    tactics         INTEGER NOT NULL,
    nodes           INTEGER NOT NULL,
    policy_tokens   INTEGER NOT NULL,           -- 0 for policies without tokens
    steps_left_out  INTEGER NOT NULL DEFAULT 0, -- edges not stored because of --max-steps
    UNIQUE (problem_id, pass, negated)
);

CREATE TABLE node (                             -- tactic states of the search tree
    attempt_id      INTEGER NOT NULL REFERENCES attempt(id),
    node            INTEGER NOT NULL,           -- 0 is the root
    goals           TEXT NOT NULL,              -- JSON list of pretty-printed goals
    depth           INTEGER NOT NULL,
    logprob         REAL NOT NULL,
    expanded        INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, node)
) WITHOUT ROWID;

CREATE TABLE step (                             -- tactics tried, the edges of the tree
    attempt_id      INTEGER NOT NULL REFERENCES attempt(id),
    step            INTEGER NOT NULL,           -- by the state they leave, then in the order they were tried
    source          INTEGER NOT NULL,
    target          INTEGER,                    -- the node it led to, if any
    tactic          TEXT NOT NULL,
    logprob         REAL NOT NULL,
    outcome         TEXT NOT NULL,              -- as prover.search.tree.Edge.kind
    message         TEXT NOT NULL,              -- Lean's, for a failed one
    on_proof        INTEGER NOT NULL,           -- 1: on the winning path
    PRIMARY KEY (attempt_id, step)
) WITHOUT ROWID;

CREATE TABLE proof (
    attempt_id      INTEGER PRIMARY KEY REFERENCES attempt(id),
    text            TEXT NOT NULL,              -- a tactic block, not indented
    length          INTEGER NOT NULL,           -- tactics on the winning path, after shortening
    statement       TEXT NOT NULL,              -- as elaborated
    axioms          TEXT NOT NULL,              -- JSON list
    inductives      TEXT NOT NULL,              -- JSON list: the context's inductive types that it rests on
    context_code    TEXT NOT NULL,              -- JSON list: what before the theorem runs code, with its line
    sha256          TEXT NOT NULL,              -- of the file that was checked
    engine          TEXT NOT NULL,
    lean_version    TEXT NOT NULL,
    verified_at     REAL NOT NULL,
    rechecked_at    REAL                        -- by `prover verify`
);

CREATE TABLE proof_step (                       -- the tactics of a proof, after shortening
    attempt_id      INTEGER NOT NULL REFERENCES proof(attempt_id),
    step            INTEGER NOT NULL,           -- from 0
    goals           TEXT NOT NULL,              -- JSON list: what the tactic was applied to
    tactic          TEXT NOT NULL,
    PRIMARY KEY (attempt_id, step)
) WITHOUT ROWID;

INSERT INTO run VALUES (3, '0.1.0', 1.0, '{"prover_version":"0.1.0","problems":"set.jsonl","set_name":"a set","set_hash":"ab","engine":"embedded","policy":"heuristic","passes":1}', 'a set', 'ab');
INSERT INTO problem VALUES (0, 'p', 'valid', 'algebra', 'p', '', 'theorem p : 1 = 1', 'One is one.', 1, 'supported', '');
INSERT INTO automation VALUES (0, 'decide', 1, 0.5);
INSERT INTO attempt VALUES (0, 0, 0, 0, 7, 'proved', '', '', 2.0, 3.0, 1.0, 0.5, 0.25, 0.0, 1, 2, 1, 0, 0);
INSERT INTO node VALUES (0, 0, '["⊢ 1 = 1"]', 0, 0.0, 1);
INSERT INTO step VALUES (0, 0, 0, NULL, 'omega', -0.5, 'error', 'no', 0);
INSERT INTO step VALUES (0, 1, 0, NULL, 'rfl', -1.0, 'finished', '', 1);
INSERT INTO proof VALUES (0, 'rfl', 1, '1 = 1', '["propext"]', '[]', '[]', 'cd', 'Lean', '4.28.0', 4.0, NULL);
INSERT INTO proof_step VALUES (0, 0, '["⊢ 1 = 1"]', 'rfl');
