"""The videos context put together over moto, with a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.principal import Principal
from socialflow.videos.access import VideoAccess
from socialflow.videos.catalog import CatalogService
from socialflow.videos.housekeeping import EdgeCache, HousekeepingService
from socialflow.videos.models import Video, Visibility
from socialflow.videos.playback import CookieSigner, PlaybackService
from socialflow.videos.processing import JobChange, ProcessingService, job_change
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.reconciler import Reconciler
from socialflow.videos.recordings import RecordingStorage
from socialflow.videos.replay_directory import ReplayDirectory
from socialflow.videos.replay_repository import ReplayRepository
from socialflow.videos.replays import ReplayService
from socialflow.videos.repository import VideoRepository
from socialflow.videos.rows import VideoRows
from socialflow.videos.storage import MediaStorage, SourceStorage
from socialflow.videos.transcoder import Transcoder, TranscoderSettings
from socialflow.videos.uploads import NewVideo, UploadService
from socialflow.videos.viewers_repository import ViewerRepository
from tests.crash_points.fake_mediaconvert import FakeMediaConvert
from tests.unit.buckets import keys_in, make_buckets
from tests.unit.doubles import CountedCalls, CountedIds, FakeClient, MovableClock
from tests.unit.people import directory_of, put_person

UPLOADS, MEDIA, RECORDINGS = "sf-uploads", "sf-media", "sf-recordings"
MAX_FILE_BYTES = 256 * 1024**3
FILM = b"film" * 16
A_FILM = NewVideo(
    title="First light",
    description="",
    tags=(),
    visibility=Visibility.PUBLIC,
    file_name="film.mp4",
    size_bytes=len(FILM),
    content_type="video/mp4",
)


@dataclass
class VideosWorld:
    """Everything of videos, and what it asked of others."""

    clock: MovableClock
    ids: CountedIds
    table_calls: CountedCalls
    mediaconvert: FakeMediaConvert
    invalidated: list[str]
    uploads: UploadService
    processing: ProcessingService
    housekeeping: HousekeepingService
    reconciler: Reconciler
    replays: ReplayService
    replay_directory: ReplayDirectory
    catalog: CatalogService
    videos: VideoRepository
    rows: ProcessingRepository
    viewers: ViewerRepository
    changes: list[JobChange] = field(default_factory=list)

    def person(self, handle: str, *roles: str) -> Principal:
        """An account, and its caller."""
        return put_person(handle, *roles, ids=self.ids, clock=self.clock)

    def create(self, owner: Principal, **changes: Any) -> Video:
        """A new video whose upload is open."""
        new = replace(A_FILM, **changes)
        return self.uploads.create_video(owner.user_id, new, seed=self.ids("seed"))[0]

    def send(self, video: Video, body: bytes = FILM) -> list[tuple[int, str]]:
        """Its only part arrives; returns what `complete` asks for."""
        answer = client("s3").upload_part(
            Bucket=UPLOADS,
            Key=f"uploads/{video.id}/source",
            UploadId=str(video.source.upload_id),
            PartNumber=1,
            Body=body,
        )
        return [(1, answer["ETag"])]

    def upload(self, owner: Principal, **changes: Any) -> Video:
        """A video whose file is whole."""
        video = self.create(owner, **changes)
        return self.uploads.complete(owner.user_id, video.id, self.send(video))

    def process(self, owner: Principal, **changes: Any) -> Video:
        """A video whose jobs are made."""
        video = self.upload(owner, **changes)
        self.processing.source_arrived(video.id, size_bytes=len(FILM))
        return self.now(video)

    def finish(self, owner: Principal, **changes: Any) -> Video:
        """A video that is ready."""
        video = self.process(owner, **changes)
        self.mediaconvert.complete("full")
        self.tell()
        return self.now(video)

    def tell(self) -> None:
        """Delivers what MediaConvert has reported since."""
        while self.changes:
            self.processing.job_changed(self.changes.pop(0))

    def now(self, video: Video) -> Video:
        found = self.rows.get(video.id)
        assert found, f"{video.id} is gone"
        return found

    def objects(self, bucket: str = MEDIA) -> list[str]:
        return keys_in(bucket)

    def open_uploads(self) -> int:
        return len(client("s3").list_multipart_uploads(Bucket=UPLOADS).get("Uploads", []))


def long_film(world: VideosWorld) -> None:
    """Sources are over a minute from now on, so that previews are made."""
    world.mediaconvert.duration_s = 90.0


def build_world(clock: MovableClock, ids: CountedIds) -> VideosWorld:
    """Videos over moto, with buckets, without anybody."""
    make_buckets(UPLOADS, MEDIA, RECORDINGS)
    changes: list[JobChange] = []
    invalidated: list[str] = []

    def write(bucket: str, key: str) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=b"media")

    def invalidate(_operation: Any, parameters: dict[str, Any]) -> Any:
        invalidated.extend(parameters["InvalidationBatch"]["Paths"]["Items"])
        return {}

    def emit(detail: dict[str, Any]) -> None:
        changes.append(job_change(detail))

    mediaconvert = FakeMediaConvert(write=write, emit=emit, now=clock)
    jobs: Any = FakeClient("mediaconvert", mediaconvert.call)
    cloudfront: Any = FakeClient("cloudfront", invalidate)
    calls = CountedCalls(client("dynamodb"))
    dynamodb: Any = calls
    row_table = VideoRows(Table(lambda: dynamodb, "videos"), clock=clock)
    videos, rows = VideoRepository(row_table), ProcessingRepository(row_table)
    viewers = ViewerRepository(row_table)
    sources = SourceStorage(lambda: client("s3"), UPLOADS)
    media = MediaStorage(lambda: client("s3"), MEDIA)
    transcoder = Transcoder(
        lambda: jobs,
        TranscoderSettings(
            stage="test",
            upload_bucket=UPLOADS,
            media_bucket=MEDIA,
            role_arn="arn:aws:iam::123456789012:role/mediaconvert",
            queue_arn="arn:aws:mediaconvert:eu-west-1:123456789012:queues/Default",
        ),
    )
    processing = ProcessingService(rows, sources=sources, media=media, transcoder=transcoder)
    housekeeping = HousekeepingService(
        rows,
        viewers,
        sources=sources,
        media=media,
        transcoder=transcoder,
        edge=EdgeCache(lambda: cloudfront, "EDISTRIBUTION"),
        clock=clock,
    )
    replays = ReplayService(
        ReplayRepository(row_table),
        recordings=RecordingStorage(lambda: client("s3")),
        media=media,
        clock=clock,
    )
    return VideosWorld(
        clock=clock,
        ids=ids,
        table_calls=calls,
        mediaconvert=mediaconvert,
        invalidated=invalidated,
        uploads=UploadService(videos, rows, sources, max_file_bytes=MAX_FILE_BYTES, clock=clock),
        processing=processing,
        housekeeping=housekeeping,
        reconciler=Reconciler(
            rows,
            processing=processing,
            housekeeping=housekeeping,
            replays=replays,
            sources=sources,
            media=media,
            transcoder=transcoder,
            clock=clock,
        ),
        replays=replays,
        replay_directory=ReplayDirectory(VideoAccess(videos, viewers)),
        catalog=CatalogService(
            videos,
            viewers,
            directory=directory_of(ids, clock),
            playback=PlaybackService(public_origin="https://example.com", signer=a_signer(clock)),
        ),
        videos=videos,
        rows=rows,
        viewers=viewers,
        changes=changes,
    )


PRIVATE_KEY = rsa.generate_private_key(65537, 2048)


def a_signer(clock: MovableClock) -> CookieSigner:
    """Signs with a key of the tests'."""
    pem = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return CookieSigner(key_pair_id="K123", private_key_pem=lambda: pem, clock=clock)
