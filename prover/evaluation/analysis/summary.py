"""The Markdown summary of a run, to be pasted into a README."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from prover.evaluation.analysis.answers import AnswerNumbers
from prover.evaluation.analysis.numbers import Numbers, Truth
from prover.evaluation.analysis.problem_outcome import ProblemOutcome
from prover.evaluation.analysis.scaling import Scaling
from prover.evaluation.analysis.statistics import Proportion
from prover.evaluation.store.figures import RunFigures


def markdown_summary(run: RunFigures, found: Numbers) -> str:
    """Return the summary; every number in it is also in the report."""
    supported, everything = found.proved_supported, found.proved_all
    automation, cost = found.automation, found.cost
    day = datetime.fromtimestamp(run.created_at, tz=UTC).strftime("%Y-%m-%d")
    lines = [
        f"### {_cell(run.set_name)}: {supported.count} of {supported.total} proved",
        "",
        f"**{percent(supported)} of the {supported.total} supported problems, "
        f"{percent(everything)} of all {everything.total}.** "
        f"Intervals are Wilson's, at 95%. Every proof counted was checked by Lean's kernel.",
        "",
        f"One call of plain automation ({_tactics(automation.tactics)}) already closes {automation.closed} of "
        f"the {automation.problems} problems it was tried on; the search proves {automation.also_proved} of "
        f"these and {automation.search_only} that automation does not close.",
        "",
        *_truth(found),
        *_table(
            ["outcome", "problems"],
            [[each.value, str(count)] for each, count in found.standings.items() if count or _always(each)]
            + [["**total**", f"**{everything.total}**"]],
        ),
        "",
        *_table(
            ["category", "total", "supported", "automation", "proved", "of supported", "errors"],
            [
                [
                    _cell(row.name),
                    str(row.total),
                    str(row.supported),
                    str(row.automation),
                    str(row.proved.count),
                    percent(row.proved),
                    str(row.errors),
                ]
                for row in found.categories
            ],
        ),
        "",
        *_libraries(found),
        *_table(
            ["pass@k", "of supported", "of all"],
            [
                [f"pass@{each.k}", f"{each.of_supported:.1%}", f"{each.of_all:.1%}"]
                for each in found.pass_at_k
            ],
        ),
        "",
        estimator(found),
        "",
        *_scaling(found),
        *_answers(found),
        f"Cost: {cost.attempts} attempts, {cost.lean_s:,.0f} s of Lean, {cost.policy_s:,.0f} s of policy, "
        f"{cost.policy_tokens:,} policy tokens, {cost.tactics:,} tactics tried on {cost.expansions:,} "
        f"expanded states. Median first proof: {found.median_s:.1f} s, {found.median_length:g} "
        f"{'tactic' if found.median_length == 1 else 'tactics'}.",
        "",
        f"<sub>prover {_cell(run.prover_version)}, {day}, problem set {_cell(run.set_hash[:12])}{_origin(run)}</sub>",
        "",
    ]
    return "\n".join(lines)


def estimator(found: Numbers) -> str:
    """Say how pass@k was estimated."""
    spoilt = "attempts that are missing or ended in an error count as failed."
    if found.stop_at_proof is None:
        return f"pass@k: unbiased estimates from equally many passes over every problem (Chen et al. 2021); {spoilt}"
    proofs = "its first proof" if found.stop_at_proof == 1 else f"its proof number {found.stop_at_proof}"
    return (
        f"pass@k: unbiased estimates from passes that ended for a problem at {proofs} (negative binomial sampling: "
        f"the path ratio of Girshick, Mosteller and Savage 1946); {spoilt}"
    )


def _origin(run: RunFigures) -> str:
    """Return where the problem set is from, and at which commit, as far as that is known."""
    place, commit = run.config.get("set_origin", ""), run.config.get("set_version", "")
    if not place:
        return ""
    return f" from {_cell(place)}" + (f" at {_cell(commit[:12])}" if commit else "")


def truth_sentence(truth: Truth) -> str:
    """Return what a run did on statements that are known to be true, and on those known to be false."""
    true, false = truth.proved, truth.disproved
    refuted = f"{false.count} of the {false.total} that are false are disproved"
    if not truth.tried:
        refuted = f"{false.total} are false, which was not searched for (--disprove)"
    wrong = f" {truth.wrong} came to the opposite of what the set says." if truth.wrong else ""
    return (
        f"{true.count} of the {true.total} statements that are true are proved ({percent(true)}); "
        f"{refuted}.{wrong}"
    )


def scaling_sentence(scaling: Scaling) -> str:
    """Say how coverage grows with passes, and what the fit expects of twice as many."""
    b, expected = scaling.b, scaling.expected
    return (
        f"Coverage c over k passes, fitted: log c = {scaling.a:.2f} k^-{b.value:.2f}, b in [{b.low:.2f}, {b.high:.2f}] "
        f"(bootstrapped over problems; Brown et al. 2024). For {scaling.next_k} passes it gives "
        f"{expected.value:.1%} [{100 * expected.low:.1f}, {100 * expected.high:.1f}]."
    )


def _scaling(found: Numbers) -> list[str]:
    return [] if found.scaling is None else [scaling_sentence(found.scaling), ""]


def answers_sentence(answers: AnswerNumbers) -> str:
    """Say what chat models' answers cost."""
    used = f"{answers.prompt_tokens:,} tokens of prompts and {answers.completion_tokens:,} of answers"
    each = []
    if answers.tokens_per_proved is not None and answers.seconds_per_proved is not None:
        each = [f"{answers.tokens_per_proved:,.0f} tokens", f"{answers.seconds_per_proved:,.0f} s"]
    if answers.money_per_proved is not None:
        each.append(f"{answers.money_per_proved:,.4g} in money")
    paid = "" if answers.money is None else f", which cost {answers.money:,.4g}"
    shared = f"; for each theorem proved: {', '.join(each)}" if each else ""
    return f"Chat models: {answers.answers:,} answers, {used}{paid}{shared}."


def _answers(found: Numbers) -> list[str]:
    if found.answers is None:
        return []
    table = _table(
        ["k", "tokens", "first answers alone", "refine@k"],
        [
            [str(row.k), f"{row.tokens:,.0f}", percent(row.first_only), percent(row.refined)]
            for row in found.answers.refine_at_k
        ],
    )
    return [answers_sentence(found.answers), "", *([*table, ""] if found.answers.refine_at_k else [])]


LIBRARIES = {"core": "core Lean", "pocket": "prover's pocket library, not Mathlib", "mathlib": "Mathlib"}
"""What statements are over, in words."""


def _libraries(found: Numbers) -> list[str]:
    """Return the table of what the statements are over; none where that is core Lean alone."""
    if {row.name for row in found.libraries} <= {"core"}:
        return []
    rows = [
        [LIBRARIES[row.name], str(row.total), str(row.supported), str(row.proved.count), percent(row.proved)]
        for row in found.libraries
    ]
    return [*_table(["stated over", "total", "supported", "proved", "of supported"], rows), ""]


def library_line(found: Numbers) -> str:
    """Return how many statements over each library are proved; empty where that is core Lean alone."""
    if {row.name for row in found.libraries} <= {"core"}:
        return ""
    counts = (f"{row.proved.count} of {row.supported} over {LIBRARIES[row.name]}" for row in found.libraries)
    return f"proved: {'; '.join(counts)}"


def _truth(found: Numbers) -> list[str]:
    return [] if found.truth is None else [f"The set says what is true: {truth_sentence(found.truth)}", ""]


def percent(part: Proportion) -> str:
    """Return the proportion with its interval, such as ``60.0% [47.4, 71.4]``."""
    if part.total == 0:
        return "none"
    return f"{part.value:.1%} [{100 * part.low:.1f}, {100 * part.high:.1f}]"


def _always(standing: ProblemOutcome) -> bool:
    """Say which outcomes are shown even when there are none."""
    return standing in {
        ProblemOutcome.PROVED,
        ProblemOutcome.FAILED,
        ProblemOutcome.ENGINE_ERROR,
        ProblemOutcome.UNSUPPORTED,
    }


def _tactics(tactics: Iterable[str]) -> str:
    return ", ".join(_code(tactic) for tactic in tactics) or "none was tried"


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{' '.join(text.split())}{fence}"


def _cell(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, within a table too."""
    escaped = "".join("\\" + char if char in "\\`*_{}[]<>#|~" else char for char in " ".join(text.split()))
    return escaped or "(none)"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]
