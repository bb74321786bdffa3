// One problem: its statement and proof, where the time of each attempt went, and the search trees.

const sheet = document.getElementById("sheet");
let opened = null;

/** Stands for the details of a problem that are not in this page. */
const LEFT_OUT = { statement: "", header: "", informal: "", support: ["", "The details of this problem are left out of this page, which would be too large."], automation: [], attempts: [] };

const PARTS = [["lean_s", "Lean"], ["policy_s", "policy"], ["verify_s", "verify"], ["idle_s", "idle"], ["other_s", "other"]];

/** An attempt with what its parts leave of its time: opening the statement, shortening, the search itself. */
function withOther(attempt) {
  const known = attempt.lean_s + attempt.policy_s + attempt.verify_s + attempt.idle_s;
  return { ...attempt, other_s: Math.max(0, attempt.wall_s - known) };
}

/** Draw where an attempt's time went; `longest` seconds fill the width. */
function timeLine(attempt, longest) {
  const bar = h("div", { class: "time-bar", role: "img",
    "aria-label": PARTS.map(([key, name]) => `${name} ${duration(attempt[key])}`).join(", ") });
  bar.style.width = `${Math.max(1, (100 * attempt.wall_s) / longest)}%`;
  for (const [key, name] of PARTS) {
    if (attempt[key] <= 0) continue;
    const part = h("span", { class: `time-${name.toLowerCase()}`, onpointermove: (event) => showTip(event, `${name}: ${duration(attempt[key])}`), onpointerleave: hideTip });
    part.style.flexGrow = attempt[key];
    bar.append(part);
  }
  return bar;
}

function attemptRow(attempt, longest, chosen, choose) {
  const name = attempt.negated ? "negation" : `attempt ${attempt.pass_number + 1}`;
  const end = attempt.outcome === "failed" ? attempt.stopped_by : attempt.reason;
  return h("li", { class: "attempt" },
    h("button", { type: "button", class: "attempt-name", "aria-pressed": String(chosen), onclick: () => choose(attempt) }, name),
    badge(attempt.outcome),
    h("div", { class: "time-space" }, timeLine(attempt, longest)),
    h("span", { class: "number" }, duration(attempt.wall_s)),
    h("p", { class: "dim fine attempt-note" },
      PARTS.map(([key, part]) => `${part} ${duration(attempt[key])}`).join(" · "),
      ` · ${plural(attempt.expansions, "expansion")}, ${plural(attempt.tactics, "tactic")}`,
      attempt.policy_tokens ? `, ${plural(attempt.policy_tokens, "token")}` : "",
      end ? ` · ${end}` : "", attempt.steps_left_out ? ` · ${plural(attempt.steps_left_out, "step")} not stored` : ""));
}

const indented = (proof) => proof.split("\n").map((line) => (line ? `  ${line}` : line)).join("\n");

function proofBlock(problem, detail, attempt) {
  if (!attempt?.proof || attempt.negated) {
    const refuted = attempt?.proof && [h("h3", null, "Proof of its negation"), leanBlock(`by\n${indented(attempt.proof.text)}`, "proof")];
    return [h("h3", null, "Statement"), leanBlock(problem.statement || detail.statement), ...(refuted || [])];
  }
  const declaration = `${problem.statement || detail.statement} := by\n${indented(attempt.proof.text)}`;
  const { proof } = attempt;
  const version = proof.lean_version.split(",")[0];
  const copy = h("button", { type: "button", class: "quiet copy", onclick: () => copyText(copy, `${detail.header}${declaration}\n`) }, "Copy");
  return [
    h("div", { class: "title-line" }, h("h3", null, "Proof"), copy),
    leanBlock(declaration, "proof"),
    h("p", { class: "dim fine" }, `${plural(proof.length, "tactic")} · axioms: ${proof.axioms.join(", ") || "none"} · checked with ${proof.engine}`, proof.engine.includes(version) ? "" : `, Lean ${version}`,
      proof.rechecked_at ? " · checked again since" : ""),
  ];
}

function linkButton() {
  const button = h("button", { type: "button", class: "quiet", onclick: () => copyText(button, location.href) }, "Copy link");
  return button;
}

async function copyText(button, text) {
  if (!navigator.clipboard) {
    button.textContent = "This browser only copies from https";
    return;
  }
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
}

function facts(problem, detail) {
  const closing = detail.automation.filter(([, closed]) => closed);
  return [
    detail.support[1] && h("p", { class: "notice" }, detail.support.filter(Boolean).join(": ")),
    detail.informal && h("p", { class: "informal" }, detail.informal),
    detail.automation.length > 0 && h("p", { class: "fine" }, h("span", { class: "dim" }, "One call of automation: "),
      detail.automation.map(([tactic, closed, seconds]) => [
        h("code", { class: `tag ${closed ? "yes" : "no"}` }, `${tactic} ${closed ? "✓" : "✕"} ${duration(seconds)}`), " "]),
      closing.length ? "" : h("span", { class: "dim" }, " none closes it")),
    detail.header.trim() && h("details", null, h("summary", null, "Header"), leanBlock(detail.header.trim())),
  ];
}

async function showTree(space, attempt) {
  space.replaceChildren(h("p", { class: "dim" }, "unpacking…"));
  if (!isHere(`tree-${attempt.id}`)) {
    const leftOutOrNot = attempt.nodes && leftOut.trees ? "is left out of this page, which would be too large, or it was not stored" : "was not stored";
    space.replaceChildren(h("p", { class: "empty" }, `The search tree of this attempt ${leftOutOrNot}.`));
    return;
  }
  space.replaceChildren(treeView(makeTree(await unpack(`tree-${attempt.id}`))));
}

async function openProblem(problem) {
  opened = problem;
  const detail = isHere(`problem-${problem.id}`) ? await unpack(`problem-${problem.id}`) : LEFT_OUT;
  if (opened !== problem) return;
  const attempts = detail.attempts.map(withOther);
  const longest = Math.max(1e-3, ...attempts.map((attempt) => attempt.wall_s));
  const proofSpace = h("section", { class: "sheet-proof" });
  const list = h("ul", { class: "attempts" });
  const treeSpace = h("div", { class: "tree-space" });
  const treeSection = h("section", null, h("h3", null, "Search tree"), treeSpace);
  const answerSpace = h("div", { class: "answer-space" });
  function choose(attempt) {
    proofSpace.replaceChildren(...proofBlock(problem, detail, attempt));
    list.replaceChildren(...attempts.map((each) => attemptRow(each, longest, each === attempt, choose)));
    answerSpace.replaceChildren(...answersSection(attempt));
    treeSection.hidden = Boolean(attempt?.tries?.length) && !attempt.nodes;
    if (attempt && !treeSection.hidden) showTree(treeSpace, attempt);
  }
  const place = view.found.indexOf(problem);
  const step = (offset, label, arrow) => {
    const next = view.found[place + offset];
    return h("button", { type: "button", class: "quiet", "aria-label": label, disabled: place < 0 || !next, onclick: () => openProblem(next) }, arrow);
  };
  sheet.replaceChildren(
    h("header", { class: "sheet-head" },
      h("h2", { id: "sheet-title" }, problem.name), badge(problem.standing),
      h("span", { class: "dim fine minor" }, [problem.category, problem.split].filter(Boolean).join(" · ")),
      h("nav", { class: "sheet-nav", "aria-label": "Problems" }, step(-1, "Previous problem", "↑"), step(1, "Next problem", "↓"),
        linkButton(),
        h("button", { type: "button", class: "quiet", "aria-label": "Close", autofocus: true, onclick: () => sheet.close() }, "✕"))),
    h("div", { class: "sheet-body" },
      proofSpace,
      h("section", null, facts(problem, detail)),
      attempts.length > 0 && h("section", null, h("h3", null, "Where the time went"),
        h("p", { class: "time-legend fine dim" }, PARTS.map(([, name]) => [h("span", { class: `swatch time-${name.toLowerCase()}` }), ` ${name} `]),
          "· Requests to Lean and to the policy can overlap; a bar is as long as the attempt took. Other: opening the statement, shortening the proof."), list),
      answerSpace,
      attempts.length > 0 && treeSection));
  const proving = attempts.find((attempt) => attempt.proof && !attempt.negated) ?? attempts.find((attempt) => attempt.proof);
  if (!sheet.open) sheet.showModal();
  document.body.classList.add("covered");
  sheet.scrollTop = 0;
  choose(proving ?? attempts[0]);
  history.replaceState(null, "", `#problem=${encodeURIComponent(problem.name)}`);
}

sheet.addEventListener("close", () => {
  opened = null;
  hideTip();
  document.body.classList.remove("covered");
  history.replaceState(null, "", location.pathname + location.search);
});
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});
