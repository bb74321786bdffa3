"""The report of a run: one HTML file that needs nothing else, and a Markdown summary."""

from __future__ import annotations

from prover.evaluation.report.write import write_report

__all__ = ["write_report"]
