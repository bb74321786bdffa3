// A search tree as something to draw: who is whose child, which states are on show, and where they stand.
//
// States that agree are merged, so what was searched is a graph; each state hangs where it was reached first on
// its own depth, the winning path before all else. Where goals were proved apart, a state is split: its children are its
// goals, and the proof goes through all of them.

const CHILDREN_AT_ONCE = 10;
const SHOWN_AT_FIRST = 60;

/** Build the tree from packed data (payload.py). */
function makeTree({ nodes, steps, texts }) {
  const states = nodes.map(([number, goals, depth, logprob, expanded], id) => ({
    id, number, depth, logprob, expanded: Boolean(expanded), goals: goals.map((goal) => texts[goal]),
    parent: null, tactic: "", children: [], steps: [], onProof: id === 0, shown: 0, finishes: null, split: false,
  }));
  const tried = steps.map(([source, target, tactic, logprob, outcome, message, onProof]) => ({
    source: states[source], target: target < 0 ? null : states[target],
    tactic: texts[tactic], logprob, outcome, message: texts[message], onProof: Boolean(onProof),
  }));
  const proving = tried.some((step) => step.onProof);
  for (const step of tried) {
    step.source.steps.push(step);
    if (step.outcome === "subgoal") step.source.split = true;
    if (step.onProof && step.target) step.target.onProof = true;
    if (step.onProof && !step.target) step.source.finishes = step;
  }
  if (states.length) states[0].onProof = proving;
  for (const wanted of [true, false]) {
    for (const step of tried) {
      const { source, target } = step;
      if (step.onProof !== wanted || !target || target.parent || target.id === 0 || source.depth >= target.depth) continue;
      Object.assign(target, { parent: source, tactic: step.tactic });
    }
  }
  for (const state of states.slice(1)) {
    if (!state.parent) Object.assign(state, { parent: states[0], tactic: "(the step is not stored)" });
    state.parent.children.push(state);
  }
  for (const state of states) state.children.sort((a, b) => b.onProof - a.onProof || b.logprob - a.logprob || a.id - b.id);
  return states;
}

/** Put on show the winning path, and then the likeliest states that hang on what is on show already. */
function showPromising(states, most) {
  for (const state of states) state.shown = 0;
  if (!states.length) return;
  const open = [states[0]];
  for (let count = 1; count < most; count++) {
    let best = null;
    for (const state of open) {
      const next = state.children[state.shown];
      if (!next) continue;
      const other = best?.children[best.shown];
      if (!other || next.onProof - other.onProof > 0 || (next.onProof === other.onProof && next.logprob > other.logprob)) best = state;
    }
    if (!best) return;
    open.push(best.children[best.shown]);
    best.shown += 1;
  }
}

function showPath(states) {
  for (const state of states) state.shown = state.children.filter((child) => child.onProof).length;
}

/** Show a state wherever it hangs. */
function reveal(state) {
  for (let child = state; child.parent; child = child.parent) {
    child.parent.shown = Math.max(child.parent.shown, child.parent.children.indexOf(child) + 1);
  }
}

/** Return the states on show, each after its parent. */
function statesOnShow(root) {
  const shown = [];
  const waiting = root ? [root] : [];
  while (waiting.length) {
    const state = waiting.pop();
    shown.push(state);
    for (let i = state.shown - 1; i >= 0; i--) waiting.push(state.children[i]);
  }
  return shown;
}

/**
 * Return the states on show with `row` and `column`, each first child on its parent's row if that is free.
 *
 * Subtrees are pushed together as far as their outlines allow, and no two lines cross: a state's own outline
 * reaches down to its last child, because the line to it does. Outlines map columns to rows, relative to the
 * subtree's root; after Reingold and Tilford (1981), with first children level with their parents.
 */
function placeStates(root) {
  const placed = statesOnShow(root);
  for (const state of placed) state.column = state.parent ? state.parent.column + 1 : 0;
  const outlines = new Map();
  for (const state of [...placed].reverse()) {
    const top = new Map([[state.column, 0]]);
    const bottom = new Map([[state.column, 0]]);
    if (state.finishes) bottom.set(state.column + 1, 0);
    let last = -1;
    for (const child of state.children.slice(0, state.shown)) {
      const own = outlines.get(child);
      let offset = last + 1;
      for (const [column, row] of own.top) {
        if (bottom.has(column)) offset = Math.max(offset, bottom.get(column) + 1 - row);
      }
      for (const [column, row] of own.top) top.set(column, Math.min(top.get(column) ?? Infinity, offset + row));
      for (const [column, row] of own.bottom) bottom.set(column, offset + row);
      last = child.offset = offset;
      outlines.delete(child);
    }
    bottom.set(state.column, Math.max(0, last));
    outlines.set(state, { top, bottom });
  }
  for (const state of placed) state.row = state.parent ? state.parent.row + state.offset : 0;
  return placed;
}

/** The goal that is proved next, without hypotheses. */
const target = (state) => (state.goals.length ? state.goals[0].slice(state.goals[0].lastIndexOf("⊢")) : "no goals");
