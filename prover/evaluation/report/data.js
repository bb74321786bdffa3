// The data in the page: JSON, deflated, in base64, in script elements that are not run (see payload.py).

/** Return the data that stands under `id`. */
async function unpack(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const page = await unpack("page");
const leftOut = await unpack("left-out");
const { run, numbers } = page;

/** Whether the page has what would stand under `id`. */
const isHere = (id) => document.getElementById(id) !== null;

/** Problems by what decides their colour: a proved one that automation closes as well is a group of its own. */
const GROUPS = [
  { key: "search", label: "proved by search only", tone: "tone-proved" },
  { key: "easy", label: "proved; plain automation does too", tone: "tone-automation" },
  { key: "disproved", label: "disproved", tone: "tone-disproved" },
  { key: "failed", label: "failed", tone: "tone-failed" },
  { key: "policy error", label: "policy error", tone: "tone-policy-error" },
  { key: "engine error", label: "engine error", tone: "tone-engine-error" },
  { key: "not attempted", label: "not attempted", tone: "tone-not-attempted" },
  { key: "invalid", label: "invalid", tone: "tone-invalid" },
  { key: "unsupported", label: "unsupported", tone: "tone-unsupported" },
  { key: "unusable", label: "unusable", tone: "tone-unusable" },
];

/** Return the key of the group that a problem belongs to. */
function groupOf(problem) {
  if (problem.standing !== "proved") return problem.standing;
  return problem.automation.length ? "easy" : "search";
}

/** Return the counts of all problems of these categories by group, in the order of GROUPS, without empty ones. */
function countGroups(categories) {
  const count = (key) => categories.reduce((sum, name) => sum + (page.groups[name]?.[key] ?? 0), 0);
  return GROUPS.map((group) => ({ ...group, count: count(group.key) })).filter((group) => group.count);
}
