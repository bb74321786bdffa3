"""Write the report of a run: put the data, the style and the code into one page.

The page has no address in it. Everything from the run is in `<script>` elements that are not run, deflated
and in base64, so that nothing of it can be read as markup, and is only unpacked when looked at. The policy in
its head (CSP) names the style and the code by their hashes and forbids everything else, the network included.
"""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from prover.evaluation.analysis.numbers import Numbers, numbers
from prover.evaluation.analysis.summary import markdown_summary
from prover.evaluation.report.sample import MOST_BYTES, chosen_chunks
from prover.evaluation.store.run_data import open_run
from prover.util.files import write_atomically

REPORT = "report.html"
SUMMARY = "summary.md"
SCRIPTS = (
    "dom.js",
    "data.js",
    "lean.js",
    "headline.js",
    "plots.js",
    "table.js",
    "layout.js",
    "tree.js",
    "answers.js",
    "problem.js",
    "main.js",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report that was written: the path of its page, its summary as Markdown, and the run's numbers."""

    page: Path
    summary: str
    numbers: Numbers


def write_report(run_dir: Path, *, most_bytes: int = MOST_BYTES) -> Report:
    """Write `report.html` and `summary.md` into the folder of a run, finished or not.

    Of a run whose data would take more than `most_bytes` in the page, the page has a sample, and says so.

    Raises:
        InputError: there is no run there, or the folder cannot be written to.
    """
    with open_run(run_dir) as reader:
        run = reader.figures()
        found = numbers(run)
        chunks = chosen_chunks(reader, run, found, most_bytes)
    page, summary = run_dir / REPORT, markdown_summary(run, found)
    write_atomically(page, _page(run.set_name, [_chunk(*each) for each in chunks.items()]))
    write_atomically(run_dir / SUMMARY, summary)
    return Report(page=page, summary=summary, numbers=found)


def _page(title: str, chunks: list[str]) -> str:
    style = _resource("style.css")
    code = "\n".join(_resource(name) for name in SCRIPTS)
    filled = {
        "<!-- title -->": html.escape(f"{title}: prover report"),
        "<!-- policy -->": (
            f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(code)}'; "
            f"base-uri 'none'; form-action 'none'"
        ),
        "<!-- style -->": style,
        "<!-- code -->": code,
        "<!-- data -->": "\n".join(chunks),
    }
    page = _resource("page.html")
    parts: list[str] = []
    for mark, text in filled.items():
        before, found, page = page.partition(mark)
        assert found, f"page.html has no {mark} in its place"
        parts += [before, text]
    return "".join([*parts, page])


def _chunk(name: str, packed: str) -> str:
    return f'<script type="text/plain" id="{name}">{packed}</script>'


def _resource(name: str) -> str:
    return (files("prover.evaluation.report") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
