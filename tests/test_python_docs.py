"""Every example of docs/python.md runs and prints what stands below it."""

import contextlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "python.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_examples():
    """Return the page's lines of examples that print something else than the page says, and what they print."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = [(text.count("\n", 0, match.start()) + 2, match[1], match[2]) for match in BLOCK.finditer(text)]
    names = {"__name__": "__main__"}
    wrong = {}
    for (line, kind, code), (_, next_kind, told) in zip(blocks, [*blocks[1:], (0, "", "")], strict=True):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * (line - 1) + code, str(PAGE), "exec"), names)
            if printed.getvalue().strip() != (told.strip() if next_kind == "text" else ""):
                wrong[line] = printed.getvalue()
    return wrong


def test_the_examples_print_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor() as threads:  # `asyncio.run` must not take the event loop of this thread away
        assert not threads.submit(run_examples).result()
