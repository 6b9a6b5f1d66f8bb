"""A running ffmpeg: fed through a bounded pipe, its rungs read from pipes of their own.

Feeding waits while ffmpeg is busy, which holds back the publisher: nothing piles up in memory.
When this process dies, ffmpeg sees the end of its input and closes its files in order. A signal
would make it leave them unfinished, so it is kept out of the terminal's reach.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

from infra.local.ivs.encoder_command import EncodePlan, encoder_command
from infra.local.ivs.fragments import Fragment, Initialization, read_fragments

__all__ = ["Encoder", "EncoderFailed", "Receive"]

_LOG = logging.getLogger(__name__)
_PIPE_BYTES = 1024**2
_COMPLAINTS_BYTES = 4096

Receive = Callable[[int, Initialization | Fragment], Awaitable[None]]
"""Position of the rung, and what came of it."""


class EncoderFailed(Exception):
    """ffmpeg ended or hangs; what it was fed last is lost."""


class Encoder:
    """Use `start`. Belongs to the event loop."""

    def __init__(
        self, process: asyncio.subprocess.Process, readers: list[asyncio.Task[None]]
    ) -> None:
        if process.stdin is None or process.stderr is None:
            raise ValueError("ffmpeg was started without pipes")
        self._process = process
        self._input = process.stdin
        self._readers = readers
        self._complaints = asyncio.create_task(_last_words(process.stderr))

    @classmethod
    async def start(cls, ffmpeg: str, plan: EncodePlan, directory: Path, receive: Receive) -> Self:
        """`directory` exists and is this run's own."""
        for name in plan.recorded:
            (directory / name).mkdir()
        pipes = [os.pipe() for _ in plan.rungs]
        writing = [write for _, write in pipes]
        try:
            process = await asyncio.create_subprocess_exec(
                *encoder_command(ffmpeg, plan, directory, writing),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=writing,
                start_new_session=True,
            )
        except BaseException:
            for reading, _ in pipes:
                os.close(reading)
            raise
        finally:
            for write in writing:
                os.close(write)
        (directory / "pid").write_text(str(process.pid))
        readers = [
            asyncio.create_task(_read(reading, position, receive))
            for position, (reading, _) in enumerate(pipes)
        ]
        return cls(process, readers)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def feed(self, data: bytes, patience_s: float) -> None:
        """Hand over bytes of FLV. Raises `EncoderFailed`."""
        try:
            self._input.write(data)
            # Mostly there is room at once: no timer for that.
            if self._input.transport.get_write_buffer_size():
                async with asyncio.timeout(patience_s):
                    await self._input.drain()
        except (ConnectionError, RuntimeError) as ended:
            raise EncoderFailed("ffmpeg ended") from ended
        except TimeoutError as hanging:
            raise EncoderFailed(f"ffmpeg took nothing for {patience_s} s") from hanging
        if not self.running:
            raise EncoderFailed(f"ffmpeg ended with {self._process.returncode}")

    async def finish(self, patience_s: float) -> bool:
        """Close its input and wait until all is written; whether it ended well."""
        with contextlib.suppress(ConnectionError):
            self._input.close()
        try:
            async with asyncio.timeout(patience_s):
                await self._process.wait()
        except TimeoutError:
            _LOG.warning("ffmpeg %d does not end; killed", self.pid)
        return await self._end() == 0

    async def kill(self) -> None:
        """End it now; its files are as it left them."""
        await self._end()

    async def _end(self) -> int | None:
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        code = await self._process.wait()
        await asyncio.gather(*self._readers, return_exceptions=True)
        complaints = await self._complaints
        if code != 0:
            _LOG.warning("ffmpeg %d ended with %d: %s", self.pid, code, complaints)
        return code


async def _last_words(complaints: asyncio.StreamReader) -> str:
    """Of a stream of days only the end is kept."""
    kept = b""
    while chunk := await complaints.read(_COMPLAINTS_BYTES):
        kept = (kept + chunk)[-_COMPLAINTS_BYTES:]
    return kept.decode(errors="replace").strip()


async def _read(pipe: int, position: int, receive: Receive) -> None:
    reader = asyncio.StreamReader(limit=_PIPE_BYTES)
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    try:
        async for piece in read_fragments(reader):
            await receive(position, piece)
    except ValueError:
        _LOG.exception("rung %d cannot be read", position)
    finally:
        transport.close()
