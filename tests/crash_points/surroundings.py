"""What AWS does by itself around the functions: streams, the bus, queues, object and job events.

Events wait in one queue until the world delivers them. Published events are told apart by their
id, so that one published twice is one event here, as it is for every consumer.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from socialflow.platform.clock import utc_now
from tests.crash_points import direct_dynamodb, direct_s3
from tests.crash_points.cloud import (
    AUDIENCE_QUEUE,
    CHAT_LOGS,
    PLAYBACK_KEY,
    POLL_QUEUE,
    RECORDINGS,
    RECORDS,
    UPLOADS,
    Cloud,
)
from tests.crash_points.deliveries import OWN_QUEUES, Event, StreamBatch, envelope
from tests.crash_points.fake_ivs import FakeIvs
from tests.crash_points.fake_ivschat import FakeIvsChat
from tests.crash_points.fake_mediaconvert import FakeMediaConvert
from tests.crash_points.fake_ses import FakeSes

STREAMS: Final = {
    "chat": "chat.stream",
    "identity": "identity.stream",
    "live": "live.stream",
    "videos": "videos.stream",
}
# Which handlers' queues a rule of the bus brings an event to, by its detail type.
ROUTES: Final[dict[str, tuple[str, ...]]] = {
    "AccountDeleted.v1": (
        "chat.on_account_deleted",
        "identity.on_account_deleted",
        "live.on_account_deleted",
        "social.on_account_deleted",
        "videos.on_account_deleted",
    ),
    "BroadcastHidden.v1": ("live.on_broadcast_hidden",),
    "BroadcastRecorded.v1": ("videos.on_broadcast_recorded",),
    "BroadcastStopRequested.v1": ("live.on_broadcast_stop_requested",),
    "ChannelRequested.v1": ("chat.on_channel_requested", "live.on_channel_requested"),
    "ExportRequested.v1": (
        "chat.on_export_requested",
        "identity.on_export_requested",
        "live.on_export_requested",
        "social.on_export_requested",
        "videos.on_export_requested",
    ),
    "IVS Recording State Change": ("live.on_recording_changed",),
    "IVS Stream Health Change": ("live.on_stream_changed",),
    "IVS Stream State Change": ("live.on_stream_changed",),
    "MailRequested.v1": ("identity.on_mail_requested",),
    "MediaConvert Job State Change": ("videos.on_transcode_changed",),
    "MessageDeleted.v1": ("chat.on_message_deleted",),
    "PictureReplaced.v1": ("identity.on_picture_replaced",),
    "PollChanged.v1": ("chat.on_poll_changed",),
    "RevocationRequested.v1": ("identity.on_revocation_requested",),
    "SenderSilenced.v1": ("chat.on_sender_silenced",),
    "StreamKeyRotationRequested.v1": ("live.on_stream_key_rotation_requested",),
    "VideoDeleted.v1": ("videos.on_video_discarded",),
    "VideoFailed.v1": ("videos.on_video_discarded",),
    "VideoMediaMisplaced.v1": ("videos.on_media_misplaced",),
}
# `Object Created`, by bucket and the first part of the key.
OBJECTS: Final = {
    (UPLOADS, "uploads"): "videos.on_source_uploaded",
    (UPLOADS, "profiles"): "identity.on_picture_uploaded",
    (UPLOADS, "thumbnails"): "live.on_thumbnail_uploaded",
    (RECORDINGS, "ivs"): "live.on_thumbnail_captured",
    (CHAT_LOGS, "AWSLogs"): "chat.on_chat_logged",
    (RECORDS, "exports"): "identity.on_record_written",
    (RECORDS, "erasures"): "identity.on_record_written",
}
# Queues that functions write to themselves.
QUEUES: Final = {
    AUDIENCE_QUEUE: "live.on_audience_due",
    POLL_QUEUE: "chat.on_poll_changed",
    **{url: handler for handler, url in OWN_QUEUES.items()},
}


class Surroundings:
    """The account's own doings in one run."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = itertools.count(1)
        self._stream_positions: dict[str, int] = {}
        self.queue: list[Event] = []
        self.delayed: list[tuple[datetime, Event]] = []
        self.published: dict[str, Any] = {}
        self.invalidations: dict[str, Any] = {}
        self.custom_resources: dict[str, Any] = {}
        self.mediaconvert = FakeMediaConvert(write=cloud.put_object, emit=self._job_changed)
        self.ivs = FakeIvs(write=cloud.put_object, emit=self._stream_changed, bucket=RECORDINGS)
        self.ivs_chat = FakeIvsChat()
        self.ses = FakeSes()
        # A scenario may say whose handlers alone are to hear events.
        self.contexts: frozenset[str] | None = None
        self.fakes = {
            "ivs": self.ivs.call,
            "ivschat": self.ivs_chat.call,
            "sesv2": self.ses.call,
            "sqs": self._send_message,
            "mediaconvert": self.mediaconvert.call,
            "events": self._put_events,
            "cloudfront": self._create_invalidation,
            "dynamodb": direct_dynamodb.call,
            "s3": direct_s3.call,
        }

    def cloudformation_answer(self, body: bytes) -> None:
        """A custom resource's function answers; the last answer to a request is the one kept."""
        answer = json.loads(body)
        public = answer["Data"].pop("PublicKeyPem", None) if "Data" in answer else None
        if "KeyId" in answer.get("Data", {}):
            answer["Data"]["KeyId"] = "<key id>"
        if public:
            # Another pair in each run, but always the public half of the pair that is kept.
            pem = self._cloud.secret(PLAYBACK_KEY).encode()
            kept = load_pem_private_key(pem, None).public_key()
            form = Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            answer["matches_the_secret"] = kept.public_bytes(*form).decode() == public
        self.custom_resources[answer["RequestId"]] = answer

    def emit(self, source: str, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Somebody outside of the scenario puts an event on a bus."""
        self._enqueue(self._next_id(), source, detail_type, detail)

    def stream_batches(self) -> Iterator[StreamBatch]:
        """What has changed in each table since the last time."""
        for table, handler in STREAMS.items():
            if records := self._new_records(table):
                yield StreamBatch(handler, tuple(records))

    def release_delayed(self) -> None:
        """Delayed messages whose time has come are in their queues now."""
        now = utc_now()
        waiting, self.delayed = self.delayed, []
        for due, event in waiting:
            if due <= now:
                self.queue.append(event)
            else:
                self.delayed.append((due, event))

    def after_call(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """S3 announces an object as soon as it is whole, whatever becomes of the caller."""
        told = operation == "PutObject" and parameters["Bucket"] == RECORDS
        if operation != "CompleteMultipartUpload" and not told:
            return
        bucket, key = parameters["Bucket"], parameters["Key"]
        detail = {
            "bucket": {"name": bucket},
            "object": {"key": key, "size": self._cloud.size_of(bucket, key)},
            "reason": operation,
        }
        self._enqueue(self._next_id(), "aws.s3", "Object Created", detail)

    def _new_records(self, table: str) -> list[dict[str, Any]]:
        position = self._stream_positions.get(table, 0)
        records = self._cloud.stream(table, position)
        self._stream_positions[table] = position + len(records)
        return [_as_lambda_gets_it(record) for record in records]

    def _put_events(self, operation: Any, parameters: dict[str, Any]) -> Any:
        assert operation.name == "PutEvents", operation.name
        for entry in parameters["Entries"]:
            detail = json.loads(entry["Detail"])
            if detail["id"] not in self.published:
                self.published[detail["id"]] = (entry["DetailType"], detail["data"])
                self._enqueue(detail["id"], entry["Source"], entry["DetailType"], detail)
        results = [{"EventId": self._next_id()} for _ in parameters["Entries"]]
        return {"FailedEntryCount": 0, "Entries": results}

    def _send_message(self, operation: Any, parameters: dict[str, Any]) -> Any:
        batch = operation.name == "SendMessageBatch"
        assert batch or operation.name == "SendMessage", operation.name
        for entry in parameters["Entries"] if batch else [parameters]:
            delay = timedelta(seconds=entry.get("DelaySeconds", 0))
            assert delay <= timedelta(minutes=15), "SQS delays no longer"
            handler = QUEUES[parameters["QueueUrl"]]
            self.delayed.append((utc_now() + delay, Event(handler, (_message(entry),))))
        return {"Successful": []} if batch else {"MessageId": self._next_id()}

    def _create_invalidation(self, operation: Any, parameters: dict[str, Any]) -> Any:
        assert operation.name == "CreateInvalidation", operation.name
        batch = parameters["InvalidationBatch"]
        known = self.invalidations.setdefault(batch["CallerReference"], batch["Paths"])
        assert known == batch["Paths"], "one reference for two invalidations"
        return {"Location": "", "Invalidation": {"Id": batch["CallerReference"]}}

    def _job_changed(self, detail: dict[str, Any]) -> None:
        what = "MediaConvert Job State Change"
        self._enqueue(self._next_id(), "aws.mediaconvert", what, detail)

    def _enqueue(
        self, event_id: str, source: str, detail_type: str, detail: Mapping[str, Any]
    ) -> None:
        handlers = ROUTES.get(detail_type, ())
        if detail_type == "Object Created":
            folder = detail["object"]["key"].partition("/")[0]
            handlers = (OBJECTS[detail["bucket"]["name"], folder],)
        self._deliver(handlers, envelope(event_id, source, detail_type, detail))

    def _stream_changed(
        self, detail_type: str, arn: str, detail: Mapping[str, Any], at: datetime
    ) -> None:
        event = envelope(self._next_id(), "aws.ivs", detail_type, detail)
        event |= {"resources": [arn], "time": at.isoformat().replace("+00:00", "Z")}
        self._deliver(ROUTES[detail_type], event)

    def _deliver(self, handlers: Iterable[str], event: Mapping[str, Any]) -> None:
        for handler in handlers:
            if self.contexts is None or handler.partition(".")[0] in self.contexts:
                self.queue.append(Event(handler, (event,)))

    def _next_id(self) -> str:
        return str(next(self._numbers))


def _message(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a function sent to a queue of its own, told apart by what it says."""
    return {"id": entry["MessageBody"], "source": "sqs", **json.loads(entry["MessageBody"])}


def _as_lambda_gets_it(record: dict[str, Any]) -> dict[str, Any]:
    """Lambda has the moment in epoch seconds where the Streams API has a date (in UTC)."""
    change = dict(record["dynamodb"])
    moment: datetime = change["ApproximateCreationDateTime"]
    change["ApproximateCreationDateTime"] = moment.replace(tzinfo=UTC).timestamp()
    return record | {"dynamodb": change, "eventSource": "aws:dynamodb"}
