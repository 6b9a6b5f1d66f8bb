"""What each function may do, by its name without the stage: the whole list."""

from __future__ import annotations

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READ = {f"dynamodb:{name}" for name in ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
DELETE = {"dynamodb:DeleteItem"}
STREAM = {
    f"dynamodb:{name}"
    for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
} | {"events:PutEvents", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"}
CONSUME = {
    f"sqs:{name}"
    for name in (
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "GetQueueUrl",
        "DeleteMessage",
        "GetQueueAttributes",
    )
}
MAKE_JOBS = {"mediaconvert:Probe", "mediaconvert:CreateJob", "iam:PassRole", "s3:GetObject"}
CLEAN_UP = {
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "mediaconvert:GetJob",
    "mediaconvert:CancelJob",
    "cloudfront:CreateInvalidation",
}
GET_UPDATE = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
MAKE_CHANNELS = {
    f"ivs:{name}"
    for name in ("CreateChannel", "CreateStreamKey", "GetChannel", "ListChannels", "ListStreamKeys")
}
ROTATE_KEYS = {
    f"ivs:{name}"
    for name in ("CreateStreamKey", "DeleteStreamKey", "ListStreamKeys", "TagResource")
}
SEND_AWAY = {"ivs:GetStream", "ivs:StopStream"}
CHANGE_ACCOUNTS = GET_UPDATE | {"dynamodb:PutItem", "dynamodb:ConditionCheckItem"}
SETTLE = CHANGE_ACCOUNTS | DELETE | {"dynamodb:Query"}
WRITE_RECORD = {"s3:PutObject", "s3:AbortMultipartUpload"}
EXPORT = CONSUME | WRITE_RECORD | {"dynamodb:GetItem", "dynamodb:Query"}
ERASE = (
    CONSUME
    | WRITE_RECORD
    | DELETE
    | {"dynamodb:Query", "dynamodb:BatchWriteItem", "sqs:SendMessage"}
)
ALLOWED = {
    "platform-api": {"dynamodb:DescribeTable"},
    "platform-on_key_pair_requested": {
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
    },
    "identity-api": READ
    | WRITE
    | DELETE
    | {"secretsmanager:GetSecretValue", "s3:PutObject", "s3:GetObject"},
    "identity-every_day_rotate_signing_keys": READ
    | WRITE
    | {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
    "identity-stream": STREAM,
    "identity-on_mail_requested": CONSUME
    | GET_UPDATE
    | {"dynamodb:BatchGetItem", "secretsmanager:GetSecretValue", "ses:SendEmail"},
    "identity-on_picture_uploaded": CONSUME
    | CHANGE_ACCOUNTS
    | {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "identity-on_picture_replaced": CONSUME | {"dynamodb:GetItem", "s3:DeleteObject"},
    "identity-on_revocation_requested": CONSUME
    | DELETE
    | {"dynamodb:GetItem", "secretsmanager:GetSecretValue"},
    "identity-grant_role": CHANGE_ACCOUNTS,
    "identity-on_record_written": CONSUME
    | SETTLE
    | WRITE_RECORD
    | {"s3:GetObject", "s3:ListBucket"},
    "identity-every_1_hour_settle_rights": SETTLE,
    "identity-on_export_requested": EXPORT,
    "videos-on_export_requested": EXPORT,
    "live-on_export_requested": EXPORT,
    "chat-on_export_requested": EXPORT,
    "social-on_export_requested": EXPORT | {"dynamodb:BatchGetItem"},
    "identity-on_account_deleted": ERASE
    | GET_UPDATE
    | {"dynamodb:PutItem", "s3:DeleteObject", "s3:ListBucket"},
    "videos-on_account_deleted": ERASE | GET_UPDATE,
    "live-on_account_deleted": ERASE
    | {"dynamodb:GetItem", "dynamodb:PutItem", "s3:DeleteObject", "s3:ListBucket"}
    | {"ivs:ListChannels", "ivs:StopStream", "ivs:DeleteChannel", "ivs:DeleteStreamKey"},
    "chat-on_account_deleted": ERASE
    | GET_UPDATE
    | {"dynamodb:PutItem", "dynamodb:ConditionCheckItem", "s3:DeleteObject", "s3:ListBucket"}
    | {"ivschat:ListRooms", "ivschat:DeleteRoom"},
    "social-on_account_deleted": ERASE,
    "videos-api": READ
    | WRITE
    | DELETE
    | {
        "s3:PutObject",
        "s3:GetObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucket",
        "secretsmanager:GetSecretValue",
    },
    "videos-on_source_uploaded": READ
    | WRITE
    | CONSUME
    | MAKE_JOBS
    | {"s3:DeleteObject", "s3:ListBucket"},
    "videos-on_transcode_changed": READ
    | WRITE
    | CONSUME
    | MAKE_JOBS
    | {"s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "videos-on_video_discarded": READ | WRITE | DELETE | CONSUME | CLEAN_UP,
    "videos-on_media_misplaced": READ
    | WRITE
    | CONSUME
    | {
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:ListBucket",
        "cloudfront:CreateInvalidation",
    },
    "videos-on_broadcast_recorded": READ
    | WRITE
    | DELETE
    | CONSUME
    | {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "videos-stream": STREAM,
    "videos-every_5_minutes_reconcile": READ
    | WRITE
    | DELETE
    | MAKE_JOBS
    | CLEAN_UP
    | {"s3:GetObject", "s3:PutObject"},
    "live-api": READ
    | WRITE
    | DELETE
    | {
        "secretsmanager:GetSecretValue",
        "s3:PutObject",
        "ivs:GetStreamKey",
        "ivs:GetStreamSession",
        "cloudwatch:GetMetricData",
    },
    "live-on_channel_requested": CONSUME | GET_UPDATE | MAKE_CHANNELS,
    "live-on_stream_key_rotation_requested": CONSUME
    | GET_UPDATE
    | ROTATE_KEYS
    | {"ivs:StopStream"},
    "live-on_stream_changed": CONSUME | READ | WRITE | SEND_AWAY,
    "live-on_recording_changed": CONSUME | READ | WRITE | SEND_AWAY | {"s3:GetObject"},
    "live-on_broadcast_stop_requested": CONSUME | SEND_AWAY | {"dynamodb:GetItem"},
    "live-on_broadcast_hidden": CONSUME | {"dynamodb:GetItem", "s3:DeleteObject"},
    "live-on_thumbnail_uploaded": CONSUME
    | GET_UPDATE
    | {"dynamodb:PutItem", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
    "live-on_thumbnail_captured": CONSUME
    | GET_UPDATE
    | {"dynamodb:Query", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
    "live-on_audience_due": CONSUME | GET_UPDATE | {"dynamodb:PutItem", "dynamodb:Query"},
    "live-every_1_minute_follow_broadcasts": READ
    | WRITE
    | MAKE_CHANNELS
    | ROTATE_KEYS
    | {
        "ivs:ListStreams",
        "ivs:GetStream",
        "ivs:GetStreamSession",
        "ivs:StopStream",
        "sqs:SendMessage",
    },
    "live-stream": STREAM,
    "social-api": WRITE | DELETE | {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
    "chat-api": READ | WRITE | DELETE | {"ivschat:CreateChatToken"},
    "chat-on_message_review": {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    },
    "chat-on_channel_requested": CONSUME
    | {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "ivschat:CreateRoom",
        "ivschat:DeleteRoom",
        "ivschat:ListRooms",
    },
    "chat-on_sender_silenced": CONSUME
    | {"dynamodb:BatchGetItem", "dynamodb:GetItem", "ivschat:DisconnectUser"},
    "chat-on_message_deleted": CONSUME | {"dynamodb:GetItem", "ivschat:DeleteMessage"},
    "chat-on_poll_changed": CONSUME
    | {
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "ivschat:SendEvent",
        "sqs:SendMessage",
    },
    "chat-on_chat_logged": CONSUME
    | {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchWriteItem", "s3:GetObject"},
    "chat-stream": STREAM,
}
TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
KNOW_NO_RESOURCES = {
    "mediaconvert:Probe",
    "dynamodb:ListStreams",
    "cloudwatch:GetMetricData",
} | TRACES
"""Actions that IAM grants on `*` only (Service Authorization Reference)."""
