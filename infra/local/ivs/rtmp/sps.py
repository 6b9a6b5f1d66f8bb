"""H.264 sequence parameter sets: a picture's size and profile (ITU-T H.264 7.3.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.bits import Bits
from infra.local.ivs.rtmp.errors import UnsupportedMedia

__all__ = ["VideoFormat", "parse_sps"]

_SPS: Final = 7
_COMPLAINT: Final = "an H.264 parameter set that cannot be read"
_EXTENDED_SAR: Final = 255
_MAX_REFERENCE_CYCLE: Final = 255
_MOST_CROPPED: Final = 64
"""Pixels. Encoders crop to a macroblock; a decoder's memory is that of the whole picture."""
_PROFILES: Final = {
    **{66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10"},
    **{122: "High 4:2:2", 244: "High 4:4:4 Predictive", 44: "CAVLC 4:4:4 Intra"},
}
_WITH_CHROMA: Final = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
_CONSTRAINED: Final = 0x40


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """`profile` as the standard names it (`Baseline`, `Main`, `High` …), `level` as `4.1`."""

    width: int
    height: int
    profile: str
    level: str
    frame_rate: float | None
    """What the stream's timing information says; many encoders leave it out."""


def parse_sps(unit: bytes) -> VideoFormat:
    """A sequence parameter set's NAL unit. Raises `UnsupportedMedia` where it cannot be read."""
    if len(unit) < 4 or unit[0] & 31 != _SPS:
        raise UnsupportedMedia(_COMPLAINT)
    profile_id, constraints, level_id = unit[1], unit[2], unit[3]
    bits = Bits(_without_emulation(unit[4:]), _COMPLAINT)
    bits.unsigned()
    chroma, planes_apart = 1, False
    if profile_id in _WITH_CHROMA:
        chroma = bits.unsigned()
        planes_apart = chroma == 3 and bits.flag()
        _skip_depth_and_scaling(bits, chroma)
    bits.unsigned()
    _skip_order_count(bits)
    bits.unsigned()
    bits.read(1)
    width, height = 16 * (bits.unsigned() + 1), bits.unsigned() + 1
    frames_only = bits.flag()
    height *= 16 if frames_only else 32
    if not frames_only:
        bits.read(1)
    bits.read(1)
    if bits.flag():
        # Table 6-1: the units of cropping are those of the chroma samples.
        across = 2 if chroma in (1, 2) and not planes_apart else 1
        down = (2 if chroma == 1 and not planes_apart else 1) * (1 if frames_only else 2)
        left_out = across * (bits.unsigned() + bits.unsigned())
        below = down * (bits.unsigned() + bits.unsigned())
        if left_out > _MOST_CROPPED or below > _MOST_CROPPED:
            raise UnsupportedMedia("an H.264 picture cropped from a far larger one")
        width, height = width - left_out, height - below
    if width <= 0 or height <= 0:
        raise UnsupportedMedia(_COMPLAINT)
    return VideoFormat(
        width=width,
        height=height,
        profile=_profile(profile_id, constraints),
        level=f"{level_id // 10}.{level_id % 10}",
        frame_rate=_frame_rate(bits) if bits.flag() else None,
    )


def _profile(profile_id: int, constraints: int) -> str:
    name = _PROFILES.get(profile_id, f"profile {profile_id}")
    return f"Constrained {name}" if profile_id == 66 and constraints & _CONSTRAINED else name


def _skip_depth_and_scaling(bits: Bits, chroma: int) -> None:
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if not bits.flag():
        return
    for number in range(12 if chroma == 3 else 8):
        if bits.flag():
            _skip_scaling_list(bits, 16 if number < 6 else 64)


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_order_count(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        cycle = bits.unsigned()
        if cycle > _MAX_REFERENCE_CYCLE:
            raise UnsupportedMedia(_COMPLAINT)
        for _ in range(cycle):
            bits.signed()


def _frame_rate(bits: Bits) -> float | None:
    """From the VUI (E.1.1); None where it has no timing. A tick is a field (E.2.1)."""
    if bits.flag() and bits.read(8) == _EXTENDED_SAR:
        bits.read(32)
    if bits.flag():
        bits.read(1)
    if bits.flag():
        bits.read(4)
        if bits.flag():
            bits.read(24)
    if bits.flag():
        bits.unsigned()
        bits.unsigned()
    if not bits.flag():
        return None
    units, scale = bits.read(32), bits.read(32)
    return scale / (2 * units) if units else None


def _without_emulation(data: bytes) -> bytes:
    """The raw bytes: the 3 of each 00 00 03 is not part of them (7.4.1)."""
    kept, zeros = bytearray(), 0
    for byte in data[:1024]:
        if zeros == 2 and byte == 3:
            zeros = 0
            continue
        zeros = min(zeros + 1, 2) if byte == 0 else 0
        kept.append(byte)
    return bytes(kept)
