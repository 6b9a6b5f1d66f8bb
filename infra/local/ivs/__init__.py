"""Amazon IVS low-latency streaming for one machine: the real protocols over ffmpeg.

Speaks the REST-JSON control API of 2020-07-14, takes RTMP and RTMPS, makes a ladder, serves it as
low-latency HLS from memory, records into the engine's S3 in IVS's layout, and announces all of
it as IVS does: EventBridge events and CloudWatch metrics. What must stay true:

- a setting this server does not act on is refused by name, never ignored;
- a stream is one ffmpeg call, decoding the source once; what it is fed is bounded;
- each change of a session is one transaction with the events announcing it;
- a session ends, and its recording with it, whatever is killed in between.
"""
