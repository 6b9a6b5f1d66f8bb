"""The end state of a run in a form in which two runs can be compared.

Equal means equal: every item and attribute, every object and its content, every open upload,
job, published event and invalidation. Only what cannot be alike in two runs is put in other
words: ids by their order, moments by `<time>`, signatures of URLs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.crash_points.cloud import (
    MEDIA,
    RECORDS,
    SEALING_KEYS,
    SIGNING_KEYS,
    TABLES,
    UPLOADS,
    Cloud,
)

_ULID = re.compile(r"(?<=_)[0-9A-HJKMNP-TV-Z]{26}")
# Logging in is not idempotent: where the answer was lost, a session stays that nobody holds, and
# expires, and its owner is told of each. So sessions, and mails of a new device, are compared by
# what they are, not by how many of the same there are.
_OF_A_SIGN_IN = re.compile(r'session: |event: \["MailRequested|.*"notice": "new_device"')
_ID_OF_A_SIGN_IN = re.compile(r"(ses|dev|eml)_[0-9A-HJKMNP-TV-Z]{26}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
# A repeat signs again, at another time.
_SIGNED = re.compile(r"X-Amz-(Date|Signature|Credential)=[^&\"\\]+")
# The token's last part is a digest of the destination, which the job's own request shows plainly.
_DIGEST = re.compile(r"-(full|preview)-(\d)-[0-9a-f]{8}")
# Moments in epoch seconds, for TTL. Whether they are right is for the unit tests.
# The shard of the reconciler's index follows from the id.
_SHARD = re.compile(r'(?<="gsi3pk": "CHECK#)\d')
_REVISION = re.compile(r'"revision": \d+')
_EPOCHS = frozenset({"expires_at", "lease_until", "ends_by", "wrote_ms", "last_step"})
# How often viewers or refreshes were counted, and in which slot, follows from the time that passed.
_COUNTING = frozenset(
    {"counts", "counted_slot", "seen_at", "ivs_viewers", "refresh_window", "refreshes"}
)
_SLOT = re.compile(r"(POINT#|\"sk\": \")\d{12}(?=[#\"])")
# Random by nature, and new whenever the process that drew them died before keeping them.
_RANDOM = frozenset(
    {
        "root_hash",
        "password_hash",
        "sealed_secret",
        "sealed_token",
        *(f"code_{slot}" for slot in range(10)),
    }
)


def snapshot(cloud: Cloud, seen: Mapping[str, list[Any]]) -> list[str]:
    """Every fact of the end state as a line; `seen` adds what is no AWS resource of moto's."""
    facts: list[tuple[str, Any]] = []
    for table in TABLES:
        for item in cloud.items(table):
            # Rate limits count attempts, and a repeated attempt is one more, as a flow through a
            # provider is. What is published of the signing keys is told beside them.
            passing = ("RATE#", "FLOW#", "PUBLIC_KEYS")
            if not item["pk"].startswith(passing) and not _is_passing(item):
                kind = "session" if item.get("kind") == "session" else f"item of {table}"
                facts.append((kind, _plain(item)))
    for bucket in (UPLOADS, MEDIA):
        facts += [(f"object in {bucket}", each) for each in sorted(cloud.objects(bucket).items())]
    # What is in them tells when it was written.
    facts += [("object in records", key) for key in sorted(cloud.objects(RECORDS))]
    uploads = cloud.open_uploads()
    facts += [("open upload", key) for key, _ in uploads]
    facts += [(kind, fact) for kind, found in seen.items() for fact in found]
    facts += [("signing key", fact) for fact in _signing_keys(cloud)]
    sealing = cloud.secret(SEALING_KEYS)
    facts.append(("sealing keys", len(sealing["sealing_keys"]) if sealing else 0))
    lines = [f"{kind}: {json.dumps(fact, sort_keys=True, default=str)}" for kind, fact in facts]
    return _comparable(lines, [upload_id for _, upload_id in uploads])


def _is_passing(item: Mapping[str, Any]) -> bool:
    """Whether an item says only that at some time nobody watched, or how many IVS counted."""
    return str(item["sk"]).startswith("POINT#") and not item.get("viewers")


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in item.items():
        if name in _COUNTING:
            continue
        if name in _EPOCHS:
            plain[name] = "<time>"
        elif name in _RANDOM:
            plain[name] = "<random>"
        else:
            plain[name] = value
    if plain.get("kind") == "export" and "size_bytes" in plain:
        # Compressed, which moments are to this size or that.
        plain["size_bytes"] = "<bytes>"
    if "upload_id" in plain:
        plain["upload_id"] = f"upload:{plain['upload_id']}"
    return plain


def _signing_keys(cloud: Cloud) -> list[Any]:
    ring = cloud.secret(SIGNING_KEYS)
    if not isinstance(ring, dict):
        return []
    (published,) = [item for item in cloud.items("identity") if item["pk"] == "PUBLIC_KEYS"] or [
        {"keys": []}
    ]
    shown = {entry["jwk"]["kid"] for entry in published["keys"]}
    facts: list[Any] = [
        {"place": place, "published": key["kid"] in shown} for place, key in enumerate(ring["keys"])
    ]
    strangers = len(shown - {key["kid"] for key in ring["keys"]})
    return [*facts, {"published_without_private_half": strangers}]


def _comparable(lines: list[str], open_upload_ids: list[str]) -> list[str]:
    text = _ID_OF_A_SIGN_IN.sub(r"\1_<id>", "\n".join(lines))
    # ULIDs sort by the time they were made, so the order is the same in every run.
    for place, ulid in enumerate(sorted(set(_ULID.findall(text)))):
        text = text.replace(ulid, f"#{place}")
    for upload_id in open_upload_ids:
        text = text.replace(f"upload:{upload_id}", "upload:<open>").replace(upload_id, "<upload>")
    text = re.sub(r"upload:(?!<open>)[^\"]+", "upload:<over>", text)
    text = re.sub(r"uploadId=[^&\"\\]+", "uploadId=<upload>", text)
    text = _DIGEST.sub(r"-\1-\2-<destination>", text)
    text = _SHARD.sub("<shard>", text)
    text = _SLOT.sub(r"\1<slot>", text)
    text = _SIGNED.sub(r"X-Amz-\1=<signed>", text)
    comparable = _TIME.sub("<time>", text).splitlines()
    sign_ins = {line for line in comparable if _OF_A_SIGN_IN.match(line)}
    return sorted([*sign_ins, *(line for line in comparable if line not in sign_ins)])


def without_revisions(end_state: list[str]) -> list[str]:
    """For runs in which events overtook each other: states seen in between were others."""
    return sorted(_REVISION.sub('"revision": "<number>"', line) for line in end_state)


def difference(expected: list[str], found: list[str]) -> str:
    """What is there and should not be, and the reverse; empty where the runs ended alike."""
    surplus, missing = list(found), []
    for line in expected:
        if line in surplus:
            surplus.remove(line)
        else:
            missing.append(line)
    told = []
    for line in missing:
        twin = next((each for each in surplus if _subject(each) == _subject(line)), None)
        if twin:
            surplus.remove(twin)
            told += _changes(line, twin)
        else:
            told.append(f"  - {line}")
    return "\n".join(told + [f"  + {line}" for line in surplus])


def _subject(line: str) -> tuple[Any, ...]:
    kind, _, text = line.partition(": ")
    fact = json.loads(text)
    if isinstance(fact, dict):
        return (kind, *(fact.get(name) for name in ("pk", "sk", "id")))
    return (kind, text)


def _changes(line: str, twin: str) -> list[str]:
    kind, _, text = line.partition(": ")
    before, after = json.loads(text), json.loads(twin.partition(": ")[2])
    return [
        f"  ~ {kind}: {name}: {before.get(name)!r} became {after.get(name)!r}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
