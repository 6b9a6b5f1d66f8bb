"""AMF0 (Adobe, Action Message Format 0, 2007): the values of commands and metadata.

Decoding is bounded in depth, in the number of values and by the data's own length. References
and AMF3 inside are refused: no encoder sends them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from infra.local.ivs.rtmp.errors import ProtocolViolation

__all__ = ["AmfValue", "decode", "encode"]

AmfValue: TypeAlias = "bool | float | str | Mapping[str, AmfValue] | Sequence[AmfValue] | None"
"""Undefined and null are None, dates are milliseconds since 1970, integers go as numbers."""

_MAX_DEPTH: Final = 6
_MAX_VALUES: Final = 512
_NUMBER: Final = struct.Struct(">d")
_OBJECT_END: Final = b"\x00\x00\x09"

_UNSUPPORTED: Final = {
    0x04: "movie clip",
    0x07: "reference",
    0x0E: "record set",
    0x11: "AMF3",
}


def decode(data: bytes) -> list[AmfValue]:
    """All values of `data`. Raises `ProtocolViolation` for anything but whole AMF0 values."""
    return _Decoder(data).all()


def encode(*values: AmfValue) -> bytes:
    """The values one after another: str, bool, number, None, mapping (object), sequence."""
    return b"".join(map(_encode, values))


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._values = 0

    def all(self) -> list[AmfValue]:
        found = []
        while self._at < len(self._data):
            found.append(self._value(0))
        return found

    def _value(self, depth: int) -> AmfValue:
        self._values += 1
        if self._values > _MAX_VALUES or depth > _MAX_DEPTH:
            raise ProtocolViolation("AMF0 with more values or deeper than any encoder sends")
        marker = self._integer(1)
        match marker:
            case 0x00 | 0x0B:
                number = self._number()
                # A date has a time zone behind it, which is to be ignored (2.13).
                self._take(2 if marker == 0x0B else 0)
                return number
            case 0x01:
                return self._integer(1) != 0
            case 0x02 | 0x0C | 0x0F:
                return self._text(2 if marker == 0x02 else 4)
            case 0x05 | 0x06 | 0x0D:
                return None
            case 0x03 | 0x08 | 0x10:
                # An associative array's count is a hint that encoders get wrong; the end marker
                # decides. A typed object's class name says nothing here.
                self._take(4 if marker == 0x08 else 0)
                self._take(self._integer(2) if marker == 0x10 else 0)
                return self._members(depth)
            case 0x0A:
                return [self._value(depth + 1) for _ in range(self._count())]
        raise ProtocolViolation(f"AMF0 {_UNSUPPORTED.get(marker, f'marker {marker:#04x}')}")

    def _members(self, depth: int) -> dict[str, AmfValue]:
        found: dict[str, AmfValue] = {}
        while self._data[self._at : self._at + 3] != _OBJECT_END:
            name = self._text(2)
            found[name] = self._value(depth + 1)
        self._at += 3
        return found

    def _count(self) -> int:
        count = self._integer(4)
        if count > _MAX_VALUES:
            raise ProtocolViolation(f"AMF0 array of {count} values")
        return count

    def _number(self) -> float:
        number: float = _NUMBER.unpack(self._take(8))[0]
        return number

    def _text(self, size_bytes: int) -> str:
        return self._take(self._integer(size_bytes)).decode(errors="replace")

    def _integer(self, size_bytes: int) -> int:
        return int.from_bytes(self._take(size_bytes))

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise ProtocolViolation("AMF0 ends in the middle of a value")
        self._at += size
        return taken


def _encode(value: AmfValue) -> bytes:
    match value:
        case None:
            return b"\x05"
        case bool():
            return b"\x01\x01" if value else b"\x01\x00"
        case int() | float():
            return b"\x00" + _NUMBER.pack(value)
        case str():
            text = value.encode()
            if len(text) > 0xFFFF:
                return b"\x0c" + len(text).to_bytes(4) + text
            return b"\x02" + len(text).to_bytes(2) + text
        case Mapping():
            members = (_name(name) + _encode(member) for name, member in value.items())
            return b"\x03" + b"".join(members) + _OBJECT_END
        case Sequence():
            return b"\x0a" + len(value).to_bytes(4) + b"".join(map(_encode, value))


def _name(name: str) -> bytes:
    text = name.encode()
    return len(text).to_bytes(2) + text
