// A search, watched: a job is started, its events drawn as they come, and it can be stopped, or found again by its address.

const SAMPLES = [
  ["arithmetic", "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"],
  ["reals", "theorem squares (a b : ℝ) : 2 * a * b ≤ a ^ 2 + b ^ 2"],
  ["induction", "theorem sum (f : Nat → Nat) (h0 : f 0 = 0) (h : ∀ n, f (n + 1) = f n + (2 * n + 1)) (n : Nat) : f n = n ^ 2"],
  ["a false one", "∀ n : ℕ, n ^ 2 + n + 41 ≠ 41 * 43"],
];
const STANDINGS = { proved: "Proved", disproved: "False: the negation is proved", "not proved": "Not proved", interrupted: "Stopped" };
const STOPPED_BY = {
  seconds: "the time is over", expansions: "the limit of states is reached", tactics: "the limit of tactics is reached",
  no_open_states: "nothing is left to try", nothing_proposed: "no tactic was proposed",
};

const $ = (id) => document.getElementById(id);
const field = $("theorem");
let token = sessionStorage.getItem("token") ?? "";
let watching = null;
let view = null;
let job = null;
let begun = 0;
let clock = 0;

/** Ask a route; an answer that is no success is an error with what it says. */
async function ask(path, options = {}) {
  const headers = { ...(options.body ? { "Content-Type": "application/json" } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) $("key").hidden = false;
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ detail: `the server answered ${answer.status}` }));
  throw Object.assign(new Error(told.detail), { advice: told.advice ?? "" });
}

/** Read server-sent events: calls `heard(name, data)` for each. */
async function eachEvent(stream, heard) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const lines = text.slice(0, end).split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (name) heard(name, JSON.parse(data));
    }
  }
}

function standing(kind, text, ...facts) {
  return h("div", { class: `standing ${kind}` }, h("strong", null, text), h("span", { class: "dim fine" }, facts.filter(Boolean).join(" · ")));
}

function show(...children) {
  $("outcome").replaceChildren(h("div", { class: "card" }, ...children));
}

function busy(on) {
  $("stop").hidden = !on;
  $("stop").disabled = false;
  $("prove").disabled = on;
  clearInterval(clock);
}

function showError(error) {
  busy(false);
  show(standing("error", "That did not work"), h("p", null, error.message), error.advice && h("p", { class: "dim" }, error.advice));
}

/** What a search has come to so far, or in the end. */
function unfinished(found) {
  if (!found) return [];
  return [
    found.proof && h("h3", null, "Closest so far"), found.proof && leanBlock(`by\n${indented(found.proof)}`),
    h("h3", null, found.proof ? "and what it leaves" : "To be proved"), h("div", { class: "goals" }, found.goals.slice(0, 4).map((goal) => leanBlock(goal, "goal"))),
    found.goals.length > 4 && h("p", { class: "dim fine" }, `and ${plural(found.goals.length - 4, "more goal")}`),
  ];
}

const indented = (proof) => proof.split("\n").map((line) => (line ? `  ${line}` : line)).join("\n");

function showRunning(progress) {
  const seconds = Math.max(0, (performance.now() - begun) / 1000);
  const counts = progress && progress.states ? [plural(progress.states, "state"), `${plural(progress.tactics, "tactic")} tried`] : [];
  show(standing("running", job?.status === "queued" ? "Waiting for its turn" : "Searching", `${Math.round(seconds)} s`, ...counts), ...unfinished(progress?.unfinished));
}

function certified(certificate) {
  const facts = [`axioms: ${certificate.axioms.join(", ") || "none beyond what the library's theorems use"}`];
  if (certificate.library) facts.push(`stated over prover's ${certificate.library.replace(" ", " library ")}, not Mathlib`);
  if (certificate.inductives.length) facts.push(`inductive types: ${certificate.inductives.join(", ")}`);
  return h("p", { class: "dim fine" }, `Checked by Lean's kernel in a new process · ${facts.join(" · ")}`);
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = h("textarea", { class: "skip" });
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

function proofBlock(title, declaration, certificate) {
  const copy = h("button", { type: "button", class: "quiet copy", onclick: () => copyText(copy, `${declaration.trimEnd()}\n`) }, "Copy");
  return [h("div", { class: "title-line" }, h("h3", null, title), copy), leanBlock(declaration.trimEnd(), "proof"), certified(certificate)];
}

function showEnd(ended) {
  busy(false);
  const { result, error } = ended;
  if (error) return showError(Object.assign(new Error(error.detail), { advice: error.advice ?? "" }));
  if (!result) return show(standing("stopped", "Stopped before its turn"));
  const facts = [duration(result.time_s), plural(result.expansions, "state") + " expanded", plural(result.tactics_tried, "tactic") + " tried"];
  const head = standing(result.outcome, STANDINGS[result.outcome], ...facts, STOPPED_BY[result.stopped_by]);
  if (result.declaration) return show(head, ...proofBlock("Proof", result.declaration, result.certificate));
  if (result.disproof) {
    const at = Object.entries(result.disproof.counterexample).map(([name, value]) => `${name} = ${value}`).join(", ");
    return show(head, at && h("p", null, "It fails for ", h("code", null, at), "."), ...proofBlock("Proof of the negation", result.disproof.declaration, result.disproof.certificate));
  }
  show(head, ...unfinished(result.unfinished));
}

/** Draw the tree anew, as it was left. */
function showTree(data) {
  const states = makeTree(data);
  if (!states.length) return;
  const kept = view?.keep();
  view = treeView(states, kept);
  $("search").replaceChildren(h("h2", null, "Search tree"), view);
  if (kept) view.restore(kept);
}

async function watch(id) {
  watching?.abort();
  watching = new AbortController();
  const { signal } = watching;
  let progress = null;
  view = null;
  $("search").replaceChildren();
  try {
    job = await (await ask(`/jobs/${id}`, { signal })).json();
    const { request } = job;
    field.value = request.theorem ?? "";
    begun = performance.now() - (job.progress?.seconds ?? 0) * 1000;
    if (!job.ended) {
      busy(true);
      showRunning(progress);
      clock = setInterval(() => showRunning(progress), 1000);
    }
    const answer = await ask(`/jobs/${id}/events`, { signal });
    await eachEvent(answer.body, (name, data) => {
      if (signal.aborted) return;
      if (name === "progress") {
        job.status = "running";
        progress = data;
        begun = performance.now() - data.seconds * 1000;
        showRunning(progress);
      } else if (name === "tree") showTree(data);
      else if (name === "end") showEnd(data);
    });
    await showEarlier();
  } catch (error) {
    if (!signal.aborted) showError(error);
  }
}

async function showEarlier() {
  const jobs = (await (await ask("/jobs")).json()).filter((each) => each.kind === "prove");
  const current = location.hash.slice(5);
  const tones = { proved: "proved", disproved: "disproved", "not proved": "failed", running: "automation", failed: "engine-error" };
  const words = { disproved: "false", cancelled: "stopped", interrupted: "stopped", failed: "error" };
  $("earlier").replaceChildren(
    ...(jobs.length < 2 ? [] : [
      h("h2", null, "Earlier"),
      h("ul", { class: "jobs" }, jobs.slice(0, 12).map((each) => h("li", null,
        h("button", { type: "button", "aria-current": String(each.id === current), onclick: () => (location.hash = `job=${each.id}`) },
          h("span", { class: `badge tone-${tones[each.outcome ?? each.status] ?? "not-attempted"}` }, words[each.outcome ?? each.status] ?? each.outcome ?? each.status),
          h("code", null, clip(each.request.theorem, 120)),
          h("span", { class: "dim fine number" }, new Date(each.created * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })))))),
    ]),
  );
}

function openNamed() {
  const named = /^#job=([0-9a-f]{32})$/.exec(location.hash);
  if (named) watch(named[1]);
}

$("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  busy(true);
  const body = { kind: "prove", theorem: field.value, timeout: Number($("timeout").value), disprove: $("disprove").checked };
  try {
    const started = await (await ask("/jobs", { method: "POST", body: JSON.stringify(body) })).json();
    location.hash = `job=${started.id}`;
  } catch (error) {
    showError(error);
  }
});

$("stop").addEventListener("click", async () => {
  $("stop").disabled = true;
  try {
    await ask(`/jobs/${job.id}/cancel`, { method: "POST" });
  } catch (error) {
    showError(error);
  }
});

$("key").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = $("token").value;
  sessionStorage.setItem("token", token);
  $("key").hidden = true;
  $("outcome").replaceChildren();
  await start();
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) $("ask").requestSubmit();
});

/** Say which Lean this is, and show what was asked for before. */
async function start() {
  try {
    const health = await (await ask("/health")).json();
    $("about").textContent = `Lean ${health.lean}, ${health.engine} · a theorem goes in, a proof that Lean's kernel has checked comes out`;
    await showEarlier();
    openNamed();
  } catch (error) {
    if ($("key").hidden) showError(error);
  }
}

$("samples").append("Try ", ...SAMPLES.map(([name, text]) => h("button", { type: "button", class: "quiet", onclick: () => { field.value = text; field.focus(); } }, name)));
field.value ||= SAMPLES[0][1];
addEventListener("hashchange", openNamed);
await start();
document.documentElement.dataset.ready = "";
