// The answers of a chat model, and plans: each first answer with its repairs side by side, Lean's messages beside the lines.

const planned = page.run.config.method === "sketch";
const PLACE = /^(\d+):(\d+): ([\s\S]*)$/;

/** Return the tries as chains: a first one and all that repair it, by round. */
function chains(tries) {
  const firsts = new Map();
  const chainOf = new Map();
  for (const each of tries) {
    const chain = (each.parent === null ? null : chainOf.get(each.parent)) ?? { rounds: [] };
    if (!firsts.has(chain)) firsts.set(chain, chain);
    chainOf.set(each.number, chain);
    chain.rounds.push(each);
  }
  return [...firsts.keys()].map((chain) => chain.rounds);
}

/** Return the lines of a try's text from its statement on, each with the messages that are about it. */
function annotated(made) {
  const lines = made.text.split("\n");
  const notes = new Map();
  const elsewhere = [];
  for (const error of made.errors) {
    const found = PLACE.exec(error);
    const place = found ? found[1] - made.first_line : -1;
    if (place >= 0 && place < lines.length) notes.set(place, [...(notes.get(place) ?? []), found[3]]);
    else elsewhere.push(error);
  }
  return { lines: lines.map((text, place) => ({ number: made.first_line + place, text, notes: notes.get(place) ?? [] })), elsewhere };
}

function noteBlock(text) {
  const kind = /^(proved|false|open): /.exec(text)?.[1] ?? "error";
  return h("p", { class: `line-note note-${kind}` }, text);
}

function tryCode(made) {
  const { lines, elsewhere } = annotated(made);
  return [
    elsewhere.map(noteBlock),
    h("div", { class: "numbered", tabindex: "0" }, lines.map(({ number, text, notes }) =>
      h("div", { class: notes.length ? "numbered-line noted" : "numbered-line" },
        h("span", { class: "line-number", "aria-hidden": "true" }, number),
        h("code", { class: "lean" }, lean(text || " ")),
        notes.length > 0 && h("div", { class: "line-notes" }, notes.map(noteBlock))))),
  ];
}

function tryColumn(made) {
  const label = planned ? `plan ${made.round + 1}` : made.round ? `round ${made.round}` : "first answer";
  return h("article", { class: "try" },
    h("h5", null, `${made.number + 1} · ${label} · `, h("span", { class: made.outcome === "proved" ? "try-proved" : "" }, made.outcome),
      made.tokens ? ` · ${plural(made.tokens, "token")}` : "", made.parent === null ? "" : ` · after ${made.parent + 1}`),
    made.reason && h("p", { class: "fine" }, made.reason),
    made.text ? tryCode(made) : [],
    made.answer && h("details", null, h("summary", null, "The whole answer"), h("pre", { class: "lean" }, made.answer)));
}

/** Return the section of an attempt's answers; nothing for an attempt of a search. */
function answersSection(attempt) {
  if (!attempt?.tries?.length) return [];
  const left = attempt.tries_left_out ? h("p", { class: "dim fine" }, `${plural(attempt.tries_left_out, "answer")} more, left out here.`) : "";
  return [h("section", { class: "answers" }, h("h3", null, planned ? "Plans" : "Answers and repairs"), left,
    chains(attempt.tries).map((chain) => h("div", { class: "rounds", tabindex: "0", role: "group", "aria-label": `Answer ${chain[0].number + 1} and its repairs` }, chain.map(tryColumn))))];
}
