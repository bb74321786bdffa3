"""Reading and writing the variable-length integers of WebAssembly."""

from __future__ import annotations


class Reader:
    """A cursor over bytes that knows LEB128."""

    def __init__(self, data: memoryview, pos: int = 0) -> None:
        self.data = data
        self.pos = pos

    def byte(self) -> int:
        """Read one byte."""
        self.pos += 1
        return self.data[self.pos - 1]

    def unsigned(self) -> int:
        """Read an unsigned number."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7

    def signed(self) -> int:
        """Read a signed number."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result

    def take(self, count: int) -> bytes:
        """Read `count` bytes as they are."""
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
