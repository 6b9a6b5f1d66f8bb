"""One run: people, their requests, the events that follow, and what a crash does to all of it.

A scenario says what happens outside (requests, transcoding, lost events, time that passes); the
world delivers what follows from it.

When the process dies in a delivery, its caches are gone and the delivery comes again, as it would
on AWS, and once more. With `before` a call it comes again at once, followed by every earlier
event in reversed order; with `after`, events that were waiting overtake it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import time_machine

from socialflow.identity.tokens.access_token_issuer import AccessTokenIssuer
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.platform import cloudformation
from socialflow.platform import ids as ids_module
from socialflow.platform.ids import id_factory
from tests.crash_points import asgi
from tests.crash_points.asgi import Answer
from tests.crash_points.calls import CallRecorder, Crash
from tests.crash_points.cloud import SIGNING_KEYS, START, UPLOADS, Cloud
from tests.crash_points.deliveries import Delivery, Event, NotHandled, Wake
from tests.crash_points.people import put_person
from tests.crash_points.plan import Covered, Person, Plan
from tests.crash_points.process import forget_process, route_of
from tests.crash_points.snapshot import snapshot
from tests.crash_points.surroundings import Surroundings

VISIBILITY_TIMEOUT: Final = timedelta(minutes=6)
NEXT_SCHEDULE: Final = timedelta(minutes=20)
CLIENT_RETRY: Final = timedelta(seconds=2)
LEASE_OVER: Final = timedelta(seconds=31)
MAX_RECEIVES: Final = 5


class World:
    """One run of a scenario."""

    def __init__(self, cloud: Cloud, plan: Plan, clock: Any) -> None:
        self.cloud = cloud
        self.covered = Covered()
        self.crashed = False
        self.around = Surroundings(cloud)
        self.mediaconvert = self.around.mediaconvert
        self.calls = CallRecorder(plan.crash_at)
        self.calls.fakes.update(self.around.fakes)
        self.calls.after_real = self.around.after_call
        self._issuer = AccessTokenIssuer(
            KeySecret(lambda: cloud.secrets, SIGNING_KEYS),
            issuer="socialflow-test",
            new_id=id_factory(),
        )
        self._plan = plan
        self._clock = clock
        self._delivered: list[Delivery] = []
        self._noted: list[Any] = []

    # What a scenario says

    def owner(self) -> Person:
        """Ann, in a stage where people can sign in."""
        self.cloud.put_signing_keys()
        return self.person("ann")

    def person(self, handle: str, *roles: str) -> Person:
        """An account that has been there all along."""
        return put_person(self.cloud, handle, *roles)

    def pass_time(self, **by: float) -> None:
        """Moves the clock on by a `timedelta`'s arguments."""
        self._clock.shift(timedelta(**by))

    def months_later(self) -> None:
        """A month and a minute on: no queue keeps an event for so long, so none comes again."""
        self.settle()
        self.pass_time(days=30, minutes=1)
        self._delivered.clear()

    def request(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        by: Person | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int = 200,
        again: int | None = None,
    ) -> Answer:
        """A request, repeated by its client where the answer did not come.

        `again` is what a repeat is told where that differs from `expect`.
        """

        def send(name: str = "") -> Answer:
            sent = {**(headers or {}), **self.authorization(by)}
            with self.calls.delivery(name) if name else nullcontext():
                return asgi.call(method, target, body, sent)

        route = route_of(method, target)
        self.covered.routes.add((method, route))
        try:
            answers = [send(f"{method} {route}")]
        except Crash:
            self._die(CLIENT_RETRY)
            answers = [_patiently(send, self), _patiently(send, self)]
        else:
            if self._plan.repeat_all:
                answers.append(_patiently(send, self))
        allowed = {expect} if len(answers) == 1 else {expect, again or expect}
        for answer in answers:
            assert answer.status in allowed, f"{method} {route}: {answer.status} {answer.body}"
        good = [answer for answer in answers if answer.status == expect]
        return (good or answers)[0]

    def look(self, target: str, *, by: Person | None = None) -> Any:
        """What a reader sees now; it belongs to the end state."""
        answer = asgi.call("GET", target, None, self.authorization(by))
        assert answer.status in (200, 404), f"GET {target}: {answer.status} {answer.body}"
        self._noted.append((target, answer.status, answer.body if answer.status == 200 else None))
        return answer.body

    def wake(self, handler: str, event: Mapping[str, Any] | None = None) -> None:
        """A schedule fires, or a deployment asks; then what follows from it."""
        self._deliver(Wake(handler, event or {}))
        self.settle()

    def settle(
        self, *, batch: int = 1, newest_first: bool = False, only: str | None = None
    ) -> None:
        """Delivers events until none is left (for the handler `only`, where one is named).

        `batch` puts that many into one invocation.
        """
        self._deliver_streams()
        queue = self.around.queue
        while any(only in (None, each.handler) for each in queue):
            if only:
                queue.sort(key=lambda each: each.handler != only)
            if newest_first:
                queue.reverse()
            taken = [each for each in queue if each.handler == queue[0].handler][:batch]
            for each in taken:
                queue.remove(each)
            joined = tuple(found for each in taken for found in each.envelopes)
            self._deliver(Event(taken[0].handler, joined))
            self._deliver_streams()

    def lose_events(self) -> None:
        """What was on its way to the queues' functions never arrives."""
        self._deliver_streams()
        self.around.queue.clear()

    def put_parts(self, created: Mapping[str, Any], body: bytes) -> list[dict[str, Any]]:
        """The client sends every part to its URL; returns what `complete` asks for."""
        (upload,) = self.cloud.open_uploads()
        sent = []
        for part in created["upload"]["parts"]:
            answer = self.cloud.s3.upload_part(
                Bucket=UPLOADS,
                Key=upload[0],
                UploadId=upload[1],
                PartNumber=part["part_number"],
                Body=body,
            )
            sent.append({"part_number": part["part_number"], "etag": answer["ETag"]})
        return sent

    # What the harness asks

    def finish(self) -> list[str]:
        """Delivers what is left, in a disturbed run then everything again in both orders.

        Returns the run's facts, comparable with those of another run.
        """
        self.settle()
        if self._plan.crash_at or self._plan.repeat_all:
            for delivery in (*self._delivered, *reversed(self._delivered)):
                self._receive(delivery)
            self.settle()
        jobs = [
            {"id": job.id, "status": job.status, "request": job.request}
            for job in self.mediaconvert.jobs.values()
        ]
        seen = {
            "job": jobs,
            "event": list(self.around.published.values()),
            "invalidation": list(self.around.invalidations.values()),
            "custom resource": list(self.around.custom_resources.values()),
            "answer": self._noted,
            **self.around.ivs.facts(),
            **self.around.ivs_chat.facts(),
            **self.around.ses.facts(),
        }
        return snapshot(self.cloud, seen)

    def answer_cloudformation(self, _url: str, body: bytes) -> None:
        """Stands in for the PUT to CloudFormation's URL, a call at which one can die as well."""
        self.calls.count("cloudformation:PUT", lambda: self.around.cloudformation_answer(body))

    def _deliver_streams(self) -> None:
        self.around.release_delayed()
        for batch in self.around.stream_batches():
            self._deliver(batch)

    def _deliver(self, delivery: Delivery) -> None:
        self.covered.handlers.add(delivery.handler)
        try:
            with self.calls.delivery(delivery.name):
                delivery.deliver()
        except Crash:
            self._die(VISIBILITY_TIMEOUT)
            self._come_again(delivery)
        else:
            if self._plan.repeat_all:
                delivery.deliver()
        if not isinstance(delivery, Wake):
            self._delivered.append(delivery)

    def _come_again(self, delivery: Delivery) -> None:
        assert self._plan.crash_at
        overtaken = self._plan.crash_at.moment == "after" and isinstance(delivery, Event)
        if overtaken:
            waiting, self.around.queue[:] = list(self.around.queue), []
            for each in waiting:
                self._receive(each)
                self._delivered.append(each)
        for _ in range(2):
            if isinstance(delivery, Wake):
                self.pass_time(seconds=NEXT_SCHEDULE.total_seconds())
            self._receive(delivery)
        if not overtaken:
            for earlier in reversed(self._delivered):
                self._receive(earlier)

    def _receive(self, delivery: Delivery) -> None:
        """Delivers until it is handled, as a queue does; after that it would be in the DLQ."""
        for _ in range(MAX_RECEIVES - 1):
            try:
                delivery.deliver()
            except NotHandled:
                self.pass_time(seconds=VISIBILITY_TIMEOUT.total_seconds())
            else:
                return
        delivery.deliver()

    def _die(self, back_after: timedelta) -> None:
        self.crashed = True
        forget_process()
        self.pass_time(seconds=back_after.total_seconds())

    def authorization(self, person: Person | None) -> dict[str, str]:
        """The header of somebody's request, with a token made just now."""
        if person is None:
            return {}
        token = self._issuer.issue(person.user, person.session_id)
        return {"authorization": f"Bearer {token}"}


@contextmanager
def running(cloud: Cloud, plan: Plan) -> Iterator[World]:
    """An empty account, a clock that only the run moves, ids that are the same in every run."""
    numbers = itertools.count(1)
    forget_process()
    with (
        time_machine.travel(START, tick=False) as clock,
        patch.object(ids_module, "secrets", SimpleNamespace(randbits=lambda _: next(numbers))),
    ):
        cloud.empty()
        world = World(cloud, plan, clock)
        answer = patch.object(cloudformation, "_put", world.answer_cloudformation)
        with world.calls.installed(), answer:
            yield world


def _patiently(send: Callable[[], Answer], world: World) -> Answer:
    """A client that waits and repeats where it is told that this may help."""
    answer = send()
    if answer.status == 409 and answer.body["retryable"]:
        world.pass_time(seconds=LEASE_OVER.total_seconds())
        answer = send()
    return answer
