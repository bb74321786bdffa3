"""Run a command and write what it printed, colours included, as an SVG for the documentation.

python scripts/screenshot.py docs/prove.svg prover prove --theorem "..."
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 110


def main() -> None:
    """Run and write."""
    path, *command = sys.argv[1:]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, check=False
    )
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text("$ " + shlex.join(command), style="bold"))
    console.print(Text.from_ansi(done.stdout))
    svg = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="prover"), flags=re.DOTALL)
    Path(path).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
