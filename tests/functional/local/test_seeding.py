"""`make seed` makes everything once, through the public API."""

from pathlib import Path

import pytest

from infra.local.mailbox.reading import Mailbox
from infra.local.seed.__main__ import seed
from infra.local.seed.catalogue import Clip, Person
from infra.local.seed.public_api import PublicApi
from infra.local.supervisor import LocalTarget

PERSON = Person(handle="seeded", display_name="Seeded Person")
CLIP = Clip(
    owner=PERSON.handle,
    title="A seeded clip",
    description="",
    tags=(),
    picture="testsrc2",
    width=160,
    height=120,
    seconds=2,
)


def test_a_second_run_makes_nothing_twice(
    target: LocalTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert (
            seed(target.origin, target.mailbox_url, tmp_path, people=(PERSON,), clips=(CLIP,)) == 0
        )
    assert capsys.readouterr().out.count("Uploaded") == 1
    api = PublicApi(target.origin, Mailbox(target.mailbox_url))
    assert api.sign_in(PERSON) is False
    assert [video["status"] for video in api.own_videos()] == ["ready"]
    api.close()
