// Making elements and writing numbers. Text from the run only ever becomes a text node.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make an HTML element; attributes named on... are listeners, null and false ones are left out. */
function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element likewise. */
function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

const whole = (number) => Math.round(number).toLocaleString("en-US");
const percent = (part) => `${(100 * part).toFixed(1)}%`;
const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
const halves = (count, noun) => `${+count.toFixed(1)} ${noun}${count === 1 ? "" : "s"}`;
const interval = (part) => `[${(100 * part.low).toFixed(1)}, ${(100 * part.high).toFixed(1)}]`;

/** Write seconds so that a person can compare them. */
function duration(seconds) {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Write a count in at most four characters or so, for axes. */
function short(number) {
  if (number >= 1e6) return `${+(number / 1e6).toFixed(1)}M`;
  if (number >= 1e3) return `${+(number / 1e3).toFixed(1)}k`;
  return `${+number.toPrecision(2)}`;
}

/** Cut text to one line of at most `limit` characters. */
function clip(text, limit) {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join("")}…`;
}

/** The CSS class that carries the colour of an outcome. */
const tone = (standing) => `tone-${standing.replaceAll(" ", "-")}`;

const badge = (standing) => h("span", { class: `badge ${tone(standing)}` }, standing);

const tip = document.getElementById("tip");

/** Show a small note at a place of the window, above an open dialog too: only what is in it is above it. */
function showTip(event, ...content) {
  const holder = document.querySelector("dialog[open]") ?? document.body;
  if (tip.parentNode !== holder) holder.append(tip);
  tip.replaceChildren(...content);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
  const top = event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}

function hideTip() {
  tip.hidden = true;
}
