"""The live context put together over moto, with a clock that the test moves.

What IVS says waits in `said` until the test delivers it, in whatever order it likes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from socialflow.live.analytics import AnalyticsService
from socialflow.live.audience import AudienceFold, HeartbeatService
from socialflow.live.audience_repository import AudienceRepository
from socialflow.live.broadcasts import BroadcastService, NewBroadcast
from socialflow.live.catalog import LiveCatalog
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.channels import ChannelService, ProvisioningService
from socialflow.live.due_messages import DueMessages
from socialflow.live.facts import RECORDING_CHANGE, recording_fact, stream_fact
from socialflow.live.follower import Follower
from socialflow.live.following import FollowingService
from socialflow.live.ivs import Ivs
from socialflow.live.measurements import Measurements
from socialflow.live.models import Broadcast, Channel, Visibility
from socialflow.live.playback import LivePlaybackService, PlaybackSigner
from socialflow.live.recordings import RecordingNotes
from socialflow.live.repository import BroadcastRepository
from socialflow.live.thumbnails import ThumbnailPublisher, ThumbnailUploads
from socialflow.live.viewer_tokens import ViewerTokens
from socialflow.platform.aws import client
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import Table
from socialflow.platform.principal import Principal
from tests.crash_points.fake_ivs import FakeIvs
from tests.unit.buckets import keys_in, make_buckets
from tests.unit.doubles import CountedCalls, CountedIds, FakeClient, MovableClock
from tests.unit.people import directory_of, put_person

UPLOADS, MEDIA, RECORDINGS = "sf-uploads", "sf-media", "sf-recordings"
WINDOW = timedelta(seconds=60)
PRIVATE_KEY = ec.generate_private_key(ec.SECP384R1())
PEM = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
A_BROADCAST = NewBroadcast(
    title="First light",
    description="",
    category="music",
    visibility=Visibility.PUBLIC,
    replay=True,
    scheduled_for=None,
)


@dataclass
class LiveWorld:
    """Everything of live, and what it asked of others."""

    clock: MovableClock
    ids: CountedIds
    table_calls: CountedCalls
    fake: FakeIvs
    said: list[dict[str, Any]]
    sent: list[dict[str, Any]]
    channels: ChannelService
    provisioning: ProvisioningService
    broadcasts: BroadcastService
    catalog: LiveCatalog
    playback: LivePlaybackService
    heartbeats: HeartbeatService
    tokens: ViewerTokens
    fold: AudienceFold
    audience: AudienceRepository
    following: FollowingService
    follower: Follower
    notes: RecordingNotes
    uploads: ThumbnailUploads
    pictures: ThumbnailPublisher
    analytics: AnalyticsService
    rows: BroadcastRepository
    channel_rows: ChannelRepository
    measured: list[dict[str, Any]] = field(default_factory=list)

    def person(self, handle: str) -> Principal:
        """An account, and its caller."""
        return put_person(handle, ids=self.ids, clock=self.clock)

    def ready(self, owner: Principal) -> Channel:
        """A channel that IVS has."""
        channel = self.channels.request(owner)
        self.provisioning.provision(channel.id)
        return self.channels.show(owner)

    def create(self, owner: Principal, **changes: Any) -> Broadcast:
        """A broadcast that waits for its encoder, unless it is scheduled."""
        new = replace(A_BROADCAST, **changes)
        return self.broadcasts.create(owner, new, seed=self.ids("seed"))

    def live(self, owner: Principal, **changes: Any) -> Broadcast:
        """A broadcast that is on."""
        self.ready(owner)
        broadcast = self.create(owner, **changes)
        self.fake.start(broadcast.channel_id)
        self.tell()
        return self.now(broadcast)

    def tell(self, *, newest_first: bool = False) -> None:
        """Delivers what IVS has said since."""
        waiting, self.said[:] = list(self.said), []
        for envelope in reversed(waiting) if newest_first else waiting:
            self.deliver(envelope)

    def deliver(self, envelope: dict[str, Any]) -> None:
        """One event, as its handler reads it."""
        if envelope["detail-type"] == RECORDING_CHANGE:
            fact = recording_fact(envelope, started_at=self.notes.started_at(envelope))
        else:
            fact = stream_fact(envelope)
        if fact:
            self.following.hear(fact)

    def now(self, broadcast: Broadcast) -> Broadcast:
        found = self.rows.get(broadcast.id, consistent=True)
        assert found, f"{broadcast.id} is gone"
        return found

    def objects(self, bucket: str = MEDIA) -> list[str]:
        return keys_in(bucket)


def build_world(clock: MovableClock, ids: CountedIds) -> LiveWorld:
    """Live over moto, with buckets, without anybody."""
    make_buckets(UPLOADS, MEDIA, RECORDINGS)
    said: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    measured: list[dict[str, Any]] = []

    def write(bucket: str, key: str, body: bytes) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=body)

    def emit(detail_type: str, arn: str, detail: dict[str, Any], at: datetime) -> None:
        said.append(
            {
                "id": f"e{len(said)}",
                "source": "aws.ivs",
                "detail-type": detail_type,
                "time": to_rfc3339(at),
                "resources": [arn],
                "detail": detail,
            }
        )

    def send(_operation: Any, parameters: dict[str, Any]) -> Any:
        sent.extend(parameters["Entries"])
        return {"Successful": parameters["Entries"], "Failed": []}

    def measure(_operation: Any, parameters: dict[str, Any]) -> Any:
        measured.append(parameters)
        values = [30.0, 30.0, 24.0]
        times = [parameters["StartTime"] + timedelta(seconds=5 * each) for each in range(3)]
        return {
            "MetricDataResults": [
                {"Id": each["Id"], "Timestamps": times, "Values": values}
                for each in parameters["MetricDataQueries"]
            ]
        }

    fake = FakeIvs(write=write, emit=emit, bucket=RECORDINGS, now=clock)
    ivs_client: Any = FakeClient("ivs", fake.call)
    sqs: Any = FakeClient("sqs", send)
    cloudwatch: Any = FakeClient("cloudwatch", measure)
    calls = CountedCalls(client("dynamodb"))
    dynamodb: Any = calls
    table = Table(lambda: dynamodb, "live")
    channel_rows = ChannelRepository(table, clock=clock)
    rows = BroadcastRepository(table, clock=clock)
    audience = AudienceRepository(table)
    ivs = Ivs(lambda: ivs_client, recording_configuration=CONFIGURATION)
    provisioning = ProvisioningService(channel_rows, ivs)
    following = FollowingService(rows, channel_rows, ivs, window=WINDOW, clock=clock)
    broadcasts = BroadcastService(rows, channel_rows, window=WINDOW, clock=clock)
    catalog = LiveCatalog(
        rows,
        channel_rows,
        directory=directory_of(ids, clock),
        public_origin="https://example.com",
        window=WINDOW,
        clock=clock,
    )
    tokens = ViewerTokens(lambda: PEM, new_id=ids, clock=clock)
    return LiveWorld(
        clock=clock,
        ids=ids,
        table_calls=calls,
        fake=fake,
        said=said,
        sent=sent,
        measured=measured,
        channels=ChannelService(
            channel_rows, ivs, ingest_url="rtmps://{endpoint}:443/app/", clock=clock
        ),
        provisioning=provisioning,
        broadcasts=broadcasts,
        catalog=catalog,
        playback=LivePlaybackService(
            catalog,
            channel_rows,
            signer=PlaybackSigner(lambda: PEM),
            viewers=tokens,
            window=WINDOW,
            clock=clock,
        ),
        heartbeats=HeartbeatService(audience, tokens, clock=clock),
        tokens=tokens,
        fold=AudienceFold(rows, audience, window=WINDOW, clock=clock),
        audience=audience,
        following=following,
        follower=Follower(
            rows,
            channel_rows,
            audience,
            following=following,
            provisioning=provisioning,
            ivs=ivs,
            messages=DueMessages(lambda: sqs, "https://sqs.example/audience"),
            window=WINDOW,
            clock=clock,
        ),
        notes=RecordingNotes(lambda: client("s3"), RECORDINGS),
        uploads=ThumbnailUploads(broadcasts, lambda: client("s3"), bucket=UPLOADS, new_id=ids),
        pictures=ThumbnailPublisher(
            rows,
            channel_rows,
            lambda: client("s3"),
            upload_bucket=UPLOADS,
            media_bucket=MEDIA,
        ),
        analytics=AnalyticsService(
            audience,
            channel_rows,
            ivs=ivs,
            measurements=Measurements(lambda: cloudwatch),
            clock=clock,
        ),
        rows=rows,
        channel_rows=channel_rows,
    )


CONFIGURATION = "arn:aws:ivs:eu-west-1:123456789012:recording-configuration/AbCdEfGhIjKl"
