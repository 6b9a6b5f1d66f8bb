"""AMF0: vectors written by hand, and bounds."""

from __future__ import annotations

import pytest

from infra.local.ivs.rtmp.amf0 import AmfValue, decode, encode
from infra.local.ivs.rtmp.errors import ProtocolViolation

NUMBER_1 = bytes.fromhex("003ff0000000000000")


class TestVectors:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (NUMBER_1, 1.0),
            (bytes.fromhex("0101"), True),
            (bytes.fromhex("0100"), False),
            (b"\x02\x00\x07connect", "connect"),
            (b"\x02\x00\x03\xe2\x82\xac", "€"),
            (b"\x05", None),
            (b"\x03\x00\x03app\x02\x00\x04live\x00\x00\x09", {"app": "live"}),
            (b"\x0a\x00\x00\x00\x02" + NUMBER_1 + b"\x05", [1.0, None]),
        ],
    )
    def test_both_ways(self, data: bytes, value: AmfValue) -> None:
        assert decode(data) == [value]
        assert encode(value) == data

    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b"\x06", None),
            (b"\x0d", None),
            (b"\x08\x00\x00\x00\x63\x00\x01a\x01\x01\x00\x00\x09", {"a": True}),
            (b"\x0b" + NUMBER_1[1:] + b"\x00\x00", 1.0),
            (b"\x0c\x00\x00\x00\x02hi", "hi"),
            (b"\x0f\x00\x00\x00\x02<>", "<>"),
            (b"\x10\x00\x03Foo\x00\x01a\x05\x00\x00\x09", {"a": None}),
            (b"\x02\x00\x01\xff", "\ufffd"),
        ],
    )
    def test_read_only(self, data: bytes, value: AmfValue) -> None:
        assert decode(data) == [value]

    def test_long_texts_have_long_lengths(self) -> None:
        text = "x" * 70_000
        assert encode(text)[:5] == b"\x0c\x00\x01\x11\x70"
        assert decode(encode(text)) == [text]

    def test_several_values(self) -> None:
        values: list[AmfValue] = ["publish", 5, None, "key", {"a": [1, {"b": "c"}]}]
        assert decode(encode(*values)) == values


class TestRefusals:
    @pytest.mark.parametrize("marker", [0x04, 0x07, 0x0E, 0x11, 0x12, 0xFF])
    def test_unknown_markers(self, marker: int) -> None:
        with pytest.raises(ProtocolViolation, match="AMF0 "):
            decode(bytes([marker, 0, 0, 0, 0, 0, 0, 0, 0]))

    def test_every_truncation(self) -> None:
        whole = encode({"app": "live", "list": [1, True, None]})
        for size in range(1, len(whole)):
            with pytest.raises(ProtocolViolation):
                decode(whole[:size])

    def test_depth(self) -> None:
        with pytest.raises(ProtocolViolation, match="deeper"):
            decode(b"\x0a\x00\x00\x00\x01" * 10_000)

    def test_count(self) -> None:
        with pytest.raises(ProtocolViolation, match="array of"):
            decode(b"\x0a\xff\xff\xff\xff" + b"\x05" * 1000)
        with pytest.raises(ProtocolViolation, match="more values"):
            decode(b"\x05" * 600)
