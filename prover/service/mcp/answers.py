"""The form of every result: one JSON object, which never leaves it open what happened.

`success` says that the tool ran, `ok` that Lean accepted what it was asked about; an empty list is no error and no
success. `status` is a word for what came of it, `partial` whether something is missing, `hint` how to go on. Where the
tool could not run there is `error_code` with `message` instead, and MCP's `isError`.
"""

from __future__ import annotations

import json
from typing import Any

from prover.errors import ProverError, StatementError
from prover.lean.protocol import Message

Answer = dict[str, Any]

SHORT = 400
"""Characters of a text that is shortened before items are left out."""


def answer(
    status: str, *, ok: bool, hint: str = "", partial: bool = False, is_error: bool = False, **fields: object
) -> Answer:
    """Return the result of a tool that ran. `is_error` is for what MCP's clients should show as one, as a time-out."""
    result: Answer = {"success": True, "ok": ok, "status": status, "partial": partial, **fields}
    if hint:
        result["hint"] = hint
    if is_error:
        result["isError"] = True
    return result


def failure(code: str, message: str, hint: str) -> Answer:
    """Return the result of a tool that could not run: nothing is known of what it was asked about."""
    failed: Answer = {
        "success": False,
        "ok": False,
        "status": "failed",
        "error_code": code,
        "message": message,
    }
    return failed | {"hint": hint or "Nothing is known about the Lean text; correct the call and try again."}


def failure_of(error: ProverError) -> Answer:
    """Return what a `ProverError` comes to."""
    failed = failure(error.code, error.message, error.advice)
    if isinstance(error, StatementError):
        failed["line"], failed["column"] = error.line, error.column + 1
    return failed


def shown(message: Message) -> Answer:
    """Return one of Lean's messages, its columns counted from 1."""
    at = {"severity": message["severity"], "message": message["data"]}
    end = message["endPos"]
    place: Answer = {"line": message["pos"]["line"], "column": message["pos"]["column"] + 1}
    if end is not None:
        place |= {"end_line": end["line"], "end_column": end["column"] + 1}
    return at | place


def fitted(result: Answer, budget: int) -> Answer:
    """Return a result whose JSON has at most about `budget` characters.

    Long texts lose their end first, then lists their last items; `truncated` says so, and `partial` is set.
    """
    if _size(result) <= budget:
        return result
    lost: list[str] = []
    cut: Answer = _with_short_texts(result, SHORT, lost)
    while _size(cut) > budget and (longest := _longest_list(cut)) is not None:
        name, items = longest
        total = next((each["of"] for each in cut.get("truncated", []) if each["field"] == name), len(items))
        cut = cut | {name: items[: len(items) // 2]}
        others = [each for each in cut.get("truncated", []) if each["field"] != name]
        cut["truncated"] = [*others, {"field": name, "shown": len(items) // 2, "of": total}]
    if lost:
        cut["truncated"] = [*cut.get("truncated", []), {"field": "texts", "shortened": len(lost)}]
    hint = "The result was too long and is cut: ask for less (fewer lines, one declaration, a lower limit)."
    return cut | {"partial": True, "hint": " ".join(filter(None, [cut.get("hint"), hint]))}


def _with_short_texts(value: Any, most: int, lost: list[str]) -> Any:  # noqa: ANN401  (whatever JSON holds)
    if isinstance(value, str) and len(value) > most:
        lost.append(value)
        return f"{value[:most]} … ({len(value) - most} more characters)"
    if isinstance(value, list):
        return [_with_short_texts(each, most, lost) for each in value]
    if isinstance(value, dict):
        return {key: _with_short_texts(each, most, lost) for key, each in value.items()}
    return value


def _longest_list(result: Answer) -> tuple[str, list[Any]] | None:
    lists = [
        (name, each)
        for name, each in result.items()
        if isinstance(each, list) and each and name != "truncated"
    ]
    return max(lists, key=lambda each: _size(each[1]), default=None)


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False))
