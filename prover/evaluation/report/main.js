// Draw the page, and the problem that the address names.

/** Return a nested configuration as pairs of a dotted name and a value. */
function flattened(value, name = "") {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flattened(inner, name ? `${name}.${key}` : key));
  }
  return [[name, value === null ? "none" : typeof value === "string" ? value : JSON.stringify(value)]];
}

function renderSetup() {
  const { cost } = numbers;
  const pairs = (rows) => h("dl", { class: "pairs" }, rows.map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
  document.getElementById("setup").append(
    h("h2", null, "Cost and configuration"),
    h("div", { class: "columns" },
      h("div", { class: "card" }, h("h3", null, "Cost"),
        h("p", { class: "dim" }, "Sums over all attempts; searches overlap, so this is not how long the run took."),
        pairs([["attempts", whole(cost.attempts)], ["searching", duration(cost.wall_s)], ["Lean", duration(cost.lean_s)],
          ["policy", duration(cost.policy_s)], ["verifying", duration(cost.verify_s)], ["idle", duration(cost.idle_s)],
          ["states expanded", whole(cost.expansions)], ["tactics tried", whole(cost.tactics)], ["policy tokens", whole(cost.policy_tokens)]])),
      h("div", { class: "card" }, h("h3", null, "pass@k"),
        h("p", { class: "dim" }, page.estimator),
        h("table", { class: "plain" }, h("thead", null, h("tr", null, ["k", "of supported", "of all"].map((text) => h("th", { scope: "col" }, text)))),
          h("tbody", null, numbers.pass_at_k.map((each) => h("tr", null, h("td", null, each.k), h("td", null, percent(each.of_supported)), h("td", null, percent(each.of_all))))))),
      numbers.answers && h("div", { class: "card" }, h("h3", null, "Answers of chat models"),
        h("p", { class: "dim" }, page.answers),
        numbers.answers.refine_at_k.length > 0 && [
          h("p", { class: "dim" }, "Proved within the tokens of k first answers: by first answers alone, and with repairs."),
          h("table", { class: "plain" },
            h("thead", null, h("tr", null, ["k", "tokens", "first alone", "refine@k"].map((text) => h("th", { scope: "col" }, text)))),
            h("tbody", null, numbers.answers.refine_at_k.map((row) => h("tr", null,
              h("td", null, row.k), h("td", null, whole(Math.round(row.tokens))),
              h("td", null, percent(row.first_only.value)), h("td", null, percent(row.refined.value))))))]),
      h("div", { class: "card wide-card" }, h("h3", null, "Configuration"), pairs(flattened(run.config)), h("p", { class: "dim fine" }, `problem set ${run.hash}`))),
  );
  document.getElementById("foot").append(`Made by prover ${run.version}. This file is complete: it loads nothing.`);
}

function openNamed() {
  const named = /^#problem=(.*)$/.exec(location.hash);
  const problem = named && page.problems.find((each) => [each.name, encodeURIComponent(each.name)].includes(named[1]));
  if (problem) openProblem(problem);
}

renderHeader();
renderHeadline();
renderPlots();
renderCategories();
renderTable();
renderSetup();
openNamed();
addEventListener("hashchange", openNamed);
document.documentElement.dataset.ready = "true";
