"""The API's functions, one for each context: what each is told and what it may do."""

from __future__ import annotations

from dataclasses import replace

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    DELETE_ITEMS,
    READ_ITEMS,
    WRITE_ITEMS,
    Grant,
    only_add,
    read_secret,
    use_bucket,
    use_made,
    use_objects,
    use_table,
)
from infra.constructs.settings import INGEST_URL, chat_messaging_url
from infra.stacks.data import INDEXES, DataStack
from infra.stacks.identity import IdentityStack
from infra.stacks.identity_functions import AUDIT
from infra.stacks.live_functions import of_live
from infra.stacks.media import MediaStack
from infra.stage import Stage

TIMEOUT_SECONDS = 20
"""Under the HTTP API's own 30 s, so that a slow answer is still ours."""

PROVIDER_SECONDS = 28
"""GitHub is asked three times in a row, and each may take the eight seconds of
`federation.http.TOTAL_SECONDS`: what is told then has to be our own answer as well."""

MEMORY_MB = 1024
"""More memory is more processor: argon2 and the cold start are what it buys."""

ALL_ITEMS = (*READ_ITEMS, *WRITE_ITEMS, *DELETE_ITEMS)

PROFILES = ("USER#*", "HANDLE#*", "PUBLIC_KEYS")
"""Partitions of the identity table that other contexts read through identity's facade; logins,
with their password hashes, are none of them."""


def api_functions(
    stage: Stage,
    *,
    data: DataStack,
    media: MediaStack,
    identity: IdentityStack,
    origin_secret: str,
) -> list[FunctionSpec]:
    """A specification for each context that has routes."""
    specs = [
        _platform(data),
        _identity(stage, data, media, identity),
        _videos(stage, data, media),
        _live(stage, data, media),
        _social(data),
        _chat(stage, data),
    ]
    return [
        replace(spec, settings={**spec.settings, "SF_ORIGIN_SECRET": origin_secret})
        for spec in specs
    ]


def _platform(data: DataStack) -> FunctionSpec:
    return FunctionSpec(
        context="platform",
        name="api",
        settings=_table_names(data),
        may=[use_table(table, ["DescribeTable"]) for table in data.tables.values()],
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _identity(
    stage: Stage, data: DataStack, media: MediaStack, identity: IdentityStack
) -> FunctionSpec:
    table = data.tables["identity"]
    secrets = (identity.signing_keys, identity.sealing_keys, identity.oauth_clients)
    return FunctionSpec(
        context="identity",
        name="api",
        settings={
            "SF_IDENTITY_TABLE": table.table_name,
            "SF_SIGNING_KEYS_SECRET": identity.signing_keys.arn,
            "SF_SEALING_KEYS_SECRET": identity.sealing_keys.arn,
            "SF_OAUTH_CLIENTS_SECRET": identity.oauth_clients.arn,
            "SF_BREACH_CHECK_URL": stage.breach_check_url,
            "SF_APP_RETURN_URIS": ",".join(stage.app_return_uris),
            "SF_UPLOAD_BUCKET": media.uploads.bucket_name,
            "SF_RECORDS_BUCKET": media.records.bucket_name,
            "SF_CONTEXTS": ",".join(data.tables),
        },
        may=[
            use_table(table, ALL_ITEMS, indexes=INDEXES["identity"]),
            only_add(table, AUDIT),
            *(read_secret(secret) for secret in secrets),
            use_objects(media.profile_pictures, "PutObject"),
            # The links that people fetch their data with.
            use_objects(media.exports, "GetObject"),
        ],
        timeout_seconds=PROVIDER_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _videos(stage: Stage, data: DataStack, media: MediaStack) -> FunctionSpec:
    return FunctionSpec(
        context="videos",
        name="api",
        settings={
            **_table_names(data, "identity", "videos"),
            "SF_UPLOAD_BUCKET": media.uploads.bucket_name,
            "SF_MEDIA_BUCKET": media.media.bucket_name,
            "SF_MEDIA_SIGNING_SECRET": media.signing_secret.arn,
            "SF_MEDIA_KEY_PAIR_ID": media.public_key.public_key_id,
            "SF_MAX_FILE_BYTES": str(stage.max_upload_bytes),
        },
        may=[
            use_table(data.tables["videos"], ALL_ITEMS, indexes=INDEXES["videos"]),
            _profiles(data),
            use_objects(
                media.sources,
                "PutObject",
                "GetObject",
                "AbortMultipartUpload",
                "ListMultipartUploadParts",
            ),
            # ListBucket lets HeadObject say that an object is missing instead of forbidden.
            use_bucket(media.sources, "ListBucketMultipartUploads", "ListBucket"),
            read_secret(media.signing_secret),
        ],
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _live(stage: Stage, data: DataStack, media: MediaStack) -> FunctionSpec:
    return FunctionSpec(
        context="live",
        name="api",
        settings={
            **of_live(stage, data),
            **_table_names(data, "identity"),
            "SF_UPLOAD_BUCKET": media.uploads.bucket_name,
            "SF_PLAYBACK_KEY_SECRET": media.live_secret.arn,
            "SF_INGEST_URL": INGEST_URL,
        },
        may=[
            use_table(data.tables["live"], ALL_ITEMS, indexes=INDEXES["live"]),
            _profiles(data),
            read_secret(media.live_secret),
            use_objects(media.pictures, "PutObject"),
            use_made("ivs", "stream-key", "GetStreamKey"),
            use_made("ivs", "channel", "GetStreamSession"),
            Grant(
                actions=["cloudwatch:GetMetricData"],
                resources=["*"],
                because="GetMetricData knows no resources.",
            ),
        ],
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _social(data: DataStack) -> FunctionSpec:
    table = data.tables["social"]
    return FunctionSpec(
        context="social",
        name="api",
        settings=_table_names(data, "identity", "social"),
        may=[
            use_table(table, ["GetItem", "PutItem", "UpdateItem", "DeleteItem"]),
            use_table(table, ["Query"], indexes=["gsi1"]),
            _profiles(data),
        ],
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _chat(stage: Stage, data: DataStack) -> FunctionSpec:
    return FunctionSpec(
        context="chat",
        name="api",
        settings={
            **_table_names(data, "chat", "identity", "social", "videos"),
            "SF_CHAT_MESSAGING_URL": chat_messaging_url(stage),
        },
        may=[
            use_table(data.tables["chat"], ALL_ITEMS, indexes=INDEXES["chat"]),
            _profiles(data),
            # Who follows whom, and who may see a replay, through the facades.
            use_table(data.tables["social"], ["GetItem"], partitions=["FOLLOWER#*"]),
            use_table(data.tables["videos"], ["GetItem"], partitions=["VIDEO#*"]),
            use_made("ivschat", "room", "CreateChatToken"),
        ],
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=MEMORY_MB,
        snap_start=True,
    )


def _profiles(data: DataStack) -> Grant:
    """Items by their keys: what else lies in somebody's partition cannot be listed."""
    return use_table(data.tables["identity"], ["GetItem", "BatchGetItem"], partitions=PROFILES)


def _table_names(data: DataStack, *contexts: str) -> dict[str, str]:
    """The variables of the contexts' tables, or of all."""
    return {
        f"SF_{context.upper()}_TABLE": data.tables[context].table_name
        for context in contexts or data.tables
    }
