"""A person who has done everything that can be done here, and others who met them.

Her names are in no word of ours, so that whoever searches for them finds her alone.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.identity import keys as identity_keys
from socialflow.identity.factors.records import (
    App,
    AppSetup,
    Passkey,
    RecoveryCodes,
    app_item,
    credential_item,
    passkey_id_of,
    passkey_item,
    recovery_item,
    setup_item,
    slots_of,
)
from socialflow.identity.federation.models import LinkedIdentity
from socialflow.identity.federation.records import identity_item, provider_item
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Item
from tests.chat_log_lines import logged
from tests.crash_points.chat_rooms import channel_of
from tests.crash_points.cloud import CHAT_LOGS, MEDIA, START, UPLOADS
from tests.crash_points.identity_providers import Providers, finished
from tests.crash_points.plan import Person
from tests.crash_points.world import World

HANDLE: Final = "zelda_q"
FORMER: Final = "zelda_former"
DISPLAY_NAME: Final = "Mrs Quillfeather"
EMAIL: Final = f"{HANDLE}@example.test"
"""As `World.person` makes it."""

_YEAR: Final = timedelta(days=365)
EDITED: Final = "Quillfeather's words"


def needles(person: Person) -> tuple[str, ...]:
    """What must not be found of her any more: the ULID stands in other ids, too."""
    return (person.user.id.partition("_")[2].lower(), "zelda", "quillfeather")


@dataclass(frozen=True, slots=True)
class Cast:
    """She, who did it all, those whom she met, and where she signs in."""

    zelda: Person
    ann: Person
    ben: Person
    providers: Providers


def lived(world: World, fake: Providers) -> Cast:
    """All of it happens."""
    ann, ben, cleo = world.owner(), world.person("ben"), world.person("cleo")
    zelda = world.person(HANDLE)
    account(world, zelda)
    finished(world, fake, "apple", by=zelda)
    for each in (ann, zelda):
        world.request("POST", "/v1/me/channel", by=each, expect=202)
    world.settle()
    people(world, zelda, ann, ben)
    videos(world, zelda, ann)
    broadcasts(world, zelda, ben)
    chats(world, zelda, ann, ben, cleo)
    return Cast(zelda, ann, ben, fake)


def account(world: World, zelda: Person) -> None:
    """All that identity can keep of her."""
    words = {"display_name": DISPLAY_NAME, "bio": EDITED, "links": ["https://zelda.example/"]}
    shown = world.request("GET", "/v1/me", by=zelda)
    tag = {"if-match": shown.headers["etag"]}
    world.request("PATCH", "/v1/me", words, by=zelda, headers=tag)
    world.request("PUT", "/v1/me/handle", {"handle": FORMER}, by=zelda)
    world.pass_time(days=15)
    world.request("PUT", "/v1/me/handle", {"handle": HANDLE}, by=zelda)
    another = {"email": "zelda.later@example.test"}
    world.request("POST", "/v1/me/email", another, by=zelda, expect=202)
    for item in _factors(zelda):
        world.cloud.put_item("identity", item)
    for place in ("avatar", "banner"):
        key = f"media/public/people/{zelda.user.id}/{place}/1/256.webp"
        world.cloud.put_object(MEDIA, key, b"picture")
        world.cloud.put_object(UPLOADS, f"profiles/{zelda.user.id}/{place}/pic_1", b"picture")
    world.settle()


def _factors(zelda: Person) -> list[Item]:
    user_id, credential = zelda.user.id, b"quillfeather's credential"
    passkey = Passkey(
        id=passkey_id_of(credential),
        user_id=user_id,
        credential_id=credential,
        public_key=b"public",
        sign_count=1,
        name="Quillfeather's key",
        created_at=START,
        challenge_id="challenge",
        aaguid="0" * 8,
        transports=(),
        can_be_synced=True,
    )
    linked = LinkedIdentity(
        provider="google",
        subject="zelda-at-google",
        user_id=user_id,
        label=EMAIL,
        linked_at=START,
    )
    setup = AppSetup(user_id=user_id, sealed_secret="sealed too", expires_at=START + _YEAR)
    return [
        setup_item(setup),
        app_item(App(user_id=user_id, sealed_secret="sealed", confirmed_at=START, last_step=1)),
        recovery_item(RecoveryCodes(user_id=user_id, made_at=START, slots=slots_of(("hash",)))),
        passkey_item(passkey),
        credential_item(passkey),
        provider_item(linked),
        identity_item(linked),
    ]


def people(world: World, zelda: Person, ann: Person, ben: Person) -> None:
    world.request("PUT", "/v1/users/ann/follow", by=zelda)
    world.request("PUT", f"/v1/users/{HANDLE}/follow", by=ben)
    world.request("PUT", f"/v1/users/{HANDLE}/follow", by=ann)


def videos(world: World, zelda: Person, ann: Person) -> None:
    """Hers, ready, uploading and private; and one of Ann's that she may watch."""
    ready = _video(world, zelda, 1, "public")
    hidden = _video(world, zelda, 2, "private")
    world.request("PUT", f"/v1/videos/{hidden}/viewers/ann", by=zelda)
    _create(world, zelda, 3, "public")
    anns = _video(world, ann, 4, "private")
    world.request("PUT", f"/v1/videos/{anns}/viewers/{HANDLE}", by=ann)
    assert ready != hidden


def _create(world: World, owner: Person, number: int, visibility: str) -> dict[str, Any]:
    body = {
        "title": EDITED if owner.user.handle == HANDLE else "First light",
        "visibility": visibility,
        "file": {"name": "film.mp4", "size_bytes": 64, "content_type": "video/mp4"},
    }
    key = {"idempotency-key": f"video-{number}"}
    answer = world.request("POST", "/v1/videos", body, by=owner, headers=key, expect=201)
    created: dict[str, Any] = answer.body
    return created


def _video(world: World, owner: Person, number: int, visibility: str) -> str:
    created = _create(world, owner, number, visibility)
    video_id: str = created["video"]["id"]
    ours = [each for each in world.cloud.open_uploads() if video_id in each[0]]
    sent = []
    for part in created["upload"]["parts"]:
        etag = world.cloud.s3.upload_part(
            Bucket=UPLOADS,
            Key=ours[0][0],
            UploadId=ours[0][1],
            PartNumber=part["part_number"],
            Body=b"film" * 16,
        )["ETag"]
        sent.append({"part_number": part["part_number"], "etag": etag})
    world.request("POST", f"/v1/videos/{video_id}/upload/complete", {"parts": sent}, by=owner)
    world.settle()
    world.mediaconvert.complete("full")
    world.settle()
    return video_id


def broadcasts(world: World, zelda: Person, ben: Person) -> None:
    """One that was watched and is recorded, one to come."""
    body = {"title": EDITED, "category": "music", "visibility": "public"}
    key = {"idempotency-key": "broadcast-1"}
    made = world.request("POST", "/v1/broadcasts", body, by=zelda, headers=key, expect=201)
    broadcast_id = made.body["id"]
    world.around.ivs.start(channel_of(zelda))
    world.settle()
    target = f"/v1/broadcasts/{broadcast_id}"
    playback = world.request("POST", f"{target}/playback", by=ben).body
    beat = {"viewer_token": playback["viewer_token"], "latency_ms": 2500}
    world.request("POST", f"{target}/heartbeats", beat, expect=204)
    world.pass_time(minutes=1)
    world.settle()
    picture = f"media/public/live/{broadcast_id}/automatic.jpg"
    world.cloud.put_object(MEDIA, picture, b"picture")
    world.request("POST", f"{target}/end", by=zelda, expect=202)
    world.settle()
    soon = (utc_now() + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    key = {"idempotency-key": "broadcast-2"}
    later = {**body, "scheduled_for": soon}
    world.request("POST", "/v1/broadcasts", later, by=zelda, headers=key, expect=201)


def chats(world: World, zelda: Person, ann: Person, ben: Person, cleo: Person) -> None:
    """Her room with all of it, and hers in Ann's, where she moderates until she is banned."""
    hers, anns = f"/v1/channels/{HANDLE}/chat", "/v1/channels/ann/chat"
    speak(world, zelda, zelda, ben, at=utc_now())
    speak(world, ann, zelda, ben, at=utc_now())
    world.request("PUT", f"{hers}/moderators/ben", by=zelda)
    world.request("PUT", f"{hers}/bans/{cleo.user.id}", {"reason": "loud"}, by=ben)
    message = _message_id(zelda, 1)
    world.request("DELETE", f"{hers}/messages/{message}", {"reason": "r"}, by=ben, expect=204)
    world.request("PUT", f"{anns}/moderators/{HANDLE}", by=ann)
    ban = {"reason": "loud", "seconds": 24 * 3600}
    world.request("PUT", f"{anns}/bans/{cleo.user.id}", ban, by=zelda)
    message = _message_id(ann, 1)
    world.request("DELETE", f"{anns}/messages/{message}", {"reason": "r"}, by=zelda, expect=204)
    for number, (place, opener) in enumerate(((hers, ben), (anns, zelda)), 1):
        key = {"idempotency-key": f"poll-{number}"}
        body = {"question": "Which map?", "options": ["Ice", "Lava"], "seconds": 1800}
        poll = world.request("POST", f"{place}/polls", body, by=opener, headers=key, expect=201)
        vote = f"{place}/polls/{poll.body['id']}/vote"
        for voter in (zelda, ben):
            world.request("PUT", vote, {"option": 1}, by=voter)
    world.request("PUT", f"{anns}/bans/{zelda.user.id}", {"reason": "loud"}, by=ann)
    world.settle()


def speak(world: World, owner: Person, *senders: Person, at: datetime) -> None:
    """What each of them said in somebody's chat, as IVS Chat logs it."""
    room_id = world.around.ivs_chat.room_of(channel_of(owner)).arn.rpartition("/")[2]
    day = f"{at:%Y/%m/%d/%H}"
    key = f"AWSLogs/123456789012/IVSChatLogs/1.0/eu-west-1/room_{room_id}/{day}/{at:%M%S}.log.gz"
    lines = [
        json.dumps(_line(sender, _message_id(owner, place), at + timedelta(seconds=place)))
        for place, sender in enumerate(senders)
    ]
    body = gzip.compress("\n".join([*lines, ""]).encode(), mtime=0)
    world.cloud.put_object(CHAT_LOGS, key, body)
    detail = {"bucket": {"name": CHAT_LOGS}, "object": {"key": key, "size": len(body)}}
    world.around.emit("aws.s3", "Object Created", detail)
    world.settle()


def _message_id(owner: Person, place: int) -> str:
    return f"Msg{owner.user.handle[:3]}{place:06d}"


def _line(sender: Person, message_id: str, at: datetime) -> dict[str, Any]:
    sent_at = f"{at:%Y-%m-%dT%H:%M:%S}.123456789Z"
    name = DISPLAY_NAME if sender.user.handle == HANDLE else sender.user.display_name
    return logged(
        message_id,
        sent_at,
        f"{name} says hello",
        sender_id=sender.user.id,
        handle=sender.user.handle,
        display_name=name,
    )


def of_partition(items: Sequence[Item], person: Person) -> list[Item]:
    """The items of her own partition of identity."""
    partition = identity_keys.user_key(person.user.id)["pk"]
    return [item for item in items if item["pk"] == partition]
