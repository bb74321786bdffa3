"""Tools that say whether something is proved. What they call proved, a verifier has accepted in a new process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from prover.api.elaborating import Elaboration, Framed
from prover.api.lean import AsyncLean
from prover.errors import InputError
from prover.lean.reading.lexer import tokens
from prover.lean.trust.lock import CheckedStatement, Lock
from prover.lean.trust.verify import Certificate, Rejection
from prover.service.judging import lock_of, under_imports_of
from prover.service.mcp.answers import Answer, answer, shown
from prover.service.mcp.shared import Shared, require_code, seconds
from prover.service.mcp.text_tools import MOST_S, FilePath

PROVED = "Lean's kernel accepts the proof of this very statement, checked in a new process."
REFUSED = "It is not proved: see `reason`. Correct the proof and ask again."
UNKNOWN = (
    "The check was stopped or broke, so nothing is known: make the proof cheaper for Lean, or ask again."
)
_SUSPICIOUS = re.compile(
    r"sorry|admit|axiom|unsafe|native_decide|implemented_by|extern|partial|run_cmd|run_tac|by_elab|debug\..*"
    r"|(?:.*\.)?(?:sorryAx|ofReduceBool|trustCompiler|unsafeCast)"
)


class ProofTools:
    """Bound to what all tools share."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def lean_verify(
        self,
        file_path: FilePath,
        theorem_name: Annotated[str, Field(description="Full name of a theorem in the file.")],
        scan_source: Annotated[bool, Field(description="Also list words that weaken trust.")] = True,
    ) -> Answer:
        """Verify that a theorem of a file is proved: the kernel checks it in a new process and lists its axioms.

        The statement is the one in the file: use lock_statement and verify_proof where it must not be changed.
        """
        text = self._shared.roots.read(file_path).text
        lock = Lock.of(text, file_path, [theorem_name])
        lean = await self._shared.lean.get()
        (checked,) = await lean.check_file(lock, text)
        result = _verdict([checked]) | {"theorem": lock.names[0]}
        if scan_source:
            result["suspicious"] = _suspicious(text)
        return result

    async def lock_statement(
        self,
        formal_statement: Annotated[
            str, Field(description="Lean text with the theorems to be proved, each with `:= by sorry`.")
        ] = "",
        file_path: Annotated[str, Field(description="A .lean file in place of the text.")] = "",
        theorem_names: Annotated[
            list[str] | None, Field(description="Which theorems; else all that have a sorry, or all.")
        ] = None,
    ) -> Answer:
        """Lock statements before working on them. Give the `lock` to verify_proof: changed statements do not pass."""
        if bool(formal_statement.strip()) == bool(file_path.strip()):
            raise InputError("give either formal_statement or file_path", advice="Leave the other one out.")
        lean = await self._shared.lean.get()
        names = theorem_names or ()
        if file_path:
            stated = Framed(self._shared.roots.read(file_path).text, 0, "")
        else:
            stated = lean.framed(require_code(formal_statement, "formal_statement"))
        lock = lock_of(stated, names, file_path or "formal_statement")
        if refusal := await _unusable(lean, stated):
            return refusal
        self._shared.keep(lock)
        items = [{"name": name, "statement": lock.theorem(name).statement} for name in lock.names]
        hint = "verify_proof with this `lock` and the whole file as `content` tells whether they are proved."
        return answer("locked", ok=True, hint=hint, lock=lock.sha256, items=items)

    async def verify_proof(
        self,
        content: Annotated[str, Field(description="A whole Lean text with the proofs; lemmas may be added.")],
        formal_statement: Annotated[
            str, Field(description="The theorems to be proved, each with `:= by sorry`.")
        ] = "",
        lock: Annotated[str, Field(description="From lock_statement, in place of formal_statement.")] = "",
        permitted_sorries: Annotated[
            list[str] | None, Field(description="Theorems that need not be proved.")
        ] = None,
        ignore_imports: Annotated[
            bool, Field(description="Take the imports of the statement, whatever the content imports.")
        ] = True,
        use_def_eq: Annotated[
            bool, Field(description="Let the content state the theorems in other words of the same meaning.")
        ] = False,
        timeout_seconds: Annotated[float, Field(description="Seconds for Lean to read the content.")] = 45.0,
    ) -> Answer:
        """Check that a text proves given statements. `okay` only if the kernel accepts every one, as it was given.

        The statement comes from formal_statement or the lock, never from the content; no sorry, no new axiom.
        """
        lean = await self._shared.lean.get()
        if bool(formal_statement.strip()) == bool(lock.strip()):
            raise InputError("give either formal_statement or lock", advice="Leave the other one out.")
        if lock:
            locked = self._find_lock(lock)
        else:
            stated = lean.framed(require_code(formal_statement, "formal_statement"), like=content)
            locked = lock_of(stated)
            if refusal := await _unusable(lean, stated):
                return refusal
        given = under_imports_of(locked, require_code(content, "content"), ignore_imports=ignore_imports)
        left = set(permitted_sorries or ())
        if unknown := left - set(locked.names):
            raise InputError(f"permitted_sorries: there is no theorem {min(unknown)} in the statement")
        wanted = tuple(name for name in locked.names if name not in left)
        if not wanted:
            raise InputError("permitted_sorries leaves nothing to be proved", advice="Leave out one of them.")
        needed = replace(locked, names=wanted)
        read = await lean.elaborate(given, timeout=seconds(timeout_seconds, MOST_S))
        if read.accepted:
            result = _verdict(await lean.check_file(needed, given.whole, same_words=not use_def_eq))
        else:
            result = _not_read(read, wanted)
        messages = {
            f"{kind}s": [shown(each) for each in read.messages if each["severity"] == kind]
            for kind in ("error", "warning", "info")
        }
        return result | {
            "okay": result["ok"],
            "lean_messages": messages,
            "tool_messages": {"errors": [each["reason"] for each in result["items"] if not each["proved"]]},
            "failed_declarations": [each["name"] for each in result["items"] if not each["proved"]],
        }

    def _find_lock(self, lock: str) -> Lock:
        found = self._shared.locks.get(lock.strip())
        if found is None:
            raise InputError(
                f"there is no lock {lock}",
                advice="Locks last as long as the server: call lock_statement again.",
            )
        return found


async def _unusable(lean: AsyncLean, stated: Framed) -> Answer | None:
    """Return what to answer where Lean does not accept the statements themselves."""
    read = await lean.elaborate(stated, timeout=MOST_S)
    if read.accepted:
        return None
    hint = "The statement itself is not accepted by Lean, so no proof can be checked against it."
    status = "timeout" if read.timed_out else "statement_errors"
    items = [shown(each) for each in read.errors]
    return answer(status, ok=False, hint=hint, is_error=read.timed_out, okay=False, items=items)


def _verdict(checked: tuple[CheckedStatement, ...] | list[CheckedStatement]) -> Answer:
    items = [_item(each) for each in checked]
    if all(each.accepted for each in checked):
        return answer("proved", ok=True, hint=PROVED, items=items)
    if any(isinstance(each.ruling, Rejection) and each.ruling.undecided for each in checked):
        return answer("unknown", ok=False, partial=True, hint=UNKNOWN, is_error=True, items=items)
    return answer("not_proved", ok=False, hint=REFUSED, items=items)


def _not_read(read: Elaboration, names: Sequence[str]) -> Answer:
    """Return the verdict on a content that Lean does not come to the end of, or finds errors in."""
    if read.timed_out:
        return answer("timeout", ok=False, partial=True, hint=UNKNOWN, is_error=True, items=[])
    first = read.errors[0]
    place = f"{first['pos']['line']}:{first['pos']['column'] + 1}"
    why = {
        "proved": False,
        "kind": "elaboration",
        "reason": f"Lean finds an error at {place}: {first['data']}",
    }
    return answer("not_proved", ok=False, hint=REFUSED, items=[{"name": name} | why for name in names])


def _item(checked: CheckedStatement) -> Answer:
    item: Answer = {"name": checked.theorem.name, "proved": checked.accepted}
    if isinstance(checked.ruling, Certificate):
        ruling = checked.ruling
        item |= {"type": ruling.statement, "axioms": list(ruling.axioms), "sha256": ruling.sha256}
        if ruling.library is not None:
            item["library"] = ruling.library
        if ruling.context_code or ruling.caveats:
            item["caveats"] = [
                *ruling.caveats,
                *(f"before the theorem runs code: {each}" for each in ruling.context_code),
            ]
        return item
    return item | {"kind": checked.ruling.kind.value, "reason": checked.ruling.message}


def _suspicious(text: str) -> list[Answer]:
    """Return the words of a text that may weaken trust in what it proves, each with its line."""
    return [
        {"line": text.count("\n", 0, each.start) + 1, "word": each.text}
        for each in tokens(text)
        if each.kind == "word" and _SUSPICIOUS.fullmatch(each.text)
    ]
