// The top of the page: what was proved, out of what, and how sure one can be of it.

function renderHeader() {
  const made = new Date(run.created * 1000).toISOString().slice(0, 16).replace("T", " ");
  document.getElementById("top").append(
    h("p", { class: "eyebrow" }, "prover · evaluation report"),
    h("h1", null, run.set),
    h("p", { class: "byline" }, `${made} UTC · problem set ${run.hash.slice(0, 12)}${origin()} · prover ${run.version}`),
  );
}

/** Say where the problem set is from, and at which commit. */
function origin() {
  const { set_origin: place, set_version: commit } = run.config;
  if (!place) return "";
  return ` from ${place}${commit ? ` at ${commit.slice(0, 12)}` : ""}`;
}

/** Draw a proportion with its interval on a scale from 0 to 100%. */
function gauge(part, label) {
  const at = (value) => `${(100 * value).toFixed(2)}%`;
  const band = h("span", { class: "gauge-band" });
  band.style.left = at(part.low);
  band.style.width = at(part.high - part.low);
  const dot = h("span", { class: "gauge-dot" });
  dot.style.left = at(part.value);
  return h(
    "div",
    { class: "gauge" },
    h("div", { class: "gauge-text" }, h("strong", null, percent(part.value)), ` ${label} `, h("span", { class: "dim" }, interval(part))),
    h("div", { class: "gauge-scale", "aria-hidden": "true" }, band, dot),
  );
}

const tile = (value, label, note) =>
  h("div", { class: "tile" }, h("strong", null, value), h("span", null, label), note && h("small", null, note));

/** Draw groups of problems as one bar. */
function groupBar(groups, label) {
  const bar = h("div", { class: "bar", role: "img", "aria-label": label });
  for (const group of groups) {
    const part = h("span", {
      class: group.tone,
      onmousemove: (event) => showTip(event, `${group.label}: ${group.count}`),
      onmouseleave: hideTip,
    });
    part.style.flexGrow = group.count;
    bar.append(part);
  }
  return bar;
}

function automationSentence() {
  const { automation } = numbers;
  if (!automation.problems) return ["Plain automation was not tried apart from the search in this run."];
  const tactics = Object.keys(automation.tactics).flatMap((tactic, i) => [i ? ", " : "", h("code", null, tactic)]);
  return [
    "A single call of plain automation (", tactics, ") already closes ", h("strong", null, whole(automation.closed)),
    ` of the ${whole(automation.problems)} problems it was tried on. The search proves `,
    h("strong", null, whole(automation.also_proved)), " of these, and ",
    h("button", { type: "button", class: "link good", onclick: () => filterTable({ group: "search" }) },
      `${whole(automation.search_only)} that automation does not close`), ".",
  ];
}

/** What came of statements that the set knows to be true or false; nothing where it does not say. */
function truthSentence() {
  const { truth } = numbers;
  if (!truth) return null;
  const { proved, disproved } = truth;
  return h("p", { class: "automation" },
    "The set says what is true: ", h("strong", null, whole(proved.count)), ` of the ${whole(proved.total)} true statements are proved; `,
    truth.tried
      ? [h("strong", null, whole(disproved.count)), ` of the ${whole(disproved.total)} false ones are disproved.`]
      : `${whole(disproved.total)} are false, which was not searched for.`,
    truth.wrong > 0 && h("strong", { class: "bad" }, ` ${plural(truth.wrong, "statement")} came to the opposite of what it says.`));
}

function renderHeadline() {
  const { proved_supported: supported, proved_all: all, cost } = numbers;
  const groups = countGroups(Object.keys(page.groups));
  const last = numbers.pass_at_k.at(-1);
  const first = numbers.pass_at_k[0];
  const legend = groups.map((group) =>
    h("button", { type: "button", class: "key", onclick: () => filterTable({ group: group.key }) },
      h("span", { class: `swatch ${group.tone}` }), `${group.label} `, h("strong", null, whole(group.count))),
  );
  document.getElementById("headline").append(
    h("div", { class: "hero" },
      h("div", { class: "hero-number" },
        h("p", { class: "count" }, h("strong", null, whole(supported.count)), h("span", null, ` of ${whole(supported.total)}`)),
        h("p", { class: "count-label" }, "supported problems proved, each proof checked by Lean’s kernel"),
      ),
      h("div", { class: "hero-detail" },
        gauge(supported, `of the ${whole(supported.total)} supported`),
        gauge(all, `of all ${whole(all.total)}`),
        h("p", { class: "dim fine" }, "In brackets: 95% intervals (Wilson)."),
        h("p", { class: "automation" }, automationSentence()),
        truthSentence(),
      ),
    ),
    groupBar(groups, groups.map((group) => `${group.label}: ${group.count}`).join(", ")),
    h("div", { class: "legend" }, legend),
    h("div", { class: "tiles" },
      first && tile(percent(first.of_supported), "pass@1", `${percent(first.of_all)} of all`),
      last && last.k > 1 && tile(percent(last.of_supported), `pass@${last.k}`, `${percent(last.of_all)} of all`),
      tile(duration(numbers.median_s), "median first proof", halves(numbers.median_length, "tactic")),
      tile(duration(cost.lean_s), "of Lean", `${short(cost.tactics)} tactics tried`),
      cost.policy_tokens
        ? tile(short(cost.policy_tokens), "policy tokens", `${duration(cost.policy_s)} of policy`)
        : tile(duration(cost.policy_s), "of policy", "no tokens"),
      tile(short(cost.nodes), "states found", `${short(cost.expansions)} expanded`),
    ),
  );
}
