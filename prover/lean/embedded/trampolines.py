"""A WebAssembly module that does what Emscripten's `invoke_*` JavaScript functions do.

C++ code that must clean up after an exception calls through `invoke_<signature>(function, arguments...)`: call,
and when a C++ exception comes by, restore the stack pointer and report it with `setThrew(1, 0)`. In JavaScript this
costs two crossings of the language border per call, and Lean's kernel makes millions of them.

C++ exceptions are JavaScript numbers here; whatever else is thrown goes on, which the imported `unless_cpp`
sees to.
"""

from __future__ import annotations

from typing import Final

from prover.lean.embedded.leb128 import signed, unsigned

HELPERS: Final = ("emscripten_stack_get_current", "_emscripten_stack_restore", "setThrew")
VALUE_TYPES: Final = {"i": 0x7F, "j": 0x7E, "f": 0x7D, "d": 0x7C}
ZERO: Final = {"i": b"\x41\x00", "j": b"\x42\x00", "f": b"\x43" + bytes(4), "d": b"\x44" + bytes(8)}
EXTERNREF, FUNCREF, EMPTY, FUNCTION_TYPE = 0x6F, 0x70, 0x40, 0x60
BLOCK, TRY_TABLE, END, RETURN, CALL, CALL_INDIRECT = 0x02, 0x1F, 0x0B, 0x0F, 0x10, 0x11
LOCAL_GET, LOCAL_SET, I32_CONST = 0x20, 0x21, 0x41


def module(signatures: list[str], slots: dict[str, int]) -> bytes:
    """Build the module for `signatures` such as `viii` (result first).

    `slots` gives the table slots of the `HELPERS`.
    It imports `env.table`, `env.js` (the tag of JavaScript exceptions) and `env.unless_cpp`, and exports the
    `invoke_<signature>` functions.
    """
    types: list[bytes] = []

    def type_of(result: bytes, parameters: bytes) -> int:
        encoded = bytes([FUNCTION_TYPE]) + _vector_bytes(parameters) + _vector_bytes(result)
        if encoded not in types:
            types.append(encoded)
        return types.index(encoded)

    def value_types(letters: str) -> bytes:
        return bytes(VALUE_TYPES[letter] for letter in letters if letter != "v")

    tag_type = type_of(b"", bytes([EXTERNREF]))
    i32 = bytes([VALUE_TYPES["i"]])
    current, restore, threw = type_of(i32, b""), type_of(b"", i32), type_of(b"", i32 * 2)

    functions: list[int] = []
    bodies: list[bytes] = []
    for signature in signatures:
        result, parameters = value_types(signature[0]), value_types(signature[1:])
        functions.append(type_of(result, i32 + parameters))
        callee = type_of(result, parameters)
        stack, exception = len(parameters) + 1, len(parameters) + 2

        def indirect(name: str, kind: int) -> bytes:
            return bytes([I32_CONST]) + signed(slots[name]) + bytes([CALL_INDIRECT]) + unsigned(kind) + b"\0"

        body = b"".join(
            [
                b"\x02\x01" + i32 + b"\x01" + bytes([EXTERNREF]),
                indirect("emscripten_stack_get_current", current) + bytes([LOCAL_SET, stack]),
                bytes([BLOCK, EXTERNREF]),
                bytes([TRY_TABLE]) + (result or bytes([EMPTY])) + b"\x01\x00\x00\x00",
                b"".join(bytes([LOCAL_GET, index + 1]) for index in range(len(parameters))),
                bytes([LOCAL_GET, 0, CALL_INDIRECT]) + unsigned(callee) + b"\0",
                bytes([END, RETURN, END, LOCAL_SET, exception]),
                bytes([LOCAL_GET, stack]) + indirect("_emscripten_stack_restore", restore),
                bytes([LOCAL_GET, exception, CALL, 0]),
                b"\x41\x01\x41\x00" + indirect("setThrew", threw),
                ZERO.get(signature[0], b"") + bytes([END]),
            ]
        )
        bodies.append(unsigned(len(body)) + body)

    imports = [
        _name("env") + _name("table") + bytes([1, FUNCREF, 0, 0]),
        _name("env") + _name("js") + bytes([4, 0]) + unsigned(tag_type),
        _name("env") + _name("unless_cpp") + bytes([0]) + unsigned(tag_type),
    ]
    exports = [_name(f"invoke_{s}") + bytes([0]) + unsigned(1 + i) for i, s in enumerate(signatures)]
    return b"\0asm\1\0\0\0" + b"".join(
        bytes([section]) + _vector_bytes(unsigned(len(entries)) + b"".join(entries))
        for section, entries in [
            (1, types),
            (2, imports),
            (3, [unsigned(f) for f in functions]),
            (7, exports),
            (10, bodies),
        ]
    )


def _vector_bytes(content: bytes) -> bytes:
    return unsigned(len(content)) + content


def _name(text: str) -> bytes:
    return _vector_bytes(text.encode())
