"""Live over HTTP: channels, broadcasts, playback, audience, analytics."""
