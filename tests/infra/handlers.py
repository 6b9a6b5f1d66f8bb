"""The handlers there are: what wakes each, how many at a time, with how much at once."""

from __future__ import annotations

CONTEXTS = ("identity", "videos", "live", "chat", "social")
SOURCES = {
    "identity-on_mail_requested": ("socialflow.identity", {"MailRequested.v1"}),
    "identity-on_picture_uploaded": ("aws.s3", {"Object Created"}),
    "identity-on_picture_replaced": ("socialflow.identity", {"PictureReplaced.v1"}),
    "identity-on_record_written": ("aws.s3", {"Object Created"}),
    "identity-on_revocation_requested": ("socialflow.identity", {"RevocationRequested.v1"}),
    **{
        f"{context}-on_export_requested": ("socialflow.identity", {"ExportRequested.v1"})
        for context in CONTEXTS
    },
    **{
        f"{context}-on_account_deleted": ("socialflow.identity", {"AccountDeleted.v1"})
        for context in CONTEXTS
    },
    "videos-on_source_uploaded": ("aws.s3", {"Object Created"}),
    "videos-on_transcode_changed": ("aws.mediaconvert", {"MediaConvert Job State Change"}),
    "videos-on_video_discarded": ("socialflow.videos", {"VideoDeleted.v1", "VideoFailed.v1"}),
    "videos-on_media_misplaced": ("socialflow.videos", {"VideoMediaMisplaced.v1"}),
    "videos-on_broadcast_recorded": ("socialflow.live", {"BroadcastRecorded.v1"}),
    "live-on_channel_requested": ("socialflow.live", {"ChannelRequested.v1"}),
    "live-on_stream_key_rotation_requested": (
        "socialflow.live",
        {"StreamKeyRotationRequested.v1"},
    ),
    "live-on_stream_changed": (
        "aws.ivs",
        {"IVS Stream State Change", "IVS Stream Health Change", "IVS Limit Breach"},
    ),
    "live-on_recording_changed": ("aws.ivs", {"IVS Recording State Change"}),
    "live-on_broadcast_stop_requested": ("socialflow.live", {"BroadcastStopRequested.v1"}),
    "live-on_broadcast_hidden": ("socialflow.live", {"BroadcastHidden.v1"}),
    "live-on_thumbnail_uploaded": ("aws.s3", {"Object Created"}),
    "live-on_thumbnail_captured": ("aws.s3", {"Object Created"}),
    "chat-on_channel_requested": ("socialflow.live", {"ChannelRequested.v1"}),
    "chat-on_sender_silenced": ("socialflow.chat", {"SenderSilenced.v1"}),
    "chat-on_message_deleted": ("socialflow.chat", {"MessageDeleted.v1"}),
    "chat-on_poll_changed": ("socialflow.chat", {"PollChanged.v1"}),
    "chat-on_chat_logged": ("aws.s3", {"Object Created"}),
}
SENT_DIRECTLY = {"live-on_audience_due"}
"""Handlers whose queue no rule fills: functions send it messages for later."""

SLOWLY = dict.fromkeys(
    (
        "identity-on_mail_requested",
        "live-on_channel_requested",
        "live-on_stream_key_rotation_requested",
        "chat-on_channel_requested",
        *(f"{context}-on_account_deleted" for context in CONTEXTS),
    ),
    2,
)
"""How many run at a time where it is not the stage's number: SES takes so many letters a second,
IVS 5 control calls, and nobody waits for an erasure."""

BATCHES = {
    "identity-on_mail_requested": 5,
    "identity-on_picture_uploaded": 1,
    "identity-on_record_written": 1,
    "identity-on_revocation_requested": 1,
    "videos-on_broadcast_recorded": 1,
    "live-on_channel_requested": 1,
    "live-on_stream_key_rotation_requested": 1,
    **{
        f"{context}-{name}": 1
        for context in CONTEXTS
        for name in ("on_export_requested", "on_account_deleted")
    },
}
"""Batches smaller than ten: where work is long or slow, the next message must not wait for it."""
