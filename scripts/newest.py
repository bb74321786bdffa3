"""Print the names of all packages that pyproject.toml asks for, without their versions, a line each.

`make test-newest` installs the newest of them, even those above pyproject.toml's bounds.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

EXTRAS = ("embedded", "native", "local", "train", "chat", "service", "cluster", "dev")


def main() -> None:
    """Print the requirements of the project and of `EXTRAS`."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"]]
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    names = {re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in wanted}
    sys.stdout.writelines(f"{name}\n" for name in sorted(names - {project["name"]}))


if __name__ == "__main__":
    main()
