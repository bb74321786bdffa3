// The search tree, drawn and explored: states left to right by depth, the winning path as the straight line on top.

const BOX = { width: 196, height: 46, across: 244, down: 62, margin: 14 };
const FAILURES_AT_ONCE = 30;

const failures = (state) => state.steps.filter((step) => !step.target && !step.onProof && step.outcome !== "closed");

/** Return a section to explore `states` (layout.js) in, as `kept`, what a section's `keep()` returned, was left. */
function treeView(states, kept = null) {
  let selected = states.find((state) => state.number === kept?.number) ?? states[0];
  let scale = kept?.scale ?? 1;
  const toggled = new Map(kept?.toggled); // how many children of a state are on show, by its number, where somebody chose
  const canvas = h("div", { class: "tree-canvas", tabindex: "0", role: "tree", "aria-label": "Search tree; the arrow keys move, Enter opens and closes" });
  const panel = h("aside", { class: "tree-panel", "aria-live": "polite", "aria-label": "The chosen state" });
  const count = h("span", { class: "dim fine" });

  function draw() {
    const placed = placeStates(states[0]);
    const rows = Math.max(...placed.map((state) => state.row)) + 1;
    const columns = Math.max(...placed.map((state) => state.column + (state.finishes ? 1 : 0))) + 1;
    const width = columns * BOX.across + 2 * BOX.margin;
    const height = rows * BOX.down + 2 * BOX.margin;
    const svg = s("svg", { role: "presentation", viewBox: `0 0 ${width} ${height}`, width: width * scale, height: height * scale },
      placed.filter((state) => state.parent).map(link), placed.map(box), placed.filter((state) => state.finishes).map(ending));
    canvas.replaceChildren(svg);
    canvas.setAttribute("aria-activedescendant", `state-${selected.id}`);
    count.textContent = `${whole(placed.length)} of ${plural(states.length, "state")} shown`;
  }

  const left = (state) => BOX.margin + state.column * BOX.across;
  const top = (state) => BOX.margin + state.row * BOX.down;

  function link(state) {
    const x1 = left(state.parent) + BOX.width;
    const y1 = top(state.parent) + BOX.height / 2;
    const x2 = left(state);
    const y2 = top(state) + BOX.height / 2;
    const bend = (x1 + x2) / 2 + (state.row === state.parent.row ? 0 : 8);
    const path = y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${bend} ${y1} ${bend - 16} ${y2} ${x2} ${y2}`;
    return s("path", { class: state.onProof ? "link-proof" : "link", d: path });
  }

  function ending(state) {
    const x = left(state) + BOX.width;
    const y = top(state) + BOX.height / 2;
    return s("g", { class: "ending" },
      s("path", { class: "link-proof", d: `M${x} ${y}h30` }),
      s("rect", { x: x + 30, y: y - 14, width: 158, height: 28, rx: 14 }),
      s("text", { x: x + 44, y: y + 4 }, `${clip(state.finishes.tactic, 16)}  ∎`));
  }

  function box(state) {
    const failed = failures(state).length;
    const hidden = state.children.length - state.shown;
    const name = ["state", state.onProof && "on-proof", state.expanded || "open", state === selected && "selected"].filter(Boolean).join(" ");
    return s("g", { class: name, id: `state-${state.id}`, role: "treeitem", transform: `translate(${left(state)} ${top(state)})`,
        "aria-level": state.depth + 1, "aria-selected": String(state === selected),
        "aria-label": `${state.tactic || "the statement"}: ${clip(target(state), 120)}`,
        onclick: () => choose(state),
        ondblclick: () => toggle(state),
        onpointermove: (event) => event.pointerType === "mouse" && showTip(event, h("pre", { class: "lean" }, lean(state.goals.slice(0, 2).join("\n\n").slice(0, 700)))),
        onpointerleave: hideTip },
      s("rect", { class: "frame", width: BOX.width, height: BOX.height, rx: 9 }),
      s("text", { class: "tactic", x: 10, y: 19 }, clip(state.tactic || "the statement", failed ? 20 : 23)),
      s("text", { class: "goal", x: 10, y: 36 }, clip(target(state), state.children.length ? 24 : 27)),
      failed > 0 && s("text", { class: "fails", x: BOX.width - 8, y: 18, "text-anchor": "end" }, `${failed} ✕`),
      state.children.length > 0 && s("g", { class: "more", "data-more": state.id, onclick: (event) => { event.stopPropagation(); toggle(state); },
          transform: `translate(${BOX.width - 2} ${BOX.height - 3})` },
        s("rect", { x: -15, y: -9, width: 30, height: 18, rx: 9 }),
        s("text", { y: 4, "text-anchor": "middle" }, hidden > 0 ? `+${short(hidden)}` : "−")));
  }

  /** Mark a state that is drawn already: to draw all of them anew would take long where there are thousands. */
  function select(element, chosen) {
    element.classList.toggle("selected", chosen);
    element.setAttribute("aria-selected", String(chosen));
    if (chosen) canvas.setAttribute("aria-activedescendant", element.id);
  }

  function toggle(state) {
    if (!state.children.length) return;
    state.shown = state.shown < state.children.length ? Math.min(state.children.length, state.shown + CHILDREN_AT_ONCE) : 0;
    toggled.set(state.number, state.shown);
    selected = state;
    draw();
    choose(state);
  }

  /** Open and close what was opened and closed in an earlier drawing of the tree, the closed ones last. */
  function toggleAgain() {
    const found = states.filter((state) => toggled.has(state.number)).map((state) => [state, toggled.get(state.number)]);
    for (const [state, shown] of found.sort((a, b) => b[1] - a[1])) {
      if (shown > 0) reveal(state);
      state.shown = Math.min(shown, state.children.length);
    }
  }

  function choose(state) {
    const before = document.getElementById(`state-${selected.id}`);
    const drawn = document.getElementById(`state-${state.id}`);
    selected = state;
    hideTip();
    if (drawn) {
      if (before) select(before, false);
      select(drawn, true);
    } else {
      reveal(state);
      draw();
    }
    panel.replaceChildren(...statePanel(state, choose));
    panel.scrollTop = 0;
    bringIntoView(state);
  }

  function bringIntoView(state) {
    const room = 24;
    const [x, y] = [left(state) * scale, top(state) * scale];
    const [width, height] = [BOX.width * scale, BOX.height * scale];
    if (x - room < canvas.scrollLeft) canvas.scrollLeft = x - room;
    else if (x + width + room > canvas.scrollLeft + canvas.clientWidth) canvas.scrollLeft = x + width + room - canvas.clientWidth;
    if (y - room < canvas.scrollTop) canvas.scrollTop = y - room;
    else if (y + height + room > canvas.scrollTop + canvas.clientHeight) canvas.scrollTop = y + height + room - canvas.clientHeight;
  }

  function neighbour(key) {
    const siblings = selected.parent ? selected.parent.children.slice(0, selected.parent.shown) : [selected];
    const place = siblings.indexOf(selected);
    if (key === "ArrowLeft") return selected.parent;
    if (key === "ArrowRight") return selected.children[0];
    if (key === "Home") return states[0];
    const placed = placeStates(states[0]).filter((state) => state.column === selected.column).sort((a, b) => a.row - b.row);
    const step = key === "ArrowDown" ? 1 : -1;
    return siblings[place + step] ?? placed[placed.indexOf(selected) + step];
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") toggle(selected);
    else if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home"].includes(event.key)) {
      const next = neighbour(event.key);
      if (next) choose(next);
    } else return;
    event.preventDefault();
  });

  const button = (label, act, name) => h("button", { type: "button", class: "quiet", "aria-label": name, onclick: () => { act(); draw(); } }, label);
  const showing = (act) => () => { toggled.clear(); act(); };
  const zoom = (factor) => { scale = Math.min(1.6, Math.max(0.4, scale * factor)); };
  showPromising(states, SHOWN_AT_FIRST);
  const element = h("div", { class: "tree" },
    h("div", { class: "tree-tools" },
      states[0].onProof && button("Winning path", showing(() => showPath(states))),
      button("Most promising", showing(() => showPromising(states, SHOWN_AT_FIRST))),
      button("More", showing(() => showPromising(states, Math.min(2000, 4 * placeStates(states[0]).length)))),
      button("−", () => zoom(1 / 1.25), "Smaller"), button("+", () => zoom(1.25), "Larger"), count),
    h("div", { class: "tree-body" }, canvas, panel));
  toggleAgain();
  if (kept) reveal(selected);
  draw();
  panel.replaceChildren(...statePanel(selected, choose));
  element.keep = () => ({ number: selected.number, scale, toggled, left: canvas.scrollLeft, top: canvas.scrollTop });
  element.restore = ({ left, top }) => canvas.scrollTo(left, top);
  return element;
}

/** Return what there is to say about one state. */
function statePanel(state, choose) {
  const succeeded = state.steps.filter((step) => step.target);
  const failed = failures(state);
  const place = state.id === 0 ? "The statement" : `State ${state.number}`;
  const facts = [`depth ${state.depth}`, `log-probability ${state.logprob.toFixed(2)}`, state.split ? "split into its goals" : state.expanded ? "expanded" : "never expanded", state.onProof && "on the winning path"];
  const list = h("ul", { class: "failures" });
  const more = h("button", { type: "button", class: "quiet", onclick: () => addFailures() });
  let done = 0;
  function addFailures() {
    list.append(...failed.slice(done, done + FAILURES_AT_ONCE).map(failure));
    done += FAILURES_AT_ONCE;
    more.hidden = done >= failed.length;
    more.textContent = `Show ${Math.min(FAILURES_AT_ONCE, failed.length - done)} more of ${failed.length - done}`;
  }
  addFailures();
  return [
    h("h4", null, place),
    h("p", { class: "dim fine" }, facts.filter(Boolean).join(" · ")),
    state.tactic && h("p", { class: "reached" }, "reached by ", h("code", { class: "lean" }, lean(clip(state.tactic, 200)))),
    state.goals.map((goal, i) => [
      state.goals.length > 1 && h("p", { class: "dim fine" }, `goal ${i + 1} of ${state.goals.length}`),
      leanBlock(goal, "goal"),
    ]),
    state.finishes && h("p", { class: "finish" }, "∎ finished by ", h("code", { class: "lean" }, lean(state.finishes.tactic))),
    succeeded.length > 0 && h("h5", null, state.split ? `Goals proved apart (${succeeded.length})` : `Led somewhere (${succeeded.length})`),
    succeeded.length > 0 && h("ul", { class: "steps" }, succeeded.map((step) => h("li", { class: step.onProof ? "proof" : "" },
      h("button", { type: "button", class: "link", onclick: () => choose(step.target) }, h("code", { class: "lean" }, lean(clip(step.tactic, 120)))),
      h("span", { class: "dim fine" }, ` → ${step.target.id === 0 ? "the statement" : `state ${step.target.number}`}, ${step.logprob.toFixed(2)}`)))),
    failed.length > 0 && h("h5", null, `Failed (${failed.length})`),
    failed.length > 0 && list,
    failed.length > FAILURES_AT_ONCE && more,
    !state.steps.length && h("p", { class: "dim" }, "No tactic was tried here, or none was stored."),
  ].flat(2).filter(Boolean);
}

function failure(step) {
  return h("li", null,
    h("div", null, h("code", { class: "lean" }, lean(clip(step.tactic, 160))), h("span", { class: "kind" }, step.outcome)),
    step.message && h("pre", { class: "message", tabindex: "0" }, step.message));
}
