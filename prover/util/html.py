"""Pieces of HTML for notebooks; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def text_html(text: str) -> str:
    """Return Lean's text, its lines as they are."""
    return f"<pre>{escape(text)}</pre>"


def goals_html(goals: Iterable[str]) -> str:
    """Return goals, one below the other."""
    return "".join(map(text_html, goals))


def note_html(text: str) -> str:
    """Return a line about something else."""
    return f"<p><small>{escape(text)}</small></p>"
