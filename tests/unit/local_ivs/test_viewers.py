"""Viewers are counted while they ask, and forgotten when they stopped."""

from __future__ import annotations

import pytest

from infra.local.ivs.ids import Ids
from infra.local.ivs.playback_tokens import Viewing
from infra.local.ivs.viewers import TooManyViewers, Viewers


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def viewers(clock: Clock) -> Viewers:
    return Viewers(Ids(), clock, counted_s=10, most=2, kept_s=900)


def watching(viewers: Viewers, stream_id: str = "st-1") -> str:
    viewer_id = viewers.add(stream_id, Viewing())
    found = viewers.find(viewer_id, stream_id)
    assert found is not None
    viewers.saw_playlist(found)
    return viewer_id


def test_who_has_the_master_playlist_alone_does_not_count(viewers: Viewers) -> None:
    viewers.add("st-1", Viewing())
    assert viewers.count("st-1") == 0


def test_viewers_count_for_their_stream_while_they_ask(viewers: Viewers, clock: Clock) -> None:
    watching(viewers)
    watching(viewers, "st-2")
    assert (viewers.count("st-1"), viewers.count("st-2")) == (1, 1)
    clock.now = 10.5
    assert viewers.count("st-1") == 0


def test_a_path_opens_its_own_stream_alone(viewers: Viewers) -> None:
    assert viewers.find(watching(viewers), "st-2") is None
    assert viewers.find("guessed", "st-1") is None


def test_a_viewer_who_pauses_may_come_back(viewers: Viewers, clock: Clock) -> None:
    viewer_id = watching(viewers)
    clock.now = 800
    viewers.forget_idle()
    assert viewers.find(viewer_id, "st-1") is not None
    clock.now = 1000
    viewers.forget_idle()
    assert viewers.find(viewer_id, "st-1") is None


def test_when_full_the_idle_make_room_and_nobody_else(viewers: Viewers, clock: Clock) -> None:
    first = watching(viewers)
    watching(viewers)
    with pytest.raises(TooManyViewers):
        viewers.add("st-1", Viewing())
    clock.now = 11
    watching(viewers)
    assert viewers.find(first, "st-1") is None
