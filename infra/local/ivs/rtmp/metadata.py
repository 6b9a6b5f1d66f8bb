"""`onMetaData`: what an encoder claims of its stream (Adobe's FLV 10.1, E.5)."""

from __future__ import annotations

from infra.local.ivs.rtmp.amf0 import AmfValue, decode

__all__ = ["read_metadata"]


def read_metadata(payload: bytes) -> dict[str, AmfValue] | None:
    """The values of a data message; None where it is another one (cue points, captions).

    Raises `ProtocolViolation` for what is no AMF0.
    """
    match decode(payload):
        case ["@setDataFrame", "onMetaData", dict() as values, *_]:
            return values
        case ["onMetaData", dict() as values, *_]:
            return values
    return None
