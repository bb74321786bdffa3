"""Rewrite Lean's WebAssembly module so that it starts fast.

The published module exports 201,110 symbols, because Lean's interpreter finds compiled functions by name
(`dlsym`). Each export costs a JavaScript object in every thread. Here they leave the export section: every
exported function gets a slot in the function table instead, and a symbol index beside the module says which
name has which slot (functions) or address (data). Exported are only what the glue code needs and the mutable
globals, so that a running instance can be saved and restored.

Nothing but the table, export and element sections changes; code and data are copied as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prover.errors import SetupError

TABLE: Final = 4
IMPORT: Final = 2
GLOBAL: Final = 6
EXPORT: Final = 7
ELEMENT: Final = 9
FUNCTION_KIND, TABLE_KIND, GLOBAL_KIND = 0, 1, 3
I32_CONST, END, I32, FUNCREF = 0x41, 0x0B, 0x7F, 0x70


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the export section."""

    name: bytes
    kind: int
    index: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new module, and the symbol index that replaces its exports."""

    module: bytes
    symbols: bytes


class Reader:
    """A cursor over bytes that knows LEB128."""

    def __init__(self, data: memoryview, pos: int = 0) -> None:
        self.data = data
        self.pos = pos

    def byte(self) -> int:
        self.pos += 1
        return self.data[self.pos - 1]

    def unsigned(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7

    def signed(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result

    def take(self, count: int) -> bytes:
        self.pos += count
        return bytes(self.data[self.pos - count : self.pos])


def unsigned(value: int) -> bytes:
    """Encode as unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> bytes:
    """Encode a non-negative number as signed LEB128."""
    out = bytearray()
    while value >= 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


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
            raise _unexpected("a global that is no i32 constant")
        found.append((bool(mutable), reader.signed()))
        if reader.byte() != END:
            raise _unexpected("a computed global")
    return found


def count_imported(payload: memoryview, kind: int) -> int:
    """How many imports of `kind` (they take the first indices of their index space)."""
    reader = Reader(payload)
    count = 0
    for _ in range(reader.unsigned()):
        reader.take(reader.unsigned())
        reader.take(reader.unsigned())
        found = reader.byte()
        count += found == kind
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
            raise _unexpected(f"an import of kind {found}")
    return count


def read_element(payload: memoryview) -> tuple[int, list[int]]:
    """Decode the one active segment: the table offset, and the function indices from there on."""
    reader = Reader(payload)
    if (reader.unsigned(), reader.unsigned(), reader.byte()) != (1, 0, I32_CONST):
        raise _unexpected("the element section")
    offset = reader.signed()
    if reader.byte() != END:
        raise _unexpected("the element offset")
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
    imported_globals = count_imported(payloads[IMPORT], GLOBAL_KIND)
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
        raise _unexpected(f"no export {sorted(missing)[0]}")
    kept += [
        Export(f"global_{index}".encode(), GLOBAL_KIND, imported_globals + index)
        for index, (mutable, _) in enumerate(globals_)
        if mutable
    ]
    replacements = {
        TABLE: _table_section(payloads[TABLE], offset + len(elements) + len(added)),
        EXPORT: _export_section(kept),
        ELEMENT: _element_section([(offset, elements), (offset + len(elements), added)]),
    }
    out = bytearray(module[:8])
    for section, payload in sections(view):
        body = replacements.get(section, payload)
        out.append(section)
        out += unsigned(len(body))
        out += body
    return Rewritten(bytes(out), symbol_index(symbols))


def symbol_index(symbols: list[tuple[bytes, int]]) -> bytes:
    """Pack a sorted name table: count, count + 1 name offsets, count values (all u32), then the names."""
    symbols = sorted(set(symbols))
    offsets = [0]
    for name, _ in symbols:
        offsets.append(offsets[-1] + len(name))
    head = struct.pack(f"<I{len(offsets)}I{len(symbols)}I", len(symbols), *offsets, *(v for _, v in symbols))
    return head + b"".join(name for name, _ in symbols)


def _table_section(payload: memoryview, size: int) -> bytes:
    reader = Reader(payload)
    if (reader.unsigned(), reader.byte(), reader.byte()) != (1, FUNCREF, 0):
        raise _unexpected("the table section")
    return bytes([1, FUNCREF, 0]) + unsigned(size)


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


def _unexpected(what: str) -> SetupError:
    return SetupError(
        f"lean.wasm is not the build this version of prover knows: {what}",
        advice="Run `prover lean install --force`; if that does not help, report it.",
    )
