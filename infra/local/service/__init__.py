"""What the local AWS services share: signatures, errors, events, the engine's S3, ffmpeg."""
