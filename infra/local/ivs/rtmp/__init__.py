"""RTMP and RTMPS ingest: what OBS, ffmpeg and phones speak to IVS.

    server      listens, bounds connections, runs a session for each
    session     one encoder: commands in, statuses out, tags to its `Publication`
    publisher   the interface to the channels
    handshake, chunk_reader, chunk_writer, amf0, messages    the protocol's layers
    video_tags, audio_tags, sequence_headers, timeline, facts    the media inside
    flv         tags as a byte stream for ffmpeg

What must stay true: no input, however wrong, raises beyond its own session; everything a session
holds is bounded; a publication that began always ends; stream keys are never logged.
"""
