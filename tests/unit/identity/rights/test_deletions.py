"""Leaving: asked for, taken back, begun when its time has come, and finished by receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from socialflow.identity.keys import handle_key, login_key
from socialflow.identity.models import AccountState, User
from socialflow.identity.rights.deletions import STUCK_AFTER
from socialflow.identity.rights.errors import AccountGone
from socialflow.platform.dynamodb import StorageBusy
from tests.unit.identity.rights.conftest import RightsWorld
from tests.unit.identity.world import ANN, PASSWORD


class TestAsking:
    def test_hides_the_handle_and_ends_all_sessions(self, rights: RightsWorld) -> None:
        epoch = rights.ann.sessions_epoch
        assert rights.identity.repository.profile_by_handle("ann")
        delete_after = rights.deletions.request(rights.ann.id, actor=rights.actor)
        assert delete_after == rights.clock() + timedelta(days=30)
        user = rights.identity.repository.user(rights.ann.id)
        assert user
        assert (user.state, user.delete_after) == (AccountState.CLOSING, delete_after)
        assert (user.sessions_epoch, user.kept_session) == (epoch + 1, None)
        assert rights.identity.repository.profile_by_handle("ann") is None
        assert rights.mails()[-1:] == ["deletion_requested"]
        assert rights.acts() == ["account.deletion_requested"]

    def test_again_the_first_time_stands(self, rights: RightsWorld) -> None:
        first = rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.clock.move(days=3)
        assert rights.deletions.request(rights.ann.id, actor=rights.actor) == first
        assert rights.acts() == ["account.deletion_requested"]

    def test_signing_in_still_works(self, rights: RightsWorld) -> None:
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        signed_in = rights.identity.log_in(password=PASSWORD)
        assert signed_in.user.state is AccountState.CLOSING


class TestTakingBack:
    def test_shows_the_handle_again(self, rights: RightsWorld) -> None:
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.deletions.cancel(rights.ann.id, actor=rights.actor)
        user = rights.identity.repository.user(rights.ann.id)
        assert user
        assert (user.state, user.delete_after) == (AccountState.ACTIVE, None)
        assert rights.identity.repository.profile_by_handle("ann")
        assert rights.mails()[-1:] == ["deletion_cancelled"]
        rights.clock.move(days=31)
        assert rights.settlement.run().begun == 0

    def test_of_what_was_never_asked_for_does_nothing(self, rights: RightsWorld) -> None:
        rights.deletions.cancel(rights.ann.id, actor=rights.actor)
        assert rights.acts() == []

    def test_is_refused_once_it_has_begun(self, rights: RightsWorld) -> None:
        rights.begin()
        with pytest.raises(AccountGone):
            rights.deletions.cancel(rights.ann.id, actor=rights.actor)
        with pytest.raises(AccountGone):
            rights.deletions.request(rights.ann.id, actor=rights.actor)

    def test_and_asking_again_counts_thirty_days_anew(self, rights: RightsWorld) -> None:
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.clock.move(days=20)
        rights.deletions.cancel(rights.ann.id, actor=rights.actor)
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.clock.move(days=20)
        assert rights.settlement.run().begun == 0
        rights.clock.move(days=10)
        assert rights.settlement.run().begun == 1


class TestBeginning:
    def test_waits_for_its_time(self, rights: RightsWorld) -> None:
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.clock.move(days=29, hours=23)
        assert rights.settlement.run().begun == 0
        rights.clock.move(hours=1)
        assert rights.settlement.run().begun == 1
        assert rights.settlement.run().begun == 0

    def test_takes_the_account_its_login_and_its_handle(self, rights: RightsWorld) -> None:
        case = rights.begin()
        assert rights.identity.repository.user(rights.ann.id) is None
        assert rights.identity.items("EMAIL#") == []
        assert rights.identity.items("HANDLE#") == []
        assert (case["user_id"], case["handle"], case["pass"]) == (rights.ann.id, "ann", 1)
        assert case["anonymous_id"].startswith("gone_")

    def test_names_nobody_in_the_audit(self, rights: RightsWorld) -> None:
        case = rights.begin()
        (entry,) = [
            item
            for item in rights.identity.items("AUDIT#")
            if item["act"] == "account.erasure_begun"
        ]
        assert (entry["actor"], entry["target"]) == ("system", case["anonymous_id"])

    def test_is_not_kept_from_it_by_what_is_not_there(self, rights: RightsWorld) -> None:
        rights.deletions.request(rights.ann.id, actor=rights.actor)
        rights.identity.table.delete_many([login_key("ann@example.com"), handle_key("ann")])
        assert rights.begin()["user_id"] == rights.ann.id

    def test_of_one_does_not_wait_for_another(
        self, rights: RightsWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ben = rights.identity.register(replace(ANN, email="ben@example.com", handle="ben_two"))
        real = rights.rights.begin

        def begin(user: User, *rest: Any, **more: Any) -> bool:
            if user.id == rights.ann.id:
                raise StorageBusy("busy")
            return real(user, *rest, **more)

        monkeypatch.setattr(rights.rights, "begin", begin)
        for user_id in (rights.ann.id, ben.user.id):
            rights.deletions.request(user_id, actor=rights.actor)
        rights.clock.move(days=30)
        done = rights.settlement.run()
        assert (done.begun, done.stuck) == (1, 1)
        monkeypatch.undo()
        assert rights.settlement.run().begun == 1


class TestReceipts:
    def test_the_second_pass_begins_a_day_after_the_first(self, rights: RightsWorld) -> None:
        anonymous_id = rights.begin()["anonymous_id"]
        assert rights.receipts(anonymous_id, 1, "chat", "identity") == ["erasing", "waiting"]
        rights.clock.move(hours=23)
        assert rights.settlement.run().passes == 0
        rights.clock.move(hours=1)
        assert rights.settlement.run().passes == 1
        case = rights.case()
        assert (case["pass"], case["state"]) == (2, "erasing")

    def test_the_last_forgets_whose_erasure_it_was(self, rights: RightsWorld) -> None:
        anonymous_id = rights.begin()["anonymous_id"]
        rights.receipts(anonymous_id, 1, "chat", "identity")
        rights.clock.move(days=1)
        rights.settlement.run()
        assert rights.receipts(anonymous_id, 2, "identity", "chat") == ["erasing", "erased"]
        case = rights.case()
        assert case["state"] == "erased"
        assert not {"user_id", "handle", "gsi1pk"} & set(case)
        assert rights.acts()[-1] == "account.erased"

    def test_of_the_other_pass_counts_for_nothing(self, rights: RightsWorld) -> None:
        anonymous_id = rights.begin()["anonymous_id"]
        assert rights.receipts(anonymous_id, 2, "chat", "identity") == ["too late", "too late"]
        rights.receipts(anonymous_id, 1, "chat", "identity")
        rights.clock.move(days=1)
        rights.settlement.run()
        assert rights.receipts(anonymous_id, 1, "chat", "identity") == ["too late", "too late"]
        assert rights.case()["state"] == "erasing"

    def test_of_nobody_is_left_alone(self, rights: RightsWorld) -> None:
        assert rights.receipts("gone_unknown", 1, "chat") == ["too late"]

    def test_one_that_never_comes_is_told_again_and_again(self, rights: RightsWorld) -> None:
        anonymous_id = rights.begin()["anonymous_id"]
        rights.receipts(anonymous_id, 1, "chat")
        rights.clock.now += STUCK_AFTER
        assert rights.settlement.run().stuck == 1
        assert rights.settlement.run().stuck == 0
        rights.clock.now += STUCK_AFTER
        assert rights.settlement.run().stuck == 1
        assert rights.receipts(anonymous_id, 1, "identity") == ["waiting"]
