// Lean's info trees, read as the community REPL reads them: the `sorry`s and tactics of a text, and the trees as JSON.
import { children, kindOf } from "./declarations.mjs";
import { LeanException } from "./lean.mjs";
import { position, trimmed } from "./messages.mjs";

const TREE = { context: 0, node: 1 };
const KINDS = [
  ...["TacticInfo", "TermInfo", "PartialTermInfo", "CommandInfo", "MacroExpansionInfo", "OptionInfo", "ErrorNameInfo"],
  ...["FieldInfo", "CompletionInfo", "UserWidgetInfo", "CustomInfo", "FVarAliasInfo", "FieldRedeclInfo"],
  ...["DelabTermInfo", "ChoiceInfo", "DocInfo", "DocElabInfo"],
];
const [TACTIC, TERM, , COMMAND] = KINDS.keys();
const ELAB_INFO = { elaborator: 0, syntax: 1 };
const TACTIC_INFO = { elab: 0, mctxBefore: 1, goalsBefore: 2, mctxAfter: 3, goalsAfter: 4 };
const TERM_INFO = { elab: 0, localContext: 1, expected: 2, expression: 3 };
const ORIGINAL = 0; // of `SourceInfo`
const SYNTAX = { node: 1, atom: 2, ident: 3 };
const NAME_SET = { name: 1, left: 3, right: 4 };
/** Tactics that only hold others. */
const STRUCTURE = new Set([
  ...["null", "Lean.cdot", "Lean.cdotTk", "Lean.Parser.Term.byTactic", "Lean.Parser.Tactic.tacticSeq"],
  ...["Lean.Parser.Tactic.tacticSeq1Indented", "Lean.Parser.Tactic.tactic_<;>_", "Lean.Parser.Tactic.paren", ""],
]);
const UNPRINTABLE = "<failed to pretty print>";
const RAW = "failed to pretty print term (use 'set_option pp.rawOnError true' for raw representation)";

export class Trees {
  constructor(L, meta) {
    this.L = L;
    this.meta = meta;
  }

  /** A tree as {context, tree}, {info, trees} or {hole}. */
  #read(tree) {
    const { L } = this;
    const [first, second] = [0, 1].map((i) => L.field(tree, i));
    switch (L.tag(tree)) {
      case TREE.context:
        return { context: first, tree: this.#read(second) };
      case TREE.node:
        return { info: this.#info(first), trees: this.#items(second).map((each) => this.#read(each)) };
      default:
        return { hole: first };
    }
  }

  #items(persistent) {
    return this.L.items(this.L.call("Lean_PersistentArray_toArray___redArg", persistent));
  }

  #info(object) {
    const { L } = this;
    const kind = L.tag(object);
    const inner = L.field(object, 0);
    if (kind === COMMAND) return { kind, inner, elab: inner };
    return kind === TACTIC || kind === TERM ? { kind, inner, elab: L.field(inner, TACTIC_INFO.elab) } : { kind, inner };
  }

  #syntax({ elab }) {
    return this.L.field(elab, ELAB_INFO.syntax);
  }

  #merged(partial, outer) {
    return this.L.call("Lean_Elab_PartialContextInfo_mergeIntoOuter_x3f", partial, outer);
  }

  /** Call `visit(info, context)` for each node that has a context, outer ones first; where it returns true, not below. */
  #each(trees, visit) {
    const { L } = this;
    const walk = (tree, outer) => {
      if (tree.context !== undefined) return walk(tree.tree, this.#merged(tree.context, outer));
      if (tree.info === undefined) return;
      const stop = visit(tree.info, outer & 1 ? null : L.field(outer, 0));
      if (!stop) for (const each of tree.trees) walk(each, outer);
    };
    for (const tree of trees) walk(this.#read(tree), L.box(0));
  }

  #isWord(info, kind) {
    return kindOf(this.L, this.#syntax(info)) === kind && children(this.L, this.#syntax(info)).length === 1;
  }

  #place(context, syntax) {
    const { L } = this;
    const map = this.meta.fileMap(context);
    const at = (offset) => position(L, L.call("Lean_FileMap_toPosition", map, L.box(offset)));
    const [start, end] = ["Lean_Syntax_getPos_x3f", "Lean_Syntax_getTailPos_x3f"].map((f) => L.call(f, syntax, L.box(0)));
    const first = start & 1 ? 0 : L.nat(L.field(start, 0));
    return { pos: at(first), endPos: at(end & 1 ? first : L.nat(L.field(end, 0))) };
  }

  /**
   * The `sorry`s of each tree, those that are tactics first: {context, localContext, goals, type, pos, endPos}, as
   * `Snapshots.create` wants them. A term of unknown type is left out.
   */
  sorries(trees) {
    return trees.flatMap((tree) => [...this.#tacticSorries(tree), ...this.#termSorries(tree)]);
  }

  #isSorryTactic(info) {
    return info.kind === TACTIC && this.#isWord(info, "Lean.Parser.Tactic.tacticSorry");
  }

  #tacticSorries(tree) {
    const { L } = this;
    const found = [];
    this.#each([tree], (info, context) => {
      if (!this.#isSorryTactic(info) || context === null) return;
      const goals = L.listItems(L.field(info.inner, TACTIC_INFO.goalsBefore));
      if (goals.length === 0) return;
      const mctx = L.field(info.inner, TACTIC_INFO.mctxBefore);
      const declaration = L.field(L.call("Lean_MetavarContext_findDecl_x3f", mctx, goals[0]), 0);
      found.push({
        context: this.meta.withMetavariables(context, mctx),
        localContext: L.field(declaration, 1),
        goals: [goals[0]],
        ...this.#place(context, this.#syntax(info)),
      });
    });
    return found;
  }

  #termSorries(tree) {
    const { L } = this;
    const found = [];
    this.#each([tree], (info, context) => {
      if (this.#isSorryTactic(info)) return true;
      if (info.kind !== TERM || context === null || !this.#isWord(info, "Lean.Parser.Term.sorry")) return false;
      const expected = L.field(info.inner, TERM_INFO.expected);
      if (!(expected & 1)) {
        const localContext = L.field(info.inner, TERM_INFO.localContext);
        found.push({ context, localContext, type: L.field(expected, 0), ...this.#place(context, this.#syntax(info)) });
      }
      return false;
    });
    return found;
  }

  #isSubstantive(info) {
    return info.kind === TACTIC && !STRUCTURE.has(kindOf(this.L, this.#syntax(info)).replaceAll(/[«»]/g, ""));
  }

  #isOriginal(info) {
    return this.L.tag(this.L.call("Lean_Syntax_getHeadInfo", this.#syntax(info))) === ORIGINAL;
  }

  /** All tactics that were written: {context, goals, roots, shown, tactic, pos, endPos, usedConstants}. */
  tactics(trees) {
    const { L } = this;
    const found = [];
    const walk = (tree, outer, roots) => {
      if (tree.context !== undefined) return walk(tree.tree, this.#merged(tree.context, outer), roots);
      if (tree.info === undefined) return;
      const { info } = tree;
      if (this.#isSubstantive(info) && this.#isOriginal(info) && !(outer & 1)) {
        const goals = L.listItems(L.field(info.inner, TACTIC_INFO.goalsBefore));
        found.push(this.#tactic(info, L.field(outer, 0), { goals, roots: roots.length > 0 ? roots : goals }));
      }
      for (const each of tree.trees) walk(each, outer, roots);
    };
    for (const tree of trees) walk(this.#read(tree), L.box(0), []);
    return found;
  }

  #tactic(info, outer, { goals, roots }) {
    const { L } = this;
    const context = this.meta.withMetavariables(outer, L.field(info.inner, TACTIC_INFO.mctxBefore));
    return {
      ...{ context, goals, roots, shown: this.#shown(context, goals), tactic: this.#printed(context, this.#syntax(info)) },
      ...{ usedConstants: this.#constantsOf(info), ...this.#place(context, this.#syntax(info)) },
    };
  }

  #shown(context, goals) {
    const { L } = this;
    return trimmed(this.meta.pretty(L.value(L.call("Lean_Elab_ContextInfo_ppGoals", context, L.list(goals)))));
  }

  /** What the outermost tactic blocks have to prove: {context, goals, shown, pos}. */
  rootGoals(trees) {
    const { L } = this;
    const found = [];
    this.#each(trees, (info, outer) => {
      if (info.kind !== TACTIC) return false;
      if (outer === null) return true;
      const context = this.meta.withMetavariables(outer, L.field(info.inner, TACTIC_INFO.mctxBefore));
      const goals = L.listItems(L.field(info.inner, TACTIC_INFO.goalsBefore));
      const { pos } = this.#place(context, this.#syntax(info));
      found.push({ context, goals, shown: this.#shown(context, goals), pos });
      return true;
    });
    return found;
  }

  #printed(context, syntax) {
    const { L } = this;
    return this.meta.run(context, null, ({ coreContext, core }) => {
      try {
        return this.meta.pretty(L.value(L.call("Lean_PrettyPrinter_ppTactic", syntax, coreContext, core)));
      } catch (e) {
        if (!(e instanceof LeanException)) throw e;
        return UNPRINTABLE;
      }
    });
  }

  /** The names of the constants that a tactic has put into the proof, in Lean's order. */
  #constantsOf({ inner }) {
    const { L } = this;
    const mctx = L.field(inner, TACTIC_INFO.mctxAfter);
    let names = L.box(1);
    let goals = L.listItems(L.field(inner, TACTIC_INFO.goalsBefore));
    while (goals.length > 0) {
      const assigned = goals
        .map((goal) => L.call("Lean_MetavarContext_getExprAssignmentCore_x3f", mctx, goal))
        .filter((found) => !(found & 1))
        .map((found) => L.field(found, 0));
      for (const expression of assigned) {
        const used = L.items(L.call("Lean_Expr_getUsedConstants", expression));
        names = used.reduce((set, name) => L.call("Lean_NameSet_insert", set, name), names);
      }
      const start = L.constant("Lean_CollectMVars_instInhabitedState");
      goals = assigned.flatMap((e) => L.items(L.field(L.call("Lean_Expr_collectMVars", start, e), 1)));
    }
    const inOrder = (set) =>
      set & 1 ? [] : [...inOrder(L.field(set, NAME_SET.left)), L.field(set, NAME_SET.name), ...inOrder(L.field(set, NAME_SET.right))];
    return inOrder(names).map((name) => L.nameText(name));
  }

  /** The trees as JSON: all nodes ("full"), those of tactics, of these the written ones ("original"), or the "substantive". */
  json(trees, which) {
    const kept = {
      full: null,
      tactics: (info) => info.kind === TACTIC,
      original: (info) => info.kind === TACTIC && this.#isOriginal(info),
      substantive: (info) => this.#isSubstantive(info),
    }[which];
    if (kept === undefined) return [];
    const read = trees.map((tree) => this.#read(tree));
    const chosen = kept === null ? read : read.flatMap((tree) => filtered(tree, kept));
    return chosen.map((tree) => this.#json(tree, this.L.box(0)));
  }

  #json(tree, outer) {
    const { L } = this;
    if (tree.context !== undefined) return this.#json(tree.tree, this.#merged(tree.context, outer));
    const context = L.field(outer, 0);
    if (tree.info === undefined) {
      return { goalState: this.meta.run(context, null, (contexts) => this.meta.goals([tree.hole], contexts))[0] };
    }
    const { info } = tree;
    const node = { [TACTIC]: "tactic", [TERM]: "term", [COMMAND]: "command" }[info.kind];
    const described = node === undefined ? null : this.#node(node, info, context);
    return { kind: KINDS[info.kind], node: described, children: tree.trees.map((each) => this.#json(each, outer)) };
  }

  #node(kind, info, context) {
    const { L } = this;
    const syntax = this.#syntax(info);
    if (kind === "tactic") return this.#tacticNode(info, syntax, context);
    const elaborator = L.field(info.elab, ELAB_INFO.elaborator);
    const named = { elaborator: elaborator & 1 ? null : L.nameText(elaborator) };
    const localContext = kind === "term" ? L.field(info.inner, TERM_INFO.localContext) : this.meta.none;
    const shown = this.meta.pretty(L.value(L.call("Lean_Elab_ContextInfo_ppSyntax", context, localContext, syntax)));
    const stx = this.#syntaxJson(syntax, context, shown === RAW ? null : shown);
    if (kind === "command") return { ...named, stx };
    const print = (e) => this.#expression(context, localContext, e);
    const expected = L.field(info.inner, TERM_INFO.expected);
    return {
      ...{ ...named, stx, ...(expected & 1 ? {} : { expectedType: print(L.field(expected, 0)) }) },
      ...{ expr: print(L.field(info.inner, TERM_INFO.expression)), isBinder: L.byte(info.inner, 0) === 1 },
    };
  }

  #expression(context, localContext, expression) {
    const { L } = this;
    return this.meta.run(context, localContext, (contexts) => {
      const { metaContext, meta, coreContext, core } = contexts;
      const known = this.meta.instantiated(expression, contexts);
      return this.meta.pretty(L.value(L.call("Lean_Meta_ppExpr", known, metaContext, meta, coreContext, core)));
    });
  }

  #tacticNode(info, syntax, context) {
    const { L } = this;
    const goals = (mctx, list) =>
      this.meta.run(this.meta.withMetavariables(context, L.field(info.inner, mctx)), null, (contexts) =>
        this.meta.goals(L.listItems(L.field(info.inner, list)), contexts),
      );
    return {
      name: L.tag(syntax) === SYNTAX.node ? kindOf(L, syntax) : null,
      stx: this.#syntaxJson(syntax, context, this.#printed(context, syntax)),
      goalsBefore: goals(TACTIC_INFO.mctxBefore, TACTIC_INFO.goalsBefore),
      goalsAfter: goals(TACTIC_INFO.mctxAfter, TACTIC_INFO.goalsAfter),
    };
  }

  #syntaxJson(syntax, context, pp) {
    const { L } = this;
    const { pos: start, endPos: finish } = this.#place(context, syntax);
    const synthetic = L.tag(L.call("Lean_Syntax_getHeadInfo", syntax)) !== ORIGINAL;
    const argKinds = children(L, syntax).map((part) => this.#kind(part));
    return { pp, range: { synthetic, start, finish }, kind: this.#kind(syntax), argKinds };
  }

  #kind(syntax) {
    const { L } = this;
    switch (L.tag(syntax)) {
      case SYNTAX.node:
        return kindOf(L, syntax);
      case SYNTAX.atom:
        return L.nameText(L.call("Lean_Name_mkSimple", L.field(syntax, 1)));
      case SYNTAX.ident:
        return "ident";
      default:
        return "missing";
    }
  }
}

/** A tree without the nodes that are not kept; what is below them moves up. */
function filtered(tree, kept) {
  if (tree.context !== undefined) return filtered(tree.tree, kept).map((inner) => ({ context: tree.context, tree: inner }));
  if (tree.info === undefined) return [];
  const below = tree.trees.flatMap((each) => filtered(each, kept));
  return kept(tree.info) ? [{ info: tree.info, trees: below }] : below;
}
