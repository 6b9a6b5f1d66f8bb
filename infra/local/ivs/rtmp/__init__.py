"""RTMP and RTMPS ingest: what OBS, ffmpeg and phones speak to IVS.

    server, connection, watch, encoder_socket    asyncio: listening, one session, its deadlines
    publisher, media, facts, limits              the interface to the channels
    handshake, chunk_reader, chunk_writer, messages, amf0, commands, dialogue    the protocol
    intake, flv_bodies, sequence_headers, sps, nal_units, timeline, meter        the media inside
    flv                                          tags as a byte stream for ffmpeg

What must stay true: no input, however wrong, raises beyond its own session; everything a session
holds is bounded; a publication that began always ends; stream keys are never logged.
"""
