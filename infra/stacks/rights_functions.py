"""What each context does when somebody asks for their data or leaves: settings and permissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    DELETE_ITEMS,
    WRITE_ITEMS,
    Grant,
    only_add,
    use_bucket,
    use_made,
    use_objects,
    use_table,
)
from infra.stacks.data import INDEXES, DataStack
from infra.stacks.identity_functions import AUDIT, REVOCATIONS
from infra.stacks.live_functions import of_live
from infra.stacks.media import MediaStack
from infra.stage import Stage

EXPORT_SECONDS = 900
"""All that somebody ever did is read and written as one object."""

ERASE_SECONDS = 300
SETTLE_SECONDS = 300
ZIP_MEMORY_MB = 1024

CHANGE = (*WRITE_ITEMS, *DELETE_ITEMS, "ConditionCheckItem")


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsFunctions:
    """Specifications, from what the stacks before have made."""

    stage: Stage
    data: DataStack
    media: MediaStack

    def on_export_requested(self, context: str) -> FunctionSpec:
        """It reads what the context holds of somebody, and writes one object."""
        may = [
            self._rows(context, "GetItem", "Query"),
            use_objects(self.media.exports, "PutObject", "AbortMultipartUpload"),
        ]
        settings: dict[str, str] = {}
        if context == "social":
            # Whom somebody follows is told by name.
            may.append(self._profiles())
            settings["SF_IDENTITY_TABLE"] = self.data.tables["identity"].table_name
        return self._spec(context, "on_export_requested", may, settings, EXPORT_SECONDS)

    def on_account_deleted(self, context: str) -> FunctionSpec:
        """It erases what the context holds of somebody, and writes a receipt."""
        may, settings = {
            "identity": self._erase_identity,
            "videos": self._erase_videos,
            "live": self._erase_live,
            "chat": self._erase_chat,
            "social": self._erase_social,
        }[context]()
        receipt = use_objects(self.media.erasures, "PutObject", "AbortMultipartUpload")
        return self._spec(context, "on_account_deleted", [*may, receipt], settings, ERASE_SECONDS)

    def on_record_written(self) -> FunctionSpec:
        return self._spec(
            "identity",
            "on_record_written",
            [
                *self._settle(),
                use_objects(self.media.exports, "GetObject", "PutObject", "AbortMultipartUpload"),
                use_objects(self.media.erasures, "GetObject"),
                use_bucket(self.media.exports, "ListBucket"),
            ],
            {"SF_CONTEXTS": self._contexts()},
            EXPORT_SECONDS,
            ZIP_MEMORY_MB,
        )

    def settle_rights(self) -> FunctionSpec:
        return self._spec(
            "identity",
            "every_1_hour_settle_rights",
            self._settle(),
            {"SF_CONTEXTS": self._contexts()},
            SETTLE_SECONDS,
        )

    def _settle(self) -> list[Grant]:
        table = self.data.tables["identity"]
        return [self._rows("identity", *CHANGE, "GetItem", "Query"), only_add(table, AUDIT)]

    def _erase_identity(self) -> tuple[list[Grant], dict[str, str]]:
        """Audit entries stay, with an anonymous id for whoever is gone; providers get back what
        they gave."""
        media = self.media
        pictures = (media.profile_pictures, media.shown_pictures)
        return [
            self._rows(
                "identity", "GetItem", "Query", "UpdateItem", *DELETE_ITEMS, "BatchWriteItem"
            ),
            use_table(self.data.tables["identity"], ["PutItem"], partitions=[REVOCATIONS]),
            *(use_objects(objects, "DeleteObject") for objects in (media.exports, *pictures)),
            *(use_bucket(objects, "ListBucket") for objects in (media.exports, *pictures)),
        ], {
            "SF_MEDIA_BUCKET": media.media.bucket_name,
            "SF_UPLOAD_BUCKET": media.uploads.bucket_name,
        }

    def _erase_videos(self) -> tuple[list[Grant], dict[str, str]]:
        """Videos go as their owner would delete them: their own handlers take the objects."""
        may = self._rows(
            "videos", "GetItem", "Query", "UpdateItem", *DELETE_ITEMS, "BatchWriteItem"
        )
        return [may], {}

    def _erase_live(self) -> tuple[list[Grant], dict[str, str]]:
        media = self.media
        stored = (media.live_pictures, media.pictures, media.recorded)
        return [
            self._rows("live", "GetItem", "Query", "PutItem", *DELETE_ITEMS, "BatchWriteItem"),
            use_made("ivs", "channel", "ListChannels", "StopStream", "DeleteChannel"),
            use_made("ivs", "stream-key", "DeleteStreamKey"),
            *(use_objects(objects, "DeleteObject") for objects in stored),
            *(use_bucket(objects, "ListBucket") for objects in stored),
        ], {
            **of_live(self.stage, self.data),
            "SF_UPLOAD_BUCKET": media.uploads.bucket_name,
            "SF_MEDIA_BUCKET": media.media.bucket_name,
            "SF_RECORDING_BUCKET": media.recordings.bucket_name,
        }

    def _erase_chat(self) -> tuple[list[Grant], dict[str, str]]:
        return [
            self._rows("chat", "GetItem", "Query", *CHANGE, "BatchWriteItem"),
            use_made("ivschat", "room", "ListRooms", "DeleteRoom"),
            use_objects(self.media.logged, "DeleteObject"),
            use_bucket(self.media.logged, "ListBucket"),
        ], {"SF_CHAT_LOG_BUCKET": self.media.chat_logs.bucket_name}

    def _erase_social(self) -> tuple[list[Grant], dict[str, str]]:
        return [self._rows("social", "Query", *DELETE_ITEMS, "BatchWriteItem")], {}

    def _spec(
        self,
        context: str,
        name: str,
        may: list[Grant],
        settings: Mapping[str, str],
        timeout_seconds: int,
        memory_mb: int = 512,
    ) -> FunctionSpec:
        return FunctionSpec(
            context=context,
            name=name,
            settings={
                f"SF_{context.upper()}_TABLE": self.data.tables[context].table_name,
                "SF_RECORDS_BUCKET": self.media.records.bucket_name,
                **settings,
            },
            may=may,
            timeout_seconds=timeout_seconds,
            memory_mb=memory_mb,
        )

    def _rows(self, context: str, *actions: str) -> Grant:
        return use_table(self.data.tables[context], actions, indexes=INDEXES[context])

    def _profiles(self) -> Grant:
        return use_table(
            self.data.tables["identity"], ["GetItem", "BatchGetItem"], partitions=["USER#*"]
        )

    def _contexts(self) -> str:
        return ",".join(self.data.tables)
