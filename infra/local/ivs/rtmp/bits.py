"""Bits of a header, most significant first, as H.264 and AAC write them."""

from __future__ import annotations

from typing import Final

from infra.local.ivs.rtmp.errors import UnsupportedMedia

__all__ = ["Bits"]

_MAX_BYTES: Final = 1024
_MAX_ZEROS: Final = 31


class Bits:
    """Reads the first kilobyte of `data`; beyond that and its end raises `UnsupportedMedia`."""

    def __init__(self, data: bytes, complaint: str) -> None:
        self._value = int.from_bytes(data[:_MAX_BYTES])
        self._left = 8 * min(len(data), _MAX_BYTES)
        self._complaint = complaint

    def read(self, count: int) -> int:
        """The next `count` bits as an unsigned number."""
        self._left -= count
        if self._left < 0:
            raise UnsupportedMedia(self._complaint)
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.read(1) == 1

    def unsigned(self) -> int:
        """ue(v), H.264 9.1."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise UnsupportedMedia(self._complaint)
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        """se(v), H.264 9.1.1."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)
