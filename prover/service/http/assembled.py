"""Pages that load nothing from elsewhere: style and code are in them, and a policy (CSP) names their hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

Resource = tuple[str, str]
"""A package, and the name of a file in it."""


def assembled_page(page: Resource, styles: Sequence[Resource], scripts: Sequence[Resource]) -> str:
    """Return the text of `page`, with the styles and scripts where its marks are, in this order."""
    style = "\n".join(_text(each) for each in styles)
    code = "\n".join(_text(each) for each in scripts)
    policy = (
        f"default-src 'none'; img-src data:; connect-src 'self'; style-src '{_hash(style)}'; "
        f"script-src '{_hash(code)}'; base-uri 'none'; form-action 'none'"
    )
    text = _text(page)
    for mark, content in (("policy", policy), ("style", style), ("code", code)):
        before, found, after = text.partition(f"<!-- {mark} -->")
        assert found, f"{page[1]} has no place for the {mark}"
        text = f"{before}{content}{after}"
    return text


def _text(resource: Resource) -> str:
    package, name = resource
    folder, _, inner = package.rpartition(".")
    return (files(folder) / inner / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
