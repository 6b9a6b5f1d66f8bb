"""Chunks into messages: every header, extended timestamps, interleaving, and what is refused."""

from __future__ import annotations

import pytest

from infra.local.ivs.rtmp.chunk_reader import ChunkReader
from infra.local.ivs.rtmp.chunk_writer import ChunkWriter
from infra.local.ivs.rtmp.errors import ProtocolViolation
from infra.local.ivs.rtmp.messages import Message, set_chunk_size
from tests.unit.local_ivs.rtmp import wire

FOUR_HOURS_AND_39_MINUTES = 1 << 24
BODY = bytes(range(256)) * 2


def reader(message_bytes: int = 100_000, chunk_streams: int = 8) -> ChunkReader:
    return ChunkReader(message_bytes=message_bytes, chunk_streams=chunk_streams)


def read(data: bytes) -> list[Message]:
    """The messages, and the same when every byte comes alone."""
    whole = list(reader().feed(data))
    drop_by_drop = reader()
    assert [each for byte in data for each in drop_by_drop.feed(bytes([byte]))] == whole
    return whole


class TestHeaders:
    def test_a_whole_header_gives_everything(self) -> None:
        data = wire.chunk(0, 4, b"abc", time=70, length=3, kind=8, stream=1)
        assert read(data) == [Message(8, 1, 70, b"abc")]

    def test_type_1_keeps_the_stream_and_steps_on(self) -> None:
        data = wire.chunk(0, 4, b"abc", time=70, length=3, kind=8, stream=1)
        data += wire.chunk(1, 4, b"defg", time=23, length=4, kind=9)
        assert read(data)[1] == Message(9, 1, 93, b"defg")

    def test_type_2_keeps_length_and_type_too(self) -> None:
        data = wire.chunk(0, 4, b"abc", time=70, length=3, kind=8, stream=1)
        data += wire.chunk(2, 4, b"xyz", time=23)
        assert read(data)[1] == Message(8, 1, 93, b"xyz")

    def test_type_3_repeats_the_step(self) -> None:
        data = wire.chunk(0, 4, b"abc", time=70, length=3, kind=8, stream=1)
        data += wire.chunk(2, 4, b"xyz", time=23) + wire.chunk(3, 4, b"uvw") * 2
        assert [each.timestamp_ms for each in read(data)] == [70, 93, 116, 139]

    def test_type_3_after_a_whole_header_steps_by_its_timestamp(self) -> None:
        data = wire.chunk(0, 4, b"abc", time=23, length=3, kind=8) + wire.chunk(3, 4, b"xyz")
        assert [each.timestamp_ms for each in read(data)] == [23, 46]

    @pytest.mark.parametrize("number", [3, 63, 64, 319, 320, 65_599])
    def test_chunk_streams_have_numbers_of_one_to_three_bytes(self, number: int) -> None:
        data = wire.chunks(number, BODY, time=5) + wire.chunk(2, number, BODY[:128], time=5)
        assert read(data) == [Message(9, 1, 5, BODY)]

    def test_a_message_may_be_empty(self) -> None:
        data = wire.chunk(0, 4, time=5, kind=9, stream=1) + wire.chunk(2, 4, time=2)
        assert [each.payload for each in read(data)] == [b"", b""]

    def test_type_1_may_begin_a_chunk_stream(self) -> None:
        assert read(wire.chunk(1, 2, b"abc", time=9, length=3, kind=8))[0].timestamp_ms == 9

    def test_timestamps_wrap_at_32_bits(self) -> None:
        data = wire.chunk(0, 4, b"a", time=0xFFFFFFF0, length=1, kind=8)
        data += wire.chunk(1, 4, b"b", time=0x20, length=1, kind=8)
        assert [each.timestamp_ms for each in read(data)] == [0xFFFFFFF0, 0x10]


class TestExtendedTimestamps:
    @pytest.mark.parametrize(
        "time", [0xFFFFFE, 0xFFFFFF, FOUR_HOURS_AND_39_MINUTES, 0x7FFFFFFF, 0xFFFFFFFF]
    )
    def test_continuing_chunks_repeat_them(self, time: int) -> None:
        data = wire.chunks(6, BODY, time=time) * 2
        assert read(data) == [Message(9, 1, time, BODY)] * 2

    def test_some_encoders_leave_them_out_of_continuing_chunks(self) -> None:
        data = wire.chunks(6, BODY, time=FOUR_HOURS_AND_39_MINUTES, repeats_extended=False) * 2
        assert read(data) == [Message(9, 1, FOUR_HOURS_AND_39_MINUTES, BODY)] * 2

    def test_payload_that_begins_like_the_timestamp_is_kept(self) -> None:
        time = FOUR_HOURS_AND_39_MINUTES
        body = bytes(128) + time.to_bytes(4)[:3] + b"\x77" + bytes(60)
        data = wire.chunks(6, body, time=time, repeats_extended=False)
        assert read(data) == [Message(9, 1, time, body)]

    def test_a_step_may_be_extended(self) -> None:
        data = wire.chunk(0, 6, b"a", time=5, length=1, kind=9)
        data += wire.chunks(6, BODY, form=1, time=0x1000005)
        data += wire.chunk(3, 6, BODY[:128], time=0x1000005)
        data += wire.chunk(3, 6, BODY[128:256], time=0x1000005)
        data += wire.chunk(3, 6, BODY[256:384], time=0x1000005)
        data += wire.chunk(3, 6, BODY[384:], time=0x1000005)
        assert [each.timestamp_ms for each in read(data)] == [5, 0x100000A, 0x200000F]

    def test_type_3_after_an_extended_whole_header_is_a_timestamp(self) -> None:
        data = wire.chunk(0, 6, b"a", time=0x1000000, length=1, kind=9)
        data += wire.chunk(3, 6, b"b", time=0x1000017)
        assert [each.timestamp_ms for each in read(data)] == [0x1000000, 0x1000017]

    def test_steps_go_over_the_border_without_them(self) -> None:
        data = wire.chunk(0, 6, b"a", time=0xFFFFF0, length=1, kind=9)
        data += wire.chunk(2, 6, b"b", time=0x21) + wire.chunk(3, 6, b"c")
        assert [each.timestamp_ms for each in read(data)] == [0xFFFFF0, 0x1000011, 0x1000032]


class TestInterleaving:
    def test_chunks_of_two_messages_alternate(self) -> None:
        video, audio = BODY, BODY[::-1][:300]
        data = wire.chunk(0, 6, video[:128], time=40, length=512, kind=9, stream=1)
        data += wire.chunk(0, 4, audio[:128], time=41, length=300, kind=8, stream=1)
        data += wire.chunk(3, 6, video[128:256]) + wire.chunk(3, 4, audio[128:256])
        data += wire.chunk(3, 4, audio[256:]) + wire.chunk(3, 6, video[256:384])
        data += wire.chunk(3, 6, video[384:])
        assert read(data) == [Message(8, 1, 41, audio), Message(9, 1, 40, video)]

    def test_the_chunk_size_changes_between_chunks_of_a_message(self) -> None:
        data = wire.chunk(0, 6, BODY[:128], time=40, length=512, kind=9, stream=1)
        data += wire.set_chunk_size(4096) + wire.chunk(3, 6, BODY[128:])
        data += wire.chunks(6, BODY * 20, time=80, chunk_bytes=4096)
        assert [each.payload for each in read(data)] == [BODY, BODY * 20]

    def test_an_aborted_message_is_left_out(self) -> None:
        data = wire.chunk(0, 6, BODY[:128], time=40, length=512, kind=9, stream=1)
        data += wire.chunks(2, (6).to_bytes(4), kind=2, stream=0)
        data += wire.chunks(6, b"whole", time=80)
        assert read(data) == [Message(9, 1, 80, b"whole")]


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (wire.chunk(2, 9, b"abc", time=5), "without a header"),
            (wire.chunk(3, 9, b"abc"), "without a header"),
            (wire.chunk(0, 4, length=100_001, kind=9), "100001 bytes"),
            (wire.chunk(0, 4, bytes(128), length=200, kind=9) * 2, "before the last message ended"),
            (wire.set_chunk_size(0), "chunk size"),
            (wire.chunks(2, b"\0\0\1", kind=1, stream=0), "chunk size"),
            (b"".join(wire.chunks(number, b"x") for number in range(3, 12)), "8 chunk streams"),
        ],
    )
    def test_what_cannot_be_chunks(self, data: bytes, why: str) -> None:
        with pytest.raises(ProtocolViolation, match=why):
            list(reader().feed(data))

    def test_unfinished_messages_may_not_fill_the_memory(self) -> None:
        subject = reader(message_bytes=1000)
        assert list(subject.feed(wire.set_chunk_size(900))) == []
        held = [wire.chunk(0, 3 + n, bytes(900), length=1000, kind=9) for n in range(3)]
        with pytest.raises(ProtocolViolation, match="unfinished"):
            list(subject.feed(b"".join(held)))

    def test_a_length_is_checked_again_where_it_is_repeated(self) -> None:
        subject = reader(message_bytes=1000)
        list(subject.feed(wire.set_chunk_size(900) + wire.chunk(0, 4, bytes(900), length=900)))
        subject.message_bytes = 100
        with pytest.raises(ProtocolViolation, match="900 bytes"):
            list(subject.feed(wire.chunk(3, 4, bytes(900))))


class TestWriting:
    @pytest.mark.parametrize("time", [0, 40, 0xFFFFFF, 0x1000000])
    @pytest.mark.parametrize("size", [0, 1, 128, 129, 5000])
    def test_what_is_written_reads_back(self, time: int, size: int) -> None:
        message = Message(20, 1, time, bytes(size))
        assert read(ChunkWriter().write(message)) == [message]

    def test_a_new_chunk_size_holds_from_the_next_message(self) -> None:
        writer = ChunkWriter()
        message = Message(20, 0, 0, BODY)
        data = writer.write(message) + writer.write(set_chunk_size(4096)) + writer.write(message)
        assert len(data) == (12 + 512 + 3) + (12 + 4) + (12 + 512)
        assert read(data) == [message, message]
