// Where a run stands: asked of the server every two seconds, and shown.

const EVERY_MS = 2000;
const SHOWN_PROBLEMS = 12;
const LIMITS = {
  seconds: "the time limit", expansions: "the limit of states", tactics: "the limit of tactics",
  no_open_states: "nothing left to try", nothing_proposed: "no tactic proposed",
};
const $ = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token") ?? "";

const tile = (value, label, note) => h("div", { class: "tile" }, h("strong", null, value), h("span", null, label), note && h("small", null, note));

/** Draw passes by their outcome, as one bar and in words. */
function outcomes(counts) {
  const bar = h("div", { class: "bar", "aria-hidden": "true" });
  for (const [outcome, count] of Object.entries(counts)) {
    const part = h("span", { class: tone(outcome) });
    part.style.flexGrow = count;
    bar.append(part);
  }
  const words = Object.entries(counts).map(([outcome, count]) => h("span", { class: `badge ${tone(outcome)}` }, `${whole(count)} ${outcome}`));
  return h("div", null, bar, h("div", { class: "outcomes" }, words));
}

function standing({ process, work }) {
  if (process === null) return ["Nobody works on it", ""];
  if (process.running === false) return ["Nobody works on it", `process ${process.pid} did, and was killed`];
  const by = `process ${process.pid}${process.host ? ` of ${process.host}` : ""}`;
  if (work === null) return ["At work", by];
  const unheard = work.age_s > 60 ? `last heard of ${duration(work.age_s)} ago` : "";
  return [`${work.stage}: ${whole(work.done)} of ${whole(work.total)}`, [by, unheard].filter(Boolean).join(" · ")];
}

function tiles(work) {
  const left = work.left_s === null || work.done === work.total ? null : duration(work.left_s);
  return h("div", { class: "tiles" },
    tile(work.per_minute.toFixed(1), "a minute", left && `${left} left`),
    tile(whole(work.workers), work.workers === 1 ? "worker" : "workers", `${plural(work.working_on.length, "problem")} in work`),
    tile(whole(work.engines), work.engines === 1 ? "engine" : "engines", `${plural(work.engine_restarts, "restart")}`));
}

function table(title, rows) {
  if (!rows.length) return null;
  const lines = rows.map(([name, value]) => h("tr", null, h("td", null, name), h("td", { class: "number" }, value)));
  return h("section", { class: "card" }, h("h2", null, title), h("table", null, h("tbody", null, lines)));
}

function inWork(work) {
  const longest = [...work.working_on].sort((one, other) => other.seconds - one.seconds);
  const rows = longest.slice(0, SHOWN_PROBLEMS).map((each) => [h("code", null, each.name), duration(each.seconds)]);
  const more = longest.length - rows.length;
  return table("In work, the longest first", more > 0 ? [...rows, [`and ${whole(more)} more`, ""]] : rows);
}

function failure({ outcome, reason, attempts }) {
  const why = outcome === "failed" ? LIMITS[reason] ?? reason : reason;
  return [[badge(outcome), why && ` ${why}`], whole(attempts)];
}

function show(seen) {
  const [head, by] = standing(seen);
  const works = seen.process !== null && seen.process.running !== false;
  document.title = `${seen.counts.proved ?? 0} proved · ${seen.set}`;
  $("set").textContent = seen.set;
  $("about").textContent = `${seen.run} · ${plural(seen.problems, "problem")}, ${whole(seen.open_problems)} left · ${seen.passes === 1 ? "1 pass" : `${whole(seen.passes)} passes`}`;
  $("run").replaceChildren(...[
    h("section", { class: "card" }, h("div", { class: works ? "stage working" : "stage" }, h("strong", null, head), h("span", { class: "dim fine" }, by)), outcomes(seen.counts)),
    seen.work && tiles(seen.work),
    seen.work && inWork(seen.work),
    seen.work && table("Actors on nodes", Object.entries(seen.work.nodes).map(([node, actors]) => [h("code", null, node), whole(actors)])),
    table("Attempts that proved nothing", seen.failures.map(failure)),
  ].filter(Boolean));
}

function trouble(text) {
  $("trouble").hidden = !text;
  $("trouble").textContent = text;
}

async function look() {
  try {
    const answer = await fetch("status", { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    $("key").hidden = answer.status !== 401;
    if (answer.status === 401) return;
    const told = await answer.json();
    if (answer.ok) show(told);
    trouble(answer.ok ? "" : [told.detail, told.advice].filter(Boolean).join("\n"));
  } catch {
    trouble("The run's process does not answer: it has ended, or cannot be reached. Below is what it said last.");
  }
}

$("key").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = $("token").value;
  sessionStorage.setItem("token", token);
  await look();
});

await look();
document.documentElement.dataset.ready = "";
setInterval(look, EVERY_MS);
