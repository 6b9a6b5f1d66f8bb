"""A LocalIvs in this process, its boto3 client, and ffmpeg as the encoder."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config as ClientConfig

from infra.local.ivs.config import Config
from infra.local.ivs.server import LocalIvs
from infra.local.service.ffmpeg import find_ffmpeg
from tests.unit.local_ivs.fakes import MemoryMetrics, MemoryObjects, RecordingEvents, wait_until

if TYPE_CHECKING:
    from mypy_boto3_ivs import IVSClient
    from mypy_boto3_ivs.type_defs import ChannelTypeDef, StreamKeyTypeDef

NO_ENGINE = "http://127.0.0.1:1"
WHOLE = [
    "Session Created",
    "Stream Start",
    "Recording Start",
    "Session Ended",
    "Stream End",
    "Recording End",
]
"""The events of a stream that was live and is over, recorded."""
KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}


def ivs_client(url: str, **changed: Any) -> IVSClient:
    """Without retries, so that every refusal is seen."""
    config = ClientConfig(retries={"total_max_attempts": 1})
    return boto3.client("ivs", endpoint_url=url, **{**KEYS, "config": config, **changed})


@dataclass
class Running:
    """A server with its surroundings."""

    state: Path
    ivs: LocalIvs
    client: IVSClient
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    events: RecordingEvents = field(default_factory=RecordingEvents)
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)

    def channel(self, **settings: Any) -> tuple[ChannelTypeDef, StreamKeyTypeDef]:
        """One that takes plain RTMP."""
        made = self.client.create_channel(**{"insecureIngest": True, "name": "chn_1", **settings})
        return made["channel"], made["streamKey"]

    def recorded_channel(self, **thumbnails: Any) -> tuple[ChannelTypeDef, StreamKeyTypeDef]:
        """One that is recorded into the bucket `recordings`."""
        made = self.client.create_recording_configuration(
            destinationConfiguration={"s3": {"bucketName": "recordings"}},
            thumbnailConfiguration=cast(Any, {"recordingMode": "INTERVAL", **thumbnails}),
        )
        return self.channel(recordingConfigurationArn=made["recordingConfiguration"]["arn"])

    def stream_of(self, channel_arn: str) -> str:
        """The id of the channel's stream once it is live."""
        wait_until(
            lambda: (
                channel_arn in [one["channelArn"] for one in self.client.list_streams()["streams"]]
            )
        )
        return self.client.get_stream(channelArn=channel_arn)["stream"]["streamId"]

    def recording_of(self, stream_id: str) -> dict[str, object]:
        """The event of its end."""
        wait_until(lambda: any("Recording End" in name for name in self.events.names(stream_id)))
        ends = self.events.details("IVS Recording State Change")
        return next(one for one in reversed(ends) if one["stream_id"] == stream_id)


@contextmanager
def running(
    state: Path,
    objects: MemoryObjects | None = None,
    events: RecordingEvents | None = None,
    **settings: Any,
) -> Iterator[Running]:
    """On free ports, without the limit on calls."""
    surroundings = {
        "objects": objects or MemoryObjects(),
        "sink": events or RecordingEvents(),
        "metrics": MemoryMetrics(),
    }
    config = Config(
        state=state,
        engine_url=NO_ENGINE,
        ffmpeg=find_ffmpeg(),
        **{"calls_per_second": 0, **settings},
    )
    with LocalIvs(config, **surroundings) as ivs:  # type: ignore[arg-type]
        client = ivs_client(ivs.url)
        try:
            yield Running(
                state,
                ivs,
                client,
                surroundings["objects"],  # type: ignore[arg-type]
                surroundings["sink"],  # type: ignore[arg-type]
                surroundings["metrics"],  # type: ignore[arg-type]
            )
        finally:
            client.close()


class Publisher:
    """ffmpeg sending a small picture in real time, as a context manager that kills it."""

    def __init__(
        self,
        url: str,
        *,
        size: str = "320x180",
        rate: int = 30,
        seconds: float = 60,
        sound: bool = True,
        picture: bool = True,
        codec: str = "libx264",
        bitrate: str = "400k",
    ) -> None:
        source = []
        if picture:
            source += ["-re", "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}"]
        if sound:
            source += ["-re", "-f", "lavfi", "-i", "sine=r=48000"]
        self._command = [
            *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", *source, "-t", str(seconds)),
            *("-c:v", codec, "-pix_fmt", "yuv420p", "-g", str(rate), "-b:v", bitrate),
            *(("-preset", "ultrafast", "-tune", "zerolatency") if codec == "libx264" else ()),
            *(("-c:a", "aac", "-b:a", "64k") if sound else ()),
            # The server's certificate is signed by itself.
            *(("-tls_verify", "0") if url.startswith("rtmps:") else ()),
            *("-f", "flv", url),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Publisher:
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            self._command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def finished(self, seconds: float = 20) -> tuple[int, str]:
        """Its exit code and what it complained of."""
        if self._process is None:
            raise AssertionError("not started")
        _, complaints = self._process.communicate(timeout=seconds)
        return self._process.returncode, complaints.decode(errors="replace")

    def pause(self) -> None:
        """It sends nothing more, and keeps its connection."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is None:
            raise AssertionError("not started")
        self._process.send_signal(number)

    def end(self) -> None:
        """As by `q`: it says goodbye."""
        if self._process is None:
            raise AssertionError("not started")
        self._process.terminate()
        self._process.communicate(timeout=20)

    def kill(self) -> None:
        if self._process is None or self._process.stderr is None:
            return
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()
