"""Rewrite Lean's WebAssembly module so that it starts fast.

The published module exports 201,110 symbols, because Lean's interpreter finds compiled functions by name
(`dlsym`). Each export costs a JavaScript object in every thread. Here they leave the export section: every
exported function gets a slot in the function table instead, and a symbol index beside the module says which
name has which slot (functions) or address (data). Exported are only what the glue code needs and the mutable
globals, so that a running instance can be saved and restored. The table itself is imported, so that
`trampolines.py` can share it.

Nothing but the import, table, export and element sections changes; code and data are copied as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prover.errors import SetupError
from prover.lean.embedded.leb128 import Reader, signed, unsigned
from prover.lean.embedded.trampolines import HELPERS

TABLE: Final = 4
IMPORT: Final = 2
GLOBAL: Final = 6
EXPORT: Final = 7
ELEMENT: Final = 9
FUNCTION_KIND, TABLE_KIND, GLOBAL_KIND = 0, 1, 3
TABLE_NAME: Final = b"__indirect_function_table"
I32_CONST, END, I32, FUNCREF = 0x41, 0x0B, 0x7F, 0x70


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the export section."""

    name: bytes
    kind: int
    index: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new module, what replaces its exports, and what its imports need.

    `table_size` is that of the function table, which the module now imports; `slots` are the table slots of
    `trampolines.HELPERS`; `invokes` are the signatures of its `invoke_*` imports.
    """

    module: bytes
    symbols: bytes
    table_size: int
    slots: dict[str, int]
    invokes: list[str]


def sections(module: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield (section id, payload) in file order."""
    if bytes(module[:8]) != b"\0asm\1\0\0\0":
        raise SetupError("lean.wasm is not a WebAssembly module", advice="Run `prover lean install --force`.")
    reader = Reader(module, 8)
    while reader.pos < len(module):
        section = reader.byte()
        size = reader.unsigned()
        yield section, module[reader.pos : reader.pos + size]
        reader.pos += size


def read_exports(payload: memoryview) -> list[Export]:
    """Decode the export section."""
    reader = Reader(payload)
    found = []
    for _ in range(reader.unsigned()):
        name = reader.take(reader.unsigned())
        kind = reader.byte()
        found.append(Export(name, kind, reader.unsigned()))
    return found


def read_globals(payload: memoryview) -> list[tuple[bool, int]]:
    """Decode the global section, all `i32.const`, as (mutable, initial value)."""
    reader = Reader(payload)
    found = []
    for _ in range(reader.unsigned()):
        kind, mutable, opcode = reader.byte(), reader.byte(), reader.byte()
        if (kind, opcode) != (I32, I32_CONST):
            raise _unknown_build("a global that is no i32 constant")
        found.append((bool(mutable), reader.signed()))
        if reader.byte() != END:
            raise _unknown_build("a computed global")
    return found


def read_imports(payload: memoryview) -> list[tuple[str, int]]:
    """Decode the import section, as (name, kind)."""
    reader = Reader(payload)
    imports = []
    for _ in range(reader.unsigned()):
        reader.take(reader.unsigned())
        name = reader.take(reader.unsigned()).decode()
        found = reader.byte()
        imports.append((name, found))
        if found == FUNCTION_KIND:
            reader.unsigned()
        elif found == GLOBAL_KIND:
            reader.take(2)
        elif found == 2:
            flags = reader.byte()
            reader.unsigned()
            if flags & 1:
                reader.unsigned()
        else:
            raise _unknown_build(f"an import of kind {found}")
    return imports


def read_element(payload: memoryview) -> tuple[int, list[int]]:
    """Decode the one active segment: the table offset, and the function indices from there on."""
    reader = Reader(payload)
    if (reader.unsigned(), reader.unsigned(), reader.byte()) != (1, 0, I32_CONST):
        raise _unknown_build("the element section")
    offset = reader.signed()
    if reader.byte() != END:
        raise _unknown_build("the element offset")
    return offset, [reader.unsigned() for _ in range(reader.unsigned())]


def rewrite(module: bytes, keep: set[str]) -> Rewritten:
    """Move all exports but those named in `keep` and the mutable globals into a symbol index.

    Raises:
        SetupError: the module is not laid out as the one this was written for.
    """
    view = memoryview(module)
    payloads = {section: payload for section, payload in sections(view) if section}
    exports = read_exports(payloads[EXPORT])
    globals_ = read_globals(payloads[GLOBAL])
    imports = read_imports(payloads[IMPORT])
    imported_globals = sum(kind == GLOBAL_KIND for _, kind in imports)
    offset, elements = read_element(payloads[ELEMENT])

    slots: dict[int, int] = {}
    for position, function in enumerate(elements):
        slots.setdefault(function, offset + position)
    added: list[int] = []
    symbols: list[tuple[bytes, int]] = []
    for export in exports:
        if export.kind == FUNCTION_KIND:
            if export.index not in slots:
                slots[export.index] = offset + len(elements) + len(added)
                added.append(export.index)
            symbols.append((export.name, slots[export.index]))
        elif export.kind == GLOBAL_KIND:
            symbols.append((export.name, globals_[export.index - imported_globals][1]))

    kept = [e for e in exports if e.name.decode() in keep or e.kind == TABLE_KIND]
    if missing := keep - {e.name.decode() for e in kept}:
        raise _unknown_build(f"no export {sorted(missing)[0]}")
    kept += [
        Export(f"global_{index}".encode(), GLOBAL_KIND, imported_globals + index)
        for index, (mutable, _) in enumerate(globals_)
        if mutable
    ]
    table_size = offset + len(elements) + len(added)
    _check_table(payloads[TABLE])
    replacements = {
        IMPORT: _import_section(payloads[IMPORT], table_size),
        EXPORT: _export_section(kept),
        ELEMENT: _element_section([(offset, elements), (offset + len(elements), added)]),
    }
    out = bytearray(module[:8])
    for section, payload in sections(view):
        if section == TABLE:
            continue
        body = replacements.get(section, payload)
        out.append(section)
        out += unsigned(len(body))
        out += body
    slots_by_name = dict(symbols)
    return Rewritten(
        module=bytes(out),
        symbols=symbol_index(symbols),
        table_size=table_size,
        slots={name: slots_by_name[name.encode()] for name in HELPERS},
        invokes=[name.removeprefix("invoke_") for name, _ in imports if name.startswith("invoke_")],
    )


def symbol_index(symbols: list[tuple[bytes, int]]) -> bytes:
    """Pack a sorted name table: count, count + 1 name offsets, count values (all u32), then the names."""
    symbols = sorted(set(symbols))
    offsets = [0]
    for name, _ in symbols:
        offsets.append(offsets[-1] + len(name))
    head = struct.pack(f"<I{len(offsets)}I{len(symbols)}I", len(symbols), *offsets, *(v for _, v in symbols))
    return head + b"".join(name for name, _ in symbols)


def _check_table(payload: memoryview) -> None:
    reader = Reader(payload)
    if (reader.unsigned(), reader.byte(), reader.byte()) != (1, FUNCREF, 0):
        raise _unknown_build("the table section")


def _import_section(payload: memoryview, table_size: int) -> bytes:
    reader = Reader(payload)
    count = reader.unsigned()
    table = (
        b"\x03env"
        + bytes([len(TABLE_NAME)])
        + TABLE_NAME
        + bytes([TABLE_KIND, FUNCREF, 0])
        + unsigned(table_size)
    )
    return unsigned(count + 1) + bytes(payload[reader.pos :]) + table


def _export_section(exports: list[Export]) -> bytes:
    return unsigned(len(exports)) + b"".join(
        unsigned(len(e.name)) + e.name + bytes([e.kind]) + unsigned(e.index) for e in exports
    )


def _element_section(segments: list[tuple[int, list[int]]]) -> bytes:
    out = bytearray(unsigned(len(segments)))
    for offset, functions in segments:
        out += bytes([0, I32_CONST]) + signed(offset) + bytes([END]) + unsigned(len(functions))
        for function in functions:
            out += unsigned(function)
    return bytes(out)


def _unknown_build(what: str) -> SetupError:
    return SetupError(
        f"lean.wasm is not the build this version of prover knows: {what}",
        advice="Run `prover lean install --force`; if that does not help, report it.",
    )
