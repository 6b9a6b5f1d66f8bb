"""Erasing a person from live: their channel at IVS with its key, their broadcasts and recordings.

The channel goes first, so that no stream makes another broadcast. IVS may write the end of a
recording some minutes after that; the first pass leaves a note of the channel (`ERASED`), by which
the second knows where to look, and takes the note away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialflow.live import keys
from socialflow.live.ivs import Ivs
from socialflow.live.models import ThumbnailKind, channel_of
from socialflow.live.paths import recordings_prefix, thumbnail_key, uploads_prefix
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import Table, Write
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.partitions import delete_first, first_items, key_of
from socialflow.platform.records import DELETE_BATCH, delete_below

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOTE_KEPT: Final = timedelta(days=30)
LAST_PASS: Final = 2


class LiveErasure:
    """A person's channel and all that came of it."""

    def __init__(
        self,
        table: Table,
        ivs: Ivs,
        s3: Callable[[], S3Client],
        *,
        upload_bucket: str,
        media_bucket: str,
        recording_bucket: str,
        clock: Clock,
    ) -> None:
        self._table = table
        self._ivs = ivs
        self._s3 = s3
        self._upload_bucket = upload_bucket
        self._media_bucket = media_bucket
        self._recording_bucket = recording_bucket
        self._clock = clock

    def plan(self) -> ErasurePlan:
        return ErasurePlan(
            context="live",
            steps={
                "channels": self._channel,
                "broadcasts": self._broadcasts,
                "streams": self._streams,
                "recordings": self._recordings,
                "notes": self._note,
            },
            left=self._left,
        )

    def _channel(self, leaving: Leaving, _limit: int) -> int:
        """The row goes when nobody streams any more and IVS has let go of the channel."""
        channel_id = channel_of(leaving.user_id)
        row = self._table.get(keys.channel_key(channel_id), consistent=True)
        arns = set(self._ivs.channels_named(channel_id))
        if row and "ivs" in row:
            arns.add(row["ivs"]["arn"])
        if arns:
            self._take_note(channel_id, arns)
        for arn in sorted(arns):
            self._ivs.stop(arn)
            if not self._ivs.delete_channel(arn):
                return 0
        self._table.write(Write(key=keys.channel_key(channel_id), delete=True))
        return len(arns) + (1 if row else 0)

    def _take_note(self, channel_id: str, arns: set[str]) -> None:
        key = keys.erased_key(channel_id)
        noted = self._table.get(key, consistent=True) or {"arns": []}
        expires_at = int((self._clock() + NOTE_KEPT).timestamp())
        known = sorted(arns | set(noted["arns"]))
        self._table.write(Write(put={**key, "arns": known, "expires_at": expires_at}))

    def _broadcasts(self, leaving: Leaving, limit: int) -> int:
        """One broadcast, or some of what was counted of it; its own row goes last."""
        partition = keys.owner_partition(leaving.user_id)
        for item in first_items(self._table, partition, 1, index="gsi1"):
            of_one = keys.broadcast_partition(item["id"])
            if done := delete_first(self._table, of_one, limit, prefix=keys.POINT_PREFIX):
                return done
            for kind in ThumbnailKind:
                self._s3().delete_object(
                    Bucket=self._media_bucket, Key=thumbnail_key(item["id"], kind)
                )
            delete_below(
                self._s3(), self._upload_bucket, uploads_prefix(item["id"]), limit=DELETE_BATCH
            )
            self._table.delete_many([keys.uniques_key(item["id"]), key_of(item)])
            return 1
        return 0

    def _streams(self, leaving: Leaving, limit: int) -> int:
        partition = keys.streams_partition(channel_of(leaving.user_id))
        return delete_first(self._table, partition, limit, index="gsi1")

    def _recordings(self, leaving: Leaving, _limit: int) -> int:
        """A page of objects at a time, of every channel that the person had."""
        noted = self._table.get(keys.erased_key(channel_of(leaving.user_id)), consistent=True)
        for arn in noted["arns"] if noted else ():
            prefix = recordings_prefix(arn)
            bucket = self._recording_bucket
            if done := delete_below(self._s3(), bucket, prefix, limit=DELETE_BATCH):
                return done
        return 0

    def _note(self, leaving: Leaving, _limit: int) -> int:
        """The note is of no more use after the last pass."""
        key = keys.erased_key(channel_of(leaving.user_id))
        if leaving.pass_number < LAST_PASS or self._table.get(key, consistent=True) is None:
            return 0
        self._table.write(Write(key=key, delete=True))
        return 1

    def _left(self, leaving: Leaving) -> int:
        channel_id = channel_of(leaving.user_id)
        row = self._table.get(keys.channel_key(channel_id), consistent=True)
        lists = (keys.owner_partition(leaving.user_id), keys.streams_partition(channel_id))
        found = [first_items(self._table, each, 1, index="gsi1") for each in lists]
        return (1 if row else 0) + sum(len(each) for each in found)
