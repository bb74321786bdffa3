"""The mean reward of every step of a training, as a picture in SVG."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 640, 320, 44
WINDOW = 10
"""Steps that the smooth line is the mean of."""


def reward_curve(rewards: Sequence[float]) -> str:
    """Return a picture of rewards between 0 and 1: a dot for each step, and a line of running means."""
    means = [
        sum(part) / len(part)
        for part in (rewards[max(0, i + 1 - WINDOW) : i + 1] for i in range(len(rewards)))
    ]
    last = max(1, len(rewards) - 1)

    def place(step: int, reward: float) -> tuple[float, float]:
        x = MARGIN + step / last * (WIDTH - 2 * MARGIN)
        return round(x, 1), round(HEIGHT - MARGIN - reward * (HEIGHT - 2 * MARGIN), 1)

    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="2" fill="#9bb" />'
        for x, y in (place(*each) for each in enumerate(rewards))
    )
    line = " ".join(f"{x},{y}" for x, y in (place(*each) for each in enumerate(means)))
    left, right = MARGIN, WIDTH - MARGIN
    axes = "".join(
        f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="#ddd" />'
        f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{reward:g}</text>'
        for reward, y in ((each, place(0, each)[1]) for each in (0, 0.25, 0.5, 0.75, 1))
    )
    words = (
        f'<text x="{left}" y="{MARGIN - 18}">mean reward of a step; line: of the last {WINDOW}</text>'
        f'<text x="{left}" y="{HEIGHT - MARGIN + 20}">1</text>'
        f'<text x="{right}" y="{HEIGHT - MARGIN + 20}" text-anchor="end">step {len(rewards)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#333"><rect width="100%" height="100%" fill="#fff" />'
        f'{axes}{words}{dots}<polyline points="{line}" fill="none" stroke="#167" stroke-width="2" /></svg>\n'
    )
