// Colours for Lean: one pass of a small tokenizer. It knows words, not grammar, so it may colour a name as a tactic.

const LEAN_WORDS = {
  keyword:
    "theorem lemma example def abbrev instance structure class inductive variable variables universe import open " +
    "namespace section end in by fun λ let have show from suffices obtain match with if then else do where " +
    "deriving set_option noncomputable private protected at using calc case next forall exists",
  tactic:
    "intro intros exact apply refine constructor cases rcases rintro induction simp simp_all simpa simp_arith dsimp " +
    "rw rewrite erw omega grind decide norm_num linarith nlinarith ring ring_nf positivity field_simp aesop tauto " +
    "exfalso contradiction left right use exists ext funext congr subst unfold change show trivial rfl assumption " +
    "split by_cases by_contra push_neg norm_cast push_cast repeat first all_goals any_goals try specialize " +
    "generalize replace clear rename_i native_decide interval_cases nofun bv_decide ac_rfl exists",
  type: "Prop Type Sort Nat Int Rat Real Complex Bool String List Array Option Fin Set Finset True False ℕ ℤ ℚ ℝ ℂ",
  danger: "sorry admit axiom",
};
const LEAN_KINDS = new Map(
  Object.entries(LEAN_WORDS).reverse().flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])),
);
const LEAN_TOKEN = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*)`,
    String.raw`(?<string>"(?:\\[\s\S]|[^"\\])*"?)`,
    String.raw`(?<number>(?<![\p{L}_'])\d+(?:\.\d+)?)`,
    String.raw`(?<word>(?:«[^»\n]*»|[\p{L}_])(?:[\p{L}\p{N}_'!?₀-₉]|\.(?=[\p{L}_«]))*)`,
    String.raw`(?<turnstile>⊢)`,
    String.raw`(?<symbol>(?:(?!--|\/-)[^\s\p{L}\p{N}_"()\[\]{}⟨⟩,])+)`,
  ].join("|"),
  "gu",
);

/** Return the end of the block comment that begins at `start`; they nest. */
function endOfComment(code, start) {
  const mark = /\/-|-\//g;
  mark.lastIndex = start;
  for (let depth = 0, found; (found = mark.exec(code)); ) {
    depth += found[0] === "/-" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return code.length;
}

/** Return `code` as a fragment of text and coloured spans. */
function lean(code) {
  const fragment = document.createDocumentFragment();
  const colour = (kind, text) => fragment.append(h("span", { class: `lean-${kind}` }, text));
  let done = 0;
  const plain = (end) => {
    if (end > done) fragment.append(code.slice(done, end));
  };
  const advance = (found) => {
    plain(found.index);
    const [kind, text] = Object.entries(found.groups).find(([, matched]) => matched !== undefined);
    const shown = kind === "word" ? LEAN_KINDS.get(text) : kind;
    if (shown) colour(shown, text);
    else fragment.append(text);
    done = found.index + text.length;
  };
  let block = code.indexOf("/-");
  for (;;) {
    if (block >= 0 && block < done) block = code.indexOf("/-", done);
    LEAN_TOKEN.lastIndex = done;
    const found = LEAN_TOKEN.exec(code);
    if (block >= 0 && (!found || block <= found.index)) {
      plain(block);
      done = endOfComment(code, block);
      colour("comment", code.slice(block, done));
    } else if (found) {
      advance(found);
    } else {
      break;
    }
  }
  plain(code.length);
  return fragment;
}

const leanBlock = (code, name = "") => h("pre", { class: `lean ${name}`, tabindex: "0" }, h("code", null, lean(code)));
