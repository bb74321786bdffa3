// The table of all problems: search, sort, filter. Only the rows that are shown exist.

const ROWS_AT_ONCE = 200;

const COLUMNS = [
  { key: "name", label: "problem", of: (problem) => problem.name },
  { key: "category", label: "category", of: (problem) => problem.category, class: "minor" },
  { key: "group", label: "outcome", of: (problem) => GROUPS.findIndex((group) => group.key === groupOf(problem)) },
  { key: "automation", label: "automation", of: (problem) => problem.automation.join(", ") || null, class: "minor" },
  { key: "proved", label: "attempts", of: (problem) => (problem.attempts ? problem.proved / problem.attempts : null), class: "number minor" },
  { key: "length", label: "tactics", of: (problem) => problem.length, class: "number minor" },
  { key: "expansions", label: "expanded", of: (problem) => problem.expansions, class: "number minor" },
  { key: "seconds", label: "time", of: (problem) => problem.seconds, class: "number" },
];

const view = { query: "", group: "", category: "", sort: "", descending: false, rows: ROWS_AT_ONCE, found: page.problems };
const collator = new Intl.Collator("en", { numeric: true });

/** Order two values; missing ones are last whichever way one sorts. */
function compareValues(a, b, descending) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "number" ? a - b : collator.compare(a, b);
  return descending ? -order : order;
}

function matches(problem, words) {
  if (view.group === "search") {
    if (problem.standing !== "proved" || problem.automation.length) return false;
  } else if (view.group === "proved" ? problem.standing !== "proved" : view.group && groupOf(problem) !== view.group) return false;
  if (view.category && problem.category !== view.category) return false;
  const text = `${problem.name} ${problem.statement}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** What a problem claims, without the word theorem and its name, on one line. */
function shownStatement(problem) {
  const line = problem.statement.replace(/\s+/g, " ").replace(/^(?:@\[[^\]]*\] )?(?:theorem|lemma|example) \S+ ?/, "").replace(/^: /, "");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** What the set knows of a problem's truth, where its outcome does not say the same already. */
function againstTruth(problem) {
  if (problem.expected === false && problem.standing !== "disproved") return h("span", { class: "dim fine" }, " known to be false");
  if (problem.expected === true && problem.standing === "disproved") return h("strong", { class: "bad fine" }, " known to be true");
  return null;
}

function problemRow(problem) {
  const cells = [
    h("th", { scope: "row" },
      h("a", { class: "link name", "data-problem": problem.name, href: `#problem=${encodeURIComponent(problem.name)}` }, problem.name),
      h("code", { class: "statement dim" }, shownStatement(problem))),
    h("td", { class: "minor dim" }, problem.category),
    h("td", null, badge(problem.standing), againstTruth(problem)),
    h("td", { class: "minor" }, problem.automation.slice(0, 3).map((tactic) => h("code", { class: "tag" }, tactic)),
      problem.automation.length > 3 && h("span", { class: "dim fine" }, ` +${problem.automation.length - 3}`)),
    h("td", { class: "number minor" }, problem.attempts ? `${problem.proved} / ${problem.attempts}` : ""),
    h("td", { class: "number minor" }, problem.length ?? ""),
    h("td", { class: "number minor" }, problem.expansions === null ? "" : whole(problem.expansions)),
    h("td", { class: "number" }, problem.seconds === null ? "" : duration(problem.seconds)),
  ];
  return h("tr", { onclick: (event) => event.target.closest("button, a") || openProblem(problem) }, cells);
}

const tableParts = {};

function refreshTable() {
  const words = view.query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = page.problems.filter((problem) => matches(problem, words));
  const column = COLUMNS.find((each) => each.key === view.sort);
  if (column) found.sort((a, b) => compareValues(column.of(a), column.of(b), view.descending));
  view.found = found;
  tableParts.body.replaceChildren(...found.slice(0, view.rows).map(problemRow));
  const rest = found.length - view.rows;
  tableParts.more.hidden = rest <= 0;
  tableParts.more.textContent = `Show ${Math.min(rest, ROWS_AT_ONCE)} more of ${rest}`;
  tableParts.count.textContent = found.length === page.problems.length ? plural(found.length, "problem") : `${whole(found.length)} of ${whole(page.problems.length)}`;
  tableParts.empty.hidden = found.length > 0;
  tableParts.reset.hidden = !(view.query || view.group || view.category);
  for (const [i, head] of tableParts.heads.entries()) {
    const direction = COLUMNS[i].key !== view.sort ? "none" : view.descending ? "descending" : "ascending";
    head.setAttribute("aria-sort", direction);
  }
}

function changeView(change) {
  Object.assign(view, { rows: ROWS_AT_ONCE }, change);
  refreshTable();
}

/** Filter the table from elsewhere in the page and go there. */
function filterTable(filters) {
  const { search, group, category } = tableParts;
  search.value = "";
  group.value = filters.group ?? "";
  category.value = filters.category ?? "";
  changeView({ query: "", group: group.value, category: category.value });
  document.getElementById("problems").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function sortBy(key) {
  if (view.sort !== key) changeView({ sort: key, descending: false });
  else if (!view.descending) changeView({ descending: true });
  else changeView({ sort: "", descending: false });
}

function choice(label, options, changed) {
  const select = h("select", { "aria-label": label, onchange: () => changed(select.value) },
    options.map(([value, text]) => h("option", { value }, text)));
  return select;
}

/** Say what of a large run is not in this page; nothing if all is. */
function leftOutNotice() {
  const { rows, statements, problems, trees } = leftOut;
  if (!(rows || statements || problems || trees)) return null;
  const shown = page.problems.length;
  const parts = [
    rows && `${whole(shown)} of the ${whole(page.total)} problems`,
    statements && "no statements in this table",
    problems && `the details of ${whole(shown - problems)} of ${whole(shown)} problems`,
    trees && `the search trees of their attempts but for ${whole(trees)}`,
  ].filter(Boolean);
  return h("p", { class: "notice" }, `So that this page stays below 20 MB, it has ${parts.join(", ")}: a sample, drawn at random. `,
    "All numbers are of the whole run; run.db has everything.");
}

function renderTable() {
  const groups = countGroups(Object.keys(page.groups));
  const categories = Object.keys(page.groups).sort(collator.compare);
  const proved = numbers.proved_all.count;
  Object.assign(tableParts, {
    search: h("input", { type: "search", placeholder: "Search names and statements", "aria-label": "Search names and statements",
      oninput: (event) => changeView({ query: event.target.value }) }),
    group: choice("Outcome", [["", "every outcome"], ["proved", `proved (${proved})`],
      ...(numbers.automation.problems ? [["search", `proved by search only (${numbers.automation.search_only})`]] : []),
      ...groups.map((group) => [group.key, `${group.label} (${group.count})`])], (group) => changeView({ group })),
    category: choice("Category", [["", "every category"], ...categories.filter(Boolean).map((name) => [name, name])],
      (category) => changeView({ category })),
    count: h("span", { class: "dim", role: "status" }),
    reset: h("button", { type: "button", class: "quiet", onclick: () => filterTable({}) }, "Clear"),
    body: h("tbody"),
    more: h("button", { type: "button", class: "quiet more", onclick: () => { view.rows += ROWS_AT_ONCE; refreshTable(); } }),
    empty: h("p", { class: "empty" }, "No problem matches."),
    heads: COLUMNS.map((column) => h("th", { scope: "col", class: column.class },
      h("button", { type: "button", class: "sort", onclick: () => sortBy(column.key) }, column.label))),
  });
  const { search, group, category, count, reset, heads, body, empty, more } = tableParts;
  document.getElementById("problems").append(
    h("h2", null, "Problems"),
    leftOutNotice(),
    h("div", { class: "controls" }, search, group, category, reset, count),
    h("div", { class: "card flush" }, h("table", { class: "problems" }, h("thead", null, h("tr", null, heads)), body), empty, more),
  );
  refreshTable();
}
