"""Chat: a room beside every channel, and the people who keep it clean.

Viewers talk to IVS Chat directly, with tokens of ours. Each message passes the review handler
before it is delivered; what is delivered comes back in log files and is kept beside the replay.
Moderators act through the API alone, so that every act is written down with its reason.
"""
