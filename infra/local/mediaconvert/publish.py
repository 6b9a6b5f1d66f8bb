"""Upload what ffmpeg writes, while it writes.

The `dash` muxer gives a segment its name only when it is whole (it renames a `.tmp` file), so
each name seen is ready. Initialization segments are rewritten until the end and go last, before
the manifests: nobody finds a manifest that names a missing file.
"""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from infra.local.mediaconvert.manifests import Manifest, init_name, media_name
from infra.local.mediaconvert.objects import CONTENT_TYPES, ObjectStore
from infra.local.mediaconvert.plan import JobPlan, S3Location

__all__ = ["Publisher"]

_SEGMENT = re.compile(r"s(\d+)_(\d{9})\.m4s")
_INIT = re.compile(r"i(\d+)\.mp4")
_STILL = re.compile(r"c(\d+)\.(\d{7})\.jpg")
_PARALLEL = 8


class Publisher:
    """Uploads one job's files and removes them. Not thread-safe; it owns the uploading threads."""

    def __init__(self, plan: JobPlan, directory: Path, store: ObjectStore) -> None:
        self._plan = plan
        self._directory = directory
        self._store = store
        self._names = [one.name for one in plan.video] + [one.name for one in plan.audio]
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="upload")
        self._sent: set[str] = set()
        self._pending: list[Future[None]] = []
        self.sizes: dict[str, int] = {}
        self.last_still: dict[int, S3Location] = {}

    @property
    def base(self) -> str:
        """The file name that all stream files begin with."""
        return PurePosixPath(self._plan.destination.key).name

    def scan(self) -> None:
        """Send every finished file that was not sent yet. Raises what an upload raised."""
        self._settle(wait=False)
        stills: dict[int, list[tuple[int, Path]]] = {}
        for path in self._directory.iterdir():
            if path.name in self._sent:
                continue
            if match := _SEGMENT.fullmatch(path.name):
                self._send_segment(path, int(match[1]), int(match[2]))
            elif match := _STILL.fullmatch(path.name):
                stills.setdefault(int(match[1]), []).append((int(match[2]), path))
        for number, found in stills.items():
            # The newest may still be in the writing.
            for position, path in sorted(found)[:-1]:
                self._send_still(path, number, position)

    def finish_media(self) -> None:
        """ffmpeg has ended: send the rest but the manifests, and wait for all of it.

        Raises `StorageFailed` or `ObjectMissing` if any upload failed.
        """
        self.scan()
        for path in sorted(self._directory.iterdir()):
            if path.name in self._sent:
                continue
            if match := _INIT.fullmatch(path.name):
                stream = int(match[1])
                name = init_name(self.base, self._names[stream], self._extension(stream))
                self._send(path, self._beside(name))
            elif match := _STILL.fullmatch(path.name):
                self._send_still(path, int(match[1]), int(match[2]))
        self._settle(wait=True)

    def finish_manifests(self, manifests: list[Manifest]) -> None:
        """Send manifests in their order: a player that finds one finds all it names."""
        for manifest in manifests:
            location = self._beside(manifest.name)
            kind = CONTENT_TYPES[PurePosixPath(manifest.name).suffix]
            self._store.upload(location, manifest.text.encode(), kind)

    def close(self) -> None:
        """Stop the threads; what has not started is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _send_segment(self, path: Path, stream: int, number: int) -> None:
        self.sizes[path.name] = path.stat().st_size
        extension = self._extension(stream)
        self._send(
            path, self._beside(media_name(self.base, self._names[stream], number, extension))
        )

    def _send_still(self, path: Path, number: int, position: int) -> None:
        target = self._plan.captures[number].destination
        location = S3Location(target.bucket, f"{target.key}.{position:07d}.jpg")
        self.last_still[number] = location
        self._send(path, location)

    def _extension(self, stream: int) -> str:
        return "cmfv" if stream < len(self._plan.video) else "cmfa"

    def _beside(self, name: str) -> S3Location:
        key = PurePosixPath(self._plan.destination.key).with_name(name)
        return S3Location(self._plan.destination.bucket, str(key))

    def _send(self, path: Path, location: S3Location) -> None:
        self._sent.add(path.name)
        self._pending.append(self._pool.submit(self._upload, path, location))

    def _upload(self, path: Path, location: S3Location) -> None:
        kind = CONTENT_TYPES[PurePosixPath(location.key).suffix]
        self._store.upload(location, path.read_bytes(), kind)
        path.unlink()

    def _settle(self, *, wait: bool) -> None:
        running = []
        for upload in self._pending:
            if wait or upload.done():
                upload.result()
            else:
                running.append(upload)
        self._pending = running
