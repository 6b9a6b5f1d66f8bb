"""Multipart uploads that survive: parts on disk, the list of uploads in the checkpoints.

ministack keeps the bytes of unfinished uploads in memory and forgets them when it stops. S3 keeps
them until they are completed or aborted, so a creator can go on after a restart. Here a part's
record reads its bytes from a file when ministack asks for them.
"""

import shutil
from pathlib import Path
from typing import Any

from infra.local.engine import ministack

UPLOADS_STATE_KEY = "multipart_uploads"


class PartOnDisk(dict[str, Any]):
    """A part's record whose `body` is read from its file; it is never held or saved."""

    def __init__(self, record: dict[str, Any], path: Path) -> None:
        super().__init__({key: value for key, value in record.items() if key != "body"})
        self._path = path

    def __getitem__(self, key: str) -> Any:
        return self._path.read_bytes() if key == "body" else super().__getitem__(key)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class PartsOnDisk(dict[int, PartOnDisk]):
    """The parts of one upload by number, their bytes under `directory`."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    def __setitem__(self, number: int, record: dict[str, Any]) -> None:
        path = self.path_of(number, record)
        if "body" in record:
            self._directory.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.write_bytes(record["body"])
            partial.replace(path)
        super().__setitem__(number, PartOnDisk(record, path))

    def path_of(self, number: int, record: dict[str, Any]) -> Path:
        """Named by content: a part sent again never changes the bytes of a record already saved."""
        return self._directory / f"{number}-{record['etag'].strip(chr(34))}"

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {str(number): dict(part) for number, part in self.items()}


def keep_parts_on_disk(directory: Path) -> None:
    """Make ministack's S3 hold unfinished uploads under `directory` and in its saved state."""
    s3 = ministack.module("services.s3")
    uploads = s3._multipart_uploads

    def on_disk(upload_id: str, upload: dict[str, Any]) -> dict[str, Any]:
        parts = PartsOnDisk(directory / upload_id)
        for number, record in upload.get("parts", {}).items():
            # A checkpoint may name a part whose upload was completed just after it.
            if "body" in record or parts.path_of(int(number), record).exists():
                parts[int(number)] = record
        return {**upload, "parts": parts}

    class Uploads(type(uploads)):  # type: ignore[misc]
        """ministack's table of uploads; removing one removes its files."""

        def __setitem__(self, upload_id: str, upload: dict[str, Any]) -> None:
            super().__setitem__(upload_id, on_disk(upload_id, upload))

        def __delitem__(self, upload_id: str) -> None:
            super().__delitem__(upload_id)
            shutil.rmtree(directory / upload_id, ignore_errors=True)

    s3._multipart_uploads = Uploads()
    s3._PERSISTED_BUCKET_DICTS[UPLOADS_STATE_KEY] = s3._multipart_uploads
    restore = s3.load_persisted_state

    def load_persisted_state(data: dict[str, Any]) -> None:
        saved = data.pop(UPLOADS_STATE_KEY, None)
        restore(data)
        known = saved._data if saved is not None else {}
        for scoped_key, upload in known.items():
            s3._multipart_uploads._data[scoped_key] = on_disk(scoped_key[1], upload)
        living = {upload_id for _, upload_id in known}
        for leftover in directory.glob("*"):
            if leftover.name not in living:
                shutil.rmtree(leftover, ignore_errors=True)

    s3.load_persisted_state = load_persisted_state
