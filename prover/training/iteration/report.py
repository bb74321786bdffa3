"""How an expert iteration goes, as one HTML page that needs no network; written anew after every round."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from prover.evaluation.analysis.statistics import wilson
from prover.training.iteration.metrics import RoundMetrics

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 420, 240, 46, 34, 14
TICKS = 4
STAGES = ("search", "hard", "data", "train", "measure")
STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #6b7685; --line: #d8dee6;
  --a: #2463c2; --b: #c2572b; --bg: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --dim: #97a3b3; --line: #37414e; --a: #74a9ff; --b: #f39a6b; --bg: #12171e }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--bg);
  max-width: 940px; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.05em; margin: 0 0 .2em }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 1.6em }
svg { width: 100%; height: auto } svg text { fill: var(--dim); font-size: 11px }
table { border-collapse: collapse; width: 100%; margin: 1.5em 0; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .25em .5em; border-bottom: 1px solid var(--line) }
th { color: var(--dim); font-weight: 500 } td { white-space: nowrap }
p { color: var(--dim); margin: .2em 0 }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A curve: `points` are (x, y), `bars` the ends of each point's interval, where there are some."""

    points: Sequence[tuple[float, float]]
    color: str = "a"
    bars: Sequence[tuple[float, float]] = ()
    dashed: bool = False


def iteration_report(title: str, rounds: Sequence[RoundMetrics]) -> str:
    """Return the page for the rounds that are done, at least one."""
    shares = [wilson(each.held_out_proved, each.held_out) for each in rounds]
    last = rounds[-1]
    numbers = [float(each.round) for each in rounds]
    baseline = 100 * last.baseline_proved / last.held_out
    plots = [
        _plot(
            "Held-out problems proved, %",
            "with 95 % intervals; dashed: the first policy, same budget",
            [
                Series(
                    points=[(each.round, 100 * each.held_out_proved / each.held_out) for each in rounds],
                    bars=[(100 * share.low, 100 * share.high) for share in shares],
                ),
                Series(points=[(number, baseline) for number in numbers], color="b", dashed=True),
            ],
            most=100,
        ),
        _plot(
            "Training problems proved",
            "blue: ever; orange: for the first time in this round",
            [
                Series(points=[(each.round, each.proved_ever) for each in rounds]),
                Series(points=[(each.round, each.new) for each in rounds], color="b"),
            ],
        ),
        _plot(
            "Loss of the training, nats a token",
            "by optimizer step; one curve a round, the last in colour",
            [Series(points=_thin(each.losses), color="a" if each is last else "dim") for each in rounds],
            across="optimizer step",
        ),
        _plot(
            "Proof length, and entropy in bits",
            "blue: mean length; orange: entropy of the first words",
            [
                Series(points=[(each.round, each.proof_length) for each in rounds]),
                Series(points=[(each.round, each.entropy) for each in rounds], color="b"),
            ],
        ),
    ]
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1><p>{html.escape(last.line)}</p>"
        f"<div class=plots>{''.join(plots)}</div>{_table(rounds)}</html>\n"
    )


def _table(rounds: Sequence[RoundMetrics]) -> str:
    head = ("round", "searched", "proved", "new", "ever", "false", "held out", "Lean calls", "last loss")
    rows = [
        (
            each.round,
            each.searched,
            each.proved,
            each.new,
            each.proved_ever,
            each.false,
            f"{each.held_out_proved} of {each.held_out}",
            f"{each.calls:g} ({each.baseline_calls:g})",
            f"{each.losses[-1]:.3f}",
            *(f"{each.seconds.get(stage, 0.0) / 60:.1f}" for stage in STAGES),
        )
        for each in rounds
    ]
    cells = "".join(f"<th>{name}</th>" for name in (*head, *(f"{stage}, min" for stage in STAGES)))
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    note = "Lean calls: the median where both policies prove, in brackets the first policy's."
    return f"<table><tr>{cells}</tr>{body}</table><p>{note}</p>"


def _thin(values: Sequence[float], most: int = 200) -> list[tuple[float, float]]:
    """Return at most `count` means of neighbouring values, each with the place of its first."""
    size = -(-len(values) // most)
    parts = [(start, values[start : start + size]) for start in range(0, len(values), size)]
    return [(start, sum(part) / len(part)) for start, part in parts]


def _round_number(least: float) -> float:
    """Return the smallest 1, 2, 2.5 or 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return power * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= least)


def _plot(
    title: str, note: str, series: Sequence[Series], *, across: str = "round", most: float | None = None
) -> str:
    """Return a figure with all curves on common axes, both from 0; `across` is what the lower one counts."""
    right = max((x for each in series for x, _ in each.points), default=0.0) or 1.0
    highest = max((y for each in series for _, y in each.points), default=0.0) or 1.0
    top = most or TICKS * _round_number(highest / TICKS)

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / right * (WIDTH - LEFT - 16), HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - TOP)

    parts = []
    for tick in range(TICKS + 1):
        _, y = place(0, top * tick / TICKS)
        parts.append(
            f'<line x1={LEFT} x2={WIDTH - 8} y1={y:.1f} y2={y:.1f} stroke="var(--line)"/>'
            f"<text x={LEFT - 6} y={y + 4:.1f} text-anchor=end>{top * tick / TICKS:g}</text>"
        )
    for each in series:
        color = f"var(--{each.color})"
        placed = [place(x, y) for x, y in each.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        dash = ' stroke-dasharray="5 4"' if each.dashed else ""
        parts.append(f'<polyline points="{path}" fill=none stroke="{color}" stroke-width=2{dash} />')
        for (x, _), (low, high) in zip(each.points, each.bars, strict=False):
            (at, y1), (_, y2) = place(x, low), place(x, high)
            parts.append(f'<line x1={at:.1f} x2={at:.1f} y1={y1:.1f} y2={y2:.1f} stroke="{color}"/>')
        if len(placed) <= 12:
            parts += [f'<circle cx={x:.1f} cy={y:.1f} r=3.5 fill="{color}"/>' for x, y in placed]
    for x in sorted({round(right * part / TICKS) for part in range(TICKS + 1)}):
        at, y = place(x, 0)
        parts.append(f"<text x={at:.1f} y={y + 18:.1f} text-anchor=middle>{x}</text>")
    parts.append(
        f"<text x={(LEFT + WIDTH) / 2:.0f} y={HEIGHT - 2} text-anchor=middle>{html.escape(across)}</text>"
    )
    return (
        f"<figure style='margin:0'><h2>{html.escape(title)}</h2><p>{html.escape(note)}</p>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role=img aria-label="{html.escape(title)}">'
        f"{''.join(parts)}</svg></figure>"
    )
