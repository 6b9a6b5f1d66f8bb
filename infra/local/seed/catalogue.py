"""Who and what `make seed` makes: people, and videos of every kind that a creator brings."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account of the demo."""

    handle: str
    display_name: str

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A video and how ffmpeg draws it.

    `picture` is a source of ffmpeg's lavfi device; `tone_hz` its sound, None for none.
    """

    owner: str
    title: str
    description: str
    tags: tuple[str, ...]
    picture: str
    width: int
    height: int
    seconds: int
    frame_rate: int = 30
    tone_hz: int | None = 220
    visibility: str = "public"

    @property
    def file_name(self) -> str:
        return "".join(c if c.isalnum() else "-" for c in self.title.lower()) + ".mp4"


PEOPLE = (
    Person(handle="ada", display_name="Ada in the Workshop"),
    Person(handle="kofi", display_name="Kofi Walks"),
    Person(handle="mina", display_name="Mina Paints Numbers"),
)

CLIPS = (
    Clip(
        owner="ada",
        title="Colour bars that count",
        description="A test picture with a running clock: good for watching the quality change.",
        tags=("test", "colour"),
        picture="testsrc2",
        width=1280,
        height=720,
        seconds=12,
    ),
    Clip(
        owner="ada",
        title="A minute and a quarter of cells",
        description="Conway's Game of Life. Longer than a minute, so it plays before it is done.",
        tags=("life", "long"),
        picture="life=mold=10:ratio=0.12:death_color=#203050:life_color=#80ffa0",
        width=640,
        height=360,
        seconds=75,
        frame_rate=15,
        tone_hz=330,
    ),
    Clip(
        owner="kofi",
        title="Portrait, as phones hold it",
        description="Higher than wide: the ladder goes by the shorter side.",
        tags=("portrait",),
        picture="testsrc2",
        width=540,
        height=960,
        seconds=9,
        tone_hz=440,
    ),
    Clip(
        owner="kofi",
        title="Silent walk",
        description="No sound at all, which is no reason to fail.",
        tags=("silent",),
        picture="gradients=n=6:speed=0.02",
        width=854,
        height=480,
        seconds=10,
        tone_hz=None,
    ),
    Clip(
        owner="mina",
        title="Into the Mandelbrot set",
        description="A slow dive.",
        tags=("fractal", "maths"),
        picture="mandelbrot",
        width=960,
        height=540,
        seconds=8,
        frame_rate=24,
        tone_hz=180,
    ),
    Clip(
        owner="mina",
        title="Draft for friends",
        description="Unlisted: whoever has the link can watch.",
        tags=("draft",),
        picture="sierpinski=type=carpet",
        width=640,
        height=480,
        seconds=6,
        visibility="unlisted",
    ),
    Clip(
        owner="mina",
        title="Only for me",
        description="Private: plays with signed cookies, for Mina and those she names.",
        tags=("private",),
        picture="rgbtestsrc",
        width=640,
        height=360,
        seconds=6,
        visibility="private",
    ),
)
