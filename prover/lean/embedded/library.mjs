// The pocket library: Lean files of ours (lean_project/Pocket), elaborated once, into the image.
//
// They are elaborated without the kernel. Then all that they declare goes through it, one declaration after the other and
// starting from nothing but Init, under the rules for what a proof rests on. The environment that this makes is what
// checks of proofs over the library begin with; what the elaborator made is for elaborating only.
import { Judge } from "./check.mjs";
import { COMMAND_STATE } from "./commands.mjs";
import { Constants } from "./constants.mjs";
import { infosOf } from "./survey.mjs";

/**
 * What imports the library binds letters that nothing declares, as with Lean's own options, which an import does not
 * change; no longer names: those may be Mathlib's.
 */
const OPTIONS = "set_option autoImplicit true\nset_option relaxedAutoImplicit false";

/** Put the library `{name, version, files: [{name, text}]}` into `commands`; its preamble has to be there. */
export function preloadLibrary(L, commands, { name, version, files }) {
  const base = commands.preamble;
  let state = base.state;
  for (const file of files) state = elaborated(L, commands, state, file);
  state = commands.run(OPTIONS, { base: state }).state;
  const audited = L.scope(() => audit(L, commands, { state, start: base.start, last: base }));
  commands.setLibrary({ name, version, state, ...audited });
}

/** The command state after a file, with the scopes of `base`: what a file opens does not outlive it. */
function elaborated(L, commands, base, { name, text }) {
  const exposed = `@[expose] public section\n${text.replace(/^import .*$/gm, "")}\nend\n`;
  const done = commands.run(exposed, { base, unchecked: true });
  const { severity, pos, data } = done.messages.find((m) => m.severity !== "information") ?? {};
  if (severity) throw new Error(`${name}, ${pos.line - 1}:${pos.column}: Lean says: ${data}`);
  if (done.captures.length > 0) throw new Error(`${name} has a sorry`);
  return L.scope(() => {
    const scopes = L.field(base, COMMAND_STATE.scopes);
    return L.keep(L.alter(done.state, { [COMMAND_STATE.scopes]: scopes }));
  });
}

/** What the kernel makes of all that the library declares: {environment (kept), axioms, constants}. */
function audit(L, commands, stated) {
  const judge = new Judge(L, commands, stated, null);
  const file = Constants.of(L, L.field(stated.state, COMMAND_STATE.env));
  const ids = [...infosOf(L, file.environment, true)].filter((info) => file.isSafe(info)).map((info) => file.id(info));
  const axioms = judge.admit(ids);
  return { environment: L.keep(judge.kernel.environment), axioms, constants: ids.length };
}
