-- A run's database. One writer; readers at any time (WAL). Times are seconds, moments are Unix time.
-- A new column needs a default or may be NULL, so that `migrate` can add it to old databases; its field in `rows`.

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
    written         TEXT NOT NULL DEFAULT '',   -- what the set has behind the header, nothing cut out; '' if unknown
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
    inductives      TEXT NOT NULL DEFAULT '[]', -- JSON list: the context's inductive types that it rests on
    context_code    TEXT NOT NULL DEFAULT '[]', -- JSON list: what before the theorem runs code, with its line
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

CREATE TABLE answer (                           -- a chat model's, stored as soon as it is there: nothing is paid for twice
    attempt_id      INTEGER NOT NULL,           -- of an attempt that may still be under way
    request         TEXT NOT NULL,              -- hash of the conversation, the sampling and the seed
    number          INTEGER NOT NULL,           -- among the answers to the request
    raw             TEXT NOT NULL,
    text            TEXT NOT NULL,              -- without the thinking, which is:
    reasoning       TEXT NOT NULL,
    finish_reason   TEXT NOT NULL,
    prompt_tokens   INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    estimated       INTEGER NOT NULL,           -- 1: the server did not count the tokens
    PRIMARY KEY (attempt_id, request, number)
) WITHOUT ROWID;

CREATE TABLE checkpoint (                       -- what a search under way has heard, to go on from; gone when it has ended
    attempt_id      INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    answers         BLOB NOT NULL,              -- as prover.search.checkpoint.SavedAnswers
    seconds         REAL NOT NULL,
    tokens          INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, number)
);

CREATE TABLE try (                              -- what came of each answer of an attempt
    attempt_id      INTEGER NOT NULL REFERENCES attempt(id),
    number          INTEGER NOT NULL,
    round           INTEGER NOT NULL,           -- 0: a first answer
    parent          INTEGER,                    -- the failed try that it repairs
    outcome         TEXT NOT NULL,              -- as prover.whole_proof.attempt.AnswerOutcome
    reason          TEXT NOT NULL,
    answer          TEXT NOT NULL,
    proof           TEXT NOT NULL,
    file            TEXT NOT NULL,              -- what Lean was given
    errors          TEXT NOT NULL,              -- JSON list: LINE:COLUMN: message
    tokens          INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, number)
) WITHOUT ROWID;
