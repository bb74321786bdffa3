// Plots as SVG: solve curves and proof lengths. Drawn to the width there is, again when that changes.

const PLOT = { height: 230, left: 38, right: 18, top: 18, bottom: 34 };

/** Return round values from 0 to at least `most`, about `wanted` of them. */
function ticks(most, wanted) {
  const raw = Math.max(most, 1) / wanted;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max([1, 2, 5, 10].find((factor) => factor * unit >= raw) * unit, most <= wanted ? 1 : 0);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, i) => +(i * step).toPrecision(12));
}

/** Return round values between `start` and `end` for a log scale, at most `most`: 1, 2, 5, or powers of 10 only. */
function logTicks(start, end, most) {
  const lowest = Math.floor(Math.log10(start));
  const powers = Array.from({ length: Math.ceil(Math.log10(end)) - lowest + 1 }, (_, i) => 10 ** (lowest + i));
  const within = (value) => value >= start && value <= end * 1.0001;
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter(within);
  if (fine.length <= most) return fine;
  const coarse = powers.filter(within);
  return coarse.filter((_, i) => i % Math.ceil(coarse.length / most) === 0);
}

function axis(top, width, y) {
  return top.map((value) => [
    s("line", { class: "grid", x1: PLOT.left, x2: width - PLOT.right, y1: y(value), y2: y(value) }),
    s("text", { class: "axis", x: PLOT.left - 7, y: y(value) + 4, "text-anchor": "end" }, short(value)),
  ]);
}

/** Draw how many problems are proved by the time that each may cost so much. */
function curveSvg(curve, write, width) {
  const points = curve.points.map(([amount, solved]) => [Math.max(amount, 1e-3), solved]);
  const solved = points.at(-1)?.[1] ?? 0;
  const closed = numbers.automation.closed;
  const first = points[0]?.[0] ?? 1;
  const end = Math.max(curve.end, points.at(-1)?.[0] ?? 1, first * 4);
  const start = first / 1.3;
  const upward = ticks(Math.max(solved, closed), 4);
  const y = (value) => PLOT.height - PLOT.bottom - (value / upward.at(-1)) * (PLOT.height - PLOT.top - PLOT.bottom);
  const x = (amount) => PLOT.left + (Math.log(amount / start) / Math.log(end / start)) * (width - PLOT.left - PLOT.right);
  let line = `M${x(start)} ${y(0)}`;
  for (const [amount, count] of points) line += `H${x(amount).toFixed(1)}V${y(count).toFixed(1)}`;
  line += `H${x(end)}`;
  const steps = logTicks(start, end, Math.max(2, Math.floor(width / 70)));
  const cross = s("line", { class: "cross", y1: PLOT.top, y2: y(0), visibility: "hidden" });
  const svg = s("svg", { viewBox: `0 0 ${width} ${PLOT.height}`, width, height: PLOT.height, role: "img",
    "aria-label": `${solved} problems proved; half of them with at most ${write(median(points))} each` },
    axis(upward, width, y),
    steps.map((amount) => [
      s("line", { class: "tick", x1: x(amount), x2: x(amount), y1: y(0), y2: y(0) + 4 }),
      s("text", { class: "axis", x: x(amount), y: y(0) + 17, "text-anchor": "middle" }, write(amount)),
    ]),
    s("path", { class: "area", d: `${line}V${y(0)}Z` }),
    closed > 0 && s("line", { class: "reference", x1: PLOT.left, x2: width - PLOT.right, y1: y(closed), y2: y(closed) }),
    s("path", { class: "curve", d: line }),
    closed > 0 && s("text", { class: "axis halo", x: width - PLOT.right, y: y(closed) + (solved >= closed ? 13 : -5), "text-anchor": "end" },
      `one call of automation: ${closed}`),
    points.length > 0 && s("circle", { class: "end", cx: x(end), cy: y(solved), r: 3.5 }),
    points.length > 0 && s("text", { class: "value", x: x(end), y: y(solved) - 8, "text-anchor": "end" }, whole(solved)),
    cross,
  );
  svg.addEventListener("pointermove", (event) => {
    const part = (event.clientX - svg.getBoundingClientRect().left - PLOT.left) / (width - PLOT.left - PLOT.right);
    if (part < 0 || part > 1) return;
    const amount = start * (end / start) ** part;
    const reached = points.findLast((point) => point[0] <= amount)?.[1] ?? 0;
    cross.setAttribute("x1", x(amount));
    cross.setAttribute("x2", x(amount));
    cross.setAttribute("visibility", "visible");
    showTip(event, `${plural(reached, "problem")} within ${write(amount)}`);
  });
  svg.addEventListener("pointerleave", () => {
    cross.setAttribute("visibility", "hidden");
    hideTip();
  });
  return svg;
}

/** Return the least amount with which half of what is proved at all is proved. */
function median(points) {
  const half = (points.at(-1)?.[1] ?? 0) / 2;
  return points.find(([, solved]) => solved >= half)?.[0] ?? 0;
}

/** Draw how long the proofs are; beyond 24 tactics they are put together. */
function lengthSvg(width) {
  const found = Object.entries(numbers.lengths).map(([length, count]) => [+length, count]);
  const longest = Math.max(2, ...found.map(([length]) => length));
  const bin = Math.ceil(longest / 24);
  const bins = Array.from({ length: Math.ceil(longest / bin) }, () => 0);
  for (const [length, count] of found) bins[Math.max(0, Math.ceil(length / bin) - 1)] += count;
  const upward = ticks(Math.max(...bins), 4);
  const y = (value) => PLOT.height - PLOT.bottom - (value / upward.at(-1)) * (PLOT.height - PLOT.top - PLOT.bottom);
  const each = (width - PLOT.left - PLOT.right) / bins.length;
  const every = Math.ceil(30 / each);
  const name = (i) => (bin === 1 ? `${i + 1}` : `${i * bin + 1}–${(i + 1) * bin}`);
  return s("svg", { viewBox: `0 0 ${width} ${PLOT.height}`, width, height: PLOT.height, role: "img",
    "aria-label": `proof lengths; the median is ${halves(numbers.median_length, "tactic")}` },
    axis(upward, width, y),
    bins.map((count, i) => [
      s("rect", { class: "column", x: PLOT.left + i * each + each * 0.12, width: each * 0.76, rx: 2, y: y(count),
        height: y(0) - y(count),
        onpointermove: (event) => showTip(event, `${plural(count, "proof")} of ${name(i)} tactic${name(i) === "1" ? "" : "s"}`),
        onpointerleave: hideTip }),
      count > 0 && each > 16 && s("text", { class: "axis", x: PLOT.left + (i + 0.5) * each, y: y(count) - 5, "text-anchor": "middle" }, whole(count)),
      i % every === 0 && s("text", { class: "axis", x: PLOT.left + (i + 0.5) * each, y: y(0) + 17, "text-anchor": "middle" }, name(i)),
    ]),
  );
}

/** Draw coverage over the number of passes, the law fitted to it, and what that expects of twice as many. */
function scalingSvg(scaling, width) {
  const { points, a, b, next_k: next, expected } = scaling;
  const law = (k) => Math.exp(a * k ** -b.value);
  const low = Math.max(0, Math.floor(points[0][1] * 10 - 0.5) / 10);
  const y = (share) => PLOT.height - PLOT.bottom - ((share - low) / (1 - low)) * (PLOT.height - PLOT.top - PLOT.bottom);
  const x = (k) => PLOT.left + (Math.log(k) / Math.log(next)) * (width - PLOT.left - PLOT.right);
  const upward = [low, (low + 1) / 2, 1];
  const line = Array.from({ length: 61 }, (_, i) => next ** (i / 60)).map((k, i) => `${i ? "L" : "M"}${x(k).toFixed(1)} ${y(law(k)).toFixed(1)}`);
  const told = (event, k, share, note) => showTip(event, `${percent(share)} of the supported problems within ${whole(k)} pass${k === 1 ? "" : "es"}${note}`);
  return s("svg", { viewBox: `0 0 ${width} ${PLOT.height}`, width, height: PLOT.height, role: "img",
    "aria-label": page.scaling },
    upward.map((share) => [
      s("line", { class: "grid", x1: PLOT.left, x2: width - PLOT.right, y1: y(share), y2: y(share) }),
      s("text", { class: "axis", x: PLOT.left - 5, y: y(share) + 4, "text-anchor": "end" }, `${Math.round(100 * share)}%`),
    ]),
    [...points.map(([k]) => k), next].map((k) => s("text", { class: "axis", x: x(k), y: PLOT.height - PLOT.bottom + 17, "text-anchor": "middle" }, whole(k))),
    s("path", { class: "curve", d: line.join("") }),
    s("line", { class: "cross", x1: x(next), x2: x(next), y1: y(expected.low), y2: y(expected.high) }),
    points.map(([k, share]) => s("circle", { class: "end", cx: x(k), cy: y(share), r: 4,
      onpointermove: (event) => told(event, k, share, ""), onpointerleave: hideTip })),
    s("circle", { class: "guess", cx: x(next), cy: y(expected.value), r: 4,
      onpointermove: (event) => told(event, next, expected.value, ", by the fit"), onpointerleave: hideTip }),
  );
}

const CURVES = {
  seconds: ["Proved over time", "time spent on each problem, log scale", duration],
  expansions: ["Proved over expansions", "states expanded for each problem, log scale", (amount) => short(amount)],
  tactics: ["Proved over tactics", "tactics tried on each problem, log scale", (amount) => short(amount)],
};

function renderPlots() {
  const drawings = [];
  const figure = (title, note, draw) => {
    const space = h("div", { class: "plot" });
    drawings.push(() => {
      const width = Math.floor(space.clientWidth);
      if (width > 0) space.replaceChildren(draw(width));
    });
    return h("figure", { class: "card" }, h("figcaption", null, h("h3", null, title), h("p", { class: "dim" }, note)), space);
  };
  const section = document.getElementById("plots");
  for (const curve of numbers.curves) {
    const [title, note, write] = CURVES[curve.spent];
    section.append(figure(title, note, (width) => curveSvg(curve, write, width)));
  }
  if (numbers.scaling) {
    section.append(figure("Proved over passes", page.scaling, (width) => scalingSvg(numbers.scaling, width)));
  }
  section.append(figure("Proof lengths", "tactics in the shortest proof of each problem", lengthSvg));
  const drawAll = () => drawings.forEach((draw) => draw());
  let waiting = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(drawAll);
  }).observe(section);
}

/** A table of categories with bars; a category's name filters the problems. */
function renderCategories() {
  const rows = numbers.categories.map((row) => {
    const groups = countGroups([row.name]);
    return h("tr", null,
      h("th", { scope: "row" },
        h("button", { type: "button", class: "link", onclick: () => filterTable({ category: row.name }) }, row.name || "(none)")),
      h("td", { class: "wide" }, groupBar(groups, groups.map((group) => `${group.label}: ${group.count}`).join(", "))),
      h("td", { class: "number" }, h("strong", null, whole(row.proved.count)), ` / ${whole(row.supported)}`),
      h("td", { class: "number minor" }, row.supported ? percent(row.proved.value) : "–"),
      h("td", { class: "number minor dim" }, row.supported ? interval(row.proved) : ""),
      h("td", { class: "number minor" }, whole(row.automation)),
      h("td", { class: "number minor" }, whole(row.errors)),
      h("td", { class: "number" }, whole(row.total)),
    );
  });
  const heads = [["category", ""], ["", "wide"], ["proved / supported", "number"], ["rate", "number minor"],
    ["95%", "number minor"], ["automation", "number minor"], ["errors", "number minor"], ["all", "number"]];
  document.getElementById("categories").append(
    h("h2", null, "By category"),
    h("div", { class: "card flush" }, h("table", { class: "categories" },
      h("thead", null, h("tr", null, heads.map(([text, name]) => h("th", { scope: "col", class: name }, text)))),
      h("tbody", null, rows))),
  );
  renderLibraries();
}

const LIBRARIES = { core: "core Lean", pocket: "prover's pocket library, not Mathlib", mathlib: "Mathlib" };

/** A table of what the statements are over, unless that is core Lean alone. */
function renderLibraries() {
  if (numbers.libraries.every((row) => row.name === "core")) return;
  const rows = numbers.libraries.map((row) => h("tr", null,
    h("th", { scope: "row" }, LIBRARIES[row.name]),
    h("td", { class: "number" }, h("strong", null, whole(row.proved.count)), ` / ${whole(row.supported)}`),
    h("td", { class: "number minor" }, row.supported ? percent(row.proved.value) : "–"),
    h("td", { class: "number" }, whole(row.total)),
  ));
  const heads = [["stated over", ""], ["proved / supported", "number"], ["rate", "number minor"], ["all", "number"]];
  document.getElementById("categories").append(
    h("div", { class: "card flush" }, h("table", { class: "libraries" },
      h("thead", null, h("tr", null, heads.map(([text, name]) => h("th", { scope: "col", class: name }, text)))),
      h("tbody", null, rows))),
  );
}
